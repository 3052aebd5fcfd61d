#include "org_model.h"

#include "claim.h"
#include "day.h"
#include "event.h"
#include "feature.h"
#include "org_load.h"
#include "org_sort.h"
#include "org_sql.h"
#include "org_uscc.h"
#include "org_words.h"

static const char *const kind_words[] = {"", "city", "county", "zone", "enterprise_group", "direct_units", "township",
					 "industry_union", "employer", "workshop", "team", "joint_union", "regional_union", NULL};
const struct codes unit_kinds = {"unit_kind", kind_words};

static const char *const size_words[] = {"", "large", "medium", "small", "micro", NULL};
const struct codes employer_sizes = {"employer_size", size_words};

const struct shape unit_row[] = {
	SHAPE(struct unit, id, 0),
	SHAPE(struct unit, parent_id, 0),
	SHAPE_CODE(struct unit, kind, &unit_kinds),
	SHAPE(struct unit, code, ORG_CODE_MAX),
	SHAPE(struct unit, name, ORG_NAME_MAX),
	SHAPE(struct unit, union_name, ORG_NAME_MAX),
	SHAPE(struct unit, path, 0),
	SHAPE(struct unit, top_id, 0),
	SHAPE(struct unit, mid_id, 0),
	SHAPE(struct unit, enterprise_id, 0),
	SHAPE(struct unit, uscc, 18),
	SHAPE(struct unit, industry, ORG_INDUSTRY_MAX),
	SHAPE(struct unit, high_risk, 0),
	SHAPE(struct unit, non_public, 0),
	SHAPE_CODE(struct unit, size, &employer_sizes),
	SHAPE(struct unit, headcount, ORG_HEADCOUNT_MAX),
	SHAPE(struct unit, is_closed, 0),
	SHAPE(struct unit, sort_key, 0),
	SHAPE(struct unit, version, 0),
	SHAPE(struct unit, merged_into, 0),
	SHAPE_END,
};

const struct shape unit_shape[] = {
	SHAPE(struct unit, id, 0),
	SHAPE(struct unit, parent_id, 0),
	SHAPE_CODE(struct unit, kind, &unit_kinds),
	SHAPE(struct unit, code, 0),
	SHAPE(struct unit, name, 0),
	SHAPE(struct unit, union_name, 0),
	SHAPE(struct unit, uscc, 0),
	SHAPE(struct unit, industry, 0),
	SHAPE(struct unit, high_risk, 0),
	SHAPE(struct unit, non_public, 0),
	SHAPE_CODE(struct unit, size, &employer_sizes),
	SHAPE(struct unit, headcount, 0),
	SHAPE(struct unit, is_closed, 0),
	SHAPE(struct unit, merged_into, 0),
	SHAPE(struct unit, version, 0),
	SHAPE_END,
};

#define K(kind) (1u << (kind))
/* The kinds of parent under which a kind may stand. */
static const uint32_t parents_of[] = {
	[UNIT_COUNTY] = K(UNIT_CITY),
	[UNIT_ZONE] = K(UNIT_CITY),
	[UNIT_ENTERPRISE_GROUP] = K(UNIT_CITY),
	[UNIT_DIRECT_UNITS] = K(UNIT_CITY),
	[UNIT_TOWNSHIP] = K(UNIT_COUNTY) | K(UNIT_ZONE),
	[UNIT_INDUSTRY_UNION] = K(UNIT_CITY) | K(UNIT_COUNTY) | K(UNIT_ZONE) | K(UNIT_DIRECT_UNITS),
	[UNIT_EMPLOYER] = K(UNIT_COUNTY) | K(UNIT_ZONE) | K(UNIT_ENTERPRISE_GROUP) | K(UNIT_DIRECT_UNITS) | K(UNIT_TOWNSHIP) |
			  K(UNIT_INDUSTRY_UNION) | K(UNIT_JOINT_UNION) | K(UNIT_REGIONAL_UNION),
	[UNIT_JOINT_UNION] = K(UNIT_COUNTY) | K(UNIT_ZONE) | K(UNIT_DIRECT_UNITS) | K(UNIT_TOWNSHIP) | K(UNIT_INDUSTRY_UNION),
	[UNIT_REGIONAL_UNION] = K(UNIT_COUNTY) | K(UNIT_ZONE) | K(UNIT_TOWNSHIP),
	[UNIT_WORKSHOP] = K(UNIT_EMPLOYER),
	[UNIT_TEAM] = K(UNIT_EMPLOYER) | K(UNIT_WORKSHOP),
};

