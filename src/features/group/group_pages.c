/* The groups of a round on one page, with those who have none; their forms. */
#include "group_pages.h"

#include "day.h"
#include "group_sql.h"
#include "parts.h"
#include "setting.h"

const struct shape groups_query_shape[] = {
	SHAPE(struct groups_query, campaign, 0), SHAPE(struct groups_query, round, GROUP_ROUND_MAX), SHAPE(struct groups_query, edit, 0),
	SHAPE(struct groups_query, header, 8), SHAPE_END};

static const struct doc_part named_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("checked"), DOC_NAME("taken"), DOC_END};
static const struct doc_part item_parts[] = {DOC_NAME("warning"), DOC_NAME("edit_href"), DOC_NAME("close_href"), DOC_ROWS("group_units", named_parts),
					     DOC_ROWS("group_members", named_parts), DOC_END};
static const struct doc_part link_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_NAME("current"), DOC_END};
const struct doc_part groups_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("campaign_name"), DOC_NAME("campaign_id"), DOC_NAME("round"), DOC_NAME("round_label"), DOC_NAME("may_write"),
	DOC_ROWS_OF("items", group_shape, item_parts), DOC_ROWS("rounds", link_parts), DOC_NAME("has_without"), DOC_ROWS("without", named_parts),
	DOC_NAME("sheet_href"), DOC_NAME("form_href"), DOC_NAME("form_title"), DOC_NAME("form_version"), DOC_ROWS("fields", field_parts),
	DOC_ROWS("choose_units", named_parts), DOC_ROWS("choose_members", named_parts), DOC_NAME("can_copy"), DOC_NAME("copy_from"), DOC_NAME("is_new"),
	DOC_END};

struct page {
	struct call *c;
	struct id campaign_id, edit;
	int64_t round;
	struct campaign campaign;
	struct supervision_group *v, edited;
	struct group_candidate *units;
	struct group_named *people;
	int64_t rounds[24];
	size_t n, n_units, n_people, n_rounds;
};

struct round_row { int64_t round; };

static const struct err *read_rounds(struct db_tx *tx, struct env *e, struct page *p)
{
	static const struct shape row[] = {SHAPE(struct round_row, round, 0), SHAPE_END};
	void *rows;
	TRY(db_all(tx, &group_rounds, ARGS(ARG(e->city), ARG(p->campaign.id)), row, sizeof(struct round_row), &rows, &p->n_rounds));
	for (size_t i = 0; i < p->n_rounds; i++)
		p->rounds[i] = ((struct round_row *)rows)[i].round;
	if (!p->round)
		p->round = p->n_rounds ? p->rounds[p->n_rounds - 1] : 1;
	return NULL;
}

static const struct err *read_people(struct db_tx *tx, struct env *e, struct page *p)
{
	static const struct shape row[] = {SHAPE(struct group_named, id, 0), SHAPE(struct group_named, name, 0), SHAPE_END};
	struct unit root;
	void *rows;
	TRY(org_root(tx, e->city, &root));
	TRY(db_all(tx, &group_people, ARGS(ARG(e->city), ARG(root.id), ARG_DAY(instant_day(e->now))), row, sizeof(struct group_named), &rows, &p->n_people));
	p->people = rows;
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	if (p->campaign_id.v)
		TRY(campaign_by_id(tx, e->city, p->campaign_id, &p->campaign));
	else
		TRY(campaign_on(tx, e->city, instant_day(e->now), &p->campaign));
	TRY(read_rounds(tx, e, p));
	TRY(group_round(tx, e->city, p->campaign.id, p->round, &p->v, &p->n));
	TRY(group_candidates_of(tx, e->city, p->campaign.id, p->round, &p->units, &p->n_units));
	if (p->edit.v)
		TRY(group_read(tx, e->city, p->edit, &p->edited));
	return read_people(tx, e, p);
}

