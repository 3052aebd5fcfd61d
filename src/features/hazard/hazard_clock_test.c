/* Clocks on rows: each step once, at its time, whatever the server and its clock did meanwhile (HAZ-4, HAZ-5). */
#include "hazard_ground.h"

#include "event.h"
#include "hazard_clock_model.h"
#include "hazard_pages.h"

#define MINUTE INT64_C(60000)
#define HOUR (60 * MINUTE)
#define DAY_LONG (24 * HOUR)

struct asked {
	struct id id;
	struct hazard h;
	struct hazard_wait wait;
	struct event_act *acts;
	size_t n;
};

static const struct err *ask(struct db_tx *tx, struct env *e, void *ctx)
{
	struct asked *k = ctx;
	TRY(hazard_get(tx, e->city, k->id, &k->h));
	TRY(hazard_wait_of(tx, e->city, &k->h, instant_day(e->now), &k->wait));
	return event_acts(tx, e->city, "hazard", k->id, &k->acts, &k->n);
}

static struct asked now_of(struct ground *g, struct id id)
{
	struct asked k = {.id = id};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, ask, &k));
	return k;
}

static int count(const struct asked *k, const char *act)
{
	int n = 0;
	for (size_t i = 0; i < k->n; i++)
		n += str_is(k->acts[i].act, act);
	return n;
}

static struct instant start;

/* The job at a moment after the report. */
static void run_at(struct ground *g, int64_t ms)
{
	app_set_now(g->app, INSTANT(start.ms + ms));
	struct env e = env_system(g->app, g->a, g->city);
	fine(hazard_clock_job(&e, STR("")));
}

static struct id report_now(struct ground *g, bool danger)
{
	struct hazard_report r = {.description = STR("a guard is missing"), .place_code = g->place.code, .danger = danger};
	struct hazard_made made;
	start = app_now(g->app);
	fine(report(g, WORKER, &r, &made));
	return made.id;
}

static void is_with(struct ground *g, struct id id, uint32_t post, enum who who)
{
	struct asked k = now_of(g, id);
	assert_int_equal(k.wait.post, post);
	assert_int_equal(k.wait.n, 1);
	assert_int_equal(k.wait.holders[0].id.v, g->actors[who].person_id.v);
}

static void what_nobody_receives_goes_up(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	is_with(g, id, POST_TEAM, LEADER);
	run_at(g, 24 * HOUR - 1);
	is_with(g, id, POST_TEAM, LEADER);
	run_at(g, 24 * HOUR);
	run_at(g, 24 * HOUR);
	is_with(g, id, POST_SAFETY, OFFICER); /* there is no workshop */
	run_at(g, 48 * HOUR);
	is_with(g, id, POST_UNION, UNION);
	run_at(g, 72 * HOUR);
	is_with(g, id, POST_COUNTY, CADRE); /* nobody between them: no step is lost on empty posts */
	struct asked k = now_of(g, id);
	assert_int_equal(k.wait.clock.oversight, POST_COUNTY);
	assert_int_equal(count(&k, "pass_on"), 2);
	assert_int_equal(count(&k, "rise"), 1);
	run_at(g, 100 * DAY_LONG);
	k = now_of(g, id);
	assert_int_equal(k.n, 4); /* nobody is above */
}

/* A week without a server: one step, and whoever has it now has the full time. */
static void a_standstill_is_no_storm(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	run_at(g, 7 * DAY_LONG);
	run_at(g, 7 * DAY_LONG + MINUTE);
	is_with(g, id, POST_SAFETY, OFFICER);
	run_at(g, 8 * DAY_LONG - 1);
	is_with(g, id, POST_SAFETY, OFFICER);
	run_at(g, 8 * DAY_LONG);
	is_with(g, id, POST_UNION, UNION);
}

