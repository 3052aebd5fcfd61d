#include "hazard_flow.h"

#include "hazard_perms.h"

#include <string.h>

#define S(state) (1u << (state))
#define ANY_STATE ((1u << HAZARD_STATE_COUNT) - 2)
#define OPEN_STATES                                                                                                            \
	(S(HAZARD_REPORTED) | S(HAZARD_REGISTERED) | S(HAZARD_ASSIGNED) | S(HAZARD_RECTIFYING) | S(HAZARD_SUBMITTED))
#define UNDER_WAY (S(HAZARD_REGISTERED) | S(HAZARD_ASSIGNED) | S(HAZARD_RECTIFYING))

/* Rows of the same act are tried in order: the first that fits state and facts and lets the person through is the one. */
const struct hazard_step hazard_steps[] = {
	{.act = "protect", .from = ANY_STATE, .perm = &perm_hazard_protect, .parties = PARTY_REPORTER | PARTY_RECTIFIER,
	 .effect = effect_protect, .fields = fields_protect,
	 .rule = "Nothing stands before safety: whoever is there may write down the interim protection, in any state."},
	{.act = "withdraw", .from = ANY_STATE, .perm = &perm_hazard_protect, .parties = PARTY_REPORTER | PARTY_RECTIFIER,
	 .effect = effect_withdraw, .fields = fields_protect,
	 .rule = "People were taken out; recorded afterwards, in any state."},
	{.act = "register", .from = S(HAZARD_REPORTED), .to = HAZARD_REGISTERED, .perm = &perm_hazard_register,
	 .guard = guard_not_complained_of, .check = check_register, .effect = effect_register, .fields = fields_register,
	 .rule = "Into the ledger, with category, level and the level that handles it; never by the person complained of."},
	{.act = "refuse", .from = S(HAZARD_REPORTED), .to = HAZARD_NOT_HAZARD, .perm = &perm_hazard_register, .guard = guard_refuse,
	 .effect = effect_refuse, .fields = fields_refuse, .irreversible = true,
	 .rule = "With a reason from the list and a sentence; danger to life only by safety officer or primary union."},
	{.act = "fix_on_spot", .from = S(HAZARD_REPORTED) | S(HAZARD_REGISTERED), .to = HAZARD_SUBMITTED, .without = FACT_MAJOR,
	 .perm = &perm_hazard_fix, .parties = PARTY_REPORTER, .guard = guard_fix, .check = check_fix, .effect = effect_fix,
	 .fields = fields_fix, .rule = "By who found it or the post, with words or a photo; the five elements fill themselves."},
	{.act = "confirm", .from = S(HAZARD_SUBMITTED), .to = HAZARD_ACCEPTED, .need = FACT_ON_SPOT, .perm = &perm_hazard_confirm,
	 .guard = guard_not_own_work, .effect = effect_accept, .fields = fields_text,
	 .rule = "A second person confirms what was put right on the spot."},
	{.act = "grade", .from = OPEN_STATES, .perm = &perm_hazard_grade, .check = check_grade, .effect = effect_grade,
	 .fields = fields_grade, .rule = "Major with the clause it goes by; lowering a major one takes two and is refused here."},
	{.act = "assign", .from = UNDER_WAY, .to = HAZARD_ASSIGNED, .perm = &perm_hazard_assign, .guard = guard_assign,
	 .check = check_assign, .effect = effect_assign, .fields = fields_assign,
	 .rule = "Five elements, by the head of the level that handles it; danger and major only after protection; the deputy is somebody else."},
	{.act = "take", .from = S(HAZARD_ASSIGNED), .to = HAZARD_RECTIFYING, .parties = PARTY_RECTIFIER, .effect = effect_take,
	 .fields = fields_none, .rule = "The responsible person or the deputy takes it on."},
	{.act = "give_back", .from = S(HAZARD_ASSIGNED), .to = HAZARD_REGISTERED, .parties = PARTY_RECTIFIER,
	 .effect = effect_give_back, .fields = fields_reason, .rule = "Not theirs: back to be assigned again, with the reason."},
	{.act = "progress", .from = S(HAZARD_RECTIFYING), .perm = &perm_hazard_rectify, .parties = PARTY_RECTIFIER,
	 .check = check_progress, .effect = effect_progress, .fields = fields_progress,
	 .rule = "How far it is, by who puts it right or by the line for somebody without a phone."},
	{.act = "submit", .from = S(HAZARD_RECTIFYING), .to = HAZARD_SUBMITTED, .perm = &perm_hazard_rectify,
	 .parties = PARTY_RECTIFIER, .check = check_submit, .effect = effect_submit, .fields = fields_submit,
	 .rule = "Put right: what was done, and photos; a photo is compulsory for a major one."},
	{.act = "accept", .from = S(HAZARD_SUBMITTED), .to = HAZARD_ACCEPTED, .without = FACT_ON_SPOT, .perm = &perm_hazard_accept,
	 .guard = guard_accept, .effect = effect_accept, .fields = fields_text,
	 .rule = "Never by who is responsible, took it, reported progress or submitted it; a major one by the person in charge."},
	{.act = "accept", .from = S(HAZARD_SUBMITTED), .to = HAZARD_ACCEPTED, .without = FACT_ON_SPOT | FACT_MAJOR,
	 .perm = &perm_hazard_accept_fallback, .parties = PARTY_REPORTER, .guard = guard_not_own_work,
	 .effect = effect_accept_fallback, .fields = fields_accept_fallback,
	 .rule = "Where there is nobody else: the reporter or the township's cadre, saying why."},
	{.act = "return", .from = S(HAZARD_SUBMITTED), .to = HAZARD_RECTIFYING, .without = FACT_ON_SPOT, .perm = &perm_hazard_accept,
	 .effect = effect_return, .fields = fields_reason, .rule = "Not put right: back to the same people, with the reason."},
	{.act = "return", .from = S(HAZARD_SUBMITTED), .to = HAZARD_REGISTERED, .need = FACT_ON_SPOT, .perm = &perm_hazard_accept,
	 .effect = effect_return_on_spot, .fields = fields_reason,
	 .rule = "Not put right on the spot: now it needs the five elements, at team level."},
	{.act = "close_out", .from = S(HAZARD_ACCEPTED), .to = HAZARD_CLOSED_OUT, .perm = &perm_hazard_close, .guard = guard_close,
	 .effect = effect_close, .fields = fields_none, .irreversible = true,
	 .rule = "By the keeper of the ledger, with evidence, and not by who put it right."},
	{.act = "raise", .from = S(HAZARD_REPORTED) | UNDER_WAY, .perm = &perm_hazard_raise,
	 .parties = PARTY_REPORTER | PARTY_RECTIFIER, .guard = guard_raise, .effect = effect_raise, .fields = fields_reason,
	 .rule = "One level up, never silently; who has it keeps it until it is assigned anew."},
	{.act = "reopen", .from = S(HAZARD_ACCEPTED) | S(HAZARD_CLOSED_OUT) | S(HAZARD_NOT_HAZARD), .to = HAZARD_REGISTERED,
	 .perm = &perm_hazard_reopen, .effect = effect_reopen, .fields = fields_reason,
	 .rule = "Not put right after all, or refused wrongly: the five elements are asked for anew."},
	{.act = NULL},
};

