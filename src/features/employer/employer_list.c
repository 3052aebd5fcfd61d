/* The register as a list: by name, narrowed by what is known of an employer. */
#include "employer_model.h"

#include "employer_sql.h"
#include "parts.h"

#define Q struct employers_query
const struct shape employers_query_shape[] = {
	SHAPE(Q, unit, ORG_CODE_MAX), SHAPE(Q, high_risk, 1), SHAPE(Q, non_public, 1), SHAPE_CODE(Q, size, &employer_sizes),
	SHAPE_CODE(Q, ownership, &ownerships), SHAPE_CODE(Q, union_state, &union_states), SHAPE(Q, industry, ORG_INDUSTRY_MAX),
	SHAPE(Q, q, ORG_NAME_MAX), SHAPE(Q, closed, 0), SHAPE(Q, sort, 40), SHAPE(Q, after, 400), SHAPE(Q, limit, LIST_MAX), SHAPE(Q, header, 8),
	SHAPE_END};
#undef Q
struct employer_line {
	struct unit u;
	uint32_t ownership, union_state;
};
#define L struct employer_line
#define UNIT(m, type_) {.name = #m, .type = (type_), .off = offsetof(L, u) + offsetof(struct unit, m)}
#define SIZE {.name = "size", .type = SHAPE_T_CODE, .off = offsetof(L, u) + offsetof(struct unit, size), .codes = &employer_sizes}
#define KIND {.name = "kind", .type = SHAPE_T_CODE, .off = offsetof(L, u) + offsetof(struct unit, kind), .codes = &unit_kinds}
#define SAID SHAPE_CODE(L, ownership, &ownerships), SHAPE_CODE(L, union_state, &union_states)
static const struct shape line_row[] = {
	UNIT(id, SHAPE_T_ID), UNIT(parent_id, SHAPE_T_ID), KIND, UNIT(code, SHAPE_T_STR), UNIT(name, SHAPE_T_STR), UNIT(union_name, SHAPE_T_STR),
	UNIT(path, SHAPE_T_STR), UNIT(top_id, SHAPE_T_ID), UNIT(mid_id, SHAPE_T_ID), UNIT(enterprise_id, SHAPE_T_ID), UNIT(uscc, SHAPE_T_STR),
	UNIT(industry, SHAPE_T_STR), UNIT(high_risk, SHAPE_T_BOOL), UNIT(non_public, SHAPE_T_BOOL), SIZE, UNIT(headcount, SHAPE_T_I64),
	UNIT(is_closed, SHAPE_T_BOOL), UNIT(sort_key, SHAPE_T_STR), UNIT(version, SHAPE_T_I64), UNIT(merged_into, SHAPE_T_ID), SAID, SHAPE_END};
static const struct shape said_shape[] = {SAID, SHAPE_END};
const struct shape employer_columns[] = {
	UNIT(id, SHAPE_T_ID), UNIT(parent_id, SHAPE_T_ID), UNIT(name, SHAPE_T_STR), UNIT(union_name, SHAPE_T_STR), UNIT(code, SHAPE_T_STR),
	UNIT(uscc, SHAPE_T_STR), UNIT(industry, SHAPE_T_STR), SIZE, UNIT(headcount, SHAPE_T_I64), UNIT(high_risk, SHAPE_T_BOOL),
	UNIT(non_public, SHAPE_T_BOOL), UNIT(is_closed, SHAPE_T_BOOL), SAID, SHAPE_END};
/* What is pasted into a chat. */
static const struct shape brief[] = {
	UNIT(name, SHAPE_T_STR), SIZE, UNIT(headcount, SHAPE_T_I64), UNIT(high_risk, SHAPE_T_BOOL), UNIT(non_public, SHAPE_T_BOOL),
	UNIT(is_closed, SHAPE_T_BOOL), SHAPE_END};
#undef L
static const struct doc_part item_parts[] = {
	DOC_SHAPE(said_shape), DOC_NAME("high_risk_label"), DOC_NAME("non_public_label"), DOC_END};
const struct doc_part employers_doc[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_ROWS_OF("items", unit_shape, item_parts), DOC_END};

/* ---- one page ------------------------------------------------------------------------------- */

enum { WALK_MAX = 1000 };

struct listing {
	struct call *c;
	struct unit scope;
	struct cursor at;
	int64_t limit;
	struct employer_line *v;
	size_t n;
	bool more;
};

struct edge { struct str at_sort; struct id at_id; int64_t n; };
static const struct shape edge_row[] = {SHAPE(struct edge, at_sort, 0), SHAPE(struct edge, at_id, 0), SHAPE(struct edge, n, 0), SHAPE_END};

/* How far this request looks; all the way for a name, which hardly any employer has. */
static const struct err *find_edge(struct db_tx *tx, struct listing *l, const struct sql *stmt, struct id anchor, struct cursor *edge)
{
	const struct employers_query *q = l->c->input;
	struct edge e = {0};
	bool found;
	*edge = (struct cursor){.text = STR("~"), .id = ID(INT64_MAX)};
	l->more = false;
	if (q->q.n)
		return NULL;
	TRY(db_find(tx, &employer_list.edges[stmt - employer_list.stmts],
		    ARGS(ARG(l->c->city), ARG(anchor), ARG(l->at.text), ARG(l->at.id), arg_str(STR("")), arg_i64(WALK_MAX)), edge_row, &e, &found));
	if (!found || e.n < WALK_MAX)
		return NULL;
	*edge = (struct cursor){.text = e.at_sort, .id = e.at_id};
	l->more = true;
	return NULL;
}

