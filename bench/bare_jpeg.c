/* bare_jpeg FILE TIMES: a photo to 1600 and 320 pixels by libjpeg-turbo alone, in this process, one thread.
 *
 * Decoded at the smallest eighth that is large enough, area filter to both sizes, turned upright (orientation 6, as
 * make_photo writes), both encoded, and a 64-bit difference hash of the small one. No sandbox, no colour profile, no
 * checks. Prints one line of JSON with peak_mb.
 */
#include "bench.h"

#include <jpeglib.h>
#include <stdlib.h>

enum { LARGE = 1600, SMALL = 320, QUALITY_LARGE = 82, QUALITY_SMALL = 78 };

struct image {
	unsigned char *rgb;
	unsigned width, height;
};

static void decode(const struct file *f, struct image *out)
{
	struct jpeg_decompress_struct c;
	struct jpeg_error_mgr err;
	c.err = jpeg_std_error(&err);
	jpeg_create_decompress(&c);
	jpeg_mem_src(&c, (const unsigned char *)f->p, f->n);
	jpeg_read_header(&c, TRUE);
	unsigned longest = c.image_width > c.image_height ? c.image_width : c.image_height;
	c.scale_denom = 8;
	for (c.scale_num = 1; c.scale_num < 8 && longest * c.scale_num / 8 < LARGE; c.scale_num++)
		;
	c.out_color_space = JCS_RGB;
	jpeg_start_decompress(&c);
	*out = (struct image){take((size_t)c.output_width * c.output_height * 3), c.output_width, c.output_height};
	while (c.output_scanline < c.output_height) {
		JSAMPROW row = out->rgb + (size_t)c.output_scanline * out->width * 3;
		jpeg_read_scanlines(&c, &row, 1);
	}
	jpeg_finish_decompress(&c);
	jpeg_destroy_decompress(&c);
}

/* One line of the result: the source lines under it, weighted by how much of each lies there. */
static void add_line(unsigned *sum, const unsigned char *line, unsigned weight, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sum[i] += line[i] * weight;
}

/* Area filter in 1/256 of a pixel, both ways; the result lies turned a quarter to the right. */
static struct image shrink_turned(const struct image *in, unsigned longest)
{
	unsigned side = in->width > in->height ? in->width : in->height, n = in->width * 3;
	struct image out = {NULL, in->height * longest / side, in->width * longest / side};
	unsigned *sum = take(n * sizeof(*sum));
	out.rgb = take((size_t)out.width * out.height * 3);
	for (unsigned y = 0; y < out.width; y++) {
		unsigned from = (unsigned)((uint64_t)y * in->height * 256 / out.width);
		unsigned to = (unsigned)((uint64_t)(y + 1) * in->height * 256 / out.width), all_y = to - from;
		memset(sum, 0, n * sizeof(*sum));
		for (unsigned at = from; at < to;) {
			unsigned end = (at / 256 + 1) * 256 < to ? (at / 256 + 1) * 256 : to;
			add_line(sum, in->rgb + (size_t)(at / 256) * n, end - at, n);
			at = end;
		}
		for (unsigned x = 0; x < out.height; x++) {
			unsigned left = (unsigned)((uint64_t)x * in->width * 256 / out.height);
			unsigned right = (unsigned)((uint64_t)(x + 1) * in->width * 256 / out.height);
			uint64_t v[3] = {0};
			for (unsigned at = left; at < right;) {
				unsigned end = (at / 256 + 1) * 256 < right ? (at / 256 + 1) * 256 : right;
				for (unsigned b = 0; b < 3; b++)
					v[b] += (uint64_t)sum[at / 256 * 3 + b] * (end - at);
				at = end;
			}
			unsigned char *p = out.rgb + ((size_t)x * out.width + (out.width - 1 - y)) * 3;
			for (unsigned b = 0; b < 3; b++)
				p[b] = (unsigned char)(v[b] / ((uint64_t)all_y * (right - left)));
		}
	}
	free(sum);
	return out;
}

static size_t encode(const struct image *im, int quality)
{
	struct jpeg_compress_struct c;
	struct jpeg_error_mgr err;
	unsigned char *bytes = NULL;
	unsigned long n = 0;
	c.err = jpeg_std_error(&err);
	jpeg_create_compress(&c);
	jpeg_mem_dest(&c, &bytes, &n);
	c.image_width = im->width;
	c.image_height = im->height;
	c.input_components = 3;
	c.in_color_space = JCS_RGB;
	jpeg_set_defaults(&c);
	jpeg_set_quality(&c, quality, TRUE);
	jpeg_start_compress(&c, TRUE);
	while (c.next_scanline < c.image_height) {
		JSAMPROW row = im->rgb + (size_t)c.next_scanline * im->width * 3;
		jpeg_write_scanlines(&c, &row, 1);
	}
	jpeg_finish_compress(&c);
	jpeg_destroy_compress(&c);
	free(bytes);
	return n;
}

static uint64_t difference_hash(const struct image *im)
{
	uint64_t hash = 0;
	for (unsigned y = 0; y < 8; y++)
		for (unsigned x = 0; x < 8; x++) {
			const unsigned char *row = im->rgb + (size_t)(y * im->height / 8) * im->width * 3;
			hash = hash << 1 | (row[x * im->width / 9 * 3 + 1] < row[(x + 1) * im->width / 9 * 3 + 1]);
		}
	return hash;
}

int main(int argc, char **argv)
{
	struct file f;
	struct waits w = {0};
	uint64_t check = 0;
	if (argc < 3 || !file_read(argv[1], &f))
		return 2;
	int64_t begun = now_ns();
	for (int i = 0; i < atoi(argv[2]); i++) {
		struct image in, large, small;
		int64_t from = now_ns();
		decode(&f, &in);
		large = shrink_turned(&in, LARGE);
		small = shrink_turned(&in, SMALL);
		check += encode(&large, QUALITY_LARGE) + encode(&small, QUALITY_SMALL) + difference_hash(&small);
		free(in.rgb);
		free(large.rgb);
		free(small.rgb);
		waits_add(&w, now_ns() - from);
	}
	fprintf(stderr, "{\"peak_mb\":%.1f,\"check\":%llu}\n", (double)peak_kib(0) / 1024, (unsigned long long)check);
	waits_print(&w, now_ns() - begun, 0, "");
	return 0;
}
