/* Lists of rows and how many stand where, each at a cost that does not grow with the ledger. */
#include "hazard_model.h"

#include "day.h"
#include "hazard_clock.h"
#include "hazard_sql.h"
#include "hazard_words.h"
#include "moving.h"

#include <inttypes.h>
#include <string.h>

/* How many rows one request looks at for conditions that no index knows. */
enum { WALK_MAX = 1000 };

/* Workshops and teams: the employer's rows, narrowed to the subtree. */
void hazard_below(const struct unit *u, struct hazard_filter *f)
{
	struct anchor a = org_anchor(u);
	f->anchor = a.word;
	f->anchor_id = a.id;
	if (strcmp(a.word, "unit") != 0)
		return;
	f->anchor = u->enterprise_id.v ? "enterprise" : u->mid_id.v ? "mid" : u->top_id.v ? "top" : "city";
	f->anchor_id = u->enterprise_id.v ? u->enterprise_id : u->mid_id.v ? u->mid_id : u->top_id;
	f->path = u->path;
}

bool hazard_is_own(const struct hazard_filter *f)
{
	return strcmp(f->anchor, "mine") == 0 || strcmp(f->anchor, "todo") == 0 || strcmp(f->anchor, "reported") == 0;
}

/* ---- orders --------------------------------------------------------------------------- */

static bool is_open_state(uint32_t state)
{
	struct hazard h = {.state = state};
	return state && hazard_is_open(&h);
}

static bool is_work(const struct hazard_filter *f)
{
	return is_open_state(f->state) || f->overdue_at.ms || f->open;
}

const struct sql_list *hazard_sorts(const struct hazard_filter *f)
{
	static const char *const newest[] = {"-found_on", "deadline", NULL};
	static const char *const soonest[] = {"deadline", "-found_on", NULL};
	static const struct sql_list all = {.name = "hazards", .sorts = newest, .n_sorts = 2};
	static const struct sql_list work = {.name = "hazards", .sorts = soonest, .n_sorts = 2};
	static const struct sql_list found = {.name = "hazards", .sorts = newest, .n_sorts = 1};
	if (hazard_is_own(f))
		return &hazard_mine;
	return f->searches ? &found : is_work(f) ? &work : &all;
}

static bool is_by_deadline(const struct hazard_filter *f)
{
	return f->sort.n ? str_is(f->sort, "deadline") : is_work(f);
}

const struct err *hazard_place_read(struct call *c, const struct hazard_filter *f, struct str after, struct hazard_place *out)
{
	*out = (struct hazard_place){0};
	bool known = f->searches ? sql_list_sort(&hazard_mine, f->sort) >= 0 : sql_list_sort(hazard_sorts(f), f->sort) >= 0;
	if (!known)
		return err_on_field(c->a, "sort", "unknown_word", "this list is not sorted so");
	if (!after.n)
		return NULL;
	if (hazard_is_own(f)) {
		out->list = &hazard_mine;
		return cursor_read(c, &hazard_mine, f->sort, after, &out->at);
	}
	/* A number is a place among the open ones or of a search, a day one among all. */
	out->list = &hazard_open;
	if (!cursor_read(c, &hazard_open, STR_NONE, after, &out->at))
		return NULL;
	struct day day;
	out->list = &hazard_list;
	TRY(cursor_read(c, &hazard_list, STR_NONE, after, &out->at));
	return day_parse(out->at.text, &day) ? NULL : err_on_field(c->a, "after", "bad_cursor", "not a cursor of this list");
}

/* ---- a person's own ------------------------------------------------------------------------ */

static struct arg text_or(struct str s, const char *otherwise)
{
	return arg_str(s.n ? s : str_of(otherwise));
}

static struct cursor own_cursor(struct arena *a, struct str sort, const struct hazard *last)
{
	switch (sql_list_sort(&hazard_mine, sort)) {
	case 1:
		return (struct cursor){.id = last->id, .text = day_text(a, last->deadline_sort)};
	case 2:
		return (struct cursor){.id = last->id, .number = last->updated_at.ms};
	default:
		return (struct cursor){.id = last->id, .text = day_text(a, last->found_on)};
	}
}

