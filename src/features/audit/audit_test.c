/* Closed days of the trail on a real database: SQLite always; PostgreSQL where CHABAOCU_TEST_PG names a server (NFR-1). */
#include "audit_model.h"

#include "app_ground.h"
#include "day.h"

extern const struct feature feature_org, feature_account, feature_audit;

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	TRY(ground_city_(tx, &g->city));
	return feature_org.init_city(tx, e, STR("371300"));
}

/* 2025-01-01 08:00 */
#define NOW INT64_C(1735689600000)
#define DAY_MS INT64_C(86400000)
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_audit, NULL},
					.now = {NOW},
					.found = found_city};

static void at(struct ground *g, int64_t ms)
{
	app_set_now(g->app, INSTANT(ms));
}

static void note(struct ground *g, const char *what, const char *object)
{
	struct arena *a = arena_new(0);
	struct env e = env_system(g->app, a, g->city);
	struct audit au = {.what = what, .object = str_of(object)};
	fine(audit_write(&e, &au));
	arena_free(a);
}

static void seal(struct ground *g)
{
	struct arena *a = arena_new(0);
	struct env e = env_system(g->app, a, g->city);
	fine(audit_seal(&e));
	arena_free(a);
}

static void count_found(void *ctx, const char *text)
{
	(void)text;
	++*(int *)ctx;
}

static int faults(struct ground *g)
{
	int n = 0;
	struct arena *a = arena_new(0);
	struct env e = env_system(g->app, a, g->city);
	fine(audit_verify(&e, count_found, &n));
	arena_free(a);
	return n;
}

static int64_t days(struct ground *g)
{
	return ground_sql(g, "SELECT COUNT(*) AS n FROM audit_day", (struct args){0});
}

/* Three days with rows, one of them with more than a page of them, and one day without between. */
static void fill(struct ground *g)
{
	char object[20];
	for (int i = 0; i < 700; i++) {
		at(g, NOW + i * 60);
		snprintf(object, sizeof(object), "thing %d", i);
		note(g, "look", object);
	}
	at(g, NOW + 2 * DAY_MS);
	note(g, "login", "account 1");
	at(g, NOW + 3 * DAY_MS);
	note(g, "refused", "/people");
	at(g, NOW + 5 * DAY_MS);
	seal(g);
}

static void days_are_closed_an_hour_after_their_end(void **state)
{
	GROUND;
	note(g, "login", "account 1");
	seal(g);
	assert_int_equal(days(g), 0);
	/* Midnight is 16 hours away. */
	at(g, NOW + 16 * 3600000 + 3599000);
	seal(g);
	assert_int_equal(days(g), 0);
	at(g, NOW + 17 * 3600000);
	seal(g);
	seal(g);
	assert_int_equal(days(g), 1);
	assert_int_equal(faults(g), 0);
}

static void a_day_without_rows_is_closed_too(void **state)
{
	GROUND;
	fill(g);
	assert_int_equal(days(g), 5);
	assert_int_equal(faults(g), 0);
}

/* NFR-5: a clock that was set back writes into no closed day, and what it wrote is closed with the next one. */
static void a_closed_day_gets_no_more_rows(void **state)
{
	GROUND;
	fill(g);
	at(g, NOW + DAY_MS);
	note(g, "look", "late");
	note(g, "look", "late");
	at(g, NOW + 3 * DAY_MS);
	note(g, "refused", "/people");
	at(g, NOW - 9000 * DAY_MS);
	note(g, "look", "before all days");
	assert_int_equal(faults(g), 0);
	assert_int_equal(ground_sql(g, "SELECT n FROM audit WHERE what = 'refused' AND behind = ''", (struct args){0}), 1);
	at(g, NOW + 6 * DAY_MS);
	seal(g);
	assert_int_equal(days(g), 6);
	assert_int_equal(faults(g), 0);
	ground_sql(g, "DELETE FROM audit WHERE object = 'before all days'", (struct args){0});
	assert_int_equal(faults(g), 1);
}

#define ADDED                                                                                                            \
	"INSERT INTO audit (city_id, actor_id, what, object, minute, id, at, n, detail, addr) VALUES (371300, 0, 'look', 'x', 1, 1, " \
	"1735689600001, 1, '', '')"

static void what_is_altered_later_is_found(void **state)
{
	static const char *const alterations[] = {
		"UPDATE audit SET n = 2 WHERE object = 'thing 5'",
		"UPDATE audit SET addr = '10.0.0.1' WHERE object = 'thing 650'",
		"UPDATE audit SET actor_id = 7 WHERE what = 'refused'",
		"DELETE FROM audit WHERE what = 'login'",
		"DELETE FROM audit WHERE object = 'thing 699'",
		"UPDATE audit SET at = at + 1 WHERE object = 'thing 0'",
		"UPDATE audit SET at = at + 86400000 WHERE what = 'login'",
		"UPDATE audit SET behind = '2025-01-05' WHERE what = 'login'",
		"DELETE FROM audit_day WHERE day = '2025-01-03'",
		"UPDATE audit_day SET n = n + 1 WHERE day = '2025-01-02'",
		"UPDATE audit_day SET hash = $1 WHERE day = '2025-01-01'",
		ADDED,
	};
	GROUND;
	fill(g);
	for (size_t i = 0; i < sizeof(alterations) / sizeof(alterations[0]); i++) {
		bool hash = strchr(alterations[i], '$') != NULL;
		ground_sql(g, "CREATE TABLE kept AS SELECT * FROM audit", (struct args){0});
		ground_sql(g, "CREATE TABLE kept_day AS SELECT * FROM audit_day", (struct args){0});
		ground_sql(g, alterations[i], hash ? ARGS(arg_blob(STR("x"))) : (struct args){0});
		if (faults(g) == 0)
			fail_msg("not found: %s", alterations[i]);
		ground_sql(g, "DELETE FROM audit", (struct args){0});
		ground_sql(g, "DELETE FROM audit_day", (struct args){0});
		ground_sql(g, "INSERT INTO audit SELECT * FROM kept", (struct args){0});
		ground_sql(g, "INSERT INTO audit_day SELECT * FROM kept_day", (struct args){0});
		ground_sql(g, "DROP TABLE kept", (struct args){0});
		ground_sql(g, "DROP TABLE kept_day", (struct args){0});
		assert_int_equal(faults(g), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(days_are_closed_an_hour_after_their_end),
		ON_BOTH(a_day_without_rows_is_closed_too),
		ON_BOTH(a_closed_day_gets_no_more_rows),
		ON_BOTH(what_is_altered_later_is_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
