#include "picture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jerror.h>
#include <jpeglib.h>

#define SCANS_MAX 100 /* a progressive file may repeat scans for ever */
#define PROFILE_MAX (4u << 20)
#define ROWS_A_TIME 16
#define OUT_BUFFER 16384

struct bytes bytes_new(size_t n)
{
	void *p = n ? mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) : MAP_FAILED;

	return p == MAP_FAILED ? (struct bytes){ NULL, 0 } : (struct bytes){ p, n };
}

void bytes_free(struct bytes *b)
{
	if (b->p)
		munmap(b->p, b->n);
	*b = (struct bytes){ NULL, 0 };
}

/* What both directions need to get out of the library when something is wrong. */
struct guard {
	struct jpeg_error_mgr mgr;
	jmp_buf out;
	enum media_status status;
};

static void fail(j_common_ptr c, enum media_status status)
{
	struct guard *g = c->client_data;

	g->status = status;
	longjmp(g->out, 1);
}

static void on_error(j_common_ptr c)
{
	bool early = c->err->msg_code == JERR_INPUT_EOF || c->err->msg_code == JERR_INPUT_EMPTY;

	fail(c, early ? MEDIA_TRUNCATED : MEDIA_BROKEN);
}

/* The library would go on with grey blocks; half a photo must not pass as evidence. */
static void on_message(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_JPEG_EOF:
	case JWRN_HIT_MARKER:
		fail(c, MEDIA_TRUNCATED);
		break;
	case JWRN_HUFF_BAD_CODE:
	case JWRN_MUST_RESYNC:
	case JWRN_BOGUS_PROGRESSION:
	case JWRN_NOT_SEQUENTIAL:
		fail(c, MEDIA_BROKEN);
		break;
	default:
		break;
	}
}

static void on_print(j_common_ptr c)
{
	(void)c;
}

static void on_progress(j_common_ptr c)
{
	if (((j_decompress_ptr)c)->input_scan_number > SCANS_MAX)
		fail(c, MEDIA_BROKEN);
}

static struct jpeg_error_mgr *guard_init(struct guard *g)
{
	struct jpeg_error_mgr *mgr = jpeg_std_error(&g->mgr);

	mgr->error_exit = on_error;
	mgr->emit_message = on_message;
	mgr->output_message = on_print;
	return mgr;
}

/* --- reading --- */

static void read_exif(j_decompress_ptr c, struct jpeg_pixels *out)
{
	exif_read(NULL, 0, &out->exif);
	for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next) {
		if (m->marker != JPEG_APP0 + 1 || m->data_length < 6 || memcmp(m->data, "Exif\0\0", 6) != 0)
			continue;
		exif_read(m->data, m->data_length, &out->exif);
		return;
	}
}

static bool is_profile(jpeg_saved_marker_ptr m)
{
	return m->marker == JPEG_APP0 + 2 && m->data_length > 14 && memcmp(m->data, "ICC_PROFILE", 12) == 0;
}

/* The colour profile comes in numbered pieces; out of order or incomplete ones are not worth repairing. */
static void read_profile(j_decompress_ptr c, struct jpeg_pixels *out)
{
	size_t total = 0;
	unsigned pieces = 0, said = 0;

	for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next) {
		if (!is_profile(m))
			continue;
		said = m->data[13];
		if (m->data[12] != ++pieces)
			return;
		total += m->data_length - 14;
	}
	if (pieces == 0 || pieces != said || total > PROFILE_MAX)
		return;
	out->profile = bytes_new(total);
	size_t at = 0;
	for (jpeg_saved_marker_ptr m = c->marker_list; m && out->profile.p; m = m->next) {
		if (!is_profile(m))
			continue;
		memcpy(out->profile.p + at, m->data + 14, m->data_length - 14);
		at += m->data_length - 14;
	}
}

/* The smallest eighth that keeps the longest side at or over `side`. */
static unsigned eighths(uint32_t width, uint32_t height, uint32_t side)
{
	uint32_t longest = width > height ? width : height;

	for (unsigned num = 1; num < 8; num++)
		if ((uint64_t)longest * num / 8 >= side)
			return num;
	return 8;
}

static void choose_output(j_decompress_ptr c, uint32_t side)
{
	c->scale_num = eighths(c->image_width, c->image_height, side);
	c->scale_denom = 8;
	c->dct_method = JDCT_ISLOW;
	if (c->num_components == 1)
		c->out_color_space = JCS_GRAYSCALE;
	else
		c->out_color_space = c->num_components == 4 ? JCS_CMYK : JCS_RGB;
}

