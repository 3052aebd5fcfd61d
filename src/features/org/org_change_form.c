/* The page on which a change of the tree is asked for, looked at and confirmed; what scripts send goes the same way. */
#include "org_change_pages.h"

#include "day.h"
#include "feature.h"
#include "org_sql.h"
#include "parts.h"

#include <string.h>

#define I struct change_input
const struct shape change_query_shape[] = {
	SHAPE_CODE(I, act, &org_acts), SHAPE(I, to_unit, ORG_NAME_MAX), SHAPE_CODE(I, kind, &unit_kinds), SHAPE(I, name, ORG_NAME_MAX),
	SHAPE(I, union_name, ORG_NAME_MAX), SHAPE(I, code, ORG_CODE_MAX), SHAPE(I, effective_on, 0), SHAPE(I, reason, ORG_REASON_MAX),
	SHAPE_IN(I, parts, 0, 0), SHAPE(I, q, ORG_NAME_MAX), SHAPE(I, checked, 0), SHAPE_END,
};
const struct shape change_input_shape[] = {
	SHAPE_CODE_IN(I, act, SHAPE_REQUIRED, &org_acts), SHAPE(I, to_unit, ORG_NAME_MAX), SHAPE_CODE(I, kind, &unit_kinds),
	SHAPE(I, name, ORG_NAME_MAX), SHAPE(I, union_name, ORG_NAME_MAX), SHAPE(I, code, ORG_CODE_MAX), SHAPE(I, effective_on, 0),
	SHAPE(I, reason, ORG_REASON_MAX), SHAPE_IN(I, parts, 0, 0), SHAPE(I, version, 0), SHAPE_END,
};
#undef I

enum { TARGETS_MAX = 20 };

struct asking {
	struct call *c;
	struct org_change ch;
	struct org_subject s;
	struct day open_from;
	struct unit *targets, *children;
	size_t n_targets, n_children;
	bool more_targets, checked;
	struct along along[16];
	size_t n_along;
	int64_t n_units;
	struct outcome out;
};

/* ---- who may ---------------------------------------------------------------------- */

/* Who takes a unit away from where it stands holds the right there, not only at the unit itself. */
static const struct err *may_at(struct call *c, const struct perm *p, struct str path, uint32_t kind)
{
	if (may(c->actor, p, path) && org_may_write(c, kind, path))
		return NULL;
	return ERR(c->a, ERR_DENIED, "above_only", "%s is not held above", p->name);
}

const struct err *org_may_change(struct db_tx *tx, struct call *c, const struct org_change *ch, const struct org_subject *s)
{
	struct unit beside = {0};
	if (ch->act == ORG_CREATE)
		return may_at(c, &org_write, s->unit.path, ch->kind);
	if (ch->act == ORG_RENAME)
		return may_at(c, &org_write, s->unit.path, s->unit.kind);
	if (!s->above.id.v)
		return NULL; /* the city: the rules refuse it */
	TRY(may_at(c, &org_write, s->above.path, s->unit.kind));
	if (ch->act == ORG_MOVE)
		return may_at(c, &org_write, s->to.path, s->unit.kind);
	if (ch->act != ORG_MERGE)
		return NULL;
	if (s->to.parent_id.v)
		TRY(org_unit(tx, c->city, s->to.parent_id, &beside));
	return may_at(c, &org_write, beside.path, s->unit.kind);
}

/* What is out of reach is not there. */
static const struct err *find_to(struct db_tx *tx, struct call *c, struct str to, struct id *out)
{
	struct unit u;
	if (to.n == 0)
		return NULL;
	const struct err *bad = org_unit_named(tx, c->city, to, &u);
	if ((bad && bad->kind == ERR_MISSING) || (!bad && !may(c->actor, &org_read, u.path)))
		return err_on_field(c->a, "to_unit", "unknown_unit", "no such unit");
	if (!bad)
		*out = u.id;
	return bad;
}

static void take(struct asking *k)
{
	const struct change_input *in = k->c->input;
	k->ch = (struct org_change){
		.act = in->act, .unit_id = k->c->target.id, .kind = in->kind, .name = in->name, .union_name = in->union_name, .code = in->code,
		.effective_on = in->effective_on, .reason = in->reason, .parts = in->parts.v, .n_parts = in->parts.n,
	};
}

