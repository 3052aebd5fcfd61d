#include "hazard_panels.h"

#include "hazard_desk.h"
#include "hazard_pages.h"
#include "hazard_perms.h"
#include "hazard_sql.h"

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
		call_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&state=%s", id, word), number_of(c, v.by[s].n, capped),
			   call_label(c, &hazard_states, word), hazard_tone(s));
	}
	if (v.late)
		call_figure(figures, str_fmt(c->a, "/hazards?unit=%lld&overdue=1", id), number_of(c, v.late, v.late >= HAZARD_OPEN_MAX),
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

const struct panel hazard_panels[] = {
	{"home", &PERM_LOGIN, 1, hazard_desk_today},
	{"home", &PERM_LOGIN, 2, hazard_desk_late},
	{"home", &PERM_LOGIN, 3, hazard_desk_risen},
	{"home", &PERM_LOGIN, 30, reported_box},
	{"unit", &perm_hazard_read, 10, unit_box},
	{0},
};