static void read_rows(j_decompress_ptr c, struct jpeg_pixels *out)
{
	size_t stride = (size_t)c->output_width * (size_t)c->output_components;
	JSAMPROW rows[ROWS_A_TIME];

	out->width = c->output_width;
	out->height = c->output_height;
	out->bands = (unsigned)c->output_components;
	out->pixels = bytes_new(stride * c->output_height);
	if (!out->pixels.p)
		fail((j_common_ptr)c, MEDIA_TOO_LARGE);
	while (c->output_scanline < c->output_height) {
		for (unsigned i = 0; i < ROWS_A_TIME; i++)
			rows[i] = out->pixels.p + stride * (c->output_scanline + i);
		unsigned left = c->output_height - c->output_scanline;
		jpeg_read_scanlines(c, rows, left < ROWS_A_TIME ? left : ROWS_A_TIME);
	}
}

/* Adobe's programs write ink the other way round. */
static void right_inks(j_decompress_ptr c, struct jpeg_pixels *out)
{
	if (out->bands != 4 || !c->saw_Adobe_marker)
		return;
	for (size_t i = 0; i < out->pixels.n; i++)
		out->pixels.p[i] = (unsigned char)(255 - out->pixels.p[i]);
}

static void decode(j_decompress_ptr c, const struct bytes *in, uint32_t side, struct jpeg_pixels *out)
{
	jpeg_mem_src(c, in->p, in->n);
	jpeg_save_markers(c, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(c, JPEG_APP0 + 2, 0xffff);
	jpeg_read_header(c, TRUE);
	if (!imghead_fits(c->image_width, c->image_height))
		fail((j_common_ptr)c, MEDIA_TOO_LARGE);
	read_exif(c, out);
	read_profile(c, out);
	choose_output(c, side);
	jpeg_start_decompress(c);
	read_rows(c, out);
	right_inks(c, out);
	jpeg_finish_decompress(c);
}

enum media_status jpeg_decode(const struct bytes *in, uint32_t side, struct jpeg_pixels *out)
{
	struct jpeg_decompress_struct c = { 0 };
	struct jpeg_progress_mgr progress = { .progress_monitor = on_progress };
	struct guard g = { .status = MEDIA_OK };

	*out = (struct jpeg_pixels){ .bands = 0 };
	c.err = guard_init(&g);
	c.client_data = &g;
	if (setjmp(g.out) == 0) {
		jpeg_create_decompress(&c);
		c.progress = &progress;
		decode(&c, in, side, out);
	}
	jpeg_destroy_decompress(&c);
	return g.status;
}

void jpeg_pixels_free(struct jpeg_pixels *px)
{
	bytes_free(&px->pixels);
	bytes_free(&px->profile);
}

/* --- writing --- */

/* The library hands over full buffers; they go straight to the descriptor. */
struct sink {
	struct jpeg_destination_mgr mgr;
	int fd;
	uint64_t written;
	JOCTET buffer[OUT_BUFFER];
};

static bool write_all(int fd, const unsigned char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			return false;
		p += w;
		n -= (size_t)w;
	}
	return true;
}

static void sink_start(j_compress_ptr c)
{
	struct sink *s = (struct sink *)c->dest;

	s->mgr.next_output_byte = s->buffer;
	s->mgr.free_in_buffer = OUT_BUFFER;
}

static void sink_put(j_compress_ptr c, size_t n)
{
	struct sink *s = (struct sink *)c->dest;

	if (!write_all(s->fd, s->buffer, n))
		fail((j_common_ptr)c, MEDIA_IO);
	s->written += n;
	sink_start(c);
}

static boolean sink_full(j_compress_ptr c)
{
	sink_put(c, OUT_BUFFER);
	return TRUE;
}

static void sink_end(j_compress_ptr c)
{
	sink_put(c, OUT_BUFFER - c->dest->free_in_buffer);
}

static void encode(j_compress_ptr c, struct sink *s, const unsigned char *rgb, int quality)
{
	s->mgr = (struct jpeg_destination_mgr){ .init_destination = sink_start,
						.empty_output_buffer = sink_full,
						.term_destination = sink_end };
	c->dest = &s->mgr;
	c->input_components = 3;
	c->in_color_space = JCS_RGB;
	jpeg_set_defaults(c);
	jpeg_set_quality(c, quality, TRUE);
	c->optimize_coding = TRUE;
	jpeg_start_compress(c, TRUE);
	while (c->next_scanline < c->image_height) {
		JSAMPROW row = (JSAMPROW)(uintptr_t)(rgb + (size_t)c->next_scanline * c->image_width * 3);
		jpeg_write_scanlines(c, &row, 1);
	}
	jpeg_finish_compress(c);
}

enum media_status jpeg_write(int fd, const unsigned char *rgb, uint32_t width, uint32_t height, int quality,
			     uint64_t *length)
{
	struct jpeg_compress_struct c = { 0 };
	struct sink s = { .fd = fd };
	struct guard g = { .status = MEDIA_OK };

	c.err = guard_init(&g);
	c.client_data = &g;
	if (setjmp(g.out) == 0) {
		jpeg_create_compress(&c);
		c.image_width = width;
		c.image_height = height;
		encode(&c, &s, rgb, quality);
	}
	jpeg_destroy_compress(&c);
	*length = s.written;
	return g.status;
}
