/* The account feature's own parts; other features see account.h only. */
#ifndef ACCOUNT_MODEL_H
#define ACCOUNT_MODEL_H

#include "account.h"
#include "importing.h"

struct account {
	struct id id, person_id;
	struct str login, password; /* password: argon2id string */
	bool must_change, is_locked;
	int64_t version;
};

/* The account of a login and its city; *found tells whether there is one. */
const struct err *account_find(struct db_tx *tx, struct str login, int64_t *city, struct account *out, bool *found);
const struct err *account_read(struct db_tx *tx, int64_t city, struct id id, struct account *out);
/* Duties that hold on `today`, widest unit first. */
const struct err *account_read_duties(struct db_tx *tx, int64_t city, struct id person, struct day today, struct duty **out, size_t *n);
uint32_t account_roles(const struct duty *d, size_t n); /* bits */
/* Fills what the duties of roles made of permissions hold: a statement for each of these, none where there are none. */
const struct err *account_read_grants(struct db_tx *tx, struct app *app, int64_t city, struct duty *v, size_t n);
/* Gives a duty (role, custom_id, unit_id, grants) from today on. */
const struct err *account_duty_give(struct db_tx *tx, struct env *e, struct id person, const struct duty *d);

extern const struct import_kind account_imports[]; /* people from spreadsheets (account_import.c) */
extern const struct perm account_import_people;

/* ---- passwords (account_password.c) ------------------------------------------ */

/* Is it the password of `hash`? Takes as long when hash is empty (no such login), and is false then. *stale: the hash was made
 * with other costs than today's. */
const struct err *account_verify(struct app *app, struct arena *a, struct str hash, struct str password, bool *ok, bool *stale);
/* `n` random characters without look-alikes, with a digit, a capital and a small letter (n >= 6). */
struct str account_make_password(struct app *app, struct arena *a, size_t n);
/* A new password: hash set, flag cleared, all other sessions of the account ended; with an event. */
const struct err *account_set_password(struct db_tx *tx, struct env *e, const struct account *w, struct str hash, bool must_change,
				       struct id keep_session);

/* ---- attempts (account_limit.c, decision 18) ---------------------------------- */

/* The buckets that an attempt counts in: keyed hashes, so that no login and no address is stored. */
struct attempt {
	struct str pair, known, login, addr;
};
struct attempt attempt_of(struct app *app, struct arena *a, struct str login, struct str addr);
/* Counts the attempt as failed before the password is looked at, so that parallel guesses are counted too; ERR_RATE with
 * retry_after_s when it is one too many (it is not counted then). */
const struct err *attempt_begin(struct db_tx *tx, struct env *e, const struct attempt *t);
/* It was the right password: forget the pair's failures, take this one back, remember the address for 30 days. */
const struct err *attempt_succeeded(struct db_tx *tx, struct env *e, const struct attempt *t);

/* ---- sessions and tokens (account_session.c) ---------------------------------- */

enum { SESSION_COOKIE_FLOOR = 1 }; /* the cookie outlives the browser */

/* A secret for the client: "<city>.<43 characters>", and its SHA-256 for the table. */
struct secret {
	struct str text;
	unsigned char hash[32];
};
struct secret secret_new(struct app *app, struct arena *a, int64_t city);
bool secret_read(struct str text, int64_t *city, unsigned char hash[32]);
/* The token for forms that belongs to a session's secret. */
struct str secret_csrf(struct app *app, struct arena *a, struct str text);

/* How long a session of these roles may last, and rest: the strictest of the holder's roles decides. */
struct session_ends { int64_t idle_ms, absolute_ms; bool stays; /* the cookie outlives the browser */ };
struct session_ends session_ends_of(struct app *app, int64_t city, uint32_t roles);

const struct err *account_identify(struct call *c);

struct session_line { struct id id; struct instant created_at, last_seen_at, ends_at; struct str addr; };
extern const struct shape session_line_row[];
struct token_line { struct id id; struct str name; uint32_t scope; struct instant created_at, last_used_at, revoked_at; };
extern const struct shape token_line_row[];
extern const struct codes token_scopes; /* "read", "write" */
enum { TOKEN_READ = 1, TOKEN_WRITE };

/* ---- routes ---------------------------------------------------------------------- */

struct login_input { struct str login, password, next; };
struct password_input { struct str password, new_password, again; };
struct token_input { struct str name; uint32_t scope; };
struct people_query { struct str unit, sort, after, header; int64_t limit; };
extern const struct shape login_query_shape[], login_input_shape[], password_input_shape[], token_input_shape[], people_query_shape[];
extern const struct shape person_line_shape[];
extern const struct doc_part login_parts[], me_parts[], tokens_parts[], people_parts[];

/* `next` when it is an address on this site, "/" otherwise. */
struct str account_local_path(struct str next);

handler_fn account_get_login, account_post_login, account_post_logout;
handler_fn account_get_me, account_post_password, account_post_end_session, account_post_end_others;
handler_fn account_get_tokens, account_post_token, account_post_revoke;
handler_fn account_get_people;
void account_put_actor(struct call *c, json_t *doc, const struct actor *w); /* person, duties, csrf */

/* feature.goes_along: the people of a unit's subtree. */
struct along;
const struct err *account_goes_along(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n);

#endif
