/* The account feature's own parts; other features see account.h only. */
#ifndef ACCOUNT_MODEL_H
#define ACCOUNT_MODEL_H

#include "account.h"
#include "importing.h"

struct account {
	struct id id, person_id;
	struct str login, password; /* password: argon2id string */
	bool must_change, is_locked;
	struct instant once_until; /* must_change: good until then; 0: without end */
	int64_t version;
};
extern const struct shape account_row[];

/* The account of a login and its city; *found tells whether there is one. */
const struct err *account_find(struct db_tx *tx, struct str login, int64_t *city, struct account *out, bool *found);
/* The same for who is getting in, by as many statements whether there is one or not: `login` as it was typed, or `by_number`, which
 * is a staff number inside an employer ("" when that is not known); with the person, empty where there is none. */
const struct err *account_find_who(struct db_tx *tx, struct str login, struct str by_number, int64_t *city, struct account *out,
				   struct person *p, bool *found);
const struct err *account_read(struct db_tx *tx, int64_t city, struct id id, struct account *out);
/* Duties that hold on `today`, widest unit first. */
const struct err *account_read_duties(struct db_tx *tx, int64_t city, struct id person, struct day today, struct duty **out, size_t *n);
uint32_t account_roles(const struct duty *d, size_t n); /* bits */
/* Of the duties that hold today or will: by these is decided who may open an account or touch its password. */
const struct err *account_roles_ahead(struct db_tx *tx, struct env *e, struct id person, uint32_t *out);
/* Fills what the duties of roles made of permissions hold: a statement for each of these, none where there are none. */
const struct err *account_read_grants(struct db_tx *tx, struct app *app, int64_t city, struct duty *v, size_t n);
/* Gives a duty (role, custom_id, unit_id, grants) from today on. Where it asks for a better password than the duties so far, a new one has to
 * be chosen first. */
const struct err *account_duty_give(struct db_tx *tx, struct env *e, struct id person, const struct duty *d);
/* The same for a time, as somebody's substitute; NULL: as above. */
struct duty_span { struct day from, to; struct id for_person; };
const struct err *account_duty_give_for(struct db_tx *tx, struct env *e, struct id person, const struct duty *d, const struct duty_span *span);

/* Locks or unlocks the account, with an event; ends all its sessions. */
const struct err *account_set_lock(struct db_tx *tx, struct env *e, const struct account *w, bool locked);

extern const struct import_kind account_imports[]; /* people from spreadsheets (account_import.c) */
extern const struct perm account_import_people;

/* ---- passwords (account_password.c) ------------------------------------------ */

/* Is it the password of `hash`? Takes as long when hash is empty (no such login), and is false then. *stale: the hash was made
 * with other costs than today's. */
const struct err *account_verify(struct app *app, struct arena *a, struct str hash, struct str password, bool *ok, bool *stale);
/* `n` random characters without look-alikes, with a digit, a capital and a small letter (n >= 6). */
int account_classes(struct str s); /* of small letters, capitals, digits, others: how many occur */
struct str account_make_code(struct app *app, struct arena *a, size_t digits);
struct str account_make_password(struct app *app, struct arena *a, size_t n);
/* A new password: hash set, flag cleared, the old one kept among the last five, all other sessions and all tokens of the account ended; with
 * an event. w->once_until counts with must_change. */
const struct err *account_set_password(struct db_tx *tx, struct env *e, const struct account *w, struct str hash, bool must_change,
				       struct id keep_session);
/* ERR_INPUT on `pointer` when `password` is the account's present one or one of the last five. */
const struct err *account_past_check(struct call *c, const struct account *w, struct str password, const char *pointer);
struct past { struct id id; struct str password; };
const struct err *account_past_of_account(struct db_tx *tx, int64_t city, struct id account, struct past **out, size_t *n);
/* Writes an account whose login is free, whatever it looks like. */
const struct err *account_login_store(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash, bool must_change,
				      struct id *account);
/* The hidden login of a staff number inside an employer. */
struct str account_number_login(struct arena *a, struct id enterprise, struct str staff_number);
/* Who holds one of these roles has to keep the strict rules: from the safety officer upward. */
bool account_is_strict(uint32_t roles);
bool account_may_have_pin(uint32_t roles);
bool account_is_mlps(struct app *app, int64_t city);
/* Why these six digits are too easy (a code of the catalogue's field_…), or NULL. */
const char *account_pin_weak(struct str pin, struct str phone, struct str staff_number);
/* Whether the password is made of words and runs that anybody tries first. */
bool account_password_common(struct arena *a, struct str password);

/* ---- attempts (account_limit.c, decision 18) ---------------------------------- */

/* The buckets that an attempt counts in: keyed hashes, so that no login and no address is stored. */
struct attempt {
	struct str pair, pair_day, known, login, login_day, addr;
	struct str device, device_pair, device_known;
	struct str who;
	bool has_device, at_device; /* at_device: set by attempt_begin(): the login got in from this browser before */
};
/* device: account_device(), may be empty. */
struct attempt attempt_of(struct app *app, struct arena *a, struct str login, struct str addr, struct str device);
struct attempt attempt_at(struct call *c, struct str login);
/* The browser has a name from now on, by which attempt_succeeded() remembers it. */
void attempt_name_device(struct app *app, struct arena *a, struct attempt *t, struct str device);
/* Counts the attempt as failed before the password is looked at, so that parallel guesses are counted too; ERR_RATE with
 * retry_after_s when it is one too many (it is not counted then). */
