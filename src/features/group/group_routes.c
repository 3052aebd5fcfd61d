#include "group_pages.h"

#include "day.h"
#include "feature.h"
#include "group_res.h"
#include "group_sql.h"

const struct perm group_read_perm = {"group.read", R_CADRES};
const struct perm group_write_perm = {"group.write", R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION)};
static const struct perm *const perms[] = {&group_read_perm, &group_write_perm, NULL};

struct group_input {
	struct id campaign, leader_id;
	int64_t round, version, from;
	struct str name, department, note;
	struct id_list member_ids, unit_ids;
	struct day from_on, to_on;
};
#define I struct group_input
#define FIELDS                                                                                                        \
	SHAPE_IN(I, name, GROUP_NAME_MAX, SHAPE_REQUIRED), SHAPE_IN(I, leader_id, 0, SHAPE_REQUIRED), SHAPE(I, department, GROUP_DEPARTMENT_MAX), \
		SHAPE(I, member_ids, 0), SHAPE(I, unit_ids, 0), SHAPE(I, from_on, 0), SHAPE(I, to_on, 0), SHAPE(I, note, GROUP_NOTE_MAX)
static const struct shape add_shape[] = {SHAPE(I, campaign, 0), SHAPE_IN(I, round, GROUP_ROUND_MAX, SHAPE_REQUIRED), SHAPE(I, version, 0), FIELDS, SHAPE_END};
static const struct shape change_shape[] = {SHAPE(I, campaign, 0), SHAPE(I, round, GROUP_ROUND_MAX), SHAPE_IN(I, version, 0, SHAPE_REQUIRED), FIELDS, SHAPE_END};
static const struct shape close_shape[] = {SHAPE_IN(I, version, 0, SHAPE_REQUIRED), SHAPE_END};
static const struct shape copy_shape[] = {SHAPE(I, campaign, 0), SHAPE_IN(I, from, GROUP_ROUND_MAX, SHAPE_REQUIRED),
					  SHAPE_IN(I, round, GROUP_ROUND_MAX, SHAPE_REQUIRED), SHAPE_END};
#undef I

struct writing {
	struct call *c;
	struct supervision_group g;
	struct campaign campaign;
	struct outcome out;
	int64_t n;
};

/* Groups are the city's: who holds the permission further down does not change them. */
static const struct err *begin(struct db_tx *tx, struct env *e, struct writing *w, struct id campaign)
{
	const struct duty *d = widest_duty(w->c->actor, &group_write_perm);
	if (!may_everywhere(w->c->actor, &group_write_perm))
		return ERR(w->c->a, ERR_DENIED, NULL, "groups are the city's");
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
	if (campaign.v)
		return campaign_by_id(tx, e->city, campaign, &w->campaign);
	return campaign_on(tx, e->city, instant_day(e->now), &w->campaign);
}

static void take(struct supervision_group *g, const struct group_input *in)
{
	g->name = in->name;
	g->leader_id = in->leader_id;
	g->department = in->department;
	g->from_on = in->from_on;
	g->to_on = in->to_on;
	g->note = in->note;
}

static const struct err *write_add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct group_input *in = w->c->input;
	TRY(begin(tx, e, w, in->campaign));
	w->g = (struct supervision_group){.campaign_id = w->campaign.id, .round = in->round};
	take(&w->g, in);
	TRY(group_write_one(tx, e, &w->g, &in->member_ids, &in->unit_ids));
	w->out.object = w->g.id;
	return NULL;
}

static const struct err *load(struct db_tx *tx, struct env *e, struct writing *w)
{
	const struct group_input *in = w->c->input;
	struct id id;
	TRY(call_arg_id(w->c, "id", &id));
	TRY(begin(tx, e, w, ID(0)));
	TRY(group_read(tx, e->city, id, &w->g));
	w->out.object = id;
	return w->g.version == in->version && !w->g.is_closed ? NULL : err_stale(w->c->a, in->version, w->g.version);
}

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct group_input *in = w->c->input;
	TRY(load(tx, e, w));
	take(&w->g, in);
	return group_write_one(tx, e, &w->g, &in->member_ids, &in->unit_ids);
}

static const struct err *write_close(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	TRY(load(tx, e, w));
	return group_close(tx, e, &w->g);
}

