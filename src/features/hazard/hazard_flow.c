#include "hazard_acts.h"

#include "hazard_perms.h"

#include <string.h>

#define S(state) (1u << (state))
#define ANY_STATE ((1u << HAZARD_STATE_COUNT) - 2)
#define OPEN_STATES                                                                                                            \
	(S(HAZARD_REPORTED) | S(HAZARD_REGISTERED) | S(HAZARD_ASSIGNED) | S(HAZARD_RECTIFYING) | S(HAZARD_SUBMITTED))
#define UNDER_WAY (S(HAZARD_REGISTERED) | S(HAZARD_ASSIGNED) | S(HAZARD_RECTIFYING))
#define UNFINISHED (UNDER_WAY | S(HAZARD_SUBMITTED))
#define DONE (S(HAZARD_ACCEPTED) | S(HAZARD_CLOSED_OUT))

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
	{.act = "register", .from = S(HAZARD_NOT_HAZARD), .to = HAZARD_REGISTERED, .need = FACT_DISPUTED, .perm = &perm_hazard_decide,
	 .guard = guard_uphold, .check = check_register, .effect = effect_register_after_all, .fields = fields_register,
	 .rule = "The union above finds the refusal wrong: into the ledger after all."},
	{.act = "refuse", .from = S(HAZARD_REPORTED), .to = HAZARD_NOT_HAZARD, .perm = &perm_hazard_register, .guard = guard_refuse,
	 .effect = effect_refuse, .fields = fields_refuse, .irreversible = true,
	 .rule = "With a reason from the list and a sentence; danger to life only by safety officer or primary union, and what was said to "
		 "be dangerous or major goes to the union above by itself."},
	{.act = "appeal", .from = S(HAZARD_NOT_HAZARD), .parties = PARTY_REPORTER, .guard = guard_appeal, .effect = effect_appeal,
	 .fields = fields_reason, .rule = "The reporter, within 15 days, once: the union above decides within 5 working days."},
	{.act = "uphold", .from = S(HAZARD_NOT_HAZARD) | DONE, .need = FACT_DISPUTED, .perm = &perm_hazard_decide, .guard = guard_uphold,
	 .effect = effect_uphold, .fields = fields_reason,
	 .rule = "The union above has looked: the refusal, or the acceptance, was right; with the reason, by nobody who decided it before."},
	{.act = "fix_on_spot", .from = S(HAZARD_REPORTED) | S(HAZARD_REGISTERED), .to = HAZARD_SUBMITTED,
	 .without = FACT_MAJOR | FACT_SUSPENDED, .perm = &perm_hazard_fix, .parties = PARTY_REPORTER, .guard = guard_fix, .check = check_fix, .effect = effect_fix,
	 .fields = fields_fix, .rule = "By who found it or the post, with words or a photo; the five elements fill themselves."},
	{.act = "confirm", .from = S(HAZARD_SUBMITTED), .to = HAZARD_ACCEPTED, .need = FACT_ON_SPOT, .perm = &perm_hazard_confirm,
	 .guard = guard_not_own_work, .effect = effect_accept, .fields = fields_text,
	 .rule = "A second person confirms what was put right on the spot."},
	{.act = "grade", .from = OPEN_STATES, .need = FACT_MAJOR, .without = FACT_LISTED, .picks = picks_lower, .perm = &perm_hazard_lower,
	 .check = check_lower, .effect = effect_propose_lowering, .fields = fields_grade,
	 .rule = "The person in charge proposes that it be no major one, with the reason; it stays major until the union agrees."},
	{.act = "grade", .from = OPEN_STATES, .perm = &perm_hazard_grade, .check = check_grade, .effect = effect_grade,
	 .fields = fields_grade, .rule = "Major with the clause it goes by; lowering a major one takes two and is refused here."},
	{.act = "decide_lowering", .from = OPEN_STATES, .need = FACT_LOWERING, .without = FACT_LISTED, .picks = picks_agreed,
	 .perm = &perm_hazard_confirm_lowering, .guard = guard_decide_lowering, .effect = effect_lower,
	 .fields = fields_decide_lowering, .rule = "The union agrees: ordinary from now on. Never by who proposed it."},
	{.act = "decide_lowering", .from = OPEN_STATES, .need = FACT_LOWERING, .perm = &perm_hazard_confirm_lowering,
	 .guard = guard_decide_lowering, .effect = effect_keep_level, .fields = fields_decide_lowering,
	 .rule = "The union does not agree: it stays major."},
	{.act = "assign", .from = UNDER_WAY, .to = HAZARD_ASSIGNED, .perm = &perm_hazard_assign, .guard = guard_assign,
	 .check = check_assign, .effect = effect_assign, .fields = fields_assign,
	 .rule = "Five elements, by the head of the level that handles it; danger and major only after protection; the deputy is somebody else."},
	{.act = "take", .from = S(HAZARD_ASSIGNED), .to = HAZARD_RECTIFYING, .without = FACT_SUSPENDED, .parties = PARTY_RECTIFIER, .effect = effect_take,
	 .fields = fields_none, .rule = "The responsible person or the deputy takes it on."},
	{.act = "give_back", .from = S(HAZARD_ASSIGNED), .to = HAZARD_REGISTERED, .parties = PARTY_RECTIFIER,
	 .effect = effect_give_back, .fields = fields_reason, .rule = "Not theirs: back to be assigned again, with the reason."},
	{.act = "progress", .from = S(HAZARD_RECTIFYING), .without = FACT_SUSPENDED, .perm = &perm_hazard_rectify, .parties = PARTY_RECTIFIER,
	 .check = check_progress, .effect = effect_progress, .fields = fields_progress,
	 .rule = "How far it is, by who puts it right or by the line for somebody without a phone."},
	{.act = "submit", .from = S(HAZARD_RECTIFYING), .to = HAZARD_SUBMITTED, .without = FACT_SUSPENDED,
	 .perm = &perm_hazard_rectify, .parties = PARTY_RECTIFIER, .check = check_submit, .effect = effect_submit, .fields = fields_submit,
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
	{.act = "close_out", .from = S(HAZARD_ACCEPTED), .to = HAZARD_CLOSED_OUT, .without = FACT_DISPUTED | FACT_LISTED, .perm = &perm_hazard_close, .guard = guard_close,
	 .effect = effect_close, .fields = fields_none, .irreversible = true,
	 .rule = "By the keeper of the ledger, with evidence, and not by who put it right; a listed one only after delisting."},
	{.act = "raise", .from = S(HAZARD_REPORTED) | UNDER_WAY, .perm = &perm_hazard_raise,
	 .parties = PARTY_REPORTER | PARTY_RECTIFIER, .guard = guard_raise, .effect = effect_raise, .fields = fields_reason,
	 .rule = "One level up, never silently; who has it keeps it until it is assigned anew."},
	{.act = "extend", .from = S(HAZARD_ASSIGNED) | S(HAZARD_RECTIFYING), .without = FACT_EXTENDED | FACT_SUSPENDED,
	 .perm = &perm_hazard_extend, .guard = guard_extend, .check = check_extend, .effect = effect_extend, .fields = fields_extend,
	 .rule = "By one level above who handles it, before it runs out, with the protection until then, once; never for danger to life."},
	{.act = "suspend", .from = UNDER_WAY, .without = FACT_SUSPENDED, .perm = &perm_hazard_suspend, .guard = guard_suspend,
	 .check = check_proof, .effect = effect_suspend, .fields = fields_proof,
	 .rule = "Production stopped or sealed, with proof, not by who puts it right: the clocks stand."},
	{.act = "resume", .from = UNDER_WAY, .need = FACT_SUSPENDED, .perm = &perm_hazard_suspend, .guard = guard_suspend,
	 .check = check_proof, .effect = effect_resume, .fields = fields_proof,
	 .rule = "Before work goes on, with proof; the deadline moves by the days that it stood."},
	{.act = "inform_management", .from = UNFINISHED, .perm = &perm_hazard_inform, .effect = effect_inform, .fields = fields_must_text,
	 .rule = "By the primary union's chair or the township's or county's union: overdue, cannot be rectified in time, returned twice "
		 "(then it counts as informed by itself)."},
	{.act = "propose_listing", .from = UNFINISHED, .need = FACT_MAJOR, .without = FACT_PROPOSED | FACT_LISTED,
	 .perm = &perm_hazard_propose, .effect = effect_propose, .fields = fields_must_text,
	 .rule = "A major one, to the safety committee; lower unions propose to the county's."},
	{.act = "record_listing", .from = UNFINISHED | S(HAZARD_ACCEPTED), .need = FACT_PROPOSED, .picks = picks_listed,
	 .perm = &perm_hazard_list, .check = check_listed, .effect = effect_listed, .fields = fields_record_listing,
	 .rule = "The committee's answer by the clerk: listed, with number, body and deadline."},
	{.act = "record_listing", .from = UNFINISHED | S(HAZARD_ACCEPTED), .need = FACT_PROPOSED, .perm = &perm_hazard_list,
	 .check = check_declined, .effect = effect_declined, .fields = fields_record_listing,
	 .rule = "The committee's answer by the clerk: declined; it may be proposed again."},
	{.act = "delist", .from = S(HAZARD_ACCEPTED) | S(HAZARD_CEASED), .need = FACT_LISTED, .perm = &perm_hazard_list,
	 .check = check_delist, .effect = effect_delist, .fields = fields_delist,
	 .rule = "The listing body has taken it off: number and day. Only of one accepted, or gone."},
	{.act = "transfer", .from = S(HAZARD_REPORTED) | UNDER_WAY, .to = HAZARD_TRANSFERRED, .without = FACT_LISTED, .picks = picks_outside,
	 .perm = &perm_hazard_transfer, .guard = guard_transfer, .check = check_transfer, .effect = effect_transfer,
	 .fields = fields_transfer, .rule = "To somebody outside the unions: tracked until there is an answer; danger only after protection."},
	{.act = "transfer", .from = S(HAZARD_REPORTED), .without = FACT_LISTED, .perm = &perm_hazard_transfer, .guard = guard_transfer,
	 .check = check_transfer, .effect = effect_move, .fields = fields_transfer,
	 .rule = "To another employer of the city, which registers it."},
	{.act = "transfer", .from = UNDER_WAY, .to = HAZARD_REGISTERED, .without = FACT_LISTED, .perm = &perm_hazard_transfer,
	 .guard = guard_transfer, .check = check_transfer, .effect = effect_move, .fields = fields_transfer,
	 .rule = "To another employer of the city, with all that happened; the figures keep it where it was found."},
	{.act = "chase", .from = S(HAZARD_TRANSFERRED), .perm = &perm_hazard_transfer, .effect = effect_chase, .fields = fields_must_text,
	 .rule = "No answer yet from where it went: asked again."},
	{.act = "chase", .from = UNFINISHED | S(HAZARD_ACCEPTED), .need = FACT_PROPOSED, .perm = &perm_hazard_propose,
	 .effect = effect_chase, .fields = fields_must_text, .rule = "No answer yet from the committee: asked again."},
	{.act = "answer", .from = S(HAZARD_TRANSFERRED), .to = HAZARD_CEASED, .picks = picks_settled, .perm = &perm_hazard_transfer,
	 .fields = fields_answer,
	 .rule = "Those outside have settled it: it is gone here, and counts as ceased, not as put right."},
	{.act = "answer", .from = S(HAZARD_TRANSFERRED), .back = S(HAZARD_REPORTED) | S(HAZARD_REGISTERED), .perm = &perm_hazard_transfer,
	 .effect = effect_sent_back, .fields = fields_answer, .rule = "Not theirs: back to where it was."},
	{.act = "merge", .from = S(HAZARD_REPORTED) | UNDER_WAY, .to = HAZARD_MERGED, .without = FACT_LISTED, .perm = &perm_hazard_merge,
	 .guard = guard_merge, .effect = effect_merge, .fields = fields_merge,
	 .rule = "The same thing twice, at one employer: into an open one, which takes over danger, level and protection; the reporter stays."},
	{.act = "unmerge", .from = S(HAZARD_MERGED), .back = S(HAZARD_REPORTED) | UNDER_WAY, .perm = &perm_hazard_merge,
	 .effect = effect_unmerge, .fields = fields_reason, .rule = "Not the same after all: back to the state before."},
	{.act = "cease", .from = OPEN_STATES | S(HAZARD_TRANSFERRED), .to = HAZARD_CEASED, .perm = &perm_hazard_cease, .check = check_proof,
	 .effect = effect_cease, .fields = fields_proof, .irreversible = true,
	 .rule = "Employer closed, demolished or moved, with reason and proof, by the township's or county's union; not counted as put right."},
	{.act = "object", .from = DONE, .perm = &perm_hazard_decide, .parties = PARTY_REPORTER, .without = FACT_DISPUTED,
	 .guard = guard_object, .effect = effect_object, .fields = fields_object,
	 .rule = "\"Not put right\": by the reporter or the union above, within 15 days; the union above looks."},
	{.act = "reinspect", .from = S(HAZARD_CLOSED_OUT), .to = HAZARD_REGISTERED, .picks = picks_failed, .perm = &perm_hazard_reinspect,
	 .guard = guard_reinspect, .effect = effect_reinspect_failed, .fields = fields_reinspect,
	 .rule = "A second look finds it not put right: reopened."},
	{.act = "reinspect", .from = S(HAZARD_CLOSED_OUT), .perm = &perm_hazard_reinspect, .guard = guard_reinspect,
	 .effect = effect_reinspect_passed, .fields = fields_reinspect,
	 .rule = "A second look finds it put right; by nobody who worked on it, accepted it or closed it out."},
	{.act = "reopen", .from = DONE | S(HAZARD_NOT_HAZARD), .to = HAZARD_REGISTERED, .without = FACT_DISPUTED,
	 .perm = &perm_hazard_reopen, .effect = effect_reopen, .fields = fields_reason,
	 .rule = "Not put right after all, or refused wrongly: the five elements are asked for anew."},
	{.act = "reopen", .from = DONE, .to = HAZARD_REGISTERED, .need = FACT_DISPUTED, .perm = &perm_hazard_decide, .effect = effect_reopen,
	 .fields = fields_reason, .rule = "The union above has looked: it is not put right."},
	{.act = "reopen", .from = S(HAZARD_CEASED), .to = HAZARD_REGISTERED, .perm = &perm_hazard_decide, .effect = effect_reopen,
	 .fields = fields_reason, .rule = "It is still there."},
	{.act = NULL},
};

