#include "tsv.h"

static unsigned split(struct str line, struct str out[TSV_COLUMNS_MAX])
{
	unsigned n = 0;
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	while (n < TSV_COLUMNS_MAX) {
		ptrdiff_t tab = str_find(line, '\t');
		if (tab < 0) {
			out[n++] = line;
			break;
		}
		out[n++] = str_sub(line, 0, (size_t)tab);
		line = str_sub(line, (size_t)tab + 1, line.n);
	}
	return n;
}

struct tsv tsv_of(struct str text)
{
	struct tsv t = {.rest = text, .line = 1};
	if (str_has_prefix(t.rest, STR("\xef\xbb\xbf")))
		t.rest = str_sub(t.rest, 3, t.rest.n);
	t.n_columns = split(str_cut(&t.rest, '\n'), t.header);
	return t;
}

struct tsv tsv_open(const struct resource *resources, const char *name)
{
	for (; resources && resources->name; resources++)
		if (str_is(str_of(resources->name), name))
			return tsv_of((struct str){(const char *)resources->data, resources->size});
	return (struct tsv){0};
}

bool tsv_next(struct tsv *t)
{
	while (t->rest.n) {
		struct str line = str_cut(&t->rest, '\n');
		t->line++;
		if (str_trim(line).n == 0)
			continue;
		t->n_cells = split(line, t->cells);
		return true;
	}
	t->n_cells = 0;
	return false;
}

struct str tsv_get(const struct tsv *t, const char *column)
{
	for (unsigned i = 0; i < t->n_columns && i < t->n_cells; i++)
		if (str_is(t->header[i], column))
			return t->cells[i];
	return STR("");
}
