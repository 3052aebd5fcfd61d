#include "hazard_pages.h"

#include "account.h"
#include "day.h"
#include "event.h"
#include "hazard_clock.h"
#include "hazard_fields.h"
#include "hazard_overlay.h"
#include "hazard_perms.h"
#include "hazard_res.h"
#include "hazard_safety.h"
#include "hazard_told.h"
#include "hazard_wording.h"
#include "tsv.h"

#include <string.h>

/* ---- names for the views -------------------------------------------------------- */

#define BESIDE DOC_NAME("state_tone"), DOC_NAME("is_major"), DOC_NAME("due_label"), DOC_NAME("due_tone"), DOC_NAME("overdue")
static const struct doc_part step_parts[] = {DOC_NAME("label"), DOC_NAME("is_done"), DOC_NAME("is_current"), DOC_END};
const struct doc_part hazard_one_parts[] = {
	DOC_SHAPE(hazard_shape), BESIDE, DOC_ROWS("steps", step_parts), DOC_ROWS("photos", photo_parts), DOC_NAME("has_photos"),
	DOC_NAME("category_label"), DOC_NAME("reporter_label"), DOC_NAME("has_five"), DOC_NAME("responsible_name"),
	DOC_NAME("deputy_name"), DOC_NAME("funds_label"), DOC_ROWS("events", event_parts), DOC_NAME("has_actions"),
	DOC_ROWS("actions", action_parts), DOC_NAME("is_lost"), DOC_NAME("lost_text"), DOC_ROWS("doubts", hazard_doubt_parts),
	DOC_NAME("has_doubts"), DOC_OBJECT("safety", hazard_safety_parts), DOC_OBJECT("told", hazard_told_parts),
	DOC_ROWS("overlays", hazard_overlay_parts), DOC_NAME("has_wordings"), DOC_ROWS("wordings", hazard_wording_parts),
	DOC_OBJECT("waiting_for", hazard_wait_parts), DOC_NAME("solved_level"), DOC_NAME("solved_level_label"), DOC_END};
const struct doc_part hazard_item_parts[] = {DOC_SHAPE(hazard_shape), BESIDE, DOC_END};
const struct doc_part hazard_list_page[] = {DOC_PARTS(list_parts), DOC_ROWS("items", hazard_item_parts), DOC_NAME("scope_label"), DOC_NAME("search_note"),
					    DOC_NAME("empty_text"), DOC_NAME("empty_href"), DOC_NAME("empty_label"), DOC_END};

/* ---- small texts ------------------------------------------------------------------- */

struct str hazard_days_text(struct call *c, const char *key, int64_t days)
{
	return call_text_with(c, key, "days", str_fmt(c->a, "%lld", (long long)days));
}

const char *hazard_tone(uint32_t state)
{
	switch (state) {
	case HAZARD_REPORTED:
		return "new";
	case HAZARD_CLOSED_OUT:
	case HAZARD_ACCEPTED:
		return "done";
	case HAZARD_NOT_HAZARD:
	case HAZARD_MERGED:
	case HAZARD_CEASED:
		return "off";
	default:
		return "work";
	}
}

static void put_due(struct call *c, json_t *j, const struct hazard *h)
{
	int32_t left = day_number(instant_day(INSTANT(h->due_at.ms - 1))) - day_number(instant_day(c->env.now));
	struct str text = STR("");
	const char *tone = "";
	if (hazard_is_overdue(h, c->env.now)) {
		text = left < 0 ? hazard_days_text(c, "hazard_due_late", -left) : call_text(c, "hazard_due_late_today");
		tone = "over";
	} else if (h->due_at.ms) {
		text = left > 0 ? hazard_days_text(c, "hazard_due_left", left) : call_text(c, "hazard_due_today");
		tone = left > 1 ? "work" : "due";
	}
	doc_str(j, "due_label", text);
	doc_z(j, "due_tone", tone);
}

