/* Database: one interface, two drivers (SQLite embedded, PostgreSQL by libpq).
 *
 * Reading: db_read() lends a connection and gives one consistent snapshot.
 * Writing: db_write() runs a callback inside a transaction, on SQLite on the one
 * writer thread with group commit and synchronous=FULL, on PostgreSQL on a pooled
 * connection; it returns success only after the commit is durable. A callback may
 * run more than once (busy, serialization failure, unknown commit outcome), with
 * the arena rewound in between: it has no side effects outside the transaction,
 * does not render, hash files or wait, and ids, times and salts are fixed by the
 * caller before the first try.
 *
 * A statement that the engine refuses dooms its transaction on both engines: the
 * statements after it fail the same way, and db_read() or db_write() returns that
 * error even if the callback did not. Errors of our own (db_one without a row,
 * db_change on another number of rows) do not.
 *
 * Codes: ERR_CONFLICT duplicate, referenced, changed_meanwhile, migration_changed,
 * exists, half_loaded; ERR_BUSY busy, slice_over, unknown_outcome; ERR_READONLY read_only;
 * ERR_INPUT bad_dsn, bad_database, bad_text, wrong_engine; ERR_LIMIT too_large.
 */
#ifndef DB_H
#define DB_H

#include "err.h"
#include "shape.h"
#include "sql.h"

struct db;    /* an open database, shared by all threads */
struct db_tx; /* a transaction or snapshot, used by one thread at a time */

enum db_engine { DB_SQLITE = 1, DB_PG };

struct db_options {
	const char *dsn;      /* "sqlite:PATH" or "postgresql://…" */
	unsigned readers;     /* SQLite reader connections (default 32) */
	unsigned pool;        /* PostgreSQL connections (default 8) */
	unsigned slice_ms;    /* a single callback on the SQLite writer may run this long (default 5000; the goal is 50) */
	unsigned answer_ms;   /* PostgreSQL: a statement without an answer for so long counts as lost (default 600,000; a server: less) */
	unsigned partitions;  /* PostgreSQL: db_migrate() makes the tables of an empty database in so many parts, by HASH(city_id); 0:
	                         whole, or as the database is already */
};

/* Opens without migrating. ERR_BUSY when unreachable, ERR_INPUT for a bad DSN, a file that is no database, or a PostgreSQL
 * database that is not UTF8 with collation C. An SQLite file that cannot be written opens for reading; writes are ERR_READONLY
 * until it is opened again. The database does not live on `a`: free it with db_close() when no thread uses it any more. */
const struct err *db_open(struct arena *a, const struct db_options *o, struct db **out);
void db_close(struct db *db);
enum db_engine db_engine_of(const struct db *db);

/* ---- transactions ------------------------------------------------------- */

typedef const struct err *db_fn(struct db_tx *tx, void *ctx);

/* A consistent read-only snapshot around fn, which runs once. Readers never wait for the writer. ERR_BUSY when no connection is
 * free within 5 s. */
const struct err *db_read(struct db *db, struct arena *a, db_fn *fn, void *ctx);

/* A durable write transaction around fn. `city` and `tx_id` (fresh from app ids) go into tx_done, so that a retry after an
 * unknown outcome on PostgreSQL does not apply twice: a number that is there already is success without a call of fn, and what
 * fn left on `a` in the try that was committed stays. An error from fn rolls back this transaction only and is returned; of kind
 * ERR_BUSY it is tried again first, at most 6 times and no more after 15 s (PostgreSQL: 12 s while no server is to be found, else 7 s). ERR_BUSY with unknown_outcome: it may have been
 * committed or not. ERR_READONLY for a full or read-only disk. Not to be called inside a callback of db_write(). */
const struct err *db_write(struct db *db, struct arena *a, int64_t city, struct id tx_id, db_fn *fn, void *ctx);

/* Whether a write was given up in the last half minute because none could get through, and none has got through since: whoever would
 * write something that can wait leaves it for later instead of waiting too. */
bool db_writes_wait(const struct db *db);

/* The arena of the running transaction. */
struct arena *db_arena(struct db_tx *tx);
struct db *db_of(struct db_tx *tx);

/* ---- statements ---------------------------------------------------------- */

enum arg_type { ARG_T_I64 = 1, ARG_T_STR, ARG_T_BLOB, ARG_T_NULL };

struct arg {
	enum arg_type type;
	int64_t i64;
	struct str s;
};

static inline struct arg arg_i64(int64_t v) { return (struct arg){ARG_T_I64, v, {0}}; }
static inline struct arg arg_bool(bool v) { return arg_i64(v); }
static inline struct arg arg_id(struct id v) { return arg_i64(v.v); }
static inline struct arg arg_instant(struct instant v) { return arg_i64(v.ms); }
static inline struct arg arg_fen(struct fen v) { return arg_i64(v.v); }
static inline struct arg arg_str(struct str v) { return (struct arg){ARG_T_STR, 0, v}; }
static inline struct arg arg_blob(struct str v) { return (struct arg){ARG_T_BLOB, 0, v}; }
static inline struct arg arg_null(void) { return (struct arg){ARG_T_NULL, 0, {0}}; }
static inline struct arg arg_opt_fen(struct opt_fen v) { return v.is ? arg_i64(v.v) : arg_null(); }
static inline struct arg arg_opt_i64(struct opt_i64 v) { return v.is ? arg_i64(v.v) : arg_null(); }

