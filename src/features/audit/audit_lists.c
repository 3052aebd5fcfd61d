/* The lists of the trail: what was refused, looked at, logged in; and what was changed. */
#include "audit_model.h"

#include "account.h"
#include "audit_sql.h"
#include "day.h"
#include "parts.h"

#include <string.h>

/* Without a first day the lists look back so far. Whatever the days, a filter may pass few rows: a request looks at WALK_MAX of them, says
 * so where nothing fits, and the next goes on from there (decision 0018). */
enum { DAYS_BACK = 31, WALK_MAX = 1000 };

#define T struct audit_query
#define COMMON SHAPE(T, from, 0), SHAPE(T, to, 0), SHAPE(T, sort, 40), SHAPE(T, after, 400), SHAPE(T, limit, LIST_MAX), SHAPE(T, header, 8)
const struct shape audit_query_shape[] = {
	SHAPE(T, who, 60), SHAPE_CODE(T, what, &audit_whats), SHAPE(T, object, AUDIT_OBJECT_MAX), COMMON, SHAPE_END};
const struct shape audit_changes_query_shape[] = {SHAPE(T, who, 60), SHAPE(T, kind, 40), SHAPE(T, act, 40), COMMON, SHAPE_END};
#undef COMMON
#undef T

struct line {
	struct id id, actor_id, unit_id, object_id;
	struct instant at;
	struct str what, object, detail, addr, role, actor_name, unit_name;
	/* changes */
	struct str object_kind, act, body, at_unit_name;
	int64_t n, seq;
};

#define T struct line
static const struct shape line_row[] = {
	SHAPE(T, id, 0), SHAPE(T, at, 0), SHAPE(T, what, 0), SHAPE(T, object, 0), SHAPE(T, detail, 0), SHAPE(T, n, 0), SHAPE(T, addr, 0),
	SHAPE(T, role, 0), SHAPE(T, actor_id, 0), SHAPE(T, unit_id, 0), SHAPE(T, actor_name, 0), SHAPE(T, unit_name, 0), SHAPE_END};
static const struct shape change_row[] = {
	SHAPE(T, id, 0), SHAPE(T, at, 0), SHAPE(T, object_kind, 0), SHAPE(T, object_id, 0), SHAPE(T, seq, 0), SHAPE(T, act, 0),
	SHAPE(T, actor_id, 0), SHAPE(T, addr, 0), SHAPE_BLOB(T, body), SHAPE(T, at_unit_name, 0), SHAPE(T, actor_name, 0), SHAPE_END};
const struct shape audit_line_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, at, 0), SHAPE(T, what, 0), SHAPE(T, object, 0), SHAPE(T, detail, 0), SHAPE(T, n, 0), SHAPE(T, addr, 0),
	SHAPE(T, actor_id, 0), SHAPE(T, actor_name, 0), SHAPE(T, role, 0), SHAPE(T, unit_name, 0), SHAPE_END};
const struct shape audit_change_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, at, 0), SHAPE(T, object_kind, 0), SHAPE(T, object_id, 0), SHAPE(T, seq, 0), SHAPE(T, act, 0),
	SHAPE(T, addr, 0), SHAPE(T, actor_id, 0), SHAPE(T, actor_name, 0), SHAPE(T, role, 0), SHAPE(T, unit_name, 0),
	SHAPE(T, at_unit_name, 0), SHAPE_END};
#undef T

struct list {
	struct call *c;
	const struct audit_query *q;
	const struct sql_list *l;
	const struct shape *row;
	struct id actor;
	struct str path; /* empty: the whole city */
	struct day from;
	struct cursor at;
	int64_t limit;
	struct line *v;
	size_t n;
	bool more, is_changes;
	bool is_cut; /* it ends where a request stops looking, not where the rows do */
};

struct edge { int64_t at_sort, n; struct id at_id; };
static const struct shape edge_shape[] = {
	SHAPE(struct edge, at_sort, 0), SHAPE(struct edge, at_id, 0), SHAPE(struct edge, n, 0), SHAPE_END};

/* ---- what is asked for ------------------------------------------------------------------ */