void hazard_put_beside(struct call *c, json_t *j, const struct hazard *h)
{
	doc_bool(j, "overdue", hazard_is_overdue(h, c->env.now));
	if (c->face != FACE_HTML) {
		hazard_put_listing(c, j, h);
		return;
	}
	doc_z(j, "state_tone", hazard_tone(h->state));
	doc_bool(j, "is_major", h->level == HAZARD_MAJOR);
	if (h->deadline.ymd == 0)
		doc_z(j, "deadline", "");
	put_due(c, j, h);
}

void hazard_put_entry(struct call *c, json_t *items, const struct hazard *h)
{
	json_t *due = doc_new(c->a);
	put_due(c, due, h);
	struct entry e = {
		.href = str_fmt(c->a, "/hazards/%lld", (long long)h->id.v),
		.title = h->description.n ? h->description : h->number,
		.sub = str_fmt(c->a, "%.*s · %.*s", STR_ARG(h->number), STR_ARG(h->place.n ? h->place : h->unit_name)),
		.state = str_of(codes_word(&hazard_states, h->state)),
		.state_label = call_label(c, &hazard_states, codes_word(&hazard_states, h->state)),
		.state_tone = str_of(hazard_tone(h->state)),
		.due_label = str_of(json_string_value(json_object_get(due, "due_label"))),
		.due_tone = str_of(json_string_value(json_object_get(due, "due_tone"))),
	};
	call_entry(items, &e);
}

static struct str category_label(struct call *c, struct str code)
{
	struct tsv t = tsv_open(hazard_resources, "data/categories.tsv");
	const char *column = str_is(c->lang, "en") ? "name_en" : "name_zh";
	while (code.n && tsv_next(&t))
		if (str_eq(tsv_get(&t, "code"), code))
			return tsv_get(&t, column);
	return code;
}

/* ---- actions ---------------------------------------------------------------------------- */

struct choosing {
	struct db_tx *tx;
	struct call *c;
	const struct hazard *h;
	struct choice *people, *places;
	size_t n_people, n_places;
	bool has_people, has_places;
};

static struct choice choice_of(struct str value, struct str label)
{
	return (struct choice){.value = value, .label = label};
}

static struct str id_text(struct arena *a, struct id id)
{
	return str_fmt(a, "%lld", (long long)id.v);
}

static const struct err *load_people(struct choosing *k)
{
	struct person_choice *v;
	size_t n;
	if (k->has_people)
		return NULL;
	TRY(account_people(k->tx, k->c->city, k->h->enterprise_id, R_EMPLOYER_SIDE, &v, &n));
	k->people = ARENA_ARRAY(k->c->a, struct choice, n + 1);
	k->people[k->n_people++] = choice_of(STR(""), call_text(k->c, "hazard_choose"));
	for (size_t i = 0; i < n; i++) {
		struct str role = call_label(k->c, &role_codes, str_z(k->c->a, v[i].role));
		k->people[k->n_people++] = choice_of(id_text(k->c->a, v[i].id),
							   str_fmt(k->c->a, "%.*s · %.*s · %.*s", STR_ARG(v[i].name), STR_ARG(role),
								   STR_ARG(v[i].unit_name)));
	}
	k->has_people = true;
	return NULL;
}

static const struct err *load_places(struct choosing *k)
{
	struct unit employer;
	struct place *v;
	size_t n;
	if (k->has_places)
		return NULL;
	k->has_places = true;
	if (!k->h->enterprise_id.v)
		return NULL;
	TRY(org_unit(k->tx, k->c->city, k->h->enterprise_id, &employer));
	TRY(org_places(k->tx, k->c->city, &employer, &v, &n));
	k->places = ARENA_ARRAY(k->c->a, struct choice, n + 1);
	k->places[k->n_places++] = choice_of(STR(""), call_text(k->c, "hazard_place_as_is"));
	for (size_t i = 0; i < n; i++)
		k->places[k->n_places++] = choice_of(id_text(k->c->a, v[i].id), v[i].name);
	return NULL;
}