bool org_may_hold(uint32_t parent, uint32_t child)
{
	return child < sizeof(parents_of) / sizeof(parents_of[0]) && (parents_of[child] >> parent & 1);
}

/* ---- reading -------------------------------------------------------------- */

const struct err *org_unit(struct db_tx *tx, int64_t city, struct id id, struct unit *out)
{
	return db_one(tx, &org_unit_by_id, ARGS(ARG(city), ARG(id)), unit_row, out);
}

/* Merged units point at the last of their way (org_merged_before). */
static const struct err *follow(struct db_tx *tx, int64_t city, struct unit *u)
{
	return u->merged_into.v ? org_unit(tx, city, u->merged_into, u) : NULL;
}

const struct err *org_unit_now(struct db_tx *tx, int64_t city, struct id id, struct unit *out)
{
	TRY(org_unit(tx, city, id, out));
	return follow(tx, city, out);
}

const struct err *org_unit_by_code(struct db_tx *tx, int64_t city, struct str code, struct unit *out)
{
	if (code.n == 0)
		return ERR(db_arena(tx), ERR_MISSING, NULL, "no unit without a code");
	TRY(db_one(tx, &org_unit_with_code, ARGS(ARG(city), ARG(code)), unit_row, out));
	return follow(tx, city, out);
}

const struct err *org_unit_named(struct db_tx *tx, int64_t city, struct str id_or_code, struct unit *out)
{
	int64_t number;
	bool found = false;
	if (str_i64(id_or_code, 1, INT64_MAX, &number))
		TRY(db_find(tx, &org_unit_by_id, ARGS(ARG(city), ARG(number)), unit_row, out, &found));
	return found ? follow(tx, city, out) : org_unit_by_code(tx, city, id_or_code, out);
}

const struct err *org_root(struct db_tx *tx, int64_t city, struct unit *out)
{
	return db_one(tx, &org_unit_root, ARGS(ARG(city)), unit_row, out);
}

enum { DEEPEST = 16 };

const struct err *org_parents(struct db_tx *tx, int64_t city, const struct unit *u, struct unit **out, size_t *n)
{
	struct unit *list = ARENA_ARRAY(db_arena(tx), struct unit, DEEPEST);
	struct id next = u->parent_id;
	*n = 0;
	while (next.v && *n < DEEPEST) {
		struct unit *at = &list[DEEPEST - 1 - *n];
		TRY(org_unit(tx, city, next, at));
		next = at->parent_id;
		++*n;
	}
	*out = list + DEEPEST - *n;
	return NULL;
}

struct above {
	struct id parent_id;
	bool is_closed;
};
static const struct shape above_row[] = {SHAPE(struct above, parent_id, 0), SHAPE(struct above, is_closed, 0), SHAPE_END};

const struct err *org_closed(struct db_tx *tx, int64_t city, const struct unit *u, bool *out)
{
	struct above at = {u->parent_id, u->is_closed};
	for (unsigned i = 0; at.parent_id.v && !at.is_closed && i < DEEPEST; i++)
		TRY(db_one(tx, &org_unit_above, ARGS(ARG(city), ARG(at.parent_id)), above_row, &at));
	*out = at.is_closed;
	return NULL;
}

