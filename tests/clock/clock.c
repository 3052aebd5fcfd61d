/* Simulated time: employers, hidden dangers, people who are quick, slow, away or gone, a server that stands still, starts again and whose clock
 * jumps. Every step of the program is compared with model.c (HAZ-4, HAZ-5; issue's words: each rose exactly when the model says, once).
 *
 *	clock [--days N] [--employers N] [--hazards N] [--seed N] [--sample N] [--only sqlite|pg]
 */
#include "world.h"

enum { TICK_MINUTES = 15 };

/* ---- comparing ----------------------------------------------------------------------- */

struct looking {
	struct world *w;
	int i;
	struct hazard h;
	struct hazard_wait wait;
	struct event_act *acts;
	size_t n;
};

static const struct err *look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	TRY(hazard_get(tx, e->city, ID(l->w->h[l->i].id), &l->h));
	return hazard_wait_of(tx, e->city, &l->h, instant_day(e->now), &l->wait);
}

static const struct err *look_acts(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	TRY(look(tx, e, ctx));
	return event_acts(tx, e->city, "hazard", ID(l->w->h[l->i].id), &l->acts, &l->n);
}

static void compare_wait(struct world *w, int i)
{
	struct m_world ways = {holder_of, w};
	struct m_hazard *m = &w->h[i];
	struct looking l = {.w = w, .i = i};
	struct arena_mark mark = arena_mark(w->g->a);
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	fine(env_read(&e, look, &l));
	int who = m_waits_for(&ways, m);
	w->compared++;
	if (!l.wait.n)
		miss(w, i, "waits for nobody", who, -1);
	else if (who < 0 || l.wait.holders[0].id.v != w->people[who].id.v)
		miss(w, i, "waits for somebody else", who < 0 ? -1 : w->people[who].id.v, l.wait.holders[0].id.v);
	if ((int)l.h.handling_level - 1 != (int)m->level)
		miss(w, i, "level", m->level, l.h.handling_level - 1);
	if (l.h.due_at.ms != m->due)
		miss(w, i, "limit", m->due, l.h.due_at.ms);
	arena_rewind(w->g->a, mark);
}

static void compare_all(struct world *w, int one_in)
{
	for (int i = 0; i < w->n_h && !w->wrong; i++)
		if (w->h[i].state < M_CLOSED && chance(w, (uint64_t)one_in) == 0)
			compare_wait(w, i);
}

static int kind_of(struct str act)
{
	return str_is(act, "pass_on") ? M_PASS_ON : str_is(act, "rise") ? M_RISE : str_is(act, "alarm") ? M_ALARM : -1;
}

/* Each step, its kind and its moment. */
static void compare_history(struct world *w, int i)
{
	struct m_hazard *m = &w->h[i];
	struct looking l = {.w = w, .i = i};
	struct arena_mark mark = arena_mark(w->g->a);
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	int n = 0;
	fine(env_read(&e, look_acts, &l));
	for (size_t k = 0; k < l.n; k++) {
		int kind = kind_of(l.acts[k].act);
		if (kind < 0)
			continue;
		if (n >= m->n_log || (int)m->log[n].kind != kind || m->log[n].at != l.acts[k].at.ms)
			miss(w, i, "a step that should not be", n < m->n_log ? m->log[n].at : 0, l.acts[k].at.ms);
		n++;
	}
	if (n != m->n_log)
		miss(w, i, "steps", m->n_log, n);
	if (m->state == M_CLOSED && !str_is(l.wait.solved_level, m_solved(m)))
		miss(w, i, "solved on another level", (int64_t)m->level, (int64_t)l.h.handling_level);
	w->compared++;
	w->steps += m->n_log;
	arena_rewind(w->g->a, mark);
}

/* ---- time passes ----------------------------------------------------------------------- */

static void run_job(struct world *w)
{
	struct m_world ways = {holder_of, w};
	struct arena_mark mark = arena_mark(w->g->a);
	app_set_now(w->g->app, INSTANT(w->now));
	/* Sometimes two servers at once: what one has done the other finds done. */
	for (int twice = chance(w, 10) == 0; twice >= 0; twice--) {
		struct env e = env_system(w->g->app, w->g->a, w->g->city);
		fine(hazard_clock_job(&e, STR("")));
	}
	arena_rewind(w->g->a, mark);
	for (int i = 0; i < w->n_h; i++)
		m_look(&ways, &w->h[i], w->now);
}

