/* The ledger: list page, JSON and CSV of the same rows. */
#include "hazard_list.h"

#include "hazard_pages.h"
#include "hazard_perms.h"
#include "hazard_sql.h"

#include <string.h>

#define Q struct hazard_query
const struct shape hazard_query_shape[] = {
	SHAPE_CODE(Q, state, &hazard_states), SHAPE_CODE(Q, level, &hazard_levels), SHAPE_CODE(Q, kind, &hazard_kinds),
	SHAPE(Q, category, 40), SHAPE(Q, unit, 40), SHAPE(Q, mine, 0), SHAPE(Q, reported, 0), SHAPE(Q, todo, 0),
	SHAPE(Q, overdue, 0), SHAPE(Q, from, 0), SHAPE(Q, to, 0),
	SHAPE(Q, after, 400), SHAPE(Q, sort, 40), SHAPE(Q, limit, LIST_MAX), SHAPE(Q, header, 8),
	SHAPE_END,
};
#undef Q

struct listing {
	struct call *c;
	struct hazard_filter f;
	struct cursor at;
	int64_t limit;
	struct str scope_label;
	/* CSV */
	struct hazard *rows;
	size_t n;
};

/* Whose list: a unit within reach, or one's own things for who has no ledger to read. */
static const struct err *choose_anchor(struct db_tx *tx, struct call *c, struct listing *l)
{
	const struct hazard_query *q = c->input;
	struct unit u = {0};
	bool is_own = q->mine || q->reported || q->todo;
	if (is_own || (q->unit.n == 0 && !may(c->actor, &perm_hazard_read, STR_NONE))) {
		l->f.anchor = q->todo ? "todo" : q->reported ? "reported" : "mine";
		l->f.anchor_id = c->actor->person_id;
		l->scope_label = call_text(c, q->todo ? "hazard_waiting_for_me" : q->reported ? "hazard_reported_by_me" : "hazard_mine");
		return NULL;
	}
	TRY(org_scope(tx, c, &perm_hazard_read, q->unit, &u));
	struct anchor a = org_anchor(&u);
	l->f.anchor = a.word;
	l->f.anchor_id = a.id;
	/* Workshops and teams: the employer's rows, narrowed to the subtree. */
	if (strcmp(a.word, "unit") == 0) {
		l->f.anchor = u.enterprise_id.v ? "enterprise" : u.mid_id.v ? "mid" : u.top_id.v ? "top" : "city";
		l->f.anchor_id = u.enterprise_id.v ? u.enterprise_id : u.mid_id.v ? u.mid_id : u.top_id;
		l->f.path = u.path;
	}
	c->target.unit_path = str_dup(c->a, u.path);
	l->f.path = str_dup(c->a, l->f.path);
	l->scope_label = str_dup(c->a, u.name);
	return NULL;
}

static struct hazard_filter filter_of(const struct call *c)
{
	const struct hazard_query *q = c->input;
	return (struct hazard_filter){
		.sort = q->sort, .state = q->state, .level = q->level, .kind = q->kind, .category = q->category,
		.overdue_at = q->overdue ? c->env.now : INSTANT(0), .from = q->from, .to = q->to,
	};
}

static void put_filters(struct call *c)
{
	size_t n;
	struct choice *v = call_choices(c, &hazard_states, &n);
	struct choice late = {.value = STR("1"), .label = call_text(c, "hazard_filter_overdue")};
	call_filter(c, "state", "select", "hazard_state", v, n);
	v = call_choices(c, &hazard_levels, &n);
	call_filter(c, "level", "select", "hazard_level", v, n);
	v = call_choices(c, &hazard_kinds, &n);
	call_filter(c, "kind", "select", "hazard_kind", v, n);
	call_filter(c, "overdue", "select", "hazard_filter_due", &late, 1);
	call_filter(c, "from", "date", "hazard_filter_from", NULL, 0);
	call_filter(c, "to", "date", "hazard_filter_to", NULL, 0);
	/* Whose list it is stays while it is filtered. */
	static const char *const kept[] = {"unit", "mine", "reported", "todo"};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (pairs_get(&c->req->query, kept[i]).n)
			call_filter(c, kept[i], "hidden", str_fmt(c->a, "f_%s", kept[i]).p, NULL, 0);
}

static const struct err *fill_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	struct call *c = l->c;
	struct hazard *rows;
	size_t n;
	(void)e;
	TRY(choose_anchor(tx, c, l));
	TRY(hazard_page(tx, c->city, &l->f, &l->at, l->limit + 1, &rows, &n));
	bool more = n > (size_t)l->limit;
	n = more ? (size_t)l->limit : n;
	struct doc_style style = call_style(c, c->target.unit_path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < n; i++) {
		json_t *j = doc_append(items);
		struct hazard seen = hazard_seen(&rows[i], &style);
		doc_put(j, hazard_shape, &seen, &style);
		hazard_put_beside(c, j, &rows[i]);
	}
	cursor_next(c, &hazard_list, l->f.sort, more ? hazard_cursor(c->a, &l->f, &rows[n - 1]) : (struct cursor){0});
	if (c->face != FACE_HTML)
		return NULL;
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "hazard_list_title"));
	doc_str(c->page, "scope_label", l->scope_label);
	put_filters(c);
	call_list_page(c, &hazard_list, l->f.sort, "sort_", n);
	return NULL;
}

/* ---- CSV ----------------------------------------------------------------------- */

static const struct err *csv_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	TRY(hazard_page(tx, e->city, &l->f, &l->at, LIST_MAX, &l->rows, &l->n));
	return NULL;
}

static const struct err *csv_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct listing *l = ctx;
	struct doc_style style = call_style(l->c, l->c->target.unit_path);
	TRY(env_read(e, csv_rows, l));
	*rows = l->rows;
	*n = l->n;
	*more = l->n == LIST_MAX;
	/* The cursor outlives the page's memory: its text is a day in the call's arena. */
	if (l->n)
		l->at = hazard_cursor(l->c->a, &l->f, &l->rows[l->n - 1]);
	for (size_t i = 0; i < l->n; i++)
		l->rows[i] = hazard_seen(&l->rows[i], &style);
	return NULL;
}

static const struct err *csv_anchor(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	(void)e;
	return choose_anchor(tx, l->c, l);
}

const struct err *hazards_get(struct call *c)
{
	const struct hazard_query *q = c->input;
	struct listing *l = ARENA_NEW(c->a, struct listing);
	*l = (struct listing){.c = c, .f = filter_of(c), .limit = q->limit > 0 ? q->limit : LIST_DEFAULT};
	TRY(cursor_read(c, &hazard_list, l->f.sort, q->after, &l->at));
	if (c->face != FACE_CSV)
		return call_read(c, fill_list, l);
	TRY(call_read(c, csv_anchor, l));
	return call_csv(c, hazard_shape, sizeof(struct hazard), csv_page, l, "hazards.csv");
}
