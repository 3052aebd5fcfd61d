#include "account_ground.h"
#include "gate.h"

/* ---- logging in --------------------------------------------------------------------- */

static void a_login_gives_person_duties_and_a_session(void **state)
{
	GROUND;
	struct str login = add(g, "cadre", "county_cadre", &g->county);
	struct answer in = log_in(g, login, GOOD, NULL);
	assert_int_equal(in.status, 200);
	assert_string_equal(member(json_object_get(in.doc, "person"), "name"), "cadre");
	json_t *duty = json_array_get(json_object_get(in.doc, "duties"), 0);
	assert_string_equal(member(duty, "role"), "county_cadre");
	assert_string_equal(member(duty, "unit_name"), "兰山区");
	struct answer me = ASK(.path = "/me", .cookie = in.cookie);
	assert_int_equal(me.status, 200);
	assert_string_equal(member(me.doc, "csrf"), member(in.doc, "csrf"));
	/* New at each login, and gone after logging out. */
	struct answer again = ASK(.path = "/login", .form = str_fmt(g->a, "login=%.*s&password=" GOOD, STR_ARG(login)).p, .cookie = in.cookie);
	assert_false(str_eq(again.cookie, in.cookie));
	assert_int_equal(ASK(.path = "/me", .cookie = in.cookie).status, 401);
	assert_int_equal(ASK(.path = "/logout", .json = "{}", .cookie = again.cookie).status, 200);
	assert_int_equal(ASK(.path = "/me", .cookie = again.cookie).status, 401);
}

static void an_unknown_login_and_a_wrong_password_look_the_same(void **state)
{
	GROUND;
	struct str login = add(g, "known", "worker", &g->town);
	struct answer wrong = log_in(g, login, "Wrong-Horse-7", NULL);
	struct answer unknown = log_in(g, str_fmt(g->a, "nobody%lld", (long long)g->city), "Wrong-Horse-7", NULL);
	assert_int_equal(wrong.status, 401);
	assert_string_equal(member(wrong.doc, "code"), "bad_login");
	assert_int_equal(unknown.status, wrong.status);
	assert_true(str_eq(unknown.body, wrong.body));
}

static void next_leads_nowhere_else(void **state)
{
	static const char *const away[] = {"",	 "https://evil.example/", "//evil.example/", "/\\evil.example", "/\t/evil.example",
					   "/a\r\nSet-Cookie: x=1", "javascript:alert(1)", "hazards", "\\/evil", "/ü", NULL};
	(void)state;
	for (size_t i = 0; away[i]; i++)
		assert_true(str_is(account_local_path(str_of(away[i])), "/"));
	assert_true(str_is(account_local_path(STR("/hazards?state=assigned")), "/hazards?state=assigned"));
	assert_true(str_is(account_local_path(STR("/")), "/"));
}

static void a_page_is_sent_on_to_where_it_came_from(void **state)
{
	GROUND;
	struct str login = add(g, "pager", "county_cadre", &g->county);
	struct answer first = ASK(.path = "/me", .html = true);
	assert_int_equal(first.status, 303);
	assert_true(str_has_prefix(first.location, STR("/login?next=")));
	const char *form = str_fmt(g->a, "login=%.*s&password=" GOOD "&next=/people", STR_ARG(login)).p;
	struct answer in = ASK(.path = "/login", .form = form, .html = true);
	assert_int_equal(in.status, 303);
	assert_true(str_is(in.location, "/people"));
	form = str_fmt(g->a, "login=%.*s&password=" GOOD "&next=//evil.example", STR_ARG(login)).p;
	assert_true(str_is(ASK(.path = "/login", .form = form, .html = true).location, "/"));
	form = str_fmt(g->a, "login=%.*s&password=wrong", STR_ARG(login)).p;
	struct answer wrong = ASK(.path = "/login", .form = form, .html = true);
	assert_int_equal(wrong.status, 422);
	assert_non_null(strstr(wrong.body.p, "账号或密码不对"));
	assert_null(strstr(wrong.body.p, "value=\"wrong\""));
	for (size_t i = 0; i < 3; i++) {
		static const char *const pages[] = {"/me", "/tokens", "/people"};
		assert_int_equal(ASK(.path = pages[i], .html = true, .cookie = in.cookie).status, 200);
	}
}

