#include "world.h"

uint64_t chance(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return below ? w->random % below : 0;
}

void miss(struct world *w, const char *what, long long unit, long long want, long long got)
{
	if (!w->wrong)
		printf("FAIL seed %lu step %d after %s: %s of unit %lld: %lld instead of %lld\n", w->seed, w->step, w->did, what, unit, got, want);
	w->wrong = true;
}

bool is_below(const struct world *w, int u, int above)
{
	for (; u >= 0; u = w->u[u].parent)
		if (u == above)
			return true;
	return false;
}

int pick(struct world *w, uint32_t kinds)
{
	for (int i = 0; i < 60; i++) {
		int u = (int)chance(w, (uint64_t)w->n);
		if (!w->u[u].closed && (kinds >> w->u[u].kind & 1))
			return u;
	}
	return -1;
}

/* ---- doing ---------------------------------------------------------------------------- */

struct doing {
	struct world *w;
	struct org_change ch;
	struct unit unit;
	struct place place;
	struct person person;
	struct hazard_report report;
	struct hazard_made made;
	unsigned char code[16];
};

static const struct err *do_add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return org_unit_add(tx, e, d->unit.parent_id, &d->unit);
}

static const struct err *do_place(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return org_place_add(tx, e, &d->place);
}

static const struct err *do_person(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	TRY(account_person_add(tx, e, &d->person));
	return account_duty_add(tx, e, d->person.id, ROLE_WORKER, d->person.unit_id);
}

static const struct err *do_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return org_change_make(tx, e, &d->ch, day_add(instant_day(e->now), -5), 0);
}

static const struct err *do_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	struct hazard_input in = {.category = STR("fire_exit"), .level = HAZARD_ORDINARY, .handling_level = HAZARD_AT_TEAM};
	static const struct hazard_photo photo = {.blob = {.sha256 = {1}, .size = 10}, .type = {"image/jpeg", 10}};
	TRY(hazard_report(tx, e, &d->report, &photo, 1, d->code, &d->made));
	return hazard_act(tx, e, d->made.id, STR("register"), &in, &photo, 0);
}

/* Somebody who may do it: the program itself cannot register. */
static const struct err *as(struct world *w, int unit, uint32_t role, env_fn *fn, void *ctx)
{
	struct duty *d = ARENA_NEW(w->g->a, struct duty);
	struct actor *a = ARENA_NEW(w->g->a, struct actor);
	*d = (struct duty){.id = ID(1), .unit_id = w->u[unit].id, .role = role, .unit_path = STR("/")};
	*a = (struct actor){.person_id = ID(7), .city = w->g->city, .name = STR("x"), .duties = d, .n_duties = 1};
	struct env e = env_new(w->g->app, w->g->a, w->g->city, a);
	return env_write(&e, fn, ctx);
}

static const struct err *by_program(struct world *w, env_fn *fn, void *ctx)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	return env_write(&e, fn, ctx);
}

static struct str a_name(struct world *w, const char *what)
{
	return str_fmt(w->g->a, "%s%d-%d", what, w->step, (int)chance(w, 100000));
}

int remember(struct world *w, struct id id, uint32_t kind, int parent)
{
	w->u[w->n] = (struct m_unit){.id = id, .kind = kind, .parent = parent, .into = -1};
	return w->n++;
}

int add_unit(struct world *w, uint32_t kind, int parent)
{
	struct doing d = {.unit = {.kind = kind, .parent_id = w->u[parent].id, .name = a_name(w, "单位")}};
	if (w->n >= UNITS_MAX - 2)
		return -1;
	fine(by_program(w, do_add, &d));
	return remember(w, d.unit.id, kind, parent);
}

void add_people(struct world *w, int u)
{
	struct doing d = {.person = {.name = a_name(w, "人"), .unit_id = w->u[u].id}};
	fine(by_program(w, do_person, &d));
	w->u[u].people++;
}

void add_place(struct world *w, int u)
{
	struct doing d = {.place = {.name = a_name(w, "处"), .kind = 1, .unit_id = w->u[u].id}};
	fine(by_program(w, do_place, &d));
	w->u[u].places++;
}

void report(struct world *w, int u)
{
	struct doing d = {.report = {.description = STR("地面湿滑"), .unit_id = w->u[u].id, .place = STR("西门"), .anonymity = HAZARD_NAMED}};
	struct m_hazard *h = &w->h[w->n_h];
	if (w->n_h == HAZARDS_MAX)
		return;
	app_random(w->g->app, d.code, sizeof(d.code));
	fine(as(w, u, ROLE_PRIMARY_UNION, do_report, &d));
	*h = (struct m_hazard){.id = d.made.id, .unit = u, .day = w->day};
	int k = 0;
	for (int at = u; at >= 0; at = w->u[at].parent)
		h->at[k++] = at;
	h->at[k] = -1;
	w->n_h++;
}

