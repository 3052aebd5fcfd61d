/* Cadres who look after employers, visits and launches: some employers have all of it, some nothing. */
#include "demo_city.h"

#include "assignment_load.h"
#include "coverage_load.h"
#include "day.h"
#include "event.h"
#include "group.h"

#include <string.h>

/* What is to happen to one employer. */
struct contact {
	struct id employer;
	const struct demo_person *cadre, *second; /* NULL: nobody */
	bool high_risk, launches, declared;
	int64_t since, visited, launched;         /* days before the end; visited 0: never */
	struct id campaign;
	struct day end, begins_on;
};

static struct day days_before(const struct contact *k, int64_t n)
{
	struct day d = day_add(k->end, (int32_t)-n);
	return d.ymd < k->begins_on.ymd ? k->begins_on : d;
}

static struct assignment assignment_of(const struct contact *k, const struct demo_person *cadre)
{
	return (struct assignment){.employer_id = k->employer, .person_id = cadre->id, .unit_id = cadre->unit_id,
				   .kind = k->high_risk ? ASSIGNMENT_KEY : ASSIGNMENT_ORDINARY, .every_days = k->high_risk ? 30 : 90,
				   .from_on = days_before(k, k->since)};
}

static struct visit visit_of(const struct contact *k)
{
	return (struct visit){.employer_id = k->employer, .person_id = k->cadre->id, .unit_id = k->cadre->unit_id,
			      .visited_on = days_before(k, k->visited), .note = STR("查看现场，了解班组查隐患情况")};
}

static struct launch launch_of(const struct contact *k, const struct demo_person *by)
{
	bool is_plan = k->launched % 2;
	return (struct launch){.campaign_id = k->campaign, .employer_id = k->employer, .kind = is_plan ? LAUNCH_PLAN : LAUNCH_MOBILISATION,
			       .launched_on = days_before(k, k->launched), .title = is_plan ? STR("“查保促”活动行动方案") : STR("动员会会议记录"),
			       .declared = k->declared, .unit_id = by->unit_id};
}

static const struct err *find_campaign(struct db_tx *tx, struct env *e, void *ctx)
{
	return campaign_on(tx, e->city, instant_day(e->now), ctx);
}

/* ---- groups ----------------------------------------------------------------------------------- */

enum { GROUP_OF = 3 };

/* The first two cadres of the city's own office. */
static const struct err *find_leaders(struct db_tx *tx, struct env *e, struct id out[static 2])
{
	struct unit root;
	struct cadre *v;
	size_t n, found = 0;
	TRY(org_root(tx, e->city, &root));
	TRY(assignment_cadres(tx, e->city, root.path, instant_day(e->now), &v, &n));
	for (size_t i = 0; i < n && found < 2; i++)
		if (v[i].unit_id.v == root.id.v)
			out[found++] = v[i].id;
	return found == 2 ? NULL : ERR(e->a, ERR_BUG, NULL, "the city's office has no two cadres");
}

/* The groups that came with the city get their leaders. */
static const struct err *lead(struct db_tx *tx, struct env *e, struct supervision_group *v, size_t n, const struct id leaders[static 2])
{
	for (size_t i = 0; i < n; i++) {
		struct id member = leaders[1 - i % 2], *units = ARENA_ARRAY(e->a, struct id, v[i].n_units + 1);
		for (size_t k = 0; k < v[i].n_units; k++)
			units[k] = v[i].units[k].id;
		v[i].leader_id = leaders[i % 2];
		v[i].department = STR("生产保护部");
		v[i].from_on = day_add(instant_day(e->now), -20);
		TRY(group_write_one(tx, e, &v[i], &(struct id_list){&member, 1}, &(struct id_list){units, v[i].n_units}));
	}
	return NULL;
}

