#include "dispatch.h"

#include "app_private.h"
#include "edge.h"
#include "event.h"
#include "input.h"
#include "log.h"
#include "router.h"
#include "text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { BODY_DEFAULT = 64 * 1024, KEY_MAX = 100 };

static bool is_unsafe(const struct req *r)
{
	return r->method != WEB_GET && r->method != WEB_HEAD;
}

/* ---- what the client wants to see ------------------------------------------------ */

static struct str choose_lang(const struct req *r)
{
	struct str asked = pairs_get(&r->query, "lang");
	if (asked.n == 0)
		asked = pairs_get(&r->cookies, "lang");
	if (asked.n == 0) {
		/* Chinese first (NFR-4): English only when the browser asks for it before any Chinese. */
		struct str accept = req_header(r, "Accept-Language");
		while (accept.n && !str_has_prefix(asked, STR("en")) && !str_has_prefix(asked, STR("zh")))
			asked = str_trim(str_cut(&accept, ','));
	}
	return str_of(lang_word(lang_of(asked)));
}

static enum face choose_face(const struct req *r, enum face by_suffix)
{
	struct str accept = req_header(r, "Accept");
	if (by_suffix)
		return by_suffix;
	int json = accept_quality(accept, "application/json");
	int problem = accept_quality(accept, "application/problem+json");
	int html = accept_quality(accept, "text/html");
	if (problem > json)
		json = problem;
	int csv = accept_quality(accept, "text/csv");
	int xlsx = accept_quality(accept, TYPE_XLSX);
	if (xlsx > html && xlsx > json && xlsx > csv)
		return FACE_XLSX;
	if (csv > html && csv > json)
		return FACE_CSV;
	int text = accept_quality(accept, "text/plain");
	if (text > html && text > json && text > csv)
		return FACE_TEXT;
	bool undecided = accept.n == 0 || json == html;
	if (undecided && str_has_prefix(req_header(r, "Content-Type"), STR("application/json")))
		return FACE_JSON;
	if (!undecided && json > html)
		return FACE_JSON;
	return FACE_HTML;
}

static struct call *call_new(struct app *app, struct req *r)
{
	static const struct actor nobody = {0};
	struct call *c = ARENA_NEW(r->a, struct call);
	c->app = app;
	c->req = r;
	c->a = r->a;
	c->actor = &nobody;
	c->city = app_home_city_of(app);
	c->status = 200;
	c->lang = choose_lang(r);
	c->care = str_is(pairs_get(&r->cookies, "care"), "1");
	c->face = choose_face(r, 0);
	c->doc = doc_new(r->a);
	c->page = doc_new(r->a);
	r->route_state = c;
	return c;
}

/* ---- head: route → actor → permission and scope → origin -------------------------- */

static const struct err *find_route(struct call *c)
{
	struct found f;
	TRY(router_find(c->app->router, c->a, c->req->method, c->req->path, &f));
	if (!f.route) {
		c->allow = f.allow;
		return f.allow ? ERR(c->a, ERR_METHOD, NULL, "not with this method") : ERR(c->a, ERR_MISSING, NULL, "no such page");
	}
	c->route = f.route;
	c->args = f.args;
	c->face = choose_face(c->req, f.face);
	unsigned faces = f.route->faces ? f.route->faces : FACE_HTML | FACE_JSON;
	if (!(faces & c->face)) {
		if (f.face)
			return ERR(c->a, ERR_MISSING, NULL, "not in this form");
		c->face = faces & FACE_HTML ? FACE_HTML : FACE_JSON;
	}
	return NULL;
}

