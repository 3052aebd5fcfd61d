/* What the page of a hidden danger says about the wording of its five elements; for the feature's own files only. */
#ifndef HAZARD_WORDING_H
#define HAZARD_WORDING_H

#include "hazard_model.h"
#include "parts.h"

/* doubts: where the stored elements say too little (field, code, text). Only of an open one that was assigned. */
void hazard_put_doubts(struct call *c, const struct hazard *h);
/* wordings: measures of closed-out ones of the same category, the employer's own first, and only of rows that the actor may read. */
const struct err *hazard_put_wordings(struct db_tx *tx, struct call *c, const struct hazard *h);

extern const struct doc_part hazard_doubt_parts[], hazard_wording_parts[];

#endif
