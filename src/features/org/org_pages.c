#include "org_model.h"

#include "day.h"
#include "feature.h"
#include "org_change_pages.h"
#include "org_member.h"
#include "org_sql.h"
#include "parts.h"

#include <stdlib.h>

struct former_name {
	int64_t version;
	struct str name, union_name;
	struct day until_on;
};
static const struct shape former_name_row[] = {
	SHAPE(struct former_name, version, 0),
	SHAPE(struct former_name, name, 0),
	SHAPE(struct former_name, union_name, 0),
	SHAPE(struct former_name, until_on, 0),
	SHAPE_END,
};

struct unit_page {
	struct call *c;
	struct id id;
	struct unit unit;
	struct unit *parents, *children;
	size_t n_parents, n_children, n_places, n_names;
	struct place *places;
	void *names;
	int64_t children_total;
	struct str sort;
	struct cursor next; /* id 0: no further children */
	json_t *panels;
	struct kind_count *kinds;
	struct org_change *changes; /* of it and into it, newest first */
	size_t n_kinds, n_changes;
	struct membership *memberships; /* of an employer */
	size_t n_memberships;
	int64_t n_members;          /* of a union that takes members */
	struct unit into;           /* where a merged one went; id 0: not merged, or out of reach */
};

/* How many of each kind stand directly below. */
struct kind_count {
	uint32_t kind;
	int64_t n;
};
static const struct shape kind_count_row[] = {SHAPE_CODE(struct kind_count, kind, &unit_kinds), SHAPE(struct kind_count, n, 0), SHAPE_END};

/* ---- finding --------------------------------------------------------------------- */

const struct err *org_locate_unit(struct db_tx *tx, struct call *c, struct target *t)
{
	struct unit *u = ARENA_NEW(c->a, struct unit);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(org_unit(tx, c->city, t->id, u));
	t->unit_id = u->id;
	t->unit_path = u->path;
	t->object = u;
	return NULL;
}

const struct err *org_locate_place(struct db_tx *tx, struct call *c, struct target *t)
{
	struct place *p = ARENA_NEW(c->a, struct place);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(org_place(tx, c->city, t->id, p));
	t->unit_id = p->unit_id;
	t->unit_path = p->unit_path;
	t->object = p;
	return NULL;
}

/* ---- reading a unit's page ---------------------------------------------------------- */

static const struct err *read_children(struct db_tx *tx, struct unit_page *p)
{
	struct cursor at;
	void *rows;
	size_t n;
	p->sort = p->unit.kind == UNIT_CITY ? STR("code") : STR("name");
	int sort = sql_list_sort(&org_units, p->sort);
	const struct sql *stmt = sql_list_pick(&org_units, "parent", p->sort, NULL);
	TRY(cursor_read(p->c, &org_units, p->sort, pairs_get(&p->c->req->query, "after"), &at));
	TRY(db_all(tx, stmt,
		   ARGS(ARG(p->c->city), ARG(p->unit.id), cursor_arg(&org_units, sort, &at), ARG(at.id), arg_str(STR("")),
			arg_str(STR("")), arg_str(STR("")), ARG(true), arg_i64(LIST_DEFAULT + 1)),
		   unit_row, sizeof(struct unit), &rows, &n));
	p->children = rows;
	p->n_children = n > LIST_DEFAULT ? LIST_DEFAULT : n;
	if (n > LIST_DEFAULT) {
		const struct unit *last = &p->children[LIST_DEFAULT - 1];
		p->next = (struct cursor){.text = sort == 0 ? last->sort_key : last->code, .id = last->id};
	}
	return db_i64(tx, &org_children_count, ARGS(ARG(p->c->city), ARG(p->unit.id)), 0, &p->children_total);
}

