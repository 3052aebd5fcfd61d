/* People of a new city, written by a load (db_bulk.h): what account_person_add(), account_duty_add() and account_login_add() write, but
 * nothing is read, so the caller answers for what those look up.
 */
#ifndef ACCOUNT_LOAD_H
#define ACCOUNT_LOAD_H

#include "account.h"
#include "db_bulk.h"
#include "org.h"

/* A person of `unit` with the duty `role` there; p: name, phone, staff_number. */
const struct err *account_person_load(struct db_tx *tx, struct env *e, const struct unit *unit, uint32_t role, struct person *p);
/* The login is in use nowhere else; it keeps its password. */
const struct err *account_login_load(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash);
/* Parents before children. */
void account_load_order(struct db_bulk *b);

#endif
