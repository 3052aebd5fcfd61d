#include "hazard_receipt.h"

#include "day.h"
#include "event.h"
#include "hazard_pages.h"
#include "hazard_told.h"

static const struct actor nobody = {0};

const struct shape hazard_receipt_query[] = {SHAPE(struct receipt_query, code, 60), SHAPE_END};
static const struct doc_part step_parts[] = {DOC_NAME("act"), DOC_NAME("label"), DOC_NAME("on"), DOC_END};
const struct doc_part hazard_receipt_parts[] = {
	DOC_NAME("number"), DOC_NAME("state"), DOC_NAME("state_label"), DOC_NAME("state_tone"), DOC_NAME("found_on"), DOC_NAME("description"),
	DOC_NAME("place"), DOC_NAME("deadline"), DOC_PARTS(hazard_told_parts), DOC_ROWS("steps", step_parts), DOC_NAME("has_actions"),
	DOC_ROWS("actions", action_parts), DOC_END};
const struct doc_part hazard_receipt_find_parts[] = {DOC_ROWS("fields", field_parts), DOC_END};

static void put_receipt_steps(struct call *c, const json_t *events)
{
	size_t i;
	const json_t *e;
	json_t *steps = doc_sublist(c->doc, "steps");
	json_array_foreach(events, i, e) {
		struct str act = str_of(json_string_value(json_object_get(e, "act")));
		struct instant at;
		json_t *s = doc_append(steps);
		doc_str(s, "act", act);
		doc_str(s, "label", call_text(c, str_fmt(c->a, "told_%.*s", STR_ARG(act)).p));
		/* The day only: the hour of an act can point at a person. */
		if (instant_parse(str_of(json_string_value(json_object_get(e, "at"))), &at))
			doc_day(s, "on", instant_day(at));
	}
}

static const struct err *by_code(struct db_tx *tx, struct call *c, struct hazard *out)
{
	const struct err *none = hazard_by_code(tx, c->city, call_arg(c, "code"), out);
	if (none && none->kind == ERR_MISSING)
		return ERR(c->a, ERR_MISSING, "no_such_receipt", "no such receipt code");
	return none;
}

/* ---- what the code's holder may do -------------------------------------------------------- */

static void put_form(struct call *c, json_t *list, const char *act, const struct field *fields, size_t n)
{
	json_t *j = doc_append(list);
	struct str label = call_text(c, str_fmt(c->a, "act_%s", act).p);
	doc_z(j, "act", act);
	doc_str(j, "label", label);
	doc_str(j, "href", str_fmt(c->a, "/receipts/%.*s/%s", STR_ARG(url_encode(c->a, call_arg(c, "code"))), act));
	json_t *v = doc_sublist(j, "fields");
	for (size_t i = 0; i < n; i++)
		call_field(c, v, act, &fields[i]);
	doc_bool(j, "has_fields", true);
	doc_bool(j, "irreversible", false);
	doc_str(j, "submit_label", label);
	doc_str(j, "confirm", STR(""));
	doc_bool(j, "primary", false);
	doc_bool(j, "danger", false);
	doc_bool(j, "is_multipart", n > 1);
	doc_bool(j, "open", c->problem && str_is(call_arg(c, "act"), act));
	doc_set(j, "version", json_null());
}

static void put_forms(struct call *c)
{
	const struct field reason[] = {{.name = "reason", .kind = "textarea", .label = "f_reason", .hint = "hazard_appeal_hint", .required = true, .max = 1000}};
	const struct field object[] = {
		{.name = "text", .kind = "textarea", .label = "f_text", .hint = "hazard_object_hint", .required = true, .max = 2000},
		{.name = "photos", .kind = "photo", .label = "f_photos", .hint = c->problem ? "hazard_photos_again" : NULL},
	};
	json_t *list = doc_sublist(c->page, "actions");
	if (json_is_true(json_object_get(c->doc, "can_appeal")))
		put_form(c, list, "appeal", reason, 1);
	if (json_is_true(json_object_get(c->doc, "can_object")))
		put_form(c, list, "object", object, 2);
	doc_bool(c->page, "has_actions", json_array_size(list) > 0);
}

/* ---- page ------------------------------------------------------------------------------------ */

static const struct err *fill_receipt(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	struct hazard h;
	struct doc_style blind = {0};
	TRY(by_code(tx, c, &h));
	h = hazard_seen(&h, &blind);
	doc_str(c->doc, "number", h.number);
	doc_z(c->doc, "state", codes_word(&hazard_states, h.state));
	doc_str(c->doc, "state_label", call_label(c, &hazard_states, codes_word(&hazard_states, h.state)));
	doc_day(c->doc, "found_on", h.found_on);
	doc_str(c->doc, "description", h.description);
	doc_str(c->doc, "place", h.place);
	if (h.deadline.ymd)
		doc_day(c->doc, "deadline", h.deadline);
	else
		doc_set(c->doc, "deadline", json_null());
	TRY(hazard_put_told(tx, c, &h, c->doc));
	json_t *events = doc_list(c->a);
	TRY(event_list(tx, e->city, "hazard", h.id, &blind, events));
	put_receipt_steps(c, events);
	if (c->face != FACE_HTML)
		return NULL;
	doc_str(doc_sub(c->page, "page"), "title", h.number);
	doc_z(c->page, "state_tone", hazard_tone(h.state));
	put_forms(c);
	return NULL;
}

/* Where a code that was written down is typed in. */
const struct err *hazard_receipt_find(struct call *c)
{
	const struct receipt_query *q = c->input;
	struct field code = {.name = "code", .kind = "text", .label = "f_receipt_code", .hint = "hazard_receipt_find_hint", .max = 60,
			     .required = true};
	struct str typed = str_trim(q->code);
	if (typed.n) {
		c->location = str_fmt(c->a, "/receipts/%.*s", STR_ARG(url_encode(c->a, typed)));
		return NULL;
	}
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "hazard_receipt_title"));
	call_field(c, doc_sublist(c->page, "fields"), NULL, &code);
	return NULL;
}

const struct err *hazard_receipt_get(struct call *c)
{
	return call_read(c, fill_receipt, c);
}

/* ---- acts -------------------------------------------------------------------------------------- */

struct receipt_act {
	struct call *c;
	struct hazard_photo *photos;
	struct outcome done;
};

static const struct err *write_act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct receipt_act *w = ctx;
	struct call *c = w->c;
	struct hazard h;
	TRY(by_code(tx, c, &h));
	w->done.object = h.id;
	return hazard_act_of_reporter(tx, e, h.id, call_arg(c, "act"), c->input, w->photos, c->req->n_files);
}

const struct err *hazard_receipt_post(struct call *c)
{
	struct receipt_act w = {.c = c};
	struct str act = call_arg(c, "act");
	if (!str_is(act, "appeal") && !str_is(act, "object"))
		return ERR(c->a, ERR_MISSING, NULL, "no act %.*s of a receipt", STR_ARG(act));
	TRY(hazard_take_photos(c, &w.photos));
	/* The code speaks for itself: who is logged in beside it is not written down. */
	struct str secret = c->env.upload_secret;
	c->actor = &nobody;
	c->env = env_new(c->app, c->a, c->city, &nobody);
	c->env.upload_secret = secret;
	TRY(call_write(c, write_act, &w, &w.done));
	if (c->face == FACE_JSON)
		TRY(call_read(c, fill_receipt, c));
	call_done(c, 200, str_fmt(c->a, "/receipts/%.*s", STR_ARG(url_encode(c->a, call_arg(c, "code")))));
	return NULL;
}
