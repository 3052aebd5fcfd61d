/*
 * What phones send, row by row: decoded already shrunk, an area filter to the first size, the colour profile applied there,
 * from that an area filter to the second, both into their encoders. No picture is held but one that has to be turned.
 */
#include "box.h"
#include "canvas.h"
#include "straight.h"

#include <string.h>

#include <lcms2.h>

enum { ROWS = 16, BANDS = 3 };

struct straight {
	struct guard g;
	struct jpeg_decompress_struct d;
	struct exif_facts exif;
	struct bytes profile, rows;
	cmsHTRANSFORM to_srgb; /* NULL: it is already, or says nothing that could be used */
	struct box box[MEDIA_OUTPUTS];
	struct canvas canvas[MEDIA_OUTPUTS];
	unsigned char *line; /* one of the first size, to be changed in place */
};

/* Inks and grey profiles are left to libvips. */
static bool is_plain(const struct straight *p)
{
	return p->d.num_components == 3 || (p->d.num_components == 1 && !p->profile.p);
}

/* A profile that cannot be used is ignored: the numbers are read as sRGB. */
static cmsHTRANSFORM transform_of(const struct bytes *profile)
{
	cmsHPROFILE from = profile->p ? cmsOpenProfileFromMem(profile->p, (cmsUInt32Number)profile->n) : NULL, to;
	cmsHTRANSFORM t = NULL;

	if (!from)
		return NULL;
	to = cmsCreate_sRGBProfile();
	if (to && cmsGetColorSpace(from) == cmsSigRgbData)
		t = cmsCreateTransform(from, TYPE_RGB_8, to, TYPE_RGB_8, INTENT_RELATIVE_COLORIMETRIC, 0);
	cmsCloseProfile(from);
	if (to)
		cmsCloseProfile(to);
	return t;
}

/* The shorter side goes along, rounded, and never to nothing. */
static void fit(uint32_t width, uint32_t height, uint32_t side, uint32_t *w, uint32_t *h)
{
	uint32_t longest = width > height ? width : height;

	*w = width;
	*h = height;
	if (longest <= side)
		return;
	*w = (uint32_t)(((uint64_t)width * side * 2 + longest) / ((uint64_t)longest * 2));
	*h = (uint32_t)(((uint64_t)height * side * 2 + longest) / ((uint64_t)longest * 2));
	*w = *w ? *w : 1;
	*h = *h ? *h : 1;
}

static void no_memory(struct straight *p)
{
	guard_fail((j_common_ptr)&p->d, MEDIA_TOO_LARGE);
}

/* From the size it has in its file to each size wanted, each from the one before. */
static void plan(struct straight *p, const uint32_t *side, const int *fds)
{
	uint32_t from_w = p->d.output_width, from_h = p->d.output_height, whole_w = p->d.image_width, whole_h = p->d.image_height;

	for (int i = 0; i < MEDIA_OUTPUTS; i++) {
		uint32_t w, h;
		fit(whole_w, whole_h, side[i], &w, &h);
		if (!box_new(&p->box[i], from_w, from_h, w, h))
			no_memory(p);
		canvas_begin(&p->canvas[i], &p->g, fds[i], w, h, p->exif.orientation, picture_quality[i]);
		from_w = whole_w = w;
		from_h = whole_h = h;
	}
}

static void begin(struct straight *p, const struct bytes *in, const uint32_t *side, const int *fds)
{
	jpeg_begin(&p->g, &p->d, in);
	jpeg_exif(&p->d, &p->exif);
	p->profile = jpeg_profile(&p->d);
	if (!is_plain(p))
		guard_fail((j_common_ptr)&p->d, MEDIA_WIDE);
	p->to_srgb = transform_of(&p->profile);
	jpeg_scale(&p->d, side[0]);
	p->d.out_color_space = JCS_RGB;
	jpeg_start_decompress(&p->d);
	plan(p, side, fds);
	/* Behind the rows of the decoder one for the line. */
	p->rows = bytes_new(((size_t)p->d.output_width * ROWS + p->canvas[0].width) * BANDS);
	if (!p->rows.p)
		no_memory(p);
	p->line = p->rows.p + (size_t)p->d.output_width * ROWS * BANDS;
}

static void take_row(struct straight *p, const unsigned char *rgb)
{
	const unsigned char *row = box_push(&p->box[0], rgb);

	if (row && p->to_srgb) {
		cmsDoTransform(p->to_srgb, row, p->line, p->canvas[0].width);
		row = p->line;
	}
	for (int i = 0; row; i++) {
		canvas_push(&p->canvas[i], row);
		row = i + 1 < MEDIA_OUTPUTS ? box_push(&p->box[i + 1], row) : NULL;
	}
}

static void take_rows(struct straight *p)
{
	size_t stride = (size_t)p->d.output_width * BANDS;
	JSAMPROW rows[ROWS];

	for (unsigned i = 0; i < ROWS; i++)
		rows[i] = p->rows.p + stride * i;
	while (p->d.output_scanline < p->d.output_height) {
		unsigned n = jpeg_read_scanlines(&p->d, rows, ROWS);
		for (unsigned i = 0; i < n; i++)
			take_row(p, rows[i]);
	}
}

static void end(struct straight *p, struct media_reply *out)
{
	bool lies = p->exif.orientation >= 5;

	jpeg_finish_decompress(&p->d);
	for (int i = 0; i < MEDIA_OUTPUTS; i++)
		canvas_end(&p->canvas[i], &out->out[i]);
	out->width = lies ? p->d.image_height : p->d.image_width;
	out->height = lies ? p->d.image_width : p->d.image_height;
	out->orientation = p->exif.orientation;
	out->hint = p->exif.hint;
}

static void clear(struct straight *p)
{
	for (int i = 0; i < MEDIA_OUTPUTS; i++) {
		canvas_free(&p->canvas[i]);
		box_free(&p->box[i]);
	}
	if (p->to_srgb)
		cmsDeleteTransform(p->to_srgb);
	jpeg_destroy_decompress(&p->d);
	bytes_free(&p->profile);
	bytes_free(&p->rows);
}

/* Apart from its caller, whose `p` is therefore whole after a jump. */
static void run(struct straight *p, const struct bytes *in, const uint32_t *side, const int *fds, struct media_reply *out)
{
	if (setjmp(p->g.out) == 0) {
		begin(p, in, side, fds);
		take_rows(p);
		end(p, out);
	}
}

enum media_status straight_make(const struct bytes *in, const uint32_t side[MEDIA_OUTPUTS], const int fds[MEDIA_OUTPUTS],
			     struct media_reply *out)
{
	struct straight p = { .line = NULL };

	guard_init(&p.g);
	run(&p, in, side, fds, out);
	clear(&p);
	return p.g.status;
}
