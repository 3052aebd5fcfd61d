#include "org_import.h"

#include "org_above.h"
#include "org_model.h"
#include "org_sql.h"
#include "org_uscc.h"

#include <string.h>

const struct perm org_import_employers = {"import.employers", R_CADRES | R(ROLE_SYSTEM_ADMIN)};
const struct perm org_import_units = {"import.units", R(ROLE_CADRE_COUNTY) | R(ROLE_CADRE_CITY) | R(ROLE_SYSTEM_ADMIN)};

static const struct import_field unit_fields[] = {
	{.name = "name", .label = "org_name", .also = "单位名称|单位|组织名称|单位全称|unit|unitname", .type = IMPORT_TEXT, .max = ORG_NAME_MAX, .required = true},
	{.name = "kind", .label = "org_kind", .also = "类型|单位类别|单位类型|层级|级别|type", .type = IMPORT_WORD, .codes = &unit_kinds, .required = true,
	 .words = "区县=county|县=county|区=county|市辖区=county|乡镇=township|街道=township|乡=township|镇=township|镇街=township|集团=enterprise_group|市直=direct_units|"
		  "产业=industry_union|企业=employer|单位=employer|车间(部门)=workshop|部门=workshop|分厂=workshop|小组=team|班=team|工段=workshop"},
	{.name = "parent_id", .label = "f_parent_id", .also = ORG_ABOVE_ALSO, .type = IMPORT_TEXT, .max = 3 * ORG_NAME_MAX},
	{.name = "code", .label = "org_code", .also = "单位代码|单位编码|区划代码|行政区划代码|unitcode", .type = IMPORT_CODE, .max = ORG_CODE_MAX},
	{.name = "union_name", .label = "f_union_name", .also = "工会名称|union", .type = IMPORT_TEXT, .max = ORG_NAME_MAX},
	{.name = "headcount", .label = "f_headcount", .also = "职工总数|人数|职工数", .type = IMPORT_NUMBER, .max = ORG_HEADCOUNT_MAX},
	{.name = "is_closed", .label = "f_is_closed", .also = "是否关闭|关闭|是否撤销", .type = IMPORT_YES},
	{.name = "id", .label = "org_import_id", .type = IMPORT_CODE, .max = 20},
	{0},
};

/* ---- which unit a row means --------------------------------------------------------- */

struct meaning {
	struct above above;
	bool has_above;
	struct unit was; /* what is there already */
	bool found;
};

static const struct err *look_at(struct db_tx *tx, struct env *e, struct id id, struct meaning *m)
{
	return db_find(tx, &org_unit_by_id, ARGS(ARG(e->city), ARG(id)), unit_row, &m->was, &m->found);
}

static const struct err *by_own_numbers(struct db_tx *tx, struct env *e, struct import_item *it, struct meaning *m)
{
	struct str code = import_value(it, "code"), uscc = uscc_normal(it->a, import_value(it, "uscc"));
	struct id id = it->linked;
	if (!id.v && import_value(it, "id").n && !str_i64(import_value(it, "id"), 1, INT64_MAX, &id.v))
		import_wrong(it, "id", "unknown_unit", import_value(it, "id"));
	if (id.v)
		TRY(look_at(tx, e, id, m));
	if (id.v && !m->found)
		import_wrong(it, "id", "unknown_unit", STR_NONE);
	if (!id.v && uscc.n)
		TRY(db_find(tx, &org_unit_with_uscc, ARGS(ARG(e->city), ARG(uscc)), unit_row, &m->was, &m->found));
	if (!id.v && !m->found && code.n)
		TRY(db_find(tx, &org_unit_with_code, ARGS(ARG(e->city), ARG(code)), unit_row, &m->was, &m->found));
	return NULL;
}

/* A sheet of one township's employers seldom says the township in each row. */
static const struct err *own_place(struct db_tx *tx, struct env *e, struct import_item *it, uint32_t kind, struct meaning *m)
{
	const struct duty *d = widest_duty(it->actor, it->kind->perm);
	struct unit u;
	if (!d)
		return NULL;
	TRY(org_unit(tx, e->city, d->unit_id, &u));
	bool is_narrow = u.kind == UNIT_TOWNSHIP || u.kind == UNIT_INDUSTRY_UNION || it->actor->person_id.v == 0;
	m->has_above = is_narrow && org_may_hold(u.kind, kind);
	m->above = (struct above){.unit = u};
	return NULL;
}

