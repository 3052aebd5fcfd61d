/* What each list of the ledger costs on one database, or on two beside each other:
 *
 *	lists_cost DATA DSN [DATA DSN]
 *
 * For every anchor, order and filter that the ledger offers: the median time in microseconds (of the processor, on SQLite) of the first
 * page of fifty, and of a page behind it, read as the program reads it; with two databases their ratio, where a cell below FLOOR_US counts as that. Prints a
 * table in Markdown and how many ratios lie above 3.
 */
#include "day.h"
#include "feature.h"
#include "hazard_words.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMES = 5, PAGE = 50, LINES_MAX = 600, FLOOR_US = 300 };

struct place_of {
	const char *anchor, *word; /* word: column of the busiest */
	struct id id;
	struct str path;
};

struct line {
	char name[120];
	int64_t first, later, rows;
};

struct bench {
	struct app *app;
	struct arena *a;
	int64_t city;
	struct instant now;
	struct place_of where[4];
	struct line lines[LINES_MAX];
	size_t n;
	/* one measuring */
	struct hazard_filter f;
	struct hazard_place at;
	struct hazard_rows page;
	struct hazard_counts counts;
	struct unit unit;
};

static void must(const struct err *e)
{
	if (!e)
		return;
	fprintf(stderr, "%s:%d: %.*s: %.*s\n", e->file, e->line, STR_ARG(e->code), STR_ARG(e->detail));
	exit(2);
}

