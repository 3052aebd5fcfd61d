/* SQLite: opening, the pool of readers, backup. */
#include "db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The readers that are borrowed first keep SQLite's cache of 2 MB; the others, for a crowd, make do with what the kernel keeps. */
enum { OPEN_TRIES = 50, READERS_WITH_CACHE = 6 };

/* ---- files ----------------------------------------------------------------- */

/* A new directory entry is on the disk only after its directory is. */
static int sync_folder_of(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash ? str_z(a, (struct str){path, (size_t)(slash - path) + 1}) : ".";
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int rc = fsync(fd);
	close(fd);
	return rc;
}

static bool has_bytes(struct arena *a, const char *path, const char *suffix)
{
	struct stat st;
	struct str name = str_fmt(a, "%s%s", path, suffix);
	return stat(name.p, &st) == 0 && st.st_size > 0;
}

/* The URI that lets SQLite read a file without any file beside it. */
static const char *immutable_uri(struct arena *a, const char *path)
{
	struct sb b = sb_new(a, strlen(path) * 3 + 64);
	sb_addz(&b, "file:");
	for (const char *p = path; *p; p++) {
		if (*p == '?' || *p == '#' || *p == '%')
			sb_fmt(&b, "%%%02x", (unsigned)*p);
		else
			sb_addc(&b, *p);
	}
	sb_addz(&b, "?immutable=1");
	return str_z(a, sb_str(&b));
}

/* ---- time -------------------------------------------------------------------- */

void sqlite_cond_init(pthread_cond_t *c)
{
	pthread_condattr_t attr;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(c, &attr);
	pthread_condattr_destroy(&attr);
}

struct timespec sqlite_ms_from_now(int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	return t;
}

/* ---- the pool of readers --------------------------------------------------- */

static struct sqlite_conn *take_idle(struct sqlite_db *s)
{
	struct timespec until = sqlite_ms_from_now(DB_CONNECTION_WAIT_MS);
	struct sqlite_conn *c = NULL;
	int rc = 0;
	pthread_mutex_lock(&s->mutex);
	while (!s->n_idle && rc == 0)
		rc = pthread_cond_timedwait(&s->given_back, &s->mutex, &until);
	if (s->n_idle)
		c = s->idle[--s->n_idle];
	pthread_mutex_unlock(&s->mutex);
	return c;
}

static void give_back(struct sqlite_db *s, struct sqlite_conn *c)
{
	pthread_mutex_lock(&s->mutex);
	s->idle[s->n_idle++] = c;
	pthread_cond_signal(&s->given_back);
	pthread_mutex_unlock(&s->mutex);
}

static int open_reader(struct sqlite_db *s, struct sqlite_conn *c)
{
	int rc = sqlite_conn_open(c, s->readers_name, SQLITE_OPEN_READONLY | s->readers_flags);
	if (rc == SQLITE_OK && c - s->readers + READERS_WITH_CACHE < s->n_readers)
		rc = sqlite_run(c, "PRAGMA cache_size = -256");
	if (rc != SQLITE_OK)
		sqlite_conn_close(c);
	return rc;
}

static const struct err *borrow(struct sqlite_db *s, struct arena *a, struct sqlite_conn **out)
{
	struct sqlite_conn *c = take_idle(s);
	if (!c)
		return ERR(a, ERR_BUSY, NULL, "no reader was free within %d ms", DB_CONNECTION_WAIT_MS);
	int rc = c->db ? SQLITE_OK : open_reader(s, c);
	if (rc != SQLITE_OK) {
		give_back(s, c);
		return ERR(a, ERR_BUSY, NULL, "a reader could not be opened: %s (SQLite %d)", sqlite3_errstr(rc), rc);
	}
	*out = c;
	return NULL;
}

static const struct err *sqlite_read(struct db *db, struct arena *a, db_fn *fn, void *ctx)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_conn *c;
	TRY(borrow(s, a, &c));
	struct sqlite_tx tx = {.base = {.db = db, .a = a}, .c = c};
	const struct err *e = NULL;
	if (!sqlite3_get_autocommit(c->db)) /* the last one may have had no memory for it */
		sqlite_run(c, "ROLLBACK");
	int rc = sqlite_run_kept(c, &c->begin, "BEGIN");
	if (rc != SQLITE_OK)
		e = sqlite_fail(a, c, rc, "begin");
	else
		e = fn(&tx.base, ctx);
	if (!e)
		e = db_doomed(&tx.base);
	if (!sqlite3_get_autocommit(c->db))
		sqlite_run_kept(c, &c->rollback, "ROLLBACK");
	give_back(s, c);
	return e;
}

/* ---- opening ---------------------------------------------------------------- */

static int first_text(struct sqlite_conn *c, const char *text, char *out, size_t cap)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(c->db, text, -1, &stmt, NULL);
	if (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const unsigned char *v = sqlite3_column_text(stmt, 0);
		snprintf(out, cap, "%s", v ? (const char *)v : "");
		rc = SQLITE_OK;
	}
	sqlite3_finalize(stmt);
	return rc;
}

