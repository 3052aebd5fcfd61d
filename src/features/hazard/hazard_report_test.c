/* What a report may say of its source, and where it may be. */
#include "hazard_ground.h"

static void a_source_takes_its_duty(void **state)
{
	struct ground *g = *state;
	struct hazard_made made;
	if (!g)
		skip();
	struct hazard_report r = {.description = STR("found"), .place_code = g->place.code};
	for (r.source = HAZARD_BY_WORKER; r.source <= HAZARD_BY_GOVERNMENT; r.source++) {
		bool open = r.source == HAZARD_BY_WORKER || r.source == HAZARD_BY_REPRESENTATIVE || r.source == HAZARD_BY_TEAMS;
		for (enum who who = WORKER; who < WHO_COUNT; who++) {
			bool high = who == OFFICER || who == UNION || who == CADRE;
			bool may_say = open || (r.source == HAZARD_BY_EMPLOYER ? who != CADRE && who != STRANGER : high);
			const struct err *bad = report(g, who, &r, &made);
			if (may_say)
				fine(bad);
			else
				wrong_field(bad, "/source", "source_needs_duty");
		}
	}
}

static const struct err *set_place_closed(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct sql q = {.name = "test_close_place", .scope = SQL_CITY, .n_args = 3, .writes = true,
				     .text = "UPDATE place SET is_closed = $3 WHERE city_id = $1 AND id = $2"};
	const struct place *p = ctx;
	return db_exec(tx, &q, ARGS(ARG(e->city), ARG(p->id), ARG(p->is_closed)), NULL);
}

static const struct err *change_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	return org_unit_change(tx, e, ctx);
}

static void what_is_closed_takes_no_report(void **state)
{
	struct ground *g = *state;
	struct hazard_made made;
	if (!g)
		skip();
	struct env e = env_system(g->app, g->a, g->city);
	struct hazard_report by_code = {.description = STR("x"), .place_code = g->place.code};
	struct hazard_report by_place = {.description = STR("x"), .place_id = g->place.id};
	struct hazard_report by_unit = {.description = STR("x"), .unit_id = g->team.id};
	struct hazard_report own = {.description = STR("x")};
	g->place.is_closed = true;
	fine(env_write(&e, set_place_closed, &g->place));
	wrong_field(report(g, WORKER, &by_code, &made), "/code", "closed");
	wrong_field(report(g, WORKER, &by_place, &made), "/place_id", "closed");
	fine(report(g, WORKER, &by_unit, &made));
	g->place.is_closed = false;
	fine(env_write(&e, set_place_closed, &g->place));
	fine(report(g, STRANGER, &by_code, &made));
	/* Everything inside a closed employer is closed with it. */
	g->employer.is_closed = true;
	fine(env_write(&e, change_unit, &g->employer));
	wrong_field(report(g, STRANGER, &by_code, &made), "/code", "closed");
	wrong_field(report(g, WORKER, &by_place, &made), "/place_id", "closed");
	wrong_field(report(g, WORKER, &by_unit, &made), "/unit_id", "closed");
	wrong_field(report(g, WORKER, &own, &made), "/code", "closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_source_takes_its_duty),
		ON_BOTH(what_is_closed_takes_no_report),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
