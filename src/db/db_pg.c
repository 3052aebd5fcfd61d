/* PostgreSQL transactions: a write is repeated as a whole until its outcome is
 * known, and tx_done keeps it from being applied twice.
 */
#include "db_pg.h"

#include <limits.h>
#include <string.h>
#include <time.h>

/* A write is answered after WRITE_MS, or a lock's or a place's 5 s later: nobody waits at a page for longer. */
enum { WRITE_MS = 12000, LAST_TRY_MS = 7000, COMMIT_WAIT_MS = 10000, COMMIT_WAIT_MIN_MS = 1000, READ_TRIES = 4 };

static const struct sql claim = {
	.name = "tx_done_claim",
	.text = "INSERT INTO tx_done (city_id, tx_id, at) VALUES ($1, $2, $3) ON CONFLICT (city_id, tx_id) DO NOTHING",
	.scope = SQL_CITY,
	.n_args = 3,
	.writes = true,
};

static const struct sql touch = {
	.name = "tx_done_touch",
	.text = "UPDATE tx_done SET at = at + 1 WHERE city_id = $1 AND tx_id = $2",
	.scope = SQL_CITY,
	.n_args = 2,
	.writes = true,
};

/* One db_write() with all its tries. */
struct pg_write {
	struct pg_db *p;
	struct arena *a;
	struct arena_mark mark;
	int64_t city;
	struct id tx_id;
	unsigned flags;
	db_fn *fn;
	void *ctx;
	bool was_run;   /* the callback ran in an earlier try */
	bool read_only; /* the last try met a server that takes no writes */
	bool final;
	bool unreached; /* the last try found no server: nothing was tried */
	int64_t until;
};

/* ---- commit -------------------------------------------------------------------- */

/* A commit counts when the server says COMMIT without a warning: one that was
 * told not to wait for its standby says COMMIT too. */
static const struct err *read_commit(struct pg_tx *tx, PGresult *res)
{
	if (PQresultStatus(res) != PGRES_COMMAND_OK)
		return pg_fail(tx, res, "commit");
	if (strcmp(PQcmdStatus(res), "COMMIT") != 0)
		return ERR(tx->base.a, ERR_BUG, NULL, "the transaction had failed before its commit");
	if (tx->c->warned)
		return ERR(tx->base.a, ERR_BUSY, "unknown_outcome", "PostgreSQL warned during the commit");
	return NULL;
}

static int left_ms(const struct pg_write *w)
{
	int64_t left = w->until - db_now_ms();
	return left < COMMIT_WAIT_MIN_MS ? COMMIT_WAIT_MIN_MS : left > COMMIT_WAIT_MS ? COMMIT_WAIT_MS : (int)left;
}

static const struct err *commit(struct pg_write *w, struct pg_tx *tx)
{
	bool late;
	tx->c->warned = false;
	PGresult *res = pg_wait(tx->c->pg, PQsendQuery(tx->c->pg, "COMMIT"), tx->unhurried ? INT_MAX : left_ms(w), &late);
	if (!late) {
		const struct err *e = read_commit(tx, res);
		PQclear(res);
		return e;
	}
	/* Most likely it waits for a standby. Not cancelled: a cancelled wait is a commit on one machine. Not closed: the server
	 * would keep the session all the same, and each new one would be one more. */
	tx->park = true;
	w->final = true;
	return ERR(tx->base.a, ERR_BUSY, "unknown_outcome", "no answer to the commit in time");
}

/* ---- one try --------------------------------------------------------------------- */

static int64_t wall_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Claims the transaction's number. Taken: an earlier try was committed; the
 * touch makes this commit wait until that one is safe as well. */
static const struct err *claim_number(struct pg_write *w, struct pg_tx *tx, bool *taken_out)
{
	int64_t added = 0;
	*taken_out = false;
	if (w->flags & DB_WRITE_SCHEMA)
		return pg_run(tx, "SET LOCAL lock_timeout = 0");
	TRY(db_exec(&tx->base, &claim, ARGS(arg_i64(w->city), arg_id(w->tx_id), arg_i64(wall_ms())), &added));
	if (added)
		return NULL;
	*taken_out = true;
	return db_exec(&tx->base, &touch, ARGS(arg_i64(w->city), arg_id(w->tx_id)), NULL);
}

