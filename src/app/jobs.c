#include "app_parts.h"
#include "app_private.h"
#include "event.h"
#include "job_run.h"
#include "log.h"

#include <pthread.h>
#include <time.h>

enum { THREADS_MAX = 16 };
#define IDLE_MS 1000
#define PROLONG_EVERY_MS INT64_C(30000)
#define NODE_EVERY_MS INT64_C(60000)
#define SETTINGS_EVERY_MS INT64_C(10000)
#define PLANT_EVERY_MS INT64_C(600000)
#define AUDIT_EVERY_MS INT64_C(10000)

struct worker {
	struct jobs *jobs;
	pthread_t thread;
	bool running;         /* guarded by the mutex, like the lease while it runs */
	struct job_lease lease;
};

struct jobs {
	struct app *app;
	int64_t owner;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	bool stopping;        /* guarded by the mutex */
	unsigned n;
	struct worker workers[THREADS_MAX];
	pthread_t keeper;
};

static int64_t new_owner(struct app *app)
{
	int64_t owner;
	app_random(app, &owner, sizeof(owner));
	return (owner & INT64_MAX) | 1; /* 0 means nobody */
}

/* ---- workers -------------------------------------------------------------------- */

static bool is_stopping(struct jobs *j)
{
	pthread_mutex_lock(&j->mutex);
	bool stopping = j->stopping;
	pthread_mutex_unlock(&j->mutex);
	return stopping;
}

static void pause_ms(struct jobs *j, int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000L) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000L;
	}
	pthread_mutex_lock(&j->mutex);
	if (!j->stopping)
		pthread_cond_timedwait(&j->wake, &j->mutex, &t);
	pthread_mutex_unlock(&j->mutex);
}

static void set_running(struct worker *w, const struct job_lease *l)
{
	pthread_mutex_lock(&w->jobs->mutex);
	w->running = l != NULL;
	if (l)
		w->lease = *l;
	pthread_mutex_unlock(&w->jobs->mutex);
}

static void complain(const char *what, struct arena *a, const struct err *e)
{
	if (e)
		log_line(LOG_LEVEL_WARN, what, "detail", str_z(a, e->detail), NULL);
}

static bool work_once(struct worker *w)
{
	struct app *app = w->jobs->app;
	struct arena *a = arena_new(0);
	struct job_lease l;
	bool found;
	const struct err *e = job_take(app, a, w->jobs->owner, JOB_LEASE_MS, &l, &found);
	complain("job_take", a, e);
	if (!e && found) {
		set_running(w, &l);
		job_run(app, a, &l);
		set_running(w, NULL);
	}
	arena_free(a);
	return !e && found;
}

static void *work(void *p)
{
	struct worker *w = p;
	while (!is_stopping(w->jobs))
		if (!work_once(w))
			pause_ms(w->jobs, IDLE_MS);
	return NULL;
}

/* ---- the keeper -------------------------------------------------------------------- */

static const struct err *prolong_all(struct jobs *j, struct arena *a)
{
	for (unsigned i = 0; i < j->n; i++) {
		pthread_mutex_lock(&j->mutex);
		bool running = j->workers[i].running;
		struct job_lease l = j->workers[i].lease;
		pthread_mutex_unlock(&j->mutex);
		if (running)
			TRY(job_keep_lease(j->app, a, &l));
	}
	return NULL;
}

static const struct err *keep_node(struct jobs *j, struct arena *a)
{
	return ids_keep(j->app, a);
}

static const struct err *renew_settings(struct jobs *j, struct arena *a)
{
	return settings_refresh(j->app, a);
}

static const struct err *plant(struct jobs *j, struct arena *a)
{
	return job_plant(j->app, a);
}

static const struct err *flush_audit(struct jobs *j, struct arena *a)
{
	return audit_flush(j->app, a, false);
}

