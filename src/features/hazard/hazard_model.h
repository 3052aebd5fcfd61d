/* Rows and structs of the feature; for its own files only. */
#ifndef HAZARD_MODEL_H
#define HAZARD_MODEL_H

#include "hazard_flow.h"
#include "org.h"
#include "words.h"

/* A list: whose, in which order, which of them. Unset members do not narrow. */
struct hazard_filter {
	const char *anchor;            /* "city" "top" "mid" "enterprise"; of a person: "mine" "reported" "todo" (to be put right) */
	struct id anchor_id;
	struct str path;               /* narrows to a workshop's or team's subtree */
	struct str sort;               /* hazard_sorts() says which; with a search: newest first */
	uint32_t state, level, kind, handling;
	bool open, danger;
	int64_t marked;                /* bits of enum hazard_mark: any of them */
	uint32_t oversight;            /* enum hazard_post: the union that watches over it */
	struct str category;
	struct instant overdue_at;     /* only those whose clock had passed then */
	struct day from, to;
	bool searches;                 /* only those with these words; no part: none has them */
	struct search search;
};

/* Where a list goes on: behind a row of its index. */
struct hazard_place {
	const struct sql_list *list;   /* NULL: at the beginning */
	struct cursor at;
};
/* A page. Where conditions are that no index knows, one request looks at a bounded number of rows: a page may then be short, or empty,
 * and yet have a next one. */
struct hazard_rows {
	struct hazard *rows;
	size_t n;
	bool more;
	struct hazard_place next;
};

/* Whose rows a unit's list is: the index of the nearest unit with one, narrowed to the path below it. */
void hazard_below(const struct unit *u, struct hazard_filter *f);
bool hazard_is_own(const struct hazard_filter *f);
/* The orders that are offered for a filter, as call_list_page takes them; the first is the one without a word. Of the ledger: newest
 * first, or by what runs out first; the latter first for what is open or overdue; newest alone for a search. */
const struct sql_list *hazard_sorts(const struct hazard_filter *f);
/* Decodes `after`; ERR_INPUT on /after or /sort. */
const struct err *hazard_place_read(struct call *c, const struct hazard_filter *f, struct str after, struct hazard_place *out);

/* At most `limit` rows from the place on, in order. */
const struct err *hazard_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at, int64_t limit,
			      struct hazard_rows *out);

/* Whose it is: the parties of a person in it. */
const struct err *hazard_parties(struct db_tx *tx, int64_t city, const struct hazard *h, struct id person, unsigned *out);
/* Roles at its unit and parties of the actor. */
const struct err *hazard_who_is(struct db_tx *tx, int64_t city, const struct actor *actor, const struct hazard *h, struct hazard_who *out);
const struct err *hazard_limits_of(struct db_tx *tx, int64_t city, const struct hazard *h, struct hazard_limits *out);
/* hazard_due() for the state that it is in, asking only for what the clock of that state needs. */
const struct err *hazard_due_now(struct db_tx *tx, int64_t city, const struct hazard *h, struct instant *out);

/* hazard_act() by who has shown to be its reporter without a name: by the receipt. */
const struct err *hazard_act_of_reporter(struct db_tx *tx, struct env *e, struct id id, struct str act, const struct hazard_input *in,
					 const struct hazard_photo *photos, size_t n_photos);

struct hazard_reporter {
	struct id person_id;
	struct str reported_for;
};
/* The protected row: each look at it is audited by the caller. */
const struct err *hazard_reporter_get(struct db_tx *tx, int64_t city, struct id hazard, struct hazard_reporter *out);
/* The hidden danger of a receipt as typed (case, blanks and dashes do not matter); ERR_MISSING. */
const struct err *hazard_by_code(struct db_tx *tx, int64_t city, struct str code, struct hazard *out);

/* Whether a report without account is taken today. */
const struct err *hazard_anonymous_allowed(struct db_tx *tx, int64_t city, struct day today, bool *out);
/* The unit and place that a report or a report page means; place->id is 0 without a place. ERR_INPUT when nothing names one. */
const struct err *hazard_where(struct db_tx *tx, struct env *e, const struct hazard_report *r, struct unit *unit, struct place *place);

/* A missing thing named by a field is a wrong field, not a missing page. */
const struct err *hazard_on_field(struct arena *a, const struct err *e, const char *field);
/* ERR_INPUT on the field for a closed unit or place; a team is not open whose employer is closed. */
const struct err *hazard_check_open(struct db_tx *tx, struct env *e, const struct unit *unit, const struct place *place, const char *field);

struct hazard_count {
	uint32_t state;
	int64_t n, late;
};
struct hazard_counts {
	struct hazard_count by[HAZARD_STATE_COUNT]; /* by state; [0] is not used */
	int64_t total, late;
	bool open_capped, ends_capped;              /* there are more open or ended ones than were counted */
};
/* Below a unit: of the HAZARD_OPEN_MAX open ones whose clocks run out first, and of the ended among the HAZARD_ENDS_MAX newest of all. */
enum { HAZARD_OPEN_MAX = 10000, HAZARD_ENDS_MAX = 2000 };
const struct err *hazard_counts(struct db_tx *tx, int64_t city, const struct unit *unit, struct instant now, struct hazard_counts *out);
/* How many a person reported under a name, open or hidden. */
const struct err *hazard_reported_by(struct db_tx *tx, int64_t city, struct id person, int64_t *n);

#endif
