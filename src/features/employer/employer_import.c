#include "employer_import.h"

#include "employer_model.h"
#include "org_import.h"

#include <string.h>

#define OWNERS                                                                                                        \
	"国有=state|国有企业=state|国有控股=state|集体=collective|集体企业=collective|私营=private|私人=private|民营=private|私营企业=private|民营企业=private|" \
	"港澳台=hmt|港澳台资=hmt|港澳台商投资=hmt|外资=foreign|外商=foreign|外商投资=foreign|外企=foreign|其他=other"
#define UNIONS                                                                                                        \
	"是=own|已建=own|已建会=own|单独建会=own|独立建会=own|已单独建会=own|覆盖=covered|已覆盖=covered|联合建会=covered|联合基层工会=covered|" \
	"否=none|未建=none|未建会=none|无=none"
#define NA_TEXT IMPORT_TEXT, .max = EMPLOYER_NUMBER_MAX

static const struct import_field fields[] = {
	ORG_EMPLOYER_FIELDS,
	{.name = "employer_kind", .label = "f_employer_kind", .also = "单位类型|用人单位类型|主体类型", .type = IMPORT_WORD, .codes = &employer_kinds,
	 .words = "企业=enterprise|公司=enterprise|机关事业单位=institution|事业单位=institution|个体=household|个体工商户=household|合作社=cooperative|工地=project_site|项目部=project_site"},
	{.name = "ownership", .label = "f_ownership", .also = "控股情况|所有制|所有制形式|所有制性质|经济类型|企业性质|登记注册类型", .type = IMPORT_WORD,
	 .codes = &ownerships, .words = OWNERS},
	{.name = "union_state", .label = "f_union_state", .also = "建会情况|是否建会|建会|工会组建情况|是否成立工会|是否建立工会", .type = IMPORT_WORD,
	 .codes = &union_states, .words = UNIONS},
	{.name = "union_unit", .label = "f_union_unit", .also = "覆盖工会编码|联合工会编码", .type = IMPORT_CODE, .max = 40},
	{.name = "union_code", .label = "f_union_code", .also = "工会统一社会信用代码|工会信用代码|工会统一信用代码|工会法人代码", .type = NA_TEXT},
	{.name = "own_staff", .label = "f_own_staff", .also = "本单位职工|本单位职工数|在册职工|正式职工|本单位人数", .type = IMPORT_NUMBER, .max = EMPLOYER_HEADS_MAX},
	{.name = "dispatched", .label = "f_dispatched", .also = "劳务派遣|劳务派遣人数|派遣人数|派遣工", .type = NA_TEXT},
	{.name = "contracted", .label = "f_contracted", .also = "承包商人数|外包人员|外包人数|承包人员", .type = NA_TEXT},
	{.name = "turnover", .label = "f_turnover", .also = "营业收入|营业收入(万元)|年营业收入|年营业收入(万元)|主营业务收入(万元)|revenue", .type = NA_TEXT},
	{.name = "assets", .label = "f_assets", .also = "资产总额|资产总额(万元)|总资产|总资产(万元)|资产总计(万元)", .type = NA_TEXT},
	{.name = "address", .label = "f_address", .also = "单位地址|企业地址|详细地址|经营地址|生产经营地址|注册地址|通讯地址", .type = IMPORT_TEXT, .max = EMPLOYER_ADDRESS_MAX},
	{.name = "old_number", .label = "f_old_number", .also = "工商注册号|注册号|营业执照号|组织机构代码证号|旧注册号", .type = NA_TEXT},
	{.name = "principal_name", .label = "f_principal_name", .also = "法定代表人|法人代表|主要负责人|企业负责人|单位负责人|负责人", .type = IMPORT_TEXT, .max = EMPLOYER_PERSON_MAX},
	{.name = "principal_phone", .label = "f_principal_phone", .also = "主要负责人电话|负责人电话|法人电话|企业负责人电话|负责人联系电话", .type = IMPORT_PHONE, .max = EMPLOYER_PHONE_MAX, .is_hidden = true},
	{.name = "chair_name", .label = "f_chair_name", .also = "工会主席|工会主席姓名|工会负责人", .type = IMPORT_TEXT, .max = EMPLOYER_PERSON_MAX},
	{.name = "chair_phone", .label = "f_chair_phone", .also = "工会主席电话|主席电话|工会主席联系电话|工会负责人电话", .type = IMPORT_PHONE, .max = EMPLOYER_PHONE_MAX, .is_hidden = true},
	{.name = "officer_name", .label = "f_officer_name", .also = "安全员|安全管理员|安全管理人员|安全负责人|安全总监", .type = IMPORT_TEXT, .max = EMPLOYER_PERSON_MAX},
	{.name = "officer_phone", .label = "f_officer_phone", .also = "安全员电话|安全负责人电话|安全管理人员电话|安全管理员电话", .type = IMPORT_PHONE, .max = EMPLOYER_PHONE_MAX, .is_hidden = true},
	{.name = "high_risk_reason", .label = "f_high_risk_reason", .also = "高危判定理由|判定理由|高危理由", .type = IMPORT_TEXT, .max = EMPLOYER_REASON_MAX},
	{0},
};

/* Where a text of the input is, by the field's name; words stand beside. */
#define AT(member) {#member, offsetof(struct employer_input, member)}
static const struct { const char *name; size_t off; } texts[] = {
	AT(union_unit), AT(union_code), AT(own_staff), AT(dispatched), AT(contracted), AT(turnover), AT(assets), AT(address), AT(old_number),
	AT(principal_name), AT(principal_phone), AT(chair_name), AT(chair_phone), AT(officer_name), AT(officer_phone), AT(high_risk_reason)};
