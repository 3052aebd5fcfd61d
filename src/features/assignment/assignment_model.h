/* The assignment feature's own parts; other features see assignment.h only. */
#ifndef ASSIGNMENT_MODEL_H
#define ASSIGNMENT_MODEL_H

#include "assignment.h"
#include "campaign.h"
#include "covered.h"

extern const struct shape assignment_table[];
extern const struct shape assignment_list_row[]; /* with the employer's place in the order */

struct visit {
	struct id id, employer_id, person_id, unit_id;
	struct day visited_on;
	struct str note, person_name, unit_name;
};
extern const struct shape visit_row[], visit_shape[];
/* The newest first, at most 50. */
const struct err *assignment_visits(struct db_tx *tx, int64_t city, struct id employer, struct visit **out, size_t *n);

/* The rhythm of a kind on a day: the campaign's limit "assignment", else the setting. */
const struct err *assignment_rhythm(struct db_tx *tx, struct env *e, uint32_t kind, int64_t *days);
/* Due days and what the coverage desk keeps of the employer, anew. */
const struct err *assignment_refresh(struct db_tx *tx, struct env *e, struct id employer);
/* Is the person a cadre of a union above the unit today? *unit: the closest such union. */
const struct err *assignment_cadre_of(struct db_tx *tx, int64_t city, struct id person, struct str path, struct day today, struct unit *unit,
				      bool *is_out);
extern const struct covered_source assignment_covers[];
/* For struct feature: what the cadre looks after, and who does next. */
struct open_item;
const struct err *assignment_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n,
					int64_t *n_all);
const struct err *assignment_hand_over(struct db_tx *tx, struct env *e, struct id from, struct id to);
/* Due days of all, after a load. */
const struct err *assignment_rebuild(struct env *e);
/* The next visits of a person, and how many are late. */
const struct err *assignment_next_of(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t limit, struct assignment **out, size_t *n);
const struct err *assignment_late_count(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t *n);

/* Somebody who can be chosen. */
struct cadre {
	struct id id;
	struct str name, unit_name, unit_path;
	struct id unit_id;
	int64_t assigned, overdue;
};
/* Cadres of the unions that may look after employers at or below `path`: those above it, and those below; at most 500. */
const struct err *assignment_cadres(struct db_tx *tx, int64_t city, struct str path, struct day today, struct cadre **out, size_t *n);

/* ---- choosing employers (assignment_pick.c) ------------------------------------------------ */

enum { PICK_LINES_MAX = 500, PICK_TEXT_MAX = 20000 };
enum pick_kind { PICK_FOUND = 1, PICK_TWICE, PICK_AMBIGUOUS, PICK_UNKNOWN, PICK_CLOSED, PICK_TAKEN };
extern const struct codes pick_kinds;
struct pick {
	struct str line;      /* as pasted */
	uint32_t kind;
	struct unit unit;     /* PICK_FOUND, PICK_TAKEN (has somebody already), PICK_CLOSED, PICK_TWICE */
	struct str cadres;    /* who looks after it today */
	struct unit *choices; /* PICK_AMBIGUOUS, at most 5 */
	size_t n_choices;
};
/* Each line of `text` is a credit code or a name (whole, or a part of one name only) of an employer at or below `scope`. */
const struct err *pick_lines(struct db_tx *tx, int64_t city, const struct unit *scope, struct day today, struct str text, struct pick **out, size_t *n);
struct pick_filter { struct str industry, size, q; int64_t high_risk; bool without; };
/* By unit, industry (the beginning of its code), size, risk; ERR_LIMIT past ASSIGNMENT_AT_ONCE. */
const struct err *pick_where(struct db_tx *tx, int64_t city, const struct unit *scope, struct day today, const struct pick_filter *f,
			     struct pick **out, size_t *n);

/* ---- routes ---------------------------------------------------------------------------------- */

struct assignments_query {
	struct str unit, header, sort, after;
	struct id person;
	bool mine, overdue, ended;
	int64_t limit;
};
struct assign_input {
	struct id_list employer_ids;
	struct id person_id;
	uint32_t kind;
	int64_t every_days, version;
	struct day from_on, to_on;
	struct str note, reason, unit;
};
struct pick_input { struct str unit, text, industry, q; uint32_t size; struct str high_risk; bool without, show; };
struct take_over_input { struct str unit, reason; struct id from_id, to_id; };
struct visit_input { struct day visited_on; struct str note; int64_t version; };
struct cadres_query { struct str unit, header; };

/* The employer's page, also for who sent a form of it. */
const struct err *assignment_show(struct call *c, const struct unit *unit);
struct choice *assignment_cadre_choices(struct call *c, const struct cadre *v, size_t n, size_t *n_out); /* the first is nobody */
handler_fn pick_form, take_over_form;
handler_fn assignments_get, cadres_get, contact_get, pick_get, pick_post, assign_post, change_post, end_post, take_over_get, take_over_post, visit_post;
extern const struct shape assignments_query_shape[], assign_shape[], change_shape[], end_shape[], pick_shape[], take_over_shape[], visit_input_shape[],
	cadres_query_shape[], assignment_line_shape[], cadre_line_shape[];
extern const struct doc_part assignments_parts[], cadres_parts[], contact_parts[], pick_parts[], take_over_parts[];
extern const struct panel assignment_panels[];

#endif
