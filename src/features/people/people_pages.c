/* A person's page: duties, what is open, and what may be done about it. */
#include "people_model.h"

#include "day.h"
#include "parts.h"

#include <string.h>

struct page {
	struct call *c;
	struct person_at who;
	struct duty_line *duties, *posts;
	size_t n_duties, n_posts;
	struct open_item items[OPEN_SHOWN];
	size_t n_items;
	int64_t n_open;
	struct handover_link *given, *taken;
	size_t n_given, n_taken;
	struct login_of login;
	bool has_login;
};

static const struct shape person_shape[] = {
	SHAPE(struct person, id, 0), SHAPE(struct person, name, 0), SHAPE(struct person, staff_number, 0), SHAPE(struct person, unit_id, 0),
	SHAPE_FOR(struct person, phone, 0, SEE_PHONE), SHAPE(struct person, has_left, 0), SHAPE(struct person, version, 0), SHAPE_END};

const struct err *people_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct person_at *p = ARENA_NEW(c->a, struct person_at);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(people_read(tx, c->city, t->id, p));
	t->unit_id = p->unit.id;
	t->unit_path = p->unit.path;
	t->object = p;
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct call *c = p->c;
	struct id id = c->target.id;
	TRY(people_read(tx, c->city, id, &p->who));
	TRY(account_duty_lines(tx, c->city, id, &p->duties, &p->n_duties));
	TRY(people_sole_duties(tx, e, id, &p->posts, &p->n_posts));
	TRY(people_open_items(tx, e, id, p->items, OPEN_SHOWN, &p->n_items, &p->n_open));
	TRY(people_handovers(tx, c->city, id, true, &p->given, &p->n_given));
	TRY(people_handovers(tx, c->city, id, false, &p->taken, &p->n_taken));
	return account_login_of(tx, c->city, id, &p->login, &p->has_login);
}

/* ---- forms ----------------------------------------------------------------------------- */

struct form {
	struct call *c;
	const char *act;
	json_t *fields, *action;
};

static struct str here(struct call *c, const char *act)
{
	return str_fmt(c->a, "/people/%lld%s", (long long)c->target.id.v, act);
}

/* `act` is the route's end, by which the refused form is found again. */
static struct form form_new(struct page *p, json_t *actions, const char *act, const char *label)
{
	struct call *c = p->c;
	bool sent = c->problem && strcmp(c->route->path + strlen("/people/{id}"), act) == 0;
	json_t *j = doc_append(actions);
	doc_z(j, "act", act);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "submit_label", call_text(c, label));
	doc_str(j, "href", here(c, act));
	doc_i64(j, "version", p->who.p.version);
	doc_bool(j, "has_fields", true);
	doc_bool(j, "open", sent);
	return (struct form){c, sent ? NULL : act, doc_sublist(j, "fields"), j};
}

static void put(const struct form *f, const char *kind, const char *name, const char *label, struct str value, bool required, uint32_t max)
{
	struct field field = {.name = name, .kind = kind, .label = label, .value = value, .max = max, .required = required};
	call_field(f->c, f->fields, f->act, &field);
}

static void put_choices(const struct form *f, const char *name, const char *label, const struct choice *v, size_t n)
{
	struct field field = {.name = name, .kind = "select", .label = label, .choices = v, .n_choices = n, .required = true,
			      .value = n ? v[0].value : STR("")};
	call_field(f->c, f->fields, f->act, &field);
}

static void confirm(const struct form *f, const char *key)
{
	doc_str(f->action, "confirm", call_text(f->c, key));
	doc_bool(f->action, "danger", true);
}

static bool sees_phone(const struct page *p)
{
	return sight_at(p->c->actor, p->who.unit.path) >> SEE_PHONE & 1;
}

