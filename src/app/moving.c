#include "moving.h"

#include "app_sql.h"
#include "feature.h"

#include <string.h>

static const char *const phase_words[] = {"", "rows", "figures", "settles", NULL};
static const struct codes phases = {"moving_phase", phase_words};

#define T struct moving
static const struct shape moving_row[] = {
	SHAPE(T, id, 0), SHAPE(T, change_id, 0), SHAPE(T, from_path, 0), SHAPE(T, to_path, 0), SHAPE(T, from_unit, 0), SHAPE(T, to_unit, 0),
	SHAPE(T, from_top, 0), SHAPE(T, from_mid, 0), SHAPE(T, from_enterprise, 0), SHAPE(T, to_top, 0), SHAPE(T, to_mid, 0),
	SHAPE(T, to_enterprise, 0), SHAPE_CODE(T, phase, &phases), SHAPE(T, at_path, 0), SHAPE(T, settle_at, 0),
	SHAPE(T, since, 0), SHAPE(T, counted_by, 0), SHAPE(T, counted_id, 0), SHAPE_END,
};
#undef T

/* ---- paths ------------------------------------------------------------------------ */

const struct err *moving_load(struct db_tx *tx, int64_t city, struct movings *out)
{
	void *rows;
	TRY(db_all(tx, &moving_all, ARGS(ARG(city)), moving_row, sizeof(struct moving), &rows, &out->n));
	out->v = rows;
	return NULL;
}

struct str moving_path(const struct movings *m, struct str path, char buf[static MOVING_PATH_MAX])
{
	for (size_t i = 0; m && i < m->n; i++) {
		const struct moving *v = &m->v[i];
		if (!str_has_prefix(path, v->from_path))
			continue;
		size_t tail = path.n - v->from_path.n;
		if (v->to_path.n + tail > MOVING_PATH_MAX)
			continue;
		memmove(buf + v->to_path.n, path.p + v->from_path.n, tail);
		memcpy(buf, v->to_path.p, v->to_path.n);
		path = (struct str){buf, v->to_path.n + tail};
	}
	return path;
}

/* ---- carrying out -------------------------------------------------------------------- */

static const struct err *rehome(struct db_tx *tx, struct env *e, const struct moving *m)
{
	const struct feature *const *f = app_features(e->app);
	if (!m->from_unit.v)
		return NULL;
	for (; *f; f++) {
		for (const struct sql_moved *const *t = (*f)->moved; t && *t; t++)
			if (!(*t)->has_ancestors)
				TRY(db_exec(tx, &(*t)->rehome, ARGS(ARG(e->city), ARG(m->from_unit), ARG(m->to_unit)), NULL));
		if ((*f)->merged)
			TRY((*f)->merged(tx, e, m->from_unit, m->to_unit));
	}
	return NULL;
}

const struct err *moving_begin(struct db_tx *tx, struct env *e, struct moving *m)
{
	m->id = env_id(e);
	m->phase = MOVING_ROWS;
	TRY(rehome(tx, e, m));
	return db_exec(tx, &moving_insert,
		       ARGS(ARG(e->city), ARG(m->id), ARG(m->change_id), ARG(m->from_path), ARG(m->to_path), ARG(m->from_unit),
			    ARG(m->to_unit), ARG(m->from_top), ARG(m->from_mid), ARG(m->from_enterprise), ARG(m->to_top), ARG(m->to_mid),
			    ARG(m->to_enterprise), ARG_CODE(phases, m->phase), ARG_DAY(m->since)),
		       NULL);
}

struct rewritten {
	struct id id;
};

static const struct err *rewrite_table(struct db_tx *tx, struct env *e, const struct feature *f, const struct sql_moved *t,
				       const struct moving *m, const struct sql *q, struct id anchor, int64_t limit, int64_t *n_out)
{
	void *rows;
	size_t n;
	struct shape id_row[] = {SHAPE(struct rewritten, id, 0), SHAPE_END};
	id_row[0].name = t->id;
	TRY(db_all(tx, q,
		   ARGS(ARG(e->city), ARG(m->from_unit), ARG(m->to_unit), ARG(m->to_path), arg_i64((int64_t)m->from_path.n + 1),
			ARG(m->to_top), ARG(m->to_mid), ARG(m->to_enterprise), ARG(anchor), ARG(m->from_path),
			ARG(path_end(db_arena(tx), m->from_path)), arg_i64(limit)),
		   id_row, sizeof(struct rewritten), &rows, &n));
	const struct rewritten *v = rows;
	for (size_t i = 0; f->moved_row && i < n; i++)
		TRY(f->moved_row(tx, e, t, v[i].id));
	*n_out += (int64_t)n;
	return NULL;
}

const struct err *moving_rewrite(struct db_tx *tx, struct env *e, const struct moving *m, const char *anchor, struct id anchor_id,
				 int64_t limit, int64_t *n_out)
{
	*n_out = 0;
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct sql_moved *const *t = (*f)->moved; t && *t && *n_out < limit; t++) {
			const struct sql *q = strcmp(anchor, "enterprise") == 0 ? &(*t)->enterprise
					      : strcmp(anchor, "mid") == 0	? &(*t)->mid
										: &(*t)->top;
			if ((*t)->has_ancestors)
				TRY(rewrite_table(tx, e, *f, *t, m, q, anchor_id, limit - *n_out, n_out));
		}
	return NULL;
}

struct str moving_at_path(struct arena *a, const struct moving *m, struct str at_path)
{
	struct str tail = str_sub(at_path, m->from_path.n, SIZE_MAX);
	return str_fmt(a, "%.*s%.*s", STR_ARG(m->to_path), STR_ARG(tail));
}

const struct err *moving_recount(struct db_tx *tx, struct env *e, struct moving *m, bool *more)
{
	const struct feature *const *f = app_features(e->app);
	int64_t at = 0;
	*more = true;
	for (; *f; f++) {
		struct id last = {0};
		if (!(*f)->recount_since || at++ < m->counted_by)
			continue;
		TRY((*f)->recount_since(tx, e, m, m->counted_id, &last));
		m->counted_id = last;
		m->counted_by += last.v == 0;
		return NULL;
	}
	*more = false;
	return NULL;
}

const struct err *moving_reached(struct db_tx *tx, struct env *e, const struct moving *m)
{
	return db_exec(tx, &moving_reach, ARGS(ARG(e->city), ARG(m->id), ARG_CODE(phases, m->phase), ARG(m->at_path), ARG(m->settle_at),
						 ARG(m->counted_by), ARG(m->counted_id)), NULL);
}

const struct err *moving_end(struct db_tx *tx, struct env *e, const struct moving *m)
{
	return db_exec(tx, &moving_delete, ARGS(ARG(e->city), ARG(m->id)), NULL);
}