static struct cursor before_first(const struct sql_list *l, int sort)
{
	bool down = l->sorts[sort][0] == '-';
	return (struct cursor){
		.text = down ? STR("\xf4\x8f\xbf\xbf") : STR(""),
		.number = down ? INT64_MAX : INT64_MIN,
		.id = ID(down ? INT64_MAX : -1),
	};
}

static struct cursor behind_last(const struct sql_list *l, int sort)
{
	bool down = l->sorts[sort][0] == '-';
	return (struct cursor){
		.text = down ? STR("") : STR("\xf4\x8f\xbf\xbf"),
		.number = down ? INT64_MIN : INT64_MAX,
		.id = ID(down ? -1 : INT64_MAX),
	};
}

static const struct err *read_own(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct cursor *at, int64_t limit,
				  struct hazard_rows *out)
{
	struct arena *a = db_arena(tx);
	int sort = sql_list_sort(&hazard_mine, f->sort);
	const struct sql *q = sql_list_pick(&hazard_mine, f->anchor, f->sort, f->state ? "state" : NULL);
	void *rows = NULL;
	if (!q)
		return err_on_field(a, "sort", "unknown_word", "this list is not sorted so");
	struct args args = ARGS(ARG(city), ARG(f->anchor_id), cursor_arg(&hazard_mine, sort, at), ARG(at->id),
				ARG_CODE(hazard_states, f->state), ARG_CODE(hazard_levels, f->level), ARG_CODE(hazard_kinds, f->kind),
				text_or(f->category, ""), ARG(f->overdue_at), ARG_DAY(f->from),
				ARG_DAY(f->to.ymd ? f->to : DAY(HAZARD_DAY_NEVER)), text_or(f->path, ""),
				arg_str(f->path.n ? path_end(a, f->path) : STR("~")), ARG(f->danger),
				ARG_CODE(hazard_handlings, f->handling), ARG(f->marked), ARG(f->open),
				ARG_CODE(hazard_posts, f->oversight), arg_i64(limit + 1));
	TRY(db_all(tx, q, args, hazard_row, sizeof(struct hazard), &rows, &out->n));
	out->rows = rows;
	out->more = out->n > (size_t)limit;
	out->n = out->more ? (size_t)limit : out->n;
	if (out->n)
		out->next = (struct hazard_place){&hazard_mine, own_cursor(a, f->sort, &out->rows[out->n - 1])};
	return NULL;
}

/* One's own are few, and found at once: their words are looked at, not looked up. */
static void keep_found(struct arena *a, int64_t city, const struct hazard_filter *f, struct hazard_rows *out)
{
	size_t n = 0;
	for (size_t i = 0; i < out->n && f->search.n; i++) {
		struct words w = hazard_words_of(a, city, &out->rows[i]);
		if (search_matches(&f->search, &w))
			out->rows[n++] = out->rows[i];
	}
	out->n = n;
}

static const struct err *own_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at,
				  int64_t limit, struct hazard_rows *out)
{
	struct cursor from = at->list ? at->at : before_first(&hazard_mine, sql_list_sort(&hazard_mine, f->sort));
	TRY(read_own(tx, city, f, &from, limit, out));
	if (f->searches)
		keep_found(db_arena(tx), city, f, out);
	return NULL;
}

/* ---- walking an index ------------------------------------------------------------------------ */

struct walk {
	const struct sql_list *list;
	const char *filter;            /* the indexed one, or NULL */
	struct arg filter_value;
	struct cursor from, edge;
	bool narrows;                  /* conditions that the index does not know */
	bool stopped;                  /* only those without a running clock */
};

struct edge {
	struct day at_sort;
	int64_t at_due;
	struct id at_id;
	int64_t n;
};
static const struct shape edge_by_day[] = {SHAPE(struct edge, at_sort, 0), SHAPE(struct edge, at_id, 0), SHAPE(struct edge, n, 0),
					   SHAPE_END};
