#include "app_private.h"
#include "day.h"
#include "edge.h"
#include "log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_MAX = 4 * 1024 * 1024 };

/* ---- what the edge adds to each page ------------------------------------------------ */

static const struct doc_part page_members[] = {
	{"title", DOC_VALUE, NULL, NULL}, {"lang", DOC_VALUE, NULL, NULL}, {"is_zh", DOC_VALUE, NULL, NULL},
	{"is_en", DOC_VALUE, NULL, NULL}, {"path", DOC_VALUE, NULL, NULL}, {"csrf", DOC_VALUE, NULL, NULL},
	{"idempotency_key", DOC_VALUE, NULL, NULL}, {"care", DOC_VALUE, NULL, NULL}, {"request_id", DOC_VALUE, NULL, NULL},
	{"lang_href", DOC_VALUE, NULL, NULL}, {"care_href", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part user_members[] = {
	{"name", DOC_VALUE, NULL, NULL}, {"duty", DOC_VALUE, NULL, NULL}, {"unit", DOC_VALUE, NULL, NULL},
	{"is_login", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part menu_members[] = {
	{"href", DOC_VALUE, NULL, NULL}, {"label", DOC_VALUE, NULL, NULL}, {"icon", DOC_VALUE, NULL, NULL},
	{"current", DOC_VALUE, NULL, NULL}, {"count", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part asset_members[] = {
	{"desk_css", DOC_VALUE, NULL, NULL}, {"phone_css", DOC_VALUE, NULL, NULL}, {"app_js", DOC_VALUE, NULL, NULL},
	{"htmx_js", DOC_VALUE, NULL, NULL}, {"icons", DOC_VALUE, NULL, NULL}, {"mark", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part flash_members[] = {
	{"text", DOC_VALUE, NULL, NULL}, {"tone", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part problem_error_members[] = {
	{"pointer", DOC_VALUE, NULL, NULL}, {"field", DOC_VALUE, NULL, NULL}, {"code", DOC_VALUE, NULL, NULL},
	{"detail", DOC_VALUE, NULL, NULL}, {"label", DOC_VALUE, NULL, NULL}, {"href", DOC_VALUE, NULL, NULL},
	{NULL, 0, NULL, NULL}};
static const struct doc_part problem_members[] = {
	{"type", DOC_VALUE, NULL, NULL}, {"title", DOC_VALUE, NULL, NULL}, {"status", DOC_VALUE, NULL, NULL},
	{"detail", DOC_VALUE, NULL, NULL}, {"code", DOC_VALUE, NULL, NULL}, {"advice", DOC_VALUE, NULL, NULL},
	{"errors", DOC_MANY, NULL, problem_error_members}, {NULL, 0, NULL, NULL}};
extern const struct doc_part page_parts[];
const struct doc_part page_parts[] = {
	{"page", DOC_ONE, NULL, page_members},
	{"user", DOC_ONE, NULL, user_members},
	{"menu", DOC_MANY, NULL, menu_members},
	{"assets", DOC_ONE, NULL, asset_members},
	{"flash", DOC_ONE, NULL, flash_members},
	{"has_menu", DOC_VALUE, NULL, NULL},
	{"problem", DOC_ONE, NULL, problem_members},
	{NULL, 0, NULL, NULL},
};

static void put_user(struct call *c, json_t *ctx)
{
	json_t *u = doc_sub(ctx, "user");
	const struct duty *d = c->actor->n_duties ? &c->actor->duties[0] : NULL;
	doc_str(u, "name", c->actor->name);
	doc_bool(u, "is_login", actor_is_in(c->actor));
	doc_str(u, "duty", d ? call_duty_label(c, d) : STR(""));
	doc_str(u, "unit", d ? d->unit_name : STR(""));
}

static bool is_current(struct str path, struct str href)
{
	if (href.n <= 1)
		return str_eq(path, href);
	return str_has_prefix(path, href) && (path.n == href.n || path.p[href.n] == '/');
}

static size_t collect_menu(struct call *c, const struct menu_entry **v, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; c->app->features[i]; i++)
		for (const struct menu_entry *m = c->app->features[i]->menu; m && m->label; m++) {
			if (!may(c->actor, m->perm, STR_NONE) || n == max)
				continue;
			size_t at = n++;
			for (; at > 0 && v[at - 1]->order > m->order; at--)
				v[at] = v[at - 1];
			v[at] = m;
		}
	return n;
}

struct counting {
	struct call *c;
	const struct feature *f;
	int64_t n;
};

static const struct err *count_waiting(struct db_tx *tx, struct env *e, void *ctx)
{
	struct counting *k = ctx;
	(void)e;
	return k->f->menu_count(tx, k->c, &k->n);
}

/* A page is not refused for want of this number. */
static struct str entry_count(struct call *c, const struct menu_entry *m)
{
	struct counting k = {.c = c};
	for (size_t i = 0; c->app->features[i]; i++)
		if (c->app->features[i]->menu == m && c->app->features[i]->menu_count)
			k.f = c->app->features[i];
	if (!k.f || call_read(c, count_waiting, &k) || k.n <= 0)
		return STR("");
	return k.n > 99 ? STR("99+") : str_fmt(c->a, "%lld", (long long)k.n);
}

static void put_menu(struct call *c, json_t *ctx)
{
	const struct menu_entry *v[32];
	json_t *list = doc_sublist(ctx, "menu");
	size_t n = actor_is_in(c->actor) ? collect_menu(c, v, 32) : 0;
	doc_bool(ctx, "has_menu", n > 0);
	for (size_t i = 0; i < n; i++) {
		json_t *m = doc_append(list);
		doc_str(m, "label", call_text(c, v[i]->label));
		doc_z(m, "href", v[i]->href);
		doc_z(m, "icon", v[i]->icon);
		doc_bool(m, "current", is_current(c->req->path, str_of(v[i]->href)));
		doc_str(m, "count", entry_count(c, v[i]));
	}
}

static bool is_get(const struct call *c)
{
	return c->req->method == WEB_GET || c->req->method == WEB_HEAD;
}

/* What strangers append to a link (trackers, messengers) does not travel on in ours. */
static bool is_own_field(const struct call *c, struct str name)
{
	return c->route && c->route->input && shape_find(c->route->input, name);
}

struct str call_href_with(struct call *c, const char *name, struct str value)
{
	struct sb b = sb_new(c->a, 4096);
	sb_add(&b, is_get(c) ? c->req->path : STR("/"));
	char sep = '?';
	for (size_t i = 0; is_get(c) && i < c->req->query.n; i++) {
		const struct pair *p = &c->req->query.v[i];
		if (str_is(p->name, name) || !is_own_field(c, p->name))
			continue;
		sb_fmt(&b, "%c%.*s=%.*s", sep, STR_ARG(url_encode(c->a, p->name)), STR_ARG(url_encode(c->a, p->value)));
		sep = '&';
	}
	if (value.n)
		sb_fmt(&b, "%c%s=%.*s", sep, name, STR_ARG(url_encode(c->a, value)));
	return b.over ? c->req->path : sb_str(&b);
}

struct str call_here(struct call *c)
{
	return call_href_with(c, "", STR(""));
}

static struct str new_key(struct call *c)
{
	unsigned char raw[16];
	app_random(c->app, raw, sizeof(raw));
	return str_hex(c->a, raw, sizeof(raw));
}

static void put_page(struct call *c, json_t *ctx)
{
	json_t *p = json_object_get(c->page, "page");
	p = p ? p : doc_sub(c->page, "page");
	bool is_zh = call_lang(c) == LANG_ZH;
	doc_str(p, "lang", c->lang);
	doc_bool(p, "is_zh", is_zh);
	doc_bool(p, "is_en", !is_zh);
	doc_str(p, "path", c->req->path);
	doc_str(p, "csrf", c->actor->csrf);
	/* Shown again, a form keeps its key: sending it twice is still one report. A key that is spent on other fields is replaced:
	 * who went back and changed the text means another one. */
	bool is_spent = c->problem && str_is(c->problem->code, "key_reused");
	struct str kept = c->problem && !is_spent ? pairs_get(&c->req->form, "idempotency_key") : STR_NONE;
	doc_str(p, "idempotency_key", kept.n ? kept : new_key(c));
	doc_bool(p, "care", c->care);
	doc_str(p, "request_id", c->req->id);
	doc_str(p, "lang_href", call_href_with(c, "lang", is_zh ? STR("en") : STR("zh-CN")));
	doc_str(p, "care_href", call_href_with(c, "care", c->care ? STR("0") : STR("1")));
	if (!json_object_get(p, "title"))
		doc_str(p, "title", call_text(c, "app_name"));
	assets_put(c->app->assets, doc_sub(ctx, "assets"));
}

static void keep_choices(struct call *c)
{
	if (pairs_has(&c->req->query, "lang"))
		call_cookie(c, "lang", c->lang, 400 * 86400);
	struct str care = pairs_get(&c->req->query, "care");
	if (care.n) {
		c->care = str_is(care, "1");
		call_cookie(c, "care", c->care ? STR("1") : STR("0"), 400 * 86400);
	}
}

static struct reply *finish(struct call *c, struct reply *r)
{
	if (c->cache.n)
		reply_header(c->a, r, "Cache-Control", c->cache);
	for (unsigned i = 0; i < c->n_cookies; i++)
		reply_cookie(c->req, r, c->set_cookie[i][0].p, c->set_cookie[i][1], c->set_cookie_age[i]);
	return r;
}

static const struct err *render(struct call *c, const char *view, struct str *out)
{
	keep_choices(c);
	json_t *ctx = doc_new(c->a);
	json_object_update(ctx, c->doc);
	put_page(c, ctx);
	put_user(c, ctx);
	put_menu(c, ctx);
	json_object_update(ctx, c->page);
	struct sb b = sb_new(c->a, PAGE_MAX);
	TRY(views_render(c->app->views, call_lang(c), view, ctx, &b));
	*out = sb_str(&b);
	return b.over ? ERR(c->a, ERR_LIMIT, "answer_too_large", "page larger than %d bytes", PAGE_MAX) : NULL;
}

/* ---- errors -------------------------------------------------------------------------- */

static struct str error_title(struct call *c, const struct err *e)
{
	struct str s = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "err_%.*s", STR_ARG(e->code)));
	if (s.p)
		return s;
	s = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "err_%s", err_default_code(e->kind)));
	return s.p ? s : str_of(err_default_code(e->kind));
}

static struct str field_text(struct call *c, const struct err_field *f)
{
	struct str s = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "field_%.*s", STR_ARG(f->code)));
	return s.p ? s : f->text;
}

/* Where the field stands in the page that shows its form again: the ids of call_field(). */
static struct str field_href(struct call *c, struct str name)
{
	struct str act = call_arg(c, "act");
	if (c->face != FACE_HTML || !c->problem)
		return STR("");
	return act.n ? str_fmt(c->a, "#f_%.*s_%.*s", STR_ARG(act), STR_ARG(name)) : str_fmt(c->a, "#f_%.*s", STR_ARG(name));
}

static struct str advice_of(struct call *c, const struct err *e)
{
	struct str own = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "advice_%.*s", STR_ARG(e->code)));
	if (own.p)
		return own;
	return texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "advice_%d", err_status(e->kind)));
}

