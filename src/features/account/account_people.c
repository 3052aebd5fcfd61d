/* The people of a unit and below. */
#include "account_model.h"

#include "account_sql.h"
#include "day.h"
#include "feature.h"
#include "org.h"
#include "org_sort.h"
#include "parts.h"

#include <string.h>

struct person_line {
	struct id id, unit_id;
	struct str name, staff_number, phone, unit_name, unit_path, sort_key;
};

const struct shape people_query_shape[] = {
	SHAPE(struct people_query, unit, 32),
	SHAPE(struct people_query, q, ACCOUNT_NAME_MAX),
	SHAPE(struct people_query, sort, 40),
	SHAPE(struct people_query, after, 400),
	SHAPE(struct people_query, limit, LIST_MAX),
	SHAPE(struct people_query, header, 8),
	SHAPE_END,
};
static const struct shape line_row[] = {
	SHAPE(struct person_line, id, 0),
	SHAPE(struct person_line, unit_id, 0),
	SHAPE(struct person_line, name, 0),
	SHAPE(struct person_line, staff_number, 0),
	SHAPE(struct person_line, phone, 0),
	SHAPE(struct person_line, unit_name, 0),
	SHAPE(struct person_line, unit_path, 0),
	SHAPE(struct person_line, sort_key, 0),
	SHAPE_END,
};
const struct shape person_line_shape[] = {
	SHAPE(struct person_line, id, 0),
	SHAPE(struct person_line, name, 0),
	SHAPE(struct person_line, staff_number, 0),
	SHAPE(struct person_line, unit_id, 0),
	SHAPE(struct person_line, unit_name, 0),
	SHAPE_FOR(struct person_line, phone, 0, SEE_PHONE),
	SHAPE_END,
};
static const struct doc_part duty_parts[] = {DOC_NAME("role"), DOC_NAME("role_label"), DOC_NAME("unit_id"), DOC_NAME("unit_name"), DOC_END};
static const struct doc_part line_parts[] = {DOC_ROWS("duties", duty_parts), DOC_END};
const struct doc_part people_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("new_href"), DOC_ROWS_OF("items", person_line_shape, line_parts), DOC_END};

struct people {
	struct call *c;
	struct unit scope;
	struct cursor at;
	struct str end; /* sort key behind all names that begin as was asked; none: nothing was asked */
	int64_t limit;
	struct person_line *v;
	struct duty **duties;
	size_t *n_duties;
	size_t n;
	bool more;
};

static int by_name(const void *a, const void *b)
{
	const struct person_line *x = a, *y = b;
	int order = str_cmp(x->sort_key, y->sort_key);
	return order ? order : (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

static const struct err *read_source(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more)
{
	struct people *l = ctx;
	const struct people_query *q = l->c->input;
	struct cursor *at = s->place ? s->place : ARENA_NEW(db_arena(tx), struct cursor);
	const struct sql *stmt = sql_list_pick(&account_people_list, s->anchor, q->sort, NULL);
	struct str end = s->below.n ? path_end(db_arena(tx), s->below) : STR("~");
	if (!s->place)
		*at = l->at;
	s->place = at;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(l->c->city), ARG(s->anchor_id), ARG(at->text), ARG(at->id), arg_str(STR("")), ARG(s->below), ARG(end),
			arg_i64(limit + 1)),
		   line_row, sizeof(struct person_line), rows, n));
	*more = *n > (size_t)limit;
	*n = *more ? (size_t)limit : *n;
	const struct person_line *v = *rows;
	while (l->end.n && *n && str_cmp(v[*n - 1].sort_key, l->end) >= 0) {
		*more = false;
		--*n;
	}
	if (*n)
		*at = (struct cursor){.text = v[*n - 1].sort_key, .id = v[*n - 1].id};
	return NULL;
}

/* Names that begin with what was asked stand together: the walk starts at the first and ends behind the last, whatever the city holds.
 * U+FFFF sorts behind every character. */
