#include "hazard_words.h"

#include "hazard_clock.h"
#include "hazard_sql.h"

#include <string.h>

enum { BATCH = 200, BATCHES_A_RUN = 100, BATCH_OF_ALL = 1000, WALK_MAX = 500 };

/* ---- what is found --------------------------------------------------------------- */

struct words hazard_words_of(struct arena *a, int64_t city, const struct hazard *h)
{
	const struct str texts[] = {h->number, h->description, h->place, h->unit_name, h->enterprise_name, h->interim_protection,
				    h->measures, h->submit_text, h->clause, h->refusal_reason};
	const struct id scopes[] = {h->top_id, h->mid_id, h->enterprise_id};
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

/* ---- writing them ------------------------------------------------------------------ */

const struct err *hazard_words_later(struct db_tx *tx, struct env *e, struct id hazard)
{
	return db_exec(tx, &hazard_changed_add, ARGS(ARG(e->city), ARG(env_id(e)), ARG(hazard)), NULL);
}

const struct err *hazard_moved_row(struct db_tx *tx, struct env *e, const struct sql_moved *table, struct id hazard)
{
	(void)table;
	return hazard_words_later(tx, e, hazard);
}

static const struct err *write_words(struct db_tx *tx, int64_t city, const struct hazard *h)
{
	struct words w = hazard_words_of(db_arena(tx), city, h);
	TRY(db_exec(tx, &hazard_words_delete, ARGS(ARG(city), ARG(h->id)), NULL));
	struct str text = words_text(&w, db_engine_of(db_of(tx)));
	return db_exec(tx, &hazard_words_insert, ARGS(ARG(city), ARG(h->id), ARG(text)), NULL);
}

struct changed {
	struct id id, hazard_id;
};
static const struct shape changed_row[] = {SHAPE(struct changed, id, 0), SHAPE(struct changed, hazard_id, 0), SHAPE_END};

struct batch {
	struct id after;
	int64_t n;
};

static const struct err *write_one(struct db_tx *tx, int64_t city, struct id id)
{
	struct hazard h = {0};
	bool found;
	struct arena_mark mark = arena_mark(db_arena(tx));
	TRY(db_find(tx, &hazard_words_source, ARGS(ARG(city), ARG(id)), hazard_row, &h, &found));
	if (found)
		TRY(write_words(tx, city, &h));
	arena_rewind(db_arena(tx), mark);
	return NULL;
}

static bool is_again(const struct changed *v, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (v[i].hazard_id.v == v[at].hazard_id.v)
			return true;
	return false;
}

static const struct err *write_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	void *rows = NULL;
	size_t n;
	TRY(db_all(tx, &hazard_changed_next, ARGS(ARG(e->city), arg_i64(BATCH)), changed_row, sizeof(struct changed), &rows, &n));
	const struct changed *v = rows;
	for (size_t i = 0; i < n; i++) {
		TRY(db_exec(tx, &hazard_changed_done, ARGS(ARG(e->city), ARG(v[i].id)), NULL));
		if (!is_again(v, i))
			TRY(write_one(tx, e->city, v[i].hazard_id));
	}
	b->n = (int64_t)n;
	return NULL;
}

static const struct err *look_batch(struct db_tx *tx, struct env *e, void *ctx)
{
	struct batch *b = ctx;
	struct changed first;
	bool found;
	TRY(db_find(tx, &hazard_changed_next, ARGS(ARG(e->city), arg_i64(1)), changed_row, &first, &found));
	b->n = found;
	return NULL;
}

const struct err *hazard_words_job(struct env *e, struct str payload)
{
	struct batch b = {.n = BATCH};
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
	void *rows = NULL;
	size_t n;
	TRY(db_all(tx, &hazard_words_sources, ARGS(ARG(e->city), ARG(b->after), arg_i64(BATCH_OF_ALL)), hazard_row, sizeof(struct hazard), &rows, &n));
	const struct hazard *v = rows;
	for (size_t i = 0; i < n; i++) {
		struct arena_mark mark = arena_mark(db_arena(tx));
		TRY(write_words(tx, e->city, &v[i]));
		arena_rewind(db_arena(tx), mark);
	}
	b->n = (int64_t)n;
	if (n)
		b->after = v[n - 1].id;
	return NULL;
}

