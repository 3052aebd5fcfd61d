/* Tokens for scripts: named, with an end, for reading or writing, and of all that their person may or of chosen permissions
 * (docs/decisions/0041-tokens-of-chosen-permissions.md). */
#include "account_keep.h"

#include "account_sql.h"
#include "event.h"
#include "parts.h"
#include "registry.h"

#include <string.h>

enum { TOKEN_DAYS_MAX = 3660, DAY_MS = 24 * 3600 * 1000 };

const struct shape token_input_shape[] = {
	SHAPE_IN(struct token_input, name, 60, SHAPE_REQUIRED),
	SHAPE_CODE(struct token_input, scope, &token_scopes),
	SHAPE(struct token_input, days, TOKEN_DAYS_MAX),
	SHAPE(struct token_input, permissions, 0),
	SHAPE_END,
};
const struct shape token_line_row[] = {
	SHAPE(struct token_line, id, 0),
	SHAPE(struct token_line, name, 0),
	SHAPE_CODE(struct token_line, scope, &token_scopes),
	SHAPE(struct token_line, permissions, 0),
	SHAPE(struct token_line, created_at, 0),
	SHAPE(struct token_line, last_used_at, 0),
	SHAPE(struct token_line, revoked_at, 0),
	SHAPE(struct token_line, expires_at, 0),
	SHAPE_END,
};
static const struct doc_part token_parts[] = {DOC_NAME("is_revoked"), DOC_NAME("is_over"), DOC_NAME("permissions_label"), DOC_END};
static const struct doc_part choice_parts[] = {DOC_NAME("what"), DOC_NAME("label"), DOC_NAME("checked"), DOC_END};
const struct doc_part tokens_parts[] = {
	DOC_ROWS_OF("items", token_line_row, token_parts), DOC_NAME("next"), DOC_NAME("has_items"), DOC_NAME("id"), DOC_NAME("name"),
	DOC_NAME("scope"), DOC_NAME("permissions"), DOC_NAME("token"), DOC_ROWS("fields", field_parts), DOC_ROWS("choices", choice_parts),
	DOC_NAME("has_chosen"), DOC_END};

const struct err *account_needs_session(struct call *c)
{
	if (c->actor->session_id.v)
		return NULL;
	return ERR(c->a, ERR_DENIED, "needs_session", "not with a token");
}

/* ---- what a token may at most ------------------------------------------------------------- */

static size_t words_in(struct str s)
{
	size_t n = 1;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == ' ';
	return n;
}

void account_token_limit(struct app *app, struct arena *a, struct str permissions, struct duty *duties, size_t n)
{
	const struct perm **v = ARENA_ARRAY(a, const struct perm *, words_in(permissions));
	struct limits *l = ARENA_NEW(a, struct limits);
	struct str rest = permissions;
	*l = (struct limits){.perms = v, .sight = 1};
	while (rest.n) {
		struct str word = str_cut(&rest, ' ');
		enum field_right right = account_right(word);
		const struct perm *p = registry_perm(app_features(app), str_z(a, word));
		if (right)
			l->sight |= (uint64_t)1 << right;
		else if (p)
			v[l->n_perms++] = p;
	}
	for (size_t i = 0; i < n; i++)
		duties[i].only = l;
}

static bool sees_somewhere(const struct actor *w, int right)
{
	for (size_t i = 0; i < w->n_duties; i++)
		if (sight_at(w, w->duties[i].unit_path) >> right & 1)
			return true;
	return false;
}

typedef void held_fn(void *ctx, struct str what);

/* What somebody holds anywhere, in the order of the features; then the field rights. */
static void each_held(struct call *c, held_fn *fn, void *ctx)
{
	for (size_t i = 0; app_features(c->app)[i]; i++)
		for (const struct perm *const *p = app_features(c->app)[i]->perms; p && *p; p++)
			if (may(c->actor, *p, STR_NONE))
				fn(ctx, str_of((*p)->name));
	for (int right = 1; right < SEE_COUNT; right++)
		if (sees_somewhere(c->actor, right))
			fn(ctx, str_fmt(c->a, "see.%s", right_words[right]));
}

