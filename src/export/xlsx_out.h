/* XLSX out, written as it is sent: rows go through deflate into the ZIP at once, nothing is held but the last 64 KiB, and the
 * parts that depend on how many sheets there are come last. After 1,048,575 rows a further sheet goes on.
 *
 * Numbers are numbers, days and instants are dates with a format, money is yuan (a column cost_fen
 * is named cost_yuan); ids, codes and texts are text, so that a text
 * that looks like a formula stays one. Heads are bold and frozen.
 */
#ifndef XLSX_OUT_H
#define XLSX_OUT_H

#include "csv.h"

struct xlsx_out;

/* `columns` as csv_record; `words` for people's words in cells and for a first row of heads above the ASCII names (their `head`
 * NULL: only the names). Lives on `a`; `sheet` is shortened to what a sheet may be called. End with xlsx_out_free, which may
 * come twice. */
struct xlsx_out *xlsx_out_new(struct arena *a, const struct shape *columns, uint64_t sight, const struct csv_words *words, struct str sheet);
void xlsx_out_free(struct xlsx_out *x);

/* Each appends to `out` what is ready to be sent, which may be nothing; `a` for what a row needs meanwhile. */
void xlsx_out_begin(struct xlsx_out *x, struct sb *out, struct arena *a);
void xlsx_out_record(struct xlsx_out *x, struct sb *out, struct arena *a, const void *record);
/* Without it the file is no ZIP: half an answer cannot be mistaken for a whole one. */
void xlsx_out_end(struct xlsx_out *x, struct sb *out);
/* The file grew past 4 GiB, or a row past 4 MiB, and cannot be finished. */
bool xlsx_out_is_over(const struct xlsx_out *x);

#endif