unsigned hazard_facts(const struct hazard *h)
{
	return (h->on_spot ? FACT_ON_SPOT : 0u) | (h->level == HAZARD_MAJOR ? FACT_MAJOR : 0u) | (h->danger ? FACT_DANGER : 0u) |
	       (h->protected_at.ms ? FACT_PROTECTED : 0u) | (h->suspended_at.ms ? FACT_SUSPENDED : 0u) |
	       (h->dispute ? FACT_DISPUTED : 0u) | (h->extended ? FACT_EXTENDED : 0u) |
	       (h->listing_state == HAZARD_PROPOSED ? FACT_PROPOSED : 0u) | (h->listing_state == HAZARD_LISTED ? FACT_LISTED : 0u) |
	       (h->lowering_by.v ? FACT_LOWERING : 0u);
}

/* Said where only such a fact stands in the way; of the others the state says enough. */
static const char *fact_in_the_way(unsigned facts)
{
	static const struct {
		unsigned fact;
		const char *code;
	} said[] = {{FACT_SUSPENDED, "suspended"}, {FACT_DISPUTED, "disputed"}, {FACT_LISTED, "listed"}, {FACT_PROPOSED, "proposed_already"},
		    {FACT_EXTENDED, "extended_already"}};
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (facts & said[i].fact)
			return said[i].code;
	return NULL;
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

static bool fits_but_for(const struct hazard_step *s, const struct hazard_case *k)
{
	return (s->from >> k->h->state & 1) && (hazard_facts(k->h) & s->need) == s->need && (!s->picks || !k->in || s->picks(k->in));
}

static bool holds(const struct hazard_case *k, const struct perm *p)
{
	const struct hazard_who *who = k->who;
	return who->actor ? may(who->actor, p, k->h->unit_path) : (p->roles & who->roles) != 0;
}

static bool lets_through(const struct hazard_step *s, const struct hazard_case *k)
{
	/* What a party may do no permission names, so a token of chosen permissions does not do it. */
	bool is_limited = k->who->actor && k->who->actor->is_limited;
	return (s->perm && holds(k, s->perm)) || (!is_limited && (s->parties & k->who->parties));
}

const struct err *hazard_step_find(const struct hazard_case *k, struct str act, const struct hazard_step **row_out)
{
	const struct hazard_bar *bar = NULL;
	const char *in_the_way = NULL;
	bool known = false, fit = false;
	*row_out = NULL;
	for (const struct hazard_step *s = hazard_steps; s->act; s++) {
		if (!str_is(act, s->act))
			continue;
		known = true;
		if (!fits_but_for(s, k))
			continue;
		unsigned against = hazard_facts(k->h) & s->without;
		if (against) {
			in_the_way = fact_in_the_way(against);
			continue;
		}
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
		return ERR(k->a, ERR_CONFLICT, in_the_way ? in_the_way : "wrong_state", "%.*s is not for the state %s", STR_ARG(act),
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

/* An act may take some words of a list only. */
static bool is_one_of(const struct codes *codes, struct str word)
{
	return word.n == 0 || codes_find(codes, word) != 0;
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
		else if (s && f->codes && !is_one_of(f->codes, shape_text(k->a, s, k->in)))
			err_add(&errors, k->a, f->name, "unknown_word", "not for this act");
	}
	return ERR_FROM(k->a, &errors);
}

bool hazard_tells_reporter(const struct hazard_case *k)
{
	const struct hazard_who *who = k->who;
	return k->h->anonymity == HAZARD_HIDDEN && (who->parties & PARTY_REPORTER) && !(who->parties & PARTY_RECTIFIER) &&
	       !holds(k, &perm_hazard_read);
}

static int64_t marks(const struct hazard *h)
{
	bool pending = h->listing_state == HAZARD_PROPOSED || h->listing_state == HAZARD_LISTED;
	bool under_way = UNDER_WAY >> h->state & 1;
	return (h->dispute ? HAZARD_MARK_DISPUTED : 0) | (under_way && h->suspended_at.ms ? HAZARD_MARK_SUSPENDED : 0) |
	       (pending ? HAZARD_MARK_LISTING : 0) | (under_way && h->extended ? HAZARD_MARK_EXTENDED : 0);
}

void hazard_step_apply(const struct hazard_case *k, const struct hazard_step *row, struct hazard *h)
{
	if (row->effect)
		row->effect(k, h);
	if (row->to || row->back) {
		h->state = row->to ? row->to : h->state_before;
		h->state_at = k->now;
		h->paused_ms = 0;
	}
	bool runs = (h->state == HAZARD_ASSIGNED || h->state == HAZARD_RECTIFYING) && !h->suspended_at.ms;
	h->marked = marks(h);
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
	static const char *const words[] = {"on the spot", "major", "danger", "protected", "suspended", "disputed", "extended", "proposed for listing",
					    "listed", "its lowering is proposed"};
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
	sb_addz(out, " | ");
	if (s->back)
		sb_addz(out, "back to ");
	if (s->to || s->back)
		add_words(out, s->to ? S(s->to) : s->back);
	else
		sb_addz(out, "stays");
	sb_addz(out, " | ");
	add_who(out, s);
	sb_addz(out, " | ");
	for (const struct hazard_field *f = s->fields; f->name; f++)
		sb_fmt(out, "%s%s%s", f == s->fields ? "" : ", ", f->name, f->required ? "*" : "");
	sb_fmt(out, " | %s |\n", s->rule);
}

static void add_edges(struct sb *out, const struct hazard_step *s)
{
	uint32_t to = s->to ? S(s->to) : s->back;
	for (uint32_t from = 1; from < HAZARD_STATE_COUNT; from++)
		for (uint32_t t = 1; t < HAZARD_STATE_COUNT; t++)
			if ((s->from >> from & 1) && (to >> t & 1))
				sb_fmt(out, "\t%s --> %s: %s\n", codes_word(&hazard_states, from), codes_word(&hazard_states, t), s->act);
}

void hazard_flow_doc(struct sb *out)
{
	sb_addz(out, "# Lifecycle of a hidden danger\n\nPrinted from `hazard_steps[]` in `src/features/hazard/hazard_flow.c`; do not edit.\n\n"
		     "```mermaid\nstateDiagram-v2\n\t[*] --> reported: report\n");
	for (const struct hazard_step *s = hazard_steps; s->act; s++)
		add_edges(out, s);
	sb_addz(out, "\tclosed_out --> [*]\n\tnot_hazard --> [*]\n\tmerged --> [*]\n\tceased --> [*]\n```\n\n| act | from | to | by | fields (* required) | rule |\n|---|---|---|---|---|---|\n");
	for (const struct hazard_step *s = hazard_steps; s->act; s++)
		add_row(out, s);
}
