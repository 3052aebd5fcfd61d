#include "world.h"

#include "people_world.h"

uint64_t chance(struct world *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return below ? w->random % below : 0;
}

void miss(struct world *w, int hazard, const char *what, int64_t want, int64_t got)
{
	const struct m_hazard *h = &w->h[hazard];
	if (!w->wrong && !w->plan->plants)
		printf("FAIL at %lld, hidden danger %d (%lld), state %d, level %d, post %d after %d steps: %s: %lld instead of %lld\n",
		       (long long)w->now, hazard, (long long)h->id, (int)h->state, (int)h->level, h->post, h->steps, what, (long long)got,
		       (long long)want);
	w->wrong = true;
}

/* ---- what people are going to do ------------------------------------------------------ */

enum what { REPORT, NEXT, PROTECT, RESUME, CLOSE_OUT };

static void later(struct world *w, int64_t at, int hazard, enum what what)
{
	int i = w->n_todo++;
	w->todo[i] = (struct todo){at, hazard, (int)what};
	for (; i && w->todo[(i - 1) / 2].at > w->todo[i].at; i = (i - 1) / 2) {
		struct todo t = w->todo[i];
		w->todo[i] = w->todo[(i - 1) / 2];
		w->todo[(i - 1) / 2] = t;
	}
}

static struct todo earliest(struct world *w)
{
	struct todo first = w->todo[0];
	w->todo[0] = w->todo[--w->n_todo];
	for (int i = 0, c; (c = 2 * i + 1) < w->n_todo; i = c) {
		if (c + 1 < w->n_todo && w->todo[c + 1].at < w->todo[c].at)
			c++;
		if (w->todo[i].at <= w->todo[c].at)
			break;
		struct todo t = w->todo[i];
		w->todo[i] = w->todo[c];
		w->todo[c] = t;
	}
	return first;
}

/* Most are quick, some late, a few forget it. */
static int64_t delay(struct world *w, int64_t usual)
{
	int64_t percent = chance(w, 100) < 55 ? 5 + (int64_t)chance(w, 70) : chance(w, 3) ? 100 + (int64_t)chance(w, 300) : 300 + (int64_t)chance(w, 2000);
	return usual / 100 * percent + (int64_t)chance(w, M_MINUTE) + 1;
}

static void next_act(struct world *w, int i)
{
	static const int64_t usual[] = {[M_REPORTED] = M_DAY, [M_REGISTERED] = M_DAY, [M_ASSIGNED] = M_DAY, [M_RECTIFYING] = 4 * M_DAY,
					[M_SUBMITTED] = 2 * M_DAY, [M_ACCEPTED] = M_DAY};
	later(w, w->now + delay(w, usual[w->h[i].state]), i, NEXT);
}

/* ---- doing ------------------------------------------------------------------------------- */

struct doing {
	struct id id;
	const char *act;
	struct hazard_report report;
	struct hazard_input in;
	struct hazard_made made;
	unsigned char code[16];
};

static const struct hazard_photo photo = {.blob = {.sha256 = {1}, .size = 10}, .type = {"image/jpeg", 10}};

static const struct err *do_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_report(tx, e, &d->report, &photo, 1, d->code, &d->made);
}

static const struct err *do_act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_act(tx, e, d->id, str_of(d->act), &d->in, &photo, strcmp(d->act, "submit") == 0);
}

static bool act(struct world *w, int i, const struct actor *as, const char *what, struct hazard_input in)
{
	struct doing d = {.id = ID(w->h[i].id), .act = what, .in = in};
	struct env e = env_new(w->g->app, w->g->a, w->g->city, as);
	const struct err *bad = env_write(&e, do_act, &d);
	/* Refused is what the lifecycle does not allow now: then nothing has happened. */
	if (bad && bad->kind != ERR_CONFLICT && bad->kind != ERR_DENIED)
		fine(bad);
	w->acts += !bad;
	return !bad;
}

static struct actor *at_post(struct world *w, const struct m_hazard *h, int post)
{
	return &w->firms[h->employer].actors[post];
}

static struct actor as_person(struct world *w, int who)
{
	return (struct actor){.person_id = w->people[who].id, .city = w->g->city, .name = STR("某某")};
}

static void to(struct world *w, struct m_hazard *h, enum m_state state)
{
	h->state = state;
	h->state_at = w->now;
	h->paused = 0;
	m_begin(h, w->now);
}

