#include "org_model.h"

#include "org_sql.h"

const struct shape units_query_shape[] = {
	SHAPE(struct units_query, unit, ORG_CODE_MAX),
	SHAPE_CODE(struct units_query, kind, &unit_kinds),
	SHAPE(struct units_query, q, ORG_NAME_MAX),
	SHAPE(struct units_query, closed, 0),
	SHAPE(struct units_query, sort, 40),
	SHAPE(struct units_query, after, 400),
	SHAPE(struct units_query, limit, LIST_MAX),
	SHAPE_END,
};

const struct shape employers_query_shape[] = {
	SHAPE(struct units_query, unit, ORG_CODE_MAX),
	SHAPE(struct units_query, high_risk, 1),
	SHAPE(struct units_query, non_public, 1),
	SHAPE_CODE(struct units_query, size, &employer_sizes),
	SHAPE(struct units_query, q, ORG_NAME_MAX),
	SHAPE(struct units_query, closed, 0),
	SHAPE(struct units_query, sort, 40),
	SHAPE(struct units_query, after, 400),
	SHAPE(struct units_query, limit, LIST_MAX),
	SHAPE_END,
};

const struct shape employer_columns[] = {
	SHAPE(struct unit, id, 0),
	SHAPE(struct unit, parent_id, 0),
	SHAPE(struct unit, name, 0),
	SHAPE(struct unit, union_name, 0),
	SHAPE(struct unit, code, 0),
	SHAPE(struct unit, uscc, 0),
	SHAPE(struct unit, industry, 0),
	SHAPE_CODE(struct unit, size, &employer_sizes),
	SHAPE(struct unit, headcount, 0),
	SHAPE(struct unit, high_risk, 0),
	SHAPE(struct unit, non_public, 0),
	SHAPE(struct unit, is_closed, 0),
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
	SHAPE_END,
};

const struct shape unit_page_query_shape[] = {SHAPE(struct unit_page_query, after, 400), SHAPE_END};

/* ---- parts of list pages ------------------------------------------------------ */

static json_t *filter(struct call *c, const char *name, const char *label, struct str value)
{
	json_t *list = json_object_get(c->page, "filters");
	json_t *f = doc_append(list ? list : doc_sublist(c->page, "filters"));
	doc_z(f, "name", name);
	doc_str(f, "label", call_text(c, label));
	doc_str(f, "value", value);
	return f;
}

static void option(json_t *options, struct str value, struct str label, struct str chosen)
{
	json_t *o = doc_append(options);
	doc_str(o, "value", value);
	doc_str(o, "label", label);
	doc_bool(o, "selected", str_eq(value, chosen));
}

void org_filter_text(struct call *c, const char *name, const char *label, struct str value)
{
	doc_bool(filter(c, name, label, value), "is_text", true);
}

void org_filter_codes(struct call *c, const char *name, const char *label, const struct codes *codes, uint32_t value)
{
	struct str chosen = str_of(codes_word(codes, value));
	json_t *f = filter(c, name, label, chosen);
	json_t *options = doc_sublist(f, "options");
	doc_bool(f, "is_select", true);
	option(options, STR(""), call_text(c, "org_any"), chosen);
	for (size_t i = 1; codes->words[i]; i++)
		option(options, str_of(codes->words[i]), call_label(c, codes, codes->words[i]), chosen);
}

void org_filter_flag(struct call *c, const char *name, const char *label, struct str value)
{
	json_t *f = filter(c, name, label, value);
	json_t *options = doc_sublist(f, "options");
	doc_bool(f, "is_select", true);
	option(options, STR(""), call_text(c, "org_any"), value);
	option(options, STR("1"), call_text(c, "org_yes"), value);
	option(options, STR("0"), call_text(c, "org_no"), value);
}

void org_put_paging(struct call *c, size_t n, bool more)
{
	bool first = !pairs_has(&c->req->query, "after");
	doc_bool(c->page, "has_items", n > 0);
	doc_bool(c->page, "has_pages", more || !first);
	doc_str(c->page, "first_href", first ? STR("") : call_href_with(c, "after", STR("")));
}

