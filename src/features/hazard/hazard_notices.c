/* One table: act → who is told what. */
#include "hazard_notices.h"

#include "day.h"
#include "hazard_perms.h"
#include "hazard_sql.h"

#include <string.h>

#define HREF "/hazards/{id}"
#define ANSWER(word) {"hazard." word, NOTICE_ANSWER, NOTICE_DAILY, HREF}
#define TASK(word) {"hazard." word, NOTICE_TASK, NOTICE_DAILY, HREF}
#define NEWS(word) {"hazard." word, NOTICE_OTHER, NOTICE_DAILY, HREF}

const struct notice_kind hazard_notices[] = {
	/* To who reported. */
	ANSWER("told_register"), ANSWER("told_refuse"), ANSWER("told_protect"), ANSWER("told_withdraw"), ANSWER("told_fix"), ANSWER("told_grade"),
	ANSWER("told_assign"), ANSWER("told_take"), ANSWER("told_give_back"), ANSWER("told_progress"), ANSWER("told_submit"), ANSWER("told_accept"),
	ANSWER("told_return"), ANSWER("told_close"), ANSWER("told_raise"), ANSWER("told_reopen"), ANSWER("told_extend"), ANSWER("told_suspend"),
	ANSWER("told_resume"), ANSWER("told_inform"), ANSWER("told_propose"), ANSWER("told_listing"), ANSWER("told_delist"), ANSWER("told_transfer"),
	ANSWER("told_answer"), ANSWER("told_merge"), ANSWER("told_unmerge"), ANSWER("told_cease"), ANSWER("told_uphold"), ANSWER("told_reinspect"),
	/* To who has it. */
	TASK("yours"), TASK("yours_after"), TASK("deputy"), TASK("returned"), NEWS("yours_accepted"), NEWS("yours_closed"), NEWS("yours_extended"),
	NEWS("yours_suspended"), TASK("yours_resumed"),
	/* To whose office it is. */
	{"hazard.danger", NOTICE_DANGER, NOTICE_AT_ONCE, HREF},
	TASK("new"), TASK("assign"), TASK("confirm"), TASK("check"), TASK("close"), TASK("reopened"), TASK("appeal"), TASK("objection"), TASK("lowering"),
	{"hazard.risen", NOTICE_RISEN, NOTICE_DAILY, HREF},
	{"hazard.second_return", NOTICE_LATE, NOTICE_DAILY, HREF},
	TASK("informed"),
	/* By the clock. */
	{"hazard.alarm", NOTICE_DANGER, NOTICE_AT_ONCE, HREF},
	{"hazard.late", NOTICE_LATE, NOTICE_DAILY, HREF},
	{"hazard.risen_late", NOTICE_RISEN, NOTICE_DAILY, HREF},
	TASK("waits"),
	{0},
};

enum audience {
	TO_REPORTER = 1, TO_RESPONSIBLE, TO_DEPUTY, TO_ASSIGNER,
	TO_OFFICE, /* offices from here on */
	TO_REGISTRAR = TO_OFFICE, TO_SAFETY, TO_UNION, TO_MANAGEMENT, TO_CONFIRMER, TO_CHECKER, TO_CLOSER, TO_LEVEL, TO_UNION_ABOVE
};

enum condition { ALWAYS, IF_DANGER, IF_NO_DANGER, IF_SECOND_RETURN, IF_LOWERING, IF_REOPENED, IF_STAYS, IF_HERE };

struct telling {
	const char *act;          /* NULL ends the table */
	enum audience to;
	const char *kind;         /* without "hazard." */
	enum condition when;
};