static void report(struct world *w)
{
	int f = (int)chance(w, (uint64_t)w->n_firms), i = w->n_h;
	struct firm *firm = &w->firms[f];
	struct m_hazard *h = &w->h[i];
	struct doing d = {.report = {.description = STR("防护罩缺失"), .place = STR("三号炉"), .anonymity = HAZARD_NAMED}};
	*h = (struct m_hazard){.employer = f, .in_team = firm->has_team && chance(w, 5), .danger = chance(w, 12) == 0};
	d.report.unit_id = h->in_team ? firm->team.id : firm->unit.id;
	d.report.danger = h->danger;
	app_random(w->g->app, d.code, sizeof(d.code));
	struct actor by = {.person_id = w->people[firm->workers[0]].id, .city = w->g->city, .name = STR("工友")};
	struct env e = env_new(w->g->app, w->g->a, w->g->city, &by);
	fine(env_write(&e, do_report, &d));
	h->id = d.made.id.v;
	w->n_h++;
	m_report(h, w->now);
	if (h->danger && chance(w, 4))
		later(w, w->now + M_MINUTE + (int64_t)chance(w, 100 * M_MINUTE), i, PROTECT);
	next_act(w, i);
}

static void register_it(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	const struct firm *f = &w->firms[h->employer];
	bool major = chance(w, 20) == 0;
	enum m_level level = major || !h->in_team ? M_ENTERPRISE_LEVEL : f->has_shop ? (enum m_level)(1 + chance(w, 3)) : chance(w, 2) ? M_TEAM_LEVEL : M_ENTERPRISE_LEVEL;
	struct hazard_input in = {.category = STR("machine_guard"), .level = major ? HAZARD_MAJOR : HAZARD_ORDINARY, .handling_level = (uint32_t)level + 1,
				  .clause = major ? STR("第3.2条") : STR("")};
	if (!act(w, i, at_post(w, h, M_UNION), "register", (struct hazard_input){.category = in.category, .level = major ? 0 : in.level, .handling_level = in.handling_level}))
		return;
	h->level = level;
	to(w, h, M_REGISTERED);
	if (major && act(w, i, at_post(w, h, M_OFFICER), "grade", (struct hazard_input){.level = HAZARD_MAJOR, .clause = in.clause})) {
		h->major = true;
		m_begin(h, w->now);
	}
}

static void protect(struct world *w, int i)
{
	if (!w->h[i].is_protected && act(w, i, at_post(w, &w->h[i], M_UNION), "protect", (struct hazard_input){.text = STR("已停机并设警戒")}))
		w->h[i].is_protected = true;
}

static int present_worker(struct world *w, const struct firm *f, int except)
{
	for (int k = (int)chance(w, 4), n = 0; n < 4; n++, k = (k + 1) % 4)
		if (!w->people[f->workers[k]].gone && f->workers[k] != except)
			return f->workers[k];
	return -1;
}

/* How many days a deadline may be away. */
static int most_days(const struct m_hazard *h)
{
	return h->major ? 60 : h->level == M_ENTERPRISE_LEVEL ? 30 : h->level == M_SHOP_LEVEL ? 7 : 3;
}

static void assign(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	const struct firm *f = &w->firms[h->employer];
	int a = present_worker(w, f, -1), b = present_worker(w, f, a);
	int64_t day = m_day(w->now) + (int64_t)chance(w, (uint64_t)most_days(h) + 1);
	if (a < 0 || b < 0)
		return;
	if (h->danger || h->major)
		protect(w, i);
	struct hazard_input in = {.responsible_id = w->people[a].id, .deputy_id = w->people[b].id, .measures = STR("更换三号炉防护罩，加装联锁并挂牌上锁"),
				  .funds_fen = {true, 0}, .deadline = instant_day(INSTANT(m_day_over(day) - 1)), .emergency_plan = STR("按停机预案处置")};
	if (!act(w, i, at_post(w, h, M_CHARGE), "assign", in))
		return;
	h->responsible = a;
	h->deputy = b;
	h->deadline = day;
	to(w, h, M_ASSIGNED);
}

static void suspend(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	if (h->danger)
		protect(w, i);
	if (!act(w, i, at_post(w, h, M_OFFICER), "suspend", (struct hazard_input){.reason = STR("停产检修"), .proof = STR("停产通知")}))
		return;
	h->suspended = true;
	h->suspended_at = w->now;
	m_begin(h, w->now);
	later(w, w->now + M_DAY + (int64_t)chance(w, 15 * M_DAY), i, RESUME);
}

static void resume(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	if (!h->suspended || !act(w, i, at_post(w, h, M_OFFICER), "resume", (struct hazard_input){.reason = STR("复产"), .proof = STR("复产批复")}))
		return;
	int64_t from = h->suspended_at > h->state_at ? h->suspended_at : h->state_at;
	h->paused += w->now - from;
	h->deadline += h->deadline < 0 ? 0 : m_day(w->now) - m_day(from);
	h->suspended = false;
	m_begin(h, w->now);
	next_act(w, i);
}

static void take(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	int who = w->people[h->responsible].gone ? h->deputy : h->responsible;
	if (chance(w, 12) == 0 || w->people[who].gone) {
		assign(w, i);
		return;
	}
	struct actor by = as_person(w, who);
	if (chance(w, 12) == 0) {
		if (act(w, i, &by, "give_back", (struct hazard_input){.reason = STR("不归我管")}))
			to(w, h, M_REGISTERED), h->responsible = h->deputy = -1;
	} else if (act(w, i, &by, "take", (struct hazard_input){0})) {
		to(w, h, M_RECTIFYING);
	}
}

