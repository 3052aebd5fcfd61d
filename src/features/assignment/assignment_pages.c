/* Choosing employers and a cadre for them, and handing all of a cadre's over. */
#include "assignment_model.h"

#include "day.h"
#include "parts.h"

#include <string.h>

const struct shape pick_shape[] = {
	SHAPE(struct pick_input, unit, 40), SHAPE_IN(struct pick_input, text, PICK_TEXT_MAX, SHAPE_LONG), SHAPE(struct pick_input, industry, 10),
	SHAPE_CODE(struct pick_input, size, &employer_sizes), SHAPE(struct pick_input, high_risk, 1), SHAPE(struct pick_input, q, 60),
	SHAPE(struct pick_input, without, 0), SHAPE(struct pick_input, show, 0), SHAPE_END};
const struct shape take_over_shape[] = {
	SHAPE(struct take_over_input, unit, 40), SHAPE(struct take_over_input, from_id, 0), SHAPE(struct take_over_input, to_id, 0),
	SHAPE(struct take_over_input, reason, ASSIGNMENT_NOTE_MAX), SHAPE_END};

static const struct doc_part choice_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_END};
static const struct doc_part pick_row_parts[] = {
	DOC_NAME("line"), DOC_NAME("kind"), DOC_NAME("kind_label"), DOC_NAME("tone"), DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("cadres"),
	DOC_NAME("can"), DOC_NAME("checked"), DOC_NAME("has_choices"), DOC_ROWS("choices", choice_parts), DOC_END};
const struct doc_part pick_parts[] = {
	DOC_NAME("scope_label"), DOC_ROWS("fields", field_parts), DOC_NAME("has_items"), DOC_NAME("asked"), DOC_ROWS("items", pick_row_parts),
	DOC_ROWS("counts", fact_parts), DOC_ROWS("with", field_parts), DOC_NAME("unit_id"), DOC_END};
const struct doc_part take_over_parts[] = {DOC_NAME("scope_label"), DOC_ROWS("fields", field_parts), DOC_NAME("unit_id"), DOC_NAME("moved"), DOC_END};

struct picked {
	struct call *c;
	struct pick_input in;
	struct unit scope;
	struct pick *v;
	size_t n;
	struct cadre *cadres;
	size_t n_cadres;
	bool asked;
};

/* What was chosen before, when the form for it was refused. */
static const struct err *pick_again(struct db_tx *tx, struct env *e, struct picked *p)
{
	const struct pairs *form = &p->c->req->form;
	p->v = ARENA_ARRAY(e->a, struct pick, form->n + 1);
	for (size_t i = 0; i < form->n; i++) {
		struct id id;
		struct pick *k = &p->v[p->n];
		if (!str_is(form->v[i].name, "employer_ids") || !str_i64(form->v[i].value, 1, INT64_MAX, &id.v))
			continue;
		const struct err *none = org_unit(tx, e->city, id, &k->unit);
		if (none && none->kind != ERR_MISSING)
			return none;
		if (none || !str_has_prefix(k->unit.path, p->scope.path))
			continue;
		k->line = k->unit.name;
		k->kind = PICK_FOUND;
		p->n++;
	}
	return NULL;
}

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct picked *p = ctx;
	struct day today = instant_day(e->now);
	const struct pick_input *in = &p->in;
	TRY(org_scope(tx, p->c, &assignment_write, in->unit, &p->scope));
	TRY(assignment_cadres(tx, e->city, p->scope.path, today, &p->cadres, &p->n_cadres));
	struct pick_filter f = {.industry = in->industry, .size = str_of(codes_word(&employer_sizes, in->size)), .q = in->q, .without = in->without,
				.high_risk = in->high_risk.n ? str_is(in->high_risk, "1") : -1};
	if (!p->asked)
		return p->c->problem ? pick_again(tx, e, p) : NULL;
	if (in->text.n)
		return pick_lines(tx, e->city, &p->scope, today, in->text, &p->v, &p->n);
	return pick_where(tx, e->city, &p->scope, today, &f, &p->v, &p->n);
}

