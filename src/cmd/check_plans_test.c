/* The proof by plan, with statements planted that have no index for their rows or their order. */
#include "app_ground.h"

#include "check.h"

#define PLANT(name_, n_, text_)                                                                                       \
	static const struct sql name_ = {.name = #name_, .text = text_, .scope = SQL_CITY, .n_args = n_, .file = "planted.sql"}

PLANT(sound, 2, "SELECT id FROM event WHERE city_id = $1 AND object_kind = $2 AND object_id = 7 ORDER BY seq LIMIT 5");
PLANT(grouped, 1, "SELECT w.n FROM (SELECT COUNT(1) AS n FROM event WHERE city_id = $1) AS w");
PLANT(sorted, 2, "SELECT id FROM event WHERE city_id = $1 AND object_kind = $2 AND object_id = 7 ORDER BY act LIMIT 5");
PLANT(whole, 1, "SELECT COUNT(1) AS n FROM upload WHERE size = $1");
/* Excepted by name, but only for a line a city. */
PLANT(app_city_count, 1, "SELECT id FROM event WHERE city_id = $1 AND object_kind = 'x' AND object_id = 7 ORDER BY act LIMIT 5");

static const struct sql *const stmts[] = {&sound, &grouped, &sorted, &whole, &app_city_count, NULL};

static const struct sql list_stmts[] = {
	{.name = "l/one", .text = "SELECT id FROM attachment WHERE city_id = $1 ORDER BY id LIMIT 5", .scope = SQL_CITY, .n_args = 1},
	{.name = "l/two", .text = "SELECT id FROM attachment WHERE city_id = $1 ORDER BY made_at LIMIT 5", .scope = SQL_CITY, .n_args = 1},
};
static const struct sql list_edges[] = {
	{.name = "l/one/edge", .text = "SELECT w.id FROM (SELECT id FROM attachment WHERE city_id = $1 ORDER BY id LIMIT 5) AS w"
				       " ORDER BY w.id DESC", .scope = SQL_CITY, .n_args = 1},
	{.name = "l/two/edge", .text = "SELECT COUNT(1) AS n FROM attachment WHERE type = 'x' AND size > $1", .scope = SQL_CITY, .n_args = 1},
};
static const struct sql_list list = {.name = "l", .stmts = list_stmts, .edges = list_edges, .n_anchors = 2, .n_sorts = 1};
static const struct sql_list *const lists[] = {&list, NULL};
enum { PLANTED = 3 + 2 };

static const struct feature feature_planted = {.name = "planted", .identify = ground_nobody, .stmts = stmts, .lists = lists};
static const struct feature *const features[] = {&feature_planted, NULL};
const struct ground_plan ground_plan = {.features = features};

/* Of the application's own statements and the planted ones: only what is wrong is found. */
static void what_has_no_index_is_found(void **state)
{
	GROUND;
	struct check_report r = {0};
	check_plans(g->app, g->a, &r);
	assert_int_equal(r.n, PLANTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {ON_BOTH(what_has_no_index_is_found)};
	return cmocka_run_group_tests_name("plans", tests, NULL, NULL);
}
