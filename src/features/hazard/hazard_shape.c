#include "hazard.h"

#include "who.h"

#define CODES(var, name_, ...)                                                                                                 \
	static const char *const var##_words[] = {"", __VA_ARGS__, NULL};                                                      \
	const struct codes var = {name_, var##_words}

CODES(hazard_kinds, "hazard_kind", "hazard", "occupational_hazard", "violation");
CODES(hazard_sources, "hazard_source", "worker", "expert", "representative", "inter_team", "supervision", "employer", "government");
CODES(hazard_levels, "hazard_level", "ordinary", "major");
CODES(hazard_states, "hazard_state", "reported", "registered", "assigned", "rectifying", "submitted", "accepted", "closed_out",
      "not_hazard", "merged", "ceased", "transferred");
CODES(hazard_handlings, "hazard_handling", "post", "team", "workshop", "enterprise");
CODES(hazard_anonymities, "hazard_anonymity", "named", "hidden", "anonymous");
CODES(hazard_againsts, "hazard_against", "team_leader", "workshop_leader", "safety_officer", "management");
CODES(hazard_refusals, "hazard_refusal", "not_found", "not_hazard", "duplicate", "outside", "unclear");
CODES(hazard_disputes, "hazard_dispute", "appeal", "review", "objection");
CODES(hazard_listings, "hazard_listing", "proposed", "listed", "declined", "delisted");
CODES(hazard_marks, "hazard_mark", "disputed", "suspended", "listing", "extended");
CODES(hazard_results, "hazard_result", "passed", "failed");
CODES(hazard_outcomes, "hazard_outcome", "listed", "declined", "settled", "sent_back", "agreed", "refused");

#define H struct hazard
const struct shape hazard_row[] = {
	SHAPE(H, id, 0), SHAPE(H, number, 0), SHAPE_CODE(H, kind, &hazard_kinds), SHAPE_CODE(H, source, &hazard_sources),
	SHAPE_CODE(H, level, &hazard_levels), SHAPE_CODE(H, state, &hazard_states),
	SHAPE_CODE(H, handling_level, &hazard_handlings), SHAPE_CODE(H, anonymity, &hazard_anonymities),
	SHAPE_CODE(H, against, &hazard_againsts), SHAPE(H, category, 0), SHAPE(H, campaign_id, 0), SHAPE(H, unit_id, 0),
	SHAPE(H, enterprise_id, 0), SHAPE(H, mid_id, 0), SHAPE(H, top_id, 0), SHAPE(H, at_unit_id, 0),
	SHAPE(H, at_enterprise_id, 0), SHAPE(H, at_mid_id, 0), SHAPE(H, at_top_id, 0), SHAPE(H, unit_path, 0), SHAPE(H, at_path, 0),
	SHAPE(H, place_id, 0), SHAPE(H, place, 0), SHAPE(H, unit_name, 0), SHAPE(H, enterprise_name, 0), SHAPE(H, description, 0),
	SHAPE(H, danger, 0), SHAPE(H, found_at, 0), SHAPE(H, found_on, 0), SHAPE(H, interim_protection, 0),
	SHAPE(H, protected_at, 0), SHAPE(H, withdrawn, 0), SHAPE(H, reopened, 0), SHAPE(H, returned, 0), SHAPE(H, clause, 0),
	SHAPE_CODE(H, refusal_code, &hazard_refusals), SHAPE(H, refusal_reason, 0), SHAPE(H, responsible_id, 0),
	SHAPE(H, deputy_id, 0), SHAPE(H, measures, 0), SHAPE(H, funds_fen, 0), SHAPE(H, deadline, 0), SHAPE(H, emergency_plan, 0),
	SHAPE(H, emergency_plan_not_needed, 0), SHAPE(H, on_spot, 0), SHAPE(H, percent, 0), SHAPE(H, submit_text, 0),
	SHAPE(H, photos_before, 0), SHAPE(H, photos_after, 0), SHAPE(H, registered_by, 0), SHAPE(H, assigned_by, 0),
	SHAPE(H, taken_by, 0), SHAPE(H, submitted_by, 0), SHAPE(H, accepted_by, 0), SHAPE(H, closed_by, 0),
	SHAPE(H, reported_at, 0), SHAPE(H, registered_at, 0), SHAPE(H, assigned_at, 0), SHAPE(H, taken_at, 0),
	SHAPE(H, submitted_at, 0), SHAPE(H, accepted_at, 0), SHAPE(H, closed_at, 0), SHAPE(H, accepted_by_fallback, 0),
	SHAPE(H, state_at, 0), SHAPE(H, due_at, 0), SHAPE(H, deadline_sort, 0), SHAPE(H, updated_at, 0), SHAPE(H, version, 0),
	SHAPE(H, lowering_by, 0), SHAPE_CODE(H, dispute, &hazard_disputes), SHAPE(H, disputed_at, 0), SHAPE(H, extended, 0),
	SHAPE(H, deadline_before, 0), SHAPE(H, suspended_at, 0), SHAPE(H, paused_ms, 0),
	SHAPE_CODE(H, listing_state, &hazard_listings), SHAPE(H, listing_number, 0), SHAPE(H, listing_body, 0),
	SHAPE(H, listing_deadline, 0), SHAPE(H, listing_at, 0), SHAPE(H, management_informed_at, 0),
	SHAPE_CODE(H, reinspected, &hazard_results), SHAPE(H, reinspected_at, 0), SHAPE(H, transferred_to, 0), SHAPE(H, chased, 0),
	SHAPE(H, chased_at, 0), SHAPE(H, merged_into, 0), SHAPE(H, merged_here, 0), SHAPE_CODE(H, state_before, &hazard_states),
	SHAPE(H, reversed, 0), SHAPE(H, marked, 0), SHAPE(H, funds_source, 0),
	SHAPE_END,
};

#define RENAMED(name_, member, type_) {.name = (name_), .type = (type_), .off = offsetof(H, member)}
/* The reporter is in no member of the record: see hazard_reporter. The hour of a report betrays who was on shift: a field right. */
const struct shape hazard_shape[] = {
	SHAPE(H, id, 0), SHAPE(H, number, 0), SHAPE_CODE(H, kind, &hazard_kinds), SHAPE_CODE(H, source, &hazard_sources),
	SHAPE_CODE(H, level, &hazard_levels), SHAPE_CODE(H, state, &hazard_states),
	SHAPE_CODE(H, handling_level, &hazard_handlings), SHAPE_CODE(H, anonymity, &hazard_anonymities),
	SHAPE_CODE(H, against, &hazard_againsts), SHAPE(H, category, 0), SHAPE(H, unit_id, 0),
	RENAMED("employer_id", enterprise_id, SHAPE_T_ID), SHAPE(H, unit_name, 0),
	RENAMED("employer_name", enterprise_name, SHAPE_T_STR), SHAPE(H, place_id, 0), SHAPE(H, place, 0),
	SHAPE(H, description, 0), SHAPE(H, danger, 0), SHAPE_FOR(H, found_at, 0, SEE_FOUND_AT), SHAPE(H, found_on, 0),
	SHAPE(H, interim_protection, 0), SHAPE_FOR(H, protected_at, 0, SEE_FOUND_AT), SHAPE(H, withdrawn, 0), SHAPE(H, reopened, 0),
	SHAPE(H, returned, 0), SHAPE(H, clause, 0), SHAPE_CODE(H, refusal_code, &hazard_refusals), SHAPE(H, refusal_reason, 0),
	SHAPE(H, responsible_id, 0), SHAPE(H, deputy_id, 0), SHAPE(H, measures, 0), SHAPE(H, funds_fen, 0), SHAPE(H, funds_source, 0),
	SHAPE(H, deadline, 0), SHAPE(H, emergency_plan, 0), SHAPE(H, emergency_plan_not_needed, 0), SHAPE(H, on_spot, 0),
	SHAPE(H, percent, 0), SHAPE(H, submit_text, 0), SHAPE(H, registered_at, 0), SHAPE(H, assigned_at, 0), SHAPE(H, taken_at, 0),
	SHAPE(H, submitted_at, 0), SHAPE(H, accepted_at, 0), SHAPE(H, accepted_by_fallback, 0), SHAPE(H, closed_at, 0),
	SHAPE(H, due_at, 0), SHAPE(H, disputed, 0), SHAPE_CODE(H, dispute, &hazard_disputes), SHAPE(H, extended, 0),
	SHAPE(H, deadline_before, 0), SHAPE(H, suspended, 0), SHAPE_CODE(H, listing_state, &hazard_listings),
	SHAPE(H, listing_number, 0), SHAPE(H, listing_body, 0), SHAPE(H, listing_deadline, 0), SHAPE(H, management_informed, 0),
	SHAPE(H, lowering_proposed, 0), SHAPE_CODE(H, reinspected, &hazard_results), SHAPE(H, transferred_to, 0), SHAPE(H, chased, 0),
	RENAMED("into_id", merged_into, SHAPE_T_ID), SHAPE(H, merged_here, 0), SHAPE(H, version, 0),
	SHAPE_END,
};

/* What is pasted into a chat: whose it is, what and where, how far. */
const struct shape hazard_brief[] = {
	SHAPE(H, number, 0), RENAMED("employer_name", enterprise_name, SHAPE_T_STR), SHAPE(H, place, 0), SHAPE(H, description, 0),
	SHAPE_CODE(H, level, &hazard_levels), SHAPE_CODE(H, state, &hazard_states), SHAPE(H, deadline, 0), SHAPE_END,
};
#undef H

#define R_ struct hazard_report
const struct shape hazard_report_shape[] = {
	SHAPE_CODE_IN(R_, kind, 0, &hazard_kinds),
	SHAPE_CODE_IN(R_, source, 0, &hazard_sources),
	SHAPE_CODE_IN(R_, anonymity, 0, &hazard_anonymities),
	SHAPE_CODE_IN(R_, against, 0, &hazard_againsts),
	SHAPE_IN(R_, place_id, 0, 0),
	SHAPE_IN(R_, unit_id, 0, 0),
	{.name = "code", .type = SHAPE_T_STR, .off = offsetof(R_, place_code), .max = 40},
	SHAPE_IN(R_, place, 200, 0),
	SHAPE_IN(R_, description, 2000, SHAPE_LONG),
	SHAPE_IN(R_, category, 40, 0),
	SHAPE_IN(R_, danger, 0, 0),
	SHAPE_IN(R_, stopped, 0, 0),
	SHAPE_IN(R_, guarded, 0, 0),
	SHAPE_IN(R_, withdrawn, 0, 0),
	SHAPE_IN(R_, interim_protection, 500, SHAPE_LONG),
	SHAPE_IN(R_, reported_for, 60, 0),
	SHAPE_IN(R_, found_on, 0, 0),
	SHAPE_IN(R_, upload_ids, 0, 0),
	SHAPE_END,
};
#undef R_

#define I struct hazard_input
const struct shape hazard_input_shape[] = {
	SHAPE_IN(I, version, 0, 0),
	SHAPE_IN(I, text, 2000, SHAPE_LONG),
	SHAPE_IN(I, reason, 1000, SHAPE_LONG),
	SHAPE_IN(I, category, 40, 0),
	SHAPE_IN(I, clause, 200, 0),
	SHAPE_IN(I, measures, 2000, SHAPE_LONG),
	SHAPE_IN(I, emergency_plan, 2000, SHAPE_LONG),
	SHAPE_IN(I, fallback_reason, 500, SHAPE_LONG),
	SHAPE_IN(I, protection, 1000, SHAPE_LONG),
	SHAPE_IN(I, proof, 500, 0),
	SHAPE_IN(I, outside, 200, 0),
	SHAPE_IN(I, number, 80, 0),
	SHAPE_IN(I, body, 120, 0),
	SHAPE_IN(I, unit_id, 40, 0),
	SHAPE_IN(I, into_id, 40, 0),
	SHAPE_CODE_IN(I, outcome, 0, &hazard_outcomes),
	SHAPE_CODE_IN(I, result, 0, &hazard_results),
	SHAPE_IN(I, day, 0, 0),
	SHAPE_CODE_IN(I, level, 0, &hazard_levels),
	SHAPE_CODE_IN(I, handling_level, 0, &hazard_handlings),
	SHAPE_CODE_IN(I, reason_code, 0, &hazard_refusals),
	SHAPE_IN(I, place_id, 0, 0),
	SHAPE_IN(I, responsible_id, 0, 0),
	SHAPE_IN(I, deputy_id, 0, 0),
	SHAPE_IN(I, funds_fen, 0, 0),
	SHAPE_IN(I, funds_source, 200, 0),
	SHAPE_IN(I, deadline, 0, 0),
	SHAPE_IN(I, emergency_plan_not_needed, 0, 0),
	SHAPE_IN(I, ask, 0, 0),
	SHAPE_IN(I, insist, 0, 0),
	SHAPE_IN(I, percent, 100, 0),
	SHAPE_IN(I, at, 0, 0),
	SHAPE_IN(I, upload_ids, 0, 0),
	SHAPE_END,
};
#undef I
