#include "org_model.h"

#include "org_sql.h"
#include "org_words.h"
#include "parts.h"

const struct shape units_query_shape[] = {
	SHAPE(struct units_query, unit, ORG_CODE_MAX),
	SHAPE_CODE(struct units_query, kind, &unit_kinds),
	SHAPE(struct units_query, q, ORG_NAME_MAX),
	SHAPE(struct units_query, closed, 0),
	SHAPE(struct units_query, sort, 40),
	SHAPE(struct units_query, after, 400),
	SHAPE(struct units_query, limit, LIST_MAX),
	SHAPE(struct units_query, header, 8),
	SHAPE_END,
};

/* What is pasted into a chat. */
static const struct shape unit_brief[] = {
	SHAPE(struct unit, name, 0),
	SHAPE_CODE(struct unit, kind, &unit_kinds),
	SHAPE(struct unit, code, 0),
	SHAPE(struct unit, is_closed, 0),
	SHAPE_END,
};
static const struct shape place_brief[] = {
	SHAPE(struct place, name, 0),
	SHAPE_CODE(struct place, kind, &place_kinds),
	SHAPE(struct place, code, 0),
	SHAPE_END,
};

const struct shape places_query_shape[] = {
	SHAPE(struct places_query, unit, ORG_CODE_MAX),
	SHAPE_CODE(struct places_query, kind, &place_kinds),
	SHAPE(struct places_query, q, ORG_NAME_MAX),
	SHAPE(struct places_query, closed, 0),
	SHAPE(struct places_query, sort, 40),
	SHAPE(struct places_query, after, 400),
	SHAPE(struct places_query, limit, LIST_MAX),
	SHAPE(struct places_query, header, 8),
	SHAPE_END,
};

const struct shape unit_page_query_shape[] = {SHAPE(struct unit_page_query, after, 400), SHAPE_END};

/* ---- parts of list pages ------------------------------------------------------ */

static void filter_codes(struct call *c, const char *name, const char *label, const struct codes *codes)
{
	size_t n;
	const struct choice *v = call_choices(c, codes, &n);
	call_filter(c, name, "select", label, v, n);
}

void org_put_entry(struct call *c, json_t *list, const struct unit *u)
{
	struct str kind = call_label(c, &unit_kinds, codes_word(&unit_kinds, u->kind));
	struct entry e = {.href = str_fmt(c->a, "/units/%lld", (long long)u->id.v), .title = u->name, .sub = kind};
	if (u->code.n)
		e.sub = str_fmt(c->a, "%.*s · %.*s", STR_ARG(kind), STR_ARG(u->code));
	if (u->is_closed) {
		e.state_label = call_text(c, "org_closed");
		e.state_tone = STR("info");
	}
	call_entry(list, &e);
}

/* ---- one page of units --------------------------------------------------------- */

struct unit_list {
	struct call *c;
	const struct units_query *q;
	const struct sql_list *list;
	struct str sort;
	struct unit scope;
	struct cursor at;
	int64_t limit;
	struct unit *rows;
	size_t n;
	bool more;
	int64_t *below;          /* of each row: units directly below it */
	struct unit *parents;    /* of the scope */
	size_t n_parents;
};

static bool is_search(const struct unit_list *l)
{
	return str_trim(l->q->q).n > 0;
}

/* Found by their words wherever they stand below, newest first. */
static const struct err *search_units(struct db_tx *tx, struct unit_list *l)
{
	struct org_search s = {.scope = &l->scope, .what = search_of(db_arena(tx), l->q->q), .kind = l->q->kind, .closed = l->q->closed,
			       .before = l->at.id.v > 0 ? l->at.id : ID(INT64_MAX), .limit = l->limit + 1};
	TRY(org_words_find_units(tx, l->c->city, &s, &l->rows, &l->n));
	l->more = l->n > (size_t)l->limit;
	l->n = l->more ? (size_t)l->limit : l->n;
	if (l->n)
		l->at = (struct cursor){.id = l->rows[l->n - 1].id};
	return NULL;
}

