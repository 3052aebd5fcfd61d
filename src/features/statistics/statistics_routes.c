#include "statistics_model.h"

#include "feature.h"
#include "hazard.h"
#include "statistics_res.h"

/* As the ledger: who reads the rows reads what they add up to. */
const struct perm statistics_read_perm = {"statistics.read", R_KEEPERS | R(ROLE_MANAGEMENT) | R_CADRES};
static const struct perm *const perms[] = {&statistics_read_perm, NULL};

#define SHOW .input = statistics_input_shape, .input_size = sizeof(struct statistics_input), .fn = statistics_get, .view = "statistics/show", \
	     .doc = statistics_show_doc, .perm = &statistics_read_perm
static const struct route routes[] = {
	{.method = WEB_GET, .path = "/statistics", SHOW, .summary = "The twelve figures of one's own unit in the running period"},
	{.method = WEB_GET, .path = "/statistics/{unit}/{period}", SHOW, .locate = statistics_locate, .rows = statistics_part_shape,
	 .faces = FACES_LIST, .summary = "The twelve figures of a unit in a period, and how they divide below it"},
	{.method = WEB_GET, .path = "/statistics/{unit}/{period}/{figure}/rows", .perm = &statistics_read_perm, .locate = statistics_locate,
	 .input = statistics_rows_input_shape, .input_size = sizeof(struct statistics_input), .fn = statistics_rows_get,
	 .view = "statistics/rows", .doc = statistics_rows_doc, .rows = statistics_row_shape, .faces = FACES_LIST,
	 .summary = "The entries that a figure is the sum of, newest first"},
	{0},
};

static const struct menu_entry menu[] = {{"statistics_title", "/statistics", "chart-bar", &statistics_read_perm, 30}, {0}};

/* ---- keeping -------------------------------------------------------------------------- */

#define FOLD_EVERY_MS INT64_C(20000)

static const struct err *fold(struct env *e, struct str payload)
{
	(void)payload;
	return measure_fold(e);
}

static const struct job_kind jobs[] = {{.name = "statistics.fold", .run = fold, .every_ms = FOLD_EVERY_MS}, {0}};

static void found(void *ctx, const char *text)
{
	check_found(ctx, "%s", text);
}

static const struct err *check(struct env *e, struct check_report *r)
{
	int64_t n;
	return measure_verify(e, found, r, &n);
}

static const char *const needs[] = {"org", "account", "campaign", "hazard", NULL};

const struct feature feature_statistics = {
	.name = "statistics",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.resources = statistics_resources,
	.menu = menu,
	.jobs = jobs,
	.rebuild = measure_rebuild,
	.check = check,
};
