/* The demonstration: a seeded, made-up city on the real divisions. The same seed, day and scale give the same rows on both
 * engines. No person's name and no existing company's name occurs in it.
 */
#ifndef DEMO_H
#define DEMO_H

#include "command.h"
#include "hazard.h"

enum { DEMO_DAYS = 60, DEMO_SMALL = 160, DEMO_PLAYED_MAX = 5000 };
enum { DEMO_CITIES_MAX = 99, DEMO_COUNTIES = 4, DEMO_TOWNS_PER_COUNTY = 2, DEMO_TOWNS = DEMO_COUNTIES * DEMO_TOWNS_PER_COUNTY };
enum { DEMO_WORKSHOPS = 2, DEMO_TEAMS_PER_WORKSHOP = 2, DEMO_TEAMS = DEMO_WORKSHOPS * DEMO_TEAMS_PER_WORKSHOP, DEMO_PLACES = 3 };
enum { DEMO_PHOTOS = 12, DEMO_PHOTO_WIDTH = 640, DEMO_PHOTO_HEIGHT = 480 };

extern const struct command cmd_demo;

/* ---- chance ------------------------------------------------------------------ */

struct demo_rng {
	uint64_t state;
};
uint64_t demo_random(struct demo_rng *r);
/* A whole number in [min, max]. */
int64_t demo_between(struct demo_rng *r, int64_t min, int64_t max);

/* ---- words ------------------------------------------------------------------- */

/* Bits of struct demo_text.industries are 1 << index into demo_industries. */
struct demo_industry {
	const char *code;      /* GB/T 4754 */
	const char *name;      /* "化工有限公司": behind the made-up syllables */
	bool high_risk;
	const char *micro;     /* the name of a very small one: "化工经营部" */
	const char *workshops[DEMO_WORKSHOPS];
	const char *teams[DEMO_WORKSHOPS]; /* "投料" gives 投料一班, 投料二班 */
	const char *places[DEMO_WORKSHOPS][DEMO_PLACES];
};
extern const struct demo_industry demo_industries[];
extern const size_t demo_n_industries;
/* The name of the n-th made-up employer; no two are the same below 1,200. */
struct str demo_employer_name(struct arena *a, const char *city, size_t n, const struct demo_industry *i);
/* Of the n-th in a whole city, after its county; no two are the same below 100,000 of an industry. */
struct str demo_firm_name(struct arena *a, size_t n, struct str county, const struct demo_industry *i, bool micro);
/* A credit code that is formally right, in a division that does not exist. */
struct str demo_credit_code(struct arena *a, size_t n);

struct demo_text {
	uint32_t industries; /* bits; 0: everywhere */
	uint32_t kind;       /* enum hazard_kind */
	const char *category, *text, *measures;
};
extern const struct demo_text demo_texts[];
extern const size_t demo_n_texts;
extern const char *const demo_protections[], *const demo_progress[], *const demo_returns[], *const demo_clauses[];
extern const size_t demo_n_protections, demo_n_progress, demo_n_returns, demo_n_clauses;

/* ---- the city ------------------------------------------------------------------ */

struct demo_person {
	struct id id;
	uint32_t role;
	struct str name, login, password, unit_name;
	struct id unit_id;
	struct duty duty;
	struct actor actor;
};

struct demo_team {
	struct unit *unit;
	struct demo_person *leader, *workers[2]; /* [1] may be NULL */
	struct id places[DEMO_PLACES];
	struct str place_codes[DEMO_PLACES];
};

struct demo_employer {
	size_t number;           /* from 0 */
	size_t industry, town;
	struct unit *unit;
	struct demo_team teams[DEMO_TEAMS];
	struct demo_person *workshop_leaders[DEMO_WORKSHOPS], *safety, *chair, *manager;
};

struct demo_story;

struct demo {
	struct app *app;
	struct arena *a;         /* lives as long as the whole */
	int64_t city;
	unsigned number;         /* of the city, from 1 */
	const char *word;        /* at the head of employers' names */
	struct demo_rng rng;
	uint64_t seed;
	struct instant start, end;
	size_t n_hazards, n_employers, per_town;
	struct demo_employer *employers;
	struct unit *counties[DEMO_COUNTIES], *towns[DEMO_TOWNS], *root;
	struct demo_person *county_cadres[DEMO_COUNTIES], *town_cadres[DEMO_TOWNS];
	struct demo_person *people;
	size_t n_people, max_people, role_count[ROLE_COUNT];
	struct hazard_photo photos[DEMO_PHOTOS];
	struct demo_story *stories;
	size_t counts[HAZARD_STATE_COUNT];
};

