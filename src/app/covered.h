/* Coverage (ORG-6): what is kept of each employer so that "who is still missing" is one walk over the employers, whatever is asked.
 *
 * A feature that knows when an employer was assigned, visited, trained … notes the day in the transaction of its own row. A day is
 * either the last on which it happened, or the last on which it holds ("until"); who asks compares it with a day. The rows are
 * derived: each feature says in `covers` (feature.h) how they are made again, and `check` compares.
 */
#ifndef COVERED_H
#define COVERED_H

#include "feature.h"

enum covered {
	COVERED_ASSIGNED = 1, /* until: the last day on which a cadre is assigned; COVERED_FOREVER without an end */
	COVERED_LAUNCHED,     /* on: the employer launched the campaign */
	COVERED_VISITED,      /* until: the day by which the next visit is due */
	COVERED_TRAINED,      /* on: the last training of its workers */
	COVERED_ACTIVE,       /* on: the last report, visit or launch */
	COVERED_COUNT
};
extern const struct codes covered_words; /* assigned launched visited trained active */
#define COVERED_FOREVER DAY(21991231)

struct covered_fact { struct id employer_id; struct day day; };

/* What a feature knows. */
struct covered_source {
	enum covered what;    /* 0 ends the table */
	const char *name;     /* "hazard.reported" */
	/* The next facts, one an employer, in the order of their ids after `after`, at most `limit`; *last: where to go on, 0 when there is
	 * nothing left. What several features know of the same employer: the latest day holds. */
	const struct err *(*facts)(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
				   struct id *last);
	/* Not NULL: the feature does not note. A job follows its rows, whose ids grow with time, by this (`after` is a row's id there), and is
	 * a minute late. */
	const struct err *(*follow)(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
				    struct id *last);
};

/* Keeps `day` (0: never) for the employer. */
const struct err *covered_set(struct db_tx *tx, struct env *e, struct id employer, enum covered what, struct day day);
/* Before what is kept is reckoned from rows: nobody else reckons the same employer's until this transaction ends. */
const struct err *covered_alone(struct db_tx *tx, struct env *e, struct id employer);
/* Keeps it if it is later than what is kept. */
const struct err *covered_raise(struct db_tx *tx, struct env *e, struct id employer, enum covered what, struct day day);
/* Does any feature say so? What nobody records is shown as not yet recorded, never as nothing. */
bool covered_is_recorded(const struct app *app, enum covered what);

/* The job; and all of it anew, after a load. */
const struct err *covered_follow(struct env *e, struct str payload);
const struct err *covered_rebuild(struct env *e);
/* Differences between what is kept and what the features say. */
const struct err *covered_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx);

#endif
