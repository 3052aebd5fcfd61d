/* Cells as people type them, made plain. */
#include "import_model.h"

#include "text.h"

#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include <string.h>

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 128)
			return false;
	return true;
}

/* Control characters and the invisible ones that come along when text is copied. */
static bool is_dropped(UChar c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f || (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff;
}

static struct str nfkc(struct arena *a, struct str s)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *norm = unorm2_getNFKCInstance(&status);
	int32_t room = (int32_t)s.n * 3 + 64, n = 0, kept = 0, bytes = 0; /* few characters become more than three */
	UChar *in = ARENA_ARRAY(a, UChar, s.n + 1), *out = ARENA_ARRAY(a, UChar, (size_t)room);
	u_strFromUTF8WithSub(in, (int32_t)s.n + 1, &n, s.p, (int32_t)s.n, 0xfffd, NULL, &status);
	n = unorm2_normalize(norm, in, n, out, room, &status);
	if (U_FAILURE(status))
		return s;
	for (int32_t i = 0; i < n; i++)
		if (!is_dropped(out[i]))
			out[kept++] = out[i] == 0xa0 ? ' ' : out[i];
	char *p = arena_alloc(a, (size_t)kept * 3 + 1);
	u_strToUTF8(p, kept * 3 + 1, &bytes, out, kept, &status);
	return U_FAILURE(status) ? s : (struct str){p, (size_t)bytes};
}

static struct str join_blanks(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool blank = c <= ' ' || c == 0x7f;
		if (!blank)
			p[n++] = (char)c;
		else if (n && p[n - 1] != ' ')
			p[n++] = ' ';
	}
	return str_trim((struct str){p, n});
}

struct str import_plain(struct arena *a, struct str s)
{
	return join_blanks(a, is_ascii(s) ? s : nfkc(a, s));
}

static struct str without(struct arena *a, struct str s, const char *marks)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		if (!strchr(marks, s.p[i]))
			p[n++] = s.p[i];
	return (struct str){p, n};
}

static struct str lower(struct arena *a, struct str s)
{
	char *p = arena_copy(a, s.p ? s.p : "", s.n);
	for (size_t i = 0; i < s.n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] + 32);
	return (struct str){p, s.n};
}

struct str import_heading(struct arena *a, struct str s)
{
	return lower(a, without(a, import_plain(a, s), " *:.,;_-/\\\"'#"));
}

/* ---- closed lists -------------------------------------------------------------------- */

static bool is_one_of(struct str s, const char *list)
{
	struct str rest = str_of(list);
	while (rest.n)
		if (str_eq(str_cut(&rest, '|'), s))
			return true;
	return false;
}

/* "大=large|中=medium": the word behind the sign. */
static bool find_spelling(const char *words, struct str s, struct str *out)
{
	struct str rest = str_of(words);
	while (rest.n) {
		struct str part = str_cut(&rest, '|'), left = str_cut(&part, '=');
		if (str_eq(left, s)) {
			*out = part;
			return true;
		}
	}
	return false;
}

static bool find_word(struct app *app, struct arena *a, const struct codes *codes, struct str s, struct str *out)
{
	for (size_t i = 1; codes->words[i]; i++) {
		struct str key = str_fmt(a, "code_%s_%s", codes->name, codes->words[i]);
		bool same = str_eq(import_heading(a, str_of(codes->words[i])), s);
		for (enum lang lang = 0; lang < LANG_COUNT && !same; lang++)
			same = str_eq(import_heading(a, texts_find(app_texts(app), lang, key)), s);
		if (same) {
			*out = str_of(codes->words[i]);
			return true;
		}
	}
	return false;
}

static struct str read_word(struct app *app, struct arena *a, const struct import_field *f, struct str s, const char **wrong)
{
	struct str plain = import_heading(a, s), out;
	if (find_word(app, a, f->codes, plain, &out) || (f->words && find_spelling(f->words, plain, &out)))
		return out;
	*wrong = "unknown_word";
	return STR_NONE;
}

static struct str read_yes(struct arena *a, struct str s, const char **wrong)
{
	struct str v = lower(a, s);
	if (is_one_of(v, "是|y|yes|1|true|√|✓|有|对|t|已"))
		return STR("1");
	if (is_one_of(v, "否|n|no|0|false|×|x|✗|无|不是|没有|f|非|未"))
		return STR("0");
	*wrong = "not_yes_no";
	return STR_NONE;
}

