/* Ids, environments, secrets, settings. */
#include "app_ground.h"
#include "app_parts.h"
#include "setting.h"

#include <pthread.h>
#include <sys/stat.h>

static const struct setting settings[] = {
	{"test.days", SETTING_I64, "7", 1, 30, "days"}, {"test.on", SETTING_BOOL, "0", 0, 0, "on"}, {"test.name", SETTING_STR, "abc", 0, 5, "name"}, {0}};
static const struct feature feature_test = {.name = "test", .identify = ground_nobody, .settings = settings};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

enum { THREADS = 8, EACH = 6000, PHASES = 4 };

struct drawer {
	pthread_t thread;
	struct app *app;
	int64_t *out;
};

static void *draw(void *p)
{
	struct drawer *d = p;
	for (int i = 0; i < EACH; i++)
		d->out[i] = app_id(d->app).v;
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void assert_all_different(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_number);
	assert_true(v[0] > 0);
	for (size_t i = 1; i < n; i++)
		assert_true(v[i - 1] < v[i]);
}

static void ids_are_different_when_the_clock_jumps_back(void **state)
{
	struct ground *g = ground_of(state);
	static const int64_t clocks[PHASES] = {1735689600000, 1735689600000 - 86400000, 1735689600005, 1735603200000};
	size_t n = (size_t)THREADS * EACH * PHASES;
	int64_t *all = calloc(n, sizeof(*all));
	struct drawer d[THREADS];
	for (int phase = 0; phase < PHASES; phase++) {
		app_set_now(g->app, INSTANT(clocks[phase]));
		for (int i = 0; i < THREADS; i++) {
			d[i] = (struct drawer){.app = g->app, .out = all + ((size_t)phase * THREADS + (size_t)i) * EACH};
			assert_int_equal(pthread_create(&d[i].thread, NULL, draw, &d[i]), 0);
		}
		for (int i = 0; i < THREADS; i++)
			pthread_join(d[i].thread, NULL);
	}
	assert_all_different(all, n);
	free(all);
}

static int64_t node_of(struct id id)
{
	return id.v >> 12 & 1023;
}

static void ids_grow_over_a_restart_with_an_older_clock(void **state)
{
	struct ground *g = ground_of(state);
	struct id last = app_id(g->app);
	app_free(g->app);
	g->o.fixed_now = INSTANT(1451606400000);
	ground_open(g);
	struct id next = app_id(g->app);
	assert_int_equal(node_of(next), node_of(last));
	assert_true(next.v > last.v);
}

static void ids_of_a_dead_server_are_not_given_again(void **state)
{
	struct ground *g = ground_of(state);
	struct ground other = *g;
	struct id a = app_id(g->app);
	ground_open(&other);
	assert_int_not_equal(node_of(app_id(other.app)), node_of(a)); /* both live: two numbers */
	app_free(other.app);
	/* The first one dies without a word, its lease runs out, and the next one's clock is a year behind. */
	ground_sql(g, "UPDATE node_lease SET lease_until = 1 WHERE node = $1", ARGS(arg_i64(node_of(a))));
	ground_sql(g, "DELETE FROM node_lease WHERE node <> $1", ARGS(arg_i64(node_of(a))));
	a = app_id(g->app);
	other.o.fixed_now = INSTANT(app_now(g->app).ms - INT64_C(31536000000));
	ground_open(&other);
	struct id b = app_id(other.app);
	assert_int_equal(node_of(b), node_of(a));
	assert_true(b.v > a.v);
	app_free(other.app);
}

struct redo {
	int runs;
	unsigned n;
	int64_t first[100];
	unsigned char random[2][16];
};

static const struct err *busy_once(struct db_tx *tx, struct env *e, void *ctx)
{
	struct redo *r = ctx;
	unsigned char random[2][16];
	env_random(e, random[0], 16);
	env_random(e, random[1], 16);
	for (unsigned i = 0; i < r->n; i++) {
		int64_t id = env_id(e).v;
		if (r->runs)
			assert_int_equal(id, r->first[i]);
		r->first[i] = id;
	}
	if (r->runs)
		assert_memory_equal(random, r->random, sizeof(random));
	memcpy(r->random, random, sizeof(random));
	return r->runs++ ? NULL : ERR(db_arena(tx), ERR_BUSY, NULL, "once more");
}

