#include "words.h"

#include <inttypes.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

/* A letter and a digit in one: no text is cut so. */
static const struct str between_texts = {"0x", 2};

/* PostgreSQL takes no word of more than 2,046 bytes; longer runs are several. */
enum { RUN_CHARS = 64 };

enum class { CLASS_NONE, CLASS_HAN, CLASS_LETTER, CLASS_DIGIT };

struct words words_new(struct arena *a)
{
	return (struct words){.a = a};
}

static void add(struct words *w, struct str word)
{
	if (w->n == WORDS_MAX)
		return;
	if (w->n == w->cap) {
		size_t cap = w->cap ? w->cap * 2 : 64;
		struct str *v = ARENA_ARRAY(w->a, struct str, cap);
		if (w->n)
			memcpy(v, w->v, w->n * sizeof(*v));
		w->v = v;
		w->cap = cap;
	}
	w->v[w->n++] = word;
}

/* ---- cutting --------------------------------------------------------------------- */

static UChar32 folded(UChar32 c)
{
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xfee0;
	return u_tolower(c);
}

static enum class class_of(UChar32 c)
{
	if (c < 0)
		return CLASS_NONE;
	if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC))
		return CLASS_HAN;
	return u_isdigit(c) ? CLASS_DIGIT : u_isalpha(c) ? CLASS_LETTER : CLASS_NONE;
}

static bool is_blank(UChar32 c)
{
	return c >= 0 && u_isUWhiteSpace(c);
}

static UChar32 next_char(struct str text, size_t *at)
{
	UChar32 c;
	int32_t i = (int32_t)*at;
	U8_NEXT(text.p, i, (int32_t)text.n, c);
	*at = (size_t)i;
	return c;
}

static void add_char(struct sb *b, UChar32 c)
{
	char bytes[4];
	int32_t n = 0;
	UBool bad = 0;
	U8_APPEND(bytes, n, 4, c, bad);
	if (!bad)
		sb_add(b, (struct str){bytes, (size_t)n});
}

static void end_word(struct words *w, struct sb *b)
{
	if (b->n)
		add(w, str_dup(w->a, sb_str(b)));
	b->n = 0;
}

static void cut(struct words *w, struct str text)
{
	enum class was = CLASS_NONE;
	size_t run = 0;
	/* A small letter may take more bytes than its large one. */
	struct sb b = sb_new(w->a, text.n * 2 + 8);
	for (size_t at = 0; at < text.n;) {
		UChar32 c = folded(next_char(text, &at));
		enum class is = class_of(c);
		if (is != was || is == CLASS_HAN || run == RUN_CHARS) {
			end_word(w, &b);
			run = 0;
		}
		if (is != CLASS_NONE)
			add_char(&b, c);
		run++;
		was = is;
	}
	end_word(w, &b);
}

void words_add(struct words *w, struct str text)
{
	if (w->n)
		add(w, between_texts);
	cut(w, text);
}

static struct str scope_word(struct arena *a, char letter, int64_t number)
{
	return str_fmt(a, "%c%" PRId64, letter, number);
}

void words_add_scope(struct words *w, char letter, int64_t number)
{
	add(w, scope_word(w->a, letter, number));
}

/* ---- for the engines ---------------------------------------------------------------- */

static size_t bytes_of(const struct words *w)
{
	size_t n = 16;
	for (size_t i = 0; i < w->n; i++)
		n += w->v[i].n + 12;
	return n;
}

struct str words_text(const struct words *w, enum db_engine engine)
{
	struct sb b = sb_new(w->a, bytes_of(w));
	for (size_t i = 0; i < w->n; i++) {
		sb_addz(&b, i ? " " : "");
		sb_add(&b, w->v[i]);
		if (engine == DB_PG)
			sb_fmt(&b, ":%zu", i + 1);
	}
	return sb_str(&b);
}

/* ---- searching ------------------------------------------------------------------------ */

static void add_part(struct search *s, struct words part)
{
	if (part.n && s->n < SEARCH_PARTS)
		s->parts[s->n++] = part;
}

struct search search_of(struct arena *a, struct str q)
{
	struct search s = {.parts = ARENA_ARRAY(a, struct words, SEARCH_PARTS + 2)};
	size_t from = 0;
	for (size_t at = 0; at < q.n;) {
		size_t here = at;
		if (!is_blank(next_char(q, &at)))
			continue;
		struct words part = words_new(a);
		cut(&part, str_sub(q, from, here - from));
		add_part(&s, part);
		from = at;
	}
	struct words part = words_new(a);
	cut(&part, str_sub(q, from, SIZE_MAX));
	add_part(&s, part);
	return s;
}

void search_add_scope(struct search *s, struct arena *a, char letter, int64_t number)
{
	struct words part = words_new(a);
	words_add_scope(&part, letter, number);
	s->parts[s->n++] = part;
}

struct str search_text(struct arena *a, const struct search *s, enum db_engine engine)
{
	bool pg = engine == DB_PG;
	size_t max = 16;
	for (size_t i = 0; i < s->n; i++)
		max += bytes_of(&s->parts[i]) + 12;
	struct sb b = sb_new(a, max);
	for (size_t i = 0; i < s->n; i++) {
		sb_addz(&b, !i ? "" : pg ? " & " : " AND ");
		sb_addz(&b, pg ? "(" : "\"");
		for (size_t j = 0; j < s->parts[i].n; j++) {
			sb_addz(&b, !j ? "" : pg ? " <-> " : " ");
			sb_add(&b, s->parts[i].v[j]);
		}
		sb_addz(&b, pg ? ")" : "\"");
	}
	return sb_str(&b);
}

static bool stands_at(const struct words *part, const struct words *w, size_t at)
{
	for (size_t i = 0; i < part->n; i++)
		if (!str_eq(part->v[i], w->v[at + i]))
			return false;
	return true;
}

static bool has_part(const struct words *part, const struct words *w)
{
	for (size_t at = 0; at + part->n <= w->n; at++)
		if (stands_at(part, w, at))
			return true;
	return false;
}

bool search_matches(const struct search *s, const struct words *w)
{
	for (size_t i = 0; i < s->n; i++)
		if (!has_part(&s->parts[i], w))
			return false;
	return true;
}
