#include "mustache_node.h"

#include <string.h>

struct lexer {
	struct arena *a;
	struct str name, text, open, close;
	size_t at;
	int line;
	struct node *first, **tail;
	const struct node *opened[MUSTACHE_DEPTH];
	size_t n_opened;
};

#define FAIL(l, ...) fail_at((l), (l)->line, str_fmt((l)->a, __VA_ARGS__))

static const struct err *fail_at(const struct lexer *l, int line, struct str why)
{
	return ERR(l->a, ERR_INPUT, "template", "template %.*s, line %d: %.*s", STR_ARG(l->name), line, STR_ARG(why));
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct str trim(struct str s)
{
	while (s.n && is_space(s.p[0]))
		s = str_sub(s, 1, SIZE_MAX);
	while (s.n && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Offset of `what` in text at or after `from`; the text's length when absent. */
static size_t find(struct str text, size_t from, struct str what)
{
	struct str rest = str_sub(text, from, SIZE_MAX);
	const char *at = rest.n ? memmem(rest.p, rest.n, what.p, what.n) : NULL;
	return at ? (size_t)(at - text.p) : text.n;
}

static struct node *add(struct lexer *l, int kind, struct str text)
{
	struct node *n = ARENA_NEW(l->a, struct node);
	n->kind = kind;
	n->line = l->line;
	n->text = text;
	*l->tail = n;
	l->tail = &n->next;
	return n;
}

/* One text node per line, the line break included. */
static void add_text(struct lexer *l, struct str text)
{
	while (text.n) {
		ptrdiff_t at = str_find(text, '\n');
		size_t n = at < 0 ? text.n : (size_t)at + 1;
		add(l, NODE_TEXT, str_sub(text, 0, n));
		l->line += at >= 0;
		text = str_sub(text, n, SIZE_MAX);
	}
}

static const struct err *set_delimiters(struct lexer *l, struct str inside)
{
	struct str s = trim(inside), open = s;
	size_t i = 0;
	while (i < s.n && !is_space(s.p[i]))
		i++;
	open.n = i;
	struct str close = trim(str_sub(s, i, SIZE_MAX));
	for (size_t j = 0; j < close.n; j++)
		if (is_space(close.p[j]))
			return FAIL(l, "more than two delimiters");
	if (!open.n || !close.n || str_find(open, '=') >= 0 || str_find(close, '=') >= 0)
		return FAIL(l, "delimiters must be two words without '='");
	l->open = open;
	l->close = close;
	return NULL;
}

static const struct err *close_tag(struct lexer *l, struct node *n)
{
	if (l->n_opened == 0)
		return FAIL(l, "{{/%.*s}} closes nothing", STR_ARG(n->text));
	const struct node *open = l->opened[--l->n_opened];
	if (!str_eq(open->text, n->text))
		return FAIL(l, "{{/%.*s}} where {{/%.*s}} (line %d) is open", STR_ARG(n->text), STR_ARG(open->text), open->line);
	n->kind = open->kind == MUSTACHE_PARENT ? MUSTACHE_PARENT_END
		  : open->kind == MUSTACHE_BLOCK ? MUSTACHE_BLOCK_END : MUSTACHE_SECTION_END;
	return NULL;
}

static const struct err *check_name(const struct lexer *l, struct str name)
{
	if (!name.n)
		return FAIL(l, "tag without a name");
	for (size_t i = 0; i < name.n; i++)
		if (is_space(name.p[i]))
			return FAIL(l, "white space inside the name \"%.*s\"", STR_ARG(name));
	return NULL;
}

static int kind_of(char sigil)
{
	switch (sigil) {
	case '#': return MUSTACHE_SECTION;
	case '^': return MUSTACHE_INVERTED;
	case '/': return MUSTACHE_SECTION_END;
	case '>': return MUSTACHE_PARTIAL;
	case '<': return MUSTACHE_PARENT;
	case '$': return MUSTACHE_BLOCK;
	case '!': return NODE_COMMENT;
	case '=': return MUSTACHE_DELIMITERS;
	case '{':
	case '&': return MUSTACHE_RAW;
	default: return MUSTACHE_NAME;
	}
}

static const struct err *enter(struct lexer *l, struct node *n)
{
	TRY(check_name(l, n->text));
	switch (n->kind) {
	case MUSTACHE_SECTION:
	case MUSTACHE_INVERTED:
	case MUSTACHE_PARENT:
	case MUSTACHE_BLOCK:
		if (l->n_opened == MUSTACHE_DEPTH)
			return FAIL(l, "nested deeper than %d", MUSTACHE_DEPTH);
		l->opened[l->n_opened++] = n;
		return NULL;
	case MUSTACHE_SECTION_END:
		return close_tag(l, n);
	default:
		return NULL;
	}
}

/* The tag that starts at l->at. */
static const struct err *add_tag(struct lexer *l)
{
	size_t start = l->at, in = start + l->open.n;
	char sigil = in < l->text.n ? l->text.p[in] : 0;
	int kind = kind_of(sigil);
	struct str close = l->close;
	if (sigil == '{' || sigil == '=')
		close = str_fmt(l->a, "%c%.*s", sigil == '{' ? '}' : '=', STR_ARG(l->close));
	in += kind != MUSTACHE_NAME;
	size_t end = find(l->text, in, close);
	if (end == l->text.n)
		return FAIL(l, "tag is not closed");
	struct str inside = str_sub(l->text, in, end - in);
	struct node *n = add(l, kind, trim(inside));
	n->start = start;
	n->end = l->at = end + close.n;
	if (kind == MUSTACHE_DELIMITERS)
		TRY(set_delimiters(l, inside));
	else if (kind != NODE_COMMENT)
		TRY(enter(l, n));
	for (size_t i = start; i < l->at; i++)
		l->line += l->text.p[i] == '\n';
	return NULL;
}

const struct err *mustache_lex(struct arena *a, struct str name, struct str text, struct node **out)
{
	struct lexer l = {.a = a, .name = name, .text = text, .open = STR("{{"), .close = STR("}}"), .line = 1};
	l.tail = &l.first;
	while (l.at < text.n) {
		size_t tag = find(text, l.at, l.open);
		add_text(&l, str_sub(text, l.at, tag - l.at));
		l.at = tag;
		if (tag < text.n)
			TRY(add_tag(&l));
	}
	if (l.n_opened) {
		const struct node *open = l.opened[l.n_opened - 1];
		return fail_at(&l, open->line, str_fmt(a, "{{/%.*s}} is missing", STR_ARG(open->text)));
	}
	*out = l.first;
	return NULL;
}
