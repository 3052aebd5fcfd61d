/* The slow model of moves.c, and what is done to it and to the program alike. */
#ifndef WORLD_H
#define WORLD_H

#include "account.h"
#include "day.h"
#include "hazard_model.h"
#include "measure.h"
#include "moving.h"
#include "org_change.h"

#include "app_ground.h"

#include <inttypes.h>

enum { UNITS_MAX = 400, PLANNED_DAYS = 2, HAZARDS_MAX = 600, DAYS_MAX = 64, PAGE = 7 };
#define K(kind) (1u << (kind)) /* kinds of units as a set */

struct m_unit {
	struct id id;
	uint32_t kind;
	int parent;            /* -1: the city is above */
	bool closed, merged;
	int into;
	int people, places;    /* how many were put there */
	int moved_on;          /* the day of its last move, merge or split */
};

struct m_hazard {
	struct id id;
	int unit;
	int at[12];            /* the units above it when it was reported, its own first; -1 ends */
	int day;
};

/* A move that waits for its day. */
struct m_plan {
	struct id id;
	int unit, to, day;
};

struct world {
	struct ground *g;
	uint64_t random;
	struct m_unit u[UNITS_MAX];
	int n;
	struct m_hazard h[HAZARDS_MAX];
	int n_h;
	struct m_plan plans[UNITS_MAX];
	int n_plans, at_plan;
	int day;
	int64_t checks;
	bool wrong;
	unsigned long seed;
	int step;
	char did[120];
};

uint64_t chance(struct world *w, uint64_t below);
/* Says what is wrong, once. */
void miss(struct world *w, const char *what, long long unit, long long want, long long got);
bool is_below(const struct world *w, int u, int above);
/* An open unit of one of these kinds, -1 when none is met. */
int pick(struct world *w, uint32_t kinds);
struct day day_of(int day);

int remember(struct world *w, struct id id, uint32_t kind, int parent);
int add_unit(struct world *w, uint32_t kind, int parent);
void add_people(struct world *w, int u);
void add_place(struct world *w, int u);
void report(struct world *w, int u);
void do_move(struct world *w);
void do_merge(struct world *w);
void do_split(struct world *w);
/* About half of what stands below it goes to a new one beside it. */
void split(struct world *w, int u);
void do_close(struct world *w);
/* The job of the day, and what the model says of it. */
void plans_due(struct world *w);

/* compare.c: everything that is to be equal, of one unit. */
extern const struct measure hazard_found;
void check_unit(struct world *w, int u);

#endif
