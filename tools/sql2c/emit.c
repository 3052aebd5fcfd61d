#include "sql2c.h"

#include <stdlib.h>
#include <string.h>

static FILE *open_or_die(const char *path)
{
	FILE *f = fopen(path, "wb");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void put_string(FILE *out, const char *s)
{
	if (!s) {
		fputs("NULL", out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fprintf(out, "\\%c", *s);
		else if (*s == '\n')
			fputs("\\n", out);
		else
			putc(*s, out);
	}
	putc('"', out);
}

static void put_statement(FILE *c, const struct block *b)
{
	fputs("{\n\t.name = ", c);
	put_string(c, b->name);
	fputs(",\n\t.text = ", c);
	put_string(c, b->text.s);
	fputs(",\n\t.text_pg = ", c);
	put_string(c, b->text_pg.s);
	fputs(",\n\t.why = ", c);
	put_string(c, b->why);
	fputs(",\n\t.file = ", c);
	put_string(c, shown_path(b->file));
	fprintf(c, ",\n\t.line = %d,\n\t.scope = %s,\n\t.n_args = %d,\n\t.writes = %d,\n}", b->line,
		b->is_national ? "SQL_NATIONAL" : "SQL_CITY", b->n_args, b->writes);
}

static void put_words(FILE *c, const char *list, const char *what, const struct parts *p)
{
	fprintf(c, "static const char *const %s_%s[] = {", list, what);
	for (int i = 0; i < p->n; i++)
		fprintf(c, "\"%s\", ", p->v[i].word);
	fputs("NULL};\n", c);
}

static void put_sort_columns(FILE *c, const struct block *l)
{
	fprintf(c, "static const char *const %s_sort_columns[] = {", l->name);
	for (int i = 0; i < l->sorts.n; i++) {
		const char *column = l->sorts.v[i].expr;
		const char *dot = strrchr(column, '.');
		fprintf(c, "\"%s\", ", dot ? dot + 1 : column);
	}
	fprintf(c, "NULL};\nstatic const unsigned char %s_sort_is_text[] = {", l->name);
	for (int i = 0; i < l->sorts.n; i++)
		fprintf(c, "%d, ", l->sorts.v[i].is_text);
	fputs("};\n", c);
}

static void put_stmts(FILE *c, const struct block *l, const char *what, const struct block *stmts)
{
	fprintf(c, "static const struct sql %s_%s[] = {", l->name, what);
	for (int i = 0; i < l->n_stmts; i++) {
		put_statement(c, &stmts[i]);
		fputs(", ", c);
	}
	fputs("};\n", c);
}

static void put_list(FILE *c, const struct block *l)
{
	put_words(c, l->name, "anchors", &l->anchors);
	put_words(c, l->name, "sorts", &l->sorts);
	put_words(c, l->name, "filters", &l->filters);
	put_sort_columns(c, l);
	put_stmts(c, l, "stmts", l->stmts);
	if (l->walk)
		put_stmts(c, l, "edges", l->edges);
	fprintf(c,
		"const struct sql_list %s = {\n"
		"\t.name = \"%s\",\n\t.anchors = %s_anchors,\n\t.sorts = %s_sorts,\n\t.filters = %s_filters,\n"
		"\t.stmts = %s_stmts,\n\t.n_anchors = %d,\n\t.n_sorts = %d,\n\t.n_filters = %d,\n\t.n_residual = %d,\n"
		"\t.sort_columns = %s_sort_columns,\n\t.sort_is_text = %s_sort_is_text,\n\t.edges = %s%s,\n};\n\n",
		l->name, l->name, l->name, l->name, l->name, l->name, l->anchors.n, l->sorts.n, l->filters.n,
		l->n_residual, l->name, l->name, l->walk ? l->name : "NULL", l->walk ? "_edges" : "");
}

static void put_moved(FILE *c, const struct block *b)
{
	static const char *const with[] = {"enterprise", "mid", "top", "wrong"}, *const without[] = {"rehome", "wrong"};
	const char *const *names = b->has_ancestors ? with : without;
	fprintf(c, "const struct sql_moved %s = {\n\t.name = \"%s\",\n\t.table = \"%s\",\n\t.id = \"%s\",\n\t.has_ancestors = %d", b->name,
		b->name, b->table, b->id, b->has_ancestors);
	for (int i = 0; i < b->n_stmts; i++) {
		fprintf(c, ",\n\t.%s = ", names[i]);
		put_statement(c, &b->stmts[i]);
	}
	fputs(",\n};\n\n", c);
}

enum table { STATEMENTS, LISTS, MOVED };

static enum table table_of(const struct block *b)
{
	return b->is_list ? LISTS : b->is_moved ? MOVED : STATEMENTS;
}

static void put_all(FILE *h, FILE *c, const struct source *s, const char *prefix, enum table table)
{
	static const char *const types[] = {"sql", "sql_list", "sql_moved"}, *const names[] = {"sql", "lists", "moved"};
	const char *type = types[table], *name = names[table];
	fprintf(h, "extern const struct %s *const %s_%s_all[];\n", type, prefix, name);
	fprintf(c, "const struct %s *const %s_%s_all[] = {\n", type, prefix, name);
	for (int i = 0; i < s->n; i++)
		if (table_of(&s->blocks[i]) == table)
			fprintf(c, "\t&%s,\n", s->blocks[i].name);
	fputs("\tNULL,\n};\n", c);
}

void emit(const struct source *s, const char *prefix, const char *path_h, const char *path_c)
{
	FILE *h = open_or_die(path_h);
	FILE *c = open_or_die(path_c);
	fprintf(h, "/* Made by tools/sql2c. */\n#pragma once\n#include \"sql.h\"\n\n");
	fprintf(c, "/* Made by tools/sql2c. */\n#include \"%s_sql.h\"\n\n", prefix);
	for (int i = 0; i < s->n; i++) {
		const struct block *b = &s->blocks[i];
		fprintf(h, "extern const struct sql%s %s;\n", b->is_list ? "_list" : b->is_moved ? "_moved" : "", b->name);
		if (b->is_moved) {
			put_moved(c, b);
			continue;
		}
		if (b->is_list) {
			put_list(c, b);
			continue;
		}
		fprintf(c, "const struct sql %s = ", b->name);
		put_statement(c, b);
		fputs(";\n\n", c);
	}
	put_all(h, c, s, prefix, STATEMENTS);
	put_all(h, c, s, prefix, LISTS);
	put_all(h, c, s, prefix, MOVED);
	if (fclose(h) != 0 || fclose(c) != 0) {
		perror(path_c);
		exit(1);
	}
}
