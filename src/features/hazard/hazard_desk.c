/* A number of the desk is counted by walking the list that it opens to, a hundred rows at most: it cannot differ from that list, and costs
 * the same in a ledger of any size (docs/decisions/0040-a-number-is-a-list.md).
 */
#include "hazard_desk.h"

#include "hazard_clock.h"
#include "hazard_pages.h"
#include "hazard_perms.h"

#include <string.h>

enum group { GROUP_TODAY = 1, GROUP_LATE, GROUP_RISEN };
enum { DESK_MAX = 100, DESK_WALKS = 3, TODAY_ENTRIES = 5, OTHER_ENTRIES = 3, SEEN_MAX = 8 };

#define R_IN_CHARGE (R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT))
#define R_OVERSEE (R_KEEPERS | R(ROLE_MANAGEMENT) | R_CADRES)

/* `query` asks the list for what `f` narrows to; at the unit of the widest duty that has `perm`, when its role is one of `roles`. */
static const struct desk_row {
	enum group group;
	const char *label, *tone;
	const struct perm *perm;
	uint32_t roles;
	const char *query;
	struct hazard_filter f;
	bool own, late;
} desk_rows[] = {
	{GROUP_TODAY, "hazard_desk_danger", "over", &perm_hazard_read, R_OVERSEE, "open=1&danger=1", {.open = true, .danger = true}, false, false},
	{GROUP_TODAY, "hazard_waiting_for_me", "due", NULL, R_EMPLOYER_SIDE, "todo=1&sort=deadline", {.sort = {"deadline", 8}}, true, false},
	{GROUP_TODAY, "hazard_mine_late", "over", NULL, R_EMPLOYER_SIDE, "todo=1&overdue=1&sort=deadline", {.sort = {"deadline", 8}}, true, true},
	{GROUP_TODAY, "hazard_desk_reported", "due", &perm_hazard_register, R_KEEPERS, "state=reported", {.state = HAZARD_REPORTED}, false, false},
	{GROUP_TODAY, "hazard_desk_registered", "due", &perm_hazard_assign, R(ROLE_TEAM_LEADER), "state=registered&handling=team",
	 {.state = HAZARD_REGISTERED, .handling = HAZARD_AT_TEAM}, false, false},
	{GROUP_TODAY, "hazard_desk_registered", "due", &perm_hazard_assign, R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT),
	 "state=registered", {.state = HAZARD_REGISTERED}, false, false},
	{GROUP_TODAY, "hazard_desk_submitted", "due", &perm_hazard_accept, R_OVERSEE, "state=submitted", {.state = HAZARD_SUBMITTED}, false, false},
	{GROUP_TODAY, "hazard_desk_accepted", "due", &perm_hazard_close, R(ROLE_PRIMARY_UNION), "state=accepted", {.state = HAZARD_ACCEPTED}, false, false},
	{GROUP_LATE, "hazard_desk_late", "over", &perm_hazard_read, R_OVERSEE, "overdue=1", {0}, false, true},
	{GROUP_LATE, "hazard_desk_late_major", "over", &perm_hazard_read, R_IN_CHARGE | R_CADRES, "overdue=1&level=major", {.level = HAZARD_MAJOR}, false,
	 true},
	{GROUP_RISEN, "hazard_desk_workshop", "due", &perm_hazard_read, R(ROLE_WORKSHOP_LEADER), "open=1&handling=workshop",
	 {.open = true, .handling = HAZARD_AT_WORKSHOP}, false, false},
	{GROUP_RISEN, "hazard_desk_enterprise", "due", &perm_hazard_read, R_IN_CHARGE, "open=1&handling=enterprise",
	 {.open = true, .handling = HAZARD_AT_ENTERPRISE}, false, false},
	{GROUP_RISEN, "hazard_desk_major", "over", &perm_hazard_read, R_IN_CHARGE | R_CADRES, "open=1&level=major", {.open = true, .level = HAZARD_MAJOR}, false,
	 false},
	{GROUP_RISEN, "hazard_desk_oversight", "over", &perm_hazard_read, R(ROLE_CADRE_TOWNSHIP), "open=1&oversight=township",
	 {.open = true, .oversight = POST_TOWNSHIP}, false, false},
	{GROUP_RISEN, "hazard_desk_oversight", "over", &perm_hazard_read, R(ROLE_CADRE_COUNTY), "open=1&oversight=county",
	 {.open = true, .oversight = POST_COUNTY}, false, false},
	{GROUP_RISEN, "hazard_desk_oversight", "over", &perm_hazard_read, R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION), "open=1&oversight=city",
	 {.open = true, .oversight = POST_CITY}, false, false},
	{GROUP_RISEN, "hazard_desk_disputed", "over", &perm_hazard_decide, R_CADRES, "marked=disputed", {.marked = HAZARD_MARK_DISPUTED}, false, false},
};

