/* What two entries of one employer have in common, however they were typed. */
#ifndef EMPLOYER_NAME_H
#define EMPLOYER_NAME_H

#include "org.h"

/* The core of a name: full-width letters narrow, small ones large; blanks, brackets and signs out; without the places that it begins
 * with (province, and the units above with or without 市, 区, 县 …) and without its legal form at the end. Never empty for a name that has a
 * letter or character; at most 120 characters. */
struct str employer_name_key(struct arena *a, struct str name, const struct unit *above, size_t n_above);
/* Characters 9 to 16 of a credit code, which are the organisation code without its check; of what was typed as an old number the same,
 * when it is such a code or a credit code without its last character. Empty: none. */
struct str employer_code_key(struct arena *a, struct str uscc, struct str old_number);
/* Fifteen digits of an old registration number; empty: it is none. */
struct str employer_number_key(struct arena *a, struct str old_number);
/* Blanks and signs out, letters large: as old numbers are stored. */
struct str employer_number_normal(struct arena *a, struct str typed);

#endif
