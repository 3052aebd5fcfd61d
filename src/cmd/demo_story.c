/* What happened to each hidden danger: a plot, the people who play it, and the times. No database here. */
#include "demo.h"

#include "day.h"

#define MINUTE INT64_C(60000)
#define DAY_MS (1440 * MINUTE)

static const struct demo_plot plots[] = {
	{26, DEMO_PLOT_CLOSED, "register assign take submit accept close_out"},
	{1, DEMO_PLOT_CLOSED, "register cease"},
	{12, DEMO_PLOT_CLOSED | DEMO_PLOT_SLOW | DEMO_PLOT_ENTERPRISE, "register assign take progress progress submit accept close_out"},
	{14, DEMO_PLOT_CLOSED, "fix_on_spot confirm close_out"},
	{4, DEMO_PLOT_CLOSED | DEMO_PLOT_SLOW, "register assign take submit return submit accept close_out"},
	{3, DEMO_PLOT_CLOSED, "register assign take submit fallback close_out"},
	{3, DEMO_PLOT_CLOSED, "register raise assign take submit accept close_out"},
	{3, DEMO_PLOT_CLOSED, "register assign give_back assign take submit accept close_out"},
	{5, DEMO_PLOT_CLOSED | DEMO_PLOT_DANGER | DEMO_PLOT_ENTERPRISE | DEMO_PLOT_PLAIN, "withdraw register assign take progress submit accept close_out"},
	{3, DEMO_PLOT_CLOSED | DEMO_PLOT_SLOW | DEMO_PLOT_ENTERPRISE | DEMO_PLOT_PHOTO | DEMO_PLOT_PLAIN,
	 "register grade protect assign take progress progress submit accept close_out"},
	{7, DEMO_PLOT_CLOSED, "refuse"},
	{7, 0, "register assign take submit accept"},
	{1, 0, "register assign take submit accept object"},
	{3, 0, "fix_on_spot confirm"},
	{8, 0, "register assign take submit"},
	{4, 0, "fix_on_spot"},
	{9, DEMO_PLOT_ENTERPRISE | DEMO_PLOT_SLOW, "register assign take progress"},
	{1, DEMO_PLOT_ENTERPRISE | DEMO_PLOT_SLOW, "register assign take extend"},
	{5, DEMO_PLOT_LATE, "register assign take progress"},
	{3, DEMO_PLOT_DANGER | DEMO_PLOT_ENTERPRISE | DEMO_PLOT_PLAIN, "protect register assign take"},
	{3, DEMO_PLOT_ENTERPRISE | DEMO_PLOT_SLOW | DEMO_PLOT_PLAIN, "register grade protect assign take progress"},
	{6, 0, "register assign"},
	{3, DEMO_PLOT_LATE, "register assign"},
	{4, 0, "register"},
	{1, DEMO_PLOT_ENTERPRISE | DEMO_PLOT_PLAIN, "register transfer"},
	{1, DEMO_PLOT_ENTERPRISE | DEMO_PLOT_PLAIN, "register assign suspend"},
	{3, DEMO_PLOT_LATE, "register"},
	{1, DEMO_PLOT_PLAIN | DEMO_PLOT_ENTERPRISE, "register grade protect"},
	{1, DEMO_PLOT_PLAIN | DEMO_PLOT_ENTERPRISE, "register grade protect propose"},
	{1, DEMO_PLOT_PLAIN | DEMO_PLOT_ENTERPRISE, "register grade protect propose list"},
	{3, DEMO_PLOT_SLOW, "register assign take submit accept close_out reopen"},
	{6, 0, ""},
	{2, DEMO_PLOT_DANGER | DEMO_PLOT_PLAIN, ""},
	{3, DEMO_PLOT_LATE, ""},
};
enum { PLOTS = sizeof(plots) / sizeof(plots[0]) };

static struct str pick_word(struct demo_rng *r, const char *const *words, size_t n)
{
	return str_of(words[demo_between(r, 0, (int64_t)n - 1)]);
}

