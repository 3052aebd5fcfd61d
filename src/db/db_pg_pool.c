/* PostgreSQL connections: made when wanted, kept, bounded. */
#include "db_pg.h"

#include <string.h>
#include <time.h>

/* A database in another encoding or order would answer differently from SQLite. */
static const char check_text[] =
	"SELECT pg_encoding_to_char(encoding) = 'UTF8' AND datlocprovider = 'c'"
	" AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8') FROM pg_database WHERE datname = current_database()";

/* lock_timeout is safe where statement_timeout is not: it never cuts short a commit that waits for its standby. */
static const char session_text[] =
	"SET client_min_messages = warning; SET standard_conforming_strings = on; SET bytea_output = hex;"
	" SET statement_timeout = 0; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '5min';"
	" SET cursor_tuple_fraction = 1.0;"
	" SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";

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

static bool run(PGconn *pg, const char *text)
{
	PGresult *res = PQexec(pg, text);
	ExecStatusType status = PQresultStatus(res);
	PQclear(res);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static const struct err *check_database(PGconn *pg, struct arena *a)
{
	PGresult *res = PQexec(pg, check_text);
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
static const struct err *open_conn(struct pg_db *p, struct arena *a, uint64_t generation, struct pg_conn **out)
{
	const char *const keys[] = {"connect_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count",
				    "tcp_user_timeout", "application_name", "dbname", "client_encoding", NULL};
	const char *const values[] = {"5", "10", "5", "3", "15000", "chabaocu", p->dsn, "UTF8", NULL};
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
	c->generation = generation;
	PQsetNoticeReceiver(pg, on_notice, c);
	*out = c;
	return NULL;
}

static struct timespec monotonic_in(int ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	return t;
}

enum offer { NOTHING, KEPT, STALE, ROOM };

/* What the pool has to offer, waiting for it; the mutex is held. */
static enum offer wait_for_offer(struct pg_db *p, struct pg_conn **out)
{
	struct timespec until = monotonic_in(DB_CONNECTION_WAIT_MS);
	int rc = 0;
	while (!p->n_idle && p->n_open >= p->max && rc == 0)
		rc = pthread_cond_timedwait(&p->given_back, &p->mutex, &until);
	if (p->n_idle) {
		*out = p->idle[--p->n_idle];
		bool good = (*out)->generation == p->generation && PQstatus((*out)->pg) == CONNECTION_OK;
		return good ? KEPT : STALE;
	}
	if (p->n_open >= p->max)
		return NOTHING;
	p->n_open++;
	return ROOM;
}

static void leave(struct pg_db *p)
{
	pthread_mutex_lock(&p->mutex);
	p->n_open--;
	pthread_cond_signal(&p->given_back);
	pthread_mutex_unlock(&p->mutex);
}

const struct err *pg_borrow(struct pg_db *p, struct arena *a, struct pg_conn **out)
{
	pthread_mutex_lock(&p->mutex);
	enum offer offer = wait_for_offer(p, out);
	uint64_t generation = p->generation;
	pthread_mutex_unlock(&p->mutex);
	if (offer == KEPT)
		return NULL;
	if (offer == NOTHING)
		return ERR(a, ERR_BUSY, NULL, "no PostgreSQL connection was free within %d ms", DB_CONNECTION_WAIT_MS);
	if (offer == STALE) /* its place in the count passes to the new one */
		close_conn(*out);
	const struct err *e = open_conn(p, a, generation, out);
	if (e)
		leave(p);
	return e;
}

void pg_give_back(struct pg_db *p, struct pg_conn *c, bool drop)
{
	if (!drop && PQtransactionStatus(c->pg) == PQTRANS_IDLE) {
		pthread_mutex_lock(&p->mutex);
		p->idle[p->n_idle++] = c;
		pthread_cond_signal(&p->given_back);
		pthread_mutex_unlock(&p->mutex);
		return;
	}
	pthread_mutex_lock(&p->mutex);
	if (c->generation == p->generation)
		p->generation++;
	pthread_mutex_unlock(&p->mutex);
	close_conn(c);
	leave(p);
}

void pg_close_idle(struct pg_db *p)
{
	while (p->n_idle)
		close_conn(p->idle[--p->n_idle]);
}