void org_put_entry(struct call *c, json_t *list, const struct unit *u)
{
	json_t *j = doc_append(list);
	struct str kind = call_label(c, &unit_kinds, codes_word(&unit_kinds, u->kind));
	doc_str(j, "href", str_fmt(c->a, "/units/%lld", (long long)u->id.v));
	doc_str(j, "title", u->name);
	doc_str(j, "sub", u->code.n ? str_fmt(c->a, "%.*s · %.*s", STR_ARG(kind), STR_ARG(u->code)) : kind);
	doc_str(j, "state_label", u->is_closed ? call_text(c, "org_closed") : STR(""));
	doc_z(j, "state_tone", "info");
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
};

static int64_t flag(struct str s)
{
	return s.n ? str_is(s, "1") : -1;
}

static const struct err *read_units(struct db_tx *tx, struct unit_list *l)
{
	const struct units_query *q = l->q;
	const char *anchor = l->list == &org_units ? "parent" : org_anchor(&l->scope).word;
	int sort = sql_list_sort(l->list, l->sort);
	struct arg at = cursor_arg(l->list, sort, &l->at), limit = arg_i64(l->limit + 1);
	const struct sql *stmt = sql_list_pick(l->list, anchor, l->sort, NULL);
	void *rows = NULL;
	size_t n = 0;
	if (!stmt)
		return NULL; /* employers below a workshop: none */
	if (l->list == &org_employers)
		TRY(db_all(tx, stmt,
			   ARGS(ARG(l->c->city), ARG(l->scope.id), at, ARG(l->at.id), arg_str(STR("")), ARG(flag(q->high_risk)),
				ARG(flag(q->non_public)), ARG_CODE(employer_sizes, q->size), ARG(q->q), ARG(q->closed), limit),
			   unit_row, sizeof(struct unit), &rows, &n));
	else
		TRY(db_all(tx, stmt,
			   ARGS(ARG(l->c->city), ARG(l->scope.id), at, ARG(l->at.id), arg_str(STR("")),
				ARG_CODE(unit_kinds, q->kind), ARG(q->q), ARG(q->closed), limit),
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
	const char *level = org_anchor(&l->scope).word;
	if (l->list == &org_employers)
		return;
	l->list = l->q->kind && strcmp(level, "unit") != 0 ? &org_units_below : &org_units;
	/* Counties in their official order, all else by name. */
	if (l->list == &org_units && l->sort.n == 0 && l->scope.kind == UNIT_CITY)
		l->sort = STR("code");
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit_list *l = ctx;
	(void)e;
	TRY(org_scope(tx, l->c, &org_read, l->q->unit, &l->scope));
	choose(l);
	TRY(cursor_read(l->c, l->list, l->sort, l->q->after, &l->at));
	return read_units(tx, l);
}

static void put_units(struct unit_list *l)
{
	struct call *c = l->c;
	struct doc_style style = call_style(c, l->scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		doc_put(doc_append(items), unit_shape, &l->rows[i], &style);
	cursor_next(c, l->list, l->sort, l->more ? l->at : (struct cursor){0});
	org_put_paging(c, l->n, l->more);
	doc_str(c->page, "scope_label", l->scope.name);
	doc_bool(c->page, "has_sorts", false);
}

const struct err *org_get_units(struct call *c)
{
	const struct units_query *q = c->input;
	struct unit_list l = {.c = c, .q = q, .sort = q->sort, .list = &org_units, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	put_units(&l);
	org_filter_text(c, "q", "org_search", q->q);
	org_filter_codes(c, "kind", "org_kind", &unit_kinds, q->kind);
	json_t *entries = doc_sublist(c->page, "items");
	for (size_t i = 0; i < l.n; i++)
		org_put_entry(c, entries, &l.rows[i]);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_units_title"));
	return NULL;
}

/* ---- employers ------------------------------------------------------------------ */

static const struct err *csv_units(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)e;
	return read_units(tx, ctx);
}

static const struct err *csv_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct unit_list *l = ctx;
	TRY(env_read(e, csv_units, l));
	/* The place in the list outlives this page's memory. */
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->rows;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *employers_csv(struct call *c, const struct unit_list *from)
{
	struct unit_list *l = ARENA_NEW(c->a, struct unit_list);
	*l = *from;
	l->limit = LIST_MAX;
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, l->list, l->sort, l->q->after, &l->at));
	return call_csv(c, employer_columns, sizeof(struct unit), csv_page, l, "employers.csv");
}

static void put_employers_page(struct call *c, const struct units_query *q, const struct unit_list *l)
{
	json_t *rows = json_deep_copy(json_object_get(c->doc, "items"));
	for (size_t i = 0; i < l->n; i++) {
		json_t *j = json_array_get(rows, i);
		doc_str(j, "high_risk_label", l->rows[i].high_risk ? call_text(c, "org_high_risk") : STR(""));
		doc_str(j, "non_public_label", l->rows[i].non_public ? call_text(c, "org_non_public") : STR(""));
	}
	doc_set(c->page, "items", rows);
	json_decref(rows);
	org_filter_text(c, "q", "org_search", q->q);
	org_filter_flag(c, "high_risk", "org_high_risk", q->high_risk);
	org_filter_flag(c, "non_public", "org_non_public", q->non_public);
	org_filter_codes(c, "size", "org_size", &employer_sizes, q->size);
	struct str here = call_href_with(c, "after", STR(""));
	ptrdiff_t ask = str_find(here, '?');
	doc_str(c->page, "csv_href", str_fmt(c->a, "/employers.csv%.*s", STR_ARG(ask < 0 ? STR("") : str_sub(here, (size_t)ask, here.n))));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_employers_title"));
}

const struct err *org_get_employers(struct call *c)
{
	const struct units_query *q = c->input;
	struct unit_list l = {.c = c, .q = q, .sort = q->sort, .list = &org_employers, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	if (c->face == FACE_CSV)
		return employers_csv(c, &l);
	put_units(&l);
	if (c->face == FACE_HTML)
		put_employers_page(c, q, &l);
	return NULL;
}

/* ---- places ----------------------------------------------------------------------- */

struct place_list {
	struct call *c;
	struct unit scope;
	struct place *rows;
	size_t n;
	bool more;
};

static const struct err *read_places(struct db_tx *tx, struct env *e, void *ctx)
{
	struct place_list *l = ctx;
	struct call *c = l->c;
	const struct places_query *q = c->input;
	int64_t limit = q->limit ? q->limit : LIST_DEFAULT;
	struct cursor at;
	void *rows;
	(void)e;
	TRY(org_scope(tx, c, &org_read, q->unit, &l->scope));
	TRY(cursor_read(c, &org_places_list, q->sort, q->after, &at));
	int sort = sql_list_sort(&org_places_list, q->sort);
	const struct sql *stmt = sql_list_pick(&org_places_list, org_anchor(&l->scope).word, q->sort, NULL);
	TRY(db_all(tx, stmt,
		   ARGS(ARG(c->city), ARG(l->scope.id), cursor_arg(&org_places_list, sort, &at), ARG(at.id), arg_str(STR("")),
			ARG_CODE(place_kinds, q->kind), ARG(q->q), ARG(q->closed), arg_i64(limit + 1)),
		   place_row, sizeof(struct place), &rows, &l->n));
	l->rows = rows;
	l->more = l->n > (size_t)limit;
	l->n = l->more ? (size_t)limit : l->n;
	return NULL;
}

const struct err *org_get_places(struct call *c)
{
	const struct places_query *q = c->input;
	struct place_list l = {.c = c};
	TRY(call_read(c, read_places, &l));
	struct doc_style style = call_style(c, l.scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		doc_put(doc_append(items), place_shape, &l.rows[i], &style);
	struct cursor last = {0};
	if (l.more)
		last = (struct cursor){.text = l.rows[l.n - 1].sort_key, .id = l.rows[l.n - 1].id};
	cursor_next(c, &org_places_list, q->sort, last);
	org_put_paging(c, l.n, l.more);
	org_filter_text(c, "q", "org_search", q->q);
	org_filter_codes(c, "kind", "org_kind", &place_kinds, q->kind);
	doc_str(c->page, "scope_label", l.scope.name);
	doc_bool(c->page, "has_sorts", false);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_places_title"));
	return NULL;
}
