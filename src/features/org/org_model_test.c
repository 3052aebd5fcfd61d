/* The organisation in a real database: SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server. */
#include "org_model.h"

#include "app_ground.h"
#include "claim.h"
#include "event.h"
#include "org_res.h"
#include "org_sort.h"
#include "org_sql.h"
#include "tsv.h"

extern const struct feature feature_org;
static void refused(const struct err *e, enum err_kind kind, const char *pointer)
{
	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	if (pointer) {
		assert_non_null(e->fields);
		assert_string_equal(e->fields->pointer.p, pointer);
	}
}

static struct env as_program(struct ground *g)
{
	return env_system(g->app, g->a, g->city);
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return org_init_city(tx, e, STR("371300"));
}

const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_org, NULL}, .found = found_city};

/* A statement's worth of work in a transaction of its own. */
static const struct err *run(struct ground *g, env_fn *fn, void *ctx)
{
	struct env e = as_program(g);
	return env_write(&e, fn, ctx);
}

/* ---- the shipped tree ------------------------------------------------------------ */

static const struct err *look_at_tree(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit city, zone, county, town, named, *parents;
	size_t n;
	int64_t children;
	(void)ctx;
	TRY(org_root(tx, e->city, &city));
	assert_true(str_is(city.name, "临沂市"));
	assert_int_equal(city.kind, UNIT_CITY);
	TRY(db_i64(tx, &org_children_count, ARGS(ARG(e->city), ARG(city.id)), 0, &children));
	assert_int_equal(children, 20);
	/* 芝麻墩街道 has a code of 河东区, and its union stands under the development zone. */
	TRY(org_unit_by_code(tx, e->city, STR("371312009"), &town));
	TRY(org_unit_by_code(tx, e->city, STR("937131"), &zone));
	TRY(org_unit_by_code(tx, e->city, STR("371312"), &county));
	assert_true(town.parent_id.v == zone.id.v);
	assert_true(town.top_id.v == zone.id.v);
	assert_true(town.mid_id.v == town.id.v);
	assert_true(str_has_prefix(town.path, zone.path));
	assert_false(str_has_prefix(town.path, county.path));
	TRY(org_parents(tx, e->city, &town, &parents, &n));
	assert_int_equal(n, 2);
	assert_true(parents[0].id.v == city.id.v && parents[1].id.v == zone.id.v);
	/* A query names a unit by either. */
	TRY(org_unit_named(tx, e->city, STR("371302"), &named));
	assert_true(str_is(named.name, "兰山区"));
	TRY(org_unit_named(tx, e->city, str_fmt(e->a, "%lld", (long long)town.id.v), &named));
	assert_true(str_eq(named.code, town.code));
	refused(org_unit_named(tx, e->city, STR("370100"), &named), ERR_MISSING, NULL);
	refused(org_unit_named(tx, e->city, STR(""), &named), ERR_MISSING, NULL);
	refused(org_unit(tx, e->city + 1, town.id, &named), ERR_MISSING, NULL);
	return NULL;
}

static void a_new_city_has_its_units(void **state)
{
	GROUND;
	struct env e = as_program(g);
	fine(env_read(&e, look_at_tree, NULL));
}

static const struct err *count_townships(struct db_tx *tx, struct env *e, void *ctx)
{
	struct tsv t = tsv_open(org_resources, "data/townships.tsv");
	int *n = ctx;
	for (*n = 0; tsv_next(&t); ++*n) {
		struct unit u, parent;
		TRY(org_unit_by_code(tx, e->city, tsv_get(&t, "code9"), &u));
		TRY(org_unit(tx, e->city, u.parent_id, &parent));
		assert_true(str_eq(parent.code, tsv_get(&t, "union_parent")));
	}
	return NULL;
}

static void every_township_stands_where_its_union_reports(void **state)
{
	int n;
	GROUND;
	struct env e = as_program(g);
	fine(env_read(&e, count_townships, &n));
	assert_int_equal(n, 156);
}

static void a_city_is_founded_once(void **state)
{
	GROUND;
	const struct err *e = run(g, found_city, NULL);
	refused(e, ERR_CONFLICT, NULL);
	assert_true(str_is(e->code, "city_exists"));
}

/* ---- adding ------------------------------------------------------------------------- */

struct adding {
	const char *parent; /* code */
	struct id parent_id;
	struct unit unit;
};

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct adding *ad = ctx;
	struct unit parent = {.id = ad->parent_id};
	if (ad->parent)
		TRY(org_unit_named(tx, e->city, str_of(ad->parent), &parent));
	return org_unit_add(tx, e, parent.id, &ad->unit);
}

static struct unit make(struct ground *g, struct id parent, uint32_t kind, const char *name)
{
	struct adding ad = {.parent_id = parent, .unit = {.kind = kind, .name = str_of(name)}};
	fine(run(g, add, &ad));
	return ad.unit;
}

