/* The five elements read for substance (HAZ-3): words that could stand under any hidden danger, a day without a person, money
 * without a source, a major one without a plan. Pure; the words are data/lint_phrases.tsv.
 */
#ifndef HAZARD_LINT_H
#define HAZARD_LINT_H

#include "hazard.h"

/* What is wrong with one field. Firm: refused. Otherwise a doubt: whoever insists says so. */
struct lint_finding {
	const char *field; /* a member of hazard_input_shape */
	const char *code;  /* catalogue: field_<code>, which says what to write instead */
	bool firm;
};

struct lint_elements {
	bool major, danger;
	struct id responsible_id;
	struct str measures, funds_source, emergency_plan;
	struct opt_fen funds_fen;
	struct day deadline;
	bool emergency_plan_not_needed;
};

enum { LINT_MAX = 8 };

/* At most one finding a field and rule, firm ones and doubts in the order of the rules; returns how many. */
size_t hazard_lint(struct arena *a, const struct lint_elements *e, struct lint_finding out[static LINT_MAX]);
/* The elements of a stored one, and those that somebody wants to set. */
struct lint_elements lint_of_hazard(const struct hazard *h);
struct lint_elements lint_of_input(const struct hazard *h, const struct hazard_input *in);

/* What a text consists of: the rule of its first empty phrase (""), and whether anything is left without all of them. */
struct lint_text {
	const char *rule;
	bool has_substance;
};
struct lint_text hazard_lint_text(struct arena *a, struct str text);

#endif
