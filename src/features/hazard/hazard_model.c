/* Reading: rows to structs. */
#include "hazard_model.h"

#include "day.h"
#include "hazard_sql.h"
#include "org.h"

#include <sodium.h>
#include <string.h>

const struct err *hazard_get(struct db_tx *tx, int64_t city, struct id id, struct hazard *out)
{
	*out = (struct hazard){0};
	return db_one(tx, &hazard_by_id, ARGS(ARG(city), ARG(id)), hazard_row, out);
}

/* ---- whose it is -------------------------------------------------------------------- */

const struct err *hazard_parties(struct db_tx *tx, int64_t city, const struct hazard *h, struct id person, unsigned *out)
{
	int64_t reporter = 0;
	*out = 0;
	if (!person.v)
		return NULL;
	TRY(db_i64(tx, &hazard_parts_of, ARGS(ARG(city), ARG(person), ARG(h->id)), 0, &reporter));
	*out |= reporter ? PARTY_REPORTER : 0u;
	*out |= h->responsible_id.v == person.v ? PARTY_RESPONSIBLE : 0u;
	*out |= h->deputy_id.v == person.v ? PARTY_DEPUTY : 0u;
	return NULL;
}

/* Asked where it bars: of what waits for acceptance, close-out or a second look. */
static const struct err *has_worked(struct db_tx *tx, int64_t city, const struct hazard *h, struct id person, bool *out)
{
	int64_t n = 0;
	*out = false;
	if (!person.v || h->state < HAZARD_SUBMITTED || h->state > HAZARD_CLOSED_OUT)
		return NULL;
	TRY(db_i64(tx, &hazard_progress_by, ARGS(ARG(city), ARG(h->id), ARG(person), ARG(h->assigned_at)), 0, &n));
	*out = n > 0;
	return NULL;
}

const struct err *hazard_who_is(struct db_tx *tx, int64_t city, const struct actor *actor, const struct hazard *h, struct hazard_who *out)
{
	*out = (struct hazard_who){.person_id = actor->person_id, .actor = actor};
	for (size_t i = 0; i < actor->n_duties; i++)
		if (duty_reaches(&actor->duties[i], h->unit_path))
			out->roles |= R(actor->duties[i].role);
	TRY(has_worked(tx, city, h, actor->person_id, &out->worked));
	return hazard_parties(tx, city, h, actor->person_id, &out->parties);
}

const struct err *hazard_limits_of(struct db_tx *tx, int64_t city, const struct hazard *h, struct hazard_limits *out)
{
	const char *first = hazard_class(h), *then = hazard_rectify_class(h);
	*out = (struct hazard_limits){0};
	const struct {
		const char *class_, *what;
		struct limit *to;
	} wanted[] = {
		{first, "receive", &out->receive}, {first, "accept_assignment", &out->accept_assignment}, {first, "check", &out->check},
		{first, "close_out", &out->close_out},
		{then, "elements", &out->elements}, {then, "rectify", &out->rectify}, {then, "rectify_max", &out->rectify_max},
		{"listing", "deadline_max", &out->deadline_max},
		{h->state == HAZARD_TRANSFERRED ? "any" : NULL, "transfer_answer", &out->transfer_answer},
		{h->state == HAZARD_NOT_HAZARD ? "any" : NULL, "appeal", &out->appeal},
		{h->state == HAZARD_ACCEPTED || h->state == HAZARD_CLOSED_OUT ? "any" : NULL, "object", &out->object},
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]) && h->campaign_id.v; i++)
		if (wanted[i].class_)
			TRY(campaign_limit(tx, city, h->campaign_id, wanted[i].class_, wanted[i].what, wanted[i].to));
	struct workdays *w = NULL;
	TRY(campaign_workdays(tx, city, &w));
	out->workdays = w;
	return NULL;
}

const struct err *hazard_due_now(struct db_tx *tx, int64_t city, const struct hazard *h, struct instant *out)
{
	const char *first = hazard_class(h), *then = hazard_rectify_class(h);
	struct hazard_limits l = {0};
	const struct {
		uint32_t state;
		const char *class_, *what;
		struct limit *to;
	} clocks[] = {
		{HAZARD_REPORTED, first, "receive", &l.receive}, {HAZARD_REGISTERED, then, "elements", &l.elements},
		{HAZARD_ASSIGNED, first, "accept_assignment", &l.accept_assignment}, {HAZARD_SUBMITTED, first, "check", &l.check},
		{HAZARD_TRANSFERRED, "any", "transfer_answer", &l.transfer_answer},
		{HAZARD_ACCEPTED, first, "close_out", &l.close_out},
	};
	for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]) && h->campaign_id.v; i++) {
		struct workdays *w = NULL;
		if (clocks[i].state != h->state)
			continue;
		TRY(campaign_limit(tx, city, h->campaign_id, clocks[i].class_, clocks[i].what, clocks[i].to));
		/* Only this unit looks into the calendar, which takes longer to read than all else here. */
		if (str_is(clocks[i].to->unit, "workday"))
			TRY(campaign_workdays(tx, city, &w));
		l.workdays = w;
	}
	*out = hazard_due(h, &l);
	return NULL;
}

