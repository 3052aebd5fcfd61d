/* bare_vips FILE TIMES: the same photo by libvips in this process, one thread, no cache: to 1600 and 320 pixels,
 * upright, both encoded. Prints one line of JSON, and the peak of memory on standard error. */
#include "bench.h"

#include <stdlib.h>
#include <vips/vips.h>

static bool shrink(const struct file *f, int side)
{
	VipsImage *im = NULL;
	void *bytes = NULL;
	size_t n = 0;
	bool ok = vips_thumbnail_buffer(f->p, f->n, &im, side, "height", side, NULL) == 0 &&
		  vips_jpegsave_buffer(im, &bytes, &n, "Q", 82, "strip", TRUE, NULL) == 0;
	if (im)
		g_object_unref(im);
	g_free(bytes);
	return ok;
}

int main(int argc, char **argv)
{
	struct file f;
	struct waits w = {0};
	size_t failed = 0;
	if (argc < 3 || VIPS_INIT(argv[0]) || !file_read(argv[1], &f))
		return 2;
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	int64_t begun = now_ns();
	for (int i = 0; i < atoi(argv[2]); i++) {
		int64_t from = now_ns();
		failed += !shrink(&f, 1600);
		failed += !shrink(&f, 320);
		waits_add(&w, now_ns() - from);
	}
	fprintf(stderr, "{\"peak_mb\":%.1f}\n", (double)peak_kib(0) / 1024);
	waits_print(&w, now_ns() - begun, failed, failed ? vips_error_buffer() : "");
	return 0;
}
