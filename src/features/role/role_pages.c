/* The list of roles, and one: what it holds in groups, beside what it was copied from, who holds it, what was changed. */
#include "role_model.h"

#include "day.h"
#include "event.h"
#include "parts.h"

#include <string.h>

struct role_line {
	struct str id, name;
	uint32_t basis;
	bool is_builtin, is_closed;
	int64_t permissions;
	struct opt_i64 holders; /* of the city's own */
};
#define L struct role_line
const struct shape role_line_shape[] = {
	SHAPE(L, id, 0), SHAPE(L, name, 0), SHAPE_CODE(L, basis, &role_codes), SHAPE(L, is_builtin, 0), SHAPE(L, is_closed, 0),
	SHAPE(L, permissions, 0), SHAPE(L, holders, 0), SHAPE_END};
static const struct shape brief[] = {
	SHAPE(L, name, 0), SHAPE_CODE(L, basis, &role_codes), SHAPE(L, permissions, 0), SHAPE(L, holders, 0), SHAPE_END};
#undef L

static const struct doc_part grant_parts[] = {DOC_NAME("what"), DOC_NAME("reach"), DOC_NAME("label"), DOC_END};
static const struct doc_part held_parts[] = {
	DOC_NAME("what"), DOC_NAME("label"), DOC_NAME("below"), DOC_NAME("city"), DOC_NAME("in_basis"), DOC_NAME("is_added"), DOC_NAME("is_removed"),
	DOC_NAME("has_city"), DOC_END};
static const struct doc_part group_parts[] = {DOC_NAME("label"), DOC_ROWS("rows", held_parts), DOC_END};
static const struct doc_part holder_parts[] = {DOC_NAME("id"), DOC_NAME("person_id"), DOC_NAME("name"), DOC_NAME("unit_id"), DOC_NAME("unit_name"),
					       DOC_NAME("from_on"), DOC_NAME("end_href"), DOC_END};
static const struct doc_part change_parts[] = {DOC_NAME("at"), DOC_NAME("act"), DOC_NAME("act_label"), DOC_NAME("actor_name"), DOC_NAME("before"),
					       DOC_NAME("after"), DOC_NAME("at_label"), DOC_ROWS("added", grant_parts), DOC_ROWS("removed", grant_parts),
					       DOC_END};