static int photo_of(struct demo_rng *r, int one_in)
{
	return demo_between(r, 1, one_in) == 1 ? (int)demo_between(r, 1, DEMO_PHOTOS) : 0;
}

/* ---- casting -------------------------------------------------------------------- */

static const struct demo_text *pick_text(struct demo_rng *r, uint32_t kind, size_t industry)
{
	bool typical = demo_between(r, 1, 10) <= 6;
	for (int tries = 0; tries < 1000; tries++) {
		const struct demo_text *t = &demo_texts[demo_between(r, 0, (int64_t)demo_n_texts - 1)];
		bool fits = t->industries >> industry & 1 || (!t->industries && (!typical || tries > 300));
		if (t->kind == kind && fits)
			return t;
	}
	return &demo_texts[0];
}

/* The two employers with the short logins come up more often, so that their people have something to do. */
static struct demo_employer *pick_employer(struct demo *d, size_t i)
{
	size_t second = d->per_town * DEMO_TOWNS_PER_COUNTY;
	if (i < d->n_employers * 16 && i % 8 == 0)
		return &d->employers[0];
	if (i < d->n_employers * 16 && i % 16 == 4)
		return &d->employers[second];
	return &d->employers[i % d->n_employers];
}

static uint32_t kind_of(size_t i, const struct demo_plot *p)
{
	if (p->flags & DEMO_PLOT_PLAIN)
		return HAZARD_HAZARD;
	return i % 9 == 4 ? HAZARD_OCCUPATIONAL : i % 11 == 6 ? HAZARD_VIOLATION : HAZARD_HAZARD;
}

static struct demo_person *pick_reporter(struct demo_cast *c)
{
	struct demo_team *t = c->team;
	int64_t n = demo_between(c->rng, 1, 20);
	if (n <= 12)
		return t->workers[1] && n % 3 == 0 ? t->workers[1] : t->workers[0];
	if (n <= 15)
		return t->leader;
	if (n <= 17)
		return c->m->safety;
	return n == 18 ? c->m->chair : n == 19 ? c->town_cadre : c->workshop;
}

/* Orders go down one level: who is told, who stands in, who tells, who looks afterwards. */
static void cast_level(struct demo_cast *c)
{
	switch (c->level) {
	case HAZARD_AT_ENTERPRISE:
		c->handler = c->m->safety;
		c->responsible = c->workshop;
		c->deputy = c->team->leader;
		c->acceptor = c->m->manager;
		break;
	case HAZARD_AT_WORKSHOP:
		c->handler = c->workshop;
		c->responsible = c->team->leader;
		c->deputy = c->team->workers[0];
		c->acceptor = c->m->safety;
		break;
	default:
		c->handler = c->team->leader;
		c->responsible = c->team->workers[0];
		c->deputy = c->team->leader;
		c->acceptor = c->workshop;
	}
}

static struct demo_cast cast_for(struct demo *d, size_t i, const struct demo_plot *p)
{
	struct demo_cast c = {.a = d->a, .rng = &d->rng, .plot = p, .m = pick_employer(d, i)};
	size_t team = c.m->number == 0 && i % 3 ? 0 : (size_t)demo_between(&d->rng, 0, DEMO_TEAMS - 1);
	c.team = &c.m->teams[team];
	c.workshop = c.m->workshop_leaders[team / DEMO_TEAMS_PER_WORKSHOP];
	c.town_cadre = d->town_cadres[c.m->town];
	c.county_cadre = d->county_cadres[c.m->town / DEMO_TOWNS_PER_COUNTY];
	demo_cast_rest(&c, i);
	return c;
}

void demo_cast_rest(struct demo_cast *c, size_t i)
{
	c->text = pick_text(c->rng, kind_of(i, c->plot), c->m->industry);
	c->level = c->plot->flags & DEMO_PLOT_ENTERPRISE ? HAZARD_AT_ENTERPRISE : i % 3 == 0 ? HAZARD_AT_WORKSHOP : HAZARD_AT_TEAM;
	if (c->text->kind == HAZARD_VIOLATION && c->level == HAZARD_AT_TEAM)
		c->level = HAZARD_AT_WORKSHOP;
	c->reporter = pick_reporter(c);
	cast_level(c);
}