/* Offices, employers, workshops, teams and places, each with the people in it (demo_units.c). */
const struct err *demo_make_units(struct demo *d);

/* The password of a person with that role, and its hash, the same each time. */
struct str demo_password(struct demo_rng *r, struct arena *a, uint32_t role);
const struct err *demo_hash_password(struct env *e, struct str password, struct str *out);
/* "职工003": the n-th of a role. */
struct str demo_person_name(struct arena *a, uint32_t role, size_t n);
/* The head and one line of demo-accounts.tsv; the main logins for the screen. */
void demo_account_head(struct sb *b);
void demo_account_line(struct sb *b, const struct demo_person *p);
void demo_print_first(const struct demo *d);

/* Adds a person in the running transaction, with a duty and an account (demo_people.c). */
struct demo_person_spec {
	uint32_t role;
	const struct unit *unit;
	struct str login;
};
const struct err *demo_person_add(struct db_tx *tx, struct env *e, struct demo *d, const struct demo_person_spec *s, struct demo_person **out);
/* Writes demo-accounts.tsv into the data folder and prints the first accounts. */
const struct err *demo_write_accounts(struct demo *d);

/* Draws and stores the pictures (demo_photo.c). */
const struct err *demo_make_photos(struct demo *d);

/* ---- what happened --------------------------------------------------------------- */

/* One act of somebody at some time; the first of a story is the report. */
struct demo_step {
	struct instant at;
	const char *act;
	const struct actor *by;
	struct hazard_input in;
	int photo; /* index + 1, 0: none */
};

enum { DEMO_STEPS_MAX = 20 };
struct demo_story {
	struct hazard_report report;
	struct demo_step steps[DEMO_STEPS_MAX];
	size_t n_steps;
	struct id id;
	struct hazard_made made;
};

/* How a story goes. */
enum demo_plot_flag {
	DEMO_PLOT_DANGER = 1,
	DEMO_PLOT_ENTERPRISE = 2, /* handled by the enterprise; otherwise team or workshop by chance */
	DEMO_PLOT_LATE = 4,       /* its running clock is over at the end */
	DEMO_PLOT_SLOW = 8,       /* days pass between the acts */
	DEMO_PLOT_CLOSED = 16,    /* over: anywhere in the days of the demonstration */
	DEMO_PLOT_PHOTO = 32,
	DEMO_PLOT_PLAIN = 64,     /* a hidden danger in the narrow sense, not a violation */
};
struct demo_plot {
	int weight;               /* how often of DEMO_SMALL */
	unsigned flags;
	const char *acts;         /* behind the report */
};
/* The plot of a number in [0, DEMO_SMALL). */
const struct demo_plot *demo_plot_at(int at);

/* Who plays in one story, and what memory and chance it takes. */
struct demo_cast {
	struct arena *a;
	struct demo_rng *rng;
	struct demo_employer *m;
	struct demo_team *team;
	struct demo_person *workshop, *reporter, *responsible, *deputy, *handler, *acceptor, *town_cadre, *county_cadre;
	const struct demo_text *text;
	const struct demo_plot *plot;
	uint32_t level;
};
/* Given arena, chance, plot, employer, team, workshop and cadres: everything else, of story number `i`. */
void demo_cast_rest(struct demo_cast *c, size_t i);
/* The story of a cast from the report at `from` (ms) to its end, whenever that is. */
void demo_tell_from(struct demo_cast *c, struct demo_story *s, size_t i, int64_t from);

/* Register entry, and safety-duty cards, of some of the first employers (demo_register.c). */
const struct err *demo_enter(struct db_tx *tx, struct env *e, const struct demo_employer *m);

/* Tells all stories of the city: who did what when, without touching the database (demo_story.c). */
struct demo_story *demo_tell(struct demo *d);
/* Lets them happen in the order of time, through the model (demo_play.c). */
const struct err *demo_play(struct demo *d);
/* Cadres who look after employers, visits and launches, at the end of the demonstration (demo_contact.c). */
const struct err *demo_contact(struct demo *d);
/* Supervision groups of the first round. */
const struct err *demo_groups(struct demo *d);

#endif
