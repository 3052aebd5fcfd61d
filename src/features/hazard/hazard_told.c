#include "hazard_told.h"

#include "day.h"
#include "hazard_clock_model.h"
#include "hazard_perms.h"

const struct doc_part hazard_told_parts[] = {
	DOC_NAME("next_text"), DOC_NAME("holder_label"), DOC_NAME("by"), DOC_NAME("is_late"), DOC_NAME("refusal_label"), DOC_NAME("refusal_reason"),
	DOC_NAME("can_appeal"), DOC_NAME("appeal_until"), DOC_NAME("can_object"), DOC_NAME("object_until"), DOC_NAME("thanks"),
	DOC_NAME("done_text"), DOC_NAME("done_on"), DOC_NAME("was_upheld"), DOC_END};

static void put_day(json_t *j, const char *name, struct instant end)
{
	if (end.ms)
		doc_day(j, name, instant_day(INSTANT(end.ms - 1)));
	else
		doc_set(j, name, json_null());
}

/* The end of an office's limit that began at `from`; 0 where the campaign says none. */
static const struct err *office_end(struct db_tx *tx, int64_t city, const struct hazard *h, const char *what, struct instant from,
				    struct instant *out)
{
	struct limit l = {0};
	struct workdays *w = NULL;
	*out = INSTANT(0);
	if (!h->campaign_id.v || !from.ms)
		return NULL;
	TRY(campaign_limit(tx, city, h->campaign_id, "any", what, &l));
	TRY(campaign_workdays(tx, city, &w));
	*out = l.has ? campaign_due(w, l, from) : INSTANT(0);
	return NULL;
}

/* Who has it, in words of the post that the wait has come to; what is disputed lies with the union above. */
static const struct err *holder(struct db_tx *tx, struct call *c, const struct hazard *h, const char *word, struct str *out)
{
	struct hazard_wait w = {0};
	if (!h->dispute && hazard_is_open(h) && h->state != HAZARD_TRANSFERRED)
		TRY(hazard_wait_of(tx, c->city, h, instant_day(c->env.now), &w));
	/* Before anybody was late it is the state's own people, which says more than the first of them. */
	bool has_passed = w.clock.steps > 0 && w.post;
	*out = has_passed ? call_label(c, &hazard_posts, codes_word(&hazard_posts, w.post)) :
			    call_text(c, str_fmt(c->a, "told_holder_%s", word).p);
	return NULL;
}

static const struct err *put_turn(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *j)
{
	const char *word = h->dispute ? "disputed" : codes_word(&hazard_states, h->state);
	bool is_told = h->dispute || (hazard_is_open(h) && h->state != HAZARD_CLOSED_OUT);
	struct instant due = h->due_at;
	if (h->dispute)
		TRY(office_end(tx, c->city, h, h->dispute == HAZARD_OBJECTION ? "object_look" : "appeal_decide", h->disputed_at, &due));
	struct str who = STR("");
	if (is_told)
		TRY(holder(tx, c, h, word, &who));
	doc_str(j, "holder_label", who);
	doc_str(j, "next_text", call_text(c, str_fmt(c->a, "told_next_%s", word).p));
	put_day(j, "by", is_told ? due : INSTANT(0));
	doc_bool(j, "is_late", is_told && due.ms && due.ms <= c->env.now.ms);
	return NULL;
}

/* Once about what stands there, and while the limit runs: as guard_appeal() and guard_object() have it. */
static const struct err *put_ways(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *j)
{
	bool refused = h->state == HAZARD_NOT_HAZARD, done = h->state == HAZARD_ACCEPTED || h->state == HAZARD_CLOSED_OUT;
	bool is_asked = h->dispute || h->disputed_at.ms > h->state_at.ms;
	struct instant appeal = INSTANT(0), object = INSTANT(0);
	if (refused)
		TRY(office_end(tx, c->city, h, "appeal", h->state_at, &appeal));
	if (done)
		TRY(office_end(tx, c->city, h, "object", h->state_at, &object));
	doc_bool(j, "can_appeal", refused && !is_asked && (!appeal.ms || appeal.ms > c->env.now.ms));
	doc_bool(j, "can_object", done && !is_asked && (!object.ms || object.ms > c->env.now.ms));
	put_day(j, "appeal_until", appeal);
	put_day(j, "object_until", object);
	doc_bool(j, "was_upheld", (refused || done) && !h->dispute && h->disputed_at.ms > h->state_at.ms);
	doc_str(j, "refusal_label", refused && h->refusal_code ? call_label(c, &hazard_refusals, codes_word(&hazard_refusals, h->refusal_code)) :
								  STR(""));
	doc_str(j, "refusal_reason", refused ? h->refusal_reason : STR(""));
	return NULL;
}

static void put_thanks(struct call *c, const struct hazard *h, json_t *j)
{
	bool is_closed = h->state == HAZARD_CLOSED_OUT;
	const char *key = h->level == HAZARD_MAJOR || h->danger ? "told_thanks_danger" : "told_thanks";
	doc_str(j, "thanks", is_closed ? call_text(c, key) : STR(""));
	doc_str(j, "done_text", is_closed ? h->submit_text : STR(""));
	put_day(j, "done_on", is_closed ? h->submitted_at : INSTANT(0));
}

const struct err *hazard_put_told(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *j)
{
	TRY(put_turn(tx, c, h, j));
	TRY(put_ways(tx, c, h, j));
	put_thanks(c, h, j);
	return NULL;
}

const struct err *hazard_put_told_of(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	unsigned parties;
	TRY(hazard_parties(tx, c->city, h, c->actor->person_id, &parties));
	if ((parties & PARTY_REPORTER) && !may(c->actor, &perm_hazard_read, h->unit_path))
		return hazard_put_told(tx, c, h, doc_sub(c->page, "told"));
	doc_set(c->page, "told", json_null());
	return NULL;
}
