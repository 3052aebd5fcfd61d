/* Subcommands as a table: name, usage, options, function. Help is printed from it. */
#ifndef COMMAND_H
#define COMMAND_H

#include "app.h"

struct option_row {
	const char *name;     /* "db"; NULL ends the table */
	const char *value;    /* "DSN", NULL for a flag */
	const char *help;
	const char *otherwise;
};

struct command_call {
	struct arena *a;
	const char *const *options; /* values in the order of the table; NULL when not given; "" for a flag that is set */
	const struct option_row *rows;
	char **words;               /* what is left */
	int n_words;
};

struct command {
	const char *name, *usage, *summary;
	const struct option_row *options;
	int min_words, max_words;
	/* 0 fine, 1 a finding or failure, 2 wrong usage. An error is printed to stderr by the caller and is 1. */
	const struct err *(*run)(struct command_call *c, int *status);
	bool is_hidden;
};

/* Fills what was not given: from the environment (CHABAOCU_DB, _DATA, _LISTEN, _TRUSTED_PROXIES, _MEDIA), then from the file that
 * --config names (INI, `name = value`, underscores as in the environment). ERR_INPUT "config" for a file that cannot be read, a
 * line that is none, or a name that is not known there. */
const struct err *command_settle(struct arena *a, const struct option_row *rows, const char **values);

/* Value of an option by name, its default, or NULL. */
const char *command_option(const struct command_call *c, const char *name);
/* Opens the application by the options db, data, partitions. */
const struct err *command_app(struct command_call *c, struct app_options *o, struct app **out);

#define OPTION_DB {"db", "DSN", "database: sqlite:PATH or postgresql://… (default: sqlite under the data folder)", NULL}
#define OPTION_PARTITIONS                                                                                                  \
	{"partitions", "N", "PostgreSQL, an empty database only: each city table in N parts by HASH(city_id), 2 to 64", NULL}
#define OPTION_DATA {"data", "DIR", "data folder", "data"}

extern const struct command cmd_serve, cmd_init, cmd_check, cmd_user, cmd_docs, cmd_jobs, cmd_import, cmd_statistics, cmd_rebuild, cmd_setting;

#endif
