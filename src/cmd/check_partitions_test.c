/* The proof of routing by city, with statements planted that break it (PostgreSQL in four parts). */
#include "app_ground.h"

#include "check.h"

#define PLANT(name_, n_, text_)                                                                                       \
	static const struct sql name_ = {.name = #name_, .text = text_, .scope = SQL_CITY, .n_args = n_, .file = "planted.sql"}

PLANT(sound, 2, "SELECT count(*) AS n FROM event e WHERE e.city_id = $1 AND e.act || '' IN ('a') AND e.act || '' = $2");
PLANT(joined, 1, "SELECT count(*) AS n FROM event e JOIN event_head h ON h.city_id = e.city_id AND h.object_id = e.object_id"
		 " WHERE e.city_id = $1");
PLANT(any_city, 1, "SELECT count(*) AS n FROM event WHERE city_id >= $1");
PLANT(half_joined, 1, "SELECT count(*) AS n FROM event e JOIN event_head h ON h.object_id = e.object_id WHERE e.city_id = $1");
PLANT(nothing, 1, "SELECT count(*) AS n FROM event WHERE city_id = $1 AND 1 = 2");

static const struct sql *const stmts[] = {&sound, &joined, &any_city, &half_joined, &nothing, NULL};
enum { PLANTED = 3 };

static const struct sql list_stmts[] = {
	{.name = "l/one", .text = "SELECT id FROM event WHERE city_id = $1", .scope = SQL_CITY, .n_args = 1},
	{.name = "l/all", .text = "SELECT id FROM event WHERE city_id <> $1", .scope = SQL_CITY, .n_args = 1},
};
static const struct sql_list list = {.name = "l", .stmts = list_stmts, .n_anchors = 2, .n_sorts = 1, .n_filters = 0};
static const struct sql_list *const lists[] = {&list, NULL};
enum { PLANTED_IN_LISTS = 1 };

static const struct feature feature_planted = {.name = "planted", .identify = ground_nobody, .stmts = stmts, .lists = lists};
static const struct feature *const features[] = {&feature_planted, NULL};
const struct ground_plan ground_plan = {.features = features};

/* Of the application's own statements and the planted ones: only what is wrong is found. */
static int64_t findings(unsigned parts)
{
	const char *dsn = getenv("CHABAOCU_TEST_PG");
	if (!dsn || !*dsn) {
		print_message("not run: CHABAOCU_TEST_PG names no PostgreSQL server\n");
		skip();
	}
	struct ground *g = ground_new(dsn, &(struct app_options){.partitions = parts});
	struct check_report r = {0};
	assert_int_equal(db_partitions(app_db(g->app)), parts);
	check_partitions(g->app, g->a, &r);
	ground_free(g);
	return r.n;
}

static void what_reaches_beyond_its_city_is_found(void **state)
{
	(void)state;
	assert_int_equal(findings(4), PLANTED + PLANTED_IN_LISTS);
}

static void a_whole_database_has_nothing_to_prove(void **state)
{
	(void)state;
	if (ground_parts_())
		skip();
	assert_int_equal(findings(0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_reaches_beyond_its_city_is_found),
		cmocka_unit_test(a_whole_database_has_nothing_to_prove),
	};
	return cmocka_run_group_tests_name("partitions", tests, NULL, NULL);
}
