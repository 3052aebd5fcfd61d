#include "check.h"
#include "command.h"

#include "app_sql.h"
#include "blob.h"
#include "event.h"
#include "moving.h"
#include "registry.h"
#include "router.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TELL_EVERY_S = 10 };

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"static", NULL, "only what needs no database: routes, views, catalogues, the registry", NULL},
	{"rows", NULL, "only what the database holds, not the program's statements and their plans", NULL},
	{"plans", NULL, "also print the plan of each statement", NULL},
	{0},
};

static void found_text(void *ctx, const char *text)
{
	check_found(ctx, "%s", text);
}

/* ---- without a database ------------------------------------------------------------- */

struct labels {
	struct arena *a;
	const struct texts *texts;
	struct check_report *report;
};

static void check_text(struct labels *l, const char *where, const char *key)
{
	if (!texts_find(l->texts, LANG_ZH, str_of(key)).p)
		check_found(l->report, "%s: no text for %s", where, key);
}

static void check_words(struct labels *l, const char *where, const struct codes *codes)
{
	for (size_t i = 1; codes && codes->words[i]; i++)
		check_text(l, where, str_fmt(l->a, "code_%s_%s", codes->name, codes->words[i]).p);
}

/* Fields stand with their label in errors and in the head of a CSV, words with theirs wherever they show. */
static void check_labels(struct labels *l, const char *where, const struct shape *shape)
{
	for (const struct shape *s = shape; s && s->name; s++) {
		check_text(l, where, str_fmt(l->a, "f_%s", s->name).p);
		check_words(l, where, s->codes);
	}
}

static void check_route_texts(void *ctx, const struct feature *f, const struct route *row)
{
	struct labels *l = ctx;
	const char *where = str_fmt(l->a, "%s %s of %s", web_method_name(row->method), row->path, f->name).p;
	check_labels(l, where, row->input);
	check_labels(l, where, row->rows);
}

static void check_menu_texts(struct labels *l, const struct feature *f)
{
	for (const struct menu_entry *m = f->menu; m && m->label; m++)
		check_text(l, str_fmt(l->a, "menu of %s", f->name).p, m->label);
}

/* What a permission lets people do is said in their words, in the editor of roles. */
static void check_perm_texts(struct labels *l, const struct feature *f)
{
	for (const struct perm *const *p = f->perms; p && *p; p++) {
		struct str key = str_fmt(l->a, "perm_%s", (*p)->name);
		for (char *z = (char *)key.p; *z; z++)
			*z = *z == '.' ? '_' : *z;
		check_text(l, str_fmt(l->a, "permission %s of %s", (*p)->name, f->name).p, key.p);
	}
	if (f->perms && f->perms[0])
		check_text(l, str_fmt(l->a, "permissions of %s", f->name).p, str_fmt(l->a, "perm_group_%s", f->name).p);
}

static void check_error_texts(struct labels *l)
{
	for (enum err_kind kind = ERR_NONE + 1; kind < ERR_KIND_COUNT; kind++) {
		check_text(l, "errors", str_fmt(l->a, "err_%s", err_default_code(kind)).p);
		check_text(l, "errors", str_fmt(l->a, "advice_%d", err_status(kind)).p);
	}
}

static void check_texts(struct arena *a, const struct feature *const *features, const struct texts *texts, const struct router *router,
			struct check_report *r)
{
	struct labels l = {a, texts, r};
	router_each(router, check_route_texts, &l);
	for (size_t i = 0; features[i]; i++) {
		check_menu_texts(&l, features[i]);
		check_perm_texts(&l, features[i]);
		/* Who knows people knows what they are called. */
		if (features[i]->identify)
			check_words(&l, "roles", &role_codes);
	}
	check_error_texts(&l);
}

static const struct err *check_static(struct arena *a, struct check_report *r)
{
	const struct feature *const *features;
	struct texts *texts;
	struct views *views;
	struct router *router;
	TRY(registry_new(a, features_all, &features));
	TRY(texts_new(a, features, &texts));
	TRY(views_new(a, features, texts, NULL, &views));
	TRY(router_new(a, features, &router));
	views_check(views, features, found_text, r);
	check_texts(a, features, texts, router, r);
	moving_check_tables(features, r);
	return NULL;
}

/* ---- statements and shapes against the schema ------------------------------------------ */

static void check_statement(struct app *app, struct arena *a, const struct sql *q, bool plans, struct check_report *r)
{
	struct db_prepared p;
	struct arena_mark mark = arena_mark(a);
	const struct err *e = db_prepare_check(app_db(app), a, q, &p);
	if (e)
		check_found(r, "statement %s (%s:%d): %.*s", q->name, q->file, q->line, STR_ARG(e->detail));
	else if (p.n_params != q->n_args)
		check_found(r, "statement %s: %u parameters, declared %u", q->name, p.n_params, q->n_args);
	else if (plans)
		printf("-- %s\n%.*s\n", q->name, STR_ARG(p.plan));
	arena_rewind(a, mark);
}

static void check_list(struct app *app, struct arena *a, const struct sql_list *l, bool plans, struct check_report *r)
{
	unsigned n = l->n_anchors * l->n_sorts * (l->n_filters + 1);
	for (unsigned i = 0; i < n; i++)
		check_statement(app, a, &l->stmts[i], plans, r);
	for (unsigned i = 0; l->edges && i < n; i++)
		check_statement(app, a, &l->edges[i], plans, r);
}

