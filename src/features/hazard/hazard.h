/* Hidden dangers: the record, its closed lists, and what other features may ask
 * of it (HAZ-1 to HAZ-5, HAZ-10). What may follow what stands in
 * hazard_flow.c alone.
 */
#ifndef HAZARD_H
#define HAZARD_H

#include "blob.h"
#include "call.h"

enum hazard_kind { HAZARD_HAZARD = 1, HAZARD_OCCUPATIONAL, HAZARD_VIOLATION };
enum hazard_level { HAZARD_ORDINARY = 1, HAZARD_MAJOR };
/* The last state of the way is CLOSED_OUT; those behind it are other ends, and TRANSFERRED, which is tracked. */
enum hazard_state {
	HAZARD_REPORTED = 1, HAZARD_REGISTERED, HAZARD_ASSIGNED, HAZARD_RECTIFYING, HAZARD_SUBMITTED, HAZARD_ACCEPTED,
	HAZARD_CLOSED_OUT, HAZARD_NOT_HAZARD, HAZARD_MERGED, HAZARD_CEASED, HAZARD_TRANSFERRED, HAZARD_STATE_COUNT
};
/* How it was found; hazard_may_say() tells who may claim which. */
enum hazard_source {
	HAZARD_BY_WORKER = 1, HAZARD_BY_EXPERT, HAZARD_BY_REPRESENTATIVE, HAZARD_BY_TEAMS, HAZARD_BY_SUPERVISION, HAZARD_BY_EMPLOYER,
	HAZARD_BY_GOVERNMENT
};
/* Who puts it right: HAZ-6. */
enum hazard_handling { HAZARD_AT_POST = 1, HAZARD_AT_TEAM, HAZARD_AT_WORKSHOP, HAZARD_AT_ENTERPRISE };
enum hazard_anonymity { HAZARD_NAMED = 1, HAZARD_HIDDEN, HAZARD_ANONYMOUS };
/* Whom a violation is about: by post, never by name (HAZ-10). */
enum hazard_against {
	HAZARD_AGAINST_TEAM_LEADER = 1, HAZARD_AGAINST_WORKSHOP_LEADER, HAZARD_AGAINST_SAFETY_OFFICER, HAZARD_AGAINST_MANAGEMENT
};

/* What the union above has to decide: an appeal against a refusal, a refusal of danger or a major one that goes up by itself, "not fixed". */
enum hazard_dispute { HAZARD_APPEAL = 1, HAZARD_REVIEW, HAZARD_OBJECTION };
enum hazard_listing { HAZARD_PROPOSED = 1, HAZARD_LISTED, HAZARD_DECLINED, HAZARD_DELISTED };
enum hazard_result { HAZARD_PASSED = 1, HAZARD_FAILED };
enum hazard_outcome {
	HAZARD_OUTCOME_LISTED = 1, HAZARD_OUTCOME_DECLINED, HAZARD_OUTCOME_SETTLED, HAZARD_OUTCOME_SENT_BACK, HAZARD_OUTCOME_AGREED,
	HAZARD_OUTCOME_REFUSED
};
/* What clerks ask a list for: bits of struct hazard.marked, in the order of hazard_marks. */
enum hazard_mark { HAZARD_MARK_DISPUTED = 1, HAZARD_MARK_SUSPENDED = 2, HAZARD_MARK_LISTING = 4, HAZARD_MARK_EXTENDED = 8 };

extern const struct codes hazard_marks; /* word i is the bit 1 << (i - 1) */
extern const struct codes hazard_disputes, hazard_listings, hazard_results, hazard_outcomes;
extern const struct codes hazard_kinds, hazard_sources, hazard_levels, hazard_states, hazard_handlings, hazard_anonymities,
	hazard_againsts, hazard_refusals;

struct hazard {
	struct id id;
	struct str number;          /* 371302-20161120-0007: unique in the city, said aloud and written on paper */
	uint32_t kind, source, level, state, handling_level, anonymity, against;
	struct str category;        /* a code of data/categories.tsv; '' until registered */
	struct id campaign_id;

	struct id unit_id, enterprise_id, mid_id, top_id;          /* current, for rights and lists; 0 when absent */
	struct id at_unit_id, at_enterprise_id, at_mid_id, at_top_id; /* when it was reported, for figures */
	struct str unit_path, at_path;                             /* at_path: the unit's when it was reported; '' in old rows: unit_path */
	struct id place_id;
	struct str place;
	struct str unit_name, enterprise_name;                     /* read only */

	struct str description;
	bool danger;                /* danger to life */
	struct instant found_at;    /* a field right: SEE_FOUND_AT */
	struct day found_on;

	/* Overlays: facts beside the state. */
	struct str interim_protection;
	struct instant protected_at;
	bool withdrawn;             /* people were taken out */
	int64_t reopened, returned; /* how often */
	struct str clause;          /* standard that makes it a major one */
	struct id lowering_by;      /* who in charge proposed that it be no major one; the union has yet to say so */
	uint32_t dispute;           /* enum hazard_dispute while it is undecided */
	struct instant disputed_at;
	bool extended;              /* once */
	struct day deadline_before; /* of an extended one */
	struct instant suspended_at; /* its clocks stand; 0: they run */
	int64_t paused_ms;          /* how long the clock of the state it is in has stood */
	uint32_t listing_state;     /* enum hazard_listing */
	struct str listing_number, listing_body;
	struct day listing_deadline;
	struct instant listing_at;  /* since when it stands in that */
	struct instant management_informed_at;
	uint32_t reinspected;       /* enum hazard_result of the last time */
	struct instant reinspected_at;
	struct str transferred_to;  /* outside the city's unions */
	int64_t chased;             /* how often an answer was asked for since */
	struct instant chased_at;
	struct id merged_into;
	int64_t merged_here;        /* how many were merged into this one */
	uint32_t state_before;      /* of a merged or transferred one */
	int64_t reversed;           /* how often it came back into the ledger without being reopened */
	int64_t marked;             /* bits of enum hazard_mark */
	bool disputed, suspended, management_informed, lowering_proposed; /* for documents: hazard_seen() */
	uint32_t refusal_code;
	struct str refusal_reason;

