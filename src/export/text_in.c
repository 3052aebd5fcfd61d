#include "text_in.h"

#include <string.h>

#include <unicode/ucnv.h>

enum { CHUNK = 16384, PIVOT = 4096 };

struct text_in {
	bytes_fn *bytes;
	void *ctx;
	int64_t begin, at;     /* behind the byte order mark; of the next bytes to fetch */
	UConverter *from, *to; /* NULL: UTF-8 already */
	char raw[CHUNK];
	const char *rest, *end;
	UChar pivot[PIVOT], *pivot_from, *pivot_to;
	bool is_last;
};

/* ---- what it is ------------------------------------------------------------------------ */

struct scan {
	unsigned need, lo, hi; /* continuation bytes still to come, and the range of the next one */
	int64_t good, bad;     /* characters of several bytes; bytes that fit nowhere */
	bool has_zero;
};

static void lead(struct scan *s, unsigned char b)
{
	s->lo = 0x80, s->hi = 0xbf;
	if (b < 0x80)
		s->has_zero = s->has_zero || b == 0;
	else if (b >= 0xc2 && b <= 0xdf)
		s->need = 1;
	else if (b >= 0xe0 && b <= 0xef)
		s->need = 2, s->lo = b == 0xe0 ? 0xa0 : 0x80, s->hi = b == 0xed ? 0x9f : 0xbf;
	else if (b >= 0xf0 && b <= 0xf4)
		s->need = 3, s->lo = b == 0xf0 ? 0x90 : 0x80, s->hi = b == 0xf4 ? 0x8f : 0xbf;
	else
		s->bad++;
}

static void scan_byte(struct scan *s, unsigned char b)
{
	if (s->need && b >= s->lo && b <= s->hi) {
		s->lo = 0x80, s->hi = 0xbf;
		s->good += --s->need == 0;
		return;
	}
	s->bad += s->need > 0;
	s->need = 0;
	lead(s, b);
}

static const struct err *unreadable(struct arena *a)
{
	return ERR(a, ERR_BUSY, NULL, "the uploaded table cannot be read from disk");
}

static const struct err *scan_all(struct text_in *t, struct arena *a, struct scan *s)
{
	ptrdiff_t n;
	for (int64_t at = t->begin; (n = t->bytes(t->ctx, at, t->raw, sizeof(t->raw))) != 0; at += n) {
		if (n < 0)
			return unreadable(a);
		for (ptrdiff_t i = 0; i < n; i++)
			scan_byte(s, (unsigned char)t->raw[i]);
	}
	s->bad += s->need > 0;
	return NULL;
}

/* Files that people take for tables because of their name: what Chinese systems offer as ".xls" is often a web page. */
static bool is_something_else(struct str head)
{
	static const struct str signs[] = {STR("%PDF"), STR("{\\rtf"), STR("<")};
	head = str_trim(head);
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_has_prefix(head, signs[i]))
			return true;
	return false;
}

static const struct err *guess(struct text_in *t, struct arena *a, bool is_marked, const char **charset)
{
	struct scan s = {0};
	TRY(scan_all(t, a, &s));
	if (s.has_zero)
		return ERR(a, ERR_INPUT, "sheet_type", "neither a workbook nor text: it has zero bytes");
	*charset = NULL;
	if (s.bad == 0)
		return NULL;
	/* Text in GB18030 is hardly ever UTF-8 by accident, so a few mistakes among many good characters are mistakes. */
	if (is_marked || s.good > s.bad)
		return ERR(a, ERR_INPUT, "sheet_text", "UTF-8 with %d wrong bytes", (int)(s.bad < 1000000 ? s.bad : 1000000));
	*charset = "GB18030";
	return NULL;
}

/* ---- conversion -------------------------------------------------------------------------- */

static void close_converters(void *p)
{
	struct text_in *t = p;
	ucnv_close(t->from);
	ucnv_close(t->to);
}

