/* Writing: a report, and an act on one; each with its event in the same transaction. */
#include "account.h"
#include "day.h"
#include "event.h"
#include "feature.h"
#include "hazard_clock_model.h"
#include "hazard_measures.h"
#include "hazard_model.h"
#include "hazard_notices.h"
#include "hazard_sql.h"
#include "hazard_words.h"
#include "hazard_write.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

static const struct perm any_duty = {"any", UINT32_MAX};

void hazard_act_as(struct env *e, struct str path)
{
	const struct duty *d = closest_duty(e->actor, &any_duty, path);
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
}

const struct err *hazard_add_photos(struct db_tx *tx, struct env *e, struct id hazard, const char *role, const struct id_list *uploads,
				    const struct hazard_photo *photos, size_t n)
{
	for (size_t i = 0; i < n; i++)
		TRY(attachment_add(tx, e, env_id(e), "hazard", hazard, role, &photos[i].blob, photos[i].type));
	for (size_t i = 0; i < uploads->n; i++) {
		struct hazard_photo p = {0};
		TRY(upload_take(tx, e, uploads->v[i], &p.blob, &p.type));
		TRY(attachment_add(tx, e, env_id(e), "hazard", hazard, role, &p.blob, p.type));
	}
	return NULL;
}

static struct str number_text(struct arena *a, int64_t n)
{
	return str_fmt(a, "%" PRId64, n);
}

/* ---- report ------------------------------------------------------------------------- */

enum { PHOTOS_MAX = 9 };

static uint32_t roles_of(const struct actor *actor)
{
	uint32_t roles = 0;
	for (size_t i = 0; i < actor->n_duties; i++)
		roles |= R(actor->duties[i].role);
	return roles;
}

void hazard_check_report(struct env *e, const struct hazard_report *r, size_t n_photos, struct err_list *errors)
{
	if (r->description.n == 0 && n_photos == 0)
		err_add(errors, e->a, "description", "text_or_photo", "say or show what is wrong");
	if (n_photos > PHOTOS_MAX)
		err_add(errors, e->a, "photos", "too_many", "at most 9 photos");
	if (r->found_on.ymd > instant_day(e->now).ymd)
		err_add(errors, e->a, "found_on", "in_the_future", "not after today");
	if (r->anonymity && r->anonymity != HAZARD_ANONYMOUS && !e->actor->person_id.v)
		err_add(errors, e->a, "anonymity", "needs_login", "log in to give your name");
	if (r->category.n && !hazard_category_is(r->category, r->kind ? r->kind : HAZARD_HAZARD))
		err_add(errors, e->a, "category", "unknown_word", "not a category of this kind");
	if (r->against && r->kind != HAZARD_VIOLATION)
		err_add(errors, e->a, "against", "only_violation", "only for a violation");
	if (!hazard_may_say(r->source, roles_of(e->actor)))
		err_add(errors, e->a, "source", "source_needs_duty", "this source takes a duty");
}

struct str hazard_number_text(struct arena *a, struct str division, struct day day, int64_t n)
{
	return str_fmt(a, "%.*s-%08d-%04" PRId64, STR_ARG(division), day.ymd, n);
}

/* Per division and day: short enough to say on the telephone. */
static const struct err *next_number(struct db_tx *tx, struct env *e, const struct unit *unit, struct str *out)
{
	struct unit top;
	int64_t n = 0;
	struct day today = instant_day(e->now);
	if (unit->top_id.v)
		TRY(org_unit(tx, e->city, unit->top_id, &top));
	if (!unit->top_id.v || top.code.n == 0)
		TRY(org_root(tx, e->city, &top));
	TRY(db_i64(tx, &hazard_count_up, ARGS(ARG(e->city), ARG(top.code), ARG_DAY(today)), 0, &n));
	*out = hazard_number_text(e->a, top.code, today, n);
	return NULL;
}

static uint32_t source_of(const struct actor *actor)
{
	uint32_t roles = roles_of(actor);
	if (roles & R_CADRES)
		return HAZARD_BY_SUPERVISION;
	if (roles & (R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT)))
		return HAZARD_BY_EMPLOYER;
	return HAZARD_BY_WORKER;
}