/* ---- reporters and receipts ----------------------------------------------------------- */

static const struct shape reporter_row[] = {
	SHAPE(struct hazard_reporter, person_id, 0),
	SHAPE(struct hazard_reporter, reported_for, 0),
	SHAPE_END,
};

const struct err *hazard_reporter_get(struct db_tx *tx, int64_t city, struct id hazard, struct hazard_reporter *out)
{
	*out = (struct hazard_reporter){0};
	return db_one(tx, &hazard_reporter_of, ARGS(ARG(city), ARG(hazard)), reporter_row, out);
}

struct found_id {
	struct id id;
};
static const struct shape found_id_row[] = {SHAPE(struct found_id, id, 0), SHAPE_END};

const struct err *hazard_by_code(struct db_tx *tx, int64_t city, struct str code, struct hazard *out)
{
	struct arena *a = db_arena(tx);
	unsigned char hash[32];
	struct found_id found = {0};
	struct sb b = sb_new(a, 64);
	for (size_t i = 0; i < code.n; i++) {
		char c = code.p[i] >= 'a' && code.p[i] <= 'z' ? (char)(code.p[i] - 32) : code.p[i];
		/* Crockford's alphabet has no I, L and O: people write them all the same. */
		c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
		if (c != '-' && c != ' ')
			sb_addc(&b, c);
	}
	struct str plain = sb_str(&b);
	crypto_hash_sha256(hash, (const unsigned char *)(plain.p ? plain.p : ""), plain.n);
	struct str h = {(const char *)hash, sizeof(hash)};
	TRY(db_one(tx, &hazard_by_receipt, ARGS(ARG(city), arg_blob(h)), found_id_row, &found));
	return hazard_get(tx, city, found.id, out);
}

/* ---- where a report belongs --------------------------------------------------------------- */

const struct err *hazard_anonymous_allowed(struct db_tx *tx, int64_t city, struct day today, bool *out)
{
	struct campaign campaign = {0};
	const struct err *e = campaign_on(tx, city, today, &campaign);
	*out = !e && campaign.anonymous_allowed;
	return e && e->kind != ERR_MISSING ? e : NULL;
}

static const struct duty *own_duty(const struct actor *actor)
{
	const struct duty *best = NULL;
	for (size_t i = 0; i < actor->n_duties; i++)
		if (!best || actor->duties[i].unit_path.n > best->unit_path.n)
			best = &actor->duties[i];
	return best;
}

const struct err *hazard_on_field(struct arena *a, const struct err *e, const char *field)
{
	return e && e->kind == ERR_MISSING ? err_on_field(a, field, "unknown", "there is none") : e;
}

const struct err *hazard_check_open(struct db_tx *tx, struct env *e, const struct unit *unit, const struct place *place, const char *field)
{
	bool is_closed;
	TRY(org_closed(tx, e->city, unit, &is_closed));
	return is_closed || place->is_closed ? err_on_field(e->a, field, "closed", "no longer in use") : NULL;
}

const struct err *hazard_where(struct db_tx *tx, struct env *e, const struct hazard_report *r, struct unit *unit, struct place *place)
{
	const struct duty *own = own_duty(e->actor);
	/* A field of the page, also where the unit is one's own. */
	const char *field = "code";
	struct id id = r->unit_id;
	*place = (struct place){0};
	if (r->place_code.n) {
		TRY(hazard_on_field(e->a, org_place_by_code(tx, e->city, r->place_code, place), field));
	} else if (r->place_id.v) {
		field = "place_id";
		TRY(hazard_on_field(e->a, org_place(tx, e->city, r->place_id, place), field));
	} else if (id.v) {
		field = "unit_id";
	}
	if (place->id.v)
		id = place->unit_id;
	else if (!id.v && own)
		id = own->unit_id;
	if (!id.v)
		return err_on_field(e->a, "code", "required", "the code of the place, or a unit");
	TRY(hazard_on_field(e->a, org_unit_now(tx, e->city, id, unit), "unit_id"));
	return hazard_check_open(tx, e, unit, place, field);
}

const struct err *hazard_reported_by(struct db_tx *tx, int64_t city, struct id person, int64_t *n)
{
	*n = 0;
	return db_i64(tx, &hazard_reported_count, ARGS(ARG(city), ARG(person)), 0, n);
}