const struct err *hazard_words_rebuild(struct env *e)
{
	struct batch b = {.n = BATCH_OF_ALL};
	while (b.n == BATCH_OF_ALL)
		TRY(env_write_apart(e, write_all, &b));
	return NULL;
}

/* ---- searching ------------------------------------------------------------------------ */

static struct str scoped_text(struct db_tx *tx, int64_t city, const struct hazard_filter *f)
{
	struct arena *a = db_arena(tx);
	struct search s = {.parts = ARENA_ARRAY(a, struct words, SEARCH_PARTS + 2)};
	for (size_t i = 0; i < f->search.n; i++)
		s.parts[s.n++] = f->search.parts[i];
	/* The narrower scope alone: ids are of one city. */
	if (f->anchor_id.v && strcmp(f->anchor, "city") != 0)
		search_add_scope(&s, a, 'u', f->anchor_id.v);
	else
		search_add_scope(&s, a, 'c', city);
	return search_text(a, &s, db_engine_of(db_of(tx)));
}

struct edge {
	struct id at_id;
	int64_t n;
};
static const struct shape edge_row[] = {SHAPE(struct edge, at_id, 0), SHAPE(struct edge, n, 0), SHAPE_END};

bool hazard_words_narrow(const struct hazard_filter *f)
{
	return f->state || f->level || f->kind || f->category.n || f->overdue_at.ms || f->from.ymd || f->to.ymd || f->path.n ||
	       f->danger || f->handling || f->marked || f->open || f->oversight;
}

static const struct err *find_ids(struct db_tx *tx, int64_t city, const struct hazard_filter *f, struct id from, int64_t limit,
				  struct changed **ids, size_t *n, struct edge *edge)
{
	struct arena *a = db_arena(tx);
	struct str q = scoped_text(tx, city, f);
	void *rows = NULL;
	*edge = (struct edge){0};
	if (hazard_words_narrow(f))
		TRY(db_one(tx, &hazard_words_edge, ARGS(ARG(city), ARG(q), ARG(from), arg_i64(WALK_MAX)), edge_row, edge));
	if (edge->n < WALK_MAX)
		*edge = (struct edge){0};
	TRY(db_all(tx, &hazard_words_find,
		   ARGS(ARG(city), ARG(q), ARG(from), ARG(edge->at_id), ARG_CODE(hazard_states, f->state),
			ARG_CODE(hazard_levels, f->level), ARG_CODE(hazard_kinds, f->kind), ARG(f->category), ARG(f->overdue_at),
			ARG_DAY(f->from), ARG_DAY(f->to.ymd ? f->to : DAY(HAZARD_DAY_NEVER)), ARG(f->path),
			arg_str(f->path.n ? path_end(a, f->path) : STR("~")), ARG(f->danger), ARG_CODE(hazard_handlings, f->handling),
			ARG(f->marked), ARG(f->open), ARG_CODE(hazard_posts, f->oversight), arg_i64(limit)),
		   changed_row, sizeof(struct changed), &rows, n));
	*ids = rows;
	return NULL;
}

const struct err *hazard_words_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at,
				    int64_t limit, struct hazard_rows *out)
{
	struct changed *ids;
	struct edge edge;
	size_t n;
	if (!f->search.n)
		return NULL;
	TRY(find_ids(tx, city, f, at->list ? at->at.id : ID(INT64_MAX), limit + 1, &ids, &n, &edge));
	out->more = n > (size_t)limit || edge.n;
	out->n = n > (size_t)limit ? (size_t)limit : n;
	out->rows = ARENA_ARRAY(db_arena(tx), struct hazard, out->n + 1);
	for (size_t i = 0; i < out->n; i++)
		TRY(hazard_get(tx, city, ids[i].id, &out->rows[i]));
	struct id last = n > (size_t)limit ? ids[limit - 1].id : edge.at_id;
	out->next = (struct hazard_place){&hazard_open, {.id = last}};
	return NULL;
}

const struct err *hazard_words_count(struct db_tx *tx, int64_t city, const struct hazard_filter *f, int64_t max, int64_t *n)
{
	struct edge edge = {0};
	*n = 0;
	if (!f->search.n)
		return NULL;
	struct str q = scoped_text(tx, city, f);
	TRY(db_one(tx, &hazard_words_edge, ARGS(ARG(city), ARG(q), arg_i64(INT64_MAX), arg_i64(max)), edge_row, &edge));
	*n = edge.n;
	return NULL;
}
