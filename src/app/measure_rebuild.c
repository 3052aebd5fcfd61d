/* Making all rows and sums anew from what has happened.
 *
 * Subjects come in the order of their ids, some in a transaction; in that transaction
 * their fresh entries go, since what has happened contains them. Whatever is
 * posted about them from then on stays fresh until the phase is ready again. The
 * entries are gathered in memory and written sorted by unit, so that each page of
 * the tree is written once for a batch and not once for an entry.
 */
#include "measure_private.h"

#include <string.h>

enum { SUBJECTS_SOME = 2000, BATCH_ENTRIES = 40000, WRITE_SOME = 4000 };

struct making {
	struct env *e;        /* whose arena holds errors */
	struct id run;
	const struct feature *feature;
	struct id after, last;
	struct measure_list some;   /* of the running transaction */
	struct measure_list batch;
	/* being written */
	struct measure_stored *rows;
	struct measure_summed *sums;
	struct measure_home *homes;
	size_t n_rows, n_sums, n_homes, at;
	int64_t dropped;
};

void measure_list_add(struct measure_list *l, const struct measure *m, const struct measure_entry *entry)
{
	if (l->n == l->cap) {
		size_t cap = l->cap ? l->cap * 2 : 256;
		struct measure_entry *v = ARENA_ARRAY(l->a, struct measure_entry, cap);
		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n] = *entry;
	l->v[l->n++].measure = str_of(m->name);
}

/* A step in a transaction with an arena of its own. */
static const struct err *step(struct making *k, env_fn *fn)
{
	struct env own = *k->e;
	own.a = arena_new((size_t)32 * 1024 * 1024);
	own.now = app_now(own.app);
	const struct err *bad = env_write(&own, fn, k);
	if (bad)
		bad = err_make(k->e->a, bad->kind, str_z(k->e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(own.a);
	return bad;
}

static const struct err *begin(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	TRY(db_exec(tx, &measure_state_first, ARGS(ARG(e->city)), NULL));
	return db_change(tx, &measure_state_make, ARGS(ARG(e->city), ARG(k->run), ARG(e->now)));
}

static const struct err *still_mine(struct db_tx *tx, struct env *e, const struct making *k)
{
	int64_t mine;
	TRY(db_exec(tx, &measure_state_seen, ARGS(ARG(e->city), ARG(k->run), ARG(e->now)), &mine));
	return mine ? NULL : ERR(db_arena(tx), ERR_CONFLICT, "made_elsewhere", "somebody else began to make the rows anew");
}

static const struct err *end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	TRY(still_mine(tx, e, k));
	return db_change(tx, &measure_state_made, ARGS(ARG(e->city), ARG(k->run), ARG(e->now)));
}

/* ---- what was there goes ------------------------------------------------------------- */

static const struct err *drop_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	void *rows;
	size_t n;
	TRY(still_mine(tx, e, k));
	TRY(db_all(tx, &measure_row_keys, ARGS(ARG(e->city)), measure_stored_shape, sizeof(struct measure_stored), &rows, &n));
	k->dropped = (int64_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct measure_stored *r = (const struct measure_stored *)rows + i;
		TRY(db_exec(tx, &measure_row_drop, ARGS(ARG(e->city), ARG(r->unit_id), ARG(r->measure), ARG_DAY(r->day), ARG(r->id)), NULL));
	}
	return NULL;
}

static const struct err *drop_sums(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	void *rows;
	size_t n;
	TRY(still_mine(tx, e, k));
	TRY(db_all(tx, &measure_day_keys, ARGS(ARG(e->city)), measure_summed_shape, sizeof(struct measure_summed), &rows, &n));
	k->dropped = (int64_t)n;
	for (size_t i = 0; i < n; i++) {
		const struct measure_summed *r = (const struct measure_summed *)rows + i;
		TRY(db_exec(tx, &measure_day_drop, ARGS(ARG(e->city), ARG(r->unit_id), ARG(r->measure), ARG_DAY(r->day), ARG(r->above_id)),
			    NULL));
	}
	return NULL;
}

static const struct err *drop_all(struct making *k, env_fn *fn)
{
	do
		TRY(step(k, fn));
	while (k->dropped);
	return NULL;
}

/* ---- what has happened ------------------------------------------------------------------ */

static bool same(const struct measure_list *x, const struct measure_list *y)
{
	bool same = x->n == y->n;
	for (size_t i = 0; same && i < x->n; i++)
		same = x->v[i].day.ymd == y->v[i].day.ymd && x->v[i].n == y->v[i].n && x->v[i].subject_id.v == y->v[i].subject_id.v &&
		       str_eq(x->v[i].measure, y->v[i].measure);
	return same;
}

