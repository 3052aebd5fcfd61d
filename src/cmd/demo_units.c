/* Offices of the trade unions, and the employers with their workshops, teams and places. */
#include "demo.h"

#include "org.h"

/* Four counties with two townships each. The first is the one where employer 1 stands. */
static const char *const town_codes[DEMO_TOWNS] = {"371302105", "371302001", "371311001", "371311006",
						   "371323001", "371323103", "371329001", "371329108"};
static const char *const county_codes[DEMO_COUNTIES] = {"371302", "371311", "371323", "371329"};

struct making {
	struct demo *d;
	struct demo_employer *m;
};

static struct unit *keep_unit(struct demo *d, const struct unit *u)
{
	struct unit *k = ARENA_NEW(d->a, struct unit);
	*k = *u;
	k->name = str_dup(d->a, u->name);
	k->path = str_dup(d->a, u->path);
	return k;
}

/* ---- offices ------------------------------------------------------------------------ */

static const struct err *office(struct db_tx *tx, struct env *e, struct demo *d, const char *code, struct unit **out)
{
	struct unit u = {0};
	TRY(org_unit_by_code(tx, e->city, str_of(code), &u));
	*out = keep_unit(d, &u);
	return NULL;
}

/* The further cities are made up, with as many counties and townships: 990201, 990201001. */
static const char *county_code(const struct demo *d, size_t i)
{
	return d->number == 1 ? county_codes[i] : str_fmt(d->a, "99%02u%02zu", d->number, i + 1).p;
}

static const char *town_code(const struct demo *d, size_t i)
{
	if (d->number == 1)
		return town_codes[i];
	return str_fmt(d->a, "99%02u%02zu%03zu", d->number, i / DEMO_TOWNS_PER_COUNTY + 1, i % DEMO_TOWNS_PER_COUNTY + 1).p;
}

static const struct err *find_offices(struct db_tx *tx, struct env *e, void *ctx)
{
	struct demo *d = ctx;
	struct unit u = {0};
	TRY(org_root(tx, e->city, &u));
	d->root = keep_unit(d, &u);
	for (size_t i = 0; i < DEMO_COUNTIES; i++)
		TRY(office(tx, e, d, county_code(d, i), &d->counties[i]));
	for (size_t i = 0; i < DEMO_TOWNS; i++)
		TRY(office(tx, e, d, town_code(d, i), &d->towns[i]));
	return NULL;
}

static const struct err *staff_city(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct {
		uint32_t role;
		const char *login;
	} posts[] = {{ROLE_CADRE_CITY, "city1"}, {ROLE_PRODUCTION_PROTECTION, "production1"}, {ROLE_SYSTEM_ADMIN, "system1"},
		     {ROLE_SECURITY_ADMIN, "security1"}, {ROLE_AUDIT_ADMIN, "audit1"}};
	struct demo *d = ctx;
	for (size_t i = 0; i < sizeof(posts) / sizeof(posts[0]); i++) {
		struct demo_person *p;
		struct demo_person_spec s = {posts[i].role, d->root, str_of(posts[i].login)};
		TRY(demo_person_add(tx, e, d, &s, &p));
	}
	return NULL;
}

static const struct err *staff_counties(struct db_tx *tx, struct env *e, void *ctx)
{
	struct demo *d = ctx;
	for (size_t i = 0; i < DEMO_COUNTIES; i++) {
		struct demo_person_spec s = {ROLE_CADRE_COUNTY, d->counties[i], str_fmt(d->a, "county%zu", i + 1)};
		TRY(demo_person_add(tx, e, d, &s, &d->county_cadres[i]));
	}
	return NULL;
}

/* town1 and town2 are the townships of the two employers whose accounts have short names. */
static size_t town_number(size_t i)
{
	return i == 0 ? 1 : i == 1 ? 3 : i == 2 ? 2 : i + 1;
}

