/* The ledger: list page, JSON, CSV and XLSX of the same rows. */
#include "hazard_list.h"

#include "hazard_clock.h"
#include "hazard_pages.h"
#include "hazard_perms.h"
#include "hazard_sql.h"
#include "hazard_words.h"

#include <string.h>

#define Q struct hazard_query
const struct shape hazard_query_shape[] = {
	SHAPE(Q, q, SEARCH_CHARS),
	SHAPE_CODE(Q, state, &hazard_states), SHAPE_CODE(Q, level, &hazard_levels), SHAPE_CODE(Q, kind, &hazard_kinds),
	SHAPE(Q, category, 40), SHAPE(Q, unit, 40), SHAPE(Q, mine, 0), SHAPE(Q, reported, 0), SHAPE(Q, todo, 0),
	SHAPE_CODE(Q, handling, &hazard_handlings), SHAPE_CODE(Q, marked, &hazard_marks), SHAPE_CODE(Q, oversight, &hazard_posts),
	SHAPE(Q, open, 0), SHAPE(Q, danger, 0),
	SHAPE(Q, overdue, 0), SHAPE(Q, disputed, 0), SHAPE(Q, suspended, 0), SHAPE(Q, listing, 0), SHAPE(Q, extended, 0),
	SHAPE(Q, from, 0), SHAPE(Q, to, 0),
	SHAPE(Q, after, 400), SHAPE(Q, sort, 40), SHAPE(Q, limit, LIST_MAX), SHAPE(Q, header, 8),
	SHAPE_END,
};
#undef Q

struct listing {
	struct call *c;
	struct hazard_filter f;
	struct hazard_place at;
	int64_t limit;
	struct str scope_label;
	struct hazard_rows page;
};

/* Whose list: a unit within reach, or one's own things for who has no ledger to read. */
static const struct err *choose_anchor(struct db_tx *tx, struct call *c, struct listing *l)
{
	const struct hazard_query *q = c->input;
	struct unit u = {0};
	bool is_own = q->mine || q->reported || q->todo;
	if (is_own || (q->unit.n == 0 && !may(c->actor, &perm_hazard_read, STR_NONE))) {
		/* What is one's own no permission names. */
		if (c->actor->is_limited)
			return ERR(c->a, ERR_DENIED, "token_permissions", "this token has chosen permissions only");
		l->f.anchor = q->todo ? "todo" : q->reported ? "reported" : "mine";
		l->f.anchor_id = c->actor->person_id;
		l->scope_label = call_text(c, q->todo ? "hazard_waiting_for_me" : q->reported ? "hazard_reported_by_me" : "hazard_mine");
		return NULL;
	}
	TRY(org_scope(tx, c, &perm_hazard_read, q->unit, &u));
	hazard_below(&u, &l->f);
	c->target.unit_path = str_dup(c->a, u.path);
	l->f.path = str_dup(c->a, l->f.path);
	l->scope_label = str_dup(c->a, u.name);
	return NULL;
}

/* Each by its name for scripts, one of them by the page's choice. */
static int64_t marks_of(const struct hazard_query *q)
{
	return (q->marked ? 1 << (q->marked - 1) : 0) | (q->disputed ? HAZARD_MARK_DISPUTED : 0) | (q->suspended ? HAZARD_MARK_SUSPENDED : 0) |
	       (q->listing ? HAZARD_MARK_LISTING : 0) | (q->extended ? HAZARD_MARK_EXTENDED : 0);
}

static struct hazard_filter filter_of(const struct call *c)
{
	const struct hazard_query *q = c->input;
	return (struct hazard_filter){
		.sort = q->sort, .state = q->state, .level = q->level, .kind = q->kind, .category = q->category,
		.overdue_at = q->overdue ? c->env.now : INSTANT(0), .from = q->from, .to = q->to,
		.handling = q->handling, .open = q->open, .danger = q->danger, .oversight = q->oversight, .marked = marks_of(q),
		.searches = str_trim(q->q).n > 0, .search = search_of(c->a, q->q),
	};
}

static void put_filters(struct call *c)
{
	size_t n;
	struct choice *v = call_choices(c, &hazard_states, &n);
	struct choice late = {.value = STR("1"), .label = call_text(c, "hazard_filter_overdue")};
	struct choice open = {.value = STR("1"), .label = call_text(c, "hazard_filter_open")};
	struct choice danger = {.value = STR("1"), .label = call_text(c, "hazard_danger")};
	call_filter(c, "q", "text", "hazard_search", NULL, 0);
	call_filter(c, "state", "select", "hazard_state", v, n);
	v = call_choices(c, &hazard_levels, &n);
	call_filter(c, "level", "select", "hazard_level", v, n);
	v = call_choices(c, &hazard_kinds, &n);
	call_filter(c, "kind", "select", "hazard_kind", v, n);
	call_filter(c, "overdue", "select", "hazard_filter_due", &late, 1);
	call_filter(c, "open", "select", "hazard_filter_end", &open, 1);
	call_filter(c, "danger", "select", "hazard_filter_danger", &danger, 1);
	v = call_choices(c, &hazard_handlings, &n);
	call_filter(c, "handling", "select", "hazard_handling_level", v, n);
	v = call_choices(c, &hazard_marks, &n);
	call_filter(c, "marked", "select", "f_marked", v, n);
	call_filter(c, "from", "date", "hazard_filter_from", NULL, 0);
	call_filter(c, "to", "date", "hazard_filter_to", NULL, 0);
	/* Whose list it is stays while it is filtered. */
	static const char *const kept[] = {"unit", "mine", "reported", "todo", "marked", "oversight"};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (pairs_get(&c->req->query, kept[i]).n)
			call_filter(c, kept[i], "hidden", str_fmt(c->a, "f_%s", kept[i]).p, NULL, 0);
}