const struct err *org_children(struct db_tx *tx, int64_t city, struct id parent, struct str after_key, struct id after_id, int64_t limit,
			       struct unit **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &org_units_of, ARGS(ARG(city), ARG(parent), ARG(after_key), ARG(after_id), ARG(limit)), unit_row, sizeof(struct unit),
		   &rows, n));
	*out = rows;
	return NULL;
}

const struct err *org_every_unit(struct db_tx *tx, int64_t city, struct id after, int64_t limit, struct unit **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &org_units_by_id, ARGS(ARG(city), ARG(after), ARG(limit)), unit_row, sizeof(struct unit), &rows, n));
	*out = rows;
	return NULL;
}

struct anchor org_anchor(const struct unit *u)
{
	switch (u->kind) {
	case UNIT_CITY:
		return (struct anchor){"city", u->id};
	case UNIT_COUNTY:
	case UNIT_ZONE:
	case UNIT_ENTERPRISE_GROUP:
	case UNIT_DIRECT_UNITS:
		return (struct anchor){"top", u->id};
	case UNIT_TOWNSHIP:
	case UNIT_INDUSTRY_UNION:
		return (struct anchor){"mid", u->id};
	case UNIT_EMPLOYER:
		return (struct anchor){"enterprise", u->id};
	case UNIT_JOINT_UNION:
	case UNIT_REGIONAL_UNION:
		return (struct anchor){u->mid_id.v && u->mid_id.v != u->id.v ? "unit" : "mid", u->id};
	default:
		return (struct anchor){"unit", u->id};
	}
}

struct list_source org_source(const struct unit *u)
{
	struct anchor a = org_anchor(u);
	if (strcmp(a.word, "unit") != 0)
		return (struct list_source){.anchor = a.word, .anchor_id = a.id};
	if (u->enterprise_id.v)
		return (struct list_source){.anchor = "enterprise", .anchor_id = u->enterprise_id, .below = u->path};
	if (u->mid_id.v)
		return (struct list_source){.anchor = "mid", .anchor_id = u->mid_id, .below = u->path};
	return (struct list_source){.anchor = u->top_id.v ? "top" : "city", .anchor_id = u->top_id, .below = u->path};
}

const struct err *org_scope(struct db_tx *tx, struct call *c, const struct perm *p, struct str unit, struct unit *out)
{
	const struct duty *widest = widest_duty(c->actor, p);
	if (!widest && !may(c->actor, p, STR("")))
		return ERR(c->a, ERR_DENIED, NULL, "%s is held nowhere", p->name);
	if (unit.n == 0)
		return widest ? org_unit(tx, c->city, widest->unit_id, out) : org_root(tx, c->city, out);
	TRY(org_unit_named(tx, c->city, unit, out));
	if (!may(c->actor, p, out->path))
		return ERR(c->a, ERR_MISSING, NULL, "unit %.*s is out of reach", STR_ARG(unit));
	return NULL;
}

/* ---- rules ---------------------------------------------------------------- */

const struct err *org_taken(struct arena *a, const char *pointer)
{
	struct err *e = ARENA_NEW(a, struct err);
	*e = *ERR(a, ERR_CONFLICT, "taken", "%s is in use already", pointer);
	e->fields = err_on_field(a, pointer, "taken", "已被使用")->fields;
	return e;
}

static bool is_code(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool good = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
		if (!good)
			return false;
	}
	return s.n <= ORG_CODE_MAX;
}

static void check_name(struct arena *a, struct err_list *wrong, const char *field, struct str name, bool required)
{
	if (required && name.n == 0)
		err_add(wrong, a, field, "required", "必填");
	else if (str_chars(name) > ORG_NAME_MAX)
		err_add(wrong, a, field, "too_long", "太长");
}

