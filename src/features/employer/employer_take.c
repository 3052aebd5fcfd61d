/* What somebody says of an employer, by form, script or spreadsheet, read into its entry. */
#include "employer_model.h"

#include "employer_name.h"

#include <string.h>

struct taking {
	struct env *e;
	struct arena *a;
	const struct employer_typed *typed;
	struct employer *p;
	struct err_list wrong;
	struct sb na; /* names of members that do not apply */
};

static bool is_given(const struct taking *t, const char *name)
{
	return t->typed->body ? json_object_get(t->typed->body, name) != NULL : pairs_has(t->typed->form, name);
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
		err_add(&t->wrong, t->a, field, "heads_or_na", "请填人数");
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
		err_add(&t->wrong, t->a, field, "money_or_na", "请填万元数");
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
	const struct unit *u = t->typed->unit;
	if (is_given(t, field))
		*to = id;
	if (!is_given(t, phone_field))
		return NULL;
	if (!(sight_at(t->typed->actor, u->path) >> SEE_PHONE & 1))
		return ERR(t->a, ERR_DENIED, "field_not_granted", "%s is not granted", phone_field);
	*phone_to = str_trim(phone);
	return NULL;
}

static const struct err *take_people(struct taking *t)
{
	const struct employer_input *in = t->typed->in;
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
	const struct employer_input *in = t->typed->in;
	struct employer *p = t->p;
	take_code(t, "employer_kind", in->employer_kind, &p->employer_kind);
	take_code(t, "ownership", in->ownership, &p->ownership);
	take_code(t, "union_state", in->union_state, &p->union_state);
	take_code(t, "size_set", in->size_set, &p->size_set);
	take_code(t, "labour_intensive", in->labour_intensive, &p->labour_intensive);
	take_code(t, "high_risk_set", in->high_risk_set, &p->high_risk_set);
	take_plain(t, "address", in->address, &p->address);
	take_plain(t, "high_risk_reason", in->high_risk_reason, &p->high_risk_reason);
	take_word(t, "union_code", employer_number_normal(t->a, in->union_code).n ? in->union_code : STR(""), &p->union_code);
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
	struct arena *a = t->a;
	p->old_number = employer_number_normal(a, p->old_number);
	if (p->old_number.n && !employer_number_key(a, p->old_number).n && !employer_code_key(a, STR(""), p->old_number).n)
		err_add(&t->wrong, a, "old_number", "old_number", "15位注册号或9位组织机构代码");
}

static const struct err *take_union_unit(struct db_tx *tx, struct taking *t)
{
	struct unit u;
	struct str asked = str_trim(t->typed->in->union_unit);
	if (!is_given(t, "union_unit"))
		return NULL;
	t->p->union_unit_id = ID(0);
	if (!asked.n)
		return NULL;
	const struct err *bad = org_unit_named(tx, t->e->city, asked, &u);
	if (bad && bad->kind == ERR_MISSING)
		return err_on_field(t->a, "union_unit", "unknown_unit", "没有找到这个单位");
	TRY(bad);
	t->p->union_unit_id = u.id;
	return NULL;
}

const struct err *employer_take(struct db_tx *tx, struct env *e, const struct employer_typed *typed, struct employer *p, struct str *industry)
{
	struct taking t = {.e = e, .a = db_arena(tx), .typed = typed, .p = p, .na = sb_new(db_arena(tx), 400)};
	take_facts(&t);
	TRY(take_people(&t));
	check_numbers(&t);
	take_plain(&t, "industry", typed->in->industry, industry);
	TRY(ERR_FROM(t.a, &t.wrong));
	TRY(take_union_unit(tx, &t));
	p->not_applicable = sb_str(&t.na);
	return NULL;
}
