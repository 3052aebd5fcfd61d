/* Employers that may have been entered twice: looked at, and either merged in the tree or marked as not the same. */
#include "employer_model.h"

#include "employer_sql.h"
#include "event.h"
#include "parts.h"

#include <string.h>

struct twin {
	struct id first_id, second_id;
	struct str why, state, decided_by_name, first_name, second_name, first_uscc, second_uscc, first_path, second_path;
	struct instant decided_at;
	int64_t first_headcount, second_headcount;
};
static const struct shape twin_row[] = {
	SHAPE(struct twin, first_id, 0), SHAPE(struct twin, second_id, 0), SHAPE(struct twin, why, 0), SHAPE(struct twin, state, 0),
	SHAPE(struct twin, decided_by_name, 0), SHAPE(struct twin, decided_at, 0), SHAPE(struct twin, first_name, 0),
	SHAPE(struct twin, second_name, 0), SHAPE(struct twin, first_uscc, 0), SHAPE(struct twin, second_uscc, 0),
	SHAPE(struct twin, first_path, 0), SHAPE(struct twin, second_path, 0), SHAPE(struct twin, first_headcount, 0),
	SHAPE(struct twin, second_headcount, 0), SHAPE_END};

static const char *const state_words[] = {"", "open", "different", NULL};
const struct codes twin_states = {"twin_state", state_words};

const struct shape employer_twins_query_shape[] = {
	SHAPE(struct twins_query, unit, 32), SHAPE_CODE(struct twins_query, state, &twin_states), SHAPE(struct twins_query, after, 60), SHAPE_END};
const struct shape employer_twin_input_shape[] = {SHAPE_CODE_IN(struct twin_input, state, SHAPE_REQUIRED, &twin_states), SHAPE_END};

/* ---- the list --------------------------------------------------------------------------------- */

struct list {
	struct call *c;
	struct unit scope;
	struct id first, second; /* behind this pair */
	struct twin *v;
	size_t n;
	bool more;
};

static const struct err *read_after(struct list *l, struct str after)
{
	struct str rest = after, head = str_cut(&rest, '.');
	if (!after.n)
		return NULL;
	if (!str_i64(head, 1, INT64_MAX, &l->first.v) || !str_i64(rest, 1, INT64_MAX, &l->second.v))
		return err_on_field(l->c->a, "after", "bad_cursor", "not a cursor of this list");
	return NULL;
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct list *l = ctx;
	const struct twins_query *q = l->c->input;
	uint32_t state = q->state ? q->state : (uint32_t)TWIN_OPEN;
	void *rows;
	TRY(org_scope(tx, l->c, &employer_twins, q->unit, &l->scope));
	TRY(read_after(l, q->after));
	TRY(db_all(tx, &employer_twins_page,
		   ARGS(ARG(e->city), ARG_CODE(twin_states, state), ARG(l->first), ARG(l->second), ARG(l->scope.path),
			arg_str(path_end(e->a, l->scope.path)), arg_i64(LIST_DEFAULT + 1)),
		   twin_row, sizeof(struct twin), &rows, &l->n));
	l->v = rows;
	l->more = l->n > LIST_DEFAULT;
	l->n = l->more ? LIST_DEFAULT : l->n;
	return NULL;
}

static void put_side(struct call *c, json_t *sides, struct id id, struct str name, struct str uscc, int64_t headcount, struct str path)
{
	json_t *j = doc_append(sides);
	bool seen = may(c->actor, &employer_see, path);
	doc_id(j, "id", seen ? id : ID(0));
	doc_str(j, "name", seen ? name : call_text(c, "employer_twin_elsewhere"));
	doc_str(j, "uscc", seen ? uscc : STR(""));
	doc_i64(j, "headcount", seen ? headcount : 0);
	doc_str(j, "href", seen ? str_fmt(c->a, "/employers/%lld", (long long)id.v) : STR(""));
}

static void put_twin(struct call *c, json_t *j, const struct twin *t)
{
	json_t *sides = doc_sublist(j, "employers");
	bool all = may(c->actor, &employer_twins, t->first_path) && may(c->actor, &employer_twins, t->second_path);
	put_side(c, sides, t->first_id, t->first_name, t->first_uscc, t->first_headcount, t->first_path);
	put_side(c, sides, t->second_id, t->second_name, t->second_uscc, t->second_headcount, t->second_path);
	doc_str(j, "why", t->why);
	doc_str(j, "state", t->state);
	doc_str(j, "why_label", call_text(c, str_z(c->a, str_fmt(c->a, "employer_twin_%.*s", STR_ARG(t->why)))));
	doc_str(j, "decided_by_name", t->decided_by_name);
	doc_instant(j, "decided_at", t->decided_at);
	doc_bool(j, "is_open", str_is(t->state, "open"));
	doc_bool(j, "may_decide", all);
	doc_str(j, "decide_href", all ? str_fmt(c->a, "/employers/%lld/twins/%lld", (long long)t->first_id.v, (long long)t->second_id.v) : STR(""));
	doc_str(j, "merge_href", all ? str_fmt(c->a, "/units/%lld/change?act=merge", (long long)t->second_id.v) : STR(""));
}

