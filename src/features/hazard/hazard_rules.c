#include "hazard_rules.h"

#include "day.h"
#include "hazard_res.h"
#include "tsv.h"

bool hazard_is_open(const struct hazard *h)
{
	return h->state < HAZARD_CLOSED_OUT || h->state == HAZARD_TRANSFERRED;
}

bool hazard_is_overdue(const struct hazard *h, struct instant now)
{
	return h->due_at.ms != 0 && h->due_at.ms < now.ms;
}

const char *hazard_rectify_class(const struct hazard *h)
{
	if (h->level == HAZARD_MAJOR)
		return "major";
	switch (h->handling_level) {
	case HAZARD_AT_POST:
		return "on_spot";
	case HAZARD_AT_WORKSHOP:
		return "ordinary_workshop";
	case HAZARD_AT_ENTERPRISE:
		return "ordinary_enterprise";
	default:
		return "ordinary_team";
	}
}

const char *hazard_class(const struct hazard *h)
{
	return h->danger ? "danger" : h->on_spot ? "on_spot" : hazard_rectify_class(h);
}

struct day hazard_deadline_max(const struct hazard *h, const struct hazard_limits *l, struct instant now)
{
	if (h->listing_state == HAZARD_LISTED)
		return h->listing_deadline;
	struct limit last = l->rectify_max.has ? l->rectify_max : l->rectify;
	if (h->level == HAZARD_MAJOR)
		last = l->deadline_max;
	if (!last.has)
		return DAY(HAZARD_DAY_NEVER);
	return instant_day(INSTANT(campaign_due(l->workdays, last, now).ms - 1));
}

struct day hazard_deadline_usual(const struct hazard_limits *l, struct instant now)
{
	if (!l->rectify.has)
		return DAY(0);
	return instant_day(INSTANT(campaign_due(l->workdays, l->rectify, now).ms - 1));
}

static struct instant due(const struct hazard_limits *l, struct limit limit, struct instant from)
{
	return limit.has && from.ms ? campaign_due(l->workdays, limit, from) : INSTANT(0);
}

struct instant hazard_due(const struct hazard *h, const struct hazard_limits *l)
{
	struct instant from = INSTANT(h->state_at.ms + h->paused_ms);
	if (h->suspended_at.ms)
		return INSTANT(0);
	switch (h->state) {
	case HAZARD_REPORTED:
		return due(l, l->receive, from);
	case HAZARD_REGISTERED:
		return due(l, l->elements, from);
	case HAZARD_ASSIGNED:
		return due(l, l->accept_assignment, from);
	case HAZARD_RECTIFYING:
		return h->deadline.ymd ? day_end(h->deadline) : INSTANT(0);
	case HAZARD_SUBMITTED:
		return due(l, l->check, from);
	case HAZARD_TRANSFERRED:
		return due(l, l->transfer_answer, h->chased_at.ms ? h->chased_at : from);
	case HAZARD_ACCEPTED:
		return due(l, l->close_out, from);
	default:
		return INSTANT(0);
	}
}

bool hazard_has_evidence(const struct hazard *h)
{
	return h->accepted_at.ms != 0 && (h->photos_after > 0 || h->submit_text.n > 0);
}

bool hazard_may_say(uint32_t source, uint32_t roles)
{
	switch (source) {
	case HAZARD_BY_EMPLOYER:
		return (roles & R_EMPLOYER_SIDE) != 0;
	case HAZARD_BY_EXPERT:
	case HAZARD_BY_SUPERVISION:
	case HAZARD_BY_GOVERNMENT:
		return (roles & (R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R_CADRES)) != 0;
	default:
		return true;
	}
}

bool hazard_category_is(struct str code, uint32_t kind)
{
	struct tsv t = tsv_open(hazard_resources, "data/categories.tsv");
	while (code.n && tsv_next(&t))
		if (str_eq(tsv_get(&t, "code"), code))
			return codes_find(&hazard_kinds, tsv_get(&t, "kind")) == kind;
	return false;
}