static const struct err *body(struct pg_write *w, struct pg_tx *tx)
{
	bool taken = false;
	TRY(pg_run(tx, "BEGIN ISOLATION LEVEL READ COMMITTED"));
	TRY(claim_number(w, tx, &taken));
	if (taken) /* what the callback left on the arena then is the result: no rewind */
		return NULL;
	if (w->was_run)
		arena_rewind(w->a, w->mark);
	w->was_run = true;
	TRY(w->fn(&tx->base, w->ctx));
	return db_doomed(&tx->base);
}

static const struct err *try_once(struct pg_write *w)
{
	struct pg_tx tx = {.base = {.db = &w->p->base, .a = w->a, .writes = true}, .unhurried = w->flags & DB_WRITE_SCHEMA};
	int why = 0;
	const struct err *e = pg_borrow(w->p, w->a, true, &tx.c, &why);
	w->unreached = why == PG_UNREACHED;
	w->final = why == PG_PLACES; /* it has waited long enough */
	if (e)
		return e;
	e = body(w, &tx);
	if (!e)
		e = commit(w, &tx);
	else if (!tx.drop && PQtransactionStatus(tx.c->pg) != PQTRANS_IDLE)
		PQclear(pg_answer(&tx, PQsendQuery(tx.c->pg, "ROLLBACK")));
	w->read_only = tx.server_is_read_only;
	pg_give_back(&tx);
	return e;
}

static const struct err *pg_write(struct db *db, struct arena *a, int64_t city, struct id tx_id, unsigned flags, db_fn *fn,
				  void *ctx)
{
	struct pg_write w = {.p = (struct pg_db *)db, .a = a, .mark = arena_mark(a), .city = city, .tx_id = tx_id,
			     .flags = flags, .fn = fn, .ctx = ctx};
	const int64_t started = db_now_ms();
	w.until = started + WRITE_MS;
	/* As long as no server is to be found a standby may be on its way to be the first: only the time counts. */
	for (unsigned try = 1;; try += !w.unreached) {
		const struct err *e = try_once(&w);
		if (!e) {
			atomic_fetch_add(&db->commits, 1);
			atomic_fetch_add(&db->batches, 1);
			return NULL;
		}
		atomic_fetch_add(&db->rollbacks, 1);
		if (e->kind != ERR_BUSY || w.final)
			return e;
		if (try == DB_TRIES || db_now_ms() > (w.unreached ? w.until : started + LAST_TRY_MS))
			return w.read_only ? ERR(a, ERR_READONLY, NULL, "%.*s", STR_ARG(e->detail)) : e;
		atomic_fetch_add(&db->retries, 1);
		db_backoff(try);
	}
}

/* ---- reads ------------------------------------------------------------------------- */

