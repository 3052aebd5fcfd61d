/* The second factor from setting it up to losing it, and what ends and rests (NFR-6; ASVS 6.3.3, 6.5; MLPS identity). */
#include "account_ground.h"

#include "setting.h"

/* What the program on the phone shows `steps` from now, from the secret in groups of base 32. */
static const char *code_at(struct ground *g, const char *shown, int64_t steps)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	unsigned char secret[TOTP_SECRET] = {0};
	size_t bit = 0;
	for (const char *p = shown; *p; p++) {
		const char *at = strchr(letters, *p);
		for (int i = 4; at && i >= 0; i--, bit++)
			if (bit < sizeof(secret) * 8 && ((at - letters) >> i & 1))
				secret[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
	}
	return str_fmt(g->a, "%06u", totp_code(secret, sizeof(secret), app_now(g->app).ms / 1000 / TOTP_STEP_S + steps, 6)).p;
}

struct set_up {
	struct str login, cookie, recovery[RECOVERY_CODES];
	const char *secret;
};

static struct answer with_code(struct ground *g, const char *path, const char *code, struct str cookie)
{
	return ASK(.path = path, .json = str_fmt(g->a, "{\"one_time_code\":\"%s\"}", code).p, .cookie = cookie);
}

static struct set_up set_up(struct ground *g, const char *word, const char *role, const struct unit *u)
{
	struct set_up s = {.login = add(g, word, role, u)};
	struct answer in = log_in(g, s.login, GOOD, NULL);
	struct answer made = ASK(.path = "/me/factor/new", .json = "{}", .cookie = in.cookie);
	assert_int_equal(made.status, 200);
	s.secret = member(made.doc, "secret");
	assert_int_equal(strlen(s.secret), 39);
	assert_int_equal(with_code(g, "/me/factor/confirm", "000000", in.cookie).status, 422);
	struct answer done = with_code(g, "/me/factor/confirm", code_at(g, s.secret, 0), in.cookie);
	assert_int_equal(done.status, 201);
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		s.recovery[i] = str_of(member(json_array_get(json_object_get(done.doc, "codes"), i), "code"));
	/* More than before is done in another session. */
	assert_int_equal(ASK(.path = "/me", .cookie = in.cookie).status, 401);
	s.cookie = done.cookie;
	assert_int_equal(ASK(.path = "/me", .cookie = s.cookie).status, 200);
	return s;
}

static void an_administrator_sets_it_up_before_anything_else(void **state)
{
	static const char *const roles[] = {"system_admin", "security_admin", "audit_admin"};
	GROUND;
	for (size_t i = 0; i < 3; i++) {
		struct answer in = log_in(g, add(g, roles[i], roles[i], &g->root), GOOD, NULL);
		struct answer no = ASK(.path = "/", .cookie = in.cookie);
		assert_int_equal(no.status, 403);
		assert_string_equal(member(no.doc, "code"), "factor_to_set_up");
		struct answer page = ASK(.path = "/", .cookie = in.cookie, .html = true);
		assert_int_equal(page.status, 303);
		assert_true(str_is(page.location, "/me/factor"));
		assert_int_equal(ASK(.path = "/me/factor", .cookie = in.cookie, .html = true).status, 200);
		assert_int_equal(ASK(.path = "/tokens", .json = "{\"name\":\"x\"}", .cookie = in.cookie).status, 403);
	}
	struct set_up s = set_up(g, "sys", "system_admin", &g->root);
	assert_int_equal(ASK(.path = "/people", .cookie = s.cookie).status, 200);
	assert_string_equal(member(with_code(g, "/me/factor/off", code_at(g, s.secret, 1), s.cookie).doc, "code"), "factor_obligatory");
	/* A clerk may do without. */
	assert_int_equal(ASK(.path = "/people", .cookie = log_in(g, add(g, "clerk", "county_cadre", &g->county), GOOD, NULL).cookie).status, 200);
}

