/* The rules of changes of the tree, and how they take effect. */
#include "org_change.h"

#include "day.h"
#include "event.h"
#include "feature.h"
#include "job.h"
#include "org_sort.h"
#include "org_sql.h"

#include <string.h>

static const char *const act_words[] = {"", "create", "rename", "move", "merge", "split", "close", NULL};
const struct codes org_acts = {"org_act", act_words};
static const char *const state_words[] = {"", "planned", "running", "done", "cancelled", "refused", NULL};
const struct codes org_change_states = {"org_change_state", state_words};

#define T struct org_change
#define COLUMNS \
	SHAPE(T, id, 0), SHAPE_CODE(T, act, &org_acts), SHAPE(T, unit_id, 0), SHAPE(T, to_id, 0), SHAPE(T, new_id, 0),  \
	SHAPE_CODE(T, kind, &unit_kinds), SHAPE(T, name, ORG_NAME_MAX), SHAPE(T, union_name, ORG_NAME_MAX), SHAPE(T, code, ORG_CODE_MAX),  \
	SHAPE(T, effective_on, 0), SHAPE(T, reason, ORG_REASON_MAX), SHAPE_CODE(T, state, &org_change_states), SHAPE(T, refusal, 0),  \
	SHAPE(T, made_by, 0), SHAPE(T, made_by_name, 0), SHAPE(T, duty_unit_id, 0), SHAPE_CODE(T, duty_role, &role_codes),  \
	SHAPE(T, made_at, 0), SHAPE(T, begun_at, 0), SHAPE(T, ended_at, 0), SHAPE(T, ended_by, 0), SHAPE(T, version, 0),
const struct shape org_change_row[] = {COLUMNS SHAPE_END};
const struct shape org_change_line[] = {COLUMNS SHAPE(T, unit_name, 0), SHAPE(T, unit_path, 0), SHAPE(T, to_name, 0), SHAPE(T, to_path, 0),
					   SHAPE_END};
const struct shape org_change_shape[] = {
	SHAPE(T, id, 0), SHAPE_CODE(T, act, &org_acts), SHAPE(T, unit_id, 0), SHAPE(T, unit_name, 0), SHAPE(T, to_id, 0), SHAPE(T, to_name, 0),
	SHAPE(T, new_id, 0), SHAPE_CODE(T, kind, &unit_kinds), SHAPE(T, name, 0), SHAPE(T, union_name, 0), SHAPE(T, code, 0), SHAPE(T, effective_on, 0),
	SHAPE(T, reason, 0), SHAPE_CODE(T, state, &org_change_states), SHAPE(T, refusal, 0), SHAPE(T, made_by_name, 0),
	SHAPE_CODE(T, duty_role, &role_codes), SHAPE(T, made_at, 0), SHAPE(T, begun_at, 0), SHAPE(T, ended_at, 0), SHAPE(T, version, 0),
	SHAPE_END,
};
#undef T
#undef COLUMNS

struct part {
	struct id id;
	uint32_t kind;
};
static const struct shape part_row[] = {SHAPE(struct part, id, 0), SHAPE_CODE(struct part, kind, &unit_kinds), SHAPE_END};

const struct err *org_change_get(struct db_tx *tx, int64_t city, struct id id, struct org_change *out)
{
	void *rows;
	*out = (struct org_change){0};
	TRY(db_one(tx, &org_change_by_id, ARGS(ARG(city), ARG(id)), org_change_row, out));
	TRY(db_all(tx, &org_change_parts, ARGS(ARG(city), ARG(id)), part_row, sizeof(struct part), &rows, &out->n_parts));
	struct id *parts = ARENA_ARRAY(db_arena(tx), struct id, out->n_parts + 1);
	for (size_t i = 0; i < out->n_parts; i++)
		parts[i] = ((const struct part *)rows)[i].id;
	out->parts = parts;
	return NULL;
}

/* ---- rules ------------------------------------------------------------------------ */

static const struct err *wrong(struct db_tx *tx, const char *field, const char *code)
{
	return err_on_field(db_arena(tx), field, code, "not possible");
}

/* The ones that stand for the same tier of unions may take each other over. */
bool org_are_alike(uint32_t a, uint32_t b)
{
	bool county = (a == UNIT_COUNTY || a == UNIT_ZONE) && (b == UNIT_COUNTY || b == UNIT_ZONE);
	bool small = (a == UNIT_JOINT_UNION || a == UNIT_REGIONAL_UNION) && (b == UNIT_JOINT_UNION || b == UNIT_REGIONAL_UNION);
	return a == b || county || small;
}

