#include "app_parts.h"
#include "app_private.h"

#include <sodium.h>
#include <string.h>

struct env env_new(struct app *app, struct arena *a, int64_t city, const struct actor *actor)
{
	struct env e = {.app = app, .a = a, .city = city, .actor = actor, .now = app_now(app)};
	app_random(app, e.seed, sizeof(e.seed));
	return e;
}

struct env env_system(struct app *app, struct arena *a, int64_t city)
{
	static const struct actor program = {.is_system = true};
	struct actor *w = ARENA_NEW(a, struct actor);
	*w = program;
	w->city = city;
	return env_new(app, a, city, w);
}

struct id env_id(struct env *e)
{
	const unsigned max = sizeof(e->ids) / sizeof(e->ids[0]);
	if (e->at_id < e->n_ids)
		return e->ids[e->at_id++];
	struct id id = app_id(e->app);
	if (e->n_ids < max) {
		e->ids[e->n_ids++] = id;
		e->at_id = e->n_ids;
	}
	return id;
}

void env_random(struct env *e, void *p, size_t n)
{
	unsigned char nonce[crypto_stream_chacha20_NONCEBYTES] = {0};
	memcpy(nonce, &e->at_random, sizeof(e->at_random));
	e->at_random++;
	crypto_stream_chacha20(p, n, nonce, e->seed);
}

struct attempt {
	struct env *e;
	env_fn *fn;
	void *ctx;
	unsigned id, random;
};

static const struct err *try_once(struct db_tx *tx, void *ctx)
{
	struct attempt *t = ctx;
	t->e->at_id = t->id;
	t->e->at_random = t->random;
	return t->fn(tx, t->e, t->ctx);
}

const struct err *env_write(struct env *e, env_fn *fn, void *ctx)
{
	struct attempt t = {e, fn, ctx, e->at_id, e->at_random};
	e->n_ids = e->at_id;
	TRY(ids_keep(e->app, e->a));
	const struct err *err = db_write(e->app->db, e->a, e->city, app_id(e->app), try_once, &t);
	/* The next transaction of the same environment draws its own. */
	e->n_ids = e->at_id = t.id;
	if (!err)
		settings_after_write(e->app, e->a);
	return err;
}

const struct err *env_read(struct env *e, env_fn *fn, void *ctx)
{
	struct attempt t = {e, fn, ctx, e->at_id, e->at_random};
	return db_read(e->app->db, e->a, try_once, &t);
}

const struct err *env_write_apart(struct env *e, env_fn *fn, void *ctx)
{
	struct env own = env_system(e->app, e->a, e->city);
	struct arena_mark mark = arena_mark(e->a);
	TRY(env_write(&own, fn, ctx));
	arena_rewind(e->a, mark);
	return NULL;
}
