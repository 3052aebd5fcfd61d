#include "people_model.h"

#include <string.h>

/* The kinds of unit at which a role is held. */
static const uint32_t stands_at[ROLE_COUNT] = {
	[ROLE_WORKER] = R(UNIT_TEAM) | R(UNIT_WORKSHOP) | R(UNIT_EMPLOYER),
	[ROLE_TEAM_LEADER] = R(UNIT_TEAM),
	[ROLE_WORKSHOP_LEADER] = R(UNIT_WORKSHOP),
	[ROLE_SAFETY_OFFICER] = R(UNIT_EMPLOYER),
	[ROLE_PRIMARY_UNION] = R(UNIT_EMPLOYER),
	[ROLE_MANAGEMENT] = R(UNIT_EMPLOYER),
	[ROLE_CADRE_TOWNSHIP] = R(UNIT_TOWNSHIP) | R(UNIT_INDUSTRY_UNION),
	[ROLE_CADRE_COUNTY] = R(UNIT_COUNTY) | R(UNIT_ZONE) | R(UNIT_ENTERPRISE_GROUP) | R(UNIT_DIRECT_UNITS) | R(UNIT_INDUSTRY_UNION),
	[ROLE_CADRE_CITY] = R(UNIT_CITY),
	[ROLE_PRODUCTION_PROTECTION] = R(UNIT_CITY),
	[ROLE_SYSTEM_ADMIN] = R(UNIT_CITY),
	[ROLE_SECURITY_ADMIN] = R(UNIT_CITY),
	[ROLE_AUDIT_ADMIN] = R(UNIT_CITY),
};

/* Whom a role puts at their posts: those below its own. A union's officers are confirmed by the union above; the three administrators
 * and the cadres of the city are the security administrator's. */
static const struct giving {
	uint32_t role, gives;
} givings[] = {
	{ROLE_TEAM_LEADER, R(ROLE_WORKER)},
	{ROLE_WORKSHOP_LEADER, R(ROLE_WORKER) | R(ROLE_TEAM_LEADER)},
	{ROLE_SAFETY_OFFICER, R_SHOP_FLOOR},
	{ROLE_PRIMARY_UNION, R_SHOP_FLOOR | R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT)},
	{ROLE_CADRE_TOWNSHIP, R_EMPLOYER_SIDE},
	{ROLE_CADRE_COUNTY, R_EMPLOYER_SIDE | R(ROLE_CADRE_TOWNSHIP)},
	{ROLE_CADRE_CITY, R_EMPLOYER_SIDE | R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY)},
	{ROLE_PRODUCTION_PROTECTION, R_EMPLOYER_SIDE | R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY)},
	{ROLE_SECURITY_ADMIN, R(ROLE_CADRE_COUNTY) | R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION) | R_ADMINS},
};

/* A role that was made of permissions counts as the one it was made after where posts are meant, but holds what was granted alone: its
 * holder would hand on a whole built-in role without having it (decision 0025). */
static bool holds_post(const struct actor *w, uint32_t role, struct str path)
{
	for (size_t i = 0; i < w->n_duties; i++) {
		const struct duty *d = &w->duties[i];
		if (d->role == role && !d->custom_id.v && duty_reaches(d, path))
			return true;
	}
	return false;
}

static uint32_t roles_given(const struct actor *w, struct str path)
{
	uint32_t gives = 0;
	for (size_t i = 0; i < sizeof(givings) / sizeof(givings[0]); i++)
		if (w->is_system || holds_post(w, givings[i].role, path))
			gives |= givings[i].gives;
	return may(w, &account_people_write, path) ? gives : 0;
}

uint32_t people_gives(const struct actor *w, const struct unit *unit)
{
	uint32_t here = 0;
	for (uint32_t role = 1; role < ROLE_COUNT; role++)
		if (stands_at[role] >> unit->kind & 1)
			here |= R(role);
	return roles_given(w, unit->path) & here;
}

bool people_all_yours(const struct actor *w, struct day today, const struct duty_line *v, size_t n)
{
	bool all = true;
	for (size_t i = 0; i < n && !w->is_system; i++) {
		if (v[i].to_on.ymd && v[i].to_on.ymd < today.ymd)
			continue;
		all = all && !v[i].custom_id.v && (roles_given(w, v[i].unit_path) & R(v[i].role));
	}
	return all;
}

static bool is_phone(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && !(s.p[i] == '-' && i > 0))
			return false;
	return s.n >= 7 && s.n <= 20;
}

const struct err *people_check(struct arena *a, const struct person *p)
{
	const struct { const char *field; struct str value; } rows[] = {
		{"name", p->name}, {"phone", p->phone}, {"staff_number", p->staff_number}};
	struct err_list errors = {0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (account_is_card_number(rows[i].value))
			err_add(&errors, a, rows[i].field, "identity_number", "no identity card numbers are kept");
	if (p->phone.n && !account_is_card_number(p->phone) && !is_phone(p->phone))
		err_add(&errors, a, "phone", "bad_phone", "not a telephone number");
	if (!p->name.n)
		err_add(&errors, a, "name", "required", "a name");
	return ERR_FROM(a, &errors);
}
