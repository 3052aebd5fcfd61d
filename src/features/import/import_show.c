/* One import: its columns, how far it is, its report. */
#include "import_pages.h"

#include "day.h"
#include "import_sql.h"
#include "parts.h"
#include "text.h"

#include <string.h>

enum { SAMPLES = 3, SAMPLE_CHARS = 24, CSV_ROWS = 300 };

struct run_doc {
	struct id id;
	struct str kind, source, file_name, made_by;
	uint32_t state;
	int64_t rows, done, added, changed, unchanged, refused, skipped;
	bool is_again;
	struct instant made_at, begun_at, ended_at;
	int64_t version;
};
const struct shape import_run_shape[] = {
	SHAPE(struct run_doc, id, 0), SHAPE(struct run_doc, kind, 0), SHAPE(struct run_doc, source, 0), SHAPE(struct run_doc, file_name, 0),
	SHAPE(struct run_doc, made_by, 0), SHAPE_CODE(struct run_doc, state, &import_states), SHAPE(struct run_doc, rows, 0),
	SHAPE(struct run_doc, done, 0), SHAPE(struct run_doc, added, 0), SHAPE(struct run_doc, changed, 0), SHAPE(struct run_doc, unchanged, 0),
	SHAPE(struct run_doc, refused, 0), SHAPE(struct run_doc, skipped, 0), SHAPE(struct run_doc, is_again, 0),
	SHAPE(struct run_doc, made_at, 0), SHAPE(struct run_doc, begun_at, 0), SHAPE(struct run_doc, ended_at, 0), SHAPE(struct run_doc, version, 0),
	SHAPE_END,
};
const struct shape import_run_query_shape[] = {
	SHAPE_CODE(struct run_query, action, &import_actions), SHAPE(struct run_query, after, 0), SHAPE(struct run_query, limit, LIST_MAX),
	SHAPE(struct run_query, header, 8), SHAPE_END,
};

static const struct doc_part run_extra_parts[] = {DOC_NAME("kind_label"), DOC_NAME("state_tone"), DOC_NAME("title"), DOC_END};
const struct doc_part import_list_parts[] = {DOC_PARTS(list_parts), DOC_ROWS_OF("items", import_run_shape, run_extra_parts), DOC_END};
const struct doc_part import_new_parts[] = {DOC_ROWS("fields", field_parts), DOC_END};
static const struct doc_part remark_parts[] = {DOC_NAME("column"), DOC_NAME("code"), DOC_NAME("message"), DOC_END};
static const struct doc_part item_parts[] = {DOC_NAME("row"), DOC_NAME("action"), DOC_NAME("action_label"), DOC_NAME("action_tone"), DOC_NAME("title"),
					     DOC_NAME("href"), DOC_NAME("object_id"), DOC_ROWS("remarks", remark_parts), DOC_END};
static const struct doc_part sample_parts[] = {DOC_NAME("text"), DOC_END};
static const struct doc_part sample_row_parts[] = {DOC_NAME("number"), DOC_ROWS("cells", sample_parts), DOC_END};
const struct doc_part import_run_parts[] = {
	DOC_SHAPE(import_run_shape), DOC_PARTS(run_extra_parts), DOC_PARTS(list_parts), DOC_ROWS("items", item_parts), DOC_ROWS("fields", field_parts),
	DOC_NAME("has_columns"), DOC_NAME("columns_open"), DOC_NAME("is_under_way"), DOC_NAME("is_applying"), DOC_NAME("percent"), DOC_NAME("progress_text"), DOC_NAME("has_report"),
	DOC_NAME("mapping"), DOC_NAME("head"), DOC_NAME("columns"), DOC_ROWS("figures", figure_parts), DOC_NAME("has_actions"), DOC_ROWS("actions", action_parts),
	DOC_NAME("note"), DOC_NAME("note_tone"), DOC_NAME("head_note"), DOC_ROWS("samples", sample_row_parts), DOC_NAME("has_samples"), DOC_ROWS("facts", fact_parts), DOC_END,
};

