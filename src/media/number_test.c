#include "testing.h"

#include "number.h"

static void shows(const char *v, unsigned kind, const char *text)
{
	char out[NUMBER_TEXT_MAX];
	assert_str(number_text(out, str_of(v), kind, false), text);
}

static void numbers_come_whole(void **state)
{
	(void)state;
	shows("13800138000", 0, "13800138000");
	shows("1.3800138E10", 0, "13800138000");
	shows("3.7130219800101123E+17", 0, "371302198001011230");
	shows("0.10000000000000001", 0, "0.1");
	shows("0.29999999999999999", 0, "0.3");
	shows("9.9999999999999996E-2", 0, "0.1");
	shows("12.50", 0, "12.5");
	shows("-0.0", 0, "0");
	shows("-1.5e-3", 0, "-0.0015");
	shows("000", 0, "0");
	shows("0.99999999999999999", 0, "1");
}

static void what_is_no_number_stays(void **state)
{
	(void)state;
	shows("#N/A", NUMBER_DAY, "#N/A");
	shows("1e999", 0, "1e999");
	shows("1.2.3", 0, "1.2.3");
	shows("", 0, "");
	shows(".", 0, ".");
	shows("123456789012345678901234567890123456789012345", 0, "123456789012345678901234567890123456789012345");
}

static void codes_keep_their_zeros(void **state)
{
	(void)state;
	shows("7", number_kind_of_code(STR("000000")), "000007");
	shows("1234567", number_kind_of_code(STR("000000")), "1234567");
	shows("0", number_kind_of_code(STR("000")), "000");
}

static void days_are_days(void **state)
{
	char out[NUMBER_TEXT_MAX];
	(void)state;
	shows("42371", NUMBER_DAY, "2016-01-02");
	shows("61", NUMBER_DAY, "1900-03-01");
	shows("60", NUMBER_DAY, "60"); /* a day that spreadsheets alone know */
	shows("42371.5", NUMBER_DAY, "2016-01-02");
	shows("42371.604166666664", NUMBER_DAY_TIME, "2016-01-02 14:30");
	shows("42371.999999999", NUMBER_DAY_TIME, "2016-01-03");
	shows("42371", NUMBER_DAY_TIME, "2016-01-02");
	shows("0.35416666666666669", NUMBER_TIME, "08:30");
	shows("1.0625", NUMBER_TIME, "25:30");
	shows("-3", NUMBER_DAY, "-3");
	shows("99999999", NUMBER_DAY, "99999999");
	assert_str(number_text(out, STR("40909"), NUMBER_DAY, true), "2016-01-02");
	assert_str(number_iso(out, STR("2016-01-02T14:30:00Z")), "2016-01-02 14:30");
	assert_str(number_iso(out, STR("2016-01-02T00:00:00")), "2016-01-02");
	assert_str(number_iso(out, STR("today")), "today");
}

static void formats_say_what_a_number_is(void **state)
{
	static const struct { const char *code; unsigned kind; } cases[] = {
		{"yyyy-mm-dd", NUMBER_DAY}, {"yyyy\"年\"m\"月\"d\"日\";@", NUMBER_DAY}, {"[$-804]yyyy\\-mm\\-dd", NUMBER_DAY},
		{"m/d", NUMBER_DAY}, {"[DBNum1][$-804]m\"月\"", NUMBER_DAY}, {"yyyy/m/d\\ h:mm", NUMBER_DAY_TIME}, {"h:mm AM/PM", NUMBER_TIME},
		{"[h]:mm:ss", NUMBER_TIME}, {"mm:ss.0", NUMBER_TIME}, {"General", NUMBER_PLAIN}, {"[Red]General", NUMBER_PLAIN},
		{"G/通用格式", NUMBER_PLAIN}, {"@", NUMBER_PLAIN}, {"0.00E+00", NUMBER_PLAIN}, {"#,##0.00\"元\";[Red]-#,##0.00", NUMBER_PLAIN},
		{"0_ ", NUMBER_PLAIN}, {"0%", NUMBER_PLAIN}, {"\"day\"0", NUMBER_PLAIN}, {"0000", NUMBER_ZEROS + 4}, {"\"open", NUMBER_PLAIN},
		{"\\", NUMBER_PLAIN}, {"", NUMBER_PLAIN}};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (number_kind_of_code(str_of(cases[i].code)) != cases[i].kind)
			fail_msg("%s: %u", cases[i].code, number_kind_of_code(str_of(cases[i].code)));
	assert_int_equal(number_kind_of_id(14), NUMBER_DAY);
	assert_int_equal(number_kind_of_id(31), NUMBER_DAY);
	assert_int_equal(number_kind_of_id(22), NUMBER_DAY_TIME);
	assert_int_equal(number_kind_of_id(20), NUMBER_TIME);
	assert_int_equal(number_kind_of_id(49), NUMBER_PLAIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(numbers_come_whole), TEST(what_is_no_number_stays), TEST(codes_keep_their_zeros),
					   TEST(days_are_days), TEST(formats_say_what_a_number_is)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
