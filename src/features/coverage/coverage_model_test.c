/* The coverage desk's numbers (ORG-6, f8) on both engines: valid at the cut-off, from the campaign's first day, silent, unknown. */
#include "coverage_model.h"

#include "day.h"

#define GROUND_MORE                          \
	struct unit works, mill, shop, town, county, root; \
	struct id clerk;                     \
	struct actor actor;                  \
	struct coverage_days days;
#include "app_ground.h"

enum { TODAY = 20160420 };

static const struct err *employer(struct db_tx *tx, struct env *e, struct ground *g, const char *name, const char *industry, bool high_risk,
				  const struct unit *above, struct unit *out)
{
	*out = (struct unit){.kind = UNIT_EMPLOYER, .name = str_of(name), .industry = str_of(industry), .high_risk = high_risk};
	TRY(org_unit_add(tx, e, above->id, out));
	out->path = str_dup(g->a, out->path);
	return NULL;
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	struct person p = {.name = STR("甲")};
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	TRY(org_root(tx, e->city, &g->root));
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &g->county));
	TRY(org_unit_by_code(tx, e->city, STR("371302001"), &g->town));
	TRY(employer(tx, e, g, "化工厂", "2614", true, &g->town, &g->works));
	TRY(employer(tx, e, g, "面粉厂", "1311", false, &g->town, &g->mill));
	TRY(employer(tx, e, g, "县直商场", "5211", false, &g->county, &g->shop));
	p.unit_id = g->county.id;
	TRY(account_person_add(tx, e, &p));
	TRY(account_duty_add(tx, e, p.id, ROLE_CADRE_COUNTY, g->county.id));
	g->clerk = p.id;
	g->actor = (struct actor){.person_id = p.id, .city = g->city, .name = STR("甲")};
	return coverage_days_of(tx, e, &g->days);
}

const struct ground_plan ground_plan = {.features = features_all, .now = {1461117600000}, /* 2016-04-20 10:00 */ .found = found_city};

struct doing {
	struct assignment a;
	struct launch l;
	const struct unit *unit;
	struct day on;
	struct id id;
	struct coverage_filter f;
	struct coverage_days days;
	struct coverage_line *parts, total;
	struct launch *v;
	size_t n;
};

static const struct err *do_assign(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_add(tx, e, &d->a);
}

static const struct err *do_visit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return assignment_visited(tx, e, d->unit, e->actor->person_id, d->unit->parent_id, d->on, STR(""), &d->id);
}

static const struct err *do_launch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return launch_add(tx, e, &d->l);
}

static const struct err *do_close(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	struct unit u;
	TRY(org_unit(tx, e->city, d->unit->id, &u));
	u.is_closed = true;
	return org_unit_change(tx, e, &u);
}

static const struct err *do_read(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(coverage_read(tx, e, d->unit, &d->f, &d->days, &d->parts, &d->n, &d->total));
	return NULL;
}

static const struct err *do_launches(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return launches_at(tx, e->city, d->unit->id, &d->v, &d->n);
}

static const struct err *run(struct ground *g, env_fn *fn, struct doing *d)
{
	struct env e = env_system(g->app, g->a, g->city);
	e.actor = &g->actor;
	return env_write(&e, fn, d);
}

static struct doing desk(struct ground *g, const struct unit *u, int32_t today)
{
	struct doing d = {.unit = u, .f = {.high_risk = -1, .non_public = -1}, .days = g->days};
	int32_t shift = day_number(DAY(today)) - day_number(g->days.today);
	d.days.today = DAY(today);
	d.days.active_from = day_add(g->days.active_from, shift);
	fine(run(g, do_read, &d));
	return d;
}

static void launch(struct ground *g, const struct unit *u, int32_t on)
{
	struct doing d = {.l = {.employer_id = u->id, .kind = LAUNCH_PLAN, .launched_on = DAY(on), .title = STR("行动方案"), .unit_id = g->county.id}};
	fine(run(g, do_launch, &d));
}

static void assign(struct ground *g, const struct unit *u, int32_t until, int64_t every)
{
	struct doing d = {.a = {.employer_id = u->id, .person_id = g->clerk, .from_on = DAY(20160401), .to_on = DAY(until), .every_days = every}};
	fine(run(g, do_assign, &d));
}

static void visit(struct ground *g, const struct unit *u, int32_t on)
{
	struct doing d = {.unit = u, .on = DAY(on)};
	fine(run(g, do_visit, &d));
}

/* ---- the numbers -------------------------------------------------------------------------------- */

static void what_holds_until_a_day_holds_on_it(void **state)
{
	GROUND;
	assign(g, &g->works, 20160425, 10);
	assign(g, &g->mill, 0, 10);
	visit(g, &g->works, 20160415);
	assert_int_equal(desk(g, &g->root, TODAY).total.assigned.v, 2);
	assert_int_equal(desk(g, &g->root, 20160425).total.assigned.v, 2);
	assert_int_equal(desk(g, &g->root, 20160426).total.assigned.v, 1);
	/* A visit holds for its rhythm, the last day included. */
	assert_int_equal(desk(g, &g->root, 20160425).total.visited.v, 1);
	assert_int_equal(desk(g, &g->root, 20160426).total.visited.v, 0);
}