/* The kinds that stand below `from` may stand below `to`. */
static const struct err *check_children(struct db_tx *tx, struct env *e, const struct unit *from, const struct unit *to)
{
	void *rows;
	size_t n;
	TRY(db_all(tx, &org_kinds_of_children, ARGS(ARG(e->city), ARG(from->id)), part_row, sizeof(struct part), &rows, &n));
	for (size_t i = 0; i < n; i++)
		if (!org_may_hold(to->kind, ((const struct part *)rows)[i].kind))
			return wrong(tx, "to_unit", "not_here");
	return NULL;
}

static const struct err *check_create(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = {.kind = ch->kind, .name = ch->name, .union_name = ch->union_name, .code = ch->code, .parent_id = s->unit.id};
	if (ch->kind == UNIT_CITY)
		return wrong(tx, "kind", "not_here");
	TRY(org_parent_check(db_arena(tx), &s->unit, ch->kind));
	TRY(org_unit_check(tx, e, &u));
	TRY(org_sort_key(db_arena(tx), u.name, &u.sort_key));
	return org_beside_check(tx, e->city, &u);
}

static const struct err *check_rename(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = s->unit;
	u.name = ch->name;
	u.union_name = ch->union_name;
	TRY(org_unit_check(tx, e, &u));
	TRY(org_sort_key(db_arena(tx), u.name, &u.sort_key));
	return org_beside_check(tx, e->city, &u);
}

static const struct err *check_move(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = s->unit;
	(void)ch;
	if (str_has_prefix(s->to.path, u.path))
		return wrong(tx, "to_unit", "cycle");
	if (s->to.id.v == u.parent_id.v)
		return wrong(tx, "to_unit", "there_already");
	if (!org_may_hold(s->to.kind, u.kind))
		return wrong(tx, "to_unit", "not_here");
	u.parent_id = s->to.id;
	return u.is_closed ? NULL : org_beside_check(tx, e->city, &u);
}

static const struct err *check_merge(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	(void)ch;
	if (s->to.id.v == s->unit.id.v)
		return wrong(tx, "to_unit", "itself");
	if (!org_are_alike(s->unit.kind, s->to.kind))
		return wrong(tx, "to_unit", "other_kind_merge");
	return check_children(tx, e, &s->unit, &s->to);
}

static const struct err *check_split(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = {.kind = s->unit.kind, .name = ch->name, .union_name = ch->union_name, .code = ch->code, .parent_id = s->above.id};
	if (ch->n_parts == 0 || ch->n_parts > ORG_PARTS_MAX)
		return wrong(tx, "parts", ch->n_parts ? "too_many_parts" : "required");
	for (size_t i = 0; i < ch->n_parts; i++)
		if (s->parts[i].parent_id.v != s->unit.id.v)
			return wrong(tx, "parts", "not_below");
	TRY(org_parent_check(db_arena(tx), &s->above, u.kind));
	TRY(org_unit_check(tx, e, &u));
	TRY(org_sort_key(db_arena(tx), u.name, &u.sort_key));
	return org_beside_check(tx, e->city, &u);
}

static const struct err *check_close(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	const struct feature *const *f = app_features(e->app);
	struct target t = {.id = s->unit.id, .unit_id = s->unit.id, .unit_path = s->unit.path, .object = &s->unit};
	(void)ch;
	TRY(org_close_check(tx, e->city, &s->unit, "act"));
	for (; *f; f++) {
		struct along v[4];
		size_t n = 0;
		if ((*f)->goes_along)
			TRY((*f)->goes_along(tx, e->city, &t, e->now, v, &n));
		for (size_t i = 0; i < n; i++)
			if (v[i].holds && v[i].n)
				return wrong(tx, "act", str_fmt(db_arena(tx), "holds_%s", v[i].label).p);
	}
	return NULL;
}

static const struct {
	const struct err *(*check)(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s);
	bool needs_to, needs_name, has_above;
} acts[] = {
	[ORG_CREATE] = {check_create, false, true, false}, [ORG_RENAME] = {check_rename, false, true, false},
	[ORG_MOVE] = {check_move, true, false, true},	   [ORG_MERGE] = {check_merge, true, false, true},
	[ORG_SPLIT] = {check_split, false, true, true},	   [ORG_CLOSE] = {check_close, false, false, true},
};

static const struct err *find(struct db_tx *tx, struct env *e, struct id id, const char *field, struct unit *out)
{
	const struct err *bad = org_unit(tx, e->city, id, out);
	return bad && bad->kind == ERR_MISSING ? wrong(tx, field, "unknown_unit") : bad;
}

