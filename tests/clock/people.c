#include "people_world.h"

#include <string.h>

const struct ground_plan ground_plan = {
	.features = features_all,
	.now = {1453219200000}, /* 2016-01-20, 00:00 in China */
	.found = NULL,
};

struct founding {
	struct world *w;
	struct unit *unit;
	struct id above;
	struct person person;
	uint32_t role;
	struct id at;
	struct assignment assignment;
	struct duty_line line;
	struct day last;
	int who;
};

static const uint32_t roles[M_POSTS] = {
	[M_LEADER] = ROLE_TEAM_LEADER, [M_SHOP] = ROLE_WORKSHOP_LEADER, [M_OFFICER] = ROLE_SAFETY_OFFICER, [M_UNION] = ROLE_PRIMARY_UNION,
	[M_CHARGE] = ROLE_MANAGEMENT, [M_TOWN] = ROLE_CADRE_TOWNSHIP, [M_COUNTY] = ROLE_CADRE_COUNTY, [M_CITY] = ROLE_CADRE_CITY,
};

static void by_program(struct world *w, env_fn *fn, struct founding *f)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	f->w = w;
	fine(env_write(&e, fn, f));
}

static const struct err *add_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct founding *f = ctx;
	return org_unit_add(tx, e, f->above, f->unit);
}

static const struct err *add_person(struct db_tx *tx, struct env *e, void *ctx)
{
	struct founding *f = ctx;
	TRY(account_person_add(tx, e, &f->person));
	return account_duty_add(tx, e, f->person.id, f->role, f->at);
}

static struct unit unit(struct world *w, uint32_t kind, struct id above, const char *name, int n)
{
	struct unit u = {.kind = kind, .name = str_fmt(w->g->a, "%s%d", name, n)};
	struct founding f = {.unit = &u, .above = above};
	if (kind == UNIT_EMPLOYER)
		u.headcount = 50;
	by_program(w, add_unit, &f);
	u.path = str_dup(w->g->a, u.path);
	return u;
}

static int person(struct world *w, uint32_t role, const struct unit *at)
{
	struct founding f = {.person = {.name = str_fmt(w->g->a, "某%d", w->n_people), .unit_id = at->id}, .role = role, .at = at->id};
	by_program(w, add_person, &f);
	w->people[w->n_people] = (struct m_person){.id = f.person.id};
	return w->n_people++;
}

static const struct unit *unit_of(const struct firm *f, int post)
{
	return post == M_LEADER ? &f->team : post == M_SHOP ? &f->shop : &f->unit;
}

static void put_actor(struct world *w, struct firm *f, int post, int who)
{
	const struct unit *u = unit_of(f, post);
	f->duties[post] = (struct duty){.id = w->people[who].id, .unit_id = u->id, .role = roles[post], .unit_path = u->path, .unit_name = u->name};
	f->actors[post] = (struct actor){.person_id = w->people[who].id, .city = w->g->city, .name = STR("某某"), .duties = &f->duties[post], .n_duties = 1};
}

static const struct err *look_after(struct db_tx *tx, struct env *e, void *ctx)
{
	struct founding *f = ctx;
	return assignment_add(tx, e, &f->assignment);
}

static void fill_firm(struct world *w, struct firm *f)
{
	memset(f->at, 0xff, sizeof(f->at));
	for (int post = M_LEADER; post <= M_CHARGE; post++) {
		bool is_there = post == M_LEADER ? f->has_team : post == M_SHOP ? f->has_shop : true;
		if (!is_there)
			continue;
		f->at[post] = person(w, roles[post], unit_of(f, post));
		put_actor(w, f, post, f->at[post]);
	}
	for (int k = 0; k < 4; k++)
		f->workers[k] = person(w, ROLE_WORKER, f->has_team ? &f->team : &f->unit);
	if (chance(w, 3)) {
		int cadre = w->town_cadre[f->town];
		struct founding to = {.assignment = {.employer_id = f->unit.id, .person_id = w->people[cadre].id, .kind = ASSIGNMENT_ORDINARY,
						     .from_on = instant_day(app_now(w->g->app))}};
		by_program(w, look_after, &to);
		f->at[M_CONTACT] = cadre;
	}
}

