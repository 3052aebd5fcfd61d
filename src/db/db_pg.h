/* PostgreSQL driver, shared by its files: connections and their pool
 * (db_pg_pool.c), statements and rows (db_pg_stmt.c), transactions (db_pg.c).
 */
#ifndef DB_PG_H
#define DB_PG_H

#include "db_driver.h"
#include "db_pg_lib.h"

#include <pthread.h>

struct pg_stmt;

/* One connection, used by one thread at a time. */
struct pg_conn {
	PGconn *pg;
	struct arena *a;        /* the statement table */
	struct pg_stmt **stmts; /* open addressing by the address of the struct sql */
	unsigned n, cap;        /* cap: 0 or a power of two */
	unsigned next_name, next_cursor;
	uint64_t generation;    /* of the pool when it was opened */
	bool writes;            /* lent to a writer */
	bool warned;            /* the server said WARNING since this was last cleared */
};

struct pg_db {
	struct db base;
	const char *dsn;
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	struct pg_conn **idle;
	struct pg_conn **parked; /* whose commit has not been answered in time: not closed, since the server would keep the session */
	unsigned n_idle, n_parked, n_open, max;
	unsigned n_writing, max_writing; /* writers that wait for a standby must not keep the readers out; the parked count */
	uint64_t generation;    /* raised when a connection was lost or the server is another: the idle ones of before are not trusted */
	char where[288];        /* host and port of the newest connection */
	int answer_ms;
	bool several_hosts;
};

struct pg_tx {
	struct db_tx base;
	struct pg_conn *c;
	bool drop;           /* do not give the connection back to the pool */
	bool park;           /* it still waits for the answer to a commit */
	bool unhurried;      /* a migration: an answer may take hours */
	bool server_is_read_only;
};

/* ---- connections (db_pg_pool.c) ------------------------------------------- */

enum { PG_PLACES = 1, PG_UNREACHED }; /* why there is no connection */

/* A connection from the pool or a new one; ERR_BUSY with *why_out (may be NULL) when none comes free within 5 s (PG_PLACES) or no
 * server that will do is within reach (PG_UNREACHED). */
const struct err *pg_borrow(struct pg_db *p, struct arena *a, bool writes, struct pg_conn **out, int *why_out);
/* Back into the pool; or closed, and none that is idle trusted; or parked until its commit is answered. */
void pg_give_back(struct pg_tx *tx);
void pg_close_all(struct pg_db *p);

/* What the server answers to what was sent (false: it could not be sent), the last result of several. NULL when the connection was lost or nothing came
 * within `ms`; *late_out tells. */
PGresult *pg_wait(PGconn *pg, int sent, int ms, bool *late_out);
/* The same within the time that the transaction has for an answer; a late one costs it the connection. */
PGresult *pg_answer(struct pg_tx *tx, int sent);

/* ---- statements (db_pg_stmt.c) --------------------------------------------- */

/* A server's refusal as an error value, which also dooms the transaction. */
const struct err *pg_fail(struct pg_tx *tx, const PGresult *res, const char *what);
/* One statement without arguments and rows. */
const struct err *pg_run(struct pg_tx *tx, const char *text);
const char *pg_text_of(const struct sql *q);

const struct err *pg_start(struct db_tx *tx, const struct sql *q, struct args args, bool stream, struct db_cursor *out);
const struct err *pg_next(struct db_cursor *c, bool *row_out);
const char *pg_column(const struct db_cursor *c, unsigned i);
const struct err *pg_cell(const struct db_cursor *c, unsigned i, struct db_cell *out);
void pg_finish(struct db_cursor *c);
const struct err *pg_script(struct db_tx *tx, const char *text);
const struct err *pg_prepare(struct pg_tx *tx, const struct sql *q, const char *name);
/* EXPLAIN of the prepared statement "checked". */
const char *pg_explain(struct arena *a, const struct sql *q, const char *how);
const struct err *pg_describe(struct pg_tx *tx, const struct sql *q, struct db_prepared *out);

/* ---- what a statement reaches (db_pg_reach.c) -------------------------------- */

struct pg_reach {
	const struct sql *q;
	int64_t city;
	struct db_reached *v;
	size_t n;
};
const struct err *pg_reach(struct pg_tx *tx, struct pg_reach *r);

/* ---- loading (db_pg_bulk.c) -------------------------------------------------- */

const struct err *pg_load(struct db_tx *tx, const struct sql *q, const struct db_bulk_row *rows);
const struct err *pg_bulk_begin(struct db_tx *tx, struct arena *a, struct db_bulk_saved *out);
const struct err *pg_bulk_end(struct db_tx *tx);

#endif