/* ---- its own members ------------------------------------------------------------------ */

static const char *tone_of(uint32_t state)
{
	if (state == STATE_DONE)
		return "done";
	return state == STATE_CANCELLED ? "quiet" : state == STATE_CHECKED || state == STATE_READY ? "due" : "info";
}

const struct err *import_put_run(struct call *c, json_t *out, const struct import_run *run)
{
	const struct import_kind *k = import_kind_find(c->app, run->kind);
	struct doc_style style = call_style(c, STR(""));
	struct actor *maker;
	TRY(import_actor_read(c->app, c->a, c->city, run->actor, &maker));
	struct run_doc d = {.id = run->id, .kind = run->kind, .source = run->source, .file_name = run->file_name,
			    .made_by = maker->name.n ? maker->name : call_text(c, "import_by_command"), .state = run->state, .rows = run->n_rows,
			    .done = run->n_done, .added = run->n_added, .changed = run->n_changed, .unchanged = run->n_same, .refused = run->n_refused,
			    .skipped = run->n_skipped, .is_again = run->is_again, .made_at = run->made_at, .begun_at = run->begun_at,
			    .ended_at = run->ended_at, .version = run->version};
	doc_put(out, import_run_shape, &d, &style);
	struct str label = k ? call_text(c, k->label) : run->kind;
	doc_str(out, "kind_label", label);
	doc_z(out, "state_tone", tone_of(run->state));
	doc_str(out, "title", run->file_name.n ? run->file_name : str_fmt(c->a, "%.*s · %.*s", STR_ARG(label), STR_ARG(instant_short(c->a, run->made_at))));
	return NULL;
}

const struct err *import_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct import_run *run = ARENA_NEW(c->a, struct import_run);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(import_run_read(tx, c->city, t->id, run));
	bool own = run->person_id.v && run->person_id.v == c->actor->person_id.v;
	if (run->state == STATE_READING || (!own && !may_everywhere(c->actor, &import_all)))
		return ERR(c->a, ERR_MISSING, NULL, "no such import");
	return NULL;
}

/* ---- reading --------------------------------------------------------------------------- */

struct showing {
	struct call *c;
	const struct run_query *q;
	struct id id;
	struct work w;
	struct import_row *rows, *samples;
	size_t n, n_samples;
	bool more, is_own;
	int64_t after, limit;
};

static const struct err *read_rows(struct db_tx *tx, struct env *e, struct showing *s)
{
	void *rows;
	struct arg city = ARG(e->city), id = ARG(s->id), after = ARG(s->after), limit = arg_i64(s->limit + 1);
	if (s->q->action)
		TRY(db_all(tx, &import_rows_acted, ARGS(city, id, ARG_CODE(import_actions, s->q->action), after, limit), import_row_row,
			   sizeof(struct import_row), &rows, &s->n));
	else
		TRY(db_all(tx, &import_rows_after, ARGS(city, id, after, limit), import_row_row, sizeof(struct import_row), &rows, &s->n));
	s->rows = rows;
	s->more = s->n > (size_t)s->limit;
	s->n = s->more ? (size_t)s->limit : s->n;
	if (s->n)
		s->after = s->rows[s->n - 1].row_number;
	return NULL;
}

static bool has_report(const struct import_run *run)
{
	return run->state != STATE_READY && run->state != STATE_CHECKING && run->state != STATE_CANCELLED && run->state != STATE_UNDOING;
}

