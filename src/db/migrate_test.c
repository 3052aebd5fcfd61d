/* Migrations, addresses and lists. SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server (tests/pg.sh). */
#include "db.h"
#include "db_driver.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	struct db *db;
	struct arena *a;
	char path[64];
	const char *dsn;
};

static const struct sql forget = {
	.name = "forget", .text = "DELETE FROM schema_migration WHERE substr(name, 1, 13) = 'migrate_test_'", .writes = true};
static const struct sql drop_one = {.name = "drop_one", .text = "DROP TABLE IF EXISTS migrated", .writes = true};
static const struct sql drop_extra = {.name = "drop_extra", .text = "DROP TABLE IF EXISTS migrated_extra", .writes = true};
static const struct sql columns = {.name = "columns", .text = "SELECT id, bytes, engine FROM migrated"};

static const struct migration first[] = {
	{"migrate_test_2", "-- only: sqlite\nINSERT INTO migrated (id, engine) VALUES (1, 'sqlite');\n"
			   "-- only: pg\nINSERT INTO migrated (id, engine) VALUES (1, 'pg');\n"},
	{"migrate_test_1", "-- a comment that ends like a statement;\nCREATE TABLE migrated (\n\tid BIGINT PRIMARY KEY,\n"
			   "\tbytes BLOB,\n\tengine TEXT NOT NULL\n)\n;\n"}};

struct migrated {
	int64_t id;
	struct str bytes, engine;
};
static const struct shape migrated_shape[] = {SHAPE(struct migrated, id, 0), SHAPE_BLOB(struct migrated, bytes),
					      SHAPE(struct migrated, engine, 0), SHAPE_END};

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

static const struct err *wipe(struct db_tx *tx, void *ctx)
{
	(void)ctx;
	TRY(db_exec(tx, &drop_one, NO_ARGS, NULL));
	TRY(db_exec(tx, &drop_extra, NO_ARGS, NULL));
	return db_exec(tx, &forget, NO_ARGS, NULL);
}

static int set_up(void **state, const char *dsn)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int n = 0;
	f->a = arena_new(0);
	snprintf(f->path, sizeof(f->path), "%s", "/tmp/migrate_test.XXXXXX");
	assert_non_null(mkdtemp(f->path));
	f->dsn = dsn ? dsn : str_fmt(f->a, "sqlite:%s/t.db", f->path).p;
	fine(db_open(f->a, &(struct db_options){.dsn = f->dsn}, &f->db));
	fine(db_migrate(f->db, f->a, NULL, 0, NULL));
	fine(f->db->driver->write(f->db, f->a, 0, ID(0), DB_WRITE_SCHEMA, wipe, NULL));
	fine(db_migrate(f->db, f->a, first, 2, &n));
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
	*state = NULL;
	return dsn && *dsn ? set_up(state, dsn) : 0;
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
	static const char *const files[] = {"t.db", "t.db-wal", "t.db-shm"};
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

static const struct err *read_one(struct db_tx *tx, void *ctx)
{
	return db_one(tx, &columns, NO_ARGS, migrated_shape, ctx);
}

static void test_a_statement_may_be_for_one_engine_only(void **state)
{
	struct fixture *f = here(state);
	struct migrated m = {0};
	fine(db_read(f->db, f->a, read_one, &m));
	assert_true(str_is(m.engine, db_engine_of(f->db) == DB_PG ? "pg" : "sqlite"));
}

static void test_migrations_apply_once(void **state)
{
	struct fixture *f = here(state);
	struct migration changed[] = {first[0], first[1], {"migrate_test_3", "CREATE TABLE migrated_extra (id INT);\nNO SUCH THING;\n"}};
	int n = 7;
	fine(db_migrate(f->db, f->a, first, 2, &n));
	assert_int_equal(n, 0);
	refused(db_migrate(f->db, f->a, changed, 3, &n), ERR_BUG);
	changed[2].text = "CREATE TABLE migrated_extra (id INT);\nDROP TABLE migrated_extra;\n"; /* nothing of the failed one is left */
	fine(db_migrate(f->db, f->a, changed, 3, &n));
	assert_int_equal(n, 1);
	changed[0].text = "-- changed\n";
	const struct err *e = db_migrate(f->db, f->a, changed, 3, &n);
	refused(e, ERR_CONFLICT);
	assert_true(str_is(e->code, "migration_changed"));
}

