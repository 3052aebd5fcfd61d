#include "hazard_chain.h"

#include "account.h"
#include "assignment.h"
#include "hazard_sql.h"
#include "measure.h"

static const struct shape holder_row[] = {
	SHAPE(struct hazard_holder, id, 0),
	SHAPE(struct hazard_holder, unit_id, 0),
	SHAPE(struct hazard_holder, for_person_id, 0),
	SHAPE(struct hazard_holder, name, 0),
	SHAPE_END,
};

static uint32_t role_of(uint32_t post)
{
	static const uint32_t roles[POST_COUNT] = {
		[POST_TEAM] = ROLE_TEAM_LEADER,        [POST_WORKSHOP] = ROLE_WORKSHOP_LEADER, [POST_SAFETY] = ROLE_SAFETY_OFFICER,
		[POST_UNION] = ROLE_PRIMARY_UNION,     [POST_IN_CHARGE] = ROLE_MANAGEMENT,     [POST_TOWNSHIP] = ROLE_CADRE_TOWNSHIP,
		[POST_COUNTY] = ROLE_CADRE_COUNTY,     [POST_CITY] = ROLE_CADRE_CITY,
	};
	return roles[post];
}

static size_t depth_of(const struct id path[static PATH_UNITS_MAX], size_t n, struct id unit)
{
	size_t at = n;
	while (at && path[at - 1].v != unit.v)
		at--;
	return at;
}

/* Those at the deepest unit, who stands in for somebody first. */
static void closest(const struct id path[static PATH_UNITS_MAX], size_t n_path, struct hazard_holder *v, size_t *n)
{
	size_t deepest = 0, kept = 0;
	for (size_t i = 0; i < *n; i++)
		deepest = depth_of(path, n_path, v[i].unit_id) > deepest ? depth_of(path, n_path, v[i].unit_id) : deepest;
	for (size_t i = 0; i < *n; i++)
		if (depth_of(path, n_path, v[i].unit_id) == deepest)
			v[kept++] = v[i];
	*n = kept;
	for (size_t i = 1; i < kept; i++)
		for (size_t j = i; j && v[j].for_person_id.v && !v[j - 1].for_person_id.v; j--) {
			struct hazard_holder t = v[j];
			v[j] = v[j - 1];
			v[j - 1] = t;
		}
}

static const struct err *by_duty(struct db_tx *tx, int64_t city, const struct hazard *h, uint32_t post, struct day today,
				 struct hazard_holder **out, size_t *n)
{
	struct id p[PATH_UNITS_MAX] = {0};
	size_t n_path = path_units(h->unit_path, p);
	void *rows = NULL;
	TRY(db_all(tx, &hazard_holders,
		   ARGS(ARG(city), ARG_CODE(role_codes, role_of(post)), ARG(p[0]), ARG(p[1]), ARG(p[2]), ARG(p[3]), ARG(p[4]), ARG(p[5]),
			ARG(p[6]), ARG(p[7]), ARG(p[8]), ARG(p[9]), ARG(p[10]), ARG(p[11]), ARG_DAY(today), ARG_DAY(today)),
		   holder_row, sizeof(struct hazard_holder), &rows, n));
	*out = rows;
	closest(p, n_path, *out, n);
	return NULL;
}

static const struct err *by_name(struct db_tx *tx, int64_t city, struct id person, struct hazard_holder **out, size_t *n)
{
	struct person p = {0};
	const struct err *none = person.v ? account_person(tx, city, person, &p) : NULL;
	if (none && none->kind != ERR_MISSING)
		return none;
	if (none || !person.v || p.has_left)
		return NULL;
	*out = ARENA_NEW(db_arena(tx), struct hazard_holder);
	**out = (struct hazard_holder){.id = p.id, .name = p.name};
	*n = 1;
	return NULL;
}

/* The cadres who look after the employer today. */
static const struct err *by_assignment(struct db_tx *tx, int64_t city, const struct hazard *h, struct day today, struct hazard_holder **out,
				       size_t *n)
{
	struct assignment *v;
	size_t all = 0;
	if (!h->enterprise_id.v)
		return NULL;
	TRY(assignment_of_employer(tx, city, h->enterprise_id, &v, &all));
	*out = ARENA_ARRAY(db_arena(tx), struct hazard_holder, all + 1);
	for (size_t i = 0; i < all; i++) {
		struct hazard_holder *one = NULL;
		size_t found = 0;
		if (!assignment_holds(&v[i], today))
			continue;
		TRY(by_name(tx, city, v[i].person_id, &one, &found));
		if (found)
			(*out)[(*n)++] = (struct hazard_holder){.id = one->id, .unit_id = v[i].unit_id, .name = one->name};
	}
	return NULL;
}

const struct err *hazard_holders_of(struct db_tx *tx, int64_t city, const struct hazard *h, uint32_t post, struct day today,
				    struct hazard_holder **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	if (post == POST_RESPONSIBLE || post == POST_DEPUTY)
		return by_name(tx, city, post == POST_DEPUTY ? h->deputy_id : h->responsible_id, out, n);
	if (post == POST_CONTACT)
		return by_assignment(tx, city, h, today, out, n);
	return by_duty(tx, city, h, post, today, out, n);
}

const struct err *hazard_chain_from(struct db_tx *tx, int64_t city, const struct hazard *h, uint32_t from, struct day today, uint32_t *post,
				    struct hazard_holder **out, size_t *n)
{
	*out = NULL;
	*n = 0;
	for (*post = from; *post; *post = hazard_clock_after(h, *post)) {
		TRY(hazard_holders_of(tx, city, h, *post, today, out, n));
		if (*n)
			return NULL;
	}
	return NULL;
}
