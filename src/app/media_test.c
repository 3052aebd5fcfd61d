/* Needs the environment variable CHABAOCU_MEDIA, the path of the worker. Pictures are made here, by tests/fixtures. */
#include "media.h"
#include "photo.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <vips/vips.h>

#define CUTS 60

/* For sanitizer builds: libx265, which only this test uses, leaks; libvips and glib are not built for the race finder. */
const char *__lsan_default_suppressions(void);
const char *__tsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libx265\n";
}

const char *__tsan_default_options(void)
{
	return "ignore_noninstrumented_modules=1";
}

/* Results of one picture. */
struct made {
	const struct err *err;
	struct media_result res;
	int large, small;
};

struct fixture {
	struct arena *a;
	struct media_pool *pool;
};

/* --- helpers --- */

static int empty_file(void)
{
	int fd = memfd_create("media_test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static int file_of(const void *p, size_t n)
{
	int fd = empty_file();

	assert_int_equal(write(fd, p, n), (ssize_t)n);
	return fd;
}

static struct str content(struct arena *a, int fd)
{
	off_t n = lseek(fd, 0, SEEK_END);
	char *p = arena_alloc(a, (size_t)n + 1);

	assert_int_equal(pread(fd, p, (size_t)n, 0), n);
	return (struct str){ p, (size_t)n };
}

static int photo(struct photo p)
{
	int fd = empty_file();

	assert_true(photo_write(fd, &p));
	return fd;
}

/* The photo as another type, with its metadata, made by libvips; suffix such as ".png". */
static int converted(struct arena *a, int jpeg, const char *suffix)
{
	struct str in = content(a, jpeg);
	VipsImage *im = vips_image_new_from_buffer(in.p, in.n, "", NULL);
	void *p = NULL;
	size_t n = 0;

	assert_non_null(im);
	assert_int_equal(vips_image_write_to_buffer(im, suffix, &p, &n, NULL), 0);
	int fd = file_of(p, n);
	g_free(p);
	g_object_unref(im);
	close(jpeg);
	return fd;
}

static struct made make(struct media_pool *pool, struct arena *a, int in)
{
	struct made m = { .large = empty_file(), .small = empty_file() };

	m.err = media_make(pool, a, in, m.large, m.small, &m.res);
	return m;
}

static void made_close(struct made *m)
{
	close(m->large);
	close(m->small);
}

static void refused(struct fixture *f, int in, const char *code)
{
	struct made m = make(f->pool, f->a, in);

	assert_non_null(m.err);
	assert_int_equal(m.err->kind, ERR_INPUT);
	assert_string_equal(m.err->code.p, code);
	made_close(&m);
}

static bool contains(struct str s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

/* Decoded by another hand, it is a JPEG of that size with nothing in it but pixels. */
static void is_clean(struct arena *a, int fd, uint32_t width, uint32_t height)
{
	struct str s = content(a, fd);
	VipsImage *im = vips_image_new_from_buffer(s.p, s.n, "", "fail_on", VIPS_FAIL_ON_WARNING, NULL);

	assert_non_null(im);
	assert_int_equal(im->Xsize, width);
	assert_int_equal(im->Ysize, height);
	assert_int_equal(im->Bands, 3);
	g_object_unref(im);
	assert_false(contains(s, PHOTO_CANARY));
	assert_false(contains(s, "Exif"));
	assert_false(contains(s, "ns.adobe.com"));
	assert_false(contains(s, "ICC_PROFILE"));
}

static bool is_red(struct arena *a, int fd, double at_x, double at_y)
{
	struct str s = content(a, fd);
	VipsImage *im = vips_image_new_from_buffer(s.p, s.n, "", NULL);
	double *v;
	int n;

	assert_non_null(im);
	assert_int_equal(vips_getpoint(im, &v, &n, (int)(im->Xsize * at_x), (int)(im->Ysize * at_y), NULL), 0);
	bool red = v[0] > 180 && v[1] < 70 && v[2] < 70;
	g_free(v);
	g_object_unref(im);
	return red;
}

/* --- what comes out --- */

static void each_type_gives_two_clean_pictures(void **state)
{
	static const struct {
		const char *suffix;
		enum img_type type;
	} kinds[] = { { "", IMG_JPEG }, { ".png", IMG_PNG }, { ".webp[lossless]", IMG_WEBP }, { ".webp", IMG_WEBP },
		    { ".heic", IMG_HEIC } };
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		int in = photo((struct photo){ .width = 2000, .height = 1000, .seed = 3, .orientation = 1 });
		if (kinds[i].suffix[0])
			in = converted(f->a, in, kinds[i].suffix);
		struct made m = make(f->pool, f->a, in);
		assert_null(m.err);
		assert_int_equal(m.res.type, kinds[i].type);
		assert_int_equal(m.res.width, 2000);
		assert_int_equal(m.res.height, 1000);
		is_clean(f->a, m.large, 1600, 800);
		is_clean(f->a, m.small, 320, 160);
		assert_true(is_red(f->a, m.large, 0.03, 0.03));
		assert_true(m.res.hint.has_place);
		made_close(&m);
		close(in);
	}
}

static void a_phone_photo_stands_upright_without_its_place(void **state)
{
	struct fixture *f = *state;
	int in = photo((struct photo){ .width = 4000, .height = 3000, .seed = 1, .orientation = 6 });
	struct made m = make(f->pool, f->a, in);

	assert_null(m.err);
	assert_int_equal(m.res.width, 3000);
	assert_int_equal(m.res.height, 4000);
	is_clean(f->a, m.large, 1200, 1600);
	is_clean(f->a, m.small, 240, 320);
	assert_int_equal(m.res.hint.lat_e7, PHOTO_LAT_E7);
	assert_int_equal(m.res.hint.lon_e7, PHOTO_LON_E7);
	assert_int_equal(m.res.hint.hour, 14);
	assert_int_equal(m.res.hint.offset_min, 480);
	made_close(&m);
	close(in);
}

static void every_orientation_is_turned(void **state)
{
	/* Where the stored top left corner belongs. */
	static const struct {
		double x, y;
	} corner[9] = { { 0, 0 },	{ .03, .03 }, { .97, .03 }, { .97, .97 }, { .03, .97 },
			{ .03, .03 }, { .97, .03 }, { .97, .97 }, { .03, .97 } };
	static const char *const suffixes[] = { "", ".png", ".webp" };
	struct fixture *f = *state;

	for (size_t k = 0; k < 3; k++)
		for (unsigned o = 1; o <= 8; o++) {
			int in = photo((struct photo){ .width = 640, .height = 480, .seed = o, .orientation = o });
			if (suffixes[k][0])
				in = converted(f->a, in, suffixes[k]);
			struct made m = make(f->pool, f->a, in);
			assert_null(m.err);
			assert_true(is_red(f->a, m.large, corner[o].x, corner[o].y));
			is_clean(f->a, m.large, o < 5 ? 640 : 480, o < 5 ? 480 : 640);
			made_close(&m);
			close(in);
		}
}

static void small_grey_and_progressive_are_kept_as_large_as_they_are(void **state)
{
	struct fixture *f = *state;
	int in = photo((struct photo){ .width = 200, .height = 100, .orientation = 1, .grey = true, .progressive = true });
	struct made m = make(f->pool, f->a, in);

	assert_null(m.err);
	is_clean(f->a, m.large, 200, 100);
	is_clean(f->a, m.small, 200, 100);
	made_close(&m);
	close(in);
}

/* --- what is refused --- */

static void cut_files_are_refused(void **state)
{
	static const char *const suffixes[] = { "", ".png", ".webp", ".heic" };
	struct fixture *f = *state;

	for (size_t k = 0; k < 4; k++) {
		int in = photo((struct photo){ .width = 320, .height = 240, .seed = 9, .orientation = 1, .progressive = k == 1 });
		if (suffixes[k][0])
			in = converted(f->a, in, suffixes[k]);
		struct str s = content(f->a, in);
		for (size_t i = 0; i < CUTS; i++) {
			size_t n = i < 10 ? s.n - 1 - i : 20 + (s.n - 40) * (i - 10) / (CUTS - 10);
			int cut = file_of(s.p, n);
			struct made m = make(f->pool, f->a, cut);
			assert_non_null(m.err);
			assert_int_equal(m.err->kind, ERR_INPUT);
			made_close(&m);
			close(cut);
		}
		close(in);
	}
}

static void other_files_are_refused_whatever_they_are_called(void **state)
{
	static const char *const others[] = { "GIF89a\1", "<svg xmlns='http://www.w3.org/2000/svg'/>", "%PDF-1.7", "hello" };
	struct fixture *f = *state;

	for (size_t i = 0; i < 4; i++) {
		int in = file_of(others[i], strlen(others[i]));
		refused(f, in, "image_type");
		close(in);
	}
	int none = empty_file();
	refused(f, none, "image_type");
	close(none);
	int broken = file_of("\xff\xd8\xff\xe0\0\4ab\xff\xd9\0\0", 12);
	refused(f, broken, "image_broken");
	close(broken);
}

static void a_bomb_is_refused_by_its_header(void **state)
{
	static const char bomb[] = "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\xc3\x50\0\0\xc3\x50\x08\x02\0\0\0\xc4\xcd\xaa\x9d";
	struct fixture *f = *state;
	int in = file_of(bomb, sizeof bomb - 1);

	refused(f, in, "image_too_large");
	close(in);
}

/* --- when workers fail --- */

static void a_worker_killed_while_idle_is_replaced(void **state)
{
	struct fixture *f = *state;
	int in = photo((struct photo){ .width = 64, .height = 64, .orientation = 1 }), pid;

	assert_int_equal(media_pool_pids(f->pool, &pid, 1), 1);
	kill(pid, SIGKILL);
	for (int i = 0; i < 2; i++) {
		/* The kill may come before or after the picture is handed over. */
		struct made m = make(f->pool, f->a, in);
		assert_true(i == 0 || m.err == NULL);
		assert_true(m.err == NULL || m.err->kind == ERR_BUSY);
		made_close(&m);
	}
	close(in);
}

static void a_worker_that_stands_still_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct media_pool *pool = media_pool_start(getenv("CHABAOCU_MEDIA"), 1, 2000);
	int in = photo((struct photo){ .width = 64, .height = 64, .orientation = 1 }), pid;

	assert_int_equal(media_pool_pids(pool, &pid, 1), 1);
	kill(pid, SIGSTOP);
	struct made m = make(pool, f->a, in);
	assert_non_null(m.err);
	assert_int_equal(m.err->kind, ERR_BUSY);
	assert_true(m.err->retry_after_s > 0);
	made_close(&m);
	m = make(f->pool, f->a, in);
	assert_null(m.err);
	made_close(&m);
	close(in);
	media_pool_stop(pool);
}

/* One that a picture has taken over: it hangs up, but does not end. */
static void a_worker_that_hangs_up_and_lives_on_is_ended(void **state)
{
	static const char script[] = "#!/bin/sh\nexec 3>&-\nexec sleep 60\n";
	struct fixture *f = *state;
	char path[] = "/tmp/media_test_XXXXXX";
	struct media_result res;
	int exe = mkstemp(path), in = photo((struct photo){.width = 40, .height = 30}), large = empty_file(), small = empty_file();

	assert_int_equal(write(exe, script, sizeof script - 1), (ssize_t)sizeof script - 1);
	fchmod(exe, 0700);
	close(exe);
	struct media_pool *pool = media_pool_start(path, 1, 500);
	const struct err *e = media_make(pool, f->a, in, large, small, &res);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_BUSY);
	media_pool_stop(pool);
	unlink(path);
	close(in);
	close(large);
	close(small);
}