unsigned hazard_facts(const struct hazard *h)
{
	return (h->on_spot ? FACT_ON_SPOT : 0u) | (h->level == HAZARD_MAJOR ? FACT_MAJOR : 0u) | (h->danger ? FACT_DANGER : 0u) |
	       (h->protected_at.ms ? FACT_PROTECTED : 0u);
}

size_t hazard_acts(const char *out[static HAZARD_ACTS_MAX])
{
	size_t n = 0;
	for (const struct hazard_step *s = hazard_steps; s->act; s++) {
		bool seen = false;
		for (size_t i = 0; i < n && !seen; i++)
			seen = strcmp(out[i], s->act) == 0;
		if (!seen && n < HAZARD_ACTS_MAX)
			out[n++] = s->act;
	}
	return n;
}

static bool fits(const struct hazard_step *s, const struct hazard *h)
{
	unsigned facts = hazard_facts(h);
	return (s->from >> h->state & 1) && (facts & s->need) == s->need && (facts & s->without) == 0;
}

static bool holds(const struct hazard_case *k, const struct perm *p)
{
	const struct hazard_who *who = k->who;
	return who->actor ? may(who->actor, p, k->h->unit_path) : (p->roles & who->roles) != 0;
}

static bool lets_through(const struct hazard_step *s, const struct hazard_case *k)
{
	return (s->perm && holds(k, s->perm)) || (s->parties & k->who->parties);
}

