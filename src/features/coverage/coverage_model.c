#include "coverage_load.h"
#include "coverage_model.h"

#include "coverage_sql.h"
#include "day.h"
#include "event.h"
#include "setting.h"

static const char *const gap_words[] = {"", "unassigned", "assigned", "unvisited", "visited", "unlaunched", "launched", "untrained", "trained",
					"silent", "active", NULL};
const struct codes coverage_gaps = {"coverage_gap", gap_words};

/* ---- numbers --------------------------------------------------------------------------- */

struct counts { struct id id; int64_t employers, launched, assigned, visited, trained, silent; };
#define C struct counts
static const struct shape counts_row[] = {SHAPE(C, id, 0), SHAPE(C, employers, 0), SHAPE(C, launched, 0), SHAPE(C, assigned, 0), SHAPE(C, visited, 0),
					  SHAPE(C, trained, 0), SHAPE(C, silent, 0), SHAPE_END};
#undef C
#define L struct coverage_line
const struct shape coverage_line_shape[] = {SHAPE(L, id, 0), SHAPE(L, name, 0), SHAPE(L, employers, 0), SHAPE(L, launched, 0), SHAPE(L, assigned, 0),
					    SHAPE(L, visited, 0), SHAPE(L, trained, 0), SHAPE(L, silent, 0), SHAPE_END};
#undef L

const struct err *coverage_days_of(struct db_tx *tx, struct env *e, struct coverage_days *out)
{
	struct campaign c;
	out->today = instant_day(e->now);
	TRY(campaign_on(tx, e->city, out->today, &c));
	out->campaign_from = c.begins_on;
	out->active_from = day_add(out->today, (int32_t)-setting_i64(e->app, e->city, "coverage.silent_days"));
	return NULL;
}

static struct opt_i64 known(const struct app *app, enum covered what, int64_t n)
{
	return (struct opt_i64){covered_is_recorded(app, what), n};
}

static struct coverage_line line_of(const struct app *app, const struct counts *c)
{
	return (struct coverage_line){
		.id = c->id, .employers = c->employers, .launched = known(app, COVERED_LAUNCHED, c->launched),
		.assigned = known(app, COVERED_ASSIGNED, c->assigned), .visited = known(app, COVERED_VISITED, c->visited),
		.trained = known(app, COVERED_TRAINED, c->trained), .silent = known(app, COVERED_ACTIVE, c->silent)};
}

static void add(struct counts *sum, const struct counts *c)
{
	sum->employers += c->employers;
	sum->launched += c->launched;
	sum->assigned += c->assigned;
	sum->visited += c->visited;
	sum->trained += c->trained;
	sum->silent += c->silent;
}

static const struct err *name_part(struct db_tx *tx, struct env *e, struct coverage_line *l)
{
	struct unit u;
	if (!l->id.v)
		return NULL;
	TRY(org_unit(tx, e->city, l->id, &u));
	l->name = u.name;
	return NULL;
}

const struct err *coverage_read(struct db_tx *tx, struct env *e, const struct unit *u, const struct coverage_filter *f, const struct coverage_days *d,
				struct coverage_line **parts, size_t *n, struct coverage_line *total)
{
	struct arena *a = db_arena(tx);
	struct str above = str_fmt(a, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(f->industry));
	const struct anchor at = org_anchor(u);
	struct counts *v, sum = {0};
	void *rows;
	size_t found;
	*n = 0;
#define SAME                                                                                                          \
	ARG(e->city), ARG_DAY(d->campaign_from), ARG_DAY(d->today), ARG_DAY(d->active_from), ARG(f->high_risk), ARG(f->non_public), \
		ARG(f->size), ARG(f->industry), ARG(above)
	if (str_is(str_of(at.word), "city"))
		TRY(db_all(tx, &coverage_of_city, ARGS(SAME), counts_row, sizeof(struct counts), &rows, &found));
	else if (str_is(str_of(at.word), "top"))
		TRY(db_all(tx, &coverage_of_top, ARGS(SAME, ARG(u->id)), counts_row, sizeof(struct counts), &rows, &found));
	else
		TRY(db_all(tx, &coverage_below, ARGS(SAME, ARG(u->path), arg_str(path_end(a, u->path))), counts_row, sizeof(struct counts), &rows, &found));
#undef SAME
	v = rows;
	bool divided = str_is(str_of(at.word), "city") || str_is(str_of(at.word), "top");
	*parts = ARENA_ARRAY(a, struct coverage_line, found + 1);
	for (size_t i = 0; i < found; i++) {
		add(&sum, &v[i]);
		if (!divided)
			continue;
		(*parts)[*n] = line_of(e->app, &v[i]);
		TRY(name_part(tx, e, &(*parts)[(*n)++]));
	}
	*total = line_of(e->app, &sum);
	total->name = u->name;
	return NULL;
}