static const struct err *begin_at(struct people *l)
{
	const struct people_query *q = l->c->input;
	struct arena *a = l->c->a;
	struct str name = str_trim(q->q), first;
	TRY(cursor_read(l->c, &account_people_list, q->sort, q->after, &l->at));
	if (!name.n)
		return NULL;
	TRY(org_sort_key(a, name, &first));
	TRY(org_sort_key(a, str_fmt(a, "%.*s\xef\xbf\xbf", STR_ARG(name)), &l->end));
	if (str_cmp(l->at.text, first) < 0)
		l->at = (struct cursor){.text = first};
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct people *l)
{
	struct moving_list list = {sizeof(struct person_line), offsetof(struct person_line, id), offsetof(struct person_line, unit_path),
				   by_name, read_source, l};
	struct list_source own = org_source(&l->scope);
	void *rows;
	TRY(moving_page(tx, l->c->city, &list, &own, l->scope.path, l->limit, &rows, &l->n, &l->more));
	l->v = rows;
	if (l->n)
		l->at = (struct cursor){.text = l->v[l->n - 1].sort_key, .id = l->v[l->n - 1].id};
	return NULL;
}

static const struct err *read_people(struct db_tx *tx, struct env *e, void *ctx)
{
	struct people *l = ctx;
	const struct people_query *q = l->c->input;
	TRY(org_scope(tx, l->c, &account_people_read, q->unit, &l->scope));
	TRY(begin_at(l));
	TRY(read_page(tx, l));
	l->duties = ARENA_ARRAY(db_arena(tx), struct duty *, l->n + 1);
	l->n_duties = ARENA_ARRAY(db_arena(tx), size_t, l->n + 1);
	for (size_t i = 0; i < l->n; i++)
		TRY(account_read_duties(tx, e->city, l->v[i].id, instant_day(e->now), &l->duties[i], &l->n_duties[i]));
	return NULL;
}

enum { COUNT_MAX = 10000 };

const struct err *account_goes_along(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n)
{
	const struct unit *u = t->object;
	struct list_source s = org_source(u);
	const struct sql *q = u->enterprise_id.v ? &account_people_in_enterprise : u->mid_id.v ? &account_people_in_mid : &account_people_in_top;
	(void)now;
	*n = 1;
	out[0] = (struct along){.label = "account_people_along"};
	TRY(db_i64(tx, q, ARGS(ARG(city), ARG(s.anchor_id), ARG(u->path), ARG(path_end(db_arena(tx), u->path)), arg_i64(COUNT_MAX)), 0, &out[0].n));
	out[0].capped = out[0].n == COUNT_MAX;
	return NULL;
}

static void put_person(const struct people *l, size_t i, json_t *items)
{
	struct call *c = l->c;
	struct doc_style style = call_style(c, l->v[i].unit_path);
	json_t *j = doc_append(items);
	doc_put(j, person_line_shape, &l->v[i], &style);
	json_t *duties = doc_sublist(j, "duties");
	for (size_t k = 0; k < l->n_duties[i]; k++) {
		const struct duty *d = &l->duties[i][k];
		const char *role = codes_word(&role_codes, d->role);
		json_t *out = doc_append(duties);
		doc_z(out, "role", role);
		doc_str(out, "role_label", call_duty_label(c, d));
		doc_id(out, "unit_id", d->unit_id);
		doc_str(out, "unit_name", d->unit_name);
	}
}

/* ---- the same as a file -------------------------------------------------------------- */

static const struct err *table_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)e;
	return read_page(tx, ctx);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct people *l = ctx;
	TRY(env_read(e, table_rows, l));
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *people_table(struct call *c, const struct people *from)
{
	struct people *l = ARENA_NEW(c->a, struct people);
	*l = *from;
	l->limit = LIST_MAX;
	/* Who may see telephone numbers here may see them below. */
	c->target.unit_path = l->scope.path;
	TRY(begin_at(l));
	return call_table(c, &(struct table){.columns = person_line_shape, .row_size = sizeof(struct person_line), .page = table_page, .ctx = l,
					     .file_name = "people", .title = "account_people_title", .about = l->scope.name});
}

const struct err *account_get_people(struct call *c)
{
	const struct people_query *q = c->input;
	struct people l = {.c = c, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_people, &l));
	if (call_wants_table(c))
		return people_table(c, &l);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		put_person(&l, i, items);
	cursor_next(c, &account_people_list, q->sort, l.more ? l.at : (struct cursor){0});
	call_list_page(c, &account_people_list, q->sort, "account_sort_", l.n);
	call_filter(c, "q", "text", "account_search", NULL, 0);
	if (q->unit.n)
		call_filter(c, "unit", "hidden", "account_unit", NULL, 0);
	doc_str(c->page, "scope_label", l.scope.name);
	bool may_add = may(c->actor, &account_people_write, l.scope.path);
	doc_str(c->page, "new_href", may_add ? str_fmt(c->a, "/people/new?unit=%lld", (long long)l.scope.id.v) : STR(""));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_people_title"));
	return NULL;
}