/* ---- guessing ----------------------------------------------------------------------------- */

static void five_failures_close_the_door_to_that_address_only(void **state)
{
	GROUND;
	struct str login = add(g, "guessed", "worker", &g->town);
	for (int i = 0; i < 5; i++)
		assert_int_equal(log_in(g, login, "guess", NULL).status, 401);
	struct answer shut = log_in(g, login, GOOD, NULL);
	assert_int_equal(shut.status, 429);
	assert_string_equal(member(shut.doc, "code"), "too_many_attempts");
	assert_true(str_is(shut.retry, "1800"));
	const char *form = str_fmt(g->a, "login=%.*s&password=" GOOD, STR_ARG(login)).p;
	struct answer page = ASK(.path = "/login", .form = form, .html = true);
	assert_int_equal(page.status, 429);
	assert_true(str_is(page.retry, "1800"));
	assert_int_equal(log_in(g, login, GOOD, "192.0.2.1").status, 200);
	later(g, 31 * MINUTE);
	assert_int_equal(log_in(g, login, GOOD, NULL).status, 200);
	/* The right password forgets the failures before it. */
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 4; i++)
			assert_int_equal(log_in(g, login, "guess", NULL).status, 401);
		assert_int_equal(log_in(g, login, GOOD, NULL).status, 200);
	}
}

struct trial {
	struct attempt t;
	bool succeeds;
};

static const struct err *try_once(struct db_tx *tx, struct env *e, void *ctx)
{
	struct trial *k = ctx;
	TRY(attempt_begin(tx, e, &k->t));
	return k->succeeds ? attempt_succeeded(tx, e, &k->t) : NULL;
}

/* An attempt without the hashing. */
static enum err_kind attempt(struct ground *g, const char *login, const char *addr, bool succeeds)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct str name = str_fmt(g->a, "%s%lld", login, (long long)g->city);
	struct str from = str_has_prefix(str_of(addr), STR("2001:")) ? str_of(addr) : str_fmt(g->a, "%s/%lld", addr, (long long)g->city);
	struct trial k = {attempt_of(g->app, g->a, name, from, STR_NONE), succeeds};
	const struct err *bad = env_write(&e, try_once, &k);
	return bad ? bad->kind : ERR_NONE;
}

static void an_address_has_a_budget(void **state)
{
	GROUND;
	for (int i = 0; i < 100; i++)
		assert_int_equal(attempt(g, str_fmt(g->a, "w%d-", i).p, "one", false), ERR_NONE);
	assert_int_equal(attempt(g, "another", "one", false), ERR_RATE);
	assert_int_equal(attempt(g, "another", "two", false), ERR_NONE);
	/* A factory's shift behind one address gets in: successes cost nothing. */
	for (int i = 0; i < 150; i++)
		assert_int_equal(attempt(g, str_fmt(g->a, "s%d-", i).p, "factory", true), ERR_NONE);
	later(g, 31 * MINUTE);
	assert_int_equal(attempt(g, "another", "one", false), ERR_NONE);
}

static void nobody_locks_another_out(void **state)
{
	GROUND;
	assert_int_equal(attempt(g, "victim", "home", true), ERR_NONE);
	for (int i = 0; i < 20; i++)
		assert_int_equal(attempt(g, "victim", str_fmt(g->a, "bot%d", i).p, false), ERR_NONE);
	assert_int_equal(attempt(g, "victim", "bot21", false), ERR_RATE);
	assert_int_equal(attempt(g, "victim", "home", true), ERR_NONE);
	later(g, 61 * MINUTE);
	assert_int_equal(attempt(g, "victim", "bot21", false), ERR_NONE);
}

struct guesser {
	struct ground *g;
	pthread_t thread;
	int let_through;
};

static void *guess(void *p)
{
	struct guesser *k = p;
	struct arena *a = arena_new(0);
	struct str name = str_fmt(a, "parallel%lld", (long long)k->g->city);
	for (int i = 0; i < 4; i++) {
		struct env e = env_system(k->g->app, a, k->g->city);
		struct trial t = {attempt_of(k->g->app, a, name, k->g->addr, STR_NONE), false};
		k->let_through += env_write(&e, try_once, &t) == NULL;
	}
	arena_free(a);
	return NULL;
}

