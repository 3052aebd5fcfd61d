/* The rules that every statement keeps. Each row's check returns the index of
 * the offending token, or FINE; it sees one text, so a statement with a second
 * text for PostgreSQL is checked twice. */
#include "sql2c.h"

#include <string.h>

#define FINE (-1)

struct seen {
	const struct block *b;
	const struct text *t;
	const struct names *references;
};

struct rule {
	const char *name, *says;
	int (*broken)(const struct seen *s);
};

static bool is_one_of(const struct token *t, const char *const *words)
{
	for (; *words; words++)
		if (t->kind == TOKEN_WORD && strcmp(t->s, *words) == 0)
			return true;
	return false;
}

static int any_word(const struct seen *s, const char *const *words)
{
	for (int i = 0; i < s->t->n; i++)
		if (is_one_of(&s->t->tokens[i], words))
			return i;
	return FINE;
}

static int any_call(const struct seen *s, const char *const *words)
{
	for (int i = 0; i < s->t->n; i++)
		if (is_one_of(&s->t->tokens[i], words) && is_punct(s->t, i + 1, "("))
			return i;
	return FINE;
}

static int any_punct(const struct seen *s, const char *punct)
{
	for (int i = 0; i < s->t->n; i++)
		if (is_punct(s->t, i, punct))
			return i;
	return FINE;
}

static bool is_name_in(const struct names *names, const char *name)
{
	for (int i = 0; i < names->n; i++)
		if (strcmp(names->v[i], name) == 0)
			return true;
	return false;
}

/* $1, also as CAST($1 AS …) */
static bool is_first_param(const struct text *t, int i)
{
	if (is_word(t, i, "cast"))
		i += 2;
	return i < t->n && t->tokens[i].param == 1;
}

static bool has_city(const struct text *t)
{
	for (int i = 0; i < t->n; i++)
		if (is_word(t, i, "city_id") && is_punct(t, i + 1, "=") && is_first_param(t, i + 2))
			return true;
	return false;
}

static int r1(const struct seen *s)
{
	return s->b->has_scope ? FINE : 0;
}

/* INSERT INTO t (city_id, …) VALUES ($1, …) or SELECT $1, … or SELECT … city_id = $1 */
static int insert_city(const struct seen *s, int insert)
{
	const struct text *t = s->t;
	int open = insert + 3;
	if (!is_punct(t, open, "(") || !is_word(t, open + 1, "city_id"))
		return insert;
	int next = closing(t, open) + 1;
	if (is_word(t, next, "values") && is_first_param(t, next + 2))
		return FINE;
	if (is_word(t, next, "select") && (is_first_param(t, next + 1) || has_city(t)))
		return FINE;
	return insert;
}

static int r2(const struct seen *s)
{
	if (s->b->is_national)
		return FINE;
	int insert = find_word(s->t, 0, "insert");
	if (insert >= 0)
		return insert_city(s, insert);
	return has_city(s->t) ? FINE : 0;
}

/* An UPDATE names its new values before its WHERE, which has $1: there only gaps are wrong. */
/* $1 of a city statement may stand anywhere. An UPDATE names its new values before its key, so there only gaps count. */
static int r3(const struct seen *s)
{
	unsigned char found[256] = {0};
	int next = s->b->is_national ? 1 : 2;
	bool any_order = is_word(s->t, 0, "update");
	for (int i = 0; i < s->t->n; i++) {
		const struct token *t = &s->t->tokens[i];
		if (t->kind != TOKEN_PARAM)
			continue;
		if (t->param < 1 || t->param > 255 || (t->param > next && !any_order))
			return i;
		found[t->param] = 1;
		next += t->param == next;
	}
	for (int n = s->b->is_national ? 1 : 2; n <= s->b->n_args; n++)
		if (!found[n])
			return 0;
	return FINE;
}

static int r4(const struct seen *s)
{
	return any_punct(s, "?");
}

static int r5(const struct seen *s)
{
	return any_punct(s, "::");
}

static int r6(const struct seen *s)
{
	return any_word(s, (const char *const[]){"like", "ilike", "glob", "regexp", "similar", NULL});
}