static struct choice *roles_of(struct call *c, uint32_t bits, size_t *n)
{
	struct choice *v = ARENA_ARRAY(c->a, struct choice, ROLE_COUNT);
	*n = 0;
	for (uint32_t role = 1; role < ROLE_COUNT; role++)
		if (bits & R(role)) {
			const char *word = codes_word(&role_codes, role);
			v[(*n)++] = (struct choice){.value = str_of(word), .label = call_label(c, &role_codes, word)};
		}
	return v;
}

static struct str duty_words(struct call *c, const struct duty_line *d)
{
	struct str role = d->custom_id.v ? d->custom_name : call_label(c, &role_codes, codes_word(&role_codes, d->role));
	return str_fmt(c->a, "%.*s · %.*s", STR_ARG(role), STR_ARG(d->unit_name));
}

static void put_edit(struct page *p, json_t *actions)
{
	const struct person *w = &p->who.p;
	struct form f = form_new(p, actions, "", "people_edit");
	put(&f, "text", "name", "account_name", w->name, true, ACCOUNT_NAME_MAX);
	if (sees_phone(p))
		put(&f, "text", "phone", "account_phone", w->phone, false, 20);
	put(&f, "text", "staff_number", "f_staff_number", w->staff_number, false, 30);
}

static void put_give(struct page *p, json_t *actions)
{
	struct call *c = p->c;
	size_t n;
	struct choice *v = roles_of(c, people_gives(c->actor, &p->who.unit), &n);
	if (!n || c->actor->person_id.v == p->who.p.id.v)
		return;
	struct form f = form_new(p, actions, "/duties", "people_give");
	put_choices(&f, "role", "account_duties", v, n);
	put(&f, "hidden", "unit_id", "account_unit", str_fmt(c->a, "%lld", (long long)p->who.unit.id.v), true, 0);
}

static void put_lend(struct page *p, json_t *actions)
{
	struct call *c = p->c;
	struct day today = instant_day(c->env.now);
	struct choice *v = ARENA_ARRAY(c->a, struct choice, p->n_duties + 1);
	size_t n = 0;
	for (size_t i = 0; i < p->n_duties; i++)
		if (duty_is_on(&p->duties[i], today) && !p->duties[i].for_person_id.v && p->duties[i].role != ROLE_WORKER)
			v[n++] = (struct choice){.value = str_fmt(c->a, "%lld", (long long)p->duties[i].id.v), .label = duty_words(c, &p->duties[i])};
	if (!n)
		return;
	struct form f = form_new(p, actions, "/lend", "people_lend");
	put_choices(&f, "duty_id", "account_duties", v, n);
	put(&f, "text", "who", "people_substitute", STR(""), true, PEOPLE_WHO_MAX);
	put(&f, "date", "from_on", "f_from_on", day_text(c->a, today), true, 0);
	put(&f, "date", "to_on", "f_to_on", STR(""), true, 0);
	put(&f, "text", "reason", "people_reason", STR(""), false, PEOPLE_REASON_MAX);
}

static void put_pass(struct page *p, json_t *actions)
{
	struct form f = form_new(p, actions, "/hand-over", "people_hand_over");
	put(&f, "text", "successor", "people_successor", STR(""), true, PEOPLE_WHO_MAX);
	put(&f, "text", "reason", "people_reason", STR(""), false, PEOPLE_REASON_MAX);
	put(&f, "checkbox", "leaves", "people_leaves", STR(""), false, 0);
	confirm(&f, "people_hand_over_confirm");
	doc_bool(f.action, "danger", false);
	doc_bool(f.action, "primary", p->n_posts || p->n_open);
}

/* Of those whose duties are all the reader's to give. */
static void put_login(struct page *p, json_t *actions)
{
	struct call *c = p->c;
	if (!people_all_yours(c->actor, instant_day(c->env.now), p->duties, p->n_duties))
		return;
	if (!p->has_login) {
		struct form f = form_new(p, actions, "/login", "people_login_new");
		put(&f, "text", "login", "people_login", sees_phone(p) ? p->who.p.phone : STR(""), true, ACCOUNT_LOGIN_MAX);
		return;
	}
	struct form f = form_new(p, actions, "/password", "people_password");
	doc_bool(f.action, "has_fields", false);
	confirm(&f, "people_password_confirm");
	f = form_new(p, actions, p->login.is_locked ? "/unlock" : "/lock", p->login.is_locked ? "people_unlock" : "people_lock");
	doc_bool(f.action, "has_fields", false);
	confirm(&f, p->login.is_locked ? "people_unlock_confirm" : "people_lock_confirm");
}

