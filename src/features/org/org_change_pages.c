/* The list of changes of the tree, planned and past, and the page of one. */
#include "org_change_pages.h"

#include "day.h"
#include "org_sql.h"
#include "parts.h"

#define Q struct changes_query
const struct shape changes_query_shape[] = {
	SHAPE(Q, unit, ORG_CODE_MAX), SHAPE_CODE(Q, state, &org_change_states), SHAPE_CODE(Q, act, &org_acts), SHAPE(Q, sort, 40),
	SHAPE(Q, after, 400), SHAPE(Q, limit, LIST_MAX), SHAPE(Q, header, 8), SHAPE_END,
};
#undef Q
const struct shape change_cancel_shape[] = {SHAPE_IN(struct change_cancel_input, version, 0, SHAPE_REQUIRED), SHAPE_END};

/* Who reads here need not see where it went, nor, of whoever made it, more than that it was made. */
void org_change_seen(const struct call *c, struct org_change *ch)
{
	if (!may(c->actor, &org_read, ch->to_path))
		ch->to_name = STR_NONE;
	if (!may(c->actor, &org_write, ch->unit_path))
		ch->made_by_name = STR_NONE;
}

/* ---- the list ----------------------------------------------------------------------- */

struct changes {
	struct call *c;
	struct unit scope;
	struct cursor at;
	int64_t limit;
	struct org_change *v;
	size_t n;
	bool more;
};

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changes *l = ctx;
	const struct changes_query *q = l->c->input;
	const struct sql *stmt = sql_list_pick(&org_changes_list, "city", q->sort, NULL);
	void *rows;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(e->city), arg_i64(0), ARG(l->at.number), ARG(l->at.id), arg_str(STR("")), ARG_CODE(org_change_states, q->state),
			ARG_CODE(org_acts, q->act), ARG(l->scope.path), ARG(path_end(db_arena(tx), l->scope.path)), arg_i64(l->limit + 1)),
		   org_change_line, sizeof(struct org_change), &rows, &l->n));
	l->v = rows;
	for (size_t i = 0; i < l->n; i++)
		org_change_seen(l->c, &l->v[i]);
	l->more = l->n > (size_t)l->limit;
	l->n = l->more ? (size_t)l->limit : l->n;
	if (l->n)
		l->at = (struct cursor){.number = l->v[l->n - 1].made_at.ms, .id = l->v[l->n - 1].id};
	return NULL;
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changes *l = ctx;
	const struct changes_query *q = l->c->input;
	TRY(org_scope(tx, l->c, &org_read, q->unit, &l->scope));
	TRY(cursor_read(l->c, &org_changes_list, q->sort, q->after, &l->at));
	return read_page(tx, e, l);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct changes *l = ctx;
	TRY(env_read(e, read_page, l));
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

#define T struct org_change
static const struct shape change_brief[] = {
	SHAPE(T, effective_on, 0), SHAPE_CODE(T, act, &org_acts), SHAPE(T, unit_name, 0), SHAPE(T, to_name, 0), SHAPE(T, name, 0),
	SHAPE_CODE(T, state, &org_change_states), SHAPE_END,
};
#undef T

static const struct err *changes_table(struct call *c, const struct changes *from)
{
	const struct changes_query *q = c->input;
	struct changes *l = ARENA_NEW(c->a, struct changes);
	*l = *from;
	l->limit = LIST_MAX;
	l->scope.path = str_dup(c->a, l->scope.path);
	l->scope.name = str_dup(c->a, l->scope.name);
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, &org_changes_list, q->sort, q->after, &l->at));
	return call_table(c, &(struct table){.columns = org_change_shape, .row_size = sizeof(struct org_change), .page = table_page, .ctx = l,
					     .file_name = "changes", .title = "org_changes_title", .brief = change_brief, .about = l->scope.name});
}

static const char *tone_of(uint32_t state)
{
	static const char *const tones[] = {"quiet", "due", "info", "done", "quiet", "over"};
	return tones[state];
}