static int64_t flag(struct str s)
{
	return s.n ? str_is(s, "1") : -1;
}

static const struct err *read_page(struct db_tx *tx, struct listing *l)
{
	const struct employers_query *q = l->c->input;
	struct arena *a = db_arena(tx);
	struct list_source from = org_source(&l->scope);
	const struct sql *stmt = sql_list_pick(&employer_list, from.anchor, q->sort, NULL);
	struct str end = from.below.n ? path_end(a, from.below) : STR("~"), above = str_fmt(a, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(q->industry));
	struct cursor edge;
	void *rows;
	TRY(find_edge(tx, l, stmt, from.anchor_id, &edge));
	TRY(db_all(tx, stmt,
		   ARGS(ARG(l->c->city), ARG(from.anchor_id), ARG(l->at.text), ARG(l->at.id), arg_str(STR("")), ARG(flag(q->high_risk)),
			ARG(flag(q->non_public)), ARG_CODE(employer_sizes, q->size), ARG_CODE(ownerships, q->ownership),
			ARG_CODE(union_states, q->union_state), ARG(q->industry), ARG(above), ARG(q->q), ARG(q->closed), ARG(from.below), ARG(end),
			ARG(edge.text), ARG(edge.id), arg_i64(l->limit + 1)),
		   line_row, sizeof(struct employer_line), &rows, &l->n));
	l->v = rows;
	l->at = edge;
	if (l->n > (size_t)l->limit) {
		l->more = true;
		l->n = (size_t)l->limit;
		l->at = (struct cursor){.text = l->v[l->n - 1].u.sort_key, .id = l->v[l->n - 1].u.id};
	}
	return NULL;
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	const struct employers_query *q = l->c->input;
	(void)e;
	TRY(org_scope(tx, l->c, &org_read, q->unit, &l->scope));
	TRY(cursor_read(l->c, &employer_list, q->sort, q->after, &l->at));
	return read_page(tx, l);
}

/* ---- the same as a file ----------------------------------------------------------------------- */

static const struct err *table_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)e;
	return read_page(tx, ctx);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct listing *l = ctx;
	TRY(env_read(e, table_rows, l));
	/* The place in the list outlives this page's memory. */
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *list_table(struct call *c, const struct listing *from)
{
	const struct employers_query *q = c->input;
	struct listing *l = ARENA_NEW(c->a, struct listing);
	*l = *from;
	l->limit = LIST_MAX;
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, &employer_list, q->sort, q->after, &l->at));
	return call_table(c, &(struct table){.columns = employer_columns, .brief = brief, .row_size = sizeof(struct employer_line), .page = table_page,
					     .ctx = l, .file_name = "employers", .title = "org_employers_title", .about = l->scope.name});
}

/* ---- the page ----------------------------------------------------------------------------------- */

static void filter_codes(struct call *c, const char *name, const char *label, const struct codes *codes)
{
	size_t n;
	const struct choice *v = call_choices(c, codes, &n);
	call_filter(c, name, "select", label, v, n);
}

static void filter_flag(struct call *c, const char *name, const char *label)
{
	const struct choice v[] = {{.value = STR("1"), .label = call_text(c, "org_yes")}, {.value = STR("0"), .label = call_text(c, "org_no")}};
	call_filter(c, name, "select", label, v, 2);
}

static void put_filters(struct call *c)
{
	const struct employers_query *q = c->input;
	call_filter(c, "q", "text", "org_search", NULL, 0);
	filter_flag(c, "high_risk", "org_high_risk");
	filter_codes(c, "ownership", "f_ownership", &ownerships);
	filter_codes(c, "union_state", "f_union_state", &union_states);
	filter_codes(c, "size", "org_size", &employer_sizes);
	call_filter(c, "industry", "text", "org_industry", NULL, 0);
	filter_flag(c, "non_public", "org_non_public");
	if (q->unit.n)
		call_filter(c, "unit", "hidden", "org_unit", NULL, 0);
}

const struct err *employer_get_list(struct call *c)
{
	const struct employers_query *q = c->input;
	struct listing l = {.c = c, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	if (call_wants_table(c))
		return list_table(c, &l);
	struct doc_style style = call_style(c, l.scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, unit_shape, &l.v[i].u, &style);
		doc_put(j, said_shape, &l.v[i], &style);
		if (c->face != FACE_HTML)
			continue;
		doc_str(j, "high_risk_label", l.v[i].u.high_risk ? call_text(c, "org_high_risk") : STR(""));
		doc_str(j, "non_public_label", l.v[i].u.non_public ? call_text(c, "org_non_public") : STR(""));
	}
	cursor_next(c, &employer_list, q->sort, l.more ? l.at : (struct cursor){0});
	call_list_page(c, &employer_list, q->sort, "org_sort_", l.n);
	doc_str(c->page, "scope_label", l.scope.name);
	if (c->face == FACE_HTML)
		put_filters(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_employers_title"));
	return NULL;
}
