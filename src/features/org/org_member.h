/* Secondary memberships (ORG-1): an industry, joint or regional union has members that report elsewhere. They give no rights over the
 * member: scope is the tree's alone. For the feature's own files.
 */
#ifndef ORG_MEMBER_H
#define ORG_MEMBER_H

#include "org_model.h"

struct membership {
	struct id id, union_id, employer_id;
	struct day from_on, to_on; /* to_on 0: it lasts */
	int64_t version;
	struct str employer_name, employer_code, employer_path, union_name, union_path; /* read only */
};
extern const struct shape membership_row[], membership_shape[];

/* From a day on, at most today. ERR_INPUT: not such kinds, closed, below that union anyway, a day to come; ERR_CONFLICT: a member already. */
const struct err *org_member_add(struct db_tx *tx, struct env *e, struct membership *m);
/* Until and with a day, not before it began. ERR_CONFLICT when it has ended or the version is stale. */
const struct err *org_member_stop(struct db_tx *tx, struct env *e, struct id id, struct day to_on, int64_t version);
/* All of an employer, the last begun first. */
const struct err *org_memberships(struct db_tx *tx, int64_t city, struct id employer, struct membership **out, size_t *n);
/* feature.merged. */
const struct err *org_merged(struct db_tx *tx, struct env *e, struct id from, struct id to);

bool org_takes_members(uint32_t kind);

/* ---- pages ---- */

struct members_query {
	struct str q, sort, after, header;
	bool ended;
	int64_t limit;
};
struct member_input {
	struct str unit;  /* the employer: id, code or credit code */
	struct day from_on;
};
struct member_end_input {
	struct day to_on;
	int64_t version;
};
extern const struct shape members_query_shape[], member_input_shape[], member_end_shape[];
handler_fn org_get_members, org_post_member, org_post_member_end, org_form_member;
locate_fn org_locate_membership;
extern const struct doc_part org_members_parts[];

#endif
