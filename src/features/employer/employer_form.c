/* The form with all that is known of an employer, and what it sends. */
#include "employer_model.h"

#include "account.h"
#include "employer_name.h"
#include "employer_sql.h"
#include "parts.h"

#include <string.h>

#define I struct employer_input
const struct shape employer_input_shape[] = {
	SHAPE_IN(I, version, 0, 0),
	SHAPE_CODE(I, employer_kind, &employer_kinds),
	SHAPE_CODE(I, ownership, &ownerships),
	SHAPE(I, industry, 5),
	SHAPE(I, address, EMPLOYER_ADDRESS_MAX),
	SHAPE(I, old_number, EMPLOYER_NUMBER_MAX),
	SHAPE_CODE(I, union_state, &union_states),
	SHAPE(I, union_unit, 40),
	SHAPE(I, union_code, EMPLOYER_NUMBER_MAX),
	SHAPE(I, own_staff, EMPLOYER_NUMBER_MAX),
	SHAPE(I, dispatched, EMPLOYER_NUMBER_MAX),
	SHAPE(I, contracted, EMPLOYER_NUMBER_MAX),
	SHAPE(I, turnover, EMPLOYER_NUMBER_MAX),
	SHAPE(I, assets, EMPLOYER_NUMBER_MAX),
	SHAPE_CODE(I, size_set, &employer_sizes),
	SHAPE_CODE(I, labour_intensive, &yes_or_no),
	SHAPE(I, principal_id, 0),
	SHAPE(I, principal_name, EMPLOYER_PERSON_MAX),
	SHAPE(I, principal_phone, EMPLOYER_PHONE_MAX),
	SHAPE(I, chair_id, 0),
	SHAPE(I, chair_name, EMPLOYER_PERSON_MAX),
	SHAPE(I, chair_phone, EMPLOYER_PHONE_MAX),
	SHAPE(I, officer_id, 0),
	SHAPE(I, officer_name, EMPLOYER_PERSON_MAX),
	SHAPE(I, officer_phone, EMPLOYER_PHONE_MAX),
	SHAPE_CODE(I, high_risk_set, &yes_or_no),
	SHAPE(I, high_risk_reason, EMPLOYER_REASON_MAX),
	SHAPE_END,
};

/* ---- what was typed ------------------------------------------------------------------------ */

/* What is sent by a form or named by a JSON body; the rest stays as it is. */
struct taking {
	struct call *c;
	const json_t *body;
	const struct employer_input *in;
	struct employer *p;
	struct err_list wrong;
	struct sb na; /* names of members that do not apply */
};

static bool is_given(const struct taking *t, const char *name)
{
	return t->body ? json_object_get(t->body, name) != NULL : pairs_has(&t->c->req->form, name);
}

static bool says_na(struct str s)
{
	static const char *const words[] = {"不适用", "n/a", "N/A", "na", "NA", "not applicable", "not_applicable"};
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(s, words[i]))
			return true;
	return false;
}

static void add_na(struct taking *t, const char *member)
{
	if (t->na.n)
		sb_addc(&t->na, ' ');
	sb_addz(&t->na, member);
}

/* Of the three states: true when there is a text to read. */
static bool has_value(struct taking *t, const char *field, const char *member, struct str typed, bool *given)
{
	*given = is_given(t, field);
	bool na = *given ? says_na(str_trim(typed)) : employer_is_na(t->p, member);
	if (na)
		add_na(t, member);
	return *given && !na && str_trim(typed).n > 0;
}

static void take_heads(struct taking *t, const char *field, struct str typed, struct opt_i64 *to, bool may_be_na)
{
	bool given = is_given(t, field), has = given && str_trim(typed).n > 0;
	if (may_be_na)
		has = has_value(t, field, field, typed, &given);
	if (!given)
		return;
	*to = (struct opt_i64){.is = has};
	if (has && !str_i64(str_trim(typed), 0, EMPLOYER_HEADS_MAX, &to->v))
		err_add(&t->wrong, t->c->a, field, "heads_or_na", "请填人数");
}

