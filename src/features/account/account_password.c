/* Passwords: argon2id, the rules for a good one, and making one. */
#include "account_model.h"
#include "account_sql.h"
#include "gate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* OWASP's second profile: 19 MiB, two passes. */
enum { HASH_MEMORY = 19 * 1024 * 1024, HASH_PASSES = 2, HASH_WAIT_MS = 20000 };
enum { PASSWORD_MIN = 10, PIN_DIGITS = 6, CLASSES_MIN = 3 };

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

/* ---- rules -------------------------------------------------------------------------- */

static int classes(struct str s)
{
	bool digit = false, small = false, capital = false, other = false;
	for (size_t i = 0; i < s.n; i++) {
		char ch = s.p[i];
		if (ch >= '0' && ch <= '9')
			digit = true;
		else if (ch >= 'a' && ch <= 'z')
			small = true;
		else if (ch >= 'A' && ch <= 'Z')
			capital = true;
		else
			other = true;
	}
	return digit + small + capital + other;
}

static bool is_pin(struct str s)
{
	int64_t n;
	/* A leading 1 makes any six digits a number without leading zeros. */
	char with[PIN_DIGITS + 1] = {'1'};
	if (s.n != PIN_DIGITS)
		return false;
	memcpy(with + 1, s.p, PIN_DIGITS);
	return str_i64((struct str){with, sizeof(with)}, 0, INT64_MAX, &n);
}

/* 111111, 123456, 654321: the first that anybody tries. */
static bool is_plain_pin(struct str s)
{
	int step = s.p[1] - s.p[0];
	for (size_t i = 1; i < s.n; i++)
		if (s.p[i] - s.p[i - 1] != step)
			return false;
	return step >= -1 && step <= 1;
}

const struct err *account_password_check(struct arena *a, uint32_t roles, struct str login, struct str password, const char *pointer)
{
	bool pin_allowed = roles != 0 && (roles & ~(R(ROLE_WORKER) | R(ROLE_TEAM_LEADER))) == 0;
	if (!str_is_utf8(password) || str_chars(password) > ACCOUNT_PASSWORD_MAX)
		return err_on_field(a, pointer, "too_long", "at most 128 characters");
	if (str_eq(password, login))
		return err_on_field(a, pointer, "password_is_login", "not the login itself");
	if (pin_allowed && is_pin(password))
		return is_plain_pin(password) ? err_on_field(a, pointer, "pin_plain", "these six digits are the first that anybody tries")
					      : NULL;
	if (str_chars(password) < PASSWORD_MIN)
		return pin_allowed ? err_on_field(a, pointer, "pin_wanted", "six digits, or at least 10 characters")
				   : err_on_field(a, pointer, "password_short", "at least 10 characters");
	if (classes(password) < CLASSES_MIN)
		return err_on_field(a, pointer, "password_plain", "three of: small letters, capitals, digits, signs");
	return NULL;
}

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
	} while (classes((struct str){p, n}) < CLASSES_MIN);
	return (struct str){p, n};
}
