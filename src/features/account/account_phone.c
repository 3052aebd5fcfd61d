/* A phone that a team shares: who uses it is chosen by name and PIN, rests for minutes only, and leaves nothing for the next. */
#include "account_keep.h"

#include "account_sql.h"
#include "event.h"
#include "org.h"
#include "parts.h"

enum { COOKIE_AGE_S = 400 * 86400 };

const struct shape switch_query_shape[] = {SHAPE(struct switch_input, who, 24), SHAPE_END};
const struct shape switch_input_shape[] = {
	SHAPE_IN(struct switch_input, who, 24, SHAPE_REQUIRED), SHAPE_IN(struct switch_input, password, ACCOUNT_PASSWORD_MAX, SHAPE_REQUIRED | SHAPE_SECRET), SHAPE_END};
const struct shape listed_input_shape[] = {SHAPE(struct listed_input, listed, 0), SHAPE_END};
static const struct doc_part name_parts[] = {DOC_NAME("name"), DOC_NAME("href"), DOC_END};
const struct doc_part switch_parts[] = {
	DOC_NAME("phone_name"), DOC_NAME("who"), DOC_NAME("name"), DOC_NAME("has_names"), DOC_ROWS("names", name_parts), DOC_ROWS("fields", field_parts), DOC_END};

/* ---- which phone --------------------------------------------------------------------------- */

struct looked {
	int64_t city;
	unsigned char hash[32];
	struct shared_phone phone;
	bool found;
};

static const struct err *look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looked *l = ctx;
	return db_find(tx, &account_phone_find, ARGS(ARG(e->city), arg_blob((struct str){(const char *)l->hash, 32})), shared_phone_row, &l->phone, &l->found);
}

const struct err *account_phone(struct call *c, int64_t *city, struct shared_phone *out, bool *found)
{
	struct looked l = {0};
	*found = false;
	if (!secret_read(pairs_get(&c->req->cookies, "chabaocu_phone"), &l.city, l.hash))
		return NULL;
	struct env e = env_system(c->app, c->a, l.city);
	TRY(env_read(&e, look, &l));
	*city = l.city;
	*out = l.phone;
	*found = l.found;
	return NULL;
}

struct sharing {
	struct unit *unit;
	struct secret secret;
	struct str name;
	struct id id;
};

static const struct err *share(struct db_tx *tx, struct env *e, void *ctx)
{
	struct sharing *s = ctx;
	s->id = env_id(e);
	TRY(db_exec(tx, &account_phone_insert,
		    ARGS(ARG(e->city), ARG(s->id), ARG(s->unit->id), ARG(s->name), arg_blob((struct str){(const char *)s->secret.hash, 32}), ARG(e->now)), NULL));
	/* Who made it goes out: the phone is handed round. */
	TRY(db_exec(tx, &account_session_end, ARGS(ARG(e->city), ARG(e->actor->session_id), ARG(e->actor->account_id)), NULL));
	struct event ev = {.object_kind = "shared_phone", .object_id = s->id, .act = "make", .unit_id = s->unit->id};
	event_text(&ev, "name", s->name);
	return event_append(tx, e, &ev);
}

const struct err *account_post_phone(struct call *c)
{
	const struct phone_input *in = c->input;
	struct sharing s = {.unit = c->target.object, .name = str_trim(in->name), .secret = secret_new(c->app, c->a, c->city)};
	if (!c->actor->session_id.v)
		return ERR(c->a, ERR_DENIED, "needs_session", "not with a token");
	TRY(env_write(&c->env, share, &s));
	call_cookie(c, "chabaocu_phone", s.secret.text, COOKIE_AGE_S);
	call_cookie(c, "chabaocu_session", STR(""), 0);
	doc_id(c->doc, "id", s.id);
	call_done(c, 201, STR("/switch"));
	return NULL;
}

static const struct err *read_phone(struct db_tx *tx, struct call *c, struct id id, struct shared_phone *out)
{
	return db_one(tx, &account_phone_by_id, ARGS(ARG(c->city), ARG(id)), shared_phone_row, out);
}

const struct err *account_locate_phone(struct db_tx *tx, struct call *c, struct target *t)
{
	struct shared_phone p;
	struct unit u;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(read_phone(tx, c, t->id, &p));
	TRY(org_unit(tx, c->city, p.unit_id, &u));
	t->unit_id = u.id;
	t->unit_path = u.path;
	return NULL;
}

static const struct err *end_phone(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct id *id = ctx;
	int64_t changed;
	TRY(db_exec(tx, &account_phone_end, ARGS(ARG(e->city), ARG(*id), ARG(e->now)), &changed));
	struct event ev = {.object_kind = "shared_phone", .object_id = *id, .act = "end"};
	return changed ? event_append(tx, e, &ev) : NULL;
}

const struct err *account_post_phone_end(struct call *c)
{
	TRY(env_write(&c->env, end_phone, &c->target.id));
	if (c->face == FACE_HTML)
		call_done(c, 200, str_fmt(c->a, "/units/%lld/access", (long long)c->target.unit_id.v));
	return NULL;
}

/* ---- who is next ---------------------------------------------------------------------------- */

struct name_line { struct id id; struct str name; };
static const struct shape name_row[] = {SHAPE(struct name_line, id, 0), SHAPE(struct name_line, name, 0), SHAPE_END};

struct switching {
	struct shared_phone phone;
	struct name_line *v;
	size_t n;
	struct account w;
	struct person p;
	struct id who;
	struct attempt attempt;
	struct str fresh;
};