struct finding { struct str what; bool found; };

static void find(void *ctx, struct str what)
{
	struct finding *f = ctx;
	f->found |= str_eq(f->what, what);
}

/* In a closed order and once each: the order in which they were chosen says nothing. */
struct joining { const struct str_list *chosen; struct sb b; };

static bool is_chosen(const struct str_list *v, struct str what)
{
	for (size_t i = 0; i < v->n; i++)
		if (str_eq(v->v[i], what))
			return true;
	return false;
}

static void join(void *ctx, struct str what)
{
	struct joining *j = ctx;
	if (is_chosen(j->chosen, what))
		sb_fmt(&j->b, "%s%.*s", j->b.n ? " " : "", STR_ARG(what));
}

static const struct err *take_permissions(struct call *c, const struct str_list *chosen, struct str *out)
{
	struct joining j = {.chosen = chosen, .b = sb_new(c->a, 16 * 1024)};
	for (size_t i = 0; i < chosen->n; i++) {
		struct finding f = {.what = chosen->v[i]};
		each_held(c, find, &f);
		if (!f.found)
			return err_on_field(c->a, "permissions", "not_held", "not held by its person");
	}
	each_held(c, join, &j);
	*out = sb_str(&j.b);
	return NULL;
}

/* ---- the page ------------------------------------------------------------------------------- */

struct tokens {
	struct token_line *v;
	size_t n;
};

static const struct err *read_tokens(struct db_tx *tx, struct env *e, void *ctx)
{
	struct tokens *t = ctx;
	void *rows;
	TRY(db_all(tx, &account_tokens_of, ARGS(ARG(e->city), ARG(e->actor->account_id)), token_line_row, sizeof(struct token_line), &rows,
		   &t->n));
	t->v = rows;
	return NULL;
}

/* "hazard.read" is perm_hazard_read in the catalogues. */
static struct str what_label(struct call *c, struct str what)
{
	char *key = ARENA_ARRAY(c->a, char, what.n + sizeof("perm_"));
	size_t n = sizeof("perm_") - 1;
	memcpy(key, "perm_", n);
	for (size_t i = 0; i < what.n; i++)
		key[n++] = (char)(what.p[i] == '.' ? '_' : what.p[i]);
	key[n] = '\0';
	struct str label = call_text(c, key);
	return str_has_prefix(label, STR("perm_")) ? what : label;
}

static struct str labels_of(struct call *c, struct str permissions)
{
	struct sb b = sb_new(c->a, 32 * 1024);
	struct str rest = permissions;
	if (!permissions.n)
		return call_text(c, "account_token_all");
	while (rest.n)
		sb_fmt(&b, "%s%.*s", b.n ? "；" : "", STR_ARG(what_label(c, str_cut(&rest, ' '))));
	return sb_str(&b);
}

struct offering { struct call *c; json_t *list; bool any; };

static void offer(void *ctx, struct str what)
{
	struct offering *o = ctx;
	json_t *j = doc_append(o->list);
	bool sent = false;
	for (size_t i = 0; o->c->problem && i < o->c->req->form.n; i++)
		sent |= str_is(o->c->req->form.v[i].name, "permissions") && str_eq(o->c->req->form.v[i].value, what);
	o->any |= sent;
	doc_str(j, "what", what);
	doc_str(j, "label", what_label(o->c, what));
	doc_bool(j, "checked", sent);
}