static const struct err *read_run(struct db_tx *tx, struct env *e, void *ctx)
{
	struct showing *s = ctx;
	void *rows = NULL;
	TRY(import_run_read(tx, e->city, s->id, &s->w.run));
	s->w.kind = import_kind_find(e->app, s->w.run.kind);
	if (!s->w.kind)
		return ERR(s->c->a, ERR_BUG, NULL, "no feature imports this kind");
	s->is_own = s->w.run.person_id.v && s->w.run.person_id.v == s->c->actor->person_id.v;
	TRY(import_mapping_read(db_arena(tx), s->w.kind, s->w.run.head, s->w.run.mapping, &s->w.columns));
	if (s->is_own && s->w.run.state != STATE_DONE)
		TRY(db_all(tx, &import_rows_after, ARGS(ARG(e->city), ARG(s->id), arg_i64(0), arg_i64(SAMPLES)), import_row_row, sizeof(struct import_row),
			   &rows, &s->n_samples));
	s->samples = s->n_samples ? rows : NULL;
	return has_report(&s->w.run) ? read_rows(tx, e, s) : NULL;
}

/* ---- the report --------------------------------------------------------------------------- */

static const char *tone_of_action(uint32_t action)
{
	static const char *const tones[IMPORT_ACTION_COUNT] = {[IMPORT_ADD] = "done", [IMPORT_CHANGE] = "due", [IMPORT_REFUSE] = "over"};
	return action < IMPORT_ACTION_COUNT && tones[action] ? tones[action] : "quiet";
}

static struct str title_of(struct arena *a, const struct import_row *r)
{
	json_t *j;
	if (!r->detail.n || doc_parse(a, r->detail, &j))
		return STR("");
	const json_t *t = json_object_get(j, "title");
	return (struct str){json_string_value(t), json_string_length(t)};
}

static const struct err *put_item(struct showing *s, json_t *items, const struct import_row *r)
{
	struct call *c = s->c;
	json_t *j = doc_append(items);
	struct remarks remarks;
	const char *action = codes_word(&import_actions, r->action);
	doc_i64(j, "row", r->row_number);
	doc_z(j, "action", action);
	doc_id(j, "object_id", r->object_id);
	doc_str(j, "title", title_of(c->a, r));
	if (c->face == FACE_HTML) {
		doc_str(j, "action_label", call_label(c, &import_actions, action));
		doc_z(j, "action_tone", tone_of_action(r->action));
		bool there = r->object_id.v && s->w.kind->href;
		doc_str(j, "href", there ? str_fmt(c->a, "%s%lld", s->w.kind->href, (long long)r->object_id.v) : STR(""));
	}
	TRY(import_remarks(c->app, c->a, str_is(c->lang, "en"), &s->w, r, &remarks));
	json_t *list = doc_sublist(j, "remarks");
	for (size_t i = 0; i < remarks.n; i++) {
		if (str_eq(remarks.v[i].code, str_of(action)) && remarks.v[i].column.n == 0)
			continue; /* the action itself says it */
		json_t *o = doc_append(list);
		doc_str(o, "column", remarks.v[i].column);
		doc_str(o, "code", remarks.v[i].code);
		doc_str(o, "message", remarks.v[i].message);
	}
	return NULL;
}

static const struct err *put_report(struct showing *s)
{
	struct call *c = s->c;
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < s->n; i++)
		TRY(put_item(s, items, &s->rows[i]));
	struct str next = s->more ? str_fmt(c->a, "%lld", (long long)s->after) : STR("");
	if (s->more)
		doc_str(c->doc, "next", next);
	else
		json_object_set_new(c->doc, "next", json_null());
	doc_str(c->page, "next_href", s->more ? call_href_with(c, "after", next) : STR(""));
	doc_str(c->page, "first_href", s->q->after ? call_href_with(c, "after", STR("")) : STR(""));
	doc_bool(c->page, "has_pages", s->q->after || s->more);
	doc_bool(c->page, "has_items", s->n > 0);
	return NULL;
}

struct csv {
	struct showing s;
	struct remark *rows;
};

static const struct err *csv_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	return read_rows(tx, e, &((struct csv *)ctx)->s);
}