static const struct telling tellings[] = {
	{"report", TO_REGISTRAR, "danger", IF_DANGER},
	{"report", TO_SAFETY, "danger", IF_DANGER},
	{"report", TO_UNION, "danger", IF_DANGER},
	{"report", TO_REGISTRAR, "new", IF_NO_DANGER},
	{"register", TO_REPORTER, "told_register", ALWAYS},
	{"register", TO_LEVEL, "assign", ALWAYS},
	{"refuse", TO_REPORTER, "told_refuse", ALWAYS},
	{"protect", TO_REPORTER, "told_protect", ALWAYS},
	{"withdraw", TO_REPORTER, "told_withdraw", ALWAYS},
	{"fix_on_spot", TO_REPORTER, "told_fix", ALWAYS},
	{"fix_on_spot", TO_CONFIRMER, "confirm", ALWAYS},
	{"confirm", TO_REPORTER, "told_accept", ALWAYS},
	{"confirm", TO_CLOSER, "close", ALWAYS},
	{"grade", TO_REPORTER, "told_grade", ALWAYS},
	{"grade", TO_UNION, "lowering", IF_LOWERING},
	{"decide_lowering", TO_REPORTER, "told_grade", ALWAYS},
	{"assign", TO_REPORTER, "told_assign", ALWAYS},
	{"assign", TO_RESPONSIBLE, "yours", ALWAYS},
	{"assign", TO_DEPUTY, "deputy", ALWAYS},
	{"take", TO_REPORTER, "told_take", ALWAYS},
	{"give_back", TO_REPORTER, "told_give_back", ALWAYS},
	{"give_back", TO_ASSIGNER, "assign", ALWAYS},
	{"progress", TO_REPORTER, "told_progress", ALWAYS},
	{"submit", TO_REPORTER, "told_submit", ALWAYS},
	{"submit", TO_CHECKER, "check", ALWAYS},
	{"accept", TO_REPORTER, "told_accept", ALWAYS},
	{"accept", TO_RESPONSIBLE, "yours_accepted", ALWAYS},
	{"accept", TO_CLOSER, "close", ALWAYS},
	{"return", TO_REPORTER, "told_return", ALWAYS},
	{"return", TO_RESPONSIBLE, "returned", ALWAYS},
	{"return", TO_LEVEL, "assign", IF_HERE},
	{"return", TO_MANAGEMENT, "second_return", IF_SECOND_RETURN},
	{"close_out", TO_REPORTER, "told_close", ALWAYS},
	{"close_out", TO_RESPONSIBLE, "yours_closed", ALWAYS},
	{"raise", TO_REPORTER, "told_raise", ALWAYS},
	{"raise", TO_LEVEL, "risen", ALWAYS},
	{"reopen", TO_REPORTER, "told_reopen", ALWAYS},
	{"reopen", TO_LEVEL, "reopened", ALWAYS},
	{"appeal", TO_UNION_ABOVE, "appeal", ALWAYS},
	{"object", TO_UNION_ABOVE, "objection", ALWAYS},
	{"uphold", TO_REPORTER, "told_uphold", ALWAYS},
	{"extend", TO_REPORTER, "told_extend", ALWAYS},
	{"extend", TO_RESPONSIBLE, "yours_extended", ALWAYS},
	{"suspend", TO_REPORTER, "told_suspend", ALWAYS},
	{"suspend", TO_RESPONSIBLE, "yours_suspended", ALWAYS},
	{"resume", TO_REPORTER, "told_resume", ALWAYS},
	{"resume", TO_RESPONSIBLE, "yours_resumed", ALWAYS},
	{"inform_management", TO_REPORTER, "told_inform", ALWAYS},
	{"inform_management", TO_MANAGEMENT, "informed", ALWAYS},
	{"propose_listing", TO_REPORTER, "told_propose", ALWAYS},
	{"record_listing", TO_REPORTER, "told_listing", ALWAYS},
	{"delist", TO_REPORTER, "told_delist", ALWAYS},
	{"transfer", TO_REPORTER, "told_transfer", ALWAYS},
	{"transfer", TO_REGISTRAR, "new", IF_HERE},
	{"answer", TO_REPORTER, "told_answer", ALWAYS},
	{"merge", TO_REPORTER, "told_merge", ALWAYS},
	{"unmerge", TO_REPORTER, "told_unmerge", ALWAYS},
	{"cease", TO_REPORTER, "told_cease", ALWAYS},
	{"reinspect", TO_REPORTER, "told_reopen", IF_REOPENED},
	{"reinspect", TO_LEVEL, "reopened", IF_REOPENED},
	{"reinspect", TO_REPORTER, "told_reinspect", IF_STAYS},
	{.act = NULL},
};

bool hazard_reporter_hears(const char *act)
{
	for (const struct telling *t = tellings; t->act; t++)
		if (t->to == TO_REPORTER && strcmp(t->act, act) == 0)
			return true;
	return false;
}

/* ---- whether ---------------------------------------------------------------------------- */

struct news {
	const struct hazard *was, *h; /* was: NULL for a report */
	const struct hazard_input *in;
	struct id reporter;
};

static bool holds(const struct news *w, const struct telling *t)
{
	const struct hazard *h = w->h;
	switch (t->when) {
	case IF_DANGER:
		return h->danger;
	case IF_NO_DANGER:
		return !h->danger;
	case IF_SECOND_RETURN:
		return h->returned == 2;
	case IF_LOWERING:
		return w->in->level == HAZARD_ORDINARY && h->level == HAZARD_MAJOR;
	case IF_REOPENED:
		return w->was->state != h->state;
	case IF_STAYS:
		return w->was->state == h->state;
	case IF_HERE: /* without anybody who has it */
		return (h->state == HAZARD_REPORTED || h->state == HAZARD_REGISTERED) && !h->responsible_id.v;
	default:
		return true;
	}
}

