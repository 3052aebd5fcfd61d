/* The employer's page: the one place where everything about it meets. */
#include "employer_model.h"

#include "account.h"
#include "feature.h"
#include "parts.h"

#include <string.h>

struct page {
	struct call *c;
	struct employer_facts f;
	struct person_choice *people;
	size_t n_people;
	json_t *panels, *history;
};

/* ---- reading -------------------------------------------------------------------------------- */

static const struct err *read_panels(struct db_tx *tx, struct page *p)
{
	/* Who looks after it and how it stands come before what it keeps itself. */
	static const char *const pages[] = {"unit", "employer"};
	struct call *c = p->c;
	struct target t = {.id = p->f.unit.id, .unit_id = p->f.unit.id, .unit_path = p->f.unit.path, .object = &p->f.unit};
	p->panels = doc_list(c->a);
	for (size_t i = 0; i < 2; i++)
		TRY(call_panels(tx, c, pages[i], &t, p->panels));
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct call *c = p->c;
	TRY(employer_facts(tx, e->city, c->target.id, &p->f));
	if (c->face != FACE_HTML)
		return NULL;
	if (may(c->actor, &account_people_read, p->f.unit.path))
		TRY(account_people(tx, e->city, p->f.unit.id, R(ROLE_MANAGEMENT) | R(ROLE_PRIMARY_UNION) | R(ROLE_SAFETY_OFFICER) | R(ROLE_WORKSHOP_LEADER),
				   &p->people, &p->n_people));
	p->history = doc_list(c->a);
	if (may(c->actor, &employer_history, p->f.unit.path))
		TRY(employer_history_of(tx, c, &p->f.unit, EMPLOYER_HISTORY_SHOWN, p->history));
	return read_panels(tx, p);
}

/* ---- saying why ------------------------------------------------------------------------------- */

struct str employer_money(struct arena *a, struct opt_fen v)
{
	long long wan = v.v / 1000000, part = v.v % 1000000 / 10000;
	if (!v.is)
		return STR("");
	return part ? str_fmt(a, "%lld.%02lld", wan, part) : str_fmt(a, "%lld", wan);
}

static struct str size_label(struct call *c, uint32_t size)
{
	return call_label(c, &employer_sizes, codes_word(&employer_sizes, size));
}

/* "从业人员 120 人：小型" of each that the row asks for. */
static void say_measures(struct call *c, const struct employer_facts *f, struct sb *b)
{
	static const char *const said[] = {"employer_by_staff", "employer_by_turnover", "employer_by_assets"};
	const struct str values[] = {f->staff.is ? str_fmt(c->a, "%lld", (long long)f->staff.v) : STR(""), employer_money(c->a, f->p.turnover_fen),
				     employer_money(c->a, f->p.assets_fen)};
	for (int i = 0; i < 3; i++) {
		if (!(f->size.asks >> i & 1))
			continue;
		struct str size = f->size.by[i] ? size_label(c, f->size.by[i]) : call_text(c, "org_unknown");
		struct str text = call_text_with(c, said[i], "value", values[i].n ? values[i] : STR("—"));
		sb_fmt(b, "%.*s (%.*s)；", STR_ARG(text), STR_ARG(size));
	}
}

struct str employer_size_why(struct call *c, const struct employer_facts *f)
{
	struct sb b = sb_new(c->a, 2000);
	if (f->p.size_set)
		sb_fmt(&b, "%.*s ", STR_ARG(call_text(c, "employer_size_by_hand")));
	if (f->size.row.n) {
		sb_fmt(&b, "%.*s", STR_ARG(call_text_with(c, "employer_size_rule", "row",
							  call_text(c, str_z(c->a, str_fmt(c->a, "employer_row_%.*s", STR_ARG(f->size.row)))))));
		say_measures(c, f, &b);
	}
	if (f->size.size)
		sb_add(&b, call_text_with(c, "employer_size_result", "size", size_label(c, f->size.size)));
	else
		sb_add(&b, call_text(c, str_z(c->a, str_fmt(c->a, "employer_size_%s", f->size.why))));
	return sb_str(&b);
}

struct str employer_risk_why(struct call *c, const struct employer_facts *f)
{
	struct str name = str_is(c->lang, "en") ? f->risk.name_en : f->risk.name_zh;
	if (f->p.high_risk_set && f->p.high_risk_by_name.n)
		return str_fmt(c->a, "%.*s %.*s", STR_ARG(call_text_with(c, "employer_risk_by_hand", "reason", f->p.high_risk_reason)), STR_ARG(f->p.high_risk_by_name));
	if (f->p.high_risk_set)
		return call_text(c, "employer_risk_kept");
	if (f->risk.is_high)
		return call_text_with(c, "employer_risk_yes", "industry", name);
	if (f->risk.depends)
		return call_text_with(c, "employer_risk_depends", "industry", f->risk.condition_zh.n ? str_fmt(c->a, "%.*s · %.*s", STR_ARG(name), STR_ARG(f->risk.condition_zh)) : name);
	return call_text(c, f->unit.industry.n ? "employer_risk_no" : "employer_risk_unknown");
}