static const struct err *write_copy(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct group_input *in = w->c->input;
	TRY(begin(tx, e, w, in->campaign));
	w->out.object = w->campaign.id;
	w->g = (struct supervision_group){.campaign_id = w->campaign.id, .round = in->round};
	return group_copy(tx, e, w->campaign.id, in->from, in->round, &w->n);
}

static const struct err *read_back(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	return group_read(tx, e->city, w->out.object, &w->g);
}

static const struct err *done(struct call *c, struct writing *w, int status)
{
	TRY(call_read(c, read_back, w));
	struct doc_style style = call_style(c, STR(""));
	doc_put(c->doc, group_shape, &w->g, &style);
	call_done(c, status, str_fmt(c->a, "/groups?campaign=%lld&round=%lld", (long long)w->g.campaign_id.v, (long long)w->g.round));
	return NULL;
}

static const struct err *add_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_add, &w, &w.out));
	return done(c, &w, 201);
}

static const struct err *change_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_change, &w, &w.out));
	return done(c, &w, 200);
}

static const struct err *close_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_close, &w, &w.out));
	return done(c, &w, 200);
}

static const struct err *copy_post(struct call *c)
{
	const struct group_input *in = c->input;
	struct writing w = {.c = c};
	TRY(call_write(c, write_copy, &w, &w.out));
	doc_i64(c->doc, "groups", w.n);
	call_done(c, 200, str_fmt(c->a, "/groups?campaign=%lld&round=%lld", (long long)w.out.object.v, (long long)in->round));
	return NULL;
}

/* The page again, with what was typed. */
static const struct err *form_again(struct call *c)
{
	struct id campaign = {0}, edit = {0};
	int64_t round = 0;
	(void)str_i64(pairs_get(&c->req->form, "campaign"), 1, INT64_MAX, &campaign.v);
	(void)str_i64(pairs_get(&c->req->form, "round"), 1, GROUP_ROUND_MAX, &round);
	struct str id = call_arg(c, "id");
	if (id.n)
		TRY(call_arg_id(c, "id", &edit));
	return group_show(c, campaign, round, edit);
}

#define SHOWN .form = form_again, .form_view = "group/list", .form_doc = groups_parts, .flags = ROUTE_KEYED
static const struct route routes[] = {
	{.method = WEB_GET, .path = "/groups", .perm = &group_read_perm, .input = groups_query_shape, .input_size = sizeof(struct groups_query),
	 .fn = groups_get, .view = "group/list", .doc = groups_parts, .faces = FACES_LIST, .rows = group_shape,
	 .summary = "Supervision groups of a campaign's round, and the units without one"},
	{.method = WEB_GET, .path = "/groups/sheet", .perm = &group_read_perm, .input = groups_query_shape, .input_size = sizeof(struct groups_query),
	 .fn = groups_get, .view = "group/sheet", .doc = groups_parts, .summary = "The same as a sheet to print"},
	{.method = WEB_POST, .path = "/groups", .perm = &group_write_perm, .input = add_shape, .input_size = sizeof(struct group_input), .fn = add_post, SHOWN,
	 .summary = "Add a supervision group"},
	{.method = WEB_POST, .path = "/groups/copy", .perm = &group_write_perm, .input = copy_shape, .input_size = sizeof(struct group_input), .fn = copy_post,
	 SHOWN, .summary = "The groups of one round again in another"},
	{.method = WEB_POST, .path = "/groups/{id}", .perm = &group_write_perm, .input = change_shape, .input_size = sizeof(struct group_input),
	 .fn = change_post, SHOWN, .summary = "Change a supervision group"},
	{.method = WEB_POST, .path = "/groups/{id}/close", .perm = &group_write_perm, .input = close_shape, .input_size = sizeof(struct group_input),
	 .fn = close_post, SHOWN, .summary = "Close a supervision group: its units are without one again"},
	{0},
};
#undef SHOWN

static const struct menu_entry menu[] = {{"group_menu", "/groups", "flag", &group_read_perm, 45}, {0}};
static const struct setting settings[] = {
	{"group.units_min", SETTING_I64, "2", 1, GROUP_UNITS_MAX, "a supervision group of fewer units is marked"},
	{"group.units_max", SETTING_I64, "3", 1, GROUP_UNITS_MAX, "a supervision group of more units is marked"},
	{0},
};
static const char *const needs[] = {"org", "account", "campaign", NULL};

const struct feature feature_group = {
	.name = "group",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = group_sql_all,
	.resources = group_resources,
	.menu = menu,
	.settings = settings,
	.init_city = group_init_city,
};
