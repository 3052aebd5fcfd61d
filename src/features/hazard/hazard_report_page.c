/* The page on which a hidden danger is reported. */
#include "account.h"
#include "hazard_pages.h"

#include <string.h>

static const struct doc_part place_known_parts[] = {DOC_NAME("name"), DOC_NAME("path"), DOC_END};
const struct doc_part hazard_report_parts[] = {DOC_ROWS("first", field_parts), DOC_ROWS("fields", field_parts), DOC_NAME("form_href"), DOC_NAME("login_href"),
					       DOC_OBJECT("place_known", place_known_parts), DOC_END};

static struct choice choice_of(struct str value, struct str label)
{
	return (struct choice){.value = value, .label = label};
}

static struct str id_text(struct arena *a, struct id id)
{
	return str_fmt(a, "%lld", (long long)id.v);
}

static const struct err *put_known_place(struct db_tx *tx, struct call *c, struct str code)
{
	struct place p;
	struct unit u;
	const struct err *none = org_place_by_code(tx, c->city, code, &p);
	if (none && none->kind == ERR_MISSING)
		return ERR(c->a, ERR_MISSING, "no_such_place", "no such place code");
	TRY(none);
	TRY(org_unit(tx, c->city, p.enterprise_id.v ? p.enterprise_id : p.unit_id, &u));
	json_t *known = doc_sub(c->page, "place_known");
	doc_str(known, "name", p.name);
	doc_str(known, "path", u.name);
	return NULL;
}

static const struct err *own_places(struct db_tx *tx, struct call *c, struct choice **out, size_t *n)
{
	struct unit u;
	struct place *v;
	size_t n_places = 0;
	const struct duty *d = c->actor->n_duties ? &c->actor->duties[0] : NULL;
	*n = 0;
	if (!d || !may(c->actor, &org_read, d->unit_path))
		return NULL;
	TRY(org_unit(tx, c->city, d->unit_id, &u));
	if (!u.enterprise_id.v)
		return NULL;
	TRY(org_places(tx, c->city, &u, &v, &n_places));
	*out = ARENA_ARRAY(c->a, struct choice, n_places + 1);
	(*out)[(*n)++] = choice_of(STR(""), call_text(c, "hazard_place_elsewhere"));
	for (size_t i = 0; i < n_places; i++)
		(*out)[(*n)++] = choice_of(id_text(c->a, v[i].id), v[i].name);
	*n = n_places ? *n : 0;
	return NULL;
}

/* Safety stands before the form: who is in danger taps what is done, and the rest can wait. */
static void put_first(struct call *c, json_t *fields)
{
	static const char *const done[] = {"stopped", "guarded", "withdrawn"};
	struct field danger = {.name = "danger", .kind = "switch", .label = "f_danger", .hint = "hazard_danger_hint", .danger = true};
	call_field(c, fields, NULL, &danger);
	for (size_t i = 0; i < sizeof(done) / sizeof(done[0]); i++) {
		struct field one = {.name = done[i], .kind = "switch", .label = str_fmt(c->a, "hazard_first_%s", done[i]).p};
		call_field(c, fields, NULL, &one);
	}
}

static void put_who_fields(struct call *c, json_t *fields)
{
	struct field anonymity = {.name = "anonymity", .kind = "radio", .label = "f_anonymity", .hint = "hazard_anonymity_hint",
				  .value = STR("named")};
	struct field against = {.name = "against", .kind = "select", .label = "f_against", .hint = "hazard_against_hint"};
	struct field on_behalf = {.name = "reported_for", .kind = "text", .label = "f_reported_for", .max = 60};
	if (actor_is_in(c->actor)) {
		anonymity.choices = call_choices(c, &hazard_anonymities, &anonymity.n_choices);
		call_field(c, fields, NULL, &anonymity);
	}
	struct choice *posts = call_choices(c, &hazard_againsts, &against.n_choices);
	struct choice *v = ARENA_ARRAY(c->a, struct choice, against.n_choices + 1);
	v[0] = choice_of(STR(""), call_text(c, "hazard_against_nobody"));
	memcpy(v + 1, posts, against.n_choices * sizeof(v[0]));
	against.choices = v;
	against.n_choices++;
	call_field(c, fields, NULL, &against);
	if (has_role_at(c->actor, R_KEEPERS | R_CADRES, STR_NONE))
		call_field(c, fields, NULL, &on_behalf);
}

const struct err *hazard_put_report(struct db_tx *tx, struct call *c, struct str code)
{
	json_t *first = doc_sublist(c->page, "first"), *fields = doc_sublist(c->page, "fields");
	struct field photos = {.name = "photos", .kind = "photo", .label = "f_photos", .hint = "hazard_photos_hint", .multiple = true};
	struct field what = {.name = "description", .kind = "textarea", .label = "f_description", .max = 2000};
	struct field kind = {.name = "kind", .kind = "radio", .label = "f_kind", .value = STR("hazard")};
	bool stranger = !actor_is_in(c->actor);
	struct field code_field = {.name = "code", .kind = code.n ? "hidden" : "text", .label = "hazard_place_code",
				   .hint = stranger ? "hazard_code_hint" : "hazard_code_hint_optional", .value = code, .max = 40,
				   .required = stranger && !code.n};
	struct field place = {.name = "place", .kind = "text", .label = "f_place", .hint = "hazard_place_hint", .max = 200};
	struct field place_id = {.name = "place_id", .kind = "select", .label = "f_place_id"};
	struct choice *places = NULL;
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "hazard_report_title"));
	doc_z(c->page, "form_href", "/report");
	doc_z(c->page, "login_href", stranger && !code.n ? "/login?next=%2Freport" : "");
	if (code.n)
		TRY(put_known_place(tx, c, code));
	/* Without an account the place is what decides whom the report goes to. */
	if (stranger)
		call_field(c, fields, NULL, &code_field);
	put_first(c, first);
	/* Browsers do not send a form's files a second time. */
	photos.hint = c->problem ? "hazard_photos_again" : photos.hint;
	call_field(c, fields, NULL, &photos);
	call_field(c, fields, NULL, &what);
	TRY(own_places(tx, c, &places, &place_id.n_choices));
	place_id.choices = places;
	if (!code.n && place_id.n_choices)
		call_field(c, fields, NULL, &place_id);
	else if (!stranger)
		call_field(c, fields, NULL, &code_field);
	call_field(c, fields, NULL, &place);
	kind.choices = call_choices(c, &hazard_kinds, &kind.n_choices);
	call_field(c, fields, NULL, &kind);
	put_who_fields(c, fields);
	return NULL;
}
