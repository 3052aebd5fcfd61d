/* Loading: the rows of single writes, whatever their texts hold, and the schema as it was. SQLite always; PostgreSQL in a database of its own
 * where CHABAOCU_TEST_PG names a server, since a load takes away indexes of the whole schema.
 */
#include "db_bulk.h"

#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { CITY = 370100, ROWS = 500 };

struct fixture {
	struct db *db;
	struct arena *a;
	char name[64];
	bool pg;
};

struct thing {
	struct id id;
	struct str name, bytes, word;
	struct opt_i64 maybe;
	int64_t zero;
};

static const struct shape thing_shape[] = {
	SHAPE(struct thing, id, 0), SHAPE(struct thing, name, 0), SHAPE_BLOB(struct thing, bytes), SHAPE(struct thing, word, 0),
	SHAPE(struct thing, maybe, 0), SHAPE(struct thing, zero, 0), SHAPE_END};

#define SQL_(var, n_, writes_, text_)                                                                                  \
	static const struct sql var = {.name = #var, .text = text_, .scope = SQL_CITY, .n_args = n_, .writes = writes_}

SQL_(add, 5, true, "INSERT INTO thing (city_id, id, name, bytes, maybe, zero, word)\nVALUES ($1, $2, $3, $4, $5, 0, '')");
SQL_(add_part, 3, true, "INSERT INTO part (city_id, thing_id, id) VALUES ($1, $3, $2)");
SQL_(add_quietly, 2, true, "INSERT INTO part (city_id, id, thing_id) VALUES ($1, $2, 1) ON CONFLICT (city_id, id) DO NOTHING");
SQL_(bump, 1, true, "UPDATE thing SET zero = zero + 1 WHERE city_id = $1");
SQL_(get, 2, false, "SELECT id, name, bytes, word, maybe, zero FROM thing WHERE city_id = $1 AND id = $2");
SQL_(count, 1, false, "SELECT COUNT(1) AS n FROM thing WHERE city_id = $1");
SQL_(count_parts, 1, false, "SELECT COUNT(1) AS n FROM part WHERE city_id = $1");
SQL_(by_name, 2, false, "SELECT id FROM thing WHERE city_id = $1 AND name = $2");

static const struct migration schema[] = {
	{"load_test", "CREATE TABLE thing (city_id INT NOT NULL, id BIGINT NOT NULL, name TEXT NOT NULL, bytes BLOB, maybe BIGINT,\n"
		      "zero INT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (city_id, id));\n"
		      "CREATE UNIQUE INDEX thing_name ON thing (city_id, name) WHERE name <> '';\n"
		      "CREATE TABLE part (city_id INT NOT NULL, id BIGINT NOT NULL, thing_id BIGINT NOT NULL, PRIMARY KEY (city_id, id),\n"
		      "FOREIGN KEY (city_id, thing_id) REFERENCES thing (city_id, id));\n"},
};

/* ---- small steps ------------------------------------------------------------ */

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

static bool run(const char *const *words)
{
	pid_t pid;
	int status = -1;
	return posix_spawnp(&pid, words[0], NULL, NULL, (char *const *)words, environ) == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static bool psql(struct fixture *f, const char *what, const char *how)
{
	const char *text = str_fmt(f->a, "%s DATABASE %s %s", what, f->name, how).p;
	return run((const char *const[]){"psql", "-X", "-q", "-d", getenv("CHABAOCU_TEST_PG"), "-c", text, NULL});
}

/* The server's address with another database at its end. */
static const char *pg_dsn(struct fixture *f)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG"), *slash = strrchr(dsn, '/');
	return str_fmt(f->a, "%.*s/%s", (int)(slash - dsn), dsn, f->name).p;
}

static int set_up(void **state, bool pg)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->a = arena_new(0);
	f->pg = pg;
	*state = f;
	if (pg) {
		snprintf(f->name, sizeof(f->name), "load_test_%d", (int)getpid());
		assert_true(psql(f, "CREATE", "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"));
	} else {
		snprintf(f->name, sizeof(f->name), "%s", "/tmp/load_test.XXXXXX");
		assert_non_null(mkdtemp(f->name));
	}
	const char *dsn = pg ? pg_dsn(f) : str_fmt(f->a, "sqlite:%s/t.db", f->name).p;
	int n = 0;
	fine(db_open(f->a, &(struct db_options){.dsn = dsn}, &f->db));
	fine(db_migrate(f->db, f->a, schema, 1, &n));
	assert_int_equal(n, 1);
	return 0;
}