static const struct err *check(struct db_tx *tx, struct env *e, struct asking *k)
{
	const struct change_input *in = k->c->input;
	const struct duty *d = closest_duty(k->c->actor, &org_write, k->c->target.unit_path);
	TRY(find_to(tx, k->c, in->to_unit, &k->ch.to_id));
	TRY(org_change_subject(tx, e, &k->ch, &k->s));
	TRY(org_may_change(tx, k->c, &k->ch, &k->s));
	TRY(org_change_check(tx, e, &k->ch, &k->s));
	TRY(org_open_from(tx, e, &k->open_from));
	if (d) {
		e->act_unit = d->unit_id;
		e->act_role = d->role;
	}
	return org_change_day_check(tx, e, &k->ch, k->open_from);
}

/* ---- where it may go ------------------------------------------------------------------ */

static bool is_target(const struct asking *k, const struct unit *u)
{
	const struct unit *own = &k->s.unit;
	if (u->id.v == own->id.v || u->is_closed || !org_may_write(k->c, own->kind, u->path))
		return false;
	if (k->ch.act == ORG_MERGE)
		return org_are_alike(u->kind, own->kind);
	return u->id.v != own->parent_id.v && org_may_hold(u->kind, own->kind) && !str_has_prefix(u->path, own->path);
}

static const struct err *find_targets_of(struct db_tx *tx, struct asking *k, uint32_t kind, const struct unit *scope)
{
	const struct change_input *in = k->c->input;
	struct list_source s = org_source(scope);
	struct str end = s.below.n ? path_end(db_arena(tx), s.below) : STR("~");
	const struct sql *q = sql_list_pick(&org_units_below, s.anchor, STR_NONE, NULL);
	void *rows;
	size_t n;
	TRY(db_all(tx, q,
		   ARGS(ARG(k->c->city), ARG(s.anchor_id), arg_str(STR("")), arg_i64(-1), arg_str(STR("")), ARG_CODE(unit_kinds, kind),
			ARG(in->q), ARG(false), ARG(s.below), ARG(end), arg_i64(TARGETS_MAX + 2)),
		   unit_row, sizeof(struct unit), &rows, &n));
	const struct unit *v = rows;
	for (size_t i = 0; i < n; i++) {
		if (!is_target(k, &v[i]))
			continue;
		k->more_targets |= k->n_targets == TARGETS_MAX;
		if (k->n_targets < TARGETS_MAX)
			k->targets[k->n_targets++] = v[i];
	}
	return NULL;
}

static const struct err *find_targets(struct db_tx *tx, struct asking *k)
{
	struct unit scope;
	const struct duty *widest = widest_duty(k->c->actor, &org_write);
	k->targets = ARENA_ARRAY(db_arena(tx), struct unit, TARGETS_MAX);
	if (!widest && !k->c->actor->is_system)
		return NULL;
	TRY(widest ? org_unit(tx, k->c->city, widest->unit_id, &scope) : org_root(tx, k->c->city, &scope));
	for (uint32_t kind = UNIT_CITY; kind < UNIT_KIND_COUNT; kind++) {
		bool fits = k->ch.act == ORG_MERGE ? org_are_alike(kind, k->s.unit.kind) : org_may_hold(kind, k->s.unit.kind);
		if (fits)
			TRY(find_targets_of(tx, k, kind, &scope));
	}
	return NULL;
}

/* ---- reading ------------------------------------------------------------------------------ */

static const struct err *read_along(struct db_tx *tx, struct asking *k)
{
	struct unit *u = &k->s.unit;
	struct target t = {.id = u->id, .unit_id = u->id, .unit_path = u->path, .object = u};
	const size_t max = sizeof(k->along) / sizeof(k->along[0]);
	TRY(db_i64(tx, &org_subtree_count, ARGS(ARG(k->c->city), ARG(u->path), ARG(path_end(db_arena(tx), u->path))), 0, &k->n_units));
	for (const struct feature *const *f = app_features(k->c->app); *f; f++) {
		size_t n = 0;
		if (!(*f)->goes_along || k->n_along + 4 > max)
			continue;
		TRY((*f)->goes_along(tx, k->c->city, &t, k->c->env.now, k->along + k->n_along, &n));
		k->n_along += n;
	}
	return NULL;
}

