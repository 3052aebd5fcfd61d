/* Units and places of a new city, written by a load (db_bulk.h): what org_unit_add() and org_place_add() write, but nothing is read, so
 * the caller answers for what those look up.
 */
#ifndef ORG_LOAD_H
#define ORG_LOAD_H

#include "db_bulk.h"
#include "org.h"

/* u as in org_unit_add(); its kind may stand below `parent`, its code and credit code are in use nowhere else. ERR_INPUT. */
const struct err *org_unit_load(struct db_tx *tx, struct env *e, const struct unit *parent, struct unit *u);
/* p: kind, name, and the code, which no other place of the city has. */
const struct err *org_place_load(struct db_tx *tx, struct env *e, const struct unit *unit, struct place *p);
/* Draws a code; another place may have it. */
struct str org_place_code(struct env *e, struct arena *a);
/* The offices of the unions, in the order in which they were made. */
const struct err *org_load_offices(struct db_tx *tx, int64_t city, struct unit **out, size_t *n);
/* Parents before children. */
void org_load_order(struct db_bulk *b);

#endif