static const struct err *read_panels(struct db_tx *tx, struct unit_page *p)
{
	struct target t = {.id = p->unit.id, .unit_id = p->unit.id, .unit_path = p->unit.path, .object = &p->unit};
	p->panels = doc_list(p->c->a);
	for (const struct feature *const *f = app_features(p->c->app); *f; f++)
		for (const struct panel *panel = (*f)->panels; panel && panel->page; panel++) {
			json_t *box = doc_new(p->c->a);
			if (strcmp(panel->page, "unit") != 0 || !may(p->c->actor, panel->perm, p->unit.path))
				continue;
			TRY(panel->fill(tx, p->c, &t, box));
			if (json_object_size(box) == 0)
				continue;
			/* The page's own items are the children: a box shows its figures here. */
			if (!json_object_get(box, "figures"))
				doc_sublist(box, "figures");
			json_object_del(box, "items");
			json_array_append(p->panels, box);
		}
	return NULL;
}

static int newest_first(const void *a, const void *b)
{
	const struct org_change *x = a, *y = b;
	return (y->id.v > x->id.v) - (y->id.v < x->id.v);
}

enum { CHANGES_SHOWN = 8 };

static const struct err *read_changes(struct db_tx *tx, struct unit_page *p)
{
	void *of, *to;
	size_t n_of, n_to;
	struct args args = ARGS(ARG(p->c->city), ARG(p->id), arg_i64(CHANGES_SHOWN));
	TRY(db_all(tx, &org_changes_of, args, org_change_line, sizeof(struct org_change), &of, &n_of));
	TRY(db_all(tx, &org_changes_to, args, org_change_line, sizeof(struct org_change), &to, &n_to));
	p->changes = ARENA_ARRAY(db_arena(tx), struct org_change, n_of + n_to + 1);
	for (size_t i = 0; i < n_of; i++)
		p->changes[p->n_changes++] = ((struct org_change *)of)[i];
	for (size_t i = 0; i < n_to; i++)
		if (may(p->c->actor, &org_read, ((struct org_change *)to)[i].unit_path))
			p->changes[p->n_changes++] = ((struct org_change *)to)[i];
	qsort(p->changes, p->n_changes, sizeof(*p->changes), newest_first);
	p->n_changes = p->n_changes < CHANGES_SHOWN ? p->n_changes : CHANGES_SHOWN;
	for (size_t i = 0; i < p->n_changes; i++)
		org_change_seen(p->c, &p->changes[i]);
	return NULL;
}

static const struct err *read_history(struct db_tx *tx, struct unit_page *p)
{
	void *rows;
	TRY(db_all(tx, &org_kinds_below, ARGS(ARG(p->c->city), ARG(p->id)), kind_count_row, sizeof(struct kind_count), &rows, &p->n_kinds));
	p->kinds = rows;
	if (p->unit.merged_into.v)
		TRY(org_unit(tx, p->c->city, p->unit.merged_into, &p->into));
	if (!may(p->c->actor, &org_read, p->into.path))
		p->into = (struct unit){0};
	p->n_changes = 0;
	if (p->unit.kind == UNIT_EMPLOYER)
		TRY(org_memberships(tx, p->c->city, p->id, &p->memberships, &p->n_memberships));
	if (org_takes_members(p->unit.kind))
		TRY(db_i64(tx, &org_members_count, ARGS(ARG(p->c->city), ARG(p->id)), 0, &p->n_members));
	TRY(read_changes(tx, p));
	return read_panels(tx, p);
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit_page *p = ctx;
	(void)e;
	TRY(org_unit(tx, p->c->city, p->id, &p->unit));
	TRY(org_parents(tx, p->c->city, &p->unit, &p->parents, &p->n_parents));
	TRY(read_children(tx, p));
	TRY(db_all(tx, &org_names, ARGS(ARG(p->c->city), ARG(p->id)), former_name_row, sizeof(struct former_name), &p->names, &p->n_names));
	if (p->unit.enterprise_id.v)
		TRY(org_places(tx, p->c->city, &p->unit, &p->places, &p->n_places));
	return p->c->face == FACE_HTML ? read_history(tx, p) : NULL;
}

/* ---- drawing ------------------------------------------------------------------------- */

void org_put_parents(struct call *c, json_t *doc, const struct unit *parents, size_t n)
{
	json_t *list = doc_sublist(doc, "parents");
	for (size_t i = 0; i < n; i++) {
		json_t *j;
		if (!may(c->actor, &org_read, parents[i].path))
			continue;
		j = doc_append(list);
		doc_id(j, "id", parents[i].id);
		doc_str(j, "name", parents[i].name);
		doc_z(j, "kind", codes_word(&unit_kinds, parents[i].kind));
	}
}

