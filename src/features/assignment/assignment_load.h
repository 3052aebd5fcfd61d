/* Assignments and visits written by a load (db_bulk.h): nothing is read, so the caller answers for what assignment_add() looks up. What
 * follows from them (due days, coverage) is made by the feature's rebuild.
 */
#ifndef ASSIGNMENT_LOAD_H
#define ASSIGNMENT_LOAD_H

#include "assignment_model.h"
#include "db_bulk.h"

/* a: employer_id, person_id, unit_id, kind, every_days (not 0), from_on, to_on, note. With an event. */
const struct err *assignment_put(struct db_tx *tx, struct env *e, struct assignment *a);
/* v: employer_id, person_id, unit_id, visited_on, note. With an event. */
const struct err *assignment_visit_put(struct db_tx *tx, struct env *e, struct visit *v);
void assignment_load_order(struct db_bulk *b);

#endif
