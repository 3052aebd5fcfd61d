/* Which column is which: guessed from the headings, chosen by somebody, kept for the next time. */
#include "import_model.h"

#include "import_sql.h"
#include "text.h"

#include <string.h>

static const struct shape heading_row[] = {SHAPE(struct heading, heading, 0), SHAPE(struct heading, field, 0), SHAPE_END};

const struct err *import_headings_read(struct db_tx *tx, struct env *e, const struct import_kind *k, struct headings *out)
{
	void *rows;
	TRY(db_all(tx, &import_headings, ARGS(ARG(e->city), ARG(str_of(k->name))), heading_row, sizeof(struct heading), &rows, &out->n));
	out->v = rows;
	return NULL;
}

struct str *import_array(struct arena *a, struct str json, size_t *n_out)
{
	json_t *j = NULL;
	*n_out = 0;
	if (doc_parse(a, json, &j))
		return NULL;
	struct str *v = ARENA_ARRAY(a, struct str, json_array_size(j) + 1);
	for (size_t i = 0; i < json_array_size(j); i++) {
		const json_t *cell = json_array_get(j, i);
		v[i] = (struct str){json_string_value(cell), json_string_length(cell)};
	}
	*n_out = json_array_size(j);
	return v;
}

struct str import_array_text(struct arena *a, const struct str *v, size_t n)
{
	json_t *j = doc_list(a);
	struct str out = STR("[]");
	for (size_t i = 0; i < n; i++)
		json_array_append_new(j, json_stringn(v[i].p ? v[i].p : "", v[i].n));
	(void)doc_dump(a, j, (size_t)8 << 20, &out);
	return out;
}

/* ---- guessing ---------------------------------------------------------------------------- */

static bool is_alias(const char *also, struct str heading)
{
	struct str rest = str_of(also);
	while (rest.n)
		if (str_eq(str_cut(&rest, '|'), heading))
			return true;
	return false;
}

/* The heading of our own exports: the key, or its text in either language. */
static bool is_text(struct app *app, struct arena *a, const char *key, struct str heading)
{
	for (enum lang lang = 0; lang < LANG_COUNT; lang++)
		if (str_eq(import_heading(a, texts_find(app_texts(app), lang, str_of(key))), heading))
			return true;
	return false;
}

static bool means(struct app *app, struct arena *a, const struct import_kind *k, int field, struct str heading)
{
	const char *name = import_field_name(k, field);
	const char *also = field == IMPORT_SOURCE ? "外部来源|来源系统|数据来源|source" : field == IMPORT_EXTERNAL ? "外部编号|外部id|原系统编号|外部标识|external" : k->fields[field].also;
	return str_eq(import_heading(a, str_of(name)), heading) || is_text(app, a, import_field_label(k, field), heading) ||
	       is_text(app, a, str_fmt(a, "f_%s", name).p, heading) || (also && is_alias(also, heading));
}

/* "单位名称(全称)" without what stands in brackets. */
static struct str shorter(struct str heading)
{
	ptrdiff_t at = str_find(heading, '(');
	return at > 0 ? str_sub(heading, 0, (size_t)at) : heading;
}

static int guess_one(struct app *app, struct arena *a, const struct import_kind *k, const struct headings *kept, struct str heading)
{
	for (size_t i = 0; i < kept->n; i++)
		if (str_eq(kept->v[i].heading, heading)) {
			for (int f = 0; f < IMPORT_COLUMNS; f++)
				if (import_field_name(k, f) && str_is(kept->v[i].field, import_field_name(k, f)))
					return f;
			return -1;
		}
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (import_field_name(k, f) && means(app, a, k, f, heading))
			return f;
	return -1;
}

size_t import_guess(struct app *app, struct arena *a, const struct import_kind *k, const struct headings *kept, const struct str *cells, size_t n,
		    struct columns *out)
{
	size_t found = 0;
	*out = (struct columns){0};
	/* Whole headings first, so that "名称(简称)" does not take the place of "名称". */
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < n; i++) {
			struct arena_mark mark = arena_mark(a);
			struct str heading = import_heading(a, cells[i]);
			if (pass == 1)
				heading = shorter(heading);
			int f = heading.n ? guess_one(app, a, k, kept, heading) : -1;
			arena_rewind(a, mark);
			if (f >= 0 && !out->at[f]) {
				out->at[f] = (int64_t)i + 1;
				found++;
			}
		}
	return found;
}

/* ---- as text ------------------------------------------------------------------------------- */

struct str import_mapping_text(struct arena *a, const struct import_kind *k, const struct columns *c)
{
	struct sb b = sb_new(a, IMPORT_MAPPING_MAX);
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (import_field_name(k, f) && c->at[f])
			sb_fmt(&b, "%s%s=%lld", b.n ? "," : "", import_field_name(k, f), (long long)c->at[f]);
	return sb_str(&b);
}

static int64_t column_of(struct arena *a, const struct str *head, size_t n, struct str text)
{
	int64_t at;
	struct str number = str_has_prefix(text, STR("#")) ? str_sub(text, 1, SIZE_MAX) : text;
	for (size_t i = 0; i < n && !str_has_prefix(text, STR("#")); i++)
		if (head[i].n && str_eq(import_heading(a, head[i]), import_heading(a, text)))
			return (int64_t)i + 1;
	return str_i64(number, 1, (int64_t)n, &at) ? at : 0;
}

static int field_of(const struct import_kind *k, struct str name)
{
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (import_field_name(k, f) && str_is(name, import_field_name(k, f)))
			return f;
	return -1;
}

const struct err *import_mapping_read(struct arena *a, const struct import_kind *k, struct str head, struct str text, struct columns *out)
{
	size_t n;
	const struct str *cells = import_array(a, head, &n);
	struct err_list wrong = {0};
	*out = (struct columns){0};
	while (text.n) {
		struct str column = str_cut(&text, ','), name = str_trim(str_cut(&column, '='));
		int f = field_of(k, name);
		if (name.n == 0)
			continue;
		if (f < 0)
			err_add(&wrong, a, "mapping", "unknown_field", str_fmt(a, "no field %.*s", STR_ARG(name)).p);
		else if (str_trim(column).n && (out->at[f] = column_of(a, cells, n, str_trim(column))) == 0)
			err_add(&wrong, a, "mapping", "no_column", str_fmt(a, "no column %.*s", STR_ARG(column)).p);
	}
	return ERR_FROM(a, &wrong);
}

static const struct err *keep_one(struct db_tx *tx, struct env *e, const struct import_kind *k, struct str heading, int64_t at, const struct columns *c)
{
	const char *field = "";
	for (int f = 0; f < IMPORT_COLUMNS; f++)
		if (c->at[f] == at && import_field_name(k, f))
			field = import_field_name(k, f);
	return db_exec(tx, &import_heading_keep, ARGS(ARG(e->city), ARG(str_of(k->name)), ARG(heading), ARG(str_of(field))), NULL);
}

const struct err *import_mapping_keep(struct db_tx *tx, struct env *e, const struct import_kind *k, struct str head, const struct columns *c)
{
	struct arena *a = db_arena(tx);
	size_t n;
	const struct str *cells = import_array(a, head, &n);
	for (size_t i = 0; i < n; i++) {
		struct str heading = import_heading(a, cells[i]);
		if (heading.n && heading.n <= 200)
			TRY(keep_one(tx, e, k, heading, (int64_t)i + 1, c));
	}
	return NULL;
}
