/* Measures: what the figures count (REP-1, REP-2).
 *
 * The feature that knows a fact posts it in the transaction of its event: one entry,
 * +1 or -1, on a day, for a unit, about a subject (a hidden danger). An entry is
 * appended and never changed: what is taken back is posted as -1 on the day it is
 * taken back. A job folds entries upward; whoever reads adds what is folded and what
 * is not, in one snapshot, so that each number is exact at each moment and opens to
 * the entries that make it up.
 *
 * An entry belongs to the units on its path, as they stood one above the other when
 * it happened, whatever moves later.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include "feature.h"

struct measure {
	const char *name;     /* "found": unique, at most 16 bytes, never changed: it is in the rows */
	const char *subject;  /* what its entries are about: "hazard" */
	const char *what;     /* one English line */
};

struct measure_entry {
	struct id id;
	struct str measure;
	struct day day;
	struct str path;         /* of the unit, when it happened */
	struct id enterprise_id; /* the employer on that path, 0 for none */
	struct id subject_id;
	int64_t n;               /* +1 or -1 */
};

/* Posts an entry in the running transaction; sets its id. The day is the first on which nothing is sealed yet, at or after
 * its own. Nothing is posted for n = 0. */
const struct err *measure_add(struct db_tx *tx, struct env *e, const struct measure *m, struct measure_entry *entry);
/* A fact that counts once in a period for each subject of a unit (a worker of an employer): posted only the first time. */
const struct err *measure_once(struct db_tx *tx, struct env *e, const struct measure *m, struct str period, struct id unit,
			       struct measure_entry *entry, bool *first_out);

/* The ids on a path, the city first; at most PATH_UNITS_MAX. 0 for something that is no path. */
enum { PATH_UNITS_MAX = 12 };
size_t path_units(struct str path, struct id out[static PATH_UNITS_MAX]);

/* ---- reading ------------------------------------------------------------------- */

/* Where a unit stands decides how it is read. */
enum measure_level { MEASURE_CITY = 1, MEASURE_ABOVE /* the employer */, MEASURE_EMPLOYER, MEASURE_INSIDE };
struct measure_unit {
	struct id id;
	enum measure_level level;
	struct str path; /* INSIDE: its last segment is looked for */
};

/* One unit's figures in the running snapshot; lives on the snapshot's arena. */
struct measure_reader;
const struct err *measure_open(struct db_tx *tx, int64_t city, const struct measure_unit *u, struct measure_reader **out);
/* False while the rows are being made anew: then the numbers are too small. */
bool measure_is_complete(const struct measure_reader *r);
const struct err *measure_sum(struct measure_reader *r, const struct measure *m, struct day from, struct day to, int64_t *out);

/* The same divided by the unit below that it comes from (id 0: from the unit itself); the parts add up to the sum. Units that
 * have moved away since are among them. */
struct measure_part {
	struct id id;
	int64_t n;
};
const struct err *measure_parts(struct measure_reader *r, const struct measure *m, struct day from, struct day to,
				struct measure_part **out, size_t *n);

/* The entries behind a sum of several measures, newest first: of those before (day, id), at most `limit`. */
struct measure_line {
	struct day day;
	struct id id, subject_id, below_id;
	struct str measure;
	int64_t n;
};
struct measure_page {
	const struct measure *const *measures; /* NULL-terminated, at most 4 */
	struct day from, to, before_day;       /* before_day 0: from the newest on */
	struct id before_id;
	size_t limit;
};
const struct err *measure_lines(struct measure_reader *r, const struct measure_page *p, struct measure_line **out, size_t *n);

/* ---- keeping ------------------------------------------------------------------- */

/* Folds what is fresh, in short transactions; where rows are stale, makes them anew first. For the job. */
const struct err *measure_fold(struct env *e);
/* Makes all rows and sums anew from what the features say has happened (feature.recount), while others go on working; until it is
 * through the numbers are incomplete. Bounded memory; may be ended and begun again at any moment. ERR_CONFLICT "made_elsewhere"
 * when somebody else began it meanwhile. */
const struct err *measure_rebuild(struct env *e);

/* What the features say has happened, without looking at the stored rows. */
struct measure_list {
	struct arena *a;
	struct measure_entry *v;
	size_t n, cap;
};
void measure_list_add(struct measure_list *l, const struct measure *m, const struct measure_entry *entry);
/* Each such entry of the city in the running snapshot; `entry` is valid during the call only. */
typedef const struct err *measure_each_fn(void *ctx, const struct measure_entry *entry);
const struct err *measure_replay(struct db_tx *tx, struct env *e, measure_each_fn *each, void *ctx);
/* Is the unit on the entry's path? *below: the next unit on the way down, 0 when it is the unit's own. */
bool measure_is_of(const struct measure_entry *entry, struct id unit, struct id *below);

/* Compares all rows and sums of the city with that, in one snapshot: a difference names unit, measure, day, stored and recounted
 * value. *n_out: entries looked at. */
const struct err *measure_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out);

#endif
