/* The linter of the five elements (HAZ-3): empty phrases are found, concrete wordings are left alone. */
#include "hazard_lint.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

/* `rule` empty: nothing to say against it. */
static const struct wording {
	const char *text, *rule;
	bool has_substance;
} wordings[] = {
	/* Could stand under anything. */
	{"加强管理", "vague_manage", false},
	{"加强管理。", "vague_manage", false},
	{"进一步加强现场安全管理，切实落实责任！", "vague_manage", false},
	{"加强管理，尽快整改到位", "vague_manage", false},
	{"要求有关部门高度重视，举一反三", "vague_manage", false},
	{"尽快整改", "vague_soon", false},
	{"立即整改", "vague_soon", false},
	{"请抓紧处理", "vague_soon", false},
	{"加强教育", "vague_train", false},
	{"对员工进行安全教育培训", "vague_train", false},
	{"提高安全意识，注意安全", "vague_careful", false},
	{"已通知整改", "vague_told", false},
	{"责令整改", "vague_told", false},
	{"整改", "vague_nothing", false},
	{"采取有效措施消除隐患", "vague_nothing", false},
	{"无", "vague_nothing", false},
	{"……", "vague_nothing", false},
	{"Strengthen management", "vague_manage", false},
	{"Pay attention to safety and rectify as soon as possible.", "vague_soon", false},
	{"training of all staff", "vague_train", false},
	{"TBD", "vague_nothing", false},
	/* Something is said, and a slogan with it. */
	{"更换3号机光幕，加强管理", "vague_manage", true},
	{"尽快更换配电箱门", "vague_soon", true},
	{"Replace the guard and strengthen supervision", "vague_manage", true},
	/* Concrete. */
	{"断电后更换箱门，线头做绝缘处理", "", true},
	{"拆除胶带，校验光幕，班前点检加此项", "", true},
	{"由安全员刘某给二班讲锁具挂牌，周五班前会讲，当场每人做一遍", "", true},
	{"立即停机，更换钢丝绳并做静载试验", "", true},
	{"维修防护门限位开关，试三次均停机", "", true},
	{"焊接护栏", "", true},
	{"换绳", "", true},
	{"Replace the light curtain and test it three times", "", true},
	{"Refit the staircase rail", "", true},
	{"Soonest possible replacement of beam 12B", "", true},
};

static void wordings_are_told_apart(void **s)
{
	struct arena *a = arena_new(0);
	(void)s;
	for (size_t i = 0; i < sizeof(wordings) / sizeof(wordings[0]); i++) {
		const struct wording *w = &wordings[i];
		struct lint_text t = hazard_lint_text(a, str_of(w->text));
		if (!str_is(str_of(t.rule), w->rule) || t.has_substance != w->has_substance)
			fail_msg("«%s»: «%s» %d, expected «%s» %d", w->text, t.rule, t.has_substance, w->rule, w->has_substance);
	}
	arena_free(a);
}

static struct lint_elements good(void)
{
	return (struct lint_elements){
		.responsible_id = ID(3), .measures = STR("断电后更换箱门，线头做绝缘处理"), .funds_source = STR("车间维修费"),
		.emergency_plan = STR("停用该箱，就近配电箱供电"), .funds_fen = {true, 32000}, .deadline = DAY(20160501)};
}

/* The only finding, as field, code and weight. */
static void finds(struct arena *a, const struct lint_elements *e, const char *field, const char *code, bool firm)
{
	struct lint_finding v[LINT_MAX];
	size_t n = hazard_lint(a, e, v);
	if (n != 1 || !str_is(str_of(v[0].field), field) || !str_is(str_of(v[0].code), code) || v[0].firm != firm)
		fail_msg("%zu findings, first %s %s; expected %s %s", n, n ? v[0].field : "", n ? v[0].code : "", field, code);
}

static void elements_hang_together(void **s)
{
	struct arena *a = arena_new(0);
	struct lint_finding v[LINT_MAX];
	struct lint_elements e = good();
	(void)s;
	assert_int_equal(hazard_lint(a, &e, v), 0);
	e.responsible_id = ID(0);
	finds(a, &e, "responsible_id", "deadline_without_person", true);
	e = good();
	e.funds_source = STR("  ");
	finds(a, &e, "funds_source", "funds_without_source", false);
	e.funds_fen.v = 0;
	assert_int_equal(hazard_lint(a, &e, v), 0);
	e = good();
	e.measures = STR("加强管理");
	finds(a, &e, "measures", "vague_manage", true);
	e.measures = STR("更换箱门，加强管理");
	finds(a, &e, "measures", "vague_manage", false);
	e.measures = STR("换绳");
	finds(a, &e, "measures", "measures_short", false);
	arena_free(a);
}

static void plans_are_asked_for_where_life_is_at_stake(void **s)
{
	struct arena *a = arena_new(0);
	struct lint_finding v[LINT_MAX];
	struct lint_elements e = good();
	(void)s;
	e.emergency_plan = STR("无");
	finds(a, &e, "emergency_plan", "plan_is_empty", false);
	e.major = true;
	finds(a, &e, "emergency_plan", "plan_is_empty", true);
	e.emergency_plan = STR("");
	finds(a, &e, "emergency_plan", "major_needs_plan", true);
	e = good();
	e.major = true;
	e.funds_fen.v = 0;
	finds(a, &e, "funds_fen", "major_without_funds", false);
	e = good();
	e.emergency_plan = STR("");
	e.emergency_plan_not_needed = true;
	assert_int_equal(hazard_lint(a, &e, v), 0);
	e.danger = true;
	finds(a, &e, "emergency_plan", "danger_without_plan", false);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wordings_are_told_apart),
		cmocka_unit_test(elements_hang_together),
		cmocka_unit_test(plans_are_asked_for_where_life_is_at_stake),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
