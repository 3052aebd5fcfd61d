/* One employer: who looks after it now and before, visits, and what may be done about it. */
#include "assignment_model.h"

#include "account.h"
#include "day.h"
#include "feature.h"
#include "parts.h"

#include <string.h>

static const struct doc_part row_parts[] = {DOC_NAME("is_over"), DOC_NAME("is_overdue"), DOC_NAME("person_href"), DOC_NAME("page_href"), DOC_END};
const struct doc_part contact_parts[] = {
	DOC_NAME("unit_id"), DOC_NAME("unit_name"), DOC_NAME("unit_href"), DOC_NAME("new_href"), DOC_NAME("may_write"), DOC_NAME("has_items"),
	DOC_ROWS_OF("items", assignment_shape, row_parts), DOC_NAME("has_visits"), DOC_ROWS_OF("visits", visit_shape, NULL),
	DOC_ROWS("actions", action_parts), DOC_NAME("has_actions"), DOC_END};

struct contact_page {
	struct call *c;
	const struct unit *unit;
	struct assignment *v;
	struct visit *visits;
	struct cadre *cadres;
	size_t n, n_visits, n_cadres;
};

static const struct err *read_contact(struct db_tx *tx, struct env *e, void *ctx)
{
	struct contact_page *p = ctx;
	TRY(assignment_of_employer(tx, e->city, p->unit->id, &p->v, &p->n));
	TRY(assignment_visits(tx, e->city, p->unit->id, &p->visits, &p->n_visits));
	return assignment_cadres(tx, e->city, p->unit->path, instant_day(e->now), &p->cadres, &p->n_cadres);
}

static json_t *action(struct call *c, json_t *list, const char *act, const char *label, struct str href, int64_t version)
{
	json_t *j = doc_append(list);
	const char *path = c->problem ? c->route->path : "";
	bool sent = strcmp(act, "visit") == 0 ? strcmp(path, "/units/{id}/visits") == 0 : strcmp(act, "assign") == 0 && strcmp(path, "/assignments") == 0;
	doc_z(j, "act", act);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "submit_label", call_text(c, "assignment_save"));
	doc_str(j, "href", href);
	doc_i64(j, "version", version);
	doc_bool(j, "has_fields", true);
	doc_bool(j, "open", sent);
	return doc_sublist(j, "fields");
}

static void field(struct call *c, json_t *fields, const char *act, const char *kind, const char *name, struct str value, uint32_t max, bool required)
{
	const char *label = str_fmt(c->a, "f_%s", name).p;
	struct field f = {.name = name, .kind = kind, .label = label, .value = value, .max = max, .required = required};
	call_field(c, fields, act, &f);
}

struct choice *assignment_cadre_choices(struct call *c, const struct cadre *v, size_t n, size_t *n_out)
{
	struct choice *out = ARENA_ARRAY(c->a, struct choice, n + 1);
	size_t at = 0;
	out[at++] = (struct choice){.value = STR(""), .label = call_text(c, "assignment_choose")};
	for (size_t i = 0; i < n; i++) {
		/* Nobody assigns somebody of the union above. */
		if (!may(c->actor, &assignment_write, v[i].unit_path))
			continue;
		struct str has = call_text_with(c, "assignment_cadre_choice", "n", str_fmt(c->a, "%lld", (long long)v[i].assigned));
		out[at].value = str_fmt(c->a, "%lld", (long long)v[i].id.v);
		out[at++].label = str_fmt(c->a, "%.*s · %.*s（%.*s）", STR_ARG(v[i].name), STR_ARG(v[i].unit_name), STR_ARG(has));
	}
	*n_out = at;
	return out;
}

static void put_kind(struct call *c, json_t *fields, const char *act, struct str value)
{
	size_t n;
	struct choice *roles = call_choices(c, &assignment_kinds, &n);
	call_field(c, fields, act, &(struct field){.name = "kind", .kind = "select", .label = "f_kind", .value = value, .choices = roles, .n_choices = n});
}

static void put_assign(struct contact_page *p, json_t *actions)
{
	struct call *c = p->c;
	struct str today = day_text(c->a, instant_day(c->env.now));
	json_t *fields = action(c, actions, "assign", "assignment_assign", STR("/assignments"), 0);
	size_t n;
	struct choice *v = assignment_cadre_choices(c, p->cadres, p->n_cadres, &n);
	field(c, fields, "assign", "hidden", "employer_ids", str_fmt(c->a, "%lld", (long long)p->unit->id.v), 0, false);
	call_field(c, fields, "assign", &(struct field){.name = "person_id", .kind = "select", .label = "f_person_id", .choices = v,
							.n_choices = n, .required = true});
	put_kind(c, fields, "assign", p->unit->high_risk ? STR("key") : STR("ordinary"));
	field(c, fields, "assign", "number", "every_days", STR(""), ASSIGNMENT_EVERY_MAX, false);
	field(c, fields, "assign", "date", "from_on", today, 0, true);
	field(c, fields, "assign", "date", "to_on", STR(""), 0, false);
	field(c, fields, "assign", "text", "note", STR(""), ASSIGNMENT_NOTE_MAX, false);
}

