#include "world.h"

struct looking {
	struct world *w;
	int u;
	struct unit unit;
	struct hazard_filter f;
	struct hazard_place at;
	struct hazard_rows page;
	struct str path;
	struct movings moves;
	int64_t sums[DAYS_MAX];
	int64_t n;
};

static const struct err *look_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	TRY(org_unit(tx, e->city, l->w->u[l->u].id, &l->unit));
	return moving_load(tx, e->city, &l->moves);
}

static const struct err *look_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	return hazard_page(tx, e->city, &l->f, &l->at, PAGE, &l->page);
}

static int hazard_of(const struct world *w, struct id id)
{
	for (int i = 0; i < w->n_h; i++)
		if (w->h[i].id.v == id.v)
			return i;
	return -1;
}

static void check_ledger(struct world *w, struct looking *l, struct env *e, const char *sort)
{
	bool seen[HAZARDS_MAX] = {0};
	int want = 0, got = 0;
	struct list_source s = org_source(&l->unit);
	l->f = (struct hazard_filter){.anchor = s.anchor, .anchor_id = s.anchor_id, .path = s.below, .sort = str_of(sort)};
	l->at = (struct hazard_place){0};
	for (int i = 0; i < w->n_h; i++)
		want += is_below(w, w->h[i].unit, l->u);
	do {
		fine(env_read(e, look_page, l));
		for (size_t i = 0; i < l->page.n; i++) {
			int h = hazard_of(w, l->page.rows[i].id);
			if (h < 0 || seen[h] || !is_below(w, w->h[h].unit, l->u))
				miss(w, "a row too many in the ledger", (long long)l->unit.id.v, 0, (long long)l->page.rows[i].id.v);
			else
				seen[h] = true;
			got++;
		}
		l->at = l->page.next;
	} while (l->page.more && !w->wrong);
	if (got != want && getenv("DBG"))
		printf("sort %s path %.*s dir %s\n", sort, STR_ARG(l->unit.path), w->g->dir), _exit(3);
	if (got != want)
		miss(w, "ledger", (long long)l->unit.id.v, want, got);
	w->checks++;
}

/* Of a table, by the same merging of sources as the lists' pages. */
struct row {
	struct id id;
	struct str unit_path;
};
static const struct shape row_shape[] = {SHAPE(struct row, id, 0), SHAPE(struct row, unit_path, 0), SHAPE_END};

static int by_id(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

enum { PERSON, PLACE };
struct table_of {
	int64_t city;
	int table;
};

/* A statement is known by its address: one for each table and ancestor. */
#define ROWS_OF(table, condition)                                                                                                          \
	{.name = "test_rows", .scope = SQL_CITY, .n_args = 6,                                                                               \
	 .text = "SELECT id, unit_path FROM " table " WHERE city_id = $1 AND " condition " AND id > $3 AND unit_path >= $4 AND unit_path < $5 " \
		 "ORDER BY id LIMIT $6"}
#define ROWS_OF_ALL(table)                                                                                                                 \
	{ROWS_OF(table, "CAST($2 AS BIGINT) IS NOT NULL"), ROWS_OF(table, "top_id = $2"), ROWS_OF(table, "mid_id = $2"),                     \
	 ROWS_OF(table, "enterprise_id = $2")}
static const struct sql rows_of[2][4] = {ROWS_OF_ALL("person"), ROWS_OF_ALL("place")};

static const struct err *read_rows(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more)
{
	const struct table_of *t = ctx;
	struct arena *a = db_arena(tx);
	struct id *after = s->place ? s->place : ARENA_NEW(a, struct id);
	static const char *const anchors[] = {"city", "top", "mid", "enterprise"};
	size_t at = 0;
	while (strcmp(anchors[at], s->anchor) != 0)
		at++;
	s->place = after;
	TRY(db_all(tx, &rows_of[t->table][at],
		   ARGS(ARG(t->city), ARG(s->anchor_id), ARG(*after), ARG(s->below), ARG(s->below.n ? path_end(a, s->below) : STR("~")), arg_i64(limit + 1)),
		   row_shape, sizeof(struct row), rows, n));
	*more = *n > (size_t)limit;
	*n = *more ? (size_t)limit : *n;
	if (*n)
		*after = ((struct row *)*rows)[*n - 1].id;
	return NULL;
}

struct counting {
	struct looking *l;
	int table;
	size_t n;
};

static const struct err *count_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct counting *c = ctx;
	struct table_of t = {e->city, c->table};
	struct moving_list list = {sizeof(struct row), offsetof(struct row, id), offsetof(struct row, unit_path), by_id, read_rows, &t};
	struct list_source own = org_source(&c->l->unit);
	bool more;
	void *rows;
	return moving_page(tx, e->city, &list, &own, c->l->unit.path, 100000, &rows, &c->n, &more);
}

