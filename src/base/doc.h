/* Documents: the one thing a handler fills and every face (HTML, JSON, CSV,
 * XLSX, PDF) is drawn from. They are jansson values; helpers here tie their
 * lifetime to an arena and fill them from shapes.
 */
#ifndef DOC_H
#define DOC_H

#include "err.h"
#include "shape.h"

#include <jansson.h>

/* How a record is shown: which fields the viewer may see, and, for pages, the
 * texts beside the values. */
struct doc_style {
	uint64_t sight; /* bit n: the viewer holds field right n; bit 0 is always taken as set */
	/* Label of a code word in the page's language; NULL: no "<name>_label"/"<name>_text" members are added. */
	struct str (*label)(void *ctx, const struct codes *codes, const char *word);
	void *ctx;
	uint64_t *shown; /* not NULL: gets the bits of the rights by which something was shown */
};

/* From here on a document whose memory cannot be had ends the process (as the arena does), instead of losing a member silently.
 * Called once, by main(). */
void doc_memory_or_end(void);

json_t *doc_new(struct arena *a);   /* empty object, released with the arena */
json_t *doc_list(struct arena *a);  /* empty array, released with the arena */
json_t *doc_keep(struct arena *a, json_t *j); /* takes over one reference until the arena ends; returns j */

/* Sets members; the document takes its own reference of `v` in doc_set. Strings must be UTF-8 (others become ""). */
void doc_set(json_t *obj, const char *name, json_t *v);
void doc_str(json_t *obj, const char *name, struct str s);
void doc_z(json_t *obj, const char *name, const char *z);
void doc_i64(json_t *obj, const char *name, int64_t v);
void doc_bool(json_t *obj, const char *name, bool v);
void doc_id(json_t *obj, const char *name, struct id id);          /* decimal string, null for 0 */
void doc_instant(json_t *obj, const char *name, struct instant t); /* RFC 3339, null for 0 */
void doc_day(json_t *obj, const char *name, struct day d);
json_t *doc_sub(json_t *obj, const char *name);                    /* new object member, owned by obj */
json_t *doc_sublist(json_t *obj, const char *name);                /* new array member, owned by obj */
json_t *doc_append(json_t *list);                                  /* new object at the end, owned by list */

/* Puts all members of `record` that `style` may see under their names.
 * Without the right a field is absent (not null): absence tells nothing. With a
 * label function codes get "<name>_label", instants "<name>_text" (local, to
 * the minute), money "<name>_text" (yuan). */
void doc_put(json_t *obj, const struct shape *shape, const void *record, const struct doc_style *style);

/* Text from the client to a document: at most 64 levels deep (counted before parsing), UTF-8, no
 * duplicate keys. ERR_MALFORMED otherwise. */
const struct err *doc_parse(struct arena *a, struct str text, json_t **out);
/* Compact, keys in insertion order. ERR_LIMIT past `max` bytes. */
const struct err *doc_dump(struct arena *a, const json_t *doc, size_t max, struct str *out);

#endif