static const struct err *open_converters(struct text_in *t, struct arena *a, const char *charset)
{
	UErrorCode e = U_ZERO_ERROR;
	arena_defer(a, close_converters, t);
	t->from = ucnv_open(charset, &e);
	t->to = ucnv_open("UTF-8", &e);
	ucnv_setToUCallBack(t->from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
	ucnv_setFromUCallBack(t->to, UCNV_FROM_U_CALLBACK_STOP, NULL, NULL, NULL, &e);
	return U_FAILURE(e) ? ERR(a, ERR_BUG, NULL, "no converter for %s: %s", charset, u_errorName(e)) : NULL;
}

const struct err *text_in_open(struct arena *a, bytes_fn *bytes, void *ctx, struct text_in **out)
{
	struct text_in *t = ARENA_NEW(a, struct text_in);
	char head[64];
	const char *charset = NULL;
	ptrdiff_t n = bytes(ctx, 0, head, sizeof(head));
	if (n < 0)
		return unreadable(a);
	struct str h = {head, (size_t)n};
	bool is_marked = str_has_prefix(h, STR("\xef\xbb\xbf"));
	t->bytes = bytes, t->ctx = ctx;
	if (is_marked)
		t->begin = 3;
	else if (str_has_prefix(h, STR("\xff\xfe")))
		t->begin = 2, charset = "UTF-16LE";
	else if (str_has_prefix(h, STR("\xfe\xff")))
		t->begin = 2, charset = "UTF-16BE";
	if (is_something_else(str_sub(h, (size_t)t->begin, SIZE_MAX)))
		return ERR(a, ERR_INPUT, "sheet_type", "neither a workbook nor CSV");
	if (!charset)
		TRY(guess(t, a, is_marked, &charset));
	if (charset)
		TRY(open_converters(t, a, charset));
	text_in_rewind(t);
	*out = t;
	return NULL;
}

void text_in_rewind(struct text_in *t)
{
	t->at = t->begin;
	t->rest = t->end = t->raw;
	t->pivot_from = t->pivot_to = t->pivot;
	t->is_last = false;
	if (t->from) {
		ucnv_reset(t->from);
		ucnv_reset(t->to);
	}
}

static const struct err *fetch(struct text_in *t, struct arena *a)
{
	ptrdiff_t n = t->bytes(t->ctx, t->at, t->raw, sizeof(t->raw));
	if (n < 0)
		return unreadable(a);
	t->is_last = n == 0;
	t->at += n;
	t->rest = t->raw;
	t->end = t->raw + n;
	return NULL;
}

static const struct err *convert(struct text_in *t, struct arena *a, char *buf, size_t max, size_t *n)
{
	char *to = buf;
	while (to == buf) {
		UErrorCode e = U_ZERO_ERROR;
		if (t->rest == t->end && !t->is_last)
			TRY(fetch(t, a));
		ucnv_convertEx(t->to, t->from, &to, buf + max, &t->rest, t->end, t->pivot, &t->pivot_from, &t->pivot_to,
			       t->pivot + PIVOT, false, t->is_last, &e);
		if (e != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(e))
			return ERR(a, ERR_INPUT, "sheet_text", "neither UTF-8 nor GB18030: %s", u_errorName(e));
		if (t->is_last && e != U_BUFFER_OVERFLOW_ERROR)
			break;
	}
	*n = (size_t)(to - buf);
	if (memchr(buf, 0, *n))
		return ERR(a, ERR_INPUT, "sheet_type", "neither a workbook nor text: it has zero bytes");
	return NULL;
}

const struct err *text_in_read(struct text_in *t, struct arena *a, char *buf, size_t max, size_t *n)
{
	if (t->from)
		return convert(t, a, buf, max, n);
	ptrdiff_t got = t->bytes(t->ctx, t->at, buf, max);
	if (got < 0)
		return unreadable(a);
	t->at += got;
	*n = (size_t)got;
	return NULL;
}
