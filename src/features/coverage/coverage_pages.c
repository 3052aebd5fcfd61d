/* The desk, and the lists behind its numbers. */
#include "coverage_model.h"

#include "coverage_sql.h"
#include "day.h"
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define Q struct coverage_query
const struct shape coverage_query_shape[] = {
	SHAPE(Q, unit, 40), SHAPE(Q, high_risk, 1), SHAPE(Q, non_public, 1), SHAPE_CODE(Q, size, &employer_sizes), SHAPE(Q, industry, 10),
	SHAPE(Q, header, 8), SHAPE_END};
const struct shape coverage_employers_query_shape[] = {
	SHAPE(Q, unit, 40), SHAPE_CODE(Q, gap, &coverage_gaps), SHAPE(Q, high_risk, 1), SHAPE(Q, non_public, 1), SHAPE_CODE(Q, size, &employer_sizes),
	SHAPE(Q, industry, 10), SHAPE(Q, q, 60), SHAPE(Q, direct, 0), SHAPE(Q, sort, 40), SHAPE(Q, after, 400), SHAPE(Q, limit, LIST_MAX),
	SHAPE(Q, header, 8), SHAPE_END};
#undef Q

#define E_ struct coverage_employer
const struct shape coverage_employer_row[] = {
	SHAPE(E_, id, 0), SHAPE(E_, name, 0), SHAPE(E_, path, 0), SHAPE(E_, industry, 0), SHAPE_CODE(E_, size, &employer_sizes), SHAPE(E_, headcount, 0),
	SHAPE(E_, high_risk, 0), SHAPE(E_, non_public, 0), SHAPE(E_, sort_key, 0), SHAPE(E_, top_id, 0), SHAPE(E_, mid_id, 0),
	SHAPE(E_, launched_on, 0), SHAPE(E_, assigned_until, 0), SHAPE(E_, visited_until, 0), SHAPE(E_, trained_on, 0), SHAPE(E_, active_on, 0),
	SHAPE_END};
const struct shape coverage_employer_shape[] = {
	SHAPE(E_, id, 0), SHAPE(E_, name, 0), SHAPE(E_, place, 0), SHAPE(E_, industry, 0), SHAPE_CODE(E_, size, &employer_sizes), SHAPE(E_, headcount, 0),
	SHAPE(E_, high_risk, 0), SHAPE(E_, non_public, 0), SHAPE(E_, cadres, 0), SHAPE(E_, launched_on, 0), SHAPE(E_, visited_until, 0),
	SHAPE(E_, trained_on, 0), SHAPE(E_, active_on, 0), SHAPE_END};
static const struct shape employer_brief[] = {
	SHAPE(E_, place, 0), SHAPE(E_, name, 0), SHAPE_CODE(E_, size, &employer_sizes), SHAPE(E_, high_risk, 0), SHAPE(E_, headcount, 0),
	SHAPE(E_, cadres, 0), SHAPE_END};
#undef E_

static const struct doc_part cell_parts[] = {DOC_NAME("value"), DOC_NAME("href"), DOC_NAME("missing"), DOC_NAME("missing_href"), DOC_NAME("label"),
					     DOC_NAME("is_known"), DOC_NAME("percent"), DOC_END};
static const struct doc_part line_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_NAME("employers_href"), DOC_ROWS("cells", cell_parts), DOC_END};
const struct doc_part coverage_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("unit_id"), DOC_NAME("f8_label"), DOC_NAME("silent_days"), DOC_NAME("up_href"),
	{"sum", DOC_ONE, coverage_line_shape, line_parts}, DOC_ROWS_OF("items", coverage_line_shape, line_parts), DOC_ROWS("heads", cell_parts),
	DOC_NAME("all_href"), DOC_END};
