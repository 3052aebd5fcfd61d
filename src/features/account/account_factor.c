/* The second factor: a secret shared with a program on the holder's phone, sealed with the installation's key, and codes for who lost it. */
#include "account_model.h"

#include "account_sql.h"
#include "event.h"

#include <ctype.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static const struct shape factor_row[] = {
	SHAPE_ROW(struct factor, secret, SHAPE_T_BLOB, 0, 0, 0, NULL),
	SHAPE(struct factor, last_step, 0),
	SHAPE(struct factor, made_at, 0),
	SHAPE(struct factor, confirmed_at, 0),
	SHAPE_END,
};

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES, SEALED = NONCE + TOTP_SECRET + TAG };

static void factor_key(struct app *app, unsigned char key[32])
{
	static const char use[] = "second factor";
	crypto_auth_hmacsha256(key, (const unsigned char *)use, sizeof(use) - 1, app_secret(app));
}

/* A row that was copied to another account opens nothing there. */
static struct str owner_of(struct arena *a, int64_t city, struct id account)
{
	return str_fmt(a, "%" PRId64 ".%" PRId64, city, account.v);
}

struct str factor_seal(struct env *e, struct id account, const unsigned char secret[TOTP_SECRET])
{
	unsigned char key[32], *out = arena_alloc(e->a, SEALED);
	struct str owner = owner_of(e->a, e->city, account);
	env_random(e, out, NONCE);
	factor_key(e->app, key);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE, NULL, secret, TOTP_SECRET, (const unsigned char *)owner.p, owner.n, NULL, out, key);
	sodium_memzero(key, sizeof(key));
	return (struct str){(const char *)out, SEALED};
}

const struct err *factor_unseal(struct env *e, struct id account, struct str sealed, unsigned char secret[TOTP_SECRET])
{
	unsigned char key[32];
	const unsigned char *p = (const unsigned char *)sealed.p;
	struct str owner = owner_of(e->a, e->city, account);
	factor_key(e->app, key);
	bool good = sealed.n == SEALED && crypto_aead_xchacha20poly1305_ietf_decrypt(secret, NULL, NULL, p + NONCE, SEALED - NONCE,
										     (const unsigned char *)owner.p, owner.n, p, key) == 0;
	sodium_memzero(key, sizeof(key));
	return good ? NULL : ERR(e->a, ERR_BUG, "factor_sealed", "the second factor's secret was sealed with another key");
}

const struct err *factor_of(struct db_tx *tx, int64_t city, struct id account, struct factor *out, bool *found)
{
	*out = (struct factor){0};
	return db_find(tx, &account_factor_of, ARGS(ARG(city), ARG(account)), factor_row, out, found);
}

/* ---- codes ------------------------------------------------------------------------------ */

struct str recovery_hash(struct env *e, struct id account, struct str code)
{
	unsigned char *mac = arena_alloc(e->a, crypto_auth_hmacsha256_BYTES);
	struct sb b = sb_new(e->a, 200);
	sb_fmt(&b, "recovery|%" PRId64 "|%" PRId64 "|", e->city, account.v);
	for (size_t i = 0; i < code.n; i++)
		if (isalnum((unsigned char)code.p[i]))
			sb_addc(&b, (char)toupper((unsigned char)code.p[i]));
	crypto_auth_hmacsha256(mac, (const unsigned char *)sb_str(&b).p, sb_str(&b).n, app_secret(e->app));
	return (struct str){(const char *)mac, crypto_auth_hmacsha256_BYTES};
}

static const struct err *use_step(struct db_tx *tx, struct env *e, struct id account, const struct factor *f, struct str code, bool *ok)
{
	unsigned char secret[TOTP_SECRET];
	int64_t changed;
	TRY(factor_unseal(e, account, f->secret, secret));
	int64_t step = totp_match(secret, sizeof(secret), e->now, f->last_step, code);
	sodium_memzero(secret, sizeof(secret));
	*ok = false;
	if (step < 0)
		return NULL;
	/* Of two who send the same code at once one gets in. */
	TRY(db_exec(tx, &account_factor_step, ARGS(ARG(e->city), ARG(account), ARG(step)), &changed));
	*ok = changed == 1;
	return NULL;
}

const struct err *factor_use(struct db_tx *tx, struct env *e, struct id account, struct str code, bool *ok)
{
	struct factor f;
	bool found;
	int64_t used;
	*ok = false;
	TRY(factor_of(tx, e->city, account, &f, &found));
	if (!found)
		return NULL;
	TRY(use_step(tx, e, account, &f, code, ok));
	if (*ok || f.confirmed_at.ms == 0 || code.n > 40)
		return NULL;
	TRY(db_exec(tx, &account_recovery_use, ARGS(ARG(e->city), ARG(account), arg_blob(recovery_hash(e, account, code)), ARG(e->now)), &used));
	*ok = used == 1;
	if (!*ok)
		return NULL;
	struct event ev = {.object_kind = "account", .object_id = account, .act = "use_recovery_code"};
	return event_append(tx, e, &ev);
}

const struct err *factor_remove(struct db_tx *tx, struct env *e, struct id account, struct str reason)
{
	int64_t gone;
	TRY(db_exec(tx, &account_recovery_remove, ARGS(ARG(e->city), ARG(account)), NULL));
	TRY(db_exec(tx, &account_factor_remove, ARGS(ARG(e->city), ARG(account)), &gone));
	if (!gone)
		return ERR(db_arena(tx), ERR_CONFLICT, "no_factor", "there is no second factor");
	TRY(db_exec(tx, &account_session_end_others, ARGS(ARG(e->city), ARG(account), ARG(e->actor->session_id)), NULL));
	struct event ev = {.object_kind = "account", .object_id = account, .act = "remove_factor"};
	if (reason.n)
		event_text(&ev, "reason", reason);
	return event_append(tx, e, &ev);
}
