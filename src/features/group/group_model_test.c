/* Supervision groups (ORG-4) on both engines: one group of a round, who may be in it, what is copied, what came with the city. */
#include "group.h"

#include "account.h"
#include "day.h"

#define GROUND_MORE                                  \
	struct unit root, county, other, town;       \
	struct id leader, member, clerk;
#include "app_ground.h"

static const struct err *person(struct db_tx *tx, struct env *e, const char *name, uint32_t role, const struct unit *u, struct id *out)
{
	struct person p = {.name = str_of(name), .unit_id = u->id};
	TRY(account_person_add(tx, e, &p));
	*out = p.id;
	return account_duty_add(tx, e, p.id, role, u->id);
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	TRY(org_root(tx, e->city, &g->root));
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &g->county));
	TRY(org_unit_by_code(tx, e->city, STR("371311"), &g->other));
	TRY(org_unit_by_code(tx, e->city, STR("371302001"), &g->town));
	TRY(person(tx, e, "甲", ROLE_CADRE_CITY, &g->root, &g->leader));
	TRY(person(tx, e, "乙", ROLE_PRODUCTION_PROTECTION, &g->root, &g->member));
	return person(tx, e, "丙", ROLE_CADRE_COUNTY, &g->county, &g->clerk);
}

const struct ground_plan ground_plan = {.features = features_all, .now = {1461117600000}, /* 2016-04-20 10:00 */ .found = found_city};

struct doing {
	struct supervision_group g, *v;
	struct group_candidate *units;
	struct id members[2], ids[2], campaign;
	size_t n_members, n_ids, n, n_units;
	int64_t from, round, copied;
};

static const struct err *with_campaign(struct db_tx *tx, struct env *e, struct doing *d)
{
	struct campaign c;
	TRY(campaign_on(tx, e->city, instant_day(e->now), &c));
	d->campaign = c.id;
	return NULL;
}

static const struct err *do_write(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(with_campaign(tx, e, d));
	d->g.campaign_id = d->campaign;
	return group_write_one(tx, e, &d->g, &(struct id_list){d->members, d->n_members}, &(struct id_list){d->ids, d->n_ids});
}

static const struct err *do_close(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return group_close(tx, e, &d->g);
}

static const struct err *do_read(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(with_campaign(tx, e, d));
	TRY(group_candidates_of(tx, e->city, d->campaign, d->round, &d->units, &d->n_units));
	return group_round(tx, e->city, d->campaign, d->round, &d->v, &d->n);
}

static const struct err *do_copy(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(with_campaign(tx, e, d));
	return group_copy(tx, e, d->campaign, d->from, d->round, &d->copied);
}

static const struct err *do_leave(struct db_tx *tx, struct env *e, void *ctx)
{
	struct id *person = ctx;
	struct person p;
	TRY(account_person(tx, e->city, *person, &p));
	p.has_left = true;
	return account_person_change(tx, e, &p);
}

static const struct err *run(struct ground *g, env_fn *fn, void *ctx)
{
	struct env e = env_system(g->app, g->a, g->city);
	return env_write(&e, fn, ctx);
}

static struct doing round_of(struct ground *g, int64_t round)
{
	struct doing d = {.round = round};
	fine(run(g, do_read, &d));
	return d;
}

static size_t without(const struct doing *d)
{
	size_t n = 0;
	for (size_t i = 0; i < d->n_units; i++)
		n += d->units[i].group_id.v == 0;
	return n;
}

static struct doing group_of(struct ground *g, int64_t round, const char *name, const struct unit *u)
{
	struct doing d = {.g = {.round = round, .name = str_of(name), .leader_id = g->leader}, .members = {g->member}, .n_members = 1, .ids = {u->id}, .n_ids = 1};
	return d;
}

/* Annex 1 of the notice: 17 units in six groups, the last of two. */
static void the_notices_groups_come_with_the_city(void **state)
{
	GROUND;
	struct doing d = round_of(g, 1);
	size_t units = 0;
	assert_int_equal(d.n, 6);
	for (size_t i = 0; i < d.n; i++) {
		assert_int_equal(d.v[i].leader_id.v, 0);
		assert_int_equal(d.v[i].leader_name.n, 0);
		units += d.v[i].n_units;
	}
	assert_int_equal(units, 17);
	assert_int_equal(d.v[5].n_units, 2);
	assert_int_equal(without(&d), 3);
	/* Somebody is named, and the units stay. */
	d.g = d.v[5];
	d.g.leader_id = g->leader;
	for (size_t i = 0; i < 2; i++)
		d.ids[i] = d.v[5].units[i].id;
	d.n_ids = 2;
	fine(run(g, do_write, &d));
	d = round_of(g, 1);
	assert_true(str_is(d.v[5].leader_name, "甲"));
	assert_int_equal(without(&d), 3);
}