/* ---- changing --------------------------------------------------------------------------- */

static const struct err *change(struct world *w, struct org_change ch)
{
	struct doing d = {.ch = ch};
	d.ch.reason = STR("区划调整");
	return by_program(w, do_change, &d);
}

static void did(struct world *w, const char *what, int a, int b)
{
	snprintf(w->did, sizeof(w->did), "%s %d→%d", what, a, b);
}

static bool is_movable(const struct world *w, int u, int to)
{
	return org_may_hold(w->u[to].kind, w->u[u].kind) && !is_below(w, to, u) && w->u[u].parent != to && !w->u[u].closed && !w->u[to].closed;
}

struct day day_of(int day)
{
	return day_add(DAY(20160220), day);
}

static void plan_move(struct world *w, int u, int to)
{
	struct doing d = {.ch = {.act = ORG_MOVE, .unit_id = w->u[u].id, .to_id = w->u[to].id, .reason = STR("区划调整"),
				 .effective_on = day_of(w->day + PLANNED_DAYS)}};
	if (!is_movable(w, u, to))
		return;
	fine(by_program(w, do_change, &d));
	assert_int_equal(d.ch.state, ORG_PLANNED);
	w->plans[w->n_plans++] = (struct m_plan){d.ch.id, u, to, w->day + PLANNED_DAYS};
}

static int64_t state_is(struct world *w, struct id change, const char *state)
{
	return ground_sql(w->g, "SELECT COUNT(1) FROM org_change WHERE city_id = $1 AND id = $2 AND state = $3",
			  ARGS(ARG(w->g->city), ARG(change), arg_str(str_of(state))));
}

static int last_move(const struct world *w, int u)
{
	int day = 0;
	for (; u >= 0; u = w->u[u].parent)
		day = w->u[u].moved_on > day ? w->u[u].moved_on : day;
	return day;
}

/* Some days back, when neither the unit nor what is above it, nor its new place, has moved since. */
static int a_day_back(struct world *w, int u, int to)
{
	int day = w->day - (int)chance(w, 4), first = last_move(w, u), second = last_move(w, to);
	first = first > second ? first : second;
	return day < first || day < 0 ? w->day : day;
}

/* What was counted for it since that day counts for where it stands now: `as` takes its place. */
static void count_anew(struct world *w, int u, int as, int since)
{
	for (int i = 0; i < w->n_h; i++) {
		struct m_hazard *h = &w->h[i];
		int k = 0;
		while (h->at[k] >= 0 && h->at[k] != u)
			k++;
		if (h->at[k] < 0 || h->day < since || since >= w->day)
			continue;
		for (int at = as; at >= 0; at = w->u[at].parent)
			h->at[k++] = at;
		h->at[k] = -1;
	}
}

/* The day has come: what is still possible takes effect, in the order in which it was planned. */
void plans_due(struct world *w)
{
	struct env e = env_system(w->g->app, w->g->a, w->g->city);
	fine(org_changes_job(&e, STR_NONE));
	for (; w->at_plan < w->n_plans && w->plans[w->at_plan].day <= w->day; w->at_plan++) {
		const struct m_plan *p = &w->plans[w->at_plan];
		/* After a standstill only where nobody has moved since: what was reported meanwhile goes along. */
		bool possible = is_movable(w, p->unit, p->to) && (p->day == w->day || (last_move(w, p->unit) <= p->day && last_move(w, p->to) <= p->day));
		did(w, "planned move", p->unit, p->to);
		if (!state_is(w, p->id, possible ? "running" : "refused"))
			miss(w, "a planned move", (long long)w->u[p->unit].id.v, possible, !possible);
		if (possible) {
			w->u[p->unit].parent = p->to;
			w->u[p->unit].moved_on = p->day;
			count_anew(w, p->unit, p->unit, p->day);
		}
	}
}

