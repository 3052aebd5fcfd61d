/* Boxes for the pages of others. */
#ifndef HAZARD_PANELS_H
#define HAZARD_PANELS_H

#include "feature.h"

extern const struct panel hazard_panels[];

/* feature.goes_along: the open ones of a unit's subtree; it is not closed while there are any. */
const struct err *hazard_goes_along(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n);

#endif