static const struct err *read_form(struct db_tx *tx, struct env *e, void *ctx)
{
	struct asking *k = ctx;
	k->s = (struct org_subject){0};
	k->n_targets = k->n_along = 0;
	TRY(org_unit(tx, e->city, k->ch.unit_id, &k->s.unit));
	if (k->s.unit.parent_id.v)
		TRY(org_unit(tx, e->city, k->s.unit.parent_id, &k->s.above));
	if (k->checked)
		TRY(check(tx, e, k));
	TRY(read_along(tx, k));
	if (k->ch.act == ORG_MOVE || k->ch.act == ORG_MERGE)
		TRY(find_targets(tx, k));
	if (k->ch.act == ORG_SPLIT)
		TRY(org_children(tx, e->city, k->ch.unit_id, STR(""), ID(0), ORG_PARTS_MAX, &k->children, &k->n_children));
	return NULL;
}

/* ---- drawing ------------------------------------------------------------------------------- */

static struct str given(const struct call *c, const char *name)
{
	const struct pairs *from = c->req->method == WEB_GET ? &c->req->query : &c->req->form;
	return pairs_get(from, name);
}

static void put(struct asking *k, json_t *fields, const char *kind, const char *name, const char *label, uint32_t max, bool required)
{
	struct field f = {.name = name, .kind = k->checked ? "hidden" : kind, .label = label, .value = given(k->c, name), .max = max,
			  .required = required && !k->checked};
	if (strcmp(name, "effective_on") == 0 && f.value.n == 0)
		f.value = day_text(k->c->a, instant_day(k->c->env.now));
	if (strcmp(name, "name") == 0 && f.value.n == 0 && k->ch.act == ORG_RENAME)
		f.value = k->s.unit.name;
	if (strcmp(name, "union_name") == 0 && f.value.n == 0 && k->ch.act == ORG_RENAME && !k->checked)
		f.value = k->s.unit.union_name;
	if (strcmp(name, "effective_on") == 0)
		f.hint = "org_effective_hint";
	call_field(k->c, fields, NULL, &f);
}

static void put_kinds(struct asking *k, json_t *fields)
{
	struct choice v[UNIT_KIND_COUNT];
	size_t n = 0;
	for (uint32_t kind = UNIT_CITY; kind < UNIT_KIND_COUNT; kind++) {
		struct str word = str_of(codes_word(&unit_kinds, kind));
		if (org_may_hold(k->s.unit.kind, kind) && org_may_write(k->c, kind, k->s.unit.path))
			v[n++] = (struct choice){.value = word, .label = call_label(k->c, &unit_kinds, word.p)};
	}
	struct field f = {.name = "kind", .kind = k->checked ? "hidden" : "select", .label = "org_kind", .value = given(k->c, "kind"),
			  .choices = v, .n_choices = n, .required = true};
	call_field(k->c, fields, NULL, &f);
}

static void put_targets(struct asking *k, json_t *fields)
{
	struct call *c = k->c;
	struct choice *v = ARENA_ARRAY(c->a, struct choice, TARGETS_MAX + 1);
	for (size_t i = 0; i < k->n_targets; i++) {
		const struct unit *u = &k->targets[i];
		v[i] = (struct choice){.value = str_fmt(c->a, "%lld", (long long)u->id.v), .label = u->name,
				       .note = call_label(c, &unit_kinds, codes_word(&unit_kinds, u->kind))};
	}
	struct field f = {.name = "to_unit", .kind = k->checked ? "hidden" : "radio", .label = k->ch.act == ORG_MERGE ? "org_merge_into" : "org_move_to",
			  .value = given(c, "to_unit"), .choices = v, .n_choices = k->n_targets, .required = !k->checked};
	if (k->n_targets || k->checked)
		call_field(c, fields, NULL, &f);
	doc_str(c->page, "targets_note",
		k->checked ? STR("") : k->more_targets ? call_text(c, "org_more_targets") : k->n_targets ? STR("") : call_text(c, "org_no_targets"));
	doc_bool(c->page, "has_search", !k->checked);
	doc_str(c->page, "q", given(c, "q"));
}

static bool is_part(const struct asking *k, struct id id)
{
	for (size_t i = 0; i < k->ch.n_parts; i++)
		if (k->ch.parts[i].v == id.v)
			return true;
	return false;
}

