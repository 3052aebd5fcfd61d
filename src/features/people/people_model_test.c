/* Who a telephone and a staff number belong to, in a real database: each somebody's once, and in nobody's way (ORG-5). */
#include "people_model.h"

#include "app_ground.h"

#include <pthread.h>

extern const struct feature feature_org, feature_account, feature_campaign, feature_notice, feature_hazard, feature_assignment, feature_people;

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return feature_org.init_city(tx, e, STR("371300"));
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_campaign, &feature_notice, &feature_assignment,
						   &feature_hazard, &feature_people, NULL},
	.found = found_city};

static const struct err *run(struct ground *g, env_fn *fn, void *ctx)
{
	struct env e = env_system(g->app, g->a, g->city);
	return env_write(&e, fn, ctx);
}

struct work {
	struct person p;
	const char *town;
	struct str employer;
};

static const struct err *add_employer(struct db_tx *tx, struct env *e, void *ctx)
{
	struct work *w = ctx;
	struct unit town, u = {.kind = UNIT_EMPLOYER, .name = w->employer, .industry = STR("1711"), .headcount = 9};
	TRY(org_unit_named(tx, e->city, str_of(w->town), &town));
	TRY(org_unit_add(tx, e, town.id, &u));
	w->p.unit_id = u.id;
	return NULL;
}

/* As somebody who was there before anybody looked. */
static const struct err *add_unseen(struct db_tx *tx, struct env *e, void *ctx)
{
	return account_person_add(tx, e, &((struct work *)ctx)->p);
}

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	return people_add(tx, e, &((struct work *)ctx)->p, ROLE_NONE);
}

static const struct err *change(struct db_tx *tx, struct env *e, void *ctx)
{
	return people_change(tx, e, &((struct work *)ctx)->p);
}

static struct id employer(struct ground *g, const char *name)
{
	struct work w = {.town = "371302001", .employer = str_of(name)};
	fine(run(g, add_employer, &w));
	return w.p.unit_id;
}

static void what_stays_as_it_was_is_in_nobodys_way(void **state)
{
	GROUND;
	struct id here = employer(g, "甲厂"), there = employer(g, "乙厂");
	struct work one = {.p = {.name = STR("甲"), .phone = STR("13900000041"), .staff_number = STR("A1"), .unit_id = here}};
	struct work two = {.p = {.name = STR("乙"), .phone = STR("13900000041"), .staff_number = STR("A1"), .unit_id = there}};
	fine(run(g, add_unseen, &one));
	fine(run(g, add_unseen, &two));
	two.p.name = STR("乙乙");
	fine(run(g, change, &two));
	two.p.staff_number = STR("A2");
	fine(run(g, change, &two));
	two.p.phone = STR("13900000042");
	fine(run(g, change, &two));
	two.p.phone = STR("13900000041");
	fails(run(g, change, &two), ERR_INPUT, "phone_taken");
	two.p.phone = STR("13900000042");
	two.p.unit_id = here;
	two.p.staff_number = STR("A1");
	fails(run(g, change, &two), ERR_INPUT, "number_taken");
}

struct adding {
	struct ground *g;
	struct work w;
	struct arena *a;
	const struct err *bad;
};

static void *add_beside(void *ctx)
{
	struct adding *ad = ctx;
	struct env e = env_system(ad->g->app, ad->a, ad->g->city);
	ad->bad = env_write(&e, add, &ad->w);
	return NULL;
}

/* One of those who enter the same number at the same moment is told (on PostgreSQL they run side by side). */
static void two_at_once_do_not_both_get_a_number(void **state)
{
	enum { SIDES = 4, ROUNDS = 8 };
	GROUND;
	struct id here = employer(g, "甲厂"), there = employer(g, "乙厂");
	for (int round = 0; round < ROUNDS; round++) {
		struct adding side[SIDES];
		pthread_t thread[SIDES];
		int got = 0;
		for (int i = 0; i < SIDES; i++) {
			side[i] = (struct adding){.g = g, .a = arena_new((size_t)8 * 1024 * 1024),
						  .w.p = {.name = STR("丙"), .unit_id = i & 1 ? here : there,
							  .phone = str_fmt(g->a, "1390000010%d", round)}};
			assert_int_equal(pthread_create(&thread[i], NULL, add_beside, &side[i]), 0);
		}
		for (int i = 0; i < SIDES; i++) {
			pthread_join(thread[i], NULL);
			got += !side[i].bad;
			arena_free(side[i].a);
		}
		assert_int_equal(got, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {ON_BOTH(what_stays_as_it_was_is_in_nobodys_way), ON_BOTH(two_at_once_do_not_both_get_a_number)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
