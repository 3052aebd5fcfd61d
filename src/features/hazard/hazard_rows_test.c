/* The ledger's lists against a plain look at every row: the same rows in the same order, whatever is asked for and however the pages are
 * cut (NFR-2, NFR-3). More rows than one request looks at, with many ties in each order. */
#include "hazard_clock_model.h"
#include "hazard_ground.h"

#include "hazard_words.h"

enum { ROWS = 2400, ASKED = 120, SEARCHED = 60, DUE = 1456000000 };

/* Common words and two rare ones. */
static const char *const said_of_row[] = {"配电箱", "缺盖", "灭火器 过期", "DN50", "漏油", "第七号"};

struct reading {
	struct hazard rows[ROWS];
	size_t n;
};

struct listing {
	struct hazard_filter f;
	struct hazard_place at;
	int64_t limit;
	struct hazard_rows page;
};

static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static uint32_t below(uint64_t *seed, uint32_t n)
{
	return next(seed) % n;
}

/* ---- a ledger ------------------------------------------------------------------------ */

static const char add_text[] =
	"INSERT INTO hazard (city_id, id, number, kind, source, anonymity, against, campaign_id, unit_id, enterprise_id, mid_id, top_id,"
	" at_unit_id, at_enterprise_id, at_mid_id, at_top_id, unit_path, description, danger, found_at, found_on, photos_before, reported_at,"
	" state, level, handling_level, category, place_id, place, interim_protection, protected_at, withdrawn, reopened, returned, clause,"
	" refusal_code, refusal_reason, responsible_id, deputy_id, measures, deadline, emergency_plan, emergency_plan_not_needed, on_spot,"
	" percent, submit_text, photos_after, registered_by, assigned_by, taken_by, submitted_by, accepted_by, closed_by, registered_at,"
	" assigned_at, taken_at, submitted_at, accepted_at, closed_at, accepted_by_fallback, state_at, due_at, deadline_sort, updated_at, version, marked)"
	" VALUES ($1, $2, $3, $4, 'employer', '', '', 0, 0, $5, $6, $7, 0, 0, 0, 0, $8, $17, $9, 1, $10, 0, 1, $11, $12, $13, $14, 0, '', '', 0,"
	" 0, 0, 0, '', '', '', 0, 0, '', '', '', 0, 0, 0, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, $15, '', 1, 1, $16)";

static bool is_closed(uint32_t state)
{
	return state == HAZARD_CLOSED_OUT || state == HAZARD_NOT_HAZARD || state == HAZARD_MERGED || state == HAZARD_CEASED;
}

static struct str words_of_row(struct arena *a, uint64_t *seed)
{
	struct sb b = sb_new(a, 200);
	for (size_t i = 0; i < sizeof(said_of_row) / sizeof(said_of_row[0]); i++)
		if (below(seed, i < 4 ? 2 : 40) == 0)
			sb_fmt(&b, "%s，", said_of_row[i]);
	return sb_str(&b);
}

/* Most are closed out and ordinary, as in a real ledger; some open ones have no running clock. */
static const struct err *add_row(struct db_tx *tx, struct env *e, uint64_t *seed, int64_t id)
{
	static const struct sql add = {.name = "test_add", .text = add_text, .scope = SQL_CITY, .n_args = 17, .writes = true};
	static const char *const paths[] = {"/1/2/", "/1/2/3/", "/1/2/4/", "/1/5/"},
			  *const kinds[] = {"hazard", "hazard", "hazard", "violation"},
			  *const levels[] = {"", "ordinary", "ordinary", "ordinary", "ordinary", "major"};
	uint32_t state = below(seed, 2) ? HAZARD_CLOSED_OUT : HAZARD_REPORTED + below(seed, HAZARD_STATE_COUNT - HAZARD_REPORTED);
	int64_t due = is_closed(state) || !below(seed, 6) ? 0 : DUE + below(seed, 40);
	struct day day = DAY(20160101 + (int)below(seed, 9));
	uint32_t top = below(seed, 2), mid = below(seed, 3), enterprise = below(seed, 4);
	struct arena *a = db_arena(tx);
	struct arena_mark mark = arena_mark(a);
	struct str text = words_of_row(a, seed);
	const struct err *bad = db_exec(tx, &add, ARGS(ARG(e->city), arg_i64(id), arg_str(str_fmt(a, "t%lld", (long long)id)),
		       arg_str(str_of(kinds[below(seed, 4)])), arg_i64(enterprise), arg_i64(mid * 10), arg_i64((top + 1) * 100),
		       arg_str(str_of(paths[below(seed, 4)])), arg_i64(below(seed, 9) == 0), ARG_DAY(day), ARG_CODE(hazard_states, state),
		       arg_str(str_of(levels[below(seed, 6)])), ARG_CODE(hazard_handlings, HAZARD_AT_POST + below(seed, 4)),
		       arg_str(below(seed, 5) ? STR("fire") : STR("crane")), arg_i64(due), arg_i64(below(seed, 8) ? 0 : below(seed, 16)), ARG(text)), NULL);
	if (!bad)
		arena_rewind(a, mark);
	return bad;
}

