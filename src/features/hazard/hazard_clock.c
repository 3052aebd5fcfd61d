#include "hazard_clock.h"

#include <string.h>

#define P(post) (1u << (post))
#define HEADS (P(POST_TEAM) | P(POST_WORKSHOP) | P(POST_SAFETY))
#define UNIONS (P(POST_TOWNSHIP) | P(POST_COUNTY) | P(POST_CITY))

static const char *const post_words[] = {"", "responsible", "deputy", "team_head", "workshop_head", "safety_officer", "primary_union",
					 "in_charge", "contact_cadre", "township", "county", "city", NULL};
const struct codes hazard_posts = {"hazard_post", post_words};

static const char *const late_words[] = {"", "receive", "elements", "accept_assignment", "deadline", "check", "close_out", "transfer_answer", "protect", "appeal_decide", "object_look", NULL};
const struct codes hazard_lates = {"hazard_late", late_words};

static const char *const solved_words[] = {"", "post", "team", "workshop", "enterprise", "management", "township", "county", "city", NULL};
const struct codes hazard_solved_levels = {"hazard_solved", solved_words};

const struct shape hazard_clock_row_shape[] = {
	SHAPE(struct hazard_clock, at, 0),
	SHAPE(struct hazard_clock, from_at, 0),
	SHAPE(struct hazard_clock, alarm_at, 0),
	SHAPE(struct hazard_clock, steps, 0),
	SHAPE(struct hazard_clock, alarms, 0),
	SHAPE(struct hazard_clock, informed, 0),
	SHAPE_CODE(struct hazard_clock, post, &hazard_posts),
	SHAPE_CODE(struct hazard_clock, oversight, &hazard_posts),
	SHAPE_END,
};

const struct hazard_clock_row hazard_clocks[] = {
	{.state = HAZARD_REPORTED, .limit = "receive", .posts = HEADS | P(POST_UNION) | P(POST_IN_CHARGE) | P(POST_CONTACT) | UNIONS,
	 .rule = "Received by whoever keeps the ledger where it lies; never waits for the post that it complains of."},
	{.state = HAZARD_REGISTERED, .limit = "elements", .rises = true, .posts = HEADS | P(POST_IN_CHARGE) | UNIONS,
	 .rule = "Assigned by the head of the level that handles it; late, it rises to the next level."},
	{.state = HAZARD_ASSIGNED, .limit = "accept_assignment",
	 .posts = P(POST_RESPONSIBLE) | P(POST_DEPUTY) | HEADS | P(POST_IN_CHARGE) | P(POST_CONTACT) | UNIONS,
	 .rule = "Not taken on: the deputy, the head of the level that handles it, the person in charge, the contact cadre, the unions."},
	{.state = HAZARD_RECTIFYING, .limit = NULL, .grace = true, .rises = true,
	 .posts = P(POST_RESPONSIBLE) | HEADS | P(POST_IN_CHARGE) | UNIONS,
	 .rule = "Past the deadline and the grace it rises one level; at the employer's end the management is informed, then oversight rises "
		 "from union to union and the work stays with the employer."},
	{.state = HAZARD_SUBMITTED, .limit = "check", .posts = HEADS | P(POST_UNION) | P(POST_IN_CHARGE) | P(POST_CONTACT) | UNIONS,
	 .rule = "Checked by the head of the level that handles it, a major one by the person in charge."},
	{.state = HAZARD_ACCEPTED, .limit = "close_out", .posts = P(POST_UNION) | UNIONS,
	 .rule = "Closed out by the keeper of the ledger; no limit unless the campaign sets one."},
	{.state = HAZARD_TRANSFERRED, .limit = "transfer_answer", .posts = P(POST_UNION) | UNIONS,
	 .rule = "Given to somebody outside: the primary union asks for the answer, in working days."},
	{.disputes = 1u << HAZARD_APPEAL | 1u << HAZARD_REVIEW, .limit = "appeal_decide", .posts = UNIONS,
	 .rule = "A refusal that is appealed against, or that goes up by itself: the union above decides, in working days."},
	{.disputes = 1u << HAZARD_OBJECTION, .limit = "object_look", .posts = UNIONS,
	 .rule = "Said not to be put right: the union above looks on the spot, in working days."},
	{0},
};

const struct hazard_alarm hazard_alarms[HAZARD_ALARMS] = {
	{"raise_management", P(POST_IN_CHARGE), "The person in charge."},
	{"raise_union", P(POST_UNION) | P(POST_TOWNSHIP), "The primary union and the township's."},
	{"raise_county", P(POST_COUNTY), "The county's union; its duty telephone stands on the page."},
};