static void guesses_sent_at_once_are_counted_too(void **state)
{
	struct guesser v[8] = {0};
	int total = 0;
	GROUND;
	for (size_t i = 0; i < 8; i++) {
		v[i].g = g;
		assert_int_equal(pthread_create(&v[i].thread, NULL, guess, &v[i]), 0);
	}
	for (size_t i = 0; i < 8; i++) {
		pthread_join(v[i].thread, NULL);
		total += v[i].let_through;
	}
	assert_int_equal(total, 5);
}

/* ---- a password that is taken away while it is being checked -------------------------------- */

struct taking_away {
	struct ground own; /* of the thread: with an arena of its own */
	struct str login;
	struct answer in;
};

static void *log_in_meanwhile(void *p)
{
	struct taking_away *k = p;
	k->in = log_in(&k->own, k->login, GOOD, NULL);
	return NULL;
}

static const struct err *reset(struct db_tx *tx, struct env *e, void *ctx)
{
	struct account w;
	int64_t city;
	bool found;
	TRY(account_find(tx, ((struct taking_away *)ctx)->login, &city, &w, &found));
	return account_set_password(tx, e, &w, STR("another"), true, ID(0));
}

static void a_password_that_was_reset_meanwhile_opens_no_session(void **state)
{
	pthread_t thread;
	GROUND;
	struct gate *gate = app_hash_gate(g->app);
	struct taking_away k = {.own = *g, .login = add(g, "stolen", "county_cadre", &g->county)};
	struct env e = env_system(g->app, g->a, g->city);
	k.own.a = arena_new((size_t)64 * 1024 * 1024);
	/* Nobody hashes now: the login waits where it has read the account, or before, which is as well. */
	fine(gate_enter(gate, g->a, 0));
	fine(gate_enter(gate, g->a, 0));
	assert_int_equal(pthread_create(&thread, NULL, log_in_meanwhile, &k), 0);
	usleep(300000);
	fine(env_write(&e, reset, &k));
	gate_leave(gate);
	gate_leave(gate);
	pthread_join(thread, NULL);
	assert_int_equal(k.in.status, 401);
	assert_int_equal(k.in.cookie.n, 0);
	arena_free(k.own.a);
}

/* On PostgreSQL a reset may be about to commit while somebody gets in: the session that it cannot see is not opened. */
static void a_password_that_is_being_reset_opens_no_session(void **state)
{
	pthread_t thread;
	GROUND;
	if (!g->dsn)
		return;
	struct taking_away k = {.own = *g, .login = add(g, "resetting", "county_cadre", &g->county)};
	k.own.a = arena_new((size_t)64 * 1024 * 1024);
	PGconn *other = PQconnectdb(g->dsn);
	PQclear(PQexec(other, "BEGIN; UPDATE account SET version = version + 1, password = 'another'; DELETE FROM session"));
	assert_int_equal(pthread_create(&thread, NULL, log_in_meanwhile, &k), 0);
	/* Long enough for it to come to the account, which it waits for. */
	usleep(1500000);
	PGresult *r = PQexec(other, "COMMIT");
	assert_int_equal(PQresultStatus(r), PGRES_COMMAND_OK);
	PQclear(r);
	PQfinish(other);
	pthread_join(thread, NULL);
	assert_int_equal(k.in.status, 401);
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) FROM session", (struct args){0}), 0);
	arena_free(k.own.a);
}

static void one_network_of_ipv6_is_one_address(void **state)
{
	GROUND;
	for (int i = 0; i < 5; i++)
		assert_int_equal(attempt(g, "six", str_fmt(g->a, "2001:db8:0:1::%d", i + 1).p, false), ERR_NONE);
	assert_int_equal(attempt(g, "six", "2001:db8:0:1::99", false), ERR_RATE);
	assert_int_equal(attempt(g, "six", "2001:db8:0:2::1", false), ERR_NONE);
}

/* ---- sessions ---------------------------------------------------------------------------------- */