static const struct err *csv_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct csv *k = ctx;
	struct remarks remarks;
	size_t room = 1, at = 0;
	TRY(env_read(e, csv_rows, k));
	for (size_t i = 0; i < k->s.n; i++)
		room += IMPORT_WRONGS_MAX + IMPORT_FIELDS_MAX + 1;
	k->rows = ARENA_ARRAY(e->a, struct remark, room);
	for (size_t i = 0; i < k->s.n; i++) {
		TRY(import_remarks(e->app, e->a, str_is(k->s.c->lang, "en"), &k->s.w, &k->s.rows[i], &remarks));
		memcpy(k->rows + at, remarks.v, remarks.n * sizeof(*remarks.v));
		at += remarks.n;
	}
	*rows = k->rows;
	*n = at;
	*more = k->s.more;
	return NULL;
}

/* ---- the page --------------------------------------------------------------------------------- */

static struct str short_text(struct arena *a, struct str s)
{
	size_t n = 0, chars = 0;
	while (n < s.n && chars < SAMPLE_CHARS) {
		n++;
		while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n++;
		chars++;
	}
	return n < s.n ? str_fmt(a, "%.*s…", (int)n, s.p) : s;
}

static struct choice *column_choices(struct showing *s, size_t *n_out)
{
	struct arena *a = s->c->a;
	size_t n;
	const struct str *head = import_array(a, s->w.run.head, &n);
	struct choice *v = ARENA_ARRAY(a, struct choice, n + 1);
	v[0] = (struct choice){.value = STR("0"), .label = call_text(s->c, "import_no_column")};
	for (size_t i = 0; i < n; i++)
		v[i + 1] = (struct choice){.value = str_fmt(a, "%zu", i + 1),
					   .label = str_fmt(a, "%zu · %.*s", i + 1, STR_ARG(head[i].n ? short_text(a, head[i]) : call_text(s->c, "import_no_heading")))};
	*n_out = n + 1;
	return v;
}

static void put_columns(struct showing *s)
{
	struct call *c = s->c;
	json_t *fields = doc_sublist(c->page, "fields");
	size_t n;
	const struct choice *v = column_choices(s, &n);
	for (int i = 0; i < IMPORT_COLUMNS; i++) {
		if (!import_field_name(s->w.kind, i))
			continue;
		struct field f = {.name = str_fmt(c->a, "c%d", i).p, .kind = "select", .label = import_field_label(s->w.kind, i), .choices = v, .n_choices = n,
				  .value = str_fmt(c->a, "%lld", (long long)s->w.columns.at[i])};
		if (i < IMPORT_FIELDS_MAX && s->w.kind->fields[i].required)
			f.hint = "import_wanted";
		call_field(c, fields, NULL, &f);
	}
}

static void put_samples(struct showing *s)
{
	struct call *c = s->c;
	json_t *samples = doc_sublist(c->page, "samples");
	for (size_t i = 0; i < s->n_samples; i++) {
		size_t n;
		const struct str *cells = import_array(c->a, s->samples[i].cells, &n);
		json_t *row = doc_append(samples), *list = doc_sublist(row, "cells");
		doc_i64(row, "number", s->samples[i].row_number);
		for (size_t k = 0; k < n; k++)
			doc_str(doc_append(list), "text", short_text(c->a, cells[k]));
	}
	doc_bool(c->page, "has_samples", s->n_samples > 0);
}

static void figure(struct showing *s, json_t *list, const char *label, int64_t value, const char *tone, const char *action)
{
	json_t *j = doc_append(list);
	struct str href = str_fmt(s->c->a, "/imports/%lld%s%s", (long long)s->id.v, action[0] ? "?action=" : "", action);
	doc_str(j, "href", href);
	doc_i64(j, "value", value);
	doc_str(j, "label", call_text(s->c, label));
	doc_z(j, "tone", value ? tone : "ink");
}

static void put_figures(struct showing *s)
{
	const struct import_run *r = &s->w.run;
	json_t *list = doc_sublist(s->c->page, "figures");
	if (!has_report(r))
		return;
	figure(s, list, "code_import_action_refused", r->n_refused, "over", "refused");
	figure(s, list, "code_import_action_added", r->n_added, "done", "added");
	figure(s, list, "code_import_action_changed", r->n_changed, "due", "changed");
	figure(s, list, "code_import_action_unchanged", r->n_same, "ink", "unchanged");
	if (r->n_skipped)
		figure(s, list, "code_import_action_skipped", r->n_skipped, "ink", "skipped");
}

