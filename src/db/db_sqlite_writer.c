/* The one writer of an SQLite database.
 *
 * Requests wait in a queue; the writer thread takes all that is there, up to a
 * limit, runs them in one transaction with a savepoint each, commits once (one
 * fsync) and only then wakes their threads. A request thread does nothing but
 * wait meanwhile, so its arena may be used from here; the mutex orders the two.
 */
#include "db_sqlite.h"

#include <signal.h>

enum { QUEUE_MAX = 4096, BATCH_MAX = 128, PROGRESS_STEPS = 2000 };

/* One write on its way; lives on the stack of the thread that waits for it. */
struct write_req {
	struct write_req *next;
	struct db *db;
	struct arena *a;
	struct arena_mark mark; /* the arena before the first try */
	db_fn *fn;
	void *ctx;
	const struct err *err;
	bool unbounded; /* a migration: no slice */
	bool settled;   /* err stands, whatever becomes of the batch */
	bool final;     /* an ERR_BUSY that is not worth another try */
	bool done;      /* guarded by the writer's mutex */
	pthread_cond_t answered;
};

struct sqlite_writer {
	struct sqlite_db *s;
	struct sqlite_conn c;
	struct sqlite_mover *mover;
	sqlite3_stmt *savepoint, *release; /* run for each member: not to be parsed each time */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	/* guarded by the mutex */
	struct write_req *first, **last;
	unsigned n_queued;
	bool stopping;
	/* used by the writer thread alone */
	int64_t slice_ms, deadline_ms; /* deadline 0: none */
	bool sliced;
	int wal_pages; /* since this group's commit; 0: nothing was committed */
};

/* ---- one batch, on the writer thread -------------------------------------- */

static int on_progress(void *p)
{
	struct sqlite_writer *w = p;
	if (!w->deadline_ms || db_now_ms() < w->deadline_ms)
		return 0;
	w->sliced = true;
	return 1;
}

static int on_wal(void *p, sqlite3 *db, const char *name, int pages)
{
	(void)db;
	(void)name;
	((struct sqlite_writer *)p)->wal_pages = pages;
	return SQLITE_OK;
}

static bool transaction_gone(struct sqlite_writer *w)
{
	return sqlite3_get_autocommit(w->c.db) != 0;
}

/* The callback with its slice of time; its error, or what the engine said meanwhile. */
static const struct err *call(struct sqlite_writer *w, struct write_req *r)
{
	struct sqlite_tx tx = {.base = {.db = r->db, .a = r->a, .writes = true}, .c = &w->c};
	w->sliced = false;
	w->deadline_ms = r->unbounded ? 0 : db_now_ms() + w->slice_ms;
	const struct err *e = r->fn(&tx.base, r->ctx);
	w->deadline_ms = 0;
	if (w->sliced) {
		r->settled = r->final = true;
		return ERR(r->a, ERR_BUSY, "slice_over", "a write ran longer than %lld ms", (long long)w->slice_ms);
	}
	return e ? e : db_doomed(&tx.base);
}

/* One request inside the open transaction. False: the transaction itself is
 * lost and with it what earlier members wrote. */
static bool run_member(struct sqlite_writer *w, struct write_req *r)
{
	int rc = sqlite_run_kept(&w->c, &w->savepoint, "SAVEPOINT member");
	if (rc != SQLITE_OK) {
		r->err = sqlite_fail(r->a, &w->c, rc, "savepoint");
		return false;
	}
	r->err = call(w, r);
	if (transaction_gone(w)) {
		if (!r->err)
			r->err = ERR(r->a, ERR_BUG, NULL, "a write callback ended the transaction it was in");
		return false;
	}
	rc = r->err ? sqlite_run(&w->c, "ROLLBACK TO member; RELEASE member") : sqlite_run_kept(&w->c, &w->release, "RELEASE member");
	if (rc == SQLITE_OK)
		return true;
	if (!r->err)
		r->err = sqlite_fail(r->a, &w->c, rc, "release");
	return false;
}

static void roll_back(struct sqlite_writer *w)
{
	if (!transaction_gone(w))
		sqlite_run(&w->c, "ROLLBACK");
}

static void all_failed(struct sqlite_writer *w, struct write_req **reqs, unsigned n, int rc, const char *what)
{
	for (unsigned i = 0; i < n; i++) {
		reqs[i]->err = sqlite_fail(reqs[i]->a, &w->c, rc, what);
		reqs[i]->final = true;
	}
}

/* Runs the members and commits once. False: nothing was kept; each member's own answer is still open. */
static bool commit_together(struct sqlite_writer *w, struct write_req **reqs, unsigned n)
{
	unsigned good = 0;
	roll_back(w); /* the last one may have had no memory for it */
	int rc = sqlite_run(&w->c, "BEGIN IMMEDIATE");
	if (rc != SQLITE_OK) { /* locked by another process, or a disk that takes no writes */
		all_failed(w, reqs, n, rc, "begin");
		roll_back(w);
		return true;
	}
	for (unsigned i = 0; i < n; i++) {
		if (!run_member(w, reqs[i])) {
			roll_back(w);
			return n == 1;
		}
		good += !reqs[i]->err;
	}
	if (!good) {
		roll_back(w);
		return true;
	}
	rc = sqlite_run(&w->c, "COMMIT");
	if (rc == SQLITE_OK) {
		atomic_fetch_add(&w->s->base.commits, good);
		return true;
	}
	if (n == 1)
		reqs[0]->err = sqlite_fail(reqs[0]->a, &w->c, rc, "commit");
	roll_back(w);
	return n == 1;
}

