/* Random changes of the tree with random hidden dangers between, against a slow model that keeps who stands where and what was counted
 * when (ORG-1, REP-1, decision 0022):
 *
 *	moves [--seeds N] [--from SEED] [--steps N]
 *
 * After each chunk of the job, and at other moments, for each unit above the workshops: the ledger, the people and the places that its
 * list shows are those that the model has below it, each once; who has a duty there may see exactly these; and the sums of every day are
 * those of the units that stood below it on that day. At the end `check` finds nothing. On SQLite, and on PostgreSQL where
 * CHABAOCU_TEST_PG names a server. Prints the seed that fails; the last line is "N passed, N failed".
 */
#include "world.h"

static const struct err *found(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	return NULL;
}
const struct ground_plan ground_plan = {.features = features_all, .now = {1455897600000} /* 2016-02-20 */, .found = found};

/* Some units of each kind, and the ones that the last change was about. */
static void check_some(struct world *w, int n)
{
	for (int i = 0; i < n && !w->wrong; i++) {
		int u = (int)chance(w, (uint64_t)w->n);
		if (!w->u[u].merged)
			check_unit(w, u);
	}
}

static void check_all(struct world *w)
{
	for (int u = 0; u < w->n && !w->wrong; u++)
		if (!w->u[u].merged)
			check_unit(w, u);
}

/* ---- a run -------------------------------------------------------------------------------- */

static void work(struct world *w, int chunks)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	bool more = true;
	for (int i = 0; i < chunks && more && !w->wrong; i++) {
		fine(org_move_step(&e, 1 + (int64_t)chance(w, 4), &more));
		if (chance(w, 3) == 0)
			check_some(w, 3);
	}
}

static void pass_time(struct world *w)
{
	struct instant now = app_now(w->g->app);
	if (w->day < DAYS_MAX - 1 && chance(w, 3) == 0) {
		w->day++;
		app_set_now(w->g->app, INSTANT(day_start(day_of(w->day)).ms + 3600000));
		/* Sometimes nothing runs for a day: what was planned for it takes effect late. */
		if (chance(w, 3))
			plans_due(w);
	} else {
		app_set_now(w->g->app, INSTANT(now.ms + (int64_t)chance(w, 100000)));
	}
}

static void begin(struct world *w)
{
	static const char *const counties[] = {"371302", "371311", "371321"};
	struct id root = {ground_sql(w->g, "SELECT id FROM unit WHERE city_id = $1 AND parent_id = 0", ARGS(ARG(w->g->city)))};
	remember(w, root, UNIT_CITY, -1);
	for (int i = 0; i < 3; i++) {
		struct id id = {ground_sql(w->g, "SELECT id FROM unit WHERE city_id = $1 AND code = $2",
					   ARGS(ARG(w->g->city), arg_str(str_of(counties[i]))))};
		int county = remember(w, id, UNIT_COUNTY, 0);
		for (int k = 0; k < 2; k++)
			add_unit(w, UNIT_TOWNSHIP, county);
	}
	for (int i = 0; i < 6; i++)
		add_unit(w, UNIT_EMPLOYER, pick(w, K(UNIT_TOWNSHIP)));
	for (int i = 0; i < 4; i++)
		add_unit(w, UNIT_WORKSHOP, pick(w, K(UNIT_EMPLOYER)));
	for (int i = 0; i < 5; i++)
		add_unit(w, UNIT_TEAM, pick(w, K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP)));
	for (int i = 0; i < 25; i++) {
		report(w, pick(w, UINT32_MAX));
		add_people(w, pick(w, UINT32_MAX));
		add_place(w, pick(w, K(UNIT_TEAM) | K(UNIT_WORKSHOP) | K(UNIT_EMPLOYER)));
	}
}

