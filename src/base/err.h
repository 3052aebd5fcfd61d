/* Errors are values: a fallible function returns `const struct err *`, NULL
 * meaning success. The value lives in the arena it was made on and travels to
 * the edge, which maps its kind to a status and logs it once.
 */
#ifndef ERR_H
#define ERR_H

#include "arena.h"
#include "str.h"

/* X(kind, HTTP status, default stable code) */
#define ERR_KINDS(X)                                                           \
	X(ERR_INPUT, 422, "invalid")       /* a field of a well-formed request is wrong */ \
	X(ERR_MALFORMED, 400, "malformed") /* the request cannot be read at all */ \
	X(ERR_LOGIN, 401, "login_required")                                    \
	X(ERR_DENIED, 403, "denied")                                           \
	X(ERR_MISSING, 404, "not_found")                                       \
	X(ERR_METHOD, 405, "method_not_allowed")                               \
	X(ERR_CONFLICT, 409, "changed_meanwhile")                              \
	X(ERR_LIMIT, 413, "too_large")                                         \
	X(ERR_TYPE, 415, "wrong_type")                                         \
	X(ERR_RATE, 429, "too_many")                                           \
	X(ERR_BUSY, 503, "busy")           /* the only kind that a transaction retries */ \
	X(ERR_READONLY, 503, "read_only")  /* disk full, read-only: writes stop, reads go on */ \
	X(ERR_BUG, 500, "internal")

#define ERR_ENUM(kind, status, code) kind,
enum err_kind { ERR_NONE = 0, ERR_KINDS(ERR_ENUM) ERR_KIND_COUNT };
#undef ERR_ENUM

/* One wrong field; `pointer` is a JSON pointer such as "/deadline". */
struct err_field {
	struct str pointer, code, text;
	const struct err_field *next;
};

struct err {
	enum err_kind kind;
	struct str code;   /* stable ASCII word for clients, tests and catalogues ("err_<code>") */
	struct str detail; /* for the log and as a fallback; the edge shows the catalogue's text for `code` */
	const struct err_field *fields;
	const char *file;
	int line;
	int retry_after_s; /* > 0: sent as Retry-After */
	int64_t version_sent, version_stored; /* of a stale edit; 0 without one */
};

#define TRY(expr)                                                              \
	do {                                                                   \
		const struct err *try_err_ = (expr);                           \
		if (try_err_)                                                  \
			return try_err_;                                       \
	} while (0)

/* Makes an error on `a`; `code` NULL takes the kind's default; detail by printf. */
const struct err *err_make(struct arena *a, enum err_kind kind, const char *code, const char *file, int line,
			   const char *fmt, ...) __attribute__((format(printf, 6, 7), returns_nonnull));
#ifndef __clang_analyzer__
#define ERR(a, kind, code, ...) err_make((a), (kind), (code), __FILE__, __LINE__, __VA_ARGS__)
#else /* it does not know returns_nonnull, and would follow each failure as if it were a success */
#define ERR(a, kind, code, ...)                                                \
	({                                                                     \
		const struct err *made_ = err_make((a), (kind), (code), __FILE__, __LINE__, __VA_ARGS__); \
		if (!made_)                                                    \
			__builtin_unreachable();                               \
		made_;                                                         \
	})
#endif

/* Collects field errors before returning once. Start from a zeroed struct. */
struct err_list {
	struct err_field *first, **last;
};
/* `pointer` without the leading slash; `code` e.g. "required", "too_long", "bad_day"; text is a catalogue fallback. */
void err_add(struct err_list *l, struct arena *a, const char *pointer, const char *code, const char *text);
bool err_list_has(const struct err_list *l, const char *pointer);
/* NULL when nothing was added, else an ERR_INPUT error with all fields. */
const struct err *err_from_list(struct arena *a, const struct err_list *l, const char *file, int line);
#define ERR_FROM(a, list) err_from_list((a), (list), __FILE__, __LINE__)
/* One wrong field as an error. */
const struct err *err_on_field(struct arena *a, const char *pointer, const char *code, const char *text);

/* An edit of something that has changed meanwhile: ERR_CONFLICT "stale" on /version, with both versions. */
const struct err *err_stale(struct arena *a, int64_t sent, int64_t stored) __attribute__((returns_nonnull));

int err_status(enum err_kind kind);          /* HTTP status of a kind */
const char *err_default_code(enum err_kind kind);

#endif
