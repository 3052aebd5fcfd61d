/* One safety-duty card: shown, written by who keeps the post, confirmed by who works there. */
#include "employer_card.h"

#include "account.h"
#include "day.h"
#include "employer_sql.h"
#include "event.h"
#include "parts.h"

#include <string.h>

const struct shape card_row[] = {
	SHAPE(struct card, id, 0), SHAPE(struct card, place_id, 0), SHAPE(struct card, area, 0), SHAPE(struct card, duties, 0),
	SHAPE(struct card, hazards, 0), SHAPE(struct card, owner_id, 0), SHAPE(struct card, owner_name, 0), SHAPE(struct card, edition, 0),
	SHAPE(struct card, edition_at, 0), SHAPE(struct card, holders, 0), SHAPE(struct card, confirmed, 0), SHAPE(struct card, version, 0), SHAPE_END};
const struct shape card_shape[] = {
	SHAPE(struct card, id, 0), SHAPE(struct card, place_id, 0), SHAPE(struct card, area, 0), SHAPE(struct card, duties, 0),
	SHAPE(struct card, hazards, 0), SHAPE(struct card, owner_name, 0), SHAPE(struct card, edition, 0), SHAPE(struct card, edition_at, 0),
	SHAPE(struct card, version, 0), SHAPE_END};
static const struct shape holder_row[] = {
	SHAPE(struct card_holder, person_id, 0), SHAPE(struct card_holder, name, 0), SHAPE(struct card_holder, confirmed_edition, 0),
	SHAPE(struct card_holder, confirmed_at, 0), SHAPE_END};

const struct shape card_input_shape[] = {
	SHAPE_IN(struct card_input, version, 0, 0),
	SHAPE_IN(struct card_input, area, 200, SHAPE_REQUIRED),
	SHAPE_IN(struct card_input, duties, CARD_TEXT_MAX, SHAPE_REQUIRED | SHAPE_LONG),
	SHAPE_IN(struct card_input, hazards, CARD_TEXT_MAX, SHAPE_LONG),
	SHAPE(struct card_input, owner_id, 0),
	SHAPE(struct card_input, holder_ids, 0),
	SHAPE_END,
};

const struct shape card_confirm_shape[] = {SHAPE_IN(struct card_confirm, edition, 0, SHAPE_REQUIRED), SHAPE_END};

/* ---- reading --------------------------------------------------------------------------------- */

struct page {
	struct call *c;
	struct place place;
	struct unit unit, employer;
	struct card card;
	bool has_card;
	struct card_holder *holders;
	struct person_choice *people;
	size_t n_holders, n_people;
	struct outcome out;
};

static const struct err *is_holder(struct db_tx *tx, int64_t city, struct id card, struct id person, bool *is, int64_t *edition)
{
	TRY(db_i64(tx, &card_holder_is, ARGS(ARG(city), ARG(card), ARG(person)), -1, edition));
	*is = person.v && *edition >= 0;
	return NULL;
}

const struct err *card_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct card *k = ARENA_NEW(c->a, struct card);
	struct place p;
	int64_t edition;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(db_one(tx, &card_by_id, ARGS(ARG(c->city), ARG(t->id)), card_row, k));
	TRY(org_place(tx, c->city, k->place_id, &p));
	t->unit_id = p.unit_id;
	t->unit_path = p.unit_path;
	t->object = k;
	return is_holder(tx, c->city, k->id, c->actor->person_id, &t->own, &edition);
}

static const struct err *read_around(struct db_tx *tx, struct page *p)
{
	int64_t city = p->c->city;
	void *rows;
	TRY(org_unit(tx, city, p->place.unit_id, &p->unit));
	TRY(org_unit(tx, city, p->place.enterprise_id, &p->employer));
	TRY(db_find(tx, &card_of_place, ARGS(ARG(city), ARG(p->place.id)), card_row, &p->card, &p->has_card));
	TRY(db_all(tx, &card_holders_of, ARGS(ARG(city), ARG(p->card.id)), holder_row, sizeof(struct card_holder), &rows, &p->n_holders));
	p->holders = rows;
	return NULL;
}

