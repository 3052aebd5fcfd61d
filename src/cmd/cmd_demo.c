#include "demo_city.h"

#include "campaign_model.h"
#include "day.h"
#include "feature.h"
#include "init.h"
#include "org.h"
#include "setting.h"

#define DEMO_CITY "371300"
static const size_t CITY_ARENA = (size_t)256 * 1024 * 1024;

static const struct option_row options[] = {
	OPTION_DB,
	OPTION_DATA,
	OPTION_PARTITIONS,
	{"scale", "SIZE", "small (160 hidden dangers), city (1000000), or their number up to 10000000", "small"},
	{"by", "WAY", "load (in bulk, a whole city) or model (the same rows, act by act, slow); small and numbers up to 5000 without it: four counties, "
		      "act by act", NULL},
	{"seed", "N", "the same seed gives the same rows", "1"},
	{"until", "DAY", "the day on which the made-up past ends: nothing happens from its midnight on", "2016-04-20"},
	{"cities", "N", "number of cities; those behind the first are small and made up, with codes that do not exist (990200, 990300 …) and logins "
			"c2.worker1, c3.worker1 …", "1"},
	{0},
};

/* SplitMix64. */
uint64_t demo_random(struct demo_rng *r)
{
	uint64_t z = r->state += UINT64_C(0x9e3779b97f4a7c15);
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

int64_t demo_between(struct demo_rng *r, int64_t min, int64_t max)
{
	return max <= min ? min : min + (int64_t)(demo_random(r) % (uint64_t)(max - min + 1));
}

struct wish {
	int64_t hazards, seed, cities;
	struct day until;
	const char *by; /* NULL: by the size */
};

static const char *read_options(const struct command_call *c, struct wish *w)
{
	struct str scale = str_of(command_option(c, "scale"));
	w->hazards = DEMO_SMALL;
	if (!str_i64(str_of(command_option(c, "cities")), 1, DEMO_CITIES_MAX, &w->cities))
		return "--cities takes a number from 1 to 99";
	if (str_is(scale, "city"))
		w->hazards = CITY_HAZARDS;
	else if (!str_is(scale, "small") && !str_i64(scale, 1, CITY_HAZARDS_MAX, &w->hazards))
		return "--scale takes small, city or a number of hidden dangers up to 10000000";
	w->by = command_option(c, "by");
	if (w->by && strcmp(w->by, "load") != 0 && strcmp(w->by, "model") != 0)
		return "--by takes load or model";
	if (!str_i64(str_of(command_option(c, "seed")), 1, INT64_MAX, &w->seed))
		return "--seed takes a whole number from 1";
	if (!day_parse(str_of(command_option(c, "until")), &w->until) || w->until.ymd < 20160301)
		return "--until takes a day from 2016-03-01 on, YYYY-MM-DD";
	return NULL;
}

/* Few enough to be played act by act through the model, or loaded. */
static bool is_city(const struct wish *w)
{
	return w->by || w->hazards > DEMO_PLAYED_MAX;
}

static bool is_loaded(const struct wish *w)
{
	return is_city(w) && !(w->by && strcmp(w->by, "model") == 0);
}

/* Three employers a township in the small one; one for some seven hidden dangers beyond. */
static void size_up(struct demo *d, const struct wish *w)
{
	d->n_hazards = (size_t)w->hazards;
	if (is_city(w))
		return;
	d->per_town = (d->n_hazards + 55) / 56;
	d->per_town = d->per_town < 3 ? 3 : d->per_town;
	d->n_employers = d->per_town * DEMO_TOWNS;
	d->employers = ARENA_ARRAY(d->a, struct demo_employer, d->n_employers);
	d->max_people = d->n_employers * 16 + 64;
	d->people = ARENA_ARRAY(d->a, struct demo_person, d->max_people);
}

/* The city gets the campaign of the year in which its first hour lies; sixty days later it may be the next year. */
static const struct err *add_campaign(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct demo *d = ctx;
	struct campaign_whole shipped, moved;
	int first = instant_day(d->start).ymd / 10000, last = instant_day(d->end).ymd / 10000;
	if (first == last || last == 2016)
		return NULL;
	TRY(campaign_shipped(e->a, &shipped));
	TRY(campaign_moved(e->a, &shipped, last - (int)shipped.campaign.year, &moved));
	return campaign_add(tx, e, &moved);
}

/* Whoever tries the demonstration finds passwords in a file, and has no device for a second factor, nor another password in 90 days. */
static const struct err *ease_entry(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)ctx;
	TRY(setting_write(tx, e, STR("account.factor_for_administrators"), STR("0")));
	return setting_write(tx, e, STR("account.password_days"), STR("0"));
}

