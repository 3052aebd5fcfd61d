/* Comparing what is stored with what has happened.
 *
 * A number of a unit on a day is a sum over entries, so a weighted sum over all of
 * them can be compared without keeping any: each cell (unit, its neighbour, measure, day,
 * subject) has a weight of 64 bits drawn from its name, and weight × n is added to one of
 * many buckets, chosen by unit, measure and day. Buckets that differ are walked again with their
 * cells kept, and the cells that differ are named.
 */
#include "measure_private.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { BUCKETS = 1 << 16, WRONG_BUCKETS = 64, CELLS_MAX = 1 << 18, TOLD_MAX = 100 };

/* Which of the two kinds of stored number: the sums of units above the employer, or the rows of every unit. */
enum side { SUMS, ROWS, SIDES };

struct cell {
	struct id unit, next, subject; /* next: the unit above (sums) or below (rows) */
	struct str measure;
	struct day day;
	int64_t stored, recounted;
};

struct verify {
	struct env *e;
	void (*found)(void *ctx, const char *text);
	void *ctx;
	unsigned char key[crypto_shorthash_KEYBYTES];
	uint64_t *buckets[SIDES]; /* stored - recounted */
	int64_t n, told, more;
	/* the second walk */
	enum side side;
	bool is_second;
	struct cell *cells;       /* open addressing */
	size_t n_cells;
	bool too_many;
	struct arena *kept;
};

/* ---- cells ------------------------------------------------------------------------- */

static uint64_t weight(const struct verify *v, const struct cell *c)
{
	unsigned char buf[64] = {0}, out[crypto_shorthash_BYTES];
	uint64_t w;
	size_t n = c->measure.n < 24 ? c->measure.n : 24;
	memcpy(buf, &c->unit.v, 8);
	memcpy(buf + 8, &c->next.v, 8);
	memcpy(buf + 16, &c->subject.v, 8);
	memcpy(buf + 24, &c->day.ymd, 4);
	memcpy(buf + 32, c->measure.p, n);
	crypto_shorthash(out, buf, sizeof(buf), v->key);
	memcpy(&w, out, sizeof(w));
	return w;
}

static size_t bucket_of(const struct verify *v, const struct cell *c)
{
	const struct cell whole = {.unit = c->unit, .measure = c->measure, .day = c->day};
	return (size_t)(weight(v, &whole) % BUCKETS);
}

static bool is_same_cell(const struct cell *x, const struct cell *y)
{
	return x->unit.v == y->unit.v && x->next.v == y->next.v && x->subject.v == y->subject.v && x->day.ymd == y->day.ymd &&
	       str_eq(x->measure, y->measure);
}

static void keep_cell(struct verify *v, const struct cell *c)
{
	size_t at = (size_t)weight(v, c) % CELLS_MAX;
	while (v->cells[at].measure.p && !is_same_cell(&v->cells[at], c))
		at = (at + 1) % CELLS_MAX;
	struct cell *to = &v->cells[at];
	if (!to->measure.p) {
		if (v->n_cells > CELLS_MAX / 2) {
			v->too_many = true;
			return;
		}
		v->n_cells++;
		*to = *c;
		to->measure = str_dup(v->kept, c->measure);
		return;
	}
	to->stored += c->stored;
	to->recounted += c->recounted;
}

static void count_cell(struct verify *v, enum side side, const struct cell *c)
{
	size_t b = bucket_of(v, c);
	if (!v->is_second)
		v->buckets[side][b] += weight(v, c) * ((uint64_t)c->stored - (uint64_t)c->recounted);
	else if (side == v->side && v->buckets[side][b])
		keep_cell(v, c);
}

/* ---- sources ------------------------------------------------------------------------- */

static int64_t put(struct cell *c, bool is_stored, int64_t n)
{
	c->stored = is_stored ? n : 0;
	c->recounted = is_stored ? 0 : n;
	return n;
}

/* A row stands for its unit and, in an employer, for each unit of its tail. */
static void count_row(struct verify *v, const struct measure_stored *s, bool is_stored)
{
	struct id ids[PATH_UNITS_MAX];
	size_t n = path_units(s->tail, ids);
	struct cell c = {.unit = s->unit_id, .next = s->below_id, .subject = s->subject_id, .measure = s->measure, .day = s->day};
	put(&c, is_stored, s->n);
	count_cell(v, ROWS, &c);
	for (size_t i = 0; i < n; i++) {
		c.unit = ids[i];
		c.next = i + 1 < n ? ids[i + 1] : ID(0);
		count_cell(v, ROWS, &c);
	}
}

static void count_sum(struct verify *v, const struct measure_summed *s, bool is_stored)
{
	struct cell c = {.unit = s->unit_id, .next = s->above_id, .measure = s->measure, .day = s->day};
	put(&c, is_stored, s->n);
	count_cell(v, SUMS, &c);
}

static void count_entry(struct verify *v, const struct measure_entry *e, bool is_stored)
{
	struct measure_folded f;
	measure_fold_one(e, &f);
	for (size_t i = 0; i < f.n_rows; i++)
		count_row(v, &f.rows[i], is_stored);
	for (size_t i = 0; i < f.n_sums; i++)
		count_sum(v, &f.sums[i], is_stored);
}

