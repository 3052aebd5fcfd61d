#include "words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static int up(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int down(void **state)
{
	arena_free(*state);
	return 0;
}

static const char *cut(struct arena *a, const char *text)
{
	struct words w = words_new(a);
	words_add(&w, str_of(text));
	return str_z(a, words_text(&w, DB_SQLITE));
}

static void a_text_is_cut_into_words(void **state)
{
	struct arena *a = *state;
	assert_string_equal(cut(a, "配电箱缺盖"), "配 电 箱 缺 盖");
	assert_string_equal(cut(a, "3号炉, DN50阀门"), "3 号 炉 dn 50 阀 门");
	assert_string_equal(cut(a, "ＡＢＣ１２３　（full WIDTH）"), "abc 123 full width");
	assert_string_equal(cut(a, "371302-20161120-0007"), "371302 20161120 0007");
	assert_string_equal(cut(a, "Ünïcode ЁЖ"), "ünïcode ёж");
	assert_string_equal(cut(a, " \"'()*:^-!&|<->\\ "), "");
	assert_string_equal(cut(a, ""), "");
	assert_string_equal(cut(a, "\xf0\xa0\x80\x80㐀"), "\xf0\xa0\x80\x80 㐀");
	/* Broken bytes part words and end nothing. */
	assert_string_equal(cut(a, "ab\xff\xe9\x85"), "ab");
}

static void long_runs_are_several_words(void **state)
{
	struct arena *a = *state;
	char run[200];
	memset(run, 'x', sizeof(run) - 1);
	run[sizeof(run) - 1] = '\0';
	struct words w = words_new(a);
	words_add(&w, str_of(run));
	assert_int_equal(w.n, 4);
	struct search s = search_of(a, str_of(run));
	assert_true(search_matches(&s, &w));
}

static void engines_get_the_same_words_in_their_own_way(void **state)
{
	struct arena *a = *state;
	struct words w = words_new(a);
	words_add_scope(&w, 'c', 7);
	words_add(&w, STR("缺盖"));
	assert_string_equal(str_z(a, words_text(&w, DB_SQLITE)), "c7 0x 缺 盖");
	assert_string_equal(str_z(a, words_text(&w, DB_PG)), "c7:1 0x:2 缺:3 盖:4");
	struct search s = search_of(a, STR("缺盖  50mm \xe3\x80\x80 OR -- \""));
	assert_int_equal(s.n, 3);
	search_add_scope(&s, a, 'c', 7);
	assert_string_equal(str_z(a, search_text(a, &s, DB_SQLITE)), "\"缺 盖\" AND \"50 mm\" AND \"or\" AND \"c7\"");
	assert_string_equal(str_z(a, search_text(a, &s, DB_PG)), "(缺 <-> 盖) & (50 <-> mm) & (or) & (c7)");
}

static bool finds(struct arena *a, const char *q, const char *one, const char *two)
{
	struct words w = words_new(a);
	words_add(&w, str_of(one));
	words_add(&w, str_of(two));
	struct search s = search_of(a, str_of(q));
	return search_matches(&s, &w);
}

static void what_matches(void **state)
{
	struct arena *a = *state;
	assert_true(finds(a, "电箱", "配电箱缺盖", ""));
	assert_true(finds(a, "缺盖 配电", "配电箱缺盖", ""));
	assert_false(finds(a, "电缺", "配电箱缺盖", ""));
	assert_false(finds(a, "缺盖 没有", "配电箱缺盖", ""));
	/* Not from the end of one text into the next. */
	assert_false(finds(a, "盖车", "缺盖", "车间"));
	assert_true(finds(a, "缺盖 车间", "缺盖", "车间"));
	/* Nobody types a scope or what stands between. */
	assert_false(finds(a, "0x", "缺盖", "车间"));
}

static void parts_are_bounded(void **state)
{
	struct arena *a = *state;
	struct search s = search_of(a, STR("a b c d e f g h i j k l m n o p q r s t u v w x y z"));
	assert_int_equal(s.n, SEARCH_PARTS);
	struct words w = words_new(a);
	for (int i = 0; i < WORDS_MAX; i++)
		words_add(&w, STR("字字"));
	assert_int_equal(w.n, WORDS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_text_is_cut_into_words, up, down),
		cmocka_unit_test_setup_teardown(long_runs_are_several_words, up, down),
		cmocka_unit_test_setup_teardown(engines_get_the_same_words_in_their_own_way, up, down),
		cmocka_unit_test_setup_teardown(what_matches, up, down),
		cmocka_unit_test_setup_teardown(parts_are_bounded, up, down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