/* A kept connection may have died since: only the beginning is repeated, never the callback. */
static const struct err *begin_read(struct pg_db *p, struct pg_tx *tx)
{
	const struct err *e = NULL;
	for (unsigned try = 1;; try++) {
		int why = 0;
		e = pg_borrow(p, tx->base.a, false, &tx->c, &why);
		if (!e) {
			e = pg_run(tx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
			if (!e)
				return NULL;
			pg_give_back(tx);
			tx->base.doomed = ERR_NONE;
			tx->drop = false;
		}
		if (e->kind != ERR_BUSY || why == PG_PLACES || try == READ_TRIES)
			return e;
		if (try > 1)
			db_backoff(try);
	}
}

typedef const struct err *read_fn(struct pg_tx *tx, void *ctx);

static const struct err *around_read(struct pg_db *p, struct arena *a, read_fn *fn, void *ctx)
{
	struct pg_tx tx = {.base = {.db = &p->base, .a = a}};
	TRY(begin_read(p, &tx));
	const struct err *e = fn(&tx, ctx);
	if (!e)
		e = db_doomed(&tx.base);
	if (!tx.drop)
		PQclear(pg_answer(&tx, PQsendQuery(tx.c->pg, "ROLLBACK")));
	pg_give_back(&tx);
	return e;
}

struct read_ctx {
	db_fn *fn;
	void *ctx;
};

static const struct err *call_read(struct pg_tx *tx, void *ctx)
{
	const struct read_ctx *r = ctx;
	return r->fn(&tx->base, r->ctx);
}

static const struct err *pg_read(struct db *db, struct arena *a, db_fn *fn, void *ctx)
{
	struct read_ctx r = {fn, ctx};
	return around_read((struct pg_db *)db, a, call_read, &r);
}

struct check_ctx {
	const struct sql *q;
	struct db_prepared *out;
};

static const struct err *call_check(struct pg_tx *tx, void *ctx)
{
	struct check_ctx *c = ctx;
	const struct err *e = pg_describe(tx, c->q, c->out);
	PQclear(pg_answer(tx, PQsendQuery(tx->c->pg, "ROLLBACK")));
	PQclear(pg_answer(tx, PQsendQuery(tx->c->pg, "DEALLOCATE checked")));
	return e;
}

static const struct err *prepare_check(struct db *db, struct arena *a, const struct sql *q, struct db_prepared *out)
{
	struct check_ctx c = {q, out};
	return around_read((struct pg_db *)db, a, call_check, &c);
}

static const struct err *call_reach(struct pg_tx *tx, void *ctx)
{
	const struct err *e = pg_reach(tx, ctx);
	PQclear(pg_answer(tx, PQsendQuery(tx->c->pg, "ROLLBACK")));
	PQclear(pg_answer(tx, PQsendQuery(tx->c->pg, "DEALLOCATE checked")));
	return e;
}

static const struct err *reach(struct db *db, struct arena *a, const struct sql *q, int64_t city, struct db_reached **out, size_t *n_out)
{
	struct pg_reach r = {.q = q, .city = city};
	TRY(around_read((struct pg_db *)db, a, call_reach, &r));
	*out = r.v;
	*n_out = r.n;
	return NULL;
}

/* ---- open and close ------------------------------------------------------------------ */

static const struct err *backup(struct db *db, struct arena *a, const char *to_path)
{
	(void)db;
	return ERR(a, ERR_INPUT, "wrong_engine", "%s: a PostgreSQL database is backed up with its own tools (pg_basebackup)",
		   to_path);
}

static void close_all(struct db *db)
{
	struct pg_db *p = (struct pg_db *)db;
	pg_close_all(p);
	pthread_cond_destroy(&p->given_back);
	pthread_mutex_destroy(&p->mutex);
	arena_free(p->base.a);
}

static const struct db_driver driver = {
	.engine = DB_PG,
	.close = close_all,
	.read = pg_read,
	.write = pg_write,
	.start = pg_start,
	.next = pg_next,
	.column = pg_column,
	.cell = pg_cell,
	.finish = pg_finish,
	.load = pg_load,
	.bulk_begin = pg_bulk_begin,
	.bulk_end = pg_bulk_end,
	.script = pg_script,
	.prepare_check = prepare_check,
	.reach = reach,
	.backup = backup,
};

static const struct err *check_dsn(struct arena *a, const char *dsn, bool *several_hosts)
{
	char *why = NULL;
	PQconninfoOption *options = PQconninfoParse(dsn, &why);
	*several_hosts = false;
	for (const PQconninfoOption *o = options; o && o->keyword; o++)
		*several_hosts |= o->val && strncmp(o->keyword, "host", 4) == 0 && strchr(o->val, ',');
	const struct err *e = NULL;
	if (!options) /* the reason may quote the password */
		e = ERR(a, ERR_INPUT, "bad_dsn", "the PostgreSQL address cannot be read");
	PQconninfoFree(options);
	PQfreemem(why);
	return e;
}

static struct pg_db *pool_new(const struct db_options *o)
{
	struct arena *own = arena_new(0);
	struct pg_db *p = ARENA_NEW(own, struct pg_db);
	pthread_condattr_t attr;
	p->base.driver = &driver;
	p->base.a = own;
	p->dsn = str_z(own, str_of(o->dsn));
	p->max = o->pool;
	p->base.partitions = o->partitions;
	p->max_writing = o->pool - o->pool / 4;
	p->answer_ms = (int)o->answer_ms;
	p->idle = ARENA_ARRAY(own, struct pg_conn *, o->pool);
	p->parked = ARENA_ARRAY(own, struct pg_conn *, o->pool);
	pthread_mutex_init(&p->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&p->given_back, &attr);
	pthread_condattr_destroy(&attr);
	return p;
}

const struct err *db_pg_open(struct arena *a, const struct db_options *o, struct db **out)
{
	bool several_hosts;
	TRY(pg_lib_load(a));
	TRY(check_dsn(a, o->dsn, &several_hosts));
	struct pg_db *p = pool_new(o);
	p->several_hosts = several_hosts;
	struct pg_tx tx = {.base = {.db = &p->base, .a = a}};
	const struct err *e = pg_borrow(p, a, false, &tx.c, NULL);
	if (e) {
		close_all(&p->base);
		return e;
	}
	pg_give_back(&tx);
	*out = &p->base;
	return NULL;
}
