#include "sql.h"

static int word_index(const char *const *words, unsigned n, struct str word)
{
	for (unsigned i = 0; i < n; i++)
		if (str_is(word, words[i]))
			return (int)i;
	return -1;
}

int sql_list_sort(const struct sql_list *l, struct str sort)
{
	return sort.n ? word_index(l->sorts, l->n_sorts, sort) : 0;
}

const struct sql *sql_list_pick(const struct sql_list *l, const char *anchor, struct str sort, const char *filter)
{
	int a = word_index(l->anchors, l->n_anchors, str_of(anchor));
	int s = sql_list_sort(l, sort);
	int f = -1;
	if (filter && *filter) {
		f = word_index(l->filters, l->n_filters, str_of(filter));
		if (f < 0)
			return NULL;
	}
	if (a < 0 || s < 0)
		return NULL;
	size_t row = (size_t)a * l->n_sorts + (size_t)s;
	return &l->stmts[row * (l->n_filters + 1) + (size_t)(f + 1)];
}
