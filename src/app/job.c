#include "job_run.h"

#include "app_private.h"
#include "app_sql.h"
#include "log.h"

#include <string.h>

enum { ATTEMPTS = 8, ERROR_BYTES = 500 };
#define BACKOFF_MS INT64_C(5000)
#define BACKOFF_MAX_MS INT64_C(3600000)
#define BACKOFF_LONGEST_MS (BACKOFF_MAX_MS + BACKOFF_MAX_MS / 4)

static const struct job_kind *find_kind(const struct app *app, struct str name)
{
	for (size_t i = 0; app->features[i]; i++)
		for (const struct job_kind *k = app->features[i]->jobs; k && k->name; k++)
			if (str_is(name, k->name))
				return k;
	return NULL;
}

const struct err *job_add(struct db_tx *tx, struct env *e, const char *kind, struct str unique, struct str payload, struct instant due)
{
	if (!find_kind(e->app, str_of(kind)))
		return ERR(db_arena(tx), ERR_BUG, NULL, "no feature declares jobs of the kind %s", kind);
	struct instant at = due.ms ? due : e->now;
	return db_exec(tx, &job_insert, ARGS(ARG(e->city), ARG(env_id(e)), ARG(str_of(kind)), ARG(unique), ARG(payload), ARG(at), ARG(e->now)),
		       NULL);
}

/* ---- leasing ------------------------------------------------------------------ */

static const struct shape lease_shape[] = {
	SHAPE(struct job_lease, id, 0), SHAPE(struct job_lease, kind, 0), SHAPE(struct job_lease, uniq, 0),
	SHAPE(struct job_lease, payload, 0), SHAPE(struct job_lease, attempts, 0), SHAPE_END,
};

struct due {
	int64_t city_id;
	struct id id;
};

static const struct shape due_shape[] = {SHAPE(struct due, city_id, 0), SHAPE(struct due, id, 0), SHAPE_END};

struct look {
	struct instant now;
	struct due *due;
	size_t n;
	struct due *cities;
	size_t n_cities;
};

static const struct err *read_cities(struct db_tx *tx, struct look *l)
{
	void *rows;
	TRY(db_all(tx, &job_cities, (struct args){0}, due_shape, sizeof(struct due), &rows, &l->n_cities));
	l->cities = rows;
	return NULL;
}

/* The first city with something due, beginning somewhere else each time, so that none waits for another's queue. */
static const struct err *look_for_due(struct db_tx *tx, void *ctx)
{
	struct look *l = ctx;
	void *rows;
	TRY(read_cities(tx, l));
	l->n = 0;
	for (size_t i = 0; i < l->n_cities && !l->n; i++) {
		size_t at = (i + (size_t)(l->now.ms / 1000)) % l->n_cities;
		TRY(db_all(tx, &job_due_now, ARGS(ARG(l->cities[at].city_id), ARG(l->now), ARG(l->now)), due_shape, sizeof(struct due), &rows,
			   &l->n));
		l->due = rows;
	}
	return NULL;
}

struct taking {
	struct job_lease *l;
	bool got;
};

static const struct err *lease(struct db_tx *tx, struct env *e, void *ctx)
{
	struct taking *t = ctx;
	struct job_lease *l = t->l;
	return db_find(tx, &job_take_lease, ARGS(ARG(l->city), ARG(l->id), ARG(e->now), ARG(e->now), ARG(l->owner), arg_i64(e->now.ms + l->lease_ms)),
		       lease_shape, l, &t->got);
}

const struct err *job_take(struct app *app, struct arena *a, int64_t owner, int64_t lease_ms, struct job_lease *out, bool *found)
{
	struct look look = {.now = app_now(app)};
	*found = false;
	TRY(db_read(app->db, a, look_for_due, &look));
	for (size_t i = 0; i < look.n && !*found; i++) {
		struct env e = env_system(app, a, look.due[i].city_id);
		*out = (struct job_lease){.city = look.due[i].city_id, .owner = owner, .lease_ms = lease_ms, .id = look.due[i].id};
		struct taking t = {.l = out};
		TRY(env_write(&e, lease, &t));
		*found = t.got;
	}
	return NULL;
}

