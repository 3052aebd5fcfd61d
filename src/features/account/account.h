/* Accounts: persons, logins, duties, sessions and tokens (NFR-2, NFR-6). */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "call.h"

enum { ACCOUNT_NAME_MAX = 60, ACCOUNT_LOGIN_MAX = 60, ACCOUNT_PASSWORD_MAX = 128 };

struct person {
	struct id id;
	struct str name, phone, staff_number;
	struct id unit_id; /* the team or unit the person belongs to */
	bool has_left;
	int64_t version;
};
extern const struct shape person_row[];

/* ERR_MISSING when there is no such person in the city. */
const struct err *account_person(struct db_tx *tx, int64_t city, struct id id, struct person *out);
/* p: name, phone, staff_number, unit_id; sets p->id and version, with an event. ERR_MISSING: no such unit. */
const struct err *account_person_add(struct db_tx *tx, struct env *e, struct person *p);
/* Writes name, phone, staff_number, unit_id and has_left of a person whose version is p->version (ERR_CONFLICT when it is stale),
 * with an event of what changed; sets the new version. */
const struct err *account_person_change(struct db_tx *tx, struct env *e, struct person *p);
/* A telephone number is somebody's once in a city. ERR_INPUT phone_taken on /phone; two who take it at once wait for each other. */
const struct err *account_phone_check(struct db_tx *tx, struct env *e, struct id person, struct str phone);
/* Gives a duty from today on, with an event. ERR_INPUT "admin_exclusive" on /role: an administrator's role beside any
 * other work of the same person (system, security and audit exclude each other, and business). */
const struct err *account_duty_add(struct db_tx *tx, struct env *e, struct id person, uint32_t role, struct id unit);
/* The same with a role that the city made of permissions (decision 0025). ERR_DENIED "give_self": to oneself; "give_beyond": it holds what the
 * actor does not hold at the unit; ERR_INPUT on /role: closed, or another administrator's work than the person's own. */
const struct err *account_custom_give(struct db_tx *tx, struct env *e, struct id person, struct id role, struct id unit);

/* What such a role holds: a permission's name or "see." and the word of a field right. */
enum { ROLE_REACH_BELOW = 1, ROLE_REACH_CITY };
extern const struct codes account_reaches;
struct role_grant {
	struct str what;
	uint32_t reach;
};
const struct err *account_role_grants_of(struct db_tx *tx, int64_t city, struct id role, struct role_grant **out, size_t *n);
enum field_right account_right(struct str what); /* SEE_ALL: no field right */
/* As duties carry it; without at_root. */
void account_grants_resolve(struct app *app, struct arena *a, const struct role_grant *v, size_t n, struct grants *out);

extern const struct perm account_role_read, account_role_write, account_role_give;
/* A login with a password hash made by account_hash(), outside any transaction. The login is trimmed, at most 60 characters
 * without blanks, upper and lower case are different. ERR_CONFLICT "login_taken": in use somewhere in the installation. */
const struct err *account_login_add(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash, bool must_change);
/* argon2id, 19 MiB, two passes; at most two at a time in the process (waits up to 20 s, then ERR_BUSY). `cheap`: least cost, for
 * the demonstration's accounts only. */
const struct err *account_hash(struct app *app, struct arena *a, struct str password, bool cheap, struct str *out);
/* Whose password it is to be. */
struct password_owner {
	uint32_t roles; /* bits */
	struct str login, name, phone, staff_number;
	bool is_mlps;   /* the rules of the MLPS profile: classes of characters (account_is_mlps()) */
};
/* NULL, or ERR_INPUT on `pointer` telling why the password is too weak: from the workshop leader upward at least 10 characters (MLPS:
 * of three of the four classes), not made of what anybody tries first or of the holder's own name, login or telephone; a worker or
 * team leader may have a PIN of six digits that are no birthday, row or part of the telephone. */
const struct err *account_password_check(struct arena *a, const struct password_owner *who, struct str password, const char *pointer);

/* ---- getting in ------------------------------------------------------------------ */

/* The person of an employer who has the staff number or the telephone (either may be empty); *found tells whether there is one.
 * ERR_INPUT two_persons when they belong to different ones, ambiguous_person when several have it. */
const struct err *account_person_matching(struct db_tx *tx, int64_t city, struct id enterprise, struct str phone, struct str staff_number,
					  struct person *out, bool *found);
/* An account for a worker who gets in by PIN: by telephone if nobody else has it as a login, and by staff number inside the employer.
 * hash: of account_hash(). A person who has one already gets the new PIN if nothing but a worker; ERR_INPUT has_account otherwise.
 * version: of the account as it is then. */
