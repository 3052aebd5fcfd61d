#include "setting.h"

#include "app_parts.h"
#include "app_private.h"
#include "app_sql.h"
#include "log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { VALUE_MAX = 1000 };

struct row {
	int64_t city_id;
	struct str name, value;
};

static const struct shape row_shape[] = {
	SHAPE(struct row, city_id, 0),
	SHAPE(struct row, name, 0),
	SHAPE(struct row, value, 0),
	SHAPE_END,
};

struct settings {
	pthread_rwlock_t lock;
	/* guarded by the lock */
	struct arena *a;
	struct row *rows;
	size_t n;
	atomic_bool changed; /* a transaction of this process wrote one */
};

static const struct setting *find_setting(const struct app *app, struct str name)
{
	for (size_t i = 0; app->features[i]; i++)
		for (const struct setting *s = app->features[i]->settings; s && s->name; s++)
			if (str_is(name, s->name))
				return s;
	return NULL;
}

static const struct setting *must_find(const struct app *app, const char *name, enum setting_type type)
{
	const struct setting *s = find_setting(app, str_of(name));
	if (s && s->type == type)
		return s;
	log_line(LOG_LEVEL_ERR, "setting", "name", name, "detail", s ? "is of another type" : "no feature declares it", NULL);
	abort();
}

/* ---- reading ------------------------------------------------------------------ */

/* The city's value, or the default; points into the snapshot: hold the lock. */
static struct str value_of(const struct settings *set, int64_t city, const struct setting *s)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->rows[i].city_id == city && str_is(set->rows[i].name, s->name))
			return set->rows[i].value;
	return str_of(s->otherwise);
}

static int64_t number(struct app *app, int64_t city, const struct setting *s)
{
	int64_t v = 0;
	pthread_rwlock_rdlock(&app->settings->lock);
	bool fits = str_i64(value_of(app->settings, city, s), INT64_MIN, INT64_MAX, &v);
	pthread_rwlock_unlock(&app->settings->lock);
	/* A row from before the bounds were narrowed. */
	bool bounded = s->type == SETTING_I64 && (s->min || s->max);
	if (!fits || (bounded && (v < s->min || v > s->max)))
		str_i64(str_of(s->otherwise), INT64_MIN, INT64_MAX, &v);
	return v;
}

int64_t setting_i64(struct app *app, int64_t city, const char *name)
{
	return number(app, city, must_find(app, name, SETTING_I64));
}

bool setting_bool(struct app *app, int64_t city, const char *name)
{
	return number(app, city, must_find(app, name, SETTING_BOOL)) != 0;
}

struct str setting_str(struct app *app, struct arena *a, int64_t city, const char *name)
{
	const struct setting *s = must_find(app, name, SETTING_STR);
	pthread_rwlock_rdlock(&app->settings->lock);
	struct str v = str_dup(a, value_of(app->settings, city, s));
	pthread_rwlock_unlock(&app->settings->lock);
	return v;
}

/* ---- writing ------------------------------------------------------------------- */

static bool is_fit(const struct setting *s, struct str value)
{
	int64_t v;
	bool bounded = s->min || s->max;
	switch (s->type) {
	case SETTING_I64:
		return str_i64(value, bounded ? s->min : INT64_MIN, bounded ? s->max : INT64_MAX, &v);
	case SETTING_BOOL:
		return str_is(value, "0") || str_is(value, "1");
	case SETTING_STR:
		return str_is_utf8(value) && str_chars(value) <= (s->max > 0 ? (size_t)s->max : VALUE_MAX);
	}
	return false;
}

const struct err *setting_write(struct db_tx *tx, struct env *e, struct str name, struct str value)
{
	const struct setting *s = find_setting(e->app, name);
	struct arena *a = db_arena(tx);
	if (!s)
		return err_on_field(a, "name", "unknown", "no such setting");
	if (!is_fit(s, value))
		return err_on_field(a, "value", "out_of_range", "not a value of this setting");
	TRY(db_exec(tx, &setting_put, ARGS(ARG(e->city), ARG(name), ARG(value), ARG(e->now), ARG(e->actor->person_id)), NULL));
	atomic_store(&e->app->settings->changed, true);
	return NULL;
}

/* ---- the snapshot --------------------------------------------------------------- */

struct reading {
	struct row *rows;
	size_t n;
};

static const struct err *read_all(struct db_tx *tx, void *ctx)
{
	struct reading *r = ctx;
	void *rows;
	TRY(db_all(tx, &setting_all, (struct args){0}, row_shape, sizeof(struct row), &rows, &r->n));
	r->rows = rows;
	return NULL;
}

const struct err *settings_refresh(struct app *app, struct arena *a)
{
	struct settings *s = app->settings;
	struct arena *own = arena_new(0);
	struct reading r = {0};
	const struct err *e = db_read(app->db, own, read_all, &r);
	if (e) {
		e = err_make(a, e->kind, str_z(a, e->code), e->file, e->line, "%.*s", STR_ARG(e->detail));
		arena_free(own);
		return e;
	}
	pthread_rwlock_wrlock(&s->lock);
	struct arena *old = s->a;
	s->a = own;
	s->rows = r.rows;
	s->n = r.n;
	pthread_rwlock_unlock(&s->lock);
	arena_free(old);
	return NULL;
}

void settings_after_write(struct app *app, struct arena *a)
{
	if (!app->settings || !atomic_exchange(&app->settings->changed, false))
		return;
	const struct err *e = settings_refresh(app, a);
	if (e)
		log_line(LOG_LEVEL_WARN, "settings", "detail", e->detail.p, NULL);
}

/* A default that its own bounds refuse would come out of nowhere later. */
static const struct err *check_defaults(const struct app *app, struct arena *a)
{
	for (size_t i = 0; app->features[i]; i++)
		for (const struct setting *s = app->features[i]->settings; s && s->name; s++)
			if (!s->otherwise || !is_fit(s, str_of(s->otherwise)))
				return ERR(a, ERR_BUG, NULL, "setting %s: its default is not a value of it", s->name);
	return NULL;
}

const struct err *settings_new(struct app *app, struct arena *a, struct settings **out)
{
	struct settings *s = ARENA_NEW(a, struct settings);
	TRY(check_defaults(app, a));
	pthread_rwlock_init(&s->lock, NULL);
	*out = app->settings = s;
	return settings_refresh(app, a);
}

void settings_free(struct settings *s)
{
	if (!s)
		return;
	arena_free(s->a);
	pthread_rwlock_destroy(&s->lock);
}
