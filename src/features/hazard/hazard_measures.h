/* Posting what the figures count; for the feature's own files. */
#ifndef HAZARD_MEASURES_H
#define HAZARD_MEASURES_H

#include "hazard.h"
#include "measure.h"

extern const struct measure *const hazard_measures[];

/* Posts what an act changed, in its transaction. */
const struct err *hazard_count(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h);
/* feature.recount */
const struct err *hazard_recount(struct db_tx *tx, int64_t city, struct id after, unsigned limit, struct measure_list *out,
				 struct id *last);

/* feature.recount_since. */
struct moving;
const struct err *hazard_recount_since(struct db_tx *tx, struct env *e, const struct moving *m, struct id after, struct id *last);

#endif