/* ---- one act ------------------------------------------------------------------------ */

struct scene {
	const char *word; /* in the plot */
	const char *act;  /* NULL: the same */
	const struct demo_person *(*by)(const struct demo_cast *c);
	void (*fill)(struct demo_cast *c, struct demo_step *s);
	int min, max;     /* minutes after the act before */
	bool waits;       /* days in a slow plot */
};

/* Nobody registers or refuses what is said about his own post. */
static const struct demo_person *by_registrar(const struct demo_cast *c)
{
	if (c->text->kind == HAZARD_VIOLATION)
		return c->m->chair;
	return c->plot->flags & DEMO_PLOT_DANGER ? c->m->safety : c->handler;
}

static const struct demo_person *by_handler(const struct demo_cast *c) { return c->handler; }
static const struct demo_person *by_responsible(const struct demo_cast *c) { return c->responsible; }
static const struct demo_person *by_acceptor(const struct demo_cast *c) { return c->acceptor; }
static const struct demo_person *by_town(const struct demo_cast *c) { return c->town_cadre; }
static const struct demo_person *by_chair(const struct demo_cast *c) { return c->m->chair; }
static const struct demo_person *by_county(const struct demo_cast *c) { return c->county_cadre; }
static const struct demo_person *by_safety(const struct demo_cast *c) { return c->m->safety; }
static const struct demo_person *by_leader(const struct demo_cast *c) { return c->team->leader; }

static void fill_register(struct demo_cast *c, struct demo_step *s)
{
	s->in.category = str_of(c->text->category);
	s->in.level = HAZARD_ORDINARY;
	s->in.handling_level = c->level;
}

static void fill_refuse(struct demo_cast *c, struct demo_step *s)
{
	static const char *const reasons[] = {"到现场看过，描述的部位完好", "属于正常工艺现象，已向报告人说明", "同一部位已有登记，正在整改",
					      "不在本单位管理范围，已转告物业"};
	s->in.reason_code = (uint32_t)demo_between(c->rng, 1, 4);
	s->in.reason = str_of(reasons[s->in.reason_code - 1]);
}

static void fill_fix(struct demo_cast *c, struct demo_step *s)
{
	s->in.category = str_of(c->text->category);
	s->in.text = str_fmt(c->a, "当场处理：%s", c->text->measures);
	s->photo = photo_of(c->rng, 2);
}

static void fill_confirm(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.text = STR("现场看过，已整改到位");
}

static void fill_protect(struct demo_cast *c, struct demo_step *s)
{
	s->in.text = pick_word(c->rng, demo_protections, demo_n_protections);
}

static void fill_grade(struct demo_cast *c, struct demo_step *s)
{
	s->in.level = HAZARD_MAJOR;
	s->in.clause = pick_word(c->rng, demo_clauses, demo_n_clauses);
	s->in.reason = STR("现场核实后对照标准判定");
}

static bool is_major(const struct demo_story *s)
{
	for (size_t i = 0; i < s->n_steps; i++)
		if (strcmp(s->steps[i].act, "grade") == 0)
			return true;
	return false;
}

static int days_allowed(const struct demo_cast *c)
{
	if (c->plot->flags & DEMO_PLOT_LATE)
		return 2;
	return c->level == HAZARD_AT_ENTERPRISE ? 14 : c->level == HAZARD_AT_WORKSHOP ? 6 : 3;
}