/* The city's two cadres lead in turn; of what reports to the city the last few have no group yet. */
static const struct err *write_groups(struct db_tx *tx, struct env *e, void *ctx)
{
	static const char *const names[] = {"督导一组", "督导二组", "督导三组", "督导四组", "督导五组", "督导六组"};
	struct id leaders[2] = {0};
	struct supervision_group *shipped;
	struct group_candidate *v;
	struct campaign c;
	size_t n;
	(void)ctx;
	TRY(find_campaign(tx, e, &c));
	TRY(find_leaders(tx, e, leaders));
	TRY(group_round(tx, e->city, c.id, 1, &shipped, &n));
	if (n)
		return lead(tx, e, shipped, n, leaders);
	TRY(group_candidates_of(tx, e->city, c.id, 1, &v, &n));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && (i + 1) * GROUP_OF < n; i++) {
		struct id units[GROUP_OF], member = leaders[1 - i % 2];
		struct supervision_group g = {.campaign_id = c.id, .round = 1, .name = str_of(names[i]), .leader_id = leaders[i % 2],
					      .department = STR("生产保护部"), .from_on = day_add(instant_day(e->now), -20)};
		for (size_t k = 0; k < GROUP_OF; k++)
			units[k] = v[i * GROUP_OF + k].id;
		TRY(group_write_one(tx, e, &g, &(struct id_list){&member, 1}, &(struct id_list){units, GROUP_OF}));
	}
	return NULL;
}

