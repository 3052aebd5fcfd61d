/* Logging in and out. */
#include "account_keep.h"

#include "account_sql.h"
#include "day.h"
#include "event.h"
#include "parts.h"

#include <string.h>

const struct shape login_query_shape[] = {SHAPE(struct login_input, next, 2000), SHAPE_END};
const struct shape login_input_shape[] = {
	SHAPE_IN(struct login_input, login, ACCOUNT_LOGIN_MAX, SHAPE_REQUIRED),
	SHAPE_IN(struct login_input, password, ACCOUNT_PASSWORD_MAX, SHAPE_REQUIRED | SHAPE_SECRET),
	SHAPE(struct login_input, next, 2000),
	SHAPE_END,
};
const struct doc_part login_parts[] = {DOC_NAME("next"), DOC_NAME("is_shared"), DOC_ROWS("fields", field_parts), DOC_END};

struct str account_local_path(struct str next)
{
	bool ok = next.n > 0 && next.p[0] == '/' && (next.n == 1 || (next.p[1] != '/' && next.p[1] != '\\'));
	/* Browsers drop tabs and line ends inside an address: "/\t/elsewhere" would lead away. */
	for (size_t i = 0; ok && i < next.n; i++)
		ok = next.p[i] > ' ' && next.p[i] < 0x7f;
	return ok ? next : STR("/");
}

/* ---- the page -------------------------------------------------------------------- */

static void put_field(struct call *c, const struct field *f, const char *autocomplete)
{
	json_t *fields = json_object_get(c->page, "fields");
	fields = fields ? fields : doc_sublist(c->page, "fields");
	call_field(c, fields, NULL, f);
	doc_z(json_array_get(fields, json_array_size(fields) - 1), "autocomplete", autocomplete);
}

const struct err *account_get_login(struct call *c)
{
	bool posted = c->req->method == WEB_POST;
	struct shared_phone phone;
	int64_t city;
	bool is_shared;
	if (actor_is_in(c->actor) && !posted) {
		c->location = STR("/");
		return NULL;
	}
	TRY(account_phone(c, &city, &phone, &is_shared));
	doc_bool(c->page, "is_shared", is_shared);
	struct str next = pairs_get(posted ? &c->req->form : &c->req->query, "next");
	struct field login = {.name = "login", .kind = "text", .label = "f_login", .required = true, .max = ACCOUNT_LOGIN_MAX};
	struct field password = {.name = "password", .kind = "password", .label = "f_password", .required = true};
	put_field(c, &login, "username");
	put_field(c, &password, "current-password");
	doc_str(c->page, "next", account_local_path(next));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_login_title"));
	return NULL;
}

/* ---- logging in --------------------------------------------------------------------- */

struct logging_in {
	struct call *c;
	struct attempt attempt;
	struct str login, by_number;
	int64_t city;
	bool found;
	struct account w;
	struct person p;
	struct entering entering;
};

static const struct err *begin(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_begin(tx, e, &((struct logging_in *)ctx)->attempt);
}

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct logging_in *l = ctx;
	l->city = e->city;
	return account_find_who(tx, l->login, l->by_number, &l->city, &l->w, &l->p, &l->found);
}

static const struct err *audit(struct env *e, const struct call *c, const char *what, struct str object)
{
	struct audit au = {.what = what, .object = object, .addr = c->req->addr,
			   .detail = account_is_half(c->actor) ? STR("second factor") : STR("")};
	return audit_write(e, &au);
}

/* The same words for an unknown login and a wrong password. A page gets its form again, a script 401. */
static const struct err *refuse(struct logging_in *l)
{
	struct call *c = l->c;
	struct str object = l->found ? str_fmt(c->a, "account %lld", (long long)l->w.id.v) : STR("account unknown");
	TRY(audit(&c->env, c, "login_failed", object));
	return ERR(c->a, c->face == FACE_HTML ? ERR_INPUT : ERR_LOGIN, "bad_login", "%s", "");
}

static const struct err *verify(struct logging_in *l, struct str password)
{
	struct call *c = l->c;
	bool ok, stale;
	TRY(account_verify(c->app, c->a, l->w.password, password, &ok, &stale));
	bool is_over = l->w.must_change && l->w.once_until.ms && app_now(c->app).ms >= l->w.once_until.ms;
	if (!ok || l->p.has_left || is_over)
		return refuse(l);
	/* Only who knows the password hears of the lock. */
	if (l->w.is_locked)
		return ERR(c->a, c->face == FACE_HTML ? ERR_INPUT : ERR_LOGIN, "account_locked", "%s", "");
	if (stale)
		TRY(account_hash(c->app, c->a, password, false, &l->entering.fresh_hash));
	return NULL;
}

static const struct err *enter(struct logging_in *l)
{
	struct shared_phone phone;
	int64_t city;
	bool is_shared;
	TRY(account_phone(l->c, &city, &phone, &is_shared));
	if (is_shared && city == l->city)
		l->entering.phone = phone.id;
	l->entering.c = l->c;
	l->entering.city = l->city;
	l->entering.account = l->w.id;
	l->entering.version = l->w.version;
	l->entering.attempt = &l->attempt;
	l->entering.was_hash = l->w.password;
	TRY(account_enter(&l->entering));
	return l->entering.is_late ? refuse(l) : NULL;
}

/* A staff number says who somebody is only inside an employer: the one whose poster this browser has seen. */
static struct str number_login(struct call *c, struct str login)
{
	struct team_hint t;
	return account_team_hint(c, &t) ? account_number_login(c->a, t.enterprise_id, login) : STR("");
}