static const struct err *read_card(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	const struct card *k = p->c->target.object;
	TRY(org_place(tx, e->city, k->place_id, &p->place));
	return read_around(tx, p);
}

/* The choice of people is long but not endless; whoever holds the card stands in it, or saving the form would take it from them. */
static void add_holders(struct page *p)
{
	struct person_choice *v = ARENA_ARRAY(p->c->a, struct person_choice, p->n_people + p->n_holders + 1);
	size_t n = 0;
	for (size_t i = 0; i < p->n_holders; i++)
		v[n++] = (struct person_choice){.id = p->holders[i].person_id, .name = p->holders[i].name, .unit_name = p->employer.name};
	for (size_t i = 0; i < p->n_people; i++) {
		size_t held = 0;
		while (held < p->n_holders && v[held].id.v != p->people[i].id.v)
			held++;
		if (held < p->n_holders)
			v[held] = p->people[i];
		else
			v[n++] = p->people[i];
	}
	p->people = v;
	p->n_people = n;
}

static const struct err *read_form(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	TRY(org_place(tx, e->city, p->c->target.id, &p->place));
	TRY(read_around(tx, p));
	TRY(account_people(tx, e->city, p->place.enterprise_id,
			   R(ROLE_WORKER) | R(ROLE_TEAM_LEADER) | R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER), &p->people, &p->n_people));
	add_holders(p);
	return NULL;
}

/* ---- the card ------------------------------------------------------------------------------------ */

static void put_holders(struct page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->doc, "people");
	bool all = may(c->actor, &card_see, p->place.unit_path), waits = false;
	for (size_t i = 0; i < p->n_holders; i++) {
		const struct card_holder *h = &p->holders[i];
		bool is_me = h->person_id.v == c->actor->person_id.v, done = h->confirmed_edition >= p->card.edition;
		waits |= is_me && !done;
		if (!all && !is_me)
			continue;
		json_t *j = doc_append(list);
		doc_str(j, "name", h->name);
		doc_bool(j, "is_confirmed", done);
		doc_instant(j, "confirmed_at", done ? h->confirmed_at : INSTANT(0));
		doc_str(j, "confirmed_label", done ? instant_short(c->a, h->confirmed_at) : STR(""));
	}
	doc_bool(c->doc, "waits_for_me", waits);
	doc_bool(c->page, "has_people", json_array_size(list) > 0);
}

static const struct err *show_card(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_read(c, read_card, &p));
	struct doc_style style = call_style(c, p.place.unit_path);
	doc_put(c->doc, card_shape, &p.card, &style);
	doc_str(c->doc, "post", p.place.name);
	doc_str(c->doc, "code", p.place.code);
	doc_str(c->doc, "unit_name", p.unit.name);
	doc_str(c->doc, "employer_name", p.employer.name);
	put_holders(&p);
	doc_bool(c->page, "may_see", may(c->actor, &card_see, p.place.unit_path));
	doc_bool(c->page, "may_write", may(c->actor, &card_write, p.place.unit_path));
	doc_id(c->page, "unit_id", p.unit.id);
	doc_str(c->page, "edition_label", call_text_with(c, "card_edition", "n", str_fmt(c->a, "%lld", (long long)p.card.edition)));
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(call_text(c, "card_title")), STR_ARG(p.place.name)));
	return NULL;
}

const struct err *card_get(struct call *c)
{
	return show_card(c);
}

const struct err *card_get_print(struct call *c)
{
	return show_card(c);
}

/* ---- confirming -------------------------------------------------------------------------------------- */

static const struct err *count(struct db_tx *tx, struct env *e, const struct card *k)
{
	void *rows;
	size_t n;
	int64_t confirmed = 0;
	TRY(db_all(tx, &card_holders_of, ARGS(ARG(e->city), ARG(k->id)), holder_row, sizeof(struct card_holder), &rows, &n));
	for (size_t i = 0; i < n; i++)
		confirmed += ((const struct card_holder *)rows)[i].confirmed_edition >= k->edition;
	return db_exec(tx, &card_set_counts, ARGS(ARG(e->city), ARG(k->id), arg_i64((int64_t)n), ARG(confirmed)), NULL);
}