static const struct err *add_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	uint64_t seed = 20161124;
	(void)ctx;
	for (int64_t i = 1; i <= ROWS; i++) {
		const struct hazard_clock c = {.oversight = i % 5 ? 0 : POST_TOWNSHIP};
		TRY(add_row(tx, e, &seed, i));
		TRY(hazard_clock_insert_row(tx, e->city, ID(i), &c));
	}
	return NULL;
}

static const struct err *keep(void *ctx, const void *row)
{
	struct reading *r = ctx;
	r->rows[r->n++] = *(const struct hazard *)row;
	return NULL;
}

/* ---- the slow way ---------------------------------------------------------------------- */

static const struct err *read_all(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct sql all = {.name = "test_all", .scope = SQL_CITY, .n_args = 1,
				       .text = "SELECT id, kind, enterprise_id, mid_id, top_id, found_on, state, level, due_at, danger, handling_level, marked FROM hazard "
					       "WHERE city_id = $1 ORDER BY id"};
	return db_each(tx, &all, ARGS(ARG(e->city)), hazard_row, sizeof(struct hazard), keep, ctx);
}

struct texts_of_row {
	struct str category, unit_path, number, description;
};

static const struct err *read_words(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct shape texts[] = {SHAPE(struct texts_of_row, category, 0), SHAPE(struct texts_of_row, unit_path, 0),
					     SHAPE(struct texts_of_row, number, 0), SHAPE(struct texts_of_row, description, 0), SHAPE_END};
	static const struct sql all = {.name = "test_words", .scope = SQL_CITY, .n_args = 1,
				       .text = "SELECT category, unit_path, number, description FROM hazard WHERE city_id = $1 ORDER BY id"};
	struct reading *r = ctx;
	void *rows = NULL;
	size_t n;
	TRY(db_all(tx, &all, ARGS(ARG(e->city)), texts, sizeof(struct texts_of_row), &rows, &n));
	const struct texts_of_row *v = rows;
	for (size_t i = 0; i < n; i++) {
		r->rows[i].category = v[i].category;
		r->rows[i].unit_path = v[i].unit_path;
		r->rows[i].number = v[i].number;
		r->rows[i].description = v[i].description;
	}
	return NULL;
}

/* Which union watches over it: every fifth is the township's. */
static bool is_watched(const struct hazard *h)
{
	return h->id.v % 5 == 0;
}

static bool lies_there(const struct hazard_filter *f, const struct hazard *h)
{
	const struct id ids[] = {h->top_id, h->mid_id, h->enterprise_id};
	static const char *const anchors[] = {"top", "mid", "enterprise"};
	for (size_t i = 0; i < 3; i++)
		if (strcmp(f->anchor, anchors[i]) == 0)
			return ids[i].v == f->anchor_id.v;
	return true;
}

static bool is_late(const struct hazard *h, struct instant at)
{
	return h->due_at.ms > 0 && h->due_at.ms < at.ms;
}

static bool is_wanted(const struct hazard_filter *f, const struct hazard *h)
{
	return lies_there(f, h) && (!f->state || h->state == f->state) && (!f->level || h->level == f->level) &&
	       (!f->kind || h->kind == f->kind) && (!f->category.n || str_eq(h->category, f->category)) &&
	       (!f->overdue_at.ms || is_late(h, f->overdue_at)) && (!f->from.ymd || h->found_on.ymd >= f->from.ymd) &&
	       (!f->open || !is_closed(h->state)) && (!f->danger || h->danger) && (!f->handling || h->handling_level == f->handling) &&
	       (!f->marked || (h->marked & f->marked)) && (!f->oversight || is_watched(h)) && (!f->to.ymd || h->found_on.ymd <= f->to.ymd) && str_has_prefix(h->unit_path, f->path);
}

/* By looking at the words of the row itself. */
static bool says(struct ground *g, const struct hazard_filter *f, const struct hazard *h)
{
	struct arena_mark mark = arena_mark(g->a);
	struct words w = hazard_words_of(g->a, g->city, h);
	bool found = search_matches(&f->search, &w);
	arena_rewind(g->a, mark);
	return found;
}

static int by_newest(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	if (x->found_on.ymd != y->found_on.ymd)
		return x->found_on.ymd < y->found_on.ymd ? 1 : -1;
	return x->id.v < y->id.v ? 1 : -1;
}

