/* Lists: assignments of a cadre or of a subtree, and the cadres themselves. */
#include "assignment_model.h"

#include "assignment_sql.h"
#include "day.h"
#include "parts.h"

const struct shape assignments_query_shape[] = {
	SHAPE(struct assignments_query, unit, 40),   SHAPE(struct assignments_query, person, 0),  SHAPE(struct assignments_query, mine, 0),
	SHAPE(struct assignments_query, overdue, 0), SHAPE(struct assignments_query, ended, 0),   SHAPE(struct assignments_query, sort, 40),
	SHAPE(struct assignments_query, after, 400), SHAPE(struct assignments_query, limit, LIST_MAX), SHAPE(struct assignments_query, header, 8),
	SHAPE_END};
const struct shape cadres_query_shape[] = {SHAPE(struct cadres_query, unit, 40), SHAPE(struct cadres_query, header, 8), SHAPE_END};

#define A struct assignment
const struct shape assignment_line_shape[] = {
	SHAPE(A, id, 0), SHAPE(A, employer_id, 0), SHAPE(A, employer_name, 0), SHAPE(A, person_id, 0), SHAPE(A, person_name, 0),
	SHAPE(A, unit_name, 0), SHAPE_CODE(A, kind, &assignment_kinds), SHAPE(A, every_days, 0), SHAPE(A, from_on, 0), SHAPE(A, to_on, 0),
	SHAPE(A, due_on, 0), SHAPE(A, is_overdue, 0), SHAPE(A, head_name, 0), SHAPE_FOR(A, head_phone, 0, SEE_PHONE), SHAPE(A, note, 0), SHAPE_END};
static const struct shape line_brief[] = {
	SHAPE(A, employer_name, 0), SHAPE(A, person_name, 0), SHAPE_CODE(A, kind, &assignment_kinds), SHAPE(A, due_on, 0), SHAPE(A, is_overdue, 0),
	SHAPE(A, head_name, 0), SHAPE_FOR(A, head_phone, 0, SEE_PHONE), SHAPE_END};
#undef A
#define C struct cadre
const struct shape cadre_line_shape[] = {SHAPE(C, id, 0), SHAPE(C, name, 0), SHAPE(C, unit_id, 0), SHAPE(C, unit_name, 0), SHAPE(C, assigned, 0),
					 SHAPE(C, overdue, 0), SHAPE_END};
#undef C

static const struct doc_part line_parts[] = {DOC_NAME("href"), DOC_NAME("person_href"), DOC_NAME("tel_href"), DOC_END};
const struct doc_part assignments_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("may_write"), DOC_NAME("new_href"), DOC_NAME("is_mine"), DOC_NAME("missing_href"),
	DOC_ROWS_OF("items", assignment_line_shape, line_parts), DOC_END};
static const struct doc_part cadre_parts[] = {DOC_NAME("href"), DOC_NAME("overdue_href"), DOC_NAME("take_over_href"), DOC_END};
const struct doc_part cadres_parts[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("may_write"),
					DOC_ROWS_OF("items", cadre_line_shape, cadre_parts), DOC_END};

struct listing {
	struct call *c;
	const struct assignments_query *q;
	struct unit scope;
	const struct sql_list *list;
	struct id person;
	struct cursor at;
	int64_t limit;
	struct assignment *rows;
	size_t n;
	bool more;
};

static const struct err *read_rows(struct db_tx *tx, struct listing *l, void **rows, size_t *n)
{
	struct call *c = l->c;
	struct str sort = STR(""), end = path_end(db_arena(tx), l->scope.path);
	struct arg today = ARG_DAY(instant_day(c->env.now)), at = cursor_arg(l->list, 0, &l->at);
	if (l->list == &assignment_of_cadre)
		return db_all(tx, sql_list_pick(l->list, "person", sort, NULL),
			      ARGS(ARG(c->city), ARG(l->person), at, ARG(l->at.id), arg_str(STR("")), ARG(l->q->ended), today, ARG(l->q->overdue), today,
				   ARG(l->scope.path), ARG(end), arg_i64(l->limit + 1)),
			      assignment_list_row, sizeof(struct assignment), rows, n);
	struct list_source from = org_source(&l->scope);
	end = from.below.n ? path_end(db_arena(tx), from.below) : STR("~");
	return db_all(tx, sql_list_pick(l->list, from.anchor, sort, NULL),
		      ARGS(ARG(c->city), ARG(from.anchor_id), at, ARG(l->at.id), arg_str(STR("")), ARG(l->q->ended), today, ARG(l->q->overdue), today,
			   ARG(from.below), ARG(end), arg_i64(l->limit + 1)),
		      assignment_list_row, sizeof(struct assignment), rows, n);
}