static struct unit make_employer(struct ground *g)
{
	struct adding ad = {.parent = "371302001",
			    .unit = {.kind = UNIT_EMPLOYER, .name = STR(" 示例化工有限公司 "), .uscc = STR("91371302ma3abcde14"),
				     .industry = STR("2614"), .high_risk = true, .non_public = true, .size = 3, .headcount = 120}};
	fine(run(g, add, &ad));
	return ad.unit;
}

static void units_know_their_ancestors(void **state)
{
	GROUND;
	struct unit firm = make_employer(g);
	struct unit shop = make(g, firm.id, UNIT_WORKSHOP, "一车间");
	struct unit team = make(g, shop.id, UNIT_TEAM, "甲班");
	assert_true(str_is(firm.name, "示例化工有限公司"));
	assert_true(str_is(firm.uscc, "91371302MA3ABCDE14"));
	assert_true(team.enterprise_id.v == firm.id.v && team.mid_id.v == firm.mid_id.v && team.top_id.v == firm.top_id.v);
	assert_true(firm.top_id.v != 0 && firm.mid_id.v != 0);
	assert_true(str_has_prefix(team.path, shop.path) && str_has_prefix(shop.path, firm.path));
	assert_string_equal(org_anchor(&team).word, "unit");
	assert_string_equal(org_anchor(&firm).word, "enterprise");
}

static void a_unit_stands_only_where_its_kind_belongs(void **state)
{
	GROUND;
	struct adding ad = {.parent = "371302001", .unit = {.kind = UNIT_TEAM, .name = STR("甲班")}};
	refused(run(g, add, &ad), ERR_INPUT, "/kind");
	ad = (struct adding){.parent = "371300", .unit = {.kind = UNIT_TOWNSHIP, .name = STR("某镇")}};
	refused(run(g, add, &ad), ERR_INPUT, "/kind");
	ad = (struct adding){.unit = {.kind = UNIT_TEAM, .name = STR("甲班")}};
	refused(run(g, add, &ad), ERR_MISSING, NULL);
}

static void codes_are_unique_and_checked(void **state)
{
	GROUND;
	make_employer(g);
	struct adding ad = {.parent = "371302002",
			    .unit = {.kind = UNIT_EMPLOYER, .name = STR("另一家"), .uscc = STR("9137 1302 MA3A BCDE 14")}};
	refused(run(g, add, &ad), ERR_CONFLICT, "/uscc");
	ad.unit.uscc = STR("91371302MA3ABCDE15");
	refused(run(g, add, &ad), ERR_INPUT, "/uscc");
	ad.unit.uscc = STR("");
	ad.unit.code = STR("371311");
	refused(run(g, add, &ad), ERR_CONFLICT, "/code");
	ad.unit.code = STR("a b");
	refused(run(g, add, &ad), ERR_INPUT, "/code");
	ad.unit.code = STR("");
	ad.unit.name = STR("  ");
	refused(run(g, add, &ad), ERR_INPUT, "/name");
}

/* ---- changing -------------------------------------------------------------------------- */

static const struct err *change(struct db_tx *tx, struct env *e, void *ctx)
{
	return org_unit_change(tx, e, ctx);
}

struct story {
	struct id unit;
	size_t n_events;
	struct unit now;
};

static const struct err *read_story(struct db_tx *tx, struct env *e, void *ctx)
{
	struct story *s = ctx;
	struct doc_style style = {0};
	json_t *list = doc_list(e->a);
	TRY(org_unit(tx, e->city, s->unit, &s->now));
	TRY(event_list(tx, e->city, "unit", s->unit, &style, list));
	s->n_events = json_array_size(list);
	return NULL;
}

static void a_rename_is_guarded_and_recorded(void **state)
{
	GROUND;
	struct unit firm = make_employer(g), stale = firm;
	firm.name = STR("示例新材料有限公司");
	fine(run(g, change, &firm));
	assert_int_equal(firm.version, 2);
	stale.headcount = 99;
	refused(run(g, change, &stale), ERR_CONFLICT, NULL);
	struct story s = {.unit = firm.id};
	struct env e = as_program(g);
	fine(env_read(&e, read_story, &s));
	assert_true(str_is(s.now.name, "示例新材料有限公司"));
	assert_int_equal(s.now.headcount, 120);
	assert_int_equal(s.now.version, 2);
	assert_int_equal(s.n_events, 2);
}

static void a_closed_unit_takes_no_more(void **state)
{
	GROUND;
	struct unit firm = make_employer(g);
	firm.is_closed = true;
	fine(run(g, change, &firm));
	struct adding ad = {.parent_id = firm.id, .unit = {.kind = UNIT_WORKSHOP, .name = STR("一车间")}};
	refused(run(g, add, &ad), ERR_INPUT, "/parent_id");
}

/* ---- places -------------------------------------------------------------------------------- */

