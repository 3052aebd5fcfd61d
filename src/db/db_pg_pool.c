/* PostgreSQL connections: made when wanted, kept, bounded. */
#include "db_pg.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SETUP_MS = 5000, PARKED_LOOK_MS = 50 };

/* A database in another encoding or order would answer differently from SQLite. */
static const char check_text[] =
	"SELECT pg_encoding_to_char(encoding) = 'UTF8' AND datlocprovider = 'c'"
	" AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') FROM pg_database WHERE datname = current_database()";

/* What is acknowledged lies on the disks of this server and of the standby that it waits for: weaker settings are raised.
 * lock_timeout is safe where statement_timeout is not: it never cuts short a commit that waits for its standby. Compiling a
 * statement costs more than any of ours, the more so where tables lie in parts. */
static const char session_text[] =
	"SET client_min_messages = warning; SET standard_conforming_strings = on; SET bytea_output = hex;"
	" SET statement_timeout = 0; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '5min';"
	" SET cursor_tuple_fraction = 1.0; SELECT set_config('jit', 'off', false) WHERE current_setting('jit', true) = 'on';"
	" SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local', 'remote_write')";

static void on_notice(void *p, const PGresult *res)
{
	struct pg_conn *c = p;
	const char *severity = PQresultErrorField(res, PG_DIAG_SEVERITY_NONLOCALIZED);
	if (!severity || strcmp(severity, "WARNING") == 0)
		c->warned = true;
}

static void close_conn(struct pg_conn *c)
{
	PQfinish(c->pg);
	arena_free(c->a);
}

/* ---- answers ----------------------------------------------------------------- */