static void check_uscc(struct arena *a, struct err_list *wrong, struct unit *u)
{
	static const char *const codes[] = {[USCC_LENGTH_WRONG] = "uscc_length", [USCC_CHARACTER_WRONG] = "uscc_character",
					    [USCC_CHECK_WRONG] = "uscc_check"};
	u->uscc = uscc_normal(a, u->uscc);
	enum uscc_fault fault = u->uscc.n ? uscc_check(u->uscc) : USCC_OK;
	if (fault != USCC_OK)
		err_add(wrong, a, "uscc", codes[fault], "统一社会信用代码不正确");
}

/* What may be stored; drops an employer's attributes from all else. */
static const struct err *check_facts(struct arena *a, struct unit *u)
{
	struct err_list wrong = {0};
	u->name = str_trim(u->name);
	u->union_name = str_trim(u->union_name);
	u->code = str_trim(u->code);
	check_name(a, &wrong, "name", u->name, true);
	check_name(a, &wrong, "union_name", u->union_name, false);
	if (!is_code(u->code))
		err_add(&wrong, a, "code", "bad_code", "代码只能用字母、数字、- 和 _");
	if (u->kind != UNIT_EMPLOYER) {
		u->uscc = u->industry = STR_NONE;
		u->high_risk = u->non_public = false;
		u->size = 0;
	}
	check_uscc(a, &wrong, u);
	if (u->industry.n > ORG_INDUSTRY_MAX || !is_code(u->industry))
		err_add(&wrong, a, "industry", "bad_code", "行业代码不正确");
	if (u->headcount < 0 || u->headcount > ORG_HEADCOUNT_MAX)
		err_add(&wrong, a, "headcount", "too_large", "人数不正确");
	return ERR_FROM(a, &wrong);
}

static const struct err *check_unused(struct db_tx *tx, int64_t city, const struct unit *u)
{
	int64_t holder;
	if (u->code.n)
		TRY(db_i64(tx, &org_code_holder, ARGS(ARG(city), ARG(u->code)), u->id.v, &holder));
	if (u->code.n && holder != u->id.v)
		return org_taken(db_arena(tx), "code");
	if (u->uscc.n)
		TRY(db_i64(tx, &org_uscc_holder, ARGS(ARG(city), ARG(u->uscc)), u->id.v, &holder));
	if (u->uscc.n && holder != u->id.v)
		return org_taken(db_arena(tx), "uscc");
	return NULL;
}

const struct err *org_unit_check(struct db_tx *tx, struct env *e, struct unit *u)
{
	TRY(check_facts(db_arena(tx), u));
	return check_unused(tx, e->city, u);
}

/* What an import has set aside is not for others before it is done. */
static const struct err *pass_claims(struct db_tx *tx, struct env *e, const struct unit *was, const struct unit *u)
{
	if (u->code.n && !str_eq(was->code, u->code))
		TRY(claim_pass(tx, e, "code", u->code));
	if (u->uscc.n && !str_eq(was->uscc, u->uscc))
		TRY(claim_pass(tx, e, "uscc", u->uscc));
	if (was->id.v)
		TRY(claim_pass(tx, e, "unit", str_fmt(db_arena(tx), "%lld", (long long)was->id.v)));
	return NULL;
}

void org_derive(struct arena *a, const struct unit *parent, struct unit *u)
{
	u->parent_id = parent->id;
	u->path = path_child(a, parent->path, u->id);
	u->top_id = parent->top_id;
	u->mid_id = parent->mid_id;
	u->enterprise_id = parent->enterprise_id;
	const char *level = org_anchor(u).word;
	if (strcmp(level, "top") == 0)
		u->top_id = u->id;
	else if (strcmp(level, "mid") == 0)
		u->mid_id = u->id;
	else if (strcmp(level, "enterprise") == 0)
		u->enterprise_id = u->id;
}

/* ---- writing -------------------------------------------------------------- */

