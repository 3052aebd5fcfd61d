/* What both engines promise alike. SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server (tests/pg.sh). */
#include "db.h"
#include "db_driver.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { CITY = 370100, THREADS = 16, WRITES = 200 };

struct fixture {
	struct db *db;
	struct arena *a;
	char path[64];
	const char *dsn;
	_Atomic int64_t tx_id;
};

static const char *const kind_words[] = {"", "open", "closed", NULL};
static const struct codes kinds = {"kind", kind_words};

struct thing {
	struct id id;
	int64_t n;
	bool flag;
	struct str name;
	struct day day;
	struct instant at;
	struct fen cost;
	struct opt_fen maybe_cost;
	struct opt_i64 maybe;
	struct str bytes;
	uint32_t kind;
};

static const struct shape thing_shape[] = {
	SHAPE(struct thing, id, 0),    SHAPE(struct thing, n, 0),          SHAPE(struct thing, flag, 0),
	SHAPE(struct thing, name, 50), SHAPE(struct thing, day, 0),        SHAPE(struct thing, at, 0),
	SHAPE(struct thing, cost, 0),  SHAPE(struct thing, maybe_cost, 0), SHAPE(struct thing, maybe, 0),
	SHAPE_BLOB(struct thing, bytes), SHAPE_CODE(struct thing, kind, &kinds), SHAPE_END};

