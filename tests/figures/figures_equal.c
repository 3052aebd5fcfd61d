/* Every figure of every unit in every period of a campaign, as it is read, against what has happened (REP-1, REP-2):
 *
 *	figures_equal DATA DSN [CAMPAIGN [PART OF]]
 *
 * What has happened is walked once into a table of units × spans of days (a period, and its running total, are such spans), which is all
 * that is held: some tens of megabytes for a whole city. Then each unit's figures are read as pages read them. PART OF: of many units each
 * OF-th, so that several can share the work. Names what differs; the last line is "N passed, N failed", counted in figures.
 */
#include "feature.h"
#include "statistics.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { UNITS_SOME = 2000, SPANS_MAX = 3 * STATISTICS_PERIODS_MAX, COUNTED = 2, TOLD_MAX = 100, TOLD_OF_UNIT = 2, TELL_EVERY_S = 15 };
static const size_t KEPT_BYTES = (size_t)512 * 1024 * 1024, READ_BYTES = (size_t)64 * 1024 * 1024;
static const char *const counted[COUNTED] = {"f10", "f12"};

struct span {
	struct day from, to;
	struct str period;
	bool running;
};

struct comparing {
	struct app *app;
	struct arena *a; /* what outlives a step of the reading; never the transaction's */
	const char *campaign_word;
	unsigned long part, of;
	struct campaign campaign;
	struct statistics_period *periods;
	struct span spans[SPANS_MAX];
	const struct measure *measures[COUNTED][FIGURE_MEASURES_MAX];
	struct measure_unit *units; /* by id */
	size_t n_periods, n_spans, n_units, cap_units;
	int32_t *happened;          /* [unit][span][figure] */
	int64_t entries, same, differ, lost, told;
	size_t told_unit, told_of_unit;
	time_t told_at;
};

static void must(const struct err *e)
{
	if (!e)
		return;
	fprintf(stderr, "%s:%d: %.*s: %.*s\n", e->file, e->line, STR_ARG(e->code), STR_ARG(e->detail));
	exit(2);
}

static void tell(struct comparing *k, const char *what, size_t n, size_t of)
{
	time_t now = time(NULL);
	if (now - k->told_at < TELL_EVERY_S)
		return;
	k->told_at = now;
	fprintf(stderr, "%s: %zu of %zu\n", what, n, of);
}

/* ---- what is asked --------------------------------------------------------------------- */

static void add_span(struct comparing *k, struct day from, struct day to, struct str period, bool running)
{
	for (size_t i = 0; i < k->n_spans; i++)
		if (k->spans[i].from.ymd == from.ymd && k->spans[i].to.ymd == to.ymd)
			return;
	if (k->n_spans == SPANS_MAX)
		exit(2);
	k->spans[k->n_spans++] = (struct span){from, to, period, running};
}