/* SQLite works on this thread: its time is the same on a busy machine. PostgreSQL's cannot be told from waiting. */
static int64_t now_us(const struct bench *b)
{
	struct timespec t;
	clock_gettime(db_engine_of(app_db(b->app)) == DB_SQLITE ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct bench *b = ctx;
	return hazard_page(tx, e->city, &b->f, &b->at, PAGE, &b->page);
}

static const struct err *read_counts(struct db_tx *tx, struct env *e, void *ctx)
{
	struct bench *b = ctx;
	return hazard_counts(tx, e->city, &b->unit, b->now, &b->counts);
}

/* The median of several; the first, which warms what is cold, is not among them. */
static int64_t timed(struct bench *b, env_fn *fn)
{
	int64_t us[TIMES];
	for (int i = -1; i < TIMES; i++) {
		struct arena *a = arena_new((size_t)64 * 1024 * 1024);
		struct env e = env_system(b->app, a, b->city);
		int64_t begun = now_us(b);
		must(env_read(&e, fn, b));
		if (i >= 0)
			us[i] = now_us(b) - begun;
		b->page.next.at.text = str_dup(b->a, b->page.next.at.text);
		arena_free(a);
	}
	qsort(us, TIMES, sizeof(us[0]), by_size);
	return us[TIMES / 2];
}

static struct line *line(struct bench *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static struct line *line(struct bench *b, const char *fmt, ...)
{
	va_list ap;
	if (b->n == LINES_MAX)
		exit(2);
	struct line *l = &b->lines[b->n++];
	va_start(ap, fmt);
	vsnprintf(l->name, sizeof(l->name), fmt, ap);
	va_end(ap);
	return l;
}

static void measure(struct bench *b, const char *filter)
{
	struct line *l = line(b, "%s, %s, %s", b->f.anchor, b->f.sort.n ? str_z(b->a, b->f.sort) : "usual", filter);
	b->at = (struct hazard_place){0};
	l->first = timed(b, read_page);
	l->rows = (int64_t)b->page.n;
	l->later = 0;
	for (int i = 0; i < 3 && b->page.more; i++) {
		b->at = b->page.next;
		l->later = timed(b, read_page);
	}
}

/* ---- what is offered ------------------------------------------------------------------- */

static struct day day_back(const struct bench *b, int days)
{
	return instant_day(INSTANT(b->now.ms - days * INT64_C(86400000)));
}

static void each_filter(struct bench *b, const struct hazard_filter *base)
{
	static const char *const searches[] = {"安全", "安全 编号4711", "编号 作业 氧气瓶", "没有此词", "乙炔瓶"};
	b->f = *base;
	measure(b, "none");
	for (uint32_t s = HAZARD_REPORTED; s < HAZARD_STATE_COUNT; s++) {
		b->f = *base;
		b->f.state = s;
		measure(b, str_fmt(b->a, "state %s", codes_word(&hazard_states, s)).p);
	}
	const struct {
		const char *name;
		struct hazard_filter f;
	} more[] = {
		{"major", {.level = HAZARD_MAJOR}}, {"ordinary", {.level = HAZARD_ORDINARY}}, {"kind hazard", {.kind = HAZARD_HAZARD}},
		{"kind occupational", {.kind = HAZARD_OCCUPATIONAL}}, {"kind violation", {.kind = HAZARD_VIOLATION}},
		{"overdue", {.overdue_at = b->now}}, {"common category", {.category = STR("machine_guard")}},
		{"category of none", {.category = STR("nothing")}}, {"last week", {.from = day_back(b, 7)}},
		{"a month long ago", {.from = day_back(b, 330), .to = day_back(b, 300)}}, {"before all", {.to = DAY(20100101)}},
		{"after all", {.from = DAY(20900101)}}, {"major and closed", {.level = HAZARD_MAJOR, .state = HAZARD_CLOSED_OUT}},
		{"overdue and major", {.overdue_at = b->now, .level = HAZARD_MAJOR}},
		{"long ago and merged", {.state = HAZARD_MERGED, .to = day_back(b, 300)}},
	};
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		b->f = more[i].f;
		b->f.anchor = base->anchor;
		b->f.anchor_id = base->anchor_id;
		b->f.sort = base->sort;
		measure(b, more[i].name);
	}
	for (size_t i = 0; i < sizeof(searches) / sizeof(searches[0]) && !base->sort.n; i++) {
		b->f = *base;
		b->f.searches = true;
		b->f.search = search_of(b->a, str_of(searches[i]));
		measure(b, str_fmt(b->a, "search %s", searches[i]).p);
		b->f.state = HAZARD_MERGED;
		measure(b, str_fmt(b->a, "search %s and merged", searches[i]).p);
	}
}

static void measure_counts(struct bench *b, const struct place_of *p)
{
	struct line *l = line(b, "%s, how many stand where", p->anchor);
	b->unit = (struct unit){.id = p->id, .path = p->path};
	if (strcmp(p->anchor, "enterprise") == 0)
		b->unit.enterprise_id = p->id;
	else
		b->unit.kind = strcmp(p->anchor, "city") == 0 ? UNIT_CITY : strcmp(p->anchor, "top") == 0 ? UNIT_COUNTY : UNIT_TOWNSHIP;
	b->unit.top_id = strcmp(p->anchor, "top") == 0 ? p->id : ID(0);
	b->unit.mid_id = strcmp(p->anchor, "mid") == 0 ? p->id : ID(0);
	l->first = timed(b, read_counts);
	l->rows = b->counts.total;
}

/* ---- the busiest ----------------------------------------------------------------------- */

struct finding {
	struct bench *b;
	int64_t v;
	struct sql q;
	struct args args;
};

static const struct err *find(struct db_tx *tx, void *ctx)
{
	struct finding *f = ctx;
	return db_i64(tx, &f->q, f->args, 0, &f->v);
}

static int64_t ask(struct bench *b, const char *text, struct args args)
{
	struct finding f = {.b = b, .q = {.name = "ask", .text = text, .scope = SQL_NATIONAL, .n_args = args.n}, .args = args};
	must(db_read(app_db(b->app), b->a, find, &f));
	return f.v;
}

static void find_busiest(struct bench *b)
{
	static const char *const texts[] = {
		"SELECT 0 AS n WHERE $1 > 0",
		"SELECT top_id AS n FROM hazard WHERE city_id = $1 GROUP BY top_id ORDER BY COUNT(1) DESC LIMIT 1",
		"SELECT mid_id AS n FROM hazard WHERE city_id = $1 GROUP BY mid_id ORDER BY COUNT(1) DESC LIMIT 1",
		"SELECT enterprise_id AS n FROM hazard WHERE city_id = $1 GROUP BY enterprise_id ORDER BY COUNT(1) DESC LIMIT 1",
	};
	static const char *const anchors[] = {"city", "top", "mid", "enterprise"};
	b->city = app_home_city_of(b->app);
	for (size_t i = 0; i < 4; i++)
		b->where[i] = (struct place_of){.anchor = anchors[i], .id = ID(ask(b, texts[i], ARGS(ARG(b->city)))), .path = STR("/")};
	/* The day after the last report: what ran out by then is overdue. */
	b->now = INSTANT(ask(b, "SELECT MAX(reported_at) AS n FROM hazard WHERE city_id = $1", ARGS(ARG(b->city))));
}

static void measure_all(struct bench *b, const char *data, const char *dsn)
{
	static const char *const sorts[] = {"", "-found_on", "deadline"};
	struct app_options o = {.features = features_all, .db_dsn = dsn, .data_dir = data, .no_media = true, .read_only_ok = true};
	b->a = arena_new((size_t)512 * 1024 * 1024);
	must(app_new(b->a, &o, &b->app));
	find_busiest(b);
	for (size_t i = 0; i < 4; i++) {
		for (size_t s = 0; s < 3; s++)
			each_filter(b, &(struct hazard_filter){.anchor = b->where[i].anchor, .anchor_id = b->where[i].id, .sort = str_of(sorts[s])});
		measure_counts(b, &b->where[i]);
	}
}

/* ---- the table ------------------------------------------------------------------------------ */

static double ratio(int64_t small, int64_t large)
{
	double a = (double)(small < FLOOR_US ? FLOOR_US : small), b = (double)(large < FLOOR_US ? FLOOR_US : large);
	return b / a;
}

static void print_table(const struct bench *small, const struct bench *large)
{
	size_t above = 0;
	double worst = 0;
	printf("| list | rows | first µs | later µs |%s\n|---|---:|---:|---:|%s\n", large ? " rows | first µs | later µs | ratio |" : "",
	       large ? "---:|---:|---:|---:|" : "");
	for (size_t i = 0; i < small->n; i++) {
		const struct line *l = &small->lines[i], *m = large ? &large->lines[i] : NULL;
		printf("| %s | %" PRId64 " | %" PRId64 " | %" PRId64 " |", l->name, l->rows, l->first, l->later);
		if (m) {
			double first = ratio(l->first, m->first), later = l->later ? ratio(l->later, m->later) : 0;
			double r = first > later ? first : later;
			above += r > 3;
			worst = r > worst ? r : worst;
			printf(" %" PRId64 " | %" PRId64 " | %" PRId64 " | %.1f |", m->rows, m->first, m->later, r);
		}
		printf("\n");
	}
	if (large)
		printf("\n%zu of %zu ratios above 3, the worst %.1f\n", above, small->n, worst);
}

int main(int argc, char **argv)
{
	static struct bench b[2];
	if (argc != 3 && argc != 5) {
		fputs("usage: lists_cost DATA DSN [DATA DSN]\n", stderr);
		return 2;
	}
	int n = argc / 2;
	for (int i = 0; i < n; i++)
		measure_all(&b[i], argv[1 + i * 2], argv[2 + i * 2]);
	print_table(&b[0], n == 2 ? &b[1] : NULL);
	for (int i = 0; i < n; i++) {
		app_free(b[i].app);
		arena_free(b[i].a);
	}
	return 0;
}