void org_put_change_entry(struct call *c, json_t *list, const struct org_change *ch)
{
	struct str act = call_label(c, &org_acts, codes_word(&org_acts, ch->act)), day = day_text(c->a, ch->effective_on);
	struct entry e = {
		.href = str_fmt(c->a, "/changes/%lld", (long long)ch->id.v),
		.title = str_fmt(c->a, "%.*s · %.*s", STR_ARG(act), STR_ARG(ch->unit_name)),
		.sub = ch->to_name.n ? str_fmt(c->a, "%.*s → %.*s", STR_ARG(day), STR_ARG(ch->to_name))
		       : ch->name.n  ? str_fmt(c->a, "%.*s → %.*s", STR_ARG(day), STR_ARG(ch->name))
				     : day,
		.state_label = call_label(c, &org_change_states, codes_word(&org_change_states, ch->state)),
		.state_tone = str_of(tone_of(ch->state)),
	};
	call_entry(list, &e);
}

static void filter_codes(struct call *c, const char *name, const char *label, const struct codes *codes)
{
	size_t n;
	struct choice *v = call_choices(c, codes, &n);
	call_filter(c, name, "select", label, v, n);
}

const struct err *org_get_changes(struct call *c)
{
	const struct changes_query *q = c->input;
	struct changes l = {.c = c, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	if (call_wants_table(c))
		return changes_table(c, &l);
	struct doc_style style = call_style(c, l.scope.path);
	json_t *items = doc_sublist(c->doc, "items"), *entries = doc_sublist(c->page, "items");
	for (size_t i = 0; i < l.n; i++) {
		doc_put(doc_append(items), org_change_shape, &l.v[i], &style);
		org_put_change_entry(c, entries, &l.v[i]);
	}
	cursor_next(c, &org_changes_list, q->sort, l.more ? l.at : (struct cursor){0});
	call_list_page(c, &org_changes_list, q->sort, "org_sort_", l.n);
	filter_codes(c, "state", "org_state", &org_change_states);
	filter_codes(c, "act", "org_act", &org_acts);
	doc_str(c->page, "scope_label", l.scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_changes_title"));
	return NULL;
}

/* ---- one --------------------------------------------------------------------------------- */

const struct err *org_locate_change(struct db_tx *tx, struct call *c, struct target *t)
{
	struct org_change *ch = ARENA_NEW(c->a, struct org_change);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(db_one(tx, &org_change_line_by_id, ARGS(ARG(c->city), ARG(t->id)), org_change_line, ch));
	t->unit_id = ch->unit_id;
	t->unit_path = ch->unit_path;
	t->object = ch;
	return NULL;
}

struct showing {
	struct call *c;
	struct id id;
	struct org_change ch;
	struct org_subject s;
	struct unit made; /* that came about */
	bool may_cancel;
};

static const struct err *read_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct showing *k = ctx;
	TRY(org_change_get(tx, e->city, k->id, &k->ch));
	TRY(db_one(tx, &org_change_line_by_id, ARGS(ARG(e->city), ARG(k->id)), org_change_line, &k->ch));
	org_change_seen(k->c, &k->ch);
	TRY(org_change_subject(tx, e, &k->ch, &k->s));
	if (k->ch.new_id.v)
		TRY(org_unit(tx, e->city, k->ch.new_id, &k->made));
	if (!may(k->c->actor, &org_read, k->made.path))
		k->made.name = STR_NONE;
	k->may_cancel = k->ch.state == ORG_PLANNED && !org_may_change(tx, k->c, &k->ch, &k->s);
	return NULL;
}

static void fact(struct call *c, json_t *facts, const char *label, struct str value, struct id unit)
{
	if (value.n == 0)
		return;
	json_t *j = doc_append(facts);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "value", value);
	doc_str(j, "href", unit.v ? str_fmt(c->a, "/units/%lld", (long long)unit.v) : STR(""));
}

