/* For tests: a whole application on a fresh database with one city. SQLite always; PostgreSQL in a schema of its own where
 * CHABAOCU_TEST_PG names a server. With CHABAOCU_TEST_PARTITIONS=N on PostgreSQL alone, with every city table in N parts. A test that keeps more in its ground defines GROUND_MORE as those members before it
 * includes this.
 */
#ifndef APP_GROUND_H
#define APP_GROUND_H

#include "feature.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#ifndef GROUND_MORE
#define GROUND_MORE
#endif

struct ground {
	struct arena *a;
	struct app *app;
	const char *dir, *dsn, *schema; /* schema: PostgreSQL only */
	struct app_options o;
	int64_t city;
	GROUND_MORE
};

/* What the test's ground is made of, defined once in every test. */
struct ground_plan {
	const struct feature *const *features; /* in the test's own, identify is there because somebody must say who asks */
	struct instant now;		       /* where the clock stands; 0: it runs */
	env_fn *found;			       /* makes the city, with the ground as its context; NULL: a bare row */
};
extern const struct ground_plan ground_plan;

static inline void fine(const struct err *e)
{
	if (e)
		print_error("%s:%d: kind %d %.*s: %.*s %.*s\n", e->file, e->line, (int)e->kind, STR_ARG(e->code), STR_ARG(e->detail),
			    STR_ARG(e->fields ? e->fields->pointer : STR_NONE));
	assert_null(e);
}

static inline void fails(const struct err *e, enum err_kind kind, const char *code)
{
	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	if (code && !str_is(e->code, code) && !(e->fields && str_is(e->fields->code, code)))
		fail_msg("code %.*s instead of %s: %.*s", STR_ARG(e->code), code, STR_ARG(e->detail));
}

static inline const struct err *ground_city_(struct db_tx *tx, void *ctx)
{
	static const struct sql add = {.name = "ground_city", .text = "INSERT INTO city (city_id, code, name, made_at) VALUES ($1, '371300', 'x', 1)",
				       .scope = SQL_CITY, .n_args = 1, .writes = true};
	return db_exec(tx, &add, ARGS(ARG(*(int64_t *)ctx)), NULL);
}

/* One statement written in a test. */
struct ground_sql_ { struct sql q; struct args args; int64_t n; };
static inline const struct err *ground_exec_(struct db_tx *tx, void *ctx)
{
	struct ground_sql_ *s = ctx;
	return s->q.writes ? db_exec(tx, &s->q, s->args, &s->n) : db_i64(tx, &s->q, s->args, -1, &s->n);
}
static inline int64_t ground_sql(struct ground *g, const char *text, struct args args)
{
	struct ground_sql_ s = {{.name = "test", .text = text, .scope = SQL_CITY, .n_args = args.n, .writes = text[0] != 'S'}, args, 0};
	struct arena *a = arena_new(0);
	fine(s.q.writes ? db_write(app_db(g->app), a, 0, app_id(g->app), ground_exec_, &s) : db_read(app_db(g->app), a, ground_exec_, &s));
	arena_free(a);
	return s.n;
}

static inline void ground_pg(const char *dsn, const char *text, const char *schema)
{
	char command[200];
	PGconn *c = PQconnectdb(dsn);
	snprintf(command, sizeof(command), "%s %s CASCADE", text, schema);
	if (text[0] == 'C')
		command[strlen(command) - 8] = '\0';
	PQclear(PQexec(c, "SET client_min_messages = warning"));
	PGresult *r = PQexec(c, command);
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(c);
}

static inline unsigned ground_parts_(void)
{
	const char *parts = getenv("CHABAOCU_TEST_PARTITIONS");
	return parts ? (unsigned)strtoul(parts, NULL, 10) : 0;
}

static inline void ground_open(struct ground *g)
{
	g->o.features = ground_plan.features;
	g->o.data_dir = g->dir;
	g->o.db_dsn = g->dsn;
	if (g->schema && !g->o.partitions)
		g->o.partitions = ground_parts_();
	g->o.migrate = true;
	g->o.no_media = !g->o.media_exe;
	fine(app_new(g->a, &g->o, &g->app));
}

static inline void ground_found_(struct ground *g)
{
	struct env e = env_system(g->app, g->a, g->city);
	if (ground_plan.found)
		fine(env_write(&e, ground_plan.found, g));
	else
		fine(db_write(app_db(g->app), g->a, 0, app_id(g->app), ground_city_, &g->city));
}

static inline struct ground *ground_new(const char *pg, const struct app_options *o)
{
	char dir[] = "/tmp/app_test.XXXXXX";
	struct ground *g = calloc(1, sizeof(*g));
	g->a = arena_new((size_t)64 * 1024 * 1024);
	g->city = 371300;
	g->o.fixed_now = ground_plan.now;
	if (o)
		g->o = *o;
	assert_non_null(mkdtemp(dir));
	g->dir = str_dup(g->a, str_of(dir)).p;
	if (pg) {
		g->schema = str_fmt(g->a, "t%d_%.6s", (int)getpid(), dir + strlen(dir) - 6).p;
		for (char *p = (char *)g->schema; *p; p++)
			*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
		ground_pg(pg, "CREATE SCHEMA", g->schema);
		g->dsn = str_fmt(g->a, "%s%coptions=-csearch_path%%3D%s", pg, strchr(pg, '?') ? '&' : '?', g->schema).p;
	}
	ground_open(g);
	ground_found_(g);
	return g;
}

static inline int ground_remove_(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static inline void ground_free(struct ground *g)
{
	app_free(g->app);
	if (g->schema)
		ground_pg(getenv("CHABAOCU_TEST_PG"), "DROP SCHEMA", g->schema);
	nftw(g->dir, ground_remove_, 8, FTW_DEPTH | FTW_PHYS);
	arena_free(g->a);
	free(g);
}

static inline int ground_sqlite(void **state)
{
	*state = ground_parts_() ? NULL : ground_new(NULL, NULL);
	return 0;
}

static inline int ground_on_pg(void **state)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG");
	*state = dsn ? ground_new(dsn, NULL) : NULL;
	return 0;
}

static inline int ground_down(void **state)
{
	if (*state)
		ground_free(*state);
	return 0;
}

/* The ground, or the test is skipped where there is no PostgreSQL. */
static inline struct ground *ground_of(void **state)
{
	if (!*state)
		skip();
	return *state;
}

#define GROUND struct ground *g = ground_of(state)

#define ON_BOTH(fn)                                                              \
	{#fn " (SQLite)", fn, ground_sqlite, ground_down, NULL},                 \
	{#fn " (PostgreSQL)", fn, ground_on_pg, ground_down, NULL}

static inline const struct err *ground_nobody(struct call *c)
{
	(void)c;
	return NULL;
}

#endif