static const struct err *find_above(struct db_tx *tx, struct env *e, struct import_item *it, uint32_t kind, struct meaning *m)
{
	struct str text = import_value(it, "parent_id");
	if (text.n == 0)
		return own_place(tx, e, it, kind, m);
	m->has_above = true;
	TRY(org_above(tx, e, it, text, true, &m->above));
	if (m->above.wrong)
		import_wrong(it, "parent_id", m->above.wrong, text);
	return NULL;
}

static const struct err *by_name(struct db_tx *tx, struct env *e, struct import_item *it, struct meaning *m)
{
	bool has_number = import_value(it, "uscc").n || import_value(it, "code").n || it->linked.v || import_value(it, "id").n;
	if (m->found || has_number || !m->has_above || m->above.wrong || !m->above.unit.id.v)
		return NULL;
	return org_child_by_name(tx, e->city, m->above.unit.id, import_value(it, "name"), &m->was, &m->found);
}

/* ---- what the row makes of it --------------------------------------------------------- */

static uint32_t kind_of(const struct import_item *it)
{
	return import_field_at(it->kind, "kind") < 0 ? (uint32_t)UNIT_EMPLOYER : codes_find(&unit_kinds, import_value(it, "kind"));
}

static void take_str(const struct import_item *it, const char *name, struct str *to)
{
	struct str v = import_value(it, name);
	if (v.n)
		*to = v;
}

static void take_bool(const struct import_item *it, const char *name, bool *to)
{
	struct str v = import_value(it, name);
	if (v.n)
		*to = str_is(v, "1");
}

/* What is blank or has no column stays as it is. */
static void take(const struct import_item *it, struct unit *u)
{
	struct str count = import_value(it, "headcount"), size = import_value(it, "size"), uscc = import_value(it, "uscc");
	take_str(it, "name", &u->name);
	take_str(it, "union_name", &u->union_name);
	take_str(it, "code", &u->code);
	take_str(it, "industry", &u->industry);
	take_bool(it, "high_risk", &u->high_risk);
	take_bool(it, "non_public", &u->non_public);
	take_bool(it, "is_closed", &u->is_closed);
	if (uscc.n)
		u->uscc = uscc_normal(it->a, uscc);
	if (count.n)
		str_i64(count, 0, ORG_HEADCOUNT_MAX, &u->headcount);
	if (size.n)
		u->size = codes_find(&employer_sizes, size);
}

static void compare(struct import_item *it, const struct unit *was, const struct unit *is)
{
	for (const struct import_field *f = it->kind->fields; f->name; f++) {
		const struct shape *s = shape_find(unit_row, str_of(f->name));
		if (!s || s->type == SHAPE_T_ID || s->off == offsetof(struct unit, kind))
			continue;
		struct str old = shape_text(it->a, s, was), new = shape_text(it->a, s, is);
		if (!str_eq(old, new))
			import_change(it, f->name, old, new);
	}
}

static void check_place(struct import_item *it, const struct meaning *m, uint32_t kind)
{
	if (!m->has_above)
		import_wrong(it, "parent_id", "required", STR_NONE);
	else if (!m->above.wrong && !org_may_hold(m->above.unit.kind, kind))
		import_wrong(it, "parent_id", "not_here", import_value(it, "parent_id"));
	else if (!m->above.wrong && m->above.unit.is_closed)
		import_wrong(it, "parent_id", "closed", m->above.unit.name);
}

static const struct err *check_new(struct db_tx *tx, struct env *e, struct import_item *it, const struct meaning *m)
{
	uint32_t kind = kind_of(it);
	struct unit u = {.kind = kind};
	if (it->n_wrongs == 0)
		it->action = IMPORT_ADD;
	take(it, &u);
	if (kind)
		check_place(it, m, kind);
	else
		import_wrong(it, "kind", "required", STR_NONE);
	const struct err *bad = kind ? org_unit_check(tx, e, &u) : NULL;
	if (bad && !import_wrong_by(it, bad))
		return bad;
	it->above = m->above.unit.id;
	return NULL;
}

