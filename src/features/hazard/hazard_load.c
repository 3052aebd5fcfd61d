#include "hazard_load.h"

#include "day.h"
#include "hazard_clock_model.h"
#include "hazard_sql.h"
#include "hazard_write.h"

#include <string.h>

/* ---- what is read once ------------------------------------------------------------- */

enum { CAMPAIGNS_MAX = 16, LIMITS_MAX = 16 };

struct known_limits {
	const char *first, *then;
	struct hazard_limits l;
};

struct known_campaign {
	struct campaign campaign;
	struct known_limits limits[LIMITS_MAX];
	size_t n;
};

struct hazard_load {
	struct day from, to;
	size_t n_days, n_campaigns;
	unsigned char *campaign_on; /* index + 1; 0: before the first */
	struct known_campaign campaigns[CAMPAIGNS_MAX];
};

static struct known_limits *find_limits(const struct known_campaign *c, const struct hazard *h)
{
	const char *first = hazard_class(h), *then = hazard_rectify_class(h);
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->limits[i].first, first) == 0 && strcmp(c->limits[i].then, then) == 0)
			return (struct known_limits *)&c->limits[i];
	return NULL;
}

static const struct err *read_limits(struct db_tx *tx, int64_t city, struct known_campaign *c, const struct hazard *h)
{
	if (find_limits(c, h) || c->n == LIMITS_MAX)
		return NULL;
	struct known_limits *k = &c->limits[c->n++];
	k->first = hazard_class(h);
	k->then = hazard_rectify_class(h);
	return hazard_limits_of(tx, city, h, &k->l);
}

/* Each class that a record can come to. */
static const struct err *read_campaign(struct db_tx *tx, int64_t city, struct known_campaign *c)
{
	/* A limit for those transferred is asked for of such a one. */
	struct hazard h = {.campaign_id = c->campaign.id, .state = HAZARD_TRANSFERRED};
	for (uint32_t level = HAZARD_ORDINARY; level <= HAZARD_MAJOR; level++)
		for (uint32_t at = HAZARD_AT_POST; at <= HAZARD_AT_ENTERPRISE; at++)
			for (int bits = 0; bits < 4; bits++) {
				h.level = level;
				h.handling_level = at;
				h.danger = bits & 1;
				h.on_spot = bits & 2;
				TRY(read_limits(tx, city, c, &h));
			}
	return NULL;
}

static const struct err *read_day(struct db_tx *tx, int64_t city, struct hazard_load *l, struct day day, unsigned char *out)
{
	struct campaign found = {0};
	const struct err *none = campaign_on(tx, city, day, &found);
	if (none)
		return none->kind == ERR_MISSING ? NULL : none;
	for (size_t i = 0; i < l->n_campaigns; i++)
		if (l->campaigns[i].campaign.id.v == found.id.v) {
			*out = (unsigned char)(i + 1);
			return NULL;
		}
	if (l->n_campaigns == CAMPAIGNS_MAX)
		return ERR(db_arena(tx), ERR_LIMIT, NULL, "more than %d campaigns", CAMPAIGNS_MAX);
	struct known_campaign *c = &l->campaigns[l->n_campaigns++];
	c->campaign = found;
	*out = (unsigned char)l->n_campaigns;
	return read_campaign(tx, city, c);
}

static const struct err *read_all(struct db_tx *tx, struct env *e, void *ctx)
{
	struct hazard_load *l = ctx;
	for (size_t i = 0; i < l->n_days; i++)
		TRY(read_day(tx, e->city, l, day_add(l->from, (int)i), &l->campaign_on[i]));
	return NULL;
}

const struct err *hazard_load_new(struct env *e, struct day from, struct day to, struct hazard_load **out)
{
	struct hazard_load *l = ARENA_NEW(e->a, struct hazard_load);
	l->from = from;
	l->to = to;
	l->n_days = (size_t)day_number(to) - (size_t)day_number(from) + 1;
	l->campaign_on = ARENA_ARRAY(e->a, unsigned char, l->n_days);
	*out = l;
	return env_read(e, read_all, l);
}

void hazard_load_order(struct db_bulk *b)
{
	db_bulk_order(b, &hazard_load_insert);
}

static const struct hazard_limits *limits_of(const struct hazard_load *l, const struct hazard *h)
{
	static const struct hazard_limits none = {0};
	for (size_t i = 0; i < l->n_campaigns; i++)
		if (l->campaigns[i].campaign.id.v == h->campaign_id.v) {
			const struct known_limits *k = find_limits(&l->campaigns[i], h);
			return k ? &k->l : &none;
		}
	return &none;
}

/* ---- a tale ------------------------------------------------------------------------------ */