/* "1234", "1234.5", "1234.56" of 10,000 yuan each. */
static bool read_wan(struct str s, int64_t *fen)
{
	int64_t whole, part = 0;
	struct str rest = s, head = str_cut(&rest, '.');
	if (!str_i64(head, 0, INT64_C(1000000000), &whole) || rest.n > 2)
		return false;
	if (rest.n && !str_i64(rest.n == 2 && rest.p[0] == '0' ? str_sub(rest, 1, 1) : rest, 0, 99, &part))
		return false;
	*fen = whole * 1000000 + part * (rest.n == 1 ? 100000 : 10000);
	return true;
}

static void take_money(struct taking *t, const char *field, const char *member, struct str typed, struct opt_fen *to)
{
	bool given, has = has_value(t, field, member, typed, &given);
	if (!given)
		return;
	*to = (struct opt_fen){.is = has};
	if (has && !read_wan(str_trim(typed), &to->v))
		err_add(&t->wrong, t->c->a, field, "money_or_na", "请填万元数");
}

static void take_word(struct taking *t, const char *field, struct str typed, struct str *to)
{
	bool given, has = has_value(t, field, field, typed, &given);
	if (given)
		*to = has ? str_trim(typed) : STR("");
}

static void take_plain(struct taking *t, const char *field, struct str typed, struct str *to)
{
	if (is_given(t, field))
		*to = str_trim(typed);
}

static void take_code(struct taking *t, const char *field, uint32_t value, uint32_t *to)
{
	if (is_given(t, field))
		*to = value;
}

static const struct err *take_person(struct taking *t, const char *field, struct id id, struct id *to, struct str phone, const char *phone_field,
				     struct str *phone_to)
{
	const struct unit *u = t->c->target.object;
	if (is_given(t, field))
		*to = id;
	if (!is_given(t, phone_field))
		return NULL;
	if (!(sight_at(t->c->actor, u->path) >> SEE_PHONE & 1))
		return ERR(t->c->a, ERR_DENIED, "field_not_granted", "%s is not granted", phone_field);
	*phone_to = str_trim(phone);
	return NULL;
}

static const struct err *take_people(struct taking *t)
{
	const struct employer_input *in = t->in;
	struct employer *p = t->p;
	take_plain(t, "principal_name", in->principal_name, &p->principal_name);
	take_word(t, "chair_name", in->chair_name, &p->chair_name);
	take_word(t, "officer_name", in->officer_name, &p->officer_name);
	TRY(take_person(t, "principal_id", in->principal_id, &p->principal_id, in->principal_phone, "principal_phone", &p->principal_phone));
	TRY(take_person(t, "chair_id", in->chair_id, &p->chair_id, in->chair_phone, "chair_phone", &p->chair_phone));
	return take_person(t, "officer_id", in->officer_id, &p->officer_id, in->officer_phone, "officer_phone", &p->officer_phone);
}

static void take_facts(struct taking *t)
{
	const struct employer_input *in = t->in;
	struct employer *p = t->p;
	take_code(t, "employer_kind", in->employer_kind, &p->employer_kind);
	take_code(t, "ownership", in->ownership, &p->ownership);
	take_code(t, "union_state", in->union_state, &p->union_state);
	take_code(t, "size_set", in->size_set, &p->size_set);
	take_code(t, "labour_intensive", in->labour_intensive, &p->labour_intensive);
	take_code(t, "high_risk_set", in->high_risk_set, &p->high_risk_set);
	take_plain(t, "address", in->address, &p->address);
	take_plain(t, "high_risk_reason", in->high_risk_reason, &p->high_risk_reason);
	take_word(t, "union_code", employer_number_normal(t->c->a, in->union_code).n ? in->union_code : STR(""), &p->union_code);
	take_word(t, "old_number", in->old_number, &p->old_number);
	take_heads(t, "own_staff", in->own_staff, &p->own_staff, false);
	take_heads(t, "dispatched", in->dispatched, &p->dispatched, true);
	take_heads(t, "contracted", in->contracted, &p->contracted, true);
	take_money(t, "turnover", "turnover_fen", in->turnover, &p->turnover_fen);
	take_money(t, "assets", "assets_fen", in->assets, &p->assets_fen);
}

