#include "campaign_workday.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int set_up(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int tear_down(void **state)
{
	arena_free(*state);
	return 0;
}

static struct workdays *shipped(struct arena *a)
{
	size_t n;
	struct workday_row *v = workday_rows_shipped(a, &n);
	return workdays_of(a, v, n, NULL, 0);
}

static bool works(const struct workdays *w, int ymd)
{
	bool assumed = true;
	bool is = workday_is(w, DAY(ymd), &assumed);
	assert_false(assumed);
	return is;
}

static void the_notice_s_year_is_known(void **state)
{
	struct workdays *w = shipped(*state);
	assert_true(works(w, 20160205));
	assert_true(works(w, 20160206));  /* Saturday, made up for the Spring Festival */
	assert_false(works(w, 20160208)); /* New Year's Day of the monkey */
	assert_false(works(w, 20160212));
	assert_true(works(w, 20160214)); /* Sunday, made up */
	assert_true(works(w, 20160215));
	assert_false(works(w, 20160221));
	assert_false(works(w, 20160101));
	assert_true(works(w, 20160104));
}

static void recent_years_are_known(void **state)
{
	struct workdays *w = shipped(*state);
	assert_false(works(w, 20251008));
	assert_true(works(w, 20251009));
	assert_true(works(w, 20251011)); /* Saturday, made up */
	assert_false(works(w, 20251012));
	assert_true(works(w, 20260214)); /* Saturday, made up */
	assert_false(works(w, 20260223));
	assert_true(works(w, 20260224));
	assert_true(works(w, 20260228)); /* Saturday, made up */
}

static void years_without_a_table_are_said_to_be_assumed(void **state)
{
	struct workdays *w = shipped(*state);
	bool assumed = false;
	assert_false(workday_is(w, DAY(20350101), &assumed)); /* Monday, but New Year */
	assert_true(assumed);
	assumed = false;
	assert_true(workday_is(w, DAY(20350102), &assumed));
	assert_true(assumed);
	assert_false(workday_is(w, DAY(20350106), NULL)); /* Saturday */
	assert_false(workday_is(w, DAY(20350502), NULL)); /* Wednesday, statutory since 2025 */
	assert_true(workday_is(w, DAY(20120502), NULL));  /* Wednesday, was not yet */
	assert_false(workday_is(w, DAY(20351003), NULL));
	assert_true(workday_is(w, DAY(20351004), NULL));
}

static void a_provisional_year_is_said_to_be_assumed(void **state)
{
	struct workdays *w = shipped(*state);
	bool assumed = false;
	assert_false(workday_is(w, DAY(20270208), &assumed));
	assert_true(assumed);
	assumed = false;
	assert_true(workday_is(w, DAY(20270601), &assumed));
	assert_true(assumed);
}

static void counting_steps_over_the_spring_festival(void **state)
{
	struct workdays *w = shipped(*state);
	/* Friday 5 February 2016: Saturday works, then 7–13 off, Sunday the 14th works. */
	assert_int_equal(workday_add(w, DAY(20160205), 1).ymd, 20160206);
	assert_int_equal(workday_add(w, DAY(20160205), 2).ymd, 20160214);
	assert_int_equal(workday_add(w, DAY(20160205), 3).ymd, 20160215);
	assert_int_equal(workday_add(w, DAY(20160215), -2).ymd, 20160206);
	assert_int_equal(workday_add(w, DAY(20160210), 0).ymd, 20160210);
	assert_int_equal(workday_count(w, DAY(20160205), DAY(20160215)), 3);
	assert_int_equal(workday_count(w, DAY(20160215), DAY(20160205)), 0);
	assert_int_equal(workday_last_before(w, DAY(20160214)).ymd, 20160206);
	/* Into a year whose calendar begins with a holiday. */
	assert_int_equal(workday_add(w, DAY(20151231), 1).ymd, 20160104);
}

static void a_city_s_year_replaces_the_shipped_one(void **state)
{
	struct err_list wrong = {0};
	size_t n, n_own;
	struct workday_row *v = workday_rows_shipped(*state, &n);
	struct workday_row *own =
		workday_rows(*state, STR("day\tkind\tname\tprovisional\r\n2027-02-06\tworkday\t春节\t0\r\n2027-02-09\tholiday\t春节\t0\r\n"),
			     &wrong, &n_own);
	assert_null(wrong.first);
	struct workdays *w = workdays_of(*state, v, n, own, n_own);
	assert_true(works(w, 20270206));
	assert_false(works(w, 20270209));
	assert_true(works(w, 20270208)); /* the shipped provisional row is gone */
	assert_true(works(w, 20160206)); /* other years stay */
}

static void wrong_rows_are_named(void **state)
{
	struct err_list wrong = {0};
	size_t n;
	workday_rows(*state, STR("day\tkind\n2027-02-30\tholiday\n2027-03-01\toff\n2027-03-02\tholiday\n2027-03-02\tworkday\n"), &wrong, &n);
	assert_int_equal(n, 2);
	const struct err_field *f = wrong.first;
	assert_true(str_is(f->pointer, "/rows/2/day"));
	assert_true(str_is(f->next->pointer, "/rows/3/kind"));
	assert_true(str_is(f->next->next->code, "twice"));
	assert_null(f->next->next->next);
}

static struct instant at(const char *text)
{
	struct instant t = {0};
	assert_true(instant_parse(str_of(text), &t));
	return t;
}

static void limits_run_in_their_own_time(void **state)
{
	struct workdays *w = shipped(*state);
	struct instant from = at("2016-02-05T16:30");
	assert_true(campaign_due(w, (struct limit){true, 15, STR("minute")}, from).ms == at("2016-02-05T16:45").ms);
	assert_true(campaign_due(w, (struct limit){true, 24, STR("hour")}, from).ms == at("2016-02-06T16:30").ms);
	assert_true(campaign_due(w, (struct limit){true, 1, STR("shift")}, from).ms == at("2016-02-06T04:30").ms);
	/* Calendar days run through the festival, working days don't; both end with the day. */
	assert_true(campaign_due(w, (struct limit){true, 3, STR("day")}, from).ms == at("2016-02-09T00:00").ms);
	assert_true(campaign_due(w, (struct limit){true, 3, STR("workday")}, from).ms == at("2016-02-16T00:00").ms);
	assert_true(campaign_due(w, (struct limit){true, 0, STR("day")}, from).ms == at("2016-02-06T00:00").ms);
	assert_true(campaign_due(w, (struct limit){true, 0, STR("workday")}, from).ms == from.ms);
	assert_true(campaign_due(w, (struct limit){0}, from).ms == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_notice_s_year_is_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(recent_years_are_known, set_up, tear_down),
		cmocka_unit_test_setup_teardown(years_without_a_table_are_said_to_be_assumed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_provisional_year_is_said_to_be_assumed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(counting_steps_over_the_spring_festival, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_city_s_year_replaces_the_shipped_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(wrong_rows_are_named, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_run_in_their_own_time, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