/* ---- whom --------------------------------------------------------------------------------- */

/* Who gives orders at the level that handles it. */
static uint32_t level_roles(const struct hazard *h)
{
	if (h->level == HAZARD_MAJOR || h->handling_level == HAZARD_AT_ENTERPRISE)
		return R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT);
	return h->handling_level == HAZARD_AT_WORKSHOP ? R(ROLE_WORKSHOP_LEADER) : R(ROLE_TEAM_LEADER);
}

/* The post that a violation is about decides nothing, and is not told first. */
static uint32_t without_complained_of(const struct hazard *h, uint32_t roles)
{
	static const uint32_t posts[] = {0, R(ROLE_TEAM_LEADER), R(ROLE_WORKSHOP_LEADER), R(ROLE_SAFETY_OFFICER), R(ROLE_MANAGEMENT)};
	return h->against < sizeof(posts) / sizeof(posts[0]) ? roles & ~posts[h->against] : roles;
}

static struct notice_office office_of(const struct news *w, enum audience to)
{
	const struct hazard *h = w->h;
	struct notice_office o = {.unit_id = h->unit_id, .reach = NOTICE_NEAREST};
	switch (to) {
	case TO_REGISTRAR:
		o.perm = &perm_hazard_register;
		o.roles = h->against ? without_complained_of(h, perm_hazard_register.roles) : 0;
		break;
	case TO_SAFETY:
		o.roles = without_complained_of(h, R(ROLE_SAFETY_OFFICER));
		break;
	case TO_UNION:
		o.roles = R(ROLE_PRIMARY_UNION);
		break;
	case TO_MANAGEMENT:
		o.roles = R(ROLE_MANAGEMENT);
		break;
	case TO_CONFIRMER: /* anybody of the shop floor may; asked are those whose work it is */
		o.roles = R_KEEPERS;
		o.except = h->submitted_by;
		break;
	case TO_CHECKER:
		o.perm = &perm_hazard_accept;
		o.roles = h->level == HAZARD_MAJOR ? R(ROLE_MANAGEMENT) : 0;
		o.except = h->responsible_id;
		break;
	case TO_CLOSER:
		o.perm = &perm_hazard_close;
		break;
	case TO_LEVEL:
		o.roles = without_complained_of(h, level_roles(h));
		break;
	default:
		o.roles = R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY) | R(ROLE_CADRE_CITY);
	}
	return o;
}

static struct id person_of(const struct news *w, enum audience to)
{
	switch (to) {
	case TO_REPORTER:
		return w->reporter;
	case TO_RESPONSIBLE:
		return w->h->responsible_id;
	case TO_DEPUTY:
		return w->h->deputy_id;
	default:
		return w->was ? w->was->assigned_by : ID(0);
	}
}

/* ---- what ------------------------------------------------------------------------------------ */

enum { WHAT_CHARS = 60, A_DAY_MS = 86400000 };

static struct str what_of(struct arena *a, const struct hazard *h)
{
	struct str s = h->description.n ? h->description : h->place;
	size_t n = s.n;
	if (str_chars(s) <= WHAT_CHARS)
		return s;
	while (str_chars(str_sub(s, 0, n)) > WHAT_CHARS || !str_is_utf8(str_sub(s, 0, n)))
		n--;
	return str_fmt(a, "%.*s…", STR_ARG(str_sub(s, 0, n)));
}

static const struct notice_kind *kind_of(const char *word)
{
	for (const struct notice_kind *k = hazard_notices; k->name; k++)
		if (strcmp(k->name + strlen("hazard."), word) == 0)
			return k;
	return NULL;
}

/* What was written with the act: a reason, what was done; and of a closed one, what had been. */
static struct str words_of(const struct news *w)
{
	if (!w->in)
		return STR("");
	struct str said = w->in->reason.n ? w->in->reason : w->in->text;
	return said.n || w->h->state != HAZARD_CLOSED_OUT ? said : w->h->submit_text;
}

