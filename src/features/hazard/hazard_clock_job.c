/* What is due is done: one step a due moment, in a transaction of its own that looks at the row again, so that two servers, a retry and a clock
 * that jumps find it done. After a standstill each has one step and the next post its full time; only the alarms of danger to life are
 * all made up for (docs/decisions/0036-a-step-a-due-moment.md).
 */
#include "day.h"
#include "event.h"
#include "hazard_clock_model.h"
#include "hazard_clock_tell.h"
#include "hazard_sql.h"
#include "log.h"

#include <string.h>

enum { BATCH = 100, BATCHES_A_RUN = 10, ALARMS_AT_ONCE = HAZARD_ALARMS + 1 };

struct due_row {
	struct id hazard_id;
	struct instant at;
};
static const struct shape due_shape[] = {SHAPE(struct due_row, hazard_id, 0), SHAPE(struct due_row, at, 0), SHAPE_END};

struct stepping {
	struct id id;
	bool again;      /* something else of it is due */
	int64_t done;
};

/* ---- one ---------------------------------------------------------------------------- */

/* The minute of an alarm or of a late receipt tells the minute of the report, which is a field right. */
static struct str due_text(struct arena *a, const struct hazard *h, struct instant due)
{
	struct instant last = INSTANT(due.ms - 1);
	return h->state == HAZARD_REPORTED ? day_text(a, instant_day(last)) : instant_short(a, due);
}

static const struct err *append(struct db_tx *tx, struct env *e, const struct hazard *h, struct event *ev, uint32_t post, struct instant due)
{
	ev->object_kind = "hazard";
	ev->object_id = h->id;
	ev->unit_id = h->unit_id;
	event_plain(ev, "waits_for", str_of(codes_word(&hazard_posts, post)));
	event_plain(ev, "due", due_text(e->a, h, due));
	return event_append(tx, e, ev);
}

static const struct err *ring(struct db_tx *tx, struct env *e, const struct hazard *h, struct hazard_clock *c, struct instant due)
{
	const struct hazard_alarm *alarm = &hazard_alarms[c->alarms++];
	for (uint32_t post = 1; post < POST_COUNT; post++) {
		struct event ev = {.act = "alarm"};
		uint32_t held = post;
		struct hazard_holder *v;
		size_t n;
		if (!(alarm->posts >> post & 1))
			continue;
		/* Nobody there: the next one above hears it. */
		for (n = 0; held < POST_COUNT && !n; held += !n)
			TRY(hazard_holders_of(tx, e->city, h, held, instant_day(e->now), &v, &n));
		if (!n)
			continue;
		event_plain(&ev, "late", STR("protect"));
		TRY(append(tx, e, h, &ev, held, due));
		TRY(hazard_tell_alarm(tx, e, h, v, n));
	}
	return NULL;
}

static const struct err *save_rise(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h)
{
	if (was->handling_level == h->handling_level && was->management_informed_at.ms == h->management_informed_at.ms)
		return NULL;
	return db_change(tx, &hazard_rise, ARGS(ARG(e->city), ARG(h->id), ARG(h->version), ARG_CODE(hazard_handlings, h->handling_level),
						ARG(e->now), ARG(h->management_informed_at)));
}

static const struct err *pass_event(struct db_tx *tx, struct env *e, const struct hazard_clock_row *row, const struct hazard *was,
				    const struct hazard *h, const struct hazard_clock *c, struct instant due)
{
	struct event ev = {.act = hazard_clock_rises(row, c->post) ? "rise" : "pass_on"};
	event_plain(&ev, "late", str_of(row->limit ? row->limit : "deadline"));
	if (was->handling_level != h->handling_level)
		event_plain(&ev, "handling_level", str_of(codes_word(&hazard_handlings, h->handling_level)));
	return append(tx, e, h, &ev, c->post, due);
}

