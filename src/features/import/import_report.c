/* What the dry run says about each row, in words. */
#include "import_model.h"

#include "text.h"

const struct shape remark_columns[] = {
	SHAPE(struct remark, row, 0), SHAPE(struct remark, column, 0), SHAPE(struct remark, code, 0), SHAPE(struct remark, message, 0), SHAPE_END,
};

struct writing {
	struct app *app;
	struct arena *a;
	enum lang lang;
	const struct work *w;
	const struct import_row *r;
	const struct str *head;
	size_t n_head;
	struct remarks *out;
};

static struct str text(const struct writing *t, struct str key)
{
	struct str s = texts_find(app_texts(t->app), t->lang, key);
	return s.p ? s : key;
}

/* The column as its own heading says it, and where there is none the field's name. */
static struct str column(const struct writing *t, int64_t field)
{
	if (field < 0 || field >= IMPORT_COLUMNS || !import_field_name(t->w->kind, (int)field))
		return STR_NONE;
	int64_t at = t->w->columns.at[field];
	if (at > 0 && (size_t)at <= t->n_head && t->head[at - 1].n)
		return t->head[at - 1];
	return text(t, str_of(import_field_label(t->w->kind, (int)field)));
}

static void add(const struct writing *t, struct str col, struct str code, struct str message)
{
	t->out->v[t->out->n++] = (struct remark){t->r->row_number, col, code, message};
}

static struct str member(const json_t *j, const char *name)
{
	const json_t *v = json_object_get(j, name);
	return (struct str){json_string_value(v), json_string_length(v)};
}

static void add_wrong(const struct writing *t, const json_t *o)
{
	struct str code = member(o, "code"), detail = member(o, "detail"), message = text(t, str_fmt(t->a, "field_%.*s", STR_ARG(code)));
	if (str_is(code, "twice_in_file"))
		message = str_fmt(t->a, t->lang == LANG_ZH ? "与第%.*s行重复" : "The same as in row %.*s", STR_ARG(detail));
	else if (detail.n)
		message = str_fmt(t->a, t->lang == LANG_ZH ? "%.*s：“%.*s”" : "%.*s: \"%.*s\"", STR_ARG(message), STR_ARG(detail));
	add(t, column(t, json_integer_value(json_object_get(o, "field"))), code, message);
}

static struct str shown(const struct writing *t, int64_t field, struct str value)
{
	const struct import_field *f = field >= 0 && field < IMPORT_FIELDS_MAX ? &t->w->kind->fields[field] : NULL;
	if (f && f->type == IMPORT_YES && value.n)
		return text(t, str_is(value, "1") ? STR("import_yes") : STR("import_no"));
	if (f && f->type == IMPORT_WORD && value.n)
		return text(t, str_fmt(t->a, "code_%s_%.*s", f->codes->name, STR_ARG(value)));
	return value.n ? value : text(t, STR("import_empty"));
}

static void add_change(const struct writing *t, const json_t *o)
{
	int64_t field = json_integer_value(json_object_get(o, "field"));
	add(t, column(t, field), STR("changed"),
	    str_fmt(t->a, "%.*s → %.*s", STR_ARG(shown(t, field, member(o, "was"))), STR_ARG(shown(t, field, member(o, "is")))));
}

const struct err *import_remarks(struct app *app, struct arena *a, bool is_english, const struct work *w, const struct import_row *r, struct remarks *out)
{
	struct writing t = {app, a, is_english ? LANG_EN : LANG_ZH, w, r, NULL, 0, out};
	json_t *j = doc_new(a), *o;
	size_t i;
	if (r->detail.n)
		TRY(doc_parse(a, r->detail, &j));
	const json_t *wrongs = json_object_get(j, "wrongs"), *changes = json_object_get(j, "changes");
	*out = (struct remarks){ARENA_ARRAY(a, struct remark, json_array_size(wrongs) + json_array_size(changes) + 1), 0};
	t.head = import_array(a, w->run.head, &t.n_head);
	json_array_foreach((json_t *)wrongs, i, o)
		add_wrong(&t, o);
	json_array_foreach((json_t *)changes, i, o)
		add_change(&t, o);
	if (out->n == 0) {
		struct str code = str_of(codes_word(&import_actions, r->action));
		struct str label = text(&t, str_fmt(a, "code_import_action_%.*s", STR_ARG(code)));
		add(&t, STR_NONE, code, label);
	}
	return NULL;
}
