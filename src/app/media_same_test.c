/*
 * What the media worker makes of JPEG files looks as libvips makes it, whatever way the worker goes (P7, R12). Needs the
 * environment variable CHABAOCU_MEDIA, the path of the worker. Pictures are made here.
 */
#include "media.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <vips/vips.h>

/* Both hands lose some in encoding; a turned, shifted or discoloured copy has 25 dB at most. */
enum { ALIKE = 30 };
enum { CUTS = 24, FLIPS = 250 /* a worker is replaced after 256 */ };

/* For sanitizer builds: libvips and glib are not built for the race finder. */
const char *__tsan_default_options(void);

const char *__tsan_default_options(void)
{
	return "ignore_noninstrumented_modules=1";
}

struct kind {
	const char *what;
	bool grey, progressive, full_colour, restarts, wide_gamut, inks, no_profile, bad_profile;
};

static const struct kind plain = {.what = "baseline"};

static const struct kind kinds[] = {
	{.what = "baseline"},
	{.what = "4:4:4", .full_colour = true},
	{.what = "progressive", .progressive = true},
	{.what = "restart markers", .restarts = true},
	{.what = "grey", .grey = true},
	{.what = "grey progressive", .grey = true, .progressive = true},
	{.what = "Display P3", .wide_gamut = true},
	{.what = "a profile of nonsense", .bad_profile = true},
	{.what = "inks with a profile", .inks = true},
	{.what = "inks without", .inks = true, .no_profile = true},
};

struct fixture {
	struct arena *a;
	struct media_pool *pool;
};

struct made {
	const struct err *err;
	struct media_result res;
	int fd[MEDIA_OUTPUTS];
};

/* --- pictures --- */

/* Waves and a slope, so that no turned or shifted copy looks the same; as coarse as can still be seen in the small size. */
static VipsImage *scene(int w, int h)
{
	unsigned char *p = malloc((size_t)w * (size_t)h * 3), *at = p;
	double unit = (w > h ? w : h) / 100.0 + 1;

	assert_non_null(p);
	for (int y = 0; y < h; y++)
		for (int x = 0; x < w; x++)
			for (int b = 0; b < 3; b++) {
				double wave = sin(x / (unit * (1 + 0.1 * b))) * cos(y / (unit * (1.3 - 0.1 * b))), slope = (double)x / w + (double)y / (2 * h);
				*at++ = (unsigned char)(70 + 40 * wave + 80 * slope + 6 * b);
			}
	VipsImage *im = vips_image_new_from_memory_copy(p, (size_t)w * (size_t)h * 3, w, h, 3, VIPS_FORMAT_UCHAR), *out = NULL;
	free(p);
	assert_int_equal(vips_copy(im, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL), 0);
	g_object_unref(im);
	return out;
}

static VipsImage *colours(VipsImage *im, const struct kind *k)
{
	VipsImage *t = NULL;
	const char *to = k->inks ? "cmyk" : k->wide_gamut ? "p3" : NULL;

	if (to)
		assert_int_equal(vips_icc_transform(im, &t, to, "input_profile", "srgb", NULL), 0);
	else if (k->grey)
		assert_int_equal(vips_colourspace(im, &t, VIPS_INTERPRETATION_B_W, NULL), 0);
	else
		assert_int_equal(vips_copy(im, &t, NULL), 0);
	g_object_unref(im);
	if (k->no_profile)
		vips_image_remove(t, VIPS_META_ICC_NAME);
	if (k->bad_profile)
		vips_image_set_blob_copy(t, VIPS_META_ICC_NAME, "this is no colour profile, whatever the marker says", 51);
	return t;
}

static struct str jpeg(struct arena *a, int w, int h, int orientation, const struct kind *k)
{
	VipsImage *im = colours(scene(w, h), k);
	void *p = NULL;
	size_t n = 0;

