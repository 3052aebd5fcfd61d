/* Who is asking: the cookie of a session or the token of a script. */
#include "account_model.h"
#include "account_sql.h"
#include "day.h"
#include "log.h"
#include "setting.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { SECRET_BYTES = 32, TOUCH_MS = 60 * 1000 };

/* ---- secrets ------------------------------------------------------------------ */

static void hash_secret(struct str text, unsigned char hash[32])
{
	crypto_hash_sha256(hash, (const unsigned char *)text.p, text.n);
}

struct secret secret_new(struct app *app, struct arena *a, int64_t city)
{
	unsigned char raw[SECRET_BYTES];
	struct secret s;
	app_random(app, raw, sizeof(raw));
	s.text = str_fmt(a, "%" PRId64 ".%.*s", city, STR_ARG(str_b64url(a, raw, sizeof(raw))));
	hash_secret(s.text, s.hash);
	sodium_memzero(raw, sizeof(raw));
	return s;
}

bool secret_read(struct str text, int64_t *city, unsigned char hash[32])
{
	struct str rest = text, code = str_cut(&rest, '.');
	if (!str_i64(code, 1, INT32_MAX, city) || rest.n != 43)
		return false;
	hash_secret(text, hash);
	return true;
}

struct str secret_csrf(struct app *app, struct arena *a, struct str text)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct str of = str_fmt(a, "csrf|%.*s", STR_ARG(text));
	crypto_auth_hmacsha256(mac, (const unsigned char *)of.p, of.n, app_secret(app));
	return str_b64url(a, mac, 24);
}

/* ---- how long -------------------------------------------------------------------- */

struct session_ends session_ends_of(struct app *app, int64_t city, uint32_t roles, bool is_shared)
{
	enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };
	const int64_t day = 24 * (int64_t)HOUR;
	if (is_shared)
		return (struct session_ends){
			.idle_ms = setting_i64(app, city, "account.idle_minutes_shared") * MINUTE,
			.absolute_ms = setting_i64(app, city, "account.session_hours_desk") * HOUR,
		};
	if (roles & R_ADMINS)
		return (struct session_ends){
			.idle_ms = setting_i64(app, city, "account.idle_minutes_admin") * MINUTE,
			.absolute_ms = setting_i64(app, city, "account.session_hours_admin") * HOUR,
		};
	if (roles == 0 || (roles & ~R_SHOP_FLOOR))
		return (struct session_ends){
			.idle_ms = setting_i64(app, city, "account.idle_minutes_desk") * MINUTE,
			.absolute_ms = setting_i64(app, city, "account.session_hours_desk") * HOUR,
		};
	return (struct session_ends){
		.idle_ms = setting_i64(app, city, "account.idle_days_floor") * day,
		.absolute_ms = setting_i64(app, city, "account.session_days_floor") * day,
		.stays = true,
	};
}

/* ---- identifying ------------------------------------------------------------------ */

static const char *const token_scope_words[] = {"", "read", "write", NULL};
const struct codes token_scopes = {"token_scope", token_scope_words};

struct found {
	struct id session_id, account_id, person_id, phone_id;
	struct str login, name;
	struct instant last_seen_at, ends_at, password_at, factor_at;
	uint32_t scope;
	struct str permissions; /* of a token: those that were chosen; none: all that its person holds */
	bool must_change, is_half;
};
static const struct shape found_row[] = {
	SHAPE(struct found, session_id, 0),
	SHAPE(struct found, account_id, 0),
	SHAPE(struct found, person_id, 0),
	SHAPE(struct found, login, 0),
	SHAPE(struct found, name, 0),
	SHAPE(struct found, last_seen_at, 0),
	SHAPE(struct found, ends_at, 0),
	SHAPE_CODE(struct found, scope, &token_scopes),
	SHAPE(struct found, permissions, 0),
	SHAPE(struct found, must_change, 0),
	SHAPE(struct found, phone_id, 0),
	SHAPE(struct found, password_at, 0),
	SHAPE(struct found, factor_at, 0),
	SHAPE(struct found, is_half, 0),
	SHAPE_END,
};

struct asking {
	struct call *c;
	struct str text;     /* the secret that came */
	bool by_token;
	int64_t city;
	unsigned char hash[32];
	struct instant now;
	bool found;
	struct found f;
	struct duty *duties;
	size_t n_duties;
};

static const struct err *look(struct db_tx *tx, void *ctx)
{
	struct asking *k = ctx;
	const struct sql *q = k->by_token ? &account_token_find : &account_session_find;
	TRY(db_find(tx, q, ARGS(ARG(k->city), arg_blob((struct str){(const char *)k->hash, 32})), found_row, &k->f, &k->found));
	if (!k->found)
		return NULL;
	TRY(account_read_duties(tx, k->city, k->f.person_id, instant_day(k->now), &k->duties, &k->n_duties));
	if (k->f.permissions.n)
		account_token_limit(k->c->app, k->c->a, k->f.permissions, k->duties, k->n_duties);
	return account_read_grants(tx, k->c->app, k->city, k->duties, k->n_duties);
}

static bool has_ended(const struct asking *k)
{
	struct session_ends ends = session_ends_of(k->c->app, k->city, account_roles(k->duties, k->n_duties), k->f.phone_id.v != 0);
	if (k->by_token)
		return k->f.ends_at.ms != 0 && k->now.ms >= k->f.ends_at.ms;
	/* Seen when it is not yet: the clock ran ahead and was set back. Such a session would live as long as it had run ahead. */
	if (k->f.last_seen_at.ms - k->now.ms > CLOCK_AHEAD_MS)
		return true;
	return k->now.ms >= k->f.ends_at.ms || (!k->f.is_half && k->now.ms - k->f.last_seen_at.ms >= ends.idle_ms);
}

