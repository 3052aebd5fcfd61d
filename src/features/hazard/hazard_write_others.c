/* Acts that concern something besides the record: a transfer to another employer, merging. */
#include "event.h"
#include "hazard_acts.h"
#include "hazard_clock_model.h"
#include "hazard_sql.h"
#include "hazard_words.h"
#include "hazard_write.h"

static const struct err *find_unit(struct db_tx *tx, struct env *e, const struct hazard *h, struct str named, const struct unit **out)
{
	static const struct place nowhere = {0};
	struct unit *u = ARENA_NEW(e->a, struct unit);
	TRY(hazard_on_field(e->a, org_unit_named(tx, e->city, named, u), "unit_id"));
	if (u->id.v == h->unit_id.v)
		return err_on_field(e->a, "unit_id", "same_unit", "it is there already");
	if (!u->enterprise_id.v)
		return err_on_field(e->a, "unit_id", "no_employer", "an employer or a part of one");
	TRY(hazard_check_open(tx, e, u, &nowhere, "unit_id"));
	*out = u;
	return NULL;
}

/* Of another employer and none at all are told alike. */
static const struct err *find_hazard(struct db_tx *tx, struct env *e, const struct hazard *h, struct str named, const struct hazard **out)
{
	struct hazard *into = ARENA_NEW(e->a, struct hazard);
	int64_t id = 0;
	if (!str_i64(named, 1, INT64_MAX, &id))
		TRY(hazard_on_field(e->a, db_i64(tx, &hazard_id_by_number, ARGS(ARG(e->city), ARG(named)), 0, &id), "into_id"));
	TRY(hazard_on_field(e->a, hazard_get(tx, e->city, ID(id), into), "into_id"));
	if (into->enterprise_id.v != h->enterprise_id.v)
		return err_on_field(e->a, "into_id", "unknown", "none of this employer");
	if (into->id.v == h->id.v)
		return err_on_field(e->a, "into_id", "same_hazard", "another one");
	if (!hazard_is_open(into) || into->state == HAZARD_TRANSFERRED)
		return err_on_field(e->a, "into_id", "not_open", "it is not open here");
	*out = into;
	return NULL;
}

const struct err *hazard_find_others(struct db_tx *tx, struct env *e, struct hazard_case *k)
{
	if (k->in->unit_id.n)
		TRY(find_unit(tx, e, k->h, k->in->unit_id, &k->to));
	return k->in->into_id.n ? find_hazard(tx, e, k->h, k->in->into_id, &k->into) : NULL;
}

static const struct err *keep_other(struct db_tx *tx, struct env *e, const char *act, const struct hazard *h, const struct hazard *was,
				    struct hazard *other)
{
	struct event ev = {.object_kind = "hazard", .object_id = other->id, .act = act, .unit_id = other->unit_id};
	event_plain(&ev, "other_number", h->number);
	other->updated_at = e->now;
	if (!hazard_clock_is_same(was, other))
		TRY(hazard_due_now(tx, e->city, other, &other->due_at));
	TRY(hazard_store(tx, e->city, other));
	TRY(hazard_clock_follow(tx, e, was, other));
	hazard_act_as(e, other->unit_path);
	TRY(event_append(tx, e, &ev));
	return hazard_words_later(tx, e, other->id);
}

const struct err *hazard_keep_others(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h)
{
	struct hazard other;
	if (was->unit_id.v != h->unit_id.v)
		TRY(db_exec(tx, &hazard_rehome, ARGS(ARG(e->city), ARG(h->id), ARG(h->unit_id), ARG(h->enterprise_id), ARG(h->mid_id),
						     ARG(h->top_id), ARG(h->unit_path)), NULL));
	if (was->merged_into.v == h->merged_into.v)
		return NULL;
	TRY(hazard_get(tx, e->city, h->merged_into.v ? h->merged_into : was->merged_into, &other));
	const struct hazard before = other;
	if (h->merged_into.v) {
		hazard_take_in(h, &other);
		return keep_other(tx, e, "take_in", h, &before, &other);
	}
	other.merged_here--;
	return keep_other(tx, e, "let_go", h, &before, &other);
}