static const struct err *write_confirm(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct id id;
	bool is;
	int64_t edition, changed;
	TRY(call_arg_id(p->c, "id", &id));
	TRY(db_exec(tx, &card_lock, ARGS(ARG(e->city), ARG(id)), NULL));
	TRY(db_one(tx, &card_by_id, ARGS(ARG(e->city), ARG(id)), card_row, &p->card));
	TRY(is_holder(tx, e->city, id, e->actor->person_id, &is, &edition));
	if (!is)
		return ERR(e->a, ERR_MISSING, NULL, "no card of one's own");
	p->out.object = id;
	/* What was read is confirmed, not what has been written since. */
	if (p->card.edition != ((const struct card_confirm *)p->c->input)->edition)
		return ERR(e->a, ERR_CONFLICT, "stale", "edition %lld", (long long)p->card.edition);
	TRY(db_exec(tx, &card_holder_confirm, ARGS(ARG(e->city), ARG(id), ARG(e->actor->person_id), ARG(p->card.edition), ARG(e->now)), &changed));
	if (!changed)
		return NULL;
	TRY(count(tx, e, &p->card));
	TRY(org_place(tx, e->city, p->card.place_id, &p->place));
	struct event ev = {.object_kind = "card", .object_id = id, .act = "confirm", .unit_id = p->place.unit_id};
	event_plain(&ev, "edition", str_fmt(db_arena(tx), "%lld", (long long)p->card.edition));
	return event_append(tx, e, &ev);
}

const struct err *card_post_confirm(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_write(c, write_confirm, &p, &p.out));
	doc_id(c->doc, "id", p.out.object);
	doc_bool(c->doc, "is_confirmed", true);
	call_done(c, 200, str_fmt(c->a, "/cards/%lld", (long long)p.out.object.v));
	return NULL;
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

struct keeping {
	struct place place;
	struct card was;
	bool has;
	const struct card_holder *holders;
	size_t n_holders;
};

static const struct err *check_person(struct db_tx *tx, struct env *e, struct id employer, struct id id, const char *field, struct str *name)
{
	struct person p;
	struct unit u;
	const struct err *bad = account_person(tx, e->city, id, &p);
	if (!bad)
		bad = org_unit(tx, e->city, p.unit_id, &u);
	if (bad && bad->kind != ERR_MISSING)
		return bad;
	if (bad || u.enterprise_id.v != employer.v || p.has_left)
		return err_on_field(db_arena(tx), field, "not_of_employer", "不是本单位的人员");
	if (name)
		*name = p.name;
	return NULL;
}

static const struct err *check_people(struct db_tx *tx, struct env *e, struct id employer, struct card *k, const struct id_list *holders)
{
	if (holders->n > CARD_HOLDERS_MAX)
		return err_on_field(db_arena(tx), "holder_ids", "too_many_holders", "at most 50");
	for (size_t i = 0; i < holders->n; i++)
		TRY(check_person(tx, e, employer, holders->v[i], "holder_ids", NULL));
	k->owner_name = STR("");
	return k->owner_id.v ? check_person(tx, e, employer, k->owner_id, "owner_id", &k->owner_name) : NULL;
}

static bool is_among(const struct id_list *l, struct id id)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].v == id.v)
			return true;
	return false;
}

static const struct err *set_holders(struct db_tx *tx, struct env *e, const struct keeping *p, struct id card, const struct id_list *to)
{
	for (size_t i = 0; i < p->n_holders; i++)
		if (!is_among(to, p->holders[i].person_id))
			TRY(db_exec(tx, &card_holder_drop, ARGS(ARG(e->city), ARG(card), ARG(p->holders[i].person_id)), NULL));
	for (size_t i = 0; i < to->n; i++)
		TRY(db_exec(tx, &card_holder_add, ARGS(ARG(e->city), ARG(card), ARG(to->v[i])), NULL));
	return NULL;
}