#define SQL_(var, n_, writes_, text_)                                                                                  \
	static const struct sql var = {.name = #var, .text = text_, .scope = SQL_CITY, .n_args = n_, .writes = writes_}

SQL_(drop_all, 0, true, "DROP TABLE IF EXISTS part");
SQL_(drop_thing, 0, true, "DROP TABLE IF EXISTS thing");
SQL_(forget, 0, true, "DELETE FROM schema_migration WHERE name IN ('db_test_1', 'db_test_2')");
SQL_(forget_tx, 0, true, "DELETE FROM tx_done WHERE city_id = 370100");
SQL_(add, 2, true, "INSERT INTO thing (city_id, id, name) VALUES (370100, $1, $2)");
SQL_(add_swapped, 2, true, "INSERT INTO thing (name, city_id, id) VALUES ($2, 370100, $1)");
SQL_(add_full, 11, true,
     "INSERT INTO thing (city_id, id, n, flag, name, day, at, cost, maybe_cost, maybe, bytes, kind)"
     " VALUES (370100, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
SQL_(get, 2, false,
     "SELECT id, n, flag, name, day, at, cost, maybe_cost, maybe, bytes, kind FROM thing WHERE city_id = $1 AND id = $2");
SQL_(names, 1, false, "SELECT id, name FROM thing WHERE city_id = $1 ORDER BY id");
SQL_(gap, 4, false, "SELECT id, name FROM thing WHERE city_id = $1 AND id = $4");
SQL_(alien, 1, false, "SELECT id, name, 1 AS stranger FROM thing WHERE city_id = $1");
SQL_(count, 1, false, "SELECT count(*) AS n FROM thing WHERE city_id = $1");
SQL_(sum_n, 1, false, "SELECT CAST(sum(n) AS BIGINT) AS n FROM thing WHERE city_id = $1");
SQL_(rename_if, 4, true, "UPDATE thing SET name = $4, n = n + 1 WHERE city_id = $1 AND id = $2 AND n = $3");
SQL_(bump_all, 1, true, "UPDATE thing SET n = n + 1 WHERE city_id = $1");
SQL_(add_part, 2, true, "INSERT INTO part (city_id, id, thing_id) VALUES (370100, $1, $2)");
SQL_(broken, 0, false, "SELECT nothing FROM nowhere");
SQL_(many, 1, false,
     "WITH RECURSIVE r (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM r WHERE n < CAST($1 AS BIGINT))"
     " SELECT n FROM r ORDER BY n");

static const struct migration schema[] = {
	{"db_test_2", "-- a comment that ends in a semicolon;\nCREATE TABLE part (\n\tcity_id INT NOT NULL,\n\tid BIGINT NOT NULL,\n"
			      "\tthing_id BIGINT NOT NULL,\n\tPRIMARY KEY (city_id, id),\n"
			      "\tFOREIGN KEY (city_id, thing_id) REFERENCES thing (city_id, id)\n)\n;\n"},
	{"db_test_1", "-- only: sqlite\nSELECT strftime('%s', 'now');\n-- only: pg\nSELECT now();\n"
			       "CREATE TABLE thing (city_id INT NOT NULL, id BIGINT NOT NULL, n BIGINT NOT NULL DEFAULT 0,\n"
			       "flag INT NOT NULL DEFAULT 0, name TEXT NOT NULL, day TEXT NOT NULL DEFAULT '', at BIGINT NOT NULL DEFAULT 0,\n"
			       "cost BIGINT NOT NULL DEFAULT 0, maybe_cost BIGINT, maybe BIGINT, bytes BLOB, kind TEXT NOT NULL DEFAULT '',\n"
			       "PRIMARY KEY (city_id, id));\nCREATE INDEX thing_name ON thing (city_id, name);\n"},
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

static const struct err *writing(struct fixture *f, struct arena *a, db_fn *fn, void *ctx)
{
	return db_write(f->db, a, CITY, ID(atomic_fetch_add(&f->tx_id, 1)), fn, ctx);
}

static const struct err *wipe(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	TRY(db_exec(tx, &drop_all, NO_ARGS, NULL));
	TRY(db_exec(tx, &drop_thing, NO_ARGS, NULL));
	return db_exec(tx, &forget, NO_ARGS, NULL);
}

static const struct err *wipe_tx(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &forget_tx, NO_ARGS, NULL);
}

static int set_up(void **state, const char *dsn)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->a = arena_new(0);
	f->tx_id = 1000;
	snprintf(f->path, sizeof(f->path), "%s", "/tmp/db_test.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	f->dsn = dsn ? dsn : str_fmt(f->a, "sqlite:%s/t.db", f->path).p;
	fine(db_open(f->a, &(struct db_options){.dsn = f->dsn}, &f->db));
	fine(db_migrate(f->db, f->a, NULL, 0, NULL));
	if (dsn) {
		fine(f->db->driver->write(f->db, f->a, CITY, ID(1), DB_WRITE_SCHEMA, wipe, NULL));
		fine(f->db->driver->write(f->db, f->a, CITY, ID(1), DB_WRITE_SCHEMA, wipe_tx, NULL));
	}
	int n = 0;
	fine(db_migrate(f->db, f->a, schema, 2, &n));
	assert_int_equal(n, 2);
	*state = f;
	return 0;
}

static int set_up_sqlite(void **state)
{
	return set_up(state, NULL);
}

static int set_up_pg(void **state)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG");
	if (dsn && *dsn)
		return set_up(state, dsn);
	*state = NULL;
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
	static const char *const files[] = {"t.db", "t.db-wal", "t.db-shm", "copy.db"};
	struct fixture *f = *state;
	if (!f)
		return 0;
	db_close(f->db);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(str_fmt(f->a, "%s/%s", f->path, files[i]).p);
	rmdir(f->path);
	arena_free(f->a);
	free(f);
	return 0;
}

struct row {
	int64_t id;
	const char *name;
};

static const struct err *add_row(struct db_tx *tx, void *ctx)
{
	const struct row *r = ctx;
	return db_exec(tx, &add, ARGS(arg_i64(r->id), arg_str(str_of(r->name))), NULL);
}

static int64_t number_of_things(struct fixture *f, struct arena *a);

/* ---- statements and rows ------------------------------------------------------ */

static const struct err *write_round(struct db_tx *tx, void *ctx)
{
	const struct thing *t = ctx;
	return db_exec(tx, &add_full,
		       ARGS(ARG(t->id), ARG(t->n), ARG(t->flag), ARG(t->name), ARG_DAY(t->day), ARG(t->at), ARG(t->cost),
			    ARG(t->maybe_cost), ARG(t->maybe), arg_blob(t->bytes), ARG_CODE(kinds, t->kind)),
		       NULL);
}

static const struct err *read_thing(struct db_tx *tx, void *ctx)
{
	struct thing *t = ctx;
	return db_one(tx, &get, ARGS(arg_i64(CITY), ARG(t->id)), thing_shape, t);
}

static void test_types_come_back_as_they_went(void **state)
{
	struct fixture *f = here(state);
	const struct thing full = {.id = ID(INT64_MAX), .n = INT64_MIN, .flag = true, .name = STR("隐患 𠮷 '\"\\ $1"), .day = DAY(20160229),
				   .at = INSTANT(1456700000123), .cost = {-5}, .maybe_cost = {true, 0}, .maybe = {true, -1},
				   .bytes = {"\0\xff\\x", 4}, .kind = 2};
	const struct thing bare = {.id = ID(1), .name = STR("")};
	struct thing t = {.id = full.id}, u = {.id = bare.id, .maybe = {true, 7}, .bytes = STR("old")};
	fine(writing(f, f->a, write_round, (void *)&full));
	fine(writing(f, f->a, write_round, (void *)&bare));
	fine(db_read(f->db, f->a, read_thing, &t));
	fine(db_read(f->db, f->a, read_thing, &u));
	assert_true(t.id.v == full.id.v && t.n == full.n && t.flag && t.day.ymd == full.day.ymd && t.at.ms == full.at.ms);
	assert_true(str_eq(t.name, full.name) && str_eq(t.bytes, full.bytes) && t.kind == 2);
	assert_true(t.cost.v == -5 && t.maybe_cost.is && t.maybe_cost.v == 0 && t.maybe.is && t.maybe.v == -1);
	assert_true(!u.flag && u.name.n == 0 && u.day.ymd == 0 && !u.maybe.is && !u.maybe_cost.is && u.bytes.n == 0 && u.kind == 0);
}

static const struct err *swapped(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &add_swapped, ARGS(arg_i64(7), arg_str(STR("seven"))), NULL);
}

