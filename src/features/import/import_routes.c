#include "import_model.h"

#include "import_res.h"
#include "import_sql.h"
#include "sheet.h"

/* Whoever may import something; the kind says who may import it, and rows out of reach are refused one by one. */
const struct perm import_use = {"import.use", R_CADRES | R(ROLE_SYSTEM_ADMIN)};
/* Sees what everybody imported; going on with it is for who began it. */
const struct perm import_all = {"import.all", R(ROLE_CADRE_CITY) | R(ROLE_SYSTEM_ADMIN)};
static const struct perm *const perms[] = {&import_use, &import_all, NULL};

#define UPLOAD_BODY_MAX ((int64_t)SHEET_BYTES_MAX + 65536)

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/imports", .perm = &import_use, .input = import_runs_query_shape, .input_size = sizeof(struct runs_query),
	 .fn = import_get_list, .view = "import/list", .doc = import_list_parts, .summary = "Imports, newest first"},
	{.method = WEB_GET, .path = "/imports/new", .perm = &import_use, .input = import_new_query_shape, .input_size = sizeof(struct new_query),
	 .fn = import_get_new, .view = "import/new", .doc = import_new_parts, .faces = FACE_HTML, .summary = "The page to upload a spreadsheet"},
	{.method = WEB_POST, .path = "/imports", .perm = &import_use, .input = import_new_shape, .input_size = sizeof(struct new_input),
	 .fn = import_post, .form = import_form_new, .form_view = "import/new", .form_doc = import_new_parts, .flags = ROUTE_KEYED,
	 .body_max = UPLOAD_BODY_MAX, .file_max = SHEET_BYTES_MAX, .files_max = 1,
	 .summary = "Upload a spreadsheet (multipart, file part \"file\"): its rows are read and its columns guessed, nothing is imported"},
	{.method = WEB_GET, .path = "/imports/{id}", .perm = &import_use, .locate = import_locate, .input = import_run_query_shape,
	 .input_size = sizeof(struct run_query), .fn = import_get_run, .view = "import/run", .doc = import_run_parts,
	 .faces = FACES_LIST, .rows = remark_columns, .summary = "An import: state, columns, counts, and the report row by row"},
	{.method = WEB_POST, .path = "/imports/{id}/check", .perm = &import_use, .locate = import_locate, .input = import_check_shape,
	 .input_size = sizeof(struct check_input), .fn = import_post_check, .form = import_form_run, .form_view = "import/run",
	 .form_doc = import_run_parts, .flags = ROUTE_KEYED, .summary = "Dry run with these columns (mapping: \"name=2,uscc=heading\"): says what would change"},
	{.method = WEB_POST, .path = "/imports/{id}/apply", .perm = &import_use, .locate = import_locate, .input = import_version_shape,
	 .input_size = sizeof(struct version_input), .fn = import_post_apply, .flags = ROUTE_KEYED,
	 .summary = "Import what the dry run said: all rows or none"},
	{.method = WEB_POST, .path = "/imports/{id}/cancel", .perm = &import_use, .locate = import_locate, .input = import_version_shape,
	 .input_size = sizeof(struct version_input), .fn = import_post_cancel, .flags = ROUTE_KEYED, .summary = "Give up an import that was not begun"},
	{0},
};

static const struct menu_entry menu[] = {{"import_title", "/imports", "file-spreadsheet", &import_use, 63}, {0}};

enum { JOB_ATTEMPTS = 1000, SWEEP_MS = 3600000 };
static const struct job_kind jobs[] = {{"import.work", import_job, 0, JOB_ATTEMPTS}, {"import.sweep", import_sweep, SWEEP_MS, 0}, {0}};

static const struct setting settings[] = {
	{"import.keep_days", SETTING_I64, "30", 1, 3650, "days for which the row-by-row report of an import is kept"},
	{0},
};

static const struct shape_of_table tables[] = {{"import_run", import_run_row}, {"import_row", import_row_row}, {0}};

const struct feature feature_import = {
	.name = "import",
	.routes = routes,
	.perms = perms,
	.stmts = import_sql_all,
	.lists = import_lists_all,
	.resources = import_resources,
	.menu = menu,
	.jobs = jobs,
	.settings = settings,
	.tables = tables,
};