const struct err *attempt_begin(struct db_tx *tx, struct env *e, struct attempt *t);
/* It was the right password: forget the pair's failures, take this one back, remember the address for 30 days. */
const struct err *attempt_succeeded(struct db_tx *tx, struct env *e, const struct attempt *t);

/* ---- cookies that are signed and no secrets (account_cookie.c) ------------------- */

/* The browser's own name, "" when it has none or one that we did not give. */
struct str account_device(struct call *c);
/* Gives a browser (not a script) a name if it has none, and tells it. */
struct str account_device_keep(struct call *c);
/* The words for a browser by what it says of itself: "wechat android". */
struct str account_agent(struct arena *a, struct str user_agent);

/* ---- the second factor (account_totp.c, account_factor.c) ------------------------- */

enum { TOTP_SECRET = 20, TOTP_STEP_S = 30, RECOVERY_CODES = 10 };
uint32_t totp_code(const unsigned char *secret, size_t n, int64_t step, uint32_t digits); /* RFC 6238 with SHA-1, at most 8 digits */
/* The step whose code it is, at most one beside `now` and after `last`; -1: none. */
int64_t totp_match(const unsigned char *secret, size_t n, struct instant now, int64_t last, struct str code);
struct str totp_base32(struct arena *a, const unsigned char *p, size_t n); /* RFC 4648, in groups of four */

struct factor { struct str secret; int64_t last_step; struct instant made_at, confirmed_at; };
const struct err *factor_of(struct db_tx *tx, int64_t city, struct id account, struct factor *out, bool *found);
struct str factor_seal(struct env *e, struct id account, const unsigned char secret[TOTP_SECRET]);
const struct err *factor_unseal(struct env *e, struct id account, struct str sealed, unsigned char secret[TOTP_SECRET]);
struct str recovery_hash(struct env *e, struct id account, struct str code); /* case and signs do not count */
/* Uses up a code of the device, or one for who lost it; *ok tells whether it was one. */
const struct err *factor_use(struct db_tx *tx, struct env *e, struct id account, struct str code, bool *ok);
/* Ends it, with an event that holds the reason. */
const struct err *factor_remove(struct db_tx *tx, struct env *e, struct id account, struct str reason);

/* ---- opening a session (account_enter.c) ------------------------------------------ */

struct entering {
	struct call *c;
	int64_t city;
	struct id account;
	int64_t version;            /* the account's when its password was checked; 0: any */
	struct attempt *attempt;    /* which succeeded; NULL: none was counted */
	struct str was_hash, fresh_hash; /* another hash of the same password, made with today's costs; "": none */
	struct id phone;            /* the shared one */
	bool past_factor;           /* the second factor was given */
	bool is_late;               /* out: the account is not the one any more whose password was checked: nothing was done */
	bool is_half;               /* out: the second factor is still to come */
	struct account w;           /* out */
};
/* A new session in place of the one that the browser had: cookie, actor, audit. */
const struct err *account_enter(struct entering *n);

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
struct session_ends session_ends_of(struct app *app, int64_t city, uint32_t roles, bool is_shared);

const struct err *account_identify(struct call *c);

/* Whether the call's session still waits for its second factor: the actor is nobody then, but has account, session and city. */
bool account_is_half(const struct actor *w);

struct session_line { struct id id, phone_id; struct instant created_at, last_seen_at, ends_at; struct str addr, agent; };
extern const struct shape session_line_row[];
struct token_line { struct id id; struct str name, permissions; uint32_t scope; struct instant created_at, last_used_at, revoked_at, expires_at; };
extern const struct shape token_line_row[];
extern const struct codes token_scopes; /* "read", "write" */
enum { TOKEN_READ = 1, TOKEN_WRITE };
/* Limits the duties to the permissions and field rights ("see.phone") of a token; names that no longer exist hold nothing. */
void account_token_limit(struct app *app, struct arena *a, struct str permissions, struct duty *duties, size_t n);
/* A token acts for its owner but does not open further ways in: ERR_DENIED for one. */
const struct err *account_needs_session(struct call *c);

/* ---- routes ---------------------------------------------------------------------- */

struct login_input { struct str login, password, next; };
struct password_input { struct str password, new_password, again; };
struct token_input { struct str name; uint32_t scope; int64_t days; struct str_list permissions; };
struct factor_input { struct str one_time_code, next, password; };
extern const struct shape factor_input_shape[], factor_off_shape[], factor_query_shape[];
extern const struct doc_part factor_parts[], factor_login_parts[];
struct people_query { struct str unit, q, sort, after, header; int64_t limit; };
extern const struct shape login_query_shape[], login_input_shape[], password_input_shape[], token_input_shape[], people_query_shape[];
extern const struct shape person_line_shape[];
extern const struct doc_part login_parts[], me_parts[], tokens_parts[], people_parts[];

/* `next` when it is an address on this site, "/" otherwise. */
struct str account_local_path(struct str next);

handler_fn account_get_login, account_post_login, account_post_logout;
handler_fn account_get_login_factor, account_post_login_factor;
handler_fn account_get_factor, account_post_factor_new, account_post_factor_confirm, account_post_factor_codes, account_post_factor_off;
handler_fn account_get_me, account_post_password, account_post_end_session, account_post_end_others;
handler_fn account_get_tokens, account_post_token, account_post_revoke;
handler_fn account_get_people;
void account_put_actor(struct call *c, json_t *doc, const struct actor *w); /* person, duties, csrf */

/* feature.goes_along: the people of a unit's subtree. */
struct along;
const struct err *account_goes_along(struct db_tx *tx, int64_t city, struct target *t, struct instant now, struct along *out, size_t *n);

#endif