static void check_numbers(struct taking *t)
{
	struct employer *p = t->p;
	struct arena *a = t->c->a;
	p->old_number = employer_number_normal(a, p->old_number);
	if (p->old_number.n && !employer_number_key(a, p->old_number).n && !employer_code_key(a, STR(""), p->old_number).n)
		err_add(&t->wrong, a, "old_number", "old_number", "15位注册号或9位组织机构代码");
}

static const struct err *take_union_unit(struct db_tx *tx, struct taking *t)
{
	struct unit u;
	struct str asked = str_trim(t->in->union_unit);
	if (!is_given(t, "union_unit"))
		return NULL;
	t->p->union_unit_id = ID(0);
	if (!asked.n)
		return NULL;
	const struct err *bad = org_unit_named(tx, t->c->city, asked, &u);
	if (bad && bad->kind == ERR_MISSING)
		return err_on_field(t->c->a, "union_unit", "unknown_unit", "没有找到这个单位");
	TRY(bad);
	t->p->union_unit_id = u.id;
	return NULL;
}

/* ---- writing ----------------------------------------------------------------------------------- */

struct saving {
	struct call *c;
	json_t *body;
	struct outcome out;
};

static const struct err *write_profile(struct db_tx *tx, struct env *e, void *ctx)
{
	struct saving *s = ctx;
	const struct employer_input *in = s->c->input;
	const struct unit *u = s->c->target.object;
	const struct duty *d = closest_duty(e->actor, &employer_write, u->path);
	struct employer_facts f = {0};
	TRY(employer_facts(tx, e->city, u->id, &f));
	if (f.p.version != in->version)
		return err_stale(e->a, in->version, f.p.version);
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
	struct employer p = f.p;
	struct taking t = {.c = s->c, .body = s->body, .in = in, .p = &p, .na = sb_new(db_arena(tx), 400)};
	struct str industry = f.unit.industry;
	take_facts(&t);
	TRY(take_people(&t));
	check_numbers(&t);
	take_plain(&t, "industry", in->industry, &industry);
	TRY(ERR_FROM(e->a, &t.wrong));
	TRY(take_union_unit(tx, &t));
	p.not_applicable = sb_str(&t.na);
	s->out.object = u->id;
	return employer_save(tx, e, &p, industry);
}

const struct err *employer_post(struct call *c)
{
	struct saving s = {.c = c};
	if (c->req->json.n)
		TRY(doc_parse(c->a, c->req->json, &s.body));
	TRY(call_write(c, write_profile, &s, &s.out));
	if (c->face != FACE_HTML)
		TRY(employer_get(c));
	call_done(c, 200, str_fmt(c->a, "/employers/%lld", (long long)c->target.id.v));
	return NULL;
}

/* ---- the form ------------------------------------------------------------------------------------ */

struct name_of { struct id id; struct str name; };
static const struct shape name_of_row[] = {SHAPE(struct name_of, id, 0), SHAPE(struct name_of, name, 0), SHAPE_END};

struct form_page {
	struct call *c;
	struct employer_facts f;
	struct person_choice *people;
	struct name_of *unions;
	size_t n_people, n_unions;
	json_t *fields; /* of the group being filled */
};

static const struct err *read_form(struct db_tx *tx, struct env *e, void *ctx)
{
	struct form_page *p = ctx;
	void *rows;
	TRY(employer_facts(tx, e->city, p->c->target.id, &p->f));
	TRY(db_all(tx, &employer_unions_near, ARGS(ARG(e->city), ARG(p->f.unit.top_id)), name_of_row, sizeof(struct name_of), &rows, &p->n_unions));
	p->unions = rows;
	return account_people(tx, e->city, p->f.unit.id, R(ROLE_MANAGEMENT) | R(ROLE_PRIMARY_UNION) | R(ROLE_SAFETY_OFFICER) | R(ROLE_WORKSHOP_LEADER),
			      &p->people, &p->n_people);
}