const struct hazard_clock_row *hazard_clock_row_of(const struct hazard *h)
{
	for (const struct hazard_clock_row *r = hazard_clocks; r->rule; r++)
		if (h->dispute ? r->disputes >> h->dispute & 1 : r->state == h->state)
			return r;
	return NULL;
}

bool hazard_clock_runs(const struct hazard *h)
{
	return hazard_is_open(h) || h->dispute;
}

const char *hazard_clock_wait(const struct hazard_clock_row *row, uint32_t post)
{
	if (post >= POST_TOWNSHIP)
		return "oversight_next";
	if (!row->rises)
		return "pass_on";
	return post == POST_IN_CHARGE ? "management_plan" : "raise_next";
}

bool hazard_alarm_runs(const struct hazard *h)
{
	return h->danger && !h->protected_at.ms && hazard_is_open(h);
}

/* ---- one post after the other --------------------------------------------------------- */

static uint32_t head_of(uint32_t handling_level)
{
	return handling_level == HAZARD_AT_ENTERPRISE ? POST_SAFETY : handling_level == HAZARD_AT_WORKSHOP ? POST_WORKSHOP : POST_TEAM;
}

static uint32_t complained_of(const struct hazard *h)
{
	static const uint32_t posts[] = {0, POST_TEAM, POST_WORKSHOP, POST_SAFETY, POST_IN_CHARGE};
	return h->against < sizeof(posts) / sizeof(posts[0]) ? posts[h->against] : 0;
}

static bool has_post(const struct hazard_clock_row *row, const struct hazard *h, uint32_t post)
{
	if (!(row->posts >> post & 1))
		return false;
	if (row->state == HAZARD_REPORTED)
		return post != complained_of(h);
	bool is_head = P(post) & HEADS;
	/* A major one is assigned and judged at the employer's end; what is below the level that handles it is no longer asked. */
	if (h->level == HAZARD_MAJOR && row->state == HAZARD_SUBMITTED)
		return !is_head && post != POST_UNION;
	return !is_head || post >= (h->level == HAZARD_MAJOR ? POST_SAFETY : head_of(h->handling_level));
}

uint32_t hazard_clock_first(const struct hazard *h)
{
	return hazard_clock_after(h, 0);
}

uint32_t hazard_clock_after(const struct hazard *h, uint32_t post)
{
	const struct hazard_clock_row *row = hazard_clock_row_of(h);
	/* Of the heads one is asked to find out why nobody took it. */
	if (row && row->state == HAZARD_ASSIGNED && post && (P(post) & HEADS))
		post = POST_SAFETY;
	/* It was late at the level that handles it: that one's head is no step up. */
	uint32_t least = row && row->state == HAZARD_RECTIFYING && post == POST_RESPONSIBLE ? head_of(h->handling_level) : 0;
	for (uint32_t next = post + 1; row && next < POST_COUNT; next++)
		if (next > least && has_post(row, h, next))
			return next;
	return 0;
}

/* ---- times -------------------------------------------------------------------------- */

enum { DAY_MS = 24 * 60 * 60 * 1000 };

bool hazard_clock_is_same(const struct hazard *was, const struct hazard *h)
{
	return was->state == h->state && was->dispute == h->dispute && was->disputed_at.ms == h->disputed_at.ms && was->state_at.ms == h->state_at.ms && was->deadline.ymd == h->deadline.ymd &&
	       was->level == h->level && was->handling_level == h->handling_level && was->on_spot == h->on_spot &&
	       was->danger == h->danger && was->suspended_at.ms == h->suspended_at.ms && was->paused_ms == h->paused_ms &&
	       was->chased_at.ms == h->chased_at.ms && was->responsible_id.v == h->responsible_id.v && was->deputy_id.v == h->deputy_id.v;
}

static struct instant plus(const struct workdays *w, struct limit l, struct instant from)
{
	return l.has && from.ms ? campaign_due(w, l, from) : from;
}

/* A campaign without the limit: a day. */
static struct instant after_wait(const struct workdays *w, struct limit l, struct instant from)
{
	return l.has ? campaign_due(w, l, from) : INSTANT(from.ms + DAY_MS);
}

/* A deadline is over at midnight: days of grace count from the day that has just ended. */
static struct instant with_grace(const struct workdays *w, struct limit l, struct instant due)
{
	bool days = str_is(l.unit, "day") || str_is(l.unit, "workday");
	return plus(w, l, INSTANT(due.ms - days));
}

