/* Setting up one's second factor, new codes for who loses it, and giving it up. */
#include "account_model.h"

#include "account_sql.h"
#include "event.h"
#include "parts.h"
#include "qr.h"
#include "setting.h"

#include <sodium.h>

enum { RECOVERY_BYTES = 6, RECOVERY_HALF = 5 };

const struct shape factor_off_shape[] = {SHAPE_IN(struct factor_input, one_time_code, 40, SHAPE_REQUIRED | SHAPE_SECRET), SHAPE_END};
static const struct doc_part code_parts[] = {DOC_NAME("code"), DOC_END};
const struct doc_part factor_parts[] = {
	DOC_NAME("has_factor"), DOC_NAME("since"), DOC_NAME("is_pending"), DOC_NAME("is_obligatory"), DOC_NAME("may_give_up"), DOC_NAME("secret"), DOC_NAME("uri"),
	DOC_NAME("qr_path"), DOC_NAME("qr_side"), DOC_NAME("codes_left"), DOC_NAME("has_codes"), DOC_ROWS("codes", code_parts),
	DOC_ROWS("fields", field_parts), DOC_END};

struct look {
	struct factor f;
	bool found;
	int64_t left;
};

static const struct err *read_factor(struct db_tx *tx, struct env *e, void *ctx)
{
	struct look *l = ctx;
	TRY(factor_of(tx, e->city, e->actor->account_id, &l->f, &l->found));
	return db_i64(tx, &account_recovery_left, ARGS(ARG(e->city), ARG(e->actor->account_id)), 0, &l->left);
}

static bool is_obligatory(struct call *c)
{
	uint32_t roles = account_roles(c->actor->duties, c->actor->n_duties);
	return (roles & R_ADMINS) && setting_bool(c->app, c->city, "account.factor_for_administrators");
}

/* What the program on the phone takes in: shown until the first code proves that it has it. */
static const struct err *put_secret(struct call *c, const struct factor *f)
{
	unsigned char secret[TOTP_SECRET];
	struct qr qr;
	TRY(factor_unseal(&c->env, c->actor->account_id, f->secret, secret));
	struct str shown = totp_base32(c->a, secret, sizeof(secret));
	struct sb plain = sb_new(c->a, 64);
	sodium_memzero(secret, sizeof(secret));
	for (size_t i = 0; i < shown.n; i++)
		if (shown.p[i] != ' ')
			sb_addc(&plain, shown.p[i]);
	struct str uri = str_fmt(c->a, "otpauth://totp/Chabaocu:%.*s?secret=%.*s&issuer=Chabaocu", STR_ARG(url_encode(c->a, c->actor->login)),
				 STR_ARG(sb_str(&plain)));
	TRY(qr_draw(c->a, uri, &qr));
	doc_str(c->doc, "secret", shown);
	doc_str(c->doc, "uri", uri);
	doc_str(c->page, "qr_path", qr.path);
	doc_i64(c->page, "qr_side", qr.side);
	return NULL;
}

const struct err *account_get_factor(struct call *c)
{
	struct look l = {0};
	TRY(call_read(c, read_factor, &l));
	bool has = l.found && l.f.confirmed_at.ms, pending = l.found && !has;
	struct field code = {.name = "one_time_code", .kind = "text", .label = "f_one_time_code", .hint = has ? "account_factor_hint" : NULL, .required = true, .max = 40,
			     .autocomplete = "one-time-code"};
	doc_bool(c->doc, "has_factor", has);
	doc_bool(c->doc, "is_pending", pending);
	doc_bool(c->doc, "is_obligatory", is_obligatory(c));
	doc_i64(c->doc, "codes_left", l.left);
	doc_bool(c->page, "may_give_up", has && !is_obligatory(c));
	call_field(c, doc_sublist(c->page, "fields"), NULL, &code);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_factor_title"));
	return pending ? put_secret(c, &l.f) : NULL;
}

/* Further ways in are made and given up in a session only. */
static const struct err *needs_session(struct call *c)
{
	return c->actor->session_id.v ? NULL : ERR(c->a, ERR_DENIED, "needs_session", "not with a token");
}

struct making {
	struct str sealed;
};

static const struct err *put_factor(struct db_tx *tx, struct env *e, void *ctx)
{
	int64_t changed;
	TRY(db_exec(tx, &account_factor_put,
		    ARGS(ARG(e->city), ARG(e->actor->account_id), arg_blob(((struct making *)ctx)->sealed), ARG(e->now)), &changed));
	return changed ? NULL : ERR(db_arena(tx), ERR_CONFLICT, "factor_exists", "there is a second factor already");
}