static void set_where(struct hazard *h, const struct hazard_report *r, const struct unit *u, const struct place *p)
{
	h->unit_id = h->at_unit_id = u->id;
	h->enterprise_id = h->at_enterprise_id = u->enterprise_id;
	h->mid_id = h->at_mid_id = u->mid_id;
	h->top_id = h->at_top_id = u->top_id;
	h->unit_path = h->at_path = u->path;
	h->place_id = p->id;
	h->place = r->place.n ? r->place : p->id.v ? p->name : STR("");
}

struct hazard hazard_fresh(const struct env *e, const struct hazard_report *r, const struct unit *u, const struct place *p, size_t n_photos)
{
	struct day today = instant_day(e->now);
	bool is_protected = r->withdrawn || r->interim_protection.n > 0;
	struct hazard h = {
		.kind = r->kind ? r->kind : HAZARD_HAZARD,
		.source = r->source ? r->source : source_of(e->actor),
		.level = HAZARD_ORDINARY,
		.state = HAZARD_REPORTED,
		.handling_level = HAZARD_AT_TEAM,
		.anonymity = r->anonymity ? r->anonymity : e->actor->person_id.v ? HAZARD_NAMED : HAZARD_ANONYMOUS,
		.against = r->against,
		.category = r->category,
		.description = r->description,
		.danger = r->danger,
		.interim_protection = r->interim_protection,
		.withdrawn = r->withdrawn,
		.protected_at = is_protected ? e->now : INSTANT(0),
		.found_at = e->now,
		.found_on = r->found_on.ymd ? r->found_on : today,
		.photos_before = (int64_t)n_photos,
		.reported_at = e->now,
		.state_at = e->now,
		.updated_at = e->now,
		.deadline_sort = DAY(HAZARD_DAY_NEVER),
		.version = 1,
	};
	set_where(&h, r, u, p);
	return h;
}

static const struct err *insert(struct db_tx *tx, int64_t city, const struct hazard *h)
{
	return db_exec(tx, &hazard_insert,
		       ARGS(ARG(city), ARG(h->id), ARG(h->number), ARG_CODE(hazard_kinds, h->kind),
			    ARG_CODE(hazard_sources, h->source), ARG_CODE(hazard_anonymities, h->anonymity),
			    ARG_CODE(hazard_againsts, h->against), ARG(h->campaign_id), ARG(h->unit_id), ARG(h->enterprise_id),
			    ARG(h->mid_id), ARG(h->top_id), ARG(h->at_unit_id), ARG(h->at_enterprise_id), ARG(h->at_mid_id),
			    ARG(h->at_top_id), ARG(h->unit_path), ARG(h->description), ARG(h->danger), ARG(h->found_at),
			    ARG_DAY(h->found_on), ARG(h->photos_before), ARG(h->reported_at), ARG_CODE(hazard_states, h->state),
			    ARG_CODE(hazard_levels, h->level), ARG_CODE(hazard_handlings, h->handling_level), ARG(h->category),
			    ARG(h->place_id), ARG(h->place), ARG(h->interim_protection), ARG(h->protected_at), ARG(h->withdrawn), ARG(h->state_at), ARG(h->due_at), ARG_DAY(h->deadline_sort),
			    ARG(h->updated_at), ARG(h->version), ARG(h->at_path)),
		       NULL);
}

struct id hazard_reporter_id(const struct env *e, const struct hazard *h)
{
	return h->anonymity == HAZARD_ANONYMOUS ? ID(0) : e->actor->person_id;
}

const struct err *hazard_insert_reporter(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_report *r,
					 struct str receipt_code)
{
	unsigned char hash[32];
	crypto_hash_sha256(hash, (const unsigned char *)receipt_code.p, receipt_code.n);
	struct str bytes = {(const char *)hash, sizeof(hash)};
	struct str told_for = h->anonymity == HAZARD_ANONYMOUS ? STR("") : r->reported_for;
	return db_exec(tx, &hazard_reporter_insert,
		       ARGS(ARG(e->city), ARG(h->id), ARG(hazard_reporter_id(e, h)), ARG(told_for), arg_blob(bytes)), NULL);
}

