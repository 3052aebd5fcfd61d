/* SQLite driver, shared by its files: connections with their prepared
 * statements (db_sqlite_stmt.c), the pool of readers and opening (db_sqlite.c),
 * the writer thread (db_sqlite_writer.c), the thread that moves the log into
 * the database (db_sqlite_log.c).
 */
#ifndef DB_SQLITE_H
#define DB_SQLITE_H

#include "db_driver.h"

#include <pthread.h>
#include <sqlite3.h>

struct sqlite_stmt;

/* One connection, used by one thread at a time. */
struct sqlite_conn {
	sqlite3 *db;
	struct arena *a;             /* the statement table */
	struct sqlite_stmt **stmts;  /* open addressing by the address of the struct sql */
	unsigned n, cap;             /* cap: 0 or a power of two */
	sqlite3_stmt *begin, *rollback; /* of a reader: not to be parsed each time */
};

struct sqlite_tx {
	struct db_tx base;
	struct sqlite_conn *c;
};

struct sqlite_writer;

struct sqlite_db {
	struct db base;
	const char *path;
	bool read_only; /* found so when opened */
	struct sqlite_writer *writer; /* NULL when read-only */
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	struct sqlite_conn *readers, **idle; /* the last is borrowed first; opened when it is */
	unsigned n_readers, n_idle;
	const char *readers_name;            /* what they open, and how */
	int readers_flags;
};

/* ---- connections (db_sqlite_stmt.c) -------------------------------------- */

/* Opens; `name` is a path, or a URI where flags say so. Returns an SQLite result code; c is empty after a failure. */
int sqlite_conn_open(struct sqlite_conn *c, const char *name, int flags);
void sqlite_conn_close(struct sqlite_conn *c);
int sqlite_run(struct sqlite_conn *c, const char *text);
/* The same with a statement that is prepared the first time and kept in *at. */
int sqlite_run_kept(struct sqlite_conn *c, sqlite3_stmt **at, const char *text);

/* ---- time (db_sqlite.c) ---------------------------------------------------- */

/* On the clock of conditions made by sqlite_cond_init(). */
struct timespec sqlite_ms_from_now(int ms);
void sqlite_cond_init(pthread_cond_t *c);

/* The connection's last error as a value: full and unwritable disks ERR_READONLY, locks ERR_BUSY, UNIQUE and
 * foreign keys ERR_CONFLICT, the rest ERR_BUG. */
const struct err *sqlite_fail(struct arena *a, const struct sqlite_conn *c, int rc, const char *what);

const struct err *sqlite_start(struct db_tx *tx, const struct sql *q, struct args args, bool stream, struct db_cursor *out);
const struct err *sqlite_next(struct db_cursor *c, bool *row_out);
const char *sqlite_column(const struct db_cursor *c, unsigned i);
const struct err *sqlite_cell(const struct db_cursor *c, unsigned i, struct db_cell *out);
void sqlite_finish(struct db_cursor *c);
const struct err *sqlite_script(struct db_tx *tx, const char *text);

/* ---- loading (db_sqlite_bulk.c) -------------------------------------------- */

const struct err *sqlite_load(struct db_tx *tx, const struct sql *q, const struct db_bulk_row *rows);
const struct err *sqlite_bulk_begin(struct db_tx *tx, struct arena *a, struct db_bulk_saved *out);
const struct err *sqlite_bulk_end(struct db_tx *tx);

/* ---- the log (db_sqlite_log.c) --------------------------------------------- */

struct sqlite_mover;
/* Opens a connection of its own on the database, which the writer has open, and starts the thread. */
const struct err *sqlite_mover_start(struct sqlite_db *s, struct arena *a, struct sqlite_mover **out);
/* When nobody writes any more. */
void sqlite_mover_stop(struct sqlite_mover *m);
/* Around each group, by the writer: waits while the log starts over; tells how many pages the log has now. */
void sqlite_mover_enter(struct sqlite_mover *m);
void sqlite_mover_leave(struct sqlite_mover *m, int pages);

/* ---- the writer (db_sqlite_writer.c) -------------------------------------- */

/* Takes over the connection `c`, also in failure, and starts the thread. */
const struct err *sqlite_writer_start(struct sqlite_db *s, struct arena *a, const struct sqlite_conn *c, unsigned slice_ms);
/* Answers what is queued, ends the thread, checkpoints and closes the connection. */
void sqlite_writer_stop(struct sqlite_writer *w);
const struct err *sqlite_write(struct db *db, struct arena *a, int64_t city, struct id tx_id, unsigned flags, db_fn *fn,
			       void *ctx);

#endif
