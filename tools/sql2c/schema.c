/* The rules that every schema file keeps. A line `-- reference because …` or
 * `-- national because …` before a CREATE TABLE says that the table is not per city. */
#include "sql2c.h"

#include <ctype.h>
#include <string.h>

struct schema {
	const char *file;
	struct names outside;  /* tables that are not per city */
	bool next_is_outside;
};

static const struct {
	const char *name, *says;
} rules[] = {
	{"s1", "the first column of a table is city_id … NOT NULL"},
	{"s2", "PRIMARY KEY, UNIQUE and FOREIGN KEY begin with city_id, at the table's end"},
	{"s3", "types are INT, BIGINT, TEXT, BLOB; nothing that one engine makes up itself"},
	{"s4", "DEFAULT is a constant"},
	{"s5", "no triggers, procedures or rules; keys are checked at once"},
	{"s6", "an index begins with city_id, but for one USING gin, whose words name it"},
	{"s7", "a schema file is called YYYYMMDDhhmm_feature.sql"},
};

static void broken(const struct schema *s, int line, int rule)
{
	fail(s->file, line, rules[rule - 1].name, "%s", rules[rule - 1].says);
}

static bool is_outside(const struct schema *s, const char *table)
{
	for (int i = 0; i < s->outside.n; i++)
		if (strcmp(s->outside.v[i], table) == 0)
			return true;
	return false;
}

static bool is_any(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (t->kind == TOKEN_WORD && strcmp(t->s, *words) == 0)
			return true;
	return false;
}

static void check_words(const struct schema *s, const struct text *t)
{
	static const char *const types[] = {"autoincrement", "real", "float", "double", "numeric", "decimal", "timestamp", "timestamptz",
					    "datetime", "boolean", "bool", "json", "jsonb", "serial", "bigserial", "uuid", "identity", "money",
					    NULL};
	static const char *const machines[] = {"trigger", "procedure", "function", "rule", "deferrable", "deferred", NULL};
	for (int i = 0; i < t->n; i++) {
		const struct token *k = &t->tokens[i];
		/* A column may be called like a type: the type is the second word. */
		bool second = i > 0 && t->tokens[i - 1].kind == TOKEN_WORD;
		if (second && is_any(k, types))
			broken(s, k->line, 3);
		if (is_any(k, machines) && (second || i == 0))
			broken(s, k->line, 5);
		if (is_word(t, i, "default") && i + 1 < t->n &&
		    (is_punct(t, i + 1, "(") || (t->tokens[i + 1].kind == TOKEN_WORD && !is_word(t, i + 1, "null"))))
			broken(s, k->line, 4);
	}
}

/* PRIMARY KEY (city_id, …), UNIQUE (city_id, …), FOREIGN KEY (city_id, …) REFERENCES t (city_id, …) */
static void check_keys(const struct schema *s, const struct text *t)
{
	for (int i = 0; i < t->n; i++) {
		bool key = (is_word(t, i, "primary") || is_word(t, i, "foreign")) && is_word(t, i + 1, "key");
		int open = key ? i + 2 : i + 1;
		if (is_word(t, i, "references")) {
			if (i + 1 < t->n && is_outside(s, t->tokens[i + 1].s))
				continue;
			open = i + 2;
		} else if (!key && !is_word(t, i, "unique")) {
			continue;
		}
		if (is_word(t, i, "foreign") && open < t->n) {
			int references = find_word(t, open, "references");
			if (references >= 0 && references + 1 < t->n && is_outside(s, t->tokens[references + 1].s))
				continue;
		}
		if (!is_punct(t, open, "(") || !is_word(t, open + 1, "city_id"))
			broken(s, t->tokens[i].line, 2);
	}
}

static int after_if_not_exists(const struct text *t, int i)
{
	return is_word(t, i, "if") ? i + 3 : i;
}

static void check_table(struct schema *s, const struct text *t, int name)
{
	name = after_if_not_exists(t, name);
	if (name >= t->n)
		return;
	if (s->next_is_outside) {
		if (s->outside.n < 64)
			s->outside.v[s->outside.n++] = t->tokens[name].s;
		return;
	}
	bool city = is_punct(t, name + 1, "(") && is_word(t, name + 2, "city_id");
	int comma = name + 2;
	bool not_null = false;
	for (; comma < t->n && !is_punct(t, comma, ","); comma++)
		not_null |= is_word(t, comma, "not") && is_word(t, comma + 1, "null");
	if (!city || !not_null)
		broken(s, t->tokens[name].line, 1);
	check_keys(s, t);
}

static void check_index(const struct schema *s, const struct text *t, int index)
{
	int on = find_word(t, index, "on");
	if (on < 0 || on + 3 >= t->n || is_outside(s, t->tokens[on + 1].s))
		return;
	int open = on + 2;
	if (is_word(t, open, "using") && is_word(t, open + 1, "gin"))
		return; /* of words, which name their city */
	if (!is_punct(t, open, "(") || !is_word(t, open + 1, "city_id"))
		broken(s, t->tokens[index].line, 6);
}

static void check_statement(struct schema *s, const struct text *t)
{
	check_words(s, t);
	if (is_word(t, 0, "create") && is_word(t, 1, "table"))
		check_table(s, t, 2);
	else if (is_word(t, 0, "create") && is_word(t, 1, "index"))
		check_index(s, t, 1);
	else if (is_word(t, 0, "create") && is_word(t, 1, "unique"))
		check_index(s, t, 2);
}

static void check_name(const struct schema *s)
{
	const char *slash = strrchr(s->file, '/');
	const char *base = slash ? slash + 1 : s->file;
	if (strspn(base, "0123456789") != 12 || base[12] != '_')
		broken(s, 1, 7);
}

static bool ends_statement(const char *line)
{
	size_t n = strlen(line);
	while (n && isspace((unsigned char)line[n - 1]))
		n--;
	return n && line[n - 1] == ';';
}

void check_schema(const char *path)
{
	struct schema s = {.file = path};
	char *rest = read_file(path), *raw = NULL;
	int line = 0, first = 0;
	check_name(&s);
	for (char *l; (l = strsep(&rest, "\n"));) {
		line++;
		if (!raw && (strstr(l, "-- reference because ") == l || strstr(l, "-- national because ") == l))
			s.next_is_outside = true;
		if (!raw && (strncmp(l, "--", 2) == 0 || !*l))
			continue;
		first = raw ? first : line;
		raw = format("%s%s\n", raw ? raw : "", l);
		if (!ends_statement(l) && rest)
			continue;
		struct text t = lex(path, first, raw);
		check_statement(&s, &t);
		s.next_is_outside = false;
		raw = NULL;
	}
}

void print_schema_rules(FILE *out)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		fprintf(out, "%s\t%s\n", rules[i].name, rules[i].says);
}