static const struct err *first_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct founding *f = ctx;
	for (size_t i = 0; features_all[i]; i++)
		if (features_all[i]->init_city)
			TRY(features_all[i]->init_city(tx, e, STR("371300")));
	return org_root(tx, e->city, f->unit);
}

void found_people(struct world *w)
{
	struct unit city = {0};
	struct founding f = {.unit = &city};
	by_program(w, first_city, &f);
	w->county = unit(w, UNIT_COUNTY, city.id, "县", 1);
	w->city_cadre = person(w, ROLE_CADRE_CITY, &city);
	w->county_cadre = person(w, ROLE_CADRE_COUNTY, &w->county);
	for (int t = 0; t < TOWNS; t++) {
		w->towns[t] = unit(w, UNIT_TOWNSHIP, w->county.id, "镇", t);
		w->town_cadre[t] = person(w, ROLE_CADRE_TOWNSHIP, &w->towns[t]);
	}
	w->town_duty = (struct duty){.id = ID(1), .unit_id = w->county.id, .role = ROLE_CADRE_TOWNSHIP, .unit_path = w->county.path};
	for (w->n_firms = 0; w->n_firms < w->plan->employers; w->n_firms++) {
		struct firm *firm = &w->firms[w->n_firms];
		firm->town = (int)chance(w, TOWNS);
		firm->unit = unit(w, UNIT_EMPLOYER, w->towns[firm->town].id, "厂", w->n_firms);
		firm->has_shop = chance(w, 2);
		firm->has_team = firm->has_shop || chance(w, 4);
		if (firm->has_shop)
			firm->shop = unit(w, UNIT_WORKSHOP, firm->unit.id, "车间", w->n_firms);
		if (firm->has_team)
			firm->team = unit(w, UNIT_TEAM, firm->has_shop ? firm->shop.id : firm->unit.id, "班", w->n_firms);
		fill_firm(w, firm);
	}
}

int holder_of(void *ctx, const struct m_hazard *h, int post)
{
	struct world *w = ctx;
	const struct firm *f = &w->firms[h->employer];
	int who;
	switch (post) {
	case M_RESPONSIBLE:
		who = h->responsible;
		break;
	case M_DEPUTY:
		who = h->deputy;
		break;
	case M_TOWN:
		who = w->town_cadre[f->town];
		break;
	case M_COUNTY:
		who = w->county_cadre;
		break;
	case M_CITY:
		who = w->city_cadre;
		break;
	case M_LEADER:
	case M_SHOP:
		who = h->in_team ? f->at[post] : -1;
		break;
	default:
		who = f->at[post];
	}
	return who >= 0 && w->people[who].gone ? -1 : who;
}

/* ---- people come and go ------------------------------------------------------------------- */

static const struct err *go_away(struct db_tx *tx, struct env *e, void *ctx)
{
	struct founding *f = ctx;
	TRY(account_person(tx, e->city, f->w->people[f->who].id, &f->person));
	f->person.has_left = true;
	return account_person_change(tx, e, &f->person);
}

static void leave(struct world *w, int who)
{
	struct founding f = {.who = who};
	by_program(w, go_away, &f);
	w->people[who].gone = true;
}

/* Of each tenth employer somebody: a worker who may be charged with something, or who holds a post; vacant ones are filled sooner or later. */
void change_people(struct world *w)
{
	for (int i = 0; i < w->n_firms; i++) {
		struct firm *f = &w->firms[i];
		struct arena_mark mark = arena_mark(w->g->a);
		int post = M_LEADER + (int)chance(w, M_CHARGE - M_LEADER + 1), k = (int)chance(w, 4);
		bool is_there = post == M_LEADER ? f->has_team : post == M_SHOP ? f->has_shop : true;
		if (is_there && (f->at[post] < 0 || w->people[f->at[post]].gone) && chance(w, 4) == 0) {
			f->at[post] = person(w, roles[post], unit_of(f, post));
			f->actors[post].person_id = w->people[f->at[post]].id;
		} else if (is_there && f->at[post] >= 0 && !w->people[f->at[post]].gone && chance(w, 40) == 0) {
			leave(w, f->at[post]);
		} else if (chance(w, 60) == 0) {
			leave(w, f->workers[k]);
			f->workers[k] = person(w, ROLE_WORKER, f->has_team ? &f->team : &f->unit);
		}
		arena_rewind(w->g->a, mark);
	}
}