static const struct shape edge_by_due[] = {{.name = "at_sort", .type = SHAPE_T_I64, .off = offsetof(struct edge, at_due)},
					   SHAPE(struct edge, at_id, 0), SHAPE(struct edge, n, 0), SHAPE_END};

static bool is_behind(const struct walk *w, const struct cursor *a, const struct cursor *b)
{
	int order = w->list->sort_is_text[0] ? str_cmp(a->text, b->text) : (a->number > b->number) - (a->number < b->number);
	if (!order)
		order = (a->id.v > b->id.v) - (a->id.v < b->id.v);
	return w->list->sorts[0][0] == '-' ? order < 0 : order > 0;
}

/* Sets how far this request looks; *more where there is something behind that. */
static const struct err *find_edge(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct sql *edge, struct walk *w,
				   bool *more)
{
	struct edge e = {0};
	bool found, by_day = w->list->sort_is_text[0];
	*more = false;
	if (!w->narrows)
		return NULL;
	TRY(db_find(tx, edge, ARGS(ARG(city), ARG(f->anchor_id), cursor_arg(w->list, 0, &w->from), ARG(w->from.id), w->filter_value,
				   arg_i64(WALK_MAX)), by_day ? edge_by_day : edge_by_due, &e, &found));
	if (!found || e.n < WALK_MAX)
		return NULL;
	struct cursor at = {.id = e.at_id, .number = e.at_due, .text = by_day ? day_text(db_arena(tx), e.at_sort) : STR_NONE};
	*more = is_behind(w, &w->edge, &at);
	if (*more)
		w->edge = at;
	return NULL;
}

static struct cursor cursor_of(struct arena *a, const struct walk *w, const struct hazard *h)
{
	if (w->list->sort_is_text[0])
		return (struct cursor){.id = h->id, .text = day_text(a, h->found_on)};
	return (struct cursor){.id = h->id, .number = h->due_at.ms};
}

static struct args walk_args(struct arena *a, int64_t city, const struct hazard_filter *f, const struct walk *w, int64_t limit)
{
	struct arg *v = ARENA_ARRAY(a, struct arg, 23);
	char *from = ARENA_ARRAY(a, char, 16), *to = ARENA_ARRAY(a, char, 16);
	const struct arg all[] = {
		ARG(city), ARG(f->anchor_id), cursor_arg(w->list, 0, &w->from), ARG(w->from.id), w->filter_value,
		ARG_CODE(hazard_states, f->state), ARG_CODE(hazard_levels, f->level), ARG_CODE(hazard_kinds, f->kind),
		text_or(f->category, ""), ARG(f->overdue_at), arg_day_(f->from, from),
		arg_day_(f->to.ymd ? f->to : DAY(HAZARD_DAY_NEVER), to), text_or(f->path, ""),
		arg_str(f->path.n ? path_end(a, f->path) : STR("~")), ARG(w->stopped),
		ARG(f->danger), ARG_CODE(hazard_handlings, f->handling), ARG(f->marked), ARG(f->open), ARG_CODE(hazard_posts, f->oversight),
		cursor_arg(w->list, 0, &w->edge), ARG(w->edge.id), arg_i64(limit),
	};
	memcpy(v, all, sizeof(all));
	return (struct args){v, sizeof(all) / sizeof(all[0])};
}

static const struct err *walk(struct db_tx *tx, int64_t city, const struct hazard_filter *f, struct walk *w, int64_t limit,
			      struct hazard_rows *out)
{
	struct arena *a = db_arena(tx);
	const struct sql *q = sql_list_pick(w->list, f->anchor, STR_NONE, w->filter);
	void *rows = NULL;
	if (!q)
		return ERR(a, ERR_BUG, NULL, "no list of hidden dangers for %s", f->anchor);
	TRY(find_edge(tx, city, f, &w->list->edges[q - w->list->stmts], w, &out->more));
	TRY(db_all(tx, q, walk_args(a, city, f, w, limit + 1), hazard_row, sizeof(struct hazard), &rows, &out->n));
	out->rows = rows;
	out->next = (struct hazard_place){w->list, w->edge};
	if (out->n > (size_t)limit) {
		out->more = true;
		out->n = (size_t)limit;
		out->next.at = cursor_of(a, w, &out->rows[limit - 1]);
	}
	return NULL;
}

