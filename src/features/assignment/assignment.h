/* Assignments (包靠, ORG-3): which cadre of a union above the grassroots looks after which employer, and when the next visit is due. */
#ifndef ASSIGNMENT_H
#define ASSIGNMENT_H

#include "account.h"
#include "org.h"

enum { ASSIGNMENT_NOTE_MAX = 500, ASSIGNMENT_EVERY_MAX = 366, ASSIGNMENT_AT_ONCE = 500, ASSIGNMENT_TAKE_OVER_MAX = 1000 };

enum assignment_kind { ASSIGNMENT_KEY = 1 /* 重点 */, ASSIGNMENT_ORDINARY };
extern const struct codes assignment_kinds;

struct assignment {
	struct id id, employer_id, person_id;
	struct id unit_id;      /* the union as whose cadre */
	uint32_t kind;
	int64_t every_days;     /* 0: the city's own rhythm for the kind */
	struct day from_on, to_on; /* both days count; to_on 0: without an end */
	struct str note, end_reason;
	struct day due_on;      /* the next visit; 0 once it is over */
	struct id made_by, ended_by;
	int64_t version;
	/* read beside it */
	struct str employer_name, person_name, unit_name, employer_path, employer_key;
	struct str head_name, head_phone; /* who stands for the employer; lists only */
	bool is_overdue;
};
extern const struct shape assignment_row[], assignment_shape[];

bool assignment_holds(const struct assignment *a, struct day on);
/* ERR_MISSING when there is none. */
const struct err *assignment_by_id(struct db_tx *tx, int64_t city, struct id id, struct assignment *out);
/* All of an employer, the newest first, at most 200. */
const struct err *assignment_of_employer(struct db_tx *tx, int64_t city, struct id employer, struct assignment **out, size_t *n);
/* Of a person those that hold on `today`, after one of them, in order of their ids. */
const struct err *assignment_open_of(struct db_tx *tx, int64_t city, struct id person, struct day today, struct id after, int64_t limit,
				     struct assignment **out, size_t *n);
/* How many of these there are: whoever leaves hands them over first. */
const struct err *assignment_open_count(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t *n);
/* Names of the cadres of an employer on `today`, "甲、乙"; "" for none. */
const struct err *assignment_names(struct db_tx *tx, int64_t city, struct id employer, struct day today, struct str *out);
/* How many employers below `u` that are not closed have a cadre on `today` (f8): each once, however many cadres. */
const struct err *assignment_employers_at(struct db_tx *tx, int64_t city, const struct unit *u, struct day today, int64_t *n);

/* Assigns from a->from_on (today at the latest) on, with an event. a: employer_id, person_id, kind, every_days, from_on, to_on, note; sets
 * the rest. ERR_INPUT on /person_id: no cadre of a union above that employer today; on /employer_ids: no employer, closed; on /from_on,
 * /to_on; ERR_CONFLICT "already_assigned": this cadre has it already. */
const struct err *assignment_add(struct db_tx *tx, struct env *e, struct assignment *a);
/* Writes kind, every_days and note of the one whose version is a->version, with an event. ERR_CONFLICT when it is stale. */
const struct err *assignment_change(struct db_tx *tx, struct env *e, struct assignment *a);
/* Ends it with `on` as its last day (yesterday at the earliest, not before it began), for a reason. ERR_CONFLICT "assignment_over". */
const struct err *assignment_end(struct db_tx *tx, struct env *e, struct assignment *a, struct day on, struct str reason);
/* Everything that a person has today at or below `path` goes to another from today on, with kind and rhythm; where the other is there
 * already, the first one's ends. ERR_LIMIT past ASSIGNMENT_TAKE_OVER_MAX. *n: how many. */
const struct err *assignment_take_over(struct db_tx *tx, struct env *e, struct id from, struct id to, struct str path, struct str reason,
				       int64_t *n);

/* The person visited the employer. A day is one visit: the same again changes only the note. ERR_INPUT on /visited_on: not yet, or more
 * than a year ago. */
const struct err *assignment_visited(struct db_tx *tx, struct env *e, const struct unit *employer, struct id person, struct id unit,
				     struct day on, struct str note, struct id *out);

extern const struct perm assignment_read, assignment_write, assignment_visit;

#endif
