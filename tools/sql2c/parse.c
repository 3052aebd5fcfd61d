/* The lines of a .sql file: `-- name:`, `-- list:` or `-- moved:` begins a block, a blank
 * line or the next one ends it; what `-- key: value` lines say about it. */
#include "sql2c.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct parser {
	struct source *out;
	struct block *now;     /* NULL between blocks */
	const char *file;
	int line;
};

static const char *trim(const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	size_t n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return copy(s, n);
}

/* The value when the line is `-- key: value` (or just `-- key`), else NULL. */
static const char *value_of(const char *line, const char *key)
{
	size_t n = strlen(key);
	if (strncmp(line, "--", 2) != 0)
		return NULL;
	line += 2 + strspn(line + 2, " ");
	if (strncmp(line, key, n) != 0)
		return NULL;
	line += n;
	if (*line == ':')
		return trim(line + 1);
	return *line == '\0' ? "" : NULL;
}

enum block_kind { STATEMENT, LIST, MOVED };

static void add_line(char **raw, int *raw_line, int line, const char *text)
{
	if (!*raw) {
		*raw = copy("", 0);
		*raw_line = line;
	}
	int have = *raw_line;
	for (const char *p = *raw; *p; p++)
		have += *p == '\n';
	char *pad = copy("", 0);
	while (have++ < line)
		pad = format("%s\n", pad);
	*raw = format("%s%s%s\n", *raw, pad, text);
}

