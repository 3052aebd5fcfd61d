#include "demo.h"

#include <stdio.h>
#include <string.h>

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	{"scale", "SIZE", "small, or the number of hazards", "small"},
	{"seed", "N", "the same seed gives the same rows", "1"},
	{"until", "DAY", "last day of the made-up past", "2016-04-20"},
	{"cities", "N", "number of cities: only 1", "1"},
	{0},
};

static const struct err *demo(struct command_call *c, int *status)
{
	if (strcmp(command_option(c, "cities"), "1") != 0) {
		fputs("chabaocu demo: --cities takes 1; make a second city in a database of its own\n", stderr);
		*status = 2;
	}
	return NULL;
}

const struct command cmd_demo = {"demo", "[--db DSN] [--data DIR] [--scale small|NUMBER] [--seed N] [--until DAY] [--cities N]",
				 "Make a seeded, made-up city with hazards in every state", options, 0, 0, demo, false};
