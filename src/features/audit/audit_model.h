/* The audit trail as its readers see it, and the seals over its days. Private to the feature. */
#ifndef AUDIT_MODEL_H
#define AUDIT_MODEL_H

#include "event.h"
#include "feature.h"

/* A closed day: n rows, and SHA-256 over the day before's hash and them (README). */
struct audit_day {
	struct day day;
	int64_t n;
	struct str hash;
};
extern const struct shape audit_day_shape[];

/* Closes each day that ended an hour ago or earlier and is not closed yet, oldest first, at most 400. */
const struct err *audit_seal(struct env *e);
/* Each closed day whose rows or whose day before no longer fit it, and each missing one, goes to `found`. */
const struct err *audit_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx);

struct audit_query {
	struct str who, object, kind, act, sort, after, header;
	uint32_t what;
	struct day from, to;
	int64_t limit;
};
extern const struct shape audit_query_shape[], audit_changes_query_shape[];
extern const struct shape audit_line_shape[], audit_change_shape[];
extern const struct doc_part audit_rows_doc[], audit_changes_doc[], audit_object_doc[];

handler_fn audit_get_rows, audit_get_changes, audit_get_object;
locate_fn audit_locate_object;

/* A word under a prefix of catalogue keys in the reader's language, or the word itself. */
struct str audit_word(struct call *c, const char *prefix, struct str word);

extern const struct perm audit_read;

#endif