	vips_image_set_int(im, VIPS_META_ORIENTATION, orientation);
	assert_int_equal(vips_jpegsave_buffer(im, &p, &n, "Q", 95, "interlace", k->progressive, "restart_interval", k->restarts ? 7 : 0,
					      "subsample_mode", k->full_colour ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON, NULL),
			 0);
	g_object_unref(im);
	struct str s = str_dup(a, (struct str){p, n});
	g_free(p);
	return s;
}

static int file_of(const char *p, size_t n)
{
	int fd = memfd_create("media_same_test", MFD_CLOEXEC);

	assert_true(fd >= 0 && write(fd, p, n) == (ssize_t)n);
	return fd;
}

static struct made make(struct fixture *f, const char *p, size_t n)
{
	int in = file_of(p, n);
	struct made m = {.fd = {file_of("", 0), file_of("", 0)}};

	m.err = media_make(f->pool, f->a, in, m.fd[0], m.fd[1], &m.res);
	close(in);
	return m;
}

static void made_close(struct made *m)
{
	for (int i = 0; i < MEDIA_OUTPUTS; i++)
		close(m->fd[i]);
}

/* --- the other hand --- */

static VipsImage *step(VipsImage *im, VipsImage *next)
{
	g_object_unref(im);
	assert_non_null(next);
	return next;
}

static VipsImage *by_libvips(struct str file, int side)
{
	VipsImage *im = NULL, *t = NULL;

	assert_int_equal(vips_jpegload_buffer((void *)(uintptr_t)file.p, file.n, &im, NULL), 0);
	(void)vips_thumbnail_image(im, &t, side, "height", side, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE, "export_profile", "srgb", NULL);
	if (!t) {
		vips_image_remove(im, VIPS_META_ICC_NAME);
		(void)vips_thumbnail_image(im, &t, side, "height", side, "size", VIPS_SIZE_DOWN, "no_rotate", TRUE, "export_profile", "srgb", NULL);
	}
	im = step(im, t);
	t = NULL;
	(void)vips_colourspace(im, &t, VIPS_INTERPRETATION_sRGB, NULL);
	im = step(im, t);
	t = NULL;
	(void)vips_autorot(im, &t, NULL);
	im = step(im, t);
	return step(im, vips_image_copy_memory(im));
}

static VipsImage *read_back(struct fixture *f, int fd, uint64_t n)
{
	char *p = arena_alloc(f->a, n);
	VipsImage *im = NULL;

	assert_int_equal(pread(fd, p, n, 0), (ssize_t)n);
	assert_int_equal(vips_jpegload_buffer(p, n, &im, "fail_on", VIPS_FAIL_ON_WARNING, NULL), 0);
	return step(im, vips_image_copy_memory(im));
}

/* Decibels of signal over difference; 99 when there is none. */
static double likeness(VipsImage *x, VipsImage *y)
{
	const unsigned char *p = vips_image_get_data(x), *q = vips_image_get_data(y);
	size_t n = (size_t)x->Xsize * (size_t)x->Ysize * 3;
	double sum = 0;

	assert_int_equal(x->Xsize, y->Xsize);
	assert_int_equal(x->Ysize, y->Ysize);
	assert_int_equal(x->Bands, 3);
	assert_int_equal(y->Bands, 3);
	for (size_t i = 0; i < n; i++)
		sum += (p[i] - q[i]) * (p[i] - q[i]);
	return sum > 0 ? 10 * log10(255.0 * 255.0 * (double)n / sum) : 99;
}

static void looks_the_same(struct fixture *f, int w, int h, int orientation, const struct kind *k)
{
	static const int side[MEDIA_OUTPUTS] = {MEDIA_SIDE_LARGE, MEDIA_SIDE_SMALL};
	struct str file = jpeg(f->a, w, h, orientation, k);
	struct made m = make(f, file.p, file.n);
	bool lies = orientation >= 5;

	if (m.err)
		fail_msg("%s %d x %d, orientation %d: %s", k->what, w, h, orientation, m.err->detail.p);
	assert_int_equal(m.res.width, lies ? h : w);
	assert_int_equal(m.res.height, lies ? w : h);
	for (int i = 0; i < MEDIA_OUTPUTS; i++) {
		VipsImage *ours = read_back(f, m.fd[i], m.res.out[i].length), *theirs = by_libvips(file, side[i]);
		double db = likeness(ours, theirs);
		if (db < ALIKE)
			fail_msg("%s %d x %d, orientation %d, size %d: %.1f dB", k->what, w, h, orientation, side[i], db);
		g_object_unref(ours);
		g_object_unref(theirs);
	}
	made_close(&m);
}

