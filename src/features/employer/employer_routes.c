#include "employer_model.h"

#include "employer_res.h"
#include "employer_sql.h"
#include "feature.h"

const struct perm employer_see = {"employer.see", R_EMPLOYER_SIDE | R_CADRES};
const struct perm employer_write = {"employer.write", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION)};
const struct perm employer_history = {"employer.history", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
const struct perm employer_twins = {"employer.twins", R_CADRES};
static const struct perm *const perms[] = {&employer_see, &employer_write, &employer_history, &employer_twins, NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/employers/{id}", .perm = &employer_see, .locate = employer_locate, .input = shape_none, .fn = employer_get,
	 .view = "employer/employer", .doc = employer_page_doc, .summary = "One employer: its register entry, what follows from it by rule and why"},
	{.method = WEB_GET, .path = "/employers/{id}/edit", .perm = &employer_write, .locate = employer_locate, .input = shape_none,
	 .fn = employer_get_form, .view = "employer/form", .doc = employer_form_doc, .faces = FACE_HTML, .summary = "The form of an employer's register entry"},
	{.method = WEB_POST, .path = "/employers/{id}", .perm = &employer_write, .locate = employer_locate, .input = employer_input_shape,
	 .input_size = sizeof(struct employer_input), .fn = employer_post, .form = employer_form_again, .form_view = "employer/form",
	 .form_doc = employer_form_doc, .flags = ROUTE_KEYED, .summary = "Change an employer's register entry; what a JSON body does not name stays"},
	{.method = WEB_GET, .path = "/employers/{id}/history", .perm = &employer_history, .locate = employer_locate, .input = shape_none,
	 .fn = employer_get_history, .view = "employer/history", .doc = employer_history_doc, .summary = "What changed of an employer: who, when, before, after"},
	{.method = WEB_GET, .path = "/employers/duplicates", .perm = &employer_twins, .input = employer_twins_query_shape,
	 .input_size = sizeof(struct twins_query), .fn = employer_get_twins, .view = "employer/twins", .doc = employer_twins_doc,
	 .summary = "Employers in a unit's subtree that may have been entered twice"},
	{.method = WEB_POST, .path = "/employers/{id}/twins/{other}", .perm = &employer_twins, .locate = employer_locate, .input = employer_twin_input_shape,
	 .input_size = sizeof(struct twin_input), .fn = employer_post_twin, .flags = ROUTE_KEYED,
	 .summary = "Say that two employers are not the same, or that this is open again"},
	{0},
};

static const struct menu_entry menu[] = {{"employer_twins_title", "/employers/duplicates", "alert-triangle", &employer_twins, 62}, {0}};
static const struct shape_of_table tables[] = {{"employer_profile", employer_row}, {0}};
static const struct job_kind jobs[] = {{.name = "employer.keys", .run = employer_keys_job, .every_ms = 3600000}, {0}};
static const char *const needs[] = {"org", "account", NULL};

const struct feature feature_employer = {
	.name = "employer",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = employer_sql_all,
	.resources = employer_resources,
	.tables = tables,
	.jobs = jobs,
	.menu = menu,
	.panels = employer_panels,
	.unit_kept = employer_kept,
	.merged = employer_merged,
	.rebuild = employer_rebuild,
};
