/* Mustache templates over jansson documents: the whole core specification
 * (interpolation, sections, inverted sections, partials with indentation,
 * comments, delimiter changes) and inheritance ({{<parent}}, {{$block}}).
 * False: absent, null, false, "", []; 0 is true (a number is a value). A name that is not there renders as nothing.
 * Rendering escapes & < > " ' for HTML unless the template asks for raw; the
 * view compiler of `app` refuses raw output and delimiter changes in our views.
 */
#ifndef MUSTACHE_H
#define MUSTACHE_H

#include "err.h"

#include <jansson.h>

struct mustache;

/* Parses a template. `name` is for messages. ERR_INPUT with line and reason for unclosed or misplaced tags, nesting over 64. */
const struct err *mustache_parse(struct arena *a, struct str name, struct str text, const struct mustache **out);

/* Finds a partial or parent by name; NULL renders as nothing. */
typedef const struct mustache *mustache_find_fn(void *ctx, struct str name);

/* Renders into `out`; ERR_LIMIT past the builder's maximum or 64 levels of partials. */
const struct err *mustache_render(const struct mustache *m, json_t *doc, mustache_find_fn *find, void *ctx, struct sb *out);

/* What a walk over a parsed template sees, in order. */
enum mustache_tag {
	MUSTACHE_NAME = 1, MUSTACHE_RAW, MUSTACHE_SECTION, MUSTACHE_INVERTED, MUSTACHE_SECTION_END,
	MUSTACHE_PARTIAL, MUSTACHE_PARENT, MUSTACHE_PARENT_END, MUSTACHE_BLOCK, MUSTACHE_BLOCK_END, MUSTACHE_DELIMITERS
};
struct mustache_seen {
	enum mustache_tag tag;
	struct str name;
	int line;
};
/* Calls fn for each tag; stops at and returns its first error. */
const struct err *mustache_walk(const struct mustache *m, const struct err *(*fn)(void *ctx, const struct mustache_seen *seen), void *ctx);

/* A copy of the template text in which each name tag for which `text_of` gives a text (non-NULL p) is replaced by that text,
 * itself template text whose names are looked up in the same place; used to compile catalogue strings into views per language. */
const struct err *mustache_bind(struct arena *a, struct str name, struct str text,
				bool (*text_of)(void *ctx, struct str name, struct str *out), void *ctx, struct str *out);

#endif