static int r7(const struct seen *s)
{
	return any_word(s, (const char *const[]){"offset", NULL});
}

static int r8(const struct seen *s)
{
	int word = any_word(s, (const char *const[]){"current_timestamp", "current_date", "current_time", "localtimestamp",
						     "localtime", NULL});
	return word >= 0 ? word
			 : any_call(s, (const char *const[]){"now", "random", "randomblob", "strftime", "datetime", "date",
							     "julianday", "unixepoch", "clock_timestamp", "gen_random_uuid",
							     "date_trunc", "to_char", "extract", "age", NULL});
}

/* FTS5 keys its rows so and no other way: where PostgreSQL has a text of its own, the first is SQLite's alone. */
static int r9(const struct seen *s)
{
	static const char *const but_rowid[] = {"autoincrement", "serial", "bigserial", "last_insert_rowid", "nextval", "currval", "lastval",
						NULL};
	if (s->b->says_pg && s->t == &s->b->text)
		return any_word(s, but_rowid);
	return any_word(s, (const char *const[]){"autoincrement", "rowid", "serial", "bigserial", "last_insert_rowid", "nextval",
						 "currval", "lastval", NULL});
}

static int r10(const struct seen *s)
{
	return any_call(s, (const char *const[]){"group_concat", "string_agg", "array_agg", "json_agg", "json_each", "json_extract",
						 "printf", "format", "concat", "greatest", "least", "ifnull", "iif", "instr", "any",
						 "lower", "upper", NULL});
}

static int r11(const struct seen *s)
{
	for (int i = 1; i < s->t->n; i++) {
		bool first = is_word(s->t, i - 1, "select") || is_word(s->t, i - 1, "returning");
		if (is_punct(s->t, i, "*") && (first || is_punct(s->t, i - 1, ".") || (is_punct(s->t, i - 1, ",") && i + 1 < s->t->n)))
			return i;
	}
	return FINE;
}

/* Some parenthesis around the call is that of a CAST. */
static bool is_inside_cast(const struct text *t, int i)
{
	int depth = t->tokens[i].depth;
	for (int j = i - 1; j > 0 && depth > 0; j--) {
		if (!is_punct(t, j, "(") || t->tokens[j].depth >= depth)
			continue;
		depth = t->tokens[j].depth;
		if (is_word(t, j - 1, "cast"))
			return true;
	}
	return false;
}

static int r12(const struct seen *s)
{
	for (int i = 0; i < s->t->n; i++)
		if (is_punct(s->t, i + 1, "(") && (is_word(s->t, i, "avg") || (is_word(s->t, i, "sum") && !is_inside_cast(s->t, i))))
			return i;
	return FINE;
}

static int r13(const struct seen *s)
{
	int i = find_word(s->t, 0, "returning");
	for (int j = i; i >= 0 && j < s->t->n && s->t->tokens[j].depth >= s->t->tokens[i].depth; j++)
		if (is_punct(s->t, j, "("))
			return j;
	return FINE;
}

static int r14(const struct seen *s)
{
	static const char *const first[] = {"select", "insert", "update", "delete", "with", NULL};
	if (!is_one_of(&s->t->tokens[0], first))
		return 0;
	for (int i = 0; i < s->t->n; i++)
		if (is_word(s->t, i, "for") && (is_word(s->t, i + 1, "update") || is_word(s->t, i + 1, "share")))
			return i;
	return any_word(s, (const char *const[]){"savepoint", "trigger", "listen", "notify", "lateral", "rollup", "cube",
						 "grouping", "skip", "lock", "merge", NULL});
}

static int r15(const struct seen *s)
{
	int insert = find_word(s->t, 0, "insert"), on = find_word(s->t, 0, "conflict");
	int select = find_word(s->t, insert < 0 ? 0 : insert, "select");
	if (insert < 0 || on < 0 || select < 0 || select > on || s->t->tokens[select].depth)
		return FINE;
	for (int i = select; i < on; i++)
		if (is_word(s->t, i, "where") && !s->t->tokens[i].depth)
			return FINE;
	return select;
}

