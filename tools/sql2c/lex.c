#include "sql2c.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct lexer {
	const char *file, *p;
	int line, depth;
	struct token *out;
	int n;
	char *text;            /* comments dropped, white space folded */
	size_t used;
};

static void put_text(struct lexer *l, const char *s, size_t n)
{
	memcpy(l->text + l->used, s, n);
	l->used += n;
}

static void skip_space(struct lexer *l)
{
	bool any = false;
	while (isspace((unsigned char)*l->p) || strncmp(l->p, "--", 2) == 0) {
		if (*l->p == '-') {
			l->p += strcspn(l->p, "\n");
		} else {
			l->line += *l->p++ == '\n';
		}
		any = true;
	}
	if (any && l->used && *l->p)
		put_text(l, " ", 1);
}

static size_t word_length(const char *p)
{
	size_t n = 0;
	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

static size_t string_length(struct lexer *l)
{
	const char *p = l->p + 1;
	for (; *p; p++) {
		if (*p == '\'' && *++p != '\'')
			return (size_t)(p - l->p);
	}
	fail(l->file, l->line, "syntax", "string without an end");
	return strlen(l->p);
}

static size_t punct_length(const char *p)
{
	static const char *const pairs[] = {"::", "<=", ">=", "<>", "!=", "||"};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strncmp(p, pairs[i], 2) == 0)
			return 2;
	return 1;
}

static struct token next_token(struct lexer *l, size_t *n)
{
	struct token t = {.line = l->line, .depth = l->depth};
	char c = *l->p;
	if (isalpha((unsigned char)c) || c == '_') {
		t.kind = TOKEN_WORD;
		*n = word_length(l->p);
	} else if (c == '$' && isdigit((unsigned char)l->p[1])) {
		t.kind = TOKEN_PARAM;
		t.param = atoi(l->p + 1);
		*n = 1 + word_length(l->p + 1);
	} else if (isdigit((unsigned char)c)) {
		t.kind = TOKEN_NUMBER;
		*n = word_length(l->p);
	} else if (c == '\'') {
		t.kind = TOKEN_STRING;
		*n = string_length(l);
	} else {
		t.kind = TOKEN_PUNCT;
		*n = punct_length(l->p);
	}
	return t;
}

static const char *lower(const char *s, size_t n)
{
	char *p = copy(s, n);
	for (char *c = p; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return p;
}

struct text lex(const char *file, int line, const char *raw)
{
	struct lexer l = {.file = file, .p = raw, .line = line};
	l.out = calloc(MAX_TOKENS, sizeof(*l.out));
	l.text = malloc(strlen(raw) + 1);
	if (!l.out || !l.text)
		abort();
	for (skip_space(&l); *l.p; skip_space(&l)) {
		size_t n;
		struct token t = next_token(&l, &n);
		t.s = t.kind == TOKEN_WORD ? lower(l.p, n) : copy(l.p, n);
		if (*l.p == ')')
			t.depth = --l.depth;
		else if (*l.p == '(')
			l.depth++;
		if (l.n == MAX_TOKENS) {
			fail(file, line, "syntax", "statement too long");
			break;
		}
		l.out[l.n++] = t;
		put_text(&l, l.p, n);
		for (size_t i = 0; i < n; i++)
			l.line += l.p[i] == '\n';
		l.p += n;
	}
	if (l.depth != 0)
		fail(file, line, "syntax", "parentheses do not match");
	l.text[l.used] = '\0';
	return (struct text){l.text, l.out, l.n};
}

bool is_word(const struct text *t, int i, const char *word)
{
	return i >= 0 && i < t->n && t->tokens[i].kind == TOKEN_WORD && strcmp(t->tokens[i].s, word) == 0;
}

bool is_punct(const struct text *t, int i, const char *punct)
{
	return i >= 0 && i < t->n && t->tokens[i].kind == TOKEN_PUNCT && strcmp(t->tokens[i].s, punct) == 0;
}

int find_word(const struct text *t, int from, const char *word)
{
	for (int i = from; i < t->n; i++)
		if (is_word(t, i, word))
			return i;
	return -1;
}

int closing(const struct text *t, int open)
{
	for (int i = open + 1; i < t->n; i++)
		if (is_punct(t, i, ")") && t->tokens[i].depth == t->tokens[open].depth)
			return i;
	return t->n - 1;
}
