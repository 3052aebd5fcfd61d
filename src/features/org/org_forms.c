#include "org_model.h"

const struct shape unit_add_shape[] = {
	SHAPE_IN(struct unit_input, parent_id, 0, SHAPE_REQUIRED),
	SHAPE_CODE_IN(struct unit_input, kind, SHAPE_REQUIRED, &unit_kinds),
	SHAPE_IN(struct unit_input, name, ORG_NAME_MAX, SHAPE_REQUIRED),
	SHAPE(struct unit_input, union_name, ORG_NAME_MAX),
	SHAPE(struct unit_input, code, ORG_CODE_MAX),
	SHAPE(struct unit_input, uscc, ORG_USCC_TYPED_MAX),
	SHAPE(struct unit_input, industry, ORG_INDUSTRY_MAX),
	SHAPE_CODE(struct unit_input, size, &employer_sizes),
	SHAPE(struct unit_input, headcount, ORG_HEADCOUNT_MAX),
	SHAPE(struct unit_input, high_risk, 0),
	SHAPE(struct unit_input, non_public, 0),
	SHAPE_END,
};

const struct shape unit_change_shape[] = {
	SHAPE_IN(struct unit_input, version, 0, SHAPE_REQUIRED),
	SHAPE(struct unit_input, name, ORG_NAME_MAX),
	SHAPE(struct unit_input, union_name, ORG_NAME_MAX),
	SHAPE(struct unit_input, code, ORG_CODE_MAX),
	SHAPE(struct unit_input, uscc, ORG_USCC_TYPED_MAX),
	SHAPE(struct unit_input, industry, ORG_INDUSTRY_MAX),
	SHAPE_CODE(struct unit_input, size, &employer_sizes),
	SHAPE(struct unit_input, headcount, ORG_HEADCOUNT_MAX),
	SHAPE(struct unit_input, high_risk, 0),
	SHAPE(struct unit_input, non_public, 0),
	SHAPE(struct unit_input, is_closed, 0),
	SHAPE_END,
};

const struct shape place_add_shape[] = {
	SHAPE_IN(struct place_input, unit_id, 0, SHAPE_REQUIRED),
	SHAPE_CODE_IN(struct place_input, kind, SHAPE_REQUIRED, &place_kinds),
	SHAPE_IN(struct place_input, name, ORG_NAME_MAX, SHAPE_REQUIRED),
	SHAPE_END,
};

/* ---- forms on the unit's page --------------------------------------------------------- */

/* `act` tells the forms of the page apart; the one that was sent gets back what it held. */
struct form {
	struct call *c;
	const char *act;
	json_t *fields;
};

static bool was_sent(const struct call *c, const char *act)
{
	const char *path = c->problem ? c->route->path : "";
	if (strcmp(act, "add") == 0)
		return strcmp(path, "/units") == 0;
	return strcmp(path, strcmp(act, "edit") == 0 ? "/units/{id}" : "/places") == 0;
}

static struct form form_new(struct call *c, json_t *actions, const char *act, const char *label, struct str href, int64_t version)
{
	json_t *j = doc_append(actions);
	doc_z(j, "act", act);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "submit_label", call_text(c, "org_save"));
	doc_str(j, "href", href);
	doc_i64(j, "version", version);
	doc_bool(j, "has_fields", true);
	doc_bool(j, "open", was_sent(c, act));
	return (struct form){c, was_sent(c, act) ? NULL : act, doc_sublist(j, "fields")};
}

static void put_field(const struct form *f, const char *kind, const char *name, const char *label, struct str value, uint32_t max)
{
	struct field field = {.name = name, .kind = kind, .label = label, .value = value, .max = max};
	field.required = strcmp(name, "name") == 0;
	call_field(f->c, f->fields, f->act, &field);
}

static void put_select(const struct form *f, const char *name, const char *label, const struct choice *v, size_t n, struct str value)
{
	struct field field = {.name = name, .kind = "select", .label = label, .value = value, .choices = v, .n_choices = n};
	field.required = strcmp(name, "kind") == 0;
	call_field(f->c, f->fields, f->act, &field);
}

static void put_employer_fields(const struct form *f, const struct unit *u)
{
	size_t n;
	struct choice *sizes = call_choices(f->c, &employer_sizes, &n);
	struct choice *v = ARENA_ARRAY(f->c->a, struct choice, n + 1);
	v[0] = (struct choice){.value = STR(""), .label = call_text(f->c, "org_unknown")};
	memcpy(v + 1, sizes, n * sizeof(*v));
	put_field(f, "text", "uscc", "org_uscc", u->uscc, ORG_USCC_TYPED_MAX);
	put_field(f, "text", "industry", "org_industry", u->industry, ORG_INDUSTRY_MAX);
	put_select(f, "size", "org_size", v, n + 1, str_of(codes_word(&employer_sizes, u->size)));
	put_field(f, "checkbox", "high_risk", "org_high_risk", u->high_risk ? STR("1") : STR(""), 0);
	put_field(f, "checkbox", "non_public", "org_non_public", u->non_public ? STR("1") : STR(""), 0);
}

