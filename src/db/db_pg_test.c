/* What only PostgreSQL can go wrong with: lost connections, unknown outcomes, standbys. Needs CHABAOCU_TEST_PG (tests/pg.sh). */
#include "db.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { CITY = 370200 }; /* another than that of db_test, which may run beside it */

#define SQL_(var, n_, writes_, text_)                                                                                  \
	static const struct sql var = {.name = #var, .text = text_, .scope = SQL_CITY, .n_args = n_, .writes = writes_}

SQL_(add, 1, true, "INSERT INTO pg_thing (id) VALUES ($1)");
SQL_(count, 0, false, "SELECT count(*) AS n FROM pg_thing");
SQL_(bump, 1, true, "UPDATE pg_thing SET n = n + 1 WHERE id = $1");
SQL_(sum, 0, false, "SELECT CAST(sum(n) AS BIGINT) AS n FROM pg_thing");
SQL_(my_pid, 0, false, "SELECT pg_backend_pid() AS n");
SQL_(bare_sum, 0, false, "SELECT sum(CAST(1 AS BIGINT)) AS n");
SQL_(sneaky, 0, false, "INSERT INTO pg_thing (id) VALUES (9)");

static const char tables[] =
	"DROP TABLE IF EXISTS pg_thing; DROP SEQUENCE IF EXISTS pg_once; CREATE SEQUENCE pg_once;"
	"CREATE TABLE pg_thing (id BIGINT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0);"
	"DELETE FROM tx_done WHERE city_id = 370200";

/* At the first commit of a row, the statement in %s happens. */
static const char at_commit[] =
	"CREATE OR REPLACE FUNCTION pg_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$"
	" BEGIN IF nextval('pg_once') = 1 THEN %s; END IF; RETURN NULL; END $$;"
	"CREATE CONSTRAINT TRIGGER pg_at_commit AFTER INSERT ON pg_thing DEFERRABLE INITIALLY DEFERRED"
	" FOR EACH ROW EXECUTE FUNCTION pg_at_commit()";

struct fixture {
	struct db *db;
	struct arena *a;
	const char *dsn;
	PGconn *side; /* a look at the server past the code under test */
};

static void fine(const struct err *e)
{
	if (e)
		print_error("%s:%d: kind %d: %.*s\n", e->file, e->line, (int)e->kind, STR_ARG(e->detail));
	assert_null(e);
}

static void refused(const struct err *e, enum err_kind kind)
{
	assert_non_null(e);
	if (e->kind != kind)
		print_error("%.*s\n", STR_ARG(e->detail));
	assert_int_equal(e->kind, kind);
}

static void aside(struct fixture *f, const char *text)
{
	PGresult *res = PQexec(f->side, text);
	if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
		fail_msg("%s", PQerrorMessage(f->side));
	PQclear(res);
}

static void ignore_notice(void *p, const char *text)
{
	(void)p;
	(void)text;
}

static const char *with_option(struct arena *a, const char *dsn, const char *option)
{
	return str_fmt(a, "%s%c%s", dsn, strchr(dsn, '?') ? '&' : '?', option).p;
}

static int set_up(void **state)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG");
	*state = NULL;
	if (!dsn || !*dsn)
		return 0;
	struct fixture *f = calloc(1, sizeof(*f));
	f->a = arena_new(0);
	f->dsn = with_option(f->a, dsn, "application_name=db_pg_test");
	f->side = PQconnectdb(dsn);
	PQsetNoticeProcessor(f->side, ignore_notice, NULL);
	fine(db_open(f->a, &(struct db_options){.dsn = f->dsn, .pool = 4}, &f->db));
	fine(db_migrate(f->db, f->a, NULL, 0, NULL));
	aside(f, tables);
	*state = f;
	return 0;
}

static struct fixture *here(void **state)
{
	if (!*state) {
		print_message("not run: CHABAOCU_TEST_PG names no PostgreSQL server\n");
		skip();
	}
	return *state;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	if (!f)
		return 0;
	db_close(f->db);
	PQfinish(f->side);
	arena_free(f->a);
	free(f);
	return 0;
}

