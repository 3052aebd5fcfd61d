/* The coverage desk (ORG-6): which employers of a unit launched the campaign, are assigned, visited, trained, and which are silent; and the
 * launch itself, an act of the employer.
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include "assignment.h"
#include "campaign.h"
#include "covered.h"

/* What a desk is asked for besides the unit. */
struct coverage_filter {
	int64_t high_risk, non_public; /* 1, 0, or -1: both */
	struct str size, industry;     /* '' : all; industry: the beginning of its code */
};
struct coverage_days { struct day today, campaign_from, active_from; };

/* A part of the unit, or all of it. What nobody records yet has no number. */
struct coverage_line {
	struct id id;                  /* the unit below; 0 in the total and for employers right below the unit */
	struct str name;
	int64_t employers;
	struct opt_i64 launched, assigned, visited, trained, silent;
};
extern const struct shape coverage_line_shape[];

/* ERR_MISSING before the first campaign. */
const struct err *coverage_days_of(struct db_tx *tx, struct env *e, struct coverage_days *out);
/* The parts that a unit's employers stand in, in order of their ids (none for a township or an employer), and the total. */
const struct err *coverage_read(struct db_tx *tx, struct env *e, const struct unit *u, const struct coverage_filter *f, const struct coverage_days *d,
				struct coverage_line **parts, size_t *n, struct coverage_line *total);

/* One employer of a list. */
struct coverage_employer {
	struct id id, top_id, mid_id;
	struct str name, path, industry, sort_key, place; /* place: where it is, for people */
	uint32_t size;
	int64_t headcount;
	bool high_risk, non_public;
	struct day launched_on, assigned_until, visited_until, trained_on, active_on;
	struct str cadres;             /* names of who looks after it */
};
/* unassigned assigned unvisited visited unlaunched launched untrained trained silent active */
extern const struct codes coverage_gaps;

/* Launches (f1's first half): kinds plan, mobilisation. */
enum launch_kind { LAUNCH_PLAN = 1, LAUNCH_MOBILISATION };
extern const struct codes launch_kinds;
enum { LAUNCH_TITLE_MAX = 120, LAUNCH_REASON_MAX = 300, LAUNCH_PHOTOS_MAX = 9 };
struct launch {
	struct id id, campaign_id, employer_id;
	uint32_t kind;
	struct day launched_on;
	struct str title;
	bool declared;                 /* by the union above, for the employer */
	struct id person_id, unit_id;
	struct str reason;             /* of a correction */
	bool is_current;
	struct instant made_at;
	struct str person_name, unit_name, campaign_name;
};
extern const struct shape launch_row[], launch_shape[];
/* The newest first, at most 50. */
const struct err *launches_at(struct db_tx *tx, int64_t city, struct id employer, struct launch **out, size_t *n);
/* Records a launch, or corrects the one there is (then with a reason), with an event. l: employer_id, kind, launched_on, title, declared,
 * unit_id, reason; the campaign is that of today. ERR_INPUT on /launched_on (not yet, before the campaign), /title, /reason. */
const struct err *launch_add(struct db_tx *tx, struct env *e, struct launch *l);

extern const struct perm coverage_read_perm, launch_write;

#endif
