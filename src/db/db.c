#include "db_driver.h"

#include "day.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ALL_ROWS_MAX = 100000, ALL_ROWS_START = 16, GIVEN_UP_FOR_MS = 30000 };

const struct err *db_open(struct arena *a, const struct db_options *o, struct db **out)
{
	struct db_options full = *o;
	struct str dsn = str_of(o->dsn);
	*out = NULL;
	full.readers = o->readers ? o->readers : 32;
	full.pool = o->pool ? o->pool : 8;
	full.answer_ms = o->answer_ms ? o->answer_ms : 600000;
	full.slice_ms = o->slice_ms ? o->slice_ms : 5000;
	if (str_has_prefix(dsn, STR("sqlite:")))
		return o->partitions ? ERR(a, ERR_INPUT, "wrong_engine", "only a PostgreSQL database has partitions")
				     : db_sqlite_open(a, &full, o->dsn + sizeof("sqlite:") - 1, out);
	if (str_has_prefix(dsn, STR("postgresql://")) || str_has_prefix(dsn, STR("postgres://")))
		return db_pg_open(a, &full, out);
	return ERR(a, ERR_INPUT, "bad_dsn", "the database is named sqlite:PATH or postgresql://HOST/NAME");
}

void db_close(struct db *db)
{
	if (db)
		db->driver->close(db);
}

enum db_engine db_engine_of(const struct db *db)
{
	return db->driver->engine;
}

void db_stats(const struct db *db, struct db_stats *out)
{
	out->commits = atomic_load(&db->commits);
	out->batches = atomic_load(&db->batches);
	out->rollbacks = atomic_load(&db->rollbacks);
	out->retries = atomic_load(&db->retries);
	out->reads = atomic_load(&db->reads);
	out->statements = atomic_load(&db->statements);
}

/* ---- transactions -------------------------------------------------------- */

const struct err *db_read(struct db *db, struct arena *a, db_fn *fn, void *ctx)
{
	atomic_fetch_add(&db->reads, 1);
	return db->driver->read(db, a, fn, ctx);
}

const struct err *db_write(struct db *db, struct arena *a, int64_t city, struct id tx_id, db_fn *fn, void *ctx)
{
	const struct err *e = db->driver->write(db, a, city, tx_id, 0, fn, ctx);
	if (!e || e->kind == ERR_BUSY)
		atomic_store(&db->given_up_ms, e ? db_now_ms() : 0);
	return e;
}

bool db_writes_wait(const struct db *db)
{
	int64_t at = atomic_load(&db->given_up_ms);
	return at && db_now_ms() - at < GIVEN_UP_FOR_MS;
}

struct arena *db_arena(struct db_tx *tx)
{
	return tx->a;
}

struct db *db_of(struct db_tx *tx)
{
	return tx->db;
}

const struct err *db_doom(struct db_tx *tx, const struct err *e)
{
	if (tx->doomed == ERR_NONE) {
		tx->doomed = e->kind;
		snprintf(tx->doom_code, sizeof(tx->doom_code), "%.*s", STR_ARG(e->code));
		snprintf(tx->doom_text, sizeof(tx->doom_text), "%.*s", STR_ARG(e->detail));
	}
	return e;
}

const struct err *db_doomed(struct db_tx *tx)
{
	if (tx->doomed == ERR_NONE)
		return NULL;
	const char *code = (const char *)arena_copy(tx->a, tx->doom_code, strlen(tx->doom_code));
	return ERR(tx->a, tx->doomed, code, "%s", tx->doom_text);
}

int64_t db_now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void db_backoff(unsigned try)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	/* Neighbours that failed together read different nanoseconds and stand on different stacks. */
	uint64_t r = ((uint64_t)t.tv_nsec ^ (uint64_t)(uintptr_t)&t) * 0x9e3779b97f4a7c15u;
	int64_t step = (int64_t)50 << (try > 5 ? 4 : try - 1);
	int64_t ms = step + (int64_t)((r >> 32) % (uint64_t)step);
	t = (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	nanosleep(&t, NULL);
}

/* ---- arguments ----------------------------------------------------------- */

struct arg arg_day_(struct day v, char buf[static 16])
{
	if (!v.ymd)
		return arg_str(STR(""));
	int n = snprintf(buf, 16, "%04d-%02d-%02d", v.ymd / 10000 % 10000, v.ymd / 100 % 100, v.ymd % 100);
	return arg_str((struct str){buf, n < 16 ? (size_t)n : 15});
}