static void start_again(struct world *w)
{
	app_free(w->g->app);
	w->g->o.fixed_now = INSTANT(w->now);
	w->g->o.seed++;
	ground_open(w->g);
	w->restarts++;
}

/* For one look the clock is two months ahead: what it did there counts from the moment it was set back. */
static void jump(struct world *w)
{
	int64_t now = w->now;
	w->now += 60 * M_DAY;
	run_job(w);
	w->now = now + M_MINUTE;
	for (int i = 0; i < w->n_h; i++)
		if (w->h[i].since > w->now)
			w->h[i].since = w->now;
	run_job(w);
	w->now = now;
	app_set_now(w->g->app, INSTANT(now));
}

/* A row that somebody has put off: the comparison has to find it. */
static void plant(struct world *w)
{
	for (int i = 0; i < w->n_h; i++)
		if (w->h[i].state == M_REPORTED && w->h[i].since + M_HOUR < w->now && !w->h[i].danger && !w->h[i].steps) {
			ground_sql(w->g, "UPDATE hazard_clock SET at = at + 3600000 WHERE city_id = $1 AND hazard_id = $2",
				   ARGS(ARG(w->g->city), arg_i64(w->h[i].id)));
			w->planted = true;
			w->quiet = w->h[i].id;
			return;
		}
}

static void tick(struct world *w, int t, const struct plan *p)
{
	const int a_day = 24 * 60 / TICK_MINUTES;
	int day = t / a_day;
	bool down = day >= p->days / 2 && day < p->days / 2 + (p->days > 20 ? 7 : 2);
	w->now = w->began + (int64_t)t * TICK_MINUTES * M_MINUTE;
	if (down)
		return; /* nobody does anything: what they would have done waits */
	do_what_is_due(w);
	app_set_now(w->g->app, INSTANT(w->now));
	if (chance(w, 500) == 0)
		start_again(w);
	run_job(w);
	if (t % a_day == a_day / 2) {
		change_people(w);
		compare_all(w, p->sample);
	}
	if (day == p->days * 3 / 4 && t % a_day == 7)
		jump(w);
	if (p->plants && day >= 3 && !w->planted)
		plant(w);
}

static bool run(const char *pg, const struct plan *p, int64_t *compared)
{
	struct app_options o = {.fixed_now = ground_plan.now, .seed = p->seed};
	struct ground *g = ground_new(pg, &o);
	struct world *w = world_new(g, p);
	const int ticks = p->days * 24 * 60 / TICK_MINUTES;
	for (int t = 0; t < ticks && !w->wrong; t++)
		tick(w, t, p);
	for (int i = 0; i < w->n_h && !w->wrong; i++)
		compare_history(w, i);
	bool good = !w->wrong;
	if (!p->plants)
		printf("%s %s seed %lu: %d days, %d employers, %d hidden dangers, %d closed out, %lld acts, %lld steps, %d restarts, %lld comparisons\n",
		       good ? "ok  " : "FAIL", pg ? "PostgreSQL" : "SQLite", (unsigned long)p->seed, p->days, p->employers, w->n_h, w->closed,
		       (long long)w->acts, (long long)w->steps, w->restarts, (long long)w->compared);
	*compared += w->compared;
	world_free(w);
	ground_free(g);
	return good;
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
	struct plan p = {.days = (int)option(argc, argv, "--days", 30), .employers = (int)option(argc, argv, "--employers", 40),
			 .hazards = (int)option(argc, argv, "--hazards", 500), .seed = (uint64_t)option(argc, argv, "--seed", 1),
			 .sample = (int)option(argc, argv, "--sample", 2)};
	struct plan broken = {.days = 12, .employers = 10, .hazards = 60, .seed = 3, .sample = 1, .plants = true};
	const char *pg = getenv("CHABAOCU_TEST_PG");
	int64_t passed = 0, failed = 0, compared = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!option(argc, argv, "--pg-alone", 0))
		*(run(NULL, &p, &compared) ? &passed : &failed) += 1;
	if (pg)
		*(run(pg, &p, &compared) ? &passed : &failed) += 1;
	else
		printf("not run: PostgreSQL, CHABAOCU_TEST_PG names no server\n");
	bool found = !run(NULL, &broken, &compared);
	printf("%s a planted fault is found\n", found ? "ok  " : "FAIL");
	*(found ? &passed : &failed) += 1;
	printf("%lld comparisons\n%lld passed, %lld failed\n", (long long)compared, (long long)passed, (long long)failed);
	return failed != 0;
}
