/* The ledger's list; for the feature's own files only. */
#ifndef HAZARD_LIST_H
#define HAZARD_LIST_H

#include "hazard.h"

struct hazard_query {
	uint32_t state, level, kind, handling, marked, oversight;
	struct str q, category, unit;
	bool mine, reported, todo, overdue, open, danger, disputed, suspended, listing, extended;
	struct day from, to;
	struct str after, sort;
	int64_t limit;
	struct str header;
};
extern const struct shape hazard_query_shape[];
const struct err *hazards_get(struct call *c);

#endif