const struct doc_part role_list_parts[] = {
	DOC_NAME("next"), DOC_NAME("has_items"), DOC_NAME("csv_href"), DOC_NAME("xlsx_href"), DOC_NAME("text_href"), DOC_NAME("may_write"),
	DOC_ROWS_OF("items", role_line_shape, NULL), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part role_show_parts[] = {
	DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("purpose"), DOC_NAME("basis"), DOC_NAME("basis_label"), DOC_NAME("has_basis"), DOC_NAME("is_builtin"),
	DOC_NAME("is_closed"), DOC_NAME("version"), DOC_ROWS("groups", group_parts), DOC_ROWS("added", grant_parts), DOC_ROWS("removed", grant_parts),
	DOC_NAME("has_added"), DOC_NAME("has_removed"), DOC_ROWS("coming", grant_parts), DOC_ROWS("going", grant_parts), DOC_NAME("has_coming"),
	DOC_NAME("has_going"), DOC_NAME("is_asked"), DOC_ROWS("holders", holder_parts), DOC_NAME("has_holders"), DOC_NAME("next"), DOC_NAME("next_href"),
	DOC_ROWS("changes", change_parts), DOC_NAME("has_changes"), DOC_NAME("may_write"), DOC_NAME("may_give"), DOC_NAME("may_copy"),
	DOC_ROWS("fields", field_parts), DOC_ROWS("give_fields", field_parts), DOC_ROWS("copy_fields", field_parts), DOC_END};

/* ---- words -------------------------------------------------------------------------- */

/* "hazard.read" is perm_hazard_read in the catalogues; `check --static` finds the missing ones. */
static struct str what_label(struct call *c, struct str what)
{
	char key[120];
	size_t n = 0;
	for (const char *p = "perm_"; *p; p++)
		key[n++] = *p;
	for (size_t i = 0; i < what.n && n + 1 < sizeof(key); i++)
		key[n++] = what.p[i] == '.' ? '_' : what.p[i];
	key[n] = '\0';
	struct str label = call_text(c, str_fmt(c->a, "%s", key).p);
	return str_has_prefix(label, STR("perm_")) ? what : label;
}

static void put_grant(struct call *c, json_t *list, struct str what, uint32_t reach)
{
	json_t *j = doc_append(list);
	struct str label = what_label(c, what);
	doc_str(j, "what", what);
	doc_z(j, "reach", codes_word(&account_reaches, reach));
	doc_str(j, "label", reach == ROLE_REACH_CITY ? str_fmt(c->a, "%.*s (%.*s)", STR_ARG(label), STR_ARG(call_text(c, "role_whole_city"))) : label);
}

static void put_grants(struct call *c, json_t *out, const char *name, const char *has, const struct role_grant *v, size_t n)
{
	json_t *list = doc_sublist(out, name);
	for (size_t i = 0; i < n; i++)
		put_grant(c, list, v[i].what, v[i].reach);
	if (has)
		doc_bool(c->page, has, n > 0);
}

static struct str name_of(struct call *c, const struct role_made *r)
{
	return r->id.v ? r->name : call_label(c, &role_codes, codes_word(&role_codes, r->basis));
}

/* ---- the list -------------------------------------------------------------------------- */

struct listing {
	struct call *c;
	struct role_line *v;
	size_t n;
};

static const struct err *read_lines(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	struct role_made *own;
	size_t n_own, n_held;
	struct arena *a = l->c->a;
	TRY(role_list(tx, e->city, instant_day(e->now), &own, &n_own));
	l->v = ARENA_ARRAY(a, struct role_line, n_own + ROLE_COUNT);
	l->n = 0;
	for (uint32_t role = 1; role < ROLE_COUNT; role++) {
		struct role_made r = {.basis = role};
		role_builtin_grants(e->app, a, role, &n_held);
		l->v[l->n++] = (struct role_line){.id = str_of(codes_word(&role_codes, role)), .name = name_of(l->c, &r), .is_builtin = true,
						  .permissions = (int64_t)n_held};
	}
	for (size_t i = 0; i < n_own; i++) {
		struct role_grant *held;
		TRY(role_held(tx, e, &own[i], &held, &n_held));
		l->v[l->n++] = (struct role_line){.id = str_fmt(a, "%lld", (long long)own[i].id.v), .name = str_dup(a, own[i].name), .basis = own[i].basis,
						  .is_closed = own[i].is_closed, .permissions = (int64_t)n_held, .holders = {true, own[i].holders}};
	}
	return NULL;
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	const struct listing *l = ctx;
	(void)e;
	*rows = l->v;
	*n = l->n;
	*more = false;
	return NULL;
}

static struct choice *bases(struct call *c, size_t *n)
{
	struct choice *v = ARENA_ARRAY(c->a, struct choice, ROLE_COUNT + 1);
	*n = 0;
	v[(*n)++] = (struct choice){.value = STR(""), .label = call_text(c, "role_empty")};
	for (uint32_t role = 1; role < ROLE_COUNT; role++) {
		const char *word = codes_word(&role_codes, role);
		if (!(R(role) & R_ADMINS))
			v[(*n)++] = (struct choice){.value = str_of(word), .label = call_label(c, &role_codes, word)};
	}
	return v;
}

static void put_add_fields(struct call *c, json_t *fields, struct str basis)
{
	size_t n;
	const struct choice *v = bases(c, &n);
	struct field name = {.name = "name", .kind = "text", .label = "f_name", .max = ROLE_NAME_MAX, .required = true, .value = STR("")};
	struct field from = {.name = "basis", .kind = "select", .label = "f_basis", .hint = "role_basis_hint", .choices = v, .n_choices = n, .value = basis};
	struct field note = {.name = "purpose", .kind = "textarea", .label = "f_purpose", .max = ROLE_NOTE_MAX, .value = STR("")};
	call_field(c, fields, NULL, &name);
	call_field(c, fields, NULL, &from);
	call_field(c, fields, NULL, &note);
}

const struct err *role_form_list(struct call *c)
{
	struct listing *l = ARENA_NEW(c->a, struct listing);
	*l = (struct listing){.c = c};
	TRY(call_read(c, read_lines, l));
	struct doc_style style = call_style(c, STR(""));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		doc_put(doc_append(items), role_line_shape, &l->v[i], &style);
	doc_set(c->doc, "next", json_null());
	doc_bool(c->page, "has_items", l->n > 0);
	doc_bool(c->page, "may_write", may_everywhere(c->actor, &account_role_write));
	put_add_fields(c, doc_sublist(c->page, "fields"), STR(""));
	call_files(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "role_list_title"));
	return NULL;
}