static const struct err *store(struct db_tx *tx, struct env *e, const struct keeping *p, struct card *k)
{
	bool anew = !str_eq(k->area, p->was.area) || !str_eq(k->duties, p->was.duties) || !str_eq(k->hazards, p->was.hazards);
	k->edition = p->was.edition + (anew || !p->has);
	k->edition_at = anew || !p->has ? e->now : p->was.edition_at;
	k->id = p->has ? p->was.id : env_id(e);
	if (p->has)
		return db_change(tx, &card_update,
				 ARGS(ARG(e->city), ARG(k->id), ARG(p->was.version), ARG(k->area), ARG(k->duties), ARG(k->hazards), ARG(k->owner_id),
				      ARG(k->owner_name), ARG(k->edition), ARG(k->edition_at)));
	return db_exec(tx, &card_insert,
		       ARGS(ARG(e->city), ARG(k->id), ARG(p->place.id), ARG(k->area), ARG(k->duties), ARG(k->hazards), ARG(k->owner_id),
			    ARG(k->owner_name), ARG(k->edition), ARG(k->edition_at)),
		       NULL);
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct keeping *p, const struct card *k)
{
	struct arena *a = db_arena(tx);
	struct event ev = {.object_kind = "card", .object_id = k->id, .act = p->has ? "edit" : "issue", .unit_id = p->place.unit_id};
	event_plain(&ev, "edition", str_fmt(a, "%lld", (long long)k->edition));
	event_plain(&ev, "place_id", str_fmt(a, "%lld", (long long)p->place.id.v));
	event_text(&ev, "area", k->area);
	event_text(&ev, "duties", k->duties);
	event_text(&ev, "hazards", k->hazards);
	event_person(&ev, "owner_name", k->owner_name, 0);
	return event_append(tx, e, &ev);
}

const struct err *employer_card_save(struct db_tx *tx, struct env *e, struct id place, struct card *k, const struct id_list *holders)
{
	struct keeping p = {0};
	void *rows;
	TRY(org_place(tx, e->city, place, &p.place));
	if (p.place.kind != codes_find(&place_kinds, STR("post")))
		return err_on_field(db_arena(tx), "place_id", "no_post", "岗位才有责任卡");
	TRY(db_find(tx, &card_of_place, ARGS(ARG(e->city), ARG(place)), card_row, &p.was, &p.has));
	if (p.was.version != k->version)
		return err_stale(db_arena(tx), k->version, p.was.version);
	TRY(db_all(tx, &card_holders_of, ARGS(ARG(e->city), ARG(p.was.id)), holder_row, sizeof(struct card_holder), &rows, &p.n_holders));
	p.holders = rows;
	TRY(check_people(tx, e, p.place.enterprise_id, k, holders));
	TRY(store(tx, e, &p, k));
	TRY(set_holders(tx, e, &p, k->id, holders));
	TRY(count(tx, e, k));
	return tell(tx, e, &p, k);
}

static const struct err *write_card(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	const struct card_input *in = p->c->input;
	const struct duty *d = closest_duty(e->actor, &card_write, p->c->target.unit_path);
	struct card k = {.area = str_trim(in->area), .duties = str_trim(in->duties), .hazards = str_trim(in->hazards), .owner_id = in->owner_id,
			 .version = in->version};
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
	TRY(employer_card_save(tx, e, p->c->target.id, &k, &in->holder_ids));
	p->out.object = k.id;
	return NULL;
}

const struct err *card_post(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_write(c, write_card, &p, &p.out));
	doc_id(c->doc, "id", p.out.object);
	call_done(c, 201, str_fmt(c->a, "/cards/%lld", (long long)p.out.object.v));
	return NULL;
}

/* ---- the form ------------------------------------------------------------------------------------------------- */

static void put(struct page *p, json_t *fields, const char *name, const char *kind, struct str value, uint32_t max, bool required)
{
	struct field f = {.name = name, .kind = kind, .value = value, .max = max, .required = required};
	f.label = str_z(p->c->a, str_fmt(p->c->a, "f_%s", name));
	call_field(p->c, fields, NULL, &f);
}