/* Has an index of its own, because it is rare. */
static bool is_rare_end(uint32_t state)
{
	return state == HAZARD_NOT_HAZARD || state == HAZARD_MERGED || state == HAZARD_CEASED;
}

/* Conditions that no index of the ledger's own knows. */
static bool is_narrowed(const struct hazard_filter *f)
{
	return f->danger || f->handling || f->marked || f->open || f->oversight;
}

/* The rarest condition with an index of its own; the others narrow. */
static void choose_index(const struct hazard_filter *f, struct walk *w)
{
	bool ended = is_rare_end(f->state) && !f->marked, rare_kind = f->kind && f->kind != HAZARD_HAZARD && !f->marked;
	bool major = f->level == HAZARD_MAJOR && !f->marked;
	w->filter = f->marked ? "marked" : ended ? "ended" : major ? "major" : rare_kind ? "kind" : NULL;
	w->filter_value = arg_str(STR(""));
	if (ended)
		w->filter_value = arg_code(&hazard_states, f->state);
	else if (rare_kind && !major)
		w->filter_value = arg_code(&hazard_kinds, f->kind);
	w->narrows = f->category.n || f->path.n || f->overdue_at.ms || w->stopped || is_narrowed(f) || (f->state && !ended) ||
		     (f->level && (ended || !major)) || (f->kind && (ended || major || !rare_kind));
}

/* Days bound the newest-first walk itself. */
static const struct err *walk_newest(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct cursor *at, bool stopped,
				     int64_t limit, struct hazard_rows *out)
{
	struct arena *a = db_arena(tx);
	struct walk w = {
		.list = &hazard_list, .from = at ? *at : before_first(&hazard_list, 0), .edge = behind_last(&hazard_list, 0),
		/* A closed one has no clock: saying so would only narrow. */
		.stopped = stopped && !f->state,
	};
	choose_index(f, &w);
	struct cursor to = {.text = day_text(a, f->to), .id = ID(INT64_MAX)};
	if (f->to.ymd && is_behind(&w, &to, &w.from))
		w.from = to;
	if (f->from.ymd)
		w.edge = (struct cursor){.text = day_text(a, f->from), .id = ID(-1)};
	return walk(tx, city, f, &w, limit, out);
}

static const struct err *walk_open(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct cursor *at, int64_t limit,
				   struct hazard_rows *out)
{
	/* Those without a running clock have 0 and stand in front. */
	struct cursor running = {.number = 0, .id = ID(INT64_MAX)}, passed = {.number = f->overdue_at.ms - 1, .id = ID(INT64_MAX)};
	struct walk w = {
		.list = &hazard_open, .filter_value = arg_str(STR("")),
		.from = at ? *at : (is_open_state(f->state) || f->open) && !f->overdue_at.ms ? before_first(&hazard_open, 0) : running,
		.edge = f->overdue_at.ms ? passed : behind_last(&hazard_open, 0),
		.narrows = f->state || f->level || f->kind || f->category.n || f->path.n || f->from.ymd || f->to.ymd || f->danger || f->handling ||
			   f->marked || f->oversight,
	};
	return walk(tx, city, f, &w, limit, out);
}

static void append(struct arena *a, struct hazard_rows *to, const struct hazard_rows *more)
{
	struct hazard *rows = ARENA_ARRAY(a, struct hazard, to->n + more->n + 1);
	if (to->n)
		memcpy(rows, to->rows, to->n * sizeof(*rows));
	if (more->n)
		memcpy(rows + to->n, more->rows, more->n * sizeof(*rows));
	*to = (struct hazard_rows){rows, to->n + more->n, more->more, more->next};
}

