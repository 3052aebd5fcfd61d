/* Who looks after which employer, and when the next visit is due (ORG-3), on both engines: the rules with their edges. */
#include "assignment_model.h"

#include "day.h"

#define GROUND_MORE                                   \
	struct unit works, mill, town, county, other; \
	struct id clerk, second, boss, stranger, worker;
#include "app_ground.h"

enum { TODAY = 20160420 };

static const struct err *person(struct db_tx *tx, struct env *e, const char *name, uint32_t role, const struct unit *u, struct id *out)
{
	struct person p = {.name = str_of(name), .unit_id = u->id};
	TRY(account_person_add(tx, e, &p));
	*out = p.id;
	return account_duty_add(tx, e, p.id, role, u->id);
}

static const struct err *employer(struct db_tx *tx, struct env *e, struct ground *g, const char *name, bool high_risk, struct unit *out)
{
	*out = (struct unit){.kind = UNIT_EMPLOYER, .name = str_of(name), .high_risk = high_risk};
	TRY(org_unit_add(tx, e, g->town.id, out));
	out->path = str_dup(g->a, out->path);
	return NULL;
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &g->county));
	TRY(org_unit_by_code(tx, e->city, STR("371311"), &g->other));
	TRY(org_unit_by_code(tx, e->city, STR("371302001"), &g->town));
	TRY(employer(tx, e, g, "化工厂", true, &g->works));
	TRY(employer(tx, e, g, "面粉厂", false, &g->mill));
	TRY(person(tx, e, "甲", ROLE_CADRE_TOWNSHIP, &g->town, &g->clerk));
	TRY(person(tx, e, "乙", ROLE_CADRE_TOWNSHIP, &g->town, &g->second));
	TRY(person(tx, e, "丙", ROLE_CADRE_COUNTY, &g->county, &g->boss));
	TRY(person(tx, e, "丁", ROLE_CADRE_COUNTY, &g->other, &g->stranger));
	return person(tx, e, "戊", ROLE_SAFETY_OFFICER, &g->works, &g->worker);
}

const struct ground_plan ground_plan = {.features = features_all, .now = {1461117600000}, /* 2016-04-20 10:00 */ .found = found_city};

/* ---- doing things on a day ------------------------------------------------------------------ */

struct doing {
	struct assignment a;
	struct id from, to, visit;
	const struct unit *employer;
	struct day on;
	const char *text;
	struct str path;
	int64_t n;
};

static const struct err *do_add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_add(tx, e, &d->a);
}

static const struct err *do_end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(assignment_by_id(tx, e->city, d->a.id, &d->a));
	return assignment_end(tx, e, &d->a, d->on, str_of(d->text));
}

static const struct err *do_visit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_visited(tx, e, d->employer, d->from, d->employer->parent_id, d->on, str_of(d->text), &d->visit);
}

static const struct err *do_take_over(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_take_over(tx, e, d->from, d->to, d->path, STR("轮岗"), &d->n);
}

static const struct err *do_read(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_by_id(tx, e->city, d->a.id, &d->a);
}

static const struct err *do_close(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	struct unit u;
	TRY(org_unit(tx, e->city, d->employer->id, &u));
	u.is_closed = true;
	return org_unit_change(tx, e, &u);
}

static const struct err *on_day(struct ground *g, int32_t ymd, env_fn *fn, struct doing *d)
{
	struct env e = env_system(g->app, g->a, g->city);
	e.now = day_start(DAY(ymd));
	return env_write(&e, fn, d);
}

static struct assignment assign(struct ground *g, const struct unit *u, struct id person, struct assignment more)
{
	struct doing d = {.a = more};
	d.a.employer_id = u->id;
	d.a.person_id = person;
	if (!d.a.from_on.ymd)
		d.a.from_on = DAY(TODAY);
	fine(on_day(g, TODAY, do_add, &d));
	return d.a;
}

static struct assignment again(struct ground *g, struct assignment a)
{
	struct doing d = {.a = a};
	fine(on_day(g, TODAY, do_read, &d));
	return d.a;
}

static const struct err *visit(struct ground *g, const struct unit *u, struct id who, int32_t on, const char *note)
{
	struct doing d = {.employer = u, .from = who, .on = DAY(on), .text = note};
	return on_day(g, TODAY, do_visit, &d);
}

struct asking { struct id person; struct day today; struct unit city; int64_t late, open, employers; };
static const struct err *ask(struct db_tx *tx, struct env *e, void *ctx)
{
	struct asking *q = ctx;
	TRY(org_root(tx, e->city, &q->city));
	TRY(assignment_late_count(tx, e->city, q->person, q->today, &q->late));
	TRY(assignment_open_count(tx, e->city, q->person, q->today, &q->open));
	return assignment_employers_at(tx, e->city, &q->city, q->today, &q->employers);
}

