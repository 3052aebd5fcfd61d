/* Days of the trail are closed by a hash, each over the one before (NFR-1, MLPS: audit records cannot be changed). */
#include "audit_model.h"

#include "audit_sql.h"
#include "day.h"

#include <sodium.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
enum { DAYS_AT_ONCE = 400, PAGE = 500 /* LIMIT of audit_rows_of_day */ };

struct row {
	struct id id, actor_id, unit_id;
	struct instant at;
	struct str what, object, detail, addr, role;
	int64_t n, minute;
};

static const struct shape row_shape[] = {
	SHAPE(struct row, id, 0),	SHAPE(struct row, at, 0),	SHAPE(struct row, what, 0),	SHAPE(struct row, object, 0),
	SHAPE(struct row, detail, 0),	SHAPE(struct row, n, 0),	SHAPE(struct row, addr, 0),	SHAPE(struct row, role, 0),
	SHAPE(struct row, actor_id, 0), SHAPE(struct row, unit_id, 0),	SHAPE(struct row, minute, 0),	SHAPE_END,
};

const struct shape audit_day_shape[] = {
	SHAPE(struct audit_day, day, 0), SHAPE(struct audit_day, n, 0), SHAPE_BLOB(struct audit_day, hash), SHAPE_END};

struct sum {
	crypto_hash_sha256_state state;
	int64_t n;
	unsigned char hash[32];
};

static void add_number(struct sum *s, int64_t v)
{
	unsigned char be[8];
	for (int i = 0; i < 8; i++)
		be[i] = (unsigned char)((uint64_t)v >> (56 - 8 * i));
	crypto_hash_sha256_update(&s->state, be, sizeof(be));
}

static void add_text(struct sum *s, struct str text)
{
	add_number(s, (int64_t)text.n);
	if (text.n)
		crypto_hash_sha256_update(&s->state, (const unsigned char *)text.p, text.n);
}