/* To the next post that somebody holds; where nobody is above, who has it keeps it. */
static const struct err *pass(struct db_tx *tx, struct env *e, const struct hazard *was, struct hazard_clock *c, struct instant due)
{
	const struct hazard_clock_row *row = hazard_clock_row_of(was);
	struct day today = instant_day(e->now);
	struct hazard h = *was;
	struct hazard_holder *before, *after;
	struct hazard_passing told = {.late = row->limit ? row->limit : "deadline"};
	uint32_t from, to;
	TRY(hazard_chain_from(tx, e->city, was, c->post, today, &from, &before, &told.n_from));
	c->post = from ? from : c->post;
	TRY(hazard_chain_from(tx, e->city, was, hazard_clock_after(was, c->post), today, &to, &after, &told.n_to));
	if (!to) {
		c->steps++;
		c->from_at = e->now;
		return NULL;
	}
	hazard_clock_pass(row, to, e->now, &h, c);
	TRY(save_rise(tx, e, was, &h));
	TRY(pass_event(tx, e, row, was, &h, c, due));
	told.from = before;
	told.to = after;
	told.post = to;
	told.rises = hazard_clock_rises(row, to);
	return hazard_tell_passing(tx, e, &h, &told);
}

/* Nobody had a chance to act while the clock stood ahead: time counts from now. */
static const struct err *pull_back(struct db_tx *tx, struct env *e, struct hazard *h, struct hazard_clock *c)
{
	struct instant latest = INSTANT(e->now.ms + CLOCK_AHEAD_MS);
	if (c->from_at.ms > latest.ms)
		c->from_at = e->now;
	if (c->alarm_at.ms > latest.ms)
		c->alarm_at = e->now;
	if (h->state_at.ms <= latest.ms)
		return NULL;
	h->state_at = e->now;
	TRY(hazard_due_now(tx, e->city, h, &h->due_at));
	TRY(db_change(tx, &hazard_pull, ARGS(ARG(e->city), ARG(h->id), ARG(h->version), ARG(h->state_at), ARG(h->due_at))));
	h->version++;
	return NULL;
}

static const struct err *step(struct db_tx *tx, struct env *e, const struct hazard *h, struct hazard_clock *c, struct stepping *s)
{
	struct hazard_clock_limits l;
	struct workdays *w;
	TRY(hazard_clock_limits_of(tx, e->city, h, c, &l, &w));
	struct instant alarm = hazard_clock_alarm_at(h, &l, w, c), stage = hazard_clock_stage_at(h, &l, w, c);
	if (alarm.ms && alarm.ms <= e->now.ms) {
		TRY(ring(tx, e, h, c, alarm));
		s->done++;
	} else if (stage.ms && stage.ms <= e->now.ms) {
		TRY(pass(tx, e, h, c, stage));
		s->done++;
	}
	return NULL;
}

static const struct err *step_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct stepping *s = ctx;
	struct hazard h;
	struct hazard_clock c;
	struct hazard_clock_limits l;
	struct workdays *w;
	bool found, ahead;
	s->again = false;
	s->done = 0;
	TRY(hazard_clock_get(tx, e->city, s->id, &c, &found));
	ahead = c.from_at.ms > e->now.ms + CLOCK_AHEAD_MS;
	if (!found || (!ahead && (!c.at.ms || c.at.ms > e->now.ms)))
		return NULL;
	TRY(hazard_get(tx, e->city, s->id, &h));
	TRY(pull_back(tx, e, &h, &c));
	if (c.steps < 0)
		TRY(hazard_clock_start(tx, e->city, &h, e->now, &c));
	else
		TRY(step(tx, e, &h, &c, s));
	/* Anew: another post has another limit. */
	TRY(hazard_get(tx, e->city, s->id, &h));
	TRY(hazard_clock_limits_of(tx, e->city, &h, &c, &l, &w));
	hazard_clock_set(&h, &l, w, &c);
	s->again = c.at.ms && c.at.ms <= e->now.ms;
	return hazard_clock_update_row(tx, e->city, s->id, &c);
}