static void test_arguments_go_by_name(void **state)
{
	struct fixture *f = here(state);
	struct thing t = {.id = ID(7)};
	fine(writing(f, f->a, swapped, NULL));
	fine(db_read(f->db, f->a, read_thing, &t));
	assert_true(str_is(t.name, "seven"));
}

static const struct err *with_gap(struct db_tx *tx, void *ctx)
{
	bool found = false;
	TRY(db_find(tx, &gap, ARGS(arg_i64(CITY), arg_null(), arg_blob(STR("unused")), arg_i64(7)), thing_shape, ctx, &found));
	assert_true(found);
	return NULL;
}

static void test_an_argument_may_be_unused(void **state)
{
	struct fixture *f = here(state);
	struct thing t = {0};
	fine(writing(f, f->a, swapped, NULL));
	fine(db_read(f->db, f->a, with_gap, &t));
	assert_true(t.id.v == 7);
}

static const struct err *look_everywhere(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	struct thing t = {.n = 99}, *rows;
	bool found = true;
	size_t n = 0;
	int64_t v = 0;
	TRY(db_find(tx, &get, ARGS(arg_i64(CITY), arg_i64(5)), thing_shape, &t, &found));
	assert_false(found);
	refused(db_one(tx, &get, ARGS(arg_i64(CITY), arg_i64(5)), thing_shape, &t), ERR_MISSING);
	assert_int_equal(t.n, 99);
	TRY(db_i64(tx, &sum_n, ARGS(arg_i64(1)), -1, &v));
	assert_int_equal(v, -1);
	refused(db_find(tx, &names, ARGS(arg_i64(CITY)), thing_shape, &t, &found), ERR_BUG);
	refused(db_i64(tx, &get, ARGS(arg_i64(CITY)), 0, &v), ERR_BUG);
	refused(db_exec(tx, &bump_all, ARGS(arg_i64(CITY)), NULL), ERR_BUG);
	const struct err *e = db_all(tx, &alien, ARGS(arg_i64(CITY)), thing_shape, sizeof(t), (void **)&rows, &n);
	refused(e, ERR_BUG);
	assert_non_null(strstr(e->detail.p, "stranger"));
	TRY(db_all(tx, &names, ARGS(arg_i64(CITY)), thing_shape, sizeof(t), (void **)&rows, &n));
	assert_int_equal(n, 40);
	assert_true(rows[39].id.v == 140 && str_is(rows[39].name, "name") && rows[39].n == 0);
	return NULL;
}

