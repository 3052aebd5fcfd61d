/* What a leader sees: the code and its poster, who waits, and one tap for each. */
#include "join.h"

#include "join_sql.h"
#include "parts.h"
#include "qr.h"
#include "setting.h"

#include <string.h>

const struct shape join_list_shape[] = {SHAPE(struct join_list_query, unit, 32), SHAPE(struct join_list_query, after, 0), SHAPE_END};
const struct shape join_refuse_shape[] = {SHAPE_IN(struct join_refuse_input, reason, JOIN_REASON_MAX, SHAPE_REQUIRED), SHAPE_END};
const struct shape join_line_shape[] = {
	SHAPE(struct join_request, id, 0), SHAPE(struct join_request, name, 0), SHAPE(struct join_request, staff_number, 0),
	SHAPE_FOR(struct join_request, phone, 0, SEE_PHONE), SHAPE(struct join_request, unit_id, 0), SHAPE(struct join_request, unit_name, 0),
	SHAPE(struct join_request, made_at, 0), SHAPE_END};
static const struct doc_part line_parts[] = {DOC_NAME("match_label"), DOC_NAME("match_tone"), DOC_NAME("is_twice"), DOC_END};
#define LIST_PARTS DOC_NAME("has_items"), DOC_ROWS_OF("items", join_line_shape, line_parts)
const struct doc_part join_list_parts[] = {DOC_NAME("unit_name"), DOC_NAME("manage_href"), DOC_NAME("next"), DOC_NAME("next_href"), LIST_PARTS, DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part join_manage_parts[] = {
	DOC_NAME("unit_name"), DOC_NAME("employer_name"), DOC_NAME("has_code"), DOC_NAME("code"), DOC_NAME("code_spaced"), DOC_NAME("join_url"), DOC_NAME("site"),
	DOC_NAME("scans"), DOC_NAME("made_at_text"), DOC_NAME("waiting"), DOC_NAME("unit_id"), DOC_NAME("qr_path"), DOC_NAME("qr_side"), DOC_END};

enum { COUNTED_MAX = 200, PAGE_MAX = 50 /* each is looked up in the register */ };

/* ---- one unit's code --------------------------------------------------------------------- */

struct managed {
	struct unit *unit, employer;
	struct join_code code;
	bool found;
	size_t waiting;
};

static const struct err *read_managed(struct db_tx *tx, struct env *e, void *ctx)
{
	struct managed *m = ctx;
	struct join_request *rows;
	TRY(join_code_of(tx, e->city, m->unit->id, &m->code, &m->found));
	TRY(join_waiting_at(tx, e, m->unit, ID(0), COUNTED_MAX, &rows, &m->waiting));
	return m->unit->enterprise_id.v ? org_unit(tx, e->city, m->unit->enterprise_id, &m->employer) : NULL;
}

/* Where the browser that prints is itself; a site that has several names sets one. */
static struct str site_of(struct call *c)
{
	struct str own = setting_str(c->app, c->a, c->city, "join.site");
	if (own.n)
		return own;
	return str_fmt(c->a, "%s://%.*s", c->req->is_https ? "https" : "http", STR_ARG(req_header(c->req, "Host")));
}

static const struct err *put_code(struct call *c, const struct managed *m)
{
	struct doc_style style = call_style(c, m->unit->path);
	struct qr qr;
	struct str site = site_of(c), bare = site;
	json_t *row = doc_new(c->a);
	doc_bool(c->doc, "has_code", m->found);
	if (!m->found)
		return NULL;
	struct str url = str_fmt(c->a, "%.*s/j/%.*s", STR_ARG(site), STR_ARG(m->code.code));
	TRY(qr_draw(c->a, url, &qr));
	if (str_find(site, '/') >= 0)
		bare = str_sub(site, (size_t)str_find(site, '/') + 2, SIZE_MAX);
	doc_put(row, join_code_row, &m->code, &style);
	doc_str(c->doc, "code", m->code.code);
	doc_str(c->doc, "join_url", url);
	doc_i64(c->doc, "scans", m->code.scans);
	doc_str(c->page, "made_at_text", str_of(json_string_value(json_object_get(row, "made_at_text"))));
	doc_str(c->page, "code_spaced", str_fmt(c->a, "%.*s %.*s", 4, m->code.code.p, 4, m->code.code.p + 4));
	doc_str(c->page, "site", bare);
	doc_str(c->page, "qr_path", qr.path);
	doc_i64(c->page, "qr_side", qr.side);
	return NULL;
}

static const struct err *show_managed(struct call *c, const char *title)
{
	struct managed m = {.unit = c->target.object};
	TRY(call_read(c, read_managed, &m));
	doc_id(c->doc, "unit_id", m.unit->id);
	doc_str(c->doc, "unit_name", m.unit->name);
	doc_str(c->doc, "employer_name", m.employer.id.v == m.unit->id.v ? STR("") : m.employer.name);
	doc_i64(c->doc, "waiting", (int64_t)m.waiting);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, title));
	return put_code(c, &m);
}

