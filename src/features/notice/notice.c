#include "notice_model.h"

#include "notice_res.h"
#include "notice_sql.h"

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/inbox", .perm = &PERM_LOGIN, .input = inbox_query_shape, .input_size = sizeof(struct inbox_query), .fn = inbox_get,
	 .view = "notice/inbox", .doc = inbox_doc, .rows = inbox_item_shape, .faces = FACES_LIST, .summary = "What one was told, newest first"},
	{.method = WEB_GET, .path = "/inbox/{id}", .perm = &PERM_LOGIN, .fn = inbox_open, .rows = NULL, .faces = FACE_HTML | FACE_JSON,
	 .summary = "One notice of one's own; a page goes to what it is about, and it has been read"},
	{.method = WEB_POST, .path = "/inbox/{id}/read", .perm = &PERM_LOGIN, .input = shape_none, .fn = inbox_post_read, .summary = "Marks one as read"},
	{.method = WEB_POST, .path = "/inbox/read", .perm = &PERM_LOGIN, .input = inbox_read_shape, .input_size = sizeof(struct inbox_read_input),
	 .fn = inbox_post_read_all, .summary = "Marks all as read that came until a moment"},
	{0},
};

static const struct menu_entry menu[] = {{"notice_menu", "/inbox", "bell", &PERM_LOGIN, 5}, {0}};
static const struct panel panels[] = {{"home", &PERM_LOGIN, 5, inbox_box}, {0}};
static const struct shape_of_table tables[] = {{"notice", notice_table_row}, {0}};
static const char *const needs[] = {"account", "org", NULL};

const struct feature feature_notice = {
	.name = "notice",
	.needs = needs,
	.routes = routes,
	.menu = menu,
	.menu_count = inbox_unread,
	.panels = panels,
	.stmts = notice_sql_all,
	.lists = notice_lists_all,
	.resources = notice_resources,
	.tables = tables,
};
