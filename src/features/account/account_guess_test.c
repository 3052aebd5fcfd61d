/* Guessing at scale, and what a guesser can learn (NFR-6; ASVS 6.3.1; MLPS identity). */
#include "account_ground.h"

enum { GUESSES = 10000 };

struct toll {
	int tried, refused, in, other;
};

static void note(struct toll *t, int status)
{
	t->tried += status == 401;
	t->refused += status == 429;
	t->in += status == 200;
	t->other += status != 401 && status != 429 && status != 200;
}

/* Ten thousand answers do not fit into the arena of a test. */
static int guess_once(struct ground *g, const char *login, const char *addr, struct str device)
{
	struct ground own = *g;
	own.a = arena_new((size_t)8 * 1024 * 1024);
	const char *form = str_fmt(own.a, "login=%s&password=guess", login).p;
	int status = ask(&own, (struct ask){.path = "/login", .form = form, .addr = str_of(addr), .device = device}).status;
	arena_free(own.a);
	return status;
}

/* 10,000 guesses against one account from one address: five are tried. */
static void one_account_from_one_address(void **state)
{
	GROUND;
	struct toll t = {0};
	struct str login = add(g, "single", "worker", &g->town);
	for (int i = 0; i < GUESSES; i++)
		note(&t, guess_once(g, login.p, "10.1.0.1", STR_NONE));
	assert_int_equal(t.tried, 5);
	assert_int_equal(t.refused, GUESSES - 5);
	assert_int_equal(t.in + t.other, 0);
}

/* From 10,000 addresses at once: twenty in the hour, thirty in the day, and who got in there before still gets in. */
static void one_account_from_everywhere(void **state)
{
	GROUND;
	struct toll t = {0};
	struct str login = add(g, "everywhere", "worker", &g->town);
	assert_int_equal(log_in(g, login, GOOD, "10.2.0.1").status, 200);
	for (int i = 0; i < GUESSES; i++)
		note(&t, guess_once(g, login.p, str_fmt(g->a, "172.%d.%d.%d", 16 + i / 60000, i / 250 % 250, i % 250).p, STR_NONE));
	assert_int_equal(t.tried, 20);
	assert_int_equal(log_in(g, login, GOOD, "10.2.0.1").status, 200);
	later(g, 61 * MINUTE);
	for (int i = 0; i < 50; i++)
		note(&t, guess_once(g, login.p, str_fmt(g->a, "192.168.%d.1", i).p, STR_NONE));
	assert_int_equal(t.tried, 30);
	assert_int_equal(t.in + t.other, 0);
}

/* Against many accounts from the one address that a factory has: the budget of the address is tried, and who got in from a phone before
 * gets in from it still, by the browser's own name; a new phone waits half an hour. */
static void many_accounts_from_a_factory(void **state)
{
	GROUND;
	struct toll t = {0};
	struct str login = add(g, "shift", "worker", &g->town);
	const char *form = str_fmt(g->a, "login=%.*s&password=" GOOD, STR_ARG(login)).p;
	struct answer phone = ASK(.path = "/login", .form = form, .addr = STR("10.3.0.1"), .html = true);
	assert_int_equal(phone.status, 303);
	assert_true(phone.device.n > 20);
	for (int i = 0; i < GUESSES; i++)
		note(&t, guess_once(g, str_fmt(g->a, "w%d.%lld", i, (long long)g->city).p, "10.3.0.1", STR_NONE));
	assert_int_equal(t.tried, 100);
	assert_int_equal(t.refused, GUESSES - 100);
	assert_int_equal(log_in(g, login, GOOD, "10.3.0.1").status, 429);
	assert_int_equal(ASK(.path = "/login", .form = form, .addr = STR("10.3.0.1"), .device = phone.device).status, 200);
	/* That name opens nobody else's door, neither does one that was made up. */
	assert_int_equal(guess_once(g, "w1", "10.3.0.1", phone.device), 429);
	struct str forged = str_fmt(g->a, "%.*s%c", (int)phone.device.n - 1, phone.device.p,
				    phone.device.p[phone.device.n - 1] == 'A' ? 'E' : 'A');
	assert_int_equal(ASK(.path = "/login", .form = form, .addr = STR("10.3.0.1"), .device = forged).status, 429);
	/* And in that browser five failures close its own door. */
	for (int i = 0; i < 5; i++)
		assert_int_equal(guess_once(g, login.p, "10.3.0.1", phone.device), 401);
	assert_int_equal(guess_once(g, login.p, "10.3.0.1", phone.device), 429);
	later(g, 31 * MINUTE);
	assert_int_equal(log_in(g, login, GOOD, "10.3.0.1").status, 200);
}

/* ---- what shows ---------------------------------------------------------------------------- */

static struct answer counted(struct ground *g, const char *login, const char *addr, bool html, int64_t *statements, int64_t *commits)
{
	struct db_stats before, after;
	const char *form = str_fmt(g->a, "login=%s&password=Wrong-Horse-7", login).p;
	db_stats(app_db(g->app), &before);
	struct answer a = ASK(.path = "/login", .form = form, .addr = str_of(addr), .html = html);
	db_stats(app_db(g->app), &after);
	*statements = after.statements - before.statements;
	*commits = after.commits - before.commits;
	return a;
}

/* Neither status, text, length nor the work done tells an unknown login from a known one, not even a locked one or one who left. */
static void whether_an_account_exists_does_not_show(void **state)
{
	GROUND;
	struct env e = env_system(g->app, g->a, g->city);
	struct str known = add(g, "exists", "worker", &g->town), locked = add(g, "locked", "worker", &g->town), cadre = add(g, "cadres", "county_cadre", &g->county);
	fine(account_user_lock(&e, locked));
	const char *logins[] = {known.p, locked.p, cadre.p, "absent", "13900000000", "no such login", ""};
	for (int html = 0; html < 2; html++)
		for (int round = 0; round < 7; round++) { /* the last two are refused: the budget is spent */
			struct answer first = {0};
			int64_t statements = 0, commits = 0;
			for (size_t i = 0; i < 6; i++) {
				int64_t s, c;
				const char *addr = str_fmt(g->a, "10.4.%d.%zu", html, i).p;
				struct answer a = counted(g, logins[i], addr, html, &s, &c);
				if (i == 0) {
					first = a;
					statements = s;
					commits = c;
				}
				assert_int_equal(a.status, round < 5 ? html ? 422 : 401 : 429);
				assert_int_equal(a.status, first.status);
				assert_int_equal(s, statements);
				assert_int_equal(c, commits);
				if (!html)
					assert_true(str_eq(a.body, first.body));
			}
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(one_account_from_one_address),
		ON_BOTH(one_account_from_everywhere),
		ON_BOTH(many_accounts_from_a_factory),
		ON_BOTH(whether_an_account_exists_does_not_show),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
