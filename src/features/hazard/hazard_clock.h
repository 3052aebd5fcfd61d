/* Clocks: who must act on an open hidden danger, until when, and who after him
 * (HAZ-4, HAZ-5). One table; pure functions over the record, its clock and the
 * campaign's limits. The job in hazard_clock_job.c does what is due.
 *
 * In each state one post after the other has the wait: the first until the state's limit
 * is over (and its grace), each further one for a limit of its own. In states
 * where the level that handles it counts, a step is a rise of that level; at the
 * employer's end the management is informed, then oversight rises from union to
 * union while the work stays with the employer. Danger to life rings besides, at any hour,
 * until protection is recorded.
 */
#ifndef HAZARD_CLOCK_H
#define HAZARD_CLOCK_H

#include "hazard_rules.h"

/* Who can have the wait, in the order in which it goes up. Persons are looked for when they are needed: a post stays when its holder
 * leaves, and one that nobody holds is passed over (hazard_chain.h). */
enum hazard_post {
	POST_RESPONSIBLE = 1, POST_DEPUTY, POST_TEAM, POST_WORKSHOP, POST_SAFETY, POST_UNION, POST_IN_CHARGE, POST_CONTACT, POST_TOWNSHIP,
	POST_COUNTY, POST_CITY, POST_COUNT
};
extern const struct codes hazard_posts;

/* How far it has come; a row for each open one. */
struct hazard_clock {
	struct instant at;        /* the next step; none: 0 */
	struct instant from_at;   /* since when `post` has the wait */
	struct instant alarm_at;  /* the alarms of danger to life count from here */
	int64_t steps;            /* in the present state; -1: not taken on yet */
	int64_t alarms;           /* how many have rung */
	int64_t informed;         /* how often the management was told that it is late */
	uint32_t post;
	uint32_t oversight;       /* POST_TOWNSHIP and above: which union watches over it; 0: none yet */
};
extern const struct shape hazard_clock_row_shape[];

/* A row of the table. */
struct hazard_clock_row {
	uint32_t state;        /* 0: of any that is disputed */
	unsigned disputes;     /* bits 1 << enum hazard_dispute: what the union above has to decide comes before the state */
	const char *limit;     /* the campaign's limit; NULL: the deadline of the record */
	bool grace;            /* the campaign's raise_grace comes on top */
	bool rises;            /* a step raises the level that handles it */
	uint32_t posts;        /* bits 1 << post, in order of the enum */
	const char *rule;      /* in words, for the generated document; NULL ends the table */
};
extern const struct hazard_clock_row hazard_clocks[];
/* What was late, as events say it: the limit's word, or "deadline". */
extern const struct codes hazard_lates;

/* The alarms of danger to life, in order. */
enum { HAZARD_ALARMS = 3 };
struct hazard_alarm {
	const char *limit;
	uint32_t posts; /* bits: who is called */
	const char *rule;
};
extern const struct hazard_alarm hazard_alarms[HAZARD_ALARMS];

struct hazard_clock_limits {
	struct limit grace, wait;          /* wait: how long the present post has after a step */
	struct limit decide;               /* of a dispute, in working days */
	struct limit alarms[HAZARD_ALARMS];
};

const struct hazard_clock_row *hazard_clock_row_of(const struct hazard *h); /* NULL: nobody has to do anything */
/* Does somebody have to do something: it is open, or disputed. */
bool hazard_clock_runs(const struct hazard *h);
/* The name of the limit that the present post has after a step. */
const char *hazard_clock_wait(const struct hazard_clock_row *row, uint32_t post);
bool hazard_alarm_runs(const struct hazard *h);

/* The first post of the record's state; the next one after a post, 0 at the end. */
uint32_t hazard_clock_first(const struct hazard *h);
uint32_t hazard_clock_after(const struct hazard *h, uint32_t post);

/* Does an act begin the clock anew? Where it changes nothing of what the clock hangs on, the running one goes on. */
bool hazard_clock_is_same(const struct hazard *was, const struct hazard *h);
/* The clock of a state that has just begun, or whose record has changed: `c` is what was before (zero: nothing). A limit that is over already
 * gives whoever acted the time of a step. */
void hazard_clock_begin(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w, struct instant now,
			struct hazard_clock *c);
/* Sets c->at from the rest: the earlier of state and alarm. */
void hazard_clock_set(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w, struct hazard_clock *c);
/* When the state's step and the next alarm are due; none: 0. */
struct instant hazard_clock_stage_at(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w,
				     const struct hazard_clock *c);
struct instant hazard_clock_alarm_at(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w,
				     const struct hazard_clock *c);

/* Is it a rise that the wait comes to this post? Else it only passes on. */
bool hazard_clock_rises(const struct hazard_clock_row *row, uint32_t post);
/* The wait goes to `post` (0: nobody is above), with the level that comes with it; c->at is not set. */
void hazard_clock_pass(const struct hazard_clock_row *row, uint32_t post, struct instant now, struct hazard *h, struct hazard_clock *c);

/* On which level it was solved: a union's or 'management' where it had come so far, else the one that handled it. */
const char *hazard_solved_level(const struct hazard *h, const struct hazard_clock *c);
extern const struct codes hazard_solved_levels;

#endif
