/* Uploading, choosing columns, confirming. */
#include "import_model.h"

#include "import_pages.h"
#include "import_sql.h"
#include "parts.h"

#include <string.h>

enum { INLINE_MS = 1500, JOB_AFTER_MS = 3000 };

const struct shape import_new_query_shape[] = {SHAPE(struct new_query, kind, 40), SHAPE_END};
const struct shape import_new_shape[] = {
	SHAPE_IN(struct new_input, kind, 40, SHAPE_REQUIRED),
	SHAPE(struct new_input, source, IMPORT_SOURCE_MAX),
	SHAPE(struct new_input, file_name, IMPORT_FILE_NAME_MAX),
	SHAPE_END,
};
const struct shape import_runs_query_shape[] = {
	SHAPE(struct runs_query, kind, 40), SHAPE(struct runs_query, sort, 40), SHAPE(struct runs_query, after, 400),
	SHAPE(struct runs_query, limit, LIST_MAX), SHAPE_END,
};
const struct shape import_version_shape[] = {SHAPE(struct version_input, version, 0), SHAPE_END};

#define C(n) SHAPE(struct check_input, c##n, 200)
const struct shape import_check_shape[] = {
	SHAPE(struct check_input, mapping, IMPORT_MAPPING_MAX), SHAPE(struct check_input, version, 0),
	C(0), C(1), C(2), C(3), C(4), C(5), C(6), C(7), C(8), C(9), C(10), C(11), C(12), C(13), C(14), C(15), C(16), C(17), C(18), C(19), C(20), C(21),
	C(22), C(23), C(24), C(25), C(26), C(27), C(28), C(29), C(30), C(31), C(32), C(33), C(34), C(35), C(36), C(37), C(38), C(39), C(40), C(41), SHAPE_END,
};
_Static_assert(IMPORT_COLUMNS == 42, "one c for each column");
#undef C

static int64_t column_sent(const struct check_input *in, int at)
{
	const struct shape *s = shape_find(import_check_shape, (struct str){(char[]){'c', (char)(at < 10 ? '0' + at : '0' + at / 10), (char)('0' + at % 10)},
									     at < 10 ? 2 : 3});
	return s ? *(const int64_t *)((const char *)in + s->off) : 0;
}

/* ---- the list ------------------------------------------------------------------------ */

struct listing {
	struct call *c;
	const struct runs_query *q;
	struct import_run *v;
	size_t n;
	bool more;
};

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	bool all = may_everywhere(l->c->actor, &import_all);
	int64_t limit = l->q->limit ? l->q->limit : LIST_DEFAULT;
	int sort = sql_list_sort(&import_runs, l->q->sort);
	struct cursor at;
	void *rows;
	TRY(cursor_read(l->c, &import_runs, l->q->sort, l->q->after, &at));
	TRY(db_all(tx, sql_list_pick(&import_runs, all ? "city" : "mine", l->q->sort, NULL),
		   ARGS(ARG(e->city), ARG(l->c->actor->person_id), cursor_arg(&import_runs, sort, &at), ARG(at.id), arg_str(STR("")), ARG(l->q->kind),
			arg_i64(limit + 1)),
		   import_run_row, sizeof(struct import_run), &rows, &l->n));
	l->v = rows;
	l->more = l->n > (size_t)limit;
	l->n = l->more ? (size_t)limit : l->n;
	return NULL;
}

static void filter_kinds(struct call *c)
{
	const struct import_kind *const *kinds = import_kinds_of(c->app, c->a, c->actor);
	struct choice v[32];
	size_t n = 0;
	for (; kinds[n]; n++)
		v[n] = (struct choice){.value = str_of(kinds[n]->name), .label = call_text(c, kinds[n]->label)};
	call_filter(c, "kind", "select", "import_kind", v, n);
}

const struct err *import_get_list(struct call *c)
{
	struct listing l = {.c = c, .q = c->input};
	struct cursor last = {0};
	TRY(call_read(c, read_list, &l));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		TRY(import_put_run(c, doc_append(items), &l.v[i]));
	if (l.more)
		last = (struct cursor){.number = l.v[l.n - 1].made_at.ms, .id = l.v[l.n - 1].id};
	cursor_next(c, &import_runs, l.q->sort, last);
	call_list_page(c, &import_runs, l.q->sort, "import_sort_", l.n);
	filter_kinds(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "import_title"));
	return NULL;
}

/* ---- uploading ------------------------------------------------------------------------- */

const struct err *import_get_new(struct call *c)
{
	const struct import_kind *const *kinds = import_kinds_of(c->app, c->a, c->actor);
	json_t *fields = doc_sublist(c->page, "fields");
	struct choice v[32];
	size_t n = 0;
	for (; kinds[n]; n++)
		v[n] = (struct choice){.value = str_of(kinds[n]->name), .label = call_text(c, kinds[n]->label)};
	struct str asked = pairs_get(&c->req->query, "kind");
	struct field kind = {.name = "kind", .kind = "select", .label = "import_kind", .choices = v, .n_choices = n, .required = true,
			     .value = asked.n ? asked : n ? v[0].value : STR("")};
	struct field source = {.name = "source", .kind = "text", .label = "import_source", .hint = "import_source_hint", .max = IMPORT_SOURCE_MAX};
	struct field name = {.name = "file_name", .kind = "text", .label = "import_file_name", .hint = "import_file_name_hint", .max = IMPORT_FILE_NAME_MAX};
	call_field(c, fields, NULL, &kind);
	call_field(c, fields, NULL, &source);
	call_field(c, fields, NULL, &name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "import_new_title"));
	return NULL;
}