static void put_lists(struct unit_page *p, const struct doc_style *style)
{
	json_t *items = doc_sublist(p->c->doc, "items"), *entries = doc_sublist(p->c->page, "items");
	for (size_t i = 0; i < p->n_children; i++) {
		doc_put(doc_append(items), unit_shape, &p->children[i], style);
		org_put_entry(p->c, entries, &p->children[i]);
	}
	json_t *places = doc_sublist(p->c->doc, "places");
	for (size_t i = 0; i < p->n_places; i++)
		doc_put(doc_append(places), place_shape, &p->places[i], style);
	json_t *names = doc_sublist(p->c->doc, "former_names");
	for (size_t i = 0; i < p->n_names; i++)
		doc_put(doc_append(names), former_name_row, (struct former_name *)p->names + i, style);
}

static void fact(struct call *c, json_t *facts, const char *label, struct str value)
{
	json_t *j;
	if (value.n == 0)
		return;
	j = doc_append(facts);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "value", value);
}

static struct str yes(struct call *c, bool is)
{
	return call_text(c, is ? "org_yes" : "org_no");
}

static void put_facts(struct unit_page *p)
{
	struct call *c = p->c;
	const struct unit *u = &p->unit;
	json_t *facts = doc_sublist(c->page, "facts");
	fact(c, facts, "org_kind", call_label(c, &unit_kinds, codes_word(&unit_kinds, u->kind)));
	fact(c, facts, "org_union_name", u->union_name);
	fact(c, facts, "org_code", u->code);
	if (u->kind == UNIT_EMPLOYER) {
		fact(c, facts, "org_uscc", u->uscc);
		fact(c, facts, "org_industry", u->industry);
		if (u->size)
			fact(c, facts, "org_size", call_label(c, &employer_sizes, codes_word(&employer_sizes, u->size)));
		fact(c, facts, "org_high_risk", yes(c, u->high_risk));
		fact(c, facts, "org_non_public", yes(c, u->non_public));
	}
	if (u->headcount)
		fact(c, facts, "org_headcount", str_fmt(c->a, "%lld", (long long)u->headcount));
	if (u->is_closed)
		fact(c, facts, "org_state", call_text(c, "org_closed"));
	for (size_t i = 0; i < p->n_names; i++)
		fact(c, facts, "org_former_name", ((struct former_name *)p->names)[i].name);
}

/* Children by kind: each number opens to the list of that kind. */
static void put_kinds(struct unit_page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->page, "kinds");
	for (size_t i = 0; i < p->n_kinds; i++) {
		const char *word = codes_word(&unit_kinds, p->kinds[i].kind);
		json_t *j = doc_append(list);
		doc_str(j, "href", str_fmt(c->a, "/units?unit=%lld&kind=%s", (long long)p->unit.id.v, word));
		doc_str(j, "label", call_label(c, &unit_kinds, word));
		doc_str(j, "value", str_fmt(c->a, "%lld", (long long)p->kinds[i].n));
		doc_z(j, "tone", "ink");
	}
	doc_bool(c->page, "has_kinds", p->n_kinds > 0);
}

static void put_changes(struct unit_page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->page, "changes");
	for (size_t i = 0; i < p->n_changes; i++)
		org_put_change_entry(c, list, &p->changes[i]);
	doc_bool(c->page, "has_changes", p->n_changes > 0);
	doc_str(c->page, "changes_href", str_fmt(c->a, "/changes?unit=%lld", (long long)p->unit.id.v));
	doc_str(c->page, "into_name", p->into.name);
	doc_str(c->page, "into_href", p->into.id.v ? str_fmt(c->a, "/units/%lld", (long long)p->into.id.v) : STR(""));
}

