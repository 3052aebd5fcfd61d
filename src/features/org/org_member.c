#include "org_member.h"

#include "day.h"
#include "event.h"
#include "org_sql.h"

#define T struct membership
const struct shape membership_row[] = {
	SHAPE(T, id, 0), SHAPE(T, union_id, 0), SHAPE(T, employer_id, 0), SHAPE(T, from_on, 0), SHAPE(T, to_on, 0), SHAPE(T, version, 0),
	SHAPE(T, employer_name, 0), SHAPE(T, employer_code, 0), SHAPE(T, employer_path, 0), SHAPE(T, union_name, 0), SHAPE(T, union_path, 0),
	SHAPE_END,
};
const struct shape membership_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, employer_id, 0), SHAPE(T, employer_name, 0), SHAPE(T, employer_code, 0), SHAPE(T, union_id, 0),
	SHAPE(T, union_name, 0), SHAPE(T, from_on, 0), SHAPE(T, to_on, 0), SHAPE(T, version, 0), SHAPE_END,
};
#undef T

bool org_takes_members(uint32_t kind)
{
	return kind == UNIT_INDUSTRY_UNION || kind == UNIT_JOINT_UNION || kind == UNIT_REGIONAL_UNION;
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct membership *m, const char *act)
{
	struct event ev = {.object_kind = "unit", .object_id = m->employer_id, .act = act, .unit_id = m->union_id};
	event_plain(&ev, "union_id", str_fmt(db_arena(tx), "%lld", (long long)m->union_id.v));
	event_plain(&ev, "from_on", day_text(db_arena(tx), m->from_on));
	event_plain(&ev, "to_on", day_text(db_arena(tx), m->to_on));
	return event_append(tx, e, &ev);
}

static const struct err *check(struct db_tx *tx, struct env *e, struct membership *m)
{
	struct arena *a = db_arena(tx);
	struct unit over, member;
	struct day today = instant_day(e->now);
	TRY(org_unit(tx, e->city, m->union_id, &over));
	TRY(org_unit(tx, e->city, m->employer_id, &member));
	if (!org_takes_members(over.kind) || over.is_closed)
		return err_on_field(a, "unit", over.is_closed ? "closed" : "no_members_here", "this unit takes no members");
	if (member.kind != UNIT_EMPLOYER || member.is_closed)
		return err_on_field(a, "unit", member.is_closed ? "closed" : "only_employers", "employers only");
	if (str_has_prefix(member.path, over.path))
		return err_on_field(a, "unit", "stands_below", "it reports to this union");
	if (!m->from_on.ymd)
		m->from_on = today;
	return m->from_on.ymd > today.ymd ? err_on_field(a, "from_on", "in_the_future", "not after today") : NULL;
}

const struct err *org_member_add(struct db_tx *tx, struct env *e, struct membership *m)
{
	int64_t open;
	TRY(check(tx, e, m));
	TRY(db_i64(tx, &org_member_open, ARGS(ARG(e->city), ARG(m->union_id), ARG(m->employer_id)), 0, &open));
	if (open)
		return org_taken(db_arena(tx), "unit");
	m->id = env_id(e);
	m->version = 1;
	TRY(db_exec(tx, &org_member_insert, ARGS(ARG(e->city), ARG(m->id), ARG(m->union_id), ARG(m->employer_id), ARG_DAY(m->from_on)), NULL));
	return tell(tx, e, m, "join");
}

const struct err *org_member_stop(struct db_tx *tx, struct env *e, struct id id, struct day to_on, int64_t version)
{
	struct membership m;
	TRY(db_one(tx, &org_member_by_id, ARGS(ARG(e->city), ARG(id)), membership_row, &m));
	m.to_on = to_on.ymd ? to_on : instant_day(e->now);
	if (m.version != version)
		return err_stale(db_arena(tx), version, m.version);
	if (m.to_on.ymd < m.from_on.ymd || m.to_on.ymd > instant_day(e->now).ymd)
		return err_on_field(db_arena(tx), "to_on", m.to_on.ymd < m.from_on.ymd ? "before_begin" : "in_the_future", "not on that day");
	TRY(db_change(tx, &org_member_end, ARGS(ARG(e->city), ARG(id), ARG(version), ARG_DAY(m.to_on))));
	return tell(tx, e, &m, "leave");
}

const struct err *org_memberships(struct db_tx *tx, int64_t city, struct id employer, struct membership **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &org_members_of_employer, ARGS(ARG(city), ARG(employer)), membership_row, sizeof(struct membership), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *org_merged(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	struct day today = instant_day(e->now);
	TRY(db_exec(tx, &org_member_union_follows, ARGS(ARG(e->city), ARG(from), ARG(to)), NULL));
	TRY(db_exec(tx, &org_member_employer_follows, ARGS(ARG(e->city), ARG(from), ARG(to)), NULL));
	TRY(db_exec(tx, &org_member_union_ends, ARGS(ARG(e->city), ARG(from), ARG_DAY(today)), NULL));
	return db_exec(tx, &org_member_employer_ends, ARGS(ARG(e->city), ARG(from), ARG_DAY(today)), NULL);
}
