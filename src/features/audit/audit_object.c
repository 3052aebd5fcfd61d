/* One object's changes, each value beside what it was before. */
#include "audit_model.h"

#include "audit_sql.h"
#include "day.h"
#include "org.h"
#include "parts.h"

#include <string.h>

enum { KIND_MAX = 40, STEPS_MAX = 500 };

struct trail {
	struct call *c;
	struct str kind;
	json_t *events;
};

struct origin { struct id unit_id; struct str path; };
static const struct shape origin_shape[] = {SHAPE(struct origin, unit_id, 0), SHAPE(struct origin, path, 0), SHAPE_END};

struct address { int64_t seq; struct str addr; };
static const struct shape address_shape[] = {SHAPE(struct address, seq, 0), SHAPE(struct address, addr, 0), SHAPE_END};

const struct err *audit_locate_object(struct db_tx *tx, struct call *c, struct target *t)
{
	struct origin o;
	bool found;
	struct str kind = call_arg(c, "kind");
	TRY(call_arg_id(c, "id", &t->id));
	if (kind.n > KIND_MAX)
		return ERR(c->a, ERR_MISSING, NULL, "no such kind");
	TRY(db_find(tx, &audit_change_unit, ARGS(ARG(c->city), ARG(kind), ARG(t->id)), origin_shape, &o, &found));
	if (!found)
		return ERR(c->a, ERR_MISSING, NULL, "no changes of %.*s %lld", STR_ARG(kind), (long long)t->id.v);
	t->unit_id = o.unit_id;
	t->unit_path = o.path;
	/* What belongs to no unit, as accounts and roles do, belongs to the city as a whole. */
	struct unit root;
	if (o.path.n)
		return NULL;
	TRY(org_root(tx, c->city, &root));
	t->unit_id = root.id;
	t->unit_path = root.path;
	return NULL;
}

static const char *text_of(const json_t *obj, const char *name)
{
	const char *z = json_string_value(json_object_get(obj, name));
	return z ? z : "";
}

/* The last value of that name before event `i`; NULL when there is none. */
static const json_t *value_before(const json_t *events, size_t i, const char *name)
{
	while (i-- > 0) {
		size_t k;
		const json_t *v, *values = json_object_get(json_array_get(events, i), "values");
		json_array_foreach(values, k, v)
			if (strcmp(text_of(v, "name"), name) == 0)
				return json_object_get(v, "value");
	}
	return NULL;
}

/* A code word in the reader's language; what is no code word stays as it is. */
static struct str in_words(struct call *c, const char *name, struct str value)
{
	if (c->face != FACE_HTML || value.n > KIND_MAX)
		return value;
	struct str said = audit_word(c, str_fmt(c->a, "code_%s_", name).p, value);
	return str_eq(said, value) ? audit_word(c, str_fmt(c->a, "code_hazard_%s_", name).p, value) : said;
}

/* Codes, numbers, days and ids are shown. Free text and personal values are the business's own: that they changed is told. */
static void put_value(struct trail *t, size_t i, json_t *v, json_t *out)
{
	struct call *c = t->c;
	const char *name = text_of(v, "name");
	bool is_plain = json_is_true(json_object_get(v, "plain"));
	const json_t *before = value_before(t->events, i, name);
	doc_z(out, "name", name);
	doc_str(out, "label", audit_word(c, "f_", str_of(name)));
	doc_bool(out, "is_closed", !is_plain);
	doc_str(out, "before", is_plain && before ? in_words(c, name, str_of(json_string_value(before))) : STR(""));
	doc_str(out, "after", is_plain ? in_words(c, name, str_of(text_of(v, "value"))) : STR(""));
	doc_bool(out, "has_before", before != NULL);
}

static struct str address_of(const struct address *v, size_t n, int64_t seq)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].seq == seq)
			return v[i].addr;
	return STR("");
}

