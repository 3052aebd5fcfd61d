/* Who may do what where. */
#include "testing.h"
#include "who.h"

#include <string.h>

static const struct perm read_it = {"test.read", R_CADRES | R(ROLE_SAFETY_OFFICER)};
static const struct perm write_it = {"test.write", R(ROLE_CADRE_COUNTY)};

#define DUTY(role_, path_) {.role = (role_), .unit_path = STR(path_)}

static struct actor holder(const struct duty *v, size_t n)
{
	return (struct actor){.person_id = ID(7), .duties = v, .n_duties = n};
}

static void a_duty_reaches_its_subtree_and_nothing_beside_it(void **state)
{
	const struct duty d[] = {DUTY(ROLE_CADRE_COUNTY, "/A/B/")};
	struct actor w = holder(d, 1);
	(void)state;
	assert_true(may(&w, &write_it, STR("/A/B/")));
	assert_true(may(&w, &write_it, STR("/A/B/C/D/")));
	assert_false(may(&w, &write_it, STR("/A/")));
	assert_false(may(&w, &write_it, STR("/A/BB/")));
	assert_false(may(&w, &write_it, STR("/A/C/")));
	assert_true(may(&w, &write_it, STR_NONE));
}

static void a_role_counts_only_where_it_is_held(void **state)
{
	const struct duty d[] = {DUTY(ROLE_CADRE_COUNTY, "/A/"), DUTY(ROLE_SAFETY_OFFICER, "/B/")};
	struct actor w = holder(d, 2);
	(void)state;
	assert_true(may(&w, &read_it, STR("/B/1/")));
	assert_false(may(&w, &write_it, STR("/B/1/")));
	assert_true(has_role_at(&w, R(ROLE_SAFETY_OFFICER), STR("/B/")));
	assert_false(has_role_at(&w, R(ROLE_SAFETY_OFFICER), STR("/A/")));
}

static void a_duty_without_a_place_reaches_nothing(void **state)
{
	const struct duty d[] = {{.role = ROLE_CADRE_COUNTY}};
	struct actor w = holder(d, 1);
	(void)state;
	assert_false(may(&w, &write_it, STR("/A/")));
	assert_null(closest_duty(&w, &write_it, STR("/A/")));
}

static void nobody_may_only_what_is_public(void **state)
{
	struct actor w = {0}, program = {.is_system = true};
	(void)state;
	assert_true(may(&w, &PERM_PUBLIC, STR("/A/")));
	assert_false(may(&w, &PERM_LOGIN, STR_NONE));
	assert_false(may(&w, &read_it, STR_NONE));
	assert_false(actor_is_in(&w));
	assert_true(may(&program, &write_it, STR("/A/")));
}

static void a_step_is_never_granted_by_its_sentinel(void **state)
{
	const struct duty d[] = {DUTY(ROLE_CADRE_CITY, "/A/")};
	struct actor w = holder(d, 1);
	(void)state;
	assert_false(may(&w, &PERM_BY_STEP, STR("/A/")));
	assert_false(may(&w, &PERM_BY_STEP, STR_NONE));
}

static void the_widest_duty_is_the_shortest_path_that_grants_it(void **state)
{
	const struct duty d[] = {DUTY(ROLE_CADRE_TOWNSHIP, "/A/B/C/"), DUTY(ROLE_CADRE_COUNTY, "/A/B/"), DUTY(ROLE_WORKER, "/A/")};
	struct actor w = holder(d, 3);
	(void)state;
	assert_ptr_equal(widest_duty(&w, &read_it), &d[1]);
	assert_null(widest_duty(&w, &PERM_LOGIN));
}

static void the_closest_duty_is_the_longest_path_above_the_place(void **state)
{
	const struct duty d[] = {DUTY(ROLE_CADRE_COUNTY, "/A/"), DUTY(ROLE_CADRE_TOWNSHIP, "/A/B/"), DUTY(ROLE_WORKER, "/A/B/C/")};
	struct actor w = holder(d, 3);
	(void)state;
	assert_ptr_equal(closest_duty(&w, &read_it, STR("/A/B/C/")), &d[1]);
	assert_ptr_equal(closest_duty(&w, &read_it, STR("/A/X/")), &d[0]);
	assert_null(closest_duty(&w, &read_it, STR("/Z/")));
	assert_null(closest_duty(&w, &read_it, STR_NONE));
}

static void sight_is_of_the_place_and_never_of_anywhere(void **state)
{
	const struct duty d[] = {DUTY(ROLE_TEAM_LEADER, "/A/"), DUTY(ROLE_PRIMARY_UNION, "/B/")};
	struct actor w = holder(d, 2);
	(void)state;
	assert_int_equal(sight_at(&w, STR("/A/1/")), 1u | 1u << SEE_PHONE);
	assert_int_equal(sight_at(&w, STR("/B/")), 1u | 1u << SEE_PHONE | 1u << SEE_REPORTER | 1u << SEE_FOUND_AT);
	assert_int_equal(sight_at(&w, STR("/C/")), 1);
	assert_int_equal(sight_at(&w, STR_NONE), 1);
}

static void paths_of_children_lie_between_the_path_and_its_end(void **state)
{
	struct str top = path_child(*state, STR_NONE, ID(1)), low = path_child(*state, top, ID(2)), other = path_child(*state, STR_NONE, ID(3));
	struct str end = path_end(*state, top);
	assert_true(str_cmp(top, low) < 0 && str_cmp(low, end) < 0);
	assert_true(str_cmp(other, end) > 0);
	assert_false(str_has_prefix(other, top));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_duty_reaches_its_subtree_and_nothing_beside_it),
		TEST(a_role_counts_only_where_it_is_held),
		TEST(a_duty_without_a_place_reaches_nothing),
		TEST(nobody_may_only_what_is_public),
		TEST(a_step_is_never_granted_by_its_sentinel),
		TEST(the_widest_duty_is_the_shortest_path_that_grants_it),
		TEST(the_closest_duty_is_the_longest_path_above_the_place),
		TEST(sight_is_of_the_place_and_never_of_anywhere),
		TEST(paths_of_children_lie_between_the_path_and_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