static struct choice *categories(struct call *c, uint32_t kind, size_t *n)
{
	enum { MAX = 200 };
	struct choice *v = ARENA_ARRAY(c->a, struct choice, MAX);
	struct tsv t = tsv_open(hazard_resources, "data/categories.tsv");
	const char *column = str_is(c->lang, "en") ? "name_en" : "name_zh";
	*n = 0;
	v[(*n)++] = choice_of(STR(""), call_text(c, "hazard_choose"));
	while (*n < MAX && tsv_next(&t)) {
		if (codes_find(&hazard_kinds, tsv_get(&t, "kind")) != kind)
			continue;
		const char *indent = tsv_get(&t, "parent").n ? "　" : "";
		v[(*n)++] = choice_of(tsv_get(&t, "code"), str_fmt(c->a, "%s%.*s", indent, STR_ARG(tsv_get(&t, column))));
	}
	return v;
}

/* What stands in the form before anybody typed. */
static struct str proposed(struct choosing *k, const char *field, const struct hazard_limits *l)
{
	const struct hazard *h = k->h;
	struct arena *a = k->c->a;
	if (strcmp(field, "category") == 0)
		return h->category;
	if (strcmp(field, "level") == 0)
		return str_of(codes_word(&hazard_levels, h->level));
	if (strcmp(field, "handling_level") == 0)
		return str_of(codes_word(&hazard_handlings, h->handling_level));
	if (strcmp(field, "deadline") == 0)
		return day_text(a, h->deadline.ymd ? h->deadline : hazard_deadline_usual(l, k->c->env.now));
	if (strcmp(field, "responsible_id") == 0)
		return h->responsible_id.v ? id_text(a, h->responsible_id) : STR("");
	if (strcmp(field, "deputy_id") == 0)
		return h->deputy_id.v ? id_text(a, h->deputy_id) : STR("");
	if (strcmp(field, "measures") == 0)
		return h->measures;
	if (strcmp(field, "funds_source") == 0)
		return h->funds_source;
	if (strcmp(field, "ask") == 0)
		return STR("1");
	return STR("");
}

/* The box that insists is there once there is something to insist on. */
static bool is_doubted(const struct call *c)
{
	for (const struct err_field *f = c->problem ? c->problem->fields : NULL; f; f = f->next)
		if (str_is(f->pointer, "/insist"))
			return true;
	return pairs_has(&c->req->form, "insist");
}

static const struct err *page_field(struct choosing *k, json_t *fields, const char *act, const struct hazard_field *f,
				    const struct hazard_limits *l)
{
	struct call *c = k->c;
	const struct shape *s = shape_find(hazard_input_shape, str_of(f->name));
	struct field w = {.name = f->name, .kind = f->kind, .label = hazard_field_label(c->a, f->name), .required = f->required,
			  .value = proposed(k, f->name, l), .max = s ? s->max : 0};
	if (strcmp(f->name, "insist") == 0 && !is_doubted(c))
		return NULL;
	if (strcmp(f->kind, "photo") == 0 && c->problem)
		w.hint = "hazard_photos_again";
	if (strcmp(f->name, "percent") == 0)
		w.hint = "hazard_percent_hint";
	if (strcmp(f->name, "funds_source") == 0)
		w.hint = "hazard_funds_source_hint";
	if (f->codes) {
		w.choices = call_choices(c, f->codes, &w.n_choices);
		if (w.required && !w.value.n)
			hazard_ask_first(c, &w);
	} else if (strcmp(f->kind, "person") == 0) {
		TRY(load_people(k));
		w.kind = "select";
		w.choices = k->people;
		w.n_choices = k->n_people;
	} else if (strcmp(f->kind, "place") == 0) {
		TRY(load_places(k));
		w.kind = "select";
		w.choices = k->places;
		w.n_choices = k->n_places;
	} else if (strcmp(f->kind, "select") == 0) {
		w.choices = categories(c, k->h->kind, &w.n_choices);
	} else if (strcmp(f->kind, "unit") == 0 || strcmp(f->kind, "hazard") == 0) {
		w.kind = "text";
		w.hint = strcmp(f->kind, "unit") == 0 ? "hazard_unit_hint" : "hazard_into_hint";
	} else if (strcmp(f->kind, "money") == 0) {
		w.name = "funds_yuan";
		w.label = "f_funds_yuan";
	} else if (strcmp(f->kind, "datetime") == 0) {
		return NULL; /* "when" is for scripts and later entries; on the page it is now */
	}
	call_field(c, fields, act, &w);
	return NULL;
}