const struct err *hazard_step_find(const struct hazard_case *k, struct str act, const struct hazard_step **row_out)
{
	const struct hazard_bar *bar = NULL;
	bool known = false, fit = false;
	*row_out = NULL;
	for (const struct hazard_step *s = hazard_steps; s->act; s++) {
		if (!str_is(act, s->act))
			continue;
		known = true;
		if (!fits(s, k->h))
			continue;
		fit = true;
		if (!lets_through(s, k))
			continue;
		const struct hazard_bar *b = s->guard ? s->guard(k) : NULL;
		if (!b) {
			*row_out = s;
			return NULL;
		}
		bar = bar ? bar : b;
	}
	if (!known)
		return ERR(k->a, ERR_MISSING, NULL, "no act %.*s", STR_ARG(act));
	if (!fit)
		return ERR(k->a, ERR_CONFLICT, "wrong_state", "%.*s is not for the state %s", STR_ARG(act),
			   codes_word(&hazard_states, k->h->state));
	if (bar)
		return ERR(k->a, bar->kind, bar->code, "%.*s: %s", STR_ARG(act), bar->code);
	return ERR(k->a, ERR_DENIED, NULL, "%.*s is not granted here", STR_ARG(act));
}

static bool is_absent(const struct shape *s, const void *record)
{
	const void *at = (const char *)record + s->off;
	if (s->type == SHAPE_T_BOOL)
		return !*(const bool *)at;
	if (s->type == SHAPE_T_OPT_FEN)
		return !((const struct opt_fen *)at)->is;
	if (s->type == SHAPE_T_OPT_I64)
		return !((const struct opt_i64 *)at)->is;
	if (s->type == SHAPE_T_STR)
		return ((const struct str *)at)->n == 0;
	if (s->type == SHAPE_T_CODE)
		return *(const uint32_t *)at == 0;
	return s->type == SHAPE_T_DAY ? ((const struct day *)at)->ymd == 0 : *(const int64_t *)at == 0;
}

static bool takes(const struct hazard_step *row, const struct shape *s)
{
	for (const struct hazard_field *f = row->fields; f->name; f++)
		if (strcmp(f->name, s->name) == 0)
			return true;
	return strcmp(s->name, "version") == 0 || s->type == SHAPE_T_IDS; /* photos are asked for where they are counted */
}

/* Acts share an input, but what belongs to another act is not taken along (mass assignment). */
static void refuse_others(const struct hazard_case *k, const struct hazard_step *row, struct err_list *errors)
{
	for (const struct shape *s = hazard_input_shape; s->name; s++)
		if (!takes(row, s) && !is_absent(s, k->in))
			err_add(errors, k->a, s->name, "not_of_act", "this act does not take it");
}

const struct err *hazard_step_check(const struct hazard_case *k, const struct hazard_step *row)
{
	struct err_list errors = {0};
	refuse_others(k, row, &errors);
	/* First, because its reason for a missing field says more. */
	if (row->check)
		row->check(k, &errors);
	for (const struct hazard_field *f = row->fields; f->name; f++) {
		const struct shape *s = shape_find(hazard_input_shape, str_of(f->name));
		if (f->required && s && is_absent(s, k->in) && !err_list_has(&errors, f->name))
			err_add(&errors, k->a, f->name, "required", "required");
	}
	return ERR_FROM(k->a, &errors);
}