static const struct err *add_party(struct arena *a, struct hazard_tale *t, struct id person, bool reports)
{
	size_t i = 0;
	if (!person.v)
		return NULL;
	while (i < t->n_parties && t->parties[i].person.v != person.v)
		i++;
	if (i == HAZARD_TALE_PARTIES)
		return ERR(a, ERR_LIMIT, NULL, "more than %d parties of one", HAZARD_TALE_PARTIES);
	t->n_parties = i == t->n_parties ? i + 1 : t->n_parties;
	t->parties[i].person = person;
	t->parties[i].reports |= reports;
	t->parties[i].rectifies |= !reports;
	return NULL;
}

const struct err *hazard_load_report(struct db_tx *tx, struct env *e, const struct hazard_load *l, const struct hazard_load_report *r,
				     struct hazard_tale *out)
{
	struct err_list errors = {0};
	struct day today = instant_day(e->now);
	const struct id_list no_uploads = {0};
	hazard_check_report(e, r->report, r->n_photos, &errors);
	TRY(ERR_FROM(e->a, &errors));
	*out = (struct hazard_tale){.h = hazard_fresh(e, r->report, r->unit, r->place, r->n_photos)};
	struct hazard *h = &out->h;
	size_t day = (size_t)day_number(today) - (size_t)day_number(l->from);
	if (day < l->n_days && l->campaign_on[day])
		h->campaign_id = l->campaigns[l->campaign_on[day] - 1].campaign.id;
	h->id = env_id(e);
	h->number = hazard_number_text(e->a, r->division, today, r->nth);
	h->due_at = hazard_due(h, limits_of(l, h));
	TRY(hazard_insert_reporter(tx, e, h, r->report, str_b32(e->a, r->code, sizeof(r->code))));
	TRY(add_party(e->a, out, hazard_reporter_id(e, h), true));
	TRY(hazard_add_photos(tx, e, h->id, "before", &no_uploads, r->photos, r->n_photos));
	e->chain = &out->chain;
	const struct err *bad = hazard_report_event(tx, e, h, r->report);
	e->chain = NULL;
	return bad;
}

/* As hazard_who_is() finds it in the rows. */
static struct hazard_who who_is(const struct actor *actor, const struct hazard_tale *t)
{
	const struct hazard *h = &t->h;
	struct id me = actor->person_id;
	struct hazard_who who = {.person_id = me, .actor = actor};
	for (size_t i = 0; i < actor->n_duties; i++)
		if (duty_reaches(&actor->duties[i], h->unit_path))
			who.roles |= R(actor->duties[i].role);
	if (!me.v)
		return who;
	for (size_t i = 0; i < t->n_work; i++)
		who.worked |= t->work[i].by.v == me.v && t->work[i].at.ms >= h->assigned_at.ms;
	who.worked &= h->state >= HAZARD_SUBMITTED && h->state <= HAZARD_CLOSED_OUT;
	for (size_t i = 0; i < t->n_parties; i++)
		if (t->parties[i].person.v == me.v && t->parties[i].reports)
			who.parties |= PARTY_REPORTER;
	who.parties |= h->responsible_id.v == me.v ? PARTY_RESPONSIBLE : 0u;
	who.parties |= h->deputy_id.v == me.v ? PARTY_DEPUTY : 0u;
	return who;
}

static const struct err *follow_parties(struct arena *a, struct hazard_tale *t, const struct hazard *h)
{
	if (t->h.responsible_id.v == h->responsible_id.v && t->h.deputy_id.v == h->deputy_id.v)
		return NULL;
	for (size_t i = 0; i < t->n_parties; i++)
		t->parties[i].rectifies = false;
	TRY(add_party(a, t, h->responsible_id, false));
	return add_party(a, t, h->deputy_id, false);
}

static const struct err *follow_work(struct env *e, struct hazard_tale *t, const struct hazard_step *row)
{
	if (!hazard_is_work(row))
		return NULL;
	if (t->n_work == HAZARD_TALE_WORK)
		return ERR(e->a, ERR_LIMIT, NULL, "more than %d reports of progress", HAZARD_TALE_WORK);
	t->work[t->n_work].by = e->actor->person_id;
	t->work[t->n_work++].at = e->now;
	return NULL;
}

const struct err *hazard_load_act(struct db_tx *tx, struct env *e, const struct hazard_load *l, struct hazard_tale *t, struct str act,
				  const struct hazard_input *in, const struct hazard_photo *photos, size_t n_photos)
{
	const struct hazard_step *row;
	struct hazard was = t->h, h;
	struct hazard_who who = who_is(e->actor, t);
	struct hazard_case k = {.a = e->a, .h = &was, .who = &who, .in = in, .limits = limits_of(l, &was), .now = e->now, .n_photos = n_photos};
	TRY(hazard_step_find(&k, act, &row));
	TRY(hazard_check_act(&k, row));
	hazard_after(row, &k, &h);
	if (!hazard_clock_is_same(&was, &h))
		h.due_at = hazard_due(&h, limits_of(l, &h));
	h.version++;
	TRY(follow_parties(e->a, t, &h));
	TRY(follow_work(e, t, row));
	t->h = h;
	e->chain = &t->chain;
	const struct err *bad = hazard_keep_work(tx, e, row, &k, &h, photos, n_photos);
	e->chain = NULL;
	return bad;
}

