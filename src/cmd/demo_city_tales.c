/* A year of hidden dangers: each story is told whole, from its report on, and what would come after the end is left out. */
#include "demo_city.h"

#include "day.h"
#include "hazard_load.h"

#include <string.h>

#define MINUTE INT64_C(60000)

enum { LANES = 1 << 18, ALIGN = 64, STALLED_OF_1000 = 18 };

struct telling {
	struct city *c;
	struct hazard_load *load;
	struct day day;
	size_t number;               /* of the story, from 0 */
	int64_t begins;
	/* of the story under way */
	struct db_tx *tx;
	struct arena *a;
	struct env e;
	struct demo_rng rng;
	struct hazard_tale tale;
	struct hazard_made made;     /* by the model */
	size_t firm;
	int team;
};

/* ---- when --------------------------------------------------------------------------- */

/* Of a month: the safety month of June is the busiest, the weeks about the Spring Festival the calmest. */
static uint64_t day_weight(struct day d)
{
	static const uint64_t months[13] = {0, 80, 50, 95, 100, 105, 150, 115, 105, 110, 90, 100, 90};
	static const uint64_t weekdays[8] = {0, 110, 105, 100, 100, 95, 50, 30};
	return months[d.ymd / 100 % 100] * weekdays[day_weekday(d)];
}

/* Most are found at work by day; some in the evening and few at night. */
static int64_t draw_clock(struct demo_rng *r)
{
	int64_t n = demo_between(r, 1, 100);
	int64_t minute = n <= 72 ? demo_between(r, 450, 1050) : n <= 96 ? demo_between(r, 420, 1320) : demo_between(r, 0, 1439);
	return minute * MINUTE + demo_between(r, 0, MINUTE - 1);
}

static int by_number(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return a < b ? -1 : a > b;
}

/* Number and moment make an id: two steps of one story never share a ms, and stories that share a lane differ in the last bits of it. */
static struct instant align(struct telling *t, int64_t at)
{
	return INSTANT((at & ~(int64_t)(ALIGN - 1)) | (int64_t)(t->number / LANES % ALIGN));
}

/* ---- who -------------------------------------------------------------------------------- */

/* The people of one employer whom the stories of one team need. */
static void set_stage(struct telling *t, const struct unit *employer, struct demo_employer *m)
{
	const struct city *c = t->c;
	const struct firm *f = &c->firms[t->firm];
	const struct layout *l = &layouts[f->size];
	int leader = layout_leader_of_team(l, t->team), unit = layout_unit_of_team(l, t->team), shop = layout_workshop_of_team(l, t->team);
	struct demo_team *team = &m->teams[0];
	m->industry = f->industry;
	m->unit = (struct unit *)employer;
	m->safety = city_person(c, t->a, t->firm, employer, 0);
	m->chair = city_person(c, t->a, t->firm, employer, 1);
	m->manager = city_person(c, t->a, t->firm, employer, 2);
	team->unit = unit < 0 ? m->unit : city_sub_unit(c, t->a, t->firm, employer, unit);
	team->leader = city_person(c, t->a, t->firm, employer, leader);
	for (int w = 0; w < 2 && w < l->workers; w++)
		team->workers[w] = city_person(c, t->a, t->firm, employer, leader + 1 + w);
	m->workshop_leaders[0] = shop < 0 ? m->safety : city_person(c, t->a, t->firm, employer, layout_leader_of_workshop(shop));
}

/* Where no workshop is, the team leader answers for what the employer handles. */
static void fit_small(struct demo_cast *c, const struct layout *l)
{
	if (l->workshops || c->level != HAZARD_AT_ENTERPRISE)
		return;
	c->responsible = c->team->leader;
	c->deputy = c->team->workers[0];
}

static const struct demo_plot *draw_plot(struct telling *t, bool has_town)
{
	for (;;) {
		const struct demo_plot *p = demo_plot_at((int)demo_between(&t->rng, 0, DEMO_SMALL - 1));
		/* A story that ends with being opened again stays open: few of them. */
		bool over = p->flags & DEMO_PLOT_CLOSED || (strstr(p->acts, "reopen") && demo_between(&t->rng, 1, 5) == 1);
		if (over && (has_town || !strstr(p->acts, "fallback")))
			return p;
	}
}

static void cast(struct telling *t, struct demo_employer *m, struct demo_cast *out)
{
	const struct city *c = t->c;
	const struct firm *f = &c->firms[t->firm];
	const struct city_office *home = &c->offices[f->home];
	bool has_town = home->unit->kind == UNIT_TOWNSHIP;
	*out = (struct demo_cast){
		.a = t->a, .rng = &t->rng, .m = m, .team = &m->teams[0], .workshop = m->workshop_leaders[0],
		.town_cadre = home->cadre, .county_cadre = c->offices[home->top].cadre, .plot = draw_plot(t, has_town),
	};
	demo_cast_rest(out, (size_t)demo_between(&t->rng, 0, INT32_MAX));
	fit_small(out, &layouts[f->size]);
}

/* ---- what ----------------------------------------------------------------------------------- */

/* Some stories stand still somewhere on their way; what lies behind the end has not happened. */
static void cut(struct telling *t, struct demo_story *s)
{
	if (s->n_steps > 1 && demo_between(&t->rng, 1, 1000) <= STALLED_OF_1000)
		s->n_steps = (size_t)demo_between(&t->rng, 1, (int64_t)s->n_steps - 1);
	for (size_t i = 0; i < s->n_steps; i++) {
		int64_t seconds = i ? demo_between(&t->rng, 0, MINUTE - ALIGN) : 0;
		s->steps[i].at = align(t, s->steps[i].at.ms + seconds);
		if (s->steps[i].at.ms >= t->c->d->end.ms) {
			s->n_steps = i;
			return;
		}
	}
}

