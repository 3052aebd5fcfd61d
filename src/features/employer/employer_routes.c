#include "employer_import.h"
#include "employer_model.h"

#include "employer_card.h"
#include "employer_contractor.h"
#include "employer_res.h"
#include "employer_sql.h"
#include "feature.h"

const struct perm employer_see = {"employer.see", R_EMPLOYER_SIDE | R_CADRES};
const struct perm employer_write = {"employer.write", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION)};
const struct perm employer_history = {"employer.history", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
const struct perm employer_twins = {"employer.twins", R_CADRES};
const struct perm card_see = {"card.see", R_CADRES | R_KEEPERS | R(ROLE_MANAGEMENT)};
const struct perm card_write = {"card.write", R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
static const struct perm *const perms[] = {&employer_see, &employer_write, &employer_history, &employer_twins, &card_see, &card_write, NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/employers", .perm = &org_read, .input = employers_query_shape, .input_size = sizeof(struct employers_query),
	 .fn = employer_get_list, .view = "employer/list", .doc = employers_doc, .faces = FACES_LIST, .rows = employer_columns,
	 .summary = "Employers in a unit's subtree, by what is known of them"},
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
	{.method = WEB_GET, .path = "/employers/{id}/contractors", .perm = &employer_see, .locate = employer_locate, .input = shape_none,
	 .fn = contractor_get_list, .view = "employer/contractors", .doc = contractor_list_doc,
	 .summary = "Contractors' teams at an employer, and its own teams at others"},
	{.method = WEB_POST, .path = "/employers/{id}/contractors", .perm = &employer_write, .locate = employer_locate, .input = contractor_input_shape,
	 .input_size = sizeof(struct contractor_input), .fn = contractor_post, .form = contractor_form_again, .form_view = "employer/contractors",
	 .form_doc = contractor_list_doc, .flags = ROUTE_KEYED, .summary = "Add a contractor's team that works at an employer"},
	{.method = WEB_POST, .path = "/contractors/{id}/end", .perm = &employer_write, .locate = contractor_locate, .input = contractor_end_shape,
	 .input_size = sizeof(struct contractor_end), .fn = contractor_post_end, .flags = ROUTE_KEYED,
	 .summary = "A contractor's team has done its job: its last day, yesterday when none is given"},
	{.method = WEB_GET, .path = "/cards", .perm = &card_see, .input = cards_query_shape, .input_size = sizeof(struct cards_query), .fn = card_get_list,
	 .view = "employer/cards", .doc = card_list_doc, .faces = FACES_LIST, .rows = card_line_shape,
	 .summary = "The duty list: posts of a unit's subtree with their safety-duty cards, owners and confirmations"},
	{.method = WEB_GET, .path = "/cards/{id}", .perm = &card_see, .locate = card_locate, .input = shape_none, .fn = card_get, .view = "employer/card",
	 .doc = card_doc, .summary = "One safety-duty card; also for who works at the post"},
	{.method = WEB_GET, .path = "/cards/{id}/print", .perm = &card_see, .locate = card_locate, .input = shape_none, .fn = card_get_print,
	 .view = "employer/card_print", .doc = card_doc, .faces = FACE_HTML, .summary = "The card as a sheet to hang up"},
	{.method = WEB_GET, .path = "/places/{id}/card", .perm = &card_write, .locate = org_locate_place, .input = shape_none, .fn = card_get_form,
	 .view = "employer/card_form", .doc = card_form_doc, .faces = FACE_HTML, .summary = "The form of a post's safety-duty card"},
	{.method = WEB_POST, .path = "/places/{id}/card", .perm = &card_write, .locate = org_locate_place, .input = card_input_shape,
	 .input_size = sizeof(struct card_input), .fn = card_post, .form = card_form_again, .form_view = "employer/card_form", .form_doc = card_form_doc,
	 .flags = ROUTE_KEYED, .summary = "Issue or change the safety-duty card of a post; other words are a new edition"},
	{.method = WEB_POST, .path = "/cards/{id}/confirm", .perm = &PERM_LOGIN, .input = card_confirm_shape, .input_size = sizeof(struct card_confirm),
	 .fn = card_post_confirm, .flags = ROUTE_KEYED, .summary = "Confirm the edition of one's own card that was read"},
	{0},
};

static const struct menu_entry menu[] = {{"org_employers_title", "/employers", "building-factory-2", &org_read, 61},
					  {"employer_twins_title", "/employers/duplicates", "alert-triangle", &employer_twins, 62},
					  {"card_menu", "/cards", "clipboard-check", &card_see, 63},
					  {0}};
static const struct shape_of_table tables[] = {{"employer_profile", employer_row}, {"safety_card", card_row}, {0}};
static const struct job_kind jobs[] = {{.name = "employer.keys", .run = employer_keys_job, .every_ms = 3600000}, {0}};
static const char *const needs[] = {"org", "account", NULL};

const struct feature feature_employer = {
	.name = "employer",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = employer_sql_all,
	.lists = employer_lists_all,
	.resources = employer_resources,
	.tables = tables,
	.jobs = jobs,
	.menu = menu,
	.panels = employer_panels,
	.imports = employer_imports,
	.unit_kept = employer_kept,
	.merged = employer_merged,
	.rebuild = employer_rebuild,
};
