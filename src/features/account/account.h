/* Accounts: persons, logins, duties, sessions and tokens (NFR-2, NFR-6). */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "call.h"

struct person {
	struct id id;
	struct str name, phone, staff_number;
	struct id unit_id; /* the team or unit the person belongs to */
	bool has_left;
	int64_t version;
};
extern const struct shape person_row[];

const struct err *account_person(struct db_tx *tx, int64_t city, struct id id, struct person *out);
const struct err *account_person_add(struct db_tx *tx, struct env *e, struct person *p);
/* Gives a duty from today on. Refuses an administrator's role beside another administrator's role of the same person. */
const struct err *account_duty_add(struct db_tx *tx, struct env *e, struct id person, uint32_t role, struct id unit);
/* A login with a password hash made by account_hash(), outside any transaction. */
const struct err *account_login_add(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash, bool must_change);
/* argon2id; at most two at a time in the process (waits). `cheap`: least cost, for the demonstration's accounts only. */
const struct err *account_hash(struct app *app, struct arena *a, struct str password, bool cheap, struct str *out);

/* Persons who hold one of `roles` (bits) at a unit or above it inside the employer, or in its subtree when `below`: choices for "responsible". */
struct person_choice { struct id id; struct str name, role, unit_name; };
const struct err *account_people(struct db_tx *tx, int64_t city, struct id enterprise, uint32_t roles, struct person_choice **out, size_t *n);

#endif