/* The deadline is set once the times are known. */
static void fill_assign(struct demo_cast *c, struct demo_step *s)
{
	static const int64_t yuan[] = {0, 0, 80, 200, 350, 600, 1200, 3000, 8000, 26000};
	size_t widest = c->level == HAZARD_AT_ENTERPRISE ? 9 : 5;
	s->in.responsible_id = c->responsible->id;
	s->in.deputy_id = c->deputy->id;
	s->in.measures = str_of(c->text->measures);
	s->in.funds_fen = (struct opt_fen){true, yuan[demo_between(c->rng, 0, (int64_t)widest)] * 100};
	if (c->level == HAZARD_AT_ENTERPRISE)
		s->in.emergency_plan = STR("设专人监护；出现异常立即停止作业，撤离人员并报告值班领导");
	else
		s->in.emergency_plan_not_needed = true;
}

static void fill_give_back(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.reason = STR("该设备由维修班管理，请重新明确责任人");
}

static void fill_progress(struct demo_cast *c, struct demo_step *s)
{
	s->in.text = pick_word(c->rng, demo_progress, demo_n_progress);
	s->in.percent = (struct opt_i64){true, demo_between(c->rng, 2, 8) * 10};
	s->photo = photo_of(c->rng, 5);
}

static void fill_submit(struct demo_cast *c, struct demo_step *s)
{
	s->in.text = str_fmt(c->a, "已完成：%s", c->text->measures);
	s->photo = photo_of(c->rng, c->plot->flags & DEMO_PLOT_PHOTO ? 1 : 3);
}

static void fill_accept(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.text = STR("现场验收，符合要求");
}

static void fill_fallback(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.fallback_reason = STR("车间负责人外出，由工会代为现场验收");
	s->in.text = STR("现场验收，符合要求");
}

static void fill_return(struct demo_cast *c, struct demo_step *s)
{
	s->in.reason = pick_word(c->rng, demo_returns, demo_n_returns);
}

static void fill_raise(struct demo_cast *c, struct demo_step *s)
{
	s->in.reason = STR("需要上一级协调停机和材料");
	c->level++;
	cast_level(c);
}

static void fill_reopen(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.reason = STR("督导回头看时发现问题又出现，现场核实属实");
}

static void fill_cease(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.reason = STR("该生产线已整体拆除，隐患随之消失");
	s->in.proof = STR("拆除验收单及现场照片，存镇街工会");
}

static void fill_object(struct demo_cast *c, struct demo_step *s)
{
	s->in.text = STR("回访时问题还在，没有改到位");
	s->photo = photo_of(c->rng, 1);
}

/* The day is set once the times are known. */
static void fill_extend(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.protection = STR("换件到货前加临时围挡，专人看护，每班检查一次");
	s->in.reason = STR("配件从外地采购，供货证明已附");
}

static void fill_transfer(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.outside = STR("供电公司");
	s->in.reason = STR("隐患在厂外供电线路上，本单位无权处置");
}

static void fill_suspend(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.reason = STR("设备已断电挂牌封存，待大修时一并处理");
	s->in.proof = STR("设备封存单第6号");
}

static void fill_propose(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.text = STR("整改要停产并投入较大，请提请安委会挂牌督办");
}

static void fill_list(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	s->in.outcome = HAZARD_OUTCOME_LISTED;
	s->in.number = STR("安委办〔2016〕7号");
	s->in.body = STR("县区安全生产委员会办公室");
}

static void fill_none(struct demo_cast *c, struct demo_step *s)
{
	(void)c;
	(void)s;
}