static int set_up_sqlite(void **state)
{
	return set_up(state, false);
}

static int set_up_pg(void **state)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG");
	*state = NULL;
	return dsn && *dsn ? set_up(state, true) : 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	if (!f)
		return 0;
	db_close(f->db);
	if (f->pg)
		psql(f, "DROP", "WITH (FORCE)");
	else
		run((const char *const[]){"rm", "-rf", f->name, NULL});
	arena_free(f->a);
	free(f);
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

static const struct err *load(struct db_tx *tx, void *ctx)
{
	return db_bulk_load(tx, ctx);
}

static const struct err *load_now(struct fixture *f, const struct db_bulk *b, int64_t tx)
{
	return db_write(f->db, f->a, CITY, ID(tx), load, (void *)b);
}

static const struct err *put(struct db_bulk *b, int64_t id, struct str name, struct str bytes, struct opt_i64 maybe)
{
	return db_exec(db_bulk_tx(b), &add, ARGS(arg_i64(CITY), ARG(id), ARG(name), arg_blob(bytes), ARG(maybe)), NULL);
}

struct asked {
	const struct sql *q;
	struct arg second;
	struct thing thing;
	int64_t n;
};

static const struct err *ask_one(struct db_tx *tx, void *ctx)
{
	struct asked *k = ctx;
	return db_one(tx, k->q, ARGS(arg_i64(CITY), k->second), thing_shape, &k->thing);
}

static const struct err *ask_number(struct db_tx *tx, void *ctx)
{
	struct asked *k = ctx;
	return db_i64(tx, k->q, ARGS(arg_i64(CITY)), 0, &k->n);
}

/* ---- tests ---------------------------------------------------------------------- */

static void test_rows_come_as_they_went(void **state)
{
	static const char strange[] = "tab\t line\n return\r back\\slash \\N \\. \"quoted\" 'so' 安全";
	static const char bytes[] = "\0\1\xff\\x\t\n";
	struct fixture *f = here(state);
	struct db_bulk_saved saved;
	struct db_bulk *b = db_bulk_new(f->db);
	struct str blob = {bytes, sizeof(bytes) - 1};
	fine(db_bulk_begin(f->db, f->a, &saved));
	fine(put(b, 1, str_of(strange), blob, (struct opt_i64){true, INT64_MIN}));
	for (int64_t i = 2; i <= ROWS; i++) {
		fine(put(b, i, str_fmt(db_arena(db_bulk_tx(b)), "n%d", (int)i), STR(""), (struct opt_i64){0}));
		db_bulk_rest(b);
	}
	assert_int_equal(db_bulk_rows(b), ROWS);
	fine(load_now(f, b, 1));
	db_bulk_empty(b);
	assert_int_equal(db_bulk_rows(b), 0);
	fine(load_now(f, b, 2));
	fine(db_bulk_end(f->db, f->a, &saved, NULL, NULL));
	db_bulk_free(b);

	struct asked k = {.q = &get, .second = arg_i64(1)}, n = {.q = &count}, named = {.q = &by_name, .second = arg_str(STR("n7"))};
	fine(db_read(f->db, f->a, ask_one, &k));
	fine(db_read(f->db, f->a, ask_number, &n));
	fine(db_read(f->db, f->a, ask_one, &named));
	assert_true(str_eq(k.thing.name, str_of(strange)));
	assert_true(str_eq(k.thing.bytes, blob));
	assert_true(k.thing.maybe.is && k.thing.maybe.v == INT64_MIN && k.thing.zero == 0 && k.thing.word.n == 0);
	assert_int_equal(n.n, ROWS);
	assert_int_equal(named.thing.id.v, 7);
}

