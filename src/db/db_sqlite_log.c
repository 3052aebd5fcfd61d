/* Moving SQLite's log into the database, beside the writer.
 *
 * The mover has a thread and a connection of its own, so a commit does not
 * wait until what was committed before has been copied and synced once more.
 * While writing never pauses the log never starts over by itself: past
 * RESTART_PAGES, and once the mover has nearly caught up, the writer is held
 * between two groups until the rest is copied and no reader needs the log,
 * HOLD_MS for the readers at the most. Past LATE_PAGES the writer is held
 * however much there is to copy: the disk takes no more than that.
 */
#include "db_sqlite.h"

#include <signal.h>

enum {
	PASS_PAGES = 4000,     /* committed since the last pass began */
	NEAR_PAGES = 2000,     /* as much as may be left to copy while the writer is held */
	RESTART_PAGES = 12000, /* of 4 KiB: below journal_size_limit, so that the file keeps its blocks */
	LATE_PAGES = 48000,
	HOLD_MS = 40,
	AGAIN_MS = 1000,       /* after an error, or a reader who kept the log */
	IDLE_MS = 2000,        /* without a commit: what is left is moved as well */
	OPEN_MS = 5000,
};

struct sqlite_mover {
	struct sqlite_conn c;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake, go_on;
	/* guarded by the mutex */
	int pages, passed, moved; /* of the log: there are; were, when the last pass began; are in the database */
	unsigned starts;          /* of the log, that were noticed */
	int64_t quiet_since_ms;   /* no commit and no pass */
	bool writing, held, stopping;
	/* used by the mover's thread alone */
	int64_t not_before_ms, restart_after_ms, patient_until_ms;
};

/* ---- called by the writer ------------------------------------------------------ */

void sqlite_mover_enter(struct sqlite_mover *m)
{
	pthread_mutex_lock(&m->mutex);
	while (m->held)
		pthread_cond_wait(&m->go_on, &m->mutex);
	m->writing = true;
	pthread_mutex_unlock(&m->mutex);
}

/* A start that is not noticed, since the new log is as long already, only makes the next pass later. */
static void note_pages(struct sqlite_mover *m, int pages)
{
	if (pages < m->pages) {
		m->passed = m->moved = 0;
		m->starts++;
	}
	m->pages = pages;
	m->quiet_since_ms = db_now_ms();
}

void sqlite_mover_leave(struct sqlite_mover *m, int pages)
{
	pthread_mutex_lock(&m->mutex);
	bool was_done = m->pages == m->moved;
	m->writing = false;
	if (pages)
		note_pages(m, pages);
	if (was_done || m->held || m->pages - m->passed >= PASS_PAGES)
		pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->mutex);
}

/* ---- the thread ------------------------------------------------------------------ */

static int be_patient(void *p, int times)
{
	struct sqlite_mover *m = p;
	(void)times;
	if (db_now_ms() >= m->patient_until_ms)
		return 0;
	sqlite3_sleep(1);
	return 1;
}

