/* Elsewhere: to another employer or out of the unions' reach, into another one, or gone with its employer. */
#include "hazard_acts.h"

#include "event.h"
#include "org.h"

const struct hazard_field fields_transfer[] = {
	{"unit_id", "unit", NULL, false, EVENT_PLAIN},
	{"outside", "text", NULL, false, EVENT_TEXT},
	{"reason", "textarea", NULL, true, EVENT_TEXT},
	{.name = NULL},
};
static const char *const answer_words[] = {"", "settled", "sent_back", NULL};
static const struct codes answers = {"hazard_outcome", answer_words};
const struct hazard_field fields_answer[] = {
	{"outcome", "select", &answers, true, EVENT_PLAIN},
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"photos", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_merge[] = {{"into_id", "hazard", NULL, true, EVENT_PLAIN}, {.name = NULL}};

static const struct hazard_bar has_merged = {"has_merged", ERR_CONFLICT};

const struct hazard_bar *guard_transfer(const struct hazard_case *k)
{
	return k->h->danger && !k->h->protected_at.ms ? &bar_protect_first : NULL;
}

const struct hazard_bar *guard_merge(const struct hazard_case *k)
{
	const struct hazard_bar *bar = guard_not_complained_of(k);
	return bar ? bar : k->h->merged_here ? &has_merged : NULL;
}

bool picks_outside(const struct hazard_input *in)
{
	return in->outside.n > 0;
}

bool picks_settled(const struct hazard_input *in)
{
	return in->outcome == HAZARD_OUTCOME_SETTLED;
}

void check_transfer(const struct hazard_case *k, struct err_list *errors)
{
	if (!k->in->unit_id.n && !k->in->outside.n)
		err_add(errors, k->a, "unit_id", "required", "the employer, or who it is outside");
	else if (k->in->unit_id.n && k->in->outside.n)
		err_add(errors, k->a, "outside", "one_of_two", "an employer or somebody outside, not both");
}

/* The next employer begins with its own people, places and clocks; what happened stays with it. */
static void leave(struct hazard *h)
{
	hazard_forget_work(h);
	h->suspended_at = h->management_informed_at = INSTANT(0);
	h->place_id = ID(0);
	if (h->handling_level == HAZARD_AT_POST)
		h->handling_level = HAZARD_AT_TEAM;
}

void effect_move(const struct hazard_case *k, struct hazard *h)
{
	leave(h);
	if (!k->to)
		return;
	h->unit_id = k->to->id;
	h->enterprise_id = k->to->enterprise_id;
	h->mid_id = k->to->mid_id;
	h->top_id = k->to->top_id;
	h->unit_path = k->to->path;
	h->unit_name = k->to->name;
}

void effect_transfer(const struct hazard_case *k, struct hazard *h)
{
	leave(h);
	h->transferred_to = k->in->outside;
	h->chased = 0;
	h->chased_at = INSTANT(0);
	h->state_before = h->state == HAZARD_REPORTED ? HAZARD_REPORTED : HAZARD_REGISTERED;
}

void effect_sent_back(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->transferred_to = STR("");
}

void effect_chase(const struct hazard_case *k, struct hazard *h)
{
	h->chased++;
	h->chased_at = k->now;
}

void effect_cease(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->lowering_by = ID(0);
}

void effect_merge(const struct hazard_case *k, struct hazard *h)
{
	h->state_before = h->state;
	h->merged_into = k->into ? k->into->id : ID(0);
}

void effect_unmerge(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->merged_into = ID(0);
	h->reversed += h->registered_at.ms != 0;
}

void hazard_take_in(const struct hazard *merged, struct hazard *into)
{
	into->merged_here++;
	into->danger |= merged->danger;
	if (merged->protected_at.ms && !into->protected_at.ms) {
		into->interim_protection = merged->interim_protection;
		into->protected_at = merged->protected_at;
	}
	if (merged->level == HAZARD_MAJOR && into->level != HAZARD_MAJOR) {
		into->level = HAZARD_MAJOR;
		into->clause = merged->clause;
	}
}
