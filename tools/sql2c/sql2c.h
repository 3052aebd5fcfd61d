/* sql2c: compiles .sql files into the closed set of statements (src/db/sql.h)
 * and refuses those that would not mean the same on both engines or that could
 * cross cities. A short-lived program of the build: it never frees memory.
 */
#ifndef SQL2C_H
#define SQL2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define MAX_TOKENS 8192
#define MAX_BLOCKS 1024
#define MAX_PARTS 16           /* anchors, sorts, filters or residual conditions of one list */
#define MAX_LIST_STATEMENTS 64

enum token_kind { TOKEN_WORD = 1, TOKEN_PARAM, TOKEN_NUMBER, TOKEN_STRING, TOKEN_PUNCT };

struct token {
	enum token_kind kind;
	const char *s;         /* words are in lower case */
	int param;             /* n of $n */
	int line;
	int depth;             /* of parentheses; both parentheses of a pair stand at the outer depth */
};

/* A NUL-terminated text and the tokens of it; comments are in neither. */
struct text {
	char *s;
	struct token *tokens;
	int n;
};

struct part {
	const char *word;      /* "top", "-found_at", "state" */
	const char *expr;
	bool is_text;          /* sorts: the column's type */
	int line;
};

struct parts {
	struct part v[MAX_PARTS];
	int n;
};

struct block {
	const char *name, *file;
	int line;
	bool is_list;
	bool is_moved;
	bool has_scope, is_national, writes, says_pg;
	const char *why;       /* reason of a national one */
	char *raw, *raw_pg;    /* as written, lines kept */
	int raw_line, raw_pg_line;
	struct text text, text_pg;
	int n_args;
	struct parts anchors, sorts, filters, residuals;
	const char *id;        /* lists: the column that breaks ties, "h.id" */
	const char *walk;      /* lists: the table alone, "hazard h", where residual conditions are bounded by a walk; or NULL */
	struct block *stmts;   /* lists: expanded */
	struct block *edges;   /* lists with a walk: of each statement, how far it may look */
	int n_stmts, n_residual;
	const char *table;     /* moved: whose rows */
	bool has_ancestors;    /* moved: the rows carry unit_path, top_id, mid_id, enterprise_id */
};

/* Tables that exist once and not per city, from `-- reference:` lines of the file. */
struct names {
	const char *v[64];
	int n;
};

struct source {
	struct block blocks[MAX_BLOCKS];
	int n;
	struct names references;
};

/* ---- common ---- */
void fail(const char *file, int line, const char *rule, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
int failures(void);
char *copy(const char *s, size_t n);
char *format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *read_file(const char *path);
const char *shown_path(const char *path); /* from "src/" or "tests/" on, the same in each build folder */

/* ---- lex.c ---- */
struct text lex(const char *file, int line, const char *raw);
bool is_word(const struct text *t, int i, const char *word); /* false past the end */
bool is_punct(const struct text *t, int i, const char *punct);
int find_word(const struct text *t, int from, const char *word); /* index or -1 */
int closing(const struct text *t, int open);  /* index of the matching ')' or the last token */

/* ---- parse.c ---- */
void parse_file(struct source *s, const char *path);

/* ---- lists.c ---- */
void expand_list(struct block *list);

/* ---- moved.c ---- */
void expand_moved(struct block *moved);

/* ---- rules.c ---- */
void check_block(const struct block *b, const struct names *references);
void print_rules(FILE *out);

/* ---- schema.c ---- */
void check_schema(const char *path);
void print_schema_rules(FILE *out);

/* ---- emit.c ---- */
void emit(const struct source *s, const char *prefix, const char *path_h, const char *path_c);

#endif
