/* Supervision groups (督导组, ORG-4): who of the city's union supervises which units that report to it, per campaign and round. A group gives no
 * right by itself: what its members see follows from their duties.
 */
#ifndef GROUP_H
#define GROUP_H

#include "campaign.h"
#include "org.h"

enum { GROUP_NAME_MAX = 40, GROUP_DEPARTMENT_MAX = 120, GROUP_NOTE_MAX = 500, GROUP_ROUND_MAX = 12, GROUP_UNITS_MAX = 30, GROUP_MEMBERS_MAX = 30 };

struct group_named { struct id id; struct str name; };
struct supervision_group {
	struct id id, campaign_id;
	int64_t round;           /* from 1 */
	struct str name;
	struct id leader_id;     /* 0: nobody yet */
	struct str department;   /* departments that go with the leader */
	struct day from_on, to_on;
	struct str note;
	bool is_closed;
	int64_t version;
	struct str leader_name;
	struct group_named *members, *units; /* read by group_read(), group_round() */
	size_t n_members, n_units;
	struct str members_text, units_text; /* the names in a line */
};
extern const struct shape group_row[], group_shape[];

const struct err *group_read(struct db_tx *tx, int64_t city, struct id id, struct supervision_group *out);
/* Those of a round that are not closed, at most 60. */
const struct err *group_round(struct db_tx *tx, int64_t city, struct id campaign, int64_t round, struct supervision_group **out, size_t *n);
/* Units that report to the city, with their group in the round (0: none). */
struct group_candidate { struct id id; struct str name; struct id group_id; };
const struct err *group_candidates_of(struct db_tx *tx, int64_t city, struct id campaign, int64_t round, struct group_candidate **out, size_t *n);

/* Writes g with its members and units, with an event; id 0 adds it. ERR_INPUT on /leader_id, /member_ids (not of the city's office),
 * /unit_ids (does not report to the city, or "in_other_group" in this round), /round, /to_on; ERR_CONFLICT: a stale version. */
const struct err *group_write_one(struct db_tx *tx, struct env *e, struct supervision_group *g, const struct id_list *members,
				  const struct id_list *units);
/* Closes it: its units are without a group again. */
const struct err *group_close(struct db_tx *tx, struct env *e, struct supervision_group *g);
/* The groups of one round again in another that has none yet, without days. ERR_CONFLICT "round_taken". *n: how many. */
const struct err *group_copy(struct db_tx *tx, struct env *e, struct id campaign, int64_t from, int64_t to, int64_t *n);

/* Round 1 of each campaign of a new city: the groups of the notice that it has units of, without leaders. */
const struct err *group_init_city(struct db_tx *tx, struct env *e, struct str city_code);

extern const struct perm group_read_perm, group_write_perm;

#endif
