/* What a stranger with a phone sees: the poster's address, the form, and waiting for the leader. Nothing here tells who is in the team. */
#include "join.h"

#include "join_sql.h"
#include "parts.h"
#include "setting.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { COOKIE_AGE_S = 8 * 86400, DAY_MS = 24 * 3600 * 1000, SECRET_CHARS = 22, DAY_MINUTES = 24 * 60 };

const struct shape join_code_query[] = {SHAPE(struct join_code_input, code, 40), SHAPE_END};
const struct shape join_apply_shape[] = {
	SHAPE_IN(struct join_apply_input, name, ACCOUNT_NAME_MAX, SHAPE_REQUIRED),
	SHAPE(struct join_apply_input, phone, JOIN_PHONE_MAX),
	SHAPE(struct join_apply_input, staff_number, JOIN_NUMBER_MAX),
	SHAPE_IN(struct join_apply_input, pin, 20, SHAPE_REQUIRED | SHAPE_SECRET),
	SHAPE_IN(struct join_apply_input, again, 20, SHAPE_REQUIRED | SHAPE_SECRET),
	SHAPE_END,
};
const struct doc_part join_find_parts[] = {DOC_NAME("is_unknown"), DOC_NAME("code"), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part join_apply_parts[] = {
	DOC_NAME("unit_name"), DOC_NAME("employer_name"), DOC_NAME("apply_href"), DOC_NAME("login_href"), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part join_wait_parts[] = {
	DOC_NAME("state"), DOC_NAME("name"), DOC_NAME("unit_name"), DOC_NAME("reason"), DOC_NAME("is_waiting"), DOC_NAME("is_refused"), DOC_NAME("is_over"),
	DOC_END};

static void title(struct call *c, const char *key)
{
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, key));
}

/* ---- the code by hand -------------------------------------------------------------------- */

const struct err *join_get_find(struct call *c)
{
	const struct join_code_input *in = c->input;
	struct str code = in ? str_trim(in->code) : STR("");
	if (code.n) {
		c->location = str_fmt(c->a, "/j/%.*s", STR_ARG(url_encode(c->a, code)));
		return NULL;
	}
	struct field f = {.name = "code", .kind = "text", .label = "join_code", .hint = "join_code_hint", .required = true, .max = 12, .autocomplete = "off"};
	call_field(c, doc_sublist(c->page, "fields"), NULL, &f);
	title(c, "join_find_title");
	return NULL;
}

/* ---- the form ---------------------------------------------------------------------------- */

struct opened {
	struct call *c;
	struct join_code code;
	struct unit unit, employer;
	int64_t city;
	bool found, is_first;
	struct str bucket;
};

static const struct err *read_code(struct db_tx *tx, struct env *e, void *ctx)
{
	struct opened *o = ctx;
	(void)e;
	TRY(join_code_named(tx, o->c->a, call_arg(o->c, "code"), &o->city, &o->code, &o->found));
	if (!o->found)
		return NULL;
	TRY(org_unit(tx, o->city, o->code.unit_id, &o->unit));
	if (o->unit.is_closed)
		o->found = false;
	return org_unit(tx, o->city, o->unit.enterprise_id, &o->employer);
}

static const struct err *count_unknown(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_spend(tx, e, ((struct opened *)ctx)->bucket, 60, setting_i64(e->app, e->city, "join.unknown_per_hour"));
}

/* Codes are not found by trying: an address may be wrong a few times an hour. */
static const struct err *open_code(struct call *c, struct opened *o)
{
	o->c = c;
	TRY(call_read(c, read_code, o));
	if (o->found)
		return NULL;
	o->bucket = attempt_bucket(c->app, c->a, "joinunknown", c->req->addr);
	TRY(env_write(&c->env, count_unknown, o));
	return ERR(c->a, ERR_MISSING, "join_unknown", "no such code");
}