static void script_field(json_t *fields, const struct hazard_field *f)
{
	const struct shape *s = shape_find(hazard_input_shape, str_of(f->name));
	json_t *j = doc_append(fields);
	doc_z(j, "name", f->name);
	doc_z(j, "kind", f->kind);
	doc_bool(j, "required", f->required);
	if (s && s->max)
		doc_i64(j, "max", s->max);
	if (!f->codes)
		return;
	json_t *words = doc_sublist(j, "values");
	for (size_t i = 1; f->codes->words[i]; i++)
		json_array_append_new(words, json_string(f->codes->words[i]));
}

static const struct err *put_action(struct choosing *k, json_t *list, const struct hazard_step *row, const struct hazard_limits *l)
{
	struct call *c = k->c;
	json_t *j = doc_append(list);
	bool photos = false;
	doc_z(j, "act", row->act);
	doc_str(j, "label", call_text(c, str_fmt(c->a, "act_%s", row->act).p));
	doc_str(j, "href", str_fmt(c->a, "/hazards/%lld/%s", (long long)k->h->id.v, row->act));
	doc_bool(j, "irreversible", row->irreversible);
	json_t *fields = doc_sublist(j, "fields");
	for (const struct hazard_field *f = row->fields; f->name; f++) {
		photos |= strcmp(f->kind, "photo") == 0;
		if (c->face == FACE_HTML)
			TRY(page_field(k, fields, row->act, f, l));
		else
			script_field(fields, f);
	}
	if (c->face != FACE_HTML)
		return NULL;
	doc_str(j, "submit_label", call_text(c, str_fmt(c->a, "act_%s", row->act).p));
	doc_str(j, "confirm", row->irreversible ? call_text(c, str_fmt(c->a, "confirm_%s", row->act).p) : STR(""));
	/* One stands out: the next step of the way. */
	doc_bool(j, "primary", row->to == k->h->state + 1);
	doc_bool(j, "danger", row->to == HAZARD_NOT_HAZARD);
	doc_bool(j, "has_fields", json_array_size(fields) > 0);
	doc_bool(j, "is_multipart", photos);
	doc_bool(j, "open", c->problem && str_is(call_arg(c, "act"), row->act));
	doc_i64(j, "version", k->h->version);
	return NULL;
}

static int rank_of(const struct hazard_step *row)
{
	bool leaves = row->to == HAZARD_MERGED || row->to == HAZARD_CEASED || row->to == HAZARD_TRANSFERRED;
	return leaves ? 2 : row->to || row->back ? 0 : 1;
}

const struct err *hazard_put_actions(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *list)
{
	const char *acts[HAZARD_ACTS_MAX];
	struct hazard_who who;
	struct hazard_limits limits;
	TRY(hazard_who_is(tx, c->city, c->actor, h, &who));
	TRY(hazard_limits_of(tx, c->city, h, &limits));
	struct hazard_case k = {.a = c->a, .h = h, .who = &who, .limits = &limits, .now = c->env.now};
	struct choosing choosing = {.tx = tx, .c = c, .h = h};
	size_t n = hazard_acts(acts);
	/* What moves it on first, then what may always be done, last what takes it off the way. */
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < n; i++) {
			const struct hazard_step *row;
			const struct err *no = hazard_step_find(&k, str_of(acts[i]), &row);
			if (!no && rank_of(row) == pass)
				TRY(put_action(&choosing, list, row, &limits));
		}
	return NULL;
}

