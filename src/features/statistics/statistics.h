/* The twelve figures of a unit in a period (REP-1, REP-2): read from what the measures keep, or recounted. */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "campaign.h"
#include "measure.h"
#include "org.h"

/* r1 …, 2016-03, 2016-Q2, 2016, intensive; the days from and to count. */
struct statistics_period {
	struct str code;
	struct day from, to;
};

/* What is asked for. `running`: from the campaign's first day to the period's last. */
struct statistics_query {
	struct unit unit;
	struct campaign campaign;
	struct statistics_period period, running;
};

/* Finds unit (id or code), period and campaign (code or id; '': the one that the period's last day, or today, falls into).
 * ERR_MISSING for one that is not there, or no word of a period. */
const struct err *statistics_find(struct db_tx *tx, int64_t city, struct str unit, struct str period, struct str campaign, struct day today,
				  struct statistics_query *out);
/* All periods of a campaign: its reporting periods, the intensive phase, years, quarters, months. */
enum { STATISTICS_PERIODS_MAX = 80 };
const struct err *statistics_periods(struct db_tx *tx, int64_t city, const struct campaign *c, struct statistics_period **out, size_t *n);
/* The period that opens first: the reporting period of today, else the month, kept inside the campaign. */
const struct err *statistics_period_now(struct db_tx *tx, int64_t city, const struct campaign *c, struct day today, struct str *out);

/* The measures behind a figure in a campaign, NULL-terminated; none: it is not collected yet. */
enum { FIGURES = 12, FIGURE_MEASURES_MAX = 3 };
extern const char *const statistics_codes[FIGURES + 1]; /* "f1" … "f12", NULL */
bool statistics_measures(const char *code, const struct campaign *c, const struct measure *out[static FIGURE_MEASURES_MAX]);

struct statistics_figure {
	const char *code;
	bool is_collected;      /* else both are 0 and mean nothing */
	int64_t period, running;
};
struct statistics_figures {
	struct statistics_figure v[FIGURES];
	bool is_complete;       /* false while the rows are being made anew */
};
const struct err *statistics_read(struct db_tx *tx, int64_t city, const struct statistics_query *q, struct statistics_figures *out);
/* The same from what has happened, without the stored rows: walks all of the city, or what was gathered there before (`known`). */
const struct err *statistics_recount(struct db_tx *tx, struct env *e, const struct measure_list *known, const struct statistics_query *q,
				     struct statistics_figures *out);

struct measure_unit statistics_unit(const struct unit *u);

/* For the command: {"unit", "period", "figures":[…]} as a line of JSON each; `unit` and `period` may be "all" (ERR_INPUT on unit in a
 * city of more than 2,000). */
const struct err *statistics_lines(struct env *e, struct str unit, struct str period, struct str campaign, bool recount,
				   void (*line)(void *ctx, struct str text), void *ctx);

extern const struct perm statistics_read_perm;

#endif