static const struct err *insert_party(struct db_tx *tx, struct env *e, const struct hazard *h)
{
	struct id person = hazard_reporter_id(e, h);
	return person.v ? db_exec(tx, &hazard_party_reports, ARGS(ARG(e->city), ARG(person), ARG(h->id)), NULL) : NULL;
}

/* An event's own actor, duty and unit are in the open: it is appended as nobody's, and the name stands as a protected value. */
static const struct err *append_unnamed(struct db_tx *tx, struct env *e, struct event *ev, uint32_t anonymity)
{
	static const struct actor nobody = {0};
	const struct actor *real = e->actor;
	if (anonymity == HAZARD_HIDDEN)
		event_person(ev, "reporter", real->name, SEE_REPORTER);
	e->actor = &nobody;
	e->act_unit = ID(0);
	e->act_role = 0;
	const struct err *bad = event_append(tx, e, ev);
	e->actor = real;
	return bad;
}

const struct err *hazard_report_event(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_report *r)
{
	struct event ev = {.object_kind = "hazard", .object_id = h->id, .act = "report", .unit_id = h->unit_id};
	event_plain(&ev, "number", h->number);
	event_plain(&ev, "kind", str_of(codes_word(&hazard_kinds, h->kind)));
	event_plain(&ev, "source", str_of(codes_word(&hazard_sources, h->source)));
	event_plain(&ev, "anonymity", str_of(codes_word(&hazard_anonymities, h->anonymity)));
	event_plain(&ev, "found_on", day_text(e->a, h->found_on));
	event_plain(&ev, "photos", number_text(e->a, h->photos_before));
	if (h->danger)
		event_plain(&ev, "danger", STR("1"));
	if (h->withdrawn)
		event_plain(&ev, "withdrawn", STR("1"));
	if (h->category.n)
		event_plain(&ev, "category", h->category);
	if (h->interim_protection.n)
		event_text(&ev, "interim_protection", h->interim_protection);
	if (h->place.n)
		event_text(&ev, "place", h->place);
	if (h->description.n)
		event_text(&ev, "description", h->description);
	if (r->reported_for.n && h->anonymity != HAZARD_ANONYMOUS)
		event_person(&ev, "reported_for", r->reported_for, SEE_REPORTER);
	if (h->anonymity != HAZARD_NAMED)
		return append_unnamed(tx, e, &ev, h->anonymity);
	hazard_act_as(e, h->unit_path);
	return event_append(tx, e, &ev);
}

const struct err *hazard_report(struct db_tx *tx, struct env *e, const struct hazard_report *r, const struct hazard_photo *photos,
				size_t n_photos, const unsigned char code16[16], struct hazard_made *out)
{
	struct err_list errors = {0};
	struct campaign campaign = {0};
	struct unit unit = {0};
	struct place place;
	bool public_ok = true;
	size_t all_photos = n_photos + r->upload_ids.n;
	if (!e->actor->person_id.v)
		TRY(hazard_anonymous_allowed(tx, e->city, instant_day(e->now), &public_ok));
	if (!public_ok)
		return ERR(e->a, ERR_LOGIN, NULL, "this campaign takes no reports without an account");
	hazard_check_report(e, r, all_photos, &errors);
	TRY(ERR_FROM(e->a, &errors));
	TRY(hazard_where(tx, e, r, &unit, &place));
	struct hazard h = hazard_fresh(e, r, &unit, &place, all_photos);
	const struct err *none = campaign_on(tx, e->city, instant_day(e->now), &campaign);
	if (none && none->kind != ERR_MISSING)
		return none;
	h.campaign_id = campaign.id;
	h.id = env_id(e);
	TRY(next_number(tx, e, &unit, &h.number));
	TRY(hazard_due_now(tx, e->city, &h, &h.due_at));
	TRY(insert(tx, e->city, &h));
	*out = (struct hazard_made){h.id, h.number, str_b32(e->a, code16, 16)};
	TRY(hazard_insert_reporter(tx, e, &h, r, out->receipt_code));
	TRY(insert_party(tx, e, &h));
	TRY(hazard_clock_report(tx, e, &h));
	TRY(hazard_add_photos(tx, e, h.id, "before", &r->upload_ids, photos, n_photos));
	TRY(hazard_report_event(tx, e, &h, r));
	TRY(hazard_tell_report(tx, e, &h));
	return hazard_words_later(tx, e, h.id);
}

