/* Changes of the tree that take effect on a day (ORG-1): create, rename, move, merge, split, close.
 *
 * A change takes effect at once (its day is today or past) or waits as planned until its day begins; what was true when it was planned is
 * looked at once more then, and a change that is no longer possible is refused with the reason. Units change in the transaction in which it
 * takes effect; rows of other tables follow by a job (moving.h).
 */
#ifndef ORG_CHANGE_H
#define ORG_CHANGE_H

#include "org_model.h"

enum org_act { ORG_CREATE = 1, ORG_RENAME, ORG_MOVE, ORG_MERGE, ORG_SPLIT, ORG_CLOSE, ORG_ACT_COUNT };
/* Running: units have changed, rows follow. Refused: on its day it was no longer possible. */
enum org_change_state { ORG_PLANNED = 1, ORG_RUNNING, ORG_DONE, ORG_CANCELLED, ORG_REFUSED };
extern const struct codes org_acts, org_change_states;

enum { ORG_REASON_MAX = 500, ORG_PARTS_MAX = 200, ORG_AHEAD_DAYS = 366 };

struct org_change {
	struct id id;
	uint32_t act;
	struct id unit_id;       /* what changes; of a new unit the one above */
	struct id to_id;         /* move: the new unit above; merge: what it goes into; 0 otherwise */
	struct id new_id;        /* create, split: the unit that came about */
	uint32_t kind;           /* create */
	struct str name, union_name, code; /* create, rename, split */
	struct day effective_on;
	struct str reason;
	uint32_t state;
	struct str refusal;      /* code of the error, '' for none */
	struct id made_by;
	struct str made_by_name;
	struct id duty_unit_id;
	uint32_t duty_role;
	struct instant made_at, begun_at, ended_at;
	struct id ended_by;      /* who cancelled it */
	int64_t version;
	const struct id *parts;  /* split: the units below that go to the new one */
	size_t n_parts;
	bool backdated;          /* it takes effect on a day before it is made */
	struct str unit_name, unit_path, to_name, to_path; /* read only, for pages */
};
extern const struct shape org_change_row[], org_change_line[] /* with the names */, org_change_shape[];

/* With its parts. */
const struct err *org_change_get(struct db_tx *tx, int64_t city, struct id id, struct org_change *out);

/* The units that a change is about, as they stand. */
struct org_subject {
	struct unit unit, above; /* above: of the unit; id 0 for the city */
	struct unit to;          /* id 0: none */
	struct unit *parts;      /* of ch->parts */
};
/* Whether the change is possible now; makes its texts plain. ERR_INPUT on the field with the reason, ERR_CONFLICT "claimed". */
const struct err *org_change_check(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s);

/* The units alone. ERR_INPUT: there is no such unit. */
const struct err *org_change_subject(struct db_tx *tx, struct env *e, const struct org_change *ch, struct org_subject *s);
/* Day and reason; an absent day becomes today. ERR_INPUT. */
const struct err *org_change_day_check(struct db_tx *tx, struct env *e, struct org_change *ch, struct day open_from);
/* May units of these kinds take each other over? */
bool org_are_alike(uint32_t a, uint32_t b);

/* Makes a change whose act, units, texts, day and reason are set: plans it or carries it out at once. The day is at most a year ahead, and
 * not before `open_from` (of the oldest reporting period that is still open). version: the unit's, as whoever asks has seen it. */
const struct err *org_change_make(struct db_tx *tx, struct env *e, struct org_change *ch, struct day open_from, int64_t version);
/* Calls off a planned one; ERR_CONFLICT "not_planned" when it has taken effect or was called off, or when the version is stale. */
const struct err *org_change_cancel(struct db_tx *tx, struct env *e, struct id id, int64_t version);
/* The oldest day that a change may be dated back to. */
const struct err *org_open_from(struct db_tx *tx, struct env *e, struct day *out);

/* ---- org_move.c ------------------------------------------------------------------- */

/* A unit with all below it goes below `to`. */
const struct err *org_move(struct db_tx *tx, struct env *e, const struct org_change *ch, struct unit *u, const struct unit *to);
/* All that stands below `u`, and all rows of it, go to `to`; u is closed. */
const struct err *org_merge(struct db_tx *tx, struct env *e, const struct org_change *ch, struct unit *u, const struct unit *to);

/* One chunk of what rows are still behind of, of about so many rows, in a short transaction; *more: there may be more to do now. */
const struct err *org_move_step(struct env *e, int64_t rows, bool *more);
/* The jobs: rows follow units that have moved; changes whose day has come. */
const struct err *org_move_job(struct env *e, struct str payload);
const struct err *org_changes_job(struct env *e, struct str payload);
struct check_report;
/* Units that do not stand below their parent, and open ones below closed ones. */
const struct err *org_check(struct env *e, struct check_report *r);

#endif