struct arg arg_code(const struct codes *c, uint32_t index)
{
	return arg_str(str_of(codes_word(c, index)));
}

static const char *skip_quoted(const char *p)
{
	char quote = *p++;
	while (*p && *p != quote)
		p++;
	return *p ? p + 1 : p;
}

unsigned db_params(const char *text, bool *used, unsigned max)
{
	unsigned highest = 0;
	const char *p = text;
	while (*p) {
		if (*p == '\'' || *p == '"') {
			p = skip_quoted(p);
		} else if (p[0] == '-' && p[1] == '-') {
			p += strcspn(p, "\n");
		} else if (*p++ == '$' && *p >= '1' && *p <= '9') {
			unsigned n = 0;
			while (*p >= '0' && *p <= '9' && n < 10000)
				n = n * 10 + (unsigned)(*p++ - '0');
			highest = n > highest ? n : highest;
			if (used && n <= max)
				used[n - 1] = true;
		}
	}
	return highest;
}

static const struct err *check_args(struct db_tx *tx, const struct sql *q, struct args args)
{
	if (args.n != q->n_args)
		return ERR(tx->a, ERR_BUG, NULL, "%s takes %u arguments, %u given", q->name, q->n_args, args.n);
	for (unsigned i = 0; i < args.n; i++)
		if (args.v[i].type == ARG_T_STR && !str_is_utf8(args.v[i].s))
			return ERR(tx->a, ERR_INPUT, "bad_text", "%s: argument $%u is not UTF-8 text", q->name, i + 1);
	return NULL;
}

static const struct err *start(struct db_tx *tx, const struct sql *q, struct args args, bool stream, struct db_cursor *out)
{
	TRY(db_doomed(tx));
	TRY(check_args(tx, q, args));
	if (q->writes && !tx->writes)
		return ERR(tx->a, ERR_BUG, NULL, "%s writes inside a read", q->name);
	if (tx->bulk)
		return ERR(tx->a, ERR_BUG, NULL, "%s: nothing is read and nothing but new rows written in a load", q->name);
	*out = (struct db_cursor){.tx = tx, .q = q, .stream = stream};
	atomic_fetch_add_explicit(&tx->db->statements, 1, memory_order_relaxed);
	return tx->db->driver->start(tx, q, args, stream, out);
}

static const struct err *next(struct db_cursor *c, bool *row_out)
{
	*row_out = false;
	return c->tx->db->driver->next(c, row_out);
}

static void finish(struct db_cursor *c)
{
	c->tx->db->driver->finish(c);
}

static const char *column(const struct db_cursor *c, unsigned i)
{
	return c->tx->db->driver->column(c, i);
}

/* ---- rows into records --------------------------------------------------- */

static const struct err *unfit(const struct db_cursor *c, const struct shape *s, const char *why)
{
	return ERR(c->tx->a, ERR_BUG, NULL, "%s: column %s %s", c->q->name, s->name, why);
}

static const struct err *store_number(const struct db_cursor *c, const struct shape *s, const struct db_cell *v, void *at)
{
	if (v->type != CELL_NULL && v->type != CELL_I64)
		return unfit(c, s, "is not a whole number");
	bool is = v->type == CELL_I64;
	int64_t n = is ? v->i64 : 0;
	switch (s->type) {
	case SHAPE_T_BOOL:
		*(bool *)at = n != 0;
		return NULL;
	case SHAPE_T_ID:
		*(struct id *)at = ID(n);
		return NULL;
	case SHAPE_T_INSTANT:
		*(struct instant *)at = INSTANT(n);
		return NULL;
	case SHAPE_T_FEN:
		*(struct fen *)at = (struct fen){n};
		return NULL;
	case SHAPE_T_OPT_FEN:
		*(struct opt_fen *)at = (struct opt_fen){is, n};
		return NULL;
	case SHAPE_T_OPT_I64:
		*(struct opt_i64 *)at = (struct opt_i64){is, n};
		return NULL;
	default:
		*(int64_t *)at = n;
		return NULL;
	}
}

static const struct err *store_text(const struct db_cursor *c, const struct shape *s, const struct db_cell *v, void *at)
{
	if (v->type != CELL_NULL && v->type != CELL_TEXT)
		return unfit(c, s, "is not text");
	struct str text = v->type == CELL_TEXT ? v->s : STR_NONE;
	if (s->type == SHAPE_T_STR) {
		*(struct str *)at = text.n ? str_dup(c->tx->a, text) : STR("");
	} else if (s->type == SHAPE_T_DAY) {
		*(struct day *)at = DAY(0);
		if (text.n && !day_parse(text, at))
			return unfit(c, s, "is not a day");
	} else {
		uint32_t i = codes_find(s->codes, text);
		if (text.n && !i)
			return unfit(c, s, "holds a word that is not in its list");
		*(uint32_t *)at = i;
	}
	return NULL;
}

