/* Folding what is fresh into rows and sums. */
#include "measure_private.h"

/* Rows of one transaction: some milliseconds on the writer. */
enum { FOLD_SOME = 200 };

struct fold {
	struct measure_entry *fresh;
	size_t n;
};

static const struct shape phase_shape[] = {
	SHAPE(struct measure_phase, phase, 0), SHAPE(struct measure_phase, run, 0), SHAPE(struct measure_phase, at, 0), SHAPE_END};

const struct err *measure_phase_of(struct db_tx *tx, int64_t city, struct measure_phase *out)
{
	bool found;
	*out = (struct measure_phase){.phase = STR("ready")};
	return db_find(tx, &measure_state_of, ARGS(ARG(city)), phase_shape, out, &found);
}

static const struct err *read_fresh(struct db_tx *tx, struct env *e, void *ctx)
{
	struct fold *f = ctx;
	void *rows;
	TRY(db_all(tx, &measure_fresh_some, ARGS(ARG(e->city), arg_i64(FOLD_SOME)), measure_entry_shape, sizeof(struct measure_entry), &rows,
		   &f->n));
	f->fresh = rows;
	return NULL;
}

static const struct err *write_folded(struct db_tx *tx, int64_t city, const struct measure_entry *v, size_t n)
{
	struct arena *a = db_arena(tx);
	struct measure_stored *rows = ARENA_ARRAY(a, struct measure_stored, n * PATH_UNITS_MAX);
	struct measure_summed *sums = ARENA_ARRAY(a, struct measure_summed, n * PATH_UNITS_MAX);
	struct measure_home *homes = ARENA_ARRAY(a, struct measure_home, n * PATH_UNITS_MAX);
	size_t n_rows = 0, n_sums = 0, n_homes = 0;
	for (size_t i = 0; i < n; i++) {
		struct measure_folded f;
		measure_fold_one(&v[i], &f);
		for (size_t k = 0; k < f.n_rows; k++)
			rows[n_rows++] = f.rows[k];
		for (size_t k = 0; k < f.n_sums; k++)
			sums[n_sums++] = f.sums[k];
		for (size_t k = 0; k < f.n_homes; k++)
			homes[n_homes++] = f.homes[k];
	}
	measure_sort_rows(rows, n_rows);
	TRY(measure_write_rows(tx, city, rows, n_rows));
	TRY(measure_write_sums(tx, city, sums, measure_sort_sums(sums, n_sums)));
	return measure_write_homes(tx, city, homes, measure_sort_homes(homes, n_homes));
}

static const struct err *fold_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct fold *f = ctx;
	int64_t held, gone;
	f->n = 0;
	TRY(db_exec(tx, &measure_state_first, ARGS(ARG(e->city)), NULL));
	TRY(db_exec(tx, &measure_state_hold, ARGS(ARG(e->city)), &held));
	if (!held)
		return NULL;
	TRY(read_fresh(tx, e, f));
	if (!f->n)
		return NULL;
	TRY(write_folded(tx, e->city, f->fresh, f->n));
	TRY(db_exec(tx, &measure_fresh_folded, ARGS(ARG(e->city), ARG(f->fresh[0].id), ARG(f->fresh[f->n - 1].id)), &gone));
	/* One with an id between these was committed meanwhile (PostgreSQL): it would be lost. */
	return gone == (int64_t)f->n ? NULL : ERR(db_arena(tx), ERR_BUSY, NULL, "an entry came between");
}

static const struct err *fold_once(struct env *e, size_t *n)
{
	struct env own = *e;
	struct fold f = {0};
	own.a = arena_new(0);
	/* Looked at first: an idle city writes nothing. */
	const struct err *bad = env_read(&own, read_fresh, &f);
	if (!bad && f.n)
		bad = env_write(&own, fold_some, &f);
	*n = f.n;
	if (bad)
		bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(own.a);
	return bad;
}

static const struct err *look_at_phase(struct db_tx *tx, struct env *e, void *ctx)
{
	return measure_phase_of(tx, e->city, ctx);
}

/* A making whose program ended is taken up by the next job. */
#define MAKING_LOST_MS INT64_C(120000)

const struct err *measure_fold(struct env *e)
{
	struct measure_phase p;
	size_t n = 1;
	TRY(env_read(e, look_at_phase, &p));
	if (str_is(p.phase, "making") && e->now.ms < p.at.ms + MAKING_LOST_MS)
		return NULL;
	if (!str_is(p.phase, "ready"))
		TRY(measure_rebuild(e));
	while (n)
		TRY(fold_once(e, &n));
	return NULL;
}
