/* What a feature declares so that its things can be imported from spreadsheets, and what its functions are given.
 *
 * The feature `import` reads the sheet, finds the columns, makes the cells plain, keeps the report and applies all rows or none; a kind
 * only says what one row means. check() may run several times for a row and writes nothing; what it finds (action, object, above,
 * version) is kept, shown, compared once more before anything is done, and given to apply().
 */
#ifndef IMPORTING_H
#define IMPORTING_H

#include "claim.h"

enum {
	IMPORT_FIELDS_MAX = 40,   /* of a kind, without external_source and external_id */
	IMPORT_WRONGS_MAX = 8,
	IMPORT_KEYS_MAX = 8,
};

enum import_type {
	IMPORT_TEXT = 1, /* NFKC, blanks joined */
	IMPORT_CODE,     /* the same without any blank */
	IMPORT_PHONE,    /* digits; "+86", blanks and dashes go */
	IMPORT_NUMBER,   /* whole, from 0 to max; "1,200" and "120人" are read */
	IMPORT_YES,      /* 是/否 and their like: "1" or "0" */
	IMPORT_WORD,     /* a word of `codes`, its labels, or one of `words`: the word */
};

struct import_field {
	const char *name;            /* ASCII, also the heading in CSV for scripts; NULL ends the table */
	const char *label;           /* catalogue key; its texts in both languages are headings too */
	const char *also;            /* further headings, "|" between them, without blanks and punctuation, in small letters; NULL: none */
	enum import_type type;
	const struct codes *codes;   /* IMPORT_WORD */
	const char *words;           /* further spellings "大=large|中=medium", as plain; NULL: none */
	uint32_t max;                /* characters, or the greatest number */
	bool required;               /* no new thing without it */
	bool is_hidden;              /* its values stay out of the report (telephone numbers) */
};

/* X(action, word) */
#define IMPORT_ACTIONS(X) X(IMPORT_ADD, "added") X(IMPORT_CHANGE, "changed") X(IMPORT_SAME, "unchanged") X(IMPORT_REFUSE, "refused") X(IMPORT_SKIP, "skipped")
#define IMPORT_ACTION_ENUM(action, word) action,
enum import_action { IMPORT_NONE = 0, IMPORT_ACTIONS(IMPORT_ACTION_ENUM) IMPORT_ACTION_COUNT };
#undef IMPORT_ACTION_ENUM

/* What is wrong with a row: in a field (by index; -1: the row), a code whose text is field_<code>, and what it is about. */
struct import_wrong {
	int field;
	const char *code;
	struct str detail;
};
struct import_change {
	int field;
	struct str was, is;
};
/* What no other row of the file may have too. `note` is for who finds the key again. */
struct import_key {
	const char *kind;
	struct str value, note;
	int field;
	bool is_claim; /* set aside under kind and value while the import is under way */
};

struct import_item {
	const struct import_kind *kind;
	struct arena *a;
	const struct actor *actor;   /* in whose name; what is out of his reach is refused */
	int64_t row;                 /* as the spreadsheet counts */
	struct str value[IMPORT_FIELDS_MAX]; /* plain; empty: blank, or there is no such column. Blank changes nothing */
	struct str source, external; /* external_source and external_id of the row */
	struct id linked;            /* what external_source and external_id named before; 0: nothing */
	void **memo;                 /* the kind's own, for the rows of one transaction; NULL at its start */
	/* Is there a row above in this file with that key? *row_out 0: no. */
	const struct err *(*find_key)(struct db_tx *tx, const struct import_item *it, const char *kind, struct str value, int64_t *row_out,
				      struct str *note_out);
	void *ctx;

	/* Found by check(), known to apply(). */
	enum import_action action;
	struct id object, above;     /* above: what it stands under, 0 when that comes with this file */
	int64_t version;             /* of the object, when it is there */
	struct str title;            /* what a person calls it */
	struct import_wrong wrongs[IMPORT_WRONGS_MAX];
	unsigned n_wrongs;
	struct import_change changes[IMPORT_FIELDS_MAX];
	unsigned n_changes;
	struct import_key keys[IMPORT_KEYS_MAX];
	unsigned n_keys;
};

struct import_kind {
	const char *name;            /* "employers"; NULL ends the table */
	const char *label;           /* catalogue key */
	int order;                   /* where people choose a kind, the smallest comes first */
	const char *object_kind;     /* "unit": whose external_source and external_id are one space */
	const char *href;            /* "/units/": address before the id of what was imported; NULL: none */
	const struct perm *perm;
	const struct import_field *fields;
	bool is_personal;            /* rows are persons: numbers of identity cards are never kept */
	const struct err *(*check)(struct db_tx *tx, struct env *e, struct import_item *it);
	/* Does it->action (ADD: sets it->object; CHANGE). Any error undoes the transaction. */
	const struct err *(*apply)(struct db_tx *tx, struct env *e, struct import_item *it);
};

/* Index of a field by name; -1 when there is none. */
int import_field_at(const struct import_kind *k, const char *name);
struct str import_value(const struct import_item *it, const char *name);
void import_wrong(struct import_item *it, const char *field, const char *code, struct str detail);
/* The fields of an error made by a model (ERR_INPUT or ERR_CONFLICT with fields) as what is wrong with the row; false: it is none of that. */
bool import_wrong_by(struct import_item *it, const struct err *e);
void import_change(struct import_item *it, const char *field, struct str was, struct str is);
void import_key(struct import_item *it, const char *field, const char *kind, struct str value, struct str note, bool is_claim);

#endif
