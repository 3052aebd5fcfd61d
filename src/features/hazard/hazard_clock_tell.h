/* What a clock tells: that a wait was too long, that danger is still there (hazard_notices.h has what acts tell). */
#ifndef HAZARD_CLOCK_TELL_H
#define HAZARD_CLOCK_TELL_H

#include "hazard_chain.h"

/* An alarm rings at a post. */
const struct err *hazard_tell_alarm(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_holder *v, size_t n);

/* Who had the wait hears that it is late, who has it now that it has come. */
struct hazard_passing {
	const struct hazard_holder *from, *to;
	size_t n_from, n_to;
	uint32_t post;       /* that has it now */
	const char *late;    /* word of hazard_lates */
	bool rises;
};
const struct err *hazard_tell_passing(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_passing *p);

#endif