struct named { struct id id; struct str phone, unit_path; };
static const struct shape named_shape[] = {
	SHAPE(struct named, id, 0), SHAPE(struct named, phone, 0), SHAPE(struct named, unit_path, 0), SHAPE_END};

/* A login or an id, or a telephone number, also as a login, for who may see those. */
static const struct err *look_up(struct db_tx *tx, struct list *l, struct str who, bool sees_phones, struct named *p, bool *found)
{
	int64_t city = l->c->city, number;
	TRY(db_find(tx, &audit_person_by_login, ARGS(ARG(city), ARG(who)), named_shape, p, found));
	if (*found && !sees_phones && account_login_tells_phone(who, p->phone))
		*found = false;
	if (!*found && sees_phones)
		TRY(db_find(tx, &audit_person_by_phone, ARGS(ARG(city), ARG(who)), named_shape, p, found));
	if (!*found && str_i64(who, 1, INT64_MAX, &number))
		TRY(db_find(tx, &audit_person_by_id, ARGS(ARG(city), arg_i64(number)), named_shape, p, found));
	return NULL;
}

/* Nobody is found by what the reader may not see, or elsewhere than where the reader's trail is. */
static const struct err *find_person(struct db_tx *tx, struct list *l)
{
	const struct duty *d = widest_duty(l->c->actor, &audit_read);
	struct str who = str_trim(l->q->who);
	struct named p = {0};
	bool found = false, sees_phones = d && sight_at(l->c->actor, d->unit_path) >> SEE_PHONE & 1;
	if (!who.n)
		return NULL;
	TRY(look_up(tx, l, who, sees_phones, &p, &found));
	if (!found || !str_has_prefix(p.unit_path, l->path))
		return err_on_field(l->c->a, "who", "no_such_person", "no login or person of this kind");
	l->actor = p.id;
	return NULL;
}

static const struct err *read_window(struct list *l)
{
	const struct audit_query *q = l->q;
	struct day to = q->to.ymd ? q->to : instant_day(l->c->env.now);
	l->from = q->from.ymd ? q->from : day_add(to, -DAYS_BACK);
	if (q->from.ymd && q->to.ymd && q->from.ymd > q->to.ymd)
		return err_on_field(l->c->a, "to", "before_from", "the last day lies before the first");
	TRY(cursor_read(l->c, l->l, q->sort, q->after, &l->at));
	if (!q->after.n && q->to.ymd)
		l->at = (struct cursor){.number = day_start(day_add(to, 1)).ms, .id = ID(0)};
	return NULL;
}

/* The trail of units below the reader's own; the city's reader also sees what belongs to no unit. */
static void read_scope(struct list *l)
{
	const struct duty *d = widest_duty(l->c->actor, &audit_read);
	bool is_city = !d || may_everywhere(l->c->actor, &audit_read);
	l->path = is_city ? STR("") : d->unit_path;
}

static const struct err *find_doers(struct list *l)
{
	for (size_t i = 0; i < l->n && l->is_changes; i++) {
		struct line *v = &l->v[i];
		struct event_doer doer;
		if (!event_doer(v->body, &doer))
			return ERR(l->c->a, ERR_BUG, "event_broken", "event %lld cannot be read", (long long)v->id.v);
		v->role = doer.role;
		v->unit_name = doer.unit_name;
		/* Who must not be known is not given away by the minute, in which others say what they did. */
		if (doer.is_hidden)
			v->at = day_start(instant_day(v->at));
		if (doer.is_hidden)
			v->addr = v->actor_name = STR("");
	}
	return NULL;
}