static const struct err *store(const struct db_cursor *c, const struct shape *s, const struct db_cell *v, void *record)
{
	void *at = (char *)record + s->off;
	switch (s->type) {
	case SHAPE_T_STR:
	case SHAPE_T_DAY:
	case SHAPE_T_CODE:
		return store_text(c, s, v, at);
	case SHAPE_T_BLOB:
		if (v->type != CELL_NULL && v->type != CELL_BLOB)
			return unfit(c, s, "does not hold bytes");
		*(struct str *)at = v->type == CELL_BLOB && v->s.n ? str_dup(c->tx->a, v->s) : STR("");
		return NULL;
	case SHAPE_T_NONE:
	case SHAPE_T_IDS:
	case SHAPE_T_WORDS:
		return unfit(c, s, "has a shape that no column can fill");
	default:
		return store_number(c, s, v, at);
	}
}

/* The shape row of each column of the result. Columns mostly come in the order of the shape: the next one is looked at first. */
static const struct err *map_columns(const struct db_cursor *c, const struct shape *shape, const struct shape ***out)
{
	const struct shape **map = ARENA_ARRAY(c->tx->a, const struct shape *, c->n_columns);
	const struct shape *next = shape;
	for (unsigned i = 0; i < c->n_columns; i++) {
		struct str name = str_of(column(c, i));
		map[i] = shape_find(next, name);
		if (!map[i])
			map[i] = shape_find(shape, name);
		next = map[i] ? map[i] + 1 : shape;
		if (!map[i])
			return ERR(c->tx->a, ERR_BUG, NULL, "%s gives the column %s, which is not in the shape that begins with %s",
				   c->q->name, column(c, i), shape && shape->name ? shape->name : "nothing");
	}
	*out = map;
	return NULL;
}

static const struct err *fill(const struct db_cursor *c, const struct shape **map, void *record)
{
	for (unsigned i = 0; i < c->n_columns; i++) {
		struct db_cell v = {0};
		TRY(c->tx->db->driver->cell(c, i, &v));
		TRY(store(c, map[i], &v, record));
	}
	return NULL;
}

/* ---- statements ---------------------------------------------------------- */

static const struct err *find_row(struct db_cursor *c, const struct shape *shape, void *out, bool *found_out)
{
	const struct shape **map = NULL;
	bool more = false;
	TRY(map_columns(c, shape, &map));
	TRY(next(c, found_out));
	if (!*found_out)
		return NULL;
	TRY(fill(c, map, out));
	TRY(next(c, &more));
	if (more)
		return ERR(c->tx->a, ERR_BUG, NULL, "%s gave more than one row", c->q->name);
	return NULL;
}

const struct err *db_find(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, void *out,
			  bool *found_out)
{
	struct db_cursor c;
	*found_out = false;
	TRY(start(tx, q, args, false, &c));
	const struct err *e = find_row(&c, shape, out, found_out);
	finish(&c);
	return e;
}

const struct err *db_one(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, void *out)
{
	bool found = false;
	TRY(db_find(tx, q, args, shape, out, &found));
	return found ? NULL : ERR(tx->a, ERR_MISSING, NULL, "%s: no row", q->name);
}

struct rows {
	char *v;
	size_t n, cap, size;
};

static void *rows_add(struct arena *a, struct rows *r)
{
	if (r->n == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : ALL_ROWS_START;
		char *v = arena_array(a, cap, r->size);
		if (r->n)
			memcpy(v, r->v, r->n * r->size);
		r->v = v;
		r->cap = cap;
	}
	return r->v + r->n++ * r->size;
}

static const struct err *all_rows(struct db_cursor *c, const struct shape *shape, struct rows *r)
{
	const struct shape **map = NULL;
	struct arena *a = c->tx->a;
	TRY(map_columns(c, shape, &map));
	for (;;) {
		bool row = false;
		TRY(next(c, &row));
		if (!row)
			return NULL;
		if (r->n == ALL_ROWS_MAX || arena_is_over(a))
			return ERR(a, ERR_LIMIT, NULL, "%s gives too many rows", c->q->name);
		TRY(fill(c, map, rows_add(a, r)));
	}
}

