/* The walk over everything that features declare. */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "feature.h"

extern const struct feature feature_core;  /* "app": work desk, health, metrics, the routes' description */
extern const struct feature feature_files; /* "files": uploads in pieces, attachments */

/* The core and then the features, NULL-terminated. ERR_BUG: a name stands twice, a needed feature is missing or comes later,
 * two permissions share a name, or not exactly one feature identifies. */
const struct err *registry_new(struct arena *a, const struct feature *const *features, const struct feature *const **out);

/* All migrations of all features by name; ERR_BUG when two share one. */
const struct err *registry_migrations(struct arena *a, const struct feature *const *features, struct migration **out, size_t *n);

/* A permission by name, NULL when unknown. */
const struct perm *registry_perm(const struct feature *const *features, const char *name);

#endif