static void add_row(struct sum *s, const struct row *r)
{
	const int64_t numbers[] = {r->id.v, r->at.ms, r->actor_id.v, r->unit_id.v, r->minute, r->n};
	const struct str texts[] = {r->what, r->object, r->detail, r->addr, r->role};
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		add_number(s, numbers[i]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		add_text(s, texts[i]);
	s->n++;
}

/* Rows in order of time and id, a page at a time; behind: those that stand behind the day before, else those of the day itself. */
static const struct err *sum_rows(struct db_tx *tx, int64_t city, struct day day, bool behind, struct sum *s)
{
	struct instant from = day_start(day), to = day_end(day), at = INSTANT(INT64_MIN);
	struct day before = day_add(day, -1);
	struct id id = ID(0);
	for (size_t n = PAGE; n == PAGE;) {
		struct arena_mark mark = arena_mark(db_arena(tx));
		void *rows;
		if (behind)
			TRY(db_all(tx, &audit_rows_behind, ARGS(ARG(city), ARG_DAY(before), ARG(at), ARG(id)), row_shape, sizeof(struct row), &rows, &n));
		else
			TRY(db_all(tx, &audit_rows_of_day, ARGS(ARG(city), ARG(from), ARG(to), ARG(at), ARG(id)), row_shape, sizeof(struct row),
				   &rows, &n));
		const struct row *v = rows;
		for (size_t i = 0; i < n; i++)
			add_row(s, &v[i]);
		if (n) {
			at = v[n - 1].at;
			id = v[n - 1].id;
		}
		arena_rewind(db_arena(tx), mark);
	}
	return NULL;
}

/* The sum of a day's rows after the hash of the day before (empty for the first). */
static const struct err *sum_day(struct db_tx *tx, int64_t city, struct day day, struct str before, struct sum *s)
{
	crypto_hash_sha256_init(&s->state);
	s->n = 0;
	add_text(s, before);
	TRY(sum_rows(tx, city, day, false, s));
	TRY(sum_rows(tx, city, day, true, s));
	crypto_hash_sha256_final(&s->state, s->hash);
	return NULL;
}

/* ---- closing ------------------------------------------------------------------------- */

struct sealing {
	struct day day; /* the one to be closed; none: there is nothing to do */
	struct sum sum;
	bool late; /* a row came while the day was summed: the next time will do */
};

static const struct err *next_day(struct db_tx *tx, struct env *e, struct day *day, struct str *before)
{
	struct audit_day last;
	int64_t first;
	bool found;
	*before = STR("");
	*day = (struct day){0};
	TRY(db_find(tx, &audit_last_day, ARGS(ARG(e->city)), audit_day_shape, &last, &found));
	if (found) {
		*day = day_add(last.day, 1);
		*before = last.hash;
		return NULL;
	}
	TRY(db_i64(tx, &audit_first_at, ARGS(ARG(e->city)), 0, &first));
	if (first)
		*day = instant_day(INSTANT(first));
	return NULL;
}

/* Outside of the writer: a day may have many rows, and those of a day that is over do not change. */
static const struct err *sum_next(struct db_tx *tx, struct env *e, void *ctx)
{
	struct sealing *w = ctx;
	struct str before;
	TRY(next_day(tx, e, &w->day, &before));
	/* Who is still at it has an hour: no request and no count of a flood takes so long. */
	if (w->day.ymd && day_start(day_add(w->day, 1)).ms + HOUR_MS > e->now.ms)
		w->day = (struct day){0};
	return w->day.ymd ? sum_day(tx, e->city, w->day, before, &w->sum) : NULL;
}

static const struct err *keep(struct db_tx *tx, struct env *e, void *ctx)
{
	struct sealing *w = ctx;
	struct str hash = {(const char *)w->sum.hash, sizeof(w->sum.hash)};
	struct instant from = day_start(w->day), to = day_end(w->day);
	struct day before = day_add(w->day, -1);
	int64_t n;
	TRY(db_i64(tx, &audit_count_of_day, ARGS(ARG(e->city), ARG(from), ARG(to), ARG_DAY(before)), 0, &n));
	w->late = n != w->sum.n;
	if (w->late)
		return NULL;
	return db_exec(tx, &audit_day_add, ARGS(ARG(e->city), ARG_DAY(w->day), ARG(w->sum.n), arg_blob(hash)), NULL);
}

const struct err *audit_seal(struct env *e)
{
	struct sealing w = {0};
	TRY(audit_flush(e->app, e->a, false));
	for (int i = 0; i < DAYS_AT_ONCE && !w.late; i++) {
		TRY(env_read(e, sum_next, &w));
		if (!w.day.ymd)
			break;
		TRY(env_write(e, keep, &w));
	}
	return NULL;
}

/* ---- proving ------------------------------------------------------------------------- */

struct proving {
	void (*found)(void *ctx, const char *text);
	void *ctx;
	struct day last;
	struct str before;
	size_t n;
};

static const struct err *prove_one(struct db_tx *tx, struct env *e, struct proving *w, const struct audit_day *d)
{
	struct sum s;
	if (w->last.ymd && d->day.ymd != day_add(w->last, 1).ymd)
		w->found(w->ctx, str_fmt(e->a, "audit: a closed day is missing before %.*s", STR_ARG(day_text(e->a, d->day))).p);
	TRY(sum_day(tx, e->city, d->day, w->before, &s));
	if (s.n != d->n || d->hash.n != sizeof(s.hash) || memcmp(d->hash.p, s.hash, sizeof(s.hash)) != 0)
		w->found(w->ctx, str_fmt(e->a, "audit: the rows of %.*s are not those that the day was closed with",
					 STR_ARG(day_text(e->a, d->day))).p);
	w->last = d->day;
	w->before = str_dup(e->a, d->hash);
	return NULL;
}

static const struct err *prove(struct db_tx *tx, struct env *e, void *ctx)
{
	struct proving *w = ctx;
	void *rows;
	TRY(db_all(tx, &audit_days, ARGS(ARG(e->city), w->last.ymd ? ARG_DAY(w->last) : arg_str(STR(""))), audit_day_shape,
		   sizeof(struct audit_day), &rows, &w->n));
	for (size_t i = 0; i < w->n; i++)
		TRY(prove_one(tx, e, w, (const struct audit_day *)rows + i));
	return NULL;
}

const struct err *audit_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx)
{
	struct proving w = {.found = found, .ctx = ctx, .before = STR("")};
	do {
		TRY(env_read(e, prove, &w));
	} while (w.n == DAYS_AT_ONCE);
	return NULL;
}
