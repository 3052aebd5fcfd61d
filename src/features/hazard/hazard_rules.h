/* Classes, clocks and evidence of hidden dangers: pure functions over the
 * campaign's limits, which the model loads once per act.
 */
#ifndef HAZARD_RULES_H
#define HAZARD_RULES_H

#include "campaign.h"
#include "hazard.h"

/* The limits of one class, as the campaign's settings say them. */
struct hazard_limits {
	struct limit receive, elements, accept_assignment, rectify, rectify_max, check, close_out, deadline_max, transfer_answer;
	struct limit appeal, object; /* asked for where somebody may appeal or object */
	const struct workdays *workdays;
};

/* The words of campaign_limit(). The clock's class: danger to life comes first; on the spot, major, then the level that handles it. */
const char *hazard_class(const struct hazard *h);
/* The class that bounds the deadline: danger shortens the first answers, the work itself follows the level. */
const char *hazard_rectify_class(const struct hazard *h);

/* The last day a deadline may be set to on `today`; a day without number where no limit is set. */
struct day hazard_deadline_max(const struct hazard *h, const struct hazard_limits *l, struct instant now);
/* The day proposed in the form. */
struct day hazard_deadline_usual(const struct hazard_limits *l, struct instant now);

/* The end of the clock that runs in the record's state; none, or it stands: 0. */
struct instant hazard_due(const struct hazard *h, const struct hazard_limits *l);

/* May be closed out: somebody else accepted it, and words or a photo show what was done. */
bool hazard_has_evidence(const struct hazard *h);
/* May somebody whose duties, wherever they are, have these roles claim the source? Workers, representatives and teams: anybody. */
bool hazard_may_say(uint32_t source, uint32_t roles);
/* Is it a code of data/categories.tsv for this kind? */
bool hazard_category_is(struct str code, uint32_t kind);

enum { HAZARD_DAY_NEVER = 21991231 };

#endif