static struct asking asked(struct ground *g, struct id person, int32_t ymd)
{
	struct asking q = {.person = person, .today = DAY(ymd)};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, ask, &q));
	return q;
}

/* ---- the rhythm ------------------------------------------------------------------------------- */

static void the_rhythm_is_what_was_typed_else_of_the_kind(void **state)
{
	GROUND;
	struct assignment typed = assign(g, &g->works, g->clerk, (struct assignment){.every_days = 10});
	assert_int_equal(typed.kind, ASSIGNMENT_KEY); /* high-risk */
	assert_int_equal(again(g, typed).due_on.ymd, 20160430);
	struct assignment key = assign(g, &g->works, g->second, (struct assignment){0});
	assert_int_equal(key.every_days, 30);
	struct assignment ordinary = assign(g, &g->mill, g->clerk, (struct assignment){0});
	assert_int_equal(ordinary.kind, ASSIGNMENT_ORDINARY);
	assert_int_equal(ordinary.every_days, 90);
	/* The campaign's own limit goes before the setting. */
	ground_sql(g,
		   "INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source) SELECT city_id, id, 'assignment', 'ordinary', 45, 'day', "
		   "'setting' FROM campaign WHERE city_id = $1",
		   ARGS(ARG(g->city)));
	assert_int_equal(assign(g, &g->mill, g->second, (struct assignment){0}).every_days, 45);
}

static void a_visit_moves_the_due_day_of_all_who_look_after_it(void **state)
{
	GROUND;
	struct assignment a = assign(g, &g->works, g->clerk, (struct assignment){.every_days = 10, .from_on = DAY(20160401)});
	struct assignment b = assign(g, &g->works, g->boss, (struct assignment){.every_days = 20, .from_on = DAY(20160410)});
	assert_int_equal(again(g, a).due_on.ymd, 20160411);
	/* One that lies before the first day is none of this assignment's. */
	fine(visit(g, &g->works, g->clerk, 20160405, "查看现场"));
	assert_int_equal(again(g, a).due_on.ymd, 20160415);
	assert_int_equal(again(g, b).due_on.ymd, 20160430);
	fine(visit(g, &g->works, g->boss, 20160418, ""));
	assert_int_equal(again(g, a).due_on.ymd, 20160428);
	assert_int_equal(again(g, b).due_on.ymd, 20160508);
	/* An older one entered late moves nothing back. */
	fine(visit(g, &g->works, g->clerk, 20160412, "补记"));
	assert_int_equal(again(g, a).due_on.ymd, 20160428);
}

static void it_is_overdue_from_the_day_after_the_due_day(void **state)
{
	GROUND;
	assign(g, &g->works, g->clerk, (struct assignment){.every_days = 10, .from_on = DAY(20160410)});
	assert_int_equal(asked(g, g->clerk, 20160420).late, 0);
	assert_int_equal(asked(g, g->clerk, 20160421).late, 1);
	fine(visit(g, &g->works, g->clerk, 20160420, ""));
	assert_int_equal(asked(g, g->clerk, 20160421).late, 0);
}

static void a_visit_is_once_a_day_and_lies_behind(void **state)
{
	GROUND;
	static const char rows[] = "SELECT COUNT(*) FROM assignment_visit WHERE city_id = $1 AND note = 'b'";
	assign(g, &g->works, g->clerk, (struct assignment){0});
	fails(visit(g, &g->works, g->clerk, 20160421, ""), ERR_INPUT, "not_yet");
	fails(visit(g, &g->works, g->clerk, 20150419, ""), ERR_INPUT, "too_early");
	fine(visit(g, &g->works, g->clerk, 20160419, "a"));
	fine(visit(g, &g->works, g->clerk, 20160419, "b"));
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM assignment_visit WHERE city_id = $1", ARGS(ARG(g->city))), 1);
	assert_int_equal(ground_sql(g, rows, ARGS(ARG(g->city))), 1);
}

/* ---- who and when ------------------------------------------------------------------------------- */

static void only_a_cadre_of_a_union_above_looks_after_an_open_employer(void **state)
{
	GROUND;
	struct doing d = {.a = {.employer_id = g->works.id, .person_id = g->stranger, .from_on = DAY(TODAY)}};
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "not_a_cadre");
	d.a.person_id = g->worker;
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "not_a_cadre");
	d.a.person_id = g->clerk;
	d.a.employer_id = g->town.id;
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "not_an_employer");
	d.a.employer_id = g->works.id;
	d.a.from_on = DAY(20160421);
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "not_yet");
	d.a.from_on = DAY(TODAY);
	d.a.to_on = DAY(20160419);
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "before_begin");
	d.a.to_on = DAY(0);
	fine(on_day(g, TODAY, do_add, &d));
	fails(on_day(g, TODAY, do_add, &d), ERR_CONFLICT, "already_assigned");
	struct doing close = {.employer = &g->mill};
	fine(on_day(g, TODAY, do_close, &close));
	d.a.employer_id = g->mill.id;
	fails(on_day(g, TODAY, do_add, &d), ERR_INPUT, "closed");
}