static const struct { const char *name; size_t off; const struct codes *codes; } words[] = {
	{"employer_kind", offsetof(struct employer_input, employer_kind), &employer_kinds},
	{"ownership", offsetof(struct employer_input, ownership), &ownerships},
	{"union_state", offsetof(struct employer_input, union_state), &union_states}};
#undef AT
enum { N_TEXTS = sizeof(texts) / sizeof(texts[0]), N_WORDS = sizeof(words) / sizeof(words[0]) };

struct said {
	struct employer_input in;
	json_t *body; /* names what is said; NULL: nothing of the register */
};

static void name_it(struct arena *a, struct said *s, const char *name)
{
	if (!s->body)
		s->body = doc_new(a);
	doc_bool(s->body, name, true);
}

static struct said read_row(const struct import_item *it)
{
	struct said s = {0};
	for (size_t i = 0; i < N_TEXTS; i++) {
		struct str v = import_value(it, texts[i].name);
		*(struct str *)((char *)&s.in + texts[i].off) = v;
		if (v.n)
			name_it(it->a, &s, texts[i].name);
	}
	for (size_t i = 0; i < N_WORDS; i++) {
		struct str v = import_value(it, words[i].name);
		if (!v.n)
			continue;
		*(uint32_t *)((char *)&s.in + words[i].off) = codes_find(words[i].codes, v);
		name_it(it->a, &s, words[i].name);
	}
	return s;
}

/* A sheet that contradicts the rule decides, with the reason that it gives. */
static void take_flag(const struct import_item *it, const struct employer_facts *was, struct str industry, struct employer *p)
{
	struct str flag = import_value(it, "high_risk");
	struct risk_found risk = employer_risk_of(industry);
	bool yes = str_is(flag, "1");
	if (!flag.n)
		return;
	if (!risk.depends && risk.is_high == yes)
		p->high_risk_set = 0;
	else if (industry.n || yes || was->p.high_risk_set)
		p->high_risk_set = yes ? SAID_YES : SAID_NO;
}

static const struct err *say(struct db_tx *tx, struct env *e, const struct import_item *it, const struct said *s, const struct employer_facts *was,
			     struct employer *p, struct str *industry)
{
	struct employer_typed typed = {.actor = it->actor, .unit = &was->unit, .in = &s->in, .body = s->body};
	*p = was->p;
	*industry = import_value(it, "industry").n ? import_value(it, "industry") : was->unit.industry;
	TRY(employer_take(tx, e, &typed, p, industry));
	take_flag(it, was, *industry, p);
	return employer_check(tx, e, was, p);
}

/* ---- what changes ------------------------------------------------------------------------- */

static struct str shown(struct arena *a, const struct employer *p, const char *name)
{
	bool turnover = strcmp(name, "turnover") == 0, assets = strcmp(name, "assets") == 0;
	const char *member = turnover ? "turnover_fen" : assets ? "assets_fen" : strcmp(name, "union_unit") == 0 ? "union_unit_id" : name;
	const struct shape *s = shape_find(employer_shape, str_of(member));
	if (employer_is_na(p, member))
		return STR("不适用");
	if (turnover || assets)
		return employer_money(a, turnover ? p->turnover_fen : p->assets_fen);
	return s ? shape_text(a, s, p) : STR("");
}

static void compare(struct import_item *it, const struct employer *was, const struct employer *is)
{
	for (const struct import_field *f = fields; f->name; f++) {
		if (!import_value(it, f->name).n)
			continue;
		struct str old = shown(it->a, was, f->name), new = shown(it->a, is, f->name);
		if (!str_eq(old, new))
			import_change(it, f->name, old, new);
	}
}

static const struct err *facts_before(struct db_tx *tx, struct env *e, struct import_item *it, struct employer_facts *f)
{
	const struct duty *d = widest_duty(it->actor, it->kind->perm);
	struct unit above = {0};
	if (it->object.v)
		return employer_facts(tx, e->city, it->object, f);
	if (it->above.v)
		TRY(org_unit(tx, e->city, it->above, &above));
	f->unit = (struct unit){.kind = UNIT_EMPLOYER, .industry = import_value(it, "industry"), .high_risk = str_is(import_value(it, "high_risk"), "1")};
	f->unit.path = above.path.n ? above.path : d ? d->unit_path : STR("");
	employer_facts_new(it->a, f);
	return NULL;
}

static const struct err *check(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct employer_facts was = {0};
	struct employer p;
	struct str industry;
	struct said s = read_row(it);
	TRY(org_import_check(tx, e, it));
	if (!s.body)
		return NULL;
	TRY(facts_before(tx, e, it, &was));
	const struct err *bad = say(tx, e, it, &s, &was, &p, &industry);
	if (bad && bad->kind == ERR_DENIED)
		import_wrong(it, NULL, "not_granted", STR_NONE);
	else if (bad && !import_wrong_by(it, bad))
		return bad;
	if (!bad && it->object.v)
		compare(it, &was.p, &p);
	if (it->action == IMPORT_SAME && it->n_changes)
		it->action = IMPORT_CHANGE;
	return NULL;
}

static const struct err *apply(struct db_tx *tx, struct env *e, struct import_item *it)
{
	struct employer_facts was = {0};
	struct employer p;
	struct str industry;
	struct said s = read_row(it);
	TRY(org_import_apply(tx, e, it));
	if (!s.body)
		return NULL;
	TRY(employer_facts(tx, e->city, it->object, &was));
	TRY(say(tx, e, it, &s, &was, &p, &industry));
	return employer_save(tx, e, &p, industry);
}

const struct import_kind employer_imports[] = {
	{.name = "employers", .label = "org_employers_title", .order = 1, .object_kind = "unit", .href = "/units/", .perm = &org_import_employers,
	 .fields = fields, .check = check, .apply = apply},
	{0},
};
