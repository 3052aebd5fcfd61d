/* What the figures count of hidden dangers (f10, f12), as it happens and again from what has happened. */
#include "hazard_measures.h"

#include "day.h"
#include "event.h"
#include "hazard_sql.h"
#include "moving.h"

const struct measure hazard_found = {"found", "hazard", "hidden dangers and occupational hazards entered in the ledger"};
const struct measure hazard_closed = {"closed", "hazard", "of these closed out and not reopened"};
const struct measure hazard_violation_found = {"violation", "hazard", "violations entered in the ledger"};
const struct measure hazard_violation_closed = {"violation_closed", "hazard", "of these closed out and not reopened"};
const struct measure *const hazard_measures[] = {&hazard_found, &hazard_closed, &hazard_violation_found, &hazard_violation_closed, NULL};

static bool is_counted(const struct hazard *h)
{
	return h->source != HAZARD_BY_GOVERNMENT;
}

static const struct measure *found_of(const struct hazard *h)
{
	return h->kind == HAZARD_VIOLATION ? &hazard_violation_found : &hazard_found;
}

static const struct measure *closed_of(const struct hazard *h)
{
	return h->kind == HAZARD_VIOLATION ? &hazard_violation_closed : &hazard_closed;
}

static struct measure_entry entry_of(const struct hazard *h, struct instant at, int64_t n)
{
	return (struct measure_entry){.day = instant_day(at), .path = h->at_path.n ? h->at_path : h->unit_path,
				      .enterprise_id = h->at_enterprise_id, .subject_id = h->id, .n = n};
}

/* ---- as it happens -------------------------------------------------------------------- */

static bool is_in_ledger(const struct hazard *h)
{
	return h->registered_at.ms && h->state != HAZARD_NOT_HAZARD && h->state != HAZARD_MERGED;
}

static bool is_closed_out(const struct hazard *h)
{
	return h->state == HAZARD_CLOSED_OUT;
}

const struct err *hazard_count(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h)
{
	if (!is_counted(h))
		return NULL;
	struct measure_entry found = entry_of(h, e->now, is_in_ledger(h) - is_in_ledger(was));
	struct measure_entry closed = entry_of(h, e->now, is_closed_out(h) - is_closed_out(was));
	TRY(measure_add(tx, e, found_of(h), &found));
	return measure_add(tx, e, closed_of(h), &closed);
}

/* ---- from what has happened ---------------------------------------------------------------- */

/* Most go one way only: their record has the days. */
static bool went_back(const struct hazard *h)
{
	return h->reopened || h->reversed || h->state == HAZARD_NOT_HAZARD || h->state == HAZARD_MERGED;
}

static void add(struct measure_list *out, const struct measure *m, const struct hazard *h, struct instant at, int64_t n)
{
	struct measure_entry entry = entry_of(h, at, n);
	measure_list_add(out, m, &entry);
}

static void add_record(struct measure_list *out, const struct hazard *h)
{
	if (h->registered_at.ms)
		add(out, found_of(h), h, h->registered_at, 1);
	if (h->state == HAZARD_CLOSED_OUT)
		add(out, closed_of(h), h, h->closed_at, 1);
}

/* Of the others the events tell, each act once. */
static const struct err *add_events(struct db_tx *tx, int64_t city, struct measure_list *out, const struct hazard *h)
{
	struct event_act *v;
	size_t n;
	bool in = false, closed = false, in_before = false;
	TRY(event_acts(tx, city, "hazard", h->id, &v, &n));
	for (size_t i = 0; i < n; i++) {
		struct str act = v[i].act;
		/* What was merged goes back to where it was: into the ledger if it stood there. */
		bool returns = str_is(act, "unmerge") && in_before;
		bool enters = str_is(act, "register") || str_is(act, "fix_on_spot") || str_is(act, "reopen") || returns;
		bool leaves = str_is(act, "refuse") || str_is(act, "merge");
		if (str_is(act, "merge"))
			in_before = in;
		if (enters ? !in : leaves && in) {
			in = enters;
			add(out, found_of(h), h, v[i].at, in ? 1 : -1);
		}
		if (str_is(act, "close_out") || (closed && str_is(act, "reopen"))) {
			closed = !closed;
			add(out, closed_of(h), h, v[i].at, closed ? 1 : -1);
		}
	}
	return NULL;
}

static const struct err *add_all(struct db_tx *tx, int64_t city, struct measure_list *out, const struct hazard *h)
{
	if (!is_counted(h))
		return NULL;
	if (went_back(h))
		return add_events(tx, city, out, h);
	add_record(out, h);
	return NULL;
}

const struct err *hazard_recount(struct db_tx *tx, int64_t city, struct id after, unsigned limit, struct measure_list *out, struct id *last)
{
	void *rows;
	size_t n;
	*last = ID(0);
	TRY(db_all(tx, &hazard_counted, ARGS(ARG(city), ARG(after), arg_i64(limit)), hazard_row, sizeof(struct hazard), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct hazard *h = (const struct hazard *)rows + i;
		*last = h->id;
		TRY(add_all(tx, city, out, h));
	}
	return NULL;
}

/* ---- for another unit since a day ------------------------------------------------------------ */

static const struct measure *measure_named(struct str name)
{
	for (size_t i = 0; hazard_measures[i]; i++)
		if (str_is(name, hazard_measures[i]->name))
			return hazard_measures[i];
	return NULL;
}

static const struct err *post_all(struct db_tx *tx, struct env *e, const struct hazard *h, int64_t sign)
{
	struct measure_list list = {.a = db_arena(tx)};
	TRY(add_all(tx, e->city, &list, h));
	for (size_t i = 0; i < list.n; i++) {
		struct measure_entry entry = list.v[i];
		entry.n *= sign;
		TRY(measure_add(tx, e, measure_named(entry.measure), &entry));
	}
	return NULL;
}

/* Guarded by its version: whoever acts on it at this moment counts it for where it was, or begins again. */
static const struct err *recount_one(struct db_tx *tx, struct env *e, const struct moving *m, struct hazard *h)
{
	TRY(post_all(tx, e, h, -1));
	h->at_path = moving_at_path(db_arena(tx), m, h->at_path);
	h->at_top_id = ID(m->to_top);
	if (m->to_mid >= 0)
		h->at_mid_id = ID(m->to_mid);
	if (m->to_enterprise >= 0)
		h->at_enterprise_id = ID(m->to_enterprise);
	if (h->at_unit_id.v == m->from_unit.v)
		h->at_unit_id = m->to_unit;
	TRY(post_all(tx, e, h, 1));
	return db_change(tx, &hazard_at_update,
			 ARGS(ARG(e->city), ARG(h->id), ARG(h->version), ARG(h->at_unit_id), ARG(h->at_enterprise_id), ARG(h->at_mid_id),
			      ARG(h->at_top_id), ARG(h->at_path)));
}

const struct err *hazard_recount_since(struct db_tx *tx, struct env *e, const struct moving *m, struct id after, struct id *last)
{
	struct instant since = day_start(m->since);
	void *rows;
	size_t n;
	/* An id is made of the time. */
	if (!after.v)
		after = app_id_at(since, 0);
	TRY(db_i64(tx, &hazard_since_edge, ARGS(ARG(e->city), ARG(after)), 0, &last->v));
	TRY(db_all(tx, &hazard_since,
		   ARGS(ARG(e->city), ARG(after), ARG(*last), ARG(m->from_path), ARG(path_end(db_arena(tx), m->from_path)), ARG(since)),
		   hazard_row, sizeof(struct hazard), &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(recount_one(tx, e, m, (struct hazard *)rows + i));
	return NULL;
}
