#include "canvas.h"

#include <string.h>

enum { BANDS = 3 };

static void aim(struct canvas *v, unsigned orientation)
{
	ptrdiff_t w = v->width, h = v->height;
	const ptrdiff_t to[9][3] = { { 0, 1, w },	{ 0, 1, w },	  { w - 1, -1, w },
				     { w * h - 1, -1, -w }, { (h - 1) * w, 1, -w }, { 0, h, 1 },
				     { h - 1, h, -1 },	{ w * h - 1, -h, -1 }, { (w - 1) * h, -h, 1 } };

	v->origin = to[orientation][0];
	v->dx = to[orientation][1];
	v->dy = to[orientation][2];
}

void canvas_begin(struct canvas *v, struct guard *g, int fd, uint32_t width, uint32_t height, unsigned orientation, int quality)
{
	bool lies = orientation >= 5;

	v->width = width;
	v->height = height;
	v->sink.fd = fd;
	v->turned = orientation > 1;
	aim(v, orientation);
	v->c.err = &g->mgr;
	v->c.client_data = g;
	jpeg_create_compress(&v->c);
	if (v->turned) {
		v->pixels = bytes_new((size_t)width * height * BANDS);
		v->strip = bytes_new((size_t)width * CANVAS_STRIP * BANDS);
		if (!v->pixels.p || !v->strip.p)
			guard_fail((j_common_ptr)&v->c, MEDIA_TOO_LARGE);
	}
	jpeg_out(&v->c, &v->sink, lies ? height : width, lies ? width : height, quality);
}

/* Column by column, so that what is written lies together also when rows become columns. */
static void place_strip(struct canvas *v, uint32_t first, uint32_t rows)
{
	for (uint32_t x = 0; x < v->width; x++) {
		ptrdiff_t at = v->origin + (ptrdiff_t)x * v->dx + (ptrdiff_t)first * v->dy;
		const unsigned char *from = v->strip.p + (size_t)x * BANDS;
		for (uint32_t i = 0; i < rows; i++, at += v->dy, from += (size_t)v->width * BANDS)
			memcpy(v->pixels.p + at * BANDS, from, BANDS);
	}
}

static void write_row(struct canvas *v, const unsigned char *rgb)
{
	JSAMPROW row = (JSAMPROW)(uintptr_t)rgb;

	jpeg_write_scanlines(&v->c, &row, 1);
}

void canvas_push(struct canvas *v, const unsigned char *rgb)
{
	uint32_t in_strip = v->y % CANVAS_STRIP;
	size_t n = (size_t)v->width * BANDS;

	v->y++;
	if (!v->turned) {
		write_row(v, rgb);
		return;
	}
	memcpy(v->strip.p + n * in_strip, rgb, n);
	if (in_strip + 1 == CANVAS_STRIP || v->y == v->height)
		place_strip(v, v->y - 1 - in_strip, in_strip + 1);
}

void canvas_end(struct canvas *v, struct media_size *out)
{
	size_t n = (size_t)v->c.image_width * BANDS;

	for (uint32_t y = 0; v->turned && y < v->c.image_height; y++)
		write_row(v, v->pixels.p + n * y);
	jpeg_finish_compress(&v->c);
	out->width = v->c.image_width;
	out->height = v->c.image_height;
	out->length = v->sink.written;
}

void canvas_free(struct canvas *v)
{
	jpeg_destroy_compress(&v->c);
	bytes_free(&v->pixels);
	bytes_free(&v->strip);
}
