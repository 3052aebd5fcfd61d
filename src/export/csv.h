/* CSV (RFC 4180): UTF-8, CRLF, quotes where needed. A cell that a spreadsheet
 * would take for a formula gets an apostrophe in front, so it stays inert.
 */
#ifndef CSV_H
#define CSV_H

#include "shape.h"

void csv_cell(struct sb *out, struct str text, bool is_first);
void csv_end_row(struct sb *out);
/* How people read a sheet; zeroed for scripts, which get ASCII names and code words. */
struct csv_words {
	struct str (*head)(void *ctx, const char *name);                               /* a column's heading; NULL: its name */
	struct str (*code)(void *ctx, const struct codes *codes, const char *word);    /* a code's label; NULL: the word */
	void *ctx;
};

/* One row of a record: columns the viewer has the right for (bit n of sight). Numbers never get the apostrophe. */
void csv_record(struct sb *out, struct arena *a, const struct shape *columns, const void *record, uint64_t sight,
		const struct csv_words *words);
/* The same columns' headings. */
void csv_head(struct sb *out, const struct shape *columns, uint64_t sight, const struct csv_words *words);

#endif
