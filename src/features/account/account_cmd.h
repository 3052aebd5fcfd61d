/* Accounts from the command line. `e`: env_system() of the city; nothing of it runs inside a transaction of the caller. */
#ifndef ACCOUNT_CMD_H
#define ACCOUNT_CMD_H

#include "account.h"

/* The first account of a new city: system administrator at the city's unit, login "admin-<city>", a random password that is to be
 * changed at the first login. Strings are on e->a. ERR_CONFLICT "login_taken" when it is there already. */
const struct err *account_first_admin(struct env *e, struct str *login, struct str *password);

/* A person with a duty at a unit (id or division code) and a login. *password: the wanted one (checked for the role), or empty: one
 * is made and has to be changed at the first login. ERR_INPUT on /name, /role, /password, /login; ERR_MISSING: no such unit. */
const struct err *account_user_add(struct env *e, struct str login, struct str name, struct str role, struct str unit, struct str *password);
/* Locks the account: no login, no session and no token of it works any more. ERR_MISSING: no such login. */
const struct err *account_user_lock(struct env *e, struct str login);
/* A new password, made here, to be changed at the next login; unlocks the account and ends its sessions. */
const struct err *account_user_password(struct env *e, struct str login, struct str *password);

/* Takes the second factor off, for who lost device and recovery codes; ends the sessions. ERR_CONFLICT no_factor: there is none. */
const struct err *account_user_factor(struct env *e, struct str login);

#endif