static json_t *put_named(json_t *list, struct id id, struct str name, bool checked, bool taken)
{
	json_t *j = doc_append(list);
	doc_id(j, "id", id);
	doc_str(j, "name", name);
	doc_bool(j, "checked", checked);
	doc_bool(j, "taken", taken);
	return j;
}

static struct str warning_of(struct call *c, const struct supervision_group *g)
{
	int64_t min = setting_i64(c->app, c->city, "group.units_min"), max = setting_i64(c->app, c->city, "group.units_max");
	if ((int64_t)g->n_units >= min && (int64_t)g->n_units <= max)
		return STR("");
	struct str range = str_fmt(c->a, "%lld–%lld", (long long)min, (long long)max);
	return call_text_with(c, "group_units_warning", "n", range);
}

static void put_groups(struct page *p)
{
	struct call *c = p->c;
	struct doc_style style = call_style(c, STR(""));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < p->n; i++) {
		const struct supervision_group *g = &p->v[i];
		json_t *j = doc_append(items);
		doc_put(j, group_shape, g, &style);
		json_t *units = doc_sublist(j, "group_units"), *members = doc_sublist(j, "group_members");
		for (size_t k = 0; k < g->n_units; k++)
			put_named(units, g->units[k].id, g->units[k].name, false, false);
		for (size_t k = 0; k < g->n_members; k++)
			put_named(members, g->members[k].id, g->members[k].name, false, false);
		doc_str(j, "warning", warning_of(c, g));
		doc_str(j, "edit_href", str_fmt(c->a, "/groups?campaign=%lld&round=%lld&edit=%lld#edit", (long long)p->campaign.id.v, (long long)p->round,
						(long long)g->id.v));
		doc_str(j, "close_href", str_fmt(c->a, "/groups/%lld/close", (long long)g->id.v));
	}
	json_t *without = doc_sublist(c->doc, "without");
	for (size_t i = 0; i < p->n_units; i++)
		if (!p->units[i].group_id.v)
			put_named(without, p->units[i].id, p->units[i].name, false, false);
	doc_set(c->doc, "next", json_null());
	doc_id(c->doc, "campaign_id", p->campaign.id);
	doc_str(c->doc, "campaign_name", p->campaign.name);
	doc_i64(c->doc, "round", p->round);
	doc_bool(c->page, "has_without", json_array_size(without) > 0);
	doc_bool(c->page, "has_items", p->n > 0);
}

static bool was_sent(const struct call *c, const char *name, struct id id)
{
	for (size_t i = 0; i < c->req->form.n; i++)
		if (str_is(c->req->form.v[i].name, name) && str_eq(c->req->form.v[i].value, str_fmt(c->a, "%lld", (long long)id.v)))
			return true;
	return false;
}

static bool is_in(const struct group_named *v, size_t n, struct id id)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].id.v == id.v)
			return true;
	return false;
}

static void put_choices(struct page *p)
{
	struct call *c = p->c;
	const struct supervision_group *g = &p->edited;
	json_t *units = doc_sublist(c->page, "choose_units"), *members = doc_sublist(c->page, "choose_members");
	for (size_t i = 0; i < p->n_units; i++) {
		struct id id = p->units[i].id;
		bool own = p->units[i].group_id.v == g->id.v && g->id.v;
		put_named(units, id, p->units[i].name, c->problem ? was_sent(c, "unit_ids", id) : own, p->units[i].group_id.v && !own);
	}
	for (size_t i = 0; i < p->n_people; i++) {
		struct id id = p->people[i].id;
		put_named(members, id, p->people[i].name, c->problem ? was_sent(c, "member_ids", id) : is_in(g->members, g->n_members, id), false);
	}
}

static void put_field(struct call *c, json_t *fields, const char *kind, const char *name, struct str value, uint32_t max)
{
	struct field f = {.name = name, .kind = kind, .label = str_fmt(c->a, "f_%s", name).p, .value = value, .max = max};
	f.required = str_is(str_of(name), "name");
	call_field(c, fields, NULL, &f);
}