static void one_step(struct world *w)
{
	static const struct {
		uint32_t kind, above;
	} new_units[] = {{UNIT_TOWNSHIP, K(UNIT_COUNTY)}, {UNIT_JOINT_UNION, K(UNIT_TOWNSHIP) | K(UNIT_COUNTY)},
			 {UNIT_EMPLOYER, K(UNIT_COUNTY) | K(UNIT_TOWNSHIP) | K(UNIT_JOINT_UNION)}, {UNIT_WORKSHOP, K(UNIT_EMPLOYER)},
			 {UNIT_TEAM, K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP)}};
	int u;
	switch (chance(w, 12)) {
	case 0:
	case 1: {
		size_t k = chance(w, 5);
		if ((u = pick(w, new_units[k].above)) >= 0)
			add_unit(w, new_units[k].kind, u);
		break;
	}
	case 2:
	case 3:
	case 4:
		if ((u = pick(w, UINT32_MAX)) >= 0)
			report(w, u);
		if ((u = pick(w, K(UNIT_TEAM) | K(UNIT_EMPLOYER))) >= 0)
			report(w, u);
		break;
	case 5:
		if ((u = pick(w, UINT32_MAX)) >= 0)
			add_people(w, u);
		if ((u = pick(w, K(UNIT_TEAM) | K(UNIT_WORKSHOP) | K(UNIT_EMPLOYER))) >= 0)
			add_place(w, u);
		break;
	case 6:
	case 7:
	case 8:
		do_move(w);
		break;
	case 9:
		do_merge(w);
		break;
	case 10:
		do_split(w);
		break;
	default:
		do_close(w);
	}
}

static void count_finding(void *ctx, const char *text)
{
	struct world *w = ctx;
	printf("FAIL seed %lu: %s\n", w->seed, text);
	w->wrong = true;
}

static void check_end(struct world *w)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	struct check_report r = {0};
	int64_t n;
	for (int i = 0; i < 2; i++) {
		bool more = true;
		while (more)
			fine(org_move_step(&e, 5, &more));
		e.now = INSTANT(e.now.ms + 600000);
		app_set_now(w->g->app, e.now);
	}
	check_all(w);
	fine(moving_check_rows(&e, &r));
	fine(org_check(&e, &r));
	fine(measure_fold(&e));
	fine(measure_verify(&e, count_finding, w, &n));
	check_all(w);
	if (r.n || ground_sql(w->g, "SELECT COUNT(1) FROM moving WHERE city_id = $1", ARGS(ARG(w->g->city))))
		miss(w, "findings of check", 0, 0, r.n);
	if (ground_sql(w->g, "SELECT COUNT(1) FROM org_change WHERE city_id = $1 AND state = 'running'", ARGS(ARG(w->g->city))))
		miss(w, "changes that never end", 0, 0, 1);
}

/* A township with more employers than a list has sources (200 parts may be split off at once). */
static void split_a_crowd(struct world *w)
{
	int town = pick(w, K(UNIT_TOWNSHIP));
	for (int i = 0; i < 150 && town >= 0; i++) {
		int u = add_unit(w, UNIT_EMPLOYER, town);
		if (i % 10 == 0)
			report(w, u);
	}
	split(w, town);
	check_all(w);
}

static bool run(const char *pg, unsigned long seed, int steps, int64_t *checks)
{
	struct app_options o = {.fixed_now = ground_plan.now, .seed = seed};
	struct ground *g = ground_new(pg, &o);
	struct world *w = ARENA_NEW(g->a, struct world);
	*w = (struct world){.g = g, .seed = seed, .random = seed * 0x9e3779b97f4a7c15u + 1};
	begin(w);
	if (seed == 1)
		split_a_crowd(w);
	for (w->step = 1; w->step <= steps && !w->wrong; w->step++) {
		one_step(w);
		check_some(w, 2);
		work(w, (int)chance(w, 5));
		pass_time(w);
	}
	if (!w->wrong)
		check_end(w);
	bool fine = !w->wrong;
	printf("%s %s seed %lu: %d units, %d hidden dangers, %" PRId64 " comparisons\n", fine ? "ok  " : "FAIL", pg ? "PostgreSQL" : "SQLite",
	       seed, w->n, w->n_h, w->checks);
	*checks += w->checks;
	ground_free(g);
	return fine;
}

static long option(int argc, char **argv, const char *name, long otherwise)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return strtol(argv[i + 1], NULL, 10);
	return otherwise;
}

int main(int argc, char **argv)
{
	const long seeds = option(argc, argv, "--seeds", 4), from = option(argc, argv, "--from", 1), steps = option(argc, argv, "--steps", 60);
	const char *pg = getenv("CHABAOCU_TEST_PG");
	int64_t passed = 0, failed = 0, checks = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (long i = 0; i < seeds; i++)
		for (int on_pg = 0; on_pg < (pg ? 2 : 1); on_pg++)
			*(run(on_pg ? pg : NULL, (unsigned long)(from + i), (int)steps, &checks) ? &passed : &failed) += 1;
	if (!pg)
		printf("not run: PostgreSQL, CHABAOCU_TEST_PG names no server\n");
	printf("%" PRId64 " comparisons\n%" PRId64 " passed, %" PRId64 " failed\n", checks, passed, failed);
	return failed != 0;
}
