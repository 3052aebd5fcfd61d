#include "command.h"

#include "account_cmd.h"

#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"name", "TEXT", "add: the person's name", NULL},
	{"role", "ROLE", "add: role word, e.g. county_cadre", NULL},
	{"unit", "UNIT", "add: id or division code of the unit", NULL},
	{0},
};

static const struct err *act(struct command_call *c, struct app *app)
{
	const char *what = c->words[0];
	struct env e = env_system(app, c->a, app_home_city_of(app));
	struct str login = str_of(c->words[1]), password = STR_NONE;
	if (strcmp(what, "lock") == 0)
		return account_user_lock(&e, login);
	if (strcmp(what, "factor") == 0)
		return account_user_factor(&e, login);
	if (strcmp(what, "password") == 0)
		TRY(account_user_password(&e, login, &password));
	else if (strcmp(what, "add") == 0)
		TRY(account_user_add(&e, login, str_of(command_option(c, "name")), str_of(command_option(c, "role")),
				     str_of(command_option(c, "unit")), &password));
	else
		return ERR(c->a, ERR_INPUT, "user", "add, lock, password or factor");
	printf("%.*s\npassword (shown once): %.*s\n", STR_ARG(login), STR_ARG(password));
	return NULL;
}

static const struct err *user(struct command_call *c, int *status)
{
	struct app *app;
	struct app_options o = {.migrate = true, .no_media = true};
	(void)status;
	TRY(command_app(c, &o, &app));
	const struct err *e = act(c, app);
	app_free(app);
	return e;
}

const struct command cmd_user = {"user", "add|lock|password|factor LOGIN [OPTIONS]", "Accounts from the command line; factor takes the second factor off", options, 2, 2, user, false};
