/* Importing from the command line: the same steps as on the pages, one after the other. */
#ifndef IMPORT_CMD_H
#define IMPORT_CMD_H

#include "app.h"

struct import_progress {
	const char *state;      /* a word: checking, claiming, applying, releasing */
	int64_t done, rows;
};
/* One remark of the report: what is wrong with a row, what changes in it, or else what becomes of it. */
struct import_line {
	int64_t row;
	struct str column, code, message;
};
struct import_command {
	struct str kind, source, file_name, mapping; /* mapping: "name=heading,uscc=#3", as far as the guess is to be corrected */
	int fd;
	const struct actor *actor; /* in whose reach */
	bool dry_run, english;
	void (*progress)(void *ctx, const struct import_progress *p);
	const struct err *(*line)(void *ctx, const struct import_line *l); /* in order of the sheet's rows */
	void *ctx;
};
struct import_result {
	struct id id;
	int64_t rows, added, changed, unchanged, refused, skipped;
	bool is_done;           /* everything is imported */
	struct str mapping;     /* the columns that were used, with their headings */
};
/* ERR_INPUT: kind, file, mapping. Refused rows are no error: is_done is false and the report says why. Ended at any moment, either
 * nothing was imported or the next server, or the next command, brings it to its end. */
const struct err *import_command(struct env *e, const struct import_command *k, struct import_result *out);
/* Names of the kinds, with blanks between. */
struct str import_kind_names(struct app *app, struct arena *a);

#endif