enum { TOTAL_MAX = 1000 };

/* Said where it is cheap: what the index of words answers by itself. */
static const struct err *put_total(struct db_tx *tx, struct listing *l)
{
	struct call *c = l->c;
	struct hazard_filter *f = &l->f;
	int64_t n;
	bool is_cheap = f->searches && !hazard_is_own(f) && !hazard_words_narrow(f);
	if (!is_cheap)
		return NULL;
	TRY(hazard_words_count(tx, c->city, f, TOTAL_MAX + 1, &n));
	if (n <= TOTAL_MAX)
		doc_i64(c->doc, "total", n);
	struct str many = n > TOTAL_MAX ? str_fmt(c->a, "%d+", TOTAL_MAX) : str_fmt(c->a, "%lld", (long long)n);
	doc_str(c->page, "total_label", str_fmt(c->a, "%.*s %.*s", STR_ARG(call_text(c, "hazard_found_total")), STR_ARG(many)));
	return NULL;
}

/* The order that a filter has by itself is chosen by no word, so that another filter brings its own. */
static void put_order(struct call *c, const struct listing *l, size_t n)
{
	const struct sql_list *sorts = hazard_sorts(&l->f);
	bool fits = sql_list_sort(sorts, l->f.sort) >= 0;
	call_list_page(c, sorts, fits ? l->f.sort : STR_NONE, "sort_", n);
	if (!hazard_is_own(&l->f))
		doc_z(json_array_get(json_object_get(c->page, "sorts"), 0), "value", "");
}

static void put_page(struct listing *l)
{
	struct call *c = l->c;
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "hazard_list_title"));
	doc_str(c->page, "scope_label", l->scope_label);
	doc_str(c->page, "search_note", l->f.searches && !hazard_is_own(&l->f) ? call_text(c, "hazard_search_note") : STR(""));
	doc_str(c->page, "empty_text", l->page.more ? call_text(c, "hazard_none_so_far") : STR(""));
	put_filters(c);
	put_order(c, l, l->page.n);
}

static const struct err *fill_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	struct call *c = l->c;
	const struct hazard_query *q = c->input;
	struct hazard_rows *page = &l->page;
	(void)e;
	TRY(choose_anchor(tx, c, l));
	TRY(hazard_place_read(c, &l->f, q->after, &l->at));
	TRY(hazard_page(tx, c->city, &l->f, &l->at, l->limit, page));
	struct doc_style style = call_style(c, c->target.unit_path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < page->n; i++) {
		json_t *j = doc_append(items);
		struct hazard seen = hazard_seen(&page->rows[i], &style);
		doc_put(j, hazard_shape, &seen, &style);
		hazard_put_beside(c, j, &page->rows[i]);
	}
	cursor_next(c, page->next.list ? page->next.list : &hazard_list, hazard_is_own(&l->f) ? l->f.sort : STR_NONE,
		    page->more ? page->next.at : (struct cursor){0});
	TRY(put_total(tx, l));
	if (c->face == FACE_HTML)
		put_page(l);
	return NULL;
}

/* ---- CSV, XLSX, words ----------------------------------------------------------------------- */

static const struct err *table_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	return hazard_page(tx, e->city, &l->f, &l->at, LIST_MAX, &l->page);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct listing *l = ctx;
	struct doc_style style = call_style(l->c, l->c->target.unit_path);
	TRY(env_read(e, table_rows, l));
	*rows = l->page.rows;
	*n = l->page.n;
	*more = l->page.more;
	/* The place outlives the page's memory: its text goes into the call's arena. */
	l->at = l->page.next;
	l->at.at.text = str_dup(l->c->a, l->at.at.text);
	for (size_t i = 0; i < l->page.n; i++)
		l->page.rows[i] = hazard_seen(&l->page.rows[i], &style);
	return NULL;
}

static const struct err *table_anchor(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	const struct hazard_query *q = l->c->input;
	(void)e;
	TRY(choose_anchor(tx, l->c, l));
	return hazard_place_read(l->c, &l->f, q->after, &l->at);
}

const struct err *hazards_get(struct call *c)
{
	const struct hazard_query *q = c->input;
	struct listing *l = ARENA_NEW(c->a, struct listing);
	*l = (struct listing){.c = c, .f = filter_of(c), .limit = q->limit > 0 ? q->limit : LIST_DEFAULT};
	if (!call_wants_table(c))
		return call_read(c, fill_list, l);
	TRY(call_read(c, table_anchor, l));
	return call_table(c, &(struct table){.columns = hazard_shape, .row_size = sizeof(struct hazard), .page = table_page, .ctx = l,
					     .file_name = "hazards", .title = "hazard_list_title", .brief = hazard_brief});
}
