#include "org_words.h"

#include "org_sql.h"

#include <string.h>

enum { BATCH = 200, BATCHES_A_RUN = 200 };

/* ---- what is found ------------------------------------------------------------------ */

static struct words words_of(struct arena *a, int64_t city, const struct unit *u)
{
	const struct str texts[] = {u->name, u->union_name, u->code, u->uscc};
	const struct id scopes[] = {u->top_id, u->mid_id, u->enterprise_id};
	struct words w = words_new(a);
	words_add_scope(&w, 'c', city);
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (scopes[i].v)
			words_add_scope(&w, 'u', scopes[i].v);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].n)
			words_add(&w, texts[i]);
	return w;
}

/* ---- writing them --------------------------------------------------------------------- */

const struct err *org_words_later(struct db_tx *tx, struct env *e, struct id unit)
{
	return db_exec(tx, &org_changed_add, ARGS(ARG(e->city), ARG(unit), ARG(env_id(e))), NULL);
}

const struct err *org_words_below_later(struct db_tx *tx, struct env *e, struct str path)
{
	return db_exec(tx, &org_changed_below, ARGS(ARG(e->city), ARG(env_id(e)), ARG(path), ARG(path_end(db_arena(tx), path))), NULL);
}

static const struct err *write_words(struct db_tx *tx, int64_t city, const struct unit *u)
{
	struct arena_mark mark = arena_mark(db_arena(tx));
	struct words w = words_of(db_arena(tx), city, u);
	TRY(db_exec(tx, &org_words_delete, ARGS(ARG(city), ARG(u->id)), NULL));
	struct str text = words_text(&w, db_engine_of(db_of(tx)));
	TRY(db_exec(tx, &org_words_insert, ARGS(ARG(city), ARG(u->id), ARG(text)), NULL));
	arena_rewind(db_arena(tx), mark);
	return NULL;
}

struct changed {
	struct id id, stamp;
};
static const struct shape changed_row[] = {SHAPE(struct changed, id, 0), SHAPE(struct changed, stamp, 0), SHAPE_END};

struct batch {
	struct id after;
	int64_t n;
};

static const struct err *write_one(struct db_tx *tx, int64_t city, struct id id)
{
	struct unit u;
	const struct err *bad = org_unit(tx, city, id, &u);
	if (bad)
		return bad->kind == ERR_MISSING ? NULL : bad;
	return write_words(tx, city, &u);
}

static const struct err *write_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	void *rows;
	size_t n;
	TRY(db_all(tx, &org_changed_next, ARGS(ARG(e->city), arg_i64(BATCH)), changed_row, sizeof(struct changed), &rows, &n));
	const struct changed *v = rows;
	for (size_t i = 0; i < n; i++) {
		TRY(db_exec(tx, &org_changed_done, ARGS(ARG(e->city), ARG(v[i].id), ARG(v[i].stamp)), NULL));
		if (i == 0 || v[i - 1].id.v != v[i].id.v)
			TRY(write_one(tx, e->city, v[i].id));
	}
	b->n = (int64_t)n;
	return NULL;
}

static const struct err *look_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	struct changed first;
	bool found;
	TRY(db_find(tx, &org_changed_next, ARGS(ARG(e->city), arg_i64(1)), changed_row, &first, &found));
	b->n = found;
	return NULL;
}

const struct err *org_words_job(struct env *e, struct str payload)
{
	struct batch b = {0};
	(void)payload;
	TRY(env_read(e, look_batch, &b));
	if (!b.n)
		return NULL;
	b.n = BATCH;
	for (int i = 0; i < BATCHES_A_RUN && b.n == BATCH; i++)
		TRY(env_write_apart(e, write_batch, &b));
	return NULL;
}

static const struct err *write_all(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	struct unit *v;
	size_t n;
	TRY(org_every_unit(tx, e->city, b->after, BATCH, &v, &n));
	for (size_t i = 0; i < n; i++)
		TRY(write_words(tx, e->city, &v[i]));
	b->n = (int64_t)n;
	if (n)
		b->after = v[n - 1].id;
	return NULL;
}

const struct err *org_words_rebuild(struct env *e)
{
	struct batch b = {.n = BATCH};
	while (b.n == BATCH)
		TRY(env_write_apart(e, write_all, &b));
	return NULL;
}

/* ---- searching ---------------------------------------------------------------------------- */

static struct str scoped_text(struct db_tx *tx, int64_t city, const struct org_search *s)
{
	struct arena *a = db_arena(tx);
	struct list_source from = org_source(s->scope);
	struct search all = {.parts = ARENA_ARRAY(a, struct words, SEARCH_PARTS + 1)};
	for (size_t i = 0; i < s->what.n; i++)
		all.parts[all.n++] = s->what.parts[i];
	if (strcmp(from.anchor, "city") == 0)
		search_add_scope(&all, a, 'c', city);
	else
		search_add_scope(&all, a, 'u', from.anchor_id.v);
	return search_text(a, &all, db_engine_of(db_of(tx)));
}

const struct err *org_words_find_units(struct db_tx *tx, int64_t city, const struct org_search *s, struct unit **out, size_t *n)
{
	void *rows;
	*n = 0;
	if (!s->what.n)
		return NULL;
	struct str q = scoped_text(tx, city, s), end = path_end(db_arena(tx), s->scope->path);
	TRY(db_all(tx, &org_words_find,
		   ARGS(ARG(city), ARG(q), ARG(s->before), ARG_CODE(unit_kinds, s->kind), ARG(s->closed), ARG(s->scope->path), ARG(end),
			ARG(s->limit)),
		   changed_row, sizeof(struct changed), &rows, n));
	*out = ARENA_ARRAY(db_arena(tx), struct unit, *n + 1);
	for (size_t i = 0; i < *n; i++)
		TRY(org_unit(tx, city, ((const struct changed *)rows)[i].id, &(*out)[i]));
	return NULL;
}