/* ---- numbers ---------------------------------------------------------------------------- */

static struct str read_number(struct arena *a, const struct import_field *f, struct str s, const char **wrong)
{
	static const char *const units[] = {"人", "名", "个", "家"};
	struct str v = without(a, s, " ,");
	int64_t n;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (str_has_suffix(v, str_of(units[i])))
			v = str_sub(v, 0, v.n - strlen(units[i]));
	if (str_has_suffix(v, STR(".0")) || str_has_suffix(v, STR(".00")))
		v = str_sub(v, 0, (size_t)str_find(v, '.'));
	if (!str_i64(v, 0, INT64_MAX, &n))
		*wrong = "not_a_number";
	else if (f->max && n > (int64_t)f->max)
		*wrong = "too_large";
	return *wrong ? STR_NONE : v;
}

static struct str read_phone(struct arena *a, struct str s, const char **wrong)
{
	enum { SHORTEST = 7, LONGEST = 16 };
	struct str v = without(a, s, " -()");
	if (str_has_prefix(v, STR("+86")))
		v = str_sub(v, 3, SIZE_MAX);
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			*wrong = "bad_phone";
	if (v.n < SHORTEST || v.n > LONGEST)
		*wrong = "bad_phone";
	return *wrong ? STR_NONE : v;
}

/* ---- a cell --------------------------------------------------------------------------------- */

/* What people write where nothing is to be said. */
static bool is_blank(struct str s)
{
	return s.n == 0 || is_one_of(s, "-|--|—|——|/|\\|无|暂无|没有|未知|不详|N/A|n/a|NA|null|NULL|.|空");
}

struct str import_cell(struct app *app, struct arena *a, const struct import_field *f, struct str raw, const char **wrong_out)
{
	struct str s = import_plain(a, raw), spelled;
	*wrong_out = NULL;
	/* Our own exports put it before what a spreadsheet would take for a formula. */
	if (s.n > 1 && s.p[0] == '\'' && strchr("=+-@", s.p[1]))
		s = str_sub(s, 1, SIZE_MAX);
	if (s.n == 0 || (f->type != IMPORT_YES && is_blank(s)))
		return STR_NONE;
	if (f->type == IMPORT_YES)
		return read_yes(a, s, wrong_out);
	if (f->type == IMPORT_WORD)
		return read_word(app, a, f, s, wrong_out);
	if (f->type == IMPORT_NUMBER)
		return read_number(a, f, s, wrong_out);
	if (f->type == IMPORT_PHONE)
		return read_phone(a, s, wrong_out);
	if (f->type == IMPORT_CODE)
		s = without(a, s, " ");
	if (f->words && find_spelling(f->words, import_heading(a, s), &spelled))
		s = spelled;
	if (f->max && str_chars(s) > f->max) {
		*wrong_out = "too_long";
		return STR_NONE;
	}
	return s;
}

/* ---- what is not taken ------------------------------------------------------------------------ */

bool import_is_identity(struct str s)
{
	static const int weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
	static const char checks[] = "10X98765432";
	int sum = 0;
	int64_t month, day;
	if (s.n != 18)
		return false;
	for (size_t i = 0; i < 17; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		sum += (s.p[i] - '0') * weights[i];
	}
	char last = s.p[17] == 'x' ? 'X' : s.p[17];
	month = (s.p[10] - '0') * 10 + s.p[11] - '0';
	day = (s.p[12] - '0') * 10 + s.p[13] - '0';
	bool dated = (s.p[6] == '1' || s.p[6] == '2') && month >= 1 && month <= 12 && day >= 1 && day <= 31;
	return dated && checks[sum % 11] == last;
}

bool import_is_identity_heading(struct str heading)
{
	static const char *const words[] = {"身份证", "证件号", "公民身份", "idcard", "identitycard", "身份号", NULL};
	for (size_t i = 0; words[i]; i++)
		if (heading.n >= strlen(words[i]) && memmem(heading.p, heading.n, words[i], strlen(words[i])))
			return true;
	return false;
}

bool import_is_footer(struct str cell)
{
	static const char *const words[] = {"合计", "总计", "小计", "填表人", "制表人", "审核人", "填报人", "填表日期", "填报单位", "负责人签字", "备注:", "注:", "说明:", NULL};
	for (size_t i = 0; words[i]; i++)
		if (str_has_prefix(cell, str_of(words[i])))
			return true;
	return false;
}
