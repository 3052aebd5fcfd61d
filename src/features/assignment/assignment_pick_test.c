/* Pasted lines against many employers: what is chosen from, and that what a line fits does not cost memory (ORG-3, NFR-1). */
#include "assignment_model.h"

#include "app_ground.h"
#include "day.h"

extern const struct feature feature_org, feature_account, feature_campaign, feature_notice, feature_hazard, feature_assignment;

enum { EMPLOYERS = 1200, LINES = 100 };

struct many {
	struct unit county;
	struct pick *v;
	size_t n;
};

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct unit town;
	(void)ctx;
	TRY(feature_org.init_city(tx, e, STR("371300")));
	TRY(org_unit_by_code(tx, e->city, STR("371302001"), &town));
	for (int i = 0; i < EMPLOYERS; i++) {
		struct unit u = {.kind = UNIT_EMPLOYER, .industry = STR("1711"), .headcount = 9,
				 .name = str_fmt(e->a, "临沂市兰山区第%d号沂蒙山区农副产品加工与机械设备制造以及综合贸易服务股份有限公司", i)};
		TRY(org_unit_add(tx, e, town.id, &u));
	}
	return NULL;
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_campaign, &feature_notice, &feature_assignment,
						   &feature_hazard, NULL}, .found = found_city};

static const struct err *paste(struct db_tx *tx, struct env *e, void *ctx)
{
	struct many *m = ctx;
	struct sb text = sb_new(e->a, 4096);
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &m->county));
	for (int i = 0; i < LINES; i++)
		sb_add(&text, STR("有限公司\n"));
	return pick_lines(tx, e->city, &m->county, instant_day(e->now), sb_str(&text), &m->v, &m->n);
}

static void a_line_that_fits_every_employer_is_ambiguous_and_nothing_worse(void **state)
{
	GROUND;
	struct many m = {0};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, paste, &m));
	assert_int_equal(m.n, LINES);
	for (size_t i = 0; i < m.n; i++) {
		assert_int_equal(m.v[i].kind, PICK_AMBIGUOUS);
		assert_int_equal(m.v[i].n_choices, 5);
		assert_true(str_has_prefix(m.v[i].choices[4].name, STR("临沂市兰山区第")));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {ON_BOTH(a_line_that_fits_every_employer_is_ambiguous_and_nothing_worse)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