static int by_due(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	if (x->due_at.ms != y->due_at.ms)
		return x->due_at.ms > y->due_at.ms ? 1 : -1;
	return x->id.v > y->id.v ? 1 : -1;
}

/* An id is made of the time. */
static int by_id(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	return x->id.v < y->id.v ? 1 : -1;
}

/* Running clocks first, the soonest at the head; behind them, newest first, what has none. */
static int by_clock(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	bool runs = x->due_at.ms > 0;
	if (runs != (y->due_at.ms > 0))
		return runs ? -1 : 1;
	return runs ? by_due(a, b) : by_newest(a, b);
}

static size_t slowly(struct ground *g, const struct reading *all, const struct hazard_filter *f, struct hazard *out)
{
	size_t n = 0;
	bool work = (f->state && !is_closed(f->state)) || f->overdue_at.ms || f->open;
	bool soonest = f->sort.n ? str_is(f->sort, "deadline") : work;
	for (size_t i = 0; i < all->n; i++)
		if (is_wanted(f, &all->rows[i]) && (!f->searches || says(g, f, &all->rows[i])))
			out[n++] = all->rows[i];
	/* In a list of work those without a clock stand in front. */
	qsort(out, n, sizeof(*out), f->searches ? by_id : !soonest ? by_newest : work ? by_due : by_clock);
	return n;
}

/* ---- both beside each other ------------------------------------------------------------------ */

static const struct err *do_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	return hazard_page(tx, e->city, &l->f, &l->at, l->limit, &l->page);
}

static struct hazard_filter asked(uint64_t *seed)
{
	static const char *const anchors[] = {"city", "city", "top", "mid", "enterprise"}, *const sorts[] = {"", "-found_on", "deadline"};
	static const int64_t ids[] = {0, 0, 100, 10, 1};
	uint32_t a = below(seed, 5);
	struct hazard_filter f = {.anchor = anchors[a], .anchor_id = ID(ids[a] + (a > 2 && !below(seed, 3))), .sort = str_of(sorts[below(seed, 3)])};
	f.state = below(seed, 2) ? HAZARD_REPORTED + below(seed, HAZARD_STATE_COUNT - HAZARD_REPORTED) : 0;
	f.level = below(seed, 3) ? 0 : HAZARD_ORDINARY + below(seed, 2);
	f.kind = below(seed, 3) ? 0 : HAZARD_HAZARD + below(seed, 3);
	f.category = below(seed, 4) ? STR_NONE : below(seed, 2) ? STR("crane") : STR("nothing");
	f.overdue_at = below(seed, 4) ? INSTANT(0) : INSTANT(DUE + below(seed, 40));
	f.from = below(seed, 4) ? DAY(0) : DAY(20160101 + (int)below(seed, 9));
	f.to = below(seed, 4) ? DAY(0) : DAY(20160101 + (int)below(seed, 9));
	f.open = !below(seed, 5);
	f.danger = !below(seed, 6);
	f.handling = below(seed, 5) ? 0 : HAZARD_AT_POST + below(seed, 4);
	f.marked = below(seed, 6) ? 0 : 1 << below(seed, 4);
	f.oversight = below(seed, 6) ? 0 : POST_TOWNSHIP;
	f.path = below(seed, 4) ? STR_NONE : STR("/1/2/");
	return f;
}

static const char *said(struct ground *g, const struct hazard_filter *f, int64_t limit)
{
	return str_fmt(g->a, "%s %lld by '%.*s', state %u level %u kind %u category %.*s overdue %lld from %d to %d path %.*s open %d danger %d handling %u marked %lld, %lld a page", f->anchor,
		       (long long)f->anchor_id.v, STR_ARG(f->sort), f->state, f->level, f->kind, STR_ARG(f->category),
		       (long long)f->overdue_at.ms, f->from.ymd, f->to.ymd, STR_ARG(f->path), f->open, f->danger, f->handling, (long long)f->marked, (long long)limit).p;
}

/* How many there are, *short_pages of the pages with less than they may have and more behind them. */
static size_t compare_pages(struct ground *g, const struct reading *all, const struct hazard_filter *f, int64_t limit, size_t *short_pages)
{
	static struct hazard want[ROWS];
	struct listing l = {.f = *f, .limit = limit, .page = {.more = true}};
	size_t n = slowly(g, all, f, want), at = 0;
	while (l.page.more) {
		struct env e = env_system(g->app, g->a, g->city);
		fine(env_read(&e, do_page, &l));
		assert_true(l.page.n <= (size_t)limit);
		for (size_t i = 0; i < l.page.n; i++, at++)
			if (at >= n || l.page.rows[i].id.v != want[at].id.v)
				fail_msg("%s: row %zu of %zu is %lld, not %lld", said(g, f, limit), at, n, (long long)l.page.rows[i].id.v,
					 at < n ? (long long)want[at].id.v : 0LL);
		l.at = l.page.next;
		*short_pages += l.page.more && l.page.n < (size_t)limit;
	}
	if (at != n)
		fail_msg("%s: %zu rows, %zu there", said(g, f, limit), at, n);
	return n;
}

