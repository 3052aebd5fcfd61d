#include "box.h"

#include <string.h>

/* The sums are 16 bits wide: 255 times the weights of a result, which are 256 together, just fits. */
enum { WHOLE = 256, BANDS = 3 };

/* What result `at` of `out` covers of `in`: the weights of *count pixels from the returned one on, WHOLE together. */
static uint32_t cover(uint32_t in, uint32_t out, uint32_t at, uint16_t *weight, uint32_t *count)
{
	/* Measured in out-ths of a pixel. */
	uint64_t from = (uint64_t)at * in, to = from + in;
	uint32_t first = (uint32_t)(from / out), last = (uint32_t)((to - 1) / out);
	uint64_t given = 0;

	for (uint32_t i = first; i <= last; i++) {
		uint64_t end = (uint64_t)(i + 1) * out < to ? (uint64_t)(i + 1) * out : to;
		uint64_t all = ((end - from) * WHOLE + in / 2) / in;
		weight[i - first] = (uint16_t)(all - given);
		given = all;
	}
	*count = last - first + 1;
	return first;
}

/* The most that one of `out` covers, and never more than there is. */
static unsigned most(uint32_t in, uint32_t out)
{
	uint32_t n = in % out ? in / out + 2 : in / out;

	return n < in ? n : in;
}

/* Each column has as many taps as the widest: those that would lie beyond the end move to the front with no weight. */
static void plan_columns(struct box *b)
{
	uint16_t *w = b->weight;
	uint32_t count;

	for (uint32_t x = 0; x < b->out_w; x++, w += b->taps) {
		uint32_t first = cover(b->in_w, b->out_w, x, w, &count), beyond = 0;
		if (first + b->taps > b->in_w)
			beyond = first + b->taps - b->in_w;
		memmove(w + beyond, w, count * sizeof *w);
		memset(w, 0, beyond * sizeof *w);
		b->start[x] = (first - beyond) * BANDS;
	}
}

static void plan_row(struct box *b)
{
	b->row_start = cover(b->in_h, b->out_h, b->y_out, b->row_weight, &b->row_count);
}

static size_t rounded(size_t n)
{
	return (n + 63) & ~(size_t)63;
}

bool box_new(struct box *b, uint32_t in_w, uint32_t in_h, uint32_t out_w, uint32_t out_h)
{
	*b = (struct box){ .in_w = in_w, .in_h = in_h, .out_w = out_w, .out_h = out_h };
	b->taps = most(in_w, out_w);
	b->rows_most = most(in_h, out_h);
	size_t start = rounded(out_w * sizeof *b->start), weight = rounded((size_t)out_w * b->taps * sizeof *b->weight);
	size_t rows = rounded(b->rows_most * sizeof *b->row_weight), sum = rounded((size_t)in_w * BANDS * sizeof *b->sum);
	b->memory = bytes_new(start + weight + rows + sum + (size_t)out_w * BANDS);
	if (!b->memory.p)
		return false;
	b->start = (void *)b->memory.p;
	b->weight = (void *)(b->memory.p + start);
	b->row_weight = (void *)(b->memory.p + start + weight);
	b->sum = (void *)(b->memory.p + start + weight + rows);
	b->out = b->memory.p + start + weight + rows + sum;
	plan_columns(b);
	plan_row(b);
	return true;
}

void box_free(struct box *b)
{
	bytes_free(&b->memory);
}

static void set_sum(uint16_t *restrict sum, const unsigned char *restrict row, uint16_t weight, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = (uint16_t)(row[i] * weight);
}

static void add_sum(uint16_t *restrict sum, const unsigned char *restrict row, uint16_t weight, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum[i] = (uint16_t)(sum[i] + (uint16_t)(row[i] * weight));
}

/* With `taps` known to the compiler there is no inner loop left. */
static inline __attribute__((always_inline)) void columns(const struct box *b, unsigned taps)
{
	const uint16_t *restrict w = b->weight, *restrict sum = b->sum;
	unsigned char *restrict out = b->out;

	for (uint32_t x = 0; x < b->out_w; x++, w += taps, out += BANDS) {
		const uint16_t *p = sum + b->start[x];
		uint32_t v[BANDS] = { WHOLE * WHOLE / 2, WHOLE * WHOLE / 2, WHOLE * WHOLE / 2 };
		for (unsigned t = 0; t < taps; t++, p += BANDS)
			for (unsigned band = 0; band < BANDS; band++)
				v[band] += (uint32_t)p[band] * w[t];
		for (unsigned band = 0; band < BANDS; band++)
			out[band] = (unsigned char)(v[band] / (WHOLE * WHOLE));
	}
}

static void finish_row(const struct box *b)
{
	switch (b->taps) {
	case 1:
		columns(b, 1);
		break;
	case 2:
		columns(b, 2);
		break;
	case 3:
		columns(b, 3);
		break;
	case 5:
		columns(b, 5); /* 1600 to 320 */
		break;
	default:
		columns(b, b->taps);
		break;
	}
}

static bool completes(struct box *b, const unsigned char *rgb)
{
	uint32_t k = b->y_in - b->row_start;
	size_t n = (size_t)b->in_w * BANDS;

	if (k == 0)
		set_sum(b->sum, rgb, b->row_weight[0], n);
	else
		add_sum(b->sum, rgb, b->row_weight[k], n);
	return k + 1 == b->row_count;
}

const unsigned char *box_push(struct box *b, const unsigned char *rgb)
{
	const unsigned char *done = NULL;

	if (b->in_w == b->out_w && b->in_h == b->out_h)
		return rgb;
	if (completes(b, rgb)) {
		finish_row(b);
		done = b->out;
		b->y_out++;
		if (b->y_out < b->out_h) {
			plan_row(b);
			/* The rest of this row lies in the next one. */
			if (b->row_start == b->y_in)
				(void)completes(b, rgb);
		}
	}
	b->y_in++;
	return done;
}