static const struct err *add_row(struct db_tx *tx, void *ctx)
{
	return db_exec(tx, &add, ARGS(arg_i64(*(const int64_t *)ctx)), NULL);
}

static const struct err *read_number(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &count, NO_ARGS, -1, ctx);
}

static int64_t rows_in(struct fixture *f)
{
	int64_t n = -1;
	fine(db_read(f->db, f->a, read_number, &n));
	return n;
}

static int64_t retries_of(struct fixture *f)
{
	struct db_stats s;
	db_stats(f->db, &s);
	return s.retries;
}

/* ---- lost connections ------------------------------------------------------------ */

struct victim {
	struct fixture *f;
	int calls;
	char *kept;
};

static void kill_backend(struct fixture *f, int64_t pid)
{
	aside(f, str_fmt(f->a, "SELECT pg_terminate_backend(%lld)", (long long)pid).p);
	usleep(50000);
}

static const struct err *killed_once(struct db_tx *tx, void *ctx)
{
	struct victim *v = ctx;
	int64_t pid = 0;
	TRY(db_exec(tx, &add, ARGS(arg_i64(1)), NULL));
	TRY(db_i64(tx, &my_pid, NO_ARGS, 0, &pid));
	if (v->calls++ == 0)
		kill_backend(v->f, pid);
	return db_exec(tx, &add, ARGS(arg_i64(2)), NULL);
}

static void test_a_killed_connection_is_tried_again(void **state)
{
	struct fixture *f = here(state);
	struct victim v = {.f = f};
	fine(db_write(f->db, f->a, CITY, ID(1), killed_once, &v));
	assert_int_equal(v.calls, 2);
	assert_int_equal(rows_in(f), 2);
}

static const struct err *killed_at_the_end(struct db_tx *tx, void *ctx)
{
	struct victim *v = ctx;
	int64_t pid = 0;
	TRY(db_exec(tx, &add, ARGS(arg_i64(1)), NULL));
	TRY(db_i64(tx, &my_pid, NO_ARGS, 0, &pid));
	if (v->calls++ == 0)
		kill_backend(v->f, pid);
	return NULL;
}

static void test_a_connection_lost_before_the_commit(void **state)
{
	struct fixture *f = here(state);
	struct victim v = {.f = f};
	fine(db_write(f->db, f->a, CITY, ID(1), killed_at_the_end, &v));
	assert_int_equal(v.calls, 2);
	assert_int_equal(rows_in(f), 1);
}