const struct err *account_worker_login(struct db_tx *tx, struct env *e, const struct person *p, struct id enterprise, struct str hash,
				       struct id *account, int64_t *version);
/* NULL, or ERR_INPUT on `pointer`: not six digits, or too easy. */
const struct err *account_pin_check(struct arena *a, struct str pin, struct str phone, struct str staff_number, const char *pointer);
/* Opens a session for an account that has proved itself otherwise (a confirmed application) while it still has that version; *in false: it was
 * locked or got another password since. */
const struct err *account_let_in(struct call *c, int64_t city, struct id account, int64_t version, bool *in);
bool account_holds_duty(struct db_tx *tx, struct env *e, struct id person, uint32_t role, struct id unit, const struct err **bad);

/* The team whose poster this browser has seen: signed, no secret. false: none. */
struct team_hint {
	int64_t city;
	struct id enterprise_id, unit_id;
};
bool account_team_hint(struct call *c, struct team_hint *out);
void account_team_hint_keep(struct call *c, const struct team_hint *t);

/* Counts one more of something that strangers may do `limit` times in so many minutes, per `kind` and client address (or another
 * name); ERR_RATE too_many_attempts when it is one too many. The key is kept as a keyed hash. */
struct str attempt_bucket(struct app *app, struct arena *a, const char *kind, struct str addr);
const struct err *attempt_spend(struct db_tx *tx, struct env *e, struct str bucket, int64_t minutes, int64_t limit);

/* Persons who hold one of `roles` (bits, at most six) anywhere inside the employer, by unit and name, at most 500. */
struct person_choice {
	struct id id;
	struct str name, role, unit_name; /* role: the word */
};
const struct err *account_people(struct db_tx *tx, int64_t city, struct id enterprise, uint32_t roles, struct person_choice **out, size_t *n);

/* A duty as the register of people shows it: also one that has ended or not begun. */
struct duty_line {
	struct id id, person_id, unit_id, custom_id;
	struct id for_person_id; /* whose substitute the holder is; 0: the own one */
	uint32_t role;
	struct str custom_name, unit_name, unit_path, for_name;
	struct day from_on, to_on; /* to_on: the last day; none: it lasts */
};
extern const struct shape duty_line_row[], duty_line_shape[];
bool duty_is_on(const struct duty_line *d, struct day day);
/* A person's, newest first, at most 200. */
const struct err *account_duty_lines(struct db_tx *tx, int64_t city, struct id person, struct duty_line **out, size_t *n);
/* ERR_MISSING: no such duty of this person. */
const struct err *account_duty_line(struct db_tx *tx, int64_t city, struct id person, struct id duty, struct duty_line *out);
/* Its last day is `last`, with an event, and that of what the holder lent of it. ERR_CONFLICT "duty_over": it has ended before. */
const struct err *account_duty_end(struct db_tx *tx, struct env *e, const struct duty_line *d, struct day last);
/* Gives the same duty to somebody else: from today on (a successor), or as a substitute from a day to a day. ERR_INPUT "admin_exclusive". */
const struct err *account_duty_pass(struct db_tx *tx, struct env *e, const struct duty_line *d, struct id to);
const struct err *account_duty_lend(struct db_tx *tx, struct env *e, const struct duty_line *d, struct id to, struct day from, struct day until);
/* How many others hold the same role at the same unit that day as their own: a substitute, whose duty ends by itself, is none. */
const struct err *account_duty_others(struct db_tx *tx, int64_t city, const struct duty_line *d, struct day day, int64_t *n);

/* Eighteen or fifteen figures are an identity card's, which nobody is asked for (NFR-6); white space at its ends does not hide it. */
bool account_is_card_number(struct str s);
/* A mobile number: eleven digits. */
bool account_is_mobile(struct str s);
/* Whether a login is a telephone number, which takes the right to see it: workers get in by theirs. */
bool account_login_tells_phone(struct str login, struct str phone);
/* How a person gets in: *found false where there is no account. */
struct login_of { struct str login; bool is_locked; };
const struct err *account_login_of(struct db_tx *tx, int64_t city, struct id person, struct login_of *out, bool *found);
/* A password that somebody else made, to be changed at the first login; good for three days; ends all sessions. ERR_MISSING: no account. */
const struct err *account_password_reset(struct db_tx *tx, struct env *e, struct id person, struct str hash);
/* Locks or unlocks, with an event; a locked one is out at once. ERR_MISSING: no account. */
const struct err *account_lock(struct db_tx *tx, struct env *e, struct id person, bool locked);

extern const struct perm account_people_read, account_people_write;
extern const struct perm account_keep, account_reset_factor; /* a forgotten PIN, a lost second factor: /people/{id}/pin, /people/{id}/factor */

#endif