static void put_unit_fields(const struct form *f, const struct unit *u)
{
	struct str count = u->headcount ? str_fmt(f->c->a, "%lld", (long long)u->headcount) : STR("");
	put_field(f, "text", "name", "org_name", u->name, ORG_NAME_MAX);
	put_field(f, "text", "union_name", "org_union_name", u->union_name, ORG_NAME_MAX);
	put_field(f, "text", "code", "org_code", u->code, ORG_CODE_MAX);
	put_field(f, "number", "headcount", "org_headcount", count, ORG_HEADCOUNT_MAX);
}

bool org_may_write(const struct call *c, uint32_t kind, struct str path)
{
	if (!may(c->actor, &org_write, path))
		return false;
	/* Inside an employer its own people keep the tree; the rest is the union's above. */
	return kind == UNIT_WORKSHOP || kind == UNIT_TEAM || c->actor->is_system || has_role_at(c->actor, R_CADRES, path);
}

static void put_add(struct call *c, json_t *actions, const struct unit *u)
{
	struct choice v[UNIT_TEAM + 1];
	size_t n = 0;
	bool employer = false;
	for (uint32_t kind = UNIT_CITY; kind <= UNIT_TEAM; kind++) {
		struct str word = str_of(codes_word(&unit_kinds, kind));
		if (!org_may_hold(u->kind, kind) || !org_may_write(c, kind, u->path))
			continue;
		v[n++] = (struct choice){.value = word, .label = call_label(c, &unit_kinds, word.p)};
		employer |= kind == UNIT_EMPLOYER;
	}
	if (n == 0 || u->is_closed)
		return;
	struct form f = form_new(c, actions, "add", "org_add_unit", STR("/units"), 0);
	put_field(&f, "hidden", "parent_id", "org_parent", str_fmt(c->a, "%lld", (long long)u->id.v), 0);
	put_select(&f, "kind", "org_kind", v, n, v[n - 1].value);
	put_unit_fields(&f, &(struct unit){0});
	if (employer)
		put_employer_fields(&f, &(struct unit){0});
}

static void put_edit(struct call *c, json_t *actions, const struct unit *u)
{
	if (!org_may_write(c, u->kind, u->path))
		return;
	struct str href = str_fmt(c->a, "/units/%lld", (long long)u->id.v);
	struct form f = form_new(c, actions, "edit", "org_edit_unit", href, u->version);
	put_unit_fields(&f, u);
	if (u->kind == UNIT_EMPLOYER)
		put_employer_fields(&f, u);
	if (u->kind != UNIT_CITY)
		put_field(&f, "checkbox", "is_closed", "org_closed", u->is_closed ? STR("1") : STR(""), 0);
}

static void put_add_place(struct call *c, json_t *actions, const struct unit *u)
{
	size_t n;
	if (u->enterprise_id.v == 0 || u->is_closed || !may(c->actor, &place_write, u->path))
		return;
	struct choice *kinds = call_choices(c, &place_kinds, &n);
	struct form f = form_new(c, actions, "add_place", "org_add_place", STR("/places"), 0);
	put_field(&f, "hidden", "unit_id", "org_parent", str_fmt(c->a, "%lld", (long long)u->id.v), 0);
	put_select(&f, "kind", "org_kind", kinds, n, kinds[0].value);
	put_field(&f, "text", "name", "org_name", STR(""), ORG_NAME_MAX);
}

void org_put_actions(struct call *c, const struct unit *u)
{
	json_t *actions = doc_sublist(c->page, "actions");
	put_add(c, actions, u);
	put_edit(c, actions, u);
	put_add_place(c, actions, u);
	doc_bool(c->page, "has_actions", json_array_size(actions) > 0);
}

static const struct err *show_sent(struct call *c, const char *field)
{
	struct id id;
	if (!str_i64(pairs_get(&c->req->form, field), 1, INT64_MAX, &id.v))
		return ERR(c->a, ERR_MISSING, NULL, "%s is not an id", field);
	return org_show_unit(c, id);
}

const struct err *org_form_unit_add(struct call *c)
{
	return show_sent(c, "parent_id");
}

const struct err *org_form_place_add(struct call *c)
{
	return show_sent(c, "unit_id");
}

const struct err *org_form_unit_change(struct call *c)
{
	return org_show_unit(c, c->target.id);
}

/* ---- writing ------------------------------------------------------------------------- */

struct change {
	struct call *c;
	struct unit unit;
	struct place place;
	struct outcome out;
	json_t *body; /* a JSON body: what it does not name stays */
};

