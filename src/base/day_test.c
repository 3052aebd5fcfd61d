#include "testing.h"

#include "day.h"

static void days_there_and_back(void **state)
{
	(void)state;
	for (int32_t n = day_number(DAY(19000101)); n <= day_number(DAY(21991231)); n++) {
		struct day d = day_of_number(n);
		assert_true(day_is_valid(d));
		assert_int_equal(day_number(d), n);
	}
	assert_int_equal(day_number(DAY(19700101)), 0);
	assert_int_equal(day_add(DAY(20160228), 1).ymd, 20160229);
	assert_int_equal(day_add(DAY(20160101), -1).ymd, 20151231);
	assert_int_equal(day_weekday(DAY(20160420)), 3);
	assert_int_equal(day_make(2016, 2, 30).ymd, 20160229); /* REP-1: February's last day */
}

static void only_days_that_exist(void **state)
{
	static const char *const bad[] = {"2016-02-30", "2015-02-29", "2016-13-01", "2016-00-10", "2016-1-01", "20160101", "",
					  "1899-12-31", "2016-01-01 ", "２０16-01-01"};
	struct day d;
	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(day_parse(str_of(bad[i]), &d));
	assert_true(day_parse(STR("2016-02-29"), &d));
}

static void instants(void **state)
{
	static const struct { const char *in, *out; } rows[] = {
		{"2016-01-20T08:30:00+08:00", "2016-01-20T08:30:00+08:00"}, {"2016-01-20T00:30:00Z", "2016-01-20T08:30:00+08:00"},
		{"2016-01-20T08:30", "2016-01-20T08:30:00+08:00"}, {"2016-01-19T19:30:00.5-05:00", "2016-01-20T08:30:00.500+08:00"}};
	struct arena *a = *state;
	struct instant t;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(instant_parse(str_of(rows[i].in), &t));
		assert_str(instant_text(a, t), rows[i].out);
	}
	static const char *const bad[] = {"2016-01-20", "2016-01-20T25:00:00Z", "2016-01-20T08:60:00Z", "2016-01-20T08:30:00+8", "x", "2016-01-20T08:30:00.+08:00"};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(instant_parse(str_of(bad[i]), &t));
}

static void the_day_is_chinas(void **state)
{
	struct instant t;
	(void)state;
	assert_true(instant_parse(STR("2016-01-19T16:00:00Z"), &t));
	assert_int_equal(instant_day(t).ymd, 20160120);
	assert_true(day_start(DAY(20160120)).ms == t.ms);
	assert_int_equal(instant_day(INSTANT(t.ms - 1)).ymd, 20160119);
	assert_true(day_end(DAY(20160119)).ms == t.ms);
	assert_int_equal(instant_day(INSTANT(-1)).ymd, 19700101); /* before 1970 in UTC, not in China */
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(days_there_and_back), TEST(only_days_that_exist), TEST(instants), TEST(the_day_is_chinas)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