void do_move(struct world *w)
{
	int u = pick(w, K(UNIT_TOWNSHIP) | K(UNIT_JOINT_UNION) | K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP) | K(UNIT_TEAM)), to = pick(w, UINT32_MAX);
	if (u < 0 || to < 0)
		return;
	if (chance(w, 3) == 0) {
		plan_move(w, u, to);
		return;
	}
	int since = a_day_back(w, u, to);
	did(w, since < w->day ? "move dated back" : "move", u, to);
	const struct err *bad = change(w, (struct org_change){.act = ORG_MOVE, .unit_id = w->u[u].id, .to_id = w->u[to].id,
							      .effective_on = day_of(since)});
	bool possible = is_movable(w, u, to);
	if (possible)
		fine(bad);
	else
		assert_int_equal(bad ? bad->kind : 0, ERR_INPUT);
	if (bad)
		return;
	w->u[u].parent = to;
	w->u[u].moved_on = since;
	count_anew(w, u, u, since);
}

static bool may_take(const struct world *w, int u, int to)
{
	for (int i = 0; i < w->n; i++)
		if (w->u[i].parent == u && !org_may_hold(w->u[to].kind, w->u[i].kind))
			return false;
	return u != to && w->u[u].kind == w->u[to].kind;
}

void do_merge(struct world *w)
{
	int u = pick(w, K(UNIT_COUNTY) | K(UNIT_TOWNSHIP) | K(UNIT_JOINT_UNION) | K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP) | K(UNIT_TEAM));
	int to = u < 0 ? -1 : pick(w, K(w->u[u].kind));
	int left = 0;
	for (int i = 0; u >= 0 && i < w->n; i++)
		left += w->u[i].kind == w->u[u].kind && !w->u[i].closed;
	if (to < 0 || left < 3 || !may_take(w, u, to))
		return;
	int since = a_day_back(w, u, to);
	did(w, since < w->day ? "merge dated back" : "merge", u, to);
	fine(change(w, (struct org_change){.act = ORG_MERGE, .unit_id = w->u[u].id, .to_id = w->u[to].id, .effective_on = day_of(since)}));
	count_anew(w, u, to, since);
	for (int i = 0; i < w->n; i++)
		if (w->u[i].parent == u)
			w->u[i].parent = to;
	for (int i = 0; i < w->n_h; i++)
		if (w->h[i].unit == u)
			w->h[i].unit = to;
	w->u[to].people += w->u[u].people;
	w->u[to].places += w->u[u].places;
	w->u[u].people = w->u[u].places = 0;
	w->u[u].closed = w->u[u].merged = true;
	w->u[u].into = to;
	w->u[u].moved_on = since;
}

void do_split(struct world *w)
{
	int u = pick(w, K(UNIT_COUNTY) | K(UNIT_TOWNSHIP) | K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP));
	if (u >= 0)
		split(w, u);
}

void split(struct world *w, int u)
{
	int parts[UNITS_MAX], n = 0;
	struct id ids[UNITS_MAX];
	for (int i = 0; i < w->n; i++)
		if (w->u[i].parent == u && chance(w, 2)) {
			parts[n] = i;
			ids[n++] = w->u[i].id;
		}
	if (n == 0 || w->n >= UNITS_MAX - 2)
		return;
	did(w, "split", u, n);
	struct doing d = {.ch = {.act = ORG_SPLIT, .unit_id = w->u[u].id, .name = a_name(w, "新设"), .parts = ids, .n_parts = (size_t)n,
				 .reason = STR("区划调整")}};
	fine(by_program(w, do_change, &d));
	int to = remember(w, d.ch.new_id, w->u[u].kind, w->u[u].parent);
	for (int i = 0; i < n; i++) {
		w->u[parts[i]].parent = to;
		w->u[parts[i]].moved_on = w->day;
	}
	w->u[u].moved_on = w->day;
}

void do_close(struct world *w)
{
	int u = pick(w, K(UNIT_JOINT_UNION) | K(UNIT_WORKSHOP) | K(UNIT_TEAM) | K(UNIT_EMPLOYER) | K(UNIT_TOWNSHIP));
	bool inside = u >= 0 && (w->u[u].kind == UNIT_EMPLOYER || w->u[u].kind == UNIT_WORKSHOP || w->u[u].kind == UNIT_TEAM);
	bool units = false, hazards = false;
	if (u < 0 || (inside && chance(w, 4)))
		return;
	for (int i = 0; i < w->n; i++)
		units |= w->u[i].parent == u && !w->u[i].closed;
	for (int i = 0; i < w->n_h; i++)
		hazards |= is_below(w, w->h[i].unit, u);
	/* What is closed inside takes no more of anything: the model keeps out of it. */
	if (inside && units)
		return;
	did(w, "close", u, 0);
	const struct err *bad = change(w, (struct org_change){.act = ORG_CLOSE, .unit_id = w->u[u].id});
	if (units || hazards)
		assert_int_equal(bad ? bad->kind : 0, ERR_INPUT);
	else
		fine(bad);
	w->u[u].closed = !bad;
}
