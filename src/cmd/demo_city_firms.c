/* Employers of a city's size with workshops, teams, places and people. */
#include "demo_city.h"

#include "account_load.h"
#include "org_load.h"

/* ---- layout --------------------------------------------------------------------- */

enum { SAFETY, CHAIR, MANAGER, FIRST_LEADER };

int layout_teams(const struct layout *l)
{
	int n = l->workshops * l->teams_each + l->direct_teams;
	return n ? n : 1;
}

int layout_units(const struct layout *l)
{
	return l->workshops * (1 + l->teams_each) + l->direct_teams;
}

int layout_people(const struct layout *l)
{
	return FIRST_LEADER + l->workshops + layout_teams(l) * (1 + l->workers);
}

int layout_unit_of_workshop(const struct layout *l, int workshop)
{
	return workshop * (1 + l->teams_each);
}

int layout_workshop_of_team(const struct layout *l, int team)
{
	return l->workshops ? team / l->teams_each : -1;
}

int layout_unit_of_team(const struct layout *l, int team)
{
	if (l->workshops)
		return team / l->teams_each * (1 + l->teams_each) + 1 + team % l->teams_each;
	return l->direct_teams ? team : -1;
}

int layout_leader_of_workshop(int workshop)
{
	return FIRST_LEADER + workshop;
}

int layout_leader_of_team(const struct layout *l, int team)
{
	return FIRST_LEADER + l->workshops + team * (1 + l->workers);
}

/* The team and, by *worker, which worker of it (0: the leader) somebody is. */
static int team_of_slot(const struct layout *l, int slot, int *worker)
{
	int at = slot - FIRST_LEADER - l->workshops;
	*worker = at % (1 + l->workers);
	return at / (1 + l->workers);
}

static uint32_t role_of(const struct layout *l, int slot)
{
	static const uint32_t heads[] = {ROLE_SAFETY_OFFICER, ROLE_PRIMARY_UNION, ROLE_MANAGEMENT};
	int worker;
	if (slot < FIRST_LEADER)
		return heads[slot];
	if (slot < FIRST_LEADER + l->workshops)
		return ROLE_WORKSHOP_LEADER;
	team_of_slot(l, slot, &worker);
	return worker ? ROLE_WORKER : ROLE_TEAM_LEADER;
}

/* Its unit in the order of the employer's, -1 for the employer itself. */
static int unit_of_slot(const struct layout *l, int slot)
{
	int worker;
	if (slot < FIRST_LEADER)
		return -1;
	if (slot < FIRST_LEADER + l->workshops)
		return layout_unit_of_workshop(l, slot - FIRST_LEADER);
	return layout_unit_of_team(l, team_of_slot(l, slot, &worker));
}

/* ---- names -------------------------------------------------------------------------- */

static bool is_workshop(const struct layout *l, int unit)
{
	return l->workshops && unit % (1 + l->teams_each) == 0;
}

static struct str sub_name(struct arena *a, const struct layout *l, const struct demo_industry *ind, int unit)
{
	static const char *const ordinals[] = {"一", "二", "三", "四"};
	if (!l->workshops)
		return str_fmt(a, "%s%s班", ind->teams[0], ordinals[unit]);
	int workshop = unit / (1 + l->teams_each);
	if (is_workshop(l, unit))
		return str_of(ind->workshops[workshop]);
	return str_fmt(a, "%s%s班", ind->teams[workshop], ordinals[unit % (1 + l->teams_each) - 1]);
}

struct str city_place_name(const struct city *c, struct arena *a, size_t firm, int team, int place)
{
	const struct layout *l = &layouts[c->firms[firm].size];
	const struct demo_industry *ind = &demo_industries[c->firms[firm].industry];
	int workshop = layout_workshop_of_team(l, team);
	return str_fmt(a, "%d号%s", l->teams_each > 1 ? team % l->teams_each + 1 : 1, ind->places[workshop < 0 ? 0 : workshop][place]);
}

/* "沂水县" gives 沂水: companies carry the name of the county they stand in. */
static struct str county_word(const struct city *c, size_t office)
{
	const struct unit *top = c->offices[c->offices[office].top].unit;
	bool short_name = top->kind == UNIT_COUNTY && top->name.n == strlen("沂水县");
	return short_name ? str_sub(top->name, 0, strlen("沂水")) : STR("临沂");
}

/* ---- units and people in memory --------------------------------------------------------- */