static const struct duty_row {
	const char *what;
	const struct err *(*fn)(struct jobs *j, struct arena *a);
	int64_t every_ms;
} duties[] = {
	{"job_prolong", prolong_all, PROLONG_EVERY_MS},
	{"node_lease", keep_node, NODE_EVERY_MS},
	{"settings", renew_settings, SETTINGS_EVERY_MS},
	{"job_plant", plant, PLANT_EVERY_MS},
	{"audit", flush_audit, AUDIT_EVERY_MS},
};
enum { DUTIES = sizeof(duties) / sizeof(duties[0]) };

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void *keep(void *p)
{
	struct jobs *j = p;
	int64_t due[DUTIES] = {0};
	while (!is_stopping(j)) {
		for (unsigned i = 0; i < DUTIES; i++) {
			if (now_ms() < due[i])
				continue;
			struct arena *a = arena_new(0);
			complain(duties[i].what, a, duties[i].fn(j, a));
			arena_free(a);
			due[i] = now_ms() + duties[i].every_ms;
		}
		pause_ms(j, IDLE_MS);
	}
	return NULL;
}

/* ---- life ---------------------------------------------------------------------------- */

static void stop_threads(struct jobs *j, unsigned workers, bool keeper)
{
	pthread_mutex_lock(&j->mutex);
	j->stopping = true;
	pthread_cond_broadcast(&j->wake);
	pthread_mutex_unlock(&j->mutex);
	for (unsigned i = 0; i < workers; i++)
		pthread_join(j->workers[i].thread, NULL);
	if (keeper)
		pthread_join(j->keeper, NULL);
	pthread_cond_destroy(&j->wake);
	pthread_mutex_destroy(&j->mutex);
}

const struct err *jobs_start(struct app *app, struct arena *a, unsigned threads, struct jobs **out)
{
	struct jobs *j = ARENA_NEW(a, struct jobs);
	pthread_condattr_t attr;
	j->app = app;
	j->n = threads < 1 ? 1 : threads > THREADS_MAX ? THREADS_MAX : threads;
	j->owner = new_owner(app);
	pthread_mutex_init(&j->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&j->wake, &attr);
	pthread_condattr_destroy(&attr);
	for (unsigned i = 0; i < j->n; i++) {
		j->workers[i].jobs = j;
		if (pthread_create(&j->workers[i].thread, NULL, work, &j->workers[i]) != 0) {
			stop_threads(j, i, false);
			return ERR(a, ERR_BUG, NULL, "no thread for background jobs");
		}
	}
	if (pthread_create(&j->keeper, NULL, keep, j) != 0) {
		stop_threads(j, j->n, false);
		return ERR(a, ERR_BUG, NULL, "no thread for keeping leases");
	}
	*out = j;
	return NULL;
}

void jobs_stop(struct jobs *j)
{
	if (j)
		stop_threads(j, j->n, true);
}

/* An error on `a`, whose own arena is about to go. */
static const struct err *move_err(struct arena *a, const struct err *e)
{
	return e ? err_make(a, e->kind, str_z(a, e->code), e->file, e->line, "%.*s", STR_ARG(e->detail)) : NULL;
}

static const struct err *drain_one(struct app *app, int64_t owner, bool *found, int64_t *done)
{
	struct arena *a = arena_new(0);
	struct job_lease l;
	const struct err *e = job_take(app, a, owner, JOB_LEASE_DRAIN_MS, &l, found);
	if (!e && *found)
		*done += job_run(app, a, &l);
	e = move_err(app->a, e);
	arena_free(a);
	return e;
}

const struct err *jobs_drain(struct app *app, int64_t *done_out)
{
	int64_t owner = new_owner(app);
	bool found = true;
	struct arena *a = arena_new(0);
	const struct err *e = move_err(app->a, job_plant(app, a));
	arena_free(a);
	*done_out = 0;
	while (!e && found)
		e = drain_one(app, owner, &found, done_out);
	return e;
}
