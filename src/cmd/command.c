#include "command.h"

#include "feature.h"

#include <stdio.h>
#include <string.h>

const char *command_option(const struct command_call *c, const char *name)
{
	for (size_t i = 0; c->rows[i].name; i++)
		if (strcmp(c->rows[i].name, name) == 0)
			return c->options[i] ? c->options[i] : c->rows[i].otherwise;
	return NULL;
}

const struct err *command_app(struct command_call *c, struct app_options *o, struct app **out)
{
	o->features = features_all;
	o->db_dsn = command_option(c, "db");
	o->data_dir = command_option(c, "data");
	return app_new(c->a, o, out);
}