/* ---- all that is due ------------------------------------------------------------------- */

struct reading {
	struct due_row after;
	struct instant ahead_of;  /* > 0: those that a clock ahead has written */
	struct due_row v[BATCH];
	size_t n;
	struct id last; /* of a rebuild */
};

static const struct err *read_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reading *r = ctx;
	void *rows = NULL;
	struct args args = ARGS(ARG(e->city), ARG(r->after.at), ARG(e->now), ARG(r->after.hazard_id), arg_i64(BATCH));
	struct args ahead = ARGS(ARG(e->city), ARG(r->ahead_of), arg_i64(BATCH));
	TRY(db_all(tx, r->ahead_of.ms ? &hazard_clock_ahead : &hazard_clock_due, r->ahead_of.ms ? ahead : args, due_shape, sizeof(struct due_row),
		   &rows, &r->n));
	if (r->n)
		memcpy(r->v, rows, r->n * sizeof(struct due_row));
	return NULL;
}

/* One that cannot be done now holds up no other. */
static void do_one(struct env *e, struct id id)
{
	struct stepping s = {.id = id, .again = true};
	for (int i = 0; i < ALARMS_AT_ONCE && s.again; i++) {
		const struct err *bad = env_write_apart(e, step_one, &s);
		if (bad) {
			log_line(LOG_LEVEL_WARN, "hazard_clock", "hazard", str_fmt(e->a, "%lld", (long long)id.v).p, "detail",
				 str_z(e->a, bad->detail), NULL);
			return;
		}
	}
}

static const struct err *do_batches(struct env *e, struct reading *r)
{
	for (int i = 0; i < BATCHES_A_RUN; i++) {
		struct arena_mark mark = arena_mark(e->a);
		TRY(env_read(e, read_batch, r));
		for (size_t k = 0; k < r->n; k++)
			do_one(e, r->v[k].hazard_id);
		if (r->n)
			r->after = r->v[r->n - 1];
		arena_rewind(e->a, mark);
		if (r->n < BATCH)
			return NULL;
	}
	return NULL;
}

const struct err *hazard_clock_job(struct env *e, struct str payload)
{
	struct reading due = {.after = {.at = INSTANT(0)}}, ahead = {.ahead_of = INSTANT(e->now.ms + CLOCK_AHEAD_MS)};
	(void)payload;
	TRY(do_batches(e, &ahead));
	return do_batches(e, &due);
}

/* ---- those that the job never saw ---------------------------------------------------------------- */

static const struct err *take_on(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reading *r = ctx;
	void *rows = NULL;
	struct hazard h;
	TRY(db_all(tx, &hazard_clock_open, ARGS(ARG(e->city), ARG(r->last), arg_i64(BATCH)), due_shape, sizeof(struct due_row), &rows, &r->n));
	const struct due_row *v = rows;
	for (size_t i = 0; i < r->n; i++) {
		struct arena_mark mark = arena_mark(db_arena(tx));
		struct hazard_clock c = {0};
		bool found;
		TRY(hazard_get(tx, e->city, v[i].hazard_id, &h));
		TRY(hazard_clock_get(tx, e->city, h.id, &c, &found));
		if (!found)
			TRY(hazard_clock_loaded(tx, e->city, &h));
		else if (c.steps == 0) {
			c.at = INSTANT(1);
			c.alarm_at = INSTANT(0);
			c.steps = -1;
			c.post = 0;
			TRY(hazard_clock_update_row(tx, e->city, h.id, &c));
		}
		arena_rewind(db_arena(tx), mark);
	}
	if (r->n)
		r->last = v[r->n - 1].hazard_id;
	return NULL;
}

const struct err *hazard_clock_rebuild(struct env *e)
{
	struct reading r = {.n = BATCH};
	while (r.n == BATCH)
		TRY(env_write_apart(e, take_on, &r));
	return NULL;
}