/* ---- launches -------------------------------------------------------------------------- */

static const char *const launch_words[] = {"", "plan", "mobilisation", NULL};
const struct codes launch_kinds = {"launch_kind", launch_words};

#define L struct launch
const struct shape launch_row[] = {
	SHAPE(L, id, 0), SHAPE(L, campaign_id, 0), SHAPE(L, employer_id, 0), SHAPE_CODE(L, kind, &launch_kinds), SHAPE(L, launched_on, 0),
	SHAPE(L, title, 0), SHAPE(L, declared, 0), SHAPE(L, person_id, 0), SHAPE(L, unit_id, 0), SHAPE(L, reason, 0), SHAPE(L, is_current, 0),
	SHAPE(L, made_at, 0), SHAPE(L, person_name, 0), SHAPE(L, unit_name, 0), SHAPE(L, campaign_name, 0), SHAPE_END};
const struct shape launch_shape[] = {
	SHAPE(L, id, 0), SHAPE(L, campaign_name, 0), SHAPE_CODE(L, kind, &launch_kinds), SHAPE(L, launched_on, 0), SHAPE(L, title, 0),
	SHAPE(L, declared, 0), SHAPE(L, person_name, 0), SHAPE(L, unit_name, 0), SHAPE(L, reason, 0), SHAPE(L, is_current, 0), SHAPE(L, made_at, 0),
	SHAPE_END};
#undef L

