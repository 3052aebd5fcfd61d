#include "tsv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void rows_are_read_by_column_name(void **state)
{
	(void)state;
	struct tsv t = tsv_of(STR("code\tname\tsort\n371300\t临沂市\t0\n\n371302\t兰山区\t\n"));
	assert_int_equal(t.n_columns, 3);
	assert_true(tsv_next(&t));
	assert_true(str_is(tsv_get(&t, "name"), "临沂市"));
	assert_int_equal(t.line, 2);
	assert_true(tsv_next(&t));
	assert_true(str_is(tsv_get(&t, "code"), "371302"));
	assert_int_equal(tsv_get(&t, "sort").n, 0);
	assert_int_equal(tsv_get(&t, "nothing").n, 0);
	assert_int_equal(t.line, 4);
	assert_false(tsv_next(&t));
}

static void windows_files_and_short_rows_do_no_harm(void **state)
{
	(void)state;
	struct tsv t = tsv_of(STR("\xef\xbb\xbf" "day\tkind\tname\r\n2016-02-06\tworkday\r\n2016-02-08"));
	assert_true(str_is(t.header[0], "day"));
	assert_true(str_is(t.header[2], "name"));
	assert_true(tsv_next(&t));
	assert_true(str_is(tsv_get(&t, "kind"), "workday"));
	assert_int_equal(tsv_get(&t, "name").n, 0);
	assert_true(tsv_next(&t));
	assert_true(str_is(tsv_get(&t, "day"), "2016-02-08"));
	assert_false(tsv_next(&t));
	assert_false(tsv_next(&t));
}

static void a_table_that_is_not_there_is_empty(void **state)
{
	(void)state;
	static const unsigned char data[] = "a\tb\n1\t2\n";
	static const struct resource resources[] = {{"data/x.tsv", data, sizeof(data) - 1}, {0}};
	struct tsv t = tsv_open(resources, "data/x.tsv");
	assert_true(tsv_next(&t));
	assert_true(str_is(tsv_get(&t, "b"), "2"));
	t = tsv_open(resources, "data/y.tsv");
	assert_false(tsv_next(&t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_read_by_column_name),
		cmocka_unit_test(windows_files_and_short_rows_do_no_harm),
		cmocka_unit_test(a_table_that_is_not_there_is_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