static bool holds(const struct page *p, struct id id)
{
	struct str text = str_fmt(p->c->a, "%lld", (long long)id.v);
	for (size_t i = 0; p->c->problem && i < p->c->req->form.n; i++)
		if (str_is(p->c->req->form.v[i].name, "holder_ids") && str_eq(p->c->req->form.v[i].value, text))
			return true;
	for (size_t i = 0; !p->c->problem && i < p->n_holders; i++)
		if (p->holders[i].person_id.v == id.v)
			return true;
	return false;
}

static void put_people(struct page *p, json_t *fields)
{
	struct call *c = p->c;
	struct choice *v = ARENA_ARRAY(c->a, struct choice, p->n_people + 1);
	json_t *list = doc_sublist(c->page, "choices");
	v[0] = (struct choice){.value = STR(""), .label = call_text(c, "card_nobody")};
	for (size_t i = 0; i < p->n_people; i++) {
		const struct person_choice *o = &p->people[i];
		struct str id = str_fmt(c->a, "%lld", (long long)o->id.v);
		v[i + 1] = (struct choice){.value = id, .label = str_fmt(c->a, "%.*s · %.*s", STR_ARG(o->name), STR_ARG(o->unit_name))};
		json_t *j = doc_append(list);
		doc_str(j, "value", id);
		doc_str(j, "label", v[i + 1].label);
		doc_bool(j, "selected", holds(p, o->id));
	}
	struct field f = {.name = "owner_id", .kind = "select", .label = "f_owner_name", .choices = v, .n_choices = p->n_people + 1};
	f.value = p->card.owner_id.v ? str_fmt(c->a, "%lld", (long long)p->card.owner_id.v) : STR("");
	call_field(c, fields, NULL, &f);
}

static const struct err *show_form(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_read(c, read_form, &p));
	json_t *fields = doc_sublist(c->page, "fields");
	put(&p, fields, "area", "text", p.card.area, 200, true);
	put(&p, fields, "duties", "textarea", p.card.duties, CARD_TEXT_MAX, true);
	put(&p, fields, "hazards", "textarea", p.card.hazards, CARD_TEXT_MAX, false);
	put_people(&p, fields);
	doc_id(c->doc, "place_id", p.place.id);
	doc_i64(c->doc, "version", p.card.version);
	doc_str(c->doc, "post", p.place.name);
	doc_str(c->doc, "unit_name", p.unit.name);
	doc_id(c->page, "unit_id", p.unit.id);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(call_text(c, "card_title")), STR_ARG(p.place.name)));
	return NULL;
}

const struct err *card_get_form(struct call *c)
{
	return show_form(c);
}

const struct err *card_form_again(struct call *c)
{
	return show_form(c);
}

static const struct doc_part people_parts[] = {DOC_NAME("name"), DOC_NAME("is_confirmed"), DOC_NAME("confirmed_at"), DOC_NAME("confirmed_label"), DOC_END};
const struct doc_part card_doc[] = {
	DOC_SHAPE(card_shape), DOC_NAME("post"), DOC_NAME("code"), DOC_NAME("unit_name"), DOC_NAME("employer_name"), DOC_NAME("waits_for_me"),
	DOC_NAME("may_see"), DOC_NAME("may_write"), DOC_NAME("unit_id"), DOC_NAME("edition_label"), DOC_NAME("has_people"), DOC_ROWS("people", people_parts),
	DOC_END};
static const struct doc_part choice_parts[] = {DOC_NAME("value"), DOC_NAME("label"), DOC_NAME("selected"), DOC_END};
const struct doc_part card_form_doc[] = {
	DOC_NAME("place_id"), DOC_NAME("version"), DOC_NAME("post"), DOC_NAME("unit_name"), DOC_NAME("unit_id"), DOC_ROWS("fields", field_parts),
	DOC_ROWS("choices", choice_parts), DOC_END};
