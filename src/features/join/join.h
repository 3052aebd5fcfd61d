/* Joining a team by the code on its poster (NFR-6). */
#ifndef JOIN_H
#define JOIN_H

#include "account.h"
#include "feature.h"
#include "org.h"

enum { JOIN_CODE_CHARS = 8, JOIN_NUMBER_MAX = 40, JOIN_PHONE_MAX = 20, JOIN_REASON_MAX = 200 };
enum join_state { JOIN_WAITING = 1, JOIN_CONFIRMED, JOIN_REFUSED, JOIN_ENTERED };
extern const struct codes join_states;

struct join_code {
	struct id id, unit_id;
	struct str code; /* eight characters of Crockford's base 32, unique in the installation */
	struct instant made_at, ended_at;
	int64_t scans;   /* browsers that opened it, each once, up to 9,999: whoever asks for it without end writes no more then */
};
struct join_request {
	struct id id, unit_id, account_id;
	struct str name, phone, staff_number, pin, reason, unit_name, unit_path;
	uint32_t state;
	int64_t account_version; /* the account's when it was confirmed */
	struct instant made_at, ends_at;
};
extern const struct shape join_code_row[], join_request_row[];

/* The code of a unit that holds now; *found tells whether there is one. */
const struct err *join_code_of(struct db_tx *tx, int64_t city, struct id unit, struct join_code *out, bool *found);
/* A code as somebody typed it, blanks and look-alikes forgiven, with its city; *found: it holds. */
const struct err *join_code_named(struct db_tx *tx, struct arena *a, struct str typed, int64_t *city, struct join_code *out, bool *found);
/* Ends the unit's code; with `code` a new one takes its place. With an event. ERR_INPUT: not an employer, workshop or team. */
const struct err *join_code_renew(struct db_tx *tx, struct env *e, const struct unit *u, struct str code);

/* Trims and checks name, telephone and staff number; ERR_INPUT on what is wrong: an identity number (never asked for), neither
 * telephone nor number, not a mobile number. */
const struct err *join_check(struct arena *a, struct join_request *r);
/* Whether it is an ID-card number by its form: 15 digits, or 17 and a digit or X. */

/* r: unit_id, name, phone, staff_number, pin (hash), ends_at; sets id. ERR_RATE join_full: too many wait already. */
const struct err *join_apply(struct db_tx *tx, struct env *e, const unsigned char secret[32], struct join_request *r);
const struct err *join_request(struct db_tx *tx, int64_t city, struct id id, struct join_request *out);
const struct err *join_mine(struct db_tx *tx, struct env *e, const unsigned char secret[32], struct join_request *out, bool *found);
/* Person (found again in the employer, or new), duty as a worker of the team, account. ERR_INPUT: name_differs from the register's,
 * has_account, two_persons, ambiguous_person, phone_taken; ERR_CONFLICT join_decided. */
const struct err *join_confirm(struct db_tx *tx, struct env *e, struct id id);
const struct err *join_refuse(struct db_tx *tx, struct env *e, struct id id, struct str reason);
/* *entered: this call took the one entry that a confirmation gives. */
const struct err *join_enter(struct db_tx *tx, struct env *e, struct id id, bool *entered);
/* Who waits at a unit of an employer and below, oldest first, behind `after`, at most `limit`. */
const struct err *join_waiting_at(struct db_tx *tx, struct env *e, const struct unit *u, struct id after, int64_t limit, struct join_request **out,
				  size_t *n);

extern const struct perm join_manage;

/* ---- routes --------------------------------------------------------------------------- */

struct join_code_input { struct str code; };
struct join_apply_input { struct str name, phone, staff_number, pin, again; };
struct join_list_query { struct str unit; struct id after; };
struct join_refuse_input { struct str reason; };
extern const struct shape join_code_query[], join_apply_shape[], join_list_shape[], join_refuse_shape[], join_line_shape[];
extern const struct doc_part join_find_parts[], join_apply_parts[], join_wait_parts[], join_manage_parts[], join_list_parts[];
handler_fn join_get_find, join_get_apply, join_post_apply, join_get_wait;
handler_fn join_get_manage, join_post_code, join_post_end, join_get_poster, join_get_list, join_post_confirm, join_post_refuse;
locate_fn join_locate_request;
extern const struct panel join_panels[];

#endif