struct unit *city_firm_unit(const struct city *c, struct arena *a, size_t firm)
{
	const struct firm *f = &c->firms[firm];
	const struct unit *above = c->offices[f->home].unit;
	struct unit *u = ARENA_NEW(a, struct unit);
	*u = (struct unit){.id = f->id, .parent_id = above->id, .kind = UNIT_EMPLOYER, .top_id = above->top_id, .mid_id = above->mid_id,
			   .enterprise_id = f->id, .path = path_child(a, above->path, f->id)};
	u->name = demo_firm_name(a, firm, county_word(c, f->home), &demo_industries[f->industry], f->size == FIRM_MICRO);
	return u;
}

struct unit *city_sub_unit(const struct city *c, struct arena *a, size_t firm, const struct unit *employer, int unit)
{
	const struct firm *f = &c->firms[firm];
	const struct layout *l = &layouts[f->size];
	struct unit *u = ARENA_NEW(a, struct unit), above = *employer;
	bool shop = is_workshop(l, unit);
	if (l->workshops && !shop) {
		above.id = c->units[f->first_unit + (uint32_t)(unit - unit % (1 + l->teams_each))];
		above.path = path_child(a, employer->path, above.id);
	}
	*u = above;
	u->parent_id = above.id;
	u->id = c->units[f->first_unit + (uint32_t)unit];
	u->kind = shop ? UNIT_WORKSHOP : UNIT_TEAM;
	u->path = path_child(a, above.path, u->id);
	u->name = sub_name(a, l, &demo_industries[f->industry], unit);
	return u;
}

struct demo_person *city_person(const struct city *c, struct arena *a, size_t firm, const struct unit *employer, int slot)
{
	const struct firm *f = &c->firms[firm];
	const struct layout *l = &layouts[f->size];
	const struct city_person *kept = &c->people[f->first_person + (uint32_t)slot];
	int unit = unit_of_slot(l, slot);
	const struct unit *u = unit < 0 ? employer : city_sub_unit(c, a, firm, employer, unit);
	struct demo_person *p = ARENA_NEW(a, struct demo_person);
	p->id = kept->id;
	p->role = role_of(l, slot);
	p->name = demo_person_name(a, p->role, kept->number);
	p->unit_id = u->id;
	p->unit_name = u->name;
	p->duty = (struct duty){.unit_id = u->id, .role = p->role, .unit_path = u->path, .unit_name = u->name};
	p->actor = (struct actor){.person_id = p->id, .city = c->d->city, .name = p->name, .duties = &p->duty, .n_duties = 1};
	return p;
}

/* ---- deciding ------------------------------------------------------------------------------ */

/* Of a thousand: 5 big, 30 medium, 180 small; the rest are micro. The first two have the short logins. */
static uint8_t draw_size(struct demo_rng *r, size_t firm)
{
	int64_t n = demo_between(r, 1, 1000);
	if (firm < 2)
		return FIRM_BIG;
	return n <= 5 ? FIRM_BIG : n <= 35 ? FIRM_MEDIUM : n <= 215 ? FIRM_SMALL : FIRM_MICRO;
}

/* How many hidden dangers come from it, relatively. */
static uint64_t draw_weight(struct demo_rng *r, const struct firm *f, size_t number)
{
	static const int64_t ranges[FIRM_SIZES][2] = {{300, 1500}, {50, 200}, {12, 50}, {1, 11}};
	int64_t w = demo_between(r, ranges[f->size][0], ranges[f->size][1]);
	if (number < 2)
		return 1800;
	return (uint64_t)(demo_industries[f->industry].high_risk ? w * 3 / 2 + 1 : w);
}

static uint32_t home_of(struct city *c, size_t firm)
{
	static const char *const first_towns[] = {"371302105", "371311001"};
	for (size_t i = 0; firm < 2 && i < c->n_homes; i++)
		if (str_is(c->offices[c->homes[i]].unit->code, first_towns[firm]))
			return c->homes[i];
	return c->homes[city_pick(&c->d->rng, c->home_sums, c->n_homes)];
}

static void decide(struct city *c)
{
	uint64_t sum = 0;
	struct demo_rng *r = &c->d->rng;
	for (size_t i = 0; i < c->n_firms; i++) {
		struct firm *f = &c->firms[i];
		f->size = draw_size(r, i);
		f->industry = (uint8_t)(i % demo_n_industries);
		f->home = home_of(c, i);
		const struct layout *l = &layouts[f->size];
		f->places = (uint8_t)(layout_teams(l) * l->places_each);
		if (f->size == FIRM_MICRO && demo_between(r, 1, 100) > 65)
			f->places = 0;
		f->first_unit = (uint32_t)c->n_units;
		f->first_place = (uint32_t)c->n_places;
		f->first_person = (uint32_t)c->n_people;
		c->n_units += (size_t)layout_units(l);
		c->n_places += f->places;
		c->n_people += (size_t)layout_people(l);
		c->firm_sums[i] = sum += draw_weight(r, f, i);
	}
	c->units = ARENA_ARRAY(c->a, struct id, c->n_units);
	c->places = ARENA_ARRAY(c->a, struct id, c->n_places);
	c->people = ARENA_ARRAY(c->a, struct city_person, c->n_people);
	c->n_codes = c->n_places * 2 + 1;
	c->codes = ARENA_ARRAY(c->a, uint32_t, c->n_codes);
}