/* ---- acts ------------------------------------------------------------------------------ */

/* Somebody who works here now. */
static const struct err *check_person(struct db_tx *tx, struct env *e, const struct hazard *h, struct id id, const char *field)
{
	struct person p = {0};
	struct unit u = {0};
	if (!id.v)
		return NULL;
	const struct err *none = account_person(tx, e->city, id, &p);
	if (!none && !p.has_left)
		none = org_unit(tx, e->city, p.unit_id, &u);
	if (none && none->kind != ERR_MISSING)
		return none;
	if (none || p.has_left || u.enterprise_id.v != h->enterprise_id.v)
		return err_on_field(e->a, field, "not_here", "nobody of this employer");
	return NULL;
}

/* What a check of the input cannot know without rows. */
static const struct err *check_rows(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_input *in)
{
	struct place p = {0};
	TRY(check_person(tx, e, h, in->responsible_id, "responsible_id"));
	TRY(check_person(tx, e, h, in->deputy_id, "deputy_id"));
	if (!in->place_id.v)
		return NULL;
	const struct err *none = org_place(tx, e->city, in->place_id, &p);
	if ((none && none->kind == ERR_MISSING) || (!none && p.enterprise_id.v != h->enterprise_id.v))
		return err_on_field(e->a, "place_id", "not_here", "no place of this employer");
	return none;
}

const struct err *hazard_store(struct db_tx *tx, int64_t city, const struct hazard *h)
{
	return db_change(tx, &hazard_update,
			 ARGS(ARG(city), ARG(h->id), ARG(h->version), ARG_CODE(hazard_states, h->state), ARG_CODE(hazard_levels, h->level),
			     ARG_CODE(hazard_handlings, h->handling_level), ARG(h->category), ARG(h->place_id), ARG(h->place),
			     ARG(h->interim_protection), ARG(h->protected_at), ARG(h->withdrawn), ARG(h->reopened), ARG(h->returned),
			     ARG(h->clause), ARG_CODE(hazard_refusals, h->refusal_code), ARG(h->refusal_reason), ARG(h->responsible_id),
			     ARG(h->deputy_id), ARG(h->measures), ARG(h->funds_fen), ARG_DAY(h->deadline), ARG(h->emergency_plan),
			     ARG(h->emergency_plan_not_needed), ARG(h->on_spot), ARG(h->percent), ARG(h->submit_text), ARG(h->photos_after),
			     ARG(h->registered_by), ARG(h->assigned_by), ARG(h->taken_by), ARG(h->submitted_by), ARG(h->accepted_by),
			     ARG(h->closed_by), ARG(h->registered_at), ARG(h->assigned_at), ARG(h->taken_at), ARG(h->submitted_at),
			     ARG(h->accepted_at), ARG(h->closed_at), ARG(h->accepted_by_fallback), ARG(h->state_at), ARG(h->due_at),
			     ARG_DAY(h->deadline_sort), ARG(h->updated_at), ARG(h->marked), ARG_CODE(hazard_disputes, h->dispute),
			     ARG(h->disputed_at), ARG(h->extended), ARG_DAY(h->deadline_before), ARG(h->suspended_at), ARG(h->paused_ms),
			     ARG_CODE(hazard_listings, h->listing_state), ARG(h->listing_number), ARG(h->listing_body),
			     ARG_DAY(h->listing_deadline), ARG(h->listing_at), ARG(h->management_informed_at), ARG(h->lowering_by),
			     ARG_CODE(hazard_results, h->reinspected), ARG(h->reinspected_at), ARG(h->transferred_to), ARG(h->chased),
			     ARG(h->chased_at), ARG(h->merged_into), ARG(h->merged_here), ARG_CODE(hazard_states, h->state_before),
			     ARG(h->reversed), ARG(h->funds_source), ARG(h->danger)));
}

