#include "command.h"

#include "demo.h"
#include "doc.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

enum { OPTIONS_MAX = 24, EXIT_USAGE = 2 };

static const struct command *const commands[] = {&cmd_serve, &cmd_init, &cmd_demo, &cmd_user, &cmd_import, &cmd_check, &cmd_statistics, &cmd_setting, &cmd_rebuild, &cmd_jobs, &cmd_docs, NULL};

static void print_overview(FILE *to)
{
	fprintf(to, "chabaocu %s: find hidden dangers, follow each until it is closed out\n\nusage: chabaocu COMMAND [OPTIONS]\n\n", app_version());
	for (size_t i = 0; commands[i]; i++)
		if (!commands[i]->is_hidden)
			fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\nchabaocu COMMAND --help tells more.\n", to);
}

static void print_help(FILE *to, const struct command *c)
{
	fprintf(to, "%s\n\nusage: chabaocu %s %s\n\n", c->summary, c->name, c->usage);
	for (const struct option_row *o = c->options; o->name; o++) {
		char left[64];
		snprintf(left, sizeof(left), "--%s %s", o->name, o->value ? o->value : "");
		fprintf(to, "  %-22s %s", left, o->help);
		fprintf(to, o->otherwise ? " (default %s)\n" : "\n", o->otherwise);
	}
	fprintf(to, "  %-22s %s\n", "--help", "this text");
}

static size_t fill_long_options(const struct command *c, struct option *v)
{
	size_t n = 0;
	for (; c->options[n].name; n++)
		v[n] = (struct option){c->options[n].name, c->options[n].value ? required_argument : no_argument, NULL, (int)n + 1000};
	v[n] = (struct option){"help", no_argument, NULL, 'h'};
	return n;
}

static int report(const struct err *e)
{
	fprintf(stderr, "chabaocu: %.*s: %.*s\n", STR_ARG(e->code), STR_ARG(e->detail));
	for (const struct err_field *f = e->fields; f; f = f->next)
		fprintf(stderr, "  %.*s: %.*s\n", STR_ARG(f->pointer), STR_ARG(f->text));
	return 1;
}

static int run(const struct command *c, struct command_call *call)
{
	int status = 0;
	if (call->n_words < c->min_words || call->n_words > c->max_words) {
		print_help(stderr, c);
		return EXIT_USAGE;
	}
	const struct err *e = c->run(call, &status);
	return e ? report(e) : status;
}

static int parse_and_run(const struct command *c, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 2] = {0};
	const char *values[OPTIONS_MAX] = {0};
	size_t n = fill_long_options(c, longs);
	for (int got; (got = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
		if (got == 'h') {
			print_help(stdout, c);
			return 0;
		}
		if (got < 1000 || (size_t)got - 1000 >= n)
			return EXIT_USAGE;
		values[got - 1000] = optarg ? optarg : "";
	}
	struct command_call call = {arena_new((size_t)256 * 1024 * 1024), values, c->options, argv + optind, argc - optind};
	const struct err *bad = command_settle(call.a, c->options, values);
	int status = bad ? report(bad) : run(c, &call);
	arena_free(call.a);
	return status;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	doc_memory_or_end();
	if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
		print_overview(argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_USAGE : 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("%s\n", app_version());
		return 0;
	}
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, argv[1]) == 0)
			return parse_and_run(commands[i], argc - 1, argv + 1);
	fprintf(stderr, "chabaocu: no command \"%s\"\n\n", argv[1]);
	print_overview(stderr);
	return EXIT_USAGE;
}
