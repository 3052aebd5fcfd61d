/* A table that somebody uploaded, row by row: CSV, or XLSX read by the sandboxed worker. Nothing is held whole.
 *
 * Cells are text as a person would copy it: surrounding blanks trimmed, numbers without exponent or useless zeros (a credit
 * code or telephone number that a spreadsheet keeps as a number comes whole), dates as YYYY-MM-DD, times behind them as HH:MM,
 * truth as 1 and 0, formulas as their last value, merged cells filled in their first column and row only.
 *
 * Errors: ERR_INPUT sheet_type (neither CSV nor XLSX), sheet_old_type (.xls, or locked with a password), sheet_broken,
 * sheet_text (CSV that is neither UTF-8 nor GB18030), sheet_too_large (bytes, rows, columns, cells: the detail says which);
 * ERR_BUSY when no worker was free.
 */
#ifndef SHEET_H
#define SHEET_H

#include "app.h"

enum { SHEET_BYTES_MAX = 32 << 20, SHEET_ROWS_MAX = 200000, SHEET_COLUMNS_MAX = 200, SHEET_CELL_MAX = 4000 /* code points */ };

struct sheet;

struct sheet_row {
	int64_t number;          /* as the spreadsheet or an editor counts, from 1 */
	const struct str *cells; /* valid until the next call; cells behind the last one that is filled are absent */
	size_t n;
};

/* Opens what `fd` (a regular file, read from 0) holds, told apart by its bytes, never by a name. The sheet lives on `a`, which
 * closes what it holds; fd stays the caller's. Of a workbook the first visible sheet is read. */
const struct err *sheet_open(struct app *app, struct arena *a, int fd, struct sheet **out);
/* The next row that is not wholly empty; *found_out false at the end. */
const struct err *sheet_next(struct sheet *s, struct sheet_row *out, bool *found_out);

#endif
