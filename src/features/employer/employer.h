/* The register of employers (ORG-2): what is known of an employer besides its unit, and what follows from it by rule. */
#ifndef EMPLOYER_H
#define EMPLOYER_H

#include "org.h"

/* Each list ends in a word that is counted on by nothing; 0 is "unknown". */
enum employer_kind { EMPLOYER_ENTERPRISE = 1, EMPLOYER_INSTITUTION, EMPLOYER_HOUSEHOLD, EMPLOYER_COOPERATIVE, EMPLOYER_PROJECT_SITE };
enum ownership { OWNED_BY_STATE = 1, OWNED_COLLECTIVELY, OWNED_PRIVATELY, OWNED_HMT, OWNED_ABROAD, OWNED_OTHERWISE };
enum union_state { UNION_OWN = 1, UNION_COVERED, UNION_NONE };
enum yes_no { SAID_YES = 1, SAID_NO };
extern const struct codes employer_kinds;  /* enterprise institution household cooperative project_site */
extern const struct codes ownerships;      /* state collective private hmt foreign other: by the controlling owner */
extern const struct codes union_states;    /* own covered none */
extern const struct codes yes_or_no;       /* yes no */

/* Who is in charge: a person of the system, else a name. phone: field right SEE_PHONE. */
struct employer {
	struct id id; /* of its unit */
	struct str name_key, code_key, number_key; /* derived: employer_name.h */
	uint32_t employer_kind, ownership, union_state;
	struct id union_unit_id; /* the joint, regional or industry union that covers it */
	struct str union_code;   /* its union's own credit code */
	struct opt_i64 own_staff, dispatched, contracted; /* heads: own, of labour agencies, of contractors */
	struct opt_fen turnover_fen, assets_fen;          /* of the last full year */
	uint32_t labour_intensive; /* yes_or_no; 0: as the rule says */
	struct str address;
	struct str old_number;     /* registration number of 15 digits or organisation code of 9 characters from before 2015 */
	struct id principal_id, chair_id, officer_id;
	struct str principal_name, chair_name, officer_name, principal_phone, chair_phone, officer_phone;
	struct str not_applicable; /* names of members that have no value because none can be, parted by blanks */
	uint32_t size_set;         /* employer_sizes; 0: as the rule says */
	uint32_t high_risk_set;    /* yes_or_no; 0: as the rule says */
	struct str high_risk_reason;
	struct id high_risk_by;
	struct str high_risk_by_name;
	struct instant high_risk_at;
	struct instant changed_at;
	int64_t version;           /* 0: nothing was ever said */
};
extern const struct shape employer_row[];   /* columns */
extern const struct shape employer_shape[]; /* what documents show */
/* The members of which "not applicable" can be said. */
extern const char *const employer_naables[];
bool employer_is_na(const struct employer *p, const char *member);

/* The profile of an employer's unit; one of which nothing is known where there is none. */
const struct err *employer_read(struct db_tx *tx, int64_t city, struct id unit, struct employer *out);
/* Writes p, whose version is the one that was read (ERR_CONFLICT when it is stale), and what follows from it into the unit (size,
 * high-risk, non-public, headcount), with events on the unit's chain. ERR_INPUT: a field. */
const struct err *employer_save(struct db_tx *tx, struct env *e, struct employer *p, struct str industry);
/* For /employers/{id}: the unit, ERR_MISSING when it is no employer. t->object is its struct unit. */
const struct err *employer_locate(struct db_tx *tx, struct call *c, struct target *t);

/* Who answers for a post by its safety-duty card (ORG-7), to bring hidden dangers to; 0: nobody is named, or it has no card. */
const struct err *employer_post_owner(struct db_tx *tx, int64_t city, struct id place, struct id *person);

extern const struct perm employer_see, employer_write, employer_history, employer_twins;

#endif
