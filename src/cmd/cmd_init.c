#include "command.h"

#include "account_cmd.h"
#include "app_sql.h"
#include "feature.h"
#include "init.h"

#include <stdio.h>

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	OPTION_PARTITIONS,
	{"city", "CODE", "division code of the city, six digits, e.g. 371300; 990100, 990200 … to 999900 do not exist and make a city up, to learn and to try", NULL},
	{0},
};

struct making {
	struct str code;
	int64_t city;
};

static const struct err *make_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	int64_t changed;
	TRY(db_exec(tx, &app_city_add, ARGS(ARG(m->city), ARG(m->code), ARG(m->code), ARG(e->now)), &changed));
	if (!changed)
		return ERR(e->a, ERR_CONFLICT, "city_exists", "city %.*s is already there", STR_ARG(m->code));
	const struct feature *const *features = app_features(e->app);
	for (size_t i = 0; features[i]; i++)
		if (features[i]->init_city)
			TRY(features[i]->init_city(tx, e, m->code));
	return NULL;
}

const struct err *init_city(struct app *app, struct arena *a, const char *code, struct env *env_out)
{
	struct making m = {.code = str_of(code)};
	if (!str_i64(m.code, 100000, 999999, &m.city))
		return ERR(a, ERR_INPUT, "city", "--city takes a six-digit division code");
	*env_out = env_system(app, a, m.city);
	return env_write(env_out, make_city, &m);
}

static const struct err *init(struct command_call *c, int *status)
{
	struct app *app;
	struct env e;
	struct str login, password;
	struct app_options o = {.migrate = true, .no_media = true};
	const char *code = command_option(c, "city");
	if (!code) {
		fputs("chabaocu init: --city CODE is needed\n", stderr);
		*status = 2;
		return NULL;
	}
	TRY(command_app(c, &o, &app));
	const struct err *bad = init_city(app, c->a, code, &e);
	if (!bad)
		bad = account_first_admin(&e, &login, &password);
	if (!bad)
		printf("city %s is ready\nadministrator: %.*s\npassword (shown once): %.*s\n", code, STR_ARG(login), STR_ARG(password));
	app_free(app);
	return bad;
}

const struct command cmd_init = {"init", "--city CODE [--db DSN] [--data DIR] [--partitions N]",
				 "Make the schema, the city's organisation tree and the first administrator", options, 0, 0, init, false};