static void the_password_alone_opens_nothing(void **state)
{
	GROUND;
	struct set_up s = set_up(g, "both", "county_cadre", &g->county);
	later(g, 5 * MINUTE);
	struct answer half = log_in(g, s.login, GOOD, NULL);
	assert_int_equal(half.status, 200);
	assert_true(json_is_true(json_object_get(half.doc, "factor_wanted")));
	assert_null(json_object_get(half.doc, "person"));
	struct answer no = ASK(.path = "/people", .cookie = half.cookie);
	assert_int_equal(no.status, 401);
	assert_string_equal(member(no.doc, "code"), "factor_wanted");
	assert_true(str_is(ASK(.path = "/", .cookie = half.cookie, .html = true).location, "/login/factor"));
	assert_int_equal(ASK(.path = "/login/factor", .cookie = half.cookie, .html = true).status, 200);
	assert_int_equal(with_code(g, "/login/factor", "12345", half.cookie).status, 422);
	const char *code = code_at(g, s.secret, 0);
	struct answer in = with_code(g, "/login/factor", code, half.cookie);
	assert_int_equal(in.status, 200);
	assert_false(str_eq(in.cookie, half.cookie));
	assert_int_equal(ASK(.path = "/people", .cookie = in.cookie).status, 200);
	assert_int_equal(ASK(.path = "/people", .cookie = half.cookie).status, 401);
	/* Looked over the shoulder: the same code a second time. */
	half = log_in(g, s.login, GOOD, NULL);
	assert_int_equal(with_code(g, "/login/factor", code, half.cookie).status, 422);
	/* Half a login waits ten minutes. */
	later(g, 11 * MINUTE);
	assert_int_equal(with_code(g, "/login/factor", code_at(g, s.secret, 0), half.cookie).status, 401);
	assert_int_equal(with_code(g, "/login/factor", code_at(g, s.secret, 0), STR_NONE).status, 401);
}

static void codes_are_guessed_no_faster_than_passwords(void **state)
{
	int tried = 0;
	GROUND;
	struct set_up s = set_up(g, "guessed", "county_cadre", &g->county);
	struct answer half = log_in(g, s.login, GOOD, NULL);
	for (int i = 0; i < 200; i++)
		tried += with_code(g, "/login/factor", str_fmt(g->a, "%06d", i).p, half.cookie).status == 422;
	assert_in_range(tried, 1, 5);
}

static void a_recovery_code_works_once(void **state)
{
	GROUND;
	struct set_up s = set_up(g, "lost", "county_cadre", &g->county);
	struct answer half = log_in(g, s.login, GOOD, NULL);
	const char *small = str_fmt(g->a, "%.*s", STR_ARG(s.recovery[3])).p;
	struct answer in = with_code(g, "/login/factor", small, half.cookie);
	assert_int_equal(in.status, 200);
	assert_int_equal(json_integer_value(json_object_get(ASK(.path = "/me/factor", .cookie = in.cookie).doc, "codes_left")), 9);
	half = log_in(g, s.login, GOOD, NULL);
	assert_int_equal(with_code(g, "/login/factor", small, half.cookie).status, 422);
	/* New ones take the place of the old. */
	later(g, MINUTE);
	struct answer fresh = with_code(g, "/me/factor/codes", code_at(g, s.secret, 0), in.cookie);
	assert_int_equal(fresh.status, 201);
	assert_int_equal(with_code(g, "/login/factor", s.recovery[4].p, half.cookie).status, 422);
	assert_int_equal(with_code(g, "/login/factor", member(json_array_get(json_object_get(fresh.doc, "codes"), 0), "code"), half.cookie).status, 200);
	/* Given up with a code, and taken off from the command line. */
	later(g, MINUTE);
	assert_int_equal(with_code(g, "/me/factor/off", code_at(g, s.secret, 0), in.cookie).status, 200);
	assert_false(json_is_true(json_object_get(log_in(g, s.login, GOOD, NULL).doc, "factor_wanted")));
	struct env e = env_system(g->app, g->a, g->city);
	fails(account_user_factor(&e, s.login), ERR_CONFLICT, "no_factor");
	s = set_up(g, "lostall", "county_cadre", &g->county);
	fine(account_user_factor(&e, s.login));
	assert_int_equal(ASK(.path = "/me", .cookie = s.cookie).status, 401);
}