static int r16(const struct seen *s)
{
	int on = find_word(s->t, 0, "conflict");
	if (on < 0 || s->b->is_national)
		return FINE;
	return is_punct(s->t, on + 1, "(") && is_word(s->t, on + 2, "city_id") ? FINE : on;
}

static int r17(const struct seen *s)
{
	for (int i = 0; i < s->t->n; i++) {
		bool update = is_word(s->t, i, "update") && !is_word(s->t, i - 1, "do");
		if (!update && !is_word(s->t, i, "delete"))
			continue;
		bool guarded = false;
		for (int j = i; j < s->t->n && s->t->tokens[j].depth >= s->t->tokens[i].depth; j++)
			guarded |= is_word(s->t, j, "where") && s->t->tokens[j].depth == s->t->tokens[i].depth;
		if (!guarded)
			return i;
	}
	return FINE;
}

static int r18(const struct seen *s)
{
	return any_punct(s, ";");
}

/* The ON or USING of a join, up to the next join or clause at the same depth, speaks of city_id. */
static bool join_has_city(const struct text *t, int join)
{
	static const char *const ends[] = {"join", "where", "group", "order", "limit", "union", "returning", "having", "window", NULL};
	for (int i = join + 1; i < t->n && t->tokens[i].depth >= t->tokens[join].depth; i++) {
		if (is_punct(t, i, ")") && t->tokens[i].depth < t->tokens[join].depth)
			break;
		if (t->tokens[i].depth == t->tokens[join].depth && is_one_of(&t->tokens[i], ends))
			break;
		if (is_word(t, i, "city_id"))
			return true;
	}
	return false;
}

static int r19(const struct seen *s)
{
	const struct text *t = s->t;
	for (int i = 0; i < t->n; i++)
		if (is_word(t, i, "join") && i + 1 < t->n && !is_name_in(s->references, t->tokens[i + 1].s) && !join_has_city(t, i))
			return i;
	return FINE;
}

static int r20(const struct seen *s)
{
	for (int i = 0; i < s->t->n; i++)
		if (is_word(s->t, i, "insert") && is_word(s->t, i + 1, "or"))
			return i;
	return any_punct(s, "\"");
}

static int r21(const struct seen *s)
{
	for (int i = 0; i < s->t->n; i++)
		if (s->t->tokens[i].kind == TOKEN_PARAM && is_word(s->t, i + 1, "is"))
			return i;
	return FINE;
}

static int r22(const struct seen *s)
{
	int set = find_word(s->t, 0, "set");
	for (int i = set; set >= 0 && i < s->t->n && !is_word(s->t, i, "where"); i++)
		if (is_word(s->t, i, "city_id") && is_punct(s->t, i + 1, "=") && !is_punct(s->t, i - 1, "."))
			return i;
	return FINE;
}

/* WITH name AS ( … ), name2 (a, b) AS ( … ) */
static bool is_cte(const struct text *t, const char *name)
{
	for (int i = 1; i < t->n; i++) {
		bool begins = is_word(t, i - 1, "with") || is_word(t, i - 1, "recursive") || is_punct(t, i - 1, ",");
		if (!begins || !is_word(t, i, name))
			continue;
		int as = is_punct(t, i + 1, "(") ? closing(t, i + 1) + 1 : i + 1;
		if (is_word(t, as, "as") && is_punct(t, as + 1, "("))
			return true;
	}
	return false;
}

/* An inner SELECT from a table has city_id in its own conditions. */
static int r24(const struct seen *s)
{
	const struct text *t = s->t;
	for (int i = 0; i + 1 < t->n; i++) {
		if (!is_word(t, i, "from") || !t->tokens[i].depth || t->tokens[i + 1].kind != TOKEN_WORD)
			continue;
		const char *table = t->tokens[i + 1].s;
		if (s->b->is_national || is_name_in(s->references, table) || is_cte(t, table))
			continue;
		bool found = false;
		for (int j = i; j < t->n && t->tokens[j].depth >= t->tokens[i].depth; j++)
			found |= is_word(t, j, "city_id");
		if (!found)
			return i;
	}
	return FINE;
}

