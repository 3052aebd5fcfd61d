/* Parts of `chabaocu check` that have a file of their own. */
#ifndef CHECK_H
#define CHECK_H

#include "feature.h"

/* On a PostgreSQL database in parts: each statement of one city reaches one part of each table, always the same, and without its
 * city it would reach them all, so that the first answer means something. Prints how many it looked at. Does nothing elsewhere. */
void check_partitions(struct app *app, struct arena *a, struct check_report *r);

/* Each statement finds its rows by an index and in its order: no table read from end to end, nothing sorted. What may all the same
 * stands in a table of check_plans.c, each with its reason. PostgreSQL is asked for a plan without reading whole tables and without
 * sorting, so that its answer does not hang on how many rows there happen to be. Prints how many it looked at. */
void check_plans(struct app *app, struct arena *a, struct check_report *r);

#endif