/* Write-ahead log, every commit on the disk. Two processes may meet here on a new file. */
static int make_durable(struct sqlite_conn *c)
{
	char mode[16] = "";
	int rc = SQLITE_BUSY;
	for (int i = 0; i < OPEN_TRIES && (rc & 0xff) == SQLITE_BUSY; i++) {
		if (i)
			sqlite3_sleep(100);
		rc = first_text(c, "PRAGMA journal_mode=WAL", mode, sizeof(mode));
	}
	if (rc != SQLITE_OK)
		return rc;
	if (strcmp(mode, "wal") != 0)
		return SQLITE_READONLY;
	rc = sqlite_run(c, "PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864; BEGIN IMMEDIATE; ROLLBACK");
	return (rc & 0xff) == SQLITE_BUSY ? SQLITE_OK : rc;
}

static int open_writer(const char *path, struct sqlite_conn *c)
{
	int rc = sqlite_conn_open(c, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_db_readonly(c->db, "main") ? SQLITE_READONLY : make_durable(c);
	if (rc != SQLITE_OK)
		sqlite_conn_close(c);
	return rc;
}

static bool unwritable(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_FULL:
	case SQLITE_IOERR:
		return true;
	default:
		return false;
	}
}

/* One is looked into now: can it be read at all? */
static int open_first_reader(struct sqlite_db *s, const char *name, int flags)
{
	char count[32];
	struct sqlite_conn *first = &s->readers[s->n_readers - 1];
	s->readers_name = name;
	s->readers_flags = flags;
	int rc = open_reader(s, first);
	if (rc == SQLITE_OK && (rc = first_text(first, "SELECT count(*) FROM sqlite_master", count, sizeof(count))) != SQLITE_OK)
		sqlite_conn_close(first);
	return rc;
}

static const struct err *cannot_open(struct arena *a, const char *path, int rc)
{
	enum err_kind kind = (rc & 0xff) == SQLITE_BUSY ? ERR_BUSY : ERR_INPUT;
	return ERR(a, kind, kind == ERR_INPUT ? "bad_dsn" : NULL, "%s cannot be opened: %s", path, sqlite3_errstr(rc));
}

static void close_all(struct db *db)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	for (unsigned i = 0; i < s->n_readers; i++)
		sqlite_conn_close(&s->readers[i]);
	if (s->writer)
		sqlite_writer_stop(s->writer);
	pthread_cond_destroy(&s->given_back);
	pthread_mutex_destroy(&s->mutex);
	arena_free(s->base.a);
}

static const struct err *open_all(struct sqlite_db *s, struct arena *a, const struct db_options *o)
{
	struct sqlite_conn w;
	int rc = open_writer(s->path, &w);
	if (rc == SQLITE_OK && sync_folder_of(a, s->path)) {
		sqlite_conn_close(&w);
		return ERR(a, ERR_READONLY, NULL, "the folder of %s cannot be synced: %s", s->path, strerror(errno));
	}
	if (rc != SQLITE_OK && !unwritable(rc))
		return cannot_open(a, s->path, rc);
	if (rc == SQLITE_OK)
		TRY(sqlite_writer_start(s, a, &w, o->slice_ms));
	s->read_only = rc != SQLITE_OK;
	rc = open_first_reader(s, s->path, 0);
	/* On a read-only file system there is no place for the log's index; without a log the file alone is the database. */
	if (rc != SQLITE_OK && s->read_only && unwritable(rc) && !has_bytes(a, s->path, "-wal"))
		rc = open_first_reader(s, immutable_uri(s->base.a, s->path), SQLITE_OPEN_URI);
	return rc == SQLITE_OK ? NULL : cannot_open(a, s->path, rc);
}

/* ---- tools -------------------------------------------------------------------- */

static const struct err *plan_of(struct sqlite_conn *c, struct arena *a, const struct sql *q, struct str *out)
{
	struct sb b = sb_new(a, 65536);
	sqlite3_stmt *stmt = NULL;
	struct str text = str_fmt(a, "EXPLAIN QUERY PLAN %s", q->text);
	int rc = sqlite3_prepare_v2(c->db, text.p, (int)text.n, &stmt, NULL);
	while (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW) {
		sb_addz(&b, (const char *)sqlite3_column_text(stmt, 3));
		sb_addc(&b, '\n');
	}
	const struct err *e = rc == SQLITE_OK ? NULL : sqlite_fail(a, c, rc, q->name);
	sqlite3_finalize(stmt);
	*out = sb_str(&b);
	return e;
}