static const struct err *identify(struct call *c)
{
	const struct err *bad = NULL;
	for (size_t i = 0; c->app->features[i] && !bad; i++)
		if (c->app->features[i]->identify)
			bad = c->app->features[i]->identify(c);
	/* Somebody who is known but may do nothing yet, or only read, is told so on a page, whose menu reads as everybody's does. */
	if (actor_is_in(c->actor))
		c->city = c->actor->city;
	c->env = env_new(c->app, c->a, c->city, c->actor);
	c->env.addr = c->req->addr;
	c->req->whose = c->actor->person_id.v;
	c->env.upload_secret = req_header(c->req, "Upload-Secret");
	if (c->env.upload_secret.n == 0)
		c->env.upload_secret = pairs_get(&c->req->cookies, "upload_secret");
	return bad;
}

static const struct err *locate(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	(void)e;
	c->target = (struct target){0};
	return c->route->locate(tx, c, &c->target);
}

/* In scope but without the permission is 403; outside the actor's subtree not even the existence shows: 404. */
static const struct err *refuse(struct call *c)
{
	bool in_scope = c->target.unit_path.n == 0 || has_role_at(c->actor, UINT32_MAX, c->target.unit_path);
	struct audit au = {.what = "refused", .object = str_of(c->route->path), .detail = str_of(c->route->perm->name), .addr = c->req->addr};
	const struct err *e = audit_refusal(&c->env, &au);
	if (e)
		log_line(LOG_LEVEL_ERR, "audit", "detail", e->detail.p, NULL);
	if (in_scope)
		return ERR(c->a, ERR_DENIED, NULL, "%s is not granted", c->route->perm->name);
	return ERR(c->a, ERR_MISSING, NULL, "outside the actor's units");
}

static const struct err *permit(struct call *c)
{
	const struct perm *p = c->route->perm;
	if (p != &PERM_PUBLIC && !actor_is_in(c->actor))
		return ERR(c->a, ERR_LOGIN, NULL, "log in first");
	if (c->route->locate)
		TRY(call_read(c, locate, c));
	/* The lifecycle row of the act names its permission itself; what cannot be seen cannot be acted on either. */
	if (p == &PERM_BY_STEP)
		p = c->route->see;
	bool own = c->target.own && !c->actor->is_limited && (!is_unsafe(c->req) || c->route->perm == &PERM_BY_STEP);
	if (own || may(c->actor, p, c->target.unit_path))
		return NULL;
	return refuse(c);
}

/* The authority part of an Origin header equals the Host header; a page that came unencrypted is not one of an encrypted site. */
static bool same_origin(struct str origin, struct str host, bool is_https)
{
	static const struct str schemes[] = {STR("https://"), STR("http://")};
	for (size_t i = 0; i < (is_https ? 1 : 2); i++)
		if (str_has_prefix(origin, schemes[i]))
			return str_eq(str_sub(origin, schemes[i].n, SIZE_MAX), host);
	return false;
}

static const struct err *check_origin(struct call *c)
{
	struct str origin = req_header(c->req, "Origin"), site = req_header(c->req, "Sec-Fetch-Site");
	if (!is_unsafe(c->req) || c->actor->by_token)
		return NULL;
	if (origin.n && !same_origin(origin, req_header(c->req, "Host"), c->req->is_https))
		return ERR(c->a, ERR_DENIED, "foreign_origin", "Origin %.*s", STR_ARG(origin));
	if (site.n && !str_is(site, "same-origin") && !str_is(site, "none"))
		return ERR(c->a, ERR_DENIED, "foreign_origin", "Sec-Fetch-Site %.*s", STR_ARG(site));
	return NULL;
}

static void set_body_policy(struct call *c)
{
	struct req *r = c->req;
	if (!is_unsafe(r))
		return;
	r->body_kind = c->route->stream ? BODY_STREAM : BODY_FORM;
	r->body_max = c->route->body_max ? c->route->body_max : BODY_DEFAULT;
	r->file_max = c->route->file_max;
	r->files_max = c->route->files_max;
}

static const struct err *open_call(struct call *c)
{
	TRY(find_route(c));
	TRY(identify(c));
	TRY(permit(c));
	TRY(check_origin(c));
	set_body_policy(c);
	return NULL;
}

