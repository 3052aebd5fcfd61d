/* The way itself, from register to close_out: guards, checks and effects, pure, each a few lines. */
#include "hazard_acts.h"
#include "hazard_lint.h"

#include "day.h"
#include "event.h"

/* ---- fields ------------------------------------------------------------------- */

const struct hazard_field fields_none[] = {{.name = NULL}};
const struct hazard_field fields_register[] = {
	{"category", "select", NULL, true, EVENT_PLAIN},
	{"level", "select", &hazard_levels, false, EVENT_PLAIN},
	{"handling_level", "select", &hazard_handlings, false, EVENT_PLAIN},
	{"place_id", "place", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_refuse[] = {
	{"reason_code", "select", &hazard_refusals, true, EVENT_PLAIN},
	{"reason", "textarea", NULL, true, EVENT_TEXT},
	{.name = NULL},
};
const struct hazard_field fields_protect[] = {
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"at", "datetime", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_fix[] = {
	{"text", "textarea", NULL, false, EVENT_TEXT},
	{"photos_after", "photo", NULL, false, EVENT_PLAIN},
	{"category", "select", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_text[] = {{"text", "textarea", NULL, false, EVENT_TEXT}, {.name = NULL}};
const struct hazard_field fields_reason[] = {{"reason", "textarea", NULL, true, EVENT_TEXT}, {.name = NULL}};
const struct hazard_field fields_grade[] = {
	{"level", "select", &hazard_levels, true, EVENT_PLAIN},
	{"clause", "text", NULL, false, EVENT_TEXT},
	{"reason", "textarea", NULL, false, EVENT_TEXT},
	{.name = NULL},
};
const struct hazard_field fields_assign[] = {
	{"responsible_id", "person", NULL, true, EVENT_PLAIN},
	{"deputy_id", "person", NULL, true, EVENT_PLAIN},
	{"measures", "textarea", NULL, true, EVENT_TEXT},
	{"funds_fen", "money", NULL, true, EVENT_PLAIN},
	{"funds_source", "text", NULL, false, EVENT_TEXT},
	{"deadline", "date", NULL, true, EVENT_PLAIN},
	{"emergency_plan", "textarea", NULL, false, EVENT_TEXT},
	{"emergency_plan_not_needed", "checkbox", NULL, false, EVENT_PLAIN},
	{"ask", "hidden", NULL, false, EVENT_PLAIN},
	{"insist", "checkbox", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_progress[] = {
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"percent", "number", NULL, false, EVENT_PLAIN},
	{"photos", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_submit[] = {
	{"text", "textarea", NULL, true, EVENT_TEXT},
	{"photos_after", "photo", NULL, false, EVENT_PLAIN},
	{.name = NULL},
};
const struct hazard_field fields_accept_fallback[] = {
	{"fallback_reason", "textarea", NULL, true, EVENT_TEXT},
	{"text", "textarea", NULL, false, EVENT_TEXT},
	{.name = NULL},
};

/* ---- guards --------------------------------------------------------------------- */

static const struct hazard_bar complained_of = {"complained_of", ERR_DENIED};
static const struct hazard_bar refusal_needs_higher = {"refusal_needs_higher", ERR_DENIED};
static const struct hazard_bar level_above = {"level_above", ERR_DENIED};
const struct hazard_bar bar_own_work = {"own_work", ERR_DENIED};
static const struct hazard_bar major_by_management = {"major_by_management", ERR_DENIED};
const struct hazard_bar bar_protect_first = {"protect_first", ERR_CONFLICT};
static const struct hazard_bar no_evidence = {"no_evidence", ERR_CONFLICT};
static const struct hazard_bar top_level = {"top_level", ERR_CONFLICT};

static bool is_complained_of(const struct hazard_case *k)
{
	static const uint32_t posts[] = {
		[HAZARD_AGAINST_TEAM_LEADER] = R(ROLE_TEAM_LEADER),
		[HAZARD_AGAINST_WORKSHOP_LEADER] = R(ROLE_WORKSHOP_LEADER),
		[HAZARD_AGAINST_SAFETY_OFFICER] = R(ROLE_SAFETY_OFFICER),
		[HAZARD_AGAINST_MANAGEMENT] = R(ROLE_MANAGEMENT),
	};
	uint32_t against = k->h->against;
	return against < sizeof(posts) / sizeof(posts[0]) && (posts[against] & k->who->roles);
}

const struct hazard_bar *guard_not_complained_of(const struct hazard_case *k)
{
	return is_complained_of(k) ? &complained_of : NULL;
}

const struct hazard_bar *guard_refuse(const struct hazard_case *k)
{
	uint32_t higher = R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION);
	if (is_complained_of(k))
		return &complained_of;
	return k->h->danger && !(k->who->roles & higher) ? &refusal_needs_higher : NULL;
}

uint32_t hazard_reach(uint32_t roles)
{
	if (roles & (R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT)))
		return HAZARD_AT_ENTERPRISE;
	if (roles & R(ROLE_WORKSHOP_LEADER))
		return HAZARD_AT_WORKSHOP;
	return roles & R(ROLE_TEAM_LEADER) ? HAZARD_AT_TEAM : 0;
}

const struct hazard_bar *guard_assign(const struct hazard_case *k)
{
	const struct hazard *h = k->h;
	if (h->handling_level > hazard_reach(k->who->roles) || (h->level == HAZARD_MAJOR && hazard_reach(k->who->roles) < HAZARD_AT_ENTERPRISE))
		return &level_above;
	return (h->danger || h->level == HAZARD_MAJOR) && !h->protected_at.ms ? &bar_protect_first : NULL;
}

const struct hazard_bar *guard_fix(const struct hazard_case *k)
{
	return k->h->danger && !k->h->protected_at.ms ? &bar_protect_first : NULL;
}

bool hazard_is_rectifier(const struct hazard_case *k)
{
	const struct hazard *h = k->h;
	int64_t me = k->who->person_id.v;
	return k->who->worked || (me && (me == h->submitted_by.v || me == h->responsible_id.v || me == h->taken_by.v));
}

const struct hazard_bar *guard_not_own_work(const struct hazard_case *k)
{
	return hazard_is_rectifier(k) ? &bar_own_work : NULL;
}

const struct hazard_bar *guard_accept(const struct hazard_case *k)
{
	if (hazard_is_rectifier(k))
		return &bar_own_work;
	return k->h->level == HAZARD_MAJOR && !(k->who->roles & R(ROLE_MANAGEMENT)) ? &major_by_management : NULL;
}

const struct hazard_bar *guard_close(const struct hazard_case *k)
{
	if (hazard_is_rectifier(k))
		return &bar_own_work;
	return hazard_has_evidence(k->h) ? NULL : &no_evidence;
}

const struct hazard_bar *guard_raise(const struct hazard_case *k)
{
	return k->h->handling_level >= HAZARD_AT_ENTERPRISE ? &top_level : NULL;
}

/* ---- checks ----------------------------------------------------------------------- */

static void check_category(const struct hazard_case *k, struct err_list *errors)
{
	if (k->in->category.n && !hazard_category_is(k->in->category, k->h->kind))
		err_add(errors, k->a, "category", "unknown_word", "not a category of this kind");
}

void check_register(const struct hazard_case *k, struct err_list *errors)
{
	check_category(k, errors);
}

void check_fix(const struct hazard_case *k, struct err_list *errors)
{
	check_category(k, errors);
	if (k->in->text.n == 0 && k->n_photos == 0)
		err_add(errors, k->a, "text", "text_or_photo", "say or show what was done");
}

void check_grade(const struct hazard_case *k, struct err_list *errors)
{
	bool was_major = k->h->level == HAZARD_MAJOR;
	if (k->in->level == HAZARD_MAJOR && k->in->clause.n == 0)
		err_add(errors, k->a, "clause", "required", "the clause that makes it a major one");
	if (was_major && k->in->level == HAZARD_ORDINARY)
		err_add(errors, k->a, "level", "lowering_needs_two", "lowering takes the person in charge and the union");
}

/* What is firm is refused. Doubts are told once to who asks for them, as the page's form does; scripts find them in `doubts`. */
static void check_wording(const struct hazard_case *k, struct err_list *errors)
{
	struct lint_finding v[LINT_MAX];
	const struct lint_elements elements = lint_of_input(k->h, k->in);
	bool doubted = false, tells = k->in->ask && !k->in->insist;
	size_t n = hazard_lint(k->a, &elements, v);
	for (size_t i = 0; i < n; i++) {
		if (err_list_has(errors, v[i].field) || !(v[i].firm || tells))
			continue;
		err_add(errors, k->a, v[i].field, v[i].code, "say what is done, by whom, until when and who pays");
		doubted |= !v[i].firm;
	}
	if (doubted)
		err_add(errors, k->a, "insist", "wording", "write it anew, or insist on it");
}

void check_assign(const struct hazard_case *k, struct err_list *errors)
{
	const struct hazard_input *in = k->in;
	struct day max = hazard_deadline_max(k->h, k->limits, k->now);
	if (in->deputy_id.v && in->deputy_id.v == in->responsible_id.v)
		err_add(errors, k->a, "deputy_id", "same_person", "the deputy is somebody else");
	if (in->deadline.ymd && in->deadline.ymd < instant_day(k->now).ymd)
		err_add(errors, k->a, "deadline", "in_the_past", "not before today");
	else if (in->deadline.ymd > max.ymd)
		err_add(errors, k->a, "deadline", "past_limit", str_z(k->a, day_text(k->a, max)));
	if (in->emergency_plan.n == 0 && !in->emergency_plan_not_needed)
		err_add(errors, k->a, "emergency_plan", "required", "the plan, or that none is needed");
	check_wording(k, errors);
}

void check_progress(const struct hazard_case *k, struct err_list *errors)
{
	if (k->in->percent.is && (k->in->percent.v < 0 || k->in->percent.v > 100))
		err_add(errors, k->a, "percent", "too_large", "0 to 100");
}

void check_submit(const struct hazard_case *k, struct err_list *errors)
{
	if (k->h->level == HAZARD_MAJOR && k->n_photos == 0)
		err_add(errors, k->a, "photos_after", "required", "a photo of the finished work");
}

/* ---- effects ------------------------------------------------------------------------ */

void hazard_enter_ledger(const struct hazard_case *k, struct hazard *h)
{
	if (!h->registered_at.ms) {
		h->registered_at = k->now;
		h->registered_by = k->who->person_id;
	}
	if (k->in->category.n)
		h->category = k->in->category;
}

void hazard_forget_work(struct hazard *h)
{
	h->responsible_id = h->deputy_id = h->assigned_by = h->taken_by = h->submitted_by = h->accepted_by = h->closed_by = ID(0);
	h->assigned_at = h->taken_at = h->submitted_at = h->accepted_at = h->closed_at = INSTANT(0);
	h->measures = h->emergency_plan = h->submit_text = STR("");
	h->funds_fen = (struct opt_fen){0};
	h->funds_source = STR("");
	h->deadline = h->deadline_before = DAY(0);
	h->emergency_plan_not_needed = h->on_spot = h->accepted_by_fallback = h->extended = false;
	h->percent = 0;
}

void effect_register(const struct hazard_case *k, struct hazard *h)
{
	hazard_enter_ledger(k, h);
	if (k->in->level)
		h->level = k->in->level;
	if (k->in->handling_level)
		h->handling_level = k->in->handling_level;
	if (k->in->place_id.v)
		h->place_id = k->in->place_id;
}

void effect_refuse(const struct hazard_case *k, struct hazard *h)
{
	h->refusal_code = k->in->reason_code;
	h->refusal_reason = k->in->reason;
	h->closed_by = k->who->person_id;
	/* Whoever claims danger gets a second look without asking for it. */
	if (h->danger || h->level == HAZARD_MAJOR) {
		h->dispute = HAZARD_REVIEW;
		h->disputed_at = k->now;
	}
}

void effect_protect(const struct hazard_case *k, struct hazard *h)
{
	bool sane = k->in->at.ms > h->found_at.ms - 86400000LL && k->in->at.ms <= k->now.ms;
	h->interim_protection = k->in->text;
	h->protected_at = sane && k->in->at.ms ? k->in->at : k->now;
}

void effect_withdraw(const struct hazard_case *k, struct hazard *h)
{
	effect_protect(k, h);
	h->withdrawn = true;
}

void effect_fix(const struct hazard_case *k, struct hazard *h)
{
	hazard_enter_ledger(k, h);
	h->on_spot = true;
	h->handling_level = HAZARD_AT_POST;
	h->taken_by = h->submitted_by = k->who->person_id;
	/* Shown to everybody who sees the record; those two are not. */
	h->responsible_id = hazard_tells_reporter(k) ? ID(0) : k->who->person_id;
	h->measures = h->submit_text = k->in->text;
	h->funds_fen = (struct opt_fen){true, 0};
	h->deadline = instant_day(k->now);
	h->emergency_plan_not_needed = true;
	h->percent = 100;
	h->assigned_at = h->taken_at = h->submitted_at = k->now;
}

void effect_grade(const struct hazard_case *k, struct hazard *h)
{
	h->level = k->in->level;
	h->lowering_by = ID(0);
	if (k->in->clause.n)
		h->clause = k->in->clause;
}

void effect_assign(const struct hazard_case *k, struct hazard *h)
{
	const struct hazard_input *in = k->in;
	h->responsible_id = in->responsible_id;
	h->deputy_id = in->deputy_id;
	h->measures = in->measures;
	h->funds_fen = in->funds_fen;
	h->funds_source = in->funds_source;
	h->deadline = in->deadline;
	h->emergency_plan = in->emergency_plan;
	h->emergency_plan_not_needed = in->emergency_plan.n == 0;
	h->assigned_by = k->who->person_id;
	h->assigned_at = k->now;
	h->taken_by = ID(0);
	h->taken_at = INSTANT(0);
	h->percent = 0;
}

void effect_take(const struct hazard_case *k, struct hazard *h)
{
	h->taken_by = k->who->person_id;
	h->taken_at = k->now;
}

void effect_give_back(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	hazard_forget_work(h);
}

void effect_progress(const struct hazard_case *k, struct hazard *h)
{
	if (k->in->percent.is)
		h->percent = k->in->percent.v;
}

void effect_submit(const struct hazard_case *k, struct hazard *h)
{
	h->submitted_by = k->who->person_id;
	h->submitted_at = k->now;
	h->submit_text = k->in->text;
	h->percent = 100;
}

void effect_accept(const struct hazard_case *k, struct hazard *h)
{
	h->accepted_by = k->who->person_id;
	h->accepted_at = k->now;
	h->accepted_by_fallback = false;
}

void effect_accept_fallback(const struct hazard_case *k, struct hazard *h)
{
	effect_accept(k, h);
	h->accepted_by_fallback = true;
}

/* The second time management hears of it. */
static void count_return(const struct hazard_case *k, struct hazard *h)
{
	h->returned++;
	if (h->returned >= 2 && !h->management_informed_at.ms)
		h->management_informed_at = k->now;
}

void effect_return(const struct hazard_case *k, struct hazard *h)
{
	count_return(k, h);
	h->submitted_by = ID(0);
	h->submitted_at = INSTANT(0);
}

void effect_return_on_spot(const struct hazard_case *k, struct hazard *h)
{
	hazard_forget_work(h);
	count_return(k, h);
	h->handling_level = HAZARD_AT_TEAM;
}

void effect_close(const struct hazard_case *k, struct hazard *h)
{
	h->closed_by = k->who->person_id;
	h->closed_at = k->now;
}

void effect_raise(const struct hazard_case *k, struct hazard *h)
{
	(void)k;
	h->handling_level++;
}

void effect_reopen(const struct hazard_case *k, struct hazard *h)
{
	hazard_forget_work(h);
	hazard_enter_ledger(k, h);
	h->reopened++;
	h->refusal_code = 0;
	h->refusal_reason = STR("");
	h->dispute = 0;
	h->suspended_at = h->management_informed_at = INSTANT(0);
	h->transferred_to = STR("");
	if (h->handling_level == HAZARD_AT_POST)
		h->handling_level = HAZARD_AT_TEAM;
}