static const struct err *count_states(struct db_tx *tx, struct env *e, void *ctx)
{
	struct demo *d = ctx;
	for (size_t i = 0; i < d->n_hazards; i++) {
		struct hazard h;
		struct demo_story *s = &d->stories[i];
		TRY(hazard_get(tx, e->city, s->id, &h));
		d->counts[h.state]++;
	}
	return NULL;
}

/* Words, figures and whatever else follows from the rows, complete before the first start. */
static const struct err *derive(struct demo *d)
{
	const struct feature *const *features = app_features(d->app);
	for (size_t i = 0; features[i]; i++) {
		if (!features[i]->rebuild)
			continue;
		struct arena *a = arena_new(0);
		struct env e = env_system(d->app, a, d->city);
		fprintf(stderr, "demo: what follows from the rows of %s\n", features[i]->name);
		const struct err *bad = features[i]->rebuild(&e);
		if (bad)
			bad = err_make(d->a, bad->kind, str_z(d->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
		arena_free(a);
		TRY(bad);
	}
	return NULL;
}

static const struct err *play(struct demo *d, struct arena *a)
{
	TRY(demo_make_units(d));
	d->stories = demo_tell(d);
	TRY(demo_play(d));
	app_set_now(d->app, d->end);
	TRY(demo_contact(d));
	struct env e = env_system(d->app, a, d->city);
	TRY(env_read(&e, count_states, d));
	return demo_write_accounts(d);
}

static void print_counts(const struct demo *d)
{
	printf("%zu employers, %zu people, %zu hidden dangers until %s:", d->n_employers, d->n_people, d->n_hazards,
	       day_text(d->a, instant_day(d->end)).p);
	for (uint32_t s = 1; s < HAZARD_STATE_COUNT; s++)
		if (d->counts[s])
			printf(" %s %zu", codes_word(&hazard_states, s), d->counts[s]);
	putchar('\n');
}

static const struct err *make(struct demo *d, const struct wish *w, struct arena *a)
{
	struct env e;
	const char *code = d->number == 1 ? DEMO_CITY : str_fmt(a, "99%02u00", d->number).p;
	d->word = d->number == 1 ? "临沂" : "演示";
	TRY(init_city(d->app, a, code, &e));
	d->city = e.city;
	TRY(env_write(&e, add_campaign, d));
	TRY(env_write(&e, ease_entry, NULL));
	TRY(demo_make_photos(d));
	TRY(is_city(w) ? demo_make_city(d, !is_loaded(w)) : play(d, a));
	app_set_now(d->app, d->end);
	TRY(demo_groups(d));
	TRY(derive(d));
	return is_loaded(w) ? db_bulk_done(app_db(d->app), a) : NULL;
}

static struct instant begin_of(const struct wish *w)
{
	return day_start(day_add(w->until, is_city(w) ? -CITY_DAYS : -DEMO_DAYS));
}

/* One city with memory of its own. */
static const struct err *make_one(struct app *app, struct arena *a, const struct wish *w, unsigned number)
{
	struct arena *own = arena_new(CITY_ARENA);
	struct demo d = {.a = own, .app = app, .number = number, .seed = (uint64_t)w->seed, .end = day_start(w->until), .start = begin_of(w)};
	d.rng.state = d.seed + (number - 1) * UINT64_C(0x9e3779b97f4a7c15);
	app_set_now(app, d.start);
	size_up(&d, w);
	const struct err *bad = make(&d, w, own);
	if (!bad)
		print_counts(&d);
	if (bad)
		bad = err_make(a, bad->kind, str_z(a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(own);
	return bad;
}

static const struct err *make_cities(struct app *app, struct arena *a, const struct wish *w)
{
	struct wish small = *w;
	small.by = NULL;
	small.hazards = DEMO_SMALL;
	if (app_home_city_of(app))
		return ERR(a, ERR_CONFLICT, "city_exists", "there is a city in this database already; a demonstration needs an empty one");
	for (unsigned i = 1; i <= w->cities; i++)
		TRY(make_one(app, a, i == 1 ? w : &small, i));
	return NULL;
}

static const struct err *demo(struct command_call *c, int *status)
{
	struct wish w;
	struct app *app;
	const char *wrong = read_options(c, &w);
	if (wrong) {
		fprintf(stderr, "chabaocu demo: %s\n", wrong);
		*status = 2;
		return NULL;
	}
	struct app_options o = {.migrate = true, .no_media = true, .fixed_now = begin_of(&w), .seed = (uint64_t)w.seed};
	TRY(command_app(c, &o, &app));
	const struct err *bad = make_cities(app, c->a, &w);
	app_free(app);
	return bad;
}

const struct command cmd_demo = {"demo", "[--db DSN] [--data DIR] [--partitions N] [--scale small|city|NUMBER] [--seed N] [--until DAY] [--cities N]",
				 "Make a seeded, made-up city with hidden dangers in every state", options, 0, 0, demo, false};
