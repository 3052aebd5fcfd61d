/* Proof by plan: each statement finds its rows by an index, in its order. */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>

enum complaint { FINE, SORTS, READS_ALL };

struct exception {
	const char *name; /* of a statement; with a * what begins or ends so */
	enum complaint what;
	const char *why;
};

static const struct exception exceptions[] = {
	{"*/edge", SORTS, "turns the bounded walk of an index round, to have its last row"},
	{"hazard_mine/*", SORTS, "one person's rows, which are few"},
	{"hazard_open_states_in_*", SORTS, "one line a state, of a bounded walk"},
	{"hazard_end_states_in_*", SORTS, "one line a state, of a bounded walk"},
	{"account_duties", SORTS, "one person's duties"},
	{"account_people_of", SORTS, "the people of one unit and the units below it, in their Chinese order"},
	{"account_sessions", SORTS, "one person's sessions"},
	{"campaign_window*", SORTS, "a few lines of one campaign"},
	{"campaign_period*", SORTS, "a few lines of one campaign"},
	{"org_child_named", SORTS, "those of one name under one unit"},
	{"measure_row_parts", SORTS, "one line a unit below, summed over an employer's own entries"},
	{"measure_row_tails", SORTS, "one line a unit below, summed over an employer's own entries"},
	{"coverage_employers/top/*", SORTS, "the employers of one county with the days kept of each: SQLite does not see their order behind the join"},
	{"coverage_employers/enterprise/*", SORTS, "one employer"},
	{"group_units", SORTS, "the two or three units of a group"},
	{"group_people", SORTS, "the people of one office"},
	{"account_phone_users", SORTS, "the names on one shared phone, in their Chinese order"},
	{"join_waiting", SORTS, "who waits in one employer: few, and they end after days"},
	{"assignment_duties_of", SORTS, "one person's duties"},
	{"assignment_cadres_near", SORTS, "the cadres of a few offices, in their Chinese order"},
	{"assignment_below/*", SORTS, "those of a subtree by the employer's name: read as a whole, at most one or two an employer"},
	{"employer_unions_near", SORTS, "the small unions of one county"},
	{"campaign_cutoffs", SORTS, "a few lines of one campaign"},
	{"app_home_city", SORTS, "one line a city"},
	{"app_home_city", READS_ALL, "one line a city"},
	{"app_city_count", READS_ALL, "one line a city"},
	{"app_cities", READS_ALL, "one line a city"},
	{"job_cities", READS_ALL, "one line a city"},
	{"job_counts", READS_ALL, "the queue, which is short; for an administrator's look"},
	{"node_free", READS_ALL, "one line a server"},
	{"node_own", READS_ALL, "one line a server"},
	{"node_highest", READS_ALL, "one line a server"},
	{"setting_all", READS_ALL, "a few lines a city, read every ten seconds"},
	{NULL, FINE, NULL},
};

struct looking {
	struct app *app;
	struct arena *a;
	struct check_report *report;
	enum db_engine engine;
	int64_t looked_at;
};

static bool fits(struct str name, struct str pattern)
{
	if (str_has_suffix(pattern, STR("*")))
		return str_has_prefix(name, str_sub(pattern, 0, pattern.n - 1));
	if (str_has_prefix(pattern, STR("*")))
		return str_has_suffix(name, str_sub(pattern, 1, SIZE_MAX));
	return str_eq(name, pattern);
}

static bool is_excepted(const struct sql *q, enum complaint what)
{
	for (const struct exception *e = exceptions; e->name; e++)
		if (e->what == what && fits(str_of(q->name), str_of(e->name)))
			return true;
	return false;
}

static struct str first_word(struct str s)
{
	return str_cut(&s, ' ');
}

/* ---- SQLite ---------------------------------------------------------------------- */

/* A subquery of the statement's own, which is read as it comes. */
static bool is_subquery(struct str plan, struct str name)
{
	while (plan.n) {
		struct str line = str_cut(&plan, '\n');
		struct str what = str_cut(&line, ' ');
		if ((str_is(what, "CO-ROUTINE") || str_is(what, "MATERIALIZE")) && str_eq(first_word(line), name))
			return true;
	}
	return false;
}

/* "SCAN f VIRTUAL TABLE INDEX 192:M2<": what stands behind the colon is what the table looks up. */
static bool looks_up(struct str line)
{
	struct str words = line;
	bool is_virtual = false;
	while (words.n)
		is_virtual |= str_is(str_cut(&words, ' '), "VIRTUAL");
	return is_virtual && !str_has_suffix(line, STR(":"));
}

static enum complaint complaint_sqlite(struct str plan, struct str line)
{
	if (str_has_prefix(line, STR("USE TEMP B-TREE FOR")) && str_has_suffix(line, STR("ORDER BY")))
		return SORTS;
	if (!str_has_prefix(line, STR("SCAN ")))
		return FINE;
	struct str name = first_word(str_sub(line, 5, SIZE_MAX));
	bool fine = str_is(name, "CONSTANT") || is_subquery(plan, name) || looks_up(line);
	return fine ? FINE : READS_ALL;
}

/* ---- PostgreSQL -------------------------------------------------------------------- */

static enum complaint complaint_pg(struct str line)
{
	line = str_trim(line);
	if (str_has_prefix(line, STR("->")))
		line = str_trim(str_sub(line, 2, SIZE_MAX));
	if (str_is(line, "Sort") || str_is(line, "Incremental Sort"))
		return SORTS;
	return str_has_prefix(line, STR("Seq Scan on")) || str_has_prefix(line, STR("Parallel Seq Scan on")) ? READS_ALL : FINE;
}

/* ---- all of them ---------------------------------------------------------------------- */

static void look_at(struct looking *l, const struct sql *q)
{
	struct db_prepared p;
	struct arena_mark mark = arena_mark(l->a);
	/* One that cannot be prepared is found elsewhere. */
	bool has_plan = !db_prepare_check(app_db(l->app), l->a, q, &p);
	struct str rest = has_plan ? p.plan : STR_NONE;
	bool found = false;
	l->looked_at += has_plan;
	/* Once a statement: a table in parts would say it for each of them. */
	while (rest.n && !found) {
		struct str line = str_cut(&rest, '\n');
		enum complaint bad = l->engine == DB_SQLITE ? complaint_sqlite(p.plan, line) : complaint_pg(line);
		found = bad && !is_excepted(q, bad);
		if (found)
			check_found(l->report, "plans: %s (%s:%d) %s: %.*s", q->name, q->file, q->line,
				    bad == SORTS ? "sorts" : "reads a whole table", STR_ARG(str_trim(line)));
	}
	arena_rewind(l->a, mark);
}

static void look_at_list(struct looking *l, const struct sql_list *list)
{
	unsigned n = list->n_anchors * list->n_sorts * (list->n_filters + 1);
	for (unsigned i = 0; i < n; i++) {
		look_at(l, &list->stmts[i]);
		if (list->edges)
			look_at(l, &list->edges[i]);
	}
}

void check_plans(struct app *app, struct arena *a, struct check_report *r)
{
	struct looking l = {.app = app, .a = a, .report = r, .engine = db_engine_of(app_db(app))};
	const struct feature *const *features = app_features(app);
	for (size_t i = 0; features[i]; i++) {
		for (const struct sql *const *q = features[i]->stmts; q && *q; q++)
			look_at(&l, *q);
		for (const struct sql_list *const *list = features[i]->lists; list && *list; list++)
			look_at_list(&l, *list);
	}
	printf("plans: %" PRId64 " statements looked at\n", l.looked_at);
}
