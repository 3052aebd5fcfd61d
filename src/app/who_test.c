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

/* A token takes away and never gives: from a role of ours, from one that the city made, from field rights. */
static void a_limited_duty_holds_what_it_has_and_what_was_chosen(void **state)
{
	const struct perm *chosen[] = {&read_it}, *made[] = {&read_it, &write_it};
	const struct limits only = {.perms = chosen, .n_perms = 1, .sight = 1}, sees = {.perms = chosen, .n_perms = 1, .sight = 1 | 1u << SEE_PHONE};
	struct duty d[] = {DUTY(ROLE_CADRE_COUNTY, "/A/B/"), DUTY(ROLE_WORKER, "/A/")};
	const struct grants g = {.below = made, .n_below = 2, .city = made, .n_city = 2, .sight = 1, .at_root = &d[1]};
	struct actor w = holder(d, 2);
	(void)state;
	assert_true(may(&w, &write_it, STR("/A/B/C/")));
	assert_true(sight_at(&w, STR("/A/B/")) >> SEE_PHONE & 1);
	d[0].only = d[1].only = &only;
	assert_true(may(&w, &read_it, STR("/A/B/C/")));
	assert_false(may(&w, &write_it, STR("/A/B/C/")));
	assert_false(may(&w, &write_it, STR_NONE));
	assert_null(closest_duty(&w, &write_it, STR("/A/B/C/")));
	assert_null(widest_duty(&w, &write_it));
	assert_false(sight_at(&w, STR("/A/B/")) >> SEE_PHONE & 1);
	d[0].only = d[1].only = &sees;
	assert_true(sight_at(&w, STR("/A/B/")) >> SEE_PHONE & 1);
	assert_false(sight_at(&w, STR("/A/")) >> SEE_PHONE & 1);
	/* A worker's duty is not one of a cadre, whatever was chosen. */
	w = holder(&d[1], 1);
	assert_false(may(&w, &write_it, STR("/A/")));
	d[0].custom_id = ID(7);
	d[0].role = 0;
	d[0].grants = &g;
	w = holder(d, 1);
	assert_true(may(&w, &read_it, STR("/A/Z/")));
	assert_false(may(&w, &write_it, STR("/A/Z/")) || may(&w, &write_it, STR("/A/B/")));
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

#define ROOT "/0000000000001/"
#define COUNTY ROOT "0000000000002/"

static struct duty made(const struct grants *g)
{
	return (struct duty){.role = ROLE_SAFETY_OFFICER, .unit_path = STR(COUNTY), .custom_id = ID(9), .grants = g};
}

static void a_role_made_of_permissions_holds_these_alone(void **state)
{
	const struct perm *below[] = {&write_it};
	const struct grants g = {.below = below, .n_below = 1, .sight = 1 << SEE_PHONE};
	const struct duty d[] = {made(&g)}, unread[] = {made(NULL)};
	struct actor w = holder(d, 1), blind = holder(unread, 1);
	(void)state;
	assert_true(may(&w, &write_it, STR(COUNTY "0000000000003/")));
	assert_false(may(&w, &write_it, STR(ROOT)));
	/* Not what the role holds that it was made after, though its holder counts as one. */
	assert_false(may(&w, &read_it, STR(COUNTY)));
	assert_null(widest_duty(&w, &read_it));
	assert_true(has_role_at(&w, R(ROLE_SAFETY_OFFICER), STR(COUNTY)));
	assert_int_equal(sight_at(&w, STR(COUNTY)), 1u | 1u << SEE_PHONE);
	assert_int_equal(sight_at(&w, STR(ROOT)), 1);
	/* Where nobody asked what it holds, nothing. */
	assert_false(may(&blind, &write_it, STR(COUNTY)));
	assert_false(may(&blind, &write_it, STR_NONE));
	assert_int_equal(sight_at(&blind, STR(COUNTY)), 1);
}

static void what_reaches_the_city_is_held_as_if_at_its_unit(void **state)
{
	const struct perm *city[] = {&read_it};
	const struct duty root = {.unit_id = ID(1), .unit_path = STR(ROOT)};
	const struct grants g = {.city = city, .n_city = 1, .at_root = &root};
	const struct duty d[] = {made(&g)};
	struct actor w = holder(d, 1);
	(void)state;
	assert_true(may(&w, &read_it, STR(ROOT "000000000000Z/")));
	assert_true(may_everywhere(&w, &read_it));
	assert_int_equal(widest_duty(&w, &read_it)->unit_id.v, 1);
	assert_false(may(&w, &write_it, STR(COUNTY)));
}

static void the_whole_city_is_for_who_holds_it_there(void **state)
{
	const struct duty at_city[] = {DUTY(ROLE_CADRE_COUNTY, ROOT)}, at_county[] = {DUTY(ROLE_CADRE_COUNTY, COUNTY)};
	struct actor city = holder(at_city, 1), county = holder(at_county, 1);
	(void)state;
	assert_true(may_everywhere(&city, &write_it));
	assert_false(may_everywhere(&county, &write_it));
}

static void permissions_belong_to_who_alone_holds_them(void **state)
{
	static const struct perm jobs = {"test.jobs", R(ROLE_SYSTEM_ADMIN)}, trail = {"test.trail", R(ROLE_AUDIT_ADMIN)};
	static const struct perm units = {"test.units", R_CADRES | R(ROLE_SYSTEM_ADMIN)};
	const struct perm *both[] = {&jobs, &trail}, *mixed[] = {&jobs, &write_it}, *fine[] = {&jobs, &units};
	const struct grants g1 = {.below = both, .n_below = 2}, g2 = {.below = mixed, .n_below = 2}, g3 = {.below = fine, .n_below = 2};
	const struct duty d[] = {made(&g1), made(&g2), made(&g3), DUTY(ROLE_AUDIT_ADMIN, ROOT), DUTY(ROLE_MANAGEMENT, ROOT),
				 DUTY(ROLE_WORKER, ROOT)};
	(void)state;
	assert_int_equal(perm_area(&jobs), AREA_SYSTEM);
	assert_int_equal(perm_area(&write_it), AREA_BUSINESS);
	assert_int_equal(perm_area(&units), 0);
	assert_false(areas_fit(duty_areas(&d[0])));
	assert_false(areas_fit(duty_areas(&d[1])));
	assert_true(areas_fit(duty_areas(&d[2])));
	assert_int_equal(duty_areas(&d[3]), AREA_AUDIT);
	assert_int_equal(duty_areas(&d[4]), AREA_BUSINESS);
	assert_int_equal(duty_areas(&d[5]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_duty_reaches_its_subtree_and_nothing_beside_it),
		TEST(a_role_counts_only_where_it_is_held),
		TEST(a_duty_without_a_place_reaches_nothing),
		TEST(nobody_may_only_what_is_public),
		TEST(a_step_is_never_granted_by_its_sentinel),
		TEST(a_limited_duty_holds_what_it_has_and_what_was_chosen),
		TEST(the_widest_duty_is_the_shortest_path_that_grants_it),
		TEST(the_closest_duty_is_the_longest_path_above_the_place),
		TEST(sight_is_of_the_place_and_never_of_anywhere),
		TEST(a_role_made_of_permissions_holds_these_alone),
		TEST(what_reaches_the_city_is_held_as_if_at_its_unit),
		TEST(the_whole_city_is_for_who_holds_it_there),
		TEST(permissions_belong_to_who_alone_holds_them),
		TEST(paths_of_children_lie_between_the_path_and_its_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