static void who_did_nothing_for_the_days_set_is_silent(void **state)
{
	GROUND;
	assert_int_equal(desk(g, &g->root, TODAY).total.silent.v, 3);
	launch(g, &g->works, 20160401);
	visit(g, &g->mill, 20160415);
	assert_int_equal(desk(g, &g->root, TODAY).total.silent.v, 1);
	/* Thirty days: the thirtieth after it still counts. */
	assert_int_equal(desk(g, &g->root, 20160501).total.silent.v, 1);
	assert_int_equal(desk(g, &g->root, 20160502).total.silent.v, 2);
	assert_int_equal(desk(g, &g->root, 20160516).total.silent.v, 3);
}

static void a_launch_is_of_this_campaign_and_is_corrected_with_a_reason(void **state)
{
	GROUND;
	struct doing d = {.unit = &g->works, .l = {.employer_id = g->works.id, .kind = LAUNCH_PLAN, .title = STR("行动方案"), .unit_id = g->county.id}};
	d.l.launched_on = DAY(20160421);
	fails(run(g, do_launch, &d), ERR_INPUT, "not_yet");
	d.l.launched_on = DAY(20151224);
	fails(run(g, do_launch, &d), ERR_INPUT, "before_campaign");
	launch(g, &g->works, 20151225);
	assert_int_equal(desk(g, &g->root, TODAY).total.launched.v, 1);
	d.l.launched_on = DAY(20160301);
	fails(run(g, do_launch, &d), ERR_INPUT, "required");
	d.l.reason = STR("日期有误");
	fine(run(g, do_launch, &d));
	assert_int_equal(desk(g, &g->root, TODAY).total.launched.v, 1);
	fine(run(g, do_launches, &d));
	assert_int_equal(d.n, 2);
	assert_true(d.v[0].is_current && !d.v[1].is_current);
	/* What was launched before this campaign began is not launched in it. */
	struct doing next = desk(g, &g->root, TODAY);
	next.days.campaign_from = DAY(20160302);
	fine(run(g, do_read, &next));
	assert_int_equal(next.total.launched.v, 0);
}

static void closed_ones_count_nowhere(void **state)
{
	GROUND;
	assign(g, &g->works, 0, 10);
	launch(g, &g->works, 20160301);
	struct doing close = {.unit = &g->works};
	fine(run(g, do_close, &close));
	struct doing d = desk(g, &g->root, TODAY);
	assert_int_equal(d.total.employers, 2);
	assert_int_equal(d.total.assigned.v, 0);
	assert_int_equal(d.total.launched.v, 0);
}

static void what_nobody_records_has_no_number(void **state)
{
	GROUND;
	struct doing d = desk(g, &g->root, TODAY);
	assert_true(d.total.assigned.is && d.total.launched.is && d.total.visited.is && d.total.silent.is);
	assert_int_equal(d.total.trained.is, covered_is_recorded(g->app, COVERED_TRAINED));
}

/* The parts are the whole: below a county its townships, and what stands right below it as a part without a name. */
static void the_parts_add_up(void **state)
{
	GROUND;
	assign(g, &g->works, 0, 10);
	assign(g, &g->shop, 0, 10);
	struct doing city = desk(g, &g->root, TODAY), county = desk(g, &g->county, TODAY), town = desk(g, &g->town, TODAY);
	assert_int_equal(city.n, 1);
	assert_true(str_is(city.parts[0].name, "兰山区"));
	assert_int_equal(city.parts[0].employers, 3);
	assert_int_equal(county.n, 2);
	assert_int_equal(county.parts[0].employers + county.parts[1].employers, county.total.employers);
	assert_int_equal(county.parts[0].assigned.v + county.parts[1].assigned.v, 2);
	assert_int_equal(county.parts[0].id.v, 0);
	assert_int_equal(town.n, 0);
	assert_int_equal(town.total.employers, 2);
	/* By risk, and by how the code of the industry begins. */
	city.f.high_risk = 1;
	fine(run(g, do_read, &city));
	assert_int_equal(city.total.employers, 1);
	city.f = (struct coverage_filter){.high_risk = -1, .non_public = -1, .industry = STR("13")};
	fine(run(g, do_read, &city));
	assert_int_equal(city.total.employers, 1);
	assert_int_equal(city.total.assigned.v, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(what_holds_until_a_day_holds_on_it), ON_BOTH(who_did_nothing_for_the_days_set_is_silent),
		ON_BOTH(a_launch_is_of_this_campaign_and_is_corrected_with_a_reason), ON_BOTH(closed_ones_count_nowhere),
		ON_BOTH(what_nobody_records_has_no_number), ON_BOTH(the_parts_add_up)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
