/* Ids and random bytes. No database access while an id is drawn: callbacks of
 * transactions draw them. ids_keep() reserves ahead. */
#include "app_parts.h"
#include "app_private.h"
#include "app_sql.h"
#include "log.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define EPOCH_MS INT64_C(1420070400000) /* 2015-01-01T00:00:00Z */
#define MINUTE_MS INT64_C(60000)
#define LEASE_MS (60 * MINUTE_MS)       /* a node number is nobody else's for so long after the last renewal … */
#define LEASE_TRUST_MS (45 * MINUTE_MS) /* … and is trusted for so long */
#define KEEP_AGAIN_MS INT64_C(20000)    /* after a failure */
#define RESERVE_MS (10 * MINUTE_MS)
#define RESERVE_AHEAD_MS INT64_C(10000) /* while ids are ahead of the clock; 4,096 of them to the ms */
#define RESERVE_FIXED_MS (30 * 24 * 60 * MINUTE_MS) /* a clock moved by hand jumps by days */
#define HIGH_BIT (INT64_C(1) << 62)

enum { NODE_MAX = 1023, SEQ_MAX = 4095, LEASE_TRIES = 50, STREAM_BYTES = 4096 };

struct ids {
	struct app *app;
	pthread_mutex_t mutex;
	/* guarded by the mutex */
	int64_t last_ms, seq;   /* of the last id; ms since 2015 */
	int64_t high_ms;        /* below it the database knows that ids may exist; changed only in ids_keep() */
	int64_t node;           /* -1: none */
	int64_t renewed_ms;     /* boot clock */
	int64_t failed_ms;      /* boot clock: when the last renewal failed; 0: never */
	uint64_t stream_block;  /* seeded random bytes: next block */
	unsigned char stream_key[crypto_stream_chacha20_KEYBYTES], stream[STREAM_BYTES];
	size_t stream_left;
	bool seeded;
	/* fixed, or of the one thread in ids_keep() */
	pthread_mutex_t keeping;
	int64_t owner;
	int64_t holder; /* of the data folder, proven by the lock; 0: none */
	int lock;       /* -1: none */
};

/* ---- random bytes ----------------------------------------------------------- */

static void os_random(void *p, size_t n)
{
	unsigned char *at = p;
	while (n) {
		ssize_t got = getrandom(at, n, 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_line(LOG_LEVEL_ERR, "getrandom", "detail", strerror(errno), NULL);
			abort();
		}
		at += got;
		n -= (size_t)got;
	}
}

static void stream_take(struct ids *s, unsigned char *p, size_t n)
{
	while (n) {
		if (!s->stream_left) {
			unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {0};
			memcpy(nonce, &s->stream_block, sizeof(s->stream_block));
			s->stream_block++;
			crypto_stream_chacha20(s->stream, sizeof(s->stream), nonce, s->stream_key);
			s->stream_left = sizeof(s->stream);
		}
		size_t part = n < s->stream_left ? n : s->stream_left;
		memcpy(p, s->stream + sizeof(s->stream) - s->stream_left, part);
		s->stream_left -= part;
		p += part;
		n -= part;
	}
}

void app_random(struct app *app, void *p, size_t n)
{
	struct ids *s = app->ids;
	if (!s || !s->seeded) {
		os_random(p, n);
		return;
	}
	pthread_mutex_lock(&s->mutex);
	stream_take(s, p, n);
	pthread_mutex_unlock(&s->mutex);
}

/* ---- ids -------------------------------------------------------------------- */

/* Never smaller than the last one: when the clock stands or jumps back the sequence runs on, and the ms with it. */
static struct id next_id(struct ids *s, int64_t now_ms)
{
	if (now_ms > s->last_ms) {
		s->last_ms = now_ms;
		s->seq = 0;
	} else if (s->seq < SEQ_MAX) {
		s->seq++;
	} else {
		s->last_ms++;
		s->seq = 0;
	}
	return ID(s->last_ms << 22 | (s->node < 0 ? 0 : s->node) << 12 | s->seq);
}

struct id app_id(struct app *app)
{
	struct ids *s = app->ids;
	int64_t now = app_now(app).ms - EPOCH_MS;
	pthread_mutex_lock(&s->mutex);
	/* Past the reserve (the database takes no writes) the clock does not count any more: only what was reserved. */
	if (now >= s->high_ms)
		now = s->last_ms;
	struct id id = next_id(s, now);
	pthread_mutex_unlock(&s->mutex);
	return id;
}

struct id app_id_at(struct instant at, uint32_t low)
{
	return ID((at.ms - EPOCH_MS) << 22 | (low & ((1u << 22) - 1)));
}

/* ---- the lease ---------------------------------------------------------------- */

