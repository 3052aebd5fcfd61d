/* Passwords: argon2id, and making one. */
#include "account_model.h"
#include "gate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* OWASP's second profile: 19 MiB, two passes. */
enum { HASH_MEMORY = 19 * 1024 * 1024, HASH_PASSES = 2, HASH_WAIT_MS = 20000 };

static const struct err *hash_now(struct arena *a, struct str password, bool cheap, struct str *out)
{
	char text[crypto_pwhash_STRBYTES];
	unsigned long long passes = cheap ? crypto_pwhash_OPSLIMIT_MIN : HASH_PASSES;
	size_t memory = cheap ? crypto_pwhash_MEMLIMIT_MIN : HASH_MEMORY;
	if (crypto_pwhash_str_alg(text, password.p ? password.p : "", password.n, passes, memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR(a, ERR_BUSY, NULL, "no memory for a password hash");
	*out = str_dup(a, str_of(text));
	return NULL;
}

const struct err *account_hash(struct app *app, struct arena *a, struct str password, bool cheap, struct str *out)
{
	TRY(gate_enter(app_hash_gate(app), a, HASH_WAIT_MS));
	const struct err *e = hash_now(a, password, cheap, out);
	gate_leave(app_hash_gate(app));
	return e;
}

struct stored_hash {
	unsigned kib, passes;
	unsigned char salt[crypto_pwhash_SALTBYTES], hash[32];
};

static bool from_base64(unsigned char *out, size_t n, const char *text)
{
	size_t got;
	return sodium_base642bin(out, n, text, strlen(text), NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && got == n;
}

static bool read_stored(const char *text, struct stored_hash *out)
{
	char salt[23], hash[44];
	return sscanf(text, "$argon2id$v=19$m=%u,t=%u,p=1$%22[^$]$%43s", &out->kib, &out->passes, salt, hash) == 4 &&
	       from_base64(out->salt, sizeof(out->salt), salt) && from_base64(out->hash, sizeof(out->hash), hash);
}

/* The library's own compare calls a hash that it had no memory for a wrong password. */
static const struct err *compare_now(struct arena *a, const char *text, struct str password, bool *ok)
{
	struct stored_hash stored;
	unsigned char now[sizeof(stored.hash)];
	if (!read_stored(text, &stored))
		return NULL;
	if (crypto_pwhash(now, sizeof(now), password.p ? password.p : "", password.n, stored.salt, stored.passes, (size_t)stored.kib * 1024,
			  crypto_pwhash_ALG_ARGON2ID13) != 0)
		return ERR(a, ERR_BUSY, NULL, "no memory for a password hash");
	*ok = sodium_memcmp(now, stored.hash, sizeof(now)) == 0;
	return NULL;
}

const struct err *account_verify(struct app *app, struct arena *a, struct str hash, struct str password, bool *ok, bool *stale)
{
	struct str unused;
	const char *z = str_z(a, hash);
	*ok = *stale = false;
	if (hash.n == 0)
		return account_hash(app, a, password, false, &unused);
	TRY(gate_enter(app_hash_gate(app), a, HASH_WAIT_MS));
	const struct err *e = compare_now(a, z, password, ok);
	gate_leave(app_hash_gate(app));
	TRY(e);
	*stale = *ok && crypto_pwhash_str_needs_rehash(z, HASH_PASSES, HASH_MEMORY) != 0;
	return NULL;
}

/* ---- making one ----------------------------------------------------------------------- */

struct str account_make_password(struct app *app, struct arena *a, size_t n)
{
	static const char letters[] = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"; /* 23 + 24 + 8 */
	enum { COUNT = sizeof(letters) - 1 };
	char *p = arena_alloc(a, n + 1);
	do {
		for (size_t i = 0; i < n;) {
			unsigned char byte;
			app_random(app, &byte, 1);
			/* Bytes beyond the last full round would make the first letters likelier. */
			if (byte < 256 / COUNT * COUNT)
				p[i++] = letters[byte % COUNT];
		}
	} while (account_classes((struct str){p, n}) < 3);
	return (struct str){p, n};
}

struct str account_make_code(struct app *app, struct arena *a, size_t digits)
{
	char *p = arena_alloc(a, digits + 1);
	for (size_t i = 0; i < digits;) {
		unsigned char byte;
		app_random(app, &byte, 1);
		if (byte < 250)
			p[i++] = (char)('0' + byte % 10);
	}
	p[digits] = 0;
	return (struct str){p, digits};
}

static const struct err *is_same(struct call *c, struct str hash, struct str password, bool *same)
{
	bool stale;
	*same = false;
	return hash.n ? account_verify(c->app, c->a, hash, password, same, &stale) : NULL;
}

struct past_of { struct id account; struct past *v; size_t n; };

static const struct err *read_past(struct db_tx *tx, struct env *e, void *ctx)
{
	struct past_of *p = ctx;
	return account_past_of_account(tx, e->city, p->account, &p->v, &p->n);
}

const struct err *account_past_check(struct call *c, const struct account *w, struct str password, const char *pointer)
{
	struct past_of past = {.account = w->id};
	bool same;
	TRY(env_read(&c->env, read_past, &past));
	TRY(is_same(c, w->password, password, &same));
	for (size_t i = 0; i < past.n && !same; i++)
		TRY(is_same(c, past.v[i].password, password, &same));
	return same ? err_on_field(c->a, pointer, "password_used", "one of the last five") : NULL;
}