const struct err *launches_at(struct db_tx *tx, int64_t city, struct id employer, struct launch **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &launches_of, ARGS(ARG(city), ARG(employer)), launch_row, sizeof(struct launch), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *launch_put(struct db_tx *tx, struct env *e, struct launch *l)
{
	l->id = env_id(e);
	l->is_current = true;
	l->made_at = e->now;
	l->person_id = e->actor->person_id;
	TRY(db_exec(tx, &launch_insert,
		    ARGS(ARG(e->city), ARG(l->id), ARG(l->campaign_id), ARG(l->employer_id), ARG_CODE(launch_kinds, l->kind), ARG_DAY(l->launched_on),
			 ARG(l->title), ARG(l->declared), ARG(l->person_id), ARG(l->unit_id), ARG(l->reason), ARG(l->is_current), ARG(l->made_at)),
		    NULL));
	struct event ev = {.object_kind = "launch", .object_id = l->id, .act = l->reason.n ? "correct" : "launch", .unit_id = l->employer_id};
	event_plain(&ev, "kind", str_of(codes_word(&launch_kinds, l->kind)));
	event_plain(&ev, "launched_on", day_text(db_arena(tx), l->launched_on));
	event_plain(&ev, "declared", l->declared ? STR("1") : STR("0"));
	event_text(&ev, "title", l->title);
	event_text(&ev, "reason", l->reason);
	return event_append(tx, e, &ev);
}

static const struct err *check_launch(struct env *e, const struct launch *l, const struct campaign *c, bool again)
{
	if (!day_is_valid(l->launched_on) || l->launched_on.ymd > instant_day(e->now).ymd)
		return err_on_field(e->a, "launched_on", "not_yet", "a launch lies behind");
	if (l->launched_on.ymd < c->begins_on.ymd)
		return err_on_field(e->a, "launched_on", "before_campaign", "before the campaign began");
	if (!l->title.n)
		return err_on_field(e->a, "title", "required", "which plan or record");
	if (again && !l->reason.n)
		return err_on_field(e->a, "reason", "required", "it is launched already: say what is corrected");
	return NULL;
}

const struct err *launch_add(struct db_tx *tx, struct env *e, struct launch *l)
{
	struct campaign c;
	struct id was;
	int64_t changed;
	TRY(campaign_on(tx, e->city, instant_day(e->now), &c));
	l->campaign_id = c.id;
	TRY(db_i64(tx, &launch_now, ARGS(ARG(e->city), ARG(c.id), ARG(l->employer_id)), 0, &was.v));
	TRY(check_launch(e, l, &c, was.v != 0));
	if (was.v) {
		TRY(db_exec(tx, &launch_replaced, ARGS(ARG(e->city), ARG(was)), &changed));
		if (changed != 1)
			return ERR(e->a, ERR_CONFLICT, "changed_meanwhile", "somebody corrected it just now");
	} else {
		l->reason = STR("");
	}
	TRY(launch_put(tx, e, l));
	TRY(covered_set(tx, e, l->employer_id, COVERED_LAUNCHED, l->launched_on));
	return covered_raise(tx, e, l->employer_id, COVERED_ACTIVE, l->launched_on);
}

/* ---- what the desk knows of employers ----------------------------------------------------- */

struct launched { struct id employer_id; struct day launched_on; };
struct report { struct id id, employer_id; struct day found_on; };

static const struct err *facts_launched(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
					struct id *last)
{
	static const struct shape row[] = {SHAPE(struct launched, employer_id, 0), SHAPE(struct launched, launched_on, 0), SHAPE_END};
	void *rows;
	*last = ID(0);
	TRY(db_all(tx, &launched_after, ARGS(ARG(e->city), ARG(after), arg_i64(limit)), row, sizeof(struct launched), &rows, n));
	for (size_t i = 0; i < *n; i++) {
		const struct launched *l = (const struct launched *)rows + i;
		out[i] = (struct covered_fact){l->employer_id, l->launched_on};
		*last = l->employer_id;
	}
	return NULL;
}

static const struct err *follow_reports(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
				       struct id *last)
{
	static const struct shape row[] = {SHAPE(struct report, id, 0), SHAPE(struct report, employer_id, 0), SHAPE(struct report, found_on, 0), SHAPE_END};
	void *rows;
	*last = ID(0);
	TRY(db_all(tx, &coverage_reports_after, ARGS(ARG(e->city), ARG(after), arg_i64(limit)), row, sizeof(struct report), &rows, n));
	for (size_t i = 0; i < *n; i++) {
		const struct report *r = (const struct report *)rows + i;
		out[i] = (struct covered_fact){r->employer_id, r->found_on};
		*last = r->id;
	}
	return NULL;
}

static const struct err *facts_reported(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
					struct id *last)
{
	static const struct shape row[] = {SHAPE(struct report, employer_id, 0), SHAPE(struct report, found_on, 0), SHAPE_END};
	void *rows;
	*last = ID(0);
	TRY(db_all(tx, &coverage_reported_after, ARGS(ARG(e->city), ARG(after), arg_i64(limit)), row, sizeof(struct report), &rows, n));
	for (size_t i = 0; i < *n; i++) {
		const struct report *r = (const struct report *)rows + i;
		out[i] = (struct covered_fact){r->employer_id, r->found_on};
		*last = r->employer_id;
	}
	return NULL;
}

const struct covered_source coverage_covers[] = {
	{COVERED_LAUNCHED, "launch.launched", facts_launched, NULL},
	{COVERED_ACTIVE, "launch.active", facts_launched, NULL},
	{COVERED_ACTIVE, "hazard.found", facts_reported, follow_reports},
	{0}};
