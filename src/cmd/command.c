#include "command.h"

#include "feature.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Options that say where things are, and not what to do: these may also come from the environment and from a file. */
static const char *const settled[] = {"db", "data", "listen", "trusted-proxies", "media", NULL};

static bool is_settled(const char *name)
{
	for (size_t i = 0; settled[i]; i++)
		if (strcmp(settled[i], name) == 0)
			return true;
	return false;
}

static size_t find_row(const struct option_row *rows, const char *name)
{
	size_t i = 0;
	while (rows[i].name && strcmp(rows[i].name, name) != 0)
		i++;
	return i;
}

static const char *environment_name(struct arena *a, const char *option)
{
	char *z = arena_copy(a, option, strlen(option));
	for (char *p = z; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	return str_fmt(a, "CHABAOCU_%s", z).p;
}

struct reading {
	struct arena *a;
	const struct option_row *rows;
	const char **values;
	const char *wrong; /* the first name that is not known */
};

/* inih: 1 is fine, 0 is an error on this line. */
static int take(void *ctx, const char *section, const char *name, const char *value)
{
	struct reading *r = ctx;
	char *option = arena_copy(r->a, name, strlen(name));
	(void)section;
	for (char *p = option; *p; p++)
		*p = *p == '_' ? '-' : *p;
	size_t at = find_row(r->rows, option);
	if (!r->rows[at].name || !is_settled(option)) {
		r->wrong = r->wrong ? r->wrong : option;
		return 0;
	}
	if (!r->values[at])
		r->values[at] = str_z(r->a, str_of(value));
	return 1;
}

static const struct err *read_file(struct arena *a, const struct option_row *rows, const char **values, const char *path)
{
	struct reading r = {.a = a, .rows = rows, .values = values};
	struct stat st;
	/* To inih a folder is an empty file. */
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return ERR(a, ERR_INPUT, "config", "%s is a folder", path);
	int line = ini_parse(path, take, &r);
	if (line < 0)
		return ERR(a, ERR_INPUT, "config", "%s: %s", path, strerror(errno));
	if (r.wrong)
		return ERR(a, ERR_INPUT, "config", "%s line %d: %s is not a setting of this file", path, line, r.wrong);
	return line ? ERR(a, ERR_INPUT, "config", "%s line %d: not \"name = value\"", path, line) : NULL;
}

const struct err *command_settle(struct arena *a, const struct option_row *rows, const char **values)
{
	for (size_t i = 0; rows[i].name; i++)
		if (!values[i] && is_settled(rows[i].name)) {
			const char *given = getenv(environment_name(a, rows[i].name));
			values[i] = given && *given ? given : NULL;
		}
	size_t config = find_row(rows, "config");
	return rows[config].name && values[config] ? read_file(a, rows, values, values[config]) : NULL;
}

const char *command_option(const struct command_call *c, const char *name)
{
	size_t i = find_row(c->rows, name);
	if (!c->rows[i].name)
		return NULL;
	return c->options[i] ? c->options[i] : c->rows[i].otherwise;
}

enum { PARTITIONS_MIN = 2, PARTITIONS_MAX = 64 };

const struct err *command_app(struct command_call *c, struct app_options *o, struct app **out)
{
	const char *parts = command_option(c, "partitions");
	int64_t n = 0;
	if (parts && !str_i64(str_of(parts), PARTITIONS_MIN, PARTITIONS_MAX, &n))
		return ERR(c->a, ERR_INPUT, "partitions", "--partitions takes a number from %d to %d", PARTITIONS_MIN, PARTITIONS_MAX);
	o->partitions = (unsigned)n;
	o->features = features_all;
	o->db_dsn = command_option(c, "db");
	o->data_dir = command_option(c, "data");
	return app_new(c->a, o, out);
}