static const struct err *load_report(struct telling *t, const struct demo_employer *m, const struct demo_story *s)
{
	struct city *c = t->c;
	const struct firm *f = &c->firms[t->firm];
	const struct layout *l = &layouts[f->size];
	struct city_office *top = &c->offices[c->offices[f->home].top];
	const struct demo_step *step = &s->steps[0];
	const struct hazard_photo *photo = step->photo ? &c->d->photos[step->photo - 1] : NULL;
	struct place place = {0};
	if (f->places) {
		int n = (int)demo_between(&t->rng, 0, l->places_each - 1);
		place.id = c->places[f->first_place + (uint32_t)(t->team * l->places_each + n)];
		place.name = city_place_name(c, t->a, t->firm, t->team, n);
	}
	if (top->unit->code.n == 0)
		top = &c->offices[0];
	struct hazard_load_report r = {.report = &s->report, .unit = m->teams[0].unit, .place = &place, .division = top->unit->code,
				       .nth = (int64_t)++top->reported, .photos = photo, .n_photos = photo ? 1 : 0};
	env_random(&t->e, r.code, sizeof(r.code));
	if (c->by_model) {
		struct hazard_report named = s->report;
		named.place_id = place.id;
		named.unit_id = place.id.v ? ID(0) : m->teams[0].unit->id;
		return hazard_report(t->tx, &t->e, &named, photo, r.n_photos, r.code, &t->made);
	}
	return hazard_load_report(t->tx, &t->e, t->load, &r, &t->tale);
}

static const struct err *load_step(struct telling *t, const struct demo_employer *m, const struct demo_story *s, size_t i)
{
	const struct demo_step *step = &s->steps[i];
	const struct hazard_photo *photo = step->photo ? &t->c->d->photos[step->photo - 1] : NULL;
	t->e.now = step->at;
	t->e.actor = step->by;
	city_ids(&t->e, step->at, (uint32_t)(t->number % LANES));
	if (i == 0)
		return load_report(t, m, s);
	if (t->c->by_model)
		return hazard_act(t->tx, &t->e, t->made.id, str_of(step->act), &step->in, photo, photo ? 1 : 0);
	return hazard_load_act(t->tx, &t->e, t->load, &t->tale, str_of(step->act), &step->in, photo, photo ? 1 : 0);
}

static const struct err *tell(struct city *c, struct db_tx *tx, void *ctx)
{
	struct telling *t = ctx;
	struct demo_employer m = {0};
	struct demo_cast k;
	t->tx = tx;
	t->a = db_arena(tx);
	t->e = city_env(c, tx, "story", t->number, &t->rng);
	struct demo_story *s = ARENA_NEW(t->a, struct demo_story);
	t->firm = city_pick(&t->rng, c->firm_sums, c->n_firms);
	const struct layout *l = &layouts[c->firms[t->firm].size];
	t->team = (int)demo_between(&t->rng, 0, layout_teams(l) - 1);
	set_stage(t, city_firm_unit(c, t->a, t->firm), &m);
	cast(t, &m, &k);
	demo_tell_from(&k, s, (size_t)demo_between(&t->rng, 0, INT32_MAX), t->begins);
	cut(t, s);
	for (size_t i = 0; i < s->n_steps; i++)
		TRY(load_step(t, &m, s, i));
	if (c->by_model)
		return hazard_get(tx, c->d->city, t->made.id, &t->tale.h);
	return hazard_load_end(tx, &t->e, &t->tale);
}

/* ---- a day, a year ---------------------------------------------------------------------------- */

static const struct err *count_day(struct city *c, struct db_tx *tx, void *ctx)
{
	const struct telling *t = ctx;
	for (size_t i = 0; i < c->n_offices; i++) {
		struct city_office *o = &c->offices[i];
		if (o->reported)
			TRY(hazard_load_count(tx, c->d->city, o->unit->code, t->day, (int64_t)o->reported));
		o->reported = 0;
	}
	return NULL;
}

static const struct err *tell_day(struct telling *t, size_t n, struct progress_line *told)
{
	struct arena *a = arena_new(64 * 1024 * 1024);
	int64_t *clocks = ARENA_ARRAY(a, int64_t, n + 1), start = day_start(t->day).ms;
	const struct err *bad = NULL;
	for (size_t i = 0; i < n; i++)
		clocks[i] = draw_clock(&t->c->d->rng);
	qsort(clocks, n, sizeof(*clocks), by_number);
	for (size_t i = 0; i < n; i++) {
		t->begins = start + clocks[i];
		bad = city_part(t->c, tell, t);
		if (bad)
			break;
		t->c->d->counts[t->tale.h.state]++;
		progress_show(told, ++t->number);
	}
	arena_free(a);
	return bad || t->c->by_model ? bad : city_part(t->c, count_day, t);
}

const struct err *city_make_tales(struct city *c)
{
	struct demo *d = c->d;
	struct progress_line told = {.what = "hidden dangers", .all = d->n_hazards};
	struct telling *t = ARENA_NEW(c->a, struct telling);
	struct day first = instant_day(d->start);
	struct env e = env_system(d->app, c->a, d->city);
	uint64_t all = 0, sum = 0;
	t->c = c;
	TRY(hazard_load_new(&e, first, instant_day(d->end), &t->load));
	for (int i = 0; i < CITY_DAYS; i++)
		all += day_weight(day_add(first, i));
	for (int i = 0; i < CITY_DAYS; i++) {
		t->day = day_add(first, i);
		sum += day_weight(t->day);
		TRY(tell_day(t, (size_t)(d->n_hazards * sum / all) - t->number, &told));
	}
	return NULL;
}
