/* The register's own parts; other features see employer.h only. */
#ifndef EMPLOYER_MODEL_H
#define EMPLOYER_MODEL_H

#include "employer.h"
#include "employer_rules.h"
#include "feature.h"

enum { EMPLOYER_ADDRESS_MAX = 200, EMPLOYER_PERSON_MAX = 60, EMPLOYER_PHONE_MAX = 40, EMPLOYER_REASON_MAX = 200, EMPLOYER_NUMBER_MAX = 20,
       EMPLOYER_HEADS_MAX = 10000000 };

/* ---- what is derived when a unit is written (employer_keys.c) ------------------------ */

/* Keys of an employer, a row for a new one, and whoever else may be the same (feature.unit_kept). */
const struct err *employer_kept(struct db_tx *tx, struct env *e, struct target *t);
const struct err *employer_merged(struct db_tx *tx, struct env *e, struct id from, struct id to);
const struct err *employer_keys(struct db_tx *tx, struct env *e, const struct unit *u, struct str old_number);
const struct err *employer_rebuild(struct env *e);
/* The job that gives a row to those who have none: units of before there was a register. */
const struct err *employer_keys_job(struct env *e, struct str payload);

/* ---- pages --------------------------------------------------------------------------------- */

/* What the rules say of an employer, for its page and its form. */
struct employer_facts {
	struct unit unit;
	struct employer p;
	struct unit *parents, union_unit;
	size_t n_parents;
	struct size_found size;
	struct risk_found risk;
	struct opt_i64 staff;
	uint32_t labour, union_state; /* said, or else derived */
	bool union_derived;
};
const struct err *employer_facts(struct db_tx *tx, int64_t city, struct id id, struct employer_facts *out);
/* The same of an employer that is about to be added: f->unit says what is known. */
void employer_facts_new(struct arena *a, struct employer_facts *f);
/* What employer_save() refuses, without writing; looks up the names of persons. */
const struct err *employer_check(struct db_tx *tx, struct env *e, const struct employer_facts *was, struct employer *p);
/* Why this size, why (not) high-risk: sentences in the call's language. */
struct str employer_size_why(struct call *c, const struct employer_facts *f);
struct str employer_risk_why(struct call *c, const struct employer_facts *f);
struct str employer_money(struct arena *a, struct opt_fen v); /* in 万元, "" when unknown */

/* What changed, newest first (employer_history.c). */
enum { EMPLOYER_HISTORY_SHOWN = 8, EMPLOYER_HISTORY_MAX = 500 };
const struct err *employer_history_of(struct db_tx *tx, struct call *c, const struct unit *u, size_t most, json_t *out);

extern const struct panel employer_panels[];
extern const struct doc_part employer_page_doc[], employer_form_doc[], employer_history_doc[], employer_history_parts[];
handler_fn employer_get, employer_get_form, employer_post, employer_form_again, employer_get_history;
struct employers_query {
	struct str unit, high_risk, non_public, industry, q, sort, after, header;
	uint32_t size, ownership, union_state;
	bool closed;
	int64_t limit;
};
handler_fn employer_get_list;
extern const struct shape employers_query_shape[], employer_columns[];
extern const struct doc_part employers_doc[];
extern const struct shape employer_input_shape[];
struct employer_input {
	uint32_t employer_kind, ownership, union_state, labour_intensive, size_set, high_risk_set;
	struct str industry, union_unit, union_code, own_staff, dispatched, contracted, turnover, assets, address, old_number, high_risk_reason;
	struct id principal_id, chair_id, officer_id;
	struct str principal_name, chair_name, officer_name, principal_phone, chair_phone, officer_phone;
	int64_t version;
};

/* What is sent by a form or named by a JSON body (else NULL); the rest of an entry stays as it is. Texts are as people type them: heads and
 * 10,000 yuan as figures, "不适用" and "n/a" for what has no value. */
struct employer_typed {
	const struct actor *actor;
	const struct unit *unit;
	const struct employer_input *in;
	const json_t *body;
	const struct pairs *form;
};
/* Into p and its unit's industry. ERR_INPUT: fields; ERR_DENIED: a telephone number that is not the actor's to write. */
const struct err *employer_take(struct db_tx *tx, struct env *e, const struct employer_typed *typed, struct employer *p, struct str *industry);

/* ---- entered twice (employer_twins.c) --------------------------------------------------- */

enum twin_state { TWIN_OPEN = 1, TWIN_DIFFERENT };
extern const struct codes twin_states;
struct twins_query { struct str unit, after; uint32_t state; };
struct twin_input { uint32_t state; };
extern const struct shape employer_twins_query_shape[], employer_twin_input_shape[];
extern const struct doc_part employer_twins_doc[];
handler_fn employer_get_twins, employer_post_twin;
/* How many open ones may be this one. */
const struct err *employer_twins_of(struct db_tx *tx, int64_t city, struct id unit, int64_t *n);

#endif