static void put_facts(struct showing *k)
{
	struct call *c = k->c;
	const struct org_change *ch = &k->ch;
	json_t *facts = doc_sublist(c->page, "facts");
	fact(c, facts, "org_act", call_label(c, &org_acts, codes_word(&org_acts, ch->act)), ID(0));
	fact(c, facts, "org_unit", ch->unit_name, ch->unit_id);
	fact(c, facts, ch->act == ORG_MERGE ? "org_merge_into" : "org_move_to", ch->to_name, ch->to_id);
	fact(c, facts, "org_new_unit", k->made.name, ch->new_id);
	if (!ch->new_id.v)
		fact(c, facts, "org_new_name", ch->name, ID(0));
	fact(c, facts, "org_effective_on", day_text(c->a, ch->effective_on), ID(0));
	fact(c, facts, "org_reason", ch->reason, ID(0));
	fact(c, facts, "org_made_by", ch->made_by_name, ID(0));
	fact(c, facts, "org_made_at", instant_short(c->a, ch->made_at), ID(0));
	fact(c, facts, "org_begun_at", instant_short(c->a, ch->begun_at), ID(0));
	fact(c, facts, "org_ended_at", instant_short(c->a, ch->ended_at), ID(0));
	if (ch->refusal.n)
		fact(c, facts, "org_refusal", call_text(c, str_fmt(c->a, "field_%.*s", STR_ARG(ch->refusal)).p), ID(0));
}

static void put_cancel(struct showing *k)
{
	struct call *c = k->c;
	json_t *actions = doc_sublist(c->page, "actions");
	doc_bool(c->page, "has_actions", k->may_cancel);
	if (!k->may_cancel)
		return;
	json_t *j = doc_append(actions);
	doc_z(j, "act", "cancel");
	doc_str(j, "label", call_text(c, "org_cancel_change"));
	doc_str(j, "href", str_fmt(c->a, "/changes/%lld/cancel", (long long)k->ch.id.v));
	doc_i64(j, "version", k->ch.version);
	doc_bool(j, "has_fields", false);
	doc_bool(j, "open", false);
	doc_bool(j, "danger", true);
	doc_str(j, "confirm", call_text(c, "org_cancel_confirm"));
}

const struct err *org_show_change(struct call *c, struct id id)
{
	struct showing k = {.c = c, .id = id};
	TRY(call_read(c, read_one, &k));
	struct doc_style style = call_style(c, k.ch.unit_path);
	doc_put(c->doc, org_change_shape, &k.ch, &style);
	json_t *parts = doc_sublist(c->doc, "parts");
	for (size_t i = 0; i < k.ch.n_parts; i++) {
		if (!may(c->actor, &org_read, k.s.parts[i].path))
			continue;
		json_t *j = doc_append(parts);
		doc_id(j, "id", k.s.parts[i].id);
		doc_str(j, "name", k.s.parts[i].name);
	}
	if (c->face != FACE_HTML)
		return NULL;
	put_facts(&k);
	put_cancel(&k);
	doc_bool(c->page, "has_parts", k.ch.n_parts > 0);
	doc_bool(c->page, "is_running", k.ch.state == ORG_RUNNING);
	doc_str(c->page, "state_tone", str_of(tone_of(k.ch.state)));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "org_change_title"));
	return NULL;
}

const struct err *org_get_change(struct call *c)
{
	return org_show_change(c, c->target.id);
}

/* ---- names for the views -------------------------------------------------------------------- */

static const struct doc_part linked_fact[] = {DOC_PARTS(fact_parts), DOC_NAME("href"), DOC_END};
static const struct doc_part part_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("chosen"), DOC_END};

const struct doc_part org_changes_parts[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_ROWS_OF("items", org_change_shape, entry_parts),
					     DOC_END};
const struct doc_part org_change_parts_of_one[] = {
	DOC_SHAPE(org_change_shape), DOC_ROWS("facts", linked_fact), DOC_ROWS("parts", part_parts), DOC_NAME("has_parts"), DOC_NAME("is_running"),
	DOC_NAME("state_tone"), DOC_NAME("has_actions"), DOC_ROWS("actions", action_parts), DOC_END,
};
const struct doc_part org_change_form_parts[] = {
	DOC_ROWS("fields", field_parts), DOC_ROWS("facts", fact_parts), DOC_ROWS("along", fact_parts), DOC_ROWS("parts", part_parts),
	DOC_NAME("has_parts"), DOC_NAME("has_search"), DOC_NAME("q"), DOC_NAME("targets_note"), DOC_NAME("unit_name"), DOC_NAME("act"),
	DOC_NAME("act_label"), DOC_NAME("lead"), DOC_NAME("warning"), DOC_NAME("confirm"), DOC_NAME("form_href"), DOC_NAME("post_href"),
	DOC_NAME("unit_href"), DOC_NAME("version"), DOC_NAME("asks"), DOC_END,
};
