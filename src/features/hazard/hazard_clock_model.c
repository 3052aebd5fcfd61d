#include "hazard_clock_model.h"

#include "hazard_sql.h"

#include <string.h>

const struct err *hazard_clock_get(struct db_tx *tx, int64_t city, struct id hazard, struct hazard_clock *out, bool *found)
{
	*out = (struct hazard_clock){0};
	return db_find(tx, &hazard_clock_of, ARGS(ARG(city), ARG(hazard)), hazard_clock_row_shape, out, found);
}

#define CLOCK_ARGS(c)                                                                                                                    \
	ARG((c)->at), ARG((c)->from_at), ARG((c)->alarm_at), ARG((c)->steps), ARG((c)->alarms), ARG((c)->informed),                       \
		ARG_CODE(hazard_posts, (c)->post), ARG_CODE(hazard_posts, (c)->oversight)

const struct err *hazard_clock_insert_row(struct db_tx *tx, int64_t city, struct id hazard, const struct hazard_clock *c)
{
	return db_exec(tx, &hazard_clock_insert, ARGS(ARG(city), ARG(hazard), CLOCK_ARGS(c)), NULL);
}

const struct err *hazard_clock_update_row(struct db_tx *tx, int64_t city, struct id hazard, const struct hazard_clock *c)
{
	return db_change(tx, &hazard_clock_update, ARGS(ARG(city), ARG(hazard), CLOCK_ARGS(c)));
}

/* Only working days look into the calendar, which takes longer to read than all else here. */
static const struct err *read_limit(struct db_tx *tx, int64_t city, const struct hazard *h, const char *class_, const char *what, struct limit *to,
				    struct workdays **w)
{
	TRY(campaign_limit(tx, city, h->campaign_id, class_, what, to));
	return !*w && str_is(to->unit, "workday") ? campaign_workdays(tx, city, w) : NULL;
}

const struct err *hazard_clock_limits_of(struct db_tx *tx, int64_t city, const struct hazard *h, const struct hazard_clock *c,
					 struct hazard_clock_limits *l, struct workdays **w)
{
	const struct hazard_clock_row *row = hazard_clock_row_of(h);
	*l = (struct hazard_clock_limits){0};
	*w = NULL;
	if (!row || !h->campaign_id.v)
		return NULL;
	if (row->grace && !h->danger)
		TRY(read_limit(tx, city, h, hazard_rectify_class(h), "raise_grace", &l->grace, w));
	if (row->disputes)
		TRY(read_limit(tx, city, h, "any", row->limit, &l->decide, w));
	if (c->steps > 0 || row->disputes || h->due_at.ms <= c->from_at.ms)
		TRY(read_limit(tx, city, h, hazard_class(h), hazard_clock_wait(row, c->post), &l->wait, w));
	for (size_t i = 0; i < HAZARD_ALARMS && hazard_alarm_runs(h); i++)
		TRY(read_limit(tx, city, h, "danger", hazard_alarms[i].limit, &l->alarms[i], w));
	return NULL;
}

const struct err *hazard_clock_start(struct db_tx *tx, int64_t city, const struct hazard *h, struct instant now, struct hazard_clock *c)
{
	struct hazard_clock_limits l;
	struct workdays *w;
	struct hazard_clock first = *c;
	first.steps = 0;
	first.from_at = now;
	first.post = hazard_clock_first(h);
	TRY(hazard_clock_limits_of(tx, city, h, &first, &l, &w));
	hazard_clock_begin(h, &l, w, now, c);
	return NULL;
}

const struct err *hazard_clock_report(struct db_tx *tx, struct env *e, const struct hazard *h)
{
	struct hazard_clock c = {0};
	TRY(hazard_clock_start(tx, e->city, h, e->now, &c));
	return hazard_clock_insert_row(tx, e->city, h->id, &c);
}

const struct err *hazard_clock_loaded(struct db_tx *tx, int64_t city, const struct hazard *h)
{
	struct hazard_clock c = {.at = INSTANT(1), .from_at = h->state_at, .steps = -1};
	return hazard_clock_runs(h) ? hazard_clock_insert_row(tx, city, h->id, &c) : NULL;
}

static const struct err *end(struct db_tx *tx, int64_t city, const struct hazard *was, const struct hazard *h, const struct hazard_clock *c)
{
	TRY(db_exec(tx, &hazard_clock_delete, ARGS(ARG(city), ARG(h->id)), NULL));
	if (h->state != HAZARD_CLOSED_OUT || was->state == h->state)
		return NULL;
	struct str level = str_of(hazard_solved_level(h, c));
	return db_change(tx, &hazard_solved_set, ARGS(ARG(city), ARG(h->id), ARG(level)));
}

/* Reopened: nothing was solved after all. Disputed: nobody knows yet. */
static const struct err *reopen(struct db_tx *tx, struct env *e, const struct hazard *h)
{
	struct str none = STR("");
	if (hazard_is_open(h))
		TRY(db_change(tx, &hazard_solved_set, ARGS(ARG(e->city), ARG(h->id), ARG(none))));
	return hazard_clock_report(tx, e, h);
}

const struct err *hazard_clock_follow(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h)
{
	struct hazard_clock c;
	bool found;
	TRY(hazard_clock_get(tx, e->city, h->id, &c, &found));
	if (!hazard_clock_runs(h))
		return found ? end(tx, e->city, was, h, &c) : NULL;
	if (!found)
		return reopen(tx, e, h);
	if (c.steps < 0 || !hazard_clock_is_same(was, h) || was->due_at.ms != h->due_at.ms) {
		TRY(hazard_clock_start(tx, e->city, h, e->now, &c));
		return hazard_clock_update_row(tx, e->city, h->id, &c);
	}
	if (hazard_alarm_runs(was) == hazard_alarm_runs(h))
		return NULL;
	struct hazard_clock_limits l;
	struct workdays *w;
	TRY(hazard_clock_limits_of(tx, e->city, h, &c, &l, &w));
	hazard_clock_set(h, &l, w, &c);
	return hazard_clock_update_row(tx, e->city, h->id, &c);
}

struct solved {
	struct str solved_level;
};
static const struct shape solved_row[] = {SHAPE(struct solved, solved_level, 0), SHAPE_END};

const struct err *hazard_wait_of(struct db_tx *tx, int64_t city, const struct hazard *h, struct day today, struct hazard_wait *out)
{
	bool found;
	struct solved solved = {0};
	*out = (struct hazard_wait){0};
	TRY(hazard_clock_get(tx, city, h->id, &out->clock, &found));
	if (!hazard_clock_runs(h)) {
		TRY(db_one(tx, &hazard_solved_of, ARGS(ARG(city), ARG(h->id)), solved_row, &solved));
		out->solved_level = solved.solved_level;
		return NULL;
	}
	uint32_t from = out->clock.post ? out->clock.post : hazard_clock_first(h);
	return hazard_chain_from(tx, city, h, from, today, &out->post, &out->holders, &out->n);
}