static const struct err *describe(struct sqlite_conn *c, struct arena *a, const struct sql *q, struct db_prepared *out)
{
	sqlite3_stmt *stmt = NULL;
	const char *rest = NULL;
	int rc = sqlite3_prepare_v2(c->db, q->text, -1, &stmt, &rest);
	if (rc != SQLITE_OK)
		return sqlite_fail(a, c, rc, q->name);
	out->n_params = db_params(q->text, NULL, 0);
	out->n_columns = (unsigned)sqlite3_column_count(stmt);
	const char **columns = ARENA_ARRAY(a, const char *, out->n_columns + 1);
	for (unsigned i = 0; i < out->n_columns; i++)
		columns[i] = str_z(a, str_of(sqlite3_column_name(stmt, (int)i)));
	out->columns = columns;
	bool more = str_trim(str_of(rest)).n > 0;
	sqlite3_finalize(stmt);
	if (more)
		return ERR(a, ERR_BUG, NULL, "%s holds more than one statement", q->name);
	return plan_of(c, a, q, &out->plan);
}

static const struct err *prepare_check(struct db *db, struct arena *a, const struct sql *q, struct db_prepared *out)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_conn *c;
	TRY(borrow(s, a, &c));
	const struct err *e = describe(c, a, q, out);
	give_back(s, c);
	return e;
}

/* One step within one snapshot: the writer goes on, the log grows meanwhile. */
static const struct err *copy_pages(struct sqlite_conn *from, struct sqlite_conn *to, struct arena *a)
{
	char ignored[32];
	int rc = sqlite_run(from, "BEGIN");
	if (rc == SQLITE_OK)
		rc = first_text(from, "SELECT count(*) FROM sqlite_master", ignored, sizeof(ignored));
	if (rc != SQLITE_OK)
		return sqlite_fail(a, from, rc, "backup");
	sqlite3_backup *b = sqlite3_backup_init(to->db, "main", from->db, "main");
	if (!b)
		return sqlite_fail(a, to, sqlite3_errcode(to->db), "backup");
	rc = sqlite3_backup_step(b, -1);
	int end = sqlite3_backup_finish(b);
	if (rc != SQLITE_DONE || end != SQLITE_OK)
		return sqlite_fail(a, to, end != SQLITE_OK ? end : rc, "backup");
	return NULL;
}

static const struct err *backup(struct db *db, struct arena *a, const char *to_path)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_conn from, to;
	struct str part = str_fmt(a, "%s.part", to_path);
	if (access(to_path, F_OK) == 0)
		return ERR(a, ERR_CONFLICT, "exists", "%s exists already", to_path);
	int rc = sqlite_conn_open(&from, s->path, SQLITE_OPEN_READONLY);
	if (rc != SQLITE_OK)
		return sqlite_fail(a, NULL, rc, s->path);
	unlink(part.p); /* of a run that was cut short */
	rc = sqlite_conn_open(&to, part.p, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
	if (rc != SQLITE_OK) {
		sqlite_conn_close(&from);
		return sqlite_fail(a, NULL, rc, part.p);
	}
	const struct err *e = copy_pages(&from, &to, a);
	sqlite_conn_close(&to);
	sqlite_conn_close(&from);
	if (!e && (rename(part.p, to_path) || sync_folder_of(a, to_path)))
		e = ERR(a, ERR_READONLY, NULL, "%s: %s", to_path, strerror(errno));
	if (e)
		unlink(part.p);
	return e;
}

static const struct db_driver driver = {
	.engine = DB_SQLITE,
	.close = close_all,
	.read = sqlite_read,
	.write = sqlite_write,
	.start = sqlite_start,
	.next = sqlite_next,
	.column = sqlite_column,
	.cell = sqlite_cell,
	.finish = sqlite_finish,
	.load = sqlite_load,
	.bulk_begin = sqlite_bulk_begin,
	.bulk_end = sqlite_bulk_end,
	.script = sqlite_script,
	.prepare_check = prepare_check,
	.backup = backup,
};

const struct err *db_sqlite_open(struct arena *a, const struct db_options *o, const char *path, struct db **out)
{
	if (!*path || str_is(str_of(path), ":memory:"))
		return ERR(a, ERR_INPUT, "bad_dsn", "sqlite: needs the path of a file");
	/* Nobody asks SQLite how much memory it has; counting it is one mutex for all connections. Misuse, and so said, once SQLite
	 * has started: then it was told the first time. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	struct arena *own = arena_new(0);
	struct sqlite_db *s = ARENA_NEW(own, struct sqlite_db);
	s->base.driver = &driver;
	s->base.a = own;
	s->path = str_z(own, str_of(path));
	s->n_readers = o->readers;
	s->readers = ARENA_ARRAY(own, struct sqlite_conn, o->readers);
	s->idle = ARENA_ARRAY(own, struct sqlite_conn *, o->readers);
	pthread_mutex_init(&s->mutex, NULL);
	sqlite_cond_init(&s->given_back);
	for (unsigned i = 0; i < s->n_readers; i++)
		s->idle[s->n_idle++] = &s->readers[i];
	const struct err *e = open_all(s, a, o);
	if (e) {
		close_all(&s->base);
		return e;
	}
	*out = &s->base;
	return NULL;
}