struct instant hazard_clock_stage_at(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w,
				     const struct hazard_clock *c)
{
	const struct hazard_clock_row *row = hazard_clock_row_of(h);
	struct instant limit = row && row->disputes ? plus(w, l->decide, h->disputed_at) : h->due_at;
	if (!row || !limit.ms || !c->post || !hazard_clock_after(h, c->post))
		return INSTANT(0);
	if (c->steps > 0)
		return after_wait(w, l->wait, c->from_at);
	struct instant due = row->grace ? with_grace(w, l->grace, limit) : limit;
	/* Begun when it was late already: whoever has it now has the time of a step. */
	return due.ms <= c->from_at.ms ? after_wait(w, l->wait, c->from_at) : due;
}

struct instant hazard_clock_alarm_at(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w,
				     const struct hazard_clock *c)
{
	if (!hazard_alarm_runs(h) || c->alarms >= HAZARD_ALARMS)
		return INSTANT(0);
	return plus(w, l->alarms[c->alarms], c->alarm_at);
}

void hazard_clock_set(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w, struct hazard_clock *c)
{
	struct instant stage = hazard_clock_stage_at(h, l, w, c), alarm = hazard_clock_alarm_at(h, l, w, c);
	c->at = !alarm.ms || (stage.ms && stage.ms < alarm.ms) ? stage : alarm;
}

void hazard_clock_begin(const struct hazard *h, const struct hazard_clock_limits *l, const struct workdays *w, struct instant now,
			struct hazard_clock *c)
{
	c->from_at = now;
	c->alarm_at = c->alarm_at.ms ? c->alarm_at : now;
	c->steps = 0;
	c->post = hazard_clock_first(h);
	hazard_clock_set(h, l, w, c);
}

bool hazard_clock_rises(const struct hazard_clock_row *row, uint32_t post)
{
	return row->rises || post >= POST_TOWNSHIP;
}

void hazard_clock_pass(const struct hazard_clock_row *row, uint32_t post, struct instant now, struct hazard *h, struct hazard_clock *c)
{
	c->steps++;
	c->from_at = now;
	c->post = post;
	if (post >= POST_TOWNSHIP && post > c->oversight)
		c->oversight = post;
	if (!row->rises)
		return;
	if (post == POST_IN_CHARGE) {
		c->informed++;
		h->management_informed_at = now;
	}
	uint32_t level = post >= POST_SAFETY ? HAZARD_AT_ENTERPRISE : post == POST_WORKSHOP ? HAZARD_AT_WORKSHOP : HAZARD_AT_TEAM;
	if (level > h->handling_level)
		h->handling_level = level;
}

const char *hazard_solved_level(const struct hazard *h, const struct hazard_clock *c)
{
	if (c->oversight)
		return codes_word(&hazard_posts, c->oversight);
	return c->informed ? "management" : codes_word(&hazard_handlings, h->handling_level);
}

/* ---- the table as a document ------------------------------------------------------------ */

static void add_posts(struct sb *out, uint32_t posts)
{
	const char *sep = "";
	for (uint32_t p = 1; p < POST_COUNT; p++)
		if (posts >> p & 1) {
			sb_fmt(out, "%s`%s`", sep, codes_word(&hazard_posts, p));
			sep = " → ";
		}
}

void hazard_clock_doc(struct sb *out)
{
	sb_addz(out, "# Clocks of hidden dangers\n\nPrinted from `hazard_clocks[]` in `src/features/hazard/hazard_clock.c`; do not edit.\n\n"
		     "The limits are the campaign's (class and what). After the first limit each further post has `pass_on`, of a rise `raise_next`, "
		     "after the person in charge `management_plan`, after a union `oversight_next`. A post that nobody holds is passed over.\n\n"
		     "| state | limit | grace | a step | who has the wait, one after the other | rule |\n|---|---|---|---|---|---|\n");
	for (const struct hazard_clock_row *r = hazard_clocks; r->rule; r++) {
		sb_fmt(out, "| %s%s%s | %s%s%s | %s | %s | ", r->state ? "`" : "", r->state ? codes_word(&hazard_states, r->state) : "disputed",
		       r->state ? "`" : "", r->limit ? "`" : "", r->limit ? r->limit : "its deadline",
		       r->limit ? "`" : "", r->grace ? "`raise_grace`" : "–", r->rises ? "rises one level" : "passes on");
		add_posts(out, r->posts);
		sb_fmt(out, " | %s |\n", r->rule);
	}
	sb_addz(out, "\n## Danger to life\n\nBesides the clock of the state, at any hour, until protection is recorded; each from the report on.\n\n"
		     "| limit | who is called | rule |\n|---|---|---|\n");
	for (size_t i = 0; i < HAZARD_ALARMS; i++) {
		sb_fmt(out, "| `danger` `%s` | ", hazard_alarms[i].limit);
		add_posts(out, hazard_alarms[i].posts);
		sb_fmt(out, " | %s |\n", hazard_alarms[i].rule);
	}
}
