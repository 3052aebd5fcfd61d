/* Second looks: appeals and objections to the union above, re-inspection, and a major one made ordinary by two. */
#include "hazard_acts.h"

#include "event.h"

const struct hazard_field fields_object[] = {
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"photos", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_reinspect[] = {
	{"result", "select", &hazard_results, true, EVENT_PLAIN},
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"photos", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
static const char *const lowering_words[] = {"", "agreed", "refused", NULL};
static const struct codes lowering_outcomes = {"hazard_outcome", lowering_words};
const struct hazard_field fields_decide_lowering[] = {
	{"outcome", "select", &lowering_outcomes, true, EVENT_PLAIN},
	{"reason", "textarea", NULL, true, EVENT_TEXT},
	{.name = NULL},
};

static const struct hazard_bar too_late = {"too_late", ERR_CONFLICT};
static const struct hazard_bar disputed = {"disputed", ERR_CONFLICT};
static const struct hazard_bar decided_already = {"decided_already", ERR_CONFLICT};
static const struct hazard_bar own_decision = {"own_decision", ERR_DENIED};

/* Once about what stands there since state_at, and while the limit runs. */
static const struct hazard_bar *may_ask(const struct hazard_case *k, uint32_t dispute, struct limit limit)
{
	const struct hazard *h = k->h;
	if (h->dispute == dispute)
		return &disputed;
	if (h->disputed_at.ms > h->state_at.ms)
		return &decided_already;
	if (limit.has && campaign_due(k->limits->workdays, limit, h->state_at).ms <= k->now.ms)
		return &too_late;
	return NULL;
}

const struct hazard_bar *guard_appeal(const struct hazard_case *k)
{
	return may_ask(k, HAZARD_APPEAL, k->limits->appeal);
}

const struct hazard_bar *guard_object(const struct hazard_case *k)
{
	return may_ask(k, HAZARD_OBJECTION, k->limits->object);
}

static bool has_decided(const struct hazard_case *k)
{
	int64_t me = k->who->person_id.v;
	return me && (me == k->h->accepted_by.v || me == k->h->closed_by.v);
}

const struct hazard_bar *guard_uphold(const struct hazard_case *k)
{
	return has_decided(k) || hazard_is_rectifier(k) ? &own_decision : NULL;
}

const struct hazard_bar *guard_reinspect(const struct hazard_case *k)
{
	return guard_uphold(k);
}

const struct hazard_bar *guard_decide_lowering(const struct hazard_case *k)
{
	return k->who->person_id.v == k->h->lowering_by.v ? &own_decision : NULL;
}

bool picks_failed(const struct hazard_input *in)
{
	return in->result == HAZARD_FAILED;
}

bool picks_lower(const struct hazard_input *in)
{
	return in->level == HAZARD_ORDINARY;
}

bool picks_agreed(const struct hazard_input *in)
{
	return in->outcome == HAZARD_OUTCOME_AGREED;
}

void check_lower(const struct hazard_case *k, struct err_list *errors)
{
	if (!k->in->reason.n)
		err_add(errors, k->a, "reason", "required", "why it is no major one");
}

static void dispute(const struct hazard_case *k, struct hazard *h, uint32_t what)
{
	h->dispute = what;
	h->disputed_at = k->now;
}

void effect_appeal(const struct hazard_case *k, struct hazard *h)
{
	dispute(k, h, HAZARD_APPEAL);
}

void effect_object(const struct hazard_case *k, struct hazard *h)
{
	dispute(k, h, HAZARD_OBJECTION);
}

void effect_uphold(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->dispute = 0;
}

void effect_register_after_all(const struct hazard_case *k, struct hazard *h)
{
	effect_register(k, h);
	h->dispute = 0;
	h->refusal_code = 0;
	h->refusal_reason = STR("");
	h->closed_by = ID(0);
}

void effect_reinspect_failed(const struct hazard_case *k, struct hazard *h)
{
	effect_reopen(k, h);
	h->reinspected = HAZARD_FAILED;
	h->reinspected_at = k->now;
}

void effect_reinspect_passed(const struct hazard_case *k, struct hazard *h)
{
	h->reinspected = HAZARD_PASSED;
	h->reinspected_at = k->now;
}

void effect_propose_lowering(const struct hazard_case *k, struct hazard *h)
{
	h->lowering_by = k->who->person_id;
}

void effect_lower(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->level = HAZARD_ORDINARY;
	h->clause = STR("");
	h->lowering_by = ID(0);
}

void effect_keep_level(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->lowering_by = ID(0);
}
