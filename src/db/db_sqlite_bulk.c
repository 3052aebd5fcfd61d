/* SQLite: many rows through one prepared statement. */
#include "db_sqlite.h"

enum { INDEXES_MAX = 512 };

const struct err *sqlite_load(struct db_tx *tx, const struct sql *q, const struct db_bulk_row *rows)
{
	for (const struct db_bulk_row *r = rows; r; r = r->next) {
		struct db_cursor c = {.tx = tx, .q = q};
		bool more;
		TRY(sqlite_start(tx, q, (struct args){r->v, r->n}, false, &c));
		const struct err *e = sqlite_next(&c, &more);
		sqlite_finish(&c);
		TRY(e);
	}
	return NULL;
}

/* Keys have no text of their own: they stay. */
static const struct err *read_indexes(struct sqlite_tx *tx, struct arena *a, struct db_bulk_saved *out)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(tx->c->db, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY tbl_name, name",
				    -1, &stmt, NULL);
	out->make = ARENA_ARRAY(a, const char *, INDEXES_MAX);
	out->drop = ARENA_ARRAY(a, const char *, INDEXES_MAX);
	while (rc == SQLITE_OK && out->n < INDEXES_MAX && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		out->drop[out->n] = str_fmt(a, "DROP INDEX \"%s\"", (const char *)sqlite3_column_text(stmt, 0)).p;
		out->make[out->n++] = str_z(a, str_of((const char *)sqlite3_column_text(stmt, 1)));
		rc = SQLITE_OK;
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? NULL : sqlite_fail(a, tx->c, rc, "indexes");
}

const struct err *sqlite_bulk_begin(struct db_tx *base, struct arena *a, struct db_bulk_saved *out)
{
	*out = (struct db_bulk_saved){0};
	TRY(read_indexes((struct sqlite_tx *)base, a, out));
	/* The sorter of an index keeps its runs in files, not in memory. */
	return sqlite_script(base, "PRAGMA cache_size = -131072; PRAGMA temp_store = FILE");
}

const struct err *sqlite_bulk_end(struct db_tx *base)
{
	return sqlite_script(base, "PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY");
}
