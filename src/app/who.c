#include "who.h"

#define ROLE_WORD(role, word) word,
static const char *const role_words[] = {"", ROLES(ROLE_WORD) NULL};
#undef ROLE_WORD
const struct codes role_codes = {"role", role_words};

const struct perm PERM_PUBLIC = {"public", 0};
const struct perm PERM_LOGIN = {"login", 0};
const struct perm PERM_BY_STEP = {"by_step", 0};

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
static bool reaches(const struct duty *d, struct str unit_path)
{
	return d->unit_path.n > 0 && str_has_prefix(unit_path, d->unit_path);
}

bool has_role_at(const struct actor *w, uint32_t roles, struct str unit_path)
{
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = &w->duties[i];
		if ((roles >> d->role & 1) && (unit_path.n == 0 || reaches(d, unit_path)))
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
	return has_role_at(w, p->roles, unit_path);
}

/* One segment: nothing stands above. */
static bool is_root(struct str path)
{
	enum { SEGMENT = 13 };
	return path.n == SEGMENT + 2;
}

bool may_everywhere(const struct actor *w, const struct perm *p)
{
	const struct duty *d = widest_duty(w, p);
	return w->is_system || (d && is_root(d->unit_path));
}

const struct duty *widest_duty(const struct actor *w, const struct perm *p)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = &w->duties[i];
		if ((p->roles >> d->role & 1) && (!best || d->unit_path.n < best->unit_path.n))
			best = d;
	}
	return best;
}

const struct duty *closest_duty(const struct actor *w, const struct perm *p, struct str unit_path)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = &w->duties[i];
		if (!(p->roles >> d->role & 1) || !reaches(d, unit_path))
			continue;
		if (!best || d->unit_path.n > best->unit_path.n)
			best = d;
	}
	return best;
}

uint64_t sight_at(const struct actor *w, struct str unit_path)
{
	uint64_t sight = 1;
	for (int right = 1; right < SEE_COUNT; right++)
		if (w->is_system || (unit_path.n > 0 && has_role_at(w, right_roles[right], unit_path)))
			sight |= (uint64_t)1 << right;
	return sight;
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
