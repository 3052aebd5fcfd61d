/* Reading a unit's figures: what is folded and what is fresh, in one snapshot. */
#include "measure_private.h"

#include <stdlib.h>

enum { HOMES_MAX = 64, PARTS_MAX = 20000, LINES_AT_ONCE = 4 };

struct measure_reader {
	struct db_tx *tx;
	int64_t city;
	struct measure_unit unit;
	struct str segment;         /* INSIDE: what is looked for in tails; else '' */
	struct id homes[HOMES_MAX]; /* under whose id the rows stand: the unit itself, or INSIDE its employers */
	size_t n_homes;
	struct arena *kept;         /* outlives the rows that come by */
	struct measure_line *fresh;
	size_t n_fresh, cap;
	bool is_complete;
};

static const struct shape part_shape[] = {SHAPE(struct measure_part, id, 0), SHAPE(struct measure_part, n, 0), SHAPE_END};

/* ---- opening ----------------------------------------------------------------------- */

static const struct err *keep_fresh(void *ctx, const void *row)
{
	struct measure_reader *r = ctx;
	const struct measure_entry *e = row;
	struct id below;
	if (!measure_is_of(e, r->unit.id, &below))
		return NULL;
	if (r->n_fresh == r->cap) {
		struct measure_line *more = ARENA_ARRAY(r->kept, struct measure_line, r->cap * 2 + 64);
		for (size_t i = 0; i < r->n_fresh; i++)
			more[i] = r->fresh[i];
		r->fresh = more;
		r->cap = r->cap * 2 + 64;
	}
	r->fresh[r->n_fresh++] = (struct measure_line){.day = e->day, .id = e->id, .subject_id = e->subject_id, .below_id = below,
						       .measure = str_dup(r->kept, e->measure), .n = e->n};
	return NULL;
}

static void drop_kept(void *p)
{
	arena_free(p);
}

static const struct err *find_homes(struct measure_reader *r)
{
	void *rows;
	size_t n;
	r->homes[0] = r->unit.id;
	r->n_homes = 1;
	if (r->unit.level != MEASURE_INSIDE)
		return NULL;
	TRY(db_all(r->tx, &measure_homes, ARGS(ARG(r->city), ARG(r->unit.id)), part_shape, sizeof(struct measure_part), &rows, &n));
	r->n_homes = n < HOMES_MAX ? n : HOMES_MAX;
	for (size_t i = 0; i < r->n_homes; i++)
		r->homes[i] = ((const struct measure_part *)rows)[i].id;
	return NULL;
}

const struct err *measure_open(struct db_tx *tx, int64_t city, const struct measure_unit *u, struct measure_reader **out)
{
	struct measure_phase p;
	struct measure_reader *r = ARENA_NEW(db_arena(tx), struct measure_reader);
	*r = (struct measure_reader){.tx = tx, .city = city, .unit = *u, .segment = STR("")};
	if (u->level == MEASURE_INSIDE)
		r->segment = measure_segment(db_arena(tx), u->path);
	TRY(measure_phase_of(tx, city, &p));
	r->is_complete = str_is(p.phase, "ready");
	TRY(find_homes(r));
	r->kept = arena_new((size_t)64 * 1024 * 1024);
	arena_defer(db_arena(tx), drop_kept, r->kept);
	*out = r;
	return db_each(tx, &measure_fresh_all, ARGS(ARG(city)), measure_entry_shape, sizeof(struct measure_entry), keep_fresh, r);
}

bool measure_is_complete(const struct measure_reader *r)
{
	return r->is_complete;
}

static bool is_wanted(const struct measure_line *f, const struct measure *m, struct day from, struct day to)
{
	return f->day.ymd >= from.ymd && f->day.ymd <= to.ymd && str_is(f->measure, m->name);
}

/* ---- sums -------------------------------------------------------------------------- */

