/* People from spreadsheets: who they are, where they belong, what they may be. They are told apart by staff number or telephone,
 * never by an identity card's number. A login is not made here: its password would have to be handed over. */
#include "account_model.h"

#include "account_sql.h"
#include "day.h"
#include "org_above.h"

#include <string.h>

const struct perm account_import_people = {"import.people", R(ROLE_SYSTEM_ADMIN)};

enum { STAFF_NUMBER_MAX = 40, PHONE_MAX = 20, UNIT_TEXT_MAX = 400 };
/* Wider duties are given one by one. */
#define R_IMPORTED (R_EMPLOYER_SIDE | R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY))

static const struct import_field fields[] = {
	{.name = "name", .label = "account_import_name", .also = "职工姓名|人员姓名|员工姓名|姓名|fullname|person", .type = IMPORT_TEXT, .max = ACCOUNT_NAME_MAX, .required = true},
	{.name = "staff_number", .label = "f_staff_number", .also = "员工编号|职工编号|工号编号|人员编号|staffno|employeenumber", .type = IMPORT_CODE, .max = STAFF_NUMBER_MAX},
	{.name = "phone", .label = "account_phone", .also = "电话|手机|手机号|手机号码|联系电话|电话号码|联系方式|mobile|telephone", .type = IMPORT_PHONE, .max = PHONE_MAX, .is_hidden = true},
	{.name = "unit_id", .label = "account_import_unit", .also = "所属单位|所在单位|所在班组|班组|单位名称|工作单位|部门|所属班组|unit|unitcode", .type = IMPORT_TEXT, .max = UNIT_TEXT_MAX, .required = true},
	{.name = "role", .label = "account_import_role", .also = "角色|身份|岗位角色|duty", .type = IMPORT_WORD, .codes = &role_codes,
	 .words = "员工=worker|工人=worker|一线职工=worker|安全员=safety_officer|专职安全员=safety_officer|安全管理员=safety_officer|工会主席=primary_union|工会干部=primary_union|"
		  "企业负责人=management|车间负责人=workshop_leader|班长=team_leader|组长=team_leader"},
	{.name = "has_left", .label = "account_import_left", .also = "已离职|是否离职|离职", .type = IMPORT_YES},
	{.name = "id", .label = "org_import_id", .type = IMPORT_CODE, .max = 20},
	{0},
};

struct meaning {
	struct above at;
	struct person was;
	bool found;
};

/* Two persons of one number: which one is meant is not for us to say. */
static const struct err *by(struct db_tx *tx, const struct sql *q, struct args args, struct import_item *it, const char *field, struct meaning *m)
{
	void *rows;
	size_t n;
	TRY(db_all(tx, q, args, person_row, sizeof(struct person), &rows, &n));
	const struct person *p = rows;
	if (n > 1)
		import_wrong(it, field, "ambiguous_person", STR_NONE);
	else if (n == 1 && m->found && m->was.id.v != p->id.v)
		import_wrong(it, field, "two_persons", p->name);
	if (n == 1 && !m->found) {
		m->was = *p;
		m->found = true;
	}
	return NULL;
}

static const struct err *find_person(struct db_tx *tx, struct env *e, struct import_item *it, struct meaning *m)
{
	struct str number = import_value(it, "staff_number"), phone = import_value(it, "phone");
	struct id id = it->linked;
	if (!id.v && import_value(it, "id").n && !str_i64(import_value(it, "id"), 1, INT64_MAX, &id.v))
		import_wrong(it, "id", "unknown_person", import_value(it, "id"));
	if (id.v)
		TRY(db_find(tx, &account_person_by_id, ARGS(ARG(e->city), ARG(id)), person_row, &m->was, &m->found));
	if (id.v && !m->found)
		import_wrong(it, "id", "unknown_person", STR_NONE);
	struct id employer = m->at.unit.enterprise_id;
	if (number.n && employer.v)
		TRY(by(tx, &account_persons_numbered, ARGS(ARG(e->city), ARG(employer), ARG(number)), it, "staff_number", m));
	/* A number that the employer gave tells more than a telephone, which may be a shared one. */
	if (phone.n && !(number.n && employer.v))
		TRY(by(tx, &account_persons_phoned, ARGS(ARG(e->city), ARG(phone)), it, "phone", m));
	if (!id.v && !number.n && !phone.n)
		import_wrong(it, "staff_number", "no_identity", STR_NONE);
	return NULL;
}

static void take(const struct import_item *it, const struct meaning *m, struct person *p)
{
	struct str name = import_value(it, "name"), phone = import_value(it, "phone"), number = import_value(it, "staff_number");
	struct str left = import_value(it, "has_left");
	if (name.n)
		p->name = name;
	if (phone.n)
		p->phone = phone;
	if (number.n)
		p->staff_number = number;
	if (left.n)
		p->has_left = str_is(left, "1");
	if (m && m->at.unit.id.v)
		p->unit_id = m->at.unit.id;
}

