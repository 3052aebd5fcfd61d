/* Loading many rows into a database that nobody else uses yet: a demonstration of a city's size.
 *
 * Rows are gathered in memory by the same functions that write them one by one: they get db_bulk_tx() as their transaction, in which
 * only INSERTs run and nothing can be read. db_bulk_load() then gives them to the engine in one piece inside a db_write(): SQLite
 * steps over the prepared statements, PostgreSQL takes them by COPY.
 */
#ifndef DB_BULK_H
#define DB_BULK_H

#include "db.h"

struct db_bulk;

/* An empty heap of rows; used by one thread at a time. Free with db_bulk_free(). */
struct db_bulk *db_bulk_new(struct db *db);
void db_bulk_free(struct db_bulk *b);

/* The transaction that only gathers. Its statements are `INSERT INTO table (columns) VALUES (…)` with each value a `$N`, a whole
 * number, '' or NULL, and nothing behind; everything else is ERR_BUG. Argument texts are copied. What is allocated on its arena
 * lives until db_bulk_rest(). A duplicate is found out by db_bulk_load() or db_bulk_end(). */
struct db_tx *db_bulk_tx(struct db_bulk *b);
/* The rows of a statement come before those of statements named or used later, in each load: parents before children. */
void db_bulk_order(struct db_bulk *b, const struct sql *q);
/* Gives back what was allocated on the transaction's arena; the rows stay. */
void db_bulk_rest(struct db_bulk *b);

size_t db_bulk_rows(const struct db_bulk *b);
size_t db_bulk_bytes(const struct db_bulk *b);
/* Writes all rows in the running transaction and keeps them (a transaction may be tried again). */
const struct err *db_bulk_load(struct db_tx *tx, const struct db_bulk *b);
void db_bulk_empty(struct db_bulk *b);

/* Indexes that are no keys (and on PostgreSQL references) taken away for the time of the load, as statements of the schema itself. */
struct db_bulk_saved {
	const char **make, **drop;
	size_t n;
};
/* Takes them away; large caches. The texts live on `a`. Not while others use the database. From here to db_bulk_done() the database
 * carries a mark with which db_migrate() refuses it: a load that was killed leaves no server without indexes. */
const struct err *db_bulk_begin(struct db *db, struct arena *a, struct db_bulk_saved *out);
/* Makes them again, `told` before each (NULL: nobody), and everything durable. ERR_CONFLICT duplicate or referenced: the rows do not
 * fit the schema. */
const struct err *db_bulk_end(struct db *db, struct arena *a, const struct db_bulk_saved *saved, void (*told)(void *ctx, size_t at, size_t n),
			      void *ctx);
/* Takes the mark away: what was loaded is complete, with what is derived from it. */
const struct err *db_bulk_done(struct db *db, struct arena *a);

#endif
