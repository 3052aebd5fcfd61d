/* The figures as lines of JSON, for the command: of one unit and period, or of all. */
#include "statistics_model.h"

#include "day.h"

enum { UNITS_MAX = 2000, LINE_MAX = 64 * 1024 };

struct lines {
	struct str unit, period, campaign;
	bool recount;
	void (*line)(void *ctx, struct str text);
	void *ctx;
	struct measure_list all; /* what has happened, for the many questions of `all` */
};

static const struct err *keep(void *ctx, const struct measure_entry *entry)
{
	struct lines *l = ctx;
	struct measure m = {.name = str_z(l->all.a, entry->measure)};
	struct measure_entry copy = *entry;
	copy.path = str_dup(l->all.a, entry->path);
	measure_list_add(&l->all, &m, &copy);
	return NULL;
}

static void put_figures(json_t *list, const struct statistics_query *q, const struct statistics_figures *f)
{
	for (size_t i = 0; i < FIGURES; i++) {
		json_t *j = doc_append(list);
		struct campaign_figure words;
		doc_z(j, "code", f->v[i].code);
		doc_bool(j, "collected", f->v[i].is_collected);
		doc_set(j, "period", json_null());
		doc_set(j, "running", json_null());
		doc_set(j, "declared", json_null());
		if (f->v[i].is_collected) {
			doc_i64(j, "period", f->v[i].period);
			doc_i64(j, "running", f->v[i].running);
		}
		if (campaign_figure(f->v[i].code, false, &words))
			doc_str(j, "definition", words.definition);
	}
	(void)q;
}

static const struct err *print(struct db_tx *tx, struct lines *l, const struct statistics_query *q, const struct statistics_figures *f)
{
	struct arena *a = db_arena(tx);
	json_t *j = doc_new(a), *u = doc_sub(j, "unit"), *p = doc_sub(j, "period");
	struct str text;
	doc_id(u, "id", q->unit.id);
	doc_str(u, "code", q->unit.code);
	doc_str(u, "name", q->unit.name);
	doc_str(p, "code", q->period.code);
	doc_day(p, "from", q->period.from);
	doc_day(p, "to", q->period.to);
	doc_str(j, "campaign", q->campaign.code);
	doc_bool(j, "complete", f->is_complete);
	put_figures(doc_sublist(j, "figures"), q, f);
	TRY(doc_dump(a, j, LINE_MAX, &text));
	l->line(l->ctx, text);
	return NULL;
}

static const struct err *one(struct db_tx *tx, struct env *e, struct lines *l, const struct statistics_query *q)
{
	struct arena_mark mark = arena_mark(db_arena(tx));
	struct statistics_figures f;
	if (l->recount)
		TRY(statistics_recount(tx, e, l->all.a ? &l->all : NULL, q, &f));
	else
		TRY(statistics_read(tx, e->city, q, &f));
	TRY(print(tx, l, q, &f));
	arena_rewind(db_arena(tx), mark);
	return NULL;
}

static const struct err *all_periods(struct db_tx *tx, struct env *e, struct lines *l, struct statistics_query *q)
{
	struct statistics_period *p;
	size_t n;
	TRY(statistics_periods(tx, e->city, &q->campaign, &p, &n));
	for (size_t i = 0; i < n; i++) {
		q->period = p[i];
		q->running = (struct statistics_period){p[i].code, q->campaign.begins_on, p[i].to};
		TRY(one(tx, e, l, q));
	}
	return NULL;
}

static const struct err *of_unit(struct db_tx *tx, struct env *e, struct lines *l, struct str unit)
{
	struct statistics_query q;
	bool all = str_is(l->period, "all");
	struct str this_year = str_fmt(db_arena(tx), "%d", instant_day(e->now).ymd / 10000);
	TRY(statistics_find(tx, e->city, unit, all ? this_year : l->period, l->campaign, instant_day(e->now), &q));
	return all ? all_periods(tx, e, l, &q) : one(tx, e, l, &q);
}

static const struct err *of_all(struct db_tx *tx, struct env *e, struct lines *l)
{
	struct unit *u;
	size_t n;
	TRY(org_every_unit(tx, e->city, ID(0), UNITS_MAX + 1, &u, &n));
	if (n > UNITS_MAX)
		return err_on_field(e->a, "unit", "too_many", "all is for cities of up to 2,000 units");
	if (l->recount) {
		l->all.a = arena_new((size_t)64 * 1024 * 1024);
		TRY(measure_replay(tx, e, keep, l));
	}
	for (size_t i = 0; i < n; i++)
		TRY(of_unit(tx, e, l, str_fmt(db_arena(tx), "%lld", (long long)u[i].id.v)));
	return NULL;
}

static const struct err *read_lines(struct db_tx *tx, struct env *e, void *ctx)
{
	struct lines *l = ctx;
	return str_is(l->unit, "all") ? of_all(tx, e, l) : of_unit(tx, e, l, l->unit);
}

const struct err *statistics_lines(struct env *e, struct str unit, struct str period, struct str campaign, bool recount,
				   void (*line)(void *ctx, struct str text), void *ctx)
{
	struct lines l = {.unit = unit, .period = period, .campaign = campaign, .recount = recount, .line = line, .ctx = ctx};
	const struct err *bad = env_read(e, read_lines, &l);
	arena_free(l.all.a);
	return bad;
}