const struct err *role_get_list(struct call *c)
{
	struct listing *l = ARENA_NEW(c->a, struct listing);
	if (!call_wants_table(c))
		return role_form_list(c);
	*l = (struct listing){.c = c};
	TRY(call_read(c, read_lines, l));
	return call_table(c, &(struct table){.columns = role_line_shape, .row_size = sizeof(struct role_line), .page = table_page, .ctx = l,
					    .file_name = "roles", .title = "role_list_title", .brief = brief});
}

/* ---- one --------------------------------------------------------------------------------- */

struct showing {
	struct call *c;
	struct role_made role;
	struct role_grant *held, *shown, *basis; /* shown: what the form holds */
	size_t n_held, n_shown, n_basis;
	struct role_holder *holders;
	size_t n_holders;
	bool more;
	json_t *events;
};

static bool was_changed(const struct call *c)
{
	return c->problem && c->route->input && shape_find(c->route->input, STR("confirmed"));
}

static const struct err *read_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct showing *s = ctx;
	struct call *c = s->c;
	const struct role_show_query *q = c->input;
	struct doc_style style = call_style(c, STR(""));
	struct id after = c->req->method == WEB_GET ? q->after : ID(0);
	TRY(role_read(tx, e->city, call_arg(c, "id"), &s->role));
	s->role.name = str_dup(c->a, s->role.name);
	s->role.note = str_dup(c->a, s->role.note);
	TRY(role_held(tx, e, &s->role, &s->held, &s->n_held));
	s->basis = role_builtin_grants(e->app, c->a, s->role.basis, &s->n_basis);
	s->shown = s->held;
	s->n_shown = s->n_held;
	if (was_changed(c))
		s->shown = role_wanted(c->a, &((const struct role_change_input *)c->input)->change, &s->n_shown);
	if (!s->role.id.v)
		return NULL;
	TRY(role_holders_after(tx, e, s->role.id, after, &s->holders, &s->n_holders, &s->more));
	s->events = doc_list(c->a);
	return event_list(tx, e->city, "role", s->role.id, &style, s->events);
}

static void put_held(struct showing *s, json_t *rows, const struct holding *h)
{
	struct call *c = s->c;
	json_t *j = doc_append(rows);
	uint32_t reach = role_reach(s->shown, s->n_shown, h->what);
	bool in_basis = role_reach(s->basis, s->n_basis, h->what) != 0;
	bool is_made = s->role.id.v && s->role.basis;
	doc_str(j, "what", h->what);
	doc_str(j, "label", what_label(c, h->what));
	doc_bool(j, "below", reach == ROLE_REACH_BELOW);
	doc_bool(j, "city", reach == ROLE_REACH_CITY);
	doc_bool(j, "in_basis", in_basis);
	doc_bool(j, "is_added", is_made && reach && (!in_basis || reach == ROLE_REACH_CITY));
	doc_bool(j, "is_removed", is_made && !reach && in_basis);
	doc_bool(j, "has_city", h->perm != NULL);
}