static void put_fields(struct call *c)
{
	json_t *fields = doc_sublist(c->page, "fields");
	const struct field rows[] = {
		{.name = "name", .kind = "text", .label = "join_name", .required = true, .max = ACCOUNT_NAME_MAX, .autocomplete = "name"},
		{.name = "phone", .kind = "text", .label = "join_phone", .hint = "join_phone_hint", .max = JOIN_PHONE_MAX, .autocomplete = "tel"},
		{.name = "staff_number", .kind = "text", .label = "join_number", .hint = "join_number_hint", .max = JOIN_NUMBER_MAX, .autocomplete = "off"},
		{.name = "pin", .kind = "password", .label = "join_pin", .hint = "join_pin_hint", .required = true, .autocomplete = "new-password"},
		{.name = "again", .kind = "password", .label = "join_pin_again", .required = true, .autocomplete = "new-password"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		call_field(c, fields, NULL, &rows[i]);
}

static const struct err *scanned(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct opened *o = ctx;
	return db_exec(tx, &join_code_scanned, ARGS(ARG(e->city), ARG(o->code.id)), NULL);
}

/* A browser that comes back is no further scan. */
static const struct err *remember_team(struct call *c, struct opened *o)
{
	struct team_hint now, team = {.city = o->city, .enterprise_id = o->unit.enterprise_id, .unit_id = o->unit.id};
	struct env e = env_system(c->app, c->a, o->city);
	bool seen = account_team_hint(c, &now) && now.unit_id.v == team.unit_id.v;
	account_team_hint_keep(c, &team);
	return seen || c->req->method != WEB_GET || db_writes_wait(app_db(c->app)) ? NULL : env_write(&e, scanned, o);
}

const struct err *join_get_apply(struct call *c)
{
	struct opened o = {0};
	TRY(open_code(c, &o));
	TRY(remember_team(c, &o));
	doc_str(c->doc, "unit_name", o.unit.name);
	doc_str(c->doc, "employer_name", o.employer.id.v == o.unit.id.v ? STR("") : o.employer.name);
	doc_str(c->page, "apply_href", str_fmt(c->a, "/j/%.*s", STR_ARG(o.code.code)));
	put_fields(c);
	title(c, "join_title");
	return NULL;
}

/* ---- sending it -------------------------------------------------------------------------- */

struct applying {
	struct opened o;
	struct join_request r;
	unsigned char hash[32];
	struct str by_addr, by_code;
};

static const struct err *spend(struct db_tx *tx, struct env *e, void *ctx)
{
	struct applying *k = ctx;
	TRY(attempt_spend(tx, e, k->by_addr, 60, setting_i64(e->app, e->city, "join.per_address_hour")));
	return attempt_spend(tx, e, k->by_code, DAY_MINUTES, setting_i64(e->app, e->city, "join.per_code_day"));
}

static const struct err *put_request(struct db_tx *tx, struct env *e, void *ctx)
{
	struct applying *k = ctx;
	return join_apply(tx, e, k->hash, &k->r);
}

static struct str new_secret(struct call *c, int64_t city, unsigned char hash[32])
{
	unsigned char raw[16];
	call_code16(c, "join", raw);
	struct str text = str_fmt(c->a, "%" PRId64 ".%.*s", city, STR_ARG(str_b64url(c->a, raw, sizeof(raw))));
	crypto_hash_sha256(hash, (const unsigned char *)text.p, text.n);
	return text;
}

static const struct err *check(struct call *c, struct applying *k)
{
	const struct join_apply_input *in = c->input;
	k->r = (struct join_request){.unit_id = k->o.unit.id, .name = in->name, .phone = in->phone, .staff_number = in->staff_number};
	TRY(join_check(c->a, &k->r));
	TRY(account_pin_check(c->a, in->pin, k->r.phone, k->r.staff_number, "pin"));
	return str_eq(in->pin, in->again) ? NULL : err_on_field(c->a, "again", "password_differs", "not the same twice");
}

const struct err *join_post_apply(struct call *c)
{
	const struct join_apply_input *in = c->input;
	struct applying k = {0};
	struct outcome out;
	TRY(open_code(c, &k.o));
	TRY(check(c, &k));
	struct env e = env_new(c->app, c->a, k.o.city, c->actor);
	k.by_addr = attempt_bucket(c->app, c->a, "joinaddr", c->req->addr);
	k.by_code = attempt_bucket(c->app, c->a, "joincode", k.o.code.code);
	TRY(env_write(&e, spend, &k));
	TRY(account_hash(c->app, c->a, in->pin, false, &k.r.pin));
	k.r.ends_at = INSTANT(e.now.ms + setting_i64(c->app, k.o.city, "join.days") * DAY_MS);
	struct str secret = new_secret(c, k.o.city, k.hash);
	c->env = e;
	TRY(call_write(c, put_request, &k, &out));
	call_cookie(c, "chabaocu_join", secret, COOKIE_AGE_S);
	doc_z(c->doc, "state", "waiting");
	call_done(c, 201, STR("/joining"));
	return NULL;
}

/* ---- waiting ------------------------------------------------------------------------------- */

struct waiting {
	unsigned char hash[32];
	int64_t city;
	struct join_request r;
	struct unit unit;
	bool found, entered;
};

static const struct err *read_mine(struct db_tx *tx, struct env *e, void *ctx)
{
	struct waiting *w = ctx;
	TRY(join_mine(tx, e, w->hash, &w->r, &w->found));
	return w->found ? org_unit(tx, e->city, w->r.unit_id, &w->unit) : NULL;
}

static const struct err *take_entry(struct db_tx *tx, struct env *e, void *ctx)
{
	struct waiting *w = ctx;
	return join_enter(tx, e, w->r.id, &w->entered);
}

static const struct err *find_mine(struct call *c, struct waiting *w)
{
	struct str sent = pairs_get(&c->req->cookies, "chabaocu_join"), rest = sent, code = str_cut(&rest, '.');
	if (!str_i64(code, 1, INT32_MAX, &w->city) || rest.n != SECRET_CHARS)
		return NULL;
	crypto_hash_sha256(w->hash, (const unsigned char *)sent.p, sent.n);
	struct env e = env_system(c->app, c->a, w->city);
	return env_read(&e, read_mine, w);
}

/* The phone that applied is in, once, and with the PIN it chose alone: what lies in its history later opens nothing, and neither does it
 * once the account has another PIN. */
static const struct err *let_in(struct call *c, struct waiting *w)
{
	struct env e = env_system(c->app, c->a, w->city);
	bool in = false;
	TRY(env_write(&e, take_entry, w));
	if (w->entered)
		TRY(account_let_in(c, w->city, w->r.account_id, w->r.account_version, &in));
	call_cookie(c, "chabaocu_join", STR(""), 0);
	c->location = in || actor_is_in(c->actor) ? STR("/") : STR("/login");
	return NULL;
}

const struct err *join_get_wait(struct call *c)
{
	struct waiting w = {0};
	TRY(find_mine(c, &w));
	const char *state = w.found ? codes_word(&join_states, w.r.state) : "over";
	if (c->face == FACE_HTML && w.found && (w.r.state == JOIN_CONFIRMED || w.r.state == JOIN_ENTERED))
		return let_in(c, &w);
	doc_z(c->doc, "state", state);
	doc_str(c->doc, "name", w.r.name);
	doc_str(c->doc, "unit_name", w.unit.name);
	doc_str(c->doc, "reason", w.r.reason);
	doc_bool(c->page, "is_waiting", w.r.state == JOIN_WAITING);
	doc_bool(c->page, "is_refused", w.r.state == JOIN_REFUSED);
	doc_bool(c->page, "is_over", !w.found);
	title(c, "join_wait_title");
	return NULL;
}