static const struct err *read_names(struct db_tx *tx, struct env *e, void *ctx)
{
	struct switching *s = ctx;
	void *rows;
	TRY(db_all(tx, &account_phone_users, ARGS(ARG(e->city), ARG(s->phone.id)), name_row, sizeof(struct name_line), &rows, &s->n));
	s->v = rows;
	return NULL;
}

static const struct name_line *chosen(const struct switching *s, struct str who)
{
	struct id id;
	for (size_t i = 0; str_i64(who, 1, INT64_MAX, &id.v) && i < s->n; i++)
		if (s->v[i].id.v == id.v)
			return &s->v[i];
	return NULL;
}

static const struct err *read_switch(struct call *c, int64_t *city, struct switching *s, bool *found)
{
	TRY(account_phone(c, city, &s->phone, found));
	if (!*found)
		return NULL;
	struct env e = env_system(c->app, c->a, *city);
	return env_read(&e, read_names, s);
}

static void put_names(struct call *c, const struct switching *s, const struct name_line *one)
{
	json_t *names = doc_sublist(c->doc, "names"), *fields = doc_sublist(c->page, "fields");
	struct field pin = {.name = "password", .kind = "password", .label = "account_pin", .required = true, .autocomplete = "off"};
	for (size_t i = 0; i < s->n && !one; i++) {
		json_t *j = doc_append(names);
		doc_str(j, "name", s->v[i].name);
		doc_str(j, "href", str_fmt(c->a, "/switch?who=%lld", (long long)s->v[i].id.v));
	}
	if (one)
		call_field(c, fields, NULL, &pin);
	doc_bool(c->page, "has_names", s->n > 0 && !one);
	doc_str(c->page, "who", one ? str_fmt(c->a, "%lld", (long long)one->id.v) : STR(""));
	doc_str(c->page, "name", one ? one->name : STR(""));
	doc_str(c->doc, "phone_name", s->phone.name);
}

const struct err *account_get_switch(struct call *c)
{
	struct switching s = {0};
	int64_t city;
	bool found, posted = c->req->method == WEB_POST;
	TRY(read_switch(c, &city, &s, &found));
	if (!found || (actor_is_in(c->actor) && !posted)) {
		c->location = found ? STR("/") : STR("/login");
		return NULL;
	}
	put_names(c, &s, chosen(&s, pairs_get(posted ? &c->req->form : &c->req->query, "who")));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_switch_title"));
	return NULL;
}

static const struct err *begin(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_begin(tx, e, &((struct switching *)ctx)->attempt);
}

static const struct err *read_chosen(struct db_tx *tx, struct env *e, void *ctx)
{
	struct switching *s = ctx;
	TRY(account_read(tx, e->city, s->who, &s->w));
	return account_person(tx, e->city, s->w.person_id, &s->p);
}

/* The same words whatever was wrong; in the trail as at the door. */
static const struct err *refuse(struct call *c, struct env *e, struct id account)
{
	struct audit au = {.what = "login_failed", .object = str_fmt(c->a, "account %lld", (long long)account.v), .addr = c->req->addr,
			   .detail = STR("shared phone")};
	TRY(audit_write(e, &au));
	return err_on_field(c->a, "password", "pin_wrong", "not the PIN");
}

const struct err *account_post_switch(struct call *c)
{
	const struct switch_input *in = c->input;
	struct switching s = {0};
	int64_t city;
	bool found, ok, stale;
	TRY(read_switch(c, &city, &s, &found));
	const struct name_line *one = found ? chosen(&s, in->who) : NULL;
	if (!one)
		return ERR(c->a, ERR_LOGIN, NULL, "not a name of this phone");
	struct env e = env_new(c->app, c->a, city, c->actor);
	s.who = one->id;
	TRY(env_read(&e, read_chosen, &s));
	s.attempt = attempt_at(c, s.w.login);
	TRY(env_write(&e, begin, &s));
	TRY(account_verify(c->app, c->a, s.w.password, in->password, &ok, &stale));
	if (!ok || s.p.has_left || s.w.is_locked || s.w.must_change)
		return refuse(c, &e, s.w.id);
	struct entering n = {.c = c, .city = city, .account = s.w.id, .version = s.w.version, .attempt = &s.attempt, .phone = s.phone.id};
	TRY(account_enter(&n));
	if (n.is_late)
		return refuse(c, &e, s.w.id);
	if (c->face == FACE_HTML)
		c->location = n.is_half ? STR("/login/factor") : STR("/");
	return NULL;
}

/* ---- wanting to be listed --------------------------------------------------------------------- */

struct listing {
	struct id phone;
	bool listed;
};

static const struct err *list_me(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct listing *l = ctx;
	return db_exec(tx, l->listed ? &account_phone_user_add : &account_phone_user_remove, ARGS(ARG(e->city), ARG(l->phone), ARG(e->actor->account_id)), NULL);
}

const struct err *account_post_listed(struct call *c)
{
	const struct listed_input *in = c->input;
	struct shared_phone phone;
	int64_t city;
	bool found;
	TRY(account_phone(c, &city, &phone, &found));
	if (!found || city != c->city)
		return ERR(c->a, ERR_CONFLICT, "not_shared", "this is no shared phone");
	struct listing l = {phone.id, in->listed};
	TRY(env_write(&c->env, list_me, &l));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me"));
	return NULL;
}