const struct err *join_get_manage(struct call *c)
{
	return show_managed(c, "join_manage_title");
}

const struct err *join_get_poster(struct call *c)
{
	return show_managed(c, "join_poster_heading");
}

struct renewing {
	struct unit *unit;
	struct str code;
};

static const struct err *renew(struct db_tx *tx, struct env *e, void *ctx)
{
	struct renewing *r = ctx;
	return join_code_renew(tx, e, r->unit, r->code);
}

static const struct err *renew_with(struct call *c, struct str code)
{
	struct renewing r = {c->target.object, code};
	TRY(env_write(&c->env, renew, &r));
	if (c->face == FACE_HTML)
		call_done(c, 200, str_fmt(c->a, "/units/%lld/join", (long long)r.unit->id.v));
	else
		TRY(join_get_manage(c));
	return NULL;
}

const struct err *join_post_code(struct call *c)
{
	unsigned char raw[8];
	app_random(c->app, raw, sizeof(raw));
	return renew_with(c, str_sub(str_b32(c->a, raw, sizeof(raw)), 0, JOIN_CODE_CHARS));
}

const struct err *join_post_end(struct call *c)
{
	return renew_with(c, STR(""));
}

/* ---- who waits ----------------------------------------------------------------------------- */

const struct err *join_locate_request(struct db_tx *tx, struct call *c, struct target *t)
{
	struct join_request r;
	struct unit u;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(join_request(tx, c->city, t->id, &r));
	TRY(org_unit(tx, c->city, r.unit_id, &u));
	t->unit_id = u.id;
	t->unit_path = u.path;
	return NULL;
}

struct listed {
	struct call *c;
	struct unit unit;
	struct join_request *v;
	struct person *match;
	const struct err **doubt;
	bool *found, more;
	size_t n;
};

static const struct err *read_waiting(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listed *l = ctx;
	const struct join_list_query *q = l->c->input;
	TRY(org_scope(tx, l->c, &join_manage, l->c->req->method == WEB_GET ? q->unit : STR(""), &l->unit));
	if (l->unit.enterprise_id.v)
		TRY(join_waiting_at(tx, e, &l->unit, l->c->req->method == WEB_GET ? q->after : ID(0), PAGE_MAX + 1, &l->v, &l->n));
	l->more = l->n > PAGE_MAX;
	l->n -= l->more;
	l->match = ARENA_ARRAY(e->a, struct person, l->n + 1);
	l->doubt = ARENA_ARRAY(e->a, const struct err *, l->n + 1);
	l->found = ARENA_ARRAY(e->a, bool, l->n + 1);
	for (size_t i = 0; i < l->n; i++) {
		l->doubt[i] = account_person_matching(tx, e->city, l->unit.enterprise_id, l->v[i].phone, l->v[i].staff_number, &l->match[i], &l->found[i]);
		if (l->doubt[i] && l->doubt[i]->kind != ERR_INPUT)
			return l->doubt[i];
	}
	return NULL;
}

/* What the employer's register says to the number: the leader knows the face. */
static void put_match(struct listed *l, size_t i, json_t *j)
{
	struct call *c = l->c;
	bool same = l->found[i] && str_eq(l->match[i].name, l->v[i].name);
	/* The other name stays untold: it may be one of another team. */
	doc_str(j, "match_label", call_text(c, l->doubt[i] ? "join_match_doubt" : !l->found[i] ? "join_match_new" : same ? "join_match_same" : "join_match_other"));
	doc_z(j, "match_tone", l->doubt[i] || (l->found[i] && !same) ? "over" : same ? "done" : "quiet");
}

static bool is_twice(const struct listed *l, size_t i)
{
	for (size_t k = 0; k < l->n; k++)
		if (k != i && ((l->v[i].staff_number.n && str_eq(l->v[k].staff_number, l->v[i].staff_number)) ||
			       (l->v[i].phone.n && str_eq(l->v[k].phone, l->v[i].phone))))
			return true;
	return false;
}

