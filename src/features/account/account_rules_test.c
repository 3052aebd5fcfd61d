/* Rules of passwords and PINs, and the codes of RFC 6238, without a database. */
#include "account_model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *code_of(struct arena *a, uint32_t roles, bool mlps, const char *password)
{
	const struct password_owner who = {.roles = roles, .login = STR("wang.jg"), .name = STR("王建国"), .phone = STR("13912345678"),
					   .staff_number = STR("D00417"), .is_mlps = mlps};
	const struct err *e = account_password_check(a, &who, str_of(password), "password");
	return e ? str_z(a, e->fields->code) : "";
}

/* NFR-6, MLPS identity: strict from the safety officer upward; ASVS 6.2.5: the other profile asks for no classes. */
static void strict_passwords(void **state)
{
	static const char *const rows[][2] = {
		{"Blue-Kettle-42", ""}, {"blue kettle under the stairs", "password_plain"}, {"Short-7a", "password_short"}, {"Password123", "password_common"},
		{"P@ssw0rd2016", "password_common"}, {"Admin@123456", "password_common"}, {"Qwerty!2345", "password_common"}, {"Aaaa1111!!!!", "password_common"},
		{"Abcdefgh123!", "password_common"}, {"1qaz2wsx3EDC", "password_common"}, {"Woaini1314520!", ""}, {"Gonghui@2016", "password_common"},
		{"Wangjianguo#82", "password_of_owner"}, {"wang.JG-kettle9", "password_of_owner"}, {"Tel13912345678", "password_of_owner"},
		{"Kettle-D00417", "password_of_owner"}, {NULL, NULL}};
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; rows[i][0]; i++)
		if (strcmp(code_of(a, R(ROLE_SAFETY_OFFICER), true, rows[i][0]), rows[i][1]) != 0)
			fail_msg("%s: %s instead of %s", rows[i][0], code_of(a, R(ROLE_SAFETY_OFFICER), true, rows[i][0]), rows[i][1]);
	assert_string_equal(code_of(a, R(ROLE_SAFETY_OFFICER), false, "blue kettle under the stairs"), "");
	assert_string_equal(code_of(a, R(ROLE_SAFETY_OFFICER), false, "passwordpassword"), "password_common");
	arena_free(a);
}

static void easy_pins(void **state)
{
	static const char *const rows[][2] = {
		{"123456", "pin_plain"}, {"654321", "pin_plain"}, {"888888", "pin_plain"}, {"121212", "pin_plain"}, {"123123", "pin_plain"}, {"112233", "pin_plain"},
		{"111222", "pin_plain"}, {"135791", ""}, {"891217", "pin_birthday"}, {"171289", "pin_birthday"}, {"121789", "pin_birthday"},
		{"199006", "pin_birthday"}, {"391234", "pin_of_phone"}, {"345678", "pin_plain"}, {"912345", "pin_of_phone"}, {"284617", ""}, {"947360", ""},
		{"28461", "pin_wanted"}, {"28461a", "pin_wanted"}, {NULL, NULL}};
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; rows[i][0]; i++)
		if (strcmp(code_of(a, R(ROLE_WORKER), true, rows[i][0]), rows[i][1]) != 0)
			fail_msg("%s: %s instead of %s", rows[i][0], code_of(a, R(ROLE_WORKER), true, rows[i][0]), rows[i][1]);
	arena_free(a);
}

/* Easy ones are few: the budget of guesses counts on what is left. */
static void most_pins_are_good(void **state)
{
	int weak = 0;
	char pin[8];
	(void)state;
	for (int i = 0; i < 1000000; i++) {
		snprintf(pin, sizeof(pin), "%06d", i);
		weak += account_pin_weak((struct str){pin, 6}, STR("13912345678"), STR("D00417")) != NULL;
	}
	assert_in_range(weak, 50000, 150000);
}

/* RFC 6238, appendix B, the rows of SHA-1. */
static void codes_of_the_rfc(void **state)
{
	static const struct {
		int64_t seconds;
		uint32_t code;
	} rows[] = {{59, 94287082}, {1111111109, 7081804}, {1111111111, 14050471}, {1234567890, 89005924}, {2000000000, 69279037}, {20000000000, 65353130}};
	const unsigned char *secret = (const unsigned char *)"12345678901234567890";
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(totp_code(secret, 20, rows[i].seconds / TOTP_STEP_S, 8), rows[i].code);
		struct str code = str_fmt(a, "%06u", rows[i].code % 1000000);
		int64_t step = rows[i].seconds / TOTP_STEP_S;
		struct instant now = INSTANT(rows[i].seconds * 1000);
		assert_int_equal(totp_match(secret, 20, now, 0, code), step);
		/* A clock may be off by a step, no more; a code that was used does not work again. */
		assert_int_equal(totp_match(secret, 20, INSTANT(now.ms + 30000), 0, code), step);
		assert_int_equal(totp_match(secret, 20, INSTANT(now.ms - 30000), 0, code), step);
		assert_int_equal(totp_match(secret, 20, INSTANT(now.ms + 61000), 0, code), -1);
		assert_int_equal(totp_match(secret, 20, now, step, code), -1);
	}
	assert_int_equal(totp_match(secret, 20, INSTANT(59000), 0, STR("28708")), -1);
	assert_int_equal(totp_match(secret, 20, INSTANT(59000), 0, STR("28708x")), -1);
	assert_true(str_is(totp_base32(a, secret, 20), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"));
	arena_free(a);
}

static void browsers_have_words(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	assert_true(str_is(account_agent(a, STR("Mozilla/5.0 (Linux; Android 10; V1) AppleWebKit/537.36 Chrome/86.0 Mobile Safari/537.36 MicroMessenger/8.0")), "wechat android"));
	assert_true(str_is(account_agent(a, STR("Mozilla/5.0 (iPhone; CPU iPhone OS 16_0 like Mac OS X) AppleWebKit/605 Version/16.0 Mobile Safari/604")), "safari iphone"));
	assert_true(str_is(account_agent(a, STR("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120 Safari/537.36 Edg/120")), "edge windows"));
	assert_true(str_is(account_agent(a, STR("")), "other other"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strict_passwords),
		cmocka_unit_test(easy_pins),
		cmocka_unit_test(most_pins_are_good),
		cmocka_unit_test(codes_of_the_rfc),
		cmocka_unit_test(browsers_have_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