/* Who to call, for whom may see a telephone number there; and whether the visit is late. */
static const struct err *fill_line(struct db_tx *tx, struct call *c, struct assignment *a)
{
	static const struct shape head_row[] = {
		{.name = "name", .type = SHAPE_T_STR, .off = offsetof(struct assignment, head_name)},
		{.name = "phone", .type = SHAPE_T_STR, .off = offsetof(struct assignment, head_phone)}, SHAPE_END};
	struct day today = instant_day(c->env.now);
	bool found;
	TRY(db_find(tx, &assignment_head_of, ARGS(ARG(c->city), ARG(a->employer_id), ARG_DAY(today)), head_row, a, &found));
	if (!(sight_at(c->actor, a->employer_path) >> SEE_PHONE & 1))
		a->head_phone = STR("");
	a->is_overdue = a->due_on.ymd && a->due_on.ymd < today.ymd && assignment_holds(a, today);
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	void *rows = NULL;
	size_t n = 0;
	(void)e;
	TRY(read_rows(tx, l, &rows, &n));
	l->rows = rows;
	l->more = n > (size_t)l->limit;
	l->n = l->more ? (size_t)l->limit : n;
	for (size_t i = 0; i < l->n; i++)
		TRY(fill_line(tx, l->c, &l->rows[i]));
	if (l->n) {
		const struct assignment *last = &l->rows[l->n - 1];
		char day[TIME_TEXT_MAX];
		struct str text = l->list == &assignment_of_cadre ? day_put(day, last->due_on) : last->employer_key;
		l->at = (struct cursor){.text = str_dup(l->c->a, text), .id = last->id};
	}
	return NULL;
}

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	TRY(org_scope(tx, l->c, &assignment_read, l->q->unit, &l->scope));
	l->person = l->q->mine ? l->c->actor->person_id : l->q->person;
	l->list = l->person.v ? &assignment_of_cadre : &assignment_below;
	TRY(cursor_read(l->c, l->list, l->q->sort, l->q->after, &l->at));
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

static void filter_flag(struct call *c, const char *name, const char *label)
{
	const struct choice v[] = {{.value = STR("1"), .label = call_text(c, "assignment_only")}};
	call_filter(c, name, "select", label, v, 1);
}

static void put_row(struct call *c, json_t *items, const struct assignment *a)
{
	struct doc_style style = call_style(c, a->employer_path);
	json_t *j = doc_append(items);
	doc_put(j, assignment_line_shape, a, &style);
	doc_str(j, "href", str_fmt(c->a, "/units/%lld/contact", (long long)a->employer_id.v));
	doc_str(j, "person_href", str_fmt(c->a, "/assignments?person=%lld", (long long)a->person_id.v));
	doc_str(j, "tel_href", a->head_phone.n ? str_fmt(c->a, "tel:%.*s", STR_ARG(a->head_phone)) : STR(""));
}