const struct err *join_get_list(struct call *c)
{
	struct listed l = {.c = c};
	TRY(call_read(c, read_waiting, &l));
	json_t *items = doc_sublist(c->doc, "items");
	struct doc_style style = call_style(c, l.unit.path);
	for (size_t i = 0; i < l.n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, join_line_shape, &l.v[i], &style);
		put_match(&l, i, j);
		doc_bool(j, "is_twice", is_twice(&l, i));
	}
	if (l.more)
		doc_id(c->doc, "next", l.v[l.n - 1].id);
	else
		json_object_set_new(c->doc, "next", json_null());
	struct str next = l.more ? str_fmt(c->a, "%lld", (long long)l.v[l.n - 1].id.v) : STR("");
	doc_str(c->page, "next_href", l.more ? call_href_with(c, "after", next) : STR(""));
	doc_bool(c->page, "has_items", l.n > 0);
	doc_str(c->page, "unit_name", l.unit.name);
	doc_str(c->page, "manage_href", l.unit.enterprise_id.v ? str_fmt(c->a, "/units/%lld/join", (long long)l.unit.id.v) : STR(""));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "join_list_title"));
	return NULL;
}

struct deciding {
	struct id id;
	struct str reason;
};

static const struct err *confirm(struct db_tx *tx, struct env *e, void *ctx)
{
	return join_confirm(tx, e, ((struct deciding *)ctx)->id);
}

static const struct err *refuse(struct db_tx *tx, struct env *e, void *ctx)
{
	struct deciding *d = ctx;
	return join_refuse(tx, e, d->id, d->reason);
}

static void done(struct call *c, const char *state)
{
	doc_z(c->doc, "state", state);
	if (c->face == FACE_HTML)
		call_done(c, 200, STR("/joins"));
}

const struct err *join_post_confirm(struct call *c)
{
	struct deciding d = {.id = c->target.id};
	TRY(env_write(&c->env, confirm, &d));
	done(c, "confirmed");
	return NULL;
}

const struct err *join_post_refuse(struct call *c)
{
	const struct join_refuse_input *in = c->input;
	struct deciding d = {c->target.id, str_trim(in->reason)};
	TRY(env_write(&c->env, refuse, &d));
	done(c, "refused");
	return NULL;
}

/* ---- boxes on others' pages ------------------------------------------------------------------ */

enum { ENTRIES_MAX = 5 };

static void put_box(struct call *c, json_t *box, const struct join_request *v, size_t n, struct str href)
{
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < n && i < ENTRIES_MAX; i++) {
		/* Telephone numbers are for the list itself. */
		const char *between = v[i].staff_number.n ? " · " : "";
		struct entry w = {.href = STR("/joins"), .title = v[i].name, .sub = str_fmt(c->a, "%.*s%s%.*s", STR_ARG(v[i].unit_name), between,
				  STR_ARG(v[i].staff_number)), .state_label = call_text(c, "join_waits"), .state_tone = STR("due")};
		call_entry(items, &w);
	}
	doc_str(box, "title", call_text(c, "join_list_title"));
	doc_i64(box, "total", (int64_t)n);
	doc_z(box, "tone", n ? "due" : "quiet");
	doc_str(box, "all_href", href);
	doc_bool(box, "has_items", n > 0);
	doc_str(box, "empty_text", call_text(c, "join_nobody"));
}

/* The work desk: who waits in the own team, workshop or employer. */
static const struct err *home_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	const struct duty *d = widest_duty(c->actor, &join_manage);
	struct join_request *v;
	struct unit u;
	size_t n;
	(void)t;
	if (!d)
		return NULL;
	TRY(org_unit(tx, c->city, d->unit_id, &u));
	if (u.enterprise_id.v == 0)
		return NULL;
	TRY(join_waiting_at(tx, &c->env, &u, ID(0), COUNTED_MAX, &v, &n));
	if (n)
		put_box(c, box, v, n, STR("/joins"));
	return NULL;
}

/* A unit's page: the way to its code. */
static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct join_request *v;
	struct unit u;
	size_t n;
	TRY(org_unit(tx, c->city, t->unit_id, &u));
	if (u.enterprise_id.v == 0)
		return NULL;
	TRY(join_waiting_at(tx, &c->env, &u, ID(0), COUNTED_MAX, &v, &n));
	put_box(c, box, v, n, str_fmt(c->a, "/units/%lld/join", (long long)u.id.v));
	doc_str(box, "title", call_text(c, "join_manage_title"));
	return NULL;
}

const struct panel join_panels[] = {{"home", &join_manage, 12, home_box}, {"unit", &join_manage, 60, unit_box}, {0}};
