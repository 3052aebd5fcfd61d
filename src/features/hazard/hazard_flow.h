/* The lifecycle: one table of state × act → state, from which legality, the
 * buttons of a page, the `actions` of the JSON, the matrix test and the
 * diagram come. No SQL and no HTTP here.
 *
 * Adding an act: one row in hazard_flow.c and its label act_<word> in
 * catalogue.tsv; when it needs them a guard, a check and an effect in
 * hazard_acts.c, and new fields in struct hazard_input.
 */
#ifndef HAZARD_FLOW_H
#define HAZARD_FLOW_H

#include "hazard.h"
#include "hazard_rules.h"

/* Facts beside the state that a row may ask for. */
enum hazard_fact {
	FACT_ON_SPOT = 1, FACT_MAJOR = 2, FACT_DANGER = 4, FACT_PROTECTED = 8, FACT_SUSPENDED = 16, FACT_DISPUTED = 32,
	FACT_EXTENDED = 64, FACT_PROPOSED = 128, FACT_LISTED = 256, FACT_LOWERING = 512
};
unsigned hazard_facts(const struct hazard *h);

/* Persons who may by their part in this one hidden danger, without any role. */
enum hazard_party { PARTY_REPORTER = 1, PARTY_RESPONSIBLE = 2, PARTY_DEPUTY = 4 };
#define PARTY_RECTIFIER (PARTY_RESPONSIBLE | PARTY_DEPUTY)

/* What is known of who acts. */
struct hazard_who {
	struct id person_id;
	uint32_t roles;      /* bits of posts held at the hidden danger's unit */
	const struct actor *actor; /* who may what there; NULL: what the built-in roles of `roles` may */
	unsigned parties;    /* enum hazard_party */
	bool worked;         /* reported progress or submitted it since it was last assigned; known while it waits for acceptance or close-out */
};

/* One attempt. `in` is NULL while only the buttons are asked for. */
struct hazard_case {
	struct arena *a;
	const struct hazard *h;
	const struct hazard_who *who;
	const struct hazard_input *in;
	const struct hazard_limits *limits;
	struct instant now;
	size_t n_photos;
	const struct unit *to;     /* of a transfer inside the city: found by who does it */
	const struct hazard *into; /* of a merge: likewise */
};

/* Why not: a stable code, and whether it lies in the person (403) or in the thing (409). */
struct hazard_bar {
	const char *code; /* catalogue: err_<code> */
	enum err_kind kind;
};

/* A field that an act takes: a member of hazard_input_shape, or "photos". */
struct hazard_field {
	const char *name;     /* NULL ends the list */
	const char *kind;     /* as in struct field of call.h */
	const struct codes *codes;
	bool required;
	uint8_t event;        /* enum event_value_kind */
};

struct hazard_step {
	uint32_t from;                    /* bits 1 << state */
	const char *act;                  /* the word in addresses, events and catalogue (act_<word>) */
	uint32_t to;                      /* 0: the state stays */
	uint32_t back;                    /* bits of states: it goes back to the one of these that it came from (state_before) */
	unsigned need, without;           /* facts that must, must not hold for the row to apply */
	bool (*picks)(const struct hazard_input *in); /* where what is said decides between the rows of an act; NULL: any */
	const struct perm *perm;          /* NULL: no role may, only parties */
	unsigned parties;
	const struct hazard_bar *(*guard)(const struct hazard_case *k);           /* NULL: nothing more is asked */
	void (*check)(const struct hazard_case *k, struct err_list *errors);      /* of the input, beyond `required` */
	void (*effect)(const struct hazard_case *k, struct hazard *h);            /* besides the state; pure */
	const struct hazard_field *fields;
	bool irreversible;                /* the page asks once more */
	const char *rule;                 /* one English sentence for the generated document */
};
extern const struct hazard_step hazard_steps[]; /* ended by act NULL */

enum { HAZARD_ACTS_MAX = 64 };
/* The distinct acts in table order; returns how many. */
size_t hazard_acts(const char *out[static HAZARD_ACTS_MAX]);

/* The row by which `k` may do `act`; or, with *row_out NULL, the reason: ERR_MISSING for an unknown act, ERR_CONFLICT
 * "wrong_state", a fact that stands against it or a bar's code, ERR_DENIED. Of the input only `picks` is asked. */
const struct err *hazard_step_find(const struct hazard_case *k, struct str act, const struct hazard_step **row_out);
/* Checks the input of a found row: ERR_INPUT with all wrong fields. */
const struct err *hazard_step_check(const struct hazard_case *k, const struct hazard_step *row);
/* Whether a name on this act would tell who reported it: a hidden reporter who is here for that alone. Who holds an office over it or
 * is charged with it is named like anybody else there, since a missing name would tell as much (HAZ-10). */
bool hazard_tells_reporter(const struct hazard_case *k);
/* The record after the act: effect, state, times. The running clock (due_at) needs the class's limits: hazard_due(). */
void hazard_step_apply(const struct hazard_case *k, const struct hazard_step *row, struct hazard *h);

#endif
