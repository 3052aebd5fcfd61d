/* What only SQLite can go wrong with: one writer for all, full and read-only disks, a process that is killed. */
#include "db.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { MEMBERS = 8 };

#define SQL_(var, n_, writes_, text_)                                                                                  \
	static const struct sql var = {.name = #var, .text = text_, .scope = SQL_CITY, .n_args = n_, .writes = writes_}

SQL_(add, 2, true, "INSERT INTO thing (id, body) VALUES ($1, $2)");
SQL_(add_part, 1, true, "INSERT INTO part (id) VALUES ($1)");
SQL_(count, 0, false, "SELECT count(*) AS n FROM thing");
SQL_(list, 0, false, "SELECT id FROM thing ORDER BY id");
SQL_(delete_all, 0, true, "DELETE FROM thing");
SQL_(set_max, 0, true, "PRAGMA max_page_count = 40");
SQL_(set_no_max, 0, true, "PRAGMA max_page_count = 1073741823");
SQL_(defer_keys, 0, true, "PRAGMA defer_foreign_keys = ON");
SQL_(endless, 0, true, "INSERT INTO thing (id) WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
		       " SELECT -n FROM r WHERE n < 0");
SQL_(endless_read, 0, false, "WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r WHERE n < 0");

static const struct migration schema[] = {
	{"202601010001_thing", "CREATE TABLE thing (id BIGINT PRIMARY KEY, body BLOB);\n"
			       "CREATE TABLE part (id BIGINT PRIMARY KEY REFERENCES thing (id));\n"}};

struct thing {
	int64_t id;
};
static const struct shape thing_shape[] = {SHAPE(struct thing, id, 0), SHAPE_END};

struct fixture {
	struct db *db;
	struct arena *a;
	char folder[64];
	bool mounted;
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

static const char *file(struct fixture *f, const char *name)
{
	return str_fmt(f->a, "%s/%s", f->folder, name).p;
}

static void open_db(struct fixture *f)
{
	struct db_options o = {.dsn = str_fmt(f->a, "sqlite:%s/t.db", f->folder).p, .readers = 2, .slice_ms = 200};
	fine(db_open(f->a, &o, &f->db));
	fine(db_migrate(f->db, f->a, schema, 1, NULL));
}

static int set_up_folder(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->a = arena_new(0);
	snprintf(f->folder, sizeof(f->folder), "%s", "/tmp/db_sqlite_test.XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	*state = f;
	return 0;
}

static int set_up(void **state)
{
	set_up_folder(state);
	open_db(*state);
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"t.db", "t.db-wal", "t.db-shm", "copy.db", "copy.db-wal", "copy.db-shm"};
	struct fixture *f = *state;
	db_close(f->db);
	if (f->mounted)
		umount(f->folder);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(file(f, names[i]));
	rmdir(f->folder);
	arena_free(f->a);
	free(f);
	return 0;
}

struct row {
	int64_t id;
	size_t bytes;
};

static const struct err *add_row(struct db_tx *tx, void *ctx)
{
	const struct row *r = ctx;
	struct str body = {arena_alloc(db_arena(tx), r->bytes), r->bytes};
	return db_exec(tx, &add, ARGS(arg_i64(r->id), arg_blob(body)), NULL);
}

static const struct err *write_row(struct fixture *f, struct arena *a, int64_t id, size_t bytes)
{
	struct row r = {id, bytes};
	return db_write(f->db, a, 1, ID(id), add_row, &r);
}

static const struct err *exec(struct db_tx *tx, void *ctx)
{
	return db_exec(tx, ctx, NO_ARGS, NULL);
}

static const struct err *run(struct fixture *f, const struct sql *q)
{
	return db_write(f->db, f->a, 1, ID(1), exec, (void *)q);
}

static const struct err *count_rows(struct db_tx *tx, void *ctx)
{
	return db_i64(tx, &count, NO_ARGS, -1, ctx);
}

static int64_t rows_in(struct db *db, struct arena *a)
{
	int64_t n = -1;
	fine(db_read(db, a, count_rows, &n));
	return n;
}

/* ---- groups ------------------------------------------------------------------- */

/* Holds the writer until the others stand in the queue, so that they make one batch. */
struct gate {
	struct fixture *f;
	_Atomic int waiting;
};

static const struct err *hold(struct db_tx *tx, void *ctx)
{
	struct gate *g = ctx;
	(void)tx;
	while (atomic_load(&g->waiting) < MEMBERS)
		usleep(1000);
	usleep(50000);
	return NULL;
}

struct member {
	struct gate *g;
	int64_t id;
	db_fn *fn;
	int calls;
	enum err_kind kind;
	char code[32];
};

static void *run_member(void *p)
{
	struct member *m = p;
	struct arena *a = arena_new(0);
	atomic_fetch_add(&m->g->waiting, 1);
	const struct err *e = db_write(m->g->f->db, a, 1, ID(m->id), m->fn, m);
	m->kind = e ? e->kind : ERR_NONE;
	if (e)
		snprintf(m->code, sizeof(m->code), "%.*s", STR_ARG(e->code));
	arena_free(a);
	return NULL;
}

static void *run_gate(void *p)
{
	struct gate *g = p;
	struct arena *a = arena_new(0);
	assert_null(db_write(g->f->db, a, 1, ID(1), hold, g));
	arena_free(a);
	return NULL;
}

static const struct err *good_member(struct db_tx *tx, void *ctx)
{
	struct member *m = ctx;
	m->calls++;
	return add_row(tx, &(struct row){m->id, 10});
}

static const struct err *failing_member(struct db_tx *tx, void *ctx)
{
	TRY(good_member(tx, ctx));
	return ERR(db_arena(tx), ERR_INPUT, NULL, "no");
}

/* Its broken key shows at the commit only, and fails it for everybody. */
static const struct err *spoiling_member(struct db_tx *tx, void *ctx)
{
	TRY(good_member(tx, ctx));
	TRY(db_exec(tx, &defer_keys, NO_ARGS, NULL));
	return db_exec(tx, &add_part, ARGS(arg_i64(404)), NULL);
}

static const struct err *slow_member(struct db_tx *tx, void *ctx)
{
	TRY(good_member(tx, ctx));
	return db_exec(tx, &endless, NO_ARGS, NULL);
}

static void run_group(struct fixture *f, struct member *m, db_fn *odd_one)
{
	struct gate g = {.f = f};
	pthread_t gate, t[MEMBERS];
	assert_int_equal(pthread_create(&gate, NULL, run_gate, &g), 0);
	for (int i = 0; i < MEMBERS; i++) {
		m[i] = (struct member){.g = &g, .id = i, .fn = i == 3 ? odd_one : good_member};
		assert_int_equal(pthread_create(&t[i], NULL, run_member, &m[i]), 0);
	}
	pthread_join(gate, NULL);
	for (int i = 0; i < MEMBERS; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < MEMBERS; i++)
		if (i != 3)
			assert_int_equal(m[i].kind, ERR_NONE);
	assert_int_equal(rows_in(f->db, f->a), MEMBERS - 1);
}

static void test_one_failure_leaves_the_group(void **state)
{
	struct member m[MEMBERS];
	run_group(*state, m, failing_member);
	assert_int_equal(m[3].kind, ERR_INPUT);
}

static void test_a_failed_commit_hits_its_cause_only(void **state)
{
	struct member m[MEMBERS];
	run_group(*state, m, spoiling_member);
	assert_int_equal(m[3].kind, ERR_CONFLICT);
	assert_string_equal(m[3].code, "referenced");
}

static void test_an_endless_write_is_cut(void **state)
{
	struct fixture *f = *state;
	struct member m[MEMBERS];
	run_group(f, m, slow_member);
	assert_int_equal(m[3].kind, ERR_BUSY);
	assert_string_equal(m[3].code, "slice_over");
	assert_int_equal(m[3].calls, 1);
	refused(run(f, &endless_read), ERR_BUSY);
	fine(write_row(f, f->a, 100, 1));
}

static const struct err *write_inside(struct db_tx *tx, void *ctx)
{
	return db_write(db_of(tx), db_arena(tx), 1, ID(2), add_row, ctx);
}

static const struct err *read_inside(struct db_tx *tx, void *ctx)
{
	TRY(add_row(tx, &(struct row){1, 1}));
	return db_read(db_of(tx), db_arena(tx), count_rows, ctx);
}

static void test_calls_inside_a_write(void **state)
{
	struct fixture *f = *state;
	int64_t n = -1;
	refused(db_write(f->db, f->a, 1, ID(1), write_inside, &(struct row){1, 1}), ERR_BUG);
	fine(db_write(f->db, f->a, 1, ID(1), read_inside, &n));
	assert_int_equal(n, 0); /* a read sees what is committed */
}

/* ---- disks --------------------------------------------------------------------- */

static void test_a_full_database_takes_reads_and_recovers(void **state)
{
	struct fixture *f = *state;
	const struct err *e = NULL;
	int64_t id = 0;
	fine(run(f, &set_max));
	while (!e && id < 1000)
		e = write_row(f, f->a, ++id, 10000);
	refused(e, ERR_READONLY);
	assert_true(str_is(e->code, "read_only"));
	assert_int_equal(rows_in(f->db, f->a), id - 1);
	fine(write_row(f, f->a, 5000, 1)); /* what still fits is taken */
	fine(run(f, &set_no_max));
	fine(write_row(f, f->a, id, 10000));
	assert_int_equal(rows_in(f->db, f->a), id + 1);
}

static bool mount_small(struct fixture *f, unsigned long flags)
{
	if (geteuid() == 0 && mount("tmpfs", f->folder, "tmpfs", flags, "size=1m") == 0)
		f->mounted = true;
	return f->mounted;
}

struct filler {
	struct fixture *f;
	int64_t first, acked;
	bool odd;
};

static void *fill_up(void *p)
{
	struct filler *w = p;
	for (int64_t i = 0; i < 200; i++) {
		struct arena *a = arena_new(0);
		const struct err *e = write_row(w->f, a, w->first + i, 3000);
		w->acked += !e;
		w->odd |= e && e->kind != ERR_READONLY;
		arena_free(a);
	}
	return NULL;
}

static void test_a_full_disk_loses_nothing_acknowledged(void **state)
{
	struct fixture *f = *state;
	struct filler w[4];
	pthread_t t[4];
	int64_t acked = 0;
	if (!mount_small(f, 0)) {
		print_message("not run: a small file system can be mounted by root only\n");
		skip();
	}
	char *ballast = calloc(1, 200000);
	FILE *fill = fopen(file(f, "ballast"), "w");
	assert_true(fill && fwrite(ballast, 1, 200000, fill) == 200000 && fclose(fill) == 0);
	free(ballast);
	open_db(f);
	for (int i = 0; i < 4; i++) {
		w[i] = (struct filler){.f = f, .first = (i + 1) * 1000};
		assert_int_equal(pthread_create(&t[i], NULL, fill_up, &w[i]), 0);
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(t[i], NULL);
		assert_false(w[i].odd);
		acked += w[i].acked;
	}
	assert_true(acked > 0 && acked < 800);
	assert_int_equal(rows_in(f->db, f->a), acked);
	unlink(file(f, "ballast"));
	fine(write_row(f, f->a, 1, 10));
	db_close(f->db);
	open_db(f);
	assert_int_equal(rows_in(f->db, f->a), acked + 1);
}

static void test_a_read_only_disk_is_read(void **state)
{
	struct fixture *f = *state;
	if (!mount_small(f, 0)) {
		print_message("not run: a file system can be mounted by root only\n");
		skip();
	}
	open_db(f);
	fine(write_row(f, f->a, 1, 10));
	db_close(f->db);
	f->db = NULL;
	assert_int_equal(mount(NULL, f->folder, NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	open_db(f); /* migrations are all there: no error */
	assert_int_equal(rows_in(f->db, f->a), 1);
	refused(write_row(f, f->a, 2, 10), ERR_READONLY);
	assert_int_equal(rows_in(f->db, f->a), 1);
}

/* ---- the log --------------------------------------------------------------------- */

enum { MIB = 1 << 20, LOG_KEEPS = 64 * MIB };

struct stayer {
	struct fixture *f;
	_Atomic bool is_in, may_go;
};

static const struct err *stay(struct db_tx *tx, void *ctx)
{
	struct stayer *s = ctx;
	int64_t before, after;
	TRY(db_i64(tx, &count, NO_ARGS, -1, &before));
	atomic_store(&s->is_in, true);
	while (!atomic_load(&s->may_go))
		usleep(1000);
	TRY(db_i64(tx, &count, NO_ARGS, -1, &after));
	assert_int_equal(before, after);
	return NULL;
}

static void *read_for_long(void *p)
{
	struct stayer *s = p;
	struct arena *a = arena_new(0);
	fine(db_read(s->f->db, a, stay, s));
	arena_free(a);
	return NULL;
}

static int64_t write_mib(struct fixture *f, int64_t first, int n)
{
	for (int i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		fine(write_row(f, a, first + i, MIB));
		arena_free(a);
	}
	return first + n;
}

static int64_t log_size(struct fixture *f)
{
	struct stat st;
	assert_int_equal(stat(file(f, "t.db-wal"), &st), 0);
	return st.st_size;
}

/* Steady writing never leaves the log a moment in which it could start over by itself. */
static void test_the_log_does_not_grow_for_ever(void **state)
{
	struct fixture *f = *state;
	write_mib(f, 1, 200);
	assert_true(log_size(f) < 3 * LOG_KEEPS);
	assert_int_equal(rows_in(f->db, f->a), 200);
}

static void test_a_reader_who_stays_stops_nobody(void **state)
{
	struct fixture *f = *state;
	struct stayer s = {.f = f};
	pthread_t t;
	assert_int_equal(pthread_create(&t, NULL, read_for_long, &s), 0);
	while (!atomic_load(&s.is_in))
		usleep(1000);
	int64_t next = write_mib(f, 1, 80);
	assert_true(log_size(f) > LOG_KEEPS);
	assert_int_equal(rows_in(f->db, f->a), 80);
	atomic_store(&s.may_go, true);
	pthread_join(t, NULL);
	for (int i = 0; i < 200 && log_size(f) > LOG_KEEPS; i++) { /* it is cut when it starts over */
		next = write_mib(f, next, 1);
		usleep(20000);
	}
	assert_true(log_size(f) <= LOG_KEEPS);
	assert_int_equal(rows_in(f->db, f->a), next - 1);
}

/* ---- copies and crashes ----------------------------------------------------------- */

static void test_a_backup_is_whole(void **state)
{
	struct fixture *f = *state;
	struct db *copy = NULL;
	for (int64_t i = 1; i <= 50; i++)
		fine(write_row(f, f->a, i, 2000));
	fine(db_backup(f->db, f->a, file(f, "copy.db")));
	refused(db_backup(f->db, f->a, file(f, "copy.db")), ERR_CONFLICT);
	fine(write_row(f, f->a, 51, 1));
	fine(db_open(f->a, &(struct db_options){.dsn = str_fmt(f->a, "sqlite:%s/copy.db", f->folder).p}, &copy));
	assert_int_equal(rows_in(copy, f->a), 50);
	db_close(copy);
}

static void write_until_killed(struct fixture *f, int to)
{
	open_db(f);
	for (int64_t i = 1;; i++) {
		struct arena *a = arena_new(0);
		if (write_row(f, a, i, 500) || write(to, &i, sizeof(i)) != (ssize_t)sizeof(i))
			_exit(1);
		arena_free(a);
	}
}

struct ids {
	int64_t last;
};

static const struct err *next_id(void *ctx, const void *row)
{
	struct ids *s = ctx;
	assert_int_equal(((const struct thing *)row)->id, ++s->last);
	return NULL;
}

static const struct err *read_ids(struct db_tx *tx, void *ctx)
{
	return db_each(tx, &list, NO_ARGS, thing_shape, sizeof(struct thing), next_id, ctx);
}

static void test_a_killed_process_loses_nothing_acknowledged(void **state)
{
	struct fixture *f = *state;
	int64_t acked = 0, got = 0;
	struct ids seen = {0};
	int pipes[2];
	assert_int_equal(pipe(pipes), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_until_killed(f, pipes[1]);
	close(pipes[1]);
	while (acked < 300 && read(pipes[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
		acked = got;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	while (read(pipes[0], &got, sizeof(got)) == (ssize_t)sizeof(got))
		acked = got;
	close(pipes[0]);
	assert_true(acked >= 300);
	open_db(f);
	fine(db_read(f->db, f->a, read_ids, &seen));
	assert_true(seen.last == acked || seen.last == acked + 1);
	fine(run(f, &delete_all));
}

static void test_a_file_that_is_no_database(void **state)
{
	struct fixture *f = *state;
	FILE *out = fopen(file(f, "t.db"), "w");
	assert_non_null(out);
	for (int i = 0; i < 1000; i++)
		fputs("not a database\n", out);
	fclose(out);
	refused(db_open(f->a, &(struct db_options){.dsn = str_fmt(f->a, "sqlite:%s/t.db", f->folder).p}, &f->db), ERR_INPUT);
	assert_null(f->db);
}

#define T(fn, before) cmocka_unit_test_setup_teardown(fn, before, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_a_killed_process_loses_nothing_acknowledged, set_up_folder),
		T(test_one_failure_leaves_the_group, set_up),
		T(test_a_failed_commit_hits_its_cause_only, set_up),
		T(test_an_endless_write_is_cut, set_up),
		T(test_calls_inside_a_write, set_up),
		T(test_a_full_database_takes_reads_and_recovers, set_up),
		T(test_a_full_disk_loses_nothing_acknowledged, set_up_folder),
		T(test_a_read_only_disk_is_read, set_up_folder),
		T(test_the_log_does_not_grow_for_ever, set_up),
		T(test_a_reader_who_stays_stops_nobody, set_up),
		T(test_a_backup_is_whole, set_up),
		T(test_a_file_that_is_no_database, set_up_folder),
	};
	return cmocka_run_group_tests_name("sqlite", tests, NULL, NULL);
}
