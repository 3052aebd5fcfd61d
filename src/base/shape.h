/* Shapes: a table of (name, type, offset, limit) per struct. The same table
 * binds database rows, reads forms and JSON, writes JSON and the columns of
 * an export, and is compared with the live schema by `chabaocu check`.
 *
 *   static const struct shape unit_shape[] = {
 *           SHAPE(struct unit, id, 0),
 *           SHAPE(struct unit, name, 120),
 *           SHAPE_CODE(struct unit, kind, unit_kinds),
 *           SHAPE_END};
 *
 * Input shapes and output shapes are different tables, so that nobody writes a
 * field merely because it can be read.
 */
#ifndef SHAPE_H
#define SHAPE_H

#include "types.h"

enum shape_type {
	SHAPE_T_NONE = 0,
	SHAPE_T_I64,
	SHAPE_T_BOOL,    /* column INT 0/1 */
	SHAPE_T_STR,     /* UTF-8; max counts code points */
	SHAPE_T_ID,
	SHAPE_T_INSTANT, /* column BIGINT ms */
	SHAPE_T_DAY,     /* column TEXT YYYY-MM-DD, '' when absent */
	SHAPE_T_FEN,
	SHAPE_T_OPT_FEN,
	SHAPE_T_OPT_I64,
	SHAPE_T_CODE,    /* C: uint32_t index into codes; column, form and JSON: the ASCII word, '' for 0 */
	SHAPE_T_IDS,     /* struct id_list; input only: a JSON array of ids or a repeated form field */
	SHAPE_T_WORDS,   /* struct str_list; input only: a JSON array of ASCII words or a repeated form field */
	SHAPE_T_BLOB,    /* struct str holding bytes; columns only, never in a document */
};

/* A closed list of ASCII words; index 0 is "unset" and is the empty word. */
struct codes {
	const char *name;         /* catalogue keys are code_<name>_<word> */
	const char *const *words; /* words[0] = "", NULL-terminated */
};

/* `uint32_t` members that hold an index into a `struct codes`. */
uint32_t codes_find(const struct codes *c, struct str word); /* 0 when unknown */
const char *codes_word(const struct codes *c, uint32_t index); /* "" when out of range */

struct id_list {
	struct id *v;
	size_t n;
};

/* Small letters, digits, '_' and '.'. */
struct str_list {
	struct str *v;
	size_t n;
};

enum shape_flags {
	SHAPE_REQUIRED = 1, /* input: must be present and not empty */
	SHAPE_LONG = 2,     /* input: multi-line text (line feeds allowed) */
	SHAPE_SECRET = 4,   /* input: never echoed back, never logged */
};

struct shape {
	const char *name;
	enum shape_type type;
	size_t off;
	uint32_t max;              /* STR: code points; I64: largest value; 0: the type's own limit */
	uint8_t right;             /* output: the field right needed to see it (enum field_right of app/who.h), 0: everybody who sees the row */
	uint8_t flags;
	const struct codes *codes;
};

#define SHAPE_TYPE_OF(x)                                                       \
	_Generic((x),                                                          \
		int64_t: SHAPE_T_I64,                                          \
		bool: SHAPE_T_BOOL,                                            \
		struct str: SHAPE_T_STR,                                       \
		struct id: SHAPE_T_ID,                                         \
		struct instant: SHAPE_T_INSTANT,                               \
		struct day: SHAPE_T_DAY,                                       \
		struct fen: SHAPE_T_FEN,                                       \
		struct opt_fen: SHAPE_T_OPT_FEN,                               \
		struct opt_i64: SHAPE_T_OPT_I64,                               \
		struct id_list: SHAPE_T_IDS,                                   \
		struct str_list: SHAPE_T_WORDS)

#define SHAPE_ROW(T, m, type_, max_, right_, flags_, codes_)                   \
	{.name = #m, .type = (type_), .off = offsetof(T, m), .max = (max_), .right = (right_), .flags = (flags_), .codes = (codes_)}
/* A member by its own type; a member of an unlisted type does not compile. */
#define SHAPE(T, m, max) SHAPE_ROW(T, m, SHAPE_TYPE_OF(((T *)0)->m), max, 0, 0, NULL)
/* Output: seen only with a field right. */
#define SHAPE_FOR(T, m, max, right) SHAPE_ROW(T, m, SHAPE_TYPE_OF(((T *)0)->m), max, right, 0, NULL)
/* Input with flags. */
#define SHAPE_IN(T, m, max, flags) SHAPE_ROW(T, m, SHAPE_TYPE_OF(((T *)0)->m), max, 0, flags, NULL)
/* A uint32_t member holding a word of a closed list. */
#define SHAPE_CODE(T, m, codes_)                                               \
	SHAPE_ROW(T, m, _Generic(((T *)0)->m, uint32_t: SHAPE_T_CODE), 0, 0, 0, codes_)
#define SHAPE_CODE_IN(T, m, flags, codes_)                                     \
	SHAPE_ROW(T, m, _Generic(((T *)0)->m, uint32_t: SHAPE_T_CODE), 0, 0, flags, codes_)
#define SHAPE_BLOB(T, m) SHAPE_ROW(T, m, _Generic(((T *)0)->m, struct str: SHAPE_T_BLOB), 0, 0, 0, NULL)
#define SHAPE_END {.name = NULL}

const struct shape *shape_find(const struct shape *s, struct str name); /* NULL when absent */

/* Text of one member as a form, a CSV cell or a log shows it ("" when absent):
 * ids and numbers in decimal, instants RFC 3339, days YYYY-MM-DD, booleans 0/1. */
struct str shape_text(struct arena *a, const struct shape *s, const void *record);

#endif