bool hazard_tells_reporter(const struct hazard_case *k)
{
	const struct hazard_who *who = k->who;
	return k->h->anonymity == HAZARD_HIDDEN && (who->parties & PARTY_REPORTER) && !(who->parties & PARTY_RECTIFIER) &&
	       !holds(k, &perm_hazard_read);
}

void hazard_step_apply(const struct hazard_case *k, const struct hazard_step *row, struct hazard *h)
{
	if (row->effect)
		row->effect(k, h);
	if (row->to) {
		h->state = row->to;
		h->state_at = k->now;
	}
	bool runs = h->state == HAZARD_ASSIGNED || h->state == HAZARD_RECTIFYING;
	h->deadline_sort = runs && h->deadline.ymd ? h->deadline : DAY(HAZARD_DAY_NEVER);
	h->updated_at = k->now;
}

/* ---- the table as a document --------------------------------------------------------- */

static void add_words(struct sb *out, uint32_t states)
{
	const char *sep = "";
	if (states == ANY_STATE) {
		sb_addz(out, "any");
		return;
	}
	for (uint32_t s = 1; s < HAZARD_STATE_COUNT; s++)
		if (states >> s & 1) {
			sb_fmt(out, "%s`%s`", sep, codes_word(&hazard_states, s));
			sep = " ";
		}
}

static void add_who(struct sb *out, const struct hazard_step *s)
{
	static const char *const parties[] = {"reporter", "responsible person", "deputy"};
	const char *sep = "";
	for (uint32_t role = 1; s->perm && role < ROLE_COUNT; role++)
		if (s->perm->roles >> role & 1) {
			sb_fmt(out, "%s%s", sep, codes_word(&role_codes, role));
			sep = ", ";
		}
	for (unsigned i = 0; i < 3; i++)
		if (s->parties >> i & 1) {
			sb_fmt(out, "%sits %s", sep, parties[i]);
			sep = ", ";
		}
}

static void add_facts(struct sb *out, const struct hazard_step *s)
{
	static const char *const words[] = {"on the spot", "major", "danger", "protected"};
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (s->need >> i & 1)
			sb_fmt(out, " if %s", words[i]);
		if (s->without >> i & 1)
			sb_fmt(out, " if not %s", words[i]);
	}
}

static void add_row(struct sb *out, const struct hazard_step *s)
{
	sb_fmt(out, "| `%s` | ", s->act);
	add_words(out, s->from);
	add_facts(out, s);
	sb_fmt(out, " | %s%s%s | ", s->to ? "`" : "", s->to ? codes_word(&hazard_states, s->to) : "stays", s->to ? "`" : "");
	add_who(out, s);
	sb_addz(out, " | ");
	for (const struct hazard_field *f = s->fields; f->name; f++)
		sb_fmt(out, "%s%s%s", f == s->fields ? "" : ", ", f->name, f->required ? "*" : "");
	sb_fmt(out, " | %s |\n", s->rule);
}

void hazard_flow_doc(struct sb *out)
{
	sb_addz(out, "# Lifecycle of a hidden danger\n\nPrinted from `hazard_steps[]` in `src/features/hazard/hazard_flow.c`; do not edit.\n\n"
		     "```mermaid\nstateDiagram-v2\n\t[*] --> reported: report\n");
	for (const struct hazard_step *s = hazard_steps; s->act; s++)
		for (uint32_t from = 1; s->to && from < HAZARD_STATE_COUNT; from++)
			if (s->from >> from & 1)
				sb_fmt(out, "\t%s --> %s: %s\n", codes_word(&hazard_states, from), codes_word(&hazard_states, s->to), s->act);
	sb_addz(out, "\tclosed_out --> [*]\n\tnot_hazard --> [*]\n```\n\n| act | from | to | by | fields (* required) | rule |\n|---|---|---|---|---|---|\n");
	for (const struct hazard_step *s = hazard_steps; s->act; s++)
		add_row(out, s);
}