static void a_clock_that_ran_ahead_is_forgiven(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	for (int i = 0; i < 20; i++)
		run_at(g, 400 * DAY_LONG);
	is_with(g, id, POST_SAFETY, OFFICER); /* one step, not all */
	run_at(g, HOUR);
	run_at(g, 24 * HOUR);
	is_with(g, id, POST_SAFETY, OFFICER);
	run_at(g, 25 * HOUR); /* a day after it was set back */
	is_with(g, id, POST_UNION, UNION);
	/* What people did meanwhile too. */
	app_set_now(g->app, INSTANT(start.ms + 800 * DAY_LONG));
	fine(act(g, LEADER, id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	run_at(g, 26 * HOUR);
	run_at(g, 50 * HOUR);
	struct asked k = now_of(g, id);
	assert_int_equal(k.wait.clock.steps, 1);
}

static void danger_rings_until_it_is_protected(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, true), other = report_now(g, true);
	run_at(g, 15 * MINUTE - 1);
	struct asked k = now_of(g, id);
	assert_int_equal(count(&k, "alarm"), 0);
	run_at(g, 15 * MINUTE);
	k = now_of(g, id);
	assert_int_equal(count(&k, "alarm"), 1);
	assert_int_equal(k.wait.clock.alarms, 1);
	fine(act(g, WORKER, id, "protect", (struct hazard_input){.text = STR("fenced off")}));
	run_at(g, 3 * HOUR);
	k = now_of(g, id);
	assert_int_equal(count(&k, "alarm"), 1);
	/* After a standstill all of them are made up for: primary union and, there being none in the township, the county. */
	k = now_of(g, other);
	assert_int_equal(k.wait.clock.alarms, HAZARD_ALARMS);
	assert_int_equal(count(&k, "alarm"), 4);
}

static void a_late_one_rises_and_keeps_who_works_on_it(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	fine(act(g, LEADER, id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	fine(act(g, LEADER, id, "assign", to_worker(g)));
	is_with(g, id, POST_RESPONSIBLE, WORKER);
	fine(act(g, WORKER, id, "take", (struct hazard_input){0}));
	/* Noon of 20 February; the deadline is the 22nd, the grace the 23rd. */
	int64_t midnight = day_end(DAY(20160223)).ms - start.ms;
	run_at(g, midnight - 1);
	assert_int_equal(look(g, id).handling_level, HAZARD_AT_TEAM);
	run_at(g, midnight);
	struct asked k = now_of(g, id);
	assert_int_equal(k.h.handling_level, HAZARD_AT_ENTERPRISE);
	assert_int_equal(k.h.responsible_id.v, g->actors[WORKER].person_id.v);
	assert_true(hazard_is_overdue(&k.h, app_now(g->app)));
	/* Acts that move nothing do not put it off. */
	fine(act(g, WORKER, id, "progress", (struct hazard_input){.percent = {true, 50}, .text = STR("ordered")}));
	run_at(g, midnight + 24 * HOUR);
	is_with(g, id, POST_COUNTY, CADRE);
	fine(act(g, WORKER, id, "submit", (struct hazard_input){.text = STR("mounted")}));
	fine(act(g, OFFICER, id, "accept", (struct hazard_input){0}));
	fine(act(g, UNION, id, "close_out", (struct hazard_input){0}));
	k = now_of(g, id);
	assert_true(str_is(k.wait.solved_level, "county"));
	run_at(g, 300 * DAY_LONG);
	assert_int_equal(now_of(g, id).n, k.n);
	fine(act(g, CADRE, id, "reopen", (struct hazard_input){.reason = STR("loose again")}));
	assert_int_equal(now_of(g, id).wait.solved_level.n, 0);
	is_with(g, id, POST_SAFETY, OFFICER);
}

/* Office answers run in working days. */
static void an_appeal_goes_up_after_five_working_days(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	fine(act(g, LEADER, id, "refuse", (struct hazard_input){.reason_code = 1, .reason = STR("nothing there")}));
	assert_int_equal(now_of(g, id).wait.n, 0);
	fine(act(g, WORKER, id, "appeal", (struct hazard_input){.reason = STR("it is still loose")}));
	/* Saturday 20 February 2016; five working days end with Friday the 26th. */
	is_with(g, id, POST_COUNTY, CADRE);
	struct asked k = now_of(g, id);
	assert_int_equal(k.wait.clock.at.ms, day_end(DAY(20160226)).ms);
	fine(act(g, CADRE, id, "uphold", (struct hazard_input){.reason = STR("looked at it")}));
	assert_int_equal(now_of(g, id).wait.n, 0);
}

static const struct err *leave(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	struct person p;
	TRY(account_person(tx, e->city, g->actors[LEADER].person_id, &p));
	p.has_left = true;
	return account_person_change(tx, e, &p);
}

static void nobody_is_forgotten_when_somebody_leaves(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_write(&e, leave, g));
	is_with(g, id, POST_SAFETY, OFFICER);
	run_at(g, 24 * HOUR);
	is_with(g, id, POST_UNION, UNION);
}

/* Two servers whose leases overlapped: what one has done the other finds done. */
static void twice_is_once(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false);
	run_at(g, 30 * HOUR);
	size_t n = now_of(g, id).n;
	for (int i = 0; i < 3; i++)
		run_at(g, 30 * HOUR);
	assert_int_equal(now_of(g, id).n, n);
	assert_int_equal(n, 2);
}

/* Rows of a load, or of an older version: nothing rises at the first start. */
static void what_comes_without_a_clock_begins_now(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct id id = report_now(g, false), lost = report_now(g, false);
	ground_sql(g, "UPDATE hazard_clock SET at = 1, steps = -1, post = '' WHERE city_id = $1 AND hazard_id = $2", ARGS(ARG(g->city), ARG(id)));
	ground_sql(g, "DELETE FROM hazard_clock WHERE city_id = $1 AND hazard_id = $2", ARGS(ARG(g->city), ARG(lost)));
	run_at(g, 90 * DAY_LONG);
	struct env e = env_system(g->app, g->a, g->city);
	fine(hazard_clock_rebuild(&e));
	run_at(g, 90 * DAY_LONG);
	is_with(g, id, POST_TEAM, LEADER);
	is_with(g, lost, POST_TEAM, LEADER);
	run_at(g, 90 * DAY_LONG + 23 * HOUR);
	is_with(g, id, POST_TEAM, LEADER);
	run_at(g, 91 * DAY_LONG);
	is_with(g, id, POST_SAFETY, OFFICER);
	is_with(g, lost, POST_SAFETY, OFFICER);
}

static void the_county_s_telephone_comes_first(void **state)
{
	struct str all = STR("371302:0539-1 0539-3 371311:0539-2");
	(void)state;
	assert_true(str_is(hazard_duty_phone(all, STR("371311")), "0539-2"));
	assert_true(str_is(hazard_duty_phone(all, STR("371302")), "0539-1"));
	assert_true(str_is(hazard_duty_phone(all, STR("371399")), "0539-3"));
	assert_int_equal(hazard_duty_phone(STR(""), STR("371302")).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(what_nobody_receives_goes_up),
		ON_BOTH(a_standstill_is_no_storm),
		ON_BOTH(a_clock_that_ran_ahead_is_forgiven),
		ON_BOTH(danger_rings_until_it_is_protected),
		ON_BOTH(a_late_one_rises_and_keeps_who_works_on_it),
		ON_BOTH(an_appeal_goes_up_after_five_working_days),
		ON_BOTH(nobody_is_forgotten_when_somebody_leaves),
		ON_BOTH(twice_is_once),
		ON_BOTH(what_comes_without_a_clock_begins_now),
		cmocka_unit_test(the_county_s_telephone_comes_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