static const struct err *read_units(struct db_tx *tx, struct unit_list *l)
{
	const struct units_query *q = l->q;
	if (is_search(l))
		return search_units(tx, l);
	struct list_source from = org_source(&l->scope);
	bool by_parent = l->list == &org_units;
	struct arg id = ARG(by_parent ? l->scope.id : from.anchor_id), below = ARG(from.below);
	struct arg end = ARG(from.below.n ? path_end(db_arena(tx), from.below) : STR("~"));
	int sort = sql_list_sort(l->list, l->sort);
	struct arg at = cursor_arg(l->list, sort, &l->at), limit = arg_i64(l->limit + 1);
	const struct sql *stmt = sql_list_pick(l->list, by_parent ? "parent" : from.anchor, l->sort, NULL);
	void *rows = NULL;
	size_t n = 0;
	if (by_parent)
		TRY(db_all(tx, stmt,
			   ARGS(ARG(l->c->city), id, at, ARG(l->at.id), arg_str(STR("")), ARG_CODE(unit_kinds, q->kind), ARG(q->q),
				ARG(q->closed), limit),
			   unit_row, sizeof(struct unit), &rows, &n));
	else
		TRY(db_all(tx, stmt,
			   ARGS(ARG(l->c->city), id, at, ARG(l->at.id), arg_str(STR("")), ARG_CODE(unit_kinds, q->kind), ARG(q->q),
				ARG(q->closed), below, end, limit),
			   unit_row, sizeof(struct unit), &rows, &n));
	l->more = n > (size_t)l->limit;
	l->rows = rows;
	l->n = l->more ? (size_t)l->limit : n;
	if (l->n) {
		const struct unit *last = &l->rows[l->n - 1];
		l->at = (struct cursor){.text = str_is(l->sort, "code") ? last->code : last->sort_key, .id = last->id};
	}
	return NULL;
}

/* Which list answers the query: what stands directly below, or one kind anywhere below. */
static void choose(struct unit_list *l)
{
	l->list = l->q->kind || is_search(l) ? &org_units_below : &org_units;
	/* Counties in their official order, all else by name. */
	if (l->list == &org_units && l->sort.n == 0 && l->scope.kind == UNIT_CITY)
		l->sort = STR("code");
}

/* What the page of the tree shows besides: how many stand below each, and what stands above. */
static const struct err *read_around(struct db_tx *tx, struct unit_list *l)
{
	l->below = ARENA_ARRAY(db_arena(tx), int64_t, l->n + 1);
	for (size_t i = 0; i < l->n; i++)
		if (l->rows[i].kind != UNIT_TEAM)
			TRY(db_i64(tx, &org_children_count, ARGS(ARG(l->c->city), ARG(l->rows[i].id)), 0, &l->below[i]));
	return org_parents(tx, l->c->city, &l->scope, &l->parents, &l->n_parents);
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit_list *l = ctx;
	(void)e;
	TRY(org_scope(tx, l->c, &org_read, l->q->unit, &l->scope));
	choose(l);
	TRY(cursor_read(l->c, l->list, l->sort, l->q->after, &l->at));
	TRY(read_units(tx, l));
	return l->c->face == FACE_HTML ? read_around(tx, l) : NULL;
}

static void put_units(struct unit_list *l)
{
	struct call *c = l->c;
	struct doc_style style = call_style(c, l->scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		doc_put(doc_append(items), unit_shape, &l->rows[i], &style);
	cursor_next(c, l->list, l->sort, l->more ? l->at : (struct cursor){0});
	call_list_page(c, l->list, l->sort, "org_sort_", l->n);
	doc_str(c->page, "scope_label", l->scope.name);
}

/* ---- the same as a file --------------------------------------------------------- */

static const struct err *table_units(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)e;
	return read_units(tx, ctx);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct unit_list *l = ctx;
	TRY(env_read(e, table_units, l));
	/* The place in the list outlives this page's memory. */
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->rows;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *units_table(struct call *c, const struct unit_list *from, struct table t)
{
	struct unit_list *l = ARENA_NEW(c->a, struct unit_list);
	*l = *from;
	l->limit = LIST_MAX;
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, l->list, l->sort, l->q->after, &l->at));
	t.row_size = sizeof(struct unit);
	t.page = table_page;
	t.ctx = l;
	t.about = l->scope.name;
	return call_table(c, &t);
}

static void put_tree(struct call *c, const struct unit_list *l)
{
	json_t *entries = doc_sublist(c->page, "items");
	call_filter(c, "q", "text", "org_search_words", NULL, 0);
	filter_codes(c, "kind", "org_kind", &unit_kinds);
	if (l->q->unit.n)
		call_filter(c, "unit", "hidden", "org_unit", NULL, 0);
	for (size_t i = 0; i < l->n; i++) {
		org_put_entry(c, entries, &l->rows[i]);
		json_t *j = json_array_get(entries, i);
		doc_id(j, "id", l->rows[i].id);
		doc_str(j, "below", l->below[i] ? str_fmt(c->a, "%lld", (long long)l->below[i]) : STR(""));
	}
	org_put_parents(c, c->page, l->parents, l->n_parents);
	doc_id(c->page, "scope_id", l->scope.id);
	doc_str(c->page, "search_note", is_search(l) ? call_text(c, "org_search_note") : STR(""));
	doc_bool(c->page, "has_changes", may(c->actor, &org_write, STR_NONE));
	if (is_search(l))
		doc_bool(c->page, "has_sorts", false);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_units_title"));
}

