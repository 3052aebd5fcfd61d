/* One's own account: duties, sessions, password. */
#include "account_keep.h"

#include "account_sql.h"
#include "event.h"
#include "parts.h"

#include <string.h>

const struct shape password_input_shape[] = {
	SHAPE_IN(struct password_input, password, ACCOUNT_PASSWORD_MAX, SHAPE_REQUIRED | SHAPE_SECRET),
	SHAPE_IN(struct password_input, new_password, ACCOUNT_PASSWORD_MAX, SHAPE_REQUIRED | SHAPE_SECRET),
	SHAPE_IN(struct password_input, again, ACCOUNT_PASSWORD_MAX, SHAPE_SECRET),
	SHAPE_END,
};
const struct shape session_line_row[] = {
	SHAPE(struct session_line, id, 0),
	SHAPE(struct session_line, created_at, 0),
	SHAPE(struct session_line, last_seen_at, 0),
	SHAPE(struct session_line, ends_at, 0),
	SHAPE(struct session_line, addr, 0),
	SHAPE(struct session_line, agent, 0),
	SHAPE(struct session_line, phone_id, 0),
	SHAPE_END,
};

static const struct doc_part person_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("login"), DOC_END};
static const struct doc_part duty_parts[] = {DOC_NAME("role"), DOC_NAME("role_label"), DOC_NAME("unit_id"), DOC_NAME("unit_name"), DOC_END};
static const struct doc_part session_parts[] = {DOC_NAME("is_this"), DOC_NAME("agent_label"), DOC_NAME("is_shared"), DOC_END};
const struct doc_part me_parts[] = {
	DOC_OBJECT("person", person_parts), DOC_ROWS("duties", duty_parts), DOC_ROWS_OF("sessions", session_line_row, session_parts),
	DOC_NAME("csrf"), DOC_NAME("must_change_password"), DOC_NAME("has_others"), DOC_NAME("phone"), DOC_NAME("staff_number"),
	DOC_NAME("has_factor"), DOC_NAME("is_factor_wanted"), DOC_NAME("is_on_shared"), DOC_NAME("phone_name"), DOC_ROWS("fields", field_parts), DOC_END};

void account_put_actor(struct call *c, json_t *doc, const struct actor *w)
{
	json_t *person = doc_sub(doc, "person");
	doc_id(person, "id", w->person_id);
	doc_str(person, "name", w->name);
	doc_str(person, "login", w->login);
	json_t *duties = doc_sublist(doc, "duties");
	for (size_t i = 0; i < w->n_duties; i++) {
		json_t *d = doc_append(duties);
		const char *role = codes_word(&role_codes, w->duties[i].role);
		doc_z(d, "role", role);
		doc_str(d, "role_label", call_duty_label(c, &w->duties[i]));
		doc_id(d, "unit_id", w->duties[i].unit_id);
		doc_str(d, "unit_name", w->duties[i].unit_name);
	}
	doc_str(doc, "csrf", w->csrf);
}

static void put_field(struct call *c, const char *name, const char *label, const char *hint, const char *autocomplete)
{
	json_t *fields = json_object_get(c->page, "fields");
	fields = fields ? fields : doc_sublist(c->page, "fields");
	struct field f = {.name = name, .kind = "password", .label = label, .hint = hint, .required = true};
	call_field(c, fields, NULL, &f);
	doc_z(json_array_get(fields, json_array_size(fields) - 1), "autocomplete", autocomplete);
}

/* ---- my account ------------------------------------------------------------------ */

struct me {
	struct account w;
	struct person p;
	struct factor factor;
	bool has_factor;
	struct session_line *sessions;
	size_t n;
};

static const struct err *read_me(struct db_tx *tx, struct env *e, void *ctx)
{
	struct me *m = ctx;
	void *rows;
	TRY(account_read(tx, e->city, e->actor->account_id, &m->w));
	TRY(db_all(tx, &account_sessions, ARGS(ARG(e->city), ARG(e->actor->account_id), ARG(e->now)), session_line_row,
		   sizeof(struct session_line), &rows, &m->n));
	m->sessions = rows;
	TRY(account_person(tx, e->city, e->actor->person_id, &m->p));
	return factor_of(tx, e->city, e->actor->account_id, &m->factor, &m->has_factor);
}

/* "wechat android" in the reader's words. */
static struct str agent_label(struct call *c, struct str agent)
{
	struct str kind = agent, browser = str_cut(&kind, ' ');
	if (kind.n == 0)
		return STR("");
	struct str on = call_text(c, str_fmt(c->a, "account_agent_%.*s", STR_ARG(kind)).p);
	return str_fmt(c->a, "%.*s · %.*s", STR_ARG(on), STR_ARG(call_text(c, str_fmt(c->a, "account_agent_%.*s", STR_ARG(browser)).p)));
}