const struct err *import_form_new(struct call *c)
{
	return import_get_new(c);
}

struct opening {
	struct import_run run;
	struct outcome out;
};

static const struct err *open_run(struct db_tx *tx, struct env *e, void *ctx)
{
	struct opening *o = ctx;
	struct import_run run = o->run;
	TRY(import_open(tx, e, &run));
	o->out.object = run.id;
	return NULL;
}

static const struct upload *file_of(const struct call *c)
{
	for (size_t i = 0; i < c->req->n_files; i++)
		if (str_is(c->req->files[i].field, "file"))
			return &c->req->files[i];
	return NULL;
}

static const struct err *done(struct call *c, int status, struct id id)
{
	if (c->face != FACE_HTML)
		TRY(import_show_run(c, id, false));
	call_done(c, status, str_fmt(c->a, "/imports/%lld", (long long)id.v));
	return NULL;
}

const struct err *import_post(struct call *c)
{
	const struct new_input *in = c->input;
	const struct import_kind *k = import_kind_find(c->app, in->kind);
	const struct upload *file = file_of(c);
	struct opening o = {0};
	if (!k)
		return err_on_field(c->a, "kind", "unknown_word", "no such kind");
	if (!may(c->actor, k->perm, STR("")))
		return ERR(c->a, ERR_DENIED, NULL, "%s is held nowhere", k->perm->name);
	if (!file)
		return err_on_field(c->a, "file", "file_wanted", "no file");
	struct import_order order = {.kind = k, .source = str_trim(in->source), .file_name = str_trim(in->file_name),
				     .actor = import_actor_text(c->a, c->actor), .person_id = c->actor->person_id, .fd = file->fd};
	const struct err *bad = import_stage(&c->env, &order, &o.run);
	if (bad && bad->kind == ERR_INPUT && !bad->fields) /* what is wrong with the sheet stands at the file */
		return err_on_field(c->a, "file", str_z(c->a, bad->code), str_z(c->a, bad->detail));
	TRY(bad);
	bad = call_write(c, open_run, &o, &o.out);
	if (bad || o.out.replayed)
		TRY(import_drop_rows(&c->env, o.run.id));
	TRY(bad);
	return done(c, 201, o.out.object);
}

/* ---- going on ---------------------------------------------------------------------------- */

struct acting {
	struct call *c;
	int64_t version;
	struct outcome out;
	enum { ACT_CHECK, ACT_APPLY, ACT_CANCEL } act;
};

static const struct err *columns_sent(struct call *c, const struct import_kind *k, const struct import_run *run, struct columns *out)
{
	const struct check_input *in = c->input;
	*out = (struct columns){0};
	if (in->mapping.n || !pairs_has(&c->req->form, "c0"))
		return import_mapping_read(c->a, k, run->head, in->mapping.n ? in->mapping : run->mapping, out);
	for (int i = 0; i < IMPORT_COLUMNS; i++)
		out->at[i] = import_field_name(k, i) ? column_sent(in, i) : 0;
	return NULL;
}

static const struct err *act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct acting *k = ctx;
	struct call *c = k->c;
	struct import_run run;
	struct columns columns;
	TRY(import_run_read(tx, e->city, c->target.id, &run));
	k->out.object = run.id;
	if (run.person_id.v != c->actor->person_id.v)
		return ERR(c->a, ERR_DENIED, "import_not_yours", "somebody else's import");
	if (k->version && k->version != run.version)
		return err_stale(c->a, k->version, run.version);
	run.actor = import_actor_text(c->a, c->actor);
	if (k->act == ACT_CANCEL)
		return import_cancel(tx, e, &run);
	if (k->act == ACT_APPLY)
		return import_apply(tx, e, &run, JOB_AFTER_MS);
	const struct import_kind *kind = import_kind_find(c->app, run.kind);
	if (!kind)
		return ERR(c->a, ERR_BUG, NULL, "no such kind");
	TRY(columns_sent(c, kind, &run, &columns));
	return import_check(tx, e, &run, &columns, JOB_AFTER_MS);
}

/* A small file is done by the time of the answer; of a large one the page shows how far it is. */
static const struct err *act_and_work(struct call *c, struct acting *k)
{
	struct import_run run;
	TRY(call_write(c, act, k, &k->out));
	const struct err *e = import_work(&c->env, c->target.id, INLINE_MS, &run);
	if (e && e->kind != ERR_BUSY)
		return e;
	return done(c, 200, c->target.id);
}

const struct err *import_post_check(struct call *c)
{
	const struct check_input *in = c->input;
	struct acting k = {.c = c, .version = in->version, .act = ACT_CHECK};
	return act_and_work(c, &k);
}

const struct err *import_post_apply(struct call *c)
{
	const struct version_input *in = c->input;
	struct acting k = {.c = c, .version = in->version, .act = ACT_APPLY};
	return act_and_work(c, &k);
}

const struct err *import_post_cancel(struct call *c)
{
	const struct version_input *in = c->input;
	struct acting k = {.c = c, .version = in->version, .act = ACT_CANCEL};
	TRY(call_write(c, act, &k, &k.out));
	TRY(import_drop_rows(&c->env, c->target.id));
	return done(c, 200, c->target.id);
}

const struct err *import_form_run(struct call *c)
{
	return import_show_run(c, c->target.id, true);
}