const struct err *org_get_units(struct call *c)
{
	const struct units_query *q = c->input;
	struct unit_list l = {.c = c, .q = q, .sort = q->sort, .list = &org_units, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	if (call_wants_table(c))
		return units_table(c, &l, (struct table){.columns = unit_shape, .brief = unit_brief, .file_name = "units", .title = "org_units_title"});
	put_units(&l);
	if (c->face == FACE_HTML)
		put_tree(c, &l);
	return NULL;
}

/* ---- places ----------------------------------------------------------------------- */

struct place_list {
	struct call *c;
	struct unit scope;
	struct cursor at;
	int64_t limit;
	struct place *rows;
	size_t n;
	bool more;
};

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = str_cmp(x->sort_key, y->sort_key);
	return order ? order : (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

static const struct err *read_source(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more)
{
	struct place_list *l = ctx;
	const struct places_query *q = l->c->input;
	struct cursor *at = s->place ? s->place : ARENA_NEW(db_arena(tx), struct cursor);
	const struct sql *stmt = sql_list_pick(&org_places_list, s->anchor, q->sort, NULL);
	struct str end = s->below.n ? path_end(db_arena(tx), s->below) : STR("~");
	if (!s->place)
		*at = l->at;
	s->place = at;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(l->c->city), ARG(s->anchor_id), ARG(at->text), ARG(at->id), arg_str(STR("")), ARG_CODE(place_kinds, q->kind),
			ARG(q->q), ARG(q->closed), ARG(s->below), ARG(end), arg_i64(limit + 1)),
		   place_row, sizeof(struct place), rows, n));
	*more = *n > (size_t)limit;
	*n = *more ? (size_t)limit : *n;
	const struct place *v = *rows;
	if (*n)
		*at = (struct cursor){.text = v[*n - 1].sort_key, .id = v[*n - 1].id};
	return NULL;
}

static const struct err *read_page_of_places(struct db_tx *tx, struct env *e, void *ctx)
{
	struct place_list *l = ctx;
	struct moving_list list = {sizeof(struct place), offsetof(struct place, id), offsetof(struct place, unit_path), by_name, read_source, l};
	struct list_source own = org_source(&l->scope);
	void *rows;
	TRY(moving_page(tx, e->city, &list, &own, l->scope.path, l->limit, &rows, &l->n, &l->more));
	l->rows = rows;
	if (l->n)
		l->at = (struct cursor){.text = l->rows[l->n - 1].sort_key, .id = l->rows[l->n - 1].id};
	return NULL;
}

static const struct err *read_places(struct db_tx *tx, struct env *e, void *ctx)
{
	struct place_list *l = ctx;
	const struct places_query *q = l->c->input;
	TRY(org_scope(tx, l->c, &org_read, q->unit, &l->scope));
	TRY(cursor_read(l->c, &org_places_list, q->sort, q->after, &l->at));
	return read_page_of_places(tx, e, l);
}

static const struct err *places_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct place_list *l = ctx;
	TRY(env_read(e, read_page_of_places, l));
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->rows;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *places_table(struct call *c, const struct place_list *from)
{
	const struct places_query *q = c->input;
	struct place_list *l = ARENA_NEW(c->a, struct place_list);
	*l = *from;
	l->limit = LIST_MAX;
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, &org_places_list, q->sort, q->after, &l->at));
	return call_table(c, &(struct table){.columns = place_shape, .row_size = sizeof(struct place), .page = places_page, .ctx = l,
					     .file_name = "places", .title = "org_places_title", .brief = place_brief, .about = l->scope.name});
}

const struct err *org_get_places(struct call *c)
{
	const struct places_query *q = c->input;
	struct place_list l = {.c = c, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_places, &l));
	if (call_wants_table(c))
		return places_table(c, &l);
	struct doc_style style = call_style(c, l.scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		doc_put(doc_append(items), place_shape, &l.rows[i], &style);
	cursor_next(c, &org_places_list, q->sort, l.more ? l.at : (struct cursor){0});
	call_list_page(c, &org_places_list, q->sort, "org_sort_", l.n);
	call_filter(c, "q", "text", "org_search", NULL, 0);
	filter_codes(c, "kind", "org_kind", &place_kinds);
	doc_str(c->page, "scope_label", l.scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_places_title"));
	return NULL;
}