static void test_idle_connections_may_all_have_died(void **state)
{
	struct fixture *f = here(state);
	int64_t id = 1;
	fine(db_write(f->db, f->a, CITY, ID(1), add_row, &id));
	aside(f, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'db_pg_test'");
	usleep(50000);
	assert_int_equal(rows_in(f), 1);
	id = 2;
	fine(db_write(f->db, f->a, CITY, ID(2), add_row, &id));
	assert_int_equal(rows_in(f), 2);
}

/* ---- unknown outcomes -------------------------------------------------------------- */

static void happens_at_commit(struct fixture *f, const char *statement)
{
	char text[1024];
	snprintf(text, sizeof(text), at_commit, statement);
	aside(f, text);
}

static const struct err *add_and_keep(struct db_tx *tx, void *ctx)
{
	struct victim *v = ctx;
	v->calls++;
	v->kept = (char *)arena_copy(db_arena(tx), "result", 6);
	return db_exec(tx, &add, ARGS(arg_i64(1)), NULL);
}

static void test_a_commit_that_is_killed_is_tried_again(void **state)
{
	struct fixture *f = here(state);
	struct victim v = {.f = f};
	happens_at_commit(f, "PERFORM pg_terminate_backend(pg_backend_pid())");
	fine(db_write(f->db, f->a, CITY, ID(1), add_and_keep, &v));
	assert_int_equal(v.calls, 2);
	assert_int_equal(rows_in(f), 1);
}

/* The warning of a commit that did not wait for its standby: not acknowledged, asked again, found done. */
static void test_a_warning_at_the_commit_is_no_acknowledgement(void **state)
{
	struct fixture *f = here(state);
	struct victim v = {.f = f};
	happens_at_commit(f, "RAISE WARNING 'might not have been replicated'");
	fine(db_write(f->db, f->a, CITY, ID(1), add_and_keep, &v));
	assert_int_equal(retries_of(f), 1);
	assert_int_equal(v.calls, 1);
	assert_string_equal(v.kept, "result");
	assert_int_equal(rows_in(f), 1);
}

static void test_a_number_is_applied_once(void **state)
{
	struct fixture *f = here(state);
	struct victim v = {.f = f};
	fine(db_write(f->db, f->a, CITY, ID(5), add_and_keep, &v));
	fine(db_write(f->db, f->a, CITY, ID(5), add_and_keep, &v));
	assert_int_equal(v.calls, 1);
	assert_int_equal(rows_in(f), 1);
}

/* ---- locks -------------------------------------------------------------------------- */

struct crossing {
	struct fixture *f;
	int64_t first, second;
	_Atomic int *arrived;
	int calls;
	bool failed;
};

static const struct err *cross(struct db_tx *tx, void *ctx)
{
	struct crossing *c = ctx;
	TRY(db_change(tx, &bump, ARGS(arg_i64(c->first))));
	if (c->calls++ == 0) {
		atomic_fetch_add(c->arrived, 1);
		while (atomic_load(c->arrived) < 2)
			usleep(1000);
	}
	return db_change(tx, &bump, ARGS(arg_i64(c->second)));
}

static void *run_crossing(void *p)
{
	struct crossing *c = p;
	struct arena *a = arena_new(0);
	c->failed = db_write(c->f->db, a, CITY, ID(100 + c->first), cross, c) != NULL;
	arena_free(a);
	return NULL;
}

static const struct err *read_sum(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &sum, NO_ARGS, -1, ctx);
}

static void test_a_deadlock_is_tried_again(void **state)
{
	struct fixture *f = here(state);
	_Atomic int arrived = 0;
	struct crossing c[2] = {{f, 1, 2, &arrived, 0, false}, {f, 2, 1, &arrived, 0, false}};
	pthread_t t[2];
	int64_t n = 0;
	aside(f, "INSERT INTO pg_thing (id) VALUES (1), (2)");
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, run_crossing, &c[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert_false(c[0].failed || c[1].failed);
	fine(db_read(f->db, f->a, read_sum, &n));
	assert_int_equal(n, 4);
}

/* ---- waiting ------------------------------------------------------------------------- */

SQL_(slumber, 0, false, "SELECT count(*) AS n FROM pg_sleep(1)");

static const struct err *sleep_long(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &slumber, NO_ARGS, 0, ctx);
}

/* A server that keeps the connection and says nothing must not keep the request. */
static void test_a_silent_server_is_given_up(void **state)
{
	struct fixture *f = here(state);
	struct db *db = NULL;
	int64_t n = -1;
	fine(db_open(f->a, &(struct db_options){.dsn = f->dsn, .pool = 4, .answer_ms = 200}, &db));
	refused(db_read(db, f->a, sleep_long, &n), ERR_BUSY);
	fine(db_read(db, f->a, read_number, &n));
	assert_int_equal(n, 0);
	db_close(db);
}

struct holder {
	struct fixture *f;
	_Atomic int *arrived, *leave;
	int64_t id;
	bool failed;
};

static const struct err *hold(struct db_tx *tx, void *ctx)
{
	struct holder *h = ctx;
	TRY(db_exec(tx, &add, ARGS(arg_i64(h->id)), NULL));
	atomic_fetch_add(h->arrived, 1);
	while (!atomic_load(h->leave))
		usleep(1000);
	return NULL;
}