struct desk {
	struct db_tx *tx;
	struct call *c;
	json_t *figures, *items;
	size_t n_items, max_items;
	int64_t shown[SEEN_MAX];
};

static void put_entry(struct desk *d, const struct hazard *h)
{
	for (size_t i = 0; i < d->n_items; i++)
		if (d->shown[i] == h->id.v)
			return;
	if (d->n_items == d->max_items)
		return;
	d->shown[d->n_items++] = h->id.v;
	hazard_put_entry(d->c, d->items, h);
}

static const struct err *count(struct desk *d, const struct hazard_filter *f, size_t *n, bool *more)
{
	struct hazard_place at = {0};
	struct hazard_rows page;
	*n = 0;
	*more = true;
	for (int walk = 0; walk < DESK_WALKS && *more && *n < DESK_MAX; walk++) {
		TRY(hazard_page(d->tx, d->c->city, f, &at, (int64_t)(DESK_MAX - *n), &page));
		for (size_t i = 0; i < page.n; i++)
			put_entry(d, &page.rows[i]);
		*n += page.n;
		*more = page.more;
		at = page.next;
	}
	return NULL;
}

/* Whose rows: the person's, or those below the duty. *fits false: nothing for this desk. */
static const struct err *locate_row(struct desk *d, const struct desk_row *row, struct hazard_filter *f, struct str *href, bool *fits)
{
	struct unit u;
	struct call *c = d->c;
	const struct duty *duty = row->perm ? widest_duty(c->actor, row->perm) : NULL;
	*fits = row->own ? has_role_at(c->actor, row->roles, STR_NONE) : duty && (R(duty->role) & row->roles);
	*f = row->f;
	f->overdue_at = row->late ? c->env.now : INSTANT(0);
	if (!*fits)
		return NULL;
	*href = str_fmt(c->a, "/hazards?%s", row->query);
	f->anchor = "todo";
	f->anchor_id = c->actor->person_id;
	if (row->own || !duty)
		return NULL;
	*href = str_fmt(c->a, "/hazards?unit=%lld&%s", (long long)duty->unit_id.v, row->query);
	TRY(org_unit(d->tx, c->city, duty->unit_id, &u));
	hazard_below(&u, f);
	return NULL;
}

static const struct err *put_row(struct desk *d, const struct desk_row *row)
{
	struct hazard_filter f;
	struct str href;
	bool fits, more;
	size_t n;
	TRY(locate_row(d, row, &f, &href, &fits));
	if (!fits)
		return NULL;
	TRY(count(d, &f, &n, &more));
	struct str value = n >= DESK_MAX ? STR("99+") : str_fmt(d->c->a, "%zu%s", n, more ? "+" : "");
	call_figure(d->figures, href, value, call_text(d->c, row->label), n || more ? row->tone : "done");
	return NULL;
}

static const struct err *fill(struct db_tx *tx, struct call *c, enum group group, size_t max_items, const char *name, json_t *box)
{
	struct desk d = {.tx = tx, .c = c, .figures = doc_list(c->a), .items = doc_list(c->a), .max_items = max_items};
	for (size_t i = 0; i < sizeof(desk_rows) / sizeof(desk_rows[0]); i++)
		if (desk_rows[i].group == group)
			TRY(put_row(&d, &desk_rows[i]));
	if (json_array_size(d.figures) == 0)
		return NULL;
	json_object_set(box, "figures", d.figures);
	json_object_set(box, "items", d.items);
	doc_bool(box, "has_items", d.n_items > 0);
	doc_str(box, "title", call_text(c, name));
	doc_str(box, "total", STR(""));
	doc_z(box, "tone", d.n_items ? "due" : "done");
	doc_str(box, "all_href", STR(""));
	doc_str(box, "empty_text", call_text(c, str_fmt(c->a, "%s_none", name).p));
	return NULL;
}

const struct err *hazard_desk_today(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return fill(tx, c, GROUP_TODAY, TODAY_ENTRIES, "hazard_desk_today", box);
}

const struct err *hazard_desk_late(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return fill(tx, c, GROUP_LATE, OTHER_ENTRIES, "hazard_desk_below", box);
}

const struct err *hazard_desk_risen(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return fill(tx, c, GROUP_RISEN, OTHER_ENTRIES, "hazard_desk_risen", box);
}