static void both_days_count_and_the_end_has_a_reason(void **state)
{
	GROUND;
	struct assignment a = assign(g, &g->works, g->clerk, (struct assignment){.from_on = DAY(20160410)});
	struct doing d = {.a = a, .on = DAY(20160418), .text = "调离"};
	fails(on_day(g, TODAY, do_end, &d), ERR_INPUT, "too_early");
	d.on = DAY(20160419);
	d.text = "";
	fails(on_day(g, TODAY, do_end, &d), ERR_INPUT, "required");
	d.text = "调离";
	fine(on_day(g, TODAY, do_end, &d));
	a = again(g, a);
	assert_false(assignment_holds(&a, DAY(20160409)));
	assert_true(assignment_holds(&a, DAY(20160410)) && assignment_holds(&a, DAY(20160419)));
	assert_false(assignment_holds(&a, DAY(20160420)));
	assert_int_equal(a.due_on.ymd, 0);
	fails(on_day(g, TODAY, do_end, &d), ERR_CONFLICT, "assignment_over");
}

/* f8 is a number at a cut-off: who is looked after on that day, each employer once, closed ones not. */
static void an_employer_counts_once_as_of_the_day(void **state)
{
	GROUND;
	struct assignment a = assign(g, &g->works, g->clerk, (struct assignment){.from_on = DAY(20160401), .to_on = DAY(20160424)});
	assign(g, &g->works, g->boss, (struct assignment){.from_on = DAY(20160410), .to_on = DAY(20160425)});
	assign(g, &g->mill, g->clerk, (struct assignment){.from_on = DAY(TODAY)});
	(void)a;
	assert_int_equal(asked(g, g->clerk, 20160331).employers, 0);
	assert_int_equal(asked(g, g->clerk, 20160410).employers, 1);
	assert_int_equal(asked(g, g->clerk, TODAY).employers, 2);
	assert_int_equal(asked(g, g->clerk, 20160425).employers, 2);
	assert_int_equal(asked(g, g->clerk, 20160426).employers, 1);
	struct doing close = {.employer = &g->mill};
	fine(on_day(g, TODAY, do_close, &close));
	assert_int_equal(asked(g, g->clerk, 20160426).employers, 0);
}

static void all_of_one_goes_to_another_with_its_rhythm(void **state)
{
	GROUND;
	struct assignment works = assign(g, &g->works, g->clerk, (struct assignment){.every_days = 12, .from_on = DAY(20160401)});
	assign(g, &g->mill, g->clerk, (struct assignment){0});
	assign(g, &g->mill, g->second, (struct assignment){0});
	struct doing d = {.from = g->clerk, .to = g->clerk, .path = g->county.path};
	fails(on_day(g, TODAY, do_take_over, &d), ERR_INPUT, "same_cadre");
	d.to = g->stranger;
	fails(on_day(g, TODAY, do_take_over, &d), ERR_INPUT, "not_a_cadre");
	assert_int_equal(asked(g, g->clerk, TODAY).open, 2); /* all or none */
	d.to = g->second;
	fine(on_day(g, TODAY, do_take_over, &d));
	assert_int_equal(d.n, 2);
	/* What began before ends yesterday; what began today ends today, and the mill was the other's already. */
	assert_int_equal(again(g, works).to_on.ymd, 20160419);
	assert_int_equal(asked(g, g->clerk, 20160421).open, 0);
	assert_int_equal(asked(g, g->second, TODAY).open, 2);
	assert_int_equal(ground_sql(g, "SELECT every_days FROM assignment WHERE city_id = $1 AND employer_id = $2 AND to_on = ''",
				    ARGS(ARG(g->city), ARG(g->works.id))), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_rhythm_is_what_was_typed_else_of_the_kind), ON_BOTH(a_visit_moves_the_due_day_of_all_who_look_after_it),
		ON_BOTH(it_is_overdue_from_the_day_after_the_due_day), ON_BOTH(a_visit_is_once_a_day_and_lies_behind),
		ON_BOTH(only_a_cadre_of_a_union_above_looks_after_an_open_employer), ON_BOTH(both_days_count_and_the_end_has_a_reason),
		ON_BOTH(an_employer_counts_once_as_of_the_day), ON_BOTH(all_of_one_goes_to_another_with_its_rhythm)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
