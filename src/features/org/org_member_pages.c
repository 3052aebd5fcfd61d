/* The members of an industry, joint or regional union that report elsewhere: list, add, end. */
#include "org_member.h"

#include "day.h"
#include "org_sql.h"
#include "parts.h"

#define Q struct members_query
const struct shape members_query_shape[] = {
	SHAPE(Q, q, ORG_NAME_MAX), SHAPE(Q, ended, 0), SHAPE(Q, sort, 40), SHAPE(Q, after, 400), SHAPE(Q, limit, LIST_MAX), SHAPE(Q, header, 8),
	SHAPE_END,
};
#undef Q
const struct shape member_input_shape[] = {SHAPE_IN(struct member_input, unit, ORG_NAME_MAX, SHAPE_REQUIRED),
					   SHAPE(struct member_input, from_on, 0), SHAPE_END};
const struct shape member_end_shape[] = {SHAPE(struct member_end_input, to_on, 0), SHAPE_IN(struct member_end_input, version, 0, SHAPE_REQUIRED),
					 SHAPE_END};

struct members {
	struct call *c;
	const struct unit *over;
	struct cursor at;
	struct str q;
	bool ended;
	int64_t limit;
	struct membership *v;
	size_t n;
	bool more;
};

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct members *l = ctx;
	const struct sql *stmt = sql_list_pick(&org_members_list, "union", STR_NONE, NULL);
	void *rows;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(e->city), ARG(l->over->id), ARG(l->at.text), ARG(l->at.id), arg_str(STR("")), ARG(l->ended), ARG(l->q),
			arg_i64(l->limit + 1)),
		   membership_row, sizeof(struct membership), &rows, &l->n));
	l->v = rows;
	l->more = l->n > (size_t)l->limit;
	l->n = l->more ? (size_t)l->limit : l->n;
	if (l->n)
		l->at = (struct cursor){.text = day_text(db_arena(tx), l->v[l->n - 1].from_on), .id = l->v[l->n - 1].id};
	return NULL;
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct members *l = ctx;
	TRY(env_read(e, read_page, l));
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static void put_end(struct call *c, json_t *j, const struct membership *m)
{
	json_t *actions = doc_sublist(j, "actions");
	bool can = !m->to_on.ymd && may(c->actor, &org_write, m->union_path);
	doc_bool(j, "has_end", can);
	if (!can)
		return;
	json_t *act = doc_append(actions);
	doc_str(act, "label", call_text(c, "org_member_end"));
	doc_str(act, "href", str_fmt(c->a, "/memberships/%lld/end", (long long)m->id.v));
	doc_i64(act, "version", m->version);
	doc_bool(act, "has_fields", false);
	doc_bool(act, "open", false);
	doc_str(act, "confirm", str_fmt(c->a, "%.*s %.*s?", STR_ARG(call_text(c, "org_member_end")), STR_ARG(m->employer_name)));
}

/* Who reads the union reads its members' names; the employer's own page opens for who may see it. */
static void put_rows(struct call *c, const struct members *l)
{
	struct doc_style style = call_style(c, l->over->path);
	json_t *items = doc_sublist(c->doc, "items"), *rows = doc_sublist(c->page, "items");
	for (size_t i = 0; i < l->n; i++) {
		const struct membership *m = &l->v[i];
		doc_put(doc_append(items), membership_shape, m, &style);
		json_t *j = doc_append(rows);
		doc_put(j, membership_shape, m, &style);
		bool sees = may(c->actor, &org_read, m->employer_path);
		doc_str(j, "href", sees ? str_fmt(c->a, "/units/%lld", (long long)m->employer_id.v) : STR(""));
		put_end(c, j, m);
	}
}

static void put_add(struct call *c, const struct unit *over)
{
	json_t *fields = doc_sublist(c->page, "fields");
	bool can = may(c->actor, &org_write, over->path) && org_takes_members(over->kind) && !over->is_closed;
	struct field unit = {.name = "unit", .kind = "text", .label = "org_member_unit", .hint = "org_member_unit_hint", .max = ORG_NAME_MAX,
			     .required = true};
	struct field from = {.name = "from_on", .kind = "date", .label = "org_member_from", .value = day_text(c->a, instant_day(c->env.now))};
	doc_bool(c->page, "may_add", can);
	if (!can)
		return;
	call_field(c, fields, NULL, &unit);
	call_field(c, fields, NULL, &from);
}