static const struct doc_part employer_parts[] = {DOC_NAME("href"), DOC_NAME("is_late"), DOC_END};
const struct doc_part coverage_employers_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("may_assign"), DOC_NAME("assign_href"), DOC_NAME("desk_href"),
	DOC_ROWS_OF("items", coverage_employer_shape, employer_parts), DOC_END};

static int64_t flag(struct str s)
{
	return s.n ? str_is(s, "1") : -1;
}

struct coverage_filter coverage_filter_of(const struct coverage_query *q)
{
	return (struct coverage_filter){flag(q->high_risk), flag(q->non_public), str_of(codes_word(&employer_sizes, q->size)), q->industry};
}

void coverage_put_filters(struct call *c)
{
	size_t n;
	const struct choice yes_no[] = {{.value = STR("1"), .label = call_text(c, "org_yes")}, {.value = STR("0"), .label = call_text(c, "org_no")}};
	const struct choice *sizes = call_choices(c, &employer_sizes, &n);
	call_filter(c, "high_risk", "select", "org_high_risk", yes_no, 2);
	call_filter(c, "non_public", "select", "org_non_public", yes_no, 2);
	call_filter(c, "size", "select", "org_size", sizes, n);
	call_filter(c, "industry", "text", "org_industry", NULL, 0);
	call_filter(c, "unit", "hidden", "f_unit", NULL, 0);
}

/* ---- the desk ------------------------------------------------------------------------------ */

struct desk {
	struct call *c;
	struct unit scope;
	struct coverage_filter f;
	struct coverage_days days;
	struct coverage_line *v, total;
	size_t n;
};

static const struct err *read_desk(struct db_tx *tx, struct env *e, void *ctx)
{
	struct desk *d = ctx;
	const struct coverage_query *q = d->c->input;
	TRY(org_scope(tx, d->c, &coverage_read_perm, q->unit, &d->scope));
	d->f = coverage_filter_of(q);
	TRY(coverage_days_of(tx, e, &d->days));
	return coverage_read(tx, e, &d->scope, &d->f, &d->days, &d->v, &d->n, &d->total);
}

static const struct err *desk_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct desk *d = ctx;
	struct coverage_line *v = ARENA_ARRAY(e->a, struct coverage_line, d->n + 1);
	memcpy(v, d->v, d->n * sizeof(*v));
	v[d->n] = d->total;
	for (size_t i = 0; i < d->n; i++)
		if (!v[i].id.v)
			v[i].name = call_text(d->c, "coverage_direct");
	v[d->n].name = call_text(d->c, "coverage_total");
	*rows = v;
	*n = d->n + 1;
	*more = false;
	return NULL;
}

struct column { const char *yes, *no, *label; size_t off; bool missing_first; };
static const struct column columns[] = {
	{"launched", "unlaunched", "f_launched", offsetof(struct coverage_line, launched), false},
	{"assigned", "unassigned", "f_assigned", offsetof(struct coverage_line, assigned), false},
	{"visited", "unvisited", "f_visited", offsetof(struct coverage_line, visited), false},
	{"trained", "untrained", "f_trained", offsetof(struct coverage_line, trained), false},
	{"active", "silent", "f_silent", offsetof(struct coverage_line, silent), true},
};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* The filters of the page go along into the list. */
static struct str list_href(const struct desk *d, const struct coverage_line *l, bool is_total, const char *gap)
{
	struct call *c = d->c;
	const struct coverage_query *q = c->input;
	struct sb b = sb_new(c->a, 512);
	struct id unit = l->id.v && !is_total ? l->id : d->scope.id;
	sb_fmt(&b, "/coverage/employers?unit=%lld", (long long)unit.v);
	if (gap)
		sb_fmt(&b, "&gap=%s", gap);
	if (!is_total && !l->id.v)
		sb_addz(&b, "&direct=1");
	if (q->high_risk.n)
		sb_fmt(&b, "&high_risk=%.*s", STR_ARG(q->high_risk));
	if (q->non_public.n)
		sb_fmt(&b, "&non_public=%.*s", STR_ARG(q->non_public));
	if (q->size)
		sb_fmt(&b, "&size=%s", codes_word(&employer_sizes, q->size));
	if (q->industry.n)
		sb_fmt(&b, "&industry=%.*s", STR_ARG(url_encode(c->a, q->industry)));
	return sb_str(&b);
}

