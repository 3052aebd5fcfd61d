/* Opening a session for somebody who has proved who it is, and the one that still waits for the second factor. */
#include "account_model.h"

#include "account_sql.h"
#include "day.h"
#include "event.h"

enum { HALF_MINUTES = 10 };

struct opening {
	struct entering *n;
	struct person p;
	struct duty *duties;
	size_t n_duties;
	struct secret secret;
	struct session_ends ends;
	struct id session;
};

static const struct err *read_holder(struct db_tx *tx, struct env *e, void *ctx)
{
	struct opening *o = ctx;
	struct entering *n = o->n;
	struct factor f;
	bool has_factor;
	TRY(account_read(tx, n->city, n->account, &n->w));
	TRY(account_person(tx, n->city, n->w.person_id, &o->p));
	TRY(factor_of(tx, n->city, n->account, &f, &has_factor));
	n->is_half = !n->past_factor && has_factor && f.confirmed_at.ms;
	return account_read_duties(tx, n->city, o->p.id, instant_day(e->now), &o->duties, &o->n_duties);
}

static const struct err *open_session(struct db_tx *tx, struct env *e, void *ctx)
{
	struct opening *o = ctx;
	struct entering *n = o->n;
	struct call *c = n->c;
	int64_t held;
	/* Checking takes a while: a password reset or an account locked meanwhile counts, also one that is about to commit, which this waits
	 * for: it ends the sessions that it sees, and would not see this one. */
	TRY(db_exec(tx, &account_hold, ARGS(ARG(e->city), ARG(n->account), ARG(n->version ? n->version : n->w.version)), &held));
	n->is_late = held == 0;
	if (n->is_late)
		return NULL;
	o->session = env_id(e);
	if (n->attempt)
		TRY(attempt_succeeded(tx, e, n->attempt));
	if (n->fresh_hash.n)
		TRY(db_exec(tx, &account_rehash, ARGS(ARG(e->city), ARG(n->account), ARG(n->was_hash), ARG(n->fresh_hash)), NULL));
	/* Whoever logs in again leaves no second way in behind. */
	if (c->actor->session_id.v && c->actor->city == e->city)
		TRY(db_exec(tx, &account_session_end, ARGS(ARG(e->city), ARG(c->actor->session_id), ARG(c->actor->account_id)), NULL));
	return db_exec(tx, &account_session_insert,
		       ARGS(ARG(e->city), ARG(o->session), ARG(n->account), arg_blob((struct str){(const char *)o->secret.hash, 32}),
			    ARG(e->now), ARG(e->now), arg_i64(e->now.ms + o->ends.absolute_ms), ARG(c->req->addr),
			    ARG(account_agent(e->a, req_header(c->req, "User-Agent"))), ARG(n->is_half), ARG(n->phone)),
		       NULL);
}

static void set_actor(struct opening *o)
{
	struct entering *n = o->n;
	struct call *c = n->c;
	struct actor *w = ARENA_NEW(c->a, struct actor);
	*w = (struct actor){.person_id = n->is_half ? ID(0) : o->p.id, .account_id = n->account, .session_id = o->session, .city = n->city,
			    .name = o->p.name, .login = n->w.login, .duties = o->duties, .n_duties = o->n_duties,
			    .csrf = secret_csrf(c->app, c->a, o->secret.text)};
	c->actor = w;
	c->city = n->city;
}

const struct err *account_enter(struct entering *n)
{
	struct call *c = n->c;
	struct opening o = {.n = n};
	struct actor *w = ARENA_NEW(c->a, struct actor);
	struct env look = env_new(c->app, c->a, n->city, c->actor);
	TRY(env_read(&look, read_holder, &o));
	*w = (struct actor){.person_id = o.p.id, .account_id = n->account, .city = n->city, .name = o.p.name, .login = n->w.login,
			    .duties = o.duties, .n_duties = o.n_duties};
	struct env e = env_new(c->app, c->a, n->city, w);
	o.secret = secret_new(c->app, c->a, n->city);
	o.ends = session_ends_of(c->app, n->city, account_roles(o.duties, o.n_duties), n->phone.v != 0);
	if (n->is_half)
		o.ends = (struct session_ends){.absolute_ms = HALF_MINUTES * 60 * 1000};
	struct str device = n->attempt && !n->is_half ? account_device_keep(c) : STR("");
	if (device.n && !n->attempt->has_device)
		attempt_name_device(c->app, c->a, n->attempt, device);
	TRY(env_write(&e, open_session, &o));
	if (n->is_late)
		return NULL;
	set_actor(&o);
	call_cookie(c, "chabaocu_session", o.secret.text, o.ends.stays ? o.ends.absolute_ms / 1000 : -1);
	struct audit au = {.what = "login", .detail = n->is_half ? STR("second factor to come") : STR(""), .addr = c->req->addr,
			   .object = str_fmt(c->a, "account %lld", (long long)n->account.v)};
	return audit_write(&e, &au);
}

const struct err *account_let_in(struct call *c, int64_t city, struct id account, int64_t version, bool *in)
{
	struct entering n = {.c = c, .city = city, .account = account, .version = version};
	TRY(account_enter(&n));
	*in = !n.is_late;
	return NULL;
}
