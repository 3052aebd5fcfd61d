/* A made-up county, what its people do, and when. */
#ifndef WORLD_H
#define WORLD_H

#include "model.h"

#include "account.h"
#include "assignment.h"
#include "day.h"
#include "event.h"
#include "hazard_clock_model.h"
#include "org.h"

#include "app_ground.h"

struct plan {
	int days, employers, hazards, sample;
	uint64_t seed;
	bool plants;
};

struct m_person {
	struct id id;
	bool gone;
};

struct firm {
	struct unit unit, shop, team;
	bool has_shop, has_team;
	int town;
	int at[M_POSTS];            /* who holds a post; -1: nobody */
	int workers[4];
	struct duty duties[M_POSTS];
	struct actor actors[M_POSTS]; /* who could act there, also when the post has just become vacant */
};

/* Something that somebody is going to do. */
struct todo {
	int64_t at;
	int hazard;                 /* -1: a report */
	int what;
};

enum { TOWNS = 4 };
struct world {
	struct ground *g;
	uint64_t random;
	int64_t began, now;
	struct firm *firms;
	int n_firms;
	struct unit towns[TOWNS], county;
	int town_cadre[TOWNS], county_cadre, city_cadre;
	struct duty town_duty;
	struct m_person *people;
	int n_people;
	struct m_hazard *h;
	int n_h;
	struct todo *todo;          /* a heap: the earliest first */
	int n_todo;
	int closed, restarts;
	int64_t acts, steps, compared, quiet;
	bool wrong, planted;
	const struct plan *plan;
};

uint64_t chance(struct world *w, uint64_t below);
void miss(struct world *w, int hazard, const char *what, int64_t want, int64_t got);
struct world *world_new(struct ground *g, const struct plan *p);
void world_free(struct world *w);
/* For the model. */
int holder_of(void *ctx, const struct m_hazard *h, int post);
/* What people do until now, each thing at its own time. */
void do_what_is_due(struct world *w);
/* Somebody leaves, a post is vacant for some days, or is filled again. */
void change_people(struct world *w);

#endif