	/* The five elements. */
	struct id responsible_id, deputy_id;
	struct str measures;
	struct opt_fen funds_fen;
	struct str funds_source;    /* who pays, in words; '' where nobody said */
	struct day deadline;
	struct str emergency_plan;
	bool emergency_plan_not_needed;

	bool on_spot;               /* put right where it was found: elements filled by themselves */
	int64_t percent;
	struct str submit_text;
	int64_t photos_before, photos_after;

	struct id registered_by, assigned_by, taken_by, submitted_by, accepted_by, closed_by;
	struct instant reported_at, registered_at, assigned_at, taken_at, submitted_at, accepted_at, closed_at;
	bool accepted_by_fallback;
	struct instant state_at;    /* since when it stands in its state */
	struct instant due_at;      /* the running clock's end; none: 0 */
	struct day deadline_sort;   /* the deadline while it can be missed, else 2199-12-31 */
	struct instant updated_at;
	int64_t version;
};
extern const struct shape hazard_row[];   /* columns of a statement's result */
extern const struct shape hazard_shape[]; /* one in documents */
extern const struct shape hazard_brief[]; /* one in words to paste */

/* Open: not at an end. Overdue: its running clock has passed. */
bool hazard_is_open(const struct hazard *h);
bool hazard_is_overdue(const struct hazard *h, struct instant now);

/* ERR_MISSING when there is no such hidden danger in the city. */
const struct err *hazard_get(struct db_tx *tx, int64_t city, struct id id, struct hazard *out);

/* What a report says. Strings live as long as the arena of the write. */
struct hazard_report {
	uint32_t kind, source, anonymity, against;
	struct id place_id, unit_id;   /* a place or a unit; */
	struct str place_code, place;  /* or the code posted there; and words */
	struct str description, category;
	bool danger;
	bool stopped, guarded, withdrawn; /* what was done already, before anything was written; */
	struct str interim_protection;    /* and in words */
	struct str reported_for;       /* name of whom somebody else reports for; a protected field */
	struct day found_on;           /* none: today */
	struct id_list upload_ids;
};
extern const struct shape hazard_report_shape[];

/* A stored photo that is to hang on a hidden danger. */
struct hazard_photo {
	struct blob blob;
	struct str type;
};

/* What somebody does to one: the fields of all acts; hazard_flow.c says which act takes which. */
struct hazard_input {
	struct opt_i64 version;        /* of the record that was looked at; a stale one is ERR_CONFLICT "stale" */
	struct str text, reason, category, clause, measures, funds_source, emergency_plan, fallback_reason,
		protection, proof, outside, number, body;
	struct str unit_id, into_id;   /* a unit: id or code; another hidden danger: id or number */
	uint32_t level, handling_level, reason_code, outcome, result;
	struct id place_id, responsible_id, deputy_id;
	struct opt_fen funds_fen;
	struct day deadline, day;
	bool emergency_plan_not_needed;
	bool ask, insist;              /* doubts about the wording (hazard_lint.h) are refused once / were read and are insisted on */
	struct opt_i64 percent;
	struct instant at;
	struct id_list upload_ids;
};
extern const struct shape hazard_input_shape[];

struct hazard_made {
	struct id id;
	struct str number;
	struct str receipt_code; /* told once; only its hash is stored */
};

/* Reports one in the running transaction: number, receipt (made from code16), photos, event. The environment's actor is the reporter;
 * with HAZARD_ANONYMOUS or HAZARD_HIDDEN no row and no event carries it in the open. ERR_INPUT for wrong fields. */
const struct err *hazard_report(struct db_tx *tx, struct env *e, const struct hazard_report *r, const struct hazard_photo *photos,
				size_t n_photos, const unsigned char code16[16], struct hazard_made *out);
/* Does an act in the running transaction as the environment's actor. ERR_MISSING, ERR_DENIED, ERR_CONFLICT "wrong_state" or
 * "stale", ERR_INPUT. */
const struct err *hazard_act(struct db_tx *tx, struct env *e, struct id id, struct str act, const struct hazard_input *in,
			     const struct hazard_photo *photos, size_t n_photos);

/* What the figures count of hidden dangers (measure.h), posted with the event that makes it so, for the units above at the time of the
 * report. Entered in the ledger and not taken out again (found), closed out and not reopened (closed); government inspectors' own
 * finds are in neither; violations are measures of their own. */
extern const struct measure hazard_found, hazard_closed, hazard_violation_found, hazard_violation_closed;

/* The lifecycle as Markdown with a Mermaid diagram, for docs/generated/hazard-lifecycle.md. */
void hazard_flow_doc(struct sb *out);
/* The table of the clocks, for docs/generated/hazard-clocks.md. */
void hazard_clock_doc(struct sb *out);

#endif
