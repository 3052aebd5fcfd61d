#include "testing.h"

#include "str.h"

#include <string.h>

static void cut_and_trim(void **state)
{
	struct str rest = STR("a,b,,c");
	(void)state;
	assert_str(str_cut(&rest, ','), "a");
	assert_str(str_cut(&rest, ','), "b");
	assert_str(str_cut(&rest, ','), "");
	assert_str(str_cut(&rest, ','), "c");
	assert_int_equal(rest.n, 0);
	assert_str(str_trim(STR(" \t\xe3\x80\x80隐患\xe3\x80\x80\n ")), "隐患");
	assert_str(str_trim(STR("\xe3\x80\x80")), "");
}

static void numbers(void **state)
{
	static const struct { const char *text; bool ok; int64_t v; } rows[] = {
		{"0", true, 0}, {"7", true, 7}, {"-7", true, -7}, {"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN}, {"9223372036854775808", false, 0}, {"", false, 0}, {"-", false, 0},
		{"07", false, 0}, {"+7", false, 0}, {" 7", false, 0}, {"7 ", false, 0}, {"1e3", false, 0}, {"99999999999999999999", false, 0}};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t v = 0;
		assert_int_equal(str_i64(str_of(rows[i].text), INT64_MIN, INT64_MAX, &v), rows[i].ok);
		assert_true(v == rows[i].v);
	}
}

static void utf8(void **state)
{
	static const struct { struct str s; bool ok; } rows[] = {
		{STR("隐患 abc"), true}, {STR(""), true}, {STR("\xf0\x9f\x94\xa5"), true}, {STR("\xc0\xaf"), false},
		{STR("\xed\xa0\x80"), false}, {STR("\xf4\x90\x80\x80"), false}, {STR("\xe9\x9a"), false}, {STR("a\0b"), false},
		{STR("\x80"), false}, {STR("\xe0\x80\xaf"), false}};
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(str_is_utf8(rows[i].s), rows[i].ok);
	assert_int_equal(str_chars(STR("隐患ab")), 4);
}

static void encodings(void **state)
{
	struct arena *a = *state;
	unsigned char bytes[3], back[3] = {0, 255, 16};
	struct str out;
	assert_str(str_hex(a, back, 3), "00ff10");
	assert_true(str_unhex(STR("00FF10"), bytes, 3));
	assert_memory_equal(bytes, back, 3);
	assert_false(str_unhex(STR("00ff1"), bytes, 3));
	assert_false(str_unhex(STR("00ff1g"), bytes, 3));
	assert_str(str_b64url(a, "\xfb\xff", 2), "-_8");
	assert_true(str_unb64url(a, STR("-_8"), &out));
	assert_memory_equal(out.p, "\xfb\xff", 2);
	assert_false(str_unb64url(a, STR("-_9"), &out)); /* spare bits must be zero: one text for one value */
	assert_false(str_unb64url(a, STR("a"), &out));
	assert_false(str_unb64url(a, STR("a+b"), &out));
	assert_int_equal(str_b32(a, "0123456789abcdef", 16).n, 26);
}

static void builder_keeps_its_maximum(void **state)
{
	struct sb b = sb_new(*state, 10);
	sb_addz(&b, "12345");
	sb_fmt(&b, "%d", 67890);
	assert_false(b.over);
	sb_addc(&b, '!');
	assert_true(b.over);
	assert_str(sb_str(&b), "1234567890");
}

static void add_one(void *p)
{
	++*(int *)p;
}

static void arena_runs_cleanups_newest_first(void **state)
{
	struct arena *a = *state;
	int runs = 0;
	arena_defer(a, add_one, &runs);
	struct arena_mark mark = arena_mark(a);
	size_t before = arena_used(a);
	char *p = arena_alloc(a, 100000);
	memset(p, 1, 100000);
	arena_defer(a, add_one, &runs);
	arena_rewind(a, mark);
	assert_int_equal(runs, 1);
	assert_int_equal(arena_used(a), before);
	char *again = arena_alloc(a, 64);
	for (int i = 0; i < 64; i++)
		assert_int_equal(again[i], 0);
	runs = -1000; /* the last cleanup runs after this frame is gone unless it is undone here */
	arena_rewind(a, (struct arena_mark){0});
	assert_int_equal(runs, -999);
}

static void arena_tells_when_over_its_cap(void **state)
{
	struct arena *a = arena_new(1000);
	(void)state;
	arena_alloc(a, 900);
	assert_false(arena_is_over(a));
	struct arena_mark mark = arena_mark(a);
	arena_alloc(a, 200);
	assert_true(arena_is_over(a));
	arena_rewind(a, mark);
	assert_false(arena_is_over(a));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(cut_and_trim), TEST(numbers), TEST(utf8), TEST(encodings), TEST(builder_keeps_its_maximum),
		TEST(arena_runs_cleanups_newest_first), TEST(arena_tells_when_over_its_cap),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
