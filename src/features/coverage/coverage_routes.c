#include "coverage_model.h"

#include "coverage_res.h"
#include "coverage_sql.h"
#include "day.h"
#include "feature.h"
#include "parts.h"

const struct perm coverage_read_perm = {"coverage.read", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
const struct perm launch_write = {"launch.write", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION)};
static const struct perm *const perms[] = {&coverage_read_perm, &launch_write, NULL};

enum { PHOTO_BYTES = 20 * 1024 * 1024 };

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/coverage", .perm = &coverage_read_perm, .input = coverage_query_shape, .input_size = sizeof(struct coverage_query),
	 .fn = coverage_get, .view = "coverage/desk", .doc = coverage_parts, .faces = FACES_LIST, .rows = coverage_line_shape,
	 .summary = "How many employers of a unit and of each part of it launched, are assigned, visited, trained, silent"},
	{.method = WEB_GET, .path = "/coverage/employers", .perm = &coverage_read_perm, .input = coverage_employers_query_shape,
	 .input_size = sizeof(struct coverage_query), .fn = coverage_employers_get, .view = "coverage/employers", .doc = coverage_employers_parts,
	 .faces = FACES_LIST, .rows = coverage_employer_shape, .summary = "The employers behind a number of the coverage desk, high-risk ones first"},
	{.method = WEB_GET, .path = "/units/{id}/launch", .perm = &coverage_read_perm, .locate = org_locate_unit, .input = shape_none, .fn = launch_get,
	 .view = "coverage/launch", .doc = launch_parts, .summary = "When an employer launched the campaign, with corrections"},
	{.method = WEB_POST, .path = "/units/{id}/launch", .perm = &launch_write, .locate = org_locate_unit, .input = launch_input_shape,
	 .input_size = sizeof(struct launch_input), .fn = launch_post, .form = launch_get, .form_view = "coverage/launch", .form_doc = launch_parts,
	 .flags = ROUTE_KEYED, .body_max = (int64_t)LAUNCH_PHOTOS_MAX * PHOTO_BYTES + 1024 * 1024, .file_max = PHOTO_BYTES, .files_max = LAUNCH_PHOTOS_MAX,
	 .summary = "Launch the campaign with a plan or the record of a mobilisation, or correct that"},
	{0},
};

/* ---- boxes ------------------------------------------------------------------------------- */

static const struct err *employer_box(struct db_tx *tx, struct call *c, const struct unit *u, json_t *box)
{
	struct launch *v;
	size_t n;
	struct coverage_days d;
	struct str href = str_fmt(c->a, "/units/%lld/launch", (long long)u->id.v);
	const struct err *none = coverage_days_of(tx, &c->env, &d);
	if (none && none->kind == ERR_MISSING)
		return NULL;
	TRY(none);
	TRY(launches_at(tx, c->city, u->id, &v, &n));
	const struct launch *now = n && v[0].is_current && v[0].launched_on.ymd >= d.campaign_from.ymd ? &v[0] : NULL;
	json_t *figures = doc_sublist(box, "figures");
	call_figure(figures, href, now ? day_text(c->a, now->launched_on) : call_text(c, "launch_not_yet"),
		   call_text(c, now && now->declared ? "launch_declared" : "f_launched_on"), now ? "done" : "over");
	doc_str(box, "title", call_text(c, "launch_title"));
	doc_str(box, "all_href", href);
	return NULL;
}