/* Whether the inner wording may leave the house: where it tells more than the status (no such row, or not yours; which server
 * does not answer) it is for the log alone, and the client reads what to do next. */
static struct str detail_of(struct call *c, const struct err *e)
{
	/* The database's own refusals name statements and constraints. */
	bool engine = str_is(e->code, "duplicate") || str_is(e->code, "referenced") || str_is(e->code, "changed_meanwhile");
	bool tells = engine || e->kind == ERR_BUG || e->kind == ERR_BUSY || e->kind == ERR_READONLY || e->kind == ERR_MISSING ||
		     e->kind == ERR_DENIED || e->kind == ERR_LOGIN;
	return tells || e->detail.n == 0 ? advice_of(c, e) : e->detail;
}

static void put_versions(json_t *p, const struct err *e)
{
	if (!e->version_sent && !e->version_stored)
		return;
	doc_i64(p, "version_sent", e->version_sent);
	doc_i64(p, "version_stored", e->version_stored);
}

/* Pages ask for yuan what is stored in fen, and say so. */
static struct str field_label(struct call *c, struct str name)
{
	struct str fen = STR("_fen"), base = str_has_suffix(name, fen) ? str_sub(name, 0, name.n - fen.n) : STR_NONE;
	struct str label = STR_NONE;
	if (base.n && c->face == FACE_HTML)
		label = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "f_%.*s_yuan", STR_ARG(base)));
	if (!label.p)
		label = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "f_%.*s", STR_ARG(name)));
	return label.p ? label : name;
}

