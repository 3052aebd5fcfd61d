#include "db_pg_lib.h"

#include <dlfcn.h>
#include <stdio.h>

/* Of PostgreSQL 9.3 and all since; what Debian calls libpq5. */
static const char file[] = "libpq.so.5";

struct pg_lib pg_lib = {.once = PTHREAD_ONCE_INIT};

static void failed(void)
{
	const char *why = dlerror();
	snprintf(pg_lib.why, sizeof(pg_lib.why), "%s", why ? why : "unknown");
}

static void *look_up(void *lib, const char *name)
{
	void *found = dlsym(lib, name);
	if (!found)
		failed();
	return found;
}

/* Never closed: connections live as long as the program. */
static void load(void)
{
	void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	if (!lib) {
		failed();
		return;
	}
#define X(name) pg_lib.name##_ = (__typeof__(pg_lib.name##_))look_up(lib, #name);
	PG_LIB(X)
#undef X
}

const struct err *pg_lib_load(struct arena *a)
{
	pthread_once(&pg_lib.once, load);
	if (pg_lib.why[0])
		return ERR(a, ERR_INPUT, "no_libpq", "PostgreSQL needs %s (Debian: libpq5): %s", file, pg_lib.why);
	return NULL;
}
