/* Parts of `chabaocu check` that have a file of their own. */
#ifndef CHECK_H
#define CHECK_H

#include "feature.h"

/* On a PostgreSQL database in parts: each statement of one city reaches one part of each table, always the same, and without its
 * city it would reach them all, so that the first answer means something. Prints how many it looked at. Does nothing elsewhere. */
void check_partitions(struct app *app, struct arena *a, struct check_report *r);

#endif