/* Who acts at `path`: 404 outside the reach, 403 without the right there; notes the duty for the event. */
static const struct err *act_at(struct call *c, struct env *e, const struct perm *p, struct str path)
{
	const struct duty *d = closest_duty(c->actor, p, path);
	if (!may(c->actor, &org_read, path))
		return ERR(c->a, ERR_MISSING, NULL, "out of reach");
	if (!may(c->actor, p, path))
		return ERR(c->a, ERR_DENIED, NULL, "%s is not held there", p->name);
	if (d && e->act_unit.v == 0) {
		e->act_unit = d->unit_id;
		e->act_role = d->role;
	}
	return NULL;
}

static const struct err *only_cadres(struct call *c)
{
	return ERR(c->a, ERR_DENIED, "cadres_only", "units down to the employer are kept by the union above");
}

static void take_input(struct unit *u, const struct unit_input *in)
{
	u->kind = in->kind;
	u->code = in->code;
	u->name = in->name;
	u->union_name = in->union_name;
	u->uscc = in->uscc;
	u->industry = in->industry;
	u->size = in->size;
	u->headcount = in->headcount;
	u->high_risk = in->high_risk;
	u->non_public = in->non_public;
}

static const struct err *write_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct unit_input *in = ch->c->input;
	struct unit parent;
	TRY(org_unit(tx, e->city, in->parent_id, &parent));
	TRY(act_at(ch->c, e, &org_write, parent.path));
	if (!org_may_write(ch->c, in->kind, parent.path))
		return only_cadres(ch->c);
	ch->unit = (struct unit){0};
	take_input(&ch->unit, in);
	TRY(org_unit_add(tx, e, parent.id, &ch->unit));
	ch->out.object = ch->unit.id;
	return NULL;
}

static const struct err *done(struct call *c, int status, struct id unit)
{
	if (c->face != FACE_HTML)
		TRY(org_show_unit(c, unit));
	call_done(c, status, str_fmt(c->a, "/units/%lld", (long long)unit.v));
	return NULL;
}

const struct err *org_post_unit(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_unit, &ch, &ch.out));
	return done(c, 201, ch.out.object);
}

/* A page sends all fields of its form but the boxes that are not ticked; a script only what it wants to change. */
static bool is_given(const struct change *ch, const struct shape *s)
{
	if (ch->body)
		return json_object_get(ch->body, s->name);
	return s->type == SHAPE_T_BOOL || pairs_has(&ch->c->req->form, s->name);
}

static void take_given(struct change *ch)
{
	const struct unit_input *in = ch->c->input;
	struct unit *u = &ch->unit;
	for (const struct shape *s = unit_change_shape; s->name; s++) {
		const struct shape *to = shape_find(unit_row, str_of(s->name));
		if (!is_given(ch, s))
			continue;
		const char *from = (const char *)in + s->off;
		char *at = (char *)u + to->off;
		if (s->type == SHAPE_T_STR)
			*(struct str *)at = *(const struct str *)from;
		else if (s->type == SHAPE_T_BOOL)
			*(bool *)at = *(const bool *)from;
		else if (s->type == SHAPE_T_CODE)
			*(uint32_t *)at = *(const uint32_t *)from;
		else
			*(int64_t *)at = *(const int64_t *)from;
	}
}

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct unit_input *in = ch->c->input;
	TRY(org_unit(tx, e->city, ch->c->target.id, &ch->unit));
	TRY(act_at(ch->c, e, &org_write, ch->unit.path));
	if (!org_may_write(ch->c, ch->unit.kind, ch->unit.path))
		return only_cadres(ch->c);
	if (ch->unit.version != in->version)
		return err_stale(ch->c->a, in->version, ch->unit.version);
	take_given(ch);
	ch->out.object = ch->unit.id;
	return org_unit_change(tx, e, &ch->unit);
}

const struct err *org_post_unit_change(struct call *c)
{
	struct change ch = {.c = c};
	if (c->req->json.n)
		TRY(doc_parse(c->a, c->req->json, &ch.body));
	TRY(call_write(c, write_change, &ch, &ch.out));
	return done(c, 200, ch.out.object);
}

static const struct err *write_place(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct place_input *in = ch->c->input;
	struct unit unit;
	TRY(org_unit(tx, e->city, in->unit_id, &unit));
	TRY(act_at(ch->c, e, &place_write, unit.path));
	ch->place = (struct place){.unit_id = unit.id, .kind = in->kind, .name = in->name};
	TRY(org_place_add(tx, e, &ch->place));
	ch->out.object = ch->place.id;
	return NULL;
}

static const struct err *read_place(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	return org_place(tx, e->city, ch->out.object, &ch->place);
}

const struct err *org_post_place(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_place, &ch, &ch.out));
	TRY(call_read(c, read_place, &ch));
	struct doc_style style = call_style(c, ch.place.unit_path);
	doc_put(c->doc, place_shape, &ch.place, &style);
	call_done(c, 201, str_fmt(c->a, "/places/%lld", (long long)ch.place.id.v));
	return NULL;
}