static const struct err *office_box(struct db_tx *tx, struct call *c, const struct unit *u, json_t *box)
{
	static const struct { const char *gap, *label; size_t off; } shown[] = {
		{"unlaunched", "code_coverage_gap_unlaunched", offsetof(struct coverage_line, launched)},
		{"unassigned", "code_coverage_gap_unassigned", offsetof(struct coverage_line, assigned)},
		{"unvisited", "code_coverage_gap_unvisited", offsetof(struct coverage_line, visited)}};
	struct coverage_line *parts, total;
	struct coverage_days d;
	struct coverage_filter f = {.high_risk = -1, .non_public = -1, .size = STR(""), .industry = STR("")};
	size_t n;
	const struct err *none = coverage_days_of(tx, &c->env, &d);
	if (none && none->kind == ERR_MISSING)
		return NULL;
	TRY(none);
	TRY(coverage_read(tx, &c->env, u, &f, &d, &parts, &n, &total));
	if (!total.employers)
		return NULL;
	json_t *figures = doc_sublist(box, "figures");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
		int64_t missing = total.employers - ((const struct opt_i64 *)((const char *)&total + shown[i].off))->v;
		call_figure(figures, str_fmt(c->a, "/coverage/employers?unit=%lld&gap=%s", (long long)u->id.v, shown[i].gap),
			   str_fmt(c->a, "%lld", (long long)missing), call_text(c, shown[i].label), missing ? "due" : "done");
	}
	doc_str(box, "title", call_text(c, "coverage_title"));
	doc_str(box, "all_href", str_fmt(c->a, "/coverage?unit=%lld", (long long)u->id.v));
	return NULL;
}

static const struct err *unit_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	const struct unit *u = t->object;
	if (u->kind == UNIT_EMPLOYER)
		return employer_box(tx, c, u, box);
	return u->enterprise_id.v ? NULL : office_box(tx, c, u, box);
}

static const struct panel panels[] = {{"unit", &coverage_read_perm, 6, unit_box}, {0}};

/* ---- what belongs to it ------------------------------------------------------------------------ */

/* The paper of a launch is seen by who sees the employer's coverage. */
static const struct err *may_see_paper(struct db_tx *tx, struct call *c, struct id object)
{
	struct id employer;
	struct unit u;
	TRY(db_i64(tx, &launch_employer_of, ARGS(ARG(c->city), ARG(object)), 0, &employer.v));
	if (!employer.v)
		return ERR(c->a, ERR_MISSING, NULL, "no such launch");
	TRY(org_unit(tx, c->city, employer, &u));
	return may(c->actor, &coverage_read_perm, u.path) ? NULL : ERR(c->a, ERR_MISSING, NULL, "not within reach");
}

static const struct attachment_owner owners[] = {{"launch", may_see_paper}, {0}};
static const struct menu_entry menu[] = {{"coverage_menu", "/coverage", "chart-bar", &coverage_read_perm, 35}, {0}};
enum { FOLLOW_EVERY_MS = 60000 };
static const struct job_kind jobs[] = {{.name = "coverage.follow", .run = covered_follow, .every_ms = FOLLOW_EVERY_MS}, {0}};
static const struct setting settings[] = {
	{"coverage.silent_days", SETTING_I64, "30", 1, 366, "an employer without a report, a visit or a launch for so many days is silent"}, {0}};
#define L struct launch
static const struct shape launch_table[] = {
	SHAPE(L, id, 0), SHAPE(L, campaign_id, 0), SHAPE(L, employer_id, 0), SHAPE_CODE(L, kind, &launch_kinds), SHAPE(L, launched_on, 0),
	SHAPE(L, title, 0), SHAPE(L, declared, 0), SHAPE(L, person_id, 0), SHAPE(L, unit_id, 0), SHAPE(L, reason, 0), SHAPE(L, is_current, 0),
	SHAPE(L, made_at, 0), SHAPE_END};
#undef L
static const struct shape_of_table tables[] = {{"launch", launch_table}, {0}};
static const char *const needs[] = {"org", "account", "campaign", "assignment", NULL};

static void found(void *ctx, const char *text)
{
	check_found(ctx, "%s", text);
}

static const struct err *check(struct env *e, struct check_report *r)
{
	return covered_verify(e, found, r);
}

const struct feature feature_coverage = {
	.name = "coverage",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = coverage_sql_all,
	.lists = coverage_lists_all,
	.resources = coverage_resources,
	.menu = menu,
	.panels = panels,
	.jobs = jobs,
	.settings = settings,
	.tables = tables,
	.owners = owners,
	.covers = coverage_covers,
	.rebuild = covered_rebuild,
	.check = check,
};