static int pass(struct sqlite_mover *m)
{
	int pages = 0, moved = 0;
	pthread_mutex_lock(&m->mutex);
	const unsigned starts = m->starts;
	m->passed = m->pages;
	pthread_mutex_unlock(&m->mutex);
	int rc = sqlite3_wal_checkpoint_v2(m->c.db, NULL, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
	pthread_mutex_lock(&m->mutex);
	if (rc == SQLITE_OK && m->starts == starts)
		m->moved = moved < m->pages ? moved : m->pages;
	m->quiet_since_ms = db_now_ms();
	pthread_mutex_unlock(&m->mutex);
	if (rc != SQLITE_OK)
		m->not_before_ms = db_now_ms() + AGAIN_MS;
	return rc;
}

/* Nobody writes meanwhile. */
static void start_over(struct sqlite_mover *m)
{
	pthread_mutex_lock(&m->mutex);
	m->held = true;
	while (m->writing)
		pthread_cond_wait(&m->wake, &m->mutex);
	pthread_mutex_unlock(&m->mutex);
	m->patient_until_ms = db_now_ms() + HOLD_MS;
	int rc = sqlite3_wal_checkpoint_v2(m->c.db, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	if (rc != SQLITE_OK)
		m->restart_after_ms = db_now_ms() + AGAIN_MS;
	pthread_mutex_lock(&m->mutex);
	if (rc == SQLITE_OK) {
		m->pages = m->passed = m->moved = 0;
		m->starts++;
	}
	m->held = false;
	pthread_cond_signal(&m->go_on);
	pthread_mutex_unlock(&m->mutex);
}

static bool should_start_over(struct sqlite_mover *m)
{
	pthread_mutex_lock(&m->mutex);
	int pages = m->pages, left = pages - m->moved;
	pthread_mutex_unlock(&m->mutex);
	if (db_now_ms() < m->restart_after_ms)
		return false;
	return (pages >= RESTART_PAGES && left <= NEAR_PAGES) || pages >= LATE_PAGES;
}

/* With the mutex: how long until there is something to do; 0: now, -1: nothing is known of. */
static int64_t due_in_ms(const struct sqlite_mover *m)
{
	const int64_t now = db_now_ms();
	if (m->pages == m->moved)
		return -1;
	int64_t at = m->pages - m->passed >= PASS_PAGES ? now : m->quiet_since_ms + IDLE_MS;
	at = at < m->not_before_ms ? m->not_before_ms : at;
	return at > now ? at - now : 0;
}

static void wait_ms(struct sqlite_mover *m, int64_t ms)
{
	if (ms < 0) {
		pthread_cond_wait(&m->wake, &m->mutex);
	} else {
		struct timespec until = sqlite_ms_from_now((int)ms);
		pthread_cond_timedwait(&m->wake, &m->mutex, &until);
	}
}

/* False: to end. */
static bool wait_until_due(struct sqlite_mover *m)
{
	int64_t ms;
	pthread_mutex_lock(&m->mutex);
	while (!m->stopping && (ms = due_in_ms(m)) != 0)
		wait_ms(m, ms);
	bool stopping = m->stopping;
	pthread_mutex_unlock(&m->mutex);
	return !stopping;
}

static void *mover_main(void *p)
{
	struct sqlite_mover *m = p;
	while (wait_until_due(m)) {
		if (pass(m) == SQLITE_OK && should_start_over(m))
			start_over(m);
	}
	return NULL;
}

/* ---- start and stop ---------------------------------------------------------------- */

static int open_conn(struct sqlite_mover *m, const char *path)
{
	int rc = sqlite_conn_open(&m->c, path, SQLITE_OPEN_READWRITE);
	if (rc != SQLITE_OK)
		return rc;
	rc = sqlite3_busy_handler(m->c.db, be_patient, m);
	/* The second one opens the log: a connection that never read has none to move. */
	if (rc == SQLITE_OK)
		rc = sqlite_run(&m->c, "PRAGMA synchronous=FULL; PRAGMA schema_version");
	if (rc != SQLITE_OK)
		sqlite_conn_close(&m->c);
	else
		sqlite3_db_release_memory(m->c.db); /* copying takes no pages from the cache */
	return rc;
}

static int start_thread(struct sqlite_mover *m)
{
	sigset_t all, before;
	sigfillset(&all); /* signals belong to the main thread */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int rc = pthread_create(&m->thread, NULL, mover_main, m);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

const struct err *sqlite_mover_start(struct sqlite_db *s, struct arena *a, struct sqlite_mover **out)
{
	struct sqlite_mover *m = ARENA_NEW(s->base.a, struct sqlite_mover);
	m->patient_until_ms = db_now_ms() + OPEN_MS;
	int rc = open_conn(m, s->path);
	if (rc != SQLITE_OK)
		return sqlite_fail(a, NULL, rc, s->path);
	pthread_mutex_init(&m->mutex, NULL);
	sqlite_cond_init(&m->wake);
	sqlite_cond_init(&m->go_on);
	rc = start_thread(m);
	if (rc) {
		sqlite_conn_close(&m->c);
		return ERR(a, ERR_BUSY, NULL, "the thread that moves the log could not be started (%d)", rc);
	}
	*out = m;
	return NULL;
}

void sqlite_mover_stop(struct sqlite_mover *m)
{
	pthread_mutex_lock(&m->mutex);
	m->stopping = true;
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->mutex);
	pthread_join(m->thread, NULL);
	sqlite_conn_close(&m->c);
	pthread_cond_destroy(&m->wake);
	pthread_cond_destroy(&m->go_on);
	pthread_mutex_destroy(&m->mutex);
}