static void put_cells(const struct desk *d, json_t *j, const struct coverage_line *l, bool is_total)
{
	struct call *c = d->c;
	json_t *cells = doc_sublist(j, "cells");
	for (size_t i = 0; i < COLUMNS; i++) {
		struct opt_i64 n = *(const struct opt_i64 *)((const char *)l + columns[i].off);
		int64_t missing = columns[i].missing_first ? n.v : l->employers - n.v;
		json_t *o = doc_append(cells);
		doc_str(o, "label", call_text(c, columns[i].label));
		doc_bool(o, "is_known", n.is);
		doc_str(o, "value", str_fmt(c->a, "%lld", (long long)n.v));
		doc_str(o, "href", list_href(d, l, is_total, columns[i].missing_first ? columns[i].no : columns[i].yes));
		doc_str(o, "missing", n.is && missing && !columns[i].missing_first ? str_fmt(c->a, "%lld", (long long)missing) : STR(""));
		doc_str(o, "missing_href", list_href(d, l, is_total, columns[i].no));
		doc_str(o, "percent", n.is && l->employers ? str_fmt(c->a, "%lld%%", (long long)(n.v * 100 / l->employers)) : STR(""));
	}
}

static void put_line(const struct desk *d, json_t *j, const struct coverage_line *l, bool is_total)
{
	struct call *c = d->c;
	struct doc_style style = call_style(c, d->scope.path);
	doc_put(j, coverage_line_shape, l, &style);
	doc_str(j, "label", is_total ? call_text(c, "coverage_total") : l->id.v ? l->name : call_text(c, "coverage_direct"));
	doc_str(j, "href", !is_total && l->id.v ? str_fmt(c->a, "/coverage?unit=%lld", (long long)l->id.v) : STR(""));
	doc_str(j, "employers_href", list_href(d, l, is_total, NULL));
	put_cells(d, j, l, is_total);
}

static void put_desk(const struct desk *d)
{
	struct call *c = d->c;
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < d->n; i++)
		put_line(d, doc_append(items), &d->v[i], false);
	put_line(d, doc_sub(c->doc, "sum"), &d->total, true);
	doc_set(c->doc, "next", json_null());
	doc_id(c->doc, "unit_id", d->scope.id);
	doc_bool(c->page, "has_items", d->n > 0);
	doc_str(c->page, "scope_label", d->scope.name);
	doc_str(c->page, "all_href", list_href(d, &d->total, true, NULL));
	doc_str(c->page, "up_href", d->scope.parent_id.v ? str_fmt(c->a, "/units/%lld", (long long)d->scope.id.v) : STR(""));
	doc_str(c->page, "f8_label", call_text_with(c, "coverage_f8", "day", day_text(c->a, d->days.today)));
	coverage_put_filters(c);
	call_files(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "coverage_title"));
}

const struct err *coverage_get(struct call *c)
{
	struct desk *d = ARENA_NEW(c->a, struct desk);
	d->c = c;
	TRY(call_read(c, read_desk, d));
	c->target.unit_path = d->scope.path;
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = coverage_line_shape, .row_size = sizeof(struct coverage_line), .page = desk_page, .ctx = d,
						     .file_name = "coverage", .title = "coverage_title", .about = d->scope.name});
	put_desk(d);
	return NULL;
}

/* ---- the list behind a number ------------------------------------------------------------------ */

struct listing {
	struct call *c;
	const struct coverage_query *q;
	struct unit scope;
	struct coverage_filter f;
	struct coverage_days days;
	struct list_source from;
	bool first;           /* the high-risk ones come first; then the others */
	struct cursor at;
	int64_t limit;
	struct coverage_employer *rows;
	size_t n;
	bool more;
};