static void put_group(struct form_page *p, const char *title)
{
	json_t *groups = json_object_get(p->c->page, "groups");
	json_t *g = doc_append(groups ? groups : doc_sublist(p->c->page, "groups"));
	doc_str(g, "title", call_text(p->c, title));
	p->fields = doc_sublist(g, "fields");
}

static void put(struct form_page *p, const char *name, const char *hint, struct str value, uint32_t max)
{
	struct field f = {.name = name, .kind = "text", .hint = hint, .value = value, .max = max};
	f.label = str_z(p->c->a, str_fmt(p->c->a, "f_%s", name));
	call_field(p->c, p->fields, NULL, &f);
}

static void put_choice(struct form_page *p, const char *name, const char *hint, const struct choice *v, size_t n, struct str value, const char *none)
{
	struct choice *all = ARENA_ARRAY(p->c->a, struct choice, n + 1);
	all[0] = (struct choice){.value = STR(""), .label = call_text(p->c, none)};
	memcpy(all + 1, v, n * sizeof(*v));
	struct field f = {.name = name, .kind = "select", .hint = hint, .value = value, .choices = all, .n_choices = n + 1};
	f.label = str_z(p->c->a, str_fmt(p->c->a, "f_%s", name));
	call_field(p->c, p->fields, NULL, &f);
}

static void put_codes(struct form_page *p, const char *name, const char *hint, const struct codes *codes, uint32_t value, const char *none)
{
	size_t n;
	struct choice *v = call_choices(p->c, codes, &n);
	put_choice(p, name, hint, v, n, str_of(codes_word(codes, value)), none);
}

/* Known, unknown (blank), or not applicable. */
static void put_three(struct form_page *p, const char *name, const char *member, struct str value)
{
	if (employer_is_na(&p->f.p, member))
		value = call_text(p->c, "employer_na");
	put(p, name, "employer_na_hint", value, EMPLOYER_NUMBER_MAX);
}

static struct str heads(struct arena *a, struct opt_i64 v)
{
	return v.is ? str_fmt(a, "%lld", (long long)v.v) : STR("");
}

static void put_basics(struct form_page *p)
{
	const struct employer *e = &p->f.p;
	put_group(p, "employer_group_basic");
	put_codes(p, "employer_kind", NULL, &employer_kinds, e->employer_kind, "org_unknown");
	put_codes(p, "ownership", "employer_ownership_hint", &ownerships, e->ownership, "org_unknown");
	put(p, "industry", "employer_industry_hint", p->f.unit.industry, 5);
	put(p, "address", NULL, e->address, EMPLOYER_ADDRESS_MAX);
	put_three(p, "old_number", "old_number", e->old_number);
}

static void put_union(struct form_page *p)
{
	const struct employer *e = &p->f.p;
	struct choice *v = ARENA_ARRAY(p->c->a, struct choice, p->n_unions + 1);
	for (size_t i = 0; i < p->n_unions; i++)
		v[i] = (struct choice){.value = str_fmt(p->c->a, "%lld", (long long)p->unions[i].id.v), .label = p->unions[i].name};
	put_group(p, "employer_group_union");
	put_codes(p, "union_state", NULL, &union_states, e->union_state, "employer_by_rule");
	put_choice(p, "union_unit", "employer_union_unit_hint", v, p->n_unions,
		   e->union_unit_id.v ? str_fmt(p->c->a, "%lld", (long long)e->union_unit_id.v) : STR(""), "org_unknown");
	put_three(p, "union_code", "union_code", e->union_code);
}

