/* Time: a longer deadline, clocks that stand while production does, and what management is told. */
#include "hazard_acts.h"

#include "day.h"
#include "event.h"

const struct hazard_field fields_extend[] = {
	{"deadline", "date", NULL, true, EVENT_PLAIN},
	{"protection", "textarea", NULL, true, EVENT_TEXT},
	{"reason", "textarea", NULL, true, EVENT_TEXT},
	{.name = NULL},
};
const struct hazard_field fields_proof[] = {
	{"reason", "textarea", NULL, true, EVENT_TEXT},
	{"proof", "text", NULL, false, EVENT_TEXT},
	{"photos", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_must_text[] = {{"text", "textarea", NULL, true, EVENT_TEXT}, {.name = NULL}};

static const struct hazard_bar never_for_danger = {"never_for_danger", ERR_CONFLICT};
static const struct hazard_bar deadline_passed = {"deadline_passed", ERR_CONFLICT};
static const struct hazard_bar one_level_up = {"one_level_up", ERR_DENIED};
static const struct hazard_bar own_clock = {"own_clock", ERR_DENIED};

/* Above the employer's own level stand the unions that it belongs to. */
static bool is_above(const struct hazard_case *k)
{
	uint32_t level = k->h->level == HAZARD_MAJOR ? HAZARD_AT_ENTERPRISE : k->h->handling_level;
	return hazard_reach(k->who->roles) > level || (k->who->roles & R_CADRES);
}

const struct hazard_bar *guard_extend(const struct hazard_case *k)
{
	if (k->h->danger)
		return &never_for_danger;
	if (k->now.ms >= day_end(k->h->deadline).ms)
		return &deadline_passed;
	if (hazard_is_rectifier(k))
		return &own_clock;
	return is_above(k) ? NULL : &one_level_up;
}

const struct hazard_bar *guard_suspend(const struct hazard_case *k)
{
	if (hazard_is_rectifier(k))
		return &own_clock;
	return k->h->danger && !k->h->protected_at.ms ? &bar_protect_first : NULL;
}

void check_extend(const struct hazard_case *k, struct err_list *errors)
{
	struct day to = k->in->deadline, max = hazard_deadline_max(k->h, k->limits, k->now);
	if (to.ymd && to.ymd <= k->h->deadline.ymd)
		err_add(errors, k->a, "deadline", "not_later", str_z(k->a, day_text(k->a, k->h->deadline)));
	else if (to.ymd > max.ymd)
		err_add(errors, k->a, "deadline", "past_limit", str_z(k->a, day_text(k->a, max)));
}

void check_proof(const struct hazard_case *k, struct err_list *errors)
{
	if (!k->in->proof.n && !k->n_photos)
		err_add(errors, k->a, "proof", "proof_needed", "the document or a photo");
}

void effect_extend(const struct hazard_case *k, struct hazard *h)
{
	h->extended = true;
	h->deadline_before = h->deadline;
	h->deadline = k->in->deadline;
	h->interim_protection = k->in->protection;
	h->protected_at = k->now;
}

void effect_suspend(const struct hazard_case *k, struct hazard *h)
{
	h->suspended_at = k->now;
}

void effect_resume(const struct hazard_case *k, struct hazard *h)
{
	/* In a state that it came to while suspended the clock has stood since then. */
	struct instant since = h->suspended_at.ms > h->state_at.ms ? h->suspended_at : h->state_at;
	h->paused_ms += k->now.ms - since.ms;
	h->suspended_at = INSTANT(0);
	if (h->deadline.ymd)
		h->deadline = day_add(h->deadline, day_number(instant_day(k->now)) - day_number(instant_day(since)));
}

void effect_inform(const struct hazard_case *k, struct hazard *h)
{
	h->management_informed_at = k->now;
}