/* The running clocks, soonest first; behind them all that have none, newest first. */
static const struct err *walk_by_deadline(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at,
					  int64_t limit, struct hazard_rows *out)
{
	bool only_open = is_work(f), in_rest = at->list == &hazard_list;
	struct hazard_rows rest = {0};
	if (!in_rest && (only_open || !f->state))
		TRY(walk_open(tx, city, f, at->list ? &at->at : NULL, limit, out));
	if (only_open || out->more)
		return NULL;
	if (out->n == (size_t)limit) {
		out->more = true;
		out->next = (struct hazard_place){&hazard_list, {.text = day_text(db_arena(tx), DAY(HAZARD_DAY_NEVER)), .id = ID(INT64_MAX)}};
		return NULL;
	}
	TRY(walk_newest(tx, city, f, in_rest ? &at->at : NULL, true, limit - (int64_t)out->n, &rest));
	append(db_arena(tx), out, &rest);
	return NULL;
}

static const struct err *one_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at, int64_t limit,
				  struct hazard_rows *out)
{
	*out = (struct hazard_rows){0};
	if (f->searches)
		return hazard_words_page(tx, city, f, at, limit, out);
	if (is_by_deadline(f))
		return walk_by_deadline(tx, city, f, at, limit, out);
	return walk_newest(tx, city, f, at->list ? &at->at : NULL, false, limit, out);
}

/* ---- while units move ---------------------------------------------------------------------------- */

static bool has_clock(const struct hazard *h)
{
	return hazard_is_open(h) && h->due_at.ms > 0;
}

static int by_id(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	return (y->id.v > x->id.v) - (y->id.v < x->id.v);
}

static int by_day(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	int order = (y->found_on.ymd > x->found_on.ymd) - (y->found_on.ymd < x->found_on.ymd);
	return order ? order : by_id(a, b);
}

static int by_due(const void *a, const void *b)
{
	const struct hazard *x = a, *y = b;
	int order = (x->due_at.ms > y->due_at.ms) - (x->due_at.ms < y->due_at.ms);
	return order ? order : by_id(b, a);
}

static int by_clock(const void *a, const void *b)
{
	bool x = has_clock(a), y = has_clock(b);
	return x != y ? (x ? -1 : 1) : x ? by_due(a, b) : by_day(a, b);
}

struct moved_page {
	int64_t city;
	struct hazard_filter f;
	const struct hazard_place *at;
};

static const struct err *read_source(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more)
{
	const struct moved_page *p = ctx;
	struct hazard_filter f = p->f;
	struct hazard_rows page;
	f.anchor = s->anchor;
	f.anchor_id = s->anchor_id;
	/* The words of one that was rewritten may still be those of where it was. */
	f.path = f.searches && !str_eq(s->below, p->f.path) ? STR_NONE : s->below;
	if (!s->place) {
		struct hazard_place *first = ARENA_NEW(db_arena(tx), struct hazard_place);
		*first = *p->at;
		s->place = first;
	}
	TRY(one_page(tx, p->city, &f, s->place, limit, &page));
	*(struct hazard_place *)s->place = page.next;
	*rows = page.rows;
	*n = page.n;
	*more = page.more;
	return NULL;
}

static struct hazard_place place_of(struct arena *a, const struct hazard_filter *f, const struct hazard *h)
{
	bool due = !f->searches && is_by_deadline(f) && (is_work(f) || has_clock(h));
	if (f->searches || due)
		return (struct hazard_place){&hazard_open, {.number = h->due_at.ms, .id = h->id}};
	return (struct hazard_place){&hazard_list, {.text = day_text(a, h->found_on), .id = h->id}};
}

static const struct err *page_while_moving(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at,
					   int64_t limit, struct hazard_rows *out)
{
	struct moved_page p = {city, *f, at};
	struct moving_list l = {.row_size = sizeof(struct hazard), .id_at = offsetof(struct hazard, id),
				.path_at = offsetof(struct hazard, unit_path), .read = read_source, .ctx = &p};
	struct list_source own = {.anchor = f->anchor, .anchor_id = f->anchor_id, .below = f->path};
	struct unit u = {.path = f->path};
	void *rows;
	l.order = f->searches ? by_id : !is_by_deadline(f) ? by_day : is_work(f) ? by_due : by_clock;
	if (f->path.n == 0 && f->anchor_id.v)
		TRY(org_unit(tx, city, f->anchor_id, &u));
	TRY(moving_page(tx, city, &l, &own, u.path, limit, &rows, &out->n, &out->more));
	out->rows = rows;
	if (out->n)
		out->next = place_of(db_arena(tx), f, &out->rows[out->n - 1]);
	return NULL;
}