static const struct scene scenes[] = {
	{"register", NULL, by_registrar, fill_register, 10, 240, false},
	{"refuse", NULL, by_registrar, fill_refuse, 30, 900, false},
	{"fix_on_spot", NULL, by_leader, fill_fix, 10, 150, false},
	{"confirm", NULL, by_safety, fill_confirm, 20, 900, false},
	{"protect", NULL, by_leader, fill_protect, 3, 12, false},
	{"withdraw", NULL, by_leader, fill_protect, 3, 12, false},
	{"grade", NULL, by_safety, fill_grade, 15, 120, false},
	{"assign", NULL, by_handler, fill_assign, 15, 240, false},
	{"give_back", NULL, by_responsible, fill_give_back, 20, 180, false},
	{"take", NULL, by_responsible, fill_none, 5, 200, false},
	{"progress", NULL, by_responsible, fill_progress, 200, 1000, true},
	{"submit", NULL, by_responsible, fill_submit, 120, 1300, true},
	{"accept", NULL, by_acceptor, fill_accept, 60, 1200, false},
	{"fallback", "accept", by_town, fill_fallback, 60, 1200, false},
	{"return", NULL, by_acceptor, fill_return, 60, 1200, false},
	{"raise", NULL, by_leader, fill_raise, 20, 300, false},
	{"close_out", NULL, by_chair, fill_none, 60, 1800, true},
	{"reopen", NULL, by_county, fill_reopen, 1500, 5000, true},
	{"cease", NULL, by_county, fill_cease, 1500, 5000, true},
	{"object", NULL, by_county, fill_object, 60, 600, false},
	{"extend", NULL, by_county, fill_extend, 200, 1000, true},
	{"transfer", NULL, by_chair, fill_transfer, 30, 300, false},
	{"suspend", NULL, by_safety, fill_suspend, 30, 300, false},
	{"propose", "propose_listing", by_chair, fill_propose, 30, 300, false},
	{"list", "record_listing", by_county, fill_list, 300, 900, true},
};

static const struct scene *find_scene(struct str word)
{
	for (size_t i = 0; i < sizeof(scenes) / sizeof(scenes[0]); i++)
		if (str_is(word, scenes[i].word))
			return &scenes[i];
	return NULL;
}

/* ---- times ---------------------------------------------------------------------------- */

/* What isn't urgent waits for the morning. */
static int64_t to_daytime(struct demo_rng *r, int64_t at)
{
	int64_t minute = (at + CST_OFFSET_S * 1000) % DAY_MS / MINUTE;
	if (minute < 420)
		return at + (420 - minute + demo_between(r, 0, 170)) * MINUTE;
	if (minute > 1290)
		return at + (1440 - minute + 420 + demo_between(r, 0, 170)) * MINUTE;
	return at;
}

static void set_times(struct demo_cast *c, struct demo_story *s, int64_t from)
{
	const struct demo_plot *p = c->plot;
	int64_t at = from;
	s->steps[0].at = INSTANT(from);
	for (size_t i = 1; i < s->n_steps; i++) {
		struct str word = str_of(s->steps[i].act);
		const struct scene *k = find_scene(word);
		int64_t wait = demo_between(c->rng, k->min, k->max) * MINUTE;
		if (p->flags & DEMO_PLOT_SLOW && k->waits)
			wait += demo_between(c->rng, 1, 3) * DAY_MS;
		at += wait;
		if (!(p->flags & DEMO_PLOT_DANGER))
			at = to_daytime(c->rng, at);
		s->steps[i].at = INSTANT(at);
	}
}

static void set_deadlines(struct demo_cast *c, struct demo_story *s)
{
	bool major = is_major(s);
	struct day assigned = DAY(0);
	for (size_t i = 1; i < s->n_steps; i++) {
		struct demo_step *step = &s->steps[i];
		if (strcmp(step->act, "assign") == 0)
			assigned = step->in.deadline = day_add(instant_day(step->at), major ? 45 : days_allowed(c));
		else if (strcmp(step->act, "extend") == 0)
			step->in.deadline = day_add(assigned, 7);
		else if (strcmp(step->act, "list") == 0)
			step->in.deadline = day_add(instant_day(step->at), 90);
	}
}

/* A report is made by day or in the evening; what is still open at the end began as late as it could. */
static void lay_out(struct demo *d, struct demo_cast *c, struct demo_story *s)
{
	const struct demo_plot *p = c->plot;
	int64_t back = p->flags & DEMO_PLOT_CLOSED ? demo_between(&d->rng, 3, DEMO_DAYS - 1) : p->flags & DEMO_PLOT_LATE ? demo_between(&d->rng, 6, 20) : 1;
	int64_t clock = demo_between(&d->rng, 420, p->flags & DEMO_PLOT_CLOSED || s->n_steps < 3 ? 1290 : 720) * MINUTE;
	for (;; back++) {
		set_times(c, s, d->end.ms - back * DAY_MS + clock);
		if (s->steps[s->n_steps - 1].at.ms < d->end.ms)
			break;
	}
	if (s->steps[0].at.ms < d->start.ms)
		set_times(c, s, d->start.ms + clock);
	set_deadlines(c, s);
}

