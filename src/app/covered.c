#include "covered.h"

#include "app_private.h"
#include "app_sql.h"
#include "day.h"

#include <string.h>

static const char *const words[] = {"", "assigned", "launched", "visited", "trained", "active", NULL};
const struct codes covered_words = {"covered", words};

enum { SOME = 500, STEPS_A_RUN = 200 };
/* Ids are made before their transaction ends: what was made in this time is looked at again. */
static const int64_t LATE_MS = 600000;
enum { ID_TIME_SHIFT = 22 };

struct kept {
	struct id employer_id;
	struct day day[COVERED_COUNT];
};
#define KEPT(name_, what) {.name = (name_), .type = SHAPE_T_DAY, .off = offsetof(struct kept, day) + (what) * sizeof(struct day)}
static const struct shape kept_row[] = {
	SHAPE(struct kept, employer_id, 0), KEPT("assigned_until", COVERED_ASSIGNED), KEPT("launched_on", COVERED_LAUNCHED),
	KEPT("visited_until", COVERED_VISITED), KEPT("trained_on", COVERED_TRAINED), KEPT("active_on", COVERED_ACTIVE), SHAPE_END};
#undef KEPT

static const struct sql *setter(enum covered what)
{
	static const struct sql *const v[COVERED_COUNT] = {
		[COVERED_ASSIGNED] = &covered_set_assigned, [COVERED_LAUNCHED] = &covered_set_launched, [COVERED_VISITED] = &covered_set_visited,
		[COVERED_TRAINED] = &covered_set_trained, [COVERED_ACTIVE] = &covered_set_active};
	return v[what];
}

const struct err *covered_set(struct db_tx *tx, struct env *e, struct id employer, enum covered what, struct day day)
{
	return db_exec(tx, setter(what), ARGS(ARG(e->city), ARG(employer), ARG_DAY(day)), NULL);
}

static const struct err *kept_day(struct db_tx *tx, int64_t city, struct id employer, enum covered what, struct day *out)
{
	struct kept k = {0};
	bool found;
	TRY(db_find(tx, &covered_of, ARGS(ARG(city), ARG(employer)), kept_row, &k, &found));
	*out = k.day[what];
	return NULL;
}

const struct err *covered_alone(struct db_tx *tx, struct env *e, struct id employer)
{
	return db_exec(tx, &covered_lock, ARGS(ARG(e->city), ARG(employer)), NULL);
}

const struct err *covered_raise(struct db_tx *tx, struct env *e, struct id employer, enum covered what, struct day day)
{
	struct day was;
	TRY(covered_alone(tx, e, employer));
	TRY(kept_day(tx, e->city, employer, what, &was));
	return day.ymd > was.ymd ? covered_set(tx, e, employer, what, day) : NULL;
}

bool covered_is_recorded(const struct app *app, enum covered what)
{
	for (const struct feature *const *f = app_features(app); *f; f++)
		for (const struct covered_source *s = (*f)->covers; s && s->what; s++)
			if (s->what == what)
				return true;
	return false;
}

/* ---- made again ---------------------------------------------------------------------- */

struct making {
	const struct covered_source *source;
	struct id after, last;
	bool keeps_place;
	void (*found)(void *ctx, const char *text);
	void *ctx;
};

static const struct err *write_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	struct covered_fact v[SOME];
	size_t n = 0;
	TRY((m->keeps_place ? m->source->follow : m->source->facts)(tx, e, m->after, SOME, v, &n, &m->last));
	for (size_t i = 0; i < n; i++)
		if (v[i].employer_id.v)
			TRY(covered_raise(tx, e, v[i].employer_id, m->source->what, v[i].day));
	if (m->keeps_place && m->last.v)
		return db_exec(tx, &covered_follow_set, ARGS(ARG(e->city), arg_str(str_of(m->source->name)), ARG(m->last)), NULL);
	return NULL;
}

/* A step in a transaction with an arena of its own. */
static const struct err *step(struct env *e, env_fn *fn, struct making *m)
{
	struct env own = *e;
	own.a = arena_new((size_t)16 * 1024 * 1024);
	const struct err *bad = env_write(&own, fn, m);
	if (bad)
		bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(own.a);
	return bad;
}

static const struct err *walk(struct env *e, struct making *m, int steps)
{
	for (int i = 0; i < steps || steps == 0; i++) {
		m->last = ID(0);
		TRY(step(e, write_some, m));
		if (m->last.v == 0)
			break;
		m->after = m->last;
	}
	return NULL;
}

static const struct err *clear(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &covered_clear, ARGS(ARG(e->city)), NULL);
}

/* What came before has been seen: the job goes on from here. */
static const struct err *place_at_now(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct making *m = ctx;
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct covered_source *s = (*f)->covers; s && s->what; s++)
			if (s->follow)
				TRY(db_exec(tx, &covered_follow_set, ARGS(ARG(e->city), arg_str(str_of(s->name)), ARG(m->after)), NULL));
	return NULL;
}

const struct err *covered_rebuild(struct env *e)
{
	struct making m = {.after = app_id(e->app)};
	TRY(step(e, clear, NULL));
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct covered_source *s = (*f)->covers; s && s->what; s++)
			TRY(walk(e, &(struct making){.source = s}, 0));
	return step(e, place_at_now, &m);
}

/* ---- following ------------------------------------------------------------------------- */

static const struct err *read_place(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	TRY(db_i64(tx, &covered_followed, ARGS(ARG(e->city), arg_str(str_of(m->source->name))), 0, &m->after.v));
	int64_t back = LATE_MS << ID_TIME_SHIFT;
	m->after.v = m->after.v > back ? m->after.v - back : 0;
	return NULL;
}

const struct err *covered_follow(struct env *e, struct str payload)
{
	(void)payload;
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct covered_source *s = (*f)->covers; s && s->what; s++) {
			struct making m = {.source = s, .keeps_place = true};
			if (!s->follow)
				continue;
			TRY(env_read(e, read_place, &m));
			TRY(walk(e, &m, STEPS_A_RUN));
		}
	return NULL;
}

/* ---- check ----------------------------------------------------------------------------- */

static const struct err *compare_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	struct covered_fact v[SOME];
	size_t n = 0;
	TRY(m->source->facts(tx, e, m->after, SOME, v, &n, &m->last));
	for (size_t i = 0; i < n; i++) {
		struct day kept;
		TRY(kept_day(tx, e->city, v[i].employer_id, m->source->what, &kept));
		if (kept.ymd == v[i].day.ymd)
			continue;
		m->found(m->ctx, str_fmt(e->a, "coverage of employer %lld: %s %.*s, its rows say %.*s", (long long)v[i].employer_id.v,
					 codes_word(&covered_words, m->source->what), STR_ARG(day_text(e->a, kept)),
					 STR_ARG(day_text(e->a, v[i].day))).p);
	}
	return NULL;
}

const struct err *covered_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx)
{
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct covered_source *s = (*f)->covers; s && s->what; s++) {
			struct making m = {.source = s, .found = found, .ctx = ctx};
			/* What several features know of the same is no more than the latest of it. */
			if (s->follow || s->what == COVERED_ACTIVE)
				continue;
			do {
				struct env own = *e;
				own.a = arena_new((size_t)16 * 1024 * 1024);
				m.last = ID(0);
				const struct err *bad = env_read(&own, compare_some, &m);
				if (bad)
					bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
				arena_free(own.a);
				TRY(bad);
				m.after = m.last;
			} while (m.last.v);
		}
	return NULL;
}
