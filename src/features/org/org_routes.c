#include "org_model.h"

#include "feature.h"
#include "org_change_pages.h"
#include "org_import.h"
#include "org_member.h"
#include "org_res.h"
#include "org_sql.h"
#include "org_words.h"

/* Who looks after the installation or the accounts has to name units; who looks after the records does not. */
const struct perm org_read = {"org.read", R_EMPLOYER_SIDE | R_CADRES | R(ROLE_SYSTEM_ADMIN) | R(ROLE_SECURITY_ADMIN)};
const struct perm org_write = {"org.write", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION)};
const struct perm place_write = {"place.write", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_WORKSHOP_LEADER)};
static const struct perm *const perms[] = {&org_read, &org_write, &place_write, &org_import_employers, &org_import_units, NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/units", .perm = &org_read, .input = units_query_shape, .input_size = sizeof(struct units_query),
	 .fn = org_get_units, .view = "org/units", .doc = org_list_parts, .faces = FACES_LIST, .rows = unit_shape,
	 .summary = "Units directly below a unit, or all of one kind in its subtree"},
	{.method = WEB_GET, .path = "/units/{id}", .perm = &org_read, .locate = org_locate_unit, .input = unit_page_query_shape,
	 .input_size = sizeof(struct unit_page_query), .fn = org_get_unit, .view = "org/unit", .doc = org_unit_parts, .summary = "One unit: facts, units above, first units below, places, former names"},
	{.method = WEB_POST, .path = "/units", .perm = &org_write, .input = unit_add_shape, .input_size = sizeof(struct unit_input),
	 .fn = org_post_unit, .form = org_form_unit_add, .form_view = "org/unit", .form_doc = org_unit_parts, .flags = ROUTE_KEYED,
	 .summary = "Add a unit below another"},
	{.method = WEB_POST, .path = "/units/{id}", .perm = &org_write, .locate = org_locate_unit, .input = unit_change_shape,
	 .input_size = sizeof(struct unit_input), .fn = org_post_unit_change, .form = org_form_unit_change, .form_view = "org/unit",
	 .form_doc = org_unit_parts, .flags = ROUTE_KEYED,
	 .summary = "Rename, edit, close or open a unit; fields that a JSON body does not name stay"},
	{.method = WEB_GET, .path = "/units/{id}/change", .perm = &org_write, .locate = org_locate_unit, .input = change_query_shape,
	 .input_size = sizeof(struct change_input), .fn = org_get_change_form, .view = "org/change_form", .doc = org_change_form_parts,
	 .form = org_form_change, .form_view = "org/change_form", .form_doc = org_change_form_parts,
	 .summary = "What a change of the tree would take along; with checked=1 also whether it is possible"},
	{.method = WEB_POST, .path = "/units/{id}/changes", .perm = &org_write, .locate = org_locate_unit, .input = change_input_shape,
	 .input_size = sizeof(struct change_input), .fn = org_post_change, .form = org_form_change, .form_view = "org/change_form",
	 .form_doc = org_change_form_parts, .flags = ROUTE_KEYED,
	 .summary = "Create below, rename, move, merge, split or close a unit, effective from a day: at once or planned"},
	{.method = WEB_GET, .path = "/units/{id}/members", .perm = &org_read, .locate = org_locate_unit, .input = members_query_shape,
	 .input_size = sizeof(struct members_query), .fn = org_get_members, .view = "org/members", .doc = org_members_parts,
	 .faces = FACES_LIST, .rows = membership_shape,
	 .summary = "Employers that belong to an industry, joint or regional union and report elsewhere"},
	{.method = WEB_POST, .path = "/units/{id}/members", .perm = &org_write, .locate = org_locate_unit, .input = member_input_shape,
	 .input_size = sizeof(struct member_input), .fn = org_post_member, .form = org_form_member, .form_view = "org/members",
	 .form_doc = org_members_parts, .flags = ROUTE_KEYED, .summary = "Make an employer a member of a union besides the one that it reports to"},
	{.method = WEB_POST, .path = "/memberships/{id}/end", .perm = &org_write, .locate = org_locate_membership, .input = member_end_shape,
	 .input_size = sizeof(struct member_end_input), .fn = org_post_member_end, .flags = ROUTE_KEYED, .summary = "End a membership"},
	{.method = WEB_GET, .path = "/changes", .perm = &org_read, .input = changes_query_shape, .input_size = sizeof(struct changes_query),
	 .fn = org_get_changes, .view = "org/changes", .doc = org_changes_parts, .faces = FACES_LIST, .rows = org_change_shape,
	 .summary = "Changes of the tree, planned and past, newest first"},
	{.method = WEB_GET, .path = "/changes/{id}", .perm = &org_read, .locate = org_locate_change, .input = shape_none, .fn = org_get_change,
	 .view = "org/change", .doc = org_change_parts_of_one, .summary = "One change of the tree"},
	{.method = WEB_POST, .path = "/changes/{id}/cancel", .perm = &org_write, .locate = org_locate_change, .input = change_cancel_shape,
	 .input_size = sizeof(struct change_cancel_input), .fn = org_post_change_cancel, .form = org_get_change, .form_view = "org/change",
	 .form_doc = org_change_parts_of_one, .flags = ROUTE_KEYED, .summary = "Call off a planned change"},
	{.method = WEB_GET, .path = "/places", .perm = &org_read, .input = places_query_shape, .input_size = sizeof(struct places_query),
	 .fn = org_get_places, .view = "org/places", .doc = org_places_parts, .faces = FACES_LIST, .rows = place_shape,
	 .summary = "Places (areas, posts, equipment) of a unit or a subtree"},
	{.method = WEB_GET, .path = "/places/{id}", .perm = &org_read, .locate = org_locate_place, .input = shape_none, .fn = org_get_place,
	 .view = "org/place", .doc = org_place_parts, .summary = "One place with the code to scan or type"},
	{.method = WEB_POST, .path = "/places", .perm = &place_write, .input = place_add_shape, .input_size = sizeof(struct place_input),
	 .fn = org_post_place, .form = org_form_place_add, .form_view = "org/unit", .form_doc = org_unit_parts, .flags = ROUTE_KEYED,
	 .summary = "Add a place; its code is drawn"},
	{0},
};

static const struct menu_entry menu[] = {
	{"org_units_title", "/units", "sitemap", &org_read, 60},
	{0},
};

static const struct shape_of_table tables[] = {{"unit", unit_row}, {"place", place_row}, {"org_change", org_change_row}, {0}};

/* Jobs are queued with what causes them, for the moment at which they are due; the rhythm is for what ended with its server, and for rows
 * that settle. */
static const struct job_kind jobs[] = {
	{.name = "org.changes", .run = org_changes_job, .every_ms = 60000},
	/* Words follow within seconds; the page says so. */
	{.name = "org.words", .run = org_words_job, .every_ms = 3000},
	{.name = "org.move", .run = org_move_job, .every_ms = 60000},
	{0},
};

const struct feature feature_org = {
	.name = "org",
	.routes = routes,
	.perms = perms,
	.stmts = org_sql_all,
	.lists = org_lists_all,
	.moved = org_moved_all,
	.resources = org_resources,
	.menu = menu,
	.tables = tables,
	.jobs = jobs,
	.check = org_check,
	.merged = org_merged,
	.rebuild = org_words_rebuild,
	.imports = org_imports,
	.init_city = org_init_city,
};
