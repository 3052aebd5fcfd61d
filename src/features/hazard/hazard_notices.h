/* Who hears of what happens to a hidden danger, and in which words (HAZ-5, HAZ-9). */
#ifndef HAZARD_NOTICES_H
#define HAZARD_NOTICES_H

#include "hazard_flow.h"
#include "notice.h"

extern const struct notice_kind hazard_notices[];

/* Tells of a report, of an act that was done (`was` before it), and of a new responsible person by a hand-over, in that transaction. */
const struct err *hazard_tell_report(struct db_tx *tx, struct env *e, const struct hazard *h);
const struct err *hazard_tell_act(struct db_tx *tx, struct env *e, const char *act, const struct hazard *was, const struct hazard *h,
				  const struct hazard_input *in);
const struct err *hazard_tell_successor(struct db_tx *tx, struct env *e, const struct hazard *h, struct id to);

/* What the person is to put right, for the digest. */
const struct err *hazard_standing(struct db_tx *tx, struct env *e, struct id person, struct notice_standing *v, size_t *n);

/* For the test: whether the reporter hears of the act. */
bool hazard_reporter_hears(const char *act);

#endif
