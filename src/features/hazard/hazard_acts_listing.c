/* Listing by the safety committee (HAZ-8): proposed by the unions, the answer recorded by the clerk, listed ones delisted before they close. */
#include "hazard_acts.h"

#include "day.h"
#include "event.h"

static const char *const listing_words[] = {"", "listed", "declined", NULL};
static const struct codes listing_outcomes = {"hazard_outcome", listing_words};
const struct hazard_field fields_record_listing[] = {
	{"outcome", "select", &listing_outcomes, true, EVENT_PLAIN},
	{"number", "text", NULL, false, EVENT_TEXT},
	{"body", "text", NULL, false, EVENT_TEXT},
	{"deadline", "date", NULL, false, EVENT_PLAIN},
	{"text", "textarea", NULL, false, EVENT_TEXT},
	{.name = NULL},
};
const struct hazard_field fields_delist[] = {
	{"number", "text", NULL, true, EVENT_TEXT},
	{"day", "date", NULL, true, EVENT_PLAIN},
	{.name = NULL},
};

bool picks_listed(const struct hazard_input *in)
{
	return in->outcome != HAZARD_OUTCOME_DECLINED;
}

void check_listed(const struct hazard_case *k, struct err_list *errors)
{
	const struct hazard_input *in = k->in;
	struct limit year = k->limits->deadline_max;
	struct day max = year.has ? instant_day(INSTANT(campaign_due(k->limits->workdays, year, k->now).ms - 1)) : DAY(HAZARD_DAY_NEVER);
	if (!in->number.n)
		err_add(errors, k->a, "number", "required", "the number of the decision");
	if (!in->body.n)
		err_add(errors, k->a, "body", "required", "who listed it");
	if (!in->deadline.ymd)
		err_add(errors, k->a, "deadline", "required", "until when");
	else if (in->deadline.ymd > max.ymd)
		err_add(errors, k->a, "deadline", "past_limit", str_z(k->a, day_text(k->a, max)));
}

void check_declined(const struct hazard_case *k, struct err_list *errors)
{
	if (k->in->deadline.ymd)
		err_add(errors, k->a, "deadline", "only_listed", "only of a listed one");
}

void check_delist(const struct hazard_case *k, struct err_list *errors)
{
	if (k->in->day.ymd > instant_day(k->now).ymd)
		err_add(errors, k->a, "day", "in_the_future", "not after today");
}

static void set_listing(const struct hazard_case *k, struct hazard *h, uint32_t state)
{
	h->listing_state = state;
	h->listing_at = k->now;
}

void effect_propose(const struct hazard_case *k, struct hazard *h)
{
	set_listing(k, h, HAZARD_PROPOSED);
	h->listing_number = h->listing_body = STR("");
	h->listing_deadline = DAY(0);
	h->chased = 0;
	h->chased_at = INSTANT(0);
}

void effect_listed(const struct hazard_case *k, struct hazard *h)
{
	set_listing(k, h, HAZARD_LISTED);
	h->listing_number = k->in->number;
	h->listing_body = k->in->body;
	h->listing_deadline = k->in->deadline;
	h->lowering_by = ID(0);
}

void effect_declined(const struct hazard_case *k, struct hazard *h)
{
	set_listing(k, h, HAZARD_DECLINED);
	h->listing_number = k->in->number;
	h->listing_body = k->in->body;
}

void effect_delist(const struct hazard_case *k, struct hazard *h)
{
	set_listing(k, h, HAZARD_DELISTED);
}