static size_t compare(struct ground *g, const struct reading *all, const struct hazard_filter *f, int64_t limit)
{
	size_t short_pages = 0;
	return compare_pages(g, all, f, limit, &short_pages);
}

static struct reading *ledger(struct ground *g)
{
	static struct reading all;
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_write(&e, add_rows, NULL));
	all.n = 0;
	fine(env_read(&e, read_all, &all));
	fine(env_read(&e, read_words, &all));
	assert_int_equal(all.n, ROWS);
	return &all;
}

static void lists_are_what_a_look_at_every_row_gives(void **state)
{
	GROUND;
	uint64_t seed = 42;
	size_t answered = 0;
	const struct reading *all = ledger(g);
	for (size_t i = 0; i < ASKED; i++) {
		struct arena_mark mark = arena_mark(g->a);
		struct hazard_filter f = asked(&seed);
		answered += compare(g, all, &f, 1 + below(&seed, 400)) > 0;
		arena_rewind(g->a, mark);
	}
	assert_true(answered > ASKED / 4);
}

static struct hazard_filter searched(struct ground *g, uint64_t *seed)
{
	struct hazard_filter f = below(seed, 2) ? asked(seed) : (struct hazard_filter){.anchor = "city"};
	struct sb b = sb_new(g->a, 100);
	f.sort = STR_NONE;
	f.searches = true;
	for (uint32_t i = 0, n = 1 + below(seed, 3); i < n; i++)
		sb_fmt(&b, "%s ", said_of_row[below(seed, 8) ? below(seed, 4) : 4 + below(seed, 2)]);
	f.search = search_of(g->a, sb_str(&b));
	return f;
}

/* Whatever is searched for, and however it is narrowed: all that is there, though a request looks at so many hits; and at once all that
 * there is of a search alone. */
static void searches_are_what_a_look_at_every_row_gives(void **state)
{
	GROUND;
	uint64_t seed = 4711;
	size_t answered = 0, short_pages = 0, none = 0;
	const struct reading *all = ledger(g);
	struct env e = env_system(g->app, g->a, g->city);
	fine(hazard_words_rebuild(&e));
	for (size_t i = 0; i < SEARCHED; i++) {
		struct arena_mark mark = arena_mark(g->a);
		struct hazard_filter f = searched(g, &seed);
		answered += compare_pages(g, all, &f, 1 + below(&seed, 400), &short_pages) > 0;
		arena_rewind(g->a, mark);
	}
	assert_true(answered > SEARCHED / 4 && short_pages > 0);
	struct hazard_filter alone = {.anchor = "city", .searches = true, .search = search_of(g->a, STR("配电箱 缺盖 漏油"))};
	assert_true(compare_pages(g, all, &alone, 400, &none) > 0);
	assert_int_equal(none, 0);
}

/* Each offered filter alone, in each order, under each kind of unit. */
static void each_filter_alone_in_each_order(void **state)
{
	GROUND;
	static const char *const anchors[] = {"city", "top", "mid", "enterprise"}, *const sorts[] = {"-found_on", "deadline"};
	static const int64_t ids[] = {0, 100, 10, 1};
	const struct reading *all = ledger(g);
	for (size_t i = 0; i < 8; i++) {
		struct hazard_filter f = {.anchor = anchors[i / 2], .anchor_id = ID(ids[i / 2]), .sort = str_of(sorts[i % 2])};
		struct arena_mark mark = arena_mark(g->a);
		compare(g, all, &f, 500);
		for (f.state = HAZARD_STATE_COUNT - 1; f.state; f.state--)
			compare(g, all, &f, 200);
		for (f.level = HAZARD_MAJOR; f.level; f.level--)
			compare(g, all, &f, 500);
		for (f.kind = HAZARD_VIOLATION; f.kind; f.kind--)
			compare(g, all, &f, 500);
		for (f.handling = HAZARD_AT_ENTERPRISE; f.handling; f.handling--)
			compare(g, all, &f, 500);
		for (f.marked = 8; f.marked; f.marked /= 2)
			compare(g, all, &f, 500);
		f.danger = true;
		compare(g, all, &f, 500);
		f.danger = false;
		f.open = true;
		compare(g, all, &f, 300);
		f.overdue_at = INSTANT(DUE + 20);
		compare(g, all, &f, 200);
		arena_rewind(g->a, mark);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(lists_are_what_a_look_at_every_row_gives),
		ON_BOTH(searches_are_what_a_look_at_every_row_gives),
		ON_BOTH(each_filter_alone_in_each_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