const struct err *db_all(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, size_t size,
			 void **rows_out, size_t *n_out)
{
	struct db_cursor c;
	struct rows r = {.size = size};
	*rows_out = NULL;
	*n_out = 0;
	TRY(start(tx, q, args, false, &c));
	const struct err *e = all_rows(&c, shape, &r);
	finish(&c);
	TRY(e);
	*rows_out = r.v;
	*n_out = r.n;
	return NULL;
}

static const struct err *each_row(struct db_cursor *c, const struct shape *shape, size_t size,
				  const struct err *(*fn)(void *ctx, const void *row), void *ctx)
{
	const struct shape **map = NULL;
	struct arena *a = c->tx->a;
	TRY(map_columns(c, shape, &map));
	for (;;) {
		struct arena_mark mark = arena_mark(a);
		bool row = false;
		TRY(next(c, &row));
		if (!row)
			return NULL;
		void *record = arena_alloc(a, size);
		TRY(fill(c, map, record));
		TRY(fn(ctx, record));
		arena_rewind(a, mark);
	}
}

const struct err *db_each(struct db_tx *tx, const struct sql *q, struct args args, const struct shape *shape, size_t size,
			  const struct err *(*fn)(void *ctx, const void *row), void *ctx)
{
	struct db_cursor c;
	TRY(start(tx, q, args, true, &c));
	const struct err *e = each_row(&c, shape, size, fn, ctx);
	finish(&c);
	return e;
}

static const struct err *run_out(struct db_cursor *c)
{
	bool row = true;
	while (row)
		TRY(next(c, &row));
	return NULL;
}

const struct err *db_exec(struct db_tx *tx, const struct sql *q, struct args args, int64_t *changed_out)
{
	struct arena_mark mark = arena_mark(tx->a);
	struct db_cursor c;
	if (tx->bulk) {
		TRY(check_args(tx, q, args));
		return db_bulk_put(tx->bulk, q, args);
	}
	TRY(start(tx, q, args, false, &c));
	const struct err *e = run_out(&c);
	finish(&c);
	TRY(e);
	arena_rewind(tx->a, mark);
	if (changed_out)
		*changed_out = c.changed;
	return NULL;
}

const struct err *db_change(struct db_tx *tx, const struct sql *q, struct args args)
{
	int64_t n = 0;
	TRY(db_exec(tx, q, args, &n));
	if (n != 1)
		return ERR(tx->a, ERR_CONFLICT, NULL, "%s touched %lld rows instead of one", q->name, (long long)n);
	return NULL;
}

static const struct err *read_i64(struct db_cursor *c, int64_t *out)
{
	struct db_cell v = {0};
	bool row = false;
	TRY(next(c, &row));
	if (!row)
		return NULL;
	if (c->n_columns != 1)
		return ERR(c->tx->a, ERR_BUG, NULL, "%s does not give one column", c->q->name);
	TRY(c->tx->db->driver->cell(c, 0, &v));
	if (v.type != CELL_I64 && v.type != CELL_NULL)
		return ERR(c->tx->a, ERR_BUG, NULL, "%s does not give a whole number: a sum needs CAST(... AS BIGINT)", c->q->name);
	if (v.type == CELL_I64)
		*out = v.i64;
	TRY(next(c, &row));
	return row ? ERR(c->tx->a, ERR_BUG, NULL, "%s gave more than one row", c->q->name) : NULL;
}

const struct err *db_i64(struct db_tx *tx, const struct sql *q, struct args args, int64_t otherwise, int64_t *out)
{
	struct db_cursor c;
	*out = otherwise;
	TRY(start(tx, q, args, false, &c));
	const struct err *e = read_i64(&c, out);
	finish(&c);
	return e;
}

/* ---- tools --------------------------------------------------------------- */

const struct err *db_prepare_check(struct db *db, struct arena *a, const struct sql *q, struct db_prepared *out)
{
	*out = (struct db_prepared){0};
	return db->driver->prepare_check(db, a, q, out);
}

unsigned db_partitions(const struct db *db)
{
	return db->partitions;
}

const struct err *db_reach(struct db *db, struct arena *a, const struct sql *q, int64_t city, struct db_reached **out, size_t *n_out)
{
	*out = NULL;
	*n_out = 0;
	if (!db->driver->reach)
		return ERR(a, ERR_INPUT, "wrong_engine", "only a PostgreSQL database has partitions");
	return db->driver->reach(db, a, q, city, out, n_out);
}

const struct err *db_backup(struct db *db, struct arena *a, const char *to_path)
{
	return db->driver->backup(db, a, to_path);
}
