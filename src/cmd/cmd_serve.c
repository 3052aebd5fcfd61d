#include "command.h"

#include "day.h"
#include "dispatch.h"
#include "job.h"
#include "log.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* With a heap for each thread, each would hold on to what one request once needed; with two, threads wait for one another. */
/* Two workers: a mail server that answers slowly holds one (at most one in a city), and never the clocks. */
enum { JOB_THREADS = 2, DRAIN_MS = 8000, HEAPS = 4, DB_ANSWER_MS = 60000 };

static const struct option_row options[] = {
	{"config", "FILE", "settings file (INI): listen, db, data, trusted_proxies, media", NULL},
	{"listen", "ADDR:PORT", "address to listen on; port 0 takes a free one", "127.0.0.1:8080"},
	OPTION_DB,
	OPTION_DATA,
	{"trusted-proxies", "LIST", "addresses or CIDR whose X-Forwarded-For is believed", NULL},
	{"media", "FILE", "the picture worker (default: chabaocu-media beside this program)", NULL},
	{"views", "DIR", "developer switch: read views from this source folder", NULL},
	{"today", "DAY", "demonstration: run the clock as if today were this day", NULL},
	{"print-port", NULL, "print the port alone on standard output when ready", NULL},
	{0},
};

struct serving {
	struct app *app;
	struct web_server *web;
	struct jobs *jobs;
};

/* Signals are taken by sigwait on the main thread; blocked before any thread starts. */
static sigset_t block_signals(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	return set;
}

static const struct err *start(struct command_call *c, struct serving *s)
{
	const char *data = command_option(c, "data"), *spool = str_fmt(c->a, "%s/spool", data).p;
	struct app_options o = {
		.migrate = true,
		.read_only_ok = true,
		.db_answer_ms = DB_ANSWER_MS,
		.listen = command_option(c, "listen"),
		.trusted_proxies = command_option(c, "trusted-proxies"),
		.media_exe = command_option(c, "media"),
		.views_dir = command_option(c, "views"),
	};
	const char *today = command_option(c, "today");
	if (today && !day_parse(str_of(today), &o.today))
		return ERR(c->a, ERR_INPUT, "bad_day", "--today %s is not a day", today);
	TRY(command_app(c, &o, &s->app));
	mkdir(spool, 0700);
	TRY(jobs_start(s->app, c->a, JOB_THREADS, &s->jobs));
	struct web_options w = {.listen = o.listen, .spool_dir = spool, .trusted_proxies = o.trusted_proxies};
	struct web_handler h = dispatch_handler(s->app);
	TRY(web_start(c->a, &w, &h, &s->web));
	app_set_web(s->app, s->web);
	return NULL;
}

static void stop(struct serving *s)
{
	if (s->web)
		web_stop(s->web, DRAIN_MS);
	if (s->jobs)
		jobs_stop(s->jobs);
	app_free(s->app);
}

static const struct err *serve(struct command_call *c, int *status)
{
	struct serving s = {0};
	int got;
	sigset_t signals = block_signals();
	mallopt(M_ARENA_MAX, HEAPS);
	const struct err *e = start(c, &s);
	if (!e) {
		char port[12];
		snprintf(port, sizeof(port), "%d", web_port(s.web));
		log_line(LOG_LEVEL_INFO, "started", "version", app_version(), "address", web_address(s.web).p, "port", port, NULL);
		malloc_trim(0); /* of what only the start needed */
		if (command_option(c, "print-port")) {
			printf("%s\n", port);
			fflush(stdout);
		}
		sigwait(&signals, &got);
		log_line(LOG_LEVEL_INFO, "stopping", NULL);
	}
	stop(&s);
	*status = 0;
	return e;
}

const struct command cmd_serve = {"serve", "[--listen ADDR:PORT] [--db DSN] [--data DIR]", "Serve the application", options, 0, 0, serve, false};
