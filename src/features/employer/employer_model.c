#include "employer_model.h"

#include "account.h"
#include "employer_name.h"
#include "employer_sql.h"
#include "event.h"

#include <string.h>

static const char *const kind_words[] = {"", "enterprise", "institution", "household", "cooperative", "project_site", NULL};
const struct codes employer_kinds = {"employer_kind", kind_words};
static const char *const owner_words[] = {"", "state", "collective", "private", "hmt", "foreign", "other", NULL};
const struct codes ownerships = {"ownership", owner_words};
static const char *const union_words[] = {"", "own", "covered", "none", NULL};
const struct codes union_states = {"union_state", union_words};
static const char *const yes_words[] = {"", "yes", "no", NULL};
const struct codes yes_or_no = {"yes_or_no", yes_words};

const char *const employer_naables[] = {"union_code", "dispatched", "contracted", "turnover_fen", "assets_fen", "old_number", "chair_name", "officer_name", NULL};

#define FACTS                                                                                                                  \
	SHAPE_CODE(struct employer, employer_kind, &employer_kinds), SHAPE_CODE(struct employer, ownership, &ownerships),      \
		SHAPE_CODE(struct employer, union_state, &union_states), SHAPE(struct employer, union_unit_id, 0),             \
		SHAPE(struct employer, union_code, 0), SHAPE(struct employer, own_staff, 0), SHAPE(struct employer, dispatched, 0), \
		SHAPE(struct employer, contracted, 0), SHAPE(struct employer, turnover_fen, 0), SHAPE(struct employer, assets_fen, 0), \
		SHAPE_CODE(struct employer, labour_intensive, &yes_or_no), SHAPE(struct employer, address, 0),                 \
		SHAPE(struct employer, old_number, 0), SHAPE(struct employer, not_applicable, 0),                              \
		SHAPE_CODE(struct employer, size_set, &employer_sizes), SHAPE_CODE(struct employer, high_risk_set, &yes_or_no), \
		SHAPE(struct employer, high_risk_reason, 0)
#define IN_CHARGE                                                                                                              \
	SHAPE(struct employer, principal_id, 0), SHAPE(struct employer, principal_name, 0),                                    \
		SHAPE_FOR(struct employer, principal_phone, 0, SEE_PHONE), SHAPE(struct employer, chair_id, 0),                \
		SHAPE(struct employer, chair_name, 0), SHAPE_FOR(struct employer, chair_phone, 0, SEE_PHONE),                  \
		SHAPE(struct employer, officer_id, 0), SHAPE(struct employer, officer_name, 0),                                \
		SHAPE_FOR(struct employer, officer_phone, 0, SEE_PHONE)
#define BY_HAND                                                                                                                \
	SHAPE(struct employer, high_risk_by, 0), SHAPE(struct employer, high_risk_by_name, 0),                                 \
		SHAPE(struct employer, high_risk_at, 0), SHAPE(struct employer, changed_at, 0), SHAPE(struct employer, version, 0)

static const struct shape facts[] = {FACTS, SHAPE_END};
static const struct shape in_charge[] = {IN_CHARGE, SHAPE_END};
const struct shape employer_row[] = {SHAPE(struct employer, id, 0), SHAPE(struct employer, name_key, 0), SHAPE(struct employer, code_key, 0),
				     SHAPE(struct employer, number_key, 0), FACTS, IN_CHARGE, BY_HAND, SHAPE_END};
const struct shape employer_shape[] = {FACTS, IN_CHARGE, BY_HAND, SHAPE_END};

bool employer_is_na(const struct employer *p, const char *member)
{
	struct str rest = p->not_applicable;
	while (rest.n)
		if (str_is(str_cut(&rest, ' '), member))
			return true;
	return false;
}

/* ---- reading ---------------------------------------------------------------------------- */

const struct err *employer_read(struct db_tx *tx, int64_t city, struct id unit, struct employer *out)
{
	bool found;
	*out = (struct employer){.id = unit};
	return db_find(tx, &employer_by_id, ARGS(ARG(city), ARG(unit)), employer_row, out, &found);
}

const struct err *employer_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	TRY(org_locate_unit(tx, c, t));
	const struct unit *u = t->object;
	return u->kind == UNIT_EMPLOYER ? NULL : ERR(c->a, ERR_MISSING, NULL, "no employer");
}