/* ---- loading ------------------------------------------------------------------------------- */

struct making {
	struct city *c;
	struct db_tx *tx;
	struct arena *a;
	struct env e;
	struct demo_rng rng;
	size_t number;
	struct firm *f;
	const struct layout *l;
	struct unit *employer;
	struct unit *subs[FIRM_UNITS_MAX];
	uint32_t items;              /* units, places, people and accounts so far */
};

/* A day before everything else, a ms for each employer. */
static void next_ids(struct making *m)
{
	city_ids(&m->e, INSTANT(m->c->d->start.ms - 86400000 + (int64_t)m->number), m->items++);
}

static const struct err *put_unit(struct making *m, const struct unit *above, struct unit *u)
{
	next_ids(m);
	return m->c->by_model ? org_unit_add(m->tx, &m->e, above->id, u) : org_unit_load(m->tx, &m->e, above, u);
}

static const struct err *load_employer(struct making *m)
{
	static const int64_t heads[FIRM_SIZES][2] = {{1000, 6000}, {300, 999}, {20, 299}, {3, 19}};
	static const char *const words[FIRM_SIZES] = {"large", "medium", "small", "micro"};
	const struct demo_industry *ind = &demo_industries[m->f->industry];
	struct demo_rng *r = &m->rng;
	struct unit *u = m->employer = city_firm_unit(m->c, m->a, m->number);
	u->code = str_fmt(m->a, "E%05zu", m->number + 1);
	u->union_name = str_fmt(m->a, "%.*s工会委员会", STR_ARG(u->name));
	u->uscc = demo_credit_code(m->a, m->number + 1);
	u->industry = str_of(ind->code);
	u->high_risk = ind->high_risk;
	u->non_public = m->number % 5 != 3;
	u->size = codes_find(&employer_sizes, str_of(words[m->f->size]));
	u->headcount = demo_between(r, heads[m->f->size][0], heads[m->f->size][1]);
	TRY(put_unit(m, m->c->offices[m->f->home].unit, u));
	m->f->id = u->id;
	return NULL;
}

static const struct err *load_sub(struct making *m, int unit)
{
	const struct layout *l = m->l;
	struct unit *u = m->subs[unit] = ARENA_NEW(m->a, struct unit);
	bool shop = is_workshop(l, unit);
	const struct unit *above = l->workshops && !shop ? m->subs[unit - unit % (1 + l->teams_each)] : m->employer;
	*u = (struct unit){.kind = shop ? UNIT_WORKSHOP : UNIT_TEAM, .name = sub_name(m->a, l, &demo_industries[m->f->industry], unit)};
	TRY(put_unit(m, above, u));
	m->c->units[m->f->first_unit + (uint32_t)unit] = u->id;
	return NULL;
}

static uint32_t code_number(struct str code)
{
	uint32_t h = UINT32_C(2166136261);
	for (size_t i = 0; i < code.n; i++)
		h = (h ^ (unsigned char)code.p[i]) * UINT32_C(16777619);
	return h;
}

/* Two codes with one hash count as the same: one is drawn again. */
static bool is_taken(struct city *c, struct str code)
{
	uint32_t h = code_number(code) | 1;
	size_t i = h % c->n_codes;
	while (c->codes[i] && c->codes[i] != h)
		i = (i + 1) % c->n_codes;
	bool taken = c->codes[i] == h;
	c->codes[i] = h;
	return taken;
}

static const struct err *put_place(struct making *m, const struct unit *u, struct place *p)
{
	next_ids(m);
	p->unit_id = u->id;
	if (m->c->by_model)
		return org_place_add(m->tx, &m->e, p);
	do
		p->code = org_place_code(&m->e, m->a);
	while (is_taken(m->c, p->code));
	return org_place_load(m->tx, &m->e, u, p);
}

static const struct err *load_places(struct making *m)
{
	static const char *const kinds[] = {"equipment", "area", "post"};
	for (int i = 0; i < m->f->places; i++) {
		int team = i / m->l->places_each, unit = layout_unit_of_team(m->l, team);
		size_t at = m->f->first_place + (size_t)i;
		struct place p = {
			.kind = codes_find(&place_kinds, str_of(kinds[i % m->l->places_each])),
			.name = city_place_name(m->c, m->a, m->number, team, i % m->l->places_each),
		};
		TRY(put_place(m, unit < 0 ? m->employer : m->subs[unit], &p));
		m->c->places[at] = p.id;
	}
	return NULL;
}