static void put_visit(struct contact_page *p, json_t *actions)
{
	struct call *c = p->c;
	struct str href = str_fmt(c->a, "/units/%lld/visits", (long long)p->unit->id.v);
	json_t *fields = action(c, actions, "visit", "assignment_visit", href, 0);
	field(c, fields, "visit", "date", "visited_on", day_text(c->a, instant_day(c->env.now)), 0, true);
	field(c, fields, "visit", "textarea", "note", STR(""), ASSIGNMENT_NOTE_MAX, false);
}

static void put_end(struct call *c, json_t *actions, const struct assignment *a)
{
	const char *act = str_fmt(c->a, "end%lld", (long long)a->id.v).p;
	json_t *fields = action(c, actions, act, "assignment_end", str_fmt(c->a, "/assignments/%lld/end", (long long)a->id.v), a->version);
	json_t *j = json_array_get(actions, json_array_size(actions) - 1);
	doc_str(j, "label", call_text_with(c, "assignment_end", "name", a->person_name));
	field(c, fields, act, "date", "to_on", day_text(c->a, instant_day(c->env.now)), 0, true);
	field(c, fields, act, "text", "reason", STR(""), ASSIGNMENT_NOTE_MAX, true);
}

static void put_change(struct call *c, json_t *actions, const struct assignment *a)
{
	const char *act = str_fmt(c->a, "change%lld", (long long)a->id.v).p;
	json_t *fields = action(c, actions, act, "assignment_change", str_fmt(c->a, "/assignments/%lld", (long long)a->id.v), a->version);
	json_t *j = json_array_get(actions, json_array_size(actions) - 1);
	doc_str(j, "label", call_text_with(c, "assignment_change", "name", a->person_name));
	put_kind(c, fields, act, str_of(codes_word(&assignment_kinds, a->kind)));
	field(c, fields, act, "number", "every_days", str_fmt(c->a, "%lld", (long long)a->every_days), ASSIGNMENT_EVERY_MAX, false);
	field(c, fields, act, "text", "note", a->note, ASSIGNMENT_NOTE_MAX, false);
}

static void put_actions(struct contact_page *p)
{
	struct call *c = p->c;
	struct day today = instant_day(c->env.now);
	json_t *actions = doc_sublist(c->page, "actions");
	bool writes = may(c->actor, &assignment_write, p->unit->path) && !p->unit->is_closed;
	if (may(c->actor, &assignment_visit, p->unit->path))
		put_visit(p, actions);
	if (writes)
		put_assign(p, actions);
	for (size_t i = 0; writes && i < p->n; i++) {
		if (p->v[i].to_on.ymd && p->v[i].to_on.ymd < today.ymd)
			continue;
		put_change(c, actions, &p->v[i]);
		put_end(c, actions, &p->v[i]);
	}
	doc_bool(c->page, "may_write", writes);
	doc_bool(c->page, "has_actions", json_array_size(actions) > 0);
}

/* The person's own page, with the telephone number and the hand-over sheets, for who may open it; empty for others. */
static struct str page_of(const struct contact_page *p, struct id person)
{
	struct call *c = p->c;
	for (size_t i = 0; i < p->n_cadres; i++)
		if (p->cadres[i].id.v == person.v && may(c->actor, &account_people_read, p->cadres[i].unit_path))
			return str_fmt(c->a, "/people/%lld", (long long)person.v);
	return STR("");
}

static void put_rows(struct contact_page *p)
{
	struct call *c = p->c;
	struct day today = instant_day(c->env.now);
	struct doc_style style = call_style(c, p->unit->path);
	json_t *items = doc_sublist(c->doc, "items"), *visits = doc_sublist(c->doc, "visits");
	for (size_t i = 0; i < p->n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, assignment_shape, &p->v[i], &style);
		doc_bool(j, "is_over", p->v[i].to_on.ymd && p->v[i].to_on.ymd < today.ymd);
		doc_bool(j, "is_overdue", p->v[i].due_on.ymd && p->v[i].due_on.ymd < today.ymd && assignment_holds(&p->v[i], today));
		doc_str(j, "person_href", str_fmt(c->a, "/assignments?person=%lld", (long long)p->v[i].person_id.v));
		doc_str(j, "page_href", page_of(p, p->v[i].person_id));
	}
	for (size_t i = 0; i < p->n_visits; i++)
		doc_put(doc_append(visits), visit_shape, &p->visits[i], &style);
	doc_bool(c->page, "has_items", p->n > 0);
	doc_bool(c->page, "has_visits", p->n_visits > 0);
}

