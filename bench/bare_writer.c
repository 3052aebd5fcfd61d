/* bare_writer FILE CLIENTS SECONDS [ROWS]: what one SQLite writer can commit with nothing around it.
 *
 * One writer thread takes what is queued (up to 64), runs it in one transaction with a savepoint each and
 * synchronous=FULL, then wakes the clients: a hidden danger of 14 columns with three indexes, its ledger row, and five
 * roll-up rows of its ancestors. No HTTP, no JSON, no rights, no chain of events. CLIENTS threads ask in a closed loop.
 * A new FILE is filled with ROWS rows first (100,000), which is not timed. Prints one line of JSON.
 */
#include "bench.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 64, LEVELS = 5, COUNTIES = 12, TOWNS = 96, UNITS = 7309, MONTHS = 24, CHECKPOINT_PAGES = 4000 };

static const char schema[] =
	"CREATE TABLE hazard (id INTEGER PRIMARY KEY, number TEXT, unit INT, county INT, township INT, level INT, status INT, type INT, "
	"found INT, deadline INT, reporter INT, title TEXT, description TEXT, updated INT);"
	"CREATE UNIQUE INDEX hazard_number ON hazard (number);"
	"CREATE INDEX hazard_county ON hazard (county, status, deadline);"
	"CREATE INDEX hazard_unit ON hazard (unit, status, deadline);"
	"CREATE TABLE ledger (id INTEGER PRIMARY KEY, hazard INT, at INT, who INT, act TEXT, body TEXT, prev BLOB, hash BLOB);"
	"CREATE TABLE rollup (unit INT, month INT, reported INT, closed INT, PRIMARY KEY (unit, month)) WITHOUT ROWID;";
static const char sql_hazard[] = "INSERT INTO hazard VALUES (?1, ?2, ?3, ?4, ?5, 1, 1, 3, ?6, ?7, 4711, 'Guard missing', ?8, ?6)";
static const char sql_ledger[] = "INSERT INTO ledger VALUES (?1, ?1, ?2, 4711, 'report', ?3, ?4, ?4)";
static const char sql_rollup[] =
	"INSERT INTO rollup VALUES (?1, ?2, 1, 0) ON CONFLICT (unit, month) DO UPDATE SET reported = reported + 1";
static const char text[] = "The guard of the coupling between motor and pump has been taken off and lies on the floor; hands can reach in.";

struct ask {
	struct ask *next;
	int64_t n;
	bool done, ok;
	pthread_cond_t answered;
};

struct writer {
	sqlite3 *db;
	sqlite3_stmt *hazard, *ledger, *rollup;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	struct ask *first, **last;
	bool stop;
	int pages;
	atomic_llong next;
};

struct client {
	struct writer *w;
	pthread_t thread;
	int64_t until_ns;
	struct waits waits;
	size_t failed;
};

