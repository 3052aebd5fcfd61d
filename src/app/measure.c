/* Posting entries, and what one becomes when it is folded. */
#include "measure_private.h"

#include <stdlib.h>
#include <string.h>

#define T struct measure_entry
const struct shape measure_entry_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, measure, 0), SHAPE(T, day, 0), SHAPE(T, path, 0), SHAPE(T, enterprise_id, 0), SHAPE(T, subject_id, 0),
	SHAPE(T, n, 0), SHAPE_END};
#undef T
#define T struct measure_stored
const struct shape measure_stored_shape[] = {
	SHAPE(T, unit_id, 0), SHAPE(T, measure, 0), SHAPE(T, day, 0), SHAPE(T, id, 0), SHAPE(T, below_id, 0), SHAPE(T, subject_id, 0),
	SHAPE(T, n, 0), SHAPE(T, tail, 0), SHAPE_END};
#undef T
#define T struct measure_summed
const struct shape measure_summed_shape[] = {
	SHAPE(T, unit_id, 0), SHAPE(T, measure, 0), SHAPE(T, day, 0), SHAPE(T, above_id, 0), SHAPE(T, n, 0), SHAPE_END};
#undef T

/* ---- posting ---------------------------------------------------------------------- */

const struct err *measure_add(struct db_tx *tx, struct env *e, const struct measure *m, struct measure_entry *entry)
{
	if (!entry->n)
		return NULL;
	entry->id = env_id(e);
	entry->measure = str_of(m->name);
	return db_exec(tx, &measure_fresh_add,
		       ARGS(ARG(e->city), ARG(entry->id), ARG(entry->measure), ARG_DAY(entry->day), ARG(entry->path),
			    ARG(entry->enterprise_id), ARG(entry->subject_id), ARG(entry->n)),
		       NULL);
}

const struct err *measure_once(struct db_tx *tx, struct env *e, const struct measure *m, struct str period, struct id unit,
			       struct measure_entry *entry, bool *first_out)
{
	int64_t is_new = 0;
	TRY(db_exec(tx, &measure_once_add, ARGS(ARG(e->city), ARG(str_of(m->name)), ARG(period), ARG(unit), ARG(entry->subject_id)), &is_new));
	*first_out = is_new == 1;
	return *first_out ? measure_add(tx, e, m, entry) : NULL;
}

/* ---- paths ------------------------------------------------------------------------- */

static int b32_digit(char c)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	const char *at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

/* 13 characters hold 65 bits; the last one is none of the id's. */
static bool segment_id(struct str s, struct id *out)
{
	uint64_t v = 0;
	if (s.n != MEASURE_SEGMENT)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = b32_digit(s.p[i]);
		if (digit < 0)
			return false;
		v = i + 1 < s.n ? v << 5 | (uint64_t)digit : v << 4 | (uint64_t)digit >> 1;
	}
	*out = ID((int64_t)v);
	return true;
}

size_t path_units(struct str path, struct id out[static PATH_UNITS_MAX])
{
	size_t n = 0;
	struct str rest = str_sub(path, 1, SIZE_MAX);
	while (rest.n) {
		if (n == PATH_UNITS_MAX || !segment_id(str_cut(&rest, '/'), &out[n]))
			return 0;
		n++;
	}
	return n;
}

struct str measure_segment(struct arena *a, struct str path)
{
	size_t whole = MEASURE_SEGMENT + 2;
	return path.n < whole ? STR("/") : str_dup(a, str_sub(path, path.n - whole, whole));
}

bool measure_is_of(const struct measure_entry *entry, struct id unit, struct id *below)
{
	struct id ids[PATH_UNITS_MAX];
	size_t n = path_units(entry->path, ids);
	for (size_t i = 0; i < n; i++)
		if (ids[i].v == unit.v) {
			*below = i + 1 < n ? ids[i + 1] : ID(0);
			return true;
		}
	return false;
}

/* ---- folding one -------------------------------------------------------------------- */

/* The path below the employer, beginning with a stroke; '' when it is the employer's own. */
static struct str tail_of(struct str path, size_t at, size_t n)
{
	return at + 1 < n ? str_sub(path, (at + 1) * (MEASURE_SEGMENT + 1), SIZE_MAX) : STR("");
}