const struct err *account_get_me(struct call *c)
{
	struct me m = {0};
	struct doc_style style = call_style(c, STR_NONE);
	TRY(call_read(c, read_me, &m));
	account_put_actor(c, c->doc, c->actor);
	doc_bool(c->doc, "must_change_password", m.w.must_change);
	json_t *list = doc_sublist(c->doc, "sessions");
	for (size_t i = 0; i < m.n; i++) {
		json_t *j = doc_append(list);
		doc_put(j, session_line_row, &m.sessions[i], &style);
		doc_bool(j, "is_this", m.sessions[i].id.v == c->actor->session_id.v);
		doc_str(j, "agent_label", agent_label(c, m.sessions[i].agent));
		doc_bool(j, "is_shared", m.sessions[i].phone_id.v != 0);
	}
	doc_str(c->doc, "phone", m.p.phone);
	doc_str(c->doc, "staff_number", m.p.staff_number);
	doc_bool(c->doc, "has_factor", m.has_factor && m.factor.confirmed_at.ms);
	doc_bool(c->page, "is_factor_wanted", account_is_strict(account_roles(c->actor->duties, c->actor->n_duties)));
	struct shared_phone phone;
	int64_t city;
	bool is_on_shared;
	TRY(account_phone(c, &city, &phone, &is_on_shared));
	doc_bool(c->page, "is_on_shared", is_on_shared && city == c->city);
	doc_str(c->page, "phone_name", is_on_shared ? phone.name : STR(""));
	doc_bool(c->page, "has_others", m.n > 1);
	put_field(c, "password", "account_old_password", NULL, "current-password");
	put_field(c, "new_password", "account_new_password", "account_password_hint", "new-password");
	put_field(c, "again", "account_again", NULL, "new-password");
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_me_title"));
	return NULL;
}

/* ---- password ----------------------------------------------------------------------- */

struct changing {
	struct attempt attempt;
	struct account w;
	struct str hash;
};

static const struct err *begin_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	TRY(attempt_begin(tx, e, &k->attempt));
	return account_read(tx, e->city, e->actor->account_id, &k->w);
}

static const struct err *forget_attempt(struct db_tx *tx, struct env *e, void *ctx)
{
	return attempt_succeeded(tx, e, &((struct changing *)ctx)->attempt);
}

static const struct err *change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	return account_set_password(tx, e, &k->w, k->hash, false, e->actor->session_id);
}

struct self {
	struct person p;
	uint32_t roles;
};

static const struct err *read_self(struct db_tx *tx, struct env *e, void *ctx)
{
	struct self *s = ctx;
	TRY(account_roles_ahead(tx, e, e->actor->person_id, &s->roles));
	return account_person(tx, e->city, e->actor->person_id, &s->p);
}

static const struct err *check_new(struct call *c, struct str password)
{
	struct self s;
	TRY(call_read(c, read_self, &s));
	struct password_owner who = {.roles = s.roles, .login = c->actor->login, .name = s.p.name, .phone = s.p.phone,
				     .staff_number = s.p.staff_number, .is_mlps = account_is_mlps(c->app, c->city)};
	return account_password_check(c->a, &who, password, "new_password");
}

const struct err *account_post_password(struct call *c)
{
	const struct password_input *in = c->input;
	struct changing k = {.attempt = attempt_at(c, c->actor->login)};
	bool ok, stale;
	TRY(account_needs_session(c));
	if (in->again.n && !str_eq(in->again, in->new_password))
		return err_on_field(c->a, "again", "password_differs", "not the same twice");
	if (str_eq(in->password, in->new_password))
		return err_on_field(c->a, "new_password", "password_same", "a new one, please");
	TRY(check_new(c, in->new_password));
	/* Who found a phone unlocked guesses no faster here than at the door. */
	TRY(env_write(&c->env, begin_change, &k));
	TRY(account_verify(c->app, c->a, k.w.password, in->password, &ok, &stale));
	if (!ok)
		return err_on_field(c->a, "password", "password_wrong", "not the present password");
	TRY(env_write(&c->env, forget_attempt, &k));
	if (account_is_strict(account_roles(c->actor->duties, c->actor->n_duties)))
		TRY(account_past_check(c, &k.w, in->new_password, "new_password"));
	TRY(account_hash(c->app, c->a, in->new_password, false, &k.hash));
	TRY(env_write(&c->env, change, &k));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me"));
	return NULL;
}

/* ---- sessions ------------------------------------------------------------------------- */

static const struct err *end_one(struct db_tx *tx, struct env *e, void *ctx)
{
	int64_t changed;
	const struct id *id = ctx;
	TRY(db_exec(tx, &account_session_end, ARGS(ARG(e->city), ARG(*id), ARG(e->actor->account_id)), &changed));
	return changed ? NULL : ERR(db_arena(tx), ERR_MISSING, NULL, "no such session of this account");
}

const struct err *account_post_end_session(struct call *c)
{
	struct id id;
	TRY(call_arg_id(c, "id", &id));
	TRY(env_write(&c->env, end_one, &id));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me"));
	return NULL;
}

static const struct err *end_others(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &account_session_end_others, ARGS(ARG(e->city), ARG(e->actor->account_id), ARG(e->actor->session_id)), NULL);
}

const struct err *account_post_end_others(struct call *c)
{
	TRY(env_write(&c->env, end_others, NULL));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/me"));
	return NULL;
}