static int r25(const struct seen *s)
{
	int limit = find_word(s->t, 0, "limit");
	return limit < 0 || find_word(s->t, 0, "order") >= 0 ? FINE : limit;
}

/* FROM a, b: a join without its ON */
static int r26(const struct seen *s)
{
	static const char *const ends[] = {"where", "group", "order", "limit", "union", "join", "on", "returning", "having", "window", NULL};
	for (int i = 0; i < s->t->n; i++) {
		if (!is_word(s->t, i, "from"))
			continue;
		int depth = s->t->tokens[i].depth;
		for (int j = i + 1; j < s->t->n && s->t->tokens[j].depth >= depth; j++) {
			if (s->t->tokens[j].depth > depth)
				continue;
			if (is_one_of(&s->t->tokens[j], ends) || is_punct(s->t, j, ")"))
				break;
			if (is_punct(s->t, j, ","))
				return j;
		}
	}
	return FINE;
}

static const struct rule rules[] = {
	{"r1", "a statement says `-- scope: city` or `-- scope: national because …`", r1},
	{"r2", "a city statement has `city_id = $1` (INSERT: city_id first, $1 its value)", r2},
	{"r3", "$1, $2, … first appear in order (UPDATE: in any order), without gaps", r3},
	{"r4", "no `?` placeholders", r4},
	{"r5", "no `::`: CAST(x AS type)", r5},
	{"r6", "no LIKE: it means different things; paths are compared with >= and <", r6},
	{"r7", "no OFFSET: pages go by key", r7},
	{"r8", "no clock and no chance in SQL: both are arguments", r8},
	{"r9", "ids come from the program, not from the engine", r9},
	{"r10", "a function that only one engine has, or that differs", r10},
	{"r11", "no `*`: columns are named", r11},
	{"r12", "CAST(SUM(x) AS BIGINT); no AVG", r12},
	{"r13", "RETURNING names plain columns", r13},
	{"r14", "one SELECT, INSERT, UPDATE, DELETE or WITH; no locks, savepoints or vendor clauses", r14},
	{"r15", "INSERT … SELECT … ON CONFLICT needs a WHERE", r15},
	{"r16", "ON CONFLICT names its key, beginning with city_id", r16},
	{"r17", "UPDATE and DELETE have a WHERE", r17},
	{"r18", "one statement at a time", r18},
	{"r19", "a JOIN is on city_id too, unless the table is a `-- reference:`", r19},
	{"r20", "no INSERT OR …, no names or strings in double quotes", r20},
	{"r21", "`$n IS …` has no type on PostgreSQL: CAST($n AS type) IS …", r21},
	{"r22", "city_id never changes", r22},
	{"r24", "a SELECT inside a statement has city_id in its conditions too", r24},
	{"r25", "LIMIT without ORDER BY", r25},
	{"r26", "no commas in FROM: JOIN … ON", r26},
};

static void check_text(const struct block *b, const struct text *t, const struct names *references)
{
	struct seen s = {b, t, references};
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		int at = rules[i].broken(&s);
		if (at != FINE)
			fail(b->file, at > 0 ? t->tokens[at].line : b->line, rules[i].name, "%s: %s", b->name, rules[i].says);
	}
}

void check_block(const struct block *b, const struct names *references)
{
	if (!b->text.n)
		return;
	if (b->is_list) {
		if (!b->has_scope)
			fail(b->file, b->line, "r1", "%s: %s", b->name, rules[0].says);
		return;
	}
	check_text(b, &b->text, references);
	if (b->text_pg.n)
		check_text(b, &b->text_pg, references);
}

void print_rules(FILE *out)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		fprintf(out, "%s\t%s\n", rules[i].name, rules[i].says);
	fputs("r23\ta list is complete, has at most 64 statements, and uses its arguments in their places\n", out);
	fputs("r27\twhat a move takes along (-- moved:) names its table\n", out);
}