/* The last row that this request looks at: of the first day asked for, or of as many as it looks at. */
static const struct err *find_edge(struct db_tx *tx, struct list *l, const struct sql *stmt, bool narrows, struct cursor *out)
{
	struct edge e = {0};
	bool found = false;
	*out = (struct cursor){.number = day_start(l->from).ms, .id = ID(-1)};
	l->is_cut = false;
	if (narrows)
		TRY(db_find(tx, &l->l->edges[stmt - l->l->stmts],
			    ARGS(ARG(l->c->city), ARG(l->actor), arg_i64(l->at.number), ARG(l->at.id), arg_str(STR("")), arg_i64(WALK_MAX)),
			    edge_shape, &e, &found));
	if (!found || e.n < WALK_MAX || e.at_sort < out->number)
		return NULL;
	l->is_cut = true;
	*out = (struct cursor){.number = e.at_sort, .id = e.at_id};
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct list *l = ctx;
	const struct audit_query *q = l->q;
	struct cursor edge;
	void *rows;
	(void)e;
	struct str first = l->is_changes ? q->kind : str_of(codes_word(&audit_whats, q->what)), second = l->is_changes ? q->act : q->object;
	const struct sql *stmt = sql_list_pick(l->l, l->actor.v ? "actor" : "city", q->sort, NULL);
	TRY(find_edge(tx, l, stmt, first.n || second.n || l->path.n, &edge));
	TRY(db_all(tx, stmt,
		   ARGS(ARG(l->c->city), ARG(l->actor), arg_i64(l->at.number), ARG(l->at.id), arg_str(STR("")), ARG(day_start(l->from)),
			ARG(first), ARG(second), ARG(l->path), arg_str(path_end(db_arena(tx), l->path)), arg_i64(edge.number), ARG(edge.id),
			arg_i64(l->limit + 1)),
		   l->row, sizeof(struct line), &rows, &l->n));
	l->v = rows;
	l->more = l->n > (size_t)l->limit || l->is_cut;
	if (l->n > (size_t)l->limit) {
		l->n = (size_t)l->limit;
		l->is_cut = false;
	}
	if (l->is_cut)
		l->at = edge;
	else if (l->n)
		l->at = (struct cursor){.number = l->v[l->n - 1].at.ms, .id = l->v[l->n - 1].id};
	return find_doers(l);
}

static const struct err *open_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct list *l = ctx;
	read_scope(l);
	TRY(find_person(tx, l));
	TRY(read_window(l));
	return call_wants_table(l->c) ? NULL : read_page(tx, e, l);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct list *l = ctx;
	TRY(env_read(e, read_page, l));
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

/* Who reads the trail is in it. Somebody looked for is kept as the person: what was typed may be a telephone number, and these rows are
 * sealed for good. */
static const struct err *audit_reader(struct call *c, const struct list *l)
{
	struct str who = l->actor.v ? str_fmt(c->a, "%lld", (long long)l->actor.v) : STR("");
	struct str query = str_sub(call_href_with(c, "who", who), 0, 200);
	struct audit au = {.what = call_wants_table(c) ? "export" : "look", .object = str_of(c->route->path), .detail = query};
	return audit_write(&c->env, &au);
}

/* ---- pages -------------------------------------------------------------------------------- */

/* The word in the reader's language where there is one: the trail also holds what older programs wrote. */
struct str audit_word(struct call *c, const char *prefix, struct str word)
{
	struct str key = str_fmt(c->a, "%s%.*s", prefix, STR_ARG(word)), text = call_text(c, key.p);
	return word.n == 0 || str_eq(text, key) ? word : text;
}

static void put_line(struct list *l, json_t *items, const struct line *v)
{
	struct call *c = l->c;
	struct doc_style style = call_style(c, l->path);
	json_t *j = doc_append(items);
	doc_put(j, l->is_changes ? audit_change_shape : audit_line_shape, v, &style);
	if (c->face != FACE_HTML)
		return;
	doc_str(j, "at_label", instant_short(c->a, v->at));
	doc_str(j, "role_label", audit_word(c, "code_role_", v->role));
	if (!l->is_changes) {
		doc_str(j, "what_label", audit_word(c, "code_audit_what_", v->what));
		return;
	}
	doc_str(j, "kind_label", audit_word(c, "audit_kind_", v->object_kind));
	doc_str(j, "act_label", audit_word(c, "audit_act_", v->act));
	doc_str(j, "href", str_fmt(c->a, "/audit/changes/%.*s/%lld", STR_ARG(v->object_kind), (long long)v->object_id.v));
}