struct arg arg_day_(struct day v, char buf[static 16]); /* use ARG_DAY */
struct arg arg_code(const struct codes *c, uint32_t index);

struct args { const struct arg *v; unsigned n; };
#define NO_ARGS ((struct args){NULL, 0})
/* ARGS(arg_id(x), arg_str(y)); as many as the statement's n_args, at most 96. */
#define ARGS(...) ((struct args){(const struct arg[]){__VA_ARGS__}, sizeof((const struct arg[]){__VA_ARGS__}) / sizeof(struct arg)})
#define ARG(x)                                                                 \
	_Generic((x),                                                          \
		int64_t: arg_i64, int32_t: arg_i64, uint32_t: arg_i64, bool: arg_bool, struct id: arg_id, struct instant: arg_instant,   \
		struct fen: arg_fen, struct opt_fen: arg_opt_fen, struct opt_i64: arg_opt_i64, struct str: arg_str)(x)
/* A day as its text; '' when absent. */
#define ARG_DAY(d) arg_day_((d), (char[16]){0})
/* A word of a closed list as its text. */
#define ARG_CODE(codes, index) arg_code(&(codes), (index))

/* Exactly zero or one row into `out` by column name (every column of the result must have a row in `shape`;
 * shape rows without a column keep their value). *found_out tells which. More than one row is ERR_BUG. */
const struct err *db_find(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, void *out,
			  bool *found_out);
/* Like db_find, ERR_MISSING when there is no row. */
const struct err *db_one(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, void *out);

/* All rows as an array on the transaction's arena: *rows_out points at n records of `size` bytes. ERR_LIMIT past 100,000 rows. */
const struct err *db_all(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, size_t size,
			 void **rows_out, size_t *n_out);
/* Streams rows: fn is called with a record that is valid during the call only (the arena is rewound after each, also what fn
 * took from it). fn may run other statements of the same transaction. */
const struct err *db_each(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, size_t size,
			  const struct err *(*fn)(void *ctx, const void *row), void *ctx);

/* Runs a change; *changed_out (NULL: not wanted) is the number of rows touched. A violated UNIQUE or foreign key is ERR_CONFLICT. */
const struct err *db_exec(struct db_tx *tx, const struct sql *q, struct args args, int64_t *changed_out);
/* Runs a change that must touch exactly one row; ERR_CONFLICT (stale version) otherwise: the guarded update of storage rule 8. */
const struct err *db_change(struct db_tx *tx, const struct sql *q, struct args args);
/* One integer of one row; `otherwise` when there is no row or it is NULL. */
const struct err *db_i64(struct db_tx *tx, const struct sql *q, struct args args, int64_t otherwise, int64_t *out);

/* ---- schema -------------------------------------------------------------- */

struct migration {
	const char *name;   /* YYYYMMDDhhmm_feature */
	const char *text;   /* statements end with a line that ends in ";", comments are lines of their own; `-- only: sqlite` / `-- only: pg` before a statement */
};
/* Applies what is missing, in order of name, each in its own transaction, recorded with its SHA-256 in schema_migration;
 * ERR_CONFLICT when an applied one was changed since, or when the database has another number of parts than was asked for, or when a load
 * into it is unfinished (half_loaded; db_bulk.h). BLOB in the text becomes BYTEA on PostgreSQL. Safe with two servers starting at once. */
const struct err *db_migrate(struct db *db, struct arena *a, const struct migration *m, size_t n, int *applied_out);

/* Parts of each city table, known after db_migrate(); 0: whole. Tables whose comment says "national because" or "reference because"
 * are whole in any case. */
unsigned db_partitions(const struct db *db);

/* What one statement reaches on a database in parts, by the plan of PostgreSQL for this city and any value of the other arguments:
 * each table or part that the plan names, once. ERR_INPUT on SQLite. */
struct db_reached {
	const char *table;
	int part; /* its number; -1: the table as a whole, which is where an INSERT goes */
};
const struct err *db_reach(struct db *db, struct arena *a, const struct sql *q, int64_t city, struct db_reached **out, size_t *n_out);

/* Prepares one statement and gives its result columns (names) and plan text, for `check` and tests. */
struct db_prepared { const char *const *columns; unsigned n_columns, n_params; struct str plan; };
const struct err *db_prepare_check(struct db *db, struct arena *a, const struct sql *q, struct db_prepared *out);

/* Copies the whole SQLite database to a new file while it is in use; ERR_CONFLICT when the file exists, ERR_INPUT on PostgreSQL. */
const struct err *db_backup(struct db *db, struct arena *a, const char *to_path);

/* Counters for /metrics. */
struct db_stats { int64_t commits, batches, rollbacks, retries, reads, statements; };
void db_stats(const struct db *db, struct db_stats *out);

#endif
