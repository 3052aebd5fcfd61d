#include "join.h"

#include "join_res.h"
#include "join_sql.h"

/* Whoever leads people, up to the employer's own, lets them in; offices above do not know the faces. */
const struct perm join_manage = {"join.manage", R_KEEPERS};
static const struct perm *const perms[] = {&join_manage, NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/j", .perm = &PERM_PUBLIC, .input = join_code_query, .input_size = sizeof(struct join_code_input), .fn = join_get_find,
	 .view = "join/find", .doc = join_find_parts, .faces = FACE_HTML, .summary = "Where a team's code is typed"},
	{.method = WEB_GET, .path = "/j/{code}", .perm = &PERM_PUBLIC, .input = shape_none, .fn = join_get_apply, .view = "join/apply", .doc = join_apply_parts,
	 .summary = "What a team's poster leads to: the form to join it"},
	{.method = WEB_POST, .path = "/j/{code}", .perm = &PERM_PUBLIC, .input = join_apply_shape, .input_size = sizeof(struct join_apply_input),
	 .fn = join_post_apply, .form = join_get_apply, .form_view = "join/apply", .form_doc = join_apply_parts, .flags = ROUTE_NO_TOKEN | ROUTE_KEYED,
	 .summary = "Apply to join a team: name, telephone or staff number, PIN; sets the cookie by which the browser waits"},
	{.method = WEB_GET, .path = "/joining", .perm = &PERM_PUBLIC, .input = shape_none, .fn = join_get_wait, .view = "join/wait", .doc = join_wait_parts,
	 .summary = "How one's application stands; the page logs the browser in once it is confirmed"},
	{.method = WEB_GET, .path = "/units/{id}/join", .perm = &join_manage, .locate = org_locate_unit, .input = shape_none, .fn = join_get_manage,
	 .view = "join/manage", .doc = join_manage_parts, .summary = "The joining code of an employer, workshop or team"},
	{.method = WEB_GET, .path = "/units/{id}/join/poster", .perm = &join_manage, .locate = org_locate_unit, .input = shape_none, .fn = join_get_poster,
	 .view = "join/poster", .doc = join_manage_parts, .faces = FACE_HTML, .summary = "The poster, to be printed on A4"},
	{.method = WEB_POST, .path = "/units/{id}/join/code", .perm = &join_manage, .locate = org_locate_unit, .input = shape_none, .fn = join_post_code,
	 .summary = "A new code in place of the old one, which leads nowhere any more"},
	{.method = WEB_POST, .path = "/units/{id}/join/end", .perm = &join_manage, .locate = org_locate_unit, .input = shape_none, .fn = join_post_end,
	 .summary = "End the code"},
	{.method = WEB_GET, .path = "/joins", .perm = &join_manage, .input = join_list_shape, .input_size = sizeof(struct join_list_query), .fn = join_get_list,
	 .view = "join/list", .doc = join_list_parts, .summary = "Who waits to be confirmed at a unit and below"},
	{.method = WEB_POST, .path = "/joins/{id}/confirm", .perm = &join_manage, .locate = join_locate_request, .input = shape_none, .fn = join_post_confirm,
	 .form = join_get_list, .form_view = "join/list", .form_doc = join_list_parts,
	 .summary = "Confirm: person, duty as a worker of the team, account"},
	{.method = WEB_POST, .path = "/joins/{id}/refuse", .perm = &join_manage, .locate = join_locate_request, .input = join_refuse_shape,
	 .input_size = sizeof(struct join_refuse_input), .fn = join_post_refuse, .form = join_get_list, .form_view = "join/list",
	 .form_doc = join_list_parts, .summary = "Refuse, with the reason that the applicant reads"},
	{0},
};

static const struct menu_entry menu[] = {{"join_list_title", "/joins", "qrcode", &join_manage, 63}, {0}};

static const struct setting settings[] = {
	{"join.days", SETTING_I64, "7", 1, 90, "days that an application waits; as long the browser may fetch the answer"},
	{"join.waiting_max", SETTING_I64, "100", 1, 10000, "applications that may wait at one unit"},
	{"join.per_address_hour", SETTING_I64, "120", 1, 100000, "applications from one address in an hour (a whole shift may stand behind one)"},
	{"join.per_code_day", SETTING_I64, "300", 1, 100000, "applications by one code in a day"},
	{"join.unknown_per_hour", SETTING_I64, "30", 1, 100000, "codes that do not exist, tried from one address in an hour"},
	{"join.site", SETTING_STR, "", 0, 100, "address of this site on posters, https://…; empty: the one by which it was opened for printing"},
	{0},
};

static const struct err *sweep_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return db_exec(tx, &join_request_sweep, ARGS(ARG(e->city), ARG(e->now)), NULL);
}

static const struct err *sweep(struct env *e, struct str payload)
{
	(void)payload;
	return env_write(e, sweep_rows, NULL);
}

static const struct job_kind jobs[] = {{"join.sweep", sweep, (int64_t)3600 * 1000, 0}, {0}};
static const struct shape_of_table tables[] = {{"join_code", join_code_row}, {0}};
static const char *const needs[] = {"org", "account", NULL};

const struct feature feature_join = {
	.name = "join",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = join_sql_all,
	.lists = join_lists_all,
	.resources = join_resources,
	.menu = menu,
	.panels = join_panels,
	.jobs = jobs,
	.settings = settings,
	.tables = tables,
};
