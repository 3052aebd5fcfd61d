#include "registry.h"

#include <stdlib.h>
#include <string.h>

enum { FEATURES_MAX = 64 };

static bool stands_before(const struct feature *const *v, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i]->name, name) == 0)
			return true;
	return false;
}

static const struct err *check_feature(struct arena *a, const struct feature *const *v, size_t n, const struct feature *f)
{
	if (stands_before(v, n, f->name))
		return ERR(a, ERR_BUG, "registry", "feature %s stands twice", f->name);
	for (const char *const *need = f->needs; need && *need; need++)
		if (!stands_before(v, n, *need))
			return ERR(a, ERR_BUG, "registry", "feature %s needs %s before it", f->name, *need);
	for (const struct perm *const *p = f->perms; p && *p; p++)
		for (size_t i = 0; i < n; i++)
			for (const struct perm *const *q = v[i]->perms; q && *q; q++)
				if (strcmp((*p)->name, (*q)->name) == 0)
					return ERR(a, ERR_BUG, "registry", "permission %s stands twice", (*p)->name);
	return NULL;
}

const struct err *registry_new(struct arena *a, const struct feature *const *features, const struct feature *const **out)
{
	const struct feature **v = ARENA_ARRAY(a, const struct feature *, FEATURES_MAX + 3);
	size_t n = 0, identify = 0;
	v[n++] = &feature_core;
	v[n++] = &feature_files;
	for (size_t i = 0; features && features[i]; i++) {
		if (n > FEATURES_MAX)
			return ERR(a, ERR_BUG, "registry", "more than %d features", FEATURES_MAX);
		TRY(check_feature(a, v, n, features[i]));
		identify += features[i]->identify != NULL;
		v[n++] = features[i];
	}
	if (identify > 1)
		return ERR(a, ERR_BUG, "registry", "two features say who is asking");
	*out = v;
	return NULL;
}

static bool is_schema(const struct resource *r)
{
	return strncmp(r->name, "schema/", 7) == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct migration *)a)->name, ((const struct migration *)b)->name);
}

const struct err *registry_migrations(struct arena *a, const struct feature *const *features, struct migration **out, size_t *n)
{
	size_t count = 0;
	for (size_t i = 0; features[i]; i++)
		for (const struct resource *r = features[i]->resources; r && r->name; r++)
			count += is_schema(r);
	struct migration *v = ARENA_ARRAY(a, struct migration, count + 1);
	*n = 0;
	for (size_t i = 0; features[i]; i++)
		for (const struct resource *r = features[i]->resources; r && r->name; r++) {
			struct str file = str_of(r->name);
			if (is_schema(r))
				v[(*n)++] = (struct migration){str_z(a, str_sub(file, 7, file.n - 7 - 4)), (const char *)r->data};
		}
	qsort(v, count, sizeof(v[0]), by_name);
	for (size_t i = 1; i < count; i++)
		if (strcmp(v[i - 1].name, v[i].name) == 0)
			return ERR(a, ERR_BUG, "registry", "two migrations are named %s", v[i].name);
	*out = v;
	return NULL;
}

const struct perm *registry_perm(const struct feature *const *features, const char *name)
{
	for (size_t i = 0; features[i]; i++)
		for (const struct perm *const *p = features[i]->perms; p && *p; p++)
			if (strcmp((*p)->name, name) == 0)
				return *p;
	return NULL;
}
