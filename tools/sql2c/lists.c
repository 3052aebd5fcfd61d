/* A list becomes anchors × sorts × (no filter or one) statements with the same
 * arguments: $1 city, $2 anchor, $3 and $4 the place in the sort, $5 filter,
 * $6… residual conditions, and the limit last. PostgreSQL cannot type an
 * argument that is nowhere used, so each statement mentions every one.
 *
 * Where the list has a walk, the statement stops at a row (its sort value and id
 * stand before the limit), and a second statement, the edge, finds that row: the
 * last of the next so many in the order of the index, whatever the residual
 * conditions say of them. So a request looks at a bounded number of rows. */
#include "sql2c.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_RESIDUAL 6

static bool mentions(const struct block *list, const struct part *p, int param)
{
	struct text t = lex(list->file, p->line, p->expr);
	bool found = false;
	for (int i = 0; i < t.n; i++) {
		if (t.tokens[i].param == param)
			found = true;
		else if (t.tokens[i].param > 1)
			fail(list->file, p->line, "r23", "%s: only $1 and $%d belong here", p->word, param);
	}
	return found;
}

static char *condition(const struct block *list, const struct part *p, int param, const char *type)
{
	bool used = p && mentions(list, p, param);
	if (used)
		return format(" AND (%s)", p->expr);
	if (p && *p->expr)
		return format(" AND (%s) AND CAST($%d AS %s) IS NOT NULL", p->expr, param, type);
	return format(" AND CAST($%d AS %s) IS NOT NULL", param, type);
}

static char *residual_text(const struct block *list)
{
	char *out = copy("", 0);
	for (int i = 0; i < list->residuals.n; i++)
		out = format("%s AND (%s)", out, list->residuals.v[i].expr);
	return out;
}

static int count_residual(const struct block *list)
{
	struct text t = lex(list->file, list->line, residual_text(list));
	int max = FIRST_RESIDUAL - 1;
	for (int i = 0; i < t.n; i++) {
		int n = t.tokens[i].param;
		if (n > 1 && n < FIRST_RESIDUAL)
			fail(list->file, list->line, "r23", "residual conditions use $%d and up", FIRST_RESIDUAL);
		max = n > max ? n : max;
	}
	return max - FIRST_RESIDUAL + 1;
}

struct choice {
	const struct part *anchor, *sort, *filter;
};

static bool is_down(const struct choice *k)
{
	return *k->sort->word == '-';
}

static int first_after_residual(const struct block *l)
{
	return FIRST_RESIDUAL + l->n_residual;
}

/* City, anchor, place in the order and filter: what the index gives. */
static char *indexed_text(const struct block *l, const struct choice *k)
{
	int alias = (int)(strchr(l->id, '.') ? strchr(l->id, '.') + 1 - l->id : 0);
	char *city = l->is_national ? copy("CAST($1 AS BIGINT) IS NOT NULL", 30) : format("%.*scity_id = $1", alias, l->id);
	return format("%s%s AND (%s, %s) %s ($3, $4)%s", city, condition(l, k->anchor, 2, "BIGINT"), k->sort->expr, l->id,
		      is_down(k) ? "<" : ">", condition(l, k->filter, 5, "TEXT"));
}

static char *statement_text(const struct block *l, const struct choice *k)
{
	const char *order = is_down(k) ? "DESC" : "ASC";
	int next = first_after_residual(l);
	char *edge = copy("", 0), *residual = residual_text(l);
	/* One condition to the planners: of many they expect hardly a row, and then they sort instead of reading in order. */
	if (l->walk && l->residuals.n)
		residual = format(" AND CASE WHEN %s THEN 1 ELSE 0 END = 1", residual + strlen(" AND "));
	if (l->walk)
		edge = format(" AND (%s, %s) %s ($%d, $%d)", k->sort->expr, l->id, is_down(k) ? ">=" : "<=", next, next + 1);
	return format("%s WHERE %s%s%s ORDER BY %s %s, %s %s LIMIT $%d", l->text.s, indexed_text(l, k), residual, edge,
		      k->sort->expr, order, l->id, order, next + (l->walk ? 2 : 0));
}

static char *edge_text(const struct block *l, const struct choice *k)
{
	const char *order = is_down(k) ? "DESC" : "ASC", *back = is_down(k) ? "ASC" : "DESC";
	return format("SELECT w.at_sort, w.at_id, COUNT(1) OVER () AS n FROM (SELECT %s AS at_sort, %s AS at_id FROM %s WHERE %s"
		      " ORDER BY %s %s, %s %s LIMIT $%d) AS w ORDER BY w.at_sort %s, w.at_id %s LIMIT 1",
		      k->sort->expr, l->id, l->walk, indexed_text(l, k), k->sort->expr, order, l->id, order, FIRST_RESIDUAL, back, back);
}

static struct block made_of(const struct block *l, const struct choice *k, const char *ending, const char *text, int n_args)
{
	struct block b = {.file = l->file, .line = l->line, .has_scope = true, .is_national = l->is_national, .why = l->why};
	b.name = format("%s/%s/%s/%s%s", l->name, k->anchor->word, k->sort->word, k->filter ? k->filter->word : "", ending);
	b.text = lex(l->file, l->line, text);
	b.n_args = n_args;
	return b;
}

static void add_statement(struct block *l, const struct choice *k)
{
	int at = l->n_stmts++;
	l->stmts[at] = made_of(l, k, "", statement_text(l, k), first_after_residual(l) + (l->walk ? 2 : 0));
	if (l->walk)
		l->edges[at] = made_of(l, k, "/edge", edge_text(l, k), FIRST_RESIDUAL);
}

static bool is_complete(const struct block *l)
{
	int want = l->anchors.n * l->sorts.n * (l->filters.n + 1);
	int had = failures();
	if (!l->anchors.n || !l->sorts.n || !l->id)
		fail(l->file, l->line, "r23", "a list has at least one anchor and one sort, and an id");
	if (want > MAX_LIST_STATEMENTS)
		fail(l->file, l->line, "r23", "%d statements; a list has at most %d", want, MAX_LIST_STATEMENTS);
	for (int i = 0; i < l->text.n; i++) {
		if (l->text.tokens[i].param)
			fail(l->file, l->text.tokens[i].line, "r23", "the select of a list takes no arguments");
		if (!l->text.tokens[i].depth && (is_word(&l->text, i, "where") || is_word(&l->text, i, "order")))
			fail(l->file, l->text.tokens[i].line, "r23", "conditions of a list are anchors, filters and residuals");
	}
	return failures() == had;
}

void expand_list(struct block *l)
{
	if (!is_complete(l))
		return;
	l->n_residual = count_residual(l);
	l->stmts = calloc(MAX_LIST_STATEMENTS, sizeof(*l->stmts));
	l->edges = calloc(MAX_LIST_STATEMENTS, sizeof(*l->edges));
	if (!l->stmts || !l->edges)
		abort();
	for (int a = 0; a < l->anchors.n; a++)
		for (int s = 0; s < l->sorts.n; s++)
			for (int f = -1; f < l->filters.n; f++)
				add_statement(l, &(struct choice){&l->anchors.v[a], &l->sorts.v[s], f < 0 ? NULL : &l->filters.v[f]});
}