static void put_groups(struct showing *s)
{
	size_t n;
	struct call *c = s->c;
	const struct holding *all = role_holdings(c->app, c->a, &n);
	json_t *groups = doc_sublist(c->doc, "groups"), *rows = NULL;
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || all[i].group != all[i - 1].group) {
			json_t *g = doc_append(groups);
			doc_str(g, "label", call_text(c, str_fmt(c->a, "perm_group_%s", all[i].group ? all[i].group->name : "see").p));
			rows = doc_sublist(g, "rows");
		}
		put_held(s, rows, &all[i]);
	}
}

static void put_holders(struct showing *s)
{
	struct call *c = s->c;
	json_t *list = doc_sublist(c->doc, "holders");
	for (size_t i = 0; i < s->n_holders; i++) {
		const struct role_holder *h = &s->holders[i];
		if (!may(c->actor, &account_role_read, h->unit_path))
			continue;
		json_t *j = doc_append(list);
		doc_id(j, "id", h->id);
		doc_id(j, "person_id", h->person_id);
		doc_str(j, "name", h->name);
		doc_id(j, "unit_id", h->unit_id);
		doc_str(j, "unit_name", h->unit_name);
		doc_day(j, "from_on", h->from_on);
		bool ends = may(c->actor, &account_role_give, h->unit_path);
		doc_str(j, "end_href", ends ? str_fmt(c->a, "/roles/%lld/holders/%lld/end", (long long)s->role.id.v, (long long)h->id.v) : STR(""));
	}
	doc_bool(c->page, "has_holders", json_array_size(list) > 0);
	doc_set(c->doc, "next", json_null());
	doc_str(c->page, "next_href", STR(""));
	if (s->more) {
		struct str after = str_fmt(c->a, "%lld", (long long)s->holders[s->n_holders - 1].id.v);
		doc_str(c->doc, "next", after);
		doc_str(c->page, "next_href", call_href_with(c, "after", after));
	}
}

/* "hazard.read:city see.phone:below" of an event. */
static void put_event_words(struct call *c, json_t *out, const char *name, struct str words)
{
	json_t *list = doc_sublist(out, name);
	while (words.n) {
		struct str reach = str_cut(&words, ' '), what = str_cut(&reach, ':');
		if (what.n)
			put_grant(c, list, what, codes_find(&account_reaches, reach));
	}
}

static struct str value_of(const json_t *event, const char *name)
{
	size_t i;
	const json_t *v;
	json_array_foreach(json_object_get(event, "values"), i, v)
		if (strcmp(json_string_value(json_object_get(v, "name")), name) == 0)
			return str_of(json_string_value(json_object_get(v, "value")));
	return STR("");
}

static void put_changes(struct showing *s)
{
	size_t i;
	const json_t *e;
	struct instant at;
	struct call *c = s->c;
	json_t *list = doc_sublist(c->doc, "changes");
	json_array_foreach(s->events, i, e) {
		json_t *j = doc_append(list);
		struct str when = str_of(json_string_value(json_object_get(e, "at"))), act = str_of(json_string_value(json_object_get(e, "act")));
		doc_str(j, "at", when);
		doc_str(j, "at_label", instant_parse(when, &at) ? instant_short(c->a, at) : when);
		doc_str(j, "act", act);
		doc_str(j, "act_label", call_text(c, str_fmt(c->a, "role_act_%.*s", STR_ARG(act)).p));
		doc_str(j, "actor_name", str_of(json_string_value(json_object_get(e, "actor_name"))));
		doc_str(j, "before", value_of(e, "before"));
		doc_str(j, "after", value_of(e, "after"));
		put_event_words(c, j, "added", value_of(e, "added"));
		put_event_words(c, j, "removed", value_of(e, "removed"));
	}
	doc_bool(c->page, "has_changes", json_array_size(list) > 0);
}