static void extend(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	struct actor by = {.person_id = w->people[w->town_cadre[0]].id, .city = w->g->city, .name = STR("干部"), .duties = &w->town_duty, .n_duties = 1};
	int64_t day = h->deadline + 1;
	struct hazard_input in = {.deadline = instant_day(INSTANT(m_day_over(day) - 1)), .protection = STR("已设围挡并派人值守"), .reason = STR("配件未到")};
	if (day <= m_day(w->now) + most_days(h) && act(w, i, &by, "extend", in)) {
		h->deadline = day;
		h->is_protected = true;
		m_begin(h, w->now);
	}
}

static void raise_it(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	if (act(w, i, at_post(w, h, M_OFFICER), "raise", (struct hazard_input){.reason = STR("班组解决不了")})) {
		h->level++;
		m_begin(h, w->now);
	}
}

static void work_on(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	int who = w->people[h->responsible].gone ? h->deputy : h->responsible;
	uint64_t dice = chance(w, 100);
	struct actor by = as_person(w, who);
	if (w->people[who].gone || dice < 8)
		assign(w, i);
	else if (dice < 20)
		extend(w, i);
	else if (dice < 27)
		suspend(w, i);
	else if (dice < 32)
		raise_it(w, i);
	else if (dice < 40)
		act(w, i, &by, "progress", (struct hazard_input){.percent = {true, 50}, .text = STR("已下单")});
	else if (act(w, i, &by, "submit", (struct hazard_input){.text = STR("已更换并试车")}))
		to(w, h, M_SUBMITTED);
}

static void judge(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	struct actor *by = at_post(w, h, h->major ? M_CHARGE : M_UNION);
	if (chance(w, 6) == 0) {
		if (act(w, i, by, "return", (struct hazard_input){.reason = STR("螺栓未紧固")}))
			to(w, h, M_RECTIFYING);
	} else if (act(w, i, by, "accept", (struct hazard_input){0})) {
		to(w, h, M_ACCEPTED);
	}
}

static void close_out(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	if (!act(w, i, at_post(w, h, M_UNION), "close_out", (struct hazard_input){0}))
		return;
	h->state = M_CLOSED;
	w->closed++;
}

static void do_next(struct world *w, int i)
{
	struct m_hazard *h = &w->h[i];
	if (h->suspended)
		return;
	switch (h->state) {
	case M_REPORTED:
		register_it(w, i);
		break;
	case M_REGISTERED:
		if (chance(w, 10) == 0)
			suspend(w, i);
		else
			assign(w, i);
		break;
	case M_ASSIGNED:
		take(w, i);
		break;
	case M_RECTIFYING:
		work_on(w, i);
		break;
	case M_SUBMITTED:
		judge(w, i);
		break;
	default:
		close_out(w, i);
	}
	if (h->state != M_CLOSED && !h->suspended)
		next_act(w, i);
}

static void do_one(struct world *w, const struct todo *t)
{
	switch ((enum what)t->what) {
	case REPORT:
		report(w);
		break;
	case PROTECT:
		protect(w, t->hazard);
		break;
	case RESUME:
		resume(w, t->hazard);
		break;
	default:
		do_next(w, t->hazard);
	}
}

void do_what_is_due(struct world *w)
{
	int64_t until = w->now, last = until - 15 * M_MINUTE;
	while (w->n_todo && w->todo[0].at < until) {
		struct todo t = earliest(w);
		struct arena_mark mark = arena_mark(w->g->a);
		/* After a standstill: one after the other, in the order in which they would have come. */
		w->now = t.at > last ? t.at : last + 1;
		last = w->now;
		app_set_now(w->g->app, INSTANT(w->now));
		do_one(w, &t);
		arena_rewind(w->g->a, mark);
	}
	w->now = until;
}

/* ---- life -------------------------------------------------------------------------------- */

struct world *world_new(struct ground *g, const struct plan *p)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->g = g;
	w->plan = p;
	w->random = p->seed * 0x9e3779b97f4a7c15u + 1;
	w->began = w->now = ground_plan.now.ms;
	w->firms = calloc((size_t)p->employers, sizeof(*w->firms));
	w->people = calloc((size_t)p->employers * 30 + 100 + (size_t)p->days * 4, sizeof(*w->people));
	w->h = calloc((size_t)p->hazards + 1, sizeof(*w->h));
	w->todo = calloc((size_t)p->hazards * 4 + 16, sizeof(*w->todo));
	assert_true(w->firms && w->people && w->h && w->todo);
	found_people(w);
	for (int i = 0; i < p->hazards; i++)
		later(w, w->began + (int64_t)chance(w, (uint64_t)p->days * (uint64_t)M_DAY), -1, REPORT);
	return w;
}

void world_free(struct world *w)
{
	free(w->todo);
	free(w->h);
	free(w->people);
	free(w->firms);
	free(w);
}
