#include "xlsx_private.h"

#include <string.h>

/* ---- a text -------------------------------------------------------------------------------- */

void xlsx_text_add(struct xlsx_text *t, const char *p, size_t n)
{
	size_t room = XLSX_TEXT_MAX - t->n;
	n = n < room ? n : room;
	memcpy(t->p + t->n, p, n);
	t->n += n;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 32) : NULL;
	return c >= '0' && at ? (int)(at - digits) : -1;
}

/* _xHHHH_ stands for a character that XML cannot hold, and for the underscore itself. -1: it is none. */
static int escaped(const char *p, size_t n)
{
	int v = 0;
	if (n < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
		return -1;
	for (int i = 2; i < 6; i++) {
		int d = hex_digit(p[i]);
		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	/* Anything else than control characters and the underscore itself needs no such writing and is text. */
	return v < 0x20 || v == '_' ? v : -1;
}

struct str xlsx_text_end(struct xlsx_text *t)
{
	size_t n = 0;
	for (size_t i = 0; i < t->n; i++) {
		int c = escaped(t->p + i, t->n - i);
		char plain = c < 0 ? t->p[i] : (char)c;
		if (c >= 0)
			i += 6;
		/* Lines end with a line feed alone; control characters say nothing. */
		if (plain == '\n' || plain == '\t' || (unsigned char)plain >= 0x20)
			t->p[n++] = plain;
	}
	t->n = 0;
	return str_trim((struct str){t->p, n});
}

/* ---- shared strings ------------------------------------------------------------------------- */

struct strings {
	struct xlsx *x;
	struct xml_sink sink;
	struct xlsx_text text;
};

static void strings_begin(void *ctx, const char *name, const char **attrs)
{
	struct strings *s = ctx;
	(void)attrs;
	if (xlsx_is(name, "t"))
		s->text.open = !s->text.in_phonetic;
	else if (xlsx_is(name, "rPh"))
		s->text.in_phonetic = true;
}

/* Packed, since a city's names may be a million: two bytes of length, then the text. NULL: no more room. */
static char *room_for(struct xlsx *x, size_t n)
{
	if (x->n_blocks == 0 || XLSX_BLOCK - x->block_used < n + 2) {
		if (x->n_blocks == XLSX_BLOCKS_MAX)
			return NULL;
		x->blocks[x->n_blocks++] = arena_alloc(x->a, XLSX_BLOCK);
		x->block_used = 0;
	}
	char *p = x->blocks[x->n_blocks - 1] + x->block_used;
	x->block_used += n + 2;
	return p;
}

static bool keep_string(struct xlsx *x, struct str text)
{
	uint32_t *v = xlsx_more(x->a, x->strings, x->n_strings, sizeof(*v), XLSX_STRINGS_MAX);
	char *p = v ? room_for(x, text.n) : NULL;
	uint16_t n = (uint16_t)text.n;
	if (!p)
		return false;
	memcpy(p, &n, 2);
	if (n)
		memcpy(p + 2, text.p, n);
	x->strings = v;
	v[x->n_strings++] = (uint32_t)((x->n_blocks - 1) * XLSX_BLOCK + (size_t)(p - x->blocks[x->n_blocks - 1]));
	return true;
}

struct str xlsx_string(const struct xlsx *x, size_t at)
{
	const char *p = x->blocks[x->strings[at] / XLSX_BLOCK] + x->strings[at] % XLSX_BLOCK;
	uint16_t n;
	memcpy(&n, p, 2);
	return (struct str){p + 2, n};
}

static void end_string(struct strings *s)
{
	if (keep_string(s->x, xlsx_text_end(&s->text)))
		return;
	xlsx_fail(s->x, MEDIA_TOO_LARGE, MEDIA_LIMIT_STRINGS);
	s->sink.stop = true;
}

static void strings_end(void *ctx, const char *name)
{
	struct strings *s = ctx;
	if (xlsx_is(name, "t"))
		s->text.open = false;
	else if (xlsx_is(name, "rPh"))
		s->text.in_phonetic = false;
	else if (xlsx_is(name, "si"))
		end_string(s);
}

static void strings_text(void *ctx, const char *p, size_t n)
{
	struct strings *s = ctx;
	if (s->text.open)
		xlsx_text_add(&s->text, p, n);
}

bool xlsx_strings(struct xlsx *x, struct str name)
{
	struct strings s = {.x = x, .text = {.p = ARENA_ARRAY(x->a, char, XLSX_TEXT_MAX)}};
	s.sink = (struct xml_sink){.begin = strings_begin, .end = strings_end, .text = strings_text, .ctx = &s};
	return xlsx_part(x, name, &s.sink);
}