static void put_field_errors(struct call *c, const struct err *e, json_t *list)
{
	struct str colon = call_text(c, "app_colon");
	for (const struct err_field *f = e->fields; f; f = f->next) {
		struct str name = str_sub(f->pointer, 1, SIZE_MAX);
		/* Nobody filled in the version: the title says what happened. */
		if (c->face == FACE_HTML && str_is(name, "version"))
			continue;
		json_t *j = doc_append(list);
		doc_str(j, "pointer", f->pointer);
		doc_str(j, "field", name);
		doc_str(j, "href", field_href(c, name));
		doc_str(j, "code", f->code);
		doc_str(j, "label", field_label(c, name));
		doc_str(j, "detail", str_fmt(c->a, "%.*s%.*s%.*s", STR_ARG(field_label(c, name)), STR_ARG(colon), STR_ARG(field_text(c, f))));
	}
}

static json_t *problem_doc(struct call *c, const struct err *e)
{
	json_t *p = doc_new(c->a);
	doc_str(p, "type", str_fmt(c->a, "urn:chabaocu:problem:%.*s", STR_ARG(e->code)));
	doc_str(p, "title", error_title(c, e));
	doc_i64(p, "status", err_status(e->kind));
	doc_str(p, "detail", detail_of(c, e));
	doc_str(p, "code", e->code);
	doc_str(p, "instance", str_fmt(c->a, "urn:chabaocu:request:%.*s", STR_ARG(c->req->id)));
	put_versions(p, e);
	put_field_errors(c, e, doc_sublist(p, "errors"));
	return p;
}

