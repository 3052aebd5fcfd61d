/* The demonstration at a city's size: everything is made in memory, by the same rules as the small one, and loaded in bulk. What is kept
 * in memory grows with the employers (some 200 bytes each), not with the hidden dangers.
 */
#ifndef DEMO_CITY_H
#define DEMO_CITY_H

#include "db_bulk.h"
#include "demo.h"

enum { CITY_DAYS = 365, CITY_HAZARDS = 1000000, CITY_HAZARDS_MAX = 10000000 };

/* ---- the way into the database (demo_load.c) ------------------------------------ */

/* One thread makes rows, another writes them: two heaps, one under way in each. */
struct loader;
const struct err *loader_new(struct demo *d, struct loader **out);
/* The transaction to write into; another one after each loader_step(). */
void loader_order(struct loader *l, void (*order)(struct db_bulk *b));
struct db_tx *loader_tx(struct loader *l);
/* After each small part: gives the arena back, and hands the heap over when it is full. */
const struct err *loader_step(struct loader *l);
/* Writes what is left and waits until all is written. */
const struct err *loader_end(struct loader *l);
void loader_free(struct loader *l);

/* "demo: 20000 of 1000000 hidden dangers", now and then; ends its line at the end. */
struct progress_line {
	const char *what;
	size_t all, told;
	int64_t told_ms;
};
void progress_show(struct progress_line *p, size_t done);

/* ---- what stands there ---------------------------------------------------------------- */

enum firm_size { FIRM_BIG, FIRM_MEDIUM, FIRM_SMALL, FIRM_MICRO, FIRM_SIZES };
/* Workshops with teams, or teams right below the employer, or neither: then people and places are the employer's own. */
struct layout {
	int workshops, teams_each, direct_teams, places_each, workers;
};
extern const struct layout layouts[FIRM_SIZES];
enum { PLACE_MAX = 12, TEAMS_MAX = 4, FIRM_PEOPLE_MAX = 32, FIRM_UNITS_MAX = 6 };

struct firm {
	struct id id;
	uint32_t home;                    /* office above it */
	uint32_t first_unit, first_place, first_person; /* in the arrays of the city */
	uint8_t size, industry, places;
};

struct city_person {
	struct id id;
	uint32_t number; /* of its role */
};

struct city_office {
	struct unit *unit;
	size_t top;               /* office that reports to the city; itself for those */
	struct demo_person *cadre;
	size_t reported;          /* on the day under way, counted at the top */
};

struct city {
	struct demo *d;
	struct loader *loader;
	struct arena *a;
	bool by_model;               /* slow, for comparing */
	struct city_office *offices; /* [0] is the city's own */
	size_t n_offices;
	uint32_t *homes;             /* offices with employers right below */
	uint64_t *home_sums;         /* cumulative weights */
	size_t n_homes;
	struct firm *firms;
	uint64_t *firm_sums;
	size_t n_firms;
	struct id *units, *places;
	uint32_t *codes;             /* of places, open addressing, + 1 */
	size_t n_codes;
	struct city_person *people;
	size_t n_units, n_places, n_people, n_accounts;
	int accounts;                /* file */
	struct sb lines;
};

/* One part of the whole: what one transaction holds when the rows go through the model. */
typedef const struct err *city_part_fn(struct city *c, struct db_tx *tx, void *ctx);
const struct err *city_part(struct city *c, city_part_fn *fn, void *ctx);
/* The environment of part `n` of a kind: salts and chance from the seed, ids from city_ids() alone. */
struct env city_env(const struct city *c, struct db_tx *tx, const char *kind, size_t n, struct demo_rng *rng);
/* The next 16 ids that it draws: of that moment, from 16 * `at` on. */
void city_ids(struct env *e, struct instant of, uint32_t at);

/* The index whose share of cumulative weights holds a drawn number. */
size_t city_pick(struct demo_rng *r, const uint64_t *sums, size_t n);

/* A line of demo-accounts.tsv. */
const struct err *city_account(struct city *c, const struct demo_person *p);

/* Offices with their cadres (demo_city.c). */
const struct err *city_make_offices(struct city *c);
/* Employers with all below and their people (demo_city_firms.c). */
const struct err *city_make_firms(struct city *c);
/* Hidden dangers with all that happened to them (demo_city_tales.c). */
const struct err *city_make_tales(struct city *c);
/* Cadres, visits and launches of employers (demo_contact.c). */
const struct err *city_make_contacts(struct city *c);

/* Where somebody stands in an employer: 0 safety officer, 1 chair, 2 manager, then the workshops' leaders, then of each team its leader and
 * its workers. Teams of an employer without any: one, which is the employer itself. */
int layout_teams(const struct layout *l);
int layout_units(const struct layout *l);
int layout_people(const struct layout *l);
int layout_unit_of_workshop(const struct layout *l, int workshop);
/* Its unit in the order of the employer's, -1 for the employer itself; and its workshop, -1 for none. */
int layout_unit_of_team(const struct layout *l, int team);
int layout_workshop_of_team(const struct layout *l, int team);
int layout_leader_of_workshop(int workshop);
int layout_leader_of_team(const struct layout *l, int team);

/* The employer as a unit with name and path, its units and its people, on `a`. Units need the ids only. */
struct unit *city_firm_unit(const struct city *c, struct arena *a, size_t firm);
struct unit *city_sub_unit(const struct city *c, struct arena *a, size_t firm, const struct unit *employer, int unit);
struct demo_person *city_person(const struct city *c, struct arena *a, size_t firm, const struct unit *employer, int slot);
struct str city_place_name(const struct city *c, struct arena *a, size_t firm, int team, int place);

/* Makes the whole city: --scale city, and numbers above DEMO_PLAYED_MAX. `by_model`: the same rows, written as a server would. */
const struct err *demo_make_city(struct demo *d, bool by_model);

#endif