/* --- tests --- */

static void every_kind_looks_as_libvips_makes_it(void **state)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		looks_the_same(*state, 2100, 1500, 1, &kinds[i]);
		looks_the_same(*state, 211, 131, 1, &kinds[i]);
	}
}

static void every_size_looks_as_libvips_makes_it(void **state)
{
	static const int sizes[][2] = {{1600, 1200}, {1601, 1203}, {1599, 7}, {3199, 333}, {3201, 2401}, {333, 3203}, {6401, 97},
				       {12801, 33}, {1, 1}, {1, 40}, {40, 1}, {7, 9}, {321, 319}, {1, 2500}, {2500, 1}};

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
		looks_the_same(*state, sizes[i][0], sizes[i][1], 1, &plain);
}

static void every_orientation_looks_as_libvips_makes_it(void **state)
{
	static const struct kind inks = {.what = "inks", .inks = true};

	for (int o = 1; o <= 8; o++) {
		looks_the_same(*state, 1801, 1233, o, &plain);
		looks_the_same(*state, 50, 33, o, &kinds[2]);
	}
	looks_the_same(*state, 350, 33, 6, &inks);
}

static uint32_t next(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

static void one_cut_anywhere_is_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 20261125;

	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
		struct str file = jpeg(f->a, 400, 300, 1, &kinds[k]);
		for (int i = 0; i < CUTS; i++) {
			size_t n = i < 4 ? file.n - 1 - (size_t)i : 1 + next(&seed) % (uint32_t)(file.n - 1);
			struct made m = make(f, file.p, n);
			if (!m.err || m.err->kind != ERR_INPUT)
				fail_msg("%s: %zu of %zu bytes are taken for a photo", kinds[k].what, n, file.n);
			made_close(&m);
		}
	}
}

/* Any answer will do, but the worker gives it and lives: one that dies of a picture is a way in. */
static void broken_bytes_do_not_end_the_worker(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 4711;
	int before = 0, after = 0;

	assert_int_equal(media_pool_pids(f->pool, &before, 1), 1);
	for (int i = 0; i < FLIPS; i++) {
		struct str file = jpeg(f->a, 90, 70, 1 + i % 8, &kinds[i % 6]);
		char *p = (char *)(uintptr_t)file.p;
		for (uint32_t n = 1 + next(&seed) % 8; n; n--)
			p[2 + next(&seed) % (uint32_t)(file.n - 2)] = (char)next(&seed);
		struct made m = make(f, p, file.n);
		assert_true(!m.err || m.err->kind == ERR_INPUT);
		made_close(&m);
	}
	assert_true(media_pool_pids(f->pool, &after, 1) == 1 && after == before);
}

/* --- */

static int each_start(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	const char *exe = getenv("CHABAOCU_MEDIA");

	if (!exe || !f)
		return -1;
	f->a = arena_new(256u << 20);
	f->pool = media_pool_start(exe, 1, 30000);
	*state = f;
	return 0;
}

static int each_end(void **state)
{
	struct fixture *f = *state;

	media_pool_stop(f->pool);
	arena_free(f->a);
	free(f);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, each_start, each_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_kind_looks_as_libvips_makes_it),
		TEST(every_size_looks_as_libvips_makes_it),
		TEST(every_orientation_looks_as_libvips_makes_it),
		TEST(one_cut_anywhere_is_refused),
		TEST(broken_bytes_do_not_end_the_worker),
	};

	setenv("VIPS_WARNING", "0", 1);
	if (VIPS_INIT("media_same_test"))
		return 1;
	int rc = cmocka_run_group_tests_name("media, the same as libvips", tests, NULL, NULL);
	vips_shutdown();
	return rc;
}