static const struct err *sum_home(struct measure_reader *r, struct id home, const struct measure *m, struct day from, struct day to,
				  int64_t *out)
{
	struct str name = str_of(m->name);
	if (r->unit.level == MEASURE_INSIDE)
		return db_i64(r->tx, &measure_row_sum_inside,
			      ARGS(ARG(r->city), ARG(home), ARG(name), ARG_DAY(from), ARG_DAY(to), ARG(r->segment)), 0, out);
	const struct sql *q = r->unit.level == MEASURE_EMPLOYER ? &measure_row_sum : &measure_day_sum;
	return db_i64(r->tx, q, ARGS(ARG(r->city), ARG(home), ARG(name), ARG_DAY(from), ARG_DAY(to)), 0, out);
}

const struct err *measure_sum(struct measure_reader *r, const struct measure *m, struct day from, struct day to, int64_t *out)
{
	int64_t folded;
	*out = 0;
	for (size_t i = 0; i < r->n_homes; i++) {
		TRY(sum_home(r, r->homes[i], m, from, to, &folded));
		*out += folded;
	}
	for (size_t i = 0; i < r->n_fresh; i++)
		if (is_wanted(&r->fresh[i], m, from, to))
			*out += r->fresh[i].n;
	return NULL;
}

/* ---- parts -------------------------------------------------------------------------- */

struct parts {
	struct measure_part *v;
	size_t n;
};

/* Fresh ones come in any order: sorted and joined at the end. */
static const struct err *add_part(struct measure_reader *r, struct parts *p, struct id id, int64_t n)
{
	for (size_t i = p->n; i > 0 && p->n - i < 8; i--)
		if (p->v[i - 1].id.v == id.v) {
			p->v[i - 1].n += n;
			return NULL;
		}
	if (p->n == PARTS_MAX)
		return ERR(db_arena(r->tx), ERR_LIMIT, NULL, "more than %d units below", PARTS_MAX);
	p->v[p->n++] = (struct measure_part){id, n};
	return NULL;
}

static int cmp_parts(const void *a, const void *b)
{
	const struct measure_part *x = a, *y = b;
	return x->id.v < y->id.v ? -1 : x->id.v > y->id.v;
}

static void join_parts(struct parts *p)
{
	size_t kept = 0;
	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), cmp_parts);
	for (size_t i = 0; i < p->n; i++) {
		if (kept && p->v[kept - 1].id.v == p->v[i].id.v)
			p->v[kept - 1].n += p->v[i].n;
		else
			p->v[kept++] = p->v[i];
	}
	p->n = kept;
}

