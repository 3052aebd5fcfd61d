#include "audit_model.h"

#include "audit_res.h"
#include "audit_sql.h"

/* The trail is read by who does no business (MLPS: three administrators). */
const struct perm audit_read = {"audit.read", R(ROLE_AUDIT_ADMIN)};
static const struct perm *const perms[] = {&audit_read, NULL};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/audit", .perm = &audit_read, .input = audit_query_shape, .input_size = sizeof(struct audit_query),
	 .fn = audit_get_rows, .view = "audit/list", .doc = audit_rows_doc, .rows = audit_line_shape, .faces = FACES_LIST,
	 .summary = "Refused attempts, looks at protected fields, logins; newest first"},
	{.method = WEB_GET, .path = "/audit/changes", .perm = &audit_read, .input = audit_changes_query_shape,
	 .input_size = sizeof(struct audit_query), .fn = audit_get_changes, .view = "audit/changes", .doc = audit_changes_doc,
	 .rows = audit_change_shape, .faces = FACES_LIST, .summary = "Changes of all objects; newest first"},
	{.method = WEB_GET, .path = "/audit/changes/{kind}/{id}", .perm = &audit_read, .locate = audit_locate_object, .fn = audit_get_object,
	 .view = "audit/object", .doc = audit_object_doc, .summary = "One object's changes, each value beside what it was before"},
	{0},
};

static const struct menu_entry menu[] = {{"audit_title", "/audit", "eye", &audit_read, 90}, {0}};

#define HOUR_MS INT64_C(3600000)

static const struct err *seal(struct env *e, struct str payload)
{
	(void)payload;
	return audit_seal(e);
}

static const struct job_kind jobs[] = {{.name = "audit.seal", .run = seal, .every_ms = HOUR_MS}, {0}};

static void found(void *ctx, const char *text)
{
	check_found(ctx, "%s", text);
}

static const struct err *check(struct env *e, struct check_report *r)
{
	return audit_verify(e, found, r);
}

static const struct shape_of_table tables[] = {{"audit_day", audit_day_shape}, {0}};
static const char *const needs[] = {"account", "org", NULL};

const struct feature feature_audit = {
	.name = "audit",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = audit_sql_all,
	.lists = audit_lists_all,
	.resources = audit_resources,
	.menu = menu,
	.jobs = jobs,
	.tables = tables,
	.check = check,
};
