/* Telling: who hears, once, in the transaction (HAZ-5, HAZ-9). */
#include "notice_model.h"

#include "account.h"
#include "org.h"

#define GROUND_MORE \
	struct unit root, county, town, team; \
	struct id officer, deputy, worker;
#include "app_ground.h"

extern const struct feature feature_org, feature_account, feature_notice;

static const struct perm register_perm = {"test.register", R(ROLE_TEAM_LEADER) | R(ROLE_CADRE_TOWNSHIP)};
static const struct notice_kind kinds[] = {
	{"test.registered", NOTICE_ANSWER, NOTICE_DAILY, "/tests/{id}"},
	{"test.danger", NOTICE_DANGER, NOTICE_AT_ONCE, "/tests/{id}"},
	{0},
};
static const struct perm *const perms[] = {&register_perm, NULL};
static const struct feature feature_test = {.name = "test", .perms = perms, .notices = kinds};

static const struct err *add_person(struct db_tx *tx, struct env *e, const char *name, const struct unit *u, uint32_t role, struct id *out)
{
	struct person p = {.name = str_of(name), .unit_id = u->id};
	TRY(account_person_add(tx, e, &p));
	*out = p.id;
	return account_duty_add(tx, e, p.id, role, u->id);
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	TRY(feature_org.init_city(tx, e, STR("371300")));
	TRY(org_root(tx, e->city, &g->root));
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &g->county));
	TRY(org_unit_by_code(tx, e->city, STR("371302001"), &g->town));
	g->team = (struct unit){.kind = UNIT_EMPLOYER, .name = STR("works"), .size = 3, .headcount = 40};
	TRY(org_unit_add(tx, e, g->town.id, &g->team));
	TRY(add_person(tx, e, "officer", &g->town, ROLE_CADRE_TOWNSHIP, &g->officer));
	TRY(add_person(tx, e, "deputy", &g->town, ROLE_CADRE_TOWNSHIP, &g->deputy));
	return add_person(tx, e, "worker", &g->team, ROLE_WORKER, &g->worker);
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_notice, &feature_test, NULL},
	.now = {1453255200000}, /* 2016-01-20 10:00 */
	.found = found_city,
};

/* ---- doing ---------------------------------------------------------------------------- */

struct doing {
	struct notice n;
	struct notice_office to;
	struct id as;
	size_t told;
	struct id who[NOTICE_OFFICE_MAX], at;
	size_t n_who;
	bool break_off;
};

static const struct err *do_add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(d->to.unit_id.v ? notice_add_office(tx, e, &d->to, &d->n, &d->told) : notice_add(tx, e, &d->n));
	return d->break_off ? ERR(e->a, ERR_CONFLICT, "broken_off", "as wanted") : NULL;
}

static const struct err *do_find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return notice_holders(tx, e, &d->to, d->who, &d->n_who, &d->at);
}

static const struct err *tell(struct ground *g, struct doing *d)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct actor w = {.person_id = d->as, .city = g->city};
	if (d->as.v)
		e.actor = &w;
	return env_write(&e, do_add, d);
}

static int64_t n_of(struct ground *g, struct id person)
{
	return ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND person_id = $2", ARGS(ARG(g->city), ARG(person)));
}

/* ---- tests ------------------------------------------------------------------------------ */

static void told_once_under_a_key(void **state)
{
	GROUND;
	struct doing d = {.n = {.person = g->worker, .kind = &kinds[0], .object_id = ID(7), .once = STR("rise:7:1"),
				.args = {{"number", .text = STR("371302-20160120-0001")}, {"day", .day = DAY(20160222)}}}};
	fine(tell(g, &d));
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 1);
	d.n.once = STR("rise:7:2");
	fine(tell(g, &d));
	d.n.once = STR("");
	fine(tell(g, &d));
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 4);
}

static void goes_with_its_transaction(void **state)
{
	GROUND;
	struct doing d = {.n = {.person = g->worker, .kind = &kinds[0]}, .break_off = true};
	fails(tell(g, &d), ERR_CONFLICT, "broken_off");
	assert_int_equal(n_of(g, g->worker), 0);
}

