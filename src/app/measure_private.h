/* Between the files of measure*.c. */
#ifndef MEASURE_PRIVATE_H
#define MEASURE_PRIVATE_H

#include "measure.h"

#include "app_sql.h"

/* A row of measure_row. */
struct measure_stored {
	struct id unit_id;
	struct str measure;
	struct day day;
	struct id id, below_id, subject_id;
	int64_t n;
	struct str tail;
};
/* A row of measure_day. */
struct measure_summed {
	struct id unit_id;
	struct str measure;
	struct day day;
	struct id above_id;
	int64_t n;
};
struct measure_home {
	struct id unit_id, enterprise_id;
};
extern const struct shape measure_entry_shape[], measure_stored_shape[], measure_summed_shape[];

/* What one entry becomes when it is folded: a row for each unit down to the employer, a sum for each above it, and the employer as
 * home of what lies below. */
struct measure_folded {
	struct measure_stored rows[PATH_UNITS_MAX];
	struct measure_summed sums[PATH_UNITS_MAX];
	struct measure_home homes[PATH_UNITS_MAX];
	size_t n_rows, n_sums, n_homes;
};
void measure_fold_one(const struct measure_entry *e, struct measure_folded *out);

enum { MEASURE_SEGMENT = 13 };
/* The last segment of a path between strokes: "/…/". */
struct str measure_segment(struct arena *a, struct str path);

/* The city's phase; "ready" where there is no row yet. */
struct measure_phase {
	struct str phase;
	struct id run;
	struct instant at;
};
const struct err *measure_phase_of(struct db_tx *tx, int64_t city, struct measure_phase *out);

/* Writes rows, sums (added up) and homes in the running transaction. The arrays are sorted in place. */
const struct err *measure_write_rows(struct db_tx *tx, int64_t city, const struct measure_stored *v, size_t n);
const struct err *measure_write_sums(struct db_tx *tx, int64_t city, const struct measure_summed *v, size_t n);
const struct err *measure_write_homes(struct db_tx *tx, int64_t city, const struct measure_home *v, size_t n);
/* Sorted; equal keys added up, equal homes once. The new number. */
void measure_sort_rows(struct measure_stored *v, size_t n);
size_t measure_sort_sums(struct measure_summed *v, size_t n);
size_t measure_sort_homes(struct measure_home *v, size_t n);

#endif
