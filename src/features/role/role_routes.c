#include "role_model.h"

#include "org.h"
#include "role_res.h"
#include "role_sql.h"

#define A struct role_add_input
static const struct shape add_shape[] = {
	SHAPE_IN(A, name, ROLE_NAME_MAX, SHAPE_REQUIRED), SHAPE_CODE_IN(A, basis, 0, &role_codes), {.name = "purpose", .type = SHAPE_T_STR, .off = offsetof(A, note), .max = ROLE_NOTE_MAX, .flags = SHAPE_LONG}, SHAPE_END};
#undef A
#define MEMBER(name_, m, type_, max_, flags_)                                                                                                       \
	{.name = (name_), .type = (type_), .off = offsetof(struct role_change_input, change) + offsetof(struct role_change, m), .max = (max_), .flags = (flags_)}
static const struct shape change_shape[] = {
	MEMBER("version", version, SHAPE_T_I64, 0, SHAPE_REQUIRED), MEMBER("name", name, SHAPE_T_STR, ROLE_NAME_MAX, SHAPE_REQUIRED),
	MEMBER("purpose", note, SHAPE_T_STR, ROLE_NOTE_MAX, SHAPE_LONG), MEMBER("is_closed", is_closed, SHAPE_T_BOOL, 0, 0), MEMBER("below", below, SHAPE_T_WORDS, 0, 0),
	MEMBER("whole_city", city, SHAPE_T_WORDS, 0, 0), SHAPE_IN(struct role_change_input, confirmed, 0, 0), SHAPE_END};
static const struct shape give_shape[] = {
	{.name = "holder", .type = SHAPE_T_STR, .off = offsetof(struct role_give_input, person), .max = ACCOUNT_LOGIN_MAX, .flags = SHAPE_REQUIRED}, SHAPE_IN(struct role_give_input, unit, 40, SHAPE_REQUIRED), SHAPE_END};
static const struct shape list_query_shape[] = {SHAPE(struct role_query, header, 8), SHAPE_END};
static const struct shape show_query_shape[] = {SHAPE(struct role_show_query, after, 0), SHAPE_END};

/* ---- finding --------------------------------------------------------------------- */

/* What roles hold is the whole city's matter: it is decided at the city's unit. */
static const struct err *locate_city(struct db_tx *tx, struct call *c, struct target *t)
{
	struct unit root;
	TRY(org_root(tx, c->city, &root));
	t->unit_id = root.id;
	t->unit_path = root.path;
	return NULL;
}

static const struct err *locate_role(struct db_tx *tx, struct call *c, struct target *t)
{
	struct role_made *r = ARENA_NEW(c->a, struct role_made);
	TRY(role_read(tx, c->city, call_arg(c, "id"), r));
	if (!r->id.v)
		return ERR(c->a, ERR_MISSING, NULL, "a built-in role is not changed");
	TRY(locate_city(tx, c, t));
	t->id = r->id;
	t->object = r;
	return NULL;
}

static const struct err *locate_holder(struct db_tx *tx, struct call *c, struct target *t)
{
	struct role_holder *h = ARENA_NEW(c->a, struct role_holder);
	struct id duty;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(call_arg_id(c, "duty", &duty));
	TRY(role_duty_find(tx, &c->env, t->id, duty, h));
	t->unit_id = h->unit_id;
	t->unit_path = h->unit_path;
	t->object = h;
	return NULL;
}

/* ---- making and changing ------------------------------------------------------------ */

struct work {
	struct call *c;
	struct role_made role;
	struct outcome out;
};

static const struct err *done(struct call *c, int status, struct id role)
{
	struct str at = str_fmt(c->a, "/roles/%lld", (long long)role.v);
	doc_id(c->doc, "id", role);
	call_done(c, status, at);
	return NULL;
}

static const struct err *write_add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct work *w = ctx;
	const struct role_add_input *in = w->c->input;
	w->role = (struct role_made){.name = in->name, .note = in->note, .basis = in->basis};
	TRY(role_add(tx, e, &w->role));
	w->out.object = w->role.id;
	return NULL;
}

static const struct err *post_role(struct call *c)
{
	struct work w = {.c = c};
	TRY(call_write(c, write_add, &w, &w.out));
	return done(c, 201, w.out.object);
}

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct work *w = ctx;
	const struct role_change_input *in = w->c->input;
	TRY(role_read(tx, e->city, call_arg(w->c, "id"), &w->role));
	TRY(role_change(tx, e, &w->role, &in->change));
	w->out.object = w->role.id;
	return in->confirmed ? NULL : err_on_field(e->a, "confirmed", "confirm_wanted", "say that it was looked through");
}

/* All other faults are told before the change is to be confirmed; the transaction of one that is not is given up. */
static const struct err *post_change(struct call *c)
{
	struct work w = {.c = c};
	TRY(call_write(c, write_change, &w, &w.out));
	return done(c, 200, w.out.object);
}

/* ---- giving and taking ----------------------------------------------------------------- */