static void put_list(struct list *l)
{
	struct call *c = l->c;
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		put_line(l, items, &l->v[i]);
	doc_day(c->doc, "from", l->from);
	cursor_next(c, l->l, l->q->sort, l->more ? l->at : (struct cursor){0});
	call_list_page(c, l->l, l->q->sort, "audit_sort_", l->n);
	call_filter(c, "who", "text", "audit_who", NULL, 0);
	doc_bool(c->page, "is_changes", l->is_changes);
	doc_bool(c->page, "is_cut", l->is_cut);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, l->is_changes ? "audit_changes_title" : "audit_title"));
}

static const struct err *show(struct call *c, struct list *l)
{
	l->c = c;
	l->q = c->input;
	l->limit = call_wants_table(c) ? LIST_MAX : l->q->limit ? l->q->limit : LIST_DEFAULT;
	TRY(call_read(c, open_list, l));
	TRY(audit_reader(c, l));
	if (call_wants_table(c))
		return call_table(c, &(struct table){
			.columns = l->is_changes ? audit_change_shape : audit_line_shape,
			.row_size = sizeof(struct line),
			.page = table_page,
			.ctx = l,
			.file_name = l->is_changes ? "audit-changes" : "audit",
			.title = l->is_changes ? "audit_changes_title" : "audit_title",
		});
	put_list(l);
	return NULL;
}

static void filter_words(struct call *c, const char *name, const char *label, const char *prefix, const char *const *words, size_t n)
{
	struct choice *v = ARENA_ARRAY(c->a, struct choice, n);
	for (size_t i = 0; i < n; i++)
		v[i] = (struct choice){.value = str_of(words[i]), .label = audit_word(c, prefix, str_of(words[i]))};
	call_filter(c, name, "select", label, v, n);
}

const struct err *audit_get_rows(struct call *c)
{
	struct list *l = ARENA_NEW(c->a, struct list);
	l->l = &audit_rows;
	l->row = line_row;
	TRY(show(c, l));
	if (c->face != FACE_HTML)
		return NULL;
	size_t n = 0;
	while (audit_whats.words[n + 1])
		n++;
	filter_words(c, "what", "audit_what", "code_audit_what_", audit_whats.words + 1, n);
	call_filter(c, "object", "text", "audit_object", NULL, 0);
	call_filter(c, "from", "date", "audit_from", NULL, 0);
	call_filter(c, "to", "date", "audit_to", NULL, 0);
	return NULL;
}

const struct err *audit_get_changes(struct call *c)
{
	static const char *const kinds[] = {"hazard", "unit", "place", "person", "account", "campaign", "role"};
	struct list *l = ARENA_NEW(c->a, struct list);
	l->l = &audit_changes;
	l->row = change_row;
	l->is_changes = true;
	TRY(show(c, l));
	if (c->face != FACE_HTML)
		return NULL;
	filter_words(c, "kind", "audit_object", "audit_kind_", kinds, sizeof(kinds) / sizeof(kinds[0]));
	call_filter(c, "act", "text", "audit_act", NULL, 0);
	call_filter(c, "from", "date", "audit_from", NULL, 0);
	call_filter(c, "to", "date", "audit_to", NULL, 0);
	return NULL;
}

#define LABELS DOC_NAME("at_label"), DOC_NAME("role_label"), DOC_NAME("what_label"), DOC_NAME("kind_label"), DOC_NAME("act_label"), DOC_NAME("href")
static const struct doc_part line_parts[] = {LABELS, DOC_END};
const struct doc_part audit_rows_doc[] = {
	DOC_PARTS(list_parts), DOC_ROWS_OF("items", audit_line_shape, line_parts), DOC_NAME("from"), DOC_NAME("is_changes"), DOC_NAME("is_cut"), DOC_END};
const struct doc_part audit_changes_doc[] = {
	DOC_PARTS(list_parts), DOC_ROWS_OF("items", audit_change_shape, line_parts), DOC_NAME("from"), DOC_NAME("is_changes"), DOC_NAME("is_cut"), DOC_END};