static struct reply *on_head(void *ctx, struct req *r)
{
	struct app *app = ctx;
	if (str_has_prefix(r->path, STR("/assets/")) && !is_unsafe(r)) {
		struct reply *file = assets_reply(app->assets, r, str_sub(r->path, 8, SIZE_MAX));
		if (file)
			return file;
	}
	struct call *c = call_new(app, r);
	const struct err *e = open_call(c);
	return e ? face_error(c, e) : NULL;
}

static const struct err *on_chunk(void *ctx, struct req *r, struct str bytes)
{
	struct call *c = r->route_state;
	(void)ctx;
	return c->route->stream(c, bytes);
}

/* ---- body: token, key, fields, handler ---------------------------------------------- */

/* Other sites can send forms without telling where they come from in old browsers; they cannot send JSON. */
static const struct err *check_token(struct call *c)
{
	struct req *r = c->req;
	bool told = req_header(r, "Origin").n || req_header(r, "Sec-Fetch-Site").n;
	bool needs = is_unsafe(r) && !c->actor->by_token && actor_is_in(c->actor) && !told && !r->json.p &&
		     r->body_kind != BODY_STREAM && !(c->route->flags & ROUTE_NO_TOKEN);
	if (!needs)
		return NULL;
	struct str sent = pairs_get(&r->form, "csrf");
	if (sent.n == 0)
		sent = req_header(r, "X-CSRF-Token");
	if (c->actor->csrf.n == 0 || !str_eq(sent, c->actor->csrf))
		return ERR(c->a, ERR_DENIED, "csrf_token", "neither an Origin head nor the form's token");
	return NULL;
}

static const struct err *key_in_json(struct call *c)
{
	json_t *doc;
	TRY(doc_parse(c->a, c->req->json, &doc));
	c->key = str_of(json_string_value(json_object_get(doc, "idempotency_key")));
	return NULL;
}

/* What a request consists of besides its fields: the row, what its path names, the files. The same whatever the face. */
static struct str besides_fields(struct call *c)
{
	const struct req *r = c->req;
	struct sb b = sb_new(c->a, SIZE_MAX / 4);
	sb_fmt(&b, "%s %s", web_method_name(r->method), c->route->path);
	for (size_t i = 0; i < c->args.n; i++)
		sb_fmt(&b, "|%zu:%.*s", c->args.v[i].value.n, STR_ARG(c->args.v[i].value));
	for (size_t i = 0; i < r->n_files; i++) {
		sb_fmt(&b, "|%zu:%.*s=", r->files[i].field.n, STR_ARG(r->files[i].field));
		sb_add(&b, (struct str){(const char *)r->files[i].sha256, sizeof(r->files[i].sha256)});
	}
	return sb_str(&b);
}

static const struct err *read_key(struct call *c)
{
	struct req *r = c->req;
	if (!(c->route->flags & ROUTE_KEYED))
		return NULL;
	c->key = req_header(r, "Idempotency-Key");
	if (c->key.n == 0)
		c->key = pairs_get(&r->form, "idempotency_key");
	if (c->key.n == 0 && r->json.p)
		TRY(key_in_json(c));
	if (c->key.n > KEY_MAX || !str_is_utf8(c->key))
		return ERR(c->a, ERR_MALFORMED, "idempotency_key", "Idempotency-Key longer than %d bytes", KEY_MAX);
	input_hash(c->a, c->route->input, c->input, besides_fields(c), c->key_hash);
	return NULL;
}

/* A link passed on in WeChat comes back as "…?from=singlemessage": its "from" is not our first day of a period. */
static const struct pairs *query_of(struct call *c)
{
	static const char *const words[] = {"singlemessage", "groupmessage", "timeline", "favorites", "message", NULL};
	struct pairs *own = ARENA_NEW(c->a, struct pairs);
	own->v = ARENA_ARRAY(c->a, struct pair, c->req->query.n + 1);
	for (size_t i = 0; i < c->req->query.n; i++) {
		const struct pair *p = &c->req->query.v[i];
		bool theirs = false;
		for (size_t w = 0; words[w] && str_is(p->name, "from"); w++)
			theirs = theirs || str_is(p->value, words[w]);
		if (!theirs)
			own->v[own->n++] = *p;
	}
	return own;
}

