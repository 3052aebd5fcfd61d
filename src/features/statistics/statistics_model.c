/* The figures of a unit, and how they divide below it. */
#include "statistics_model.h"

#include "hazard_perms.h"
#include "hazard.h"

#include <stdlib.h>
#include <string.h>

const char *const statistics_codes[FIGURES + 1] = {"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12", NULL};

#define T struct statistics_part
const struct shape statistics_part_shape[] = {
	SHAPE(T, unit_id, 0), SHAPE(T, name, 0), SHAPE_CODE(T, kind, &unit_kinds), SHAPE(T, is_former, 0), SHAPE(T, f10, 0),
	SHAPE(T, f10_running, 0), SHAPE(T, f12, 0), SHAPE(T, f12_running, 0), SHAPE_END};
#undef T
#define T struct statistics_row
const struct shape statistics_row_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, day, 0), SHAPE(T, n, 0), SHAPE(T, number, 0), SHAPE(T, hazard_id, 0), SHAPE_CODE(T, kind, &hazard_kinds),
	SHAPE_CODE(T, level, &hazard_levels), SHAPE_CODE(T, state, &hazard_states), SHAPE(T, employer_name, 0), SHAPE(T, unit_name, 0),
	SHAPE(T, description, 0), SHAPE(T, found_on, 0), SHAPE_END};
#undef T

bool statistics_measures(const char *code, const struct campaign *c, const struct measure *out[static FIGURE_MEASURES_MAX])
{
	memset(out, 0, sizeof(*out) * FIGURE_MEASURES_MAX);
	if (strcmp(code, "f10") == 0) {
		out[0] = &hazard_found;
		out[1] = c->violations_counted ? &hazard_violation_found : NULL;
	} else if (strcmp(code, "f12") == 0) {
		out[0] = &hazard_closed;
		out[1] = c->violations_counted ? &hazard_violation_closed : NULL;
	}
	return out[0] != NULL;
}

struct measure_unit statistics_unit(const struct unit *u)
{
	enum measure_level level = u->kind == UNIT_CITY	    ? MEASURE_CITY
				   : !u->enterprise_id.v    ? MEASURE_ABOVE
				   : u->kind == UNIT_EMPLOYER ? MEASURE_EMPLOYER
							    : MEASURE_INSIDE;
	return (struct measure_unit){u->id, level, u->path};
}

/* ---- the unit's own ------------------------------------------------------------------- */

static const struct err *sum_all(struct measure_reader *r, const struct measure *const *m, const struct statistics_period *p, int64_t *out)
{
	*out = 0;
	for (; *m; m++) {
		int64_t n;
		TRY(measure_sum(r, *m, p->from, p->to, &n));
		*out += n;
	}
	return NULL;
}

const struct err *statistics_read(struct db_tx *tx, int64_t city, const struct statistics_query *q, struct statistics_figures *out)
{
	struct measure_reader *r;
	struct measure_unit u = statistics_unit(&q->unit);
	TRY(measure_open(tx, city, &u, &r));
	out->is_complete = measure_is_complete(r);
	for (size_t i = 0; i < FIGURES; i++) {
		const struct measure *m[FIGURE_MEASURES_MAX];
		struct statistics_figure *f = &out->v[i];
		*f = (struct statistics_figure){.code = statistics_codes[i]};
		f->is_collected = statistics_measures(f->code, &q->campaign, m);
		TRY(sum_all(r, m, &q->period, &f->period));
		TRY(sum_all(r, m, &q->running, &f->running));
	}
	return NULL;
}

/* ---- recounted ---------------------------------------------------------------------------- */

struct recounting {
	const struct statistics_query *q;
	struct statistics_figures *out;
};

static bool is_in(const struct statistics_period *p, struct day d)
{
	return d.ymd >= p->from.ymd && d.ymd <= p->to.ymd;
}