static const struct err *staff_towns(struct db_tx *tx, struct env *e, void *ctx)
{
	struct demo *d = ctx;
	for (size_t i = 0; i < DEMO_TOWNS; i++) {
		struct demo_person_spec s = {ROLE_CADRE_TOWNSHIP, d->towns[i], str_fmt(d->a, "town%zu", town_number(i))};
		TRY(demo_person_add(tx, e, d, &s, &d->town_cadres[i]));
	}
	return NULL;
}

/* ---- employers ------------------------------------------------------------------------ */

static const struct err *add_unit(struct db_tx *tx, struct env *e, struct demo *d, struct id parent, struct unit *u, struct unit **out)
{
	TRY(org_unit_add(tx, e, parent, u));
	*out = keep_unit(d, u);
	return NULL;
}

static struct unit new_employer(struct demo *d, const struct demo_employer *m)
{
	const struct demo_industry *ind = &demo_industries[m->industry];
	struct str name = demo_employer_name(d->a, d->word, m->number, ind);
	int64_t heads = demo_between(&d->rng, 18, 420);
	return (struct unit){
		.kind = UNIT_EMPLOYER,
		.code = str_fmt(d->a, "E%04zu", m->number + 1),
		.name = name,
		.union_name = str_fmt(d->a, "%.*s工会委员会", STR_ARG(name)),
		.uscc = demo_credit_code(d->a, m->number + 1),
		.industry = str_of(ind->code),
		.high_risk = ind->high_risk,
		.non_public = m->number % 5 != 3,
		.size = codes_find(&employer_sizes, heads >= 300 ? STR("medium") : heads >= 20 ? STR("small") : STR("micro")),
		.headcount = heads,
	};
}

static const struct err *add_places(struct db_tx *tx, struct env *e, struct demo *d, struct demo_employer *m, size_t team)
{
	static const char *const kinds[DEMO_PLACES] = {"equipment", "area", "post"};
	const struct demo_industry *ind = &demo_industries[m->industry];
	for (size_t i = 0; i < DEMO_PLACES; i++) {
		struct place p = {
			.unit_id = m->teams[team].unit->id,
			.kind = codes_find(&place_kinds, str_of(kinds[i])),
			.name = str_fmt(e->a, "%zu号%s", team % DEMO_TEAMS_PER_WORKSHOP + 1, ind->places[team / DEMO_TEAMS_PER_WORKSHOP][i]),
		};
		TRY(org_place_add(tx, e, &p));
		m->teams[team].places[i] = p.id;
		m->teams[team].place_codes[i] = str_dup(d->a, p.code);
	}
	return NULL;
}

static const struct err *make_employer(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	struct demo *d = k->d;
	struct demo_employer *m = k->m;
	const struct demo_industry *ind = &demo_industries[m->industry];
	static const char *const ordinals[] = {"一", "二"};
	struct unit u = new_employer(d, m), *workshop;
	TRY(add_unit(tx, e, d, d->towns[m->town]->id, &u, &m->unit));
	for (size_t w = 0; w < DEMO_WORKSHOPS; w++) {
		u = (struct unit){.kind = UNIT_WORKSHOP, .name = str_of(ind->workshops[w])};
		TRY(add_unit(tx, e, d, m->unit->id, &u, &workshop));
		for (size_t t = 0; t < DEMO_TEAMS_PER_WORKSHOP; t++) {
			struct demo_team *team = &m->teams[w * DEMO_TEAMS_PER_WORKSHOP + t];
			u = (struct unit){.kind = UNIT_TEAM, .name = str_fmt(d->a, "%s%s班", ind->teams[w], ordinals[t])};
			TRY(add_unit(tx, e, d, workshop->id, &u, &team->unit));
			TRY(add_places(tx, e, d, m, w * DEMO_TEAMS_PER_WORKSHOP + t));
		}
	}
	return NULL;
}