static struct str counted(struct call *c, const char *key, const struct import_run *r)
{
	bool zh = !str_is(c->lang, "en");
	struct str text = call_text(c, key);
	return str_fmt(c->a, zh ? "%.*s：新增 %lld，更改 %lld，不变 %lld。" : "%.*s: %lld to add, %lld to change, %lld as they are.", STR_ARG(text),
		       (long long)r->n_added, (long long)r->n_changed, (long long)r->n_same);
}

static void put_act(struct showing *s, json_t *actions, const char *act, const char *label, struct str confirm, bool primary)
{
	struct call *c = s->c;
	json_t *j = doc_append(actions);
	doc_z(j, "act", act);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "href", str_fmt(c->a, "/imports/%lld/%s", (long long)s->id.v, act));
	doc_i64(j, "version", s->w.run.version);
	doc_bool(j, "has_fields", false);
	doc_bool(j, "primary", primary);
	doc_bool(j, "danger", false);
	doc_str(j, "confirm", confirm);
}

static void put_acts(struct showing *s)
{
	const struct import_run *r = &s->w.run;
	json_t *actions = doc_sublist(s->c->page, "actions");
	if (s->is_own && r->state == STATE_CHECKED && r->n_refused == 0 && (r->n_added + r->n_changed > 0 || s->w.columns.at[IMPORT_EXTERNAL]))
		put_act(s, actions, "apply", "import_apply", counted(s->c, "import_apply_confirm", r), true);
	if (s->is_own && (r->state == STATE_CHECKED || r->state == STATE_READY || r->state == STATE_CHECKING))
		put_act(s, actions, "cancel", "import_cancel", call_text(s->c, "import_cancel_confirm"), false);
	doc_bool(s->c->page, "has_actions", json_array_size(actions) > 0);
}

static void put_note(struct showing *s)
{
	const struct import_run *r = &s->w.run;
	struct call *c = s->c;
	struct str note = STR("");
	const char *tone = "info";
	if (r->state == STATE_READY)
		note = call_text(c, "import_note_ready");
	else if (r->state == STATE_CHECKED && r->n_refused) {
		note = call_text(c, "import_note_refused");
		tone = "over";
	} else if (r->state == STATE_CHECKED && r->n_added + r->n_changed == 0) {
		note = call_text(c, "import_note_nothing");
		tone = "done";
	} else if (r->state == STATE_CHECKED)
		note = call_text(c, r->is_again ? "import_note_again" : "import_note_checked");
	else if (r->state == STATE_DONE) {
		note = call_text(c, "import_note_done");
		tone = "done";
	} else if (r->state == STATE_CANCELLED)
		note = call_text(c, "import_note_cancelled");
	doc_str(c->page, "note", note);
	doc_z(c->page, "note_tone", tone);
}

/* Claiming and applying each go through all rows. */
static int64_t percent_of(const struct import_run *r)
{
	int64_t rows = r->n_rows ? r->n_rows : 1, done = r->n_done < rows ? r->n_done : rows, part = 100 * done / rows;
	if (r->state == STATE_CHECKING)
		return part;
	return r->state == STATE_CLAIMING ? part * 4 / 10 : r->state == STATE_APPLYING ? 40 + part * 5 / 10 : r->state == STATE_RELEASING ? 90 + part / 10 : 0;
}

static void put_progress(struct showing *s)
{
	struct call *c = s->c;
	const struct import_run *r = &s->w.run;
	bool under_way = import_is_under_way(r);
	doc_bool(c->page, "is_under_way", under_way);
	doc_bool(c->page, "is_applying", under_way && r->state != STATE_CHECKING && r->state != STATE_UNDOING);
	doc_i64(c->page, "percent", percent_of(r));
	struct str label = call_label(c, &import_states, codes_word(&import_states, r->state));
	doc_str(c->page, "progress_text", str_fmt(c->a, "%.*s %lld / %lld", STR_ARG(label), (long long)r->n_done, (long long)r->n_rows));
}

