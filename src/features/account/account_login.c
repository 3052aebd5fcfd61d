/* Logging in and out. */
#include "account_model.h"

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
const struct doc_part login_parts[] = {DOC_NAME("next"), DOC_ROWS("fields", field_parts), DOC_END};

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
	if (actor_is_in(c->actor) && !posted) {
		c->location = STR("/");
		return NULL;
	}
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
	struct str login;
	int64_t city;
	bool found;
	struct account w;
	struct person p;
	struct duty *duties;
	size_t n_duties;
	struct str fresh_hash; /* "" when the old one is as good */
	struct secret secret;
	struct session_ends ends;
	struct id session;
	bool is_late; /* the account is not the one any more whose password was checked */
};

static const struct err *begin(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_begin(tx, e, &((struct logging_in *)ctx)->attempt);
}

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct logging_in *l = ctx;
	TRY(account_find(tx, l->login, &l->city, &l->w, &l->found));
	if (!l->found)
		return NULL;
	TRY(account_person(tx, l->city, l->w.person_id, &l->p));
	return account_read_duties(tx, l->city, l->p.id, instant_day(e->now), &l->duties, &l->n_duties);
}

static const struct err *open_session(struct db_tx *tx, struct env *e, void *ctx)
{
	struct logging_in *l = ctx;
	const struct actor *before = l->c->actor;
	struct account now;
	/* Checking takes a while: a password reset or an account locked meanwhile counts. */
	TRY(account_read(tx, e->city, l->w.id, &now));
	l->is_late = now.version != l->w.version || now.is_locked;
	if (l->is_late)
		return NULL;
	l->session = env_id(e);
	TRY(attempt_succeeded(tx, e, &l->attempt));
	if (l->fresh_hash.n)
		TRY(db_exec(tx, &account_rehash, ARGS(ARG(e->city), ARG(l->w.id), ARG(l->w.password), ARG(l->fresh_hash)), NULL));
	/* Whoever logs in again leaves no second way in behind. */
	if (before->session_id.v && before->city == e->city)
		TRY(db_exec(tx, &account_session_end, ARGS(ARG(e->city), ARG(before->session_id), ARG(before->account_id)), NULL));
	return db_exec(tx, &account_session_insert,
		       ARGS(ARG(e->city), ARG(l->session), ARG(l->w.id), arg_blob((struct str){(const char *)l->secret.hash, 32}),
			    ARG(e->now), ARG(e->now), arg_i64(e->now.ms + l->ends.absolute_ms), ARG(l->c->req->addr)),
		       NULL);
}

static const struct err *audit(struct env *e, const struct call *c, const char *what, struct str object)
{
	struct audit au = {.what = what, .object = object, .addr = c->req->addr};
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

static const struct err *verify(struct logging_in *l)
{
	struct call *c = l->c;
	const struct login_input *in = c->input;
	bool ok, stale;
	TRY(account_verify(c->app, c->a, l->w.password, in->password, &ok, &stale));
	if (!ok || l->p.has_left)
		return refuse(l);
	/* Only who knows the password hears of the lock. */
	if (l->w.is_locked)
		return ERR(c->a, c->face == FACE_HTML ? ERR_INPUT : ERR_LOGIN, "account_locked", "%s", "");
	if (stale)
		TRY(account_hash(c->app, c->a, in->password, false, &l->fresh_hash));
	return NULL;
}

static const struct err *enter(struct logging_in *l)
{
	struct call *c = l->c;
	struct actor *w = ARENA_NEW(c->a, struct actor);
	*w = (struct actor){.person_id = l->p.id, .account_id = l->w.id, .city = l->city, .name = l->p.name, .login = l->w.login,
			    .duties = l->duties, .n_duties = l->n_duties};
	struct env e = env_new(c->app, c->a, l->city, w);
	l->secret = secret_new(c->app, c->a, l->city);
	l->ends = session_ends_of(c->app, l->city, account_roles(l->duties, l->n_duties));
	TRY(env_write(&e, open_session, l));
	if (l->is_late)
		return refuse(l);
	w->session_id = l->session;
	w->csrf = secret_csrf(c->app, c->a, l->secret.text);
	c->actor = w;
	c->city = l->city;
	call_cookie(c, "chabaocu_session", l->secret.text, l->ends.stays ? l->ends.absolute_ms / 1000 : -1);
	return audit(&e, c, "login", str_fmt(c->a, "account %lld", (long long)l->w.id.v));
}

const struct err *account_post_login(struct call *c)
{
	const struct login_input *in = c->input;
	struct logging_in l = {.c = c, .login = str_trim(in->login)};
	l.attempt = attempt_of(c->app, c->a, l.login, c->req->addr);
	TRY(env_write(&c->env, begin, &l));
	TRY(call_read(c, find, &l));
	TRY(verify(&l));
	TRY(enter(&l));
	account_put_actor(c, c->doc, c->actor);
	doc_bool(c->doc, "must_change_password", l.w.must_change);
	if (c->face == FACE_HTML)
		c->location = l.w.must_change ? STR("/me") : account_local_path(in->next);
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
	if (w.session_id.v) {
		TRY(env_write(&c->env, close_session, &w));
		TRY(audit(&c->env, c, "logout", str_fmt(c->a, "account %lld", (long long)w.account_id.v)));
	}
	call_cookie(c, "chabaocu_session", STR(""), 0);
	if (c->face == FACE_HTML)
		c->location = STR("/login");
	return NULL;
}