/* Its own union, or the small union that stands above it. */
static void derive_union(struct employer_facts *f)
{
	f->union_state = f->p.union_state;
	if (f->union_state)
		return;
	f->union_state = f->unit.union_name.n ? (uint32_t)UNION_OWN : 0;
	for (size_t i = 0; i < f->n_parents && !f->union_state; i++) {
		uint32_t kind = f->parents[i].kind;
		if (kind != UNIT_JOINT_UNION && kind != UNIT_REGIONAL_UNION && kind != UNIT_INDUSTRY_UNION)
			continue;
		f->union_state = UNION_COVERED;
		f->union_unit = f->parents[i];
	}
	f->union_derived = f->union_state != 0;
}

/* A flag from before anybody used the register was somebody's decision: it stays until somebody decides otherwise. */
static void keep_flag(struct employer_facts *f)
{
	if (!f->p.changed_at.ms && f->unit.high_risk && !f->risk.is_high && !f->risk.depends)
		f->p.high_risk_set = SAID_YES;
}

static void apply_rules(struct arena *a, struct employer_facts *f)
{
	f->staff = employer_staff(&f->p, &f->unit);
	f->size = employer_size_of(a, f->unit.industry, f->staff, f->p.turnover_fen, f->p.assets_fen);
	f->risk = employer_risk_of(f->unit.industry);
	f->labour = f->p.labour_intensive ? f->p.labour_intensive : employer_labour_of(f->unit.industry, f->staff);
}

void employer_facts_new(struct arena *a, struct employer_facts *f)
{
	derive_union(f);
	apply_rules(a, f);
	keep_flag(f);
}

const struct err *employer_facts(struct db_tx *tx, int64_t city, struct id id, struct employer_facts *out)
{
	TRY(org_unit(tx, city, id, &out->unit));
	TRY(employer_read(tx, city, id, &out->p));
	TRY(org_parents(tx, city, &out->unit, &out->parents, &out->n_parents));
	derive_union(out);
	if (out->p.union_unit_id.v)
		TRY(org_unit_now(tx, city, out->p.union_unit_id, &out->union_unit));
	apply_rules(db_arena(tx), out);
	keep_flag(out);
	return NULL;
}

/* ---- writing ------------------------------------------------------------------------------ */

static const struct err *update(struct db_tx *tx, struct env *e, const struct employer *p)
{
	return db_change(tx, &employer_update,
			 ARGS(ARG(e->city), ARG(p->id), ARG(p->version), ARG_CODE(employer_kinds, p->employer_kind), ARG_CODE(ownerships, p->ownership),
			      ARG_CODE(union_states, p->union_state), ARG(p->union_unit_id), ARG(p->union_code), ARG(p->own_staff), ARG(p->dispatched),
			      ARG(p->contracted), ARG(p->turnover_fen), ARG(p->assets_fen), ARG_CODE(yes_or_no, p->labour_intensive), ARG(p->address),
			      ARG(p->old_number), ARG(p->principal_id), ARG(p->principal_name), ARG(p->principal_phone), ARG(p->chair_id),
			      ARG(p->chair_name), ARG(p->chair_phone), ARG(p->officer_id), ARG(p->officer_name), ARG(p->officer_phone),
			      ARG(p->not_applicable), ARG_CODE(employer_sizes, p->size_set), ARG_CODE(yes_or_no, p->high_risk_set),
			      ARG(p->high_risk_reason), ARG(p->high_risk_by), ARG(p->high_risk_by_name), ARG(p->high_risk_at), ARG(p->changed_at)));
}

static bool is_text(const struct shape *s)
{
	return s->off == offsetof(struct employer, address) || s->off == offsetof(struct employer, high_risk_reason);
}

/* What changed, on the chain of the unit: one history for all that is known of an employer. */
static const struct err *tell(struct db_tx *tx, struct env *e, const char *act, const struct shape *shape, const struct employer *was,
			      const struct employer *p)
{
	struct arena *a = db_arena(tx);
	struct event ev = {.object_kind = "unit", .object_id = p->id, .act = act, .unit_id = p->id};
	for (const struct shape *s = shape; s->name; s++) {
		struct str old = shape_text(a, s, was), new = shape_text(a, s, p);
		if (str_eq(old, new))
			continue;
		if (shape == in_charge && s->type == SHAPE_T_STR)
			event_person(&ev, s->name, new, s->right);
		else if (is_text(s))
			event_text(&ev, s->name, new);
		else
			event_plain(&ev, s->name, new);
	}
	return ev.n ? event_append(tx, e, &ev) : NULL;
}

static void set_by_hand(struct env *e, const struct employer *was, struct employer *p)
{
	bool same = p->high_risk_set == was->high_risk_set && str_eq(p->high_risk_reason, was->high_risk_reason);
	if (!p->high_risk_set)
		p->high_risk_reason = STR("");
	if (same)
		return;
	p->high_risk_by = p->high_risk_set ? e->actor->person_id : ID(0);
	p->high_risk_by_name = p->high_risk_set ? e->actor->name : STR("");
	p->high_risk_at = p->high_risk_set ? e->now : INSTANT(0);
}