static void put_leave(struct page *p, json_t *actions)
{
	struct form f = form_new(p, actions, "/leave", "people_leave");
	doc_bool(f.action, "has_fields", false);
	confirm(&f, "people_leave_confirm");
}

static void put_actions(struct page *p)
{
	json_t *actions = doc_sublist(p->c->page, "actions");
	if (may(p->c->actor, &account_people_write, p->who.unit.path) && !p->who.p.has_left) {
		put_edit(p, actions);
		put_give(p, actions);
		put_lend(p, actions);
		put_pass(p, actions);
		put_login(p, actions);
		put_leave(p, actions);
	}
	doc_bool(p->c->page, "has_actions", json_array_size(actions) > 0);
}

/* ---- showing ----------------------------------------------------------------------------- */

static void put_duty(struct page *p, json_t *list, const struct duty_line *d, const struct doc_style *style)
{
	struct call *c = p->c;
	struct day today = instant_day(c->env.now);
	json_t *j = doc_append(list);
	doc_put(j, duty_line_shape, d, style);
	doc_bool(j, "is_on", duty_is_on(d, today));
	if (c->face != FACE_HTML)
		return;
	struct unit at = {.id = d->unit_id, .path = d->unit_path};
	doc_str(j, "words", duty_words(c, d));
	doc_str(j, "until", d->to_on.ymd ? day_text(c->a, d->to_on) : STR(""));
	doc_str(j, "since", day_text(c->a, d->from_on));
	bool lasts = !d->to_on.ymd || d->to_on.ymd >= today.ymd;
	bool mine = lasts && !d->custom_id.v && !p->who.p.has_left && may(c->actor, &account_people_write, at.path);
	doc_str(j, "end_href", mine ? str_fmt(c->a, "/people/%lld/duties/%lld/end", (long long)d->person_id.v, (long long)d->id.v) : STR(""));
}

static void put_items(struct page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->doc, "open_items");
	for (size_t i = 0; i < p->n_items; i++) {
		json_t *j = doc_append(list);
		doc_str(j, "kind", p->items[i].kind);
		doc_id(j, "id", p->items[i].id);
		doc_str(j, "label", p->items[i].label);
		doc_str(j, "href", p->items[i].href);
		doc_str(j, "kind_label", call_text(c, str_fmt(c->a, "open_item_%.*s", STR_ARG(p->items[i].kind)).p));
	}
	doc_i64(c->doc, "open_total", p->n_open);
	doc_bool(c->page, "has_items", p->n_items > 0);
	doc_bool(c->page, "has_more", p->n_open > (int64_t)p->n_items);
}

static void put_links(struct page *p, const char *name, const struct handover_link *v, size_t n, const struct doc_style *style)
{
	json_t *list = doc_sublist(p->c->doc, name);
	for (size_t i = 0; i < n; i++) {
		json_t *j = doc_append(list);
		doc_put(j, handover_link_shape, &v[i], style);
		doc_str(j, "href", str_fmt(p->c->a, "/handovers/%lld", (long long)v[i].id.v));
	}
}

static void put_html(struct page *p)
{
	struct call *c = p->c;
	doc_str(c->page, "unit_href", str_fmt(c->a, "/units/%lld", (long long)p->who.unit.id.v));
	doc_bool(c->page, "has_posts", p->n_posts > 0);
	doc_bool(c->page, "has_handovers", p->n_given + p->n_taken > 0);
	json_t *posts = doc_sublist(c->page, "posts");
	for (size_t i = 0; i < p->n_posts; i++)
		doc_str(doc_append(posts), "words", duty_words(c, &p->posts[i]));
	bool gets_in = p->has_login && !p->who.p.has_left;
	doc_str(c->page, "pin_href", gets_in && may(c->actor, &account_keep, p->who.unit.path) ? here(c, "/pin") : STR(""));
	doc_str(c->page, "factor_href", gets_in && may(c->actor, &account_reset_factor, p->who.unit.path) ? here(c, "/factor") : STR(""));
	put_actions(p);
	doc_str(doc_sub(c->page, "page"), "title", p->who.p.name);
}