static void an_administrator_is_logged_out_after_rest_and_after_half_a_day(void **state)
{
	GROUND;
	struct str login = add(g, "sysadmin", "system_admin", &g->root);
	struct str cookie = log_in(g, login, GOOD, NULL).cookie;
	later(g, 14 * MINUTE);
	assert_int_equal(ASK(.path = "/me", .cookie = cookie).status, 200);
	later(g, 14 * MINUTE);
	assert_int_equal(ASK(.path = "/me", .cookie = cookie).status, 200);
	later(g, 16 * MINUTE);
	assert_int_equal(ASK(.path = "/me", .cookie = cookie).status, 401);
	cookie = log_in(g, login, GOOD, NULL).cookie;
	int status = 200, steps = 0;
	for (; status == 200 && steps < 100; steps++) {
		later(g, 10 * MINUTE);
		status = ASK(.path = "/me", .cookie = cookie).status;
	}
	assert_int_equal(steps, 72);
}

static void a_worker_stays_for_long(void **state)
{
	GROUND;
	struct str cookie = log_in(g, add(g, "worker", "worker", &g->town), GOOD, NULL).cookie;
	later(g, 89 * DAY_MS);
	assert_int_equal(ASK(.path = "/me", .cookie = cookie).status, 200);
	later(g, 91 * DAY_MS);
	assert_int_equal(ASK(.path = "/me", .cookie = cookie).status, 401);
}

/* R9: what a clock that ran ahead has written neither keeps a session alive nor a door closed when it is set back. */
static void a_clock_that_ran_ahead_leaves_no_session_and_no_lock(void **state)
{
	struct ground *g = ground_of(state);
	struct str worker = add(g, "ahead", "worker", &g->town), other = add(g, "locked", "worker", &g->town);
	struct answer before = log_in(g, worker, GOOD, NULL);
	later(g, 400 * DAY_MS);
	struct answer ahead = log_in(g, worker, GOOD, NULL);
	assert_int_equal(ASK(.path = "/me", .cookie = ahead.cookie).status, 200);
	for (int i = 0; i < 6; i++)
		log_in(g, other, "Wrong-Horse-7", "10.0.0.9");
	assert_int_equal(log_in(g, other, GOOD, "10.0.0.9").status, 429);
	later(g, -400 * DAY_MS);
	assert_int_equal(ASK(.path = "/me", .cookie = ahead.cookie).status, 401);
	assert_int_equal(ASK(.path = "/me", .cookie = before.cookie).status, 200);
	assert_int_equal(log_in(g, other, GOOD, "10.0.0.9").status, 200);
	/* A correction of some minutes is none. */
	later(g, 8 * MINUTE);
	struct answer near = log_in(g, worker, GOOD, NULL);
	later(g, -8 * MINUTE);
	assert_int_equal(ASK(.path = "/me", .cookie = near.cookie).status, 200);
}

static void a_forged_cookie_is_nobody(void **state)
{
	GROUND;
	struct str cookie = log_in(g, add(g, "forged", "worker", &g->town), GOOD, NULL).cookie;
	char *p = arena_copy(g->a, cookie.p, cookie.n);
	p[cookie.n - 2] ^= 1;
	assert_int_equal(ASK(.path = "/me", .cookie = ((struct str){p, cookie.n})).status, 401);
	struct str rest = cookie;
	str_cut(&rest, '.');
	assert_int_equal(ASK(.path = "/me", .cookie = str_fmt(g->a, "%lld.%.*s", (long long)g->city + 1, STR_ARG(rest))).status, 401);
	assert_int_equal(ASK(.path = "/me", .cookie = STR("x")).status, 401);
	assert_int_equal(ASK(.path = "/login", .cookie = STR("x"), .html = true).status, 200);
}

static void each_session_has_its_form_token(void **state)
{
	GROUND;
	struct str login = add(g, "forms", "worker", &g->town);
	struct answer one = log_in(g, login, GOOD, NULL), two = log_in(g, login, GOOD, NULL);
	const char *mine = str_fmt(g->a, "csrf=%s", member(one.doc, "csrf")).p;
	const char *others = str_fmt(g->a, "csrf=%s", member(two.doc, "csrf")).p;
	assert_string_not_equal(mine, others);
	struct answer no = ASK(.path = "/logout", .form = others, .cookie = one.cookie);
	assert_int_equal(no.status, 403);
	assert_string_equal(member(no.doc, "code"), "csrf_token");
	assert_int_equal(ASK(.path = "/logout", .form = "", .cookie = one.cookie).status, 403);
	assert_int_equal(ASK(.path = "/logout", .form = mine, .cookie = one.cookie, .origin = "https://evil.example").status, 403);
	assert_int_equal(ASK(.path = "/logout", .form = mine, .cookie = one.cookie).status, 200);
	assert_int_equal(ASK(.path = "/login", .form = "login=a&password=b", .origin = "https://evil.example").status, 403);
}

