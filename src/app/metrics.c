#include "app_private.h"
#include "core.h"
#include "job.h"

#include <inttypes.h>

static bool is_loopback(struct str addr)
{
	return str_has_prefix(addr, STR("127.")) || str_is(addr, "::1") || str_has_prefix(addr, STR("::ffff:127."));
}

static void counter(struct sb *b, const char *name, const char *help, int64_t v)
{
	sb_fmt(b, "# HELP chabaocu_%s %s\n# TYPE chabaocu_%s counter\nchabaocu_%s %" PRId64 "\n", name, help, name, name, v);
}

static void gauge(struct sb *b, const char *name, const char *help, int64_t v)
{
	sb_fmt(b, "# HELP chabaocu_%s %s\n# TYPE chabaocu_%s gauge\nchabaocu_%s %" PRId64 "\n", name, help, name, name, v);
}

static const struct err *look_at_jobs(struct db_tx *tx, struct env *e, void *ctx)
{
	return job_queue_look(tx, e->now, ctx);
}

const struct err *metrics_get(struct call *c)
{
	struct sb b = sb_new(c->a, 64 * 1024);
	struct db_stats d;
	struct job_queue q;
	if (!is_loopback(c->req->addr) && !c->actor->by_token)
		return ERR(c->a, ERR_MISSING, NULL, "metrics are for the loopback or a token");
	db_stats(c->app->db, &d);
	counter(&b, "db_commits_total", "Transactions committed.", d.commits);
	counter(&b, "db_batches_total", "Group commits.", d.batches);
	counter(&b, "db_rollbacks_total", "Transactions rolled back.", d.rollbacks);
	counter(&b, "db_retries_total", "Transactions run again.", d.retries);
	counter(&b, "db_reads_total", "Read snapshots.", d.reads);
	counter(&b, "db_statements_total", "Statements run.", d.statements);
	TRY(call_read(c, look_at_jobs, &q));
	gauge(&b, "jobs_due", "Background jobs that are due.", q.due);
	gauge(&b, "jobs_waiting", "Background jobs for later.", q.waiting);
	gauge(&b, "jobs_given_up", "Background jobs given up after their attempts.", q.given_up);
	struct web_server *web = c->app->web;
	if (web) {
		struct web_stats w;
		web_stats(web, &w);
		counter(&b, "http_requests_total", "Requests answered.", w.requests);
		counter(&b, "http_refused_heads_total", "Requests refused by the head guard.", w.refused_heads);
		counter(&b, "http_refused_busy_total", "Connections or uploads refused because of load.", w.refused_busy);
		counter(&b, "http_reaped_total", "Connections closed at their deadline.", w.reaped);
		gauge(&b, "http_open_connections", "Connections open now.", w.open_connections);
	}
	c->reply = reply_bytes(c->a, 200, "text/plain; version=0.0.4; charset=utf-8", sb_str(&b));
	return NULL;
}