/* A login that is a telephone number is shown to who may see that, and the look is kept. */
static void put_entry(struct page *p)
{
	struct call *c = p->c;
	bool tells = p->has_login && account_login_tells_phone(p->login.login, p->who.p.phone), shows = p->has_login && (!tells || sees_phone(p));
	if (tells && shows)
		c->shown |= (uint64_t)1 << SEE_PHONE;
	doc_str(c->doc, "login", shows ? p->login.login : STR(""));
	doc_bool(c->doc, "has_login", p->has_login);
	doc_bool(c->doc, "is_locked", p->has_login && p->login.is_locked);
}

static const struct err *show(struct call *c)
{
	struct page *p = ARENA_NEW(c->a, struct page);
	p->c = c;
	TRY(call_read(c, read_page, p));
	struct doc_style style = call_style(c, p->who.unit.path);
	doc_put(c->doc, person_shape, &p->who.p, &style);
	doc_str(c->doc, "unit_name", p->who.unit.name);
	put_entry(p);
	json_t *duties = doc_sublist(c->doc, "duties");
	for (size_t i = 0; i < p->n_duties; i++)
		put_duty(p, duties, &p->duties[i], &style);
	if (!json_object_get(c->doc, "password"))
		doc_str(c->doc, "password", STR(""));
	put_items(p);
	put_links(p, "handed_over", p->given, p->n_given, &style);
	put_links(p, "took_over", p->taken, p->n_taken, &style);
	if (c->face == FACE_HTML)
		put_html(p);
	return NULL;
}

const struct err *people_get_one(struct call *c)
{
	return show(c);
}

/* ---- a new one ---------------------------------------------------------------------------- */

struct new_page {
	struct call *c;
	struct unit unit;
};

static const struct err *read_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct new_page *p = ctx;
	struct str unit = pairs_get(p->c->problem ? &p->c->req->form : &p->c->req->query, p->c->problem ? "unit_id" : "unit");
	(void)e;
	return org_scope(tx, p->c, &account_people_write, unit, &p->unit);
}

const struct err *people_get_new(struct call *c)
{
	struct new_page p = {.c = c};
	size_t n;
	TRY(call_read(c, read_unit, &p));
	struct form f = {c, NULL, doc_sublist(c->page, "fields"), NULL};
	struct choice *v = roles_of(c, people_gives(c->actor, &p.unit), &n);
	put(&f, "hidden", "unit_id", "account_unit", str_fmt(c->a, "%lld", (long long)p.unit.id.v), true, 0);
	put(&f, "text", "name", "account_name", STR(""), true, ACCOUNT_NAME_MAX);
	put(&f, "text", "phone", "account_phone", STR(""), false, 20);
	put(&f, "text", "staff_number", "f_staff_number", STR(""), false, 30);
	if (n)
		put_choices(&f, "role", "account_duties", v, n);
	doc_str(c->page, "unit_name", p.unit.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "people_new"));
	return NULL;
}

/* ---- the sheet ------------------------------------------------------------------------------ */

const struct err *people_locate_sheet(struct db_tx *tx, struct call *c, struct target *t)
{
	struct handover *h = ARENA_NEW(c->a, struct handover);
	struct unit u;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(people_handover(tx, c->city, t->id, h));
	TRY(org_unit(tx, c->city, h->unit_id, &u));
	t->unit_id = u.id;
	t->unit_path = u.path;
	t->object = h;
	/* Who gives and who takes may always read what they sign. */
	t->own = c->actor->person_id.v && (c->actor->person_id.v == h->from_id.v || c->actor->person_id.v == h->to_id.v);
	return NULL;
}