static void others_are_ended_from_my_account(void **state)
{
	GROUND;
	struct str login = add(g, "devices", "worker", &g->town);
	struct str one = log_in(g, login, GOOD, NULL).cookie, two = log_in(g, login, GOOD, NULL).cookie;
	struct answer me = ASK(.path = "/me", .cookie = one);
	assert_int_equal(json_array_size(json_object_get(me.doc, "sessions")), 2);
	assert_int_equal(ASK(.path = "/me/end-others", .json = "{}", .cookie = one).status, 200);
	assert_int_equal(ASK(.path = "/me", .cookie = two).status, 401);
	assert_int_equal(ASK(.path = "/me", .cookie = one).status, 200);
	/* Somebody else's session is not there. */
	struct answer stranger = log_in(g, add(g, "stranger", "worker", &g->town), GOOD, NULL);
	me = ASK(.path = "/me", .cookie = one);
	const char *id = member(json_array_get(json_object_get(me.doc, "sessions"), 0), "id");
	assert_int_equal(ASK(.path = str_fmt(g->a, "/me/sessions/%s/end", id).p, .json = "{}", .cookie = stranger.cookie).status, 404);
	assert_int_equal(ASK(.path = "/me", .cookie = one).status, 200);
}

static void a_locked_account_is_out_at_once(void **state)
{
	GROUND;
	struct env e = env_system(g->app, g->a, g->city);
	struct str login = add(g, "locked", "safety_officer", &g->town), password;
	struct answer in = log_in(g, login, GOOD, NULL);
	struct answer token = ASK(.path = "/tokens", .json = "{\"name\":\"nightly\"}", .cookie = in.cookie);
	struct str text = str_of(member(token.doc, "token"));
	fine(account_user_lock(&e, login));
	assert_int_equal(ASK(.path = "/me", .cookie = in.cookie).status, 401);
	assert_int_equal(ASK(.path = "/me", .token = text).status, 401);
	assert_string_equal(member(log_in(g, login, GOOD, NULL).doc, "code"), "account_locked");
	assert_string_equal(member(log_in(g, login, "wrong", NULL).doc, "code"), "bad_login");
	/* A new password opens it again, and has to be changed first. */
	fine(account_user_password(&e, login, &password));
	in = log_in(g, login, str_z(g->a, password), NULL);
	assert_int_equal(in.status, 200);
	assert_true(json_is_true(json_object_get(in.doc, "must_change_password")));
	struct answer no = ASK(.path = "/people", .cookie = in.cookie);
	assert_int_equal(no.status, 403);
	assert_string_equal(member(no.doc, "code"), "must_change_password");
	const char *json = str_fmt(g->a, "{\"password\":\"%.*s\",\"new_password\":\"Another-Horse-8\"}", STR_ARG(password)).p;
	assert_int_equal(ASK(.path = "/me/password", .json = json, .cookie = in.cookie).status, 200);
	assert_int_equal(ASK(.path = "/people", .cookie = in.cookie).status, 200);
	assert_int_equal(log_in(g, login, str_z(g->a, password), NULL).status, 401);
	assert_int_equal(log_in(g, login, "Another-Horse-8", NULL).status, 200);
}

/* ---- passwords ------------------------------------------------------------------------------------ */