static void a_unit_has_one_group_of_a_round(void **state)
{
	GROUND;
	struct doing first = group_of(g, 5, "一组", &g->county), second = group_of(g, 5, "二组", &g->county), later = group_of(g, 6, "一组", &g->county);
	fine(run(g, do_write, &first));
	fails(run(g, do_write, &second), ERR_INPUT, "in_other_group");
	fine(run(g, do_write, &later));
	struct doing d = round_of(g, 5);
	size_t all = d.n_units;
	assert_int_equal(without(&d), all - 1);
	/* Written again it is still its own. */
	fine(run(g, do_write, &first));
	/* Closed, its unit is free for another; the group itself is shown no more. */
	fine(run(g, do_close, &first));
	d = round_of(g, 5);
	assert_int_equal(d.n, 0);
	assert_int_equal(without(&d), all);
	second.g.id = ID(0);
	fine(run(g, do_write, &second));
}

/* Nothing of a refused one is kept, not even its id. */
static void refused(struct ground *g, struct doing *d, const char *code)
{
	struct doing once = *d;
	fails(run(g, do_write, &once), ERR_INPUT, code);
}

static void only_the_citys_office_and_what_reports_to_it(void **state)
{
	GROUND;
	struct doing d = group_of(g, 5, "一组", &g->county);
	d.g.leader_id = g->clerk;
	refused(g, &d, "not_of_the_city");
	d.g.leader_id = g->leader;
	d.members[0] = g->clerk;
	refused(g, &d, "not_of_the_city");
	d.members[0] = g->member;
	d.ids[0] = g->town.id;
	refused(g, &d, "not_below_city");
	d.ids[0] = g->root.id;
	refused(g, &d, "not_below_city");
	d.ids[0] = g->county.id;
	d.g.round = GROUP_ROUND_MAX + 1;
	refused(g, &d, "too_large");
	d.g.round = 5;
	d.g.from_on = DAY(20160420);
	d.g.to_on = DAY(20160419);
	refused(g, &d, "before_begin");
	assert_int_equal(round_of(g, 5).n, 0);
}

static void a_copied_round_leaves_out_who_has_left(void **state)
{
	GROUND;
	struct doing one = group_of(g, 5, "一组", &g->county), two = group_of(g, 5, "二组", &g->other), copy = {.from = 5, .round = 6};
	fine(run(g, do_write, &one));
	two.g.leader_id = g->member;
	two.n_members = 0;
	fine(run(g, do_write, &two));
	fine(run(g, do_leave, &g->member));
	fine(run(g, do_copy, &copy));
	struct doing d = round_of(g, 6);
	assert_int_equal(copy.copied, 1); /* the second one's leader has left */
	assert_int_equal(d.n, 1);
	assert_true(str_is(d.v[0].name, "一组"));
	assert_int_equal(d.v[0].n_members, 0);
	assert_int_equal(d.v[0].n_units, 1);
	assert_int_equal(d.v[0].from_on.ymd, 0);
	fails(run(g, do_copy, &copy), ERR_CONFLICT, "round_taken");
	/* Groups without a leader are copied as they are. */
	copy = (struct doing){.from = 1, .round = 7};
	fine(run(g, do_copy, &copy));
	assert_int_equal(copy.copied, 6);
}

static void an_older_version_is_not_written_over(void **state)
{
	GROUND;
	struct doing d = group_of(g, 5, "一组", &g->county), old;
	fine(run(g, do_write, &d));
	old = d;
	d.g.name = STR("督导一组");
	fine(run(g, do_write, &d));
	fails(run(g, do_write, &old), ERR_CONFLICT, NULL);
	assert_true(str_is(round_of(g, 5).v[0].name, "督导一组"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_notices_groups_come_with_the_city), ON_BOTH(a_unit_has_one_group_of_a_round),
		ON_BOTH(only_the_citys_office_and_what_reports_to_it), ON_BOTH(a_copied_round_leaves_out_who_has_left),
		ON_BOTH(an_older_version_is_not_written_over)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
