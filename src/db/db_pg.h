/* PostgreSQL driver, shared by its files: connections and their pool
 * (db_pg_pool.c), statements and rows (db_pg_stmt.c), transactions (db_pg.c).
 */
#ifndef DB_PG_H
#define DB_PG_H

#include "db_driver.h"

#include <libpq-fe.h>
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
	bool warned;            /* the server said WARNING since this was last cleared */
};

struct pg_db {
	struct db base;
	const char *dsn;
	pthread_mutex_t mutex;
	pthread_cond_t given_back;
	struct pg_conn **idle;
	unsigned n_idle, n_open, max;
	uint64_t generation; /* raised when a connection was lost: the idle ones of before are not trusted */
};

struct pg_tx {
	struct db_tx base;
	struct pg_conn *c;
	bool drop;           /* do not give the connection back to the pool */
	bool server_is_read_only;
};

/* ---- connections (db_pg_pool.c) ------------------------------------------- */

/* A connection from the pool or a new one; ERR_BUSY when none comes free within 5 s or the server is out of reach. */
const struct err *pg_borrow(struct pg_db *p, struct arena *a, struct pg_conn **out);
/* `drop`: close it, and trust none that is idle. */
void pg_give_back(struct pg_db *p, struct pg_conn *c, bool drop);
void pg_close_idle(struct pg_db *p);

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