static const struct err *add_all(struct measure_reader *r, struct parts *p, const struct sql *q, struct args args, int64_t *sum)
{
	void *rows;
	size_t n;
	TRY(db_all(r->tx, q, args, part_shape, sizeof(struct measure_part), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct measure_part *part = (const struct measure_part *)rows + i;
		*sum += part->n;
		TRY(add_part(r, p, part->id, part->n));
	}
	return NULL;
}

struct tail {
	struct str tail;
	int64_t n;
};
static const struct shape tail_shape[] = {SHAPE(struct tail, tail, 0), SHAPE(struct tail, n, 0), SHAPE_END};

/* Of a workshop: what its employers' rows say comes next on the way down. */
static const struct err *add_tails(struct measure_reader *r, struct parts *p, const struct measure *m, struct day from, struct day to)
{
	for (size_t h = 0; h < r->n_homes; h++) {
		void *rows;
		size_t n;
		TRY(db_all(r->tx, &measure_row_tails,
			   ARGS(ARG(r->city), ARG(r->homes[h]), ARG(str_of(m->name)), ARG_DAY(from), ARG_DAY(to), ARG(r->segment)), tail_shape,
			   sizeof(struct tail), &rows, &n));
		for (size_t i = 0; i < n; i++) {
			const struct tail *t = (const struct tail *)rows + i;
			struct measure_entry e = {.path = t->tail};
			struct id below = ID(0);
			measure_is_of(&e, r->unit.id, &below);
			TRY(add_part(r, p, below, t->n));
		}
	}
	return NULL;
}

const struct err *measure_parts(struct measure_reader *r, const struct measure *m, struct day from, struct day to,
				struct measure_part **out, size_t *n)
{
	struct parts p = {.v = ARENA_ARRAY(db_arena(r->tx), struct measure_part, PARTS_MAX)};
	struct args args = ARGS(ARG(r->city), ARG(r->unit.id), ARG(str_of(m->name)), ARG_DAY(from), ARG_DAY(to));
	int64_t sum = 0, whole = 0;
	if (r->unit.level == MEASURE_CITY) {
		/* A million rows stand under the city: what is its own is what its parts leave. */
		TRY(add_all(r, &p, &measure_day_parts, args, &sum));
		TRY(db_i64(r->tx, &measure_day_sum, args, 0, &whole));
		TRY(add_part(r, &p, ID(0), whole - sum));
	} else if (r->unit.level == MEASURE_INSIDE) {
		TRY(add_tails(r, &p, m, from, to));
	} else {
		TRY(add_all(r, &p, &measure_row_parts, args, &sum));
	}
	for (size_t i = 0; i < r->n_fresh; i++)
		if (is_wanted(&r->fresh[i], m, from, to))
			TRY(add_part(r, &p, r->fresh[i].below_id, r->fresh[i].n));
	join_parts(&p);
	*out = p.v;
	*n = p.n;
	return NULL;
}

/* ---- lines ---------------------------------------------------------------------------- */

static const struct shape line_shape[] = {
	SHAPE(struct measure_line, day, 0), SHAPE(struct measure_line, id, 0), SHAPE(struct measure_line, measure, 0),
	SHAPE(struct measure_line, subject_id, 0), SHAPE(struct measure_line, below_id, 0), SHAPE(struct measure_line, n, 0), SHAPE_END};

static bool is_before(const struct measure_line *l, const struct measure_page *p)
{
	return l->day.ymd < p->before_day.ymd || (l->day.ymd == p->before_day.ymd && l->id.v < p->before_id.v);
}

static int newest_first(const void *a, const void *b)
{
	const struct measure_line *x = a, *y = b;
	if (x->day.ymd != y->day.ymd)
		return x->day.ymd > y->day.ymd ? -1 : 1;
	return x->id.v > y->id.v ? -1 : x->id.v < y->id.v;
}

static const struct err *add_lines(struct measure_reader *r, const struct measure_page *p, const struct measure *m, struct id home,
				   struct measure_line *all, size_t *n)
{
	void *rows;
	size_t got;
	TRY(db_all(r->tx, &measure_row_page,
		   ARGS(ARG(r->city), ARG(home), ARG(str_of(m->name)), ARG_DAY(p->from), ARG_DAY(p->to), ARG_DAY(p->before_day),
			ARG(p->before_id), ARG(r->segment), arg_i64((int64_t)p->limit)),
		   line_shape, sizeof(struct measure_line), &rows, &got));
	for (size_t i = 0; i < got; i++)
		all[(*n)++] = ((const struct measure_line *)rows)[i];
	return NULL;
}

/* The first `limit` of each source hold the first `limit` of all. */
const struct err *measure_lines(struct measure_reader *r, const struct measure_page *page, struct measure_line **out, size_t *n)
{
	struct measure_page p = *page;
	size_t sources = 0;
	if (!p.before_day.ymd) {
		p.before_day = DAY(21991231);
		p.before_id = ID(INT64_MAX);
	}
	while (sources < LINES_AT_ONCE && p.measures[sources])
		sources++;
	struct measure_line *all =
		ARENA_ARRAY(db_arena(r->tx), struct measure_line, sources * (r->n_homes * p.limit + r->n_fresh) + 1);
	*n = 0;
	for (size_t k = 0; k < sources; k++) {
		for (size_t h = 0; h < r->n_homes; h++)
			TRY(add_lines(r, &p, p.measures[k], r->homes[h], all, n));
		for (size_t i = 0; i < r->n_fresh; i++)
			if (is_wanted(&r->fresh[i], p.measures[k], p.from, p.to) && is_before(&r->fresh[i], &p))
				all[(*n)++] = r->fresh[i];
	}
	if (*n)
		qsort(all, *n, sizeof(*all), newest_first);
	*n = *n < p.limit ? *n : p.limit;
	*out = all;
	return NULL;
}