const struct err *employer_get_twins(struct call *c)
{
	struct list l = {.c = c};
	TRY(call_read(c, read_list, &l));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		put_twin(c, doc_append(items), &l.v[i]);
	const struct twin *last = l.more ? &l.v[l.n - 1] : NULL;
	struct str next = last ? str_fmt(c->a, "%lld.%lld", (long long)last->first_id.v, (long long)last->second_id.v) : STR("");
	if (next.n)
		doc_str(c->doc, "next", next);
	else
		doc_set(c->doc, "next", json_null());
	bool is_first = !((const struct twins_query *)c->input)->after.n;
	doc_str(c->page, "next_href", next.n ? call_href_with(c, "after", next) : STR(""));
	doc_str(c->page, "first_href", is_first ? STR("") : call_href_with(c, "after", STR("")));
	doc_bool(c->page, "has_pages", next.n || !is_first);
	doc_bool(c->page, "has_items", l.n > 0);
	size_t n;
	struct choice *states = call_choices(c, &twin_states, &n);
	call_filter(c, "state", "select", "employer_twin_state", states, n);
	doc_str(c->page, "scope_label", l.scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "employer_twins_title"));
	return NULL;
}

/* ---- saying it ---------------------------------------------------------------------------------- */

struct deciding {
	struct call *c;
	struct id first, second;
	struct outcome out;
};

static const struct err *reach(struct db_tx *tx, struct call *c, struct id id)
{
	struct unit u;
	TRY(org_unit(tx, c->city, id, &u));
	if (!may(c->actor, &employer_see, u.path))
		return ERR(c->a, ERR_MISSING, NULL, "out of reach");
	return may(c->actor, &employer_twins, u.path) ? NULL : ERR(c->a, ERR_DENIED, NULL, "%s is not held there", employer_twins.name);
}

static const struct err *tell(struct db_tx *tx, struct env *e, struct id id, struct id other, struct str state)
{
	struct event ev = {.object_kind = "unit", .object_id = id, .act = "twin", .unit_id = id};
	event_plain(&ev, "twin_id", str_fmt(db_arena(tx), "%lld", (long long)other.v));
	event_plain(&ev, "twin_state", state);
	return event_append(tx, e, &ev);
}

static const struct err *write_decision(struct db_tx *tx, struct env *e, void *ctx)
{
	struct deciding *d = ctx;
	const struct twin_input *in = d->c->input;
	struct str state = str_of(codes_word(&twin_states, in->state));
	struct twin was;
	int64_t changed;
	TRY(reach(tx, d->c, d->second.v == d->c->target.id.v ? d->first : d->second));
	TRY(db_one(tx, &employer_twin_of, ARGS(ARG(e->city), ARG(d->first), ARG(d->second)), twin_row, &was));
	d->out.object = d->first;
	TRY(db_exec(tx, &employer_twin_decide,
		    ARGS(ARG(e->city), ARG(d->first), ARG(d->second), ARG(state), ARG(e->actor->person_id), ARG(e->actor->name), ARG(e->now)), &changed));
	if (!changed)
		return NULL;
	TRY(tell(tx, e, d->first, d->second, state));
	return tell(tx, e, d->second, d->first, state);
}

const struct err *employer_post_twin(struct call *c)
{
	struct deciding d = {.c = c};
	struct id other;
	TRY(call_arg_id(c, "other", &other));
	d.first = other.v < c->target.id.v ? other : c->target.id;
	d.second = other.v < c->target.id.v ? c->target.id : other;
	TRY(call_write(c, write_decision, &d, &d.out));
	doc_id(c->doc, "first_id", d.first);
	doc_id(c->doc, "second_id", d.second);
	doc_z(c->doc, "state", codes_word(&twin_states, ((const struct twin_input *)c->input)->state));
	call_done(c, 200, STR("/employers/duplicates"));
	return NULL;
}

const struct err *employer_twins_of(struct db_tx *tx, int64_t city, struct id unit, int64_t *n)
{
	int64_t more;
	TRY(db_i64(tx, &employer_twins_count, ARGS(ARG(city), ARG(unit)), 0, n));
	TRY(db_i64(tx, &employer_twins_count_second, ARGS(ARG(city), ARG(unit)), 0, &more));
	*n += more;
	return NULL;
}

static const struct doc_part side_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("uscc"), DOC_NAME("headcount"), DOC_NAME("href"), DOC_END};
static const struct doc_part twin_parts[] = {
	DOC_ROWS("employers", side_parts), DOC_NAME("why"), DOC_NAME("why_label"), DOC_NAME("state"), DOC_NAME("decided_by_name"), DOC_NAME("decided_at"),
	DOC_NAME("is_open"), DOC_NAME("may_decide"), DOC_NAME("decide_href"), DOC_NAME("merge_href"), DOC_END};
const struct doc_part employer_twins_doc[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_ROWS("items", twin_parts), DOC_END};