static const struct err *log_in(struct logging_in *l, struct str password)
{
	struct call *c = l->c;
	TRY(env_write(&c->env, begin, l));
	TRY(call_read(c, find, l));
	TRY(verify(l, password));
	return enter(l);
}

static struct str where_to(struct call *c, const struct logging_in *l, struct str next)
{
	next = account_local_path(next);
	if (l->entering.is_half)
		return str_fmt(c->a, "/login/factor?next=%.*s", STR_ARG(url_encode(c->a, next)));
	return l->w.must_change ? STR("/me#password") : next;
}

const struct err *account_post_login(struct call *c)
{
	const struct login_input *in = c->input;
	struct str login = str_trim(in->login);
	struct logging_in l = {.c = c};
	/* With a blank it is none that anybody has: the hidden ones of staff numbers are written with one. */
	l.login = str_find(login, ' ') < 0 ? login : STR("");
	l.by_number = number_login(c, l.login);
	/* "1001" is somebody else in every employer: one's guesses at it are not counted for all. */
	l.attempt = attempt_at(c, l.by_number.n && !account_is_mobile(login) ? l.by_number : login);
	TRY(log_in(&l, in->password));
	if (!l.entering.is_half)
		account_put_actor(c, c->doc, c->actor);
	doc_bool(c->doc, "must_change_password", l.w.must_change);
	doc_bool(c->doc, "factor_wanted", l.entering.is_half);
	if (c->face == FACE_HTML)
		c->location = where_to(c, &l, in->next);
	return NULL;
}

/* ---- the second factor ----------------------------------------------------------------- */

const struct shape factor_query_shape[] = {SHAPE(struct factor_input, next, 2000), SHAPE_END};
const struct shape factor_input_shape[] = {
	SHAPE_IN(struct factor_input, one_time_code, 40, SHAPE_REQUIRED | SHAPE_SECRET), SHAPE(struct factor_input, next, 2000), SHAPE_END};
const struct doc_part factor_login_parts[] = {DOC_NAME("next"), DOC_ROWS("fields", field_parts), DOC_END};

const struct err *account_get_login_factor(struct call *c)
{
	bool posted = c->req->method == WEB_POST;
	struct str next = pairs_get(posted ? &c->req->form : &c->req->query, "next");
	if (!account_is_half(c->actor)) {
		c->location = STR("/login");
		return NULL;
	}
	struct field code = {.name = "one_time_code", .kind = "text", .label = "f_one_time_code", .hint = "account_factor_hint", .required = true, .max = 40};
	put_field(c, &code, "one-time-code");
	doc_str(c->page, "next", account_local_path(next));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_factor_title"));
	return NULL;
}

struct proving {
	struct attempt attempt;
	struct id account;
	struct str code;
	bool ok;
};

static const struct err *begin_proof(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_begin(tx, e, &((struct proving *)ctx)->attempt);
}

static const struct err *prove(struct db_tx *tx, struct env *e, void *ctx)
{
	struct proving *p = ctx;
	return factor_use(tx, e, p->account, p->code, &p->ok);
}

const struct err *account_post_login_factor(struct call *c)
{
	const struct factor_input *in = c->input;
	if (!account_is_half(c->actor))
		return ERR(c->a, ERR_LOGIN, NULL, "the password comes first");
	struct actor half = *c->actor;
	/* Codes have a budget of their own: who knows the password has already passed the other. */
	struct proving p = {.account = half.account_id, .code = str_trim(in->one_time_code)};
	p.attempt = attempt_of(c->app, c->a, str_fmt(c->a, "factor %lld", (long long)half.account_id.v), c->req->addr, STR_NONE);
	struct env e = env_new(c->app, c->a, half.city, c->actor);
	struct entering n = {.c = c, .city = half.city, .account = half.account_id, .past_factor = true, .attempt = &p.attempt};
	TRY(env_write(&e, begin_proof, &p));
	TRY(env_write(&e, prove, &p));
	if (!p.ok) {
		TRY(audit(&e, c, "login_failed", str_fmt(c->a, "account %lld", (long long)half.account_id.v)));
		return err_on_field(c->a, "one_time_code", "factor_wrong", "not the code of now");
	}
	TRY(account_enter(&n));
	if (n.is_late)
		return ERR(c->a, ERR_LOGIN, "account_locked", "%s", "");
	account_put_actor(c, c->doc, c->actor);
	doc_bool(c->doc, "must_change_password", n.w.must_change);
	if (c->face == FACE_HTML)
		c->location = n.w.must_change ? STR("/me#password") : account_local_path(in->next);
	return NULL;
}

/* ---- logging out ---------------------------------------------------------------------- */

static const struct err *close_session(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct actor *w = ctx;
	return db_exec(tx, &account_session_end, ARGS(ARG(e->city), ARG(w->session_id), ARG(w->account_id)), NULL);
}

const struct err *account_post_logout(struct call *c)
{
	struct actor w = *c->actor;
	struct shared_phone phone;
	int64_t city;
	bool is_shared;
	if (w.session_id.v) {
		TRY(env_write(&c->env, close_session, &w));
		TRY(audit(&c->env, c, "logout", str_fmt(c->a, "account %lld", (long long)w.account_id.v)));
	}
	call_cookie(c, "chabaocu_session", STR(""), 0);
	/* Photos that were begun, and what waits for a leader, are the former user's. */
	call_cookie(c, "upload_secret", STR(""), 0);
	call_cookie(c, "chabaocu_join", STR(""), 0);
	TRY(account_phone(c, &city, &phone, &is_shared));
	if (c->face == FACE_HTML)
		c->location = is_shared ? STR("/switch") : STR("/login");
	return NULL;
}
