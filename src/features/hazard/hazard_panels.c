#include "hazard_panels.h"

#include "hazard_pages.h"
#include "hazard_perms.h"

static void put_figure(json_t *list, struct str href, int64_t n, struct str label, const char *tone)
{
	json_t *f = doc_append(list);
	doc_str(f, "href", href);
	doc_i64(f, "value", n);
	doc_str(f, "label", label);
	doc_z(f, "tone", tone);
}

/* A unit's page: how many stand where, each number opening to its rows. */
static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct unit u;
	struct hazard_count *v;
	size_t n;
	int64_t total = 0, late = 0;
	long long id = (long long)t->unit_id.v;
	TRY(org_unit(tx, c->city, t->unit_id, &u));
	TRY(hazard_counts(tx, c->city, &u, ID(0), c->env.now, &v, &n));
	json_t *figures = doc_sublist(box, "figures");
	for (uint32_t s = HAZARD_REPORTED; s < HAZARD_STATE_COUNT; s++)
		for (size_t i = 0; i < n; i++) {
			if (v[i].state != s)
				continue;
			const char *word = codes_word(&hazard_states, s);
			put_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&state=%s", id, word), v[i].n,
				   call_label(c, &hazard_states, word), hazard_tone(s));
			total += v[i].n;
			late += v[i].late;
		}
	if (late)
		put_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&overdue=1", id), late, call_text(c, "hazard_filter_overdue"), "over");
	doc_str(box, "title", call_text(c, "hazard_list_title"));
	doc_i64(box, "total", total);
	doc_z(box, "tone", late ? "over" : "work");
	doc_str(box, "all_href", str_fmt(c->a, "/hazards?unit=%lld", id));
	doc_str(box, "empty_text", call_text(c, "hazard_none_here"));
	doc_bool(box, "has_items", false);
	doc_sublist(box, "items");
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

enum { ENTRIES_MAX = 8 };

static const struct err *put_entries(struct db_tx *tx, struct call *c, const struct hazard_filter *f, json_t *box)
{
	struct hazard *rows;
	size_t n;
	struct cursor first = {.id = ID(-1), .text = STR("")};
	TRY(hazard_page(tx, c->city, f, &first, ENTRIES_MAX, &rows, &n));
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < n; i++)
		if (hazard_is_open(&rows[i]))
			hazard_put_entry(c, items, &rows[i]);
	doc_bool(box, "has_items", json_array_size(items) > 0);
	doc_i64(box, "total", (int64_t)json_array_size(items));
	return NULL;
}

/* The work desk: what I reported or am to put right, the next deadline first. */
static const struct err *mine_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct hazard_count *v;
	size_t n;
	int64_t open = 0, late = 0;
	struct hazard_filter f = {.anchor = "mine", .anchor_id = c->actor->person_id, .sort = STR("deadline")};
	(void)t;
	/* Cadres put nothing right themselves. */
	if (!has_role_at(c->actor, R_EMPLOYER_SIDE, STR_NONE))
		return NULL;
	TRY(hazard_counts(tx, c->city, NULL, c->actor->person_id, c->env.now, &v, &n));
	for (size_t i = 0; i < n; i++) {
		bool mine = v[i].state == HAZARD_ASSIGNED || v[i].state == HAZARD_RECTIFYING;
		open += mine ? v[i].n : 0;
		late += mine ? v[i].late : 0;
	}
	json_t *figures = doc_sublist(box, "figures");
	put_figure(figures, STR("/hazards?mine=1&sort=deadline"), open, call_text(c, "hazard_waiting_for_me"), "work");
	put_figure(figures, STR("/hazards?mine=1&overdue=1"), late, call_text(c, "hazard_mine_late"), late ? "over" : "done");
	doc_str(box, "title", call_text(c, "hazard_mine"));
	doc_z(box, "tone", late ? "over" : "work");
	doc_z(box, "all_href", "/hazards?mine=1");
	doc_str(box, "empty_text", call_text(c, "hazard_none_mine"));
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

static const struct err *desk_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct unit u;
	const struct duty *d = widest_duty(c->actor, &perm_hazard_register);
	uint32_t state = waiting_state(c->actor);
	(void)t;
	if (!d)
		return NULL;
	TRY(org_unit(tx, c->city, d->unit_id, &u));
	if (!u.enterprise_id.v)
		return NULL;
	struct hazard_filter f = {.anchor = "enterprise", .anchor_id = u.enterprise_id, .path = u.path, .sort = STR("deadline"),
				  .state = state};
	doc_str(box, "title", call_text(c, str_fmt(c->a, "hazard_desk_%s", codes_word(&hazard_states, state)).p));
	doc_z(box, "tone", "due");
	doc_str(box, "all_href", str_fmt(c->a, "/hazards?state=%s", codes_word(&hazard_states, state)));
	doc_str(box, "empty_text", call_text(c, "hazard_none_waiting"));
	doc_sublist(box, "figures");
	return put_entries(tx, c, &f, box);
}

const struct panel hazard_panels[] = {
	{"home", &perm_hazard_register, 10, desk_box},
	{"home", &perm_hazard_read, 5, scope_box},
	{"home", &PERM_LOGIN, 20, mine_box},
	{"unit", &perm_hazard_read, 10, unit_box},
	{0},
};