static bool is_ready(PGconn *pg, int64_t until)
{
	while (PQisBusy(pg)) {
		struct pollfd f = {.fd = PQsocket(pg), .events = POLLIN};
		int64_t left = until - db_now_ms();
		if (left <= 0)
			return false;
		poll(&f, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (!PQconsumeInput(pg))
			return true;
	}
	return true;
}

PGresult *pg_wait(PGconn *pg, int sent, int ms, bool *late_out)
{
	const int64_t until = db_now_ms() + ms;
	PGresult *last = NULL, *res;
	*late_out = false;
	if (!sent)
		return NULL;
	for (;;) {
		if (!is_ready(pg, until)) {
			*late_out = true;
			PQclear(last);
			return NULL;
		}
		res = PQgetResult(pg);
		if (!res)
			return last;
		PQclear(last);
		last = res;
	}
}

PGresult *pg_answer(struct pg_tx *tx, int sent)
{
	const struct pg_db *p = (struct pg_db *)tx->base.db;
	bool late;
	PGresult *res = pg_wait(tx->c->pg, sent, tx->unhurried ? INT_MAX : p->answer_ms, &late);
	tx->drop |= late;
	return res;
}

/* ---- opening ------------------------------------------------------------------- */

static PGresult *ask(PGconn *pg, const char *text)
{
	bool late;
	return pg_wait(pg, PQsendQuery(pg, text), SETUP_MS, &late);
}

static bool run(PGconn *pg, const char *text)
{
	PGresult *res = ask(pg, text);
	ExecStatusType status = PQresultStatus(res);
	PQclear(res);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static const struct err *check_database(PGconn *pg, struct arena *a)
{
	PGresult *res = ask(pg, check_text);
	bool known = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1;
	bool good = known && strcmp(PQgetvalue(res, 0, 0), "t") == 0;
	PQclear(res);
	if (!known)
		return ERR(a, ERR_BUSY, NULL, "PostgreSQL: %s", PQerrorMessage(pg));
	if (!good)
		return ERR(a, ERR_INPUT, "bad_database",
			   "the PostgreSQL database must have encoding UTF8 and collation C:"
			   " CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'");
	return NULL;
}

static const struct err *set_up(PGconn *pg, struct arena *a)
{
	if (PQstatus(pg) != CONNECTION_OK)
		return ERR(a, ERR_BUSY, NULL, "PostgreSQL: %s", PQerrorMessage(pg));
	TRY(check_database(pg, a));
	if (!run(pg, session_text))
		return ERR(a, ERR_BUSY, NULL, "PostgreSQL: %s", PQerrorMessage(pg));
	return NULL;
}

/* What the DSN says wins over the defaults before it; the encoding is not its to choose. */
static const struct err *open_conn(struct pg_db *p, struct arena *a, struct pg_conn **out)
{
	const char *const keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
				    "target_session_attrs", "application_name", "dbname", "client_encoding", NULL};
	const char *const values[] = {"3", "10", "5", "3", "15000",
				      p->several_hosts ? "read-write" : "any", "chabaocu", p->dsn, "UTF8", NULL};
	PGconn *pg = PQconnectdbParams(keys, values, 1);
	const struct err *e = set_up(pg, a);
	if (e) {
		PQfinish(pg);
		return e;
	}
	struct arena *own = arena_new(0);
	struct pg_conn *c = ARENA_NEW(own, struct pg_conn);
	c->pg = pg;
	c->a = own;
	PQsetNoticeReceiver(pg, on_notice, c);
	*out = c;
	return NULL;
}

/* ---- the pool ------------------------------------------------------------------ */

/* Another server than before: what is idle belongs to one that is gone, or worse, that does not know it yet. */
static void remember_server(struct pg_db *p, struct pg_conn *c)
{
	char where[sizeof(p->where)];
	snprintf(where, sizeof(where), "%s %s", PQhost(c->pg), PQport(c->pg));
	pthread_mutex_lock(&p->mutex);
	if (strcmp(where, p->where) != 0) {
		memcpy(p->where, where, sizeof(where));
		p->generation++;
	}
	c->generation = p->generation;
	pthread_mutex_unlock(&p->mutex);
}

static bool is_elsewhere(const struct pg_db *p, const struct pg_conn *c)
{
	char where[sizeof(p->where)];
	snprintf(where, sizeof(where), "%s %s", PQhost(c->pg), PQport(c->pg));
	return strcmp(where, p->where) != 0;
}

/* Looks whether the commit of a parked connection was answered; true when it is parked no more. The mutex is held. */
static bool unpark(struct pg_db *p, struct pg_conn *c)
{
	bool good = !is_elsewhere(p, c) && PQconsumeInput(c->pg);
	if (good && PQisBusy(c->pg))
		return false;
	/* What it says is late: its request was told that nobody knows. */
	for (PGresult *res; good && (res = PQgetResult(c->pg));) {
		PQclear(res);
		good = !PQisBusy(c->pg);
	}
	p->n_writing--;
	if (good && PQtransactionStatus(c->pg) == PQTRANS_IDLE) {
		p->idle[p->n_idle++] = c;
	} else {
		close_conn(c);
		p->n_open--;
	}
	return true;
}

static void look_at_parked(struct pg_db *p)
{
	unsigned n = p->n_parked;
	p->n_parked = 0;
	for (unsigned i = 0; i < n; i++) {
		struct pg_conn *c = p->parked[i];
		if (!unpark(p, c))
			p->parked[p->n_parked++] = c;
	}
}

static bool has_place(const struct pg_db *p, bool writes)
{
	return (p->n_idle || p->n_open < p->max) && (!writes || p->n_writing < p->max_writing);
}

static struct timespec monotonic(int64_t ms)
{
	return (struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
}

/* A parked connection rings no bell when it is answered. */
static void wait_a_little(struct pg_db *p, int64_t until)
{
	int64_t look = db_now_ms() + PARKED_LOOK_MS;
	struct timespec t = monotonic(p->n_parked && look < until ? look : until);
	pthread_cond_timedwait(&p->given_back, &p->mutex, &t);
}

enum offer { NOTHING, KEPT, STALE, ROOM };

/* What the pool has to offer, waiting for it; the mutex is held. */
static enum offer wait_for_offer(struct pg_db *p, bool writes, struct pg_conn **out)
{
	int64_t until = db_now_ms() + DB_CONNECTION_WAIT_MS;
	look_at_parked(p);
	while (!has_place(p, writes) && db_now_ms() < until) {
		wait_a_little(p, until);
		look_at_parked(p);
	}
	if (!has_place(p, writes))
		return NOTHING;
	p->n_writing += writes;
	if (!p->n_idle) {
		p->n_open++;
		return ROOM;
	}
	*out = p->idle[--p->n_idle];
	bool good = (*out)->generation == p->generation && PQstatus((*out)->pg) == CONNECTION_OK;
	return good ? KEPT : STALE;
}

/* One waits for a place to write, another for any: all look. */
static void leave(struct pg_db *p, bool writes)
{
	pthread_mutex_lock(&p->mutex);
	p->n_open--;
	p->n_writing -= writes;
	pthread_cond_broadcast(&p->given_back);
	pthread_mutex_unlock(&p->mutex);
}

const struct err *pg_borrow(struct pg_db *p, struct arena *a, bool writes, struct pg_conn **out, int *why_out)
{
	const struct err *e = NULL;
	pthread_mutex_lock(&p->mutex);
	enum offer offer = wait_for_offer(p, writes, out);
	pthread_mutex_unlock(&p->mutex);
	if (offer == NOTHING) {
		if (why_out)
			*why_out = PG_PLACES;
		return ERR(a, ERR_BUSY, NULL, "no PostgreSQL connection was free within %d ms", DB_CONNECTION_WAIT_MS);
	}
	if (offer == STALE) /* its place in the count passes to the new one */
		close_conn(*out);
	if (offer != KEPT)
		e = open_conn(p, a, out);
	if (!e) {
		if (offer != KEPT)
			remember_server(p, *out);
		(*out)->writes = writes;
		return NULL;
	}
	if (why_out)
		*why_out = PG_UNREACHED;
	leave(p, writes);
	return e;
}

static void park(struct pg_db *p, struct pg_conn *c)
{
	pthread_mutex_lock(&p->mutex);
	p->parked[p->n_parked++] = c;
	pthread_mutex_unlock(&p->mutex);
}

void pg_give_back(struct pg_tx *tx)
{
	struct pg_db *p = (struct pg_db *)tx->base.db;
	struct pg_conn *c = tx->c;
	bool writes = c->writes;
	tx->c = NULL;
	if (tx->park) {
		park(p, c);
		return;
	}
	pthread_mutex_lock(&p->mutex);
	if (!tx->drop && PQtransactionStatus(c->pg) == PQTRANS_IDLE) {
		p->idle[p->n_idle++] = c;
		p->n_writing -= writes;
		pthread_cond_broadcast(&p->given_back);
		pthread_mutex_unlock(&p->mutex);
		return;
	}
	if (c->generation == p->generation)
		p->generation++;
	pthread_mutex_unlock(&p->mutex);
	close_conn(c);
	leave(p, writes);
}

void pg_close_all(struct pg_db *p)
{
	while (p->n_idle)
		close_conn(p->idle[--p->n_idle]);
	while (p->n_parked)
		close_conn(p->parked[--p->n_parked]);
}