static const struct err *see_stored(void *ctx, const void *row)
{
	count_row(ctx, row, true);
	return NULL;
}

static const struct err *see_summed(void *ctx, const void *row)
{
	count_sum(ctx, row, true);
	return NULL;
}

static const struct err *see_fresh(void *ctx, const void *row)
{
	count_entry(ctx, row, true);
	return NULL;
}

static const struct err *see_recounted(void *ctx, const struct measure_entry *entry)
{
	struct verify *v = ctx;
	v->n += !v->is_second;
	count_entry(v, entry, false);
	return NULL;
}

enum { REPLAY_SUBJECTS = 2000 };

const struct err *measure_replay(struct db_tx *tx, struct env *e, measure_each_fn *each, void *ctx)
{
	struct arena *a = db_arena(tx);
	for (const struct feature *const *f = app_features(e->app); *f; f++) {
		struct id after = ID(0), last = ID((*f)->recount != NULL);
		while (last.v) {
			struct arena_mark mark = arena_mark(a);
			struct measure_list some = {.a = a};
			TRY((*f)->recount(tx, e->city, after, REPLAY_SUBJECTS, &some, &last));
			for (size_t i = 0; i < some.n; i++)
				TRY(each(ctx, &some.v[i]));
			after = last;
			arena_rewind(a, mark);
		}
	}
	return NULL;
}

static const struct err *walk(struct db_tx *tx, struct verify *v)
{
	struct args city = ARGS(ARG(v->e->city));
	TRY(db_each(tx, &measure_day_all, city, measure_summed_shape, sizeof(struct measure_summed), see_summed, v));
	TRY(db_each(tx, &measure_row_all, city, measure_stored_shape, sizeof(struct measure_stored), see_stored, v));
	TRY(db_each(tx, &measure_fresh_all, city, measure_entry_shape, sizeof(struct measure_entry), see_fresh, v));
	return measure_replay(tx, v->e, see_recounted, v);
}

/* ---- telling -------------------------------------------------------------------------- */

static void tell(struct verify *v, const struct cell *c)
{
	char text[300];
	int y = c->day.ymd / 10000, m = c->day.ymd / 100 % 100, d = c->day.ymd % 100;
	if (v->told++ >= TOLD_MAX)
		return;
	int n = snprintf(text, sizeof(text), "figures: unit %" PRId64 ", measure %.*s, day %04d-%02d-%02d: stored %" PRId64 ", recounted %" PRId64,
			 c->unit.v, STR_ARG(c->measure), y, m, d, c->stored, c->recounted);
	if (v->side == ROWS)
		snprintf(text + n, sizeof(text) - (size_t)n, " (rows of %" PRId64 ")", c->subject.v);
	v->found(v->ctx, text);
}

/* Leaves only the first wrong buckets standing; false when there is none. */
static bool limit_buckets(struct verify *v, uint64_t *buckets)
{
	size_t n = 0;
	for (size_t i = 0; i < BUCKETS; i++) {
		if (buckets[i] && ++n > WRONG_BUCKETS) {
			v->more++;
			buckets[i] = 0;
		}
	}
	return n > 0;
}

static const struct err *name_wrong(struct db_tx *tx, struct verify *v, enum side side)
{
	if (!limit_buckets(v, v->buckets[side]))
		return NULL;
	v->side = side;
	v->is_second = true;
	v->n_cells = 0;
	v->cells = ARENA_ARRAY(v->kept, struct cell, CELLS_MAX);
	TRY(walk(tx, v));
	for (size_t i = 0; i < CELLS_MAX; i++)
		if (v->cells[i].measure.p && v->cells[i].stored != v->cells[i].recounted)
			tell(v, &v->cells[i]);
	return NULL;
}

static const struct err *compare(struct db_tx *tx, struct env *e, void *ctx)
{
	struct verify *v = ctx;
	struct measure_phase p;
	TRY(measure_phase_of(tx, e->city, &p));
	if (!str_is(p.phase, "ready")) {
		v->found(v->ctx, "figures: their rows are being made anew: not compared");
		return NULL;
	}
	TRY(walk(tx, v));
	for (enum side side = SUMS; side < SIDES; side++)
		TRY(name_wrong(tx, v, side));
	if (v->told > TOLD_MAX || v->more || v->too_many)
		v->found(v->ctx, "figures: there are more differences than are named here");
	return NULL;
}

const struct err *measure_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out)
{
	struct env own = *e;
	own.a = arena_new((size_t)256 * 1024 * 1024);
	/* Rows that come by take the snapshot's memory with them when they go. */
	struct verify v = {.e = &own, .found = found, .ctx = ctx, .kept = arena_new((size_t)128 * 1024 * 1024)};
	app_random(e->app, v.key, sizeof(v.key));
	for (enum side side = SUMS; side < SIDES; side++)
		v.buckets[side] = ARENA_ARRAY(v.kept, uint64_t, BUCKETS);
	const struct err *bad = env_read(&own, compare, &v);
	if (bad)
		bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(v.kept);
	arena_free(own.a);
	*n_out = v.n;
	return bad;
}