static void log_error(const struct call *c, const struct err *e)
{
	char line[16];
	snprintf(line, sizeof(line), "%d", e->line);
	if (err_status(e->kind) >= 500)
		log_line(e->kind == ERR_BUG ? LOG_LEVEL_ERR : LOG_LEVEL_WARN, "failed", "id", c->req->id.p, "code", e->code.p,
			 "detail", e->detail.p, "file", e->file, "line", line, NULL);
}

static struct reply *problem_reply(struct call *c, const struct err *e)
{
	struct str text = STR("{}");
	const struct err *bad = doc_dump(c->a, problem_doc(c, e), PAGE_MAX, &text);
	(void)bad;
	return reply_bytes(c->a, err_status(e->kind), "application/problem+json", text);
}

static const char *tone_of(int status)
{
	return status >= 500 ? "over" : "due";
}

static void put_error_page(struct call *c, const struct err *e)
{
	int status = err_status(e->kind);
	struct str next = advice_of(c, e);
	bool again = e->kind == ERR_BUSY || e->kind == ERR_READONLY || e->kind == ERR_RATE;
	json_t *p = problem_doc(c, e);
	json_object_update(c->page, p);
	doc_bool(c->page, "has_errors", json_array_size(json_object_get(p, "errors")) > 0);
	doc_z(c->page, "tone", tone_of(status));
	doc_z(c->page, "icon", status >= 500 ? "alert-triangle" : "info-circle");
	doc_str(c->page, "next_text", next.p ? next : STR(""));
	doc_str(c->page, "retry_href", again && is_get(c) ? call_here(c) : STR(""));
	doc_z(c->page, "login_href", e->kind == ERR_LOGIN ? "/login" : "");
	/* The inner wording is English and for the log; people read the advice. */
	doc_z(c->page, "detail", "");
}

static struct reply *problem_page(struct call *c, const struct err *e)
{
	struct str html;
	json_object_clear(c->page);
	put_error_page(c, e);
	doc_str(doc_sub(c->page, "page"), "title", error_title(c, e));
	const struct err *bad = render(c, "error", &html);
	if (!bad)
		return reply_bytes(c->a, err_status(e->kind), "text/html; charset=utf-8", html);
	log_error(c, bad);
	return reply_bytes(c->a, err_status(e->kind), "text/plain; charset=utf-8", error_title(c, e));
}

static struct reply *to_login(struct call *c)
{
	struct str next = call_here(c);
	return reply_redirect(c->a, 303, str_fmt(c->a, "/login?next=%.*s", STR_ARG(url_encode(c->a, next))));
}

static void put_retry(struct call *c, struct reply *r, const struct err *e)
{
	if (e->retry_after_s > 0 || e->kind == ERR_BUSY || e->kind == ERR_READONLY)
		reply_header(c->a, r, "Retry-After", str_fmt(c->a, "%d", e->retry_after_s > 0 ? e->retry_after_s : 5));
}

/* RFC 9110: a refused method is told which ones there are. */
static struct str allowed(struct call *c)
{
	struct sb b = sb_new(c->a, 64);
	for (unsigned m = WEB_GET; m <= WEB_DELETE; m++)
		if (c->allow >> m & 1)
			sb_fmt(&b, "%s%s", sb_str(&b).n ? ", " : "", m == WEB_GET ? "GET, HEAD" : web_method_name(m));
	return sb_str(&b);
}

