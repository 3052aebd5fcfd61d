/* Rows of the clocks: they follow each act in its transaction, and the job does what is due. */
#ifndef HAZARD_CLOCK_MODEL_H
#define HAZARD_CLOCK_MODEL_H

#include "feature.h"
#include "hazard_chain.h"
#include "hazard_model.h"

/* *found false: there is none, as of one that has ended. */
const struct err *hazard_clock_get(struct db_tx *tx, int64_t city, struct id hazard, struct hazard_clock *out, bool *found);
const struct err *hazard_clock_insert_row(struct db_tx *tx, int64_t city, struct id hazard, const struct hazard_clock *c);
const struct err *hazard_clock_update_row(struct db_tx *tx, int64_t city, struct id hazard, const struct hazard_clock *c);
/* What the present post's time and the alarms need. */
const struct err *hazard_clock_limits_of(struct db_tx *tx, int64_t city, const struct hazard *h, const struct hazard_clock *c,
					 struct hazard_clock_limits *l, struct workdays **w);

/* `c` is what it was; from now on the first post of the record's state has the wait. No row is written. */
const struct err *hazard_clock_start(struct db_tx *tx, int64_t city, const struct hazard *h, struct instant now, struct hazard_clock *c);
/* In the transaction of the report; of an act that made `h` of `was`. */
const struct err *hazard_clock_report(struct db_tx *tx, struct env *e, const struct hazard *h);
const struct err *hazard_clock_follow(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h);
/* The row of a load: taken on when the job or a rebuild finds it. */
const struct err *hazard_clock_loaded(struct db_tx *tx, int64_t city, const struct hazard *h);

/* Whose turn it is now. */
struct hazard_wait {
	struct hazard_clock clock;
	uint32_t post;               /* the first that is held; 0: nobody */
	struct hazard_holder *holders;
	size_t n;
	struct str solved_level;
};
const struct err *hazard_wait_of(struct db_tx *tx, int64_t city, const struct hazard *h, struct day today, struct hazard_wait *out);

/* What a city says: the duty telephones. */
extern const struct setting hazard_settings[];

/* The job: does what is due, a bounded number of steps a run, each in its own transaction. */
const struct err *hazard_clock_job(struct env *e, struct str payload);
/* For struct feature: each open one that no step was done for is taken on anew, by the server's own time: a load, or the story of a
 * demonstration, has not had the job at its side. */
const struct err *hazard_clock_rebuild(struct env *e);

#endif
