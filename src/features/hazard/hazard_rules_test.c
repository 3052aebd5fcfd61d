/* Classes, clocks and evidence. */
#include "hazard_rules.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct limit limit(int64_t amount, const char *unit)
{
	return (struct limit){true, amount, str_of(unit)};
}

static struct hazard_limits usual(void)
{
	return (struct hazard_limits){
		.receive = limit(24, "hour"), .elements = limit(3, "day"), .accept_assignment = limit(24, "hour"),
		.rectify = limit(15, "day"), .rectify_max = limit(30, "day"), .check = limit(3, "day"), .deadline_max = limit(365, "day"),
	};
}

static struct instant at(const char *text)
{
	struct instant t = {0};
	assert_true(instant_parse(str_of(text), &t));
	return t;
}

static void danger_comes_first_and_work_follows_the_level(void **s)
{
	struct hazard h = {.level = HAZARD_ORDINARY, .handling_level = HAZARD_AT_WORKSHOP};
	(void)s;
	assert_string_equal(hazard_class(&h), "ordinary_workshop");
	h.level = HAZARD_MAJOR;
	assert_string_equal(hazard_class(&h), "major");
	h.danger = true;
	assert_string_equal(hazard_class(&h), "danger");
	assert_string_equal(hazard_rectify_class(&h), "major");
	h = (struct hazard){.level = HAZARD_ORDINARY, .handling_level = HAZARD_AT_POST, .on_spot = true};
	assert_string_equal(hazard_class(&h), "on_spot");
}

static void deadline_has_a_last_day(void **s)
{
	struct hazard h = {.level = HAZARD_ORDINARY, .handling_level = HAZARD_AT_ENTERPRISE};
	struct hazard_limits l = usual();
	struct instant now = at("2016-01-20T22:30:00+08:00");
	(void)s;
	assert_int_equal(hazard_deadline_max(&h, &l, now).ymd, 20160219);
	assert_int_equal(hazard_deadline_usual(&l, now).ymd, 20160204);
	l.rectify_max.has = false;
	assert_int_equal(hazard_deadline_max(&h, &l, now).ymd, 20160204);
	h.level = HAZARD_MAJOR;
	assert_int_equal(hazard_deadline_max(&h, &l, now).ymd, 20170119);
	l = (struct hazard_limits){0};
	assert_int_equal(hazard_deadline_max(&h, &l, now).ymd, HAZARD_DAY_NEVER);
}

static void each_open_state_has_its_clock(void **s)
{
	struct hazard h = {.state = HAZARD_REPORTED, .state_at = at("2016-01-20T23:00:00+08:00"), .deadline = DAY(20160125)};
	struct hazard_limits l = usual();
	(void)s;
	/* Nights and holidays count: plants work day and night. */
	assert_int_equal(hazard_due(&h, &l).ms, at("2016-01-21T23:00:00+08:00").ms);
	h.state = HAZARD_REGISTERED;
	assert_int_equal(hazard_due(&h, &l).ms, at("2016-01-24T00:00:00+08:00").ms);
	h.state = HAZARD_RECTIFYING;
	assert_int_equal(hazard_due(&h, &l).ms, at("2016-01-26T00:00:00+08:00").ms);
	h.due_at = hazard_due(&h, &l);
	assert_false(hazard_is_overdue(&h, at("2016-01-25T23:59:59+08:00")));
	assert_true(hazard_is_overdue(&h, at("2016-01-26T00:00:01+08:00")));
	for (uint32_t end = HAZARD_ACCEPTED; end <= HAZARD_CEASED; end++) {
		h.state = end;
		assert_int_equal(hazard_due(&h, &l).ms, 0);
	}
}

static void evidence_is_words_or_photos_and_an_acceptance(void **s)
{
	struct hazard h = {.submit_text = STR("guard mounted")};
	(void)s;
	assert_false(hazard_has_evidence(&h));
	h.accepted_at = INSTANT(1);
	assert_true(hazard_has_evidence(&h));
	h.submit_text = STR("");
	assert_false(hazard_has_evidence(&h));
	h.photos_after = 1;
	assert_true(hazard_has_evidence(&h));
}

static void categories_belong_to_a_kind(void **s)
{
	(void)s;
	assert_true(hazard_category_is(STR("machine_guard"), HAZARD_HAZARD));
	assert_false(hazard_category_is(STR("machine_guard"), HAZARD_VIOLATION));
	assert_false(hazard_category_is(STR("no_such"), HAZARD_HAZARD));
	assert_false(hazard_category_is(STR(""), HAZARD_HAZARD));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(danger_comes_first_and_work_follows_the_level),
		cmocka_unit_test(deadline_has_a_last_day),
		cmocka_unit_test(each_open_state_has_its_clock),
		cmocka_unit_test(evidence_is_words_or_photos_and_an_acceptance),
		cmocka_unit_test(categories_belong_to_a_kind),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