static void passwords_are_as_strong_as_the_role(void **state)
{
	static const struct {
		uint32_t roles;
		const char *password, *code; /* NULL: good enough */
	} rows[] = {
		{R(ROLE_WORKER), "284617", NULL},
		{R(ROLE_WORKER) | R(ROLE_TEAM_LEADER), "284617", NULL},
		{R(ROLE_WORKER), "123456", "pin_plain"},
		{R(ROLE_WORKER), "777777", "pin_plain"},
		{R(ROLE_WORKER), "28461", "pin_wanted"},
		{R(ROLE_WORKER), "28461a", "pin_wanted"},
		{R(ROLE_WORKER) | R(ROLE_SAFETY_OFFICER), "284617", "password_short"},
		{R(ROLE_WORKSHOP_LEADER), "284617", "password_short"},
		{R(ROLE_SAFETY_OFFICER), "Short-7", "password_short"},
		{R(ROLE_SAFETY_OFFICER), "alllettershere", "password_plain"},
		{R(ROLE_SAFETY_OFFICER), "letters2016", "password_plain"},
		{R(ROLE_SAFETY_OFFICER), "Letters2016", NULL},
		{R(ROLE_SAFETY_OFFICER), "Chabaocu-login1", "password_is_login"},
		{0, "284617", "password_short"},
	};
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct err *e = account_password_check(
			a, &(struct password_owner){.roles = rows[i].roles, .login = STR("Chabaocu-login1"), .is_mlps = true}, str_of(rows[i].password), "password");
		assert_int_equal(e == NULL, rows[i].code == NULL);
		if (e)
			assert_string_equal(e->fields->code.p, rows[i].code);
	}
	arena_free(a);
}

/* ---- duties ------------------------------------------------------------------------------------------ */

static void the_list_of_people_ends_where_the_duty_ends(void **state)
{
	GROUND;
	struct str cookie = log_in(g, add(g, "county", "county_cadre", &g->county), GOOD, NULL).cookie;
	add(g, "inside", "safety_officer", &g->town);
	add(g, "outside", "safety_officer", &g->other);
	struct answer list = ASK(.path = "/people", .cookie = cookie);
	assert_int_equal(list.status, 200);
	assert_non_null(strstr(list.body.p, "\"inside\""));
	assert_null(strstr(list.body.p, "\"outside\""));
	assert_non_null(strstr(list.body.p, "\"phone\""));
	struct answer far = ASK(.path = "/people", .query = "unit=371321", .cookie = cookie);
	assert_int_equal(far.status, 404);
	assert_int_equal(ASK(.path = "/people", .query = "unit=371302001", .cookie = cookie).status, 200);
	/* Page by page comes to the same. */
	struct answer one = ASK(.path = "/people", .query = "limit=1", .cookie = cookie);
	assert_int_equal(json_array_size(json_object_get(one.doc, "items")), 1);
	const char *after = str_fmt(g->a, "limit=1&after=%s", member(one.doc, "next")).p;
	struct answer two = ASK(.path = "/people", .query = after, .cookie = cookie);
	assert_int_equal(json_array_size(json_object_get(two.doc, "items")), 1);
	assert_true(json_is_null(json_object_get(two.doc, "next")));
	/* Management sees names without phones; a worker nobody. */
	cookie = log_in(g, add(g, "boss", "management", &g->town), GOOD, NULL).cookie;
	list = ASK(.path = "/people", .cookie = cookie);
	assert_int_equal(list.status, 200);
	assert_null(strstr(list.body.p, "\"phone\""));
	cookie = log_in(g, add(g, "hand", "worker", &g->town), GOOD, NULL).cookie;
	assert_int_equal(ASK(.path = "/people", .cookie = cookie).status, 403);
}

static const struct err *two_admins(struct db_tx *tx, struct env *e, void *ctx)
{
	static const uint32_t roles[] = {ROLE_SYSTEM_ADMIN, ROLE_SECURITY_ADMIN, ROLE_AUDIT_ADMIN};
	struct ground *g = ctx;
	for (size_t i = 0; i < 3; i++) {
		struct person p = {.name = STR("三员"), .unit_id = g->root.id};
		TRY(account_person_add(tx, e, &p));
		TRY(account_duty_add(tx, e, p.id, roles[i], g->root.id));
		for (size_t k = 0; k < 3; k++) {
			const struct err *bad = k == i ? NULL : account_duty_add(tx, e, p.id, roles[k], g->town.id);
			assert_int_equal(bad == NULL, k == i);
			if (bad)
				assert_string_equal(bad->fields->code.p, "admin_exclusive");
		}
		/* Nor does one of them do business; the same kind of administrator elsewhere, or a worker, is no such case. */
		assert_string_equal(account_duty_add(tx, e, p.id, ROLE_CADRE_COUNTY, g->town.id)->fields->code.p, "admin_exclusive");
		TRY(account_duty_add(tx, e, p.id, roles[i], g->town.id));
		TRY(account_duty_add(tx, e, p.id, ROLE_WORKER, g->town.id));
	}
	return NULL;
}

