/* The ground of account_test.c: an application with a city on either engine, and a way to ask it without a socket. */
#ifndef ACCOUNT_GROUND_H
#define ACCOUNT_GROUND_H

/* Accounts behind the dispatcher: SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server. */
#include "account_cmd.h"
#include "account_model.h"

#include "dispatch.h"
#include "org.h"

#define GROUND_MORE                             \
	struct unit root, county, town, other;  \
	struct str addr;
#include "app_ground.h"

#include <pthread.h>

extern const struct feature feature_org, feature_account;

enum { MINUTE = 60 * 1000 };
#define HOUR (60 * (int64_t)MINUTE)
#define DAY_MS (24 * HOUR)

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	g->addr = STR("10.0.0.1");
	TRY(feature_org.init_city(tx, e, STR("371300")));
	TRY(org_root(tx, e->city, &g->root));
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &g->county));
	TRY(org_unit_by_code(tx, e->city, STR("371321"), &g->other));
	return org_unit_by_code(tx, e->city, STR("371302001"), &g->town);
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, NULL},
	.now = {1453255200000}, /* 2016-01-20 10:00 */
	.found = found_city,
};

/* ---- asking ----------------------------------------------------------------------- */

struct ask {
	enum web_method method;
	const char *path, *query, *form, *json;
	struct str cookie, token, addr, device, team;
	const char *origin, *agent;
	bool html;
};

struct answer {
	int status;
	struct str body, location, cookie, device, team, retry;
	json_t *doc;
};

static void head(struct arena *a, struct req *r, const char *name, struct str value)
{
	struct pair *v = ARENA_ARRAY(a, struct pair, r->headers.n + 1);
	if (r->headers.n)
		memcpy(v, r->headers.v, r->headers.n * sizeof(*v));
	v[r->headers.n++] = (struct pair){str_of(name), value};
	r->headers.v = v;
}

static struct answer answer_of(struct ground *g, struct reply *reply)
{
	struct answer out = {.status = reply->status, .body = reply->body};
	out.location = pairs_get(&reply->headers, "Location");
	out.retry = pairs_get(&reply->headers, "Retry-After");
	for (size_t i = 0; i < reply->headers.n; i++) {
		struct str cookie = reply->headers.v[i].value;
		if (!str_is(reply->headers.v[i].name, "Set-Cookie"))
			continue;
		struct str value = str_cut(&cookie, ';'), name = str_cut(&value, '=');
		if (str_is(name, "chabaocu_session"))
			out.cookie = value;
		if (str_is(name, "chabaocu_device"))
			out.device = value;
		if (str_is(name, "chabaocu_team"))
			out.team = value;
	}
	if (out.body.n && out.body.p[0] == '{')
		fine(doc_parse(g->a, out.body, &out.doc));
	return out;
}

static struct answer ask(struct ground *g, struct ask q)
{
	struct arena *a = g->a;
	struct req *r = ARENA_NEW(a, struct req);
	struct web_handler h = dispatch_handler(g->app);
	r->a = a;
	r->method = q.method ? q.method : q.form || q.json ? WEB_POST : WEB_GET;
	r->path = str_of(q.path);
	r->addr = q.addr.n ? q.addr : g->addr;
	r->id = STR("test");
	head(a, r, "Host", STR("localhost"));
	head(a, r, "Accept", q.html ? STR("text/html") : STR("application/json"));
	if (q.origin)
		head(a, r, "Origin", str_of(q.origin));
	if (q.token.n)
		head(a, r, "Authorization", str_fmt(a, "Bearer %.*s", STR_ARG(q.token)));
	if (q.query)
		fine(form_parse(a, str_of(q.query), 50, &r->query));
	if (q.agent)
		head(a, r, "User-Agent", str_of(q.agent));
	const struct pair cookies[] = {{STR("chabaocu_session"), q.cookie}, {STR("chabaocu_device"), q.device}, {STR("chabaocu_team"), q.team}};
	r->cookies.v = ARENA_ARRAY(a, struct pair, 3);
	for (size_t i = 0; i < 3; i++)
		if (cookies[i].value.n)
			r->cookies.v[r->cookies.n++] = cookies[i];
	struct reply *early = h.head(h.ctx, r);
	if (early)
		return answer_of(g, early);
	if (q.form) {
		r->content_type = STR("application/x-www-form-urlencoded");
		fine(form_parse(a, str_of(q.form), 50, &r->form));
	}
	if (q.json) {
		r->content_type = STR("application/json");
		r->json = str_of(q.json);
	}
	return answer_of(g, h.done(h.ctx, r));
}

#define ASK(...) ask(g, (struct ask){__VA_ARGS__})

static inline const char *member(json_t *doc, const char *name)
{
	const char *s = json_string_value(json_object_get(doc, name));
	return s ? s : "";
}

static void later(struct ground *g, int64_t ms)
{
	app_set_now(g->app, INSTANT(app_now(g->app).ms + ms));
}

/* Somebody of a role at a unit; the login is unique on a server that is used again. The password is the one of `good`. */
#define GOOD "Correct-Horse-7"
static struct str add(struct ground *g, const char *word, const char *role, const struct unit *u)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct str login = str_fmt(g->a, "%s%lld", word, (long long)g->city), password = STR(GOOD);
	struct str unit = str_fmt(g->a, "%lld", (long long)u->id.v);
	fine(account_user_add(&e, login, str_of(word), str_of(role), unit, &password));
	return login;
}

static struct answer log_in(struct ground *g, struct str login, const char *password, const char *addr)
{
	const char *form = str_fmt(g->a, "login=%.*s&password=%s", STR_ARG(login), password).p;
	return ASK(.path = "/login", .form = form, .addr = str_of(addr));
}

#endif