static void a_missing_worker_is_our_fault_not_the_users(void **state)
{
	struct fixture *f = *state;
	struct media_pool *pool = media_pool_start("/nonexistent/chabaocu-media", 1, 0);
	int in = photo((struct photo){ .width = 64, .height = 64, .orientation = 1 });
	struct made m = make(pool, f->a, in);

	assert_non_null(m.err);
	assert_int_equal(m.err->kind, ERR_BUG);
	made_close(&m);
	close(in);
	media_pool_stop(pool);
}

static void an_output_that_cannot_be_written_is_said(void **state)
{
	struct fixture *f = *state;
	struct media_result res;
	int in = photo((struct photo){ .width = 64, .height = 64, .orientation = 1 });
	int out = empty_file(), shut = open("/dev/full", O_RDWR | O_CLOEXEC);
	const struct err *e = media_make(f->pool, f->a, in, shut, out, &res);

	assert_non_null(e);
	assert_int_equal(e->kind, ERR_READONLY);
	close(in);
	close(out);
	close(shut);
}

struct crowd {
	struct media_pool *pool;
	int in, good;
};

static void *crowd_run(void *p)
{
	struct crowd *c = p;
	struct arena *a = arena_new(0);

	for (int i = 0; i < 20; i++) {
		struct made m = make(c->pool, a, c->in);
		c->good += m.err == NULL && m.res.out[1].width == 320;
		made_close(&m);
	}
	arena_free(a);
	return NULL;
}