/* "worker1", "worker1b" … of the first two, "e00003.worker" of the others. */
static struct str login_of(struct making *m, int slot)
{
	static const char *const words[] = {[ROLE_WORKER] = "worker", [ROLE_TEAM_LEADER] = "leader", [ROLE_WORKSHOP_LEADER] = "workshop",
					    [ROLE_SAFETY_OFFICER] = "safety", [ROLE_PRIMARY_UNION] = "union", [ROLE_MANAGEMENT] = "manager"};
	uint32_t role = role_of(m->l, slot);
	char suffix[2] = {0};
	for (int i = 0; i < slot; i++)
		if (role_of(m->l, i) == role)
			suffix[0] = (char)(suffix[0] ? suffix[0] + 1 : 'b');
	if (m->number < 2)
		return str_fmt(m->a, "%s%zu%s", words[role], m->number + 1, suffix);
	return str_fmt(m->a, "e%05zu.%s%s", m->number + 1, words[role], suffix);
}

/* Everybody in the big and medium ones; the heads of the small; all of one micro employer in eight. */
static bool has_account(const struct making *m, uint32_t role)
{
	switch (m->f->size) {
	case FIRM_BIG:
	case FIRM_MEDIUM:
		return true;
	case FIRM_SMALL:
		return role != ROLE_WORKER;
	default:
		return m->number % 8 == 0;
	}
}

static const struct err *put_account(struct making *m, const struct demo_person *p)
{
	struct str hash;
	next_ids(m);
	TRY(demo_hash_password(&m->e, p->password, &hash));
	if (m->c->by_model)
		return account_login_add(m->tx, &m->e, p->id, p->login, hash, false);
	return account_login_load(m->tx, &m->e, p->id, p->login, hash);
}

static const struct err *load_account(struct making *m, struct demo_person *p, int slot)
{
	struct demo *d = m->c->d;
	p->login = login_of(m, slot);
	p->password = demo_password(&m->rng, m->a, p->role);
	TRY(put_account(m, p));
	if (m->number < 2) {
		struct demo_person *kept = &d->people[d->n_people++];
		*kept = *p;
		kept->name = str_dup(m->c->a, p->name);
		kept->login = str_dup(m->c->a, p->login);
		kept->password = str_dup(m->c->a, p->password);
		kept->unit_name = str_dup(m->c->a, p->unit_name);
	}
	return city_account(m->c, p);
}

static const struct err *put_person(struct making *m, const struct unit *u, uint32_t role, struct person *p)
{
	next_ids(m);
	if (!m->c->by_model)
		return account_person_load(m->tx, &m->e, u, role, p);
	p->unit_id = u->id;
	TRY(account_person_add(m->tx, &m->e, p));
	return account_duty_add(m->tx, &m->e, p->id, role, u->id);
}

static const struct err *load_person(struct making *m, int slot)
{
	struct demo *d = m->c->d;
	struct city_person *kept = &m->c->people[m->f->first_person + (uint32_t)slot];
	kept->number = (uint32_t)++d->role_count[role_of(m->l, slot)];
	struct demo_person *p = city_person(m->c, m->a, m->number, m->employer, slot);
	int unit = unit_of_slot(m->l, slot);
	struct person row = {.name = p->name, .phone = STR("")};
	row.staff_number = str_fmt(m->a, "D%06zu", m->f->first_person + (size_t)slot + 1);
	TRY(put_person(m, unit < 0 ? m->employer : m->subs[unit], p->role, &row));
	kept->id = p->id = row.id;
	return has_account(m, p->role) ? load_account(m, p, slot) : NULL;
}

static const struct err *load_firm(struct city *c, struct db_tx *tx, void *ctx)
{
	size_t i = *(size_t *)ctx;
	struct firm *f = &c->firms[i];
	struct making m = {.c = c, .tx = tx, .a = db_arena(tx), .number = i, .f = f, .l = &layouts[f->size]};
	m.e = city_env(c, tx, "employer", i, &m.rng);
	TRY(load_employer(&m));
	for (int u = 0; u < layout_units(m.l); u++)
		TRY(load_sub(&m, u));
	TRY(load_places(&m));
	for (int s = 0; s < layout_people(m.l); s++)
		TRY(load_person(&m, s));
	return NULL;
}

const struct err *city_make_firms(struct city *c)
{
	struct progress_line told = {.what = "employers", .all = c->n_firms};
	decide(c);
	for (size_t i = 0; i < c->n_firms; i++) {
		TRY(city_part(c, load_firm, &i));
		progress_show(&told, i + 1);
	}
	return NULL;
}
