/* The form with all that is known of an employer. */
#include "employer_model.h"

#include "account.h"
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
	struct employer_typed typed = {.actor = e->actor, .unit = u, .in = in, .body = s->body, .form = &s->c->req->form};
	struct str industry = f.unit.industry;
	TRY(employer_take(tx, e, &typed, &p, &industry));
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
