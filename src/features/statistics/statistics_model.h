/* The feature's own parts; others see statistics.h only. */
#ifndef STATISTICS_MODEL_H
#define STATISTICS_MODEL_H

#include "statistics.h"

bool statistics_period_calendar(struct str code, struct statistics_period *out);
/* A reporting period or the intensive phase; ERR_MISSING "no_such_period". */
const struct err *statistics_period_of(struct db_tx *tx, int64_t city, const struct campaign *c, struct str code,
				       struct statistics_period *out);

/* A line of the table of what is below: its figures, found (f10) and closed out (f12). */
struct statistics_part {
	struct id unit_id;          /* 0: the unit's own, belonging to none below */
	struct str name;
	uint32_t kind;
	struct str path;
	bool is_former;             /* stands elsewhere now; what it did here stays here */
	int64_t f10, f10_running, f12, f12_running;
};
extern const struct shape statistics_part_shape[];

/* What is below a unit, page by page in Chinese order, and what else adds up to its figures: the unit's own and what has moved
 * away since. */
struct statistics_parts {
	struct statistics_part *v, *former, own;
	size_t n, n_former;
	struct str next_key;        /* next_id 0: no more */
	struct id next_id;
};
const struct err *statistics_below(struct db_tx *tx, int64_t city, const struct statistics_query *q, struct str after_key,
				   struct id after_id, int64_t limit, struct statistics_parts *out);

/* One row behind a number. */
struct statistics_row {
	struct id id;               /* the entry's */
	struct day day;
	int64_t n;                  /* 1, or -1 taken off again */
	struct str number;
	struct id hazard_id;        /* 0 when it is not to be opened by this reader */
	uint32_t kind, level, state;
	struct str unit_name, employer_name, description;
	struct day found_on;
};
extern const struct shape statistics_row_shape[];
/* The rows before (day, id), newest first; what the actor may not read of a hidden danger is left empty. */
struct statistics_rows {
	const struct measure *measures[FIGURE_MEASURES_MAX];
	struct day from, to, before_day;
	struct id before_id;
	size_t limit;
};
const struct err *statistics_rows(struct db_tx *tx, int64_t city, const struct actor *actor, const struct unit *u,
				  const struct statistics_rows *want, struct statistics_row **out, size_t *n);

/* Routes' handlers. */
handler_fn statistics_get, statistics_home_get, statistics_rows_get;
locate_fn statistics_locate;
struct statistics_input {
	struct str campaign, after, header;
	int64_t limit;
	bool running;
};
extern const struct shape statistics_input_shape[], statistics_rows_input_shape[];
extern const struct doc_part statistics_show_doc[], statistics_rows_doc[];

#endif