static void put_size(struct form_page *p)
{
	struct arena *a = p->c->a;
	const struct employer *e = &p->f.p;
	put_group(p, "employer_group_size");
	put(p, "own_staff", NULL, heads(a, e->own_staff), EMPLOYER_NUMBER_MAX);
	put_three(p, "dispatched", "dispatched", heads(a, e->dispatched));
	put_three(p, "contracted", "contracted", heads(a, e->contracted));
	put_three(p, "turnover", "turnover_fen", employer_money(a, e->turnover_fen));
	put_three(p, "assets", "assets_fen", employer_money(a, e->assets_fen));
	put_codes(p, "size_set", NULL, &employer_sizes, e->size_set, "employer_by_rule");
	put_codes(p, "labour_intensive", NULL, &yes_or_no, e->labour_intensive, "employer_by_rule");
}

static void put_in_charge(struct form_page *p, const char *const names[3], const char *member, struct id id, struct str name, struct str phone)
{
	struct call *c = p->c;
	struct choice *v = ARENA_ARRAY(c->a, struct choice, p->n_people + 1);
	for (size_t i = 0; i < p->n_people; i++) {
		const struct person_choice *o = &p->people[i];
		struct str role = call_label(c, &role_codes, str_z(c->a, o->role));
		v[i] = (struct choice){.value = str_fmt(c->a, "%lld", (long long)o->id.v), .label = str_fmt(c->a, "%.*s · %.*s", STR_ARG(o->name), STR_ARG(role))};
	}
	put_choice(p, names[0], NULL, v, p->n_people, id.v ? str_fmt(c->a, "%lld", (long long)id.v) : STR(""), "employer_nobody_here");
	if (member)
		put_three(p, names[1], member, name);
	else
		put(p, names[1], NULL, name, EMPLOYER_PERSON_MAX);
	if (sight_at(c->actor, p->f.unit.path) >> SEE_PHONE & 1)
		put(p, names[2], NULL, phone, EMPLOYER_PHONE_MAX);
}

static void put_people(struct form_page *p)
{
	const struct employer *e = &p->f.p;
	put_group(p, "employer_group_people");
	put_in_charge(p, (const char *const[]){"principal_id", "principal_name", "principal_phone"}, NULL, e->principal_id, e->principal_name, e->principal_phone);
	put_in_charge(p, (const char *const[]){"chair_id", "chair_name", "chair_phone"}, "chair_name", e->chair_id, e->chair_name, e->chair_phone);
	put_in_charge(p, (const char *const[]){"officer_id", "officer_name", "officer_phone"}, "officer_name", e->officer_id, e->officer_name, e->officer_phone);
}

static const struct err *show_form(struct call *c)
{
	struct form_page p = {.c = c};
	TRY(call_read(c, read_form, &p));
	put_basics(&p);
	put_union(&p);
	put_size(&p);
	put_people(&p);
	put_group(&p, "employer_group_risk");
	put_codes(&p, "high_risk_set", NULL, &yes_or_no, p.f.p.high_risk_set, "employer_by_rule");
	put(&p, "high_risk_reason", "employer_reason_hint", p.f.p.high_risk_reason, EMPLOYER_REASON_MAX);
	doc_id(c->doc, "id", p.f.unit.id);
	doc_str(c->doc, "name", p.f.unit.name);
	doc_i64(c->doc, "version", p.f.p.version);
	doc_str(c->page, "size_why", employer_size_why(c, &p.f));
	doc_str(c->page, "risk_why", employer_risk_why(c, &p.f));
	doc_str(doc_sub(c->page, "page"), "title", call_text_with(c, "employer_edit_title", "name", p.f.unit.name));
	return NULL;
}

const struct err *employer_get_form(struct call *c)
{
	return show_form(c);
}

const struct err *employer_form_again(struct call *c)
{
	return show_form(c);
}

static const struct doc_part group_parts[] = {DOC_NAME("title"), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part employer_form_doc[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("version"), DOC_NAME("size_why"), DOC_NAME("risk_why"),
					     DOC_ROWS("groups", group_parts), DOC_END};