void measure_fold_one(const struct measure_entry *e, struct measure_folded *out)
{
	struct id ids[PATH_UNITS_MAX];
	size_t n = path_units(e->path, ids);
	bool is_inside = false;
	out->n_rows = out->n_sums = out->n_homes = 0;
	for (size_t i = 0; i < n; i++) {
		bool is_employer = e->enterprise_id.v && ids[i].v == e->enterprise_id.v;
		if (is_inside) {
			out->homes[out->n_homes++] = (struct measure_home){ids[i], e->enterprise_id};
			continue;
		}
		is_inside = is_employer;
		out->rows[out->n_rows++] = (struct measure_stored){
			.unit_id = ids[i], .measure = e->measure, .day = e->day, .id = e->id, .below_id = i + 1 < n ? ids[i + 1] : ID(0),
			.subject_id = e->subject_id, .n = e->n, .tail = is_employer ? tail_of(e->path, i, n) : STR("")};
		if (!is_employer)
			out->sums[out->n_sums++] = (struct measure_summed){ids[i], e->measure, e->day, i ? ids[i - 1] : ID(0), e->n};
	}
}

/* ---- writing many --------------------------------------------------------------------- */

static int by_id(struct id x, struct id y)
{
	return x.v < y.v ? -1 : x.v > y.v;
}

static int by_key(struct id unit_x, struct str measure_x, struct day day_x, struct id id_x, struct id unit_y, struct str measure_y,
		  struct day day_y, struct id id_y)
{
	int d = by_id(unit_x, unit_y);
	d = d ? d : str_cmp(measure_x, measure_y);
	d = d ? d : day_x.ymd < day_y.ymd ? -1 : day_x.ymd > day_y.ymd;
	return d ? d : by_id(id_x, id_y);
}

static int cmp_rows(const void *a, const void *b)
{
	const struct measure_stored *x = a, *y = b;
	return by_key(x->unit_id, x->measure, x->day, x->id, y->unit_id, y->measure, y->day, y->id);
}

static int cmp_sums(const void *a, const void *b)
{
	const struct measure_summed *x = a, *y = b;
	return by_key(x->unit_id, x->measure, x->day, x->above_id, y->unit_id, y->measure, y->day, y->above_id);
}

static int cmp_homes(const void *a, const void *b)
{
	const struct measure_home *x = a, *y = b;
	int d = by_id(x->unit_id, y->unit_id);
	return d ? d : by_id(x->enterprise_id, y->enterprise_id);
}

/* Neighbours in the tree are neighbours on the disk: sorted, a batch touches each page once. */
void measure_sort_rows(struct measure_stored *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof(*v), cmp_rows);
}

size_t measure_sort_sums(struct measure_summed *v, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(v, n, sizeof(*v), cmp_sums);
	for (size_t i = 0; i < n; i++) {
		if (kept && cmp_sums(&v[kept - 1], &v[i]) == 0)
			v[kept - 1].n += v[i].n;
		else
			v[kept++] = v[i];
	}
	return kept;
}

size_t measure_sort_homes(struct measure_home *v, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(v, n, sizeof(*v), cmp_homes);
	for (size_t i = 0; i < n; i++)
		if (!kept || cmp_homes(&v[kept - 1], &v[i]) != 0)
			v[kept++] = v[i];
	return kept;
}

const struct err *measure_write_rows(struct db_tx *tx, int64_t city, const struct measure_stored *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(tx, &measure_row_add,
			    ARGS(ARG(city), ARG(v[i].unit_id), ARG(v[i].measure), ARG_DAY(v[i].day), ARG(v[i].id), ARG(v[i].below_id),
				 ARG(v[i].subject_id), ARG(v[i].n), ARG(v[i].tail)),
			    NULL));
	return NULL;
}

const struct err *measure_write_sums(struct db_tx *tx, int64_t city, const struct measure_summed *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(tx, &measure_day_add,
			    ARGS(ARG(city), ARG(v[i].unit_id), ARG(v[i].measure), ARG_DAY(v[i].day), ARG(v[i].above_id), ARG(v[i].n)), NULL));
	return NULL;
}

const struct err *measure_write_homes(struct db_tx *tx, int64_t city, const struct measure_home *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(tx, &measure_home_add, ARGS(ARG(city), ARG(v[i].unit_id), ARG(v[i].enterprise_id)), NULL));
	return NULL;
}