static void put_token_form(struct call *c)
{
	json_t *fields = doc_sublist(c->page, "fields");
	struct offering o = {.c = c, .list = doc_sublist(c->page, "choices")};
	struct field name = {.name = "name", .kind = "text", .label = "account_token_name", .required = true, .max = 60};
	struct field scope = {.name = "scope", .kind = "select", .label = "account_token_scope", .required = true};
	scope.choices = call_choices(c, &token_scopes, &scope.n_choices);
	struct field days = {.name = "days", .kind = "number", .label = "account_token_days", .hint = "account_token_days_hint", .max = TOKEN_DAYS_MAX,
			     .value = STR("365")};
	call_field(c, fields, NULL, &name);
	call_field(c, fields, NULL, &scope);
	call_field(c, fields, NULL, &days);
	each_held(c, offer, &o);
	doc_bool(c->page, "has_chosen", o.any);
}

const struct err *account_get_tokens(struct call *c)
{
	struct tokens t = {0};
	struct doc_style style = call_style(c, STR_NONE);
	TRY(call_read(c, read_tokens, &t));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < t.n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, token_line_row, &t.v[i], &style);
		doc_bool(j, "is_revoked", t.v[i].revoked_at.ms != 0);
		doc_bool(j, "is_over", t.v[i].expires_at.ms != 0 && c->env.now.ms >= t.v[i].expires_at.ms);
		doc_str(j, "permissions_label", labels_of(c, t.v[i].permissions));
	}
	json_object_set_new(c->doc, "next", json_null());
	doc_bool(c->page, "has_items", t.n > 0);
	put_token_form(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "account_tokens_title"));
	return NULL;
}

/* ---- making and revoking ---------------------------------------------------------------------- */

struct making {
	const struct token_input *in;
	struct secret secret;
	struct str permissions;
	struct id id;
	uint32_t scope;
};

static const struct err *add_token(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	m->id = env_id(e);
	TRY(db_exec(tx, &account_token_insert,
		    ARGS(ARG(e->city), ARG(m->id), ARG(e->actor->account_id), ARG(m->in->name), ARG_CODE(token_scopes, m->scope),
			 arg_blob((struct str){(const char *)m->secret.hash, 32}), ARG(e->now), arg_i64(0), arg_i64(0),
			 arg_i64(m->in->days ? e->now.ms + m->in->days * DAY_MS : 0), ARG(m->permissions)),
		    NULL));
	struct event ev = {.object_kind = "account", .object_id = e->actor->account_id, .act = "add_token"};
	event_plain(&ev, "scope", str_of(codes_word(&token_scopes, m->scope)));
	event_plain(&ev, "permissions", m->permissions);
	event_text(&ev, "name", m->in->name);
	return event_append(tx, e, &ev);
}

const struct err *account_post_token(struct call *c)
{
	const struct token_input *in = c->input;
	struct making m = {.in = in, .scope = in->scope ? in->scope : TOKEN_WRITE};
	TRY(account_needs_session(c));
	TRY(take_permissions(c, &in->permissions, &m.permissions));
	m.secret = secret_new(c->app, c->a, c->city);
	TRY(env_write(&c->env, add_token, &m));
	/* The page is drawn at once instead of sending the browser on: the token is shown this one time. */
	if (c->face == FACE_HTML)
		TRY(account_get_tokens(c));
	doc_id(c->doc, "id", m.id);
	doc_str(c->doc, "name", in->name);
	doc_z(c->doc, "scope", codes_word(&token_scopes, m.scope));
	doc_str(c->doc, "permissions", m.permissions);
	doc_str(c->doc, "token", m.secret.text);
	c->status = 201;
	return NULL;
}

static const struct err *revoke(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct id *id = ctx;
	int64_t changed;
	TRY(db_exec(tx, &account_token_revoke, ARGS(ARG(e->city), ARG(*id), ARG(e->actor->account_id), ARG(e->now)), &changed));
	if (!changed)
		return ERR(db_arena(tx), ERR_MISSING, NULL, "no such token of this account");
	struct event ev = {.object_kind = "account", .object_id = e->actor->account_id, .act = "revoke_token"};
	return event_append(tx, e, &ev);
}

const struct err *account_post_revoke(struct call *c)
{
	struct id id;
	TRY(call_arg_id(c, "id", &id));
	TRY(env_write(&c->env, revoke, &id));
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/tokens"));
	return NULL;
}
