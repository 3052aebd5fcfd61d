#include "who.h"

#include "moving.h"

#define ROLE_WORD(role, word) word,
static const char *const role_words[] = {"", ROLES(ROLE_WORD) NULL};
#undef ROLE_WORD
const struct codes role_codes = {"role", role_words};

const struct perm PERM_PUBLIC = {"public", 0};
const struct perm PERM_LOGIN = {"login", 0};
const struct perm PERM_BY_STEP = {"by_step", 0};

const char *const right_words[SEE_COUNT + 1] = {[SEE_ALL] = "", [SEE_REPORTER] = "reporter", [SEE_FOUND_AT] = "found_at", [SEE_PHONE] = "phone"};

static const uint32_t right_roles[SEE_COUNT] = {
	[SEE_REPORTER] = R(ROLE_PRIMARY_UNION) | R_CADRES,
	[SEE_FOUND_AT] = R(ROLE_PRIMARY_UNION) | R_CADRES,
	[SEE_PHONE] = R(ROLE_PRIMARY_UNION) | R_CADRES | R(ROLE_TEAM_LEADER),
};

bool actor_is_in(const struct actor *w)
{
	return w->person_id.v != 0 || w->is_system;
}

/* A duty without a place reaches nothing, rather than everything. */
bool duty_reaches(const struct duty *d, struct str unit_path)
{
	char buf[MOVING_PATH_MAX];
	return d->unit_path.n > 0 && str_has_prefix(moving_path(d->moving, unit_path, buf), d->unit_path);
}

/* The first segment of a path: the city's unit. */
static struct str root_of(struct str path)
{
	enum { SEGMENT = 13 };
	return str_sub(path, 0, SEGMENT + 2);
}

static bool is_among(const struct perm *const *v, size_t n, const struct perm *p)
{
	for (size_t i = 0; i < n; i++)
		if (v[i] == p)
			return true;
	return false;
}

/* The permission that everybody with a duty holds there. */
static bool is_any(const struct perm *p)
{
	return p->roles == UINT32_MAX;
}

/* The duty as which the permission is held: itself, or as if at the city's unit; NULL when it is not held. */
static const struct duty *held_as(const struct duty *d, const struct perm *p)
{
	const struct grants *g = d->grants;
	if (d->only && !is_among(d->only->perms, d->only->n_perms, p))
		return NULL;
	if (is_any(p))
		return d;
	if (!d->custom_id.v)
		return p->roles >> d->role & 1 ? d : NULL;
	if (!g)
		return NULL;
	if (g->at_root && is_among(g->city, g->n_city, p))
		return g->at_root;
	return is_among(g->below, g->n_below, p) ? d : NULL;
}

bool duty_grants(const struct duty *d, const struct perm *p)
{
	return held_as(d, p) != NULL;
}

bool has_role_at(const struct actor *w, uint32_t roles, struct str unit_path)
{
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = &w->duties[i];
		if ((roles >> d->role & 1) && (unit_path.n == 0 || duty_reaches(d, unit_path)))
			return true;
	}
	return false;
}

bool may(const struct actor *w, const struct perm *p, struct str unit_path)
{
	if (p == &PERM_PUBLIC || w->is_system)
		return true;
	if (p == &PERM_LOGIN)
		return actor_is_in(w);
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = held_as(&w->duties[i], p);
		if (d && (unit_path.n == 0 || duty_reaches(d, unit_path)))
			return true;
	}
	return false;
}

bool may_everywhere(const struct actor *w, const struct perm *p)
{
	const struct duty *d = widest_duty(w, p);
	return w->is_system || (d && d->unit_path.n > 0 && root_of(d->unit_path).n == d->unit_path.n);
}

const struct duty *widest_duty(const struct actor *w, const struct perm *p)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = held_as(&w->duties[i], p);
		if (d && (!best || d->unit_path.n < best->unit_path.n))
			best = d;
	}
	return best;
}

const struct duty *closest_duty(const struct actor *w, const struct perm *p, struct str unit_path)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = held_as(&w->duties[i], p);
		if (d && duty_reaches(d, unit_path) && (!best || d->unit_path.n > best->unit_path.n))
			best = d;
	}
	return best;
}

static bool sees(const struct duty *d, int right)
{
	if (d->only && !(d->only->sight >> right & 1))
		return false;
	if (d->custom_id.v)
		return d->grants && (d->grants->sight >> right & 1);
	return right_roles[right] >> d->role & 1;
}

static bool sees_at(const struct actor *w, int right, struct str unit_path)
{
	for (size_t i = 0; i < w->n_duties; i++)
		if (sees(&w->duties[i], right) && duty_reaches(&w->duties[i], unit_path))
			return true;
	return false;
}

uint64_t sight_at(const struct actor *w, struct str unit_path)
{
	uint64_t sight = 1;
	for (int right = 1; right < SEE_COUNT; right++)
		if (w->is_system || (unit_path.n > 0 && sees_at(w, right, unit_path)))
			sight |= (uint64_t)1 << right;
	return sight;
}

uint32_t right_holders(enum field_right right)
{
	return right_roles[right];
}

/* ---- areas ----------------------------------------------------------------------------- */

static unsigned admin_area(uint32_t role)
{
	return role == ROLE_SYSTEM_ADMIN ? AREA_SYSTEM : role == ROLE_SECURITY_ADMIN ? AREA_SECURITY : role == ROLE_AUDIT_ADMIN ? AREA_AUDIT : 0;
}

unsigned perm_area(const struct perm *p)
{
	unsigned of = 0;
	if (!(p->roles & R_ADMINS))
		return AREA_BUSINESS;
	for (uint32_t role = 1; role < ROLE_COUNT; role++)
		if (p->roles >> role & 1)
			of |= admin_area(role) ? admin_area(role) : AREA_BUSINESS;
	return areas_fit(of) ? of : 0;
}

bool areas_fit(unsigned areas)
{
	return (areas & (areas - 1)) == 0;
}

unsigned duty_areas(const struct duty *d)
{
	unsigned areas = 0;
	if (!d->custom_id.v)
		return d->role == ROLE_WORKER ? 0 : admin_area(d->role) ? admin_area(d->role) : AREA_BUSINESS;
	for (size_t i = 0; d->grants && i < d->grants->n_below; i++)
		areas |= perm_area(d->grants->below[i]);
	for (size_t i = 0; d->grants && i < d->grants->n_city; i++)
		areas |= perm_area(d->grants->city[i]);
	return areas;
}

struct str path_child(struct arena *a, struct str parent, struct id unit)
{
	unsigned char be[8];
	for (int i = 0; i < 8; i++)
		be[i] = (unsigned char)((uint64_t)unit.v >> (56 - 8 * i));
	struct str segment = str_b32(a, be, sizeof(be));
	if (parent.n == 0)
		return str_fmt(a, "/%.*s/", STR_ARG(segment));
	return str_fmt(a, "%.*s%.*s/", STR_ARG(parent), STR_ARG(segment));
}

struct str path_end(struct arena *a, struct str path)
{
	return str_fmt(a, "%.*s~", STR_ARG(path));
}