/* ---- a story ------------------------------------------------------------------------------ */

static const struct actor nobody = {0};

static void report(struct demo_cast *c, struct demo_story *s, size_t i)
{
	size_t place = (size_t)demo_between(c->rng, 0, DEMO_PLACES - 1);
	s->report = (struct hazard_report){
		.kind = c->text->kind,
		.place_code = c->team->place_codes[place],
		.description = str_of(c->text->text),
		.danger = (c->plot->flags & DEMO_PLOT_DANGER) != 0,
		.anonymity = HAZARD_NAMED,
	};
	s->steps[0] = (struct demo_step){.act = "report", .by = &c->reporter->actor, .photo = photo_of(c->rng, 3)};
	s->n_steps = 1;
	if (i % 8 == 3) {
		s->report.anonymity = HAZARD_ANONYMOUS;
		s->steps[0].by = &nobody;
	} else if (i % 8 == 6 && c->reporter->role == ROLE_WORKER) {
		s->report.anonymity = HAZARD_HIDDEN;
	} else if (i % 20 == 9) {
		s->report.reported_for = STR("外包队职工（代报）");
	}
	if (c->text->kind == HAZARD_VIOLATION)
		s->report.against = (uint32_t)demo_between(c->rng, HAZARD_AGAINST_TEAM_LEADER, HAZARD_AGAINST_WORKSHOP_LEADER);
}

static void act_all(struct demo_cast *c, struct demo_story *s)
{
	struct str rest = str_of(c->plot->acts);
	while (rest.n && s->n_steps < DEMO_STEPS_MAX) {
		const struct scene *k = find_scene(str_cut(&rest, ' '));
		struct demo_step *step = &s->steps[s->n_steps++];
		*step = (struct demo_step){.act = k->word, .by = &k->by(c)->actor};
		k->fill(c, step);
	}
}

/* The words of the plot are those of the lifecycle but for a few. */
static void name_acts(struct demo_story *s)
{
	for (size_t k = 1; k < s->n_steps; k++) {
		const struct scene *scene = find_scene(str_of(s->steps[k].act));
		s->steps[k].act = scene->act ? scene->act : scene->word;
	}
}

static void tell(struct demo *d, struct demo_story *s, size_t i, const struct demo_plot *p)
{
	struct demo_cast c = cast_for(d, i, p);
	report(&c, s, i);
	act_all(&c, s);
	lay_out(d, &c, s);
	name_acts(s);
}

void demo_tell_from(struct demo_cast *c, struct demo_story *s, size_t i, int64_t from)
{
	report(c, s, i);
	act_all(c, s);
	set_times(c, s, from);
	set_deadlines(c, s);
	name_acts(s);
}

const struct demo_plot *demo_plot_at(int at)
{
	for (size_t k = 0; k < PLOTS; k++) {
		if (at < plots[k].weight)
			return &plots[k];
		at -= plots[k].weight;
	}
	return &plots[0];
}

struct demo_story *demo_tell(struct demo *d)
{
	struct demo_story *stories = ARENA_ARRAY(d->a, struct demo_story, d->n_hazards);
	size_t *order = ARENA_ARRAY(d->a, size_t, d->n_hazards);
	for (size_t i = 0; i < d->n_hazards; i++) {
		size_t j = (size_t)demo_between(&d->rng, 0, (int64_t)i);
		order[i] = order[j];
		order[j] = i;
	}
	for (size_t i = 0; i < d->n_hazards; i++)
		tell(d, &stories[i], i, demo_plot_at((int)(order[i] % DEMO_SMALL)));
	return stories;
}