static const struct err *check_change(struct db_tx *tx, struct env *e, struct import_item *it, const struct meaning *m)
{
	struct unit is = m->was;
	uint32_t kind = kind_of(it);
	take(it, &is);
	if (!may(it->actor, it->kind->perm, m->was.path))
		import_wrong(it, NULL, "not_yours", m->was.name);
	if (kind && kind != m->was.kind)
		import_wrong(it, kind_of(it) == UNIT_EMPLOYER ? NULL : "kind", "other_kind", m->was.name);
	if (m->has_above && import_value(it, "parent_id").n && !m->above.wrong && m->above.unit.id.v != m->was.parent_id.v)
		import_wrong(it, "parent_id", "no_move", import_value(it, "parent_id"));
	const struct err *bad = org_unit_check(tx, e, &is);
	if (bad && !import_wrong_by(it, bad))
		return bad;
	it->object = m->was.id;
	it->version = m->was.version;
	compare(it, &m->was, &is);
	if (it->n_wrongs == 0)
		it->action = it->n_changes ? IMPORT_CHANGE : IMPORT_SAME;
	return NULL;
}

static void put_keys(struct import_item *it, const struct meaning *m)
{
	struct str code = import_value(it, "code"), uscc = import_value(it, "uscc"), name = import_value(it, "name");
	struct str kind = str_of(codes_word(&unit_kinds, kind_of(it)));
	if (code.n)
		import_key(it, "code", "code", code, kind, true);
	if (code.n && it->action == IMPORT_ADD)
		import_key(it, "code", "place", str_fmt(it->a, "code/%.*s", STR_ARG(code)), kind, false);
	if (uscc.n)
		import_key(it, "uscc", "uscc", uscc_normal(it->a, uscc), STR_NONE, true);
	if (it->object.v)
		import_key(it, NULL, "unit", str_fmt(it->a, "%lld", (long long)it->object.v), STR_NONE, true);
	else if (m->has_above && !m->above.wrong && name.n && !uscc.n)
		import_key(it, "name", "place", org_place_key(it->a, &m->above, name), kind, false);
}

const struct err *org_import_check(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct meaning m = {0};
	it->title = import_value(it, "name");
	TRY(by_own_numbers(tx, e, it, &m));
	TRY(find_above(tx, e, it, m.found ? m.was.kind : kind_of(it), &m));
	TRY(by_name(tx, e, it, &m));
	TRY(m.found ? check_change(tx, e, it, &m) : check_new(tx, e, it, &m));
	if (it->title.n == 0)
		it->title = m.was.name;
	put_keys(it, &m);
	return NULL;
}

/* ---- doing it --------------------------------------------------------------------------- */

static const struct err *close_new(struct db_tx *tx, struct env *e, struct unit *u, bool closed)
{
	if (!closed)
		return NULL;
	u->is_closed = true;
	return org_unit_change(tx, e, u);
}

static const struct err *add(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct unit u = {.kind = kind_of(it)};
	struct id above = it->above;
	if (!above.v) { /* an earlier row of the sheet has made it */
		struct above at;
		TRY(org_above(tx, e, it, import_value(it, "parent_id"), false, &at));
		above = at.unit.id;
	}
	take(it, &u);
	bool closed = u.is_closed;
	TRY(org_unit_add(tx, e, above, &u));
	it->object = u.id;
	return close_new(tx, e, &u, closed);
}

const struct err *org_import_apply(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct unit u;
	if (it->action == IMPORT_ADD)
		return add(tx, e, it);
	TRY(org_unit(tx, e->city, it->object, &u));
	take(it, &u);
	return org_unit_change(tx, e, &u);
}

const struct import_kind org_imports[] = {
	{.name = "units", .label = "org_import_units", .order = 2, .object_kind = "unit", .href = "/units/", .perm = &org_import_units,
	 .fields = unit_fields, .check = org_import_check, .apply = org_import_apply},
	{0},
};
