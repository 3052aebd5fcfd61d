/* A table as words to paste into a chat: one line a row, what is absent left out. */
#ifndef TEXT_OUT_H
#define TEXT_OUT_H

#include "csv.h"

struct text_out {
	const struct shape *columns; /* in order; the first that is text heads the line without its heading */
	const char *group;           /* NULL, or a column whose value stands above the rows that share it, and not in them */
	uint64_t sight;              /* as csv_record */
	struct csv_words words;      /* head and code may be NULL */
	struct str colon, separator; /* between heading and value; between columns */
	struct str above;            /* the group in hand; lives as long as the records */
	int64_t n;                   /* records so far, and the number in front of each */
};

/* Ids are left out, flags are their heading when they are set, line breaks in a value become blanks. Instants without seconds. */
void text_record(struct text_out *t, struct sb *out, struct arena *a, const void *record);

#endif