static void put_parts(struct asking *k)
{
	json_t *list = doc_sublist(k->c->page, "parts");
	for (size_t i = 0; i < k->n_children; i++) {
		const struct unit *u = &k->children[i];
		if (u->is_closed || (k->checked && !is_part(k, u->id)))
			continue;
		json_t *j = doc_append(list);
		doc_id(j, "id", u->id);
		doc_str(j, "name", u->name);
		doc_bool(j, "chosen", is_part(k, u->id));
	}
	doc_bool(k->c->page, "has_parts", json_array_size(list) > 0);
}

static void put_fields(struct asking *k)
{
	json_t *fields = doc_sublist(k->c->page, "fields");
	struct field act = {.name = "act", .kind = "hidden", .label = "org_act", .value = str_of(codes_word(&org_acts, k->ch.act))};
	call_field(k->c, fields, NULL, &act);
	if (k->ch.act == ORG_CREATE)
		put_kinds(k, fields);
	if (k->ch.act == ORG_MOVE || k->ch.act == ORG_MERGE)
		put_targets(k, fields);
	if (k->ch.act == ORG_CREATE || k->ch.act == ORG_RENAME || k->ch.act == ORG_SPLIT) {
		put(k, fields, "text", "name", k->ch.act == ORG_SPLIT ? "org_new_name" : "org_name", ORG_NAME_MAX, true);
		put(k, fields, "text", "union_name", "org_union_name", ORG_NAME_MAX, false);
	}
	if (k->ch.act == ORG_CREATE || k->ch.act == ORG_SPLIT)
		put(k, fields, "text", "code", "org_code", ORG_CODE_MAX, false);
	put(k, fields, "date", "effective_on", "org_effective_on", 0, true);
	put(k, fields, "textarea", "reason", "org_reason", ORG_REASON_MAX, k->ch.act >= ORG_MOVE);
	put_parts(k);
}

static void fact(struct call *c, json_t *facts, const char *label, struct str value)
{
	if (value.n == 0)
		return;
	json_t *j = doc_append(facts);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "value", value);
}

static struct str count_text(struct call *c, int64_t n, bool capped)
{
	return str_fmt(c->a, "%lld%s", (long long)n, capped ? "+" : "");
}

/* What goes along, in numbers, for people and scripts. */
static void put_along(struct asking *k)
{
	struct call *c = k->c;
	json_t *facts = doc_sublist(c->page, "along"), *doc = doc_sublist(c->doc, "along");
	fact(c, facts, "org_units_along", count_text(c, k->n_units, false));
	doc_i64(c->doc, "units_below", k->n_units);
	for (size_t i = 0; i < k->n_along; i++) {
		fact(c, facts, k->along[i].label, count_text(c, k->along[i].n, k->along[i].capped));
		json_t *j = doc_append(doc);
		doc_z(j, "what", k->along[i].label);
		doc_i64(j, "n", k->along[i].n);
		doc_bool(j, "capped", k->along[i].capped);
	}
}

static void put_summary(struct asking *k)
{
	struct call *c = k->c;
	json_t *facts = doc_sublist(c->page, "facts");
	fact(c, facts, "org_act", call_label(c, &org_acts, codes_word(&org_acts, k->ch.act)));
	fact(c, facts, "org_unit", k->s.unit.name);
	fact(c, facts, k->ch.act == ORG_CREATE ? "org_parent" : "org_parent_now", k->ch.act == ORG_CREATE || !may(c->actor, &org_read, k->s.above.path) ? STR("") : k->s.above.name);
	fact(c, facts, k->ch.act == ORG_MERGE ? "org_merge_into" : "org_move_to", k->s.to.name);
	if (k->ch.kind)
		fact(c, facts, "org_kind", call_label(c, &unit_kinds, codes_word(&unit_kinds, k->ch.kind)));
	fact(c, facts, "org_new_name", k->ch.name);
	fact(c, facts, "org_union_name", k->ch.union_name);
	fact(c, facts, "org_code", k->ch.code);
	fact(c, facts, "org_effective_on", day_text(c->a, k->ch.effective_on));
	fact(c, facts, "org_reason", k->ch.reason);
}