static void check_rows(struct world *w, struct looking *l, struct env *e)
{
	struct counting people = {l, PERSON, 0}, places = {l, PLACE, 0};
	long long want_people = 0, want_places = 0;
	for (int i = 0; i < w->n; i++)
		if (is_below(w, i, l->u)) {
			want_people += w->u[i].people;
			want_places += w->u[i].places;
		}
	fine(env_read(e, count_rows, &people));
	fine(env_read(e, count_rows, &places));
	if ((long long)people.n != want_people)
		miss(w, "people", (long long)l->unit.id.v, want_people, (long long)people.n);
	if ((long long)places.n != want_places)
		miss(w, "places", (long long)l->unit.id.v, want_places, (long long)places.n);
	w->checks += 2;
}

static const struct err *read_sums(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	const struct unit *u = &l->unit;
	struct measure_reader *r;
	enum measure_level level = u->kind == UNIT_CITY	   ? MEASURE_CITY
				   : !u->enterprise_id.v	   ? MEASURE_ABOVE
				   : u->kind == UNIT_EMPLOYER ? MEASURE_EMPLOYER
								: MEASURE_INSIDE;
	TRY(measure_open(tx, e->city, &(struct measure_unit){u->id, level, u->path}, &r));
	for (int d = 0; d <= l->w->day; d++)
		TRY(measure_sum(r, &hazard_found, day_of(d), day_of(d), &l->sums[d]));
	return NULL;
}

/* Figures of days back to which a move was dated follow when its rows have. */
static bool is_counting(const struct looking *l)
{
	for (size_t i = 0; i < l->moves.n; i++)
		if (l->moves.v[i].since.ymd && l->moves.v[i].phase != MOVING_SETTLES)
			return true;
	return false;
}

static void check_sums(struct world *w, struct looking *l, struct env *e)
{
	int64_t want[DAYS_MAX] = {0};
	if (is_counting(l))
		return;
	for (int i = 0; i < w->n_h; i++)
		for (int k = 0; w->h[i].at[k] >= 0; k++)
			want[w->h[i].day] += w->h[i].at[k] == l->u;
	fine(env_read(e, read_sums, l));
	for (int d = 0; d <= w->day; d++)
		if (l->sums[d] != want[d])
			miss(w, "sum of a day", (long long)l->unit.id.v, want[d], l->sums[d]);
	w->checks++;
}

/* Who has a duty at the unit reaches exactly the rows below it, rewritten or not. */
static const struct err *read_hazards(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	struct world *w = l->w;
	struct duty d = {.unit_id = l->unit.id, .role = ROLE_CADRE_CITY, .unit_path = l->unit.path, .moving = &l->moves};
	for (int i = 0; i < w->n_h; i++) {
		struct hazard h;
		TRY(hazard_get(tx, e->city, w->h[i].id, &h));
		if (duty_reaches(&d, h.unit_path) != is_below(w, w->h[i].unit, l->u))
			miss(w, "reach", (long long)l->unit.id.v, is_below(w, w->h[i].unit, l->u), (long long)h.id.v);
	}
	w->checks++;
	return NULL;
}

void check_unit(struct world *w, int u)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	struct looking l = {.w = w, .u = u};
	struct arena_mark mark = arena_mark(w->g->a);
	fine(env_read(&e, look_unit, &l));
	check_ledger(w, &l, &e, "-found_on");
	check_ledger(w, &l, &e, "deadline");
	check_rows(w, &l, &e);
	check_sums(w, &l, &e);
	fine(env_read(&e, read_hazards, &l));
	arena_rewind(w->g->a, mark);
}