/* ---- its rows -------------------------------------------------------------------------------- */

static const struct err *insert(struct db_tx *tx, int64_t city, const struct hazard *h)
{
	/* No clock has run while it was made up: the level that handled it has solved it. */
	struct str solved = str_of(h->state == HAZARD_CLOSED_OUT ? hazard_solved_level(h, &(struct hazard_clock){0}) : NULL);
	return db_exec(tx, &hazard_load_insert,
		       ARGS(ARG(city), ARG(h->id), ARG(h->number), ARG_CODE(hazard_kinds, h->kind), ARG_CODE(hazard_sources, h->source),
			    ARG_CODE(hazard_anonymities, h->anonymity), ARG_CODE(hazard_againsts, h->against), ARG(h->campaign_id),
			    ARG(h->unit_id), ARG(h->enterprise_id), ARG(h->mid_id), ARG(h->top_id), ARG(h->at_unit_id),
			    ARG(h->at_enterprise_id), ARG(h->at_mid_id), ARG(h->at_top_id), ARG(h->unit_path), ARG(h->description),
			    ARG(h->danger), ARG(h->found_at), ARG_DAY(h->found_on), ARG(h->photos_before), ARG(h->reported_at),
			    ARG_CODE(hazard_states, h->state), ARG_CODE(hazard_levels, h->level),
			    ARG_CODE(hazard_handlings, h->handling_level), ARG(h->category), ARG(h->place_id), ARG(h->place),
			    ARG(h->interim_protection), ARG(h->protected_at), ARG(h->withdrawn), ARG(h->reopened), ARG(h->returned),
			    ARG(h->clause), ARG_CODE(hazard_refusals, h->refusal_code), ARG(h->refusal_reason), ARG(h->responsible_id),
			    ARG(h->deputy_id), ARG(h->measures), ARG(h->funds_fen), ARG_DAY(h->deadline), ARG(h->emergency_plan),
			    ARG(h->emergency_plan_not_needed), ARG(h->on_spot), ARG(h->percent), ARG(h->submit_text), ARG(h->photos_after),
			    ARG(h->registered_by), ARG(h->assigned_by), ARG(h->taken_by), ARG(h->submitted_by), ARG(h->accepted_by),
			    ARG(h->closed_by), ARG(h->registered_at), ARG(h->assigned_at), ARG(h->taken_at), ARG(h->submitted_at),
			    ARG(h->accepted_at), ARG(h->closed_at), ARG(h->accepted_by_fallback), ARG(h->state_at), ARG(h->due_at),
			    ARG_DAY(h->deadline_sort), ARG(h->updated_at), ARG(h->version), ARG(h->at_path), ARG(h->marked), ARG_CODE(hazard_disputes, h->dispute),
			    ARG(h->disputed_at), ARG(h->extended), ARG_DAY(h->deadline_before), ARG(h->suspended_at), ARG(h->paused_ms),
			    ARG_CODE(hazard_listings, h->listing_state), ARG(h->listing_number), ARG(h->listing_body),
			    ARG_DAY(h->listing_deadline), ARG(h->listing_at), ARG(h->management_informed_at), ARG(h->lowering_by),
			    ARG_CODE(hazard_results, h->reinspected), ARG(h->reinspected_at), ARG(h->transferred_to), ARG(h->chased),
			    ARG(h->chased_at), ARG(h->merged_into), ARG(h->merged_here), ARG_CODE(hazard_states, h->state_before),
			    ARG(h->reversed), ARG(h->funds_source), ARG(solved)),
		       NULL);
}

const struct err *hazard_load_end(struct db_tx *tx, struct env *e, struct hazard_tale *t)
{
	TRY(insert(tx, e->city, &t->h));
	TRY(hazard_clock_loaded(tx, e->city, &t->h));
	for (size_t i = 0; i < t->n_parties; i++)
		TRY(db_exec(tx, &hazard_load_party, ARGS(ARG(e->city), ARG(t->parties[i].person), ARG(t->h.id), ARG(t->parties[i].reports),
							 ARG(t->parties[i].rectifies)), NULL));
	e->chain = &t->chain;
	return event_chain_end(tx, e);
}

const struct err *hazard_load_count(struct db_tx *tx, int64_t city, struct str division, struct day day, int64_t n)
{
	return db_exec(tx, &hazard_load_counter, ARGS(ARG(city), ARG(division), ARG_DAY(day), ARG(n)), NULL);
}