/* Where a browser is led that may do nothing else before. */
static const char *what_comes_first(const struct err *e)
{
	static const char *const ways[][2] = {
		{"must_change_password", "/me"}, {"password_old", "/me"}, {"factor_wanted", "/login/factor"}, {"factor_to_set_up", "/me/factor"}};
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (str_is(e->code, ways[i][0]))
			return ways[i][1];
	return NULL;
}

struct reply *face_error(struct call *c, const struct err *e)
{
	struct reply *r;
	log_error(c, e);
	const char *first = c->face == FACE_HTML ? what_comes_first(e) : NULL;
	if (first)
		return finish(c, reply_redirect(c->a, 303, str_of(first)));
	if (e->kind == ERR_LOGIN && c->face == FACE_HTML)
		return finish(c, to_login(c));
	r = c->face == FACE_HTML ? problem_page(c, e) : problem_reply(c, e);
	put_retry(c, r, e);
	if (err_status(e->kind) == 401)
		reply_header(c->a, r, "WWW-Authenticate", STR("Bearer realm=\"chabaocu\""));
	if (c->allow)
		reply_header(c->a, r, "Allow", allowed(c));
	return finish(c, r);
}

/* A stale version also shows the form again; a full disk too: nothing typed is lost. */
static bool is_form_error(const struct err *e)
{
	return e->kind == ERR_INPUT || e->kind == ERR_CONFLICT || e->kind == ERR_BUSY || e->kind == ERR_READONLY || e->kind == ERR_RATE ||
	       e->kind == ERR_TYPE || e->kind == ERR_LIMIT;
}

struct reply *face_form_again(struct call *c, const struct err *e)
{
	struct str html;
	if (!c->route->form || !is_form_error(e))
		return NULL;
	c->problem = e;
	json_object_clear(c->doc);
	json_object_clear(c->page);
	if (c->route->form(c))
		return NULL;
	log_error(c, e);
	json_t *p = problem_doc(c, e);
	/* The inner wording is English and for scripts; people read the title, the fields and the advice. */
	doc_str(p, "detail", advice_of(c, e));
	doc_set(c->page, "problem", p);
	if (render(c, c->route->form_view, &html))
		return NULL;
	struct reply *r = reply_bytes(c->a, err_status(e->kind), "text/html; charset=utf-8", html);
	put_retry(c, r, e);
	return finish(c, r);
}

/* ---- words to paste -------------------------------------------------------------------- */

/* The list that the words are of: this address without the suffix. */
static struct str list_href(struct call *c)
{
	struct str here = call_href_with(c, "header", STR("")), query = here, path = str_cut(&query, '?');
	if (str_has_suffix(path, STR(".txt")))
		path.n -= 4;
	return str_fmt(c->a, "%.*s%s%.*s", STR_ARG(path), query.n ? "?" : "", STR_ARG(query));
}

const struct err *face_text(struct call *c, struct str title, struct str text)
{
	struct str html, accept = req_header(c->req, "Accept");
	if (accept_quality(accept, "text/html") <= accept_quality(accept, "text/plain")) {
		c->reply = reply_bytes(c->a, 200, "text/plain; charset=utf-8", text);
	} else {
		doc_str(c->page, "copy_title", title);
		doc_str(c->page, "copy_text", text);
		doc_str(c->page, "back_href", list_href(c));
		doc_str(doc_sub(c->page, "page"), "title", title);
		TRY(render(c, "copy", &html));
		c->reply = reply_bytes(c->a, 200, "text/html; charset=utf-8", html);
	}
	return NULL;
}

/* ---- documents ------------------------------------------------------------------------- */

static struct reply *json_reply(struct call *c)
{
	struct str text;
	const struct err *e = doc_dump(c->a, c->doc, PAGE_MAX, &text);
	if (e)
		return face_error(c, e);
	struct reply *r = reply_bytes(c->a, c->status, "application/json", text);
	if (c->location.n)
		reply_header(c->a, r, "Location", c->location);
	return r;
}

static struct reply *html_reply(struct call *c)
{
	struct str html;
	if (c->location.n)
		return reply_redirect(c->a, 303, c->location);
	if (!c->route->view)
		return json_reply(c);
	const struct err *e = render(c, c->route->view, &html);
	if (e)
		return face_error(c, e);
	return reply_bytes(c->a, c->status, "text/html; charset=utf-8", html);
}

struct reply *face_draw(struct call *c)
{
	if (c->reply)
		return finish(c, c->reply);
	return finish(c, c->face == FACE_HTML ? html_reply(c) : json_reply(c));
}
