#include "org_model.h"

#include "org_res.h"
#include "org_sql.h"
#include "tsv.h"

static const struct err *add_row(struct db_tx *tx, struct env *e, const struct tsv *t, struct id parent, struct unit *u)
{
	*u = (struct unit){
		.kind = codes_find(&unit_kinds, tsv_get(t, "kind")),
		.code = tsv_get(t, "code"),
		.name = tsv_get(t, "name"),
		.union_name = tsv_get(t, "union_name"),
	};
	return org_unit_add(tx, e, parent, u);
}

static const struct err *add_city(struct db_tx *tx, struct env *e, struct str city_code, struct unit *out)
{
	struct tsv t = tsv_open(org_resources, "data/divisions.tsv");
	while (tsv_next(&t))
		if (str_eq(tsv_get(&t, "code"), city_code) && str_is(tsv_get(&t, "kind"), "city"))
			return add_row(tx, e, &t, ID(0), out);
	return ERR(db_arena(tx), ERR_INPUT, "unknown_city", "no city %.*s in the shipped divisions", STR_ARG(city_code));
}

static const struct err *add_townships(struct db_tx *tx, struct env *e, const struct unit *above)
{
	struct tsv t = tsv_open(org_resources, "data/townships.tsv");
	while (tsv_next(&t)) {
		if (!str_eq(tsv_get(&t, "union_parent"), above->code))
			continue;
		struct unit u = {.kind = UNIT_TOWNSHIP, .code = tsv_get(&t, "code9"), .name = tsv_get(&t, "name")};
		TRY(org_unit_add(tx, e, above->id, &u));
	}
	return NULL;
}

/* ---- cities that do not exist -------------------------------------------------------- */

static const char *const digits[] = {"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

/* 990200 is 演示零二市, with four counties of two townships. */
static const struct err *add_made_up(struct db_tx *tx, struct env *e, struct str code)
{
	static const char *const counties[] = {"甲县", "乙县", "丙区", "丁区"}, *const towns[] = {"东街道", "西镇"};
	struct arena *a = db_arena(tx);
	const char *tens = digits[code.p[2] - '0'], *ones = digits[code.p[3] - '0'];
	struct unit city = {.kind = UNIT_CITY, .code = code, .name = str_fmt(a, "演示%s%s市", tens, ones)};
	city.union_name = str_fmt(a, "%.*s总工会", STR_ARG(city.name));
	TRY(org_unit_add(tx, e, ID(0), &city));
	for (int i = 0; i < 4; i++) {
		struct unit county = {.kind = UNIT_COUNTY, .code = str_fmt(a, "%.*s%02d", 4, code.p, i + 1), .name = str_of(counties[i])};
		county.union_name = str_fmt(a, "%s总工会", counties[i]);
		TRY(org_unit_add(tx, e, city.id, &county));
		for (int k = 0; k < 2; k++) {
			struct unit town = {.kind = UNIT_TOWNSHIP, .code = str_fmt(a, "%.*s%03d", STR_ARG(county.code), k + 1)};
			town.name = str_fmt(a, "%s%s", counties[i], towns[k]);
			TRY(org_unit_add(tx, e, county.id, &town));
		}
	}
	return NULL;
}

/* No division of China has a code that begins with 99. */
static bool is_made_up(struct str code)
{
	int64_t n;
	return str_i64(code, 990100, 999900, &n) && n % 100 == 0;
}

const struct err *org_init_city(struct db_tx *tx, struct env *e, struct str city_code)
{
	int64_t root;
	struct unit city, u;
	TRY(db_i64(tx, &org_root_id, ARGS(ARG(e->city)), 0, &root));
	if (root)
		return ERR(db_arena(tx), ERR_CONFLICT, "city_exists", "city %.*s has its units already", STR_ARG(city_code));
	if (is_made_up(city_code))
		return add_made_up(tx, e, city_code);
	TRY(add_city(tx, e, city_code, &city));
	struct tsv t = tsv_open(org_resources, "data/divisions.tsv");
	while (tsv_next(&t)) {
		if (!str_eq(tsv_get(&t, "parent"), city_code))
			continue;
		TRY(add_row(tx, e, &t, city.id, &u));
		TRY(add_townships(tx, e, &u));
	}
	return NULL;
}
