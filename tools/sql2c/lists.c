/* A list becomes anchors × sorts × (no filter or one) statements with the same
 * arguments: $1 city, $2 anchor, $3 and $4 the place in the sort, $5 filter,
 * $6… residual conditions, and the limit last. PostgreSQL cannot type an
 * argument that is nowhere used, so each statement mentions every one. */
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

static char *statement_text(const struct block *l, const struct part *anchor, const struct part *sort, const struct part *filter)
{
	int alias = (int)(strchr(l->id, '.') ? strchr(l->id, '.') + 1 - l->id : 0);
	bool down = *sort->word == '-';
	const char *order = down ? "DESC" : "ASC";
	char *city = l->is_national ? copy("CAST($1 AS BIGINT) IS NOT NULL", 30) : format("%.*scity_id = $1", alias, l->id);
	return format("%s WHERE %s%s AND (%s, %s) %s ($3, $4)%s%s ORDER BY %s %s, %s %s LIMIT $%d", l->text.s, city,
		      condition(l, anchor, 2, "BIGINT"), sort->expr, l->id, down ? "<" : ">",
		      condition(l, filter, 5, "TEXT"), residual_text(l), sort->expr, order, l->id, order,
		      FIRST_RESIDUAL + l->n_residual);
}

static void add_statement(struct block *l, const struct part *anchor, const struct part *sort, const struct part *filter)
{
	struct block *b = &l->stmts[l->n_stmts++];
	*b = (struct block){.file = l->file, .line = l->line, .has_scope = true, .is_national = l->is_national, .why = l->why};
	b->name = format("%s/%s/%s/%s", l->name, anchor->word, sort->word, filter ? filter->word : "");
	b->text = lex(l->file, l->line, statement_text(l, anchor, sort, filter));
	b->n_args = FIRST_RESIDUAL + l->n_residual;
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
	if (!l->stmts)
		abort();
	for (int a = 0; a < l->anchors.n; a++)
		for (int s = 0; s < l->sorts.n; s++)
			for (int f = -1; f < l->filters.n; f++)
				add_statement(l, &l->anchors.v[a], &l->sorts.v[s], f < 0 ? NULL : &l->filters.v[f]);
}
