#include "app_parts.h"
#include "app_private.h"
#include "app_sql.h"
#include "day.h"
#include "event.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

static const char *const whats[] = {"", "refused", "look", "login", "login_failed", "logout", "export", NULL};
const struct codes audit_whats = {"audit_what", whats};

#define MINUTE_MS INT64_C(60000)

/* What a row is found by, besides its city. */
struct audit_key {
	int64_t city, actor, minute;
	char what[24], object[AUDIT_OBJECT_MAX + 1];
};

/* Kinds of refusals under way in this minute. `seen` of them happened, `kept` of those stand in the row. */
struct audit_slot {
	struct audit_key key;
	int64_t seen, kept;
};

enum { SLOTS = 512, PROBES = 8 };

struct audit_flood {
	pthread_mutex_t mutex;
	struct audit_slot v[SLOTS];
};

struct audit_flood *audit_flood_new(struct arena *a)
{
	struct audit_flood *f = ARENA_NEW(a, struct audit_flood);
	pthread_mutex_init(&f->mutex, NULL);
	return f;
}

struct audit_row {
	const struct audit *au;
	int64_t n;
};

/* The duty in which it was tried: the one that acts, or the widest. */
static void duty_of(const struct env *e, struct str *role, struct id *unit)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < e->actor->n_duties; i++) {
		const struct duty *d = &e->actor->duties[i];
		if (!best || d->unit_path.n < best->unit_path.n)
			best = d;
	}
	uint32_t r = e->act_role ? e->act_role : best ? best->role : 0;
	*role = str_of(codes_word(&role_codes, r));
	*unit = e->act_unit.v ? e->act_unit : best ? best->unit_id : ID(0);
}

/* Where a row of a minute stands. A closed day gets no more rows: one that the clock puts there (it was set back) stands behind the
 * last closed day, belongs to the day after that one, and counts apart from what was closed. */
struct stand {
	struct day behind; /* none: the row's day is open */
	int64_t minute;	   /* what tells it from the other rows of its kind */
};

static const struct err *stand_of(struct db_tx *tx, struct env *e, int64_t minute, struct stand *out)
{
	static const struct shape shape[] = {SHAPE(struct stand, behind, 0), SHAPE_END};
	bool found;
	*out = (struct stand){.minute = minute};
	TRY(db_find(tx, &audit_closed, ARGS(ARG(e->city)), shape, out, &found));
	if (out->behind.ymd < instant_day(INSTANT(minute * MINUTE_MS)).ymd)
		out->behind = (struct day){0};
	else if (out->behind.ymd)
		out->minute = -(minute * 1000000 + day_number(out->behind));
	return NULL;
}

static const struct err *write(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct audit_row *row = ctx;
	const struct audit *au = row->au;
	struct stand at;
	struct str role;
	struct id unit;
	duty_of(e, &role, &unit);
	TRY(stand_of(tx, e, e->now.ms / MINUTE_MS, &at));
	return db_exec(tx, &audit_add, ARGS(ARG(e->city), ARG(e->actor->person_id), ARG(str_of(au->what)), ARG(au->object),
					    ARG(at.minute), ARG(env_id(e)), ARG(e->now), arg_i64(row->n), ARG(au->detail),
					    ARG(au->addr.n ? au->addr : e->addr), ARG(role), ARG(unit), ARG_DAY(at.behind)), NULL);
}

static const struct err *write_n(struct env *e, const struct audit *au, int64_t n)
{
	struct audit_row row = {au, n};
	return env_write(e, write, &row);
}

const struct err *audit_write(struct env *e, const struct audit *au)
{
	return write_n(e, au, 1);
}

/* ---- floods ----------------------------------------------------------------------- */

static bool key_of(const struct env *e, const struct audit *au, struct audit_key *k)
{
	memset(k, 0, sizeof(*k));
	k->city = e->city;
	k->actor = e->actor->person_id.v;
	k->minute = e->now.ms / MINUTE_MS;
	size_t what = strlen(au->what);
	if (what >= sizeof(k->what) || au->object.n >= sizeof(k->object))
		return false;
	memcpy(k->what, au->what, what);
	if (au->object.n)
		memcpy(k->object, au->object.p, au->object.n);
	return true;
}

static size_t hash_of(const struct app *app, const struct audit_key *k)
{
	unsigned char out[crypto_shorthash_BYTES];
	size_t h;
	crypto_shorthash(out, (const unsigned char *)k, sizeof(*k), app->secret);
	memcpy(&h, out, sizeof(h));
	return h;
}

