#include "campaign_model.h"

#include "campaign_sql.h"
#include "day.h"
#include "event.h"

const struct shape campaign_row[] = {
	SHAPE(struct campaign, id, 0),
	SHAPE(struct campaign, code, 0),
	SHAPE(struct campaign, name, 0),
	SHAPE(struct campaign, theme, 0),
	SHAPE(struct campaign, year, 0),
	SHAPE(struct campaign, notice_number, 0),
	SHAPE(struct campaign, begins_on, 0),
	SHAPE(struct campaign, ends_on, 0),
	SHAPE(struct campaign, anonymous_allowed, 0),
	SHAPE(struct campaign, violations_counted, 0),
	SHAPE(struct campaign, version, 0),
	SHAPE_END,
};

const struct shape campaign_shape[] = {
	SHAPE(struct campaign, id, 0),
	SHAPE(struct campaign, code, 0),
	SHAPE(struct campaign, name, 0),
	SHAPE(struct campaign, theme, 0),
	SHAPE(struct campaign, year, 0),
	SHAPE(struct campaign, notice_number, 0),
	SHAPE(struct campaign, begins_on, 0),
	SHAPE(struct campaign, ends_on, 0),
	SHAPE(struct campaign, anonymous_allowed, 0),
	SHAPE(struct campaign, violations_counted, 0),
	SHAPE(struct campaign, version, 0),
	SHAPE_END,
};

const struct shape campaign_window_shape[] = {
	SHAPE(struct campaign_window, code, 0),
	SHAPE(struct campaign_window, name, 0),
	SHAPE(struct campaign_window, from_on, 0),
	SHAPE(struct campaign_window, to_on, 0),
	SHAPE_END,
};

const struct shape campaign_period_shape[] = {
	SHAPE(struct campaign_period, code, 0),
	SHAPE(struct campaign_period, from_on, 0),
	SHAPE(struct campaign_period, to_on, 0),
	SHAPE(struct campaign_period, due_on, 0),
	SHAPE(struct campaign_period, is_optional, 0),
	SHAPE_END,
};

const struct shape campaign_cutoff_shape[] = {
	SHAPE(struct campaign_cutoff, level, 0),
	SHAPE(struct campaign_cutoff, cutoff_day, 0),
	SHAPE(struct campaign_cutoff, cutoff_time, 0),
	SHAPE(struct campaign_cutoff, due_day, 0),
	SHAPE_END,
};

const struct shape campaign_clock_shape[] = {
	{.name = "class", .type = SHAPE_T_STR, .off = offsetof(struct campaign_clock, class_)},
	SHAPE(struct campaign_clock, what, 0),
	SHAPE(struct campaign_clock, amount, 0),
	SHAPE(struct campaign_clock, unit, 0),
	SHAPE(struct campaign_clock, source, 0),
	SHAPE_END,
};

static const struct shape limit_row[] = {
	SHAPE(struct limit, amount, 0),
	SHAPE(struct limit, unit, 0),
	SHAPE_END,
};

/* ---- reading --------------------------------------------------------------- */

const struct err *campaign_by_id(struct db_tx *tx, int64_t city, struct id id, struct campaign *out)
{
	return db_one(tx, &campaign_with_id, ARGS(ARG(city), ARG(id)), campaign_row, out);
}

const struct err *campaign_on(struct db_tx *tx, int64_t city, struct day d, struct campaign *out)
{
	bool found;
	TRY(db_find(tx, &campaign_of_day, ARGS(ARG(city), ARG_DAY(d)), campaign_row, out, &found));
	if (found)
		return NULL;
	return db_one(tx, &campaign_before_day, ARGS(ARG(city), ARG_DAY(d)), campaign_row, out);
}

