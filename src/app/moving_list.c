/* Lists while units move: the rows of a unit lie among those of its own ancestor column and, as long as they are not rewritten, among
 * those of the one they had. Each source is in the list's order, so they are merged; a row is taken where its path, as it stands for now,
 * lies below the unit, and once. */
#include "moving.h"

#include <string.h>

enum { READ_AHEAD = 50, SOURCES_MAX = 64, FEW = 4 /* parts of a split that are looked for one by one */, PATH_STEP = 14 };

struct source {
	struct list_source from;
	const char *rows;
	size_t n, at;
	bool more;
};

struct merge {
	struct db_tx *tx;
	const struct moving_list *l;
	struct movings moves;
	struct str path;
	struct source *v;
	size_t n;
};

static struct id id_of(const struct moving_list *l, const char *row)
{
	struct id id;
	memcpy(&id, row + l->id_at, sizeof(id));
	return id;
}

static bool is_below(const struct merge *m, const char *row)
{
	char buf[MOVING_PATH_MAX];
	struct str path;
	memcpy(&path, row + m->l->path_at, sizeof(path));
	return str_has_prefix(moving_path(&m->moves, path, buf), m->path);
}

/* The next row of a source that belongs to the list, NULL at its end. */
static const struct err *head(struct merge *m, struct source *s, const char **out)
{
	*out = NULL;
	for (;;) {
		for (; s->at < s->n; s->at++) {
			*out = s->rows + s->at * m->l->row_size;
			if (is_below(m, *out))
				return NULL;
		}
		*out = NULL;
		if (!s->more)
			return NULL;
		void *rows;
		TRY(m->l->read(m->tx, m->l->ctx, &s->from, READ_AHEAD, &rows, &s->n, &s->more));
		s->rows = rows;
		s->at = 0;
	}
}

static bool are_related(struct str a, struct str b)
{
	return str_has_prefix(a, b) || str_has_prefix(b, a);
}

static bool has_source(const struct merge *m, const struct list_source *s)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->v[i].from.anchor, s->anchor) == 0 && m->v[i].from.anchor_id.v == s->anchor_id.v &&
		    str_eq(m->v[i].from.below, s->below))
			return true;
	return false;
}

static struct list_source old_source(const struct moving *v)
{
	struct list_source s = {.anchor = "top", .anchor_id = v->from_top, .below = v->from_path};
	if (v->from_mid.v)
		s = (struct list_source){.anchor = "mid", .anchor_id = v->from_mid, .below = v->from_path};
	if (v->from_enterprise.v)
		s = (struct list_source){.anchor = "enterprise", .anchor_id = v->from_enterprise, .below = v->from_path};
	return s;
}

/* A split moves many parts at once: all of them are looked for where they were together, below the unit that was divided. */
static struct list_source common_source(struct arena *a, const struct moving *v)
{
	struct str above = str_sub(v->from_path, 0, v->from_path.n - PATH_STEP);
	struct list_source s = {.anchor = "top", .anchor_id = v->from_top, .below = above};
	if (str_eq(path_child(a, above, v->from_top), v->from_path))
		return old_source(v);
	if (v->from_mid.v && !str_eq(path_child(a, above, v->from_mid), v->from_path))
		s = (struct list_source){.anchor = "mid", .anchor_id = v->from_mid, .below = above};
	if (v->from_enterprise.v && !str_eq(path_child(a, above, v->from_enterprise), v->from_path))
		s = (struct list_source){.anchor = "enterprise", .anchor_id = v->from_enterprise, .below = above};
	return s;
}

static bool is_of_many(const struct movings *m, size_t i)
{
	size_t n = 0;
	for (size_t j = 0; j < m->n && n <= FEW; j++)
		n += m->v[j].change_id.v == m->v[i].change_id.v;
	return n > FEW;
}

/* Where the subtree of a move went by moves from..to. */
static struct str gone_to(const struct merge *m, size_t from, size_t to, char buf[static MOVING_PATH_MAX])
{
	return moving_path(&(struct movings){m->moves.v + from, to - from}, m->moves.v[from].from_path, buf);
}

/* Rows that move i has to reach lie at this unit now: with the rest of its subtree, or with a part that has moved on since. */
static bool concerns(const struct merge *m, size_t i)
{
	char buf[MOVING_PATH_MAX];
	size_t n = m->moves.n;
	if (are_related(gone_to(m, i, n, buf), m->path))
		return true;
	for (size_t j = i + 1; j < n; j++)
		if (str_has_prefix(m->moves.v[j].from_path, gone_to(m, i, j, buf)) && are_related(gone_to(m, j, n, buf), m->path))
			return true;
	return false;
}

/* Rows that have not been reached yet, of what has to do with this unit. All of the city's are found by the city. */
static const struct err *add_old_sources(struct merge *m, const struct list_source *own)
{
	for (size_t i = 0; i < m->moves.n && strcmp(own->anchor, "city") != 0; i++) {
		const struct moving *v = &m->moves.v[i];
		struct list_source s = is_of_many(&m->moves, i) ? common_source(db_arena(m->tx), v) : old_source(v);
		if (!concerns(m, i) || has_source(m, &s))
			continue;
		if (m->n == SOURCES_MAX)
			return ERR(db_arena(m->tx), ERR_BUSY, "moving", "more than %d moves touch this list", SOURCES_MAX);
		m->v[m->n++] = (struct source){.from = s, .more = true};
	}
	return NULL;
}

static const struct err *next(struct merge *m, const char **out)
{
	struct source *best = NULL;
	*out = NULL;
	for (size_t i = 0; i < m->n; i++) {
		const char *row;
		TRY(head(m, &m->v[i], &row));
		if (row && (!best || m->l->order(row, *out) < 0)) {
			best = &m->v[i];
			*out = row;
		}
	}
	for (size_t i = 0; best && i < m->n; i++) {
		struct source *s = &m->v[i];
		if (s != best && s->at < s->n && id_of(m->l, s->rows + s->at * m->l->row_size).v == id_of(m->l, *out).v)
			s->at++;
	}
	if (best)
		best->at++;
	return NULL;
}

static const struct err *merge(struct merge *m, int64_t limit, void **rows, size_t *n, bool *more)
{
	char *v = arena_alloc(db_arena(m->tx), m->l->row_size * (size_t)(limit + 1));
	const char *row;
	*n = 0;
	TRY(next(m, &row));
	for (; row && *n < (size_t)limit; ++*n) {
		memcpy(v + *n * m->l->row_size, row, m->l->row_size);
		TRY(next(m, &row));
	}
	*rows = v;
	*more = row != NULL;
	return NULL;
}

const struct err *moving_page(struct db_tx *tx, int64_t city, const struct moving_list *l, const struct list_source *own, struct str path,
			      int64_t limit, void **rows, size_t *n, bool *more)
{
	struct merge m = {.tx = tx, .l = l, .path = path};
	TRY(moving_load(tx, city, &m.moves));
	if (m.moves.n == 0) {
		struct list_source one = *own;
		return l->read(tx, l->ctx, &one, limit, rows, n, more);
	}
	m.v = ARENA_ARRAY(db_arena(tx), struct source, SOURCES_MAX);
	m.v[m.n++] = (struct source){.from = *own, .more = true};
	TRY(add_old_sources(&m, own));
	return merge(&m, limit, rows, n, more);
}