static void put_step(struct trail *t, size_t i, json_t *out, struct str addr)
{
	struct call *c = t->c;
	json_t *e = json_array_get(t->events, i), *values = doc_sublist(out, "values"), *v;
	size_t k;
	struct instant at = {0};
	bool is_hidden = !*text_of(e, "actor_name");
	instant_parse(str_of(text_of(e, "at")), &at);
	if (is_hidden)
		at = day_start(instant_day(at));
	doc_i64(out, "seq", json_integer_value(json_object_get(e, "seq")));
	doc_instant(out, "at", at);
	doc_str(out, "at_label", instant_short(c->a, at));
	doc_z(out, "act", text_of(e, "act"));
	doc_str(out, "act_label", audit_word(c, "audit_act_", str_of(text_of(e, "act"))));
	doc_z(out, "actor_name", text_of(e, "actor_name"));
	doc_z(out, "role", text_of(e, "role"));
	doc_str(out, "role_label", audit_word(c, "code_role_", str_of(text_of(e, "role"))));
	doc_z(out, "unit_name", text_of(e, "unit_name"));
	doc_str(out, "addr", is_hidden ? STR("") : addr);
	doc_z(out, "hash", text_of(e, "hash"));
	json_array_foreach(json_object_get(e, "values"), k, v)
		put_value(t, i, v, doc_append(values));
	doc_bool(out, "has_values", json_array_size(values) > 0);
}

static const struct err *read_trail(struct db_tx *tx, struct env *e, void *ctx)
{
	struct trail *t = ctx;
	struct call *c = t->c;
	struct doc_style plain = {.sight = 1};
	void *rows;
	size_t n;
	(void)e;
	t->events = doc_list(c->a);
	TRY(event_list(tx, c->city, str_z(c->a, t->kind), c->target.id, &plain, t->events));
	TRY(db_all(tx, &audit_addresses, ARGS(ARG(c->city), ARG(t->kind), ARG(c->target.id)), address_shape, sizeof(struct address), &rows, &n));
	json_t *items = doc_sublist(c->doc, "items");
	size_t all = json_array_size(t->events), from = all > STEPS_MAX ? all - STEPS_MAX : 0;
	for (size_t i = from; i < all; i++)
		put_step(t, i, doc_append(items), address_of(rows, n, json_integer_value(json_object_get(json_array_get(t->events, i), "seq"))));
	doc_i64(c->doc, "left_out", (int64_t)from);
	return NULL;
}

const struct err *audit_get_object(struct call *c)
{
	struct trail t = {.c = c, .kind = call_arg(c, "kind")};
	struct str object = str_fmt(c->a, "%.*s %lld", STR_ARG(t.kind), (long long)c->target.id.v);
	struct audit au = {.what = "look", .object = object, .detail = STR("audit")};
	TRY(call_read(c, read_trail, &t));
	TRY(audit_write(&c->env, &au));
	doc_str(c->doc, "object_kind", t.kind);
	doc_id(c->doc, "object_id", c->target.id);
	doc_str(c->page, "kind_label", audit_word(c, "audit_kind_", t.kind));
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(call_text(c, "audit_title")), STR_ARG(object)));
	return NULL;
}

static const struct doc_part value_parts[] = {
	DOC_NAME("name"), DOC_NAME("label"), DOC_NAME("is_closed"), DOC_NAME("before"), DOC_NAME("after"), DOC_NAME("has_before"), DOC_END};
static const struct doc_part step_parts[] = {
	DOC_NAME("seq"), DOC_NAME("at"), DOC_NAME("at_label"), DOC_NAME("act"), DOC_NAME("act_label"), DOC_NAME("actor_name"), DOC_NAME("role"),
	DOC_NAME("role_label"), DOC_NAME("unit_name"), DOC_NAME("addr"), DOC_NAME("hash"), DOC_NAME("has_values"),
	DOC_ROWS("values", value_parts), DOC_END};
const struct doc_part audit_object_doc[] = {
	DOC_NAME("object_kind"), DOC_NAME("object_id"), DOC_NAME("kind_label"), DOC_NAME("left_out"), DOC_ROWS("items", step_parts), DOC_END};