static const struct err *check_role(struct db_tx *tx, struct env *e, struct import_item *it, const struct meaning *m, bool *held)
{
	uint32_t role = codes_find(&role_codes, import_value(it, "role"));
	int64_t n = 0;
	*held = true;
	if (!role)
		return NULL;
	bool inside = m->at.unit.enterprise_id.v != 0;
	if (!(R_IMPORTED & R(role)))
		import_wrong(it, "role", "role_by_hand", str_of(codes_word(&role_codes, role)));
	else if (m->at.unit.id.v && inside != ((R_EMPLOYER_SIDE & R(role)) != 0))
		import_wrong(it, "role", "not_here", m->at.unit.name);
	if (m->found && m->at.unit.id.v)
		TRY(db_i64(tx, &account_duty_held,
			   ARGS(ARG(e->city), ARG(m->was.id), ARG_CODE(role_codes, role), ARG(m->at.unit.id), ARG_DAY(instant_day(e->now))), 0, &n));
	*held = n > 0;
	return NULL;
}

static void compare(struct import_item *it, const struct person *was, const struct person *is)
{
	for (const struct import_field *f = it->kind->fields; f->name; f++) {
		const struct shape *s = shape_find(person_row, str_of(f->name));
		if (!s || strcmp(f->name, "id") == 0)
			continue;
		struct str old = shape_text(it->a, s, was), new = shape_text(it->a, s, is);
		if (!str_eq(old, new))
			import_change(it, f->name, old, new);
	}
}

static const struct err *check_known(struct db_tx *tx, struct env *e, struct import_item *it, const struct meaning *m, bool held)
{
	struct person is = m->was;
	struct unit where;
	take(it, m, &is);
	TRY(org_unit(tx, e->city, m->was.unit_id, &where));
	if (!may(it->actor, it->kind->perm, where.path))
		import_wrong(it, NULL, "not_yours", STR_NONE);
	compare(it, &m->was, &is);
	if (!held)
		import_change(it, "role", STR(""), import_value(it, "role"));
	it->object = m->was.id;
	it->version = m->was.version;
	if (it->n_wrongs == 0)
		it->action = it->n_changes ? IMPORT_CHANGE : IMPORT_SAME;
	return NULL;
}

static void put_keys(struct import_item *it, const struct meaning *m)
{
	struct str number = import_value(it, "staff_number"), phone = import_value(it, "phone");
	if (number.n)
		import_key(it, "staff_number", "staff", str_fmt(it->a, "%lld/%.*s", (long long)m->at.unit.enterprise_id.v, STR_ARG(number)), STR_NONE, false);
	else if (phone.n)
		import_key(it, "phone", "phone", phone, STR_NONE, false);
	if (it->object.v)
		import_key(it, NULL, "person", str_fmt(it->a, "%lld", (long long)it->object.v), STR_NONE, false);
}

static const struct err *check(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct meaning m = {0};
	struct str unit = import_value(it, "unit_id");
	bool held;
	it->title = import_value(it, "name");
	if (unit.n)
		TRY(org_above(tx, e, it, unit, false, &m.at));
	if (m.at.wrong)
		import_wrong(it, "unit_id", m.at.wrong, unit);
	else if (m.at.unit.is_closed)
		import_wrong(it, "unit_id", "closed", unit);
	TRY(find_person(tx, e, it, &m));
	if (!m.found && !unit.n)
		import_wrong(it, "unit_id", "required", STR_NONE);
	if (!m.found && it->title.n == 0)
		import_wrong(it, "name", "required", STR_NONE);
	if (m.found && !unit.n)
		TRY(org_unit(tx, e->city, m.was.unit_id, &m.at.unit));
	TRY(check_role(tx, e, it, &m, &held));
	it->above = m.at.unit.id;
	if (m.found)
		TRY(check_known(tx, e, it, &m, held));
	else if (it->n_wrongs == 0)
		it->action = IMPORT_ADD;
	put_keys(it, &m);
	return NULL;
}

static const struct err *give_duty(struct db_tx *tx, struct env *e, const struct import_item *it, struct id person)
{
	uint32_t role = codes_find(&role_codes, import_value(it, "role"));
	int64_t n = 0;
	if (!role)
		return NULL;
	TRY(db_i64(tx, &account_duty_held, ARGS(ARG(e->city), ARG(person), ARG_CODE(role_codes, role), ARG(it->above), ARG_DAY(instant_day(e->now))), 0,
		   &n));
	return n ? NULL : account_duty_add(tx, e, person, role, it->above);
}

static const struct err *apply(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct person p = {0}, was;
	if (it->action == IMPORT_CHANGE)
		TRY(account_person(tx, e->city, it->object, &p));
	was = p;
	take(it, NULL, &p);
	p.unit_id = it->above;
	if (it->action == IMPORT_ADD)
		TRY(account_person_add(tx, e, &p));
	else if (!str_eq(was.name, p.name) || !str_eq(was.phone, p.phone) || !str_eq(was.staff_number, p.staff_number) ||
		 was.unit_id.v != p.unit_id.v || was.has_left != p.has_left)
		TRY(account_person_change(tx, e, &p));
	it->object = p.id;
	return give_duty(tx, e, it, p.id);
}

const struct import_kind account_imports[] = {
	{.name = "people", .label = "account_people_title", .order = 3, .object_kind = "person", .perm = &account_import_people, .fields = fields, .is_personal = true,
	 .check = check, .apply = apply},
	{0},
};
