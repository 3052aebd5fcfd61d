/* Tab-separated fact tables that are part of the program: UTF-8, LF, one header
 * line, no quoting (see the README beside each table).
 */
#ifndef TSV_H
#define TSV_H

#include "resource.h"
#include "str.h"

enum { TSV_COLUMNS_MAX = 16 };

struct tsv {
	struct str rest;
	struct str header[TSV_COLUMNS_MAX];
	struct str cells[TSV_COLUMNS_MAX];
	unsigned n_columns;
	unsigned n_cells; /* of the current line */
	int line;         /* of the current row; the header is line 1 */
};

/* Begins reading a text and takes its header line. A CR before the LF and a byte order mark are skipped. */
struct tsv tsv_of(struct str text);
/* The table `name` ("data/divisions.tsv") of a feature's resources; empty when there is none. */
struct tsv tsv_open(const struct resource *resources, const char *name);
/* The next row into cells; blank lines are passed over. False at the end. */
bool tsv_next(struct tsv *t);
/* A cell of the current row by its column's name; empty when the row or the table has no such column. */
struct str tsv_get(const struct tsv *t, const char *column);

#endif
