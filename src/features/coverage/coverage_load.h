/* Launches written by a load (db_bulk.h): nothing is read; what the desk keeps of them is made by the rebuild. */
#ifndef COVERAGE_LOAD_H
#define COVERAGE_LOAD_H

#include "coverage.h"
#include "db_bulk.h"

/* l: campaign_id, employer_id, kind, launched_on, title, declared, unit_id, reason. With an event. */
const struct err *launch_put(struct db_tx *tx, struct env *e, struct launch *l);
void coverage_load_order(struct db_bulk *b);

#endif
