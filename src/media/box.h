/*
 * An area filter for rows of RGB that come one after the other: each pixel of the result is the mean of the pixels it
 * covers, weighted by how much of each it covers. Holds one row of sums, never a picture.
 */
#ifndef BOX_H
#define BOX_H

#include "picture.h"

struct box {
	uint32_t in_w, in_h, out_w, out_h;
	unsigned taps, rows_most; /* pixels of a row, and rows, that one pixel of the result covers at most */
	struct bytes memory; /* all that follows */
	uint32_t *start;     /* by column: the first pixel it covers */
	uint16_t *weight;    /* by column: `taps` weights in 1/256 */
	uint16_t *row_weight;
	uint16_t *sum;
	unsigned char *out;
	uint32_t y_in, y_out, row_start, row_count; /* rows taken, rows given, what the next one covers */
};

/* From in_w x in_h to out_w x out_h, none of which is 0 and none larger than what it comes from. False: no memory. */
bool box_new(struct box *b, uint32_t in_w, uint32_t in_h, uint32_t out_w, uint32_t out_h);

/*
 * Takes the next of in_h rows. Returns a row of the result when that completes one, to be used before the next call;
 * otherwise NULL. The last row of the input completes the last of the result.
 */
const unsigned char *box_push(struct box *b, const unsigned char *rgb);

void box_free(struct box *b);

#endif
