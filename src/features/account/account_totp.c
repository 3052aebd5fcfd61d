/* Time-based one-time passwords: RFC 6238 over RFC 4226, with SHA-1, which is what the programs on phones know. */
#include "account_model.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

enum { DIGITS = 6, WINDOW = 1, GROUP = 4 };

uint32_t totp_code(const unsigned char *secret, size_t n, int64_t step, uint32_t digits)
{
	unsigned char counter[8], mac[EVP_MAX_MD_SIZE];
	unsigned length = 0;
	uint32_t modulus = 1;
	for (int i = 0; i < 8; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret, (int)n, counter, sizeof(counter), mac, &length))
		return UINT32_MAX; /* matches nothing */
	const unsigned char *p = mac + (mac[length - 1] & 0xf);
	uint32_t value = (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	while (digits--)
		modulus *= 10;
	return value % modulus;
}

int64_t totp_match(const unsigned char *secret, size_t n, struct instant now, int64_t last, struct str code)
{
	char with[DIGITS + 2] = {'1'};
	int64_t at = now.ms / 1000 / TOTP_STEP_S, typed, found = -1;
	if (code.n != DIGITS)
		return -1;
	/* A leading 1 makes any six digits a number without leading zeros. */
	for (size_t i = 0; i < DIGITS; i++)
		with[i + 1] = code.p[i];
	if (!str_i64(str_of(with), 1000000, 1999999, &typed))
		return -1;
	for (int64_t step = at - WINDOW; step <= at + WINDOW; step++)
		if (step > last && totp_code(secret, n, step, DIGITS) == (uint32_t)(typed - 1000000))
			found = step;
	return found;
}

struct str totp_base32(struct arena *a, const unsigned char *p, size_t n)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	struct sb b = sb_new(a, n * 2 + 16);
	uint32_t bits = 0;
	unsigned held = 0, shown = 0;
	for (size_t i = 0; i < n || held > 0;) {
		if (held < 5 && i < n) {
			bits = bits << 8 | p[i++];
			held += 8;
		} else if (held < 5) {
			bits <<= 5 - held;
			held = 5;
		}
		if (shown && shown % GROUP == 0)
			sb_addc(&b, ' ');
		held -= 5;
		sb_addc(&b, letters[bits >> held & 31]);
		shown++;
	}
	return sb_str(&b);
}
