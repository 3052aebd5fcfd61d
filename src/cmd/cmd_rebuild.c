#include "command.h"

#include "app_sql.h"
#include "feature.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"only", "FEATURE", "what this feature derives, not all", NULL},
	{0},
};

enum { CITIES_MAX = 512 };

struct cities {
	int64_t v[CITIES_MAX];
	size_t n;
};

struct city_row {
	int64_t city_id;
};

static const struct err *add_city(void *ctx, const void *row)
{
	struct cities *c = ctx;
	if (c->n < CITIES_MAX)
		c->v[c->n++] = ((const struct city_row *)row)->city_id;
	return NULL;
}

static const struct err *load_cities(struct db_tx *tx, void *ctx)
{
	static const struct shape city_shape[] = {SHAPE(struct city_row, city_id, 0), SHAPE_END};
	return db_each(tx, &app_cities, NO_ARGS, city_shape, sizeof(struct city_row), add_city, ctx);
}

static const struct err *rebuild_city(struct command_call *c, struct app *app, int64_t city)
{
	const struct feature *const *features = app_features(app);
	const char *only = command_option(c, "only");
	for (size_t i = 0; features[i]; i++) {
		if (!features[i]->rebuild || (only && strcmp(only, features[i]->name) != 0))
			continue;
		struct env e = env_system(app, c->a, city);
		TRY(features[i]->rebuild(&e));
		printf("city %" PRId64 ": %s made anew\n", city, features[i]->name);
	}
	return NULL;
}

static const struct err *rebuild_all(struct command_call *c, struct app *app)
{
	struct cities cities = {.n = 0};
	TRY(db_read(app_db(app), c->a, load_cities, &cities));
	for (size_t i = 0; i < cities.n; i++)
		TRY(rebuild_city(c, app, cities.v[i]));
	return NULL;
}

static const struct err *run(struct command_call *c, int *status)
{
	struct app *app;
	struct app_options o = {.migrate = true, .no_media = true};
	(void)status;
	TRY(command_app(c, &o, &app));
	const struct err *e = rebuild_all(c, app);
	app_free(app);
	return e;
}

const struct command cmd_rebuild = {"rebuild", "[--only FEATURE] [--db DSN] [--data DIR]",
				    "Derive anew what is derived from rows: words for searching, figures", options, 0, 0, run, false};
