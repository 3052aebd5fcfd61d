/* Campaigns in a real database: SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server. */
#include "campaign_model.h"

#include "app_ground.h"
#include "day.h"

extern const struct feature feature_campaign;
static struct env at_day(struct ground *g, int ymd)
{
	struct env e = env_system(g->app, g->a, g->city);
	e.now = day_start(DAY(ymd));
	return e;
}

static const struct err *found(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return campaign_init_city(tx, e, STR("371300"));
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_campaign, NULL},
	.now = {1795363200000}, /* 2026-11-23 */
	.found = found,
};

static const struct err *look_at_days(struct db_tx *tx, struct env *e, void *ctx)
{
	struct campaign c;
	(void)ctx;
	TRY(campaign_on(tx, e->city, DAY(20160120), &c));
	assert_true(str_is(c.code, "chabaocu2016"));
	assert_true(c.anonymous_allowed);
	TRY(campaign_on(tx, e->city, DAY(20151225), &c));
	assert_int_equal(c.year, 2016);
	TRY(campaign_on(tx, e->city, DAY(20261231), &c));
	assert_true(str_is(c.code, "chabaocu2026"));
	assert_int_equal(c.begins_on.ymd, 20251225);
	assert_true(str_has_prefix(c.name, STR("2026年")));
	assert_int_equal(c.notice_number.n, 0);
	TRY(campaign_on(tx, e->city, DAY(20200101), &c)); /* between campaigns the last one's rules go on */
	assert_int_equal(c.year, 2016);
	const struct err *none = campaign_on(tx, e->city, DAY(20140101), &c);
	assert_non_null(none);
	assert_int_equal(none->kind, ERR_MISSING);
	return NULL;
}

static void a_new_city_has_the_notice_s_campaign_and_this_year_s(void **state)
{
	GROUND;
	struct env e = at_day(g, 20261123);
	fine(env_read(&e, look_at_days, NULL));
}

static const struct err *look_at_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct campaign c;
	struct campaign_whole w;
	struct limit l;
	(void)ctx;
	TRY(campaign_on(tx, e->city, DAY(20260401), &c));
	TRY(campaign_whole(tx, e->city, c.id, &w));
	assert_int_equal(w.n_windows, 3);
	assert_int_equal(w.windows[0].to_on.ymd, 20260430);
	assert_int_equal(w.n_periods, 5);
	assert_true(str_is(w.periods[2].code, "r2"));
	assert_int_equal(w.periods[2].from_on.ymd, 20260126);
	assert_int_equal(w.periods[2].due_on.ymd, 20260228); /* 29 February of the notice's year */
	assert_int_equal(w.n_cutoffs, 4);
	assert_int_equal(w.cutoffs[0].due_day, 26);
	assert_int_equal(w.n_clocks, 54);
	TRY(campaign_limit(tx, e->city, c.id, "danger", "receive", &l));
	assert_true(l.has && l.amount == 15 && str_is(l.unit, "minute"));
	TRY(campaign_limit(tx, e->city, c.id, "ordinary_team", "appeal", &l)); /* whatever the class */
	assert_true(l.has && l.amount == 15 && str_is(l.unit, "day"));
	TRY(campaign_limit(tx, e->city, c.id, "danger", "rectify", &l)); /* no clock of its own */
	assert_false(l.has);
	return NULL;
}

static void its_rows_come_along(void **state)
{
	GROUND;
	struct env e = at_day(g, 20261123);
	fine(env_read(&e, look_at_rows, NULL));
}

struct import {
	struct str text;
	struct workday_import out;
	bool works;
};

static const struct err *import(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import *im = ctx;
	return campaign_workday_import(tx, e, im->text, &im->out);
}

static const struct err *look_at_calendar(struct db_tx *tx, struct env *e, void *ctx)
{
	struct import *im = ctx;
	struct workdays *w;
	TRY(campaign_workdays(tx, e->city, &w));
	im->works = workday_is(w, DAY(20270206), NULL);
	return NULL;
}

static void a_city_brings_its_own_calendar(void **state)
{
	GROUND;
	struct import im = {.text = STR("day\tkind\tname\tprovisional\n2027-02-06\tworkday\t春节\t0\n2027-02-08\tholiday\t春节\t0\n")};
	struct env e = at_day(g, 20261123);
	fine(env_read(&e, look_at_calendar, &im));
	assert_false(im.works);
	fine(env_write(&e, import, &im));
	assert_int_equal(im.out.rows, 2);
	assert_int_equal(im.out.years, 1);
	fine(env_read(&e, look_at_calendar, &im));
	assert_true(im.works);
	/* Again: the year's rows are replaced. */
	im.text = STR("day\tkind\tname\n2027-02-06\tholiday\t春节\n");
	fine(env_write(&e, import, &im));
	fine(env_read(&e, look_at_calendar, &im));
	assert_false(im.works);
}

static void a_wrong_calendar_changes_nothing(void **state)
{
	GROUND;
	struct import im = {.text = STR("day\tkind\tname\n2027-02-06\tworkday\t春节\n2027-02-31\tholiday\t春节\n")};
	struct env e = at_day(g, 20261123);
	const struct err *wrong = env_write(&e, import, &im);
	assert_non_null(wrong);
	assert_int_equal(wrong->kind, ERR_INPUT);
	assert_string_equal(wrong->fields->pointer.p, "/rows/3/day");
	fine(env_read(&e, look_at_calendar, &im));
	assert_false(im.works);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_new_city_has_the_notice_s_campaign_and_this_year_s),
		ON_BOTH(its_rows_come_along),
		ON_BOTH(a_city_brings_its_own_calendar),
		ON_BOTH(a_wrong_calendar_changes_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