static void *run_holder(void *p)
{
	struct holder *h = p;
	struct arena *a = arena_new(0);
	h->failed = db_write(h->f->db, a, CITY, ID(200 + h->id), hold, h) != NULL;
	arena_free(a);
	return NULL;
}

/* As when all wait for a standby: of 4 connections 3 may write. */
static void test_writers_leave_room_for_readers(void **state)
{
	struct fixture *f = here(state);
	_Atomic int arrived = 0, leave = 0;
	struct holder h[4];
	pthread_t t[4];
	for (int i = 0; i < 4; i++) {
		h[i] = (struct holder){f, &arrived, &leave, i + 1, false};
		assert_int_equal(pthread_create(&t[i], NULL, run_holder, &h[i]), 0);
	}
	while (atomic_load(&arrived) < 3)
		usleep(1000);
	assert_int_equal(rows_in(f), 0);
	assert_int_equal(atomic_load(&arrived), 3);
	atomic_store(&leave, 1);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < 4; i++)
		assert_false(h[i].failed);
	assert_int_equal(rows_in(f), 4);
}

/* ---- servers that will not do --------------------------------------------------------- */

static void test_a_read_only_server_is_read(void **state)
{
	struct fixture *f = here(state);
	struct db *db = NULL;
	int64_t id = 1, n = -1;
	const char *dsn = with_option(f->a, f->dsn, "options=-c%20default_transaction_read_only%3Don");
	fine(db_open(f->a, &(struct db_options){.dsn = dsn}, &db));
	fine(db_migrate(db, f->a, NULL, 0, NULL));
	refused(db_write(db, f->a, CITY, ID(1), add_row, &id), ERR_READONLY);
	fine(db_read(db, f->a, read_number, &n));
	assert_int_equal(n, 0);
	db_close(db);
}

static void test_another_encoding_is_refused(void **state)
{
	struct fixture *f = here(state);
	struct db *db = NULL;
	const char *slash = strrchr(f->dsn, '/');
	aside(f, "DROP DATABASE IF EXISTS pg_ascii");
	aside(f, "CREATE DATABASE pg_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
	const char *dsn = str_fmt(f->a, "%.*s/pg_ascii", (int)(slash - f->dsn), f->dsn).p;
	const struct err *e = db_open(f->a, &(struct db_options){.dsn = dsn}, &db);
	refused(e, ERR_INPUT);
	assert_true(str_is(e->code, "bad_database"));
	assert_null(db);
	aside(f, "DROP DATABASE pg_ascii");
}

static const struct err *sum_uncast(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &bare_sum, NO_ARGS, 0, ctx);
}

static const struct err *write_in_read(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &sneaky, NO_ARGS, NULL);
}

static void test_what_the_engines_see_differently_is_refused(void **state)
{
	struct fixture *f = here(state);
	int64_t n;
	refused(db_read(f->db, f->a, sum_uncast, &n), ERR_BUG);
	refused(db_read(f->db, f->a, write_in_read, NULL), ERR_BUG);
	assert_int_equal(rows_in(f), 0);
	refused(db_backup(f->db, f->a, "/nonexistent"), ERR_INPUT);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_killed_connection_is_tried_again),
		T(test_a_connection_lost_before_the_commit),
		T(test_idle_connections_may_all_have_died),
		T(test_a_commit_that_is_killed_is_tried_again),
		T(test_a_warning_at_the_commit_is_no_acknowledgement),
		T(test_a_number_is_applied_once),
		T(test_a_deadlock_is_tried_again),
		T(test_a_silent_server_is_given_up),
		T(test_writers_leave_room_for_readers),
		T(test_a_read_only_server_is_read),
		T(test_another_encoding_is_refused),
		T(test_what_the_engines_see_differently_is_refused),
	};
	return cmocka_run_group_tests_name("postgresql", tests, NULL, NULL);
}