struct starter {
	const char *dsn;
	int applied;
	bool failed;
};

static void *start_server(void *p)
{
	static const struct migration m[] = {{"migrate_test_4", "CREATE TABLE migrated_extra (id INT);\nDROP TABLE migrated_extra;\n"},
					     {"migrate_test_5", "CREATE TABLE migrated_extra (id INT);\nDROP TABLE migrated_extra;\n"}};
	struct starter *s = p;
	struct arena *a = arena_new(0);
	struct db *db = NULL;
	const struct err *e = db_open(a, &(struct db_options){.dsn = s->dsn}, &db);
	if (!e)
		e = db_migrate(db, a, m, 2, &s->applied);
	s->failed = e != NULL;
	if (e)
		print_error("%.*s\n", STR_ARG(e->detail));
	db_close(db);
	arena_free(a);
	return NULL;
}

static void test_two_servers_may_start_at_once(void **state)
{
	struct fixture *f = here(state);
	struct starter s[2] = {{.dsn = f->dsn}, {.dsn = f->dsn}};
	pthread_t t[2];
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&t[i], NULL, start_server, &s[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	assert_false(s[0].failed || s[1].failed);
	assert_int_equal(s[0].applied + s[1].applied, 2);
}

/* ---- tables in parts -------------------------------------------------------------- */

static const struct sql make_schema = {.name = "make_schema", .text = "CREATE SCHEMA migrate_parts", .writes = true};
static const struct sql drop_schema = {.name = "drop_schema", .text = "DROP SCHEMA IF EXISTS migrate_parts CASCADE", .writes = true};
static const struct sql count_parts = {.name = "count_parts", .n_args = 1,
	.text = "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = to_regclass($1)"};

static const struct migration cities[] = {
	{"202601010000_a", "-- Things of a city.\nCREATE TABLE thing (\n\tcity_id INT NOT NULL,\n\tid BIGINT NOT NULL,\n"
			   "\tPRIMARY KEY (city_id, id)\n);\nCREATE UNIQUE INDEX thing_id ON thing (city_id, id) WHERE id > 0;\n"
			   "-- national because it is asked before the city is known\nCREATE TABLE door (\n\tname TEXT PRIMARY KEY\n);\n"},
	{"202601010001_b", "-- reference because every table may join it\nCREATE TABLE place (\n\tcity_id INT PRIMARY KEY\n);\n"
			   "CREATE TABLE of_thing (\n\tcity_id INT NOT NULL,\n\tid BIGINT NOT NULL,\n\tPRIMARY KEY (city_id, id),\n"
			   "\tFOREIGN KEY (city_id, id) REFERENCES thing (city_id, id)\n);\n"},
};

static const struct err *run_one(struct db_tx *tx, void *ctx)
{
	return db_exec(tx, ctx, NO_ARGS, NULL);
}

struct question {
	const char *table;
	int64_t n;
};

static const struct err *ask_parts(struct db_tx *tx, void *ctx)
{
	struct question *q = ctx;
	return db_i64(tx, &count_parts, ARGS(arg_str(str_of(q->table))), -1, &q->n);
}

static int64_t parts_of(struct fixture *f, struct db *db, const char *table)
{
	struct question q = {.table = table};
	fine(db_read(db, f->a, ask_parts, &q));
	return q.n;
}

static void open_parts(struct fixture *f, unsigned parts, struct db **out)
{
	const char *dsn = str_fmt(f->a, "%s%coptions=-csearch_path%%3Dmigrate_parts", f->dsn, strchr(f->dsn, '?') ? '&' : '?').p;
	fine(db_open(f->a, &(struct db_options){.dsn = dsn, .partitions = parts}, out));
}

/* Every city table is in parts, also one that a later version of the program brings without being told; the others are whole. */
static void test_city_tables_come_in_parts(void **state)
{
	struct fixture *f = here(state);
	struct db *db;
	fine(f->db->driver->write(f->db, f->a, 0, ID(0), DB_WRITE_SCHEMA, run_one, (void *)&drop_schema));
	fine(f->db->driver->write(f->db, f->a, 0, ID(0), DB_WRITE_SCHEMA, run_one, (void *)&make_schema));
	open_parts(f, 4, &db);
	fine(db_migrate(db, f->a, cities, 1, NULL));
	assert_int_equal(db_partitions(db), 4);
	db_close(db);
	open_parts(f, 0, &db);
	fine(db_migrate(db, f->a, cities, 2, NULL));
	assert_int_equal(db_partitions(db), 4);
	assert_int_equal(parts_of(f, db, "thing"), 4);
	assert_int_equal(parts_of(f, db, "of_thing"), 4);
	assert_int_equal(parts_of(f, db, "tx_done"), 4);
	assert_int_equal(parts_of(f, db, "door"), 0);
	assert_int_equal(parts_of(f, db, "place"), 0);
	assert_int_equal(parts_of(f, db, "schema_migration"), 0);
	db_close(db);
	open_parts(f, 8, &db);
	const struct err *e = db_migrate(db, f->a, cities, 2, NULL);
	refused(e, ERR_CONFLICT);
	assert_true(str_is(e->code, "partitions"));
	db_close(db);
	fine(f->db->driver->write(f->db, f->a, 0, ID(0), DB_WRITE_SCHEMA, run_one, (void *)&drop_schema));
}

static void test_sqlite_has_no_parts(void **state)
{
	struct fixture *f = here(state);
	struct db *db = NULL;
	refused(db_open(f->a, &(struct db_options){.dsn = f->dsn, .partitions = 4}, &db), ERR_INPUT);
	assert_null(db);
}

static void test_bad_addresses_are_refused(void **state)
{
	struct fixture *f = here(state);
	struct db *db;
	refused(db_open(f->a, &(struct db_options){.dsn = "mysql://x"}, &db), ERR_INPUT);
	refused(db_open(f->a, &(struct db_options){.dsn = "sqlite:"}, &db), ERR_INPUT);
	refused(db_open(f->a, &(struct db_options){.dsn = "sqlite:/no/such/folder/x.db"}, &db), ERR_INPUT);
	refused(db_open(f->a, &(struct db_options){.dsn = "postgresql://%zz"}, &db), ERR_INPUT);
	refused(db_open(f->a, &(struct db_options){.dsn = "postgresql://127.0.0.1:1/none"}, &db), ERR_BUSY);
}

static void test_lists_are_picked_by_words(void **state)
{
	(void)state;
	static const char *const anchors[] = {"city", "unit", NULL}, *const sorts[] = {"-found_at", "deadline", NULL};
	static const char *const filters[] = {"state", NULL};
	static const struct sql stmts[8];
	const struct sql_list l = {.anchors = anchors, .sorts = sorts, .filters = filters, .stmts = stmts,
				   .n_anchors = 2, .n_sorts = 2, .n_filters = 1};
	assert_ptr_equal(sql_list_pick(&l, "city", STR(""), NULL), &stmts[0]);
	assert_ptr_equal(sql_list_pick(&l, "unit", STR("deadline"), "state"), &stmts[7]);
	assert_ptr_equal(sql_list_pick(&l, "unit", STR("-found_at"), ""), &stmts[4]);
	assert_null(sql_list_pick(&l, "unit", STR("name"), NULL));
	assert_null(sql_list_pick(&l, "other", STR(""), NULL));
	assert_null(sql_list_pick(&l, "city", STR(""), "other"));
}

#define BOTH(fn) cmocka_unit_test_setup_teardown(fn, set_up_sqlite, tear_down), cmocka_unit_test_setup_teardown(fn, set_up_pg, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_a_statement_may_be_for_one_engine_only),
		BOTH(test_migrations_apply_once),
		BOTH(test_two_servers_may_start_at_once),
		cmocka_unit_test_setup_teardown(test_city_tables_come_in_parts, set_up_pg, tear_down),
		cmocka_unit_test_setup_teardown(test_sqlite_has_no_parts, set_up_sqlite, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_addresses_are_refused, set_up_sqlite, tear_down),
		cmocka_unit_test(test_lists_are_picked_by_words),
	};
	return cmocka_run_group_tests_name("migrations", tests, NULL, NULL);
}