/* ---- one -------------------------------------------------------------------------------------- */

static void put_steps(struct call *c, const struct hazard *h)
{
	json_t *list = doc_sublist(c->page, "steps");
	for (uint32_t s = HAZARD_REPORTED; s <= HAZARD_CLOSED_OUT; s++) {
		json_t *j = doc_append(list);
		doc_str(j, "label", call_label(c, &hazard_states, codes_word(&hazard_states, s)));
		doc_bool(j, "is_done", h->state <= HAZARD_CLOSED_OUT && (s < h->state || h->state == HAZARD_CLOSED_OUT));
		doc_bool(j, "is_current", s == h->state && s != HAZARD_CLOSED_OUT);
	}
}

static const struct err *put_person(struct db_tx *tx, struct call *c, const char *name, struct id id)
{
	struct person p = {0};
	const struct err *none = id.v ? account_person(tx, c->city, id, &p) : NULL;
	if (none && none->kind != ERR_MISSING)
		return none;
	doc_str(c->page, name, p.name);
	return NULL;
}

/* A name in the open only when the reporter chose so; a hidden one is looked up on a page of its own, and the look is logged. */
static const struct err *put_reporter(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	struct hazard_reporter r;
	if (h->anonymity != HAZARD_NAMED) {
		doc_str(c->page, "reporter_label", call_label(c, &hazard_anonymities, codes_word(&hazard_anonymities, h->anonymity)));
		return NULL;
	}
	TRY(hazard_reporter_get(tx, c->city, h->id, &r));
	return put_person(tx, c, "reporter_label", r.person_id);
}

static void label_photos(struct call *c, json_t *photos)
{
	size_t i;
	json_t *p;
	json_array_foreach(photos, i, p) {
		struct str key = str_fmt(c->a, "hazard_photo_%s", json_string_value(json_object_get(p, "role")));
		doc_str(p, "label", call_text(c, key.p));
	}
}

static const char *act_tone(const char *act)
{
	if (strcmp(act, "close_out") == 0 || strcmp(act, "accept") == 0 || strcmp(act, "confirm") == 0)
		return "done";
	if (strcmp(act, "return") == 0 || strcmp(act, "reopen") == 0 || strcmp(act, "raise") == 0 ||
	    strcmp(act, "pass_on") == 0)
		return "due";
	if (strcmp(act, "rise") == 0 || strcmp(act, "alarm") == 0)
		return "over";
	return strcmp(act, "refuse") == 0 ? "off" : "work";
}

static struct str value_label(struct call *c, struct str name, struct str value)
{
	static const struct codes *const lists[] = {&hazard_states, &hazard_levels, &hazard_handlings, &hazard_kinds,
						    &hazard_sources, &hazard_anonymities, &hazard_refusals, &hazard_disputes, &hazard_outcomes,
						    &hazard_results, &hazard_listings, &hazard_posts, &hazard_lates};
	static const char *const names[] = {"state", "level", "handling_level", "kind", "source", "anonymity", "reason_code", "dispute", "outcome",
					    "result", "listing_state", "waits_for", "late"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_is(name, names[i]))
			return call_label(c, lists[i], str_z(c->a, value));
	return str_is(name, "category") ? category_label(c, value) : value;
}

static struct str member(const json_t *j, const char *name)
{
	const char *z = json_string_value(json_object_get(j, name));
	return str_of(z);
}

/* Numbers of things are no reading matter: they stand elsewhere on the page. */
static bool is_for_reading(struct str name)
{
	bool is_rectifier = str_is(name, "responsible_id") || str_is(name, "deputy_id");
	if (str_has_suffix(name, STR("_id")))
		return is_rectifier;
	return !str_is(name, "number") && !str_is(name, "found_on") && !str_is(name, "place") && !str_is(name, "photos");
}

