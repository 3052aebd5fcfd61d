/* The rules that fill what can be derived, and the keys by which one employer is found twice (ORG-2). */
#include "employer_name.h"
#include "employer_res.h"
#include "employer_rules.h"
#include "testing.h"
#include "tsv.h"

#include <string.h>

#define WAN INT64_C(1000000)

enum { LARGE = 1, MEDIUM, SMALL, MICRO };

static struct opt_i64 n(int64_t v)
{
	return (struct opt_i64){true, v};
}

/* -1: not known. */
static struct opt_fen wan(int64_t v)
{
	return (struct opt_fen){v >= 0, v < 0 ? 0 : v * WAN};
}

static struct size_found size_of(struct arena *a, const char *industry, int64_t x, int64_t y, int64_t z)
{
	struct opt_i64 staff = {x >= 0, x < 0 ? 0 : x};
	return employer_size_of(a, str_of(industry), staff, wan(y), wan(z));
}

/* Written from the text of the rule of 2017, not from the table: an industry of each row, and the floors of large, medium and small in persons,
 * revenue and assets (0: not asked). */
static const struct oracle { const char *industry; int64_t x[3], y[3], z[3]; } oracle[] = {
	{"0111", {0}, {20000, 500, 50}, {0}},
	{"2614", {1000, 300, 20}, {40000, 2000, 300}, {0}},
	{"0610", {1000, 300, 20}, {40000, 2000, 300}, {0}},
	{"4411", {1000, 300, 20}, {40000, 2000, 300}, {0}},
	{"4710", {0}, {80000, 6000, 300}, {80000, 5000, 300}},
	{"5162", {200, 20, 5}, {40000, 5000, 1000}, {0}},
	{"5211", {300, 50, 10}, {20000, 500, 100}, {0}},
	{"5421", {1000, 300, 20}, {30000, 3000, 200}, {0}},
	{"5910", {1000, 300, 20}, {30000, 3000, 200}, {0}},
	{"5942", {200, 100, 20}, {30000, 1000, 100}, {0}},
	{"6010", {1000, 300, 20}, {30000, 2000, 100}, {0}},
	{"6110", {300, 100, 10}, {10000, 2000, 100}, {0}},
	{"6210", {300, 100, 10}, {10000, 2000, 100}, {0}},
	{"6311", {2000, 100, 10}, {100000, 1000, 100}, {0}},
	{"6510", {300, 100, 10}, {10000, 1000, 50}, {0}},
	{"7010", {0}, {200000, 1000, 100}, {10000, 5000, 2000}},
	{"7020", {1000, 300, 100}, {5000, 1000, 500}, {0}},
	{"7211", {300, 100, 10}, {0}, {120000, 8000, 100}},
	{"8010", {300, 100, 10}, {0}, {0}},
};

static int64_t enough(const int64_t *floors)
{
	return floors[0];
}

/* Each floor of each row: at it the class is reached, one below it is not, whatever else is large. */
static void every_floor_of_every_row_parts_two_classes(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof(oracle) / sizeof(oracle[0]); i++) {
		const struct oracle *o = &oracle[i];
		int64_t all[3] = {enough(o->x), enough(o->y), enough(o->z)};
		const int64_t *floors[3] = {o->x, o->y, o->z};
		assert_int_equal(size_of(a, o->industry, all[0], all[1], all[2]).size, LARGE);
		for (int dimension = 0; dimension < 3; dimension++)
			for (int class = 0; class < 3; class++) {
				int64_t v[3] = {all[0], all[1], all[2]};
				if (!floors[dimension][0])
					continue;
				v[dimension] = floors[dimension][class];
				assert_int_equal(size_of(a, o->industry, v[0], v[1], v[2]).size, class + 1);
				v[dimension]--;
				assert_int_equal(size_of(a, o->industry, v[0], v[1], v[2]).size, class + 2);
			}
	}
	arena_free(a);
}

static void every_row_of_the_table_is_among_them(void **state)
{
	struct arena *a = arena_new(0);
	struct tsv t = tsv_open(employer_resources, "data/enterprise_size.tsv");
	(void)state;
	while (tsv_next(&t)) {
		bool found = false;
		for (size_t i = 0; i < sizeof(oracle) / sizeof(oracle[0]); i++)
			found |= str_eq(size_of(a, oracle[i].industry, 1, 1, 1).row, tsv_get(&t, "code"));
		assert_true(found);
	}
	arena_free(a);
}

static void what_is_missing_is_said(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	struct size_found f = size_of(a, "2614", 400, -1, -1);
	assert_int_equal(f.size, 0);
	assert_string_equal(f.why, "missing");
	assert_int_equal(f.missing, SIZE_TURNOVER);
	/* For micro one figure below its floor is enough. */
	assert_int_equal(size_of(a, "2614", 19, -1, -1).size, MICRO);
	assert_int_equal(size_of(a, "C2614", 400, 2500, -1).size, MEDIUM);
	assert_int_equal(size_of(a, "C", 400, 2500, -1).size, MEDIUM);
	assert_string_equal(size_of(a, "", 400, 2500, -1).why, "no_industry");
	assert_string_equal(size_of(a, "59", 400, 2500, -1).why, "industry_too_short");
	assert_string_equal(size_of(a, "G", 400, 2500, -1).why, "industry_too_short");
	assert_string_equal(size_of(a, "70", 400, 2500, 1).why, "industry_too_short");
	static const char *const outside[] = {"5310", "6621", "J", "8310", "8411", "9221"};
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		assert_string_equal(size_of(a, outside[i], 400, 2500, 1).why, "outside");
	arena_free(a);
}