static void a_transaction_run_again_draws_the_same(void **state)
{
	struct ground *g = ground_of(state);
	struct env e = env_system(g->app, g->a, g->city);
	struct redo one = {.n = 20}, two = {.n = 20};
	fine(env_write(&e, busy_once, &one));
	assert_int_equal(one.runs, 2);
	fine(env_write(&e, busy_once, &two));
	assert_memory_not_equal(one.random[0], one.random[1], 16);
	assert_memory_not_equal(one.random, two.random, sizeof(one.random));
	int64_t all[40];
	memcpy(all, one.first, sizeof(all) / 2);
	memcpy(all + 20, two.first, sizeof(all) / 2);
	assert_all_different(all, 40);
}

static void many_ids_in_one_transaction_differ(void **state)
{
	struct ground *g = ground_of(state);
	struct env e = env_system(g->app, g->a, g->city);
	int64_t all[100];
	for (int i = 0; i < 100; i++)
		all[i] = env_id(&e).v;
	assert_all_different(all, 100);
}

static void a_seed_gives_the_same_ids_and_bytes(void **state)
{
	struct app_options o = {.seed = 7, .fixed_now = {1735689600000}};
	struct ground *x = ground_new(NULL, &o), *y = ground_new(NULL, &o);
	unsigned char p[5000], q[5000];
	(void)state;
	app_random(x->app, p, sizeof(p));
	app_random(y->app, q, 3);
	app_random(y->app, q + 3, sizeof(q) - 3);
	assert_memory_equal(p, q, sizeof(p));
	for (int i = 0; i < 5000; i++)
		assert_int_equal(app_id(x->app).v, app_id(y->app).v);
	ground_free(x);
	ground_free(y);
}

static void the_secret_is_private_and_stays(void **state)
{
	struct ground *g = ground_of(state);
	unsigned char before[32];
	struct stat st;
	memcpy(before, app_secret(g->app), 32);
	assert_int_equal(stat(str_fmt(g->a, "%s/secret", g->dir).p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	app_free(g->app);
	ground_open(g);
	assert_memory_equal(before, app_secret(g->app), 32);
	assert_int_equal(truncate(str_fmt(g->a, "%s/secret", g->dir).p, 31), 0);
	fails(secret_load(g->a, g->dir, before), ERR_BUG, "secret");
}

struct change { const char *name, *value; };

static const struct err *change(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct change *c = ctx;
	return setting_write(tx, e, str_of(c->name), str_of(c->value));
}

static void settings_have_defaults_bounds_and_cities(void **state)
{
	struct ground *g = ground_of(state);
	struct env e = env_system(g->app, g->a, g->city);
	struct change c = {"test.days", "30"}, bad[] = {{"test.days", "31"}, {"test.days", "x"}, {"test.on", "2"}, {"test.name", "abcdef"}, {"no", "1"}};
	assert_int_equal(setting_i64(g->app, g->city, "test.days"), 7);
	assert_true(str_is(setting_str(g->app, g->a, g->city, "test.name"), "abc"));
	fine(env_write(&e, change, &c));
	assert_int_equal(setting_i64(g->app, g->city, "test.days"), 30);
	assert_int_equal(setting_i64(g->app, g->city + 1, "test.days"), 7);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		fails(env_write(&e, change, &bad[i]), ERR_INPUT, NULL);
	c = (struct change){"test.on", "1"};
	fine(env_write(&e, change, &c));
	assert_true(setting_bool(g->app, g->city, "test.on"));
	app_free(g->app);
	ground_open(g);
	assert_int_equal(setting_i64(g->app, g->city, "test.days"), 30);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(ids_are_different_when_the_clock_jumps_back),
		ON_BOTH(ids_grow_over_a_restart_with_an_older_clock),
		ON_BOTH(ids_of_a_dead_server_are_not_given_again),
		ON_BOTH(a_transaction_run_again_draws_the_same),
		ON_BOTH(many_ids_in_one_transaction_differ),
		cmocka_unit_test(a_seed_gives_the_same_ids_and_bytes),
		ON_BOTH(the_secret_is_private_and_stays),
		ON_BOTH(settings_have_defaults_bounds_and_cities),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
