/*
 * One of the results while its rows arrive as they lie in the stored picture: turned upright on the way into the encoder.
 * A picture that stands upright goes straight through; another one has to be held until its last row is there.
 */
#ifndef CANVAS_H
#define CANVAS_H

#include "jpeg_private.h"

#include <stddef.h>

enum { CANVAS_STRIP = 16 };

struct canvas {
	struct jpeg_compress_struct c;
	struct sink sink;
	uint32_t width, height, y; /* as stored; rows that came */
	ptrdiff_t origin, dx, dy;  /* where stored (0, 0) goes and how far it is to the next, in pixels */
	bool turned;
	struct bytes pixels, strip; /* turned only: upright; the last rows as stored */
};

/* All of them jump to the guard when something fails. canvas_begin takes a zeroed one. */
void canvas_begin(struct canvas *v, struct guard *g, int fd, uint32_t width, uint32_t height, unsigned orientation, int quality);
void canvas_push(struct canvas *v, const unsigned char *rgb);
void canvas_end(struct canvas *v, struct media_size *out);

/* At any time, also of a zeroed one. */
void canvas_free(struct canvas *v);

#endif