static const struct err *touch(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct asking *k = ctx;
	const struct sql *q = k->by_token ? &account_token_touch : &account_session_touch;
	return db_exec(tx, q, ARGS(ARG(e->city), ARG(k->f.session_id), ARG(k->now)), NULL);
}

static void touch_sometimes(struct asking *k)
{
	/* A page must not wait for this while nothing can be written. */
	if (k->now.ms - k->f.last_seen_at.ms < TOUCH_MS || db_writes_wait(app_db(k->c->app)))
		return;
	struct env e = env_system(k->c->app, k->c->a, k->city);
	const struct err *bad = env_write(&e, touch, k);
	/* With a full disk people still read. */
	if (bad && bad->kind != ERR_READONLY)
		log_line(LOG_LEVEL_WARN, "session_touch", "code", bad->code.p, NULL);
}

static struct actor *actor_of(const struct asking *k)
{
	struct arena *a = k->c->a;
	struct actor *w = ARENA_NEW(a, struct actor);
	*w = (struct actor){
		.person_id = k->f.person_id,
		.account_id = k->f.account_id,
		.session_id = k->by_token ? ID(0) : k->f.session_id,
		.city = k->city,
		.name = k->f.name,
		.login = k->f.login,
		.duties = k->duties,
		.n_duties = k->n_duties,
		.by_token = k->by_token,
		.is_limited = k->f.permissions.n > 0,
	};
	if (!k->by_token)
		w->csrf = secret_csrf(k->c->app, a, k->text);
	return w;
}

bool account_is_half(const struct actor *w)
{
	return w->person_id.v == 0 && w->session_id.v != 0;
}

/* With a password that somebody else gave, or that is too old, one can only choose one's own; an administrator without a second
 * factor can only set one up. */
static bool is_allowed_before_change(const struct call *c, bool factor)
{
	static const char *const always[] = {"/me", "/me/password", "/logout", "/login", NULL};
	static const char *const setting_up[] = {"/me/factor", "/me/factor/new", "/me/factor/confirm", NULL};
	const char *const *paths = always;
	for (size_t i = 0; factor && setting_up[i]; i++)
		if (strcmp(c->route->path, setting_up[i]) == 0)
			return true;
	for (size_t i = 0; paths[i]; i++)
		if (strcmp(c->route->path, paths[i]) == 0)
			return true;
	return c->route->perm == &PERM_PUBLIC;
}

static bool is_password_old(const struct asking *k, uint32_t roles)
{
	int64_t days = setting_i64(k->c->app, k->city, "account.password_days");
	if (days == 0 || k->f.password_at.ms == 0 || !account_is_strict(roles) || !account_is_mlps(k->c->app, k->city))
		return false;
	return k->now.ms - k->f.password_at.ms >= days * 24 * 3600 * 1000;
}

static const struct err *admit_half(struct asking *k)
{
	struct actor *w = ARENA_NEW(k->c->a, struct actor);
	*w = (struct actor){.account_id = k->f.account_id, .session_id = k->f.session_id, .city = k->city, .login = k->f.login};
	k->c->actor = w;
	return k->c->route->perm == &PERM_PUBLIC ? NULL : ERR(k->c->a, ERR_LOGIN, "factor_wanted", "the second factor is still to come");
}

/* What everybody may is nobody's permission: of that a limited token learns whose it is, reads what needs no login, and lists that hold to permissions. */
static bool names_permission(const struct call *c, bool reads)
{
	if (c->route->perm == &PERM_PUBLIC)
		return reads;
	return c->route->perm != &PERM_LOGIN || (reads && (c->route->flags & ROUTE_LIMITED));
}

static const struct err *admit(struct asking *k)
{
	struct call *c = k->c;
	uint32_t roles = account_roles(k->duties, k->n_duties);
	bool reads = c->req->method == WEB_GET || c->req->method == WEB_HEAD;
	c->actor = actor_of(k);
	touch_sometimes(k);
	if (k->by_token && k->f.scope == TOKEN_READ && !reads)
		return ERR(c->a, ERR_DENIED, "token_scope", "this token may only read");
	if (c->actor->is_limited && !names_permission(c, reads))
		return ERR(c->a, ERR_DENIED, "token_permissions", "this token has chosen permissions only");
	if (k->by_token && !k->f.must_change)
		return NULL;
	if ((k->f.must_change || is_password_old(k, roles)) && !is_allowed_before_change(c, false))
		return ERR(c->a, ERR_DENIED, k->f.must_change ? "must_change_password" : "password_old", "choose a password of your own first");
	if ((roles & R_ADMINS) && k->f.factor_at.ms == 0 && setting_bool(c->app, k->city, "account.factor_for_administrators") &&
	    !is_allowed_before_change(c, true))
		return ERR(c->a, ERR_DENIED, "factor_to_set_up", "set up the second factor first");
	return NULL;
}

const struct err *account_identify(struct call *c)
{
	struct str head = req_header(c->req, "Authorization");
	struct asking k = {.c = c, .now = app_now(c->app), .by_token = str_has_prefix(head, STR("Bearer "))};
	k.text = k.by_token ? str_trim(str_sub(head, 7, SIZE_MAX)) : pairs_get(&c->req->cookies, "chabaocu_session");
	if (k.text.n == 0 && !k.by_token)
		return NULL;
	if (secret_read(k.text, &k.city, k.hash))
		TRY(db_read(app_db(c->app), c->a, look, &k));
	if (k.found && !has_ended(&k))
		return k.f.is_half ? admit_half(&k) : admit(&k);
	/* An old cookie is nobody; a script that sends a wrong token should hear so. */
	if (k.by_token)
		return ERR(c->a, ERR_LOGIN, "bad_token", "unknown or revoked token");
	return NULL;
}