static void put_diffs(struct showing *s)
{
	struct role_diff from_basis = {0}, to_come = {0};
	struct call *c = s->c;
	if (s->role.id.v && s->role.basis)
		role_compare(c->a, s->basis, s->n_basis, s->shown, s->n_shown, &from_basis);
	if (was_changed(c))
		role_compare(c->a, s->held, s->n_held, s->shown, s->n_shown, &to_come);
	put_grants(c, c->doc, "added", "has_added", from_basis.added, from_basis.n_added);
	put_grants(c, c->doc, "removed", "has_removed", from_basis.removed, from_basis.n_removed);
	put_grants(c, c->page, "coming", "has_coming", to_come.added, to_come.n_added);
	put_grants(c, c->page, "going", "has_going", to_come.removed, to_come.n_removed);
	doc_bool(c->page, "is_asked", was_changed(c));
}

static void put_forms(struct showing *s)
{
	struct call *c = s->c;
	const struct role_made *r = &s->role;
	bool writes = may_everywhere(c->actor, &account_role_write), changed = was_changed(c);
	struct field name = {.name = "name", .kind = "text", .label = "f_name", .max = ROLE_NAME_MAX, .required = true, .value = r->name};
	struct field note = {.name = "purpose", .kind = "textarea", .label = "f_purpose", .max = ROLE_NOTE_MAX, .value = r->note};
	struct field closed = {.name = "is_closed", .kind = "checkbox", .label = "role_closed", .hint = "role_closed_hint", .value = r->is_closed ? STR("1") : STR("")};
	struct field sure = {.name = "confirmed", .kind = "checkbox", .label = "role_confirmed", .value = STR("")};
	struct field person = {.name = "holder", .kind = "text", .label = "f_holder", .hint = "role_person_hint", .max = ACCOUNT_LOGIN_MAX, .required = true, .value = STR("")};
	struct field unit = {.name = "unit", .kind = "text", .label = "f_unit", .hint = "role_unit_hint", .max = 40, .required = true, .value = STR("")};
	json_t *fields = doc_sublist(c->page, "fields"), *give = doc_sublist(c->page, "give_fields");
	const struct field *const own[] = {&name, &note, &closed, &sure};
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		call_field(c, fields, changed ? NULL : "change", own[i]);
	call_field(c, give, c->problem && !changed ? NULL : "give", &person);
	call_field(c, give, c->problem && !changed ? NULL : "give", &unit);
	put_add_fields(c, doc_sublist(c->page, "copy_fields"), str_of(codes_word(&role_codes, r->basis)));
	doc_bool(c->page, "may_write", writes && r->id.v);
	doc_bool(c->page, "may_copy", writes && !r->id.v && !(R(r->basis) & R_ADMINS));
	doc_bool(c->page, "may_give", r->id.v && !r->is_closed && may(c->actor, &account_role_give, STR_NONE));
}

const struct err *role_form_one(struct call *c)
{
	struct showing s = {.c = c};
	TRY(call_read(c, read_one, &s));
	const struct role_made *r = &s.role;
	const char *basis = codes_word(&role_codes, r->basis);
	doc_str(c->doc, "id", call_arg(c, "id"));
	doc_str(c->doc, "name", name_of(c, r));
	doc_str(c->doc, "purpose", r->note);
	doc_z(c->doc, "basis", r->id.v ? basis : "");
	doc_str(c->page, "basis_label", r->basis ? call_label(c, &role_codes, basis) : call_text(c, "role_empty"));
	doc_bool(c->page, "has_basis", r->id.v && r->basis);
	doc_bool(c->doc, "is_builtin", !r->id.v);
	doc_bool(c->doc, "is_closed", r->is_closed);
	doc_i64(c->doc, "version", r->version);
	put_groups(&s);
	put_diffs(&s);
	put_holders(&s);
	put_changes(&s);
	if (c->face == FACE_HTML)
		put_forms(&s);
	doc_str(doc_sub(c->page, "page"), "title", name_of(c, r));
	return NULL;
}

const struct err *role_get_one(struct call *c)
{
	return role_form_one(c);
}