static void nobody_hears_of_the_own_act_or_after_leaving(void **state)
{
	GROUND;
	struct doing d = {.n = {.person = g->worker, .kind = &kinds[0]}, .as = g->worker};
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 0);
	d.n.even_self = true;
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 1);
	ground_sql(g, "UPDATE person SET has_left = 1 WHERE city_id = $1 AND id = $2", ARGS(ARG(g->city), ARG(g->worker)));
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 1);
	d.n.person = ID(0);
	fine(tell(g, &d));
}

static void finds_the_nearest_office(void **state)
{
	GROUND;
	struct doing d = {.n = {.kind = &kinds[1]}, .to = {.perm = &register_perm, .unit_id = g->team.id, .reach = NOTICE_NEAREST}};
	fine(tell(g, &d));
	assert_int_equal(d.told, 2);
	assert_int_equal(n_of(g, g->officer), 1);
	assert_int_equal(n_of(g, g->deputy), 1);
	assert_int_equal(n_of(g, g->worker), 0);
	d.to.except = g->deputy;
	fine(tell(g, &d));
	assert_int_equal(d.told, 1);
	assert_int_equal(n_of(g, g->deputy), 1);
}

static const struct err *find(struct ground *g, struct doing *d)
{
	struct env e = env_system(g->app, g->a, g->city);
	return env_read(&e, do_find, d);
}

static void reaches_as_far_as_asked(void **state)
{
	GROUND;
	struct doing d = {.to = {.roles = R(ROLE_CADRE_TOWNSHIP), .unit_id = g->team.id, .reach = NOTICE_HERE}};
	fine(find(g, &d));
	assert_int_equal(d.n_who, 0);
	d.to.unit_id = g->town.id;
	fine(find(g, &d));
	assert_int_equal(d.n_who, 2);
	assert_int_equal(d.at.v, g->town.id.v);
	d.to.reach = NOTICE_ABOVE;
	fine(find(g, &d));
	assert_int_equal(d.n_who, 0);
	assert_int_equal(d.at.v, 0);
	d.to = (struct notice_office){.perm = &register_perm, .roles = R(ROLE_TEAM_LEADER), .unit_id = g->team.id, .reach = NOTICE_NEAREST};
	fine(find(g, &d));
	assert_int_equal(d.n_who, 0);
}

/* A duty that is over, or has not begun, tells its holder nothing; a substitute's does while it lasts (ORG-5). */
static void duties_count_on_their_days(void **state)
{
	GROUND;
	struct doing d = {.to = {.roles = R(ROLE_CADRE_TOWNSHIP), .unit_id = g->town.id, .reach = NOTICE_HERE}};
	ground_sql(g, "UPDATE duty SET to_on = '2016-01-19' WHERE city_id = $1 AND person_id = $2", ARGS(ARG(g->city), ARG(g->deputy)));
	fine(find(g, &d));
	assert_int_equal(d.n_who, 1);
	assert_int_equal(d.who[0].v, g->officer.v);
	ground_sql(g, "UPDATE duty SET from_on = '2016-01-21' WHERE city_id = $1 AND person_id = $2", ARGS(ARG(g->city), ARG(g->officer)));
	fine(find(g, &d));
	assert_int_equal(d.n_who, 0);
}

static void long_words_are_cut_between_characters(void **state)
{
	GROUND;
	char text[1801];
	for (int i = 0; i < 600; i++)
		memcpy(text + i * 3, "查", 3);
	struct doing d = {.n = {.person = g->worker, .kind = &kinds[0], .args = {{"reason", .text = {text, 1800}}}}};
	fine(tell(g, &d));
	assert_int_equal(n_of(g, g->worker), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(told_once_under_a_key), ON_BOTH(goes_with_its_transaction), ON_BOTH(nobody_hears_of_the_own_act_or_after_leaving),
		ON_BOTH(finds_the_nearest_office), ON_BOTH(reaches_as_far_as_asked), ON_BOTH(duties_count_on_their_days),
		ON_BOTH(long_words_are_cut_between_characters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