/* The row holds no secret: neither its bytes nor its letters. */
static void the_secret_is_sealed(void **state)
{
	GROUND;
	struct env e = env_system(g->app, g->a, g->city);
	unsigned char secret[TOTP_SECRET], opened[TOTP_SECRET];
	app_random(g->app, secret, sizeof(secret));
	struct str sealed = factor_seal(&e, ID(7), secret);
	for (size_t i = 0; i + 4 <= sealed.n; i++)
		assert_memory_not_equal(sealed.p + i, secret, 4);
	fine(factor_unseal(&e, ID(7), sealed, opened));
	assert_memory_equal(opened, secret, sizeof(secret));
	fails(factor_unseal(&e, ID(8), sealed, opened), ERR_BUG, "factor_sealed");
	((char *)(uintptr_t)sealed.p)[30] ^= 1;
	fails(factor_unseal(&e, ID(7), sealed, opened), ERR_BUG, "factor_sealed");
}

/* ---- strict passwords in use ------------------------------------------------------------------ */

static struct answer change(struct ground *g, struct str cookie, const char *was, const char *now)
{
	return ASK(.path = "/me/password", .json = str_fmt(g->a, "{\"password\":\"%s\",\"new_password\":\"%s\"}", was, now).p, .cookie = cookie);
}

static void the_last_five_do_not_come_back(void **state)
{
	static const char *const words[] = {GOOD, "Blue-Kettle-42", "Green-Ladder-43", "Brown-Wrench-44", "White-Helmet-45", "Black-Barrow-46", "Grey-Shovel-47"};
	GROUND;
	struct str cookie = log_in(g, add(g, "changer", "safety_officer", &g->town), GOOD, NULL).cookie;
	for (size_t i = 0; i + 1 < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(change(g, cookie, words[i], words[i + 1]).status, 200);
		for (size_t k = i >= 4 ? i - 4 : 0; k <= i; k++) {
			struct answer no = change(g, cookie, words[i + 1], words[k]);
			assert_int_equal(no.status, 422);
			assert_string_equal(member(json_array_get(json_object_get(no.doc, "errors"), 0), "code"), "password_used");
		}
	}
	assert_int_equal(change(g, cookie, words[6], words[0]).status, 200);
}

static const struct err *to_asvs(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	return setting_write(tx, e, STR("account.password_profile"), STR("asvs"));
}

static void passwords_grow_old_in_one_profile_only(void **state)
{
	GROUND;
	struct str officer = add(g, "old", "safety_officer", &g->town), worker = add(g, "oldworker", "worker", &g->town);
	later(g, 91 * DAY_MS);
	struct answer in = log_in(g, officer, GOOD, NULL);
	assert_string_equal(member(ASK(.path = "/people", .cookie = in.cookie).doc, "code"), "password_old");
	assert_true(str_is(ASK(.path = "/", .cookie = in.cookie, .html = true).location, "/me"));
	assert_int_equal(ASK(.path = "/", .cookie = log_in(g, worker, GOOD, NULL).cookie).status, 200);
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_write(&e, to_asvs, NULL));
	assert_int_equal(ASK(.path = "/people", .cookie = in.cookie).status, 200);
	assert_int_equal(change(g, in.cookie, GOOD, "blue kettle under the stairs").status, 200);
}

static void a_token_may_have_an_end(void **state)
{
	GROUND;
	struct str cookie = log_in(g, add(g, "owner", "county_cadre", &g->county), GOOD, NULL).cookie;
	struct str token = str_of(member(ASK(.path = "/tokens", .json = "{\"name\":\"month\",\"days\":30}", .cookie = cookie).doc, "token"));
	assert_int_equal(ASK(.path = "/people", .token = token).status, 200);
	later(g, 29 * DAY_MS);
	assert_int_equal(ASK(.path = "/people", .token = token).status, 200);
	later(g, 2 * DAY_MS);
	assert_int_equal(ASK(.path = "/people", .token = token).status, 401);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(an_administrator_sets_it_up_before_anything_else),
		ON_BOTH(the_password_alone_opens_nothing),
		ON_BOTH(codes_are_guessed_no_faster_than_passwords),
		ON_BOTH(a_recovery_code_works_once),
		ON_BOTH(the_secret_is_sealed),
		ON_BOTH(the_last_five_do_not_come_back),
		ON_BOTH(passwords_grow_old_in_one_profile_only),
		ON_BOTH(a_token_may_have_an_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