static const struct err *read_some(struct db_tx *tx, struct listing *l, int64_t high_risk, int64_t limit, void **rows, size_t *n)
{
	const struct coverage_query *q = l->q;
	struct arena *a = db_arena(tx);
	struct str above = str_fmt(a, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(q->industry));
	struct str end = l->from.below.n ? path_end(a, l->from.below) : STR("~");
	const struct sql *stmt = sql_list_pick(&coverage_employers, l->from.anchor, STR(""), NULL);
	if (l->f.high_risk >= 0 && l->f.high_risk != high_risk) {
		*n = 0;
		return NULL;
	}
	return db_all(tx, stmt,
		      ARGS(ARG(l->c->city), ARG(l->from.anchor_id), cursor_arg(&coverage_employers, 0, &l->at), ARG(l->at.id), arg_str(STR("")),
			   ARG(high_risk), ARG(l->f.non_public), ARG(l->f.size), ARG(q->industry), ARG(above), ARG(q->q), ARG(q->direct),
			   ARG_CODE(coverage_gaps, q->gap), ARG_DAY(l->days.today), ARG_DAY(l->days.campaign_from), ARG_DAY(l->days.active_from),
			   ARG(l->from.below), ARG(end), ARG(limit)),
		      coverage_employer_row, sizeof(struct coverage_employer), rows, n);
}

static struct cursor begin(void)
{
	return (struct cursor){.text = STR(""), .id = ID(-1)};
}

static const struct err *fill(struct db_tx *tx, struct listing *l, struct coverage_employer *e)
{
	struct unit top = {0}, mid = {0};
	if (e->top_id.v)
		TRY(org_unit(tx, l->c->city, e->top_id, &top));
	if (e->mid_id.v)
		TRY(org_unit(tx, l->c->city, e->mid_id, &mid));
	e->place = mid.name.n ? str_fmt(db_arena(tx), "%.*s %.*s", STR_ARG(top.name), STR_ARG(mid.name)) : top.name;
	return assignment_names(tx, l->c->city, e->id, l->days.today, &e->cadres);
}

static int by_place(const void *x, const void *y)
{
	const struct coverage_employer *a = x, *b = y;
	int k = str_cmp(a->place, b->place);
	return k ? k : (int)b->high_risk - (int)a->high_risk;
}

/* The high-risk ones by name, then the others by name: one more row than asked for tells whether there is more. */
static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	int64_t want = l->limit + 1;
	void *rows;
	size_t n;
	(void)e;
	l->rows = ARENA_ARRAY(db_arena(tx), struct coverage_employer, (size_t)want);
	l->n = 0;
	for (int pass = l->first ? 1 : 0; pass >= 0 && (int64_t)l->n < want; pass--) {
		TRY(read_some(tx, l, pass, want - (int64_t)l->n, &rows, &n));
		if (n)
			memcpy(l->rows + l->n, rows, n * sizeof(*l->rows));
		l->n += n;
		if ((int64_t)l->n < want)
			l->at = begin();
	}
	l->more = (int64_t)l->n == want;
	l->n = l->more ? (size_t)l->limit : l->n;
	for (size_t i = 0; i < l->n; i++)
		TRY(fill(tx, l, &l->rows[i]));
	if (l->n) {
		const struct coverage_employer *last = &l->rows[l->n - 1];
		l->at = (struct cursor){.text = str_dup(l->c->a, last->sort_key), .id = last->id};
		l->first = last->high_risk;
	}
	/* Pasted into a chat they stand below the township that is to see to them. */
	if (l->c->face == FACE_TEXT && l->n)
		qsort(l->rows, l->n, sizeof(*l->rows), by_place);
	return NULL;
}