static void high_risk_follows_from_the_industry(void **state)
{
	(void)state;
	assert_true(employer_risk_of(STR("2614")).is_high);
	assert_true(str_is(employer_risk_of(STR("C2614")).industry, "chemical"));
	assert_true(str_is(employer_risk_of(STR("0610")).industry, "coal_mine"));
	assert_true(str_is(employer_risk_of(STR("4710")).industry, "construction"));
	/* One that is always so decides over one that depends. */
	assert_true(employer_risk_of(STR("5435")).is_high);
	assert_true(str_is(employer_risk_of(STR("5435")).industry, "transport"));
	assert_false(employer_risk_of(STR("5265")).is_high);
	assert_true(employer_risk_of(STR("5265")).depends);
	assert_false(employer_risk_of(STR("1711")).is_high || employer_risk_of(STR("1711")).depends);
	assert_false(employer_risk_of(STR("")).is_high || employer_risk_of(STR("C")).is_high);
}

static void labour_follows_from_industry_and_heads(void **state)
{
	(void)state;
	assert_int_equal(employer_labour_of(STR("1711"), n(LABOUR_HEADS)), SAID_YES);
	assert_int_equal(employer_labour_of(STR("1711"), n(LABOUR_HEADS - 1)), SAID_NO);
	assert_int_equal(employer_labour_of(STR("1711"), (struct opt_i64){0}), 0);
	assert_int_equal(employer_labour_of(STR("2614"), n(5000)), SAID_NO);
	assert_int_equal(employer_labour_of(STR(""), n(5000)), 0);
}

static const struct unit above[] = {{.name = STR("临沂市")}, {.name = STR("沂水县")}, {.name = STR("兰山街道")}};

static void same_name(struct arena *a, const char *x, const char *y)
{
	struct str kx = employer_name_key(a, str_of(x), above, 3), ky = employer_name_key(a, str_of(y), above, 3);
	if (!str_eq(kx, ky))
		fail_msg("%s gives %.*s, %s gives %.*s", x, STR_ARG(kx), y, STR_ARG(ky));
}

static void names_are_the_same_however_they_are_typed(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	same_name(a, "临沂市恒昌化工有限公司", "临沂恒昌化工有限责任公司");
	same_name(a, "山东省临沂市沂水县恒昌化工厂", "恒昌化工");
	same_name(a, "沂水恒昌化工（集团）有限公司", "恒昌化工集团");
	same_name(a, "ＡＢＣ 物流有限公司", "abc物流公司");
	same_name(a, "恒昌·化工 有限公司沂水分公司", "恒昌化工有限公司沂水分公司");
	assert_false(str_eq(employer_name_key(a, STR("恒昌化工有限公司"), above, 3), employer_name_key(a, STR("恒盛化工有限公司"), above, 3)));
	/* Nothing is left of these but their whole name. */
	assert_true(employer_name_key(a, STR("有限公司"), above, 3).n > 0);
	assert_true(employer_name_key(a, STR("（）"), above, 3).n > 0);
	arena_free(a);
}

static void numbers_of_before_2015_lead_to_the_credit_code(void **state)
{
	struct arena *a = arena_new(0);
	(void)state;
	struct str whole = employer_code_key(a, STR("91371302MA3ABCDE14"), STR(""));
	assert_true(str_is(whole, "MA3ABCDE"));
	assert_true(str_eq(whole, employer_code_key(a, STR(""), STR("MA3ABCDE-1"))));
	assert_true(str_eq(whole, employer_code_key(a, STR(""), STR("ma3abcde"))));
	assert_true(str_eq(whole, employer_code_key(a, STR(""), STR("91371302MA3ABCDE1"))));
	assert_true(str_is(employer_number_key(a, STR("3713 0012 3456 789")), "371300123456789"));
	assert_int_equal(employer_number_key(a, STR("37130012345678X")).n, 0);
	assert_int_equal(employer_code_key(a, STR(""), STR("371300123456789")).n, 0);
	arena_free(a);
}

static void owners_tell_what_is_public(void **state)
{
	(void)state;
	assert_int_equal(employer_non_public_of(OWNED_BY_STATE), SAID_NO);
	assert_int_equal(employer_non_public_of(OWNED_COLLECTIVELY), SAID_NO);
	assert_int_equal(employer_non_public_of(OWNED_PRIVATELY), SAID_YES);
	assert_int_equal(employer_non_public_of(OWNED_HMT), SAID_YES);
	assert_int_equal(employer_non_public_of(OWNED_ABROAD), SAID_YES);
	assert_int_equal(employer_non_public_of(OWNED_OTHERWISE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_floor_of_every_row_parts_two_classes), TEST(every_row_of_the_table_is_among_them), TEST(what_is_missing_is_said),
		TEST(high_risk_follows_from_the_industry), TEST(labour_follows_from_industry_and_heads),
		TEST(names_are_the_same_however_they_are_typed), TEST(numbers_of_before_2015_lead_to_the_credit_code),
		TEST(owners_tell_what_is_public)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