static const struct err *take_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	struct measure_list again = {.a = db_arena(tx)};
	struct id last;
	k->some = (struct measure_list){.a = db_arena(tx)};
	TRY(still_mine(tx, e, k));
	TRY(k->feature->recount(tx, e->city, k->after, SUBJECTS_SOME, &k->some, &k->last));
	if (!k->last.v)
		return NULL;
	for (const struct measure *const *m = k->feature->measures; m && *m; m++)
		TRY(db_exec(tx, &measure_fresh_of_subjects, ARGS(ARG(e->city), ARG(str_of((*m)->name)), ARG(k->after), ARG(k->last)), NULL));
	if (db_engine_of(db_of(tx)) == DB_SQLITE)
		return NULL;
	/* On PostgreSQL something may have been committed between the two statements: whoever read it once must read it twice. */
	TRY(k->feature->recount(tx, e->city, k->after, SUBJECTS_SOME, &again, &last));
	return last.v == k->last.v && same(&k->some, &again) ? NULL : ERR(db_arena(tx), ERR_BUSY, NULL, "something happened between");
}

/* The batch outlives the transaction. */
static void keep_some(struct making *k, const struct measure_list *some)
{
	for (size_t i = 0; i < some->n; i++) {
		struct measure_entry entry = some->v[i];
		struct measure m = {.name = str_z(k->batch.a, entry.measure)};
		entry.id = app_id(k->e->app);
		entry.path = str_dup(k->batch.a, entry.path);
		measure_list_add(&k->batch, &m, &entry);
	}
}

static const struct err *take(struct making *k)
{
	struct env own = *k->e;
	own.a = arena_new((size_t)64 * 1024 * 1024);
	own.now = app_now(own.app);
	const struct err *bad = env_write(&own, take_some, k);
	if (bad)
		bad = err_make(k->e->a, bad->kind, str_z(k->e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	else
		keep_some(k, &k->some);
	arena_free(own.a);
	return bad;
}

/* ---- writing a batch ---------------------------------------------------------------------- */

static size_t part(const struct making *k, size_t n)
{
	return n - k->at < WRITE_SOME ? n - k->at : WRITE_SOME;
}

static const struct err *write_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	TRY(still_mine(tx, e, k));
	return measure_write_rows(tx, e->city, k->rows + k->at, part(k, k->n_rows));
}

static const struct err *write_sums(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	TRY(still_mine(tx, e, k));
	return measure_write_sums(tx, e->city, k->sums + k->at, part(k, k->n_sums));
}

static const struct err *write_homes(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	TRY(still_mine(tx, e, k));
	return measure_write_homes(tx, e->city, k->homes + k->at, part(k, k->n_homes));
}

static const struct err *in_parts(struct making *k, size_t n, env_fn *fn)
{
	for (k->at = 0; k->at < n; k->at += WRITE_SOME)
		TRY(step(k, fn));
	return NULL;
}

/* Units on all paths. */
static size_t count_units(const struct measure_list *l)
{
	struct id ids[PATH_UNITS_MAX];
	size_t n = 0;
	for (size_t i = 0; i < l->n; i++)
		n += path_units(l->v[i].path, ids);
	return n;
}

static void spread(struct making *k)
{
	struct arena *a = k->batch.a;
	size_t most = count_units(&k->batch) + 1;
	k->rows = ARENA_ARRAY(a, struct measure_stored, most);
	k->sums = ARENA_ARRAY(a, struct measure_summed, most);
	k->homes = ARENA_ARRAY(a, struct measure_home, most);
	k->n_rows = k->n_sums = k->n_homes = 0;
	for (size_t i = 0; i < k->batch.n; i++) {
		struct measure_folded f;
		measure_fold_one(&k->batch.v[i], &f);
		memcpy(k->rows + k->n_rows, f.rows, f.n_rows * sizeof(*f.rows));
		memcpy(k->sums + k->n_sums, f.sums, f.n_sums * sizeof(*f.sums));
		memcpy(k->homes + k->n_homes, f.homes, f.n_homes * sizeof(*f.homes));
		k->n_rows += f.n_rows;
		k->n_sums += f.n_sums;
		k->n_homes += f.n_homes;
	}
	measure_sort_rows(k->rows, k->n_rows);
	k->n_sums = measure_sort_sums(k->sums, k->n_sums);
	k->n_homes = measure_sort_homes(k->homes, k->n_homes);
}

static const struct err *write_batch(struct making *k)
{
	spread(k);
	TRY(in_parts(k, k->n_rows, write_rows));
	TRY(in_parts(k, k->n_sums, write_sums));
	return in_parts(k, k->n_homes, write_homes);
}

static const struct err *make_batch(struct making *k, bool *more)
{
	k->batch = (struct measure_list){.a = arena_new((size_t)256 * 1024 * 1024)};
	const struct err *bad = NULL;
	do {
		bad = take(k);
		*more = !bad && k->last.v;
		k->after = *more ? k->last : k->after;
	} while (*more && k->batch.n < BATCH_ENTRIES);
	bad = bad ? bad : write_batch(k);
	arena_free(k->batch.a);
	return bad;
}

const struct err *measure_rebuild(struct env *e)
{
	struct making k = {.e = e, .run = app_id(e->app)};
	TRY(step(&k, begin));
	TRY(drop_all(&k, drop_rows));
	TRY(drop_all(&k, drop_sums));
	for (const struct feature *const *f = app_features(e->app); *f; f++) {
		bool more = (*f)->recount != NULL;
		k.feature = *f;
		k.after = ID(0);
		while (more)
			TRY(make_batch(&k, &more));
	}
	return step(&k, end);
}