static const struct err *prolong(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct job_lease *l = ctx;
	return db_exec(tx, &job_prolong, ARGS(ARG(l->city), ARG(l->id), ARG(l->owner), arg_i64(e->now.ms + l->lease_ms)), NULL);
}

const struct err *job_keep_lease(struct app *app, struct arena *a, const struct job_lease *l)
{
	struct job_lease copy = *l;
	struct env e = env_system(app, a, l->city);
	return env_write(&e, prolong, &copy);
}

/* ---- running ------------------------------------------------------------------- */

struct ending {
	const struct job_lease *l;
	const struct job_kind *kind;
	const struct err *err;
	int64_t wait_ms;
};

/* 5 s, 10 s … an hour, plus up to a quarter, so that jobs that failed together do not come back together. */
static int64_t backoff(struct app *app, int64_t attempts)
{
	uint32_t r;
	int64_t ms = BACKOFF_MS;
	for (int64_t i = 1; i < attempts && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	ms = ms < BACKOFF_MAX_MS ? ms : BACKOFF_MAX_MS;
	app_random(app, &r, sizeof(r));
	return ms + (int64_t)(r % (uint32_t)(ms / 4));
}

static bool is_periodic(const struct ending *d)
{
	return d->kind && d->kind->every_ms > 0 && str_is(d->l->uniq, JOB_EVERY);
}

static bool is_given_up(const struct ending *d)
{
	int max = d->kind && d->kind->attempts ? d->kind->attempts : ATTEMPTS;
	return d->err && !is_periodic(d) && d->l->attempts >= max;
}

static const struct err *put_off(struct db_tx *tx, struct env *e, const struct ending *d, int64_t wait_ms)
{
	struct str why = d->err ? str_fmt(db_arena(tx), "%.*s: %.*s", STR_ARG(d->err->code), STR_ARG(d->err->detail)) : STR("");
	/* Cut between characters. */
	for (why = str_sub(why, 0, ERROR_BYTES); why.n && !str_is_utf8(why); why.n--)
		;
	return db_exec(tx, &job_later, ARGS(ARG(d->l->city), ARG(d->l->id), ARG(d->l->owner), arg_i64(d->err ? d->l->attempts : 0),
					    arg_i64(e->now.ms + wait_ms), arg_bool(is_given_up(d)), ARG(why)), NULL);
}

static const struct err *settle(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct ending *d = ctx;
	int64_t gone;
	if (d->err || is_periodic(d))
		return put_off(tx, e, d, d->err ? d->wait_ms : d->kind->every_ms);
	TRY(db_exec(tx, &job_done, ARGS(ARG(d->l->city), ARG(d->l->id), ARG(d->l->owner)), &gone));
	return gone ? NULL : put_off(tx, e, d, 0); /* asked for again meanwhile */
}

static const struct err *do_job(struct app *app, struct arena *a, const struct ending *d)
{
	struct env e = env_system(app, a, d->l->city);
	if (!d->kind)
		return ERR(a, ERR_BUG, NULL, "this program has no jobs of the kind %.*s", STR_ARG(d->l->kind));
	/* Each attempt is counted before it runs: one more than allowed means that the others ended with their server. */
	if (!is_periodic(d) && d->l->attempts > (d->kind->attempts ? d->kind->attempts : ATTEMPTS))
		return ERR(a, ERR_BUG, "job_crashed", "each attempt ended with its server");
	return d->kind->run(&e, d->l->payload);
}

bool job_run(struct app *app, struct arena *a, const struct job_lease *l)
{
	struct ending d = {.l = l, .kind = find_kind(app, l->kind)};
	d.err = do_job(app, a, &d);
	d.wait_ms = d.err ? backoff(app, l->attempts) : 0;
	if (d.err)
		log_line(is_given_up(&d) ? LOG_LEVEL_ERR : LOG_LEVEL_WARN, is_given_up(&d) ? "job_given_up" : "job_failed", "kind",
			 str_z(a, l->kind), "id", str_fmt(a, "%lld", (long long)l->id.v).p, "detail", str_z(a, d.err->detail), NULL);
	struct env e = env_system(app, a, l->city);
	const struct err *bad = env_write(&e, settle, &d);
	if (bad) /* it runs again when the lease is over */
		log_line(LOG_LEVEL_ERR, "job_not_settled", "kind", str_z(a, l->kind), "detail", str_z(a, bad->detail), NULL);
	return !d.err && !bad;
}

/* ---- periodic ones ---------------------------------------------------------------- */

static struct arg in_ms(const struct env *e, int64_t ms)
{
	return arg_i64(e->now.ms + ms);
}

static const struct err *plant_kind(struct db_tx *tx, struct env *e, const struct job_kind *k)
{
	struct arg name = arg_str(str_of(k->name)), every = arg_str(STR(JOB_EVERY));
	TRY(db_exec(tx, &job_insert_periodic, ARGS(ARG(e->city), ARG(env_id(e)), name, every, ARG(e->now), ARG(e->now)), NULL));
	return db_exec(tx, &job_periodic_pull, ARGS(ARG(e->city), name, every, ARG(e->now), in_ms(e, k->every_ms + CLOCK_AHEAD_MS),
						    in_ms(e, k->every_ms + BACKOFF_LONGEST_MS + CLOCK_AHEAD_MS)), NULL);
}

/* A clock that ran ahead and was set back has left times that nothing now can have led to: they are pulled in, or the job would be
 * as good as lost. A lease is not taken from its holder, who prolongs it if alive. */
static const struct err *pull_in(struct db_tx *tx, struct env *e)
{
	TRY(db_exec(tx, &job_retry_pull, ARGS(ARG(e->city), ARG(e->now), in_ms(e, BACKOFF_LONGEST_MS + CLOCK_AHEAD_MS), ARG(STR(JOB_EVERY))), NULL));
	TRY(db_exec(tx, &job_made_pull, ARGS(ARG(e->city), ARG(e->now), in_ms(e, CLOCK_AHEAD_MS)), NULL));
	return db_exec(tx, &job_lease_pull, ARGS(ARG(e->city), in_ms(e, JOB_LEASE_DRAIN_MS), in_ms(e, JOB_LEASE_DRAIN_MS + CLOCK_AHEAD_MS),
						  ARG(e->now)), NULL);
}

static const struct err *plant(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct app *app = ctx;
	for (size_t i = 0; app->features[i]; i++)
		for (const struct job_kind *k = app->features[i]->jobs; k && k->name; k++)
			if (k->every_ms > 0)
				TRY(plant_kind(tx, e, k));
	return pull_in(tx, e);
}

static const struct err *all_cities(struct db_tx *tx, void *ctx)
{
	return read_cities(tx, ctx);
}

const struct err *job_plant(struct app *app, struct arena *a)
{
	struct look l = {0};
	TRY(db_read(app->db, a, all_cities, &l));
	for (size_t i = 0; i < l.n_cities; i++) {
		struct env e = env_system(app, a, l.cities[i].city_id);
		TRY(env_write(&e, plant, app));
	}
	return NULL;
}

/* ---- the queue --------------------------------------------------------------------- */

static const struct shape queue_shape[] = {
	SHAPE(struct job_queue, due, 0), SHAPE(struct job_queue, waiting, 0), SHAPE(struct job_queue, given_up, 0), SHAPE_END,
};

const struct err *job_queue_look(struct db_tx *tx, struct instant now, struct job_queue *out)
{
	return db_one(tx, &job_counts, ARGS(ARG(now)), queue_shape, out);
}
