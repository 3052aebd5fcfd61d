/* Background jobs: each once, also with two servers, and again after a crash. */
#include "app_ground.h"
#include "job_run.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

enum { MANY = 120, TRACED = 30, STOPS_BEFORE = 7, STOPS_AFTER = 8 };

/* What the jobs of the test see: they get no context of their own. */
static struct watch {
	atomic_int runs[MANY], failures_left, ticks;
	bool dies; /* this process is the server that will be killed */
	struct ground *g;
} *watched(void)
{
	static struct watch w;
	return &w;
}

static const struct err *count(struct env *e, struct str payload)
{
	int64_t i = 0;
	(void)e;
	assert_true(str_i64(payload, 0, MANY - 1, &i));
	atomic_fetch_add(&watched()->runs[i], 1);
	return NULL;
}

static const struct err *falter(struct env *e, struct str payload)
{
	(void)payload;
	if (atomic_fetch_sub(&watched()->failures_left, 1) > 0)
		return ERR(e->a, ERR_BUSY, "not_yet", "another time, 下次");
	return count(e, STR("0"));
}

static const struct err *tick(struct env *e, struct str payload)
{
	(void)e, (void)payload;
	atomic_fetch_add(&watched()->ticks, 1);
	return NULL;
}

static const struct err *add_again(struct env *e, struct str payload);

/* Leaves a trace in the database: "begun" for each attempt, "done" once, "stuck" where the process is about to die. */
static const struct err *write_trace(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct sql add_trace = {.name = "trace_add", .scope = SQL_CITY, .n_args = 3, .writes = true,
		.text = "INSERT INTO trace (city_id, n, what) SELECT $1, $2, $3 WHERE CAST($3 AS TEXT) <> 'done'"
			" OR NOT EXISTS (SELECT 1 FROM trace WHERE city_id = $1 AND n = $2 AND what = 'done')"};
	const struct args *trace = ctx;
	(void)e;
	return db_exec(tx, &add_trace, *trace, NULL);
}

static const struct err *leave_trace(struct env *e, int64_t n, const char *what)
{
	struct args trace = ARGS(ARG(e->city), ARG(n), ARG(str_of(what)));
	return env_write(e, write_trace, &trace);
}

static const struct err *stop_here(struct env *e, int64_t n)
{
	TRY(leave_trace(e, n, "stuck"));
	for (;;)
		pause();
}

static const struct err *trace(struct env *e, struct str payload)
{
	int64_t n = 0;
	assert_true(str_i64(payload, 0, TRACED - 1, &n));
	TRY(leave_trace(e, n, "begun"));
	if (watched()->dies && n == STOPS_BEFORE)
		TRY(stop_here(e, n));
	TRY(leave_trace(e, n, "done"));
	return watched()->dies && n == STOPS_AFTER ? stop_here(e, n) : NULL;
}

static const struct job_kind kinds[] = {
	{.name = "test.trace", .run = trace},
	{.name = "test.count", .run = count}, {.name = "test.falter", .run = falter, .attempts = 3},
	{.name = "test.again", .run = add_again}, {.name = "test.tick", .run = tick, .every_ms = 60000}, {0}};
static const struct feature feature_test = {.name = "test", .identify = ground_nobody, .jobs = kinds};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

struct adding {
	const char *kind, *unique, *payload;
	int64_t due_ms;
	int n;
};

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct adding *d = ctx;
	for (int i = 0; i < d->n; i++)
		TRY(job_add(tx, e, d->kind, str_of(d->unique), d->payload ? str_of(d->payload) : str_fmt(e->a, "%d", i), INSTANT(d->due_ms)));
	return NULL;
}

/* Asks for itself while it runs, the first time. */
static const struct err *add_again(struct env *e, struct str payload)
{
	struct adding d = {"test.again", "one", "0", 0, 2};
	if (atomic_load(&watched()->runs[0]) == 0)
		TRY(env_write(e, add, &d));
	return count(e, payload);
}

static struct ground *begin(void **state)
{
	struct ground *g = ground_of(state);
	struct watch *w = watched();
	for (int i = 0; i < MANY; i++)
		atomic_store(&w->runs[i], 0);
	atomic_store(&w->ticks, 0);
	w->g = g;
	return g;
}

static void queue(struct ground *g, const struct adding *d)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct adding copy = *d;
	fine(env_write(&e, add, &copy));
}