const struct err *org_change_subject(struct db_tx *tx, struct env *e, const struct org_change *ch, struct org_subject *s)
{
	*s = (struct org_subject){.parts = ARENA_ARRAY(db_arena(tx), struct unit, ch->n_parts + 1)};
	TRY(find(tx, e, ch->unit_id, "unit_id", &s->unit));
	if (s->unit.parent_id.v)
		TRY(org_unit(tx, e->city, s->unit.parent_id, &s->above));
	if (ch->to_id.v)
		TRY(find(tx, e, ch->to_id, "to_unit", &s->to));
	for (size_t i = 0; i < ch->n_parts && i < ORG_PARTS_MAX; i++)
		TRY(find(tx, e, ch->parts[i], "parts", &s->parts[i]));
	return NULL;
}

const struct err *org_change_check(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	if (ch->act == 0 || ch->act >= ORG_ACT_COUNT)
		return wrong(tx, "act", "required");
	ch->name = str_trim(ch->name);
	ch->union_name = str_trim(ch->union_name);
	ch->code = str_trim(ch->code);
	ch->reason = str_trim(ch->reason);
	if (acts[ch->act].needs_to && !ch->to_id.v)
		return wrong(tx, "to_unit", "required");
	if (acts[ch->act].needs_name && !ch->name.n)
		return wrong(tx, "name", "required");
	TRY(org_change_subject(tx, e, ch, s));
	if (s->unit.is_closed && (ch->act != ORG_RENAME || s->unit.merged_into.v))
		return wrong(tx, "unit_id", "closed");
	if (acts[ch->act].has_above && !s->above.id.v)
		return wrong(tx, "act", "city_stays");
	if (s->to.is_closed)
		return wrong(tx, "to_unit", "closed");
	return acts[ch->act].check(tx, e, ch, s);
}

/* Where it, and all above it, stood on a past day is where they stand now, or nobody could say what figures of that day it takes along. */
static const struct err *check_unmoved(struct db_tx *tx, struct env *e, const struct unit *u, struct day since)
{
	struct unit *above;
	size_t n;
	TRY(org_parents(tx, e->city, u, &above, &n));
	for (size_t i = 0; i <= n; i++) {
		int64_t changes;
		struct id id = i < n ? above[i].id : u->id;
		TRY(db_i64(tx, &org_moved_since, ARGS(ARG(e->city), ARG(id), ARG_DAY(since)), 0, &changes));
		if (changes)
			return wrong(tx, "effective_on", "changed_since");
	}
	return NULL;
}

static const struct err *check_past(struct db_tx *tx, struct env *e, struct org_change *ch, const struct org_subject *s)
{
	ch->backdated = ch->effective_on.ymd < instant_day(e->now).ymd;
	if (!ch->backdated || ch->act < ORG_MOVE)
		return NULL;
	TRY(check_unmoved(tx, e, &s->unit, ch->effective_on));
	return s->to.id.v ? check_unmoved(tx, e, &s->to, ch->effective_on) : NULL;
}

const struct err *org_open_from(struct db_tx *tx, struct env *e, struct day *out)
{
	struct day today = instant_day(e->now);
	*out = today;
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		if ((*f)->open_from)
			TRY((*f)->open_from(tx, e->city, today, out));
	return NULL;
}

const struct err *org_change_day_check(struct db_tx *tx, struct env *e, struct org_change *ch, struct day open_from)
{
	struct day today = instant_day(e->now);
	bool irreversible = ch->act >= ORG_MOVE;
	if (!ch->effective_on.ymd)
		ch->effective_on = today;
	if (ch->effective_on.ymd > day_add(today, ORG_AHEAD_DAYS).ymd)
		return wrong(tx, "effective_on", "too_far");
	if (ch->effective_on.ymd < open_from.ymd)
		return wrong(tx, "effective_on", "period_closed");
	if (ch->reason.n == 0 && (irreversible || ch->effective_on.ymd < today.ymd))
		return wrong(tx, "reason", "required");
	return str_chars(ch->reason) > ORG_REASON_MAX ? wrong(tx, "reason", "too_long") : NULL;
}

/* ---- taking effect ------------------------------------------------------------------- */

static const struct err *create(struct db_tx *tx, struct env *e, struct org_change *ch, struct id above, uint32_t kind, struct unit *u)
{
	*u = (struct unit){.kind = kind, .name = ch->name, .union_name = ch->union_name, .code = ch->code};
	TRY(org_unit_add(tx, e, above, u));
	ch->new_id = u->id;
	return NULL;
}