static void put_picks(struct picked *p)
{
	struct call *c = p->c;
	int64_t counts[8] = {0};
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < p->n; i++) {
		const struct pick *k = &p->v[i];
		const char *word = codes_word(&pick_kinds, k->kind);
		json_t *j = doc_append(items), *choices;
		counts[k->kind]++;
		doc_str(j, "line", k->line);
		doc_z(j, "kind", word);
		doc_str(j, "kind_label", call_label(c, &pick_kinds, word));
		doc_z(j, "tone", k->kind == PICK_FOUND ? "done" : k->kind == PICK_TAKEN ? "info" : k->kind == PICK_AMBIGUOUS ? "due" : "over");
		doc_id(j, "id", k->unit.id);
		doc_str(j, "name", k->unit.name);
		doc_str(j, "cadres", k->cadres);
		doc_bool(j, "can", k->kind == PICK_FOUND || k->kind == PICK_TAKEN);
		doc_bool(j, "checked", k->kind == PICK_FOUND);
		doc_bool(j, "has_choices", k->n_choices > 0);
		choices = doc_sublist(j, "choices");
		for (size_t n = 0; n < k->n_choices; n++) {
			json_t *o = doc_append(choices);
			doc_id(o, "id", k->choices[n].id);
			doc_str(o, "name", k->choices[n].name);
		}
	}
	json_t *list = doc_sublist(c->doc, "counts");
	for (uint32_t kind = PICK_FOUND; kind <= PICK_TAKEN; kind++) {
		if (!counts[kind])
			continue;
		json_t *j = doc_append(list);
		doc_str(j, "label", call_label(c, &pick_kinds, codes_word(&pick_kinds, kind)));
		doc_i64(j, "value", counts[kind]);
	}
	doc_bool(c->page, "has_items", p->n > 0);
	doc_bool(c->page, "asked", p->asked);
}

static void put_text(struct call *c, json_t *fields, const char *kind, const char *name, struct str value, uint32_t max, const char *hint)
{
	const char *label = strcmp(name, "text") == 0 ? "assignment_text" : str_fmt(c->a, "f_%s", name).p;
	struct field f = {.name = name, .kind = kind, .label = label, .value = value, .max = max, .hint = hint};
	call_field(c, fields, NULL, &f);
}

static void put_select(struct call *c, json_t *fields, const char *name, const struct choice *v, size_t n, struct str value)
{
	struct choice *all = ARENA_ARRAY(c->a, struct choice, n + 1);
	all[0] = (struct choice){.value = STR(""), .label = call_text(c, "app_any")};
	memcpy(all + 1, v, n * sizeof(*v));
	call_field(c, fields, NULL, &(struct field){.name = name, .kind = "select", .label = str_fmt(c->a, "f_%s", name).p, .value = value,
						    .choices = all, .n_choices = n + 1});
}

static void put_question(struct picked *p)
{
	struct call *c = p->c;
	const struct pick_input *in = &p->in;
	size_t n;
	json_t *fields = doc_sublist(c->page, "fields");
	const struct choice yes_no[] = {{.value = STR("1"), .label = call_text(c, "org_yes")}, {.value = STR("0"), .label = call_text(c, "org_no")}};
	put_text(c, fields, "hidden", "unit", str_fmt(c->a, "%lld", (long long)p->scope.id.v), 0, NULL);
	put_text(c, fields, "textarea", "text", in->text, PICK_TEXT_MAX, "assignment_text_hint");
	put_text(c, fields, "text", "q", in->q, 60, NULL);
	put_text(c, fields, "text", "industry", in->industry, 10, "assignment_industry_hint");
	struct choice *sizes = call_choices(c, &employer_sizes, &n);
	put_select(c, fields, "size", sizes, n, str_of(codes_word(&employer_sizes, in->size)));
	put_select(c, fields, "high_risk", yes_no, 2, in->high_risk);
	put_text(c, fields, "checkbox", "without", in->without || !p->asked ? STR("1") : STR(""), 0, NULL);
}