static void eight_threads_share_two_workers(void **state)
{
	struct fixture *f = *state;
	struct crowd crowd[8];
	pthread_t t[8];

	for (uint32_t i = 0; i < 8; i++) {
		int in = photo((struct photo){ .width = 800, .height = 600, .seed = i, .orientation = 1 });
		crowd[i] = (struct crowd){ f->pool, in, 0 };
		assert_int_equal(pthread_create(&t[i], NULL, crowd_run, &crowd[i]), 0);
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(crowd[i].good, 20);
		close(crowd[i].in);
	}
}

/* --- */

static int group_start(void **state)
{
	static struct fixture f;
	const char *exe = getenv("CHABAOCU_MEDIA");

	if (!exe || VIPS_INIT("media_test"))
		return -1;
	f.pool = media_pool_start(exe, 2, 30000);
	*state = &f;
	return 0;
}

static int group_end(void **state)
{
	struct fixture *f = *state;

	media_pool_stop(f->pool);
	vips_shutdown();
	return 0;
}

static int each_start(void **state)
{
	struct fixture *f = *state;

	f->a = arena_new(64u << 20);
	return 0;
}

static int each_end(void **state)
{
	struct fixture *f = *state;

	arena_free(f->a);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, each_start, each_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_worker_that_hangs_up_and_lives_on_is_ended),
		TEST(each_type_gives_two_clean_pictures),
		TEST(a_phone_photo_stands_upright_without_its_place),
		TEST(every_orientation_is_turned),
		TEST(small_grey_and_progressive_are_kept_as_large_as_they_are),
		TEST(cut_files_are_refused),
		TEST(other_files_are_refused_whatever_they_are_called),
		TEST(a_bomb_is_refused_by_its_header),
		TEST(a_worker_killed_while_idle_is_replaced),
		TEST(a_worker_that_stands_still_is_replaced),
		TEST(a_missing_worker_is_our_fault_not_the_users),
		TEST(an_output_that_cannot_be_written_is_said),
		TEST(eight_threads_share_two_workers),
	};

	return cmocka_run_group_tests_name("media", tests, group_start, group_end);
}
