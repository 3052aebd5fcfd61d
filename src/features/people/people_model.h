/* People at their posts: who may give whom which duty, substitutes, hand-over, leaving (ORG-5). */
#ifndef PEOPLE_MODEL_H
#define PEOPLE_MODEL_H

#include "account.h"
#include "feature.h"
#include "org.h"

enum { PEOPLE_WHO_MAX = 60, PEOPLE_REASON_MAX = 200, LEND_DAYS_MAX = 366, OPEN_SHOWN = 50 };

/* ---- who gives what (people_rules.c) ------------------------------------------------- */

/* Bits of the roles that the actor may give and take at `unit`: below one's own post, at units of the kind that has it. */
uint32_t people_gives(const struct actor *w, const struct unit *unit);
/* Whether all duties that last are the actor's to give: then the account may be made, locked, and given a new password. */
bool people_all_yours(const struct actor *w, struct day today, const struct duty_line *v, size_t n);
/* ERR_INPUT for what cannot be a name, a telephone or a staff number. */
const struct err *people_check(struct arena *a, const struct person *p);

/* ---- finding ----------------------------------------------------------------------------- */

struct person_at {
	struct person p;
	struct unit unit; /* where the person belongs */
	struct unit home; /* the employer, or the unit itself */
};
const struct err *people_read(struct db_tx *tx, int64_t city, struct id id, struct person_at *out);
/* An id, telephone number (for who may see it there), staff number or the whole name of somebody at `at` or below; of
 * a union's office, where nobody is found there, also of all whose people the actor keeps. ERR_INPUT on `field`: nobody, or several. */
const struct err *people_find(struct db_tx *tx, struct env *e, struct str who, const struct unit *at, const char *field, struct id *out);

/* What the person has to answer for, of all features: at most `max` items, *n_all in all. */
const struct err *people_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n,
				    int64_t *n_all);
/* Of one's own lasting duties those that nobody else holds: posts that would be empty. */
const struct err *people_sole_duties(struct db_tx *tx, struct env *e, struct id person, struct duty_line **out, size_t *n);

/* ---- writing ------------------------------------------------------------------------------- */

struct people_lend { struct id duty_id; struct str who, reason; struct day from_on, to_on; };
struct people_pass { struct str successor, reason; bool leaves; struct opt_i64 version; };

/* ERR_CONFLICT on /phone, /staff_number: somebody else's here. */
const struct err *people_add(struct db_tx *tx, struct env *e, struct person *p, uint32_t role);
const struct err *people_change(struct db_tx *tx, struct env *e, struct person *p);
const struct err *people_give(struct db_tx *tx, struct env *e, const struct person_at *who, uint32_t role, struct id unit);
const struct err *people_end(struct db_tx *tx, struct env *e, const struct person_at *who, struct id duty);
const struct err *people_lend(struct db_tx *tx, struct env *e, const struct person_at *who, const struct people_lend *in);
/* All duties but the worker's and all that is open go to the successor, on one sheet; `leaves`: the person then is gone. */
const struct err *people_hand_over(struct db_tx *tx, struct env *e, const struct person_at *who, const struct people_pass *in, struct id *sheet);
/* ERR_CONFLICT "not_handed_over": something is open, or a post would be empty. */
const struct err *people_leave(struct db_tx *tx, struct env *e, const struct person_at *who, int64_t version);

struct handover {
	struct id id, from_id, to_id, unit_id, by_id;
	struct day made_on;
	struct instant made_at;
	struct str reason, from_name, to_name, by_name, unit_name;
	bool leaves;
};
extern const struct shape handover_shape[];
const struct err *people_handover(struct db_tx *tx, int64_t city, struct id id, struct handover *out);
struct handover_line { struct str kind, label; struct id id; };
extern const struct shape handover_line_shape[];
const struct err *people_handover_lines(struct db_tx *tx, int64_t city, struct id id, struct handover_line **out, size_t *n);
struct handover_link { struct id id; struct day made_on; struct str name; };
extern const struct shape handover_link_shape[];
const struct err *people_handovers(struct db_tx *tx, int64_t city, struct id person, bool from, struct handover_link **out, size_t *n);

/* ---- routes ----------------------------------------------------------------------------------- */

struct people_input { struct str name, phone, staff_number; struct id unit_id; uint32_t role; struct opt_i64 version; };
struct people_duty_input { uint32_t role; struct id unit_id; };
extern const struct shape people_new_query_shape[], people_add_shape[], people_change_shape[], people_duty_shape[], people_lend_shape[],
	people_pass_shape[], people_leave_shape[];
extern const struct doc_part people_show_doc[], people_new_doc[], people_sheet_doc[];
handler_fn people_get_one, people_get_new, people_post_new, people_post_change, people_post_duty, people_post_duty_end, people_post_lend,
	people_post_hand_over, people_post_leave, people_get_sheet;
handler_fn people_post_login, people_post_password, people_post_lock, people_post_unlock;
extern const struct shape people_login_shape[];
struct people_login_input { struct str login; };
locate_fn people_locate, people_locate_sheet;

#endif