/* The list "mine" follows whose it is. */
static const struct err *update_parties(struct db_tx *tx, int64_t city, const struct hazard *was, const struct hazard *h)
{
	if (was->responsible_id.v == h->responsible_id.v && was->deputy_id.v == h->deputy_id.v)
		return NULL;
	TRY(db_exec(tx, &hazard_party_end, ARGS(ARG(city), ARG(h->id)), NULL));
	if (h->responsible_id.v)
		TRY(db_exec(tx, &hazard_party_rectifies, ARGS(ARG(city), ARG(h->responsible_id), ARG(h->id)), NULL));
	if (h->deputy_id.v)
		TRY(db_exec(tx, &hazard_party_rectifies, ARGS(ARG(city), ARG(h->deputy_id), ARG(h->id)), NULL));
	return NULL;
}

/* "number" is already that of the hidden danger. */
static const char *told_as(const char *field)
{
	if (strcmp(field, "number") == 0)
		return "listing_number";
	if (strcmp(field, "day") == 0)
		return "delisted_on";
	return strcmp(field, "body") == 0 ? "listing_body" : field;
}

/* What an act changes besides what was typed. */
static void tell_changes(struct event *ev, struct env *e, const struct hazard_step *row, const struct hazard *was, const struct hazard *h)
{
	if (strcmp(row->act, "raise") == 0)
		event_plain(ev, "handling_level", str_of(codes_word(&hazard_handlings, h->handling_level)));
	if (strcmp(row->act, "resume") == 0 && h->deadline.ymd)
		event_plain(ev, "deadline", day_text(e->a, h->deadline));
	if (h->dispute && h->dispute != was->dispute)
		event_plain(ev, "dispute", str_of(codes_word(&hazard_disputes, h->dispute)));
	if (strcmp(row->act, "return") == 0 && h->management_informed_at.ms && !was->management_informed_at.ms)
		event_plain(ev, "management_informed", STR("1"));
	if (h->unit_id.v != was->unit_id.v) {
		event_text(ev, "moved_from", was->unit_name);
		event_text(ev, "moved_to", h->unit_name);
	}
}

static const struct err *act_event(struct db_tx *tx, struct env *e, const struct hazard_step *row, const struct hazard *was,
				   const struct hazard *h, const struct hazard_case *k)
{
	struct event ev = {.object_kind = "hazard", .object_id = h->id, .act = row->act, .unit_id = h->unit_id};
	if (was->state != h->state)
		event_plain(&ev, "state", str_of(codes_word(&hazard_states, h->state)));
	for (const struct hazard_field *f = row->fields; f->name; f++) {
		const struct shape *s = shape_find(hazard_input_shape, str_of(f->name));
		struct str value = s ? shape_text(e->a, s, k->in) : STR("");
		bool unset_flag = s && s->type == SHAPE_T_BOOL && (str_is(value, "0") || strcmp(f->name, "ask") == 0);
		if (value.n == 0 || unset_flag)
			continue;
		if (f->event == EVENT_TEXT)
			event_text(&ev, told_as(f->name), value);
		else
			event_plain(&ev, told_as(f->name), value);
	}
	if (k->n_photos)
		event_plain(&ev, "photos", number_text(e->a, (int64_t)k->n_photos));
	tell_changes(&ev, e, row, was, h);
	if (hazard_tells_reporter(k))
		return append_unnamed(tx, e, &ev, h->anonymity);
	hazard_act_as(e, h->unit_path);
	return event_append(tx, e, &ev);
}

static const char *photo_role(const struct hazard_step *row)
{
	for (const struct hazard_field *f = row->fields; f->name; f++) {
		if (strcmp(f->name, "photos_after") == 0)
			return "after";
		if (strcmp(f->name, "proof") == 0)
			return "proof";
	}
	if (strcmp(row->act, "object") == 0)
		return "objection";
	return strcmp(row->act, "reinspect") == 0 || strcmp(row->act, "answer") == 0 ? "check" : "progress";
}