static void put_members(struct unit_page *p)
{
	struct call *c = p->c;
	bool takes = org_takes_members(p->unit.kind);
	json_t *list = doc_sublist(c->page, "memberships");
	for (size_t i = 0; i < p->n_memberships; i++) {
		const struct membership *m = &p->memberships[i];
		json_t *j = doc_append(list);
		bool sees = may(c->actor, &org_read, m->union_path);
		doc_str(j, "label", m->union_name);
		doc_str(j, "href", sees ? str_fmt(c->a, "/units/%lld", (long long)m->union_id.v) : STR(""));
		doc_str(j, "days", str_fmt(c->a, "%.*s – %.*s", STR_ARG(day_text(c->a, m->from_on)), STR_ARG(day_text(c->a, m->to_on))));
	}
	doc_bool(c->page, "has_memberships", p->n_memberships > 0);
	doc_str(c->page, "members_href", takes ? str_fmt(c->a, "/units/%lld/members", (long long)p->unit.id.v) : STR(""));
	doc_str(c->page, "members_total", str_fmt(c->a, "%lld", (long long)p->n_members));
}

/* The changes of the tree that the actor may ask for here. */
static void put_change_links(struct unit_page *p)
{
	struct call *c = p->c;
	const struct unit *u = &p->unit;
	json_t *list = doc_sublist(c->page, "change_links");
	bool above = p->n_parents && org_may_write(c, u->kind, p->parents[p->n_parents - 1].path);
	bool here = org_may_write(c, u->kind, u->path), below = org_may_write(c, UNIT_TEAM, u->path) && u->kind != UNIT_TEAM;
	for (uint32_t act = ORG_CREATE; act < ORG_ACT_COUNT && !u->is_closed; act++) {
		const char *word = codes_word(&org_acts, act);
		if (act == ORG_CREATE ? !below : act == ORG_RENAME ? !here : !above)
			continue;
		json_t *j = doc_append(list);
		doc_str(j, "href", str_fmt(c->a, "/units/%lld/change?act=%s", (long long)u->id.v, word));
		doc_str(j, "label", call_label(c, &org_acts, word));
	}
	doc_bool(c->page, "has_change_links", json_array_size(list) > 0);
}

static void put_html(struct unit_page *p)
{
	struct call *c = p->c;
	put_kinds(p);
	put_members(p);
	put_changes(p);
	put_change_links(p);
	put_facts(p);
	doc_set(c->page, "panels", p->panels);
	call_list_page(c, &org_units, p->sort, "org_sort_", p->n_children);
	doc_str(c->page, "children_total", str_fmt(c->a, "%lld", (long long)p->children_total));
	doc_bool(c->page, "has_places", p->n_places > 0);
	org_put_actions(c, &p->unit);
	doc_str(doc_sub(c->page, "page"), "title", p->unit.name);
}

const struct err *org_show_unit(struct call *c, struct id id)
{
	struct unit_page p = {.c = c, .id = id};
	TRY(call_read(c, read_page, &p));
	struct doc_style style = call_style(c, p.unit.path);
	doc_put(c->doc, unit_shape, &p.unit, &style);
	org_put_parents(c, c->doc, p.parents, p.n_parents);
	put_lists(&p, &style);
	cursor_next(c, &org_units, p.sort, p.next);
	if (c->face == FACE_HTML)
		put_html(&p);
	return NULL;
}

const struct err *org_get_unit(struct call *c)
{
	return org_show_unit(c, c->target.id);
}

/* ---- a place ----------------------------------------------------------------------------- */

struct place_page {
	struct call *c;
	const struct place *place;
	struct unit unit;
	struct unit *parents;
	size_t n_parents;
};

static const struct err *read_place(struct db_tx *tx, struct env *e, void *ctx)
{
	struct place_page *p = ctx;
	(void)e;
	TRY(org_unit(tx, p->c->city, p->place->unit_id, &p->unit));
	return org_parents(tx, p->c->city, &p->unit, &p->parents, &p->n_parents);
}

const struct err *org_get_place(struct call *c)
{
	struct place_page p = {.c = c, .place = c->target.object};
	TRY(call_read(c, read_place, &p));
	struct doc_style style = call_style(c, p.place->unit_path);
	doc_put(c->doc, place_shape, p.place, &style);
	doc_str(c->doc, "unit_name", p.unit.name);
	doc_str(c->doc, "report_href", str_fmt(c->a, "/r/%.*s", STR_ARG(p.place->code)));
	org_put_parents(c, c->doc, p.parents, p.n_parents);
	doc_str(doc_sub(c->page, "page"), "title", p.place->name);
	return NULL;
}
