#include "notice_model.h"

#include "notice_res.h"
#include "notice_sql.h"

static const struct shape_of_table tables[] = {{"notice", notice_row_shape}, {0}};
static const char *const needs[] = {"account", "org", NULL};

const struct feature feature_notice = {
	.name = "notice",
	.needs = needs,
	.stmts = notice_sql_all,
	.lists = notice_lists_all,
	.resources = notice_resources,
	.tables = tables,
};
