/* The register in a real database: what follows from what is said, and who may be entered twice (ORG-2). */
#include "employer_model.h"

#include "account.h"
#include "app_ground.h"
#include "event.h"

extern const struct feature feature_org, feature_account, feature_employer;

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return feature_org.init_city(tx, e, STR("371300"));
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_employer, NULL}, .found = found_city};

static const struct err *run(struct ground *g, env_fn *fn, void *ctx)
{
	struct env e = env_system(g->app, g->a, g->city);
	return env_write(&e, fn, ctx);
}

static const struct err *refused(const struct err *e, const char *pointer)
{
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_INPUT);
	assert_string_equal(e->fields->pointer.p, pointer);
	return NULL;
}

struct adding {
	const char *parent;
	struct unit unit;
};

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct adding *ad = ctx;
	struct unit parent;
	TRY(org_unit_named(tx, e->city, str_of(ad->parent), &parent));
	return org_unit_add(tx, e, parent.id, &ad->unit);
}

static struct unit employer(struct ground *g, const char *parent, const char *name, const char *uscc)
{
	struct adding ad = {.parent = parent, .unit = {.kind = UNIT_EMPLOYER, .name = str_of(name), .uscc = str_of(uscc), .industry = STR("1711"), .headcount = 9}};
	fine(run(g, add, &ad));
	return ad.unit;
}

struct saving {
	struct id id;
	struct employer p;
	const char *industry;
};

static const struct err *save(struct db_tx *tx, struct env *e, void *ctx)
{
	struct saving *s = ctx;
	struct employer p = s->p;
	return employer_save(tx, e, &p, str_of(s->industry));
}

static const struct err *look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct employer_facts *f = ctx;
	return employer_facts(tx, e->city, f->unit.id, f);
}

static struct employer_facts facts_of(struct ground *g, struct id id)
{
	struct employer_facts f = {.unit = {.id = id}};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, look, &f));
	return f;
}

/* ---- what follows ------------------------------------------------------------------------- */

static void what_can_be_derived_reaches_the_unit(void **state)
{
	GROUND;
	struct unit u = employer(g, "371302001", "恒昌化工有限公司", "");
	struct employer_facts f = facts_of(g, u.id);
	assert_int_equal(f.p.version, 1);
	struct saving s = {.p = f.p, .industry = "2614"};
	s.p.ownership = OWNED_PRIVATELY;
	s.p.own_staff = (struct opt_i64){true, 280};
	s.p.dispatched = (struct opt_i64){true, 20};
	s.p.turnover_fen = (struct opt_fen){true, INT64_C(2000000000)};
	fine(run(g, save, &s));
	f = facts_of(g, u.id);
	assert_int_equal(f.unit.headcount, 300);
	assert_int_equal(f.unit.size, codes_find(&employer_sizes, STR("medium")));
	assert_true(f.unit.high_risk && f.unit.non_public);
	assert_int_equal(f.p.version, 2);
	/* One worker fewer is a class less. */
	s.p = f.p;
	s.p.dispatched.v = 19;
	fine(run(g, save, &s));
	f = facts_of(g, u.id);
	assert_int_equal(f.unit.size, codes_find(&employer_sizes, STR("small")));
	/* Who looked at an older version is told. */
	fails(run(g, save, &s), ERR_CONFLICT, "stale");
}

static void a_flag_set_by_hand_has_a_reason_and_stays(void **state)
{
	GROUND;
	struct unit u = employer(g, "371302001", "恒昌纺织有限公司", "");
	struct saving s = {.p = facts_of(g, u.id).p, .industry = "1711"};
	s.p.high_risk_set = SAID_YES;
	refused(run(g, save, &s), "/high_risk_reason");
	assert_false(facts_of(g, u.id).unit.high_risk);
	s.p.high_risk_reason = STR("粉尘涉爆");
	fine(run(g, save, &s));
	struct employer_facts f = facts_of(g, u.id);
	assert_true(f.unit.high_risk);
	assert_true(f.p.high_risk_at.ms > 0);
	s.p = f.p;
	s.p.address = STR("一号路");
	fine(run(g, save, &s));
	f = facts_of(g, u.id);
	assert_true(f.unit.high_risk && str_is(f.p.high_risk_reason, "粉尘涉爆"));
	s.p = f.p;
	s.p.high_risk_set = 0;
	fine(run(g, save, &s));
	f = facts_of(g, u.id);
	assert_false(f.unit.high_risk);
	assert_int_equal(f.p.high_risk_reason.n, 0);
}

static void a_flag_from_before_stays_until_somebody_decides(void **state)
{
	GROUND;
	struct adding ad = {.parent = "371302001", .unit = {.kind = UNIT_EMPLOYER, .name = STR("热力公司"), .industry = STR("4411"), .high_risk = true}};
	fine(run(g, add, &ad));
	struct saving s = {.p = facts_of(g, ad.unit.id).p, .industry = "4411"};
	assert_int_equal(s.p.high_risk_set, SAID_YES);
	s.p.address = STR("二号路");
	fine(run(g, save, &s));
	assert_true(facts_of(g, ad.unit.id).unit.high_risk);
}