const struct err *assignment_show(struct call *c, const struct unit *unit)
{
	struct contact_page p = {.c = c, .unit = unit};
	if (unit->kind != UNIT_EMPLOYER)
		return ERR(c->a, ERR_MISSING, NULL, "not an employer");
	TRY(call_read(c, read_contact, &p));
	doc_id(c->doc, "unit_id", unit->id);
	doc_str(c->doc, "unit_name", unit->name);
	put_rows(&p);
	doc_str(c->page, "unit_href", str_fmt(c->a, "/units/%lld", (long long)unit->id.v));
	doc_str(c->page, "new_href", STR(""));
	if (c->face == FACE_HTML)
		put_actions(&p);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(unit->name), STR_ARG(call_text(c, "assignment_contact_title"))));
	return NULL;
}

const struct err *contact_get(struct call *c)
{
	return assignment_show(c, c->target.object);
}

/* ---- boxes on others' pages -------------------------------------------------------------- */

/* An employer's page: who looks after it. */
static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	const struct unit *u = t->object;
	struct assignment *v;
	size_t n, shown = 0;
	struct day today = instant_day(c->env.now);
	struct str href = str_fmt(c->a, "/units/%lld/contact", (long long)u->id.v);
	if (u->kind != UNIT_EMPLOYER)
		return NULL;
	TRY(assignment_of_employer(tx, c->city, u->id, &v, &n));
	json_t *figures = doc_sublist(box, "figures");
	for (size_t i = 0; i < n; i++) {
		bool late = v[i].due_on.ymd && v[i].due_on.ymd < today.ymd;
		if (!assignment_holds(&v[i], today))
			continue;
		shown++;
		call_figure(figures, href, v[i].person_name,
			   call_text_with(c, late ? "assignment_visit_late" : "assignment_visit_by", "day", day_text(c->a, v[i].due_on)),
			   late ? "over" : "ink");
	}
	if (!shown)
		call_figure(figures, href, call_text(c, "assignment_nobody"), call_text(c, "assignment_assign"), u->is_closed ? "quiet" : "over");
	doc_str(box, "title", call_text(c, "assignment_contact_title"));
	doc_str(box, "all_href", href);
	return NULL;
}

/* The work desk of a cadre: my employers, the late ones first. */
static const struct err *home_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct assignment *v;
	size_t n;
	int64_t total, late;
	struct day today = instant_day(c->env.now);
	(void)t;
	TRY(assignment_open_count(tx, c->city, c->actor->person_id, today, &total));
	if (!total)
		return NULL;
	TRY(assignment_next_of(tx, c->city, c->actor->person_id, today, 5, &v, &n));
	TRY(assignment_late_count(tx, c->city, c->actor->person_id, today, &late));
	doc_str(box, "title", call_text(c, "assignment_mine_title"));
	doc_i64(box, "total", total);
	doc_z(box, "tone", late ? "over" : "work");
	doc_z(box, "all_href", "/assignments?mine=1");
	doc_str(box, "empty_text", call_text(c, "assignment_none"));
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < n; i++) {
		bool is_late = v[i].due_on.ymd < today.ymd;
		struct entry e = {.href = str_fmt(c->a, "/units/%lld/contact", (long long)v[i].employer_id.v), .title = v[i].employer_name,
				  .sub = call_label(c, &assignment_kinds, codes_word(&assignment_kinds, v[i].kind))};
		e.due_label = call_text_with(c, is_late ? "assignment_visit_late" : "assignment_visit_by", "day", day_text(c->a, v[i].due_on));
		e.due_tone = is_late ? STR("over") : STR("quiet");
		call_entry(items, &e);
	}
	doc_bool(box, "has_items", n > 0);
	json_t *figures = doc_sublist(box, "figures");
	call_figure(figures, STR("/assignments?mine=1&overdue=1"), str_fmt(c->a, "%lld", (long long)late), call_text(c, "assignment_overdue"),
		   late ? "over" : "done");
	return NULL;
}

const struct panel assignment_panels[] = {{"home", &assignment_visit, 15, home_box}, {"unit", &assignment_read, 5, unit_box}, {0}};