/* ---- facts of the page ---------------------------------------------------------------------------- */

static void fact(struct call *c, json_t *facts, const char *label, struct str value)
{
	json_t *j = doc_append(facts);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "value", value.n ? value : call_text(c, "org_unknown"));
}

/* Known, unknown or not applicable: each is said. */
static void fact_three(struct page *p, json_t *facts, const char *label, const char *member, struct str value)
{
	fact(p->c, facts, label, employer_is_na(&p->f.p, member) ? call_text(p->c, "employer_na") : value);
}

static struct str word(struct call *c, const struct codes *codes, uint32_t v)
{
	return v ? call_label(c, codes, codes_word(codes, v)) : STR("");
}

static struct str yes(struct call *c, bool is)
{
	return call_text(c, is ? "org_yes" : "org_no");
}

static struct str heads(struct call *c, struct opt_i64 v)
{
	return v.is ? str_fmt(c->a, "%lld", (long long)v.v) : STR("");
}

static struct str wan(struct call *c, struct opt_fen v)
{
	return v.is ? call_text_with(c, "employer_wan", "value", employer_money(c->a, v)) : STR("");
}

static void put_basics(struct page *p)
{
	struct call *c = p->c;
	const struct unit *u = &p->f.unit;
	json_t *facts = doc_sublist(c->page, "facts");
	fact(c, facts, "org_uscc", u->uscc);
	fact_three(p, facts, "f_old_number", "old_number", p->f.p.old_number);
	fact(c, facts, "f_employer_kind", word(c, &employer_kinds, p->f.p.employer_kind));
	fact(c, facts, "f_ownership", word(c, &ownerships, p->f.p.ownership));
	fact(c, facts, "org_non_public", yes(c, u->non_public));
	fact(c, facts, "org_industry", u->industry);
	fact(c, facts, "f_address", p->f.p.address);
	if (u->is_closed)
		fact(c, facts, "org_state", call_text(c, "org_closed"));
}

static void put_rules(struct page *p)
{
	struct call *c = p->c;
	const struct employer *e = &p->f.p;
	json_t *facts = doc_sublist(c->page, "rule_facts");
	fact(c, facts, "org_size", p->f.unit.size ? size_label(c, p->f.unit.size) : STR(""));
	fact(c, facts, "employer_why", employer_size_why(c, &p->f));
	fact(c, facts, "org_high_risk", yes(c, p->f.unit.high_risk));
	fact(c, facts, "employer_why", employer_risk_why(c, &p->f));
	fact(c, facts, "f_own_staff", heads(c, e->own_staff));
	fact_three(p, facts, "f_dispatched", "dispatched", heads(c, e->dispatched));
	fact_three(p, facts, "f_contracted", "contracted", heads(c, e->contracted));
	if (!e->own_staff.is && p->f.unit.headcount)
		fact(c, facts, "org_headcount", str_fmt(c->a, "%lld", (long long)p->f.unit.headcount));
	fact_three(p, facts, "f_turnover", "turnover_fen", wan(c, e->turnover_fen));
	fact_three(p, facts, "f_assets", "assets_fen", wan(c, e->assets_fen));
	fact(c, facts, "f_labour_intensive", word(c, &yes_or_no, p->f.labour));
}

static void put_union(struct page *p)
{
	struct call *c = p->c;
	json_t *facts = doc_sublist(c->page, "union_facts");
	struct str state = word(c, &union_states, p->f.union_state);
	if (p->f.union_derived)
		state = str_fmt(c->a, "%.*s (%.*s)", STR_ARG(state), STR_ARG(call_text(c, "employer_derived")));
	fact(c, facts, "f_union_state", state);
	if (p->f.union_unit.name.n && may(c->actor, &employer_see, p->f.unit.path))
		fact(c, facts, "f_union_unit", p->f.union_unit.union_name.n ? p->f.union_unit.union_name : p->f.union_unit.name);
	fact(c, facts, "org_union_name", p->f.unit.union_name);
	fact_three(p, facts, "f_union_code", "union_code", p->f.p.union_code);
}

static void put_in_charge(struct page *p, json_t *list, const char *label, const char *member, struct str name, struct str phone)
{
	struct call *c = p->c;
	struct doc_style style = call_style(c, p->f.unit.path);
	json_t *j = doc_append(list);
	doc_str(j, "label", call_text(c, label));
	doc_str(j, "name", member && employer_is_na(&p->f.p, member) ? call_text(c, "employer_na") : name.n ? name : call_text(c, "org_unknown"));
	doc_str(j, "phone", style.sight >> SEE_PHONE & 1 ? phone : STR(""));
}

