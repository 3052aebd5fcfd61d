/* What a reporter is told (HAZ-5): who has it, until when, what became of it, and what to do when that is wrong; for the feature's own
 * files only. Words of posts, never names.
 */
#ifndef HAZARD_TOLD_H
#define HAZARD_TOLD_H

#include "hazard_model.h"
#include "parts.h"

/* The members of hazard_told_parts into j. */
const struct err *hazard_put_told(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *j);

/* The page's `told` for who reported it and keeps no ledger, who reads first of all what becomes of it; null for others. */
const struct err *hazard_put_told_of(struct db_tx *tx, struct call *c, const struct hazard *h);

extern const struct doc_part hazard_told_parts[];

#endif