static void test_rows_by_find_one_all(void **state)
{
	struct fixture *f = here(state);
	for (int64_t i = 101; i <= 140; i++)
		fine(writing(f, f->a, add_row, &(struct row){i, "name"}));
	fine(db_read(f->db, f->a, look_everywhere, NULL));
}

struct stream {
	struct db_tx *tx;
	int64_t seen, stop_at;
	size_t used;
};

static const struct err *on_number(void *ctx, const void *row)
{
	struct stream *s = ctx;
	const struct thing *t = row;
	int64_t inner = 0;
	assert_int_equal(t->n, ++s->seen);
	if (s->seen == s->stop_at)
		return ERR(db_arena(s->tx), ERR_LIMIT, NULL, "enough");
	if (s->seen % 300 == 1)
		TRY(db_i64(s->tx, &count, ARGS(arg_i64(CITY)), 0, &inner));
	arena_alloc(db_arena(s->tx), 1000);
	return NULL;
}

static const struct err *stream_rows(struct db_tx *tx, void *ctx)
{
	struct stream *s = ctx;
	s->tx = tx;
	TRY(db_each(tx, &many, ARGS(arg_i64(5000)), thing_shape, sizeof(struct thing), on_number, s));
	s->used = arena_used(db_arena(tx));
	return NULL;
}

static void test_a_stream_needs_the_memory_of_one_row(void **state)
{
	struct fixture *f = here(state);
	struct stream s = {0}, stopped = {.stop_at = 300};
	size_t before = arena_used(f->a);
	fine(db_read(f->db, f->a, stream_rows, &s));
	assert_int_equal(s.seen, 5000);
	assert_true(s.used < before + 100000);
	refused(db_read(f->db, f->a, stream_rows, &stopped), ERR_LIMIT);
	assert_int_equal(stopped.seen, 300);
	fine(db_read(f->db, f->a, stream_rows, &(struct stream){0}));
}

static const struct err *too_many(struct db_tx *tx, void *ctx)
{
	void *rows;
	size_t n;
	(void)ctx;
	return db_all(tx, &many, ARGS(arg_i64(1000000)), thing_shape, sizeof(struct thing), &rows, &n);
}

static void test_all_has_a_limit(void **state)
{
	struct fixture *f = here(state);
	refused(db_read(f->db, f->a, too_many, NULL), ERR_LIMIT);
}

/* ---- conflicts and rollback ------------------------------------------------------ */

static const struct err *stray_part(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &add_part, ARGS(arg_i64(1), arg_i64(404)), NULL);
}

static void test_unique_and_foreign_keys_conflict(void **state)
{
	struct fixture *f = here(state);
	fine(writing(f, f->a, add_row, &(struct row){1, "a"}));
	const struct err *e = writing(f, f->a, add_row, &(struct row){1, "b"});
	refused(e, ERR_CONFLICT);
	assert_true(str_is(e->code, "duplicate"));
	e = writing(f, f->a, stray_part, NULL);
	refused(e, ERR_CONFLICT);
	assert_true(str_is(e->code, "referenced"));
}

static const struct err *rename_at(struct db_tx *tx, void *ctx)
{
	const int64_t *version = ctx;
	return db_change(tx, &rename_if, ARGS(arg_i64(CITY), arg_i64(1), ARG(*version), arg_str(STR("new"))));
}