static void must(sqlite3 *db, int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
		return;
	fprintf(stderr, "bare_writer: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static void run(sqlite3 *db, const char *sql)
{
	must(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

static bool step(sqlite3_stmt *s)
{
	int rc = sqlite3_step(s);
	sqlite3_reset(s);
	return rc == SQLITE_DONE;
}

static bool insert(struct writer *w, int64_t n)
{
	char number[32];
	unsigned char hash[32];
	int64_t unit = n * 2654435761 % UNITS, town = unit % TOWNS, county = town % COUNTIES, found = 20000 + n % 700;
	const int64_t above[LEVELS] = {1, 2 + county, 20 + town, 200 + unit, 10000 + unit};
	memset(hash, (int)(n & 255), sizeof(hash));
	snprintf(number, sizeof(number), "%06lld-%lld", (long long)(371300 + county), (long long)n);
	sqlite3_bind_int64(w->hazard, 1, n);
	sqlite3_bind_text(w->hazard, 2, number, -1, SQLITE_STATIC);
	sqlite3_bind_int64(w->hazard, 3, unit);
	sqlite3_bind_int64(w->hazard, 4, county);
	sqlite3_bind_int64(w->hazard, 5, town);
	sqlite3_bind_int64(w->hazard, 6, found);
	sqlite3_bind_int64(w->hazard, 7, found + n % 30);
	sqlite3_bind_text(w->hazard, 8, text, -1, SQLITE_STATIC);
	sqlite3_bind_int64(w->ledger, 1, n);
	sqlite3_bind_int64(w->ledger, 2, found);
	sqlite3_bind_text(w->ledger, 3, text, -1, SQLITE_STATIC);
	sqlite3_bind_blob(w->ledger, 4, hash, sizeof(hash), SQLITE_STATIC);
	bool ok = step(w->hazard) && step(w->ledger);
	for (int i = 0; i < LEVELS && ok; i++) {
		sqlite3_bind_int64(w->rollup, 1, above[i]);
		sqlite3_bind_int64(w->rollup, 2, found / 30 % MONTHS);
		ok = step(w->rollup);
	}
	return ok;
}

static unsigned take_queued(struct writer *w, struct ask **v)
{
	unsigned n = 0;
	while (w->first && n < BATCH) {
		v[n++] = w->first;
		w->first = w->first->next;
	}
	if (!w->first)
		w->last = &w->first;
	return n;
}

static void run_batch(struct writer *w, struct ask **v, unsigned n)
{
	run(w->db, "BEGIN IMMEDIATE");
	for (unsigned i = 0; i < n; i++) {
		run(w->db, "SAVEPOINT member");
		v[i]->ok = insert(w, v[i]->n);
		run(w->db, v[i]->ok ? "RELEASE member" : "ROLLBACK TO member; RELEASE member");
	}
	run(w->db, "COMMIT");
}

static void *writing(void *p)
{
	struct writer *w = p;
	struct ask *v[BATCH];
	pthread_mutex_lock(&w->mutex);
	for (;;) {
		while (!w->first && !w->stop)
			pthread_cond_wait(&w->wake, &w->mutex);
		unsigned n = take_queued(w, v);
		if (!n)
			break;
		pthread_mutex_unlock(&w->mutex);
		run_batch(w, v, n);
		pthread_mutex_lock(&w->mutex);
		for (unsigned i = 0; i < n; i++) {
			v[i]->done = true;
			pthread_cond_signal(&v[i]->answered);
		}
	}
	pthread_mutex_unlock(&w->mutex);
	return NULL;
}

static bool ask(struct writer *w)
{
	struct ask a = {.n = atomic_fetch_add(&w->next, 1)};
	pthread_cond_init(&a.answered, NULL);
	pthread_mutex_lock(&w->mutex);
	*w->last = &a;
	w->last = &a.next;
	pthread_cond_signal(&w->wake);
	while (!a.done)
		pthread_cond_wait(&a.answered, &w->mutex);
	pthread_mutex_unlock(&w->mutex);
	pthread_cond_destroy(&a.answered);
	return a.ok;
}

static void *asking(void *p)
{
	struct client *c = p;
	int64_t begun = now_ns();
	while (begun < c->until_ns) {
		bool ok = ask(c->w);
		int64_t now = now_ns();
		if (ok)
			waits_add(&c->waits, now - begun);
		else
			c->failed++;
		begun = now;
	}
	return NULL;
}

static void prepare(struct writer *w, const char *sql, sqlite3_stmt **out)
{
	must(w->db, sqlite3_prepare_v3(w->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL));
}

static void open_file(struct writer *w, const char *path, int64_t rows)
{
	char pragma[120];
	bool fresh = access(path, F_OK) != 0;
	must(w->db, sqlite3_open_v2(path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL));
	snprintf(pragma, sizeof(pragma), "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=%d", CHECKPOINT_PAGES);
	run(w->db, pragma);
	if (fresh)
		run(w->db, schema);
	prepare(w, sql_hazard, &w->hazard);
	prepare(w, sql_ledger, &w->ledger);
	prepare(w, sql_rollup, &w->rollup);
	if (fresh) {
		run(w->db, "BEGIN");
		for (int64_t i = 1; i <= rows; i++)
			insert(w, i);
		run(w->db, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
	}
	sqlite3_stmt *last;
	prepare(w, "SELECT max(id) FROM hazard", &last);
	must(w->db, sqlite3_step(last));
	w->next = sqlite3_column_int64(last, 0) + 1;
	sqlite3_finalize(last);
}

int main(int argc, char **argv)
{
	static struct writer w = {.mutex = PTHREAD_MUTEX_INITIALIZER, .wake = PTHREAD_COND_INITIALIZER};
	pthread_t thread;
	if (argc < 4) {
		fputs("bare_writer FILE CLIENTS SECONDS [ROWS]\n", stderr);
		return 2;
	}
	int n = atoi(argv[2]);
	w.last = &w.first;
	open_file(&w, argv[1], argc > 4 ? atoll(argv[4]) : 100000);
	struct client *v = take((size_t)n * sizeof(*v));
	int64_t begun = now_ns();
	pthread_create(&thread, NULL, writing, &w);
	for (int i = 0; i < n; i++) {
		v[i].w = &w;
		v[i].until_ns = begun + (int64_t)(atof(argv[3]) * 1e9);
		pthread_create(&v[i].thread, NULL, asking, &v[i]);
	}
	struct waits all = {0};
	size_t failed = 0;
	for (int i = 0; i < n; i++) {
		pthread_join(v[i].thread, NULL);
		failed += v[i].failed;
		for (size_t k = 0; k < v[i].waits.n; k++)
			waits_add(&all, v[i].waits.ns[k]);
	}
	int64_t elapsed = now_ns() - begun;
	pthread_mutex_lock(&w.mutex);
	w.stop = true;
	pthread_cond_signal(&w.wake);
	pthread_mutex_unlock(&w.mutex);
	pthread_join(thread, NULL);
	waits_print(&all, elapsed, failed, "");
	return 0;
}
