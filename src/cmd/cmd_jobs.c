#include "command.h"

#include "job.h"

#include <inttypes.h>
#include <stdio.h>

static const struct option_row options[] = {OPTION_DB, OPTION_DATA, {0}};

static const struct err *run(struct command_call *c, int *status)
{
	struct app *app;
	int64_t done = 0;
	struct app_options o = {.migrate = true};
	(void)status;
	TRY(command_app(c, &o, &app));
	const struct err *e = jobs_drain(app, &done);
	app_free(app);
	if (!e)
		printf("%" PRId64 " jobs done\n", done);
	return e;
}

const struct command cmd_jobs = {"jobs", "[--db DSN] [--data DIR]", "Do everything that is due now, then end", options, 0, 0, run, true};