static void fact(struct call *c, json_t *facts, const char *label, struct str value)
{
	if (value.n == 0)
		return;
	json_t *j = doc_append(facts);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "value", value);
	doc_str(j, "href", STR(""));
}

static void put_facts(struct showing *s)
{
	struct call *c = s->c;
	const struct import_run *r = &s->w.run;
	json_t *facts = doc_sublist(c->page, "facts");
	fact(c, facts, "import_kind", call_text(c, s->w.kind->label));
	fact(c, facts, "import_file_name", r->file_name);
	fact(c, facts, "import_source", r->source);
	fact(c, facts, "import_made_by", str_of(json_string_value(json_object_get(c->doc, "made_by"))));
	fact(c, facts, "import_made_at", instant_short(c->a, r->made_at));
	fact(c, facts, "import_rows", str_fmt(c->a, "%lld", (long long)r->n_rows));
	fact(c, facts, "import_head_row", str_fmt(c->a, "%lld", (long long)r->head_row));
	if (r->ended_at.ms)
		fact(c, facts, "import_ended_at", instant_short(c->a, r->ended_at));
}

static void put_page(struct showing *s)
{
	struct call *c = s->c;
	const struct import_run *r = &s->w.run;
	bool choose = s->is_own && (r->state == STATE_READY || r->state == STATE_CHECKED);
	doc_bool(c->page, "has_columns", choose);
	doc_bool(c->page, "columns_open", r->state == STATE_READY || c->problem);
	doc_bool(c->page, "has_report", has_report(r));
	doc_str(c->page, "csv_href", has_report(r) ? str_fmt(c->a, "/imports/%lld.csv%s%s", (long long)s->id.v, s->q->action ? "?action=" : "",
							     codes_word(&import_actions, s->q->action)) : STR(""));
	doc_str(c->page, "head_note", STR(""));
	doc_bool(c->page, "has_samples", false);
	if (choose) {
		put_columns(s);
		put_samples(s);
	}
	put_figures(s);
	put_acts(s);
	put_note(s);
	put_progress(s);
	put_facts(s);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "import_one_title"));
}

static void put_head(struct showing *s)
{
	struct call *c = s->c;
	size_t n;
	const struct str *head = import_array(c->a, s->w.run.head, &n);
	json_t *list = doc_sublist(c->doc, "columns");
	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_stringn(head[i].p ? head[i].p : "", head[i].n));
	doc_str(c->doc, "mapping", s->w.run.mapping);
}

const struct err *import_show_run(struct call *c, struct id id, bool is_form)
{
	static const struct run_query none = {0};
	bool is_get = c->req->method == WEB_GET || c->req->method == WEB_HEAD;
	struct showing *s = ARENA_NEW(c->a, struct showing);
	*s = (struct showing){.c = c, .id = id, .q = is_get && !is_form ? c->input : &none};
	s->after = s->q->after;
	s->limit = s->q->limit ? s->q->limit : LIST_DEFAULT;
	if (call_wants_table(c))
		s->limit = CSV_ROWS;
	TRY(call_read(c, read_run, s));
	if (call_wants_table(c) && has_report(&s->w.run)) {
		struct csv *k = ARENA_NEW(c->a, struct csv);
		k->s = *s;
		k->s.after = s->q->after;
		return call_table(c, &(struct table){.columns = remark_columns, .row_size = sizeof(struct remark), .page = csv_page, .ctx = k,
						     .file_name = "import", .title = "import_one_title"});
	}
	TRY(import_put_run(c, c->doc, &s->w.run));
	put_head(s);
	TRY(put_report(s));
	if (c->face == FACE_HTML)
		put_page(s);
	return NULL;
}

const struct err *import_get_run(struct call *c)
{
	return import_show_run(c, c->target.id, false);
}