static void the_union_follows_from_the_tree(void **state)
{
	GROUND;
	struct adding un = {.parent = "371302001", .unit = {.kind = UNIT_JOINT_UNION, .name = STR("商贸联合工会")}};
	fine(run(g, add, &un));
	char id[24];
	snprintf(id, sizeof(id), "%lld", (long long)un.unit.id.v);
	struct unit u = employer(g, id, "恒昌超市", "");
	struct employer_facts f = facts_of(g, u.id);
	assert_int_equal(f.union_state, UNION_COVERED);
	assert_true(f.union_derived && f.union_unit.id.v == un.unit.id.v);
	struct saving s = {.p = f.p, .industry = ""};
	s.p.union_state = UNION_COVERED;
	s.p.union_unit_id = u.id;
	refused(run(g, save, &s), "/union_unit");
}

static void only_people_of_the_employer_are_in_charge(void **state)
{
	GROUND;
	struct unit u = employer(g, "371302001", "恒昌化工有限公司", "");
	struct saving s = {.p = facts_of(g, u.id).p, .industry = ""};
	s.p.principal_id = ID(12345);
	refused(run(g, save, &s), "/principal_id");
}

/* ---- entered twice --------------------------------------------------------------------------- */

static int64_t open_twins(struct ground *g)
{
	return ground_sql(g, "SELECT COUNT(*) FROM employer_twin WHERE city_id = $1 AND state = 'open'", ARGS(ARG(g->city)));
}

static const struct err *close_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit u = *(const struct unit *)ctx;
	TRY(org_unit(tx, e->city, u.id, &u));
	u.is_closed = true;
	return org_unit_change(tx, e, &u);
}

static const struct err *rename_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit u = *(const struct unit *)ctx, now;
	TRY(org_unit(tx, e->city, u.id, &now));
	now.name = u.name;
	return org_unit_change(tx, e, &now);
}

static void similar_names_of_one_county_are_looked_at(void **state)
{
	GROUND;
	employer(g, "371302001", "临沂恒昌化工有限公司", "");
	employer(g, "371302002", "恒昌化工厂", "");
	assert_int_equal(open_twins(g), 1);
	/* Of another county, and another name. */
	employer(g, "371323001", "恒昌化工有限公司", "");
	struct unit third = employer(g, "371302002", "恒盛化工厂", "");
	assert_int_equal(open_twins(g), 1);
	third.name = STR("恒昌 化工（有限公司）");
	fine(run(g, rename_unit, &third));
	assert_int_equal(open_twins(g), 3);
	fine(run(g, close_unit, &third));
	assert_int_equal(open_twins(g), 1);
}

static void old_numbers_lead_to_the_same_employer_anywhere(void **state)
{
	GROUND;
	employer(g, "371302001", "恒昌化工有限公司", "91371302MA3ABCDE14");
	struct unit other = employer(g, "371323001", "昌恒化工", "");
	assert_int_equal(open_twins(g), 0);
	struct saving s = {.p = facts_of(g, other.id).p, .industry = ""};
	s.p.old_number = STR("MA3ABCDE1");
	fine(run(g, save, &s));
	assert_int_equal(open_twins(g), 1);
	s.p = facts_of(g, other.id).p;
	s.p.old_number = STR("");
	fine(run(g, save, &s));
	assert_int_equal(open_twins(g), 0);
}

static void all_is_derived_again_as_it_was(void **state)
{
	GROUND;
	static const char rows[] = "SELECT COUNT(*) FROM employer_profile WHERE city_id = $1 AND name_key <> ''";
	employer(g, "371302001", "临沂恒昌化工有限公司", "");
	employer(g, "371302002", "恒昌化工厂", "");
	struct env e = env_system(g->app, g->a, g->city);
	fine(employer_rebuild(&e));
	assert_int_equal(open_twins(g), 1);
	assert_int_equal(ground_sql(g, rows, ARGS(ARG(g->city))), 2);
	ground_sql(g, "DELETE FROM employer_profile WHERE city_id = $1", ARGS(ARG(g->city)));
	fine(employer_keys_job(&e, STR("")));
	assert_int_equal(ground_sql(g, rows, ARGS(ARG(g->city))), 2);
	assert_int_equal(open_twins(g), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(what_can_be_derived_reaches_the_unit), ON_BOTH(a_flag_set_by_hand_has_a_reason_and_stays),
		ON_BOTH(a_flag_from_before_stays_until_somebody_decides), ON_BOTH(the_union_follows_from_the_tree),
		ON_BOTH(only_people_of_the_employer_are_in_charge), ON_BOTH(similar_names_of_one_county_are_looked_at),
		ON_BOTH(old_numbers_lead_to_the_same_employer_anywhere), ON_BOTH(all_is_derived_again_as_it_was)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
