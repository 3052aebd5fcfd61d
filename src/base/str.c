#include "str.h"

#include <stdio.h>
#include <string.h>

struct str str_of(const char *z)
{
	return z ? (struct str){z, strlen(z)} : STR_NONE;
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

int str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;
	if (c)
		return c;
	return (a.n > b.n) - (a.n < b.n);
}

bool str_has_prefix(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_sub(s, 0, prefix.n), prefix);
}

bool str_has_suffix(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

ptrdiff_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
	return at ? at - s.p : -1;
}

struct str str_cut(struct str *rest, char sep)
{
	ptrdiff_t at = str_find(*rest, sep);
	struct str head = at < 0 ? *rest : str_sub(*rest, 0, (size_t)at);
	*rest = at < 0 ? STR_NONE : str_sub(*rest, (size_t)at + 1, SIZE_MAX);
	return head;
}

struct str str_sub(struct str s, size_t from, size_t n)
{
	if (from >= s.n)
		return STR_NONE;
	size_t left = s.n - from;
	return (struct str){s.p + from, n < left ? n : left};
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct str str_trim(struct str s)
{
	const struct str wide = STR("\xe3\x80\x80");
	for (;;) {
		if (s.n && is_blank(s.p[0]))
			s = str_sub(s, 1, SIZE_MAX);
		else if (str_has_prefix(s, wide))
			s = str_sub(s, wide.n, SIZE_MAX);
		else if (s.n && is_blank(s.p[s.n - 1]))
			s.n--;
		else if (str_has_suffix(s, wide))
			s.n -= wide.n;
		else
			return s;
	}
}

struct str str_dup(struct arena *a, struct str s)
{
	return (struct str){arena_copy(a, s.p, s.n), s.n};
}

const char *str_z(struct arena *a, struct str s)
{
	return arena_copy(a, s.p, s.n);
}

struct str str_fmt(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	size_t len = n > 0 ? (size_t)n : 0;
	char *p = arena_alloc(a, len + 1);
	vsnprintf(p, len + 1, fmt, again);
	va_end(again);
	return (struct str){p, len};
}

bool str_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool minus = s.n && s.p[0] == '-';
	struct str digits = minus ? str_sub(s, 1, SIZE_MAX) : s;
	if (digits.n == 0 || digits.n > 19 || (digits.n > 1 && digits.p[0] == '0'))
		return false;
	int64_t v = 0;
	for (size_t i = 0; i < digits.n; i++) {
		char c = digits.p[i];
		if (c < '0' || c > '9' || __builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, c - '0', &v))
			return false;
	}
	if (!minus && __builtin_sub_overflow((int64_t)0, v, &v))
		return false;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

/* Length of the well-formed sequence at p (RFC 3629), 0 when malformed. */
static size_t utf8_len(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return p[0] != 0;
	size_t len = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
	if (p[0] < 0xC2 || p[0] > 0xF4 || n < len)
		return 0;
	for (size_t i = 1; i < len; i++)
		if ((p[i] & 0xC0) != 0x80)
			return 0;
	bool bad = (p[0] == 0xE0 && p[1] < 0xA0) || (p[0] == 0xED && p[1] > 0x9F) ||
		   (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] > 0x8F);
	return bad ? 0 : len;
}

bool str_is_utf8(struct str s)
{
	for (size_t i = 0; i < s.n;) {
		size_t len = utf8_len((const unsigned char *)s.p + i, s.n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

size_t str_chars(struct str s)
{
	size_t chars = 0;
	for (size_t i = 0; i < s.n; i++)
		chars += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return chars;
}

struct str str_hex(struct arena *a, const void *p, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = p;
	char *to = arena_alloc(a, n * 2 + 1);
	for (size_t i = 0; i < n; i++) {
		to[2 * i] = digits[from[i] >> 4];
		to[2 * i + 1] = digits[from[i] & 15];
	}
	return (struct str){to, n * 2};
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool str_unhex(struct str hex, void *out, size_t n)
{
	unsigned char *to = out;
	if (hex.n != n * 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = hex_digit(hex.p[2 * i]), lo = hex_digit(hex.p[2 * i + 1]);
		if (hi < 0 || lo < 0)
			return false;
		to[i] = (unsigned char)(hi << 4 | lo);
	}
	return true;
}

/* Packs n bytes into digits of `bits` bits each, most significant first. */
static struct str pack(struct arena *a, const void *p, size_t n, unsigned bits, const char *alphabet)
{
	const unsigned char *from = p;
	char *to = arena_alloc(a, n * 8 / bits + 2);
	size_t len = 0;
	uint32_t acc = 0;
	unsigned have = 0;
	for (size_t i = 0; i < n; i++) {
		acc = acc << 8 | from[i];
		have += 8;
		while (have >= bits) {
			have -= bits;
			to[len++] = alphabet[acc >> have & ((1u << bits) - 1)];
		}
	}
	if (have)
		to[len++] = alphabet[acc << (bits - have) & ((1u << bits) - 1)];
	return (struct str){to, len};
}

static const char base64url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct str str_b32(struct arena *a, const void *p, size_t n)
{
	return pack(a, p, n, 5, "0123456789ABCDEFGHJKMNPQRSTVWXYZ");
}

struct str str_b64url(struct arena *a, const void *p, size_t n)
{
	return pack(a, p, n, 6, base64url);
}

bool str_unb64url(struct arena *a, struct str s, struct str *out)
{
	unsigned char *to = arena_alloc(a, s.n * 6 / 8 + 1);
	size_t len = 0;
	uint32_t acc = 0;
	unsigned have = 0;
	for (size_t i = 0; i < s.n; i++) {
		const char *at = s.p[i] ? strchr(base64url, s.p[i]) : NULL;
		if (!at)
			return false;
		acc = acc << 6 | (uint32_t)(at - base64url);
		have += 6;
		if (have >= 8) {
			have -= 8;
			to[len++] = (unsigned char)(acc >> have);
		}
	}
	if (have >= 6 || (acc & ((1u << have) - 1)))
		return false;
	*out = (struct str){(char *)to, len};
	return true;
}

struct sb sb_new(struct arena *a, size_t max)
{
	return (struct sb){.a = a, .max = max};
}

/* Makes room for `more` bytes; false when that passes the maximum. */
static bool sb_room(struct sb *b, size_t more)
{
	if (b->over || more > b->max - b->n) {
		b->over = true;
		return false;
	}
	if (b->cap - b->n >= more)
		return true;
	size_t want = b->cap ? b->cap * 2 : 256;
	while (want < b->n + more)
		want *= 2;
	char *p = arena_alloc(b->a, want + 1);
	if (b->n)
		memcpy(p, b->p, b->n);
	b->p = p;
	b->cap = want;
	return true;
}

void sb_add(struct sb *b, struct str s)
{
	if (s.n == 0 || !sb_room(b, s.n))
		return;
	memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
}

void sb_addz(struct sb *b, const char *z)
{
	sb_add(b, str_of(z));
}

void sb_addc(struct sb *b, char c)
{
	sb_add(b, (struct str){&c, 1});
}

void sb_fmt(struct sb *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0 && sb_room(b, (size_t)n)) {
		vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	va_end(again);
}

struct str sb_str(const struct sb *b)
{
	return (struct str){b->p, b->n};
}
