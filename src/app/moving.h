/* Moves of units, seen from the rows that carry their units' ancestors (ORG-1).
 *
 * A unit's own row, and those of the units below it, change in the transaction in which a move takes effect: unit.path is the truth in
 * every snapshot. Rows of other tables (places, people, hidden dangers) carry the path and the ancestors of their unit so that lists find
 * them by an index; there may be hundreds of thousands of them, so a job rewrites them in chunks afterwards. Until it is through, a row of
 * `moving` says from which path to which the subtree went, and whoever reads a row's path or lists rows by an ancestor takes both for the
 * same: nothing is lost or doubled for anybody at any moment (docs/decisions/0022-moves.md).
 *
 * A feature declares its tables by `-- moved:` in its .sql and `.moved` in its struct feature; `check` finds tables with such columns that
 * are not declared, and rows that disagree with their unit.
 */
#ifndef MOVING_H
#define MOVING_H

#include "app.h"

/* Rows are being rewritten / of a move that took effect on a past day: figures since then are counted anew / all is done, but a
 * transaction that began before may still add a row as it was. */
enum moving_phase { MOVING_ROWS = 1, MOVING_FIGURES, MOVING_SETTLES };

struct moving {
	struct id id, change_id;
	struct str from_path, to_path;
	struct id from_unit, to_unit;   /* a merge: rows of the one become the other's; 0 for a move */
	struct id from_top, from_mid, from_enterprise; /* the root's ancestors as its rows carried them, the root among them */
	int64_t to_top, to_mid, to_enterprise;         /* what its rows carry then; -1: each keeps its own, which is below the root */
	uint32_t phase;
	struct str at_path;             /* the last employer whose rows are done */
	struct instant settle_at;       /* when to look for the last time */
	struct day since;               /* 0: it took effect when it was made */
	int64_t counted_by;             /* how many features have counted anew, and the next one's last subject */
	struct id counted_id;
};

/* In the order in which they took effect. */
struct movings {
	const struct moving *v;
	size_t n;
};

enum { MOVING_PATH_MAX = 512 };

const struct err *moving_load(struct db_tx *tx, int64_t city, struct movings *out);
/* The path that a row's path stands for now; m may be NULL. The answer is `path` itself or lies in buf. */
struct str moving_path(const struct movings *m, struct str path, char buf[static MOVING_PATH_MAX]);

/* ---- lists ---------------------------------------------------------------------- */

/* Where rows are looked for: all of an ancestor ("city", "top", "mid", "enterprise"), or those of them below a path. */
struct list_source {
	const char *anchor;
	struct id anchor_id;
	struct str below; /* '' for all */
	void *place;      /* the reader's: how far it is; NULL at first */
};
/* Reads the next rows of a source, at most `limit`, in the list's order; *more: there may be more, even when fewer came. */
typedef const struct err *list_source_fn(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more);
struct moving_list {
	size_t row_size, id_at, path_at; /* offsets of a struct id and a struct str in a row */
	int (*order)(const void *a, const void *b); /* < 0: a comes first; never 0 for two rows */
	list_source_fn *read;
	void *ctx;
};
/* The next rows of a unit's list, at most `limit`: own is where they are looked for by the unit itself, `path` the unit's. While nothing
 * moves that is one read of `own`. */
const struct err *moving_page(struct db_tx *tx, int64_t city, const struct moving_list *l, const struct list_source *own, struct str path,
			      int64_t limit, void **rows, size_t *n, bool *more);

/* ---- carrying out ---------------------------------------------------------------- */

/* In the transaction in which the units change: what only names a merged unit follows at once, the rest is left to the job. m: all but
 * id, phase, at_path, settle_at. */
const struct err *moving_begin(struct db_tx *tx, struct env *e, struct moving *m);
/* Rewrites at most about `limit` rows of all tables that are found by the ancestor; *n_out of 0: none is left there. */
const struct err *moving_rewrite(struct db_tx *tx, struct env *e, const struct moving *m, const char *anchor, struct id anchor_id,
				 int64_t limit, int64_t *n_out);
/* The next subjects whose figures since that day count where the subtree stands now; *more: there may be more. Of the features that count. */
const struct err *moving_recount(struct db_tx *tx, struct env *e, struct moving *m, bool *more);
/* What a path of the time becomes: of a row below from_path. */
struct str moving_at_path(struct arena *a, const struct moving *m, struct str at_path);
/* Notes how far the job is. */
const struct err *moving_reached(struct db_tx *tx, struct env *e, const struct moving *m);
const struct err *moving_end(struct db_tx *tx, struct env *e, const struct moving *m);

struct check_report;
/* Findings: tables with ancestors' columns that no feature declares (from the schema files), rows that disagree with their unit and
 * are not on their way. */
void moving_check_tables(const struct feature *const *features, struct check_report *r);
const struct err *moving_check_rows(struct env *e, struct check_report *r);

#endif