static int64_t drain(struct ground *g)
{
	int64_t done;
	fine(jobs_drain(g->app, &done));
	return done;
}

static int64_t rows(struct ground *g)
{
	return ground_sql(g, "SELECT COUNT(*) AS n FROM job WHERE uniq <> 'every' AND given_up = 0", (struct args){0});
}

static void forward(struct ground *g, int64_t ms)
{
	app_set_now(g->app, INSTANT(app_now(g->app).ms + ms));
}

static void two_servers_do_each_job_once(void **state)
{
	struct ground *g = begin(state), other = *g;
	struct jobs *j[2];
	ground_open(&other);
	queue(g, &(struct adding){"test.count", "", NULL, 0, MANY});
	fine(jobs_start(g->app, g->a, 2, &j[0]));
	fine(jobs_start(other.app, g->a, 2, &j[1]));
	for (int i = 0; i < 600 && rows(g); i++)
		nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
	jobs_stop(j[0]);
	jobs_stop(j[1]);
	app_free(other.app);
	assert_int_equal(rows(g), 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(atomic_load(&watched()->runs[i]), 1);
}

static void a_job_of_a_dead_server_runs_when_its_lease_is_over(void **state)
{
	struct ground *g = begin(state);
	struct job_lease l;
	bool found = false;
	app_set_now(g->app, INSTANT(1735689600000));
	queue(g, &(struct adding){"test.count", "", "3", 0, 1});
	fine(job_take(g->app, g->a, 42, JOB_LEASE_MS, &l, &found));
	assert_true(found);
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[3]), 0);
	forward(g, JOB_LEASE_MS + 1);
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[3]), 1);
	/* The dead one comes back and settles what is no longer its own: nothing happens. */
	queue(g, &(struct adding){"test.count", "", "4", 0, 1});
	assert_true(job_run(g->app, g->a, &l));
	assert_int_equal(rows(g), 1);
}

static int64_t traces(struct ground *g, const char *what)
{
	return ground_sql(g, "SELECT COUNT(*) AS n FROM trace WHERE what = $1", ARGS(ARG(str_of(what))));
}

static void wait_for_traces(struct ground *g, const char *what, int64_t n)
{
	for (int i = 0; i < 600 && traces(g, what) < n; i++)
		nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
	assert_int_equal(traces(g, what), n);
}

static pid_t start_server_that_dies(struct ground *g)
{
	struct jobs *j;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	struct ground own = *g;
	watched()->dies = true;
	ground_open(&own);
	fine(jobs_start(own.app, own.a, 2, &j));
	for (;;)
		pause();
}

/* kill -9 in the middle of two jobs, before and after what one is about (NFR-5): nobody touches them while the lease lasts, then
 * the other server does them, and what they are about is done once. */
static void a_killed_server_is_taken_over_from(void **state)
{
	struct ground *g = begin(state);
	ground_sql(g, "CREATE TABLE trace (city_id BIGINT NOT NULL, n BIGINT NOT NULL, what TEXT NOT NULL)", (struct args){0});
	queue(g, &(struct adding){"test.trace", "", NULL, 0, TRACED});
	pid_t pid = start_server_that_dies(g);
	wait_for_traces(g, "stuck", 2);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	drain(g);
	assert_int_equal(traces(g, "done"), TRACED - 1);
	assert_int_equal(rows(g), 2);
	forward(g, JOB_LEASE_MS + 1000);
	drain(g);
	assert_int_equal(rows(g), 0);
	assert_int_equal(traces(g, "done"), TRACED);
	assert_int_equal(traces(g, "begun"), TRACED + 2);
}

static void a_failure_waits_and_is_given_up_in_the_end(void **state)
{
	struct ground *g = begin(state);
	app_set_now(g->app, INSTANT(1735689600000));
	atomic_store(&watched()->failures_left, 2);
	queue(g, &(struct adding){"test.falter", "", "", 0, 1});
	drain(g);
	drain(g); /* not due yet */
	assert_int_equal(atomic_load(&watched()->failures_left), 1);
	forward(g, 10000);
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[0]), 0);
	forward(g, 20000);
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[0]), 1);
	assert_int_equal(rows(g), 0);
	atomic_store(&watched()->failures_left, 100);
	queue(g, &(struct adding){"test.falter", "", "", 0, 1});
	for (int i = 0; i < 10; i++, forward(g, 3600000))
		drain(g);
	assert_int_equal(atomic_load(&watched()->failures_left), 97);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) AS n FROM job WHERE given_up = 1 AND last_error = 'not_yet: another time, 下次'",
				    (struct args){0}), 1);
}