static struct str money_label(struct call *c, int64_t fen)
{
	return str_fmt(c->a, "%lld.%02d %.*s", (long long)(fen / 100), (int)(fen % 100), STR_ARG(call_text(c, "app_yuan")));
}

/* One value of an event as a line: money in yuan, a mark by its name alone. */
static void add_event_line(struct call *c, struct sb *text, struct str name, struct str value)
{
	int64_t fen;
	bool is_money = str_is(name, "funds_fen") && str_i64(value, 0, INT64_MAX, &fen);
	bool is_mark = str_is(name, "danger") || str_is(name, "emergency_plan_not_needed") || str_is(name, "insist") ||
		       str_is(name, "withdrawn") || str_is(name, "management_informed");
	struct str label = call_text(c, is_money ? "f_funds_yuan" : str_fmt(c->a, "f_%.*s", STR_ARG(name)).p);
	sb_fmt(text, "%s%.*s", sb_str(text).n ? "\n" : "", STR_ARG(label));
	if (!is_mark)
		sb_fmt(text, "%.*s%.*s", STR_ARG(call_text(c, "app_colon")), STR_ARG(is_money ? money_label(c, fen) : value_label(c, name, value)));
}

/* Who was made responsible then, though it may be somebody else now. */
static const struct err *name_person(struct db_tx *tx, struct call *c, struct str *value)
{
	struct person p = {0};
	int64_t id;
	if (!str_i64(*value, 1, INT64_MAX, &id))
		return NULL;
	const struct err *none = account_person(tx, c->city, ID(id), &p);
	if (none && none->kind != ERR_MISSING)
		return none;
	*value = none ? *value : p.name;
	return NULL;
}

static const struct err *label_event(struct db_tx *tx, struct call *c, json_t *e)
{
	size_t i;
	json_t *v;
	struct sb text = sb_new(c->a, 16384);
	struct str act = member(e, "act");
	json_array_foreach(json_object_get(e, "values"), i, v) {
		struct str name = member(v, "name"), value = member(v, "value");
		if (value.n == 0 || !is_for_reading(name))
			continue;
		if (str_has_suffix(name, STR("_id")))
			TRY(name_person(tx, c, &value));
		add_event_line(c, &text, name, value);
	}
	struct str role = member(e, "role");
	doc_str(e, "text", sb_str(&text));
	doc_str(e, "act_label", call_text(c, str_fmt(c->a, "act_%.*s", STR_ARG(act)).p));
	doc_z(e, "tone", act_tone(act.p ? act.p : ""));
	doc_str(e, "actor_duty", role.n ? call_label(c, &role_codes, str_z(c->a, role)) : STR(""));
	doc_str(e, "actor_unit", member(e, "unit_name"));
	struct instant at;
	struct str when = member(e, "at");
	doc_str(e, "at_label", instant_parse(when, &at) ? instant_short(c->a, at) : when);
	doc_bool(e, "has_photos", false);
	doc_sublist(e, "photos");
	return NULL;
}

static bool sees_minute(const struct doc_style *style)
{
	return style->sight >> SEE_FOUND_AT & 1;
}

struct hazard hazard_seen(const struct hazard *h, const struct doc_style *style)
{
	struct hazard seen = *h;
	seen.disputed = h->dispute != 0;
	seen.suspended = h->suspended_at.ms != 0;
	seen.management_informed = h->management_informed_at.ms != 0;
	seen.lowering_proposed = h->lowering_by.v != 0;
	if (h->state == HAZARD_REPORTED && h->due_at.ms && !sees_minute(style))
		seen.due_at = day_end(instant_day(INSTANT(h->due_at.ms - 1)));
	return seen;
}

