/* What a driver gives to db.c. Only the files of src/db include this.
 *
 * A driver embeds `struct db` and `struct db_tx` as the first member of its own
 * structures. A statement that the engine refuses dooms its transaction: every
 * later statement of it fails the same way and it cannot commit. PostgreSQL
 * works like that; SQLite is made to.
 */
#ifndef DB_DRIVER_H
#define DB_DRIVER_H

#include "db_bulk.h"

#include <stdatomic.h>

enum {
	DB_TRIES = 6,              /* of one write, the first included */
	DB_TRY_FOR_MS = 15000,     /* no further try after this */
	DB_CONNECTION_WAIT_MS = 5000,
};

struct db {
	const struct db_driver *driver;
	struct arena *a; /* the database's own memory, written while opening only */
	unsigned partitions; /* asked for; after migrating: found */
	_Atomic int64_t given_up_ms; /* monotonic: when a write was, and none got through since; 0 */
	_Atomic int64_t commits, batches, rollbacks, retries, reads, statements;
};

struct db_tx {
	struct db *db;
	struct arena *a;
	bool writes;
	struct db_bulk *bulk; /* only gathers rows; NULL for a real one */
	enum err_kind doomed; /* ERR_NONE while all is well */
	char doom_code[24], doom_text[256];
};

enum db_cell_type { CELL_NULL = 0, CELL_I64, CELL_TEXT, CELL_BLOB, CELL_OTHER };

/* One value of a row; bytes are valid until the next row. */
struct db_cell {
	enum db_cell_type type;
	int64_t i64;
	struct str s;
};

/* A statement under way. */
struct db_cursor {
	struct db_tx *tx;
	const struct sql *q;
	unsigned n_columns;
	int64_t changed; /* known when next() has said that there are no more rows */
	void *held;      /* the driver's own from here on */
	int row, rows;
	unsigned number;
	bool stream;
};

/* A gathered row; its texts are checked. */
struct db_bulk_row {
	struct db_bulk_row *next;
	unsigned n;
	struct arg v[];
};
const struct err *db_bulk_put(struct db_bulk *b, const struct sql *q, struct args args);

enum db_write_flags {
	DB_WRITE_SCHEMA = 1, /* a migration: may take long, is guarded by schema_migration instead of tx_done */
};

struct db_driver {
	enum db_engine engine;
	void (*close)(struct db *db);
	const struct err *(*read)(struct db *db, struct arena *a, db_fn *fn, void *ctx);
	const struct err *(*write)(struct db *db, struct arena *a, int64_t city, struct id tx_id, unsigned flags, db_fn *fn,
				   void *ctx);

	/* Binds and begins. After an error there is nothing to finish. `stream`: many rows may follow. */
	const struct err *(*start)(struct db_tx *tx, const struct sql *q, struct args args, bool stream, struct db_cursor *out);
	const struct err *(*next)(struct db_cursor *c, bool *row_out);
	const char *(*column)(const struct db_cursor *c, unsigned i);
	const struct err *(*cell)(const struct db_cursor *c, unsigned i, struct db_cell *out);
	void (*finish)(struct db_cursor *c);

	/* All rows of one INSERT, from `rows` on. */
	const struct err *(*load)(struct db_tx *tx, const struct sql *q, const struct db_bulk_row *rows);
	/* Fills `out` from the schema as it stands, on `a`, and makes the connection ready for many rows; undoes the latter. */
	const struct err *(*bulk_begin)(struct db_tx *tx, struct arena *a, struct db_bulk_saved *out);
	const struct err *(*bulk_end)(struct db_tx *tx);

	/* One statement of a migration: no arguments, no rows. */
	const struct err *(*script)(struct db_tx *tx, const char *text);
	const struct err *(*prepare_check)(struct db *db, struct arena *a, const struct sql *q, struct db_prepared *out);
	const struct err *(*reach)(struct db *db, struct arena *a, const struct sql *q, int64_t city, struct db_reached **out,
				   size_t *n_out);
	const struct err *(*backup)(struct db *db, struct arena *a, const char *to_path);
};

const struct err *db_sqlite_open(struct arena *a, const struct db_options *o, const char *path, struct db **out);
const struct err *db_pg_open(struct arena *a, const struct db_options *o, struct db **out);

/* Remembers the engine's error as the fate of the transaction and gives it back. */
const struct err *db_doom(struct db_tx *tx, const struct err *e);
/* The remembered error made anew on the transaction's arena; NULL when there is none. */
const struct err *db_doomed(struct db_tx *tx);

/* The highest N of a "$N" outside quotes and comments; used[i] is set for each "$(i+1)" met below `max`. */
unsigned db_params(const char *text, bool *used, unsigned max);

int64_t db_now_ms(void); /* monotonic */
/* Sleeps before try number `try` (1: the first repetition): 50 ms doubling, plus as much again at random. */
void db_backoff(unsigned try);

#endif
