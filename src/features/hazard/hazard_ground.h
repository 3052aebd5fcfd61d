/* For tests: a city with one employer, its people, and reports and acts by them. SQLite always; PostgreSQL where CHABAOCU_TEST_PG
 * names a server.
 */
#ifndef HAZARD_GROUND_H
#define HAZARD_GROUND_H

#include "hazard_model.h"

#include "account.h"
#include "day.h"

enum who { WORKER, LEADER, OFFICER, UNION, CADRE, STRANGER, WHO_COUNT };

#define GROUND_MORE                              \
	struct unit employer, team;              \
	struct place place;                      \
	struct actor actors[WHO_COUNT];          \
	struct duty duties[WHO_COUNT];           \
	unsigned char last_code[16];
#include "app_ground.h"

static inline void refused(const struct err *e, enum err_kind kind, const char *code)
{
	assert_non_null(e);
	assert_int_equal(e->kind, kind);
	assert_true(str_is(e->code, code));
}

static inline void wrong_field(const struct err *e, const char *pointer, const char *code)
{
	refused(e, ERR_INPUT, "fields");
	assert_true(str_is(e->fields->pointer, pointer));
	assert_true(str_is(e->fields->code, code));
}

/* ---- a city with one employer ------------------------------------------------------ */

static inline const struct err *person(struct db_tx *tx, struct env *e, struct ground *g, enum who who, const char *name, uint32_t role,
				const struct unit *u)
{
	struct person p = {.name = str_of(name), .unit_id = u->id};
	TRY(account_person_add(tx, e, &p));
	TRY(account_duty_add(tx, e, p.id, role, u->id));
	g->duties[who] = (struct duty){.id = p.id, .unit_id = u->id, .role = role, .unit_path = str_dup(g->a, u->path), .unit_name = u->name};
	g->actors[who] = (struct actor){.person_id = p.id, .city = g->city, .name = str_of(name), .duties = &g->duties[who], .n_duties = 1};
	return NULL;
}

static inline const struct err *found_employer(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	struct unit county;
	TRY(org_unit_by_code(tx, e->city, STR("371302"), &county));
	g->employer = (struct unit){.kind = UNIT_EMPLOYER, .name = STR("Test works"), .headcount = 20};
	TRY(org_unit_add(tx, e, county.id, &g->employer));
	g->team = (struct unit){.kind = UNIT_TEAM, .name = STR("First team")};
	TRY(org_unit_add(tx, e, g->employer.id, &g->team));
	g->place = (struct place){.unit_id = g->team.id, .kind = 1, .name = STR("Furnace 3")};
	TRY(org_place_add(tx, e, &g->place));
	TRY(person(tx, e, g, WORKER, "Worker A", ROLE_WORKER, &g->team));
	TRY(person(tx, e, g, LEADER, "Leader B", ROLE_TEAM_LEADER, &g->team));
	TRY(person(tx, e, g, OFFICER, "Officer C", ROLE_SAFETY_OFFICER, &g->employer));
	TRY(person(tx, e, g, UNION, "Union D", ROLE_PRIMARY_UNION, &g->employer));
	TRY(person(tx, e, g, CADRE, "Cadre E", ROLE_CADRE_COUNTY, &county));
	g->employer.path = str_dup(g->a, g->employer.path);
	g->place.code = str_dup(g->a, g->place.code);
	return NULL;
}

static inline const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	return found_employer(tx, e, ctx);
}

const struct ground_plan ground_plan = {
	.features = features_all,
	.now = {1455897600000}, /* 2016-02-20 */
	.found = found_city,
};

/* ---- doing things ---------------------------------------------------------------------- */

struct doing {
	struct ground *g;
	struct id id;
	const char *act;
	const struct hazard_report *report;
	struct hazard_input in;
	size_t n_photos;
	struct hazard_made made;
	unsigned char code[16];
	struct hazard h;
	int64_t count;
};

static const struct hazard_photo one_photo = {.blob = {.sha256 = {1}, .size = 10}, .type = {"image/jpeg", 10}};

static inline const struct err *do_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_report(tx, e, d->report, &one_photo, d->n_photos, d->code, &d->made);
}

static inline const struct err *do_act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_act(tx, e, d->id, str_of(d->act), &d->in, &one_photo, d->n_photos);
}

static inline const struct err *do_get(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_get(tx, e->city, d->id, &d->h);
}

static inline struct env as(struct ground *g, enum who who)
{
	return env_new(g->app, g->a, g->city, &g->actors[who]);
}

static inline struct hazard look(struct ground *g, struct id id)
{
	struct doing d = {.g = g, .id = id};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, do_get, &d));
	return d.h;
}

static inline const struct err *report(struct ground *g, enum who who, const struct hazard_report *r, struct hazard_made *out)
{
	struct doing d = {.g = g, .report = r, .n_photos = 1};
	struct env e = as(g, who);
	app_random(g->app, d.code, sizeof(d.code));
	const struct err *bad = env_write(&e, do_report, &d);
	*out = d.made;
	return bad;
}

static inline struct hazard_made reported(struct ground *g, enum who who, const char *what, uint32_t anonymity)
{
	struct hazard_report r = {.description = str_of(what), .anonymity = anonymity, .place_code = g->place.code};
	struct hazard_made made;
	fine(report(g, who, &r, &made));
	return made;
}

static inline const struct err *act(struct ground *g, enum who who, struct id id, const char *what, struct hazard_input in)
{
	struct doing d = {.g = g, .id = id, .act = what, .in = in};
	struct env e = as(g, who);
	return env_write(&e, do_act, &d);
}

static inline struct hazard_input elements(struct ground *g)
{
	return (struct hazard_input){.responsible_id = g->actors[LEADER].person_id, .deputy_id = g->actors[WORKER].person_id,
				     .measures = STR("mount the guard"), .funds_fen = {true, 120000}, .deadline = DAY(20160222),
				     .emergency_plan_not_needed = true};
}

static inline struct hazard_input to_worker(struct ground *g)
{
	struct hazard_input in = elements(g);
	in.responsible_id = g->actors[WORKER].person_id;
	in.deputy_id = g->actors[LEADER].person_id;
	return in;
}

#endif