static const struct err *show(struct call *c, struct members *l)
{
	TRY(call_read(c, read_page, l));
	put_rows(c, l);
	cursor_next(c, &org_members_list, STR_NONE, l->more ? l->at : (struct cursor){0});
	call_list_page(c, &org_members_list, STR_NONE, "org_sort_", l->n);
	call_filter(c, "q", "text", "org_search", NULL, 0);
	put_add(c, l->over);
	doc_str(c->page, "unit_name", l->over->name);
	doc_str(c->page, "unit_href", str_fmt(c->a, "/units/%lld", (long long)l->over->id.v));
	doc_str(c->page, "post_href", str_fmt(c->a, "/units/%lld/members", (long long)l->over->id.v));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_members_title"));
	return NULL;
}

const struct err *org_get_members(struct call *c)
{
	const struct members_query *q = c->input;
	struct members *l = ARENA_NEW(c->a, struct members);
	*l = (struct members){.c = c, .over = c->target.object, .q = q->q, .ended = q->ended, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(cursor_read(c, &org_members_list, q->sort, q->after, &l->at));
	if (!call_wants_table(c))
		return show(c, l);
	l->limit = LIST_MAX;
	return call_table(c, &(struct table){.columns = membership_shape, .row_size = sizeof(struct membership), .page = table_page, .ctx = l,
					     .file_name = "members", .title = "org_members_title", .about = l->over->name});
}

const struct err *org_form_member(struct call *c)
{
	struct members *l = ARENA_NEW(c->a, struct members);
	*l = (struct members){.c = c, .over = c->target.object, .limit = LIST_DEFAULT};
	TRY(cursor_read(c, &org_members_list, STR_NONE, STR_NONE, &l->at));
	return show(c, l);
}

/* ---- writing ------------------------------------------------------------------------- */

struct joining {
	struct call *c;
	struct membership m;
	struct outcome out;
};

/* By credit code too; what is out of reach is not there. */
static const struct err *find_employer(struct db_tx *tx, struct call *c, struct str text, struct unit *out)
{
	bool found = false;
	TRY(db_find(tx, &org_unit_with_uscc, ARGS(ARG(c->city), ARG(text)), unit_row, out, &found));
	const struct err *bad = found ? NULL : org_unit_named(tx, c->city, text, out);
	if ((bad && bad->kind == ERR_MISSING) || (!bad && !may(c->actor, &org_read, out->path)))
		return err_on_field(c->a, "unit", "unknown_unit", "no such unit");
	return bad;
}

static const struct err *write_join(struct db_tx *tx, struct env *e, void *ctx)
{
	struct joining *k = ctx;
	const struct member_input *in = k->c->input;
	struct unit u;
	TRY(find_employer(tx, k->c, str_trim(in->unit), &u));
	k->m = (struct membership){.union_id = k->c->target.id, .employer_id = u.id, .from_on = in->from_on};
	TRY(org_member_add(tx, e, &k->m));
	k->out.object = k->m.id;
	return NULL;
}

static const struct err *read_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct joining *k = ctx;
	return db_one(tx, &org_member_by_id, ARGS(ARG(e->city), ARG(k->out.object)), membership_row, &k->m);
}

static const struct err *done(struct joining *k, int status)
{
	struct call *c = k->c;
	TRY(call_read(c, read_one, k));
	struct doc_style style = call_style(c, k->m.union_path);
	doc_put(c->doc, membership_shape, &k->m, &style);
	call_done(c, status, str_fmt(c->a, "/units/%lld/members", (long long)k->m.union_id.v));
	return NULL;
}

const struct err *org_post_member(struct call *c)
{
	struct joining k = {.c = c};
	TRY(call_write(c, write_join, &k, &k.out));
	return done(&k, 201);
}

const struct err *org_locate_membership(struct db_tx *tx, struct call *c, struct target *t)
{
	struct membership *m = ARENA_NEW(c->a, struct membership);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(db_one(tx, &org_member_by_id, ARGS(ARG(c->city), ARG(t->id)), membership_row, m));
	t->unit_id = m->union_id;
	t->unit_path = m->union_path;
	t->object = m;
	return NULL;
}

static const struct err *write_end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct joining *k = ctx;
	const struct member_end_input *in = k->c->input;
	k->out.object = k->c->target.id;
	return org_member_stop(tx, e, k->c->target.id, in->to_on, in->version);
}

const struct err *org_post_member_end(struct call *c)
{
	struct joining k = {.c = c};
	TRY(call_write(c, write_end, &k, &k.out));
	return done(&k, 200);
}

static const struct doc_part member_parts[] = {DOC_NAME("href"), DOC_NAME("has_end"), DOC_ROWS("actions", action_parts), DOC_END};
const struct doc_part org_members_parts[] = {
	DOC_PARTS(list_parts), DOC_ROWS_OF("items", membership_shape, member_parts), DOC_ROWS("fields", field_parts), DOC_NAME("may_add"),
	DOC_NAME("unit_name"), DOC_NAME("unit_href"), DOC_NAME("post_href"), DOC_END};
