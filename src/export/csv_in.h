/* CSV in: RFC 4180 with what people's programs make of it. Separator comma, semicolon or tab, found out from the first rows;
 * lines end with CR, LF or both; a quote in the middle of a cell stands for itself. Text as text_in.h reads it.
 *
 * Cells come trimmed. What spreadsheets are told in CSV is undone: ="007" is 007, and the apostrophe that csv.c puts before
 * = + - @ is taken off again, so that what was exported can be imported.
 */
#ifndef CSV_IN_H
#define CSV_IN_H

#include "text_in.h"

struct csv_limits {
	int64_t rows;        /* that hold something */
	size_t columns, cell /* code points */;
};

struct csv_in;

/* Errors of text_in_open. The reader lives on `a`. */
const struct err *csv_in_open(struct arena *a, bytes_fn *bytes, void *ctx, const struct csv_limits *limits, struct csv_in **out);
/* The next row that is not wholly empty, its number counted from 1 as a spreadsheet does; *cells NULL at the end. On `a`:
 * cells without the empty ones at the end. ERR_INPUT sheet_too_large, sheet_broken (a quote never closed), sheet_text. */
const struct err *csv_in_next(struct csv_in *r, struct arena *a, int64_t *number, const struct str **cells, size_t *n);
char csv_in_separator(const struct csv_in *r);

#endif