static const struct err *read_input(struct call *c)
{
	const struct route *row = c->route;
	if (!row->input || c->req->body_kind == BODY_STREAM)
		return NULL;
	if (!is_unsafe(c->req))
		c->req->query = *query_of(c);
	struct input_source from = {
		.form = is_unsafe(c->req) ? &c->req->form : &c->req->query,
		.json = c->req->json,
		.ignore_unknown = !is_unsafe(c->req) && c->face == FACE_HTML,
	};
	c->input = arena_alloc(c->a, row->input_size ? row->input_size : 1);
	return input_read(c->a, row->input, &from, c->input);
}

static const struct err *within_memory(const struct call *c)
{
	return arena_is_over(c->a) ? ERR(c->a, ERR_LIMIT, NULL, "more memory than one request may use") : NULL;
}

/* What a look at protected fields was at: the address, without its query. */
static const struct err *audit_looks(struct call *c)
{
	uint64_t seen = c->shown & SEE_AUDITED;
	struct sb detail = sb_new(c->a, 200);
	if (!seen)
		return NULL;
	for (int right = 1; right < SEE_COUNT; right++)
		if (seen >> right & 1)
			sb_fmt(&detail, "%s%s", sb_str(&detail).n ? " " : "", right_words[right]);
	if (call_wants_table(c))
		sb_add(&detail, c->face == FACE_CSV ? STR(" csv") : c->face == FACE_XLSX ? STR(" xlsx") : STR(" text"));
	struct audit au = {.what = "look", .object = str_sub(c->req->path, 0, AUDIT_OBJECT_MAX), .detail = sb_str(&detail)};
	return audit_write(&c->env, &au);
}

static const struct err *run(struct call *c)
{
	TRY(check_token(c));
	TRY(read_input(c));
	TRY(read_key(c));
	TRY(within_memory(c));
	TRY(c->route->fn(c));
	/* Before anything of it leaves: without its row in the trail a protected field is not shown. */
	TRY(audit_looks(c));
	/* What was written is written: only a look may still be refused for its size. */
	return is_unsafe(c->req) ? NULL : within_memory(c);
}

static struct reply *on_done(void *ctx, struct req *r)
{
	struct call *c = r->route_state;
	(void)ctx;
	const struct err *e = run(c);
	struct reply *again = e && c->face == FACE_HTML ? face_form_again(c, e) : NULL;
	if (again)
		return again;
	return e ? face_error(c, e) : face_draw(c);
}

static struct reply *on_fail(void *ctx, struct req *r, const struct err *e)
{
	struct call *c = r->route_state ? r->route_state : call_new(ctx, r);
	return face_error(c, e);
}

static void on_log(void *ctx, const struct req *r, int status, int64_t bytes, int64_t ns)
{
	const struct call *c = r->route_state;
	char ms[32], size[24], code[12], who[24];
	(void)ctx;
	snprintf(ms, sizeof(ms), "%" PRId64 ".%03d", ns / 1000000, (int)(ns / 1000 % 1000));
	snprintf(size, sizeof(size), "%" PRId64, bytes);
	snprintf(code, sizeof(code), "%d", status);
	snprintf(who, sizeof(who), "%" PRId64, c ? c->actor->account_id.v : 0);
	/* The row's path, not the request's: addresses may hold receipt codes. */
	log_line(LOG_LEVEL_INFO, "request", "id", r->id.p, "method", web_method_name(r->method), "route",
		 c && c->route ? c->route->path : "-", "status", code, "bytes", size, "ms", ms, "account", who, NULL);
}

struct web_handler dispatch_handler(struct app *app)
{
	return (struct web_handler){.ctx = app, .head = on_head, .chunk = on_chunk, .done = on_done, .fail = on_fail, .log = on_log};
}