static void run_batch(struct sqlite_writer *w, struct write_req **reqs, unsigned n)
{
	atomic_fetch_add(&w->s->base.batches, 1);
	if (!commit_together(w, reqs, n)) {
		/* Even a member that had failed may have failed over a neighbour's rows that are gone now. */
		for (unsigned i = 0; i < n; i++) {
			if (reqs[i]->settled)
				continue;
			arena_rewind(reqs[i]->a, reqs[i]->mark);
			reqs[i]->err = NULL;
			commit_together(w, &reqs[i], 1);
		}
	}
	for (unsigned i = 0; i < n; i++)
		if (reqs[i]->err)
			atomic_fetch_add(&w->s->base.rollbacks, 1);
}

/* ---- the queue ------------------------------------------------------------- */

static unsigned take(struct sqlite_writer *w, struct write_req **reqs)
{
	unsigned n = 0;
	while (w->first && n < BATCH_MAX) {
		reqs[n++] = w->first;
		w->first = w->first->next;
	}
	if (!w->first)
		w->last = &w->first;
	w->n_queued -= n;
	return n;
}

static void *writer_main(void *p)
{
	struct sqlite_writer *w = p;
	struct write_req *reqs[BATCH_MAX];
	pthread_mutex_lock(&w->mutex);
	for (;;) {
		while (!w->first && !w->stopping)
			pthread_cond_wait(&w->wake, &w->mutex);
		unsigned n = take(w, reqs);
		if (!n)
			break;
		pthread_mutex_unlock(&w->mutex);
		sqlite_mover_enter(w->mover);
		w->wal_pages = 0;
		run_batch(w, reqs, n);
		sqlite_mover_leave(w->mover, w->wal_pages);
		pthread_mutex_lock(&w->mutex);
		for (unsigned i = 0; i < n; i++) {
			reqs[i]->done = true; /* once the mutex is free its thread may return and the request is gone */
			pthread_cond_signal(&reqs[i]->answered);
		}
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

/* Queues and waits for the answer; false when the queue is full or closing. */
static bool submit(struct sqlite_writer *w, struct write_req *r)
{
	pthread_mutex_lock(&w->mutex);
	if (w->n_queued >= QUEUE_MAX || w->stopping) {
		pthread_mutex_unlock(&w->mutex);
		return false;
	}
	pthread_cond_init(&r->answered, NULL);
	*w->last = r;
	w->last = &r->next;
	w->n_queued++;
	pthread_cond_signal(&w->wake);
	while (!r->done)
		pthread_cond_wait(&r->answered, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	pthread_cond_destroy(&r->answered);
	return true;
}

const struct err *sqlite_write(struct db *db, struct arena *a, int64_t city, struct id tx_id, unsigned flags, db_fn *fn,
			       void *ctx)
{
	struct sqlite_db *s = (struct sqlite_db *)db;
	struct sqlite_writer *w = s->writer;
	const struct arena_mark mark = arena_mark(a);
	const int64_t started = db_now_ms();
	(void)city; /* a commit here is never of unknown outcome while the process lives */
	(void)tx_id;
	if (!w)
		return ERR(a, ERR_READONLY, NULL, "the database was opened on a disk that takes no writes");
	if (pthread_equal(pthread_self(), w->thread))
		return ERR(a, ERR_BUG, NULL, "a write inside a write callback");
	for (unsigned try = 1;; try++) {
		struct write_req r = {.db = db, .a = a, .mark = mark, .fn = fn, .ctx = ctx, .unbounded = flags & DB_WRITE_SCHEMA};
		if (!submit(w, &r))
			return ERR(a, ERR_BUSY, NULL, "the queue of writes is full");
		if (!r.err || r.err->kind != ERR_BUSY || r.final)
			return r.err;
		if (try == DB_TRIES || db_now_ms() - started > DB_TRY_FOR_MS)
			return r.err;
		atomic_fetch_add(&db->retries, 1);
		db_backoff(try);
		arena_rewind(a, mark);
	}
}

/* ---- start and stop --------------------------------------------------------- */

static void close_conn(struct sqlite_writer *w)
{
	sqlite3_finalize(w->savepoint);
	sqlite3_finalize(w->release);
	sqlite_conn_close(&w->c);
}

const struct err *sqlite_writer_start(struct sqlite_db *s, struct arena *a, const struct sqlite_conn *c, unsigned slice_ms)
{
	struct sqlite_writer *w = ARENA_NEW(s->base.a, struct sqlite_writer);
	sigset_t all, before;
	w->s = s;
	w->c = *c;
	w->last = &w->first;
	w->slice_ms = slice_ms;
	const struct err *e = sqlite_mover_start(s, a, &w->mover);
	if (e) {
		close_conn(w);
		return e;
	}
	pthread_mutex_init(&w->mutex, NULL);
	pthread_cond_init(&w->wake, NULL);
	sqlite3_progress_handler(w->c.db, PROGRESS_STEPS, on_progress, w);
	sqlite3_wal_hook(w->c.db, on_wal, w);
	sigfillset(&all); /* signals belong to the main thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&w->thread, NULL, writer_main, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc) {
		sqlite_mover_stop(w->mover);
		close_conn(w);
		return ERR(a, ERR_BUSY, NULL, "the writer thread could not be started (%d)", rc);
	}
	s->writer = w;
	return NULL;
}

void sqlite_writer_stop(struct sqlite_writer *w)
{
	pthread_mutex_lock(&w->mutex);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->mutex);
	pthread_join(w->thread, NULL);
	sqlite_mover_stop(w->mover);
	sqlite3_wal_checkpoint_v2(w->c.db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	close_conn(w);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->mutex);
}