/* Employer 1 of the first and of the second county have short logins: worker1, worker2. */
static size_t short_number(const struct demo *d, const struct demo_employer *m)
{
	size_t per_county = d->per_town * DEMO_TOWNS_PER_COUNTY;
	return m->number == 0 ? 1 : m->number == per_county ? 2 : 0;
}

/* at: which of several of a role; 0 is the one with the plain login. */
static struct str login_of(struct demo *d, const struct demo_employer *m, const char *word, size_t at)
{
	static const char *const suffix[] = {"", "b", "c", "d", "e"};
	size_t n = short_number(d, m);
	if (n)
		return str_fmt(d->a, "%s%zu%s", word, n, suffix[at]);
	return str_fmt(d->a, "e%04zu.%s%s", m->number + 1, word, suffix[at]);
}

static const struct err *staff_teams(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	struct demo_employer *m = k->m;
	size_t worker = 0;
	for (size_t t = 0; t < DEMO_TEAMS; t++) {
		struct demo_team *team = &m->teams[t];
		for (size_t w = 0; w < (t == 0 ? 2 : 1); w++) {
			struct demo_person_spec s = {ROLE_WORKER, team->unit, login_of(k->d, m, "worker", worker++)};
			TRY(demo_person_add(tx, e, k->d, &s, &team->workers[w]));
		}
		struct demo_person_spec s = {ROLE_TEAM_LEADER, team->unit, login_of(k->d, m, "leader", t)};
		TRY(demo_person_add(tx, e, k->d, &s, &team->leader));
	}
	return NULL;
}

static const struct err *staff_employer(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *k = ctx;
	struct demo *d = k->d;
	struct demo_employer *m = k->m;
	for (size_t w = 0; w < DEMO_WORKSHOPS; w++) {
		struct unit shop = {0};
		TRY(org_unit(tx, e->city, m->teams[w * DEMO_TEAMS_PER_WORKSHOP].unit->parent_id, &shop));
		struct demo_person_spec s = {ROLE_WORKSHOP_LEADER, keep_unit(d, &shop), login_of(d, m, "workshop", w)};
		TRY(demo_person_add(tx, e, d, &s, &m->workshop_leaders[w]));
	}
	struct demo_person_spec safety = {ROLE_SAFETY_OFFICER, m->unit, login_of(d, m, "safety", 0)};
	struct demo_person_spec chair = {ROLE_PRIMARY_UNION, m->unit, login_of(d, m, "union", 0)};
	struct demo_person_spec manager = {ROLE_MANAGEMENT, m->unit, login_of(d, m, "manager", 0)};
	TRY(demo_person_add(tx, e, d, &safety, &m->safety));
	TRY(demo_person_add(tx, e, d, &chair, &m->chair));
	return demo_person_add(tx, e, d, &manager, &m->manager);
}

static const struct err *enter_employer(struct db_tx *tx, struct env *e, void *ctx)
{
	return demo_enter(tx, e, ((struct making *)ctx)->m);
}

/* Each part is a transaction of its own with its own arena: short writes, little memory. */
static const struct err *write_part(struct demo *d, env_fn *fn, void *ctx)
{
	struct arena *a = arena_new(0);
	struct env e = env_system(d->app, a, d->city);
	const struct err *bad = env_write(&e, fn, ctx);
	if (bad)
		bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

const struct err *demo_make_units(struct demo *d)
{
	TRY(write_part(d, find_offices, d));
	TRY(write_part(d, staff_city, d));
	TRY(write_part(d, staff_counties, d));
	TRY(write_part(d, staff_towns, d));
	for (size_t i = 0; i < d->n_employers; i++) {
		struct making k = {d, &d->employers[i]};
		*k.m = (struct demo_employer){.number = i, .industry = i % demo_n_industries, .town = i / d->per_town};
		TRY(write_part(d, make_employer, &k));
		TRY(write_part(d, staff_teams, &k));
		TRY(write_part(d, staff_employer, &k));
		TRY(write_part(d, enter_employer, &k));
	}
	return NULL;
}