static const struct err *recount_one(void *ctx, const struct measure_entry *entry)
{
	struct recounting *k = ctx;
	struct id below;
	if (!measure_is_of(entry, k->q->unit.id, &below))
		return NULL;
	for (size_t i = 0; i < FIGURES; i++) {
		const struct measure *m[FIGURE_MEASURES_MAX];
		struct statistics_figure *f = &k->out->v[i];
		statistics_measures(f->code, &k->q->campaign, m);
		for (size_t j = 0; m[j]; j++) {
			int64_t n = str_is(entry->measure, m[j]->name) ? entry->n : 0;
			f->period += is_in(&k->q->period, entry->day) ? n : 0;
			f->running += is_in(&k->q->running, entry->day) ? n : 0;
		}
	}
	return NULL;
}

static void nothing_yet(const struct campaign *c, struct statistics_figures *out)
{
	const struct measure *m[FIGURE_MEASURES_MAX];
	out->is_complete = true;
	for (size_t i = 0; i < FIGURES; i++)
		out->v[i] = (struct statistics_figure){.code = statistics_codes[i], .is_collected = statistics_measures(statistics_codes[i], c, m)};
}

const struct err *statistics_recount(struct db_tx *tx, struct env *e, const struct measure_list *known, const struct statistics_query *q,
				     struct statistics_figures *out)
{
	struct recounting k = {q, out};
	nothing_yet(&q->campaign, out);
	for (size_t i = 0; known && i < known->n; i++)
		TRY(recount_one(&k, &known->v[i]));
	return known ? NULL : measure_replay(tx, e, recount_one, &k);
}

/* ---- below --------------------------------------------------------------------------------- */

/* The parts of f10 and f12 in the period and running, joined by unit. */
struct joined {
	struct statistics_part *v;
	size_t n;
};

static int by_unit(const void *a, const void *b)
{
	const struct statistics_part *x = a, *y = b;
	return x->unit_id.v < y->unit_id.v ? -1 : x->unit_id.v > y->unit_id.v;
}

static struct statistics_part *find_part(const struct joined *j, struct id unit)
{
	struct statistics_part key = {.unit_id = unit};
	return j->n ? bsearch(&key, j->v, j->n, sizeof(key), by_unit) : NULL;
}

struct column {
	const char *figure;
	bool running;
	size_t offset;
};
static const struct column columns[] = {
	{"f10", false, offsetof(struct statistics_part, f10)}, {"f10", true, offsetof(struct statistics_part, f10_running)},
	{"f12", false, offsetof(struct statistics_part, f12)}, {"f12", true, offsetof(struct statistics_part, f12_running)}};
enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void add_to(struct statistics_part *p, const struct column *c, int64_t n)
{
	*(int64_t *)((char *)p + c->offset) += n;
}

static const struct err *join_column(struct db_tx *tx, struct measure_reader *r, const struct statistics_query *q, const struct column *c,
				     struct joined *j)
{
	const struct measure *m[FIGURE_MEASURES_MAX];
	const struct statistics_period *p = c->running ? &q->running : &q->period;
	statistics_measures(c->figure, &q->campaign, m);
	for (size_t i = 0; m[i]; i++) {
		struct measure_part *parts;
		size_t n, had = j->n;
		TRY(measure_parts(r, m[i], p->from, p->to, &parts, &n));
		struct statistics_part *v = ARENA_ARRAY(db_arena(tx), struct statistics_part, had + n + 1);
		if (had)
			memcpy(v, j->v, had * sizeof(*v));
		*j = (struct joined){v, had};
		for (size_t k = 0; k < n; k++) {
			struct statistics_part *to = find_part(&(struct joined){v, had}, parts[k].id);
			if (!to) {
				to = &v[j->n++];
				to->unit_id = parts[k].id;
			}
			add_to(to, c, parts[k].n);
		}
		if (j->n)
			qsort(v, j->n, sizeof(*v), by_unit);
	}
	return NULL;
}

static bool is_empty(const struct statistics_part *p)
{
	return !p->f10 && !p->f10_running && !p->f12 && !p->f12_running;
}

static void name_part(struct statistics_part *p, const struct unit *u)
{
	p->unit_id = u->id;
	p->name = u->name;
	p->kind = u->kind;
	p->path = u->path;
}