static const struct err *find_campaign(struct db_tx *tx, struct env *e, struct comparing *k)
{
	struct campaign *v;
	size_t n;
	TRY(campaign_list(tx, e->city, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (k->campaign_word ? str_is(v[i].code, k->campaign_word) : v[i].begins_on.ymd > k->campaign.begins_on.ymd)
			k->campaign = v[i];
	return k->campaign.id.v ? NULL : ERR(e->a, ERR_MISSING, "no_such_campaign", "no such campaign");
}

static const struct err *find_spans(struct db_tx *tx, struct env *e, struct comparing *k)
{
	TRY(find_campaign(tx, e, k));
	for (int f = 0; f < COUNTED; f++)
		statistics_measures(counted[f], &k->campaign, k->measures[f]);
	TRY(statistics_periods(tx, e->city, &k->campaign, &k->periods, &k->n_periods));
	for (size_t i = 0; i < k->n_periods; i++)
		add_span(k, k->periods[i].from, k->periods[i].to, k->periods[i].code, false);
	for (size_t i = 0; i < k->n_periods; i++)
		add_span(k, k->campaign.begins_on, k->periods[i].to, k->periods[i].code, true);
	return NULL;
}

static void keep_unit(struct comparing *k, const struct unit *u)
{
	if (k->n_units == k->cap_units) {
		size_t cap = k->cap_units ? k->cap_units * 2 : UNITS_SOME;
		struct measure_unit *v = ARENA_ARRAY(k->a, struct measure_unit, cap);
		if (k->n_units)
			memcpy(v, k->units, k->n_units * sizeof(*v));
		k->units = v;
		k->cap_units = cap;
	}
	struct measure_unit m = statistics_unit(u);
	m.path = str_dup(k->a, m.path);
	k->units[k->n_units++] = m;
}

static const struct err *find_units(struct db_tx *tx, struct env *e, struct comparing *k)
{
	struct id after = ID(0);
	size_t n = UNITS_SOME;
	while (n == UNITS_SOME) {
		struct arena_mark mark = arena_mark(db_arena(tx));
		struct unit *v;
		TRY(org_every_unit(tx, e->city, after, UNITS_SOME, &v, &n));
		for (size_t i = 0; i < n; i++)
			keep_unit(k, &v[i]);
		after = n ? v[n - 1].id : after;
		arena_rewind(db_arena(tx), mark);
	}
	return NULL;
}

/* ---- what has happened --------------------------------------------------------------------- */

static int by_id(const void *a, const void *b)
{
	const struct measure_unit *x = a, *y = b;
	return (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

static int32_t *cell(const struct comparing *k, size_t unit, size_t span, int figure)
{
	return &k->happened[(unit * k->n_spans + span) * COUNTED + (size_t)figure];
}

static void count(struct comparing *k, size_t unit, int figure, const struct measure_entry *e)
{
	for (size_t s = 0; s < k->n_spans; s++)
		if (e->day.ymd >= k->spans[s].from.ymd && e->day.ymd <= k->spans[s].to.ymd)
			*cell(k, unit, s, figure) += (int32_t)e->n;
}

static const struct err *count_entry(void *ctx, const struct measure_entry *e)
{
	struct comparing *k = ctx;
	struct id ids[PATH_UNITS_MAX];
	size_t n = path_units(e->path, ids);
	k->entries++;
	for (size_t i = 0; i < n; i++) {
		struct measure_unit key = {.id = ids[i]}, *u = bsearch(&key, k->units, k->n_units, sizeof(key), by_id);
		k->lost += !u;
		for (int f = 0; u && f < COUNTED; f++)
			for (int m = 0; k->measures[f][m]; m++)
				if (str_is(e->measure, k->measures[f][m]->name))
					count(k, (size_t)(u - k->units), f, e);
	}
	k->lost += n == 0;
	tell(k, "entries counted", (size_t)k->entries, 0);
	return NULL;
}

/* ---- what is read ------------------------------------------------------------------------------ */

static void compare(struct comparing *k, size_t unit, const struct span *span, int figure, int64_t read, int64_t happened)
{
	if (read == happened) {
		k->same++;
		return;
	}
	k->differ++;
	if (unit != k->told_unit)
		k->told_of_unit = 0;
	k->told_unit = unit;
	if (k->told_of_unit++ < TOLD_OF_UNIT && k->told++ < TOLD_MAX)
		printf("FAIL unit %" PRId64 ", %.*s%s (%d to %d), %s: read %" PRId64 ", happened %" PRId64 "\n", k->units[unit].id.v,
		       STR_ARG(span->period), span->running ? " running" : "", span->from.ymd, span->to.ymd, counted[figure], read, happened);
}

static const struct err *compare_unit(struct db_tx *tx, struct env *e, struct comparing *k, size_t unit)
{
	struct measure_reader *r;
	TRY(measure_open(tx, e->city, &k->units[unit], &r));
	if (!measure_is_complete(r))
		return ERR(e->a, ERR_CONFLICT, "incomplete", "the rows are being made anew");
	for (size_t s = 0; s < k->n_spans; s++)
		for (int f = 0; f < COUNTED; f++) {
			int64_t sum = 0, n;
			for (int m = 0; k->measures[f][m]; m++) {
				TRY(measure_sum(r, k->measures[f][m], k->spans[s].from, k->spans[s].to, &n));
				sum += n;
			}
			compare(k, unit, &k->spans[s], f, sum, *cell(k, unit, s, f));
		}
	return NULL;
}

/* One period of each unit, in turn, as the page reads it: figure by figure, with the running total. */
static const struct err *compare_page(struct db_tx *tx, struct env *e, struct comparing *k, size_t unit)
{
	const struct statistics_period *p = &k->periods[unit % k->n_periods];
	struct str word = str_fmt(db_arena(tx), "%" PRId64, k->units[unit].id.v);
	struct statistics_query q;
	struct statistics_figures read;
	TRY(statistics_find(tx, e->city, word, p->code, k->campaign.code, p->to, &q));
	/* Of a unit that went into another one the page shows that one's. */
	struct measure_unit key = {.id = q.unit.id};
	unit = (size_t)((const struct measure_unit *)bsearch(&key, k->units, k->n_units, sizeof(key), by_id) - k->units);
	TRY(statistics_read(tx, e->city, &q, &read));
	for (size_t s = 0; s < k->n_spans; s++)
		for (int f = 0; f < COUNTED; f++)
			for (size_t i = 0; i < FIGURES; i++) {
				const struct span *span = &k->spans[s];
				if (strcmp(read.v[i].code, counted[f]) != 0 || span->to.ymd != q.period.to.ymd)
					continue;
				if (span->from.ymd == q.period.from.ymd)
					compare(k, unit, span, f, read.v[i].period, *cell(k, unit, s, f));
				if (span->from.ymd == q.running.from.ymd)
					compare(k, unit, span, f, read.v[i].running, *cell(k, unit, s, f));
			}
	return NULL;
}

static const struct err *compare_all(struct db_tx *tx, struct env *e, void *ctx)
{
	struct comparing *k = ctx;
	TRY(find_spans(tx, e, k));
	TRY(find_units(tx, e, k));
	k->happened = ARENA_ARRAY(k->a, int32_t, k->n_units * k->n_spans * COUNTED);
	TRY(measure_replay(tx, e, count_entry, k));
	for (size_t u = k->part; u < k->n_units; u += k->of) {
		struct arena_mark mark = arena_mark(db_arena(tx));
		TRY(compare_unit(tx, e, k, u));
		TRY(compare_page(tx, e, k, u));
		arena_rewind(db_arena(tx), mark);
		tell(k, "units compared", u, k->n_units);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	static struct comparing k = {.of = 1};
	if (argc < 3 || argc == 5 || argc > 6) {
		fputs("usage: figures_equal DATA DSN [CAMPAIGN [PART OF]]\n", stderr);
		return 2;
	}
	k.campaign_word = argc > 3 && argv[3][0] ? argv[3] : NULL;
	if (argc == 6) {
		k.part = strtoul(argv[4], NULL, 10);
		k.of = strtoul(argv[5], NULL, 10);
		if (!k.of || k.part >= k.of)
			return 2;
	}
	struct app_options o = {.features = features_all, .db_dsn = argv[2], .data_dir = argv[1], .no_media = true, .read_only_ok = true};
	k.told_at = time(NULL);
	k.a = arena_new(KEPT_BYTES);
	struct arena *a = arena_new(READ_BYTES);
	must(app_new(a, &o, &k.app));
	struct env e = env_system(k.app, a, app_home_city_of(k.app));
	must(env_read(&e, compare_all, &k));
	if (k.lost)
		printf("FAIL %" PRId64 " times an entry stands for a unit that is not there\n", k.lost);
	printf("%.*s: %zu units, %zu periods, %zu spans of days, %" PRId64 " entries\n", STR_ARG(k.campaign.code), k.n_units, k.n_periods, k.n_spans,
	       k.entries);
	printf("%" PRId64 " passed, %" PRId64 " failed\n", k.same, k.differ + k.lost);
	app_free(k.app);
	arena_free(a);
	arena_free(k.a);
	return k.differ || k.lost;
}
