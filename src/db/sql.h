/* The closed set of SQL statements.
 *
 * Statements are written in `.sql` files beside their feature and compiled by
 * tools/sql2c into tables of `struct sql`; no statement text is ever built at
 * run time. One text serves SQLite and PostgreSQL; see docs/design/sql.md.
 */
#ifndef SQL_H
#define SQL_H

#include "str.h"

enum sql_scope {
	SQL_CITY = 1,  /* has city_id = $1; the first argument is always the city */
	SQL_NATIONAL,  /* crosses cities or none: the file says why */
};

struct sql {
	const char *name;
	const char *text;      /* both engines, unless text_pg is set */
	const char *text_pg;   /* the one declared exception: full-text search */
	const char *why;       /* reason of a national statement */
	const char *file;
	int line;
	enum sql_scope scope;
	unsigned n_args;       /* $1 … $n */
	unsigned slot;         /* number in the process, given by the registry's order at build time: unused, 0 */
	bool writes;
};

/* A list: anchors × sorts × (no filter or one indexed filter) as ready statements.
 * Arguments are the same for each and never NULL: $1 city, $2 anchor value (integer),
 * $3 and $4 the keyset cursor (sort value, id), $5 the indexed filter's value (text;
 * ignored where no filter is chosen), $6… the n_residual residual conditions, and the
 * limit last: 6 + n_residual arguments.
 *
 * With edges, two more stand before the limit: sort value and id of the last row that may be looked at. The edge of a statement
 * takes $1 … $5 and a number of rows, and gives at_sort, at_id and n of the last of the next so many in this order (no row: none is
 * left); residual conditions do not count in it. Where nothing bounds the walk these are the values behind all rows. */
struct sql_list {
	const char *name;
	const char *const *anchors; /* NULL-terminated words */
	const char *const *sorts;   /* "-found_at", "deadline"; first is the default */
	const char *const *filters; /* indexed filters; may be empty */
	const struct sql *stmts;    /* [(anchor * n_sorts + sort) * (n_filters + 1) + filter + 1]; filter -1: none */
	unsigned n_anchors, n_sorts, n_filters;
	unsigned n_residual;   /* number of residual arguments */
	const char *const *sort_columns; /* the column of each sort, to make the next cursor */
	const unsigned char *sort_is_text;
	const struct sql *edges; /* beside stmts; NULL: the list is not bounded so */
};

/* A table whose rows a move of units takes along (`-- moved:`, moving.h). The rows either carry the ancestors of their unit, and are
 * rewritten in chunks, found by one of them; or they name the unit alone, and follow it in a merge. */
struct sql_moved {
	const char *name, *table;
	const char *id; /* the column of its key besides the city */
	bool has_ancestors;
	struct sql enterprise, mid, top; /* with ancestors; arguments: moved.c of sql2c; answers the ids of what was rewritten */
	struct sql rehome;               /* without: $2 from, $3 to */
	struct sql wrong;                /* ids after $2, at most $3, of rows that disagree with their unit */
};

/* The statement of a list for anchor, sort and filter words (filter "" or NULL: none); NULL when one is unknown. */
const struct sql *sql_list_pick(const struct sql_list *l, const char *anchor, struct str sort, const char *filter);
int sql_list_sort(const struct sql_list *l, struct str sort); /* index, the default for "", -1 when not offered */

#endif
