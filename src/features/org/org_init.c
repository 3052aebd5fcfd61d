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

const struct err *org_init_city(struct db_tx *tx, struct env *e, struct str city_code)
{
	int64_t root;
	struct unit city, u;
	TRY(db_i64(tx, &org_root_id, ARGS(ARG(e->city)), 0, &root));
	if (root)
		return ERR(db_arena(tx), ERR_CONFLICT, "city_exists", "city %.*s has its units already", STR_ARG(city_code));
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
