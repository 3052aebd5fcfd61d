#include "command.h"

#include "setting.h"

#include <stdio.h>

static const struct option_row options[] = {OPTION_DB, OPTION_DATA, {0}};

static struct str value_of(struct app *app, struct arena *a, int64_t city, const struct setting *s)
{
	if (s->type == SETTING_STR)
		return setting_str(app, a, city, s->name);
	int64_t n = s->type == SETTING_BOOL ? setting_bool(app, city, s->name) : setting_i64(app, city, s->name);
	return str_fmt(a, "%lld", (long long)n);
}

static void print_all(struct app *app, struct arena *a, int64_t city, struct str only)
{
	for (const struct feature *const *f = app_features(app); *f; f++)
		for (const struct setting *s = (*f)->settings; s && s->name; s++)
			if (!only.n || str_is(only, s->name))
				printf("%s = %.*s\t(%s)\n", s->name, STR_ARG(value_of(app, a, city, s)), s->help);
}

static const struct err *write_one(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct command_call *c = ctx;
	return setting_write(tx, e, str_of(c->words[0]), str_of(c->words[1]));
}

static const struct err *run(struct command_call *c, int *status)
{
	struct app *app;
	struct app_options o = {.migrate = true, .no_media = true};
	(void)status;
	TRY(command_app(c, &o, &app));
	struct env e = env_system(app, c->a, app_home_city_of(app));
	const struct err *bad = c->n_words == 2 ? env_write(&e, write_one, c) : NULL;
	if (!bad)
		print_all(app, c->a, e.city, c->n_words ? str_of(c->words[0]) : STR(""));
	app_free(app);
	return bad;
}

const struct command cmd_setting = {"setting", "[NAME [VALUE]] [--db DSN] [--data DIR]",
				    "Print the settings, or change one; a running server knows it within ten seconds", options, 0, 2, run, false};
