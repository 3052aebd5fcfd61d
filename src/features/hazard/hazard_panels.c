#include "hazard_panels.h"

#include "hazard_pages.h"
#include "hazard_perms.h"
#include "hazard_sql.h"

static void put_figure(json_t *list, struct str href, struct str n, struct str label, const char *tone)
{
	json_t *f = doc_append(list);
	doc_str(f, "href", href);
	doc_str(f, "value", n);
	doc_str(f, "label", label);
	doc_z(f, "tone", tone);
}

/* "1234+" where there are more than were counted. */
static struct str number_of(struct call *c, int64_t n, bool capped)
{
	return str_fmt(c->a, "%lld%s", (long long)n, capped ? "+" : "");
}

/* A unit's page: how many stand where, each number opening to its rows. */
static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct unit u;
	struct hazard_counts v;
	long long id = (long long)t->unit_id.v;
	TRY(org_unit(tx, c->city, t->unit_id, &u));
	TRY(hazard_counts(tx, c->city, &u, c->env.now, &v));
	json_t *figures = doc_sublist(box, "figures");
	for (uint32_t s = HAZARD_REPORTED; s < HAZARD_STATE_COUNT; s++) {
		struct hazard h = {.state = s};
		bool capped = hazard_is_open(&h) ? v.open_capped : v.ends_capped;
		const char *word = codes_word(&hazard_states, s);
		if (!v.by[s].n)
			continue;
		put_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&state=%s", id, word), number_of(c, v.by[s].n, capped),
			   call_label(c, &hazard_states, word), hazard_tone(s));
	}
	if (v.late)
		put_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&overdue=1", id), number_of(c, v.late, v.late >= HAZARD_OPEN_MAX),
			   call_text(c, "hazard_filter_overdue"), "over");
	doc_str(box, "title", call_text(c, "hazard_list_title"));
	doc_str(box, "total", number_of(c, v.total, v.open_capped || v.ends_capped));
	doc_z(box, "tone", v.late ? "over" : "work");
	doc_str(box, "all_href", str_fmt(c->a, "/hazards?unit=%lld", id));
	doc_str(box, "empty_text", call_text(c, "hazard_none_here"));
	doc_bool(box, "has_items", false);
	doc_sublist(box, "items");
	return NULL;
}

const struct err *hazard_goes_along(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n)
{
	struct hazard_counts v;
	TRY(hazard_counts(tx, city, t->object, now, &v));
	out[0] = (struct along){.label = "hazard_open_along", .capped = v.open_capped, .holds = true};
	for (uint32_t s = HAZARD_REPORTED; s < HAZARD_STATE_COUNT; s++) {
		struct hazard h = {.state = s};
		out[0].n += hazard_is_open(&h) ? v.by[s].n : 0;
	}
	*n = 1;
	return NULL;
}

/* The work desk of who oversees: how many stand where in all of the own subtree. */
static const struct err *scope_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	const struct duty *d = widest_duty(c->actor, &perm_hazard_read);
	struct target own = {.unit_id = d ? d->unit_id : ID(0)};
	(void)t;
	if (!d || !(R(d->role) & (R_CADRES | R(ROLE_MANAGEMENT))))
		return NULL;
	TRY(unit_box(tx, c, &own, box));
	json_object_del(box, "title"); /* the figures alone, at the head of the page */
	return NULL;
}

enum { ENTRIES_MAX = 5 };

static const struct err *put_entries(struct db_tx *tx, struct call *c, const struct hazard_filter *f, json_t *box)
{
	struct hazard_rows page;
	TRY(hazard_page(tx, c->city, f, &(struct hazard_place){0}, ENTRIES_MAX, &page));
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < page.n; i++)
		hazard_put_entry(c, items, &page.rows[i]);
	doc_bool(box, "has_items", page.n > 0);
	return NULL;
}

/* The work desk: what I am to put right, the next deadline first. */
static const struct err *todo_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct hazard_counts v;
	struct hazard_filter f = {.anchor = "todo", .anchor_id = c->actor->person_id, .sort = STR("deadline")};
	(void)t;
	/* Cadres put nothing right themselves. */
	if (!has_role_at(c->actor, R_EMPLOYER_SIDE, STR_NONE))
		return NULL;
	TRY(hazard_own_counts(tx, c->city, c->actor->person_id, c->env.now, &v));
	const struct hazard_count *assigned = &v.by[HAZARD_ASSIGNED], *rectifying = &v.by[HAZARD_RECTIFYING];
	int64_t open = assigned->n + rectifying->n, late = assigned->late + rectifying->late;
	json_t *figures = doc_sublist(box, "figures");
	put_figure(figures, STR("/hazards?todo=1&sort=deadline"), number_of(c, open, false), call_text(c, "hazard_waiting_for_me"), "work");
	put_figure(figures, STR("/hazards?todo=1&overdue=1"), number_of(c, late, false), call_text(c, "hazard_mine_late"), late ? "over" : "done");
	/* For who has other work on the desk the figure says it already. */
	if (!open && may(c->actor, &perm_hazard_read, STR_NONE))
		return NULL;
	doc_str(box, "title", call_text(c, "hazard_waiting_for_me"));
	doc_i64(box, "total", open);
	doc_z(box, "tone", late ? "over" : "work");
	doc_z(box, "all_href", "/hazards?todo=1&sort=deadline");
	doc_str(box, "empty_text", call_text(c, "hazard_none_mine"));
	return put_entries(tx, c, &f, box);
}