static bool is_same(const struct audit_key *a, const struct audit_key *b)
{
	return a->city == b->city && a->actor == b->actor && a->minute == b->minute && strcmp(a->what, b->what) == 0 &&
	       strcmp(a->object, b->object) == 0;
}

/* The key's slot, or a free one for it; NULL when its places are taken by others of this minute. One whose minute is over is free
 * when nothing of it is left to be written. */
static struct audit_slot *slot_of(struct audit_flood *f, size_t hash, const struct audit_key *k)
{
	struct audit_slot *free_one = NULL;
	for (size_t i = 0; i < PROBES; i++) {
		struct audit_slot *s = &f->v[(hash + i) % SLOTS];
		if (s->seen && is_same(&s->key, k))
			return s;
		bool is_done = !s->seen || (s->key.minute < k->minute && s->kept == s->seen);
		if (is_done && !free_one)
			free_one = s;
	}
	if (free_one)
		*free_one = (struct audit_slot){.key = *k};
	return free_one;
}

/* How many are to be added to the row now: at the 1st, 2nd, 4th, 8th … of a minute. */
static int64_t count_one(struct app *app, const struct audit_key *k)
{
	struct audit_flood *f = app->audit_flood;
	int64_t n = 1;
	pthread_mutex_lock(&f->mutex);
	struct audit_slot *s = slot_of(f, hash_of(app, k), k);
	if (s) {
		s->seen++;
		n = (s->seen & (s->seen - 1)) == 0 ? s->seen - s->kept : 0;
		s->kept += n;
	}
	pthread_mutex_unlock(&f->mutex);
	return n;
}

/* What was to be written and could not be is still to be written. */
static void give_back(struct app *app, const struct audit_key *k, int64_t n)
{
	struct audit_flood *f = app->audit_flood;
	pthread_mutex_lock(&f->mutex);
	struct audit_slot *s = slot_of(f, hash_of(app, k), k);
	if (s && s->seen)
		s->kept -= n;
	else if (s)
		s->seen = n;
	pthread_mutex_unlock(&f->mutex);
}

const struct err *audit_refusal(struct env *e, const struct audit *au)
{
	struct audit_key k;
	bool is_counted = key_of(e, au, &k);
	int64_t n = is_counted ? count_one(e->app, &k) : 1;
	const struct err *bad = n ? write_n(e, au, n) : NULL;
	if (bad && is_counted)
		give_back(e->app, &k, n);
	return bad;
}

struct left {
	struct audit_key key;
	int64_t n;
};

/* Takes what one slot has left of a minute that is over. */
static bool take_left(struct app *app, int64_t minute, struct left *out)
{
	struct audit_flood *f = app->audit_flood;
	bool found = false;
	pthread_mutex_lock(&f->mutex);
	for (size_t i = 0; i < SLOTS && !found; i++) {
		struct audit_slot *s = &f->v[i];
		if (s->seen == s->kept || s->key.minute >= minute)
			continue;
		*out = (struct left){s->key, s->seen - s->kept};
		s->kept = s->seen;
		found = true;
	}
	pthread_mutex_unlock(&f->mutex);
	return found;
}

static const struct err *add_left(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct left *l = ctx;
	const struct audit_key *k = &l->key;
	struct stand at;
	int64_t changed;
	TRY(stand_of(tx, e, k->minute, &at));
	TRY(db_exec(tx, &audit_more, ARGS(ARG(e->city), ARG(k->actor), ARG(str_of(k->what)), ARG(str_of(k->object)), ARG(at.minute),
					  ARG(l->n)), &changed));
	if (changed)
		return NULL;
	/* Not one of them could be written in their minute: who, what and how often is still known. */
	return db_exec(tx, &audit_add, ARGS(ARG(e->city), ARG(k->actor), ARG(str_of(k->what)), ARG(str_of(k->object)), ARG(at.minute),
					    ARG(env_id(e)), arg_i64(k->minute * MINUTE_MS), ARG(l->n), arg_str(STR("")), arg_str(STR("")),
					    arg_str(STR("")), arg_i64(0), ARG_DAY(at.behind)), NULL);
}

const struct err *audit_flush(struct app *app, struct arena *a, bool all)
{
	struct left l;
	int64_t minute = all ? INT64_MAX : app_now(app).ms / MINUTE_MS;
	while (take_left(app, minute, &l)) {
		struct env e = env_system(app, a, l.key.city);
		const struct err *bad = env_write(&e, add_left, &l);
		if (bad) {
			give_back(app, &l.key, l.n);
			return bad;
		}
	}
	return NULL;
}
