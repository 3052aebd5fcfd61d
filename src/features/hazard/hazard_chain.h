/* The persons at the posts of a clock (hazard_clock.h): found when they are needed, so that whoever leaves, is absent or gets a successor needs no
 * step of its own (ORG-5).
 */
#ifndef HAZARD_CHAIN_H
#define HAZARD_CHAIN_H

#include "hazard_clock.h"

enum { HOLDERS_MAX = 50 };
struct hazard_holder {
	struct id id;         /* the person */
	struct id unit_id;    /* where the duty is held; 0: by name */
	struct id for_person_id; /* whose substitute it is; 0: nobody's */
	struct str name;
};

/* Who holds the post today: at the closest unit that has such a duty, substitutes first. */
const struct err *hazard_holders_of(struct db_tx *tx, int64_t city, const struct hazard *h, uint32_t post, struct day today,
				    struct hazard_holder **out, size_t *n);

/* The first post that somebody holds, from `from` on in the record's state; 0: none. */
const struct err *hazard_chain_from(struct db_tx *tx, int64_t city, const struct hazard *h, uint32_t from, struct day today, uint32_t *post,
				    struct hazard_holder **out, size_t *n);

#endif