static void event_facts(struct arena *a, struct event *ev, const struct unit *was, const struct unit *u)
{
	for (const struct shape *s = unit_shape; s->name; s++) {
		if (s->off == offsetof(struct unit, id) || s->off == offsetof(struct unit, version))
			continue;
		struct str old = shape_text(a, s, was), new = shape_text(a, s, u);
		if (str_eq(old, new))
			continue;
		if (s->off == offsetof(struct unit, name) || s->off == offsetof(struct unit, union_name))
			event_text(ev, s->name, new);
		else
			event_plain(ev, s->name, new);
	}
}

static const struct err *insert(struct db_tx *tx, int64_t city, const struct unit *u)
{
	return db_exec(tx, &org_unit_insert,
		       ARGS(ARG(city), ARG(u->id), ARG(u->parent_id), ARG_CODE(unit_kinds, u->kind), ARG(u->code), ARG(u->name),
			    ARG(u->union_name), ARG(u->sort_key), ARG(u->path), ARG(u->top_id), ARG(u->mid_id),
			    ARG(u->enterprise_id), ARG(u->uscc), ARG(u->industry), ARG(u->high_risk), ARG(u->non_public),
			    ARG_CODE(employer_sizes, u->size), ARG(u->headcount), ARG(u->is_closed), ARG(u->version)),
		       NULL);
}

/* Two open units of one kind with one name side by side are one unit typed twice. */
const struct err *org_beside_check(struct db_tx *tx, int64_t city, const struct unit *u)
{
	int64_t other;
	TRY(db_i64(tx, &org_sibling_named,
		   ARGS(ARG(city), ARG(u->parent_id), ARG(u->sort_key), ARG(u->name), ARG_CODE(unit_kinds, u->kind), ARG(u->id)), 0, &other));
	return other ? org_taken(db_arena(tx), "name") : NULL;
}

const struct err *org_parent_check(struct arena *a, const struct unit *parent, uint32_t kind)
{
	if (!org_may_hold(parent->kind, kind))
		return err_on_field(a, "kind", "not_here", "这里不能设这类单位");
	if (parent->is_closed)
		return err_on_field(a, "parent_id", "closed", "上级单位已关闭");
	return NULL;
}

static const struct err *find_parent(struct db_tx *tx, int64_t city, struct id id, uint32_t kind, struct unit *out)
{
	struct arena *a = db_arena(tx);
	if (id.v == 0 && kind == UNIT_CITY)
		return NULL;
	TRY(org_unit(tx, city, id, out));
	return org_parent_check(a, out, kind);
}

/* Everything of a new one that follows from what is said of it. */
static const struct err *make(struct arena *a, struct env *e, const struct unit *above, struct unit *u)
{
	TRY(check_facts(a, u));
	TRY(org_sort_key(a, u->name, &u->sort_key));
	u->id = env_id(e);
	u->version = 1;
	u->is_closed = false;
	org_derive(a, above, u);
	return NULL;
}

static const struct err *store(struct db_tx *tx, struct env *e, const struct unit *u)
{
	struct arena *a = db_arena(tx);
	TRY(insert(tx, e->city, u));
	struct event ev = {.object_kind = "unit", .object_id = u->id, .act = "create", .unit_id = u->id};
	event_facts(a, &ev, &(struct unit){0}, u);
	return event_append(tx, e, &ev);
}

/* Other features derive from units. A load leaves that to their rebuild. */
static const struct err *tell_features(struct db_tx *tx, struct env *e, struct unit *u)
{
	struct target t = {.id = u->id, .unit_id = u->id, .unit_path = u->path, .object = u};
	for (const struct feature *const *f = app_features(e->app); *f; f++)
		if ((*f)->unit_kept)
			TRY((*f)->unit_kept(tx, e, &t));
	return NULL;
}

const struct err *org_tree_lock(struct db_tx *tx, struct env *e)
{
	return claim_lock(tx, e, "tree", STR(""));
}

