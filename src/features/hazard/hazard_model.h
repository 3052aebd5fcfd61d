/* Rows and structs of the feature; for its own files only. */
#ifndef HAZARD_MODEL_H
#define HAZARD_MODEL_H

#include "hazard_flow.h"
#include "org.h"

/* A list: whose, in which order, which of them. Unset members do not narrow. */
struct hazard_filter {
	const char *anchor;            /* "city" "top" "mid" "enterprise"; of a person: "mine" "reported" "todo" (to be put right) */
	struct id anchor_id;
	struct str path;               /* narrows to a workshop's or team's subtree */
	struct str sort;
	uint32_t state, level, kind;
	struct str category;
	struct instant overdue_at;     /* only those whose clock had passed then */
	struct day from, to;
};
/* At most `limit` rows behind the cursor, in order. */
const struct err *hazard_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct cursor *after, int64_t limit,
			      struct hazard **rows_out, size_t *n_out);
/* The place of a row in the list's order. */
struct cursor hazard_cursor(struct arena *a, const struct hazard_filter *f, const struct hazard *last);

/* Whose it is: the parties of a person in it. */
const struct err *hazard_parties(struct db_tx *tx, int64_t city, const struct hazard *h, struct id person, unsigned *out);
/* Roles at its unit and parties of the actor. */
const struct err *hazard_who_is(struct db_tx *tx, int64_t city, const struct actor *actor, const struct hazard *h, struct hazard_who *out);
const struct err *hazard_limits_of(struct db_tx *tx, int64_t city, const struct hazard *h, struct hazard_limits *out);

struct hazard_reporter {
	struct id person_id;
	struct str reported_for;
};
/* The protected row: each look at it is audited by the caller. */
const struct err *hazard_reporter_get(struct db_tx *tx, int64_t city, struct id hazard, struct hazard_reporter *out);
/* The hidden danger of a receipt as typed (case, blanks and dashes do not matter); ERR_MISSING. */
const struct err *hazard_by_code(struct db_tx *tx, int64_t city, struct str code, struct hazard *out);

/* Whether a report without account is taken today. */
const struct err *hazard_anonymous_allowed(struct db_tx *tx, int64_t city, struct day today, bool *out);
/* The unit and place that a report or a report page means; place->id is 0 without a place. ERR_INPUT when nothing names one. */
const struct err *hazard_where(struct db_tx *tx, struct env *e, const struct hazard_report *r, struct unit *unit, struct place *place);

struct hazard_count {
	uint32_t state;
	int64_t n, late;
};
/* Counts by state below a unit (late only for employers and below), or of a person's own work with `unit` NULL. */
const struct err *hazard_counts(struct db_tx *tx, int64_t city, const struct unit *unit, struct id person, struct instant now,
				struct hazard_count **out, size_t *n);
/* How many a person reported under a name, open or hidden. */
const struct err *hazard_reported_by(struct db_tx *tx, int64_t city, struct id person, int64_t *n);

#endif
