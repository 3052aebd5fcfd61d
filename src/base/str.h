/* Strings: `struct str` is a view (pointer and length, not owned), `struct sb`
 * a builder with a mandatory maximum whose bytes live in an arena.
 */
#ifndef STR_H
#define STR_H

#include "arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NONE ((struct str){NULL, 0})
/* For printf: printf("%.*s", STR_ARG(s)). */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

struct str str_of(const char *z);                  /* view of a NUL-terminated string; NULL gives the empty one */
bool str_eq(struct str a, struct str b);
bool str_is(struct str a, const char *z);
int str_cmp(struct str a, struct str b);           /* bytewise */
bool str_has_prefix(struct str s, struct str prefix);
bool str_has_suffix(struct str s, struct str suffix);
struct str str_cut(struct str *rest, char sep);    /* the part before sep; *rest becomes what follows (empty at the end) */
struct str str_trim(struct str s);                 /* ASCII white space and U+3000 off both ends */
struct str str_sub(struct str s, size_t from, size_t n);
ptrdiff_t str_find(struct str s, char c);          /* -1 when absent */

struct str str_dup(struct arena *a, struct str s); /* copy, NUL behind it */
const char *str_z(struct arena *a, struct str s);  /* NUL-terminated copy */
struct str str_fmt(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Whole decimal number in [min, max], no sign but '-', no blanks, no leading zeros beyond "0"; false when it is not one. */
bool str_i64(struct str s, int64_t min, int64_t max, int64_t *out);

/* True when s is valid UTF-8 without NUL (no overlong forms, no surrogates). */
bool str_is_utf8(struct str s);
/* Number of code points; s must be valid UTF-8. */
size_t str_chars(struct str s);

struct str str_hex(struct arena *a, const void *p, size_t n);            /* lower case */
bool str_unhex(struct str hex, void *out, size_t n);                    /* exactly n bytes */
struct str str_b32(struct arena *a, const void *p, size_t n);            /* Crockford base 32, no padding, upper case */
struct str str_b64url(struct arena *a, const void *p, size_t n);         /* no padding */
bool str_unb64url(struct arena *a, struct str s, struct str *out);

struct sb {
	struct arena *a;
	char *p;
	size_t n, cap, max;
	bool over; /* something did not fit: the content is cut, treat as LIMIT */
};

/* A builder on `a` that takes at most `max` bytes. */
struct sb sb_new(struct arena *a, size_t max);
void sb_add(struct sb *b, struct str s);
void sb_addz(struct sb *b, const char *z);
void sb_addc(struct sb *b, char c);
void sb_fmt(struct sb *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
struct str sb_str(const struct sb *b); /* view of what was built so far; valid until the next change */

#endif
