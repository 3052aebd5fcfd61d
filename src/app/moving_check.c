/* Proof that nothing is left behind: each table with ancestors' columns is declared, and each row agrees with its unit. */
#include "moving.h"

#include "feature.h"

#include <inttypes.h>
#include <string.h>

/* ---- tables ---------------------------------------------------------------------- */

/* By these columns rows are listed; a table with ancestors of a time gives them other names (at_top_id). */
static const char *const columns[] = {"unit_path", "top_id", "mid_id"};

static bool is_declared(const struct feature *const *f, struct str table)
{
	/* The tree itself. */
	if (str_is(table, "unit"))
		return true;
	for (; *f; f++)
		for (const struct sql_moved *const *t = (*f)->moved; t && *t; t++)
			if ((*t)->has_ancestors && str_is(table, (*t)->table))
				return true;
	return false;
}

static struct str word_after(struct str line, const char *head)
{
	line = str_trim(str_sub(line, strlen(head), SIZE_MAX));
	return str_cut(&line, ' ');
}

static bool names_column(struct str line)
{
	struct str rest = str_trim(line);
	struct str word = str_cut(&rest, ' ');
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		if (str_is(word, columns[i]))
			return true;
	return false;
}

static void check_schema(const struct feature *const *features, struct str text, struct check_report *r)
{
	struct str table = STR_NONE;
	while (text.n) {
		struct str line = str_cut(&text, '\n');
		bool found = false;
		if (str_has_prefix(line, STR("CREATE TABLE ")))
			table = word_after(line, "CREATE TABLE ");
		else if (str_has_prefix(line, STR("\t")))
			found = names_column(line);
		else if (str_has_prefix(line, STR("ALTER TABLE "))) {
			struct str rest = str_sub(line, 12, SIZE_MAX);
			table = str_cut(&rest, ' ');
			found = str_has_prefix(rest, STR("ADD COLUMN ")) && names_column(str_sub(rest, 11, SIZE_MAX));
		}
		if (found && table.n && !is_declared(features, table)) {
			check_found(r, "table %.*s carries ancestors of units and is not declared as moved", STR_ARG(table));
			table = STR_NONE;
		}
	}
}

void moving_check_tables(const struct feature *const *features, struct check_report *r)
{
	for (const struct feature *const *f = features; *f; f++)
		for (const struct resource *res = (*f)->resources; res && res->name; res++)
			if (str_has_prefix(str_of(res->name), STR("schema/")))
				check_schema(features, (struct str){(const char *)res->data, res->size}, r);
}

/* ---- rows ------------------------------------------------------------------------ */

enum { TOLD_MAX = 20 };

struct wrong {
	struct id id;
};
static const struct shape wrong_row[] = {SHAPE(struct wrong, id, 0), SHAPE_END};

struct looking {
	const struct sql_moved *table;
	struct movings moves;
	struct wrong *v;
	size_t n;
};

static const struct err *look(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	void *rows;
	TRY(moving_load(tx, e->city, &l->moves));
	TRY(db_all(tx, &l->table->wrong, ARGS(ARG(e->city), arg_i64(0), arg_i64(TOLD_MAX)), wrong_row, sizeof(struct wrong), &rows, &l->n));
	l->v = rows;
	return NULL;
}

static const struct err *check_table(struct env *e, const struct sql_moved *t, struct check_report *r)
{
	struct looking l = {.table = t};
	TRY(env_read(e, look, &l));
	/* Rows are on their way. */
	if (l.moves.n)
		return NULL;
	for (size_t i = 0; i < l.n; i++)
		check_found(r, "%s %" PRId64 " does not stand where its unit stands", t->table, l.v[i].id.v);
	return NULL;
}

const struct err *moving_check_rows(struct env *e, struct check_report *r)
{
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		for (const struct sql_moved *const *t = (*f)->moved; t && *t; t++)
			TRY(check_table(e, *t, r));
	return NULL;
}