const struct err *hazard_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at, int64_t limit,
			      struct hazard_rows *out)
{
	struct movings moves;
	*out = (struct hazard_rows){0};
	if (hazard_is_own(f))
		return own_page(tx, city, f, at, limit, out);
	TRY(moving_load(tx, city, &moves));
	if (moves.n == 0 || strcmp(f->anchor, "city") == 0)
		return one_page(tx, city, f, at, limit, out);
	return page_while_moving(tx, city, f, at, limit, out);
}

/* ---- counts --------------------------------------------------------------------------------- */

static const struct shape count_row[] = {
	SHAPE_CODE(struct hazard_count, state, &hazard_states),
	SHAPE(struct hazard_count, n, 0),
	SHAPE(struct hazard_count, late, 0),
	SHAPE_END,
};

/* Adds the open ones or the ended ones among the rows; how many rows were counted in all. */
static const struct err *count(struct db_tx *tx, const struct sql *q, struct args args, bool open, struct hazard_counts *out, int64_t *seen)
{
	void *rows = NULL;
	size_t n;
	*seen = 0;
	TRY(db_all(tx, q, args, count_row, sizeof(struct hazard_count), &rows, &n));
	const struct hazard_count *v = rows;
	for (size_t i = 0; i < n; i++) {
		*seen += v[i].n;
		if (!v[i].state || is_open_state(v[i].state) != open)
			continue;
		out->by[v[i].state] = v[i];
		out->total += v[i].n;
		out->late += v[i].late;
	}
	return NULL;
}

/* Of an employer or a part of it, of a township or a part of it: the rows of the one, narrowed to the path. */
static const struct err *count_below(struct db_tx *tx, int64_t city, const struct unit *u, struct instant now, struct hazard_counts *out,
				     int64_t *open, int64_t *all)
{
	bool employer = u->enterprise_id.v;
	struct arg in = ARG(employer ? u->enterprise_id : u->mid_id), path = ARG(u->path), end = ARG(path_end(db_arena(tx), u->path));
	TRY(count(tx, employer ? &hazard_open_states_in_enterprise : &hazard_open_states_in_mid,
		  ARGS(ARG(city), ARG(now), in, path, end, arg_i64(HAZARD_OPEN_MAX)), true, out, open));
	return count(tx, employer ? &hazard_end_states_in_enterprise : &hazard_end_states_in_mid,
		     ARGS(ARG(city), path, end, in, arg_i64(HAZARD_ENDS_MAX)), false, out, all);
}

static const struct err *count_above(struct db_tx *tx, int64_t city, const struct unit *u, struct instant now, struct hazard_counts *out,
				     int64_t *open, int64_t *all)
{
	bool top = strcmp(org_anchor(u).word, "top") == 0;
	TRY(count(tx, top ? &hazard_open_states_in_top : &hazard_open_states_in_city,
		  ARGS(ARG(city), ARG(now), ARG(u->id), arg_i64(HAZARD_OPEN_MAX)), true, out, open));
	return count(tx, top ? &hazard_end_states_in_top : &hazard_end_states_in_city, ARGS(ARG(city), ARG(u->id), arg_i64(HAZARD_ENDS_MAX)),
		     false, out, all);
}

const struct err *hazard_counts(struct db_tx *tx, int64_t city, const struct unit *unit, struct instant now, struct hazard_counts *out)
{
	int64_t open, all;
	*out = (struct hazard_counts){0};
	if (unit->enterprise_id.v || unit->mid_id.v)
		TRY(count_below(tx, city, unit, now, out, &open, &all));
	else
		TRY(count_above(tx, city, unit, now, out, &open, &all));
	out->open_capped = open >= HAZARD_OPEN_MAX;
	out->ends_capped = all >= HAZARD_ENDS_MAX;
	return NULL;
}