static const struct err *add_place(struct db_tx *tx, struct env *e, void *ctx)
{
	return org_place_add(tx, e, ctx);
}

struct place_look {
	struct unit unit;
	struct str code;
	struct place found;
	struct place *all;
	size_t n;
};

static const struct err *look_at_places(struct db_tx *tx, struct env *e, void *ctx)
{
	struct place_look *l = ctx;
	TRY(org_place_by_code(tx, e->city, l->code, &l->found));
	return org_places(tx, e->city, &l->unit, &l->all, &l->n);
}

static void places_are_found_by_their_code(void **state)
{
	GROUND;
	struct unit firm = make_employer(g);
	struct unit shop = make(g, firm.id, UNIT_WORKSHOP, "一车间");
	struct unit other = make(g, firm.id, UNIT_WORKSHOP, "二车间");
	struct place p = {.unit_id = shop.id, .kind = 2, .name = STR("装卸岗")}, q = {.unit_id = other.id, .kind = 1, .name = STR("罐区")};
	fine(run(g, add_place, &p));
	fine(run(g, add_place, &q));
	assert_int_equal(p.code.n, 6);
	assert_false(str_eq(p.code, q.code));
	struct place_look l = {.unit = shop, .code = p.code};
	struct env e = as_program(g);
	fine(env_read(&e, look_at_places, &l));
	assert_true(l.found.id.v == p.id.v && l.found.enterprise_id.v == firm.id.v);
	assert_int_equal(l.n, 1);
	l.unit = firm;
	fine(env_read(&e, look_at_places, &l));
	assert_int_equal(l.n, 2);
	/* By pinyin: guan qu before zhuang xie gang. */
	assert_true(str_is(l.all[0].name, "罐区"));
	struct place wrong = {.unit_id = firm.mid_id, .kind = 1, .name = STR("街道")};
	refused(run(g, add_place, &wrong), ERR_INPUT, "/unit_id");
}

/* ---- what an import holds (decision 8) -------------------------------------------------- */

static const struct err *claim(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct unit *firm = ctx;
	bool got;
	e->claimant = ID(99);
	TRY(claim_take(tx, e, "unit", str_fmt(db_arena(tx), "%lld", (long long)firm->id.v), &got));
	assert_true(got);
	TRY(claim_take(tx, e, "code", STR("HELD-1"), &got));
	assert_true(got);
	e->claimant = ID(98);
	TRY(claim_take(tx, e, "code", STR("HELD-1"), &got));
	assert_false(got);
	return NULL;
}

static const struct err *rename_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit u = *(struct unit *)ctx;
	u.name = STR("改名");
	return org_unit_change(tx, e, &u);
}

static const struct err *release(struct db_tx *tx, struct env *e, void *ctx)
{
	bool left;
	(void)ctx;
	e->claimant = ID(99);
	return claim_release(tx, e, 100, &left);
}

static void claimed_codes_and_units_are_left_alone(void **state)
{
	GROUND;
	struct unit firm = make_employer(g);
	struct adding ad = {.parent_id = firm.id, .unit = {.kind = UNIT_WORKSHOP, .name = STR("一车间"), .code = STR("HELD-1")}};
	fine(run(g, claim, &firm));
	fails(run(g, add, &ad), ERR_CONFLICT, "claimed");
	fails(run(g, rename_unit, &firm), ERR_CONFLICT, "claimed");
	/* The claimant's own work goes on. */
	struct env e = as_program(g);
	e.claimant = ID(99);
	fine(env_write(&e, rename_unit, &firm));
	firm.version++;
	fine(run(g, release, NULL));
	fine(run(g, add, &ad));
	fine(run(g, rename_unit, &firm));
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM claim WHERE city_id = $1", ARGS(ARG(g->city))), 0);
}

static void names_sort_by_pinyin_and_numbers_by_value(void **state)
{
	struct arena *a = arena_new(0);
	static const char *const in_order[] = {"2号车间", "10号车间", "白沙埠镇", "兰山街道", "银雀山街道"};
	struct str last = STR(""), key;
	(void)state;
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		fine(org_sort_key(a, str_of(in_order[i]), &key));
		assert_true(str_cmp(last, key) < 0);
		last = key;
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_new_city_has_its_units),
		ON_BOTH(every_township_stands_where_its_union_reports),
		ON_BOTH(a_city_is_founded_once),
		ON_BOTH(units_know_their_ancestors),
		ON_BOTH(a_unit_stands_only_where_its_kind_belongs),
		ON_BOTH(codes_are_unique_and_checked),
		ON_BOTH(a_rename_is_guarded_and_recorded),
		ON_BOTH(a_closed_unit_takes_no_more),
		ON_BOTH(places_are_found_by_their_code),
		ON_BOTH(claimed_codes_and_units_are_left_alone),
		cmocka_unit_test(names_sort_by_pinyin_and_numbers_by_value),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