const struct err *org_unit_add(struct db_tx *tx, struct env *e, struct id parent, struct unit *u)
{
	struct unit above = {0};
	TRY(org_tree_lock(tx, e));
	TRY(find_parent(tx, e->city, parent, u->kind, &above));
	TRY(make(db_arena(tx), e, &above, u));
	TRY(pass_claims(tx, e, &(struct unit){0}, u));
	TRY(check_unused(tx, e->city, u));
	TRY(store(tx, e, u));
	TRY(tell_features(tx, e, u));
	/* Last: a load, which leaves no such note, draws the same ids before it. */
	return org_words_later(tx, e, u->id);
}

const struct err *org_unit_load(struct db_tx *tx, struct env *e, const struct unit *parent, struct unit *u)
{
	TRY(make(db_arena(tx), e, parent, u));
	e->chain = ARENA_NEW(db_arena(tx), struct event_chain);
	TRY(store(tx, e, u));
	return event_chain_end(tx, e);
}

static const struct err *keep_name(struct db_tx *tx, struct env *e, const struct unit *was, const struct unit *u)
{
	if (str_eq(was->name, u->name) && str_eq(was->union_name, u->union_name))
		return NULL;
	return db_exec(tx, &org_name_insert,
		       ARGS(ARG(e->city), ARG(was->id), ARG(was->version), ARG(was->name), ARG(was->union_name),
			    ARG_DAY(instant_day(e->now))),
		       NULL);
}

/* Workshops and teams are as closed as their employer. */
const struct err *org_close_check(struct db_tx *tx, int64_t city, const struct unit *u, const char *field)
{
	int64_t n;
	if (u->enterprise_id.v)
		return NULL;
	TRY(db_i64(tx, &org_open_children, ARGS(ARG(city), ARG(u->id)), 0, &n));
	return n ? err_on_field(db_arena(tx), field, "has_units", "下级还有未关闭的单位") : NULL;
}

static const char *act_of(const struct unit *was, const struct unit *u)
{
	if (was->is_closed != u->is_closed)
		return u->is_closed ? "close" : "open";
	return str_eq(was->name, u->name) ? "edit" : "rename";
}

const struct err *org_unit_change(struct db_tx *tx, struct env *e, struct unit *u)
{
	struct arena *a = db_arena(tx);
	struct unit was;
	if (u->is_closed)
		TRY(org_tree_lock(tx, e));
	TRY(org_unit(tx, e->city, u->id, &was));
	u->kind = was.kind;
	if (u->is_closed && u->kind == UNIT_CITY)
		return err_on_field(a, "is_closed", "not_here", "市级不能关闭");
	if (u->is_closed && !was.is_closed)
		TRY(org_close_check(tx, e->city, &was, "is_closed"));
	if (!u->is_closed && was.merged_into.v)
		return err_on_field(a, "is_closed", "merged", "已并入其他单位");
	TRY(check_facts(a, u));
	TRY(org_sort_key(a, u->name, &u->sort_key));
	TRY(pass_claims(tx, e, &was, u));
	TRY(check_unused(tx, e->city, u));
	TRY(db_change(tx, &org_unit_update,
		      ARGS(ARG(e->city), ARG(u->id), ARG(u->version), ARG(u->code), ARG(u->name), ARG(u->union_name), ARG(u->sort_key),
			   ARG(u->uscc), ARG(u->industry), ARG(u->high_risk), ARG(u->non_public), ARG_CODE(employer_sizes, u->size),
			   ARG(u->headcount), ARG(u->is_closed))));
	TRY(keep_name(tx, e, &was, u));
	TRY(org_words_later(tx, e, u->id));
	struct event ev = {.object_kind = "unit", .object_id = u->id, .act = act_of(&was, u), .unit_id = u->id};
	u->parent_id = was.parent_id;
	u->merged_into = was.merged_into;
	event_facts(a, &ev, &was, u);
	u->version++;
	TRY(event_append(tx, e, &ev));
	return tell_features(tx, e, u);
}