static bool takes_photos(const struct hazard_step *row)
{
	for (const struct hazard_field *f = row->fields; f->name; f++)
		if (strcmp(f->kind, "photo") == 0)
			return true;
	return false;
}

static const struct err *reopened_event(struct db_tx *tx, struct env *e, const struct hazard *h)
{
	struct event ev = {.object_kind = "hazard", .object_id = h->id, .act = "reopen", .unit_id = h->unit_id};
	event_plain(&ev, "state", str_of(codes_word(&hazard_states, h->state)));
	return event_append(tx, e, &ev);
}

const struct err *hazard_keep_work(struct db_tx *tx, struct env *e, const struct hazard_step *row, const struct hazard_case *k,
				   const struct hazard *h, const struct hazard_photo *photos, size_t n_photos)
{
	/* A return forgets who submitted; these rows do not. */
	if (hazard_is_work(row))
		TRY(db_exec(tx, &hazard_progress_insert,
			    ARGS(ARG(e->city), ARG(h->id), ARG(env_id(e)), ARG(e->now), ARG(k->who->person_id), ARG(h->percent),
				 ARG(k->in->text)), NULL));
	TRY(hazard_add_photos(tx, e, h->id, photo_role(row), &k->in->upload_ids, photos, n_photos));
	TRY(act_event(tx, e, row, k->h, h, k));
	/* For who reads the acts alone, the figures among them. */
	if (strcmp(row->act, "reinspect") == 0 && k->h->state != h->state)
		return reopened_event(tx, e, h);
	return NULL;
}

void hazard_after(const struct hazard_step *row, const struct hazard_case *k, struct hazard *h)
{
	*h = *k->h;
	hazard_step_apply(k, row, h);
	if (strcmp(photo_role(row), "after") == 0)
		h->photos_after += (int64_t)k->n_photos;
}

const struct err *hazard_check_act(const struct hazard_case *k, const struct hazard_step *row)
{
	TRY(hazard_step_check(k, row));
	if (k->n_photos && !takes_photos(row))
		return err_on_field(k->a, "photos", "unknown_field", "this act takes no photos");
	return k->n_photos > PHOTOS_MAX ? err_on_field(k->a, "photos", "too_many", "at most 9 photos") : NULL;
}

bool hazard_is_work(const struct hazard_step *row)
{
	return strcmp(row->act, "progress") == 0 || strcmp(row->act, "submit") == 0;
}

/* Somebody was faster since it was read: said as of a version that was stale from the beginning. */
static const struct err *store_act(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h)
{
	struct hazard now;
	const struct err *bad = hazard_store(tx, e->city, h);
	if (!bad || bad->kind != ERR_CONFLICT)
		return bad;
	TRY(hazard_get(tx, e->city, was->id, &now));
	return now.version == was->version ? bad : err_stale(e->a, was->version, now.version);
}

static const struct err *act_with(struct db_tx *tx, struct env *e, struct id id, struct str act, const struct hazard_input *in,
				  const struct hazard_photo *photos, size_t n_photos, unsigned parties)
{
	struct hazard was;
	struct hazard_who who;
	struct hazard_limits limits;
	const struct hazard_step *row;
	TRY(hazard_get(tx, e->city, id, &was));
	if (in->version.is && in->version.v != was.version)
		return err_stale(e->a, in->version.v, was.version);
	TRY(hazard_who_is(tx, e->city, e->actor, &was, &who));
	who.parties |= parties;
	TRY(hazard_limits_of(tx, e->city, &was, &limits));
	struct hazard_case k = {.a = e->a, .h = &was, .who = &who, .in = in, .limits = &limits, .now = e->now,
				.n_photos = n_photos + in->upload_ids.n};
	TRY(hazard_step_find(&k, act, &row));
	TRY(hazard_check_act(&k, row));
	TRY(check_rows(tx, e, &was, in));
	TRY(hazard_find_others(tx, e, &k));
	struct hazard h;
	hazard_after(row, &k, &h);
	if (!hazard_clock_is_same(&was, &h))
		TRY(hazard_due_now(tx, e->city, &h, &h.due_at));
	TRY(store_act(tx, e, &was, &h));
	TRY(hazard_clock_follow(tx, e, &was, &h));
	TRY(update_parties(tx, e->city, &was, &h));
	TRY(hazard_keep_work(tx, e, row, &k, &h, photos, n_photos));
	TRY(hazard_keep_others(tx, e, &was, &h));
	TRY(hazard_count(tx, e, &was, &h));
	TRY(hazard_tell_act(tx, e, row->act, &was, &h, in));
	return hazard_words_later(tx, e, id);
}

