#include "text.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct str key, text[LANG_COUNT];
};

struct texts {
	struct entry *v;
	size_t n, room;
};

enum { TEXTS_MAX = 8000 };

enum lang lang_of(struct str word)
{
	return str_has_prefix(word, STR("en")) ? LANG_EN : LANG_ZH;
}

const char *lang_word(enum lang lang)
{
	return lang == LANG_EN ? "en" : "zh-CN";
}

static const struct err *add_line(struct arena *a, struct texts *t, const char *file, struct str line)
{
	struct str rest = line;
	struct entry e = {.key = str_cut(&rest, '\t')};
	e.text[LANG_ZH] = str_cut(&rest, '\t');
	e.text[LANG_EN] = str_cut(&rest, '\t');
	if (e.key.n == 0 || e.text[LANG_ZH].n == 0 || e.text[LANG_EN].n == 0)
		return ERR(a, ERR_BUG, "catalogue", "catalogue of %s: a language is missing in \"%.*s\"", file, STR_ARG(line));
	if (t->n == TEXTS_MAX)
		return ERR(a, ERR_BUG, "catalogue", "more than %d catalogue texts", TEXTS_MAX);
	t->v[t->n++] = e;
	return NULL;
}

static const struct err *add_file(struct arena *a, struct texts *t, const char *feature, const struct resource *r)
{
	struct str rest = {(const char *)r->data, r->size};
	bool is_head = true;
	while (rest.n) {
		struct str line = str_cut(&rest, '\n');
		if (line.n && !is_head)
			TRY(add_line(a, t, feature, line));
		/* The head line names the columns; a catalogue without one starts with a text. */
		if (is_head && line.n && !str_has_prefix(line, STR("key\t")))
			TRY(add_line(a, t, feature, line));
		is_head = false;
	}
	return NULL;
}

static int by_key(const void *a, const void *b)
{
	return str_cmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

const struct err *texts_new(struct arena *a, const struct feature *const *features, struct texts **out)
{
	struct texts *t = ARENA_NEW(a, struct texts);
	t->v = ARENA_ARRAY(a, struct entry, TEXTS_MAX);
	for (size_t i = 0; features[i]; i++)
		for (const struct resource *r = features[i]->resources; r && r->name; r++)
			if (strcmp(r->name, "catalogue.tsv") == 0)
				TRY(add_file(a, t, features[i]->name, r));
	qsort(t->v, t->n, sizeof(t->v[0]), by_key);
	for (size_t i = 1; i < t->n; i++)
		if (str_eq(t->v[i - 1].key, t->v[i].key))
			return ERR(a, ERR_BUG, "catalogue", "catalogue key %.*s stands twice", STR_ARG(t->v[i].key));
	*out = t;
	return NULL;
}

struct str texts_find(const struct texts *t, enum lang lang, struct str key)
{
	struct entry probe = {.key = key};
	const struct entry *e = bsearch(&probe, t->v, t->n, sizeof(t->v[0]), by_key);
	return e ? e->text[lang] : STR_NONE;
}