static const struct err *split(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = {0};
	TRY(create(tx, e, ch, s->above.id, s->unit.kind, &u));
	for (size_t i = 0; i < ch->n_parts; i++)
		TRY(org_move(tx, e, ch, &s->parts[i], &u));
	struct event ev = {.object_kind = "unit", .object_id = s->unit.id, .act = "split", .unit_id = s->unit.id};
	event_plain(&ev, "new_id", str_fmt(db_arena(tx), "%lld", (long long)u.id.v));
	return event_append(tx, e, &ev);
}

static const struct err *act(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	struct unit u = s->unit;
	switch (ch->act) {
	case ORG_CREATE:
		return create(tx, e, ch, s->unit.id, ch->kind, &u);
	case ORG_MOVE:
		return org_move(tx, e, ch, &u, &s->to);
	case ORG_MERGE:
		return org_merge(tx, e, ch, &u, &s->to);
	case ORG_SPLIT:
		return split(tx, e, ch, s);
	case ORG_CLOSE:
		u.is_closed = true;
		return org_unit_change(tx, e, &u);
	default:
		u.name = ch->name;
		u.union_name = ch->union_name;
		return org_unit_change(tx, e, &u);
	}
}

static bool has_rows_behind(const struct org_change *ch)
{
	return ch->act == ORG_MOVE || ch->act == ORG_MERGE || ch->act == ORG_SPLIT;
}

static const struct err *take_effect(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	TRY(act(tx, e, ch, s));
	ch->begun_at = e->now;
	ch->state = has_rows_behind(ch) ? ORG_RUNNING : ORG_DONE;
	if (ch->state == ORG_DONE)
		ch->ended_at = e->now;
	return NULL;
}

static const struct err *store(struct db_tx *tx, struct env *e, const struct org_change *ch)
{
	TRY(db_exec(tx, &org_change_insert,
		    ARGS(ARG(e->city), ARG(ch->id), ARG_CODE(org_acts, ch->act), ARG(ch->unit_id), ARG(ch->to_id), ARG(ch->new_id),
			 ARG_CODE(unit_kinds, ch->kind), ARG(ch->name), ARG(ch->union_name), ARG(ch->code), ARG_DAY(ch->effective_on),
			 ARG(ch->reason), ARG_CODE(org_change_states, ch->state), ARG(ch->made_by), ARG(ch->made_by_name),
			 ARG(ch->duty_unit_id), ARG_CODE(role_codes, ch->duty_role), ARG(ch->made_at)),
		    NULL));
	for (size_t i = 0; i < ch->n_parts; i++)
		TRY(db_exec(tx, &org_change_part_insert, ARGS(ARG(e->city), ARG(ch->id), ARG(ch->parts[i])), NULL));
	return NULL;
}

static const struct err *reached(struct db_tx *tx, struct env *e, struct org_change *ch)
{
	return db_change(tx, &org_change_reach,
			 ARGS(ARG(e->city), ARG(ch->id), ARG(ch->version), ARG_CODE(org_change_states, ch->state), ARG(ch->new_id),
			      ARG(ch->refusal), ARG(ch->begun_at), ARG(ch->ended_at), ARG(ch->ended_by)));
}

static const struct err *told(struct db_tx *tx, struct env *e, const struct org_change *ch, const char *what)
{
	struct event ev = {.object_kind = "org_change", .object_id = ch->id, .act = what, .unit_id = ch->unit_id};
	event_plain(&ev, "act", str_of(codes_word(&org_acts, ch->act)));
	event_plain(&ev, "unit_id", str_fmt(db_arena(tx), "%lld", (long long)ch->unit_id.v));
	if (ch->to_id.v)
		event_plain(&ev, "to_id", str_fmt(db_arena(tx), "%lld", (long long)ch->to_id.v));
	event_plain(&ev, "effective_on", day_text(db_arena(tx), ch->effective_on));
	if (ch->reason.n)
		event_text(&ev, "reason", ch->reason);
	return event_append(tx, e, &ev);
}

static const struct err *plan(struct db_tx *tx, struct env *e, struct org_change *ch)
{
	ch->state = ORG_PLANNED;
	TRY(store(tx, e, ch));
	return job_add(tx, e, "org.changes", str_fmt(db_arena(tx), "%lld", (long long)ch->id.v), STR_NONE, day_start(ch->effective_on));
}

