#include "employer_name.h"

#include <string.h>

/* ---- characters ------------------------------------------------------------------------ */

/* Bytes of the character at p; the text is valid UTF-8. */
static size_t char_size(const char *p)
{
	unsigned char c = (unsigned char)*p;
	return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

static uint32_t code_point(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;
	switch (char_size(p)) {
	case 1:
		return u[0];
	case 2:
		return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
	case 3:
		return (u[0] & 0xfu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
	default:
		return 0x10000;
	}
}

static bool is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

/* Letters, digits and what is written with more than signs: the rest parts nothing. */
static bool is_kept(uint32_t c)
{
	if (c < 0x80)
		return is_alnum(c);
	bool is_sign = c < 0xc0 || (c >= 0x2000 && c < 0x2e80) || (c >= 0x3000 && c < 0x3005) || (c >= 0x3008 && c < 0x3041) || c >= 0xfe00;
	return !is_sign || c >= 0x10000;
}

static struct str plain(struct arena *a, struct str s)
{
	struct sb b = sb_new(a, s.n + 1);
	for (size_t i = 0; i < s.n; i += char_size(s.p + i)) {
		uint32_t c = code_point(s.p + i);
		if (c >= 0xff01 && c <= 0xff5e)
			c -= 0xff00 - 0x20;
		if (c >= 'a' && c <= 'z')
			c -= 'a' - 'A';
		if (!is_kept(c))
			continue;
		if (c < 0x80)
			sb_addc(&b, (char)c);
		else
			sb_add(&b, str_sub(s, i, char_size(s.p + i)));
	}
	return sb_str(&b);
}

/* ---- names -------------------------------------------------------------------------------- */

enum { KEEP = 2 /* characters that stay in any case */ };

static bool drop_front(struct str *s, struct str front)
{
	if (front.n == 0 || !str_has_prefix(*s, front) || str_chars(*s) < str_chars(front) + KEEP)
		return false;
	*s = str_sub(*s, front.n, SIZE_MAX);
	return true;
}

static bool drop_back(struct str *s, struct str back)
{
	if (!str_has_suffix(*s, back) || str_chars(*s) < str_chars(back) + KEEP)
		return false;
	s->n -= back.n;
	return true;
}

/* 沂水县 and 沂水: with and without the word for what it is. */
static void drop_place(struct arena *a, struct str *s, struct str name)
{
	static const char *const kinds[] = {"街道办事处", "街道", "自治县", "市", "区", "县", "镇", "乡"};
	struct str bare = plain(a, name);
	if (drop_front(s, bare))
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (drop_back(&bare, str_of(kinds[i]))) {
			drop_front(s, bare);
			return;
		}
}

static void drop_places(struct arena *a, struct str *s, const struct unit *above, size_t n)
{
	if (!drop_front(s, STR("山东省")))
		drop_front(s, STR("山东"));
	for (size_t i = 0; i < n; i++)
		drop_place(a, s, above[i].name);
}

static void drop_form(struct str *s)
{
	static const char *const forms[] = {"有限责任公司", "股份有限公司", "有限公司", "股份公司", "集团公司", "责任公司", "分公司", "总公司", "公司",
					    "集团", "专业合作社", "合作社", "个体工商户", "经营部", "门市部", "总厂", "分厂", "厂"};
	bool again = true;
	for (int round = 0; again && round < 3; round++) {
		again = false;
		for (size_t i = 0; !again && i < sizeof(forms) / sizeof(forms[0]); i++)
			again = drop_back(s, str_of(forms[i]));
	}
}

struct str employer_name_key(struct arena *a, struct str name, const struct unit *above, size_t n_above)
{
	struct str s = plain(a, name);
	drop_places(a, &s, above, n_above);
	drop_form(&s);
	return s.n ? s : str_trim(name);
}

/* ---- numbers -------------------------------------------------------------------------------- */

struct str employer_number_normal(struct arena *a, struct str typed)
{
	return plain(a, typed);
}

static bool all_alnum(struct str s, bool digits)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_alnum((unsigned char)s.p[i]) || (digits && s.p[i] > '9'))
			return false;
	return true;
}

/* An organisation code has eight characters and a check that may be missing; in a credit code it begins at the ninth. */
enum { CODE_AT = 8, CODE_LENGTH = 8, ORG_CODE_LENGTH = 9, NUMBER_LENGTH = 15, USCC_SHORT = 17, USCC_LONG = 18 };

struct str employer_code_key(struct arena *a, struct str uscc, struct str old_number)
{
	struct str s = uscc.n ? uscc : employer_number_normal(a, old_number);
	if (!all_alnum(s, false))
		return STR("");
	if (s.n == USCC_SHORT || s.n == USCC_LONG)
		return str_sub(s, CODE_AT, CODE_LENGTH);
	return s.n == CODE_LENGTH || s.n == ORG_CODE_LENGTH ? str_sub(s, 0, CODE_LENGTH) : STR("");
}

struct str employer_number_key(struct arena *a, struct str old_number)
{
	struct str s = employer_number_normal(a, old_number);
	return s.n == NUMBER_LENGTH && all_alnum(s, true) ? s : STR("");
}