static const struct err *draw(struct asking *k)
{
	struct call *c = k->c;
	struct str act = call_label(c, &org_acts, codes_word(&org_acts, k->ch.act));
	TRY(call_read(c, read_form, k));
	doc_id(c->doc, "unit_id", k->s.unit.id);
	doc_z(c->doc, "act", codes_word(&org_acts, k->ch.act));
	doc_bool(c->doc, "checked", k->checked);
	doc_i64(c->doc, "version", k->s.unit.version);
	put_along(k);
	if (c->face != FACE_HTML)
		return NULL;
	put_fields(k);
	put_summary(k);
	doc_str(c->page, "unit_name", k->s.unit.name);
	doc_str(c->page, "act_label", act);
	doc_str(c->page, "lead", call_text(c, str_fmt(c->a, "org_lead_%s", codes_word(&org_acts, k->ch.act)).p));
	doc_str(c->page, "warning", k->ch.act >= ORG_MOVE ? call_text(c, "org_cannot_undo") : STR(""));
	doc_str(c->page, "confirm", str_fmt(c->a, "%.*s %.*s?", STR_ARG(act), STR_ARG(k->s.unit.name)));
	doc_str(c->page, "form_href", str_fmt(c->a, "/units/%lld/change", (long long)k->s.unit.id.v));
	doc_str(c->page, "post_href", str_fmt(c->a, "/units/%lld/changes", (long long)k->s.unit.id.v));
	doc_str(c->page, "unit_href", str_fmt(c->a, "/units/%lld", (long long)k->s.unit.id.v));
	doc_i64(c->page, "version", k->s.unit.version);
	doc_bool(c->page, "asks", !k->checked);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s %.*s", STR_ARG(act), STR_ARG(k->s.unit.name)));
	return NULL;
}

const struct err *org_get_change_form(struct call *c)
{
	const struct change_input *in = c->input;
	struct asking k = {.c = c, .checked = in->checked};
	if (!in->act)
		return err_on_field(c->a, "act", "required", "which change");
	take(&k);
	return draw(&k);
}

/* What was sent was refused: the form again, with what it held. */
const struct err *org_form_change(struct call *c)
{
	struct asking k = {.c = c};
	k.ch.unit_id = c->target.id;
	k.ch.act = codes_find(&org_acts, given(c, "act"));
	if (!k.ch.act)
		return ERR(c->a, ERR_MISSING, NULL, "no such change");
	const struct change_input *in = c->input;
	if (in) {
		k.ch.parts = in->parts.v;
		k.ch.n_parts = in->parts.n;
	}
	return draw(&k);
}

/* ---- writing -------------------------------------------------------------------------------- */

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct asking *k = ctx;
	const struct change_input *in = k->c->input;
	take(k);
	TRY(check(tx, e, k));
	TRY(org_change_make(tx, e, &k->ch, k->open_from, in->version));
	k->out.object = k->ch.id;
	return NULL;
}

const struct err *org_post_change(struct call *c)
{
	struct asking k = {.c = c};
	TRY(call_write(c, write_change, &k, &k.out));
	if (c->face != FACE_HTML)
		TRY(org_show_change(c, k.out.object));
	call_done(c, 201, str_fmt(c->a, "/changes/%lld", (long long)k.out.object.v));
	return NULL;
}

struct cancelling {
	struct call *c;
	struct outcome out;
};

static const struct err *write_cancel(struct db_tx *tx, struct env *e, void *ctx)
{
	struct cancelling *k = ctx;
	const struct change_cancel_input *in = k->c->input;
	struct org_change ch;
	struct org_subject s;
	TRY(org_change_get(tx, e->city, k->c->target.id, &ch));
	TRY(org_change_subject(tx, e, &ch, &s));
	TRY(org_may_change(tx, k->c, &ch, &s));
	k->out.object = ch.id;
	return org_change_cancel(tx, e, ch.id, in->version);
}

const struct err *org_post_change_cancel(struct call *c)
{
	struct cancelling k = {.c = c};
	TRY(call_write(c, write_cancel, &k, &k.out));
	if (c->face != FACE_HTML)
		TRY(org_show_change(c, k.out.object));
	call_done(c, 200, str_fmt(c->a, "/changes/%lld", (long long)k.out.object.v));
	return NULL;
}
