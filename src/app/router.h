/* Route table: finding the row for a path, and the walk over all rows. */
#ifndef ROUTER_H
#define ROUTER_H

#include "feature.h"

struct router;
/* Builds the table from the features' rows. ERR_BUG naming the row when a permission, an input shape or a view is missing
 * or a path repeats: the program refuses to start with an incomplete table. */
const struct err *router_new(struct arena *a, const struct feature *const *features, struct router **out);

struct found {
	const struct route *route; /* NULL: see allow */
	struct pairs args;
	enum face face;            /* by suffix; 0: by Accept */
	unsigned allow;            /* bits 1 << method that the path takes; not 0 without a route: 405 rather than 404 */
};
const struct err *router_find(const struct router *r, struct arena *a, enum web_method m, struct str path, struct found *out);
/* Each row once, in table order. */
void router_each(const struct router *r, void (*fn)(void *ctx, const struct feature *f, const struct route *row), void *ctx);

#endif