static void put_args(struct env *e, const struct news *w, struct notice *n)
{
	const struct hazard *h = w->h;
	size_t k = 0;
	/* Minutes matter where they are few. */
	bool by_minute = h->due_at.ms && h->due_at.ms - e->now.ms < A_DAY_MS && h->danger;
	n->args[k++] = (struct notice_arg){"number", .text = h->number};
	n->args[k++] = (struct notice_arg){"what", .text = what_of(e->a, h)};
	if (h->place.n)
		n->args[k++] = (struct notice_arg){"place", .text = h->place};
	if (h->deadline.ymd)
		n->args[k++] = (struct notice_arg){"deadline", .day = h->deadline};
	if (by_minute)
		n->args[k++] = (struct notice_arg){"due", .at = h->due_at};
	else if (h->due_at.ms)
		n->args[k++] = (struct notice_arg){"due", .day = instant_day(INSTANT(h->due_at.ms - 1))};
	if (words_of(w).n)
		n->args[k++] = (struct notice_arg){"words", .text = words_of(w)};
	if (h->refusal_code)
		n->args[k++] = (struct notice_arg){"why", .key = str_fmt(e->a, "code_hazard_refusal_%s", codes_word(&hazard_refusals, h->refusal_code)).p};
	n->args[k++] = (struct notice_arg){"level", .key = str_fmt(e->a, "code_hazard_level_%s", codes_word(&hazard_levels, h->level)).p};
	n->args[k++] = (struct notice_arg){"handling", .key = str_fmt(e->a, "code_hazard_handling_%s", codes_word(&hazard_handlings, h->handling_level)).p};
	if (h->percent > 0 && h->percent < 100)
		n->args[k++] = (struct notice_arg){"percent", .text = str_fmt(e->a, "%lld", (long long)h->percent)};
	if (h->measures.n)
		n->args[k++] = (struct notice_arg){"measures", .text = h->measures};
}

static const struct err *tell_one(struct db_tx *tx, struct env *e, const struct news *w, const struct telling *t)
{
	const struct hazard *h = w->h;
	struct notice n = {.kind = kind_of(t->kind), .object_id = h->id, .about = h->responsible_id};
	if (!n.kind)
		return ERR(e->a, ERR_BUG, NULL, "no kind of notice hazard.%s", t->kind);
	put_args(e, w, &n);
	/* Mail says nothing of what a hidden reporter reported. */
	n.discreet = t->to == TO_REPORTER && h->anonymity != HAZARD_NAMED;
	if (h->danger && n.kind->topic == NOTICE_TASK)
		n.urgency = NOTICE_AT_ONCE;
	if (t->to >= TO_OFFICE) {
		struct notice_office o = office_of(w, t->to);
		return notice_add_office(tx, e, &o, &n, NULL);
	}
	n.person = person_of(w, t->to);
	return notice_add(tx, e, &n);
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct news *w, const char *act)
{
	for (const struct telling *t = tellings; t->act; t++)
		if (strcmp(t->act, act) == 0 && holds(w, t))
			TRY(tell_one(tx, e, w, t));
	return NULL;
}

const struct err *hazard_tell_report(struct db_tx *tx, struct env *e, const struct hazard *h)
{
	struct news w = {.h = h};
	return tell(tx, e, &w, "report");
}

const struct err *hazard_tell_act(struct db_tx *tx, struct env *e, const char *act, const struct hazard *was, const struct hazard *h,
				  const struct hazard_input *in)
{
	struct news w = {.was = was, .h = h, .in = in};
	TRY(db_i64(tx, &hazard_reporter_is, ARGS(ARG(e->city), ARG(h->id)), 0, &w.reporter.v));
	return tell(tx, e, &w, act);
}

const struct err *hazard_tell_successor(struct db_tx *tx, struct env *e, const struct hazard *h, struct id to)
{
	static const struct telling row = {"hand_over", TO_RESPONSIBLE, "yours_after", ALWAYS};
	struct news w = {.h = h};
	return h->responsible_id.v == to.v ? tell_one(tx, e, &w, &row) : NULL;
}

struct standing { int64_t n_open, n_late; };

const struct err *hazard_standing(struct db_tx *tx, struct env *e, struct id person, struct notice_standing *v, size_t *n)
{
	static const struct shape row[] = {SHAPE(struct standing, n_open, 0), SHAPE(struct standing, n_late, 0), SHAPE_END};
	struct standing k;
	TRY(db_one(tx, &hazard_standing_of, ARGS(ARG(e->city), ARG(e->now), ARG(person)), row, &k));
	v[0] = (struct notice_standing){"notice_hazard_standing_late", "/hazards?todo=1&overdue=1", k.n_late};
	v[1] = (struct notice_standing){"notice_hazard_standing_open", "/hazards?todo=1&sort=deadline", k.n_open};
	*n = 2;
	return NULL;
}