static void test_a_stale_change_conflicts(void **state)
{
	struct fixture *f = here(state);
	int64_t version = 0;
	fine(writing(f, f->a, add_row, &(struct row){1, "a"}));
	fine(writing(f, f->a, rename_at, &version));
	const struct err *e = writing(f, f->a, rename_at, &version);
	refused(e, ERR_CONFLICT);
	assert_true(str_is(e->code, "changed_meanwhile"));
}

static const struct err *add_then_fail(struct db_tx *tx, void *ctx)
{
	TRY(add_row(tx, ctx));
	return ERR(db_arena(tx), ERR_INPUT, "no_good", "refused by the callback");
}

static const struct err *add_over_a_failure(struct db_tx *tx, void *ctx)
{
	struct row *r = ctx;
	refused(db_exec(tx, &add, ARGS(arg_i64(1), arg_str(STR("again"))), NULL), ERR_CONFLICT);
	refused(add_row(tx, r), ERR_CONFLICT);
	return NULL;
}

static void test_an_error_undoes_the_transaction(void **state)
{
	struct fixture *f = here(state);
	fine(writing(f, f->a, add_row, &(struct row){1, "a"}));
	const struct err *e = writing(f, f->a, add_then_fail, &(struct row){2, "b"});
	refused(e, ERR_INPUT);
	assert_true(str_is(e->code, "no_good"));
	refused(writing(f, f->a, add_over_a_failure, &(struct row){3, "c"}), ERR_CONFLICT);
	assert_int_equal(number_of_things(f, f->a), 1);
}

struct busy {
	int calls, until;
	size_t used;
};

static const struct err *busy_at_first(struct db_tx *tx, void *ctx)
{
	struct busy *b = ctx;
	size_t used = arena_used(db_arena(tx));
	if (b->calls++ == 0)
		b->used = used;
	assert_true(used == b->used); /* no try pays for the memory of the one before */
	arena_alloc(db_arena(tx), 10000);
	TRY(add_row(tx, &(struct row){1, "a"}));
	return b->calls < b->until ? ERR(db_arena(tx), ERR_BUSY, NULL, "not yet") : NULL;
}

static void test_busy_is_tried_again_from_the_start(void **state)
{
	struct fixture *f = here(state);
	struct busy b = {.until = 3}, never = {.until = 100};
	fine(writing(f, f->a, busy_at_first, &b));
	assert_int_equal(b.calls, 3);
	assert_int_equal(number_of_things(f, f->a), 1);
	refused(writing(f, f->a, busy_at_first, &never), ERR_CONFLICT);
	assert_int_equal(never.calls, 1);
}

static void test_bad_text_and_bad_statements_are_refused(void **state)
{
	struct fixture *f = here(state);
	struct db_prepared p;
	refused(writing(f, f->a, add_row, &(struct row){1, "\xff"}), ERR_INPUT);
	refused(db_prepare_check(f->db, f->a, &broken, &p), ERR_BUG);
	fine(db_prepare_check(f->db, f->a, &get, &p));
	assert_int_equal(p.n_columns, 11);
	assert_int_equal(p.n_params, 2);
	assert_string_equal(p.columns[3], "name");
	assert_true(p.plan.n > 0);
	fine(db_prepare_check(f->db, f->a, &bump_all, &p));
	assert_int_equal(p.n_columns, 0);
}

/* ---- many at once ------------------------------------------------------------------ */

struct worker {
	struct fixture *f;
	int64_t first;
	int failures;
};

static const struct err *add_and_maybe_fail(struct db_tx *tx, void *ctx)
{
	struct row *r = ctx;
	TRY(add_row(tx, r));
	return r->id % 10 == 9 ? ERR(db_arena(tx), ERR_INPUT, NULL, "every tenth is undone") : NULL;
}

static void *write_many(void *p)
{
	struct worker *w = p;
	for (int64_t i = 0; i < WRITES; i++) {
		struct arena *a = arena_new(0);
		struct row r = {w->first + i, "thread"};
		const struct err *e = writing(w->f, a, add_and_maybe_fail, &r);
		bool expected = r.id % 10 == 9 ? e && e->kind == ERR_INPUT : !e;
		w->failures += !expected;
		arena_free(a);
	}
	return NULL;
}