static void the_three_administrators_are_three_persons(void **state)
{
	GROUND;
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_write(&e, two_admins, g));
}

/* ---- tokens --------------------------------------------------------------------------------------------- */

static void a_token_acts_for_its_owner_until_it_is_revoked(void **state)
{
	GROUND;
	struct str cookie = log_in(g, add(g, "owner", "county_cadre", &g->county), GOOD, NULL).cookie;
	struct answer made = ASK(.path = "/tokens", .json = "{\"name\":\"report\",\"scope\":\"read\"}", .cookie = cookie);
	assert_int_equal(made.status, 201);
	struct str token = str_dup(g->a, str_of(member(made.doc, "token")));
	const char *id = member(made.doc, "id");
	assert_int_equal(ASK(.path = "/people", .token = token).status, 200);
	struct answer no = ASK(.path = "/logout", .json = "{}", .token = token);
	assert_int_equal(no.status, 403);
	assert_string_equal(member(no.doc, "code"), "token_scope");
	assert_null(strstr(ASK(.path = "/tokens", .cookie = cookie).body.p, token.p));
	/* One that may write still opens no further ways in. */
	struct answer writer = ASK(.path = "/tokens", .json = "{\"name\":\"sync\"}", .cookie = cookie);
	struct str write = str_of(member(writer.doc, "token"));
	assert_string_equal(member(ASK(.path = "/tokens", .json = "{\"name\":\"more\"}", .token = write).doc, "code"), "needs_session");
	struct answer revoked = ASK(.path = str_fmt(g->a, "/tokens/%s/revoke", id).p, .json = "{}", .cookie = cookie);
	assert_int_equal(revoked.status, 200);
	no = ASK(.path = "/people", .token = token);
	assert_int_equal(no.status, 401);
	assert_string_equal(member(no.doc, "code"), "bad_token");
	assert_int_equal(ASK(.path = "/people", .token = write).status, 200);
}

/* ---- command line ------------------------------------------------------------------------------------------ */

static void a_new_city_has_one_administrator(void **state)
{
	GROUND;
	struct env e = env_system(g->app, g->a, g->city);
	struct str login, password;
	fine(account_first_admin(&e, &login, &password));
	assert_int_equal(password.n, 16);
	struct answer in = log_in(g, login, str_z(g->a, password), NULL);
	assert_int_equal(in.status, 200);
	assert_true(json_is_true(json_object_get(in.doc, "must_change_password")));
	const struct err *again = account_first_admin(&e, &login, &password);
	assert_non_null(again);
	assert_string_equal(again->code.p, "login_taken");
	again = account_user_lock(&e, STR("no such login"));
	assert_non_null(again);
	assert_int_equal(again->kind, ERR_MISSING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next_leads_nowhere_else),
		cmocka_unit_test(passwords_are_as_strong_as_the_role),
		ON_BOTH(a_login_gives_person_duties_and_a_session),
		ON_BOTH(an_unknown_login_and_a_wrong_password_look_the_same),
		ON_BOTH(a_page_is_sent_on_to_where_it_came_from),
		ON_BOTH(five_failures_close_the_door_to_that_address_only),
		ON_BOTH(an_address_has_a_budget),
		ON_BOTH(nobody_locks_another_out),
		ON_BOTH(guesses_sent_at_once_are_counted_too),
		ON_BOTH(a_password_that_was_reset_meanwhile_opens_no_session), ON_BOTH(a_password_that_is_being_reset_opens_no_session),
		ON_BOTH(one_network_of_ipv6_is_one_address),
		ON_BOTH(an_administrator_is_logged_out_after_rest_and_after_half_a_day),
		ON_BOTH(a_worker_stays_for_long),
		ON_BOTH(a_clock_that_ran_ahead_leaves_no_session_and_no_lock),
		ON_BOTH(a_forged_cookie_is_nobody),
		ON_BOTH(each_session_has_its_form_token),
		ON_BOTH(others_are_ended_from_my_account),
		ON_BOTH(a_locked_account_is_out_at_once),
		ON_BOTH(the_list_of_people_ends_where_the_duty_ends),
		ON_BOTH(the_three_administrators_are_three_persons),
		ON_BOTH(a_token_acts_for_its_owner_until_it_is_revoked),
		ON_BOTH(a_new_city_has_one_administrator),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