/* Whoever stands elsewhere now. */
static const struct err *find_former(struct db_tx *tx, int64_t city, struct id parent, const struct joined *j, struct statistics_parts *out)
{
	out->former = ARENA_ARRAY(db_arena(tx), struct statistics_part, j->n + 1);
	for (size_t i = 0; i < j->n; i++) {
		struct unit u;
		if (is_empty(&j->v[i]) || !j->v[i].unit_id.v)
			continue;
		TRY(org_unit(tx, city, j->v[i].unit_id, &u));
		if (u.parent_id.v == parent.v)
			continue;
		struct statistics_part *p = &out->former[out->n_former++];
		*p = j->v[i];
		name_part(p, &u);
		p->is_former = true;
	}
	return NULL;
}

static const struct err *find_current(struct db_tx *tx, int64_t city, const struct statistics_query *q, const struct joined *j, int64_t limit,
				      struct statistics_parts *out)
{
	struct unit *u;
	size_t n;
	TRY(org_children(tx, city, q->unit.id, out->next_key, out->next_id, limit + 1, &u, &n));
	bool more = n > (size_t)limit;
	n = more ? (size_t)limit : n;
	out->v = ARENA_ARRAY(db_arena(tx), struct statistics_part, n + 1);
	out->next_id = more ? u[n - 1].id : ID(0);
	out->next_key = more ? u[n - 1].sort_key : STR("");
	for (size_t i = 0; i < n; i++) {
		const struct statistics_part *p = find_part(j, u[i].id);
		struct statistics_part *to = &out->v[out->n];
		*to = p ? *p : (struct statistics_part){0};
		name_part(to, &u[i]);
		/* Closed long ago and nothing counted here: of no use in the table. */
		out->n += !u[i].is_closed || !is_empty(to);
	}
	return NULL;
}

const struct err *statistics_below(struct db_tx *tx, int64_t city, const struct statistics_query *q, struct str after_key,
				   struct id after_id, int64_t limit, struct statistics_parts *out)
{
	struct measure_reader *r;
	struct measure_unit u = statistics_unit(&q->unit);
	struct joined j = {0};
	*out = (struct statistics_parts){.next_key = after_key, .next_id = after_id};
	TRY(measure_open(tx, city, &u, &r));
	for (size_t i = 0; i < COLUMNS; i++)
		TRY(join_column(tx, r, q, &columns[i], &j));
	const struct statistics_part *own = find_part(&j, ID(0));
	out->own = own ? *own : (struct statistics_part){0};
	TRY(find_former(tx, city, q->unit.id, &j, out));
	return find_current(tx, city, q, &j, limit, out);
}

/* ---- rows ------------------------------------------------------------------------------------ */

static void fill_row(const struct actor *actor, const struct hazard *h, struct statistics_row *row)
{
	row->number = h->number;
	row->kind = h->kind;
	row->employer_name = h->enterprise_name;
	row->unit_name = h->unit_name;
	if (!may(actor, &perm_hazard_read, h->unit_path))
		return;
	row->hazard_id = h->id;
	row->level = h->level;
	row->state = h->state;
	row->description = h->description;
	row->found_on = h->found_on;
}

const struct err *statistics_rows(struct db_tx *tx, int64_t city, const struct actor *actor, const struct unit *u,
				  const struct statistics_rows *want, struct statistics_row **out, size_t *n)
{
	struct measure_reader *r;
	struct measure_line *lines;
	struct measure_unit at = statistics_unit(u);
	struct measure_page page = {want->measures, want->from, want->to, want->before_day, want->before_id, want->limit};
	TRY(measure_open(tx, city, &at, &r));
	TRY(measure_lines(r, &page, &lines, n));
	struct statistics_row *v = ARENA_ARRAY(db_arena(tx), struct statistics_row, *n + 1);
	for (size_t i = 0; i < *n; i++) {
		struct hazard h;
		TRY(hazard_get(tx, city, lines[i].subject_id, &h));
		v[i] = (struct statistics_row){.id = lines[i].id, .day = lines[i].day, .n = lines[i].n};
		fill_row(actor, &h, &v[i]);
	}
	*out = v;
	return NULL;
}