static void put_html(struct listing *l)
{
	struct call *c = l->c;
	long long id = (long long)l->scope.id.v;
	filter_flag(c, "overdue", "assignment_overdue");
	filter_flag(c, "ended", "assignment_ended_too");
	if (l->q->person.v)
		call_filter(c, "person", "hidden", "f_person_id", NULL, 0);
	if (l->q->mine)
		call_filter(c, "mine", "hidden", "f_mine", NULL, 0);
	call_filter(c, "unit", "hidden", "f_unit", NULL, 0);
	doc_str(c->page, "scope_label", l->scope.name);
	doc_bool(c->page, "may_write", may(c->actor, &assignment_write, l->scope.path));
	doc_bool(c->page, "is_mine", l->q->mine);
	doc_str(c->page, "new_href", str_fmt(c->a, "/assignments/new?unit=%lld", id));
	doc_str(c->page, "missing_href", str_fmt(c->a, "/coverage/employers?unit=%lld&gap=unassigned", id));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, l->q->mine ? "assignment_mine_title" : "assignment_list_title"));
}

const struct err *assignments_get(struct call *c)
{
	struct listing *l = ARENA_NEW(c->a, struct listing);
	const struct assignments_query *q = c->input;
	*l = (struct listing){.c = c, .q = q, .limit = call_wants_table(c) ? LIST_MAX : q->limit > 0 ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, find, l));
	c->target.unit_path = l->scope.path;
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = assignment_line_shape, .brief = line_brief, .row_size = sizeof(struct assignment),
						     .page = table_page, .ctx = l, .file_name = "assignments",
						     .title = q->mine ? "assignment_mine_title" : "assignment_list_title", .about = l->scope.name});
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		put_row(c, items, &l->rows[i]);
	cursor_next(c, l->list, STR(""), l->more ? l->at : (struct cursor){0});
	call_list_page(c, l->list, STR(""), "assignment_sort_", l->n);
	if (c->face == FACE_HTML)
		put_html(l);
	return NULL;
}

/* ---- cadres ------------------------------------------------------------------------------ */

struct cadre_list {
	struct call *c;
	struct unit scope;
	struct cadre *v;
	size_t n;
};

/* Those of the unit and below, at most 500; a city has that many at its offices. */
static const struct err *read_cadres(struct db_tx *tx, struct env *e, void *ctx)
{
	struct cadre_list *l = ctx;
	const struct cadres_query *q = l->c->input;
	struct cadre *all;
	size_t n;
	TRY(org_scope(tx, l->c, &assignment_read, q->unit, &l->scope));
	TRY(assignment_cadres(tx, e->city, l->scope.path, instant_day(e->now), &all, &n));
	l->v = ARENA_ARRAY(e->a, struct cadre, n + 1);
	for (size_t i = 0; i < n; i++)
		if (str_has_prefix(all[i].unit_path, l->scope.path))
			l->v[l->n++] = all[i];
	return NULL;
}

static const struct err *cadre_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct cadre_list *l = ctx;
	(void)e;
	*rows = l->v;
	*n = l->n;
	*more = false;
	return NULL;
}

const struct err *cadres_get(struct call *c)
{
	struct cadre_list *l = ARENA_NEW(c->a, struct cadre_list);
	l->c = c;
	TRY(call_read(c, read_cadres, l));
	c->target.unit_path = l->scope.path;
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = cadre_line_shape, .row_size = sizeof(struct cadre), .page = cadre_page, .ctx = l,
						     .file_name = "cadres", .title = "assignment_cadres_title", .about = l->scope.name});
	json_t *items = doc_sublist(c->doc, "items");
	struct doc_style style = call_style(c, l->scope.path);
	for (size_t i = 0; i < l->n; i++) {
		long long id = (long long)l->v[i].id.v;
		json_t *j = doc_append(items);
		doc_put(j, cadre_line_shape, &l->v[i], &style);
		doc_str(j, "href", str_fmt(c->a, "/assignments?person=%lld", id));
		doc_str(j, "overdue_href", str_fmt(c->a, "/assignments?person=%lld&overdue=1", id));
		doc_str(j, "take_over_href", l->v[i].assigned ? str_fmt(c->a, "/assignments/take-over?from_id=%lld", id) : STR(""));
	}
	doc_set(c->doc, "next", json_null());
	doc_bool(c->page, "has_items", l->n > 0);
	doc_bool(c->page, "may_write", may(c->actor, &assignment_write, l->scope.path));
	doc_str(c->page, "scope_label", l->scope.name);
	call_files(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "assignment_cadres_title"));
	return NULL;
}