/* What follows for the unit: lists and figures read it there. */
static void take_rules(struct employer_facts *f)
{
	struct unit *u = &f->unit;
	uint32_t non_public = employer_non_public_of(f->p.ownership);
	if (f->p.own_staff.is)
		u->headcount = f->staff.v;
	if (f->p.size_set || f->size.size)
		u->size = f->p.size_set ? f->p.size_set : f->size.size;
	if (f->p.high_risk_set)
		u->high_risk = f->p.high_risk_set == SAID_YES;
	else if (!f->risk.depends)
		u->high_risk = f->risk.is_high;
	if (non_public)
		u->non_public = non_public == SAID_YES;
}

static bool same_unit(struct arena *a, const struct unit *x, const struct unit *y)
{
	for (const struct shape *s = unit_shape; s->name; s++)
		if (!str_eq(shape_text(a, s, x), shape_text(a, s, y)))
			return false;
	return true;
}

static const struct err *check_person(struct db_tx *tx, struct env *e, const struct unit *u, struct id id, const char *field, struct str *name)
{
	struct person p;
	struct unit at;
	if (!id.v)
		return NULL;
	const struct err *bad = account_person(tx, e->city, id, &p);
	if (!bad)
		bad = org_unit(tx, e->city, p.unit_id, &at);
	if (bad && bad->kind != ERR_MISSING)
		return bad;
	if (bad || at.enterprise_id.v != u->id.v || p.has_left)
		return err_on_field(db_arena(tx), field, "not_of_employer", "不是本单位的人员");
	*name = p.name;
	return NULL;
}

static const struct err *check_union(struct db_tx *tx, struct env *e, struct employer *p)
{
	struct unit u;
	if (p->union_state != UNION_COVERED)
		p->union_unit_id = ID(0);
	if (!p->union_unit_id.v)
		return NULL;
	const struct err *bad = org_unit_now(tx, e->city, p->union_unit_id, &u);
	if (bad && bad->kind != ERR_MISSING)
		return bad;
	if (bad || (u.kind != UNIT_JOINT_UNION && u.kind != UNIT_REGIONAL_UNION && u.kind != UNIT_INDUSTRY_UNION))
		return err_on_field(db_arena(tx), "union_unit", "no_small_union", "不是联合、区域或产业工会");
	p->union_unit_id = u.id;
	return NULL;
}

const struct err *employer_check(struct db_tx *tx, struct env *e, const struct employer_facts *was, struct employer *p)
{
	TRY(check_person(tx, e, &was->unit, p->principal_id, "principal_id", &p->principal_name));
	TRY(check_person(tx, e, &was->unit, p->chair_id, "chair_id", &p->chair_name));
	TRY(check_person(tx, e, &was->unit, p->officer_id, "officer_id", &p->officer_name));
	TRY(check_union(tx, e, p));
	if (p->high_risk_set && !p->high_risk_reason.n && p->high_risk_set != was->p.high_risk_set)
		return err_on_field(db_arena(tx), "high_risk_reason", "reason_needed", "与行业判定不同，请写明理由");
	return NULL;
}

const struct err *employer_save(struct db_tx *tx, struct env *e, struct employer *p, struct str industry)
{
	struct employer_facts was = {0}, is;
	TRY(employer_facts(tx, e->city, p->id, &was));
	if (was.unit.kind != UNIT_EMPLOYER)
		return ERR(db_arena(tx), ERR_MISSING, NULL, "no employer");
	if (was.p.version != p->version)
		return err_stale(db_arena(tx), p->version, was.p.version);
	TRY(employer_check(tx, e, &was, p));
	if (!p->version) {
		TRY(employer_keys(tx, e, &was.unit, STR("")));
		p->version = 1;
	}
	set_by_hand(e, &was.p, p);
	p->changed_at = e->now;
	TRY(update(tx, e, p));
	TRY(tell(tx, e, "profile", facts, &was.p, p));
	TRY(tell(tx, e, "in_charge", in_charge, &was.p, p));
	is = was;
	is.p = *p;
	is.unit.industry = industry;
	apply_rules(db_arena(tx), &is);
	take_rules(&is);
	p->version++;
	if (!same_unit(db_arena(tx), &is.unit, &was.unit))
		return org_unit_change(tx, e, &is.unit);
	return employer_keys(tx, e, &was.unit, p->old_number);
}