/* The cursor's text begins with the part of the list: 1 high-risk, 0 the others. */
static const struct err *read_cursor(struct listing *l)
{
	TRY(cursor_read(l->c, &coverage_employers, l->q->sort, l->q->after, &l->at));
	l->first = true;
	if (!l->q->after.n)
		return NULL;
	if (l->at.text.n < 1 || (l->at.text.p[0] != '0' && l->at.text.p[0] != '1'))
		return err_on_field(l->c->a, "after", "bad_cursor", "not a cursor of this list");
	l->first = l->at.text.p[0] == '1';
	l->at.text = str_sub(l->at.text, 1, SIZE_MAX);
	return NULL;
}

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	TRY(org_scope(tx, l->c, &coverage_read_perm, l->q->unit, &l->scope));
	l->f = coverage_filter_of(l->q);
	l->from = org_source(&l->scope);
	TRY(coverage_days_of(tx, e, &l->days));
	TRY(read_cursor(l));
	return call_wants_table(l->c) ? NULL : read_page(tx, e, l);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct listing *l = ctx;
	TRY(env_read(e, read_page, l));
	*rows = l->rows;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const char *title_of(struct call *c, const struct coverage_query *q)
{
	return q->gap ? str_fmt(c->a, "code_coverage_gap_%s", codes_word(&coverage_gaps, q->gap)).p : "coverage_employers_title";
}

static void put_html(struct listing *l)
{
	struct call *c = l->c;
	size_t n;
	const struct choice *gaps = call_choices(c, &coverage_gaps, &n);
	call_filter(c, "q", "text", "org_search", NULL, 0);
	call_filter(c, "gap", "select", "f_gap", gaps, n);
	coverage_put_filters(c);
	doc_str(c->page, "scope_label", l->scope.name);
	doc_str(c->page, "desk_href", str_fmt(c->a, "/coverage?unit=%lld", (long long)l->scope.id.v));
	doc_bool(c->page, "may_assign", may(c->actor, &assignment_write, l->scope.path));
	struct str href = str_fmt(c->a, "/assignments/new?unit=%lld&without=1&show=1&industry=%.*s&high_risk=%.*s&size=%s&q=%.*s", (long long)l->scope.id.v,
				  STR_ARG(url_encode(c->a, l->q->industry)), STR_ARG(l->q->high_risk), codes_word(&employer_sizes, l->q->size),
				  STR_ARG(url_encode(c->a, l->q->q)));
	doc_str(c->page, "assign_href", href);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, title_of(c, l->q)));
}

const struct err *coverage_employers_get(struct call *c)
{
	struct listing *l = ARENA_NEW(c->a, struct listing);
	const struct coverage_query *q = c->input;
	*l = (struct listing){.c = c, .q = q, .limit = call_wants_table(c) ? LIST_MAX : q->limit > 0 ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, find, l));
	c->target.unit_path = l->scope.path;
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = coverage_employer_shape, .brief = employer_brief, .group = "place",
						     .row_size = sizeof(struct coverage_employer), .page = table_page, .ctx = l, .file_name = "employers-missing",
						     .title = title_of(c, q), .about = l->scope.name});
	json_t *items = doc_sublist(c->doc, "items");
	struct doc_style style = call_style(c, l->scope.path);
	for (size_t i = 0; i < l->n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, coverage_employer_shape, &l->rows[i], &style);
		doc_str(j, "href", str_fmt(c->a, "/units/%lld", (long long)l->rows[i].id.v));
		doc_bool(j, "is_late", l->rows[i].visited_until.ymd < l->days.today.ymd);
	}
	struct cursor next = l->more ? l->at : (struct cursor){0};
	next.text = str_fmt(c->a, "%d%.*s", l->first, STR_ARG(next.text));
	cursor_next(c, &coverage_employers, q->sort, next);
	call_list_page(c, &coverage_employers, q->sort, "coverage_sort_", l->n);
	if (c->face == FACE_HTML)
		put_html(l);
	return NULL;
}