static void begin_block(struct parser *p, const char *name, enum block_kind kind)
{
	if (p->out->n == MAX_BLOCKS) {
		fail(p->file, p->line, "syntax", "too many statements");
		exit(1);
	}
	if (!*name || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
		fail(p->file, p->line, "syntax", "a name is lower-case letters, digits and _");
	for (int i = 0; i < p->out->n; i++)
		if (strcmp(p->out->blocks[i].name, name) == 0)
			fail(p->file, p->line, "syntax", "%s is there already", name);
	p->now = &p->out->blocks[p->out->n++];
	*p->now = (struct block){.name = name, .file = p->file, .line = p->line, .is_list = kind == LIST, .is_moved = kind == MOVED};
}

static void read_scope(struct parser *p, const char *v)
{
	struct block *b = p->now;
	b->has_scope = true;
	if (strcmp(v, "city") == 0)
		return;
	b->is_national = true;
	if (strncmp(v, "national because ", 17) == 0)
		b->why = trim(v + 17);
	else
		fail(p->file, p->line, "r1", "scope is `city` or `national because …`, not `%s`", v);
}

/* "top: h.top_id = $2" */
static void add_part(struct parser *p, struct parts *parts, const char *line, const char *key)
{
	const char *word = line + 2;
	word += strspn(word, " ");
	word += strlen(key);
	word += strspn(word, " ");
	const char *colon = strchr(word, ':');
	if (!colon) {
		fail(p->file, p->line, "r23", "`-- %s WORD: …` needs a colon", key);
		return;
	}
	if (parts->n == MAX_PARTS) {
		fail(p->file, p->line, "r23", "more than %d of `-- %s`", MAX_PARTS, key);
		return;
	}
	parts->v[parts->n++] = (struct part){trim(copy(word, (size_t)(colon - word))), trim(colon + 1), false, p->line};
}

/* "h.deadline text index hazard_by_deadline": column, type, and words for the reader. */
static void split_sort(struct parser *p, struct part *sort)
{
	size_t n = strcspn(sort->expr, " ");
	const char *type = sort->expr + n + strspn(sort->expr + n, " ");
	size_t type_n = strcspn(type, " ");
	sort->is_text = type_n == 4 && strncmp(type, "text", 4) == 0;
	if (!sort->is_text && !(type_n == 6 && strncmp(type, "bigint", 6) == 0))
		fail(p->file, p->line, "r23", "sort %s: the column's type is `bigint` or `text`", sort->word);
	sort->expr = copy(sort->expr, n);
}

static bool is_key(const char *line, const char *key)
{
	line += 2 + strspn(line + 2, " ");
	size_t n = strlen(key);
	return strncmp(line, key, n) == 0 && (line[n] == ' ' || line[n] == ':');
}

static void list_comment(struct parser *p, const char *line)
{
	struct block *b = p->now;
	const char *v;
	if ((v = value_of(line, "select"))) {
		add_line(&b->raw, &b->raw_line, p->line, v);
	} else if ((v = value_of(line, "id"))) {
		b->id = v;
	} else if ((v = value_of(line, "walk"))) {
		b->walk = v;
	} else if (is_key(line, "anchor")) {
		add_part(p, &b->anchors, line, "anchor");
	} else if (is_key(line, "sort")) {
		int had = b->sorts.n;
		add_part(p, &b->sorts, line, "sort");
		if (b->sorts.n > had)
			split_sort(p, &b->sorts.v[had]);
	} else if (is_key(line, "filter")) {
		add_part(p, &b->filters, line, "filter");
	} else if (is_key(line, "residual")) {
		add_part(p, &b->residuals, line, "residual");
	} else {
		fail(p->file, p->line, "r23", "no such line in a list: %s", line);
	}
}

static void moved_comment(struct parser *p, const char *line)
{
	struct block *b = p->now;
	const char *v;
	if ((v = value_of(line, "table")))
		b->table = v;
	else if ((v = value_of(line, "id")))
		b->id = v;
	else if ((v = value_of(line, "ancestors")))
		b->has_ancestors = strcmp(v, "yes") == 0;
	else
		fail(p->file, p->line, "r27", "no such line of what is moved: %s", line);
}

static void comment(struct parser *p, const char *line)
{
	struct block *b = p->now;
	const char *v;
	if ((v = value_of(line, "scope")))
		read_scope(p, v);
	else if (value_of(line, "writes"))
		b->writes = true;
	else if (b->is_list)
		list_comment(p, line);
	else if (b->is_moved)
		moved_comment(p, line);
	else if (value_of(line, "text_pg"))
		b->says_pg = true;
	else if (value_of(line, "pg"))
		add_line(&b->raw_pg, &b->raw_pg_line, p->line, "");
}

static void add_references(struct parser *p, const char *v)
{
	char *rest = copy(v, strlen(v));
	for (char *w; (w = strsep(&rest, " ,"));)
		if (*w && p->out->references.n < 64)
			p->out->references.v[p->out->references.n++] = w;
}

static void one_line(struct parser *p, const char *line)
{
	const char *v;
	struct block *b = p->now;
	bool is_comment = strncmp(line, "--", 2) == 0;
	if (!*trim(line))
		p->now = NULL;
	else if ((v = value_of(line, "name")))
		begin_block(p, v, STATEMENT);
	else if ((v = value_of(line, "list")))
		begin_block(p, v, LIST);
	else if ((v = value_of(line, "moved")))
		begin_block(p, v, MOVED);
	else if ((v = value_of(line, "reference")))
		add_references(p, v);
	else if (is_comment && b)
		comment(p, line);
	else if (!is_comment && b && b->raw_pg)
		add_line(&b->raw_pg, &b->raw_pg_line, p->line, line);
	else if (!is_comment && b)
		add_line(&b->raw, &b->raw_line, p->line, line);
	else if (!is_comment)
		fail(p->file, p->line, "syntax", "text that belongs to no `-- name:`");
}

static int params_of(const struct text *t)
{
	int max = 0;
	for (int i = 0; i < t->n; i++)
		if (t->tokens[i].param > max)
			max = t->tokens[i].param;
	return max;
}

static void drop_semicolon(struct text *t)
{
	if (!is_punct(t, t->n - 1, ";"))
		return;
	t->n--;
	t->s[strlen(t->s) - 1] = '\0';
}

static void finish(struct block *b)
{
	if (b->is_moved) {
		expand_moved(b);
		return;
	}
	b->text = lex(b->file, b->raw ? b->raw_line : b->line, b->raw ? b->raw : "");
	drop_semicolon(&b->text);
	if (b->raw_pg) {
		b->text_pg = lex(b->file, b->raw_pg_line, b->raw_pg);
		drop_semicolon(&b->text_pg);
	}
	if (!!b->raw_pg != b->says_pg)
		fail(b->file, b->line, "syntax", "`-- text_pg: yes` and a text after `-- pg:` go together");
	if (!b->text.n)
		fail(b->file, b->line, "syntax", "%s has no text", b->name);
	b->n_args = params_of(&b->text);
	b->writes |= find_word(&b->text, 0, "insert") >= 0 || find_word(&b->text, 0, "update") >= 0 ||
		     find_word(&b->text, 0, "delete") >= 0;
	if (b->is_list)
		expand_list(b);
}

void parse_file(struct source *s, const char *path)
{
	struct parser p = {.out = s, .file = path};
	int first = s->n;
	char *rest = read_file(path);
	for (char *line; (line = strsep(&rest, "\n"));) {
		p.line++;
		one_line(&p, line);
	}
	for (int i = first; i < s->n; i++)
		finish(&s->blocks[i]);
}
