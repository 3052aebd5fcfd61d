/* Campaigns: the row with windows, cut-offs and limits (PLAN-1), and the Chinese working-day calendar. */
#ifndef CAMPAIGN_H
#define CAMPAIGN_H

#include "call.h"

struct campaign {
	struct id id;
	struct str code, name, theme;
	int64_t year;
	struct str notice_number; /* of the notice that began it; '' when there is none */
	struct day begins_on, ends_on;
	bool anonymous_allowed; /* reports without account */
	bool violations_counted; /* f10 and f12 take violations in; otherwise they stand apart */
	int64_t version;
};
/* The campaign that a day falls into (the latest begun); between campaigns the last one's rules go on, so that a city which is late
 * with the new year's notice still takes reports. ERR_MISSING before the first. */
const struct err *campaign_on(struct db_tx *tx, int64_t city, struct day d, struct campaign *out);

/* A reporting period: r1, r2 …; an optional one is off unless the city wants it. Windows: "intensive_phase" and others. */
struct campaign_period {
	struct str code;
	struct day from_on, to_on, due_on;
	bool is_optional;
};
struct campaign_window {
	struct str code, name;
	struct day from_on, to_on;
};
const struct err *campaign_periods(struct db_tx *tx, int64_t city, struct id campaign, struct campaign_period **out, size_t *n);
const struct err *campaign_windows(struct db_tx *tx, int64_t city, struct id campaign, struct campaign_window **out, size_t *n);
/* All, the latest begun first. */
const struct err *campaign_list(struct db_tx *tx, int64_t city, struct campaign **out, size_t *n);
/* The shipped definition of one of the twelve figures ("f10"), in the words that stand beside the number; false when there is none. */
struct campaign_figure {
	struct str code, name, unit, definition;
};
bool campaign_figure(const char *code, bool in_english, struct campaign_figure *out);

const struct err *campaign_by_id(struct db_tx *tx, int64_t city, struct id id, struct campaign *out);
extern const struct shape campaign_shape[];

/* Limits per class ("danger", "major", "ordinary_enterprise", "ordinary_workshop", "ordinary_team", "on_spot") and what
 * ("receive", "elements", "rectify", "rectify_max", "check", …). has = false: no clock. A class without a row of its own takes
 * the row of class "any". */
struct limit { bool has; int64_t amount; struct str unit; };
const struct err *campaign_limit(struct db_tx *tx, int64_t city, struct id campaign, const char *class_, const char *what, struct limit *out);
/* The instant at which a limit that starts at `from` is over: minutes, hours and days in calendar time (a day: end of that
 * CST day), working days by the calendar (end of that day; 0 working days: at once), shift = 12 hours. Instant 0 without a clock. */
struct workdays;
const struct err *campaign_workdays(struct db_tx *tx, int64_t city, struct workdays **out); /* table and rule, loaded once per call */
struct instant campaign_due(const struct workdays *w, struct limit l, struct instant from);

/* Is it a working day? Table first (2015–2027 shipped, rows importable per city); for years without a table the rule:
 * Monday to Friday except the fixed statutory days, flagged as assumed (as is a year whose rows are provisional).
 * assumed_out may be NULL. */
bool workday_is(const struct workdays *w, struct day d, bool *assumed_out);
struct day workday_add(const struct workdays *w, struct day d, int n); /* n-th working day after d; n < 0 before; 0: d */
int workday_count(const struct workdays *w, struct day from, struct day to); /* in (from, to] */
struct day workday_last_before(const struct workdays *w, struct day d);

/* Replaces the city's own calendar of each year that occurs in `text` (columns day, kind holiday|workday, name, provisional: as in
 * data/workdays.tsv). All or nothing: ERR_INPUT with a field error per wrong cell, pointer /rows/<line>/<column>. */
struct workday_import { int64_t rows, years; };
const struct err *campaign_workday_import(struct db_tx *tx, struct env *e, struct str text, struct workday_import *out);

extern const struct perm campaign_read, campaign_write;

#endif