/* A duty's label holds the role's word and the unit. */
static struct str line_words(struct call *c, const struct handover_line *l)
{
	struct str rest = l->label, role = str_cut(&rest, '\t');
	if (!str_is(l->kind, "duty"))
		return l->label;
	uint32_t known = codes_find(&role_codes, role);
	return str_fmt(c->a, "%.*s · %.*s", STR_ARG(known ? call_label(c, &role_codes, str_z(c->a, role)) : role), STR_ARG(rest));
}

static const struct err *read_sheet(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	const struct handover *h = c->target.object;
	struct handover_line *v;
	size_t n;
	(void)e;
	TRY(people_handover_lines(tx, c->city, h->id, &v, &n));
	struct doc_style style = call_style(c, c->target.unit_path);
	doc_put(c->doc, handover_shape, h, &style);
	json_t *list = doc_sublist(c->doc, "lines");
	for (size_t i = 0; i < n; i++) {
		json_t *j = doc_append(list);
		doc_i64(j, "number", (int64_t)i + 1);
		doc_str(j, "kind", v[i].kind);
		doc_id(j, "id", v[i].id);
		doc_str(j, "label", line_words(c, &v[i]));
		doc_str(j, "kind_label", call_text(c, str_fmt(c->a, "open_item_%.*s", STR_ARG(v[i].kind)).p));
	}
	doc_i64(c->doc, "total", (int64_t)n);
	doc_str(c->page, "when", day_text(c->a, h->made_on));
	bool reads = may(c->actor, &account_people_read, c->target.unit_path);
	doc_str(c->page, "from_href", reads ? str_fmt(c->a, "/people/%lld", (long long)h->from_id.v) : STR(""));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "people_sheet"));
	return NULL;
}

const struct err *people_get_sheet(struct call *c)
{
	return call_read(c, read_sheet, c);
}

/* ---- names for the views -------------------------------------------------------------------- */

static const struct doc_part duty_parts[] = {
	DOC_NAME("is_on"), DOC_NAME("words"), DOC_NAME("since"), DOC_NAME("until"), DOC_NAME("end_href"), DOC_END};
static const struct doc_part item_parts[] = {
	DOC_NAME("kind"), DOC_NAME("id"), DOC_NAME("label"), DOC_NAME("href"), DOC_NAME("kind_label"), DOC_NAME("number"), DOC_END};
static const struct doc_part link_parts[] = {DOC_NAME("href"), DOC_END};
static const struct doc_part post_parts[] = {DOC_NAME("words"), DOC_END};
const struct doc_part people_show_doc[] = {
	DOC_SHAPE(person_shape), DOC_NAME("unit_name"), DOC_NAME("unit_href"), DOC_NAME("login"), DOC_NAME("has_login"), DOC_NAME("is_locked"), DOC_NAME("open_total"),
	DOC_NAME("has_items"), DOC_NAME("has_more"), DOC_NAME("has_posts"), DOC_NAME("has_actions"), DOC_NAME("has_handovers"), DOC_NAME("password"), DOC_NAME("pin_href"), DOC_NAME("factor_href"),
	DOC_ROWS_OF("duties", duty_line_shape, duty_parts), DOC_ROWS("open_items", item_parts), DOC_ROWS("posts", post_parts),
	DOC_ROWS_OF("handed_over", handover_link_shape, link_parts), DOC_ROWS_OF("took_over", handover_link_shape, link_parts),
	DOC_ROWS("actions", action_parts), DOC_END};
const struct doc_part people_new_doc[] = {DOC_ROWS("fields", field_parts), DOC_NAME("unit_name"), DOC_END};
const struct doc_part people_sheet_doc[] = {
	DOC_SHAPE(handover_shape), DOC_ROWS("lines", item_parts), DOC_NAME("total"), DOC_NAME("when"), DOC_NAME("from_href"), DOC_END};