/* The day alone. */
static void blur_time(struct arena *a, json_t *event)
{
	struct instant at;
	if (instant_parse(member(event, "at"), &at))
		doc_str(event, "at", day_text(a, instant_day(at)));
}

const struct err *hazard_put_events(struct db_tx *tx, struct call *c, struct id hazard, struct str unit_path, json_t *list)
{
	struct doc_style style = call_style(c, unit_path);
	size_t i;
	json_t *e;
	bool minute = sees_minute(&style);
	style.sight &= ~((uint64_t)1 << SEE_REPORTER);
	TRY(event_list(tx, c->city, "hazard", hazard, &style, list));
	json_array_foreach(list, i, e)
		if (!minute && (str_is(member(e, "act"), "report") || !member(e, "actor_name").n))
			blur_time(c->a, e);
	return NULL;
}

static const struct err *put_page(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	size_t i;
	json_t *e;
	doc_str(doc_sub(c->page, "page"), "title", h->number);
	put_steps(c, h);
	TRY(put_person(tx, c, "responsible_name", h->responsible_id));
	TRY(put_person(tx, c, "deputy_name", h->deputy_id));
	TRY(put_reporter(tx, c, h));
	doc_str(c->page, "category_label", category_label(c, h->category));
	doc_bool(c->page, "has_five", h->deadline.ymd != 0);
	doc_str(c->page, "funds_label", h->funds_fen.is ? money_label(c, h->funds_fen.v) : STR(""));
	json_t *events = doc_sublist(c->page, "events");
	TRY(hazard_put_events(tx, c, h->id, h->unit_path, events));
	json_array_foreach(events, i, e)
		TRY(label_event(tx, c, e));
	json_t *photos = json_object_get(c->doc, "photos");
	label_photos(c, photos);
	doc_bool(c->page, "has_photos", json_array_size(photos) > 0);
	return NULL;
}

/* The act may be gone when its form comes back: what was refused is said all the same, with the words that were typed. */
static void put_lost(struct call *c, const json_t *actions)
{
	size_t i;
	const json_t *j;
	bool open = false;
	struct sb text = sb_new(c->a, 16384);
	json_array_foreach(actions, i, j)
		open |= json_is_true(json_object_get(j, "open"));
	doc_bool(c->page, "is_lost", c->problem && !open);
	for (i = 0; c->problem && !open && i < c->req->form.n; i++) {
		const struct pair *p = &c->req->form.v[i];
		const struct shape *s = shape_find(hazard_input_shape, p->name);
		if (s && s->type == SHAPE_T_STR && !str_is(p->name, "category") && p->value.n)
			sb_fmt(&text, "%.*s\n", STR_ARG(p->value));
	}
	doc_str(c->page, "lost_text", sb_str(&text));
}

const struct err *hazard_show(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	struct doc_style style = call_style(c, h->unit_path);
	struct hazard seen = hazard_seen(h, &style);
	doc_put(c->doc, hazard_shape, &seen, &style);
	hazard_put_beside(c, c->doc, h);
	TRY(hazard_put_wait(tx, c, h));
	TRY(attachment_list(tx, c->city, "hazard", h->id, doc_sublist(c->doc, "photos")));
	json_t *actions = doc_sublist(c->doc, "actions");
	TRY(hazard_put_actions(tx, c, h, actions));
	hazard_put_doubts(c, h);
	if (c->face != FACE_HTML)
		return NULL;
	hazard_put_safety(c, h, actions);
	hazard_put_overlays(c, h);
	TRY(hazard_put_told_of(tx, c, h));
	doc_bool(c->page, "has_doubts", json_array_size(json_object_get(c->doc, "doubts")) > 0);
	if (hazard_can(actions, "assign"))
		TRY(hazard_put_wordings(tx, c, h));
	else
		doc_bool(c->page, "has_wordings", false);
	doc_bool(c->page, "has_actions", json_array_size(actions) > 0);
	put_lost(c, actions);
	return put_page(tx, c, h);
}
