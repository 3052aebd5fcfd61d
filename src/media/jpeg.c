#include "jpeg_private.h"

#include <string.h>
#include <sys/mman.h>

#include <jerror.h>

#define SCANS_MAX 100 /* a progressive file may repeat scans for ever */
#define PROFILE_MAX (4u << 20)
#define ROWS_A_TIME 16

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

void guard_fail(j_common_ptr c, enum media_status status)
{
	struct guard *g = c->client_data;

	g->status = status;
	longjmp(g->out, 1);
}

static void on_error(j_common_ptr c)
{
	bool early = c->err->msg_code == JERR_INPUT_EOF || c->err->msg_code == JERR_INPUT_EMPTY;

	guard_fail(c, early ? MEDIA_TRUNCATED : MEDIA_BROKEN);
}

/* The library would go on with grey blocks; half a photo must not pass as evidence. */
static void on_message(j_common_ptr c, int level)
{
	if (level >= 0)
		return;
	switch (c->err->msg_code) {
	case JWRN_JPEG_EOF:
	case JWRN_HIT_MARKER:
		guard_fail(c, MEDIA_TRUNCATED);
		break;
	case JWRN_HUFF_BAD_CODE:
	case JWRN_MUST_RESYNC:
	case JWRN_BOGUS_PROGRESSION:
	case JWRN_NOT_SEQUENTIAL:
		guard_fail(c, MEDIA_BROKEN);
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
		guard_fail(c, MEDIA_BROKEN);
}

void guard_init(struct guard *g)
{
	*g = (struct guard){ .status = MEDIA_OK };
	jpeg_std_error(&g->mgr);
	g->mgr.error_exit = on_error;
	g->mgr.emit_message = on_message;
	g->mgr.output_message = on_print;
	g->progress.progress_monitor = on_progress;
}

/* --- reading --- */

void jpeg_exif(j_decompress_ptr c, struct exif_facts *out)
{
	exif_read(NULL, 0, out);
	for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next) {
		if (m->marker != JPEG_APP0 + 1 || m->data_length < 6 || memcmp(m->data, "Exif\0\0", 6) != 0)
			continue;
		exif_read(m->data, m->data_length, out);
		return;
	}
}

static bool is_profile(jpeg_saved_marker_ptr m)
{
	return m->marker == JPEG_APP0 + 2 && m->data_length > 14 && memcmp(m->data, "ICC_PROFILE", 12) == 0;
}

/* It comes in numbered pieces; out of order or incomplete ones are not worth repairing. */
static size_t profile_size(j_decompress_ptr c)
{
	size_t total = 0;
	unsigned pieces = 0, said = 0;

	for (jpeg_saved_marker_ptr m = c->marker_list; m; m = m->next) {
		if (!is_profile(m))
			continue;
		said = m->data[13];
		if (m->data[12] != ++pieces)
			return 0;
		total += m->data_length - 14;
	}
	return pieces == said && total <= PROFILE_MAX ? total : 0;
}

struct bytes jpeg_profile(j_decompress_ptr c)
{
	struct bytes out = bytes_new(profile_size(c));
	size_t at = 0;

	for (jpeg_saved_marker_ptr m = c->marker_list; m && out.p; m = m->next) {
		if (!is_profile(m))
			continue;
		memcpy(out.p + at, m->data + 14, m->data_length - 14);
		at += m->data_length - 14;
	}
	return out;
}

/* Only the powers of two: the library has vector code for them and none for what lies between. */
void jpeg_scale(j_decompress_ptr c, uint32_t side)
{
	uint32_t longest = c->image_width > c->image_height ? c->image_width : c->image_height;

	c->scale_num = 1;
	while (c->scale_num < 8 && (uint64_t)longest * c->scale_num / 8 < side)
		c->scale_num *= 2;
	c->scale_denom = 8;
	c->dct_method = JDCT_ISLOW;
}

static void choose_output(j_decompress_ptr c)
{
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
		guard_fail((j_common_ptr)c, MEDIA_TOO_LARGE);
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

void jpeg_begin(struct guard *g, j_decompress_ptr c, const struct bytes *in)
{
	c->err = &g->mgr;
	c->client_data = g;
	jpeg_create_decompress(c);
	c->progress = &g->progress;
	jpeg_mem_src(c, in->p, in->n);
	jpeg_save_markers(c, JPEG_APP0 + 1, 0xffff);
	jpeg_save_markers(c, JPEG_APP0 + 2, 0xffff);
	jpeg_read_header(c, TRUE);
	if (!imghead_fits(c->image_width, c->image_height))
		guard_fail((j_common_ptr)c, MEDIA_TOO_LARGE);
}

static void decode(j_decompress_ptr c, uint32_t side, struct jpeg_pixels *out)
{
	jpeg_exif(c, &out->exif);
	out->profile = jpeg_profile(c);
	jpeg_scale(c, side);
	choose_output(c);
	jpeg_start_decompress(c);
	read_rows(c, out);
	right_inks(c, out);
	jpeg_finish_decompress(c);
}

enum media_status jpeg_decode(const struct bytes *in, uint32_t side, struct jpeg_pixels *out)
{
	struct jpeg_decompress_struct c = { 0 };
	struct guard g;

	*out = (struct jpeg_pixels){ .bands = 0 };
	guard_init(&g);
	if (setjmp(g.out) == 0) {
		jpeg_begin(&g, &c, in);
		decode(&c, side, out);
	}
	jpeg_destroy_decompress(&c);
	return g.status;
}

void jpeg_pixels_free(struct jpeg_pixels *px)
{
	bytes_free(&px->pixels);
	bytes_free(&px->profile);
}