static const struct err *count_things(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &count, ARGS(arg_i64(CITY)), 0, ctx);
}

static int64_t number_of_things(struct fixture *f, struct arena *a)
{
	int64_t n = -1;
	fine(db_read(f->db, a, count_things, &n));
	return n;
}

static void test_all_acknowledged_writes_are_there(void **state)
{
	struct fixture *f = here(state);
	struct worker w[THREADS];
	pthread_t t[THREADS];
	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){f, (i + 1) * 1000, 0};
		assert_int_equal(pthread_create(&t[i], NULL, write_many, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		assert_int_equal(w[i].failures, 0);
	}
	assert_int_equal(number_of_things(f, f->a), THREADS * WRITES * 9 / 10);
}

/* Two rows that every write keeps equal; no reader may see them differ. */
struct pair {
	struct fixture *f;
	_Atomic bool stop;
	_Atomic int reads, failures;
};

static const struct err *read_pair(struct db_tx *tx, void *ctx)
{
	struct pair *p = ctx;
	struct thing t = {.id = ID(1)}, u = {.id = ID(2)};
	TRY(read_thing(tx, &t));
	TRY(read_thing(tx, &u));
	if (t.n != u.n)
		atomic_fetch_add(&p->failures, 1);
	atomic_fetch_add(&p->reads, 1);
	return NULL;
}

static void *read_pairs(void *ctx)
{
	struct pair *p = ctx;
	while (!atomic_load(&p->stop)) {
		struct arena *a = arena_new(0);
		if (db_read(p->f->db, a, read_pair, p))
			atomic_fetch_add(&p->failures, 1);
		arena_free(a);
	}
	return NULL;
}

static const struct err *bump_pair(struct db_tx *tx, void *ctx)
{
	struct pair *p = ctx;
	int seen = atomic_load(&p->reads);
	TRY(db_change(tx, &rename_if, ARGS(arg_i64(CITY), arg_i64(1), arg_i64(0), arg_str(STR("x")))));
	while (atomic_load(&p->reads) < seen + 3) /* readers go on while this transaction is half done */
		usleep(100);
	return db_change(tx, &rename_if, ARGS(arg_i64(CITY), arg_i64(2), arg_i64(0), arg_str(STR("x"))));
}

static void test_readers_neither_wait_nor_see_half(void **state)
{
	struct fixture *f = here(state);
	struct pair p = {.f = f};
	pthread_t t[3];
	fine(writing(f, f->a, add_row, &(struct row){1, "a"}));
	fine(writing(f, f->a, add_row, &(struct row){2, "a"}));
	for (int i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&t[i], NULL, read_pairs, &p), 0);
	fine(writing(f, f->a, bump_pair, &p));
	atomic_store(&p.stop, true);
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	assert_int_equal(p.failures, 0);
}

#define BOTH(fn) cmocka_unit_test_setup_teardown(fn, set_up_sqlite, tear_down), cmocka_unit_test_setup_teardown(fn, set_up_pg, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_types_come_back_as_they_went),
		BOTH(test_arguments_go_by_name),
		BOTH(test_an_argument_may_be_unused),
		BOTH(test_rows_by_find_one_all),
		BOTH(test_a_stream_needs_the_memory_of_one_row),
		BOTH(test_all_has_a_limit),
		BOTH(test_unique_and_foreign_keys_conflict),
		BOTH(test_a_stale_change_conflicts),
		BOTH(test_an_error_undoes_the_transaction),
		BOTH(test_busy_is_tried_again_from_the_start),
		BOTH(test_bad_text_and_bad_statements_are_refused),
		BOTH(test_all_acknowledged_writes_are_there),
		BOTH(test_readers_neither_wait_nor_see_half),
	};
	return cmocka_run_group_tests_name("database", tests, NULL, NULL);
}