static void a_key_stands_for_one_open_job(void **state)
{
	struct ground *g = begin(state);
	queue(g, &(struct adding){"test.count", "k", "5", 0, 3});
	queue(g, &(struct adding){"test.count", "other", "6", 0, 1});
	queue(g, &(struct adding){"test.again", "one", "0", 0, 1});
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[5]), 1);
	assert_int_equal(atomic_load(&watched()->runs[6]), 1);
	assert_int_equal(atomic_load(&watched()->runs[0]), 2); /* asked for while it ran: once more */
	queue(g, &(struct adding){"test.count", "k", "5", 0, 1});
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[5]), 2);
}

static void periodic_jobs_come_back_and_later_ones_wait(void **state)
{
	struct ground *g = begin(state);
	app_set_now(g->app, INSTANT(1735689600000));
	queue(g, &(struct adding){"test.count", "", "7", 1735689600000 + 90000, 1});
	drain(g);
	drain(g);
	assert_int_equal(atomic_load(&watched()->ticks), 1);
	forward(g, 60001);
	drain(g);
	assert_int_equal(atomic_load(&watched()->ticks), 2);
	assert_int_equal(atomic_load(&watched()->runs[7]), 0);
	forward(g, 60000);
	drain(g);
	assert_int_equal(atomic_load(&watched()->runs[7]), 1);
}

/* R9: the clock ran ahead for a while, by more than a year, and was set back. */
static void no_job_waits_for_a_time_that_a_wrong_clock_wrote(void **state)
{
	struct ground *g = begin(state);
	const int64_t now = 1735689600000, ahead = now + INT64_C(400) * 86400000;
	struct job_lease l;
	bool found = false;
	app_set_now(g->app, INSTANT(now));
	atomic_store(&watched()->failures_left, 1);
	queue(g, &(struct adding){"test.falter", "", "", 0, 1});
	queue(g, &(struct adding){"test.count", "", "8", now + 90000, 1});
	app_set_now(g->app, INSTANT(ahead));
	queue(g, &(struct adding){"test.count", "", "9", ahead + 30000, 1});
	drain(g); /* the periodic one runs, what was due too, the faltering one fails */
	assert_int_equal(atomic_load(&watched()->ticks), 1);
	assert_int_equal(atomic_load(&watched()->runs[8]), 1);
	queue(g, &(struct adding){"test.count", "", "10", 0, 1});
	fine(job_take(g->app, g->a, 42, JOB_LEASE_MS, &l, &found)); /* the holder dies */
	assert_true(found);
	app_set_now(g->app, INSTANT(now));
	for (int i = 0; i < 40; i++, forward(g, 60000))
		drain(g);
	assert_true(atomic_load(&watched()->ticks) >= 30);
	assert_int_equal(atomic_load(&watched()->runs[0]), 1);
	assert_int_equal(atomic_load(&watched()->runs[8]), 1);
	assert_int_equal(atomic_load(&watched()->runs[9]), 1);
	assert_int_equal(atomic_load(&watched()->runs[10]), 1);
	assert_int_equal(rows(g), 0);
}

static void an_undeclared_kind_is_refused(void **state)
{
	struct ground *g = begin(state);
	struct env e = env_system(g->app, g->a, g->city);
	struct adding d = {"test.nothing", "", "", 0, 1};
	fails(env_write(&e, add, &d), ERR_BUG, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(two_servers_do_each_job_once),
		ON_BOTH(a_job_of_a_dead_server_runs_when_its_lease_is_over),
		{"a_killed_server_is_taken_over_from (PostgreSQL)", a_killed_server_is_taken_over_from, ground_on_pg, ground_down, NULL},
		ON_BOTH(a_failure_waits_and_is_given_up_in_the_end),
		ON_BOTH(a_key_stands_for_one_open_job),
		ON_BOTH(periodic_jobs_come_back_and_later_ones_wait),
		ON_BOTH(no_job_waits_for_a_time_that_a_wrong_clock_wrote),
		ON_BOTH(an_undeclared_kind_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