static const struct err *at_once(struct db_tx *tx, struct env *e, struct org_change *ch, struct org_subject *s)
{
	ch->state = ORG_RUNNING;
	TRY(store(tx, e, ch));
	TRY(take_effect(tx, e, ch, s));
	return reached(tx, e, ch);
}

const struct err *org_change_make(struct db_tx *tx, struct env *e, struct org_change *ch, struct day open_from, int64_t version)
{
	struct org_subject s = {0};
	TRY(org_tree_lock(tx, e));
	TRY(org_change_check(tx, e, ch, &s));
	TRY(org_change_day_check(tx, e, ch, open_from));
	TRY(check_past(tx, e, ch, &s));
	if (version && s.unit.version != version)
		return err_stale(db_arena(tx), version, s.unit.version);
	ch->id = env_id(e);
	ch->version = 1;
	ch->made_at = e->now;
	ch->made_by = e->actor->person_id;
	ch->made_by_name = e->actor->name;
	ch->duty_unit_id = e->act_unit;
	ch->duty_role = e->act_role;
	bool planned = ch->effective_on.ymd > instant_day(e->now).ymd;
	TRY(planned ? plan(tx, e, ch) : at_once(tx, e, ch, &s));
	return told(tx, e, ch, planned ? "plan" : "carry_out");
}

const struct err *org_change_cancel(struct db_tx *tx, struct env *e, struct id id, int64_t version)
{
	struct org_change ch = {0};
	TRY(org_change_get(tx, e->city, id, &ch));
	if (ch.version != version)
		return err_stale(db_arena(tx), version, ch.version);
	if (ch.state != ORG_PLANNED)
		return ERR(db_arena(tx), ERR_CONFLICT, "not_planned", "it is %s", codes_word(&org_change_states, ch.state));
	ch.state = ORG_CANCELLED;
	ch.ended_at = e->now;
	ch.ended_by = e->actor->person_id;
	TRY(reached(tx, e, &ch));
	return told(tx, e, &ch, "cancel");
}

/* ---- on its day ------------------------------------------------------------------------ */

struct due {
	struct id id;
	const struct err *bad;
	bool refuse;
};

static struct str refusal_of(const struct err *e)
{
	return e->fields ? e->fields->code : e->code;
}

/* What cannot be any more is refused for good; what others hold for a moment is tried again. */
static const struct err *carry_out(struct db_tx *tx, struct env *e, void *ctx)
{
	struct due *d = ctx;
	struct org_change ch = {0};
	struct org_subject s = {0};
	TRY(org_tree_lock(tx, e));
	TRY(org_change_get(tx, e->city, d->id, &ch));
	if (ch.state != ORG_PLANNED)
		return NULL;
	e->act_unit = ch.duty_unit_id;
	e->act_role = ch.duty_role;
	if (d->refuse) {
		ch.state = ORG_REFUSED;
		ch.refusal = refusal_of(d->bad);
		ch.ended_at = e->now;
		TRY(reached(tx, e, &ch));
		return told(tx, e, &ch, "refuse");
	}
	TRY(org_change_check(tx, e, &ch, &s));
	/* After a standstill its day is past: what was reported since then goes along. */
	TRY(check_past(tx, e, &ch, &s));
	TRY(take_effect(tx, e, &ch, &s));
	TRY(reached(tx, e, &ch));
	return told(tx, e, &ch, "carry_out");
}

static const struct err *carry_out_or_refuse(struct env *e, struct id id)
{
	struct due d = {.id = id};
	d.bad = env_write(e, carry_out, &d);
	d.refuse = d.bad && (d.bad->kind == ERR_INPUT || (d.bad->kind == ERR_CONFLICT && !str_is(d.bad->code, "claimed")));
	return d.refuse ? env_write(e, carry_out, &d) : d.bad;
}

struct due_list {
	struct part *v;
	size_t n;
};

static const struct err *read_due(struct db_tx *tx, struct env *e, void *ctx)
{
	struct due_list *l = ctx;
	void *rows;
	TRY(db_all(tx, &org_changes_due, ARGS(ARG(e->city), ARG_DAY(instant_day(e->now)), arg_i64(100)), part_row, sizeof(struct part), &rows,
		   &l->n));
	l->v = rows;
	return NULL;
}

const struct err *org_changes_job(struct env *e, struct str payload)
{
	struct due_list l = {0};
	const struct err *bad = NULL;
	(void)payload;
	TRY(env_read(e, read_due, &l));
	for (size_t i = 0; i < l.n; i++) {
		const struct err *one = carry_out_or_refuse(e, l.v[i].id);
		bad = bad ? bad : one;
	}
	return bad;
}
