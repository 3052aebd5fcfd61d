#include "org_uscc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void real_and_made_up_codes_pass(void **state)
{
	(void)state;
	static const char *const good[] = {"91350100M000100Y43", "81371300A1B2C3D48P", "91371302MA3ABCDE14", "91371329000000019E",
					   "81371321MC0000T17G", "12371300490000010N"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(uscc_check(str_of(good[i])), USCC_OK);
}

static void a_slip_of_the_pen_is_found(void **state)
{
	(void)state;
	assert_int_equal(uscc_check(STR("91350100M000100Y44")), USCC_CHECK_WRONG);
	assert_int_equal(uscc_check(STR("91350100M200100Y43")), USCC_CHECK_WRONG);
	assert_int_equal(uscc_check(STR("9135010OM000100Y43")), USCC_CHARACTER_WRONG);
	assert_int_equal(uscc_check(STR("91350100M000100Y4")), USCC_LENGTH_WRONG);
	assert_int_equal(uscc_check(STR("")), USCC_LENGTH_WRONG);
	assert_int_equal(uscc_check(STR("91350100M000100Y\0003")), USCC_CHARACTER_WRONG);
}

static void every_single_wrong_character_is_found(void **state)
{
	(void)state;
	const char *letters = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	for (size_t at = 0; at < USCC_LENGTH; at++)
		for (const char *c = letters; *c; c++) {
			char code[] = "91371302MA3ABCDE14";
			if (code[at] == *c)
				continue;
			code[at] = *c;
			assert_int_equal(uscc_check(str_of(code)), USCC_CHECK_WRONG);
		}
}

static void typing_habits_are_forgiven(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	assert_int_equal(uscc_check(uscc_normal(a, STR("91350100m000100y43"))), USCC_OK);
	assert_int_equal(uscc_check(uscc_normal(a, STR(" 9135 0100 M000 100Y 43 "))), USCC_OK);
	assert_int_equal(uscc_normal(a, STR("  ")).n, 0);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_and_made_up_codes_pass),
		cmocka_unit_test(a_slip_of_the_pen_is_found),
		cmocka_unit_test(every_single_wrong_character_is_found),
		cmocka_unit_test(typing_habits_are_forgiven),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