static void put_form(struct page *p)
{
	struct call *c = p->c;
	const struct supervision_group *g = &p->edited;
	json_t *fields = doc_sublist(c->page, "fields");
	struct choice *v = ARENA_ARRAY(c->a, struct choice, p->n_people + 1);
	v[0] = (struct choice){.value = STR(""), .label = call_text(c, "group_no_leader")};
	for (size_t i = 0; i < p->n_people; i++)
		v[i + 1] = (struct choice){.value = str_fmt(c->a, "%lld", (long long)p->people[i].id.v), .label = p->people[i].name};
	struct str leader = g->leader_id.v ? str_fmt(c->a, "%lld", (long long)g->leader_id.v) : STR("");
	put_field(c, fields, "text", "name", g->name, GROUP_NAME_MAX);
	call_field(c, fields, NULL, &(struct field){.name = "leader_id", .kind = "select", .label = "f_leader_id", .value = leader, .choices = v,
						    .n_choices = p->n_people + 1, .required = true});
	put_field(c, fields, "text", "department", g->department, GROUP_DEPARTMENT_MAX);
	put_field(c, fields, "date", "from_on", day_text(c->a, g->from_on), 0);
	put_field(c, fields, "date", "to_on", day_text(c->a, g->to_on), 0);
	put_field(c, fields, "text", "note", g->note, GROUP_NOTE_MAX);
	doc_str(c->page, "form_href", g->id.v ? str_fmt(c->a, "/groups/%lld", (long long)g->id.v) : STR("/groups"));
	doc_str(c->page, "form_title", g->id.v ? call_text_with(c, "group_edit", "name", g->name) : call_text(c, "group_add"));
	doc_i64(c->page, "form_version", g->version);
	put_choices(p);
}

static void put_rounds(struct page *p)
{
	struct call *c = p->c;
	json_t *rounds = doc_sublist(c->page, "rounds");
	int64_t last = p->n_rounds ? p->rounds[p->n_rounds - 1] : 0;
	for (int64_t r = 1; r <= (last < GROUP_ROUND_MAX ? last + 1 : last); r++) {
		json_t *j = doc_append(rounds);
		struct str n = str_fmt(c->a, "%lld", (long long)r);
		doc_str(j, "label", call_text_with(c, "group_round", "n", n));
		doc_str(j, "href", str_fmt(c->a, "/groups?campaign=%lld&round=%lld", (long long)p->campaign.id.v, (long long)r));
		doc_bool(j, "current", r == p->round);
	}
	doc_bool(c->page, "can_copy", p->n == 0 && last > 0 && p->round > 1);
	doc_i64(c->page, "copy_from", last);
	doc_str(c->page, "round_label", call_text_with(c, "group_round", "n", str_fmt(c->a, "%lld", (long long)p->round)));
}

static const struct err *table_rows(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	const struct page *p = ctx;
	(void)e;
	*rows = p->v;
	*n = p->n;
	*more = false;
	return NULL;
}

const struct err *group_show(struct call *c, struct id campaign, int64_t round, struct id edit)
{
	struct page *p = ARENA_NEW(c->a, struct page);
	*p = (struct page){.c = c, .campaign_id = campaign, .round = round, .edit = edit};
	TRY(call_read(c, read_page, p));
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = group_shape, .row_size = sizeof(struct supervision_group), .page = table_rows, .ctx = p,
						     .file_name = "groups", .title = "group_title", .about = p->campaign.name});
	put_groups(p);
	put_rounds(p);
	doc_bool(c->page, "may_write", may_everywhere(c->actor, &group_write_perm));
	doc_str(c->page, "sheet_href", str_fmt(c->a, "/groups/sheet?campaign=%lld&round=%lld", (long long)p->campaign.id.v, (long long)p->round));
	if (c->face == FACE_HTML)
		put_form(p);
	call_files(c);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(p->campaign.name), STR_ARG(call_text(c, "group_title"))));
	return NULL;
}

const struct err *groups_get(struct call *c)
{
	const struct groups_query *q = c->input;
	return group_show(c, q->campaign, q->round, q->edit);
}