static void put_people(struct page *p)
{
	struct call *c = p->c;
	const struct employer *e = &p->f.p;
	json_t *list = doc_sublist(c->page, "in_charge"), *people = doc_sublist(c->page, "people");
	put_in_charge(p, list, "employer_principal", NULL, e->principal_name, e->principal_phone);
	put_in_charge(p, list, "employer_chair", "chair_name", e->chair_name, e->chair_phone);
	put_in_charge(p, list, "employer_officer", "officer_name", e->officer_name, e->officer_phone);
	for (size_t i = 0; i < p->n_people; i++) {
		json_t *j = doc_append(people);
		doc_str(j, "name", p->people[i].name);
		doc_str(j, "role_label", call_label(c, &role_codes, str_z(c->a, p->people[i].role)));
		doc_str(j, "unit_name", p->people[i].unit_name);
	}
	doc_bool(c->page, "has_people", p->n_people > 0);
}

static void put_badges(struct page *p)
{
	struct call *c = p->c;
	const struct unit *u = &p->f.unit;
	doc_str(c->page, "size_badge", u->size ? size_label(c, u->size) : STR(""));
	doc_str(c->page, "risk_badge", u->high_risk ? call_text(c, "org_high_risk") : STR(""));
	doc_str(c->page, "owner_badge", u->non_public ? call_text(c, "org_non_public") : STR(""));
	doc_str(c->page, "closed_badge", u->is_closed ? call_text(c, "org_closed") : STR(""));
	doc_bool(c->page, "may_edit", may(c->actor, &employer_write, u->path));
	doc_bool(c->page, "may_history", may(c->actor, &employer_history, u->path));
}

static void put_panels(struct page *p)
{
	size_t i;
	json_t *box, *list = doc_sublist(p->c->page, "panels");
	json_array_foreach(p->panels, i, box) {
		if (!json_object_get(box, "title"))
			continue;
		if (!json_object_get(box, "figures"))
			doc_sublist(box, "figures");
		if (!json_object_get(box, "items"))
			doc_sublist(box, "items");
		doc_bool(box, "has_items", json_array_size(json_object_get(box, "items")) > 0);
		json_array_append(list, box);
	}
}

static void put_parents(struct page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->doc, "parents");
	for (size_t i = 0; i < p->f.n_parents; i++) {
		const struct unit *u = &p->f.parents[i];
		if (!may(c->actor, &org_read, u->path))
			continue;
		json_t *j = doc_append(list);
		doc_id(j, "id", u->id);
		doc_str(j, "name", u->name);
	}
}

static void put_html(struct page *p)
{
	struct call *c = p->c;
	put_badges(p);
	put_basics(p);
	put_rules(p);
	put_union(p);
	put_people(p);
	put_panels(p);
	doc_set(c->page, "history", p->history);
	doc_bool(c->page, "has_history", json_array_size(p->history) > 0);
	doc_str(doc_sub(c->page, "page"), "title", p->f.unit.name);
}

const struct err *employer_get(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_read(c, read_page, &p));
	struct doc_style style = call_style(c, p.f.unit.path);
	doc_put(c->doc, unit_shape, &p.f.unit, &style);
	doc_put(doc_sub(c->doc, "profile"), employer_shape, &p.f.p, &style);
	doc_z(c->doc, "size_by_rule", codes_word(&employer_sizes, p.f.size.size));
	doc_z(c->doc, "size_unknown_why", p.f.size.why ? p.f.size.why : "");
	doc_str(c->doc, "high_risk_industry", p.f.risk.industry);
	doc_bool(c->doc, "high_risk_depends", p.f.risk.depends);
	doc_z(c->doc, "labour_intensive", codes_word(&yes_or_no, p.f.labour));
	doc_z(c->doc, "union_state", codes_word(&union_states, p.f.union_state));
	put_parents(&p);
	if (c->face == FACE_HTML)
		put_html(&p);
	return NULL;
}

static const struct doc_part parent_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_END};
static const struct doc_part in_charge_parts[] = {DOC_NAME("label"), DOC_NAME("name"), DOC_NAME("phone"), DOC_END};
static const struct doc_part people_parts[] = {DOC_NAME("name"), DOC_NAME("role_label"), DOC_NAME("unit_name"), DOC_END};
const struct doc_part employer_page_doc[] = {
	DOC_SHAPE(unit_shape), {"profile", DOC_ONE, employer_shape, NULL}, DOC_ROWS("parents", parent_parts), DOC_ROWS("panels", section_parts),
	DOC_ROWS("facts", fact_parts), DOC_ROWS("rule_facts", fact_parts), DOC_ROWS("union_facts", fact_parts), DOC_ROWS("in_charge", in_charge_parts),
	DOC_ROWS("people", people_parts), DOC_NAME("has_people"), DOC_NAME("has_history"), DOC_ROWS("history", employer_history_parts),
	DOC_NAME("size_badge"), DOC_NAME("risk_badge"), DOC_NAME("owner_badge"), DOC_NAME("closed_badge"), DOC_NAME("may_edit"), DOC_NAME("may_history"),
	DOC_NAME("size_by_rule"), DOC_NAME("size_unknown_why"), DOC_NAME("high_risk_industry"), DOC_NAME("high_risk_depends"),
	DOC_NAME("labour_intensive"), DOC_NAME("union_state"), DOC_END};