static int64_t clock_ms(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct lease {
	int64_t node, owner, lease_until, high_ms; /* as stored */
	int64_t to_owner, to_high_ms, holder;      /* wanted */
	int64_t now_ms;                            /* wall clock */
	bool got;
};

static const struct shape lease_shape[] = {
	SHAPE(struct lease, node, 0),
	SHAPE(struct lease, owner, 0),
	SHAPE(struct lease, lease_until, 0),
	SHAPE(struct lease, high_ms, 0),
	SHAPE_END,
};

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static const struct err *add_node(struct db_tx *tx, struct lease *l, int64_t *changed)
{
	int64_t highest;
	TRY(db_i64(tx, &node_highest, (struct args){0}, 0, &highest));
	l->node = highest + 1;
	l->high_ms = 0;
	if (l->node > NODE_MAX)
		return ERR(db_arena(tx), ERR_BUSY, "node_lease", "all %d node numbers are leased", NODE_MAX);
	return db_exec(tx, &node_add, ARGS(arg_i64(l->node), arg_i64(l->to_owner), arg_i64(l->now_ms + LEASE_MS), arg_i64(l->to_high_ms),
					   arg_i64(l->holder)), changed);
}

/* The number this folder held last, whose server is dead: this one has its lock. Else a number whose lease is over, else a new one. Should a
 * lock have lied, ids differ all the same: what the former holder may draw ends at the mark that is read here, and ours begin there. */
static const struct err *take_node(struct db_tx *tx, void *ctx)
{
	struct lease *l = ctx;
	bool found = false;
	int64_t changed;
	l->got = false;
	if (l->holder)
		TRY(db_find(tx, &node_own, ARGS(arg_i64(l->holder)), lease_shape, l, &found));
	if (!found)
		TRY(db_find(tx, &node_free, ARGS(arg_i64(l->now_ms)), lease_shape, l, &found));
	if (found) {
		l->to_high_ms = larger(l->to_high_ms, l->high_ms + RESERVE_AHEAD_MS);
		TRY(db_exec(tx, &node_take, ARGS(arg_i64(l->node), arg_i64(l->owner), arg_i64(l->lease_until), arg_i64(l->high_ms), arg_i64(l->to_owner),
						 arg_i64(l->now_ms + LEASE_MS), arg_i64(l->to_high_ms), arg_i64(l->holder)), &changed));
	} else {
		TRY(add_node(tx, l, &changed));
	}
	l->got = changed == 1;
	return NULL;
}

static const struct err *renew_node(struct db_tx *tx, void *ctx)
{
	struct lease *l = ctx;
	int64_t changed;
	TRY(db_exec(tx, &node_renew, ARGS(arg_i64(l->node), arg_i64(l->to_owner), arg_i64(l->lease_until), arg_i64(l->to_high_ms)), &changed));
	l->got = changed == 1;
	return NULL;
}

/* A transaction of its own, before there are ids: its number is random, apart from all ids' range of today. */
static const struct err *write_lease(struct app *app, struct arena *a, db_fn *fn, struct lease *l)
{
	int64_t tx;
	os_random(&tx, sizeof(tx));
	return db_write(app->db, a, 0, ID((tx & (HIGH_BIT - 1)) | HIGH_BIT), fn, l);
}

static const struct err *lease_anew(struct app *app, struct arena *a, struct lease *l)
{
	for (int i = 0; i < LEASE_TRIES; i++) {
		TRY(write_lease(app, a, take_node, l));
		if (l->got)
			return NULL;
	}
	return ERR(a, ERR_BUSY, "node_lease", "other servers took each node number first");
}

/* Ids ahead of the clock only count on: much of a reserve would add up over kills. The mark never goes down while ids may be drawn up to it. */
static int64_t reserve_until(struct app *app, int64_t last_ms)
{
	int64_t by_clock = app_now(app).ms - EPOCH_MS + (app->fixed_now.ms ? RESERVE_FIXED_MS : RESERVE_MS);
	return larger(larger(by_clock, last_ms + RESERVE_AHEAD_MS), app->ids->high_ms);
}

static void adopt(struct ids *s, const struct lease *l, bool fresh)
{
	pthread_mutex_lock(&s->mutex);
	if (fresh) {
		s->node = l->node;
		/* Whatever the last holder drew lies below the mark that was stored. */
		if (l->high_ms > s->last_ms) {
			s->last_ms = l->high_ms;
			s->seq = -1;
		}
	}
	s->high_ms = l->to_high_ms;
	s->renewed_ms = clock_ms(CLOCK_BOOTTIME);
	pthread_mutex_unlock(&s->mutex);
}

static bool runs_low(struct app *app, int64_t *last_ms, int64_t *node)
{
	struct ids *s = app->ids;
	pthread_mutex_lock(&s->mutex);
	int64_t now = app_now(app).ms - EPOCH_MS;
	bool low = s->node < 0 || larger(now + RESERVE_MS / 2, s->last_ms + RESERVE_AHEAD_MS / 2) > s->high_ms;
	low = low || clock_ms(CLOCK_BOOTTIME) - s->renewed_ms > LEASE_MS / 4;
	*last_ms = s->last_ms;
	*node = s->node;
	pthread_mutex_unlock(&s->mutex);
	return low;
}

static const struct err *keep(struct app *app, struct arena *a)
{
	struct ids *s = app->ids;
	int64_t last, node;
	if (!runs_low(app, &last, &node))
		return NULL;
	int64_t now = clock_ms(CLOCK_REALTIME);
	struct lease l = {.node = node, .to_owner = s->owner, .holder = s->holder, .now_ms = now, .lease_until = now + LEASE_MS,
			  .to_high_ms = reserve_until(app, last)};
	/* After a long sleep somebody else may hold it already: then the number is not ours to prolong. */
	if (node >= 0 && clock_ms(CLOCK_BOOTTIME) - s->renewed_ms < LEASE_TRUST_MS)
		TRY(write_lease(app, a, renew_node, &l));
	bool fresh = !l.got;
	if (fresh)
		TRY(lease_anew(app, a, &l));
	adopt(s, &l, fresh);
	return NULL;
}

/* While the database takes no writes, number and reserve still hold for long: one asks at a time, and not all the time; the others
 * go on with what there is, and learn from their own write how things are. */
static bool may_go_on(struct ids *s, bool *lately_out)
{
	pthread_mutex_lock(&s->mutex);
	int64_t now = clock_ms(CLOCK_BOOTTIME);
	bool may = s->node >= 0 && now - s->renewed_ms < LEASE_TRUST_MS && s->last_ms < s->high_ms;
	*lately_out = s->failed_ms && now - s->failed_ms < KEEP_AGAIN_MS;
	pthread_mutex_unlock(&s->mutex);
	return may;
}

static void remember_failure(struct ids *s)
{
	pthread_mutex_lock(&s->mutex);
	s->failed_ms = clock_ms(CLOCK_BOOTTIME);
	pthread_mutex_unlock(&s->mutex);
}

const struct err *ids_keep(struct app *app, struct arena *a)
{
	struct ids *s = app->ids;
	int64_t last, node;
	bool lately;
	if (!runs_low(app, &last, &node))
		return NULL;
	bool may = may_go_on(s, &lately);
	if (may && lately)
		return NULL;
	if (!may)
		pthread_mutex_lock(&s->keeping);
	else if (pthread_mutex_trylock(&s->keeping) != 0)
		return NULL;
	const struct err *e = keep(app, a);
	pthread_mutex_unlock(&s->keeping);
	if (e)
		remember_failure(s);
	return may ? NULL : e;
}

/* Clean end: the exact mark, and the number is free at once. */
static void release(struct ids *s, struct arena *a)
{
	struct lease l = {.node = s->node, .to_owner = s->owner, .lease_until = 0, .to_high_ms = s->last_ms + 1};
	if (s->node < 0)
		return;
	const struct err *e = write_lease(s->app, a, renew_node, &l);
	if (e)
		log_line(LOG_LEVEL_WARN, "node_lease", "detail", e->detail.p, NULL);
	s->node = -1;
}

/* ---- life ---------------------------------------------------------------------- */

static void seed_stream(struct ids *s, uint64_t seed)
{
	s->seeded = seed != 0;
	crypto_generichash(s->stream_key, sizeof(s->stream_key), (const unsigned char *)&seed, sizeof(seed), NULL, 0);
}

const struct err *ids_new(struct app *app, struct arena *a, struct ids **out)
{
	struct ids *s = ARENA_NEW(a, struct ids);
	pthread_mutex_init(&s->mutex, NULL);
	pthread_mutex_init(&s->keeping, NULL);
	s->app = app;
	s->node = -1;
	os_random(&s->owner, sizeof(s->owner));
	s->owner &= INT64_MAX;
	s->holder = folder_holder(a, app->data_dir, &s->lock);
	seed_stream(s, app->o.seed);
	*out = app->ids = s;
	const struct err *e = ids_keep(app, a);
	return e && app->o.read_only_ok ? NULL : e;
}

void ids_free(struct ids *s)
{
	if (!s)
		return;
	struct arena *a = arena_new(0);
	release(s, a);
	arena_free(a);
	if (s->lock >= 0)
		close(s->lock);
	pthread_mutex_destroy(&s->keeping);
	pthread_mutex_destroy(&s->mutex);
	s->app->ids = NULL;
}