/* The work desk: what became of what I reported, closed or not. */
static const struct err *reported_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	int64_t total;
	struct hazard_filter f = {.anchor = "reported", .anchor_id = c->actor->person_id, .sort = STR("-updated")};
	(void)t;
	TRY(hazard_reported_by(tx, c->city, c->actor->person_id, &total));
	/* Who has a ledger to read is not asked to report first of all. */
	if (!total && (may(c->actor, &perm_hazard_read, STR_NONE) || !has_role_at(c->actor, R_EMPLOYER_SIDE, STR_NONE)))
		return NULL;
	doc_str(box, "title", call_text(c, "hazard_reported_by_me"));
	doc_i64(box, "total", total);
	doc_z(box, "tone", "work");
	doc_z(box, "all_href", "/hazards?reported=1");
	doc_str(box, "empty_text", call_text(c, "hazard_none_reported"));
	return put_entries(tx, c, &f, box);
}

/* What a keeper's act waits for: the state that the strongest role of the actor moves on. */
static uint32_t waiting_state(const struct actor *a)
{
	if (has_role_at(a, R(ROLE_PRIMARY_UNION), STR_NONE))
		return HAZARD_ACCEPTED;
	if (has_role_at(a, R(ROLE_SAFETY_OFFICER), STR_NONE))
		return HAZARD_SUBMITTED;
	return HAZARD_REPORTED;
}

/* The work desk: those of the own employer or part of it that wait in one state for who may move them on. */
static const struct err *waiting_box(struct db_tx *tx, struct call *c, uint32_t state, const struct perm *perm, json_t *box)
{
	struct unit u;
	struct hazard_counts v;
	const struct duty *d = widest_duty(c->actor, perm);
	const char *word = codes_word(&hazard_states, state);
	if (!d)
		return NULL;
	TRY(org_unit(tx, c->city, d->unit_id, &u));
	if (!u.enterprise_id.v)
		return NULL;
	TRY(hazard_counts(tx, c->city, &u, c->env.now, &v));
	int64_t total = v.by[state].n;
	if (!total && state != waiting_state(c->actor))
		return NULL;
	struct hazard_filter f = {.anchor = "enterprise", .anchor_id = u.enterprise_id, .path = u.path, .sort = STR("deadline"),
				  .state = state};
	doc_str(box, "title", call_text(c, str_fmt(c->a, "hazard_desk_%s", word).p));
	doc_i64(box, "total", total);
	doc_z(box, "tone", total ? "due" : "done");
	doc_str(box, "all_href", str_fmt(c->a, "/hazards?unit=%lld&state=%s&sort=deadline", (long long)u.id.v, word));
	doc_str(box, "empty_text", call_text(c, "hazard_none_waiting"));
	return put_entries(tx, c, &f, box);
}

static const struct err *to_register_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return waiting_box(tx, c, HAZARD_REPORTED, &perm_hazard_register, box);
}

static const struct err *to_assign_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return waiting_box(tx, c, HAZARD_REGISTERED, &perm_hazard_assign, box);
}

static const struct err *to_accept_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return waiting_box(tx, c, HAZARD_SUBMITTED, &perm_hazard_accept, box);
}

static const struct err *to_close_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	(void)t;
	return waiting_box(tx, c, HAZARD_ACCEPTED, &perm_hazard_close, box);
}

const struct panel hazard_panels[] = {
	{"home", &perm_hazard_read, 5, scope_box},
	{"home", &perm_hazard_register, 10, to_register_box},
	{"home", &perm_hazard_assign, 11, to_assign_box},
	{"home", &perm_hazard_accept, 12, to_accept_box},
	{"home", &perm_hazard_close, 13, to_close_box},
	{"home", &PERM_LOGIN, 20, todo_box},
	{"home", &PERM_LOGIN, 30, reported_box},
	{"unit", &perm_hazard_read, 10, unit_box},
	{0},
};