const struct err *demo_groups(struct demo *d)
{
	struct arena *a = arena_new(0);
	struct env e = env_system(d->app, a, d->city);
	/* The same salts, however many the making of all else has drawn. */
	memset(e.seed, 0, sizeof(e.seed));
	memcpy(e.seed, &d->seed, sizeof(d->seed));
	const struct err *bad = env_write(&e, write_groups, d);
	if (bad)
		bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

/* ---- the small one ------------------------------------------------------------------------------ */

/* Of three employers of a township the first has a cadre, the second has launched, the third nothing. */
static struct contact plan_small(const struct demo *d, const struct demo_employer *m, const struct campaign *c)
{
	return (struct contact){.employer = m->unit->id, .cadre = m->number % 3 == 0 ? d->town_cadres[m->town] : NULL,
				.high_risk = m->unit->high_risk, .launches = m->number % 3 == 1, .since = 50 - (int64_t)m->number % 7,
				.visited = m->number % 2 ? 0 : 20 + (int64_t)m->number, .launched = 30 + (int64_t)m->number % 9, .campaign = c->id,
				.end = instant_day(d->end), .begins_on = c->begins_on};
}

struct small {
	struct demo *d;
	const struct demo_employer *m;
	struct contact k;
};

static const struct err *write_small(struct db_tx *tx, struct env *e, void *ctx)
{
	struct small *s = ctx;
	struct contact *k = &s->k;
	if (k->cadre) {
		struct assignment a = assignment_of(k, k->cadre);
		struct id visit;
		e->actor = &k->cadre->actor;
		TRY(assignment_add(tx, e, &a));
		struct visit v = visit_of(k);
		if (k->visited)
			TRY(assignment_visited(tx, e, s->m->unit, v.person_id, v.unit_id, v.visited_on, v.note, &visit));
	}
	if (!k->launches)
		return NULL;
	struct launch l = launch_of(k, s->m->safety);
	e->actor = &s->m->safety->actor;
	return launch_add(tx, e, &l);
}

const struct err *demo_contact(struct demo *d)
{
	struct campaign c = {0};
	struct env e = env_system(d->app, d->a, d->city);
	TRY(env_read(&e, find_campaign, &c));
	for (size_t i = 0; i < d->n_employers; i++) {
		struct small s = {d, &d->employers[i], plan_small(d, &d->employers[i], &c)};
		struct arena *a = arena_new(0);
		struct env own = env_system(d->app, a, d->city);
		const struct err *bad = env_write(&own, write_small, &s);
		if (bad)
			bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
		arena_free(a);
		TRY(bad);
	}
	return NULL;
}

/* ---- a city's ------------------------------------------------------------------------------------ */

struct loading {
	size_t firm;
	struct campaign campaign;
};

static struct contact plan(const struct city *c, const struct loading *l, struct demo_rng *r)
{
	const struct firm *f = &c->firms[l->firm];
	const struct city_office *home = &c->offices[f->home];
	bool high_risk = demo_industries[f->industry].high_risk;
	struct contact k = {.employer = f->id, .high_risk = high_risk, .campaign = l->campaign.id, .end = instant_day(c->d->end),
			    .begins_on = l->campaign.begins_on};
	k.cadre = demo_between(r, 1, 100) <= (high_risk ? 95 : 60) ? home->cadre : NULL;
	k.second = k.cadre && demo_between(r, 1, 20) == 1 && c->offices[home->top].cadre != home->cadre ? c->offices[home->top].cadre : NULL;
	k.since = demo_between(r, 40, 120);
	k.visited = demo_between(r, 1, 10) <= 7 ? demo_between(r, 1, 60) : 0;
	k.launches = home->cadre && demo_between(r, 1, 4) > 1;
	k.declared = true;
	k.launched = demo_between(r, 5, 110);
	return k;
}

/* Moments of their own, two days before everything else, so that no id is drawn twice. */
static void next_ids(const struct city *c, struct env *e, size_t firm, uint32_t item)
{
	city_ids(e, INSTANT(c->d->start.ms - 2 * 86400000LL + (int64_t)firm), item);
}

static void begin(const struct city *c, struct env *e, struct db_tx *tx)
{
	e->chain = c->by_model ? NULL : ARENA_NEW(db_arena(tx), struct event_chain);
}

static const struct err *end(const struct city *c, struct env *e, struct db_tx *tx)
{
	return c->by_model ? NULL : event_chain_end(tx, e);
}

static const struct err *load_assignment(const struct city *c, struct db_tx *tx, struct env *e, const struct contact *k, const struct demo_person *by)
{
	struct assignment a = assignment_of(k, by);
	begin(c, e, tx);
	TRY(assignment_put(tx, e, &a));
	return end(c, e, tx);
}

static const struct err *load_contact(struct city *c, struct db_tx *tx, void *ctx)
{
	const struct loading *l = ctx;
	struct demo_rng r;
	struct env e = city_env(c, tx, "contact", l->firm, &r);
	struct contact k = plan(c, l, &r);
	if (c->offices[c->firms[l->firm].home].cadre)
		e.actor = &c->offices[c->firms[l->firm].home].cadre->actor;
	e.now = c->d->end;
	if (k.cadre) {
		next_ids(c, &e, l->firm, 0);
		TRY(load_assignment(c, tx, &e, &k, k.cadre));
	}
	if (k.second) {
		next_ids(c, &e, l->firm, 1);
		TRY(load_assignment(c, tx, &e, &k, k.second));
	}
	if (k.cadre && k.visited) {
		struct visit v = visit_of(&k);
		next_ids(c, &e, l->firm, 2);
		begin(c, &e, tx);
		TRY(assignment_visit_put(tx, &e, &v));
		TRY(end(c, &e, tx));
	}
	if (!k.launches)
		return NULL;
	struct launch launch = launch_of(&k, c->offices[c->firms[l->firm].home].cadre);
	next_ids(c, &e, l->firm, 3);
	begin(c, &e, tx);
	TRY(launch_put(tx, &e, &launch));
	return end(c, &e, tx);
}

const struct err *city_make_contacts(struct city *c)
{
	struct progress_line told = {.what = "employers and their cadres", .all = c->n_firms};
	struct loading l = {0};
	struct env e = env_system(c->d->app, c->a, c->d->city);
	e.now = c->d->end;
	TRY(env_read(&e, find_campaign, &l.campaign));
	for (l.firm = 0; l.firm < c->n_firms; l.firm++) {
		TRY(city_part(c, load_contact, &l));
		progress_show(&told, l.firm + 1);
	}
	return NULL;
}