struct found {
	struct id id;
	struct str unit_path;
};
static const struct shape found_row[] = {SHAPE(struct found, id, 0), SHAPE(struct found, unit_path, 0), SHAPE_END};

/* Somebody within the actor's reach, by login or by id; who is out of reach is not there. */
static const struct err *find_person(struct db_tx *tx, struct call *c, struct str named, struct id *out)
{
	struct found p = {0};
	bool found;
	int64_t id;
	TRY(db_find(tx, &role_person_of_login, ARGS(ARG(c->city), ARG(named)), found_row, &p, &found));
	if (!found && str_i64(named, 1, INT64_MAX, &id))
		TRY(db_find(tx, &role_person_of_id, ARGS(ARG(c->city), arg_i64(id)), found_row, &p, &found));
	if (!found || !may(c->actor, &account_role_give, p.unit_path))
		return err_on_field(c->a, "holder", "not_within_reach", "nobody within reach");
	*out = p.id;
	return NULL;
}

static const struct err *write_give(struct db_tx *tx, struct env *e, void *ctx)
{
	struct work *w = ctx;
	const struct role_give_input *in = w->c->input;
	struct unit u;
	struct id person = {0};
	TRY(org_scope(tx, w->c, &account_role_give, in->unit, &u));
	TRY(role_read(tx, e->city, call_arg(w->c, "id"), &w->role));
	if (!w->role.id.v)
		return ERR(e->a, ERR_MISSING, NULL, "built-in roles are given with the people");
	TRY(find_person(tx, w->c, in->person, &person));
	TRY(account_custom_give(tx, e, person, w->role.id, u.id));
	w->out.object = w->role.id;
	return NULL;
}

static const struct err *post_give(struct call *c)
{
	struct work w = {.c = c};
	TRY(call_write(c, write_give, &w, &w.out));
	return done(c, 201, w.out.object);
}

static const struct err *write_take(struct db_tx *tx, struct env *e, void *ctx)
{
	struct work *w = ctx;
	w->out.object = w->c->target.id;
	return role_take(tx, e, w->c->target.id, w->c->target.object);
}

static const struct err *post_take(struct call *c)
{
	struct work w = {.c = c};
	TRY(call_write(c, write_take, &w, &w.out));
	return done(c, 200, w.out.object);
}

/* ---- tables ------------------------------------------------------------------------------ */

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/roles", .perm = &account_role_read, .input = list_query_shape, .input_size = sizeof(struct role_query),
	 .fn = role_get_list, .view = "role/list", .doc = role_list_parts, .faces = FACES_LIST, .rows = role_line_shape,
	 .summary = "Roles: built in, and made of permissions by the city"},
	{.method = WEB_POST, .path = "/roles", .perm = &account_role_write, .locate = locate_city, .input = add_shape,
	 .input_size = sizeof(struct role_add_input), .fn = post_role, .form = role_form_list, .form_view = "role/list",
	 .form_doc = role_list_parts, .flags = ROUTE_KEYED, .summary = "Make a role, empty or as a copy of a built-in one"},
	{.method = WEB_GET, .path = "/roles/{id}", .perm = &account_role_read, .input = show_query_shape, .input_size = sizeof(struct role_show_query),
	 .fn = role_get_one, .view = "role/show", .doc = role_show_parts,
	 .summary = "One role (a number, or the word of a built-in one): what it holds, how it differs from what it was copied from, who holds it"},
	{.method = WEB_POST, .path = "/roles/{id}", .perm = &account_role_write, .locate = locate_role, .input = change_shape,
	 .input_size = sizeof(struct role_change_input), .fn = post_change, .form = role_form_one, .form_view = "role/show",
	 .form_doc = role_show_parts, .flags = ROUTE_KEYED,
	 .summary = "All of a role anew: permissions for the unit and below, permissions for the whole city; with `confirmed` it counts from the next request on"},
	{.method = WEB_POST, .path = "/roles/{id}/holders", .perm = &account_role_give, .input = give_shape, .input_size = sizeof(struct role_give_input),
	 .fn = post_give, .form = role_form_one, .form_view = "role/show", .form_doc = role_show_parts, .flags = ROUTE_KEYED,
	 .summary = "Give a role to a person (login or id) at a unit (id or code)"},
	{.method = WEB_POST, .path = "/roles/{id}/holders/{duty}/end", .perm = &account_role_give, .locate = locate_holder, .input = shape_none,
	 .fn = post_take, .flags = ROUTE_KEYED, .summary = "Take it from a person at once"},
	{0},
};

static const struct perm *const perms[] = {&account_role_read, &account_role_write, &account_role_give, NULL};
static const struct menu_entry menu[] = {{"role_list_title", "/roles", "shield-check", &account_role_read, 64}, {0}};
static const char *const needs[] = {"org", "account", NULL};

const struct feature feature_role = {
	.name = "role",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = role_sql_all,
	.lists = role_lists_all,
	.resources = role_resources,
	.menu = menu,
};