const struct err *campaign_list(struct db_tx *tx, int64_t city, struct campaign **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &campaign_all, ARGS(ARG(city)), campaign_row, sizeof(struct campaign), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *campaign_windows(struct db_tx *tx, int64_t city, struct id campaign, struct campaign_window **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &campaign_window_rows, ARGS(ARG(city), ARG(campaign)), campaign_window_shape, sizeof(struct campaign_window), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *campaign_periods(struct db_tx *tx, int64_t city, struct id campaign, struct campaign_period **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &campaign_period_rows, ARGS(ARG(city), ARG(campaign)), campaign_period_shape, sizeof(struct campaign_period), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *campaign_open_from(struct db_tx *tx, int64_t city, struct day today, struct day *out)
{
	struct campaign_period p = {.from_on = today};
	bool found;
	TRY(db_find(tx, &campaign_period_open, ARGS(ARG(city), ARG_DAY(today), ARG_DAY(today)), campaign_period_shape, &p, &found));
	*out = p.from_on;
	return NULL;
}

const struct err *campaign_whole(struct db_tx *tx, int64_t city, struct id id, struct campaign_whole *out)
{
	void *cutoffs, *clocks;
	*out = (struct campaign_whole){0};
	TRY(campaign_by_id(tx, city, id, &out->campaign));
	TRY(campaign_windows(tx, city, id, &out->windows, &out->n_windows));
	TRY(campaign_periods(tx, city, id, &out->periods, &out->n_periods));
	TRY(db_all(tx, &campaign_cutoffs, ARGS(ARG(city), ARG(id)), campaign_cutoff_shape, sizeof(struct campaign_cutoff), &cutoffs,
		   &out->n_cutoffs));
	TRY(db_all(tx, &campaign_limits, ARGS(ARG(city), ARG(id)), campaign_clock_shape, sizeof(struct campaign_clock), &clocks,
		   &out->n_clocks));
	out->cutoffs = cutoffs;
	out->clocks = clocks;
	return NULL;
}

const struct err *campaign_limit(struct db_tx *tx, int64_t city, struct id campaign, const char *class_, const char *what,
				 struct limit *out)
{
	const char *const classes[] = {class_, "any"};
	*out = (struct limit){0};
	for (size_t i = 0; i < 2 && !out->has; i++)
		TRY(db_find(tx, &campaign_limit_of, ARGS(ARG(city), ARG(campaign), arg_str(str_of(classes[i])), arg_str(str_of(what))),
			    limit_row, out, &out->has));
	return NULL;
}

const struct err *campaign_workdays(struct db_tx *tx, int64_t city, struct workdays **out)
{
	size_t n, n_own;
	void *own;
	struct workday_row *shipped = workday_rows_shipped(db_arena(tx), &n);
	TRY(db_all(tx, &campaign_own_workdays, ARGS(ARG(city)), workday_row_shape, sizeof(struct workday_row), &own, &n_own));
	*out = workdays_of(db_arena(tx), shipped, n, own, n_own);
	return NULL;
}

/* ---- writing --------------------------------------------------------------- */

static const struct err *insert_rows(struct db_tx *tx, int64_t city, const struct campaign_whole *w)
{
	struct id id = w->campaign.id;
	for (size_t i = 0; i < w->n_windows; i++) {
		const struct campaign_window *r = &w->windows[i];
		TRY(db_exec(tx, &campaign_window_insert,
			    ARGS(ARG(city), ARG(id), ARG(r->code), ARG(r->name), ARG_DAY(r->from_on), ARG_DAY(r->to_on)), NULL));
	}
	for (size_t i = 0; i < w->n_periods; i++) {
		const struct campaign_period *r = &w->periods[i];
		TRY(db_exec(tx, &campaign_period_insert,
			    ARGS(ARG(city), ARG(id), ARG(r->code), ARG_DAY(r->from_on), ARG_DAY(r->to_on), ARG_DAY(r->due_on),
				 ARG(r->is_optional)), NULL));
	}
	for (size_t i = 0; i < w->n_cutoffs; i++) {
		const struct campaign_cutoff *r = &w->cutoffs[i];
		TRY(db_exec(tx, &campaign_cutoff_insert,
			    ARGS(ARG(city), ARG(id), ARG(r->level), ARG(r->cutoff_day), ARG(r->cutoff_time), ARG(r->due_day)), NULL));
	}
	for (size_t i = 0; i < w->n_clocks; i++) {
		const struct campaign_clock *r = &w->clocks[i];
		TRY(db_exec(tx, &campaign_limit_insert,
			    ARGS(ARG(city), ARG(id), ARG(r->class_), ARG(r->what), ARG(r->amount), ARG(r->unit), ARG(r->source)), NULL));
	}
	return NULL;
}

const struct err *campaign_add(struct db_tx *tx, struct env *e, struct campaign_whole *w)
{
	struct campaign *c = &w->campaign;
	c->id = env_id(e);
	c->version = 1;
	TRY(db_exec(tx, &campaign_insert,
		    ARGS(ARG(e->city), ARG(c->id), ARG(c->code), ARG(c->name), ARG(c->theme), ARG(c->year), ARG(c->notice_number),
			 ARG_DAY(c->begins_on), ARG_DAY(c->ends_on), ARG(c->anonymous_allowed),
			 ARG(c->violations_counted), ARG(c->version)),
		    NULL));
	TRY(insert_rows(tx, e->city, w));
	struct event ev = {.object_kind = "campaign", .object_id = c->id, .act = "create"};
	event_plain(&ev, "code", c->code);
	event_plain(&ev, "begins_on", day_text(db_arena(tx), c->begins_on));
	event_plain(&ev, "ends_on", day_text(db_arena(tx), c->ends_on));
	event_text(&ev, "name", c->name);
	return event_append(tx, e, &ev);
}

/* ---- the working-day table ----------------------------------------------------- */

static const struct err *clear_years(struct db_tx *tx, int64_t city, const struct workday_row *v, size_t n, int64_t *years)
{
	int last = 0;
	for (size_t i = 0; i < n; i++) {
		int year = v[i].day.ymd / 10000;
		if (year == last)
			continue;
		last = year;
		++*years;
		TRY(db_exec(tx, &campaign_workday_clear,
			    ARGS(ARG(city), ARG_DAY(day_make(year, 1, 1)), ARG_DAY(day_make(year, 12, 31))), NULL));
	}
	return NULL;
}

const struct err *campaign_workday_import(struct db_tx *tx, struct env *e, struct str text, struct workday_import *out)
{
	struct arena *a = db_arena(tx);
	struct err_list wrong = {0};
	size_t n;
	const struct workday_row *v = workday_rows(a, text, &wrong, &n);
	*out = (struct workday_import){0};
	if (n == 0 && !wrong.first)
		err_add(&wrong, a, "rows", "required", "没有数据行");
	TRY(ERR_FROM(a, &wrong));
	TRY(clear_years(tx, e->city, v, n, &out->years));
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(tx, &campaign_workday_insert,
			    ARGS(ARG(e->city), ARG_DAY(v[i].day), ARG_CODE(workday_kinds, v[i].kind), ARG(v[i].name), ARG(v[i].provisional)),
			    NULL));
	out->rows = (int64_t)n;
	struct event ev = {.object_kind = "workdays", .object_id = ID(e->city), .act = "import"};
	event_plain(&ev, "rows", str_fmt(a, "%zu", n));
	event_plain(&ev, "from", day_text(a, v[0].day));
	event_plain(&ev, "to", day_text(a, v[n - 1].day));
	return event_append(tx, e, &ev);
}