const struct err *hazard_act(struct db_tx *tx, struct env *e, struct id id, struct str act, const struct hazard_input *in,
			     const struct hazard_photo *photos, size_t n_photos)
{
	return act_with(tx, e, id, act, in, photos, n_photos, 0);
}

const struct err *hazard_act_of_reporter(struct db_tx *tx, struct env *e, struct id id, struct str act, const struct hazard_input *in,
					 const struct hazard_photo *photos, size_t n_photos)
{
	return act_with(tx, e, id, act, in, photos, n_photos, PARTY_REPORTER);
}

/* ---- handing over (ORG-5) ---------------------------------------------------------------- */

static const struct shape open_row[] = {
	{.name = "id", .type = SHAPE_T_ID, .off = offsetof(struct open_item, id)},
	{.name = "number", .type = SHAPE_T_STR, .off = offsetof(struct open_item, label)},
	SHAPE_END,
};

const struct err *hazard_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n, int64_t *n_all)
{
	void *rows;
	TRY(db_all(tx, &hazard_open_of, ARGS(ARG(e->city), ARG(person)), open_row, sizeof(struct open_item), &rows, n));
	*n_all = (int64_t)*n;
	*n = *n > max ? max : *n;
	for (size_t i = 0; i < *n; i++) {
		v[i] = ((struct open_item *)rows)[i];
		v[i].kind = STR("hazard");
		v[i].href = str_fmt(db_arena(tx), "/hazards/%lld", (long long)v[i].id.v);
	}
	return NULL;
}

/* Nobody becomes his own deputy. */
static void put_in_place(struct hazard *h, struct id from, struct id to)
{
	if (h->responsible_id.v == from.v)
		h->responsible_id = to;
	if (h->deputy_id.v == from.v)
		h->deputy_id = to;
	if (h->deputy_id.v == h->responsible_id.v)
		h->deputy_id = ID(0);
}

static const struct err *hand_over_one(struct db_tx *tx, struct env *e, struct id id, struct id from, struct id to)
{
	struct hazard was, h;
	TRY(hazard_get(tx, e->city, id, &was));
	TRY(check_person(tx, e, &was, to, "successor_id"));
	h = was;
	put_in_place(&h, from, to);
	h.updated_at = e->now;
	TRY(hazard_store(tx, e->city, &h));
	TRY(hazard_clock_follow(tx, e, &was, &h));
	TRY(update_parties(tx, e->city, &was, &h));
	struct event ev = {.object_kind = "hazard", .object_id = id, .act = "hand_over", .unit_id = h.unit_id};
	event_plain(&ev, "responsible_id", str_fmt(e->a, "%lld", (long long)h.responsible_id.v));
	event_plain(&ev, "deputy_id", str_fmt(e->a, "%lld", (long long)h.deputy_id.v));
	TRY(event_append(tx, e, &ev));
	return hazard_tell_successor(tx, e, &h, to);
}

const struct err *hazard_hand_over(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	struct open_item v[HAND_OVER_MAX];
	size_t n;
	int64_t all;
	TRY(hazard_open_items(tx, e, from, v, HAND_OVER_MAX, &n, &all));
	if (all > HAND_OVER_MAX)
		return ERR(e->a, ERR_LIMIT, "too_many", "more than %d open hidden dangers at a time", HAND_OVER_MAX);
	for (size_t i = 0; i < n; i++)
		TRY(hand_over_one(tx, e, v[i].id, from, to));
	return NULL;
}
