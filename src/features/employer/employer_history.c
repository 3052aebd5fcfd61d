/* What changed of an employer: who, when, before and after, from the chain of events of its unit. */
#include "employer_model.h"

#include "day.h"
#include "event.h"
#include "parts.h"

#include <string.h>

static const char *text_of(const json_t *obj, const char *name)
{
	const char *z = json_string_value(json_object_get(obj, name));
	return z ? z : "";
}

/* The last value of that name before event `i`. */
static struct str value_before(const json_t *events, size_t i, const char *name)
{
	while (i-- > 0) {
		size_t k;
		const json_t *v, *values = json_object_get(json_array_get(events, i), "values");
		json_array_foreach(values, k, v)
			if (strcmp(text_of(v, "name"), name) == 0)
				return str_of(text_of(v, "value"));
	}
	return STR("");
}

static const struct shape *shape_of(const char *name)
{
	const struct shape *s = shape_find(employer_shape, str_of(name));
	return s ? s : shape_find(unit_shape, str_of(name));
}

/* As people read it: words of lists, yes and no, money in 万元. */
static struct str in_words(struct call *c, const struct shape *s, struct str value)
{
	int64_t fen;
	if (!value.n)
		return value;
	if (s->type == SHAPE_T_CODE)
		return call_label(c, s->codes, str_z(c->a, value));
	if (s->type == SHAPE_T_BOOL)
		return call_text(c, str_is(value, "1") ? "org_yes" : "org_no");
	if (s->type == SHAPE_T_OPT_FEN && str_i64(value, 0, INT64_MAX, &fen))
		return call_text_with(c, "employer_wan", "value", employer_money(c->a, (struct opt_fen){true, fen}));
	return value;
}

static struct str na_words(struct call *c, struct str names)
{
	struct sb b = sb_new(c->a, 1000);
	while (names.n) {
		struct str one = str_cut(&names, ' ');
		sb_fmt(&b, "%s%.*s", b.n ? "、" : "", STR_ARG(call_text(c, str_z(c->a, str_fmt(c->a, "f_%.*s", STR_ARG(one))))));
	}
	return sb_str(&b);
}

static void put_value(struct call *c, const json_t *events, size_t i, const json_t *v, json_t *list)
{
	const char *name = text_of(v, "name");
	const struct shape *s = shape_of(name);
	struct str before = value_before(events, i, name), after = str_of(text_of(v, "value"));
	if (!s || s->type == SHAPE_T_ID)
		return; /* ids say nothing; the names beside them do */
	json_t *j = doc_append(list);
	bool is_na = strcmp(name, "not_applicable") == 0;
	doc_z(j, "name", name);
	doc_str(j, "label", call_text(c, str_z(c->a, str_fmt(c->a, "f_%s", name))));
	doc_str(j, "before", is_na ? na_words(c, before) : in_words(c, s, before));
	doc_str(j, "after", is_na ? na_words(c, after) : in_words(c, s, after));
}

static struct str act_label(struct call *c, const char *act)
{
	const char *key = str_z(c->a, str_fmt(c->a, "employer_act_%s", act));
	struct str s = call_text(c, key);
	return str_is(s, key) ? str_of(act) : s;
}

static void put_step(struct call *c, const json_t *events, size_t i, json_t *j)
{
	const json_t *e = json_array_get(events, i), *v;
	json_t *values = doc_sublist(j, "values");
	size_t k;
	struct instant at = {0};
	const char *role = text_of(e, "role");
	instant_parse(str_of(text_of(e, "at")), &at);
	doc_instant(j, "at", at);
	doc_str(j, "at_label", instant_short(c->a, at));
	doc_z(j, "act", text_of(e, "act"));
	doc_str(j, "act_label", act_label(c, text_of(e, "act")));
	doc_z(j, "actor_name", text_of(e, "actor_name"));
	doc_str(j, "actor_duty", *role ? call_label(c, &role_codes, role) : STR(""));
	doc_z(j, "actor_unit", text_of(e, "unit_name"));
	json_array_foreach(json_object_get(e, "values"), k, v)
		put_value(c, events, i, v, values);
	doc_bool(j, "has_values", json_array_size(values) > 0);
}

const struct err *employer_history_of(struct db_tx *tx, struct call *c, const struct unit *u, size_t most, json_t *out)
{
	struct doc_style style = call_style(c, u->path);
	json_t *events = doc_list(c->a);
	TRY(event_list(tx, c->city, "unit", u->id, &style, events));
	for (size_t i = json_array_size(events); i > 0 && most > 0; i--, most--)
		put_step(c, events, i - 1, doc_append(out));
	return NULL;
}

static const struct err *read_history(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	(void)e;
	return employer_history_of(tx, c, c->target.object, EMPLOYER_HISTORY_MAX, doc_sublist(c->doc, "items"));
}

const struct err *employer_get_history(struct call *c)
{
	const struct unit *u = c->target.object;
	TRY(call_read(c, read_history, c));
	doc_id(c->doc, "id", u->id);
	doc_str(c->doc, "name", u->name);
	doc_str(doc_sub(c->page, "page"), "title", call_text_with(c, "employer_history_title", "name", u->name));
	return NULL;
}

static const struct doc_part value_parts[] = {DOC_NAME("name"), DOC_NAME("label"), DOC_NAME("before"), DOC_NAME("after"), DOC_END};
const struct doc_part employer_history_parts[] = {
	DOC_NAME("at"), DOC_NAME("at_label"), DOC_NAME("act"), DOC_NAME("act_label"), DOC_NAME("actor_name"), DOC_NAME("actor_duty"),
	DOC_NAME("actor_unit"), DOC_NAME("has_values"), DOC_ROWS("values", value_parts), DOC_END};
const struct doc_part employer_history_doc[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_ROWS("items", employer_history_parts), DOC_END};