static void put_answer(struct picked *p)
{
	struct call *c = p->c;
	json_t *fields = doc_sublist(c->page, "with");
	size_t n, n_cadres;
	struct choice *cadres = assignment_cadre_choices(c, p->cadres, p->n_cadres, &n_cadres);
	struct choice *roles = call_choices(c, &assignment_kinds, &n), *all = ARENA_ARRAY(c->a, struct choice, n + 1);
	all[0] = (struct choice){.value = STR(""), .label = call_text(c, "assignment_role_by_risk")};
	memcpy(all + 1, roles, n * sizeof(*all));
	call_field(c, fields, NULL, &(struct field){.name = "person_id", .kind = "select", .label = "f_person_id", .choices = cadres,
						    .n_choices = n_cadres, .required = true});
	call_field(c, fields, NULL, &(struct field){.name = "kind", .kind = "select", .label = "f_kind", .choices = all, .n_choices = n + 1});
	put_text(c, fields, "number", "every_days", STR(""), ASSIGNMENT_EVERY_MAX, "assignment_every_hint");
	put_text(c, fields, "date", "from_on", day_text(c->a, instant_day(c->env.now)), 0, NULL);
	put_text(c, fields, "date", "to_on", STR(""), 0, NULL);
	put_text(c, fields, "text", "note", STR(""), ASSIGNMENT_NOTE_MAX, NULL);
}

static const struct err *show_picks(struct call *c, const struct pick_input *in, bool asked)
{
	struct picked p = {.c = c, .in = *in, .asked = asked};
	TRY(call_read(c, find, &p));
	put_picks(&p);
	doc_id(c->doc, "unit_id", p.scope.id);
	if (c->face == FACE_HTML) {
		put_question(&p);
		put_answer(&p);
	}
	doc_str(c->page, "scope_label", p.scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "assignment_new_title"));
	return NULL;
}

const struct err *pick_get(struct call *c)
{
	const struct pick_input *in = c->input;
	return show_picks(c, in, in->show);
}

const struct err *pick_post(struct call *c)
{
	return show_picks(c, c->input, true);
}

/* The form again: what was looked for, or what was chosen. */
const struct err *pick_form(struct call *c)
{
	struct pick_input in = {.unit = pairs_get(&c->req->form, "unit"), .text = pairs_get(&c->req->form, "text")};
	return show_picks(c, &in, false);
}

/* ---- handing over ---------------------------------------------------------------------------- */

struct handing {
	struct call *c;
	struct str unit;
	struct unit scope;
	struct cadre *v;
	size_t n;
};

static const struct err *read_handing(struct db_tx *tx, struct env *e, void *ctx)
{
	struct handing *h = ctx;
	TRY(org_scope(tx, h->c, &assignment_write, h->unit, &h->scope));
	return assignment_cadres(tx, e->city, h->scope.path, instant_day(e->now), &h->v, &h->n);
}

static const struct err *show_handing(struct call *c, struct str unit, struct id from)
{
	struct handing h = {.c = c, .unit = unit};
	TRY(call_read(c, read_handing, &h));
	doc_id(c->doc, "unit_id", h.scope.id);
	json_t *fields = doc_sublist(c->page, "fields");
	size_t n;
	struct choice *v = assignment_cadre_choices(c, h.v, h.n, &n);
	put_text(c, fields, "hidden", "unit", str_fmt(c->a, "%lld", (long long)h.scope.id.v), 0, NULL);
	call_field(c, fields, NULL, &(struct field){.name = "from_id", .kind = "select", .label = "f_from_id", .choices = v, .n_choices = n,
						    .required = true, .value = from.v ? str_fmt(c->a, "%lld", (long long)from.v) : STR("")});
	call_field(c, fields, NULL, &(struct field){.name = "to_id", .kind = "select", .label = "f_to_id", .choices = v, .n_choices = n, .required = true});
	call_field(c, fields, NULL, &(struct field){.name = "reason", .kind = "text", .label = "f_reason", .max = ASSIGNMENT_NOTE_MAX, .required = true});
	doc_str(c->page, "scope_label", h.scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "assignment_take_over_title"));
	return NULL;
}

const struct err *take_over_get(struct call *c)
{
	const struct take_over_input *q = c->input;
	return show_handing(c, q->unit, q->from_id);
}

const struct err *take_over_form(struct call *c)
{
	return show_handing(c, pairs_get(&c->req->form, "unit"), ID(0));
}