/* Children are put first, parents are loaded first. */
static void test_parents_come_before_children(void **state)
{
	struct fixture *f = here(state);
	struct asked n = {.q = &count_parts};
	struct db_bulk *b = db_bulk_new(f->db);
	db_bulk_order(b, &add);
	fine(db_exec(db_bulk_tx(b), &add_part, ARGS(arg_i64(CITY), arg_i64(5), arg_i64(9)), NULL));
	fine(put(b, 9, STR("parent"), STR(""), (struct opt_i64){0}));
	fine(load_now(f, b, 1));
	db_bulk_free(b);
	fine(db_read(f->db, f->a, ask_number, &n));
	assert_int_equal(n.n, 1);
}

static void test_a_duplicate_is_found(void **state)
{
	struct fixture *f = here(state);
	struct db_bulk_saved saved;
	struct db_bulk *b = db_bulk_new(f->db);
	fine(db_bulk_begin(f->db, f->a, &saved));
	assert_true(saved.n >= 1);
	fine(put(b, 1, STR("same"), STR(""), (struct opt_i64){0}));
	fine(put(b, 2, STR("same"), STR(""), (struct opt_i64){0}));
	fine(load_now(f, b, 1));
	refused(db_bulk_end(f->db, f->a, &saved, NULL, NULL), ERR_CONFLICT);
	refused(load_now(f, b, 2), ERR_CONFLICT); /* the key stayed */
	db_bulk_free(b);
}

/* Killed anywhere before its end, a load leaves a database that nobody opens: without its indexes it would serve, slowly and with
 * duplicates. */
static void test_an_unfinished_load_is_refused(void **state)
{
	struct fixture *f = here(state);
	struct db_bulk_saved saved;
	fine(db_bulk_begin(f->db, f->a, &saved));
	for (int i = 0; i < 2; i++) {
		const struct err *e = db_migrate(f->db, f->a, schema, 1, NULL);
		refused(e, ERR_CONFLICT);
		assert_true(str_is(e->code, "half_loaded"));
		if (i == 0)
			fine(db_bulk_end(f->db, f->a, &saved, NULL, NULL)); /* what is derived is still missing */
	}
	fine(db_bulk_done(f->db, f->a));
	fine(db_migrate(f->db, f->a, schema, 1, NULL));
}

static void test_a_load_only_takes_plain_inserts(void **state)
{
	struct fixture *f = here(state);
	struct asked k = {.q = &get, .second = arg_i64(1)}, n = {.q = &count};
	struct db_bulk *b = db_bulk_new(f->db);
	struct db_tx *tx = db_bulk_tx(b);
	refused(ask_one(tx, &k), ERR_BUG);
	refused(ask_number(tx, &n), ERR_BUG);
	refused(db_change(tx, &bump, ARGS(arg_i64(CITY))), ERR_BUG);
	refused(put(b, 1, (struct str){"\xff\xfe", 2}, STR(""), (struct opt_i64){0}), ERR_INPUT);
	refused(db_exec(tx, &add, ARGS(arg_i64(CITY)), NULL), ERR_BUG);
	assert_int_equal(db_bulk_rows(b), 0);
	refused(db_exec(tx, &bump, ARGS(arg_i64(CITY)), NULL), ERR_BUG);
	refused(db_exec(tx, &add_quietly, ARGS(arg_i64(CITY), arg_i64(1)), NULL), ERR_BUG);
	db_bulk_free(b);
}

#define BOTH(fn) cmocka_unit_test_setup_teardown(fn, set_up_sqlite, tear_down), cmocka_unit_test_setup_teardown(fn, set_up_pg, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_rows_come_as_they_went),
		BOTH(test_parents_come_before_children),
		BOTH(test_a_duplicate_is_found),
		BOTH(test_an_unfinished_load_is_refused),
		BOTH(test_a_load_only_takes_plain_inserts),
	};
	return cmocka_run_group_tests_name("loading", tests, NULL, NULL);
}
