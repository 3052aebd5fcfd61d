#include "command.h"

#include "statistics.h"

#include <stdio.h>

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"unit", "ID|CODE", "whose figures; all: of every unit", NULL},
	{"period", "PERIOD", "r1 to rN, 2016-03, 2016-Q2, 2016 or intensive; all: each of the campaign", NULL},
	{"campaign", "CODE", "which one, where the period alone does not say", ""},
	{"city", "CODE", "which city, where there are several (default: the first)", NULL},
	{"recount", NULL, "from what has happened instead of the stored rows", NULL},
	{0},
};

static void print_line(void *ctx, struct str text)
{
	(void)ctx;
	printf("%.*s\n", STR_ARG(text));
}

static const struct err *read_figures(struct command_call *c, struct app *app)
{
	const char *code = command_option(c, "city");
	int64_t city = app_home_city_of(app);
	if (code && !str_i64(str_of(code), 1, INT64_MAX, &city))
		return err_on_field(c->a, "city", "bad_code", "a city is named by its number, such as 371300");
	struct env e = env_system(app, c->a, city);
	return statistics_lines(&e, str_of(command_option(c, "unit")), str_of(command_option(c, "period")),
				str_of(command_option(c, "campaign")), command_option(c, "recount") != NULL, print_line, NULL);
}

static const struct err *run(struct command_call *c, int *status)
{
	struct app *app;
	struct app_options o = {.migrate = true, .no_media = true, .read_only_ok = true};
	if (!command_option(c, "unit") || !command_option(c, "period")) {
		fputs("chabaocu statistics: --unit and --period are needed; --help tells more\n", stderr);
		*status = 2;
		return NULL;
	}
	TRY(command_app(c, &o, &app));
	const struct err *e = read_figures(c, app);
	/* The error's words may lie on the database's memory. */
	e = e ? err_make(c->a, e->kind, str_z(c->a, e->code), e->file, e->line, "%.*s", STR_ARG(e->detail)) : NULL;
	app_free(app);
	return e;
}

const struct command cmd_statistics = {"statistics", "--unit ID|CODE --period PERIOD [--campaign CODE] [--recount] [--db DSN] [--data DIR]",
				       "The twelve figures of a unit in a period, as JSON", options, 0, 0, run, false};
