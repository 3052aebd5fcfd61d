/* The groups that the notice prints (annex 1), for a city that has their units. */
#include "group.h"

#include "group_res.h"
#include "tsv.h"

static const char table[] = "data/supervision_groups.tsv";

/* The units of a shipped group that this city has: none of another city's, none of a city that is made up. */
static const struct err *units_of(struct db_tx *tx, struct env *e, struct str group, struct id_list *out)
{
	struct tsv t = tsv_open(group_resources, table);
	struct unit u;
	*out = (struct id_list){ARENA_ARRAY(db_arena(tx), struct id, GROUP_UNITS_MAX), 0};
	while (tsv_next(&t) && out->n < GROUP_UNITS_MAX) {
		if (!str_eq(tsv_get(&t, "group"), group))
			continue;
		const struct err *none = org_unit_by_code(tx, e->city, tsv_get(&t, "unit_code"), &u);
		if (none && none->kind != ERR_MISSING)
			return none;
		if (!none)
			out->v[out->n++] = u.id;
	}
	return NULL;
}

static const struct err *add_all(struct db_tx *tx, struct env *e, struct id campaign)
{
	struct tsv t = tsv_open(group_resources, table);
	struct str last = {0};
	struct id_list units, nobody = {0};
	while (tsv_next(&t)) {
		if (str_eq(tsv_get(&t, "group"), last))
			continue;
		last = tsv_get(&t, "group");
		TRY(units_of(tx, e, last, &units));
		struct supervision_group g = {.campaign_id = campaign, .round = 1, .name = tsv_get(&t, "name")};
		if (units.n)
			TRY(group_write_one(tx, e, &g, &nobody, &units));
	}
	return NULL;
}

const struct err *group_init_city(struct db_tx *tx, struct env *e, struct str city_code)
{
	struct campaign *v;
	size_t n;
	(void)city_code;
	TRY(campaign_list(tx, e->city, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(add_all(tx, e, v[i].id));
	return NULL;
}