static void check_moved(struct app *app, struct arena *a, const struct sql_moved *m, bool plans, struct check_report *r)
{
	const struct sql *const with[] = {&m->enterprise, &m->mid, &m->top, &m->wrong}, *const without[] = {&m->rehome, &m->wrong};
	for (size_t i = 0; i < (m->has_ancestors ? 4 : 2); i++)
		check_statement(app, a, m->has_ancestors ? with[i] : without[i], plans, r);
}

static void check_statements(struct app *app, struct arena *a, bool plans, struct check_report *r)
{
	const struct feature *const *features = app_features(app);
	for (size_t i = 0; features[i]; i++) {
		for (const struct sql *const *q = features[i]->stmts; q && *q; q++)
			check_statement(app, a, *q, plans, r);
		for (const struct sql_list *const *l = features[i]->lists; l && *l; l++)
			check_list(app, a, *l, plans, r);
		for (const struct sql_moved *const *m = features[i]->moved; m && *m; m++)
			check_moved(app, a, *m, plans, r);
	}
}

/* Each column that a shape names must exist in its table. The statement text is made here, of names out of the
 * program's own tables, because it only ever asks the schema. */
static void check_shape(struct app *app, struct arena *a, const struct shape_of_table *t, struct check_report *r)
{
	struct sb b = sb_new(a, 16 * 1024);
	sb_addz(&b, "SELECT ");
	for (const struct shape *s = t->shape; s->name; s++)
		sb_fmt(&b, "%s%s", s == t->shape ? "" : ", ", s->name);
	sb_fmt(&b, " FROM %s", t->table);
	struct sql q = {.name = t->table, .text = str_z(a, sb_str(&b)), .file = "shape", .scope = SQL_NATIONAL};
	struct db_prepared p;
	const struct err *e = db_prepare_check(app_db(app), a, &q, &p);
	if (e)
		check_found(r, "shape of table %s: %.*s", t->table, STR_ARG(e->detail));
}

static void check_shapes(struct app *app, struct arena *a, struct check_report *r)
{
	const struct feature *const *features = app_features(app);
	for (size_t i = 0; features[i]; i++)
		for (const struct shape_of_table *t = features[i]->tables; t && t->table; t++)
			check_shape(app, a, t, r);
}

/* ---- the rows ------------------------------------------------------------------------------ */

struct cities {
	int64_t v[512];
	size_t n;
};

struct city_row {
	int64_t city_id;
};

static const struct err *add_city(void *ctx, const void *row)
{
	struct cities *c = ctx;
	if (c->n < sizeof(c->v) / sizeof(c->v[0]))
		c->v[c->n++] = ((const struct city_row *)row)->city_id;
	return NULL;
}

static const struct err *load_cities(struct db_tx *tx, void *ctx)
{
	static const struct shape city_shape[] = {SHAPE(struct city_row, city_id, 0), SHAPE_END};
	return db_each(tx, &app_cities, (struct args){0}, city_shape, sizeof(struct city_row), add_city, ctx);
}

/* A whole city takes minutes: a line now and then says that it goes on. */
static void tell(void *ctx, int64_t n)
{
	struct check_report *r = ctx;
	int64_t now = (int64_t)time(NULL);
	r->told_at = r->told_at ? r->told_at : now;
	if (now - r->told_at < TELL_EVERY_S)
		return;
	r->told_at = now;
	fprintf(stderr, "check: %" PRId64 " events\n", n);
}

static const struct err *check_city(struct app *app, struct arena *a, int64_t city, struct check_report *r)
{
	struct env e = env_system(app, a, city);
	int64_t events = 0, files = 0;
	const struct feature *const *features = app_features(app);
	TRY(event_verify_told(&e, found_text, tell, r, &events));
	TRY(attachment_verify(&e, found_text, r, &files));
	TRY(moving_check_rows(&e, r));
	for (size_t i = 0; features[i]; i++)
		if (features[i]->check)
			TRY(features[i]->check(&e, r));
	printf("city %" PRId64 ": %" PRId64 " events, %" PRId64 " attachments verified\n", city, events, files);
	return NULL;
}

static const struct err *check_rows(struct app *app, struct arena *a, struct check_report *r)
{
	struct cities c = {.n = 0};
	TRY(db_read(app_db(app), a, load_cities, &c));
	for (size_t i = 0; i < c.n; i++)
		TRY(check_city(app, a, c.v[i], r));
	return NULL;
}

static const struct err *check_app(struct command_call *c, struct check_report *r)
{
	struct app *app;
	struct app_options o = {.migrate = true, .no_media = true, .read_only_ok = true};
	TRY(command_app(c, &o, &app));
	if (!command_option(c, "rows")) {
		check_statements(app, c->a, command_option(c, "plans") != NULL, r);
		check_partitions(app, c->a, r);
		check_shapes(app, c->a, r);
		check_plans(app, c->a, r);
	}
	const struct err *e = check_rows(app, c->a, r);
	app_free(app);
	return e;
}

static const struct err *check(struct command_call *c, int *status)
{
	struct check_report r = {0};
	if (command_option(c, "rows") && (command_option(c, "static") || command_option(c, "plans")))
		return ERR(c->a, ERR_INPUT, NULL, "--rows leaves out what --static and --plans ask for");
	if (!command_option(c, "rows"))
		TRY(check_static(c->a, &r));
	if (!command_option(c, "static"))
		TRY(check_app(c, &r));
	printf("%" PRId64 " findings\n", r.n);
	*status = r.n ? 1 : 0;
	return NULL;
}

const struct command cmd_check = {"check", "[--static | --rows] [--db DSN] [--data DIR]",
				  "Walk every table of the program, verify event chains and attachments", options, 0, 0, check, false};