const struct err *account_post_factor_new(struct call *c)
{
	unsigned char secret[TOTP_SECRET];
	struct making m;
	TRY(needs_session(c));
	app_random(c->app, secret, sizeof(secret));
	m.sealed = factor_seal(&c->env, c->actor->account_id, secret);
	sodium_memzero(secret, sizeof(secret));
	TRY(env_write(&c->env, put_factor, &m));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me/factor"));
	else
		TRY(account_get_factor(c));
	return NULL;
}

/* ---- with a code ---------------------------------------------------------------------- */

struct confirming {
	struct attempt attempt;
	struct str code, codes[RECOVERY_CODES];
	bool ok, confirm, off;
};

static const struct err *begin(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_begin(tx, e, &((struct confirming *)ctx)->attempt);
}

static const struct err *put_codes(struct db_tx *tx, struct env *e, struct confirming *k)
{
	struct id account = e->actor->account_id;
	TRY(db_exec(tx, &account_recovery_remove, ARGS(ARG(e->city), ARG(account)), NULL));
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		TRY(db_exec(tx, &account_recovery_put, ARGS(ARG(e->city), ARG(account), arg_blob(recovery_hash(e, account, k->codes[i]))), NULL));
	struct event ev = {.object_kind = "account", .object_id = account, .act = k->confirm ? "add_factor" : "new_recovery_codes"};
	return event_append(tx, e, &ev);
}

static const struct err *apply(struct db_tx *tx, struct env *e, void *ctx)
{
	struct confirming *k = ctx;
	struct id account = e->actor->account_id;
	int64_t changed = 0;
	TRY(factor_use(tx, e, account, k->code, &k->ok));
	if (!k->ok)
		return NULL;
	TRY(attempt_succeeded(tx, e, &k->attempt));
	if (k->off)
		return factor_remove(tx, e, account, STR(""));
	if (k->confirm) {
		TRY(db_exec(tx, &account_factor_confirm, ARGS(ARG(e->city), ARG(account), ARG(e->now)), &changed));
		if (!changed)
			return ERR(db_arena(tx), ERR_CONFLICT, "factor_exists", "there is a second factor already");
		/* What was opened before knew one factor only. */
		TRY(db_exec(tx, &account_session_end_others, ARGS(ARG(e->city), ARG(account), ARG(e->actor->session_id)), NULL));
	}
	return put_codes(tx, e, k);
}

static void draw_codes(struct call *c, struct confirming *k)
{
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		unsigned char raw[RECOVERY_BYTES + 2];
		app_random(c->app, raw, sizeof(raw));
		struct str all = str_b32(c->a, raw, sizeof(raw));
		k->codes[i] = str_fmt(c->a, "%.*s-%.*s", RECOVERY_HALF, all.p, RECOVERY_HALF, all.p + RECOVERY_HALF);
	}
}

static const struct err *with_code(struct call *c, struct confirming *k)
{
	const struct factor_input *in = c->input;
	TRY(needs_session(c));
	k->code = str_trim(in->one_time_code);
	k->attempt = attempt_of(c->app, c->a, str_fmt(c->a, "factor %lld", (long long)c->actor->account_id.v), c->req->addr, STR_NONE);
	draw_codes(c, k);
	TRY(env_write(&c->env, begin, k));
	TRY(env_write(&c->env, apply, k));
	return k->ok ? NULL : err_on_field(c->a, "one_time_code", "factor_wrong", "not the code of now");
}

/* A session of more than before has another secret. */
static const struct err *renew(struct call *c)
{
	struct entering n = {.c = c, .city = c->city, .account = c->actor->account_id, .past_factor = true};
	TRY(account_enter(&n));
	return n.is_late ? ERR(c->a, ERR_LOGIN, "account_locked", "%s", "") : NULL;
}

/* Drawn at once instead of sending the browser on: the codes are shown this one time. */
static const struct err *show_codes(struct call *c, const struct confirming *k)
{
	TRY(account_get_factor(c));
	json_t *list = doc_sublist(c->doc, "codes");
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		doc_str(doc_append(list), "code", k->codes[i]);
	doc_bool(c->page, "has_codes", true);
	c->status = 201;
	return NULL;
}

const struct err *account_post_factor_confirm(struct call *c)
{
	struct confirming k = {.confirm = true};
	TRY(with_code(c, &k));
	TRY(renew(c));
	return show_codes(c, &k);
}

const struct err *account_post_factor_codes(struct call *c)
{
	struct confirming k = {0};
	TRY(with_code(c, &k));
	return show_codes(c, &k);
}

const struct err *account_post_factor_off(struct call *c)
{
	struct confirming k = {.off = true};
	if (is_obligatory(c))
		return ERR(c->a, ERR_DENIED, "factor_obligatory", "administrators keep their second factor");
	TRY(with_code(c, &k));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me/factor"));
	return NULL;
}
