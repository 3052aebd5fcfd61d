/* The campaign feature's own parts; other features see campaign.h only. */
#ifndef CAMPAIGN_MODEL_H
#define CAMPAIGN_MODEL_H

#include "campaign_workday.h"

struct campaign_cutoff {
	struct str level, cutoff_time;
	int64_t cutoff_day, due_day;
};
struct campaign_clock {
	struct str class_, what, unit, source;
	int64_t amount;
};
extern const struct shape campaign_row[], campaign_window_shape[], campaign_period_shape[], campaign_cutoff_shape[], campaign_clock_shape[];

/* A campaign with all its rows. */
struct campaign_whole {
	struct campaign campaign;
	struct campaign_window *windows;
	struct campaign_cutoff *cutoffs;
	struct campaign_clock *clocks;
	struct campaign_period *periods;
	size_t n_windows, n_cutoffs, n_clocks, n_periods;
};
const struct err *campaign_whole(struct db_tx *tx, int64_t city, struct id id, struct campaign_whole *out);
/* Adds a campaign with its rows and an event; sets the campaign's id and version. ERR_CONFLICT: the code is there already. */
const struct err *campaign_add(struct db_tx *tx, struct env *e, struct campaign_whole *w);

/* The campaign of the shipped tables, and the same with all its days moved by some years (29 February becomes the 28th). */
const struct err *campaign_shipped(struct arena *a, struct campaign_whole *out);
const struct err *campaign_moved(struct arena *a, const struct campaign_whole *from, int years, struct campaign_whole *out);
/* feature.open_from: the first day of the oldest period whose return is not yet due; today between periods. */
const struct err *campaign_open_from(struct db_tx *tx, int64_t city, struct day today, struct day *out);
/* feature.init_city: the shipped campaign and one like it for the year of e->now. */
const struct err *campaign_init_city(struct db_tx *tx, struct env *e, struct str city_code);

#endif
