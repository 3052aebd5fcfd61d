/* A unit's people and shared phones as its leader keeps them; a forgotten PIN; a lost second factor. */
#include "account_keep.h"

#include "account_sql.h"
#include "day.h"
#include "event.h"
#include "feature.h"
#include "org.h"
#include "parts.h"
#include "setting.h"

enum { PHONE_NAME_MAX = 40, REASON_MAX = 200, CODE_DIGITS = 8, HOUR_MS = 3600 * 1000 };

const struct perm account_keep = {"account.keep", R_KEEPERS};
const struct perm account_reset_factor = {"account.reset_factor", R(ROLE_SECURITY_ADMIN)};

const struct shape phone_input_shape[] = {SHAPE_IN(struct phone_input, name, PHONE_NAME_MAX, SHAPE_REQUIRED), SHAPE_END};
const struct shape reason_input_shape[] = {SHAPE_IN(struct reason_input, reason, REASON_MAX, SHAPE_REQUIRED), SHAPE_END};
static const struct shape member_row[] = {
	SHAPE(struct member, id, 0), SHAPE(struct member, unit_id, 0), SHAPE(struct member, name, 0), SHAPE(struct member, staff_number, 0), SHAPE_END};
const struct shape shared_phone_row[] = {
	SHAPE(struct shared_phone, id, 0), SHAPE(struct shared_phone, unit_id, 0), SHAPE(struct shared_phone, name, 0), SHAPE(struct shared_phone, made_at, 0),
	SHAPE_END};
const struct doc_part access_parts[] = {
	DOC_NAME("unit_id"), DOC_NAME("unit_name"), DOC_NAME("has_members"), DOC_ROWS_OF("members", member_row, NULL), DOC_NAME("has_phones"),
	DOC_ROWS_OF("phones", shared_phone_row, NULL), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part pin_parts[] = {
	DOC_NAME("person_id"), DOC_NAME("name"), DOC_NAME("login"), DOC_NAME("code"), DOC_NAME("hours"), DOC_NAME("may_reset"), DOC_END};
const struct doc_part factor_reset_parts[] = {
	DOC_NAME("person_id"), DOC_NAME("name"), DOC_NAME("has_factor"), DOC_ROWS("fields", field_parts), DOC_END};

static void title(struct call *c, const char *key)
{
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, key));
}

/* ---- a unit ------------------------------------------------------------------------------ */

struct access {
	struct unit *unit;
	void *members, *phones;
	size_t n_members, n_phones;
};

static const struct err *read_access(struct db_tx *tx, struct env *e, void *ctx)
{
	struct access *x = ctx;
	const struct unit *u = x->unit;
	if (u->enterprise_id.v)
		TRY(db_all(tx, &account_members, ARGS(ARG(e->city), ARG(u->enterprise_id), ARG(u->path), ARG(path_end(db_arena(tx), u->path))), member_row,
			   sizeof(struct member), &x->members, &x->n_members));
	return db_all(tx, &account_phones_of, ARGS(ARG(e->city), ARG(u->id)), shared_phone_row, sizeof(struct shared_phone), &x->phones, &x->n_phones);
}

const struct err *account_get_access(struct call *c)
{
	struct access x = {.unit = c->target.object};
	struct doc_style style = call_style(c, x.unit->path);
	struct field name = {.name = "name", .kind = "text", .label = "account_phone_name", .hint = "account_phone_hint", .required = true, .max = PHONE_NAME_MAX};
	TRY(call_read(c, read_access, &x));
	json_t *members = doc_sublist(c->doc, "members"), *phones = doc_sublist(c->doc, "phones");
	for (size_t i = 0; i < x.n_members; i++)
		doc_put(doc_append(members), member_row, (struct member *)x.members + i, &style);
	for (size_t i = 0; i < x.n_phones; i++)
		doc_put(doc_append(phones), shared_phone_row, (struct shared_phone *)x.phones + i, &style);
	doc_id(c->doc, "unit_id", x.unit->id);
	doc_str(c->doc, "unit_name", x.unit->name);
	doc_bool(c->page, "has_members", x.n_members > 0);
	doc_bool(c->page, "has_phones", x.n_phones > 0);
	call_field(c, doc_sublist(c->page, "fields"), NULL, &name);
	title(c, "account_access_title");
	return NULL;
}

/* ---- a person's PIN -------------------------------------------------------------------------- */

const struct err *account_locate_person(struct db_tx *tx, struct call *c, struct target *t)
{
	struct person *p = ARENA_NEW(c->a, struct person);
	struct unit u;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(account_person(tx, c->city, t->id, p));
	TRY(org_unit(tx, c->city, p->unit_id, &u));
	t->unit_id = u.id;
	t->unit_path = u.path;
	t->object = p;
	return NULL;
}

struct kept {
	struct call *c;
	struct person *p;
	struct account w;
	bool found;
	uint32_t roles; /* of today and to come */
	struct str hash, reason;
	struct factor factor;
	bool has_factor;
};

static const struct err *read_kept(struct db_tx *tx, struct env *e, void *ctx)
{
	struct kept *k = ctx;
	TRY(db_find(tx, &account_of_person, ARGS(ARG(e->city), ARG(k->p->id)), account_row, &k->w, &k->found));
	TRY(factor_of(tx, e->city, k->w.id, &k->factor, &k->has_factor));
	return account_roles_ahead(tx, e, k->p->id, &k->roles);
}

/* A team leader for workers; whoever leads team leaders for them too. Nobody for somebody with a real password, or for oneself. */
static bool may_reset(const struct kept *k)
{
	const struct actor *w = k->c->actor;
	const struct duty *d = closest_duty(w, &account_keep, k->c->target.unit_path);
	bool leads_leaders = d && d->role != ROLE_TEAM_LEADER;
	return k->found && !k->w.is_locked && d && k->p->id.v != w->person_id.v && account_may_have_pin(k->roles) && (leads_leaders || !(k->roles & R(ROLE_TEAM_LEADER)));
}

static void put_pin(struct kept *k)
{
	struct call *c = k->c;
	doc_id(c->doc, "person_id", k->p->id);
	doc_str(c->doc, "name", k->p->name);
	/* The telephone only to who may see it; the holder knows it anyway. */
	bool sees = sight_at(c->actor, c->target.unit_path) >> SEE_PHONE & 1;
	struct str login = k->p->staff_number.n ? k->p->staff_number : sees ? k->p->phone : call_text(c, "account_pin_own_phone");
	doc_str(c->doc, "login", login);
	doc_bool(c->doc, "may_reset", may_reset(k));
	doc_i64(c->doc, "hours", setting_i64(c->app, c->city, "account.code_hours"));
	title(c, "account_pin_title");
}

const struct err *account_get_pin(struct call *c)
{
	struct kept k = {.c = c, .p = c->target.object};
	TRY(call_read(c, read_kept, &k));
	put_pin(&k);
	return NULL;
}

static const struct err *reset_pin(struct db_tx *tx, struct env *e, void *ctx)
{
	struct kept *k = ctx;
	struct account w = k->w;
	w.once_until = INSTANT(e->now.ms + setting_i64(e->app, e->city, "account.code_hours") * HOUR_MS);
	return account_set_password(tx, e, &w, k->hash, true, ID(0));
}

const struct err *account_post_pin(struct call *c)
{
	struct kept k = {.c = c, .p = c->target.object};
	TRY(call_read(c, read_kept, &k));
	if (!may_reset(&k))
		return ERR(c->a, ERR_DENIED, "pin_not_yours", "%s", "");
	struct str code = account_make_code(c->app, c->a, CODE_DIGITS);
	TRY(account_hash(c->app, c->a, code, false, &k.hash));
	TRY(env_write(&c->env, reset_pin, &k));
	put_pin(&k);
	/* Drawn at once: the code is shown this one time. */
	doc_str(c->doc, "code", code);
	c->status = 201;
	return NULL;
}

/* ---- a lost second factor ---------------------------------------------------------------------- */

const struct err *account_get_factor_reset(struct call *c)
{
	struct kept k = {.c = c, .p = c->target.object};
	struct field reason = {.name = "reason", .kind = "text", .label = "account_factor_reason", .required = true, .max = REASON_MAX};
	TRY(call_read(c, read_kept, &k));
	doc_id(c->doc, "person_id", k.p->id);
	doc_str(c->doc, "name", k.p->name);
	doc_bool(c->doc, "has_factor", k.has_factor && k.factor.confirmed_at.ms);
	call_field(c, doc_sublist(c->page, "fields"), NULL, &reason);
	title(c, "account_factor_reset");
	return NULL;
}

static const struct err *take_factor_off(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct kept *k = ctx;
	return factor_remove(tx, e, k->w.id, k->reason);
}

const struct err *account_post_factor_reset(struct call *c)
{
	const struct reason_input *in = c->input;
	struct kept k = {.c = c, .p = c->target.object, .reason = str_trim(in->reason)};
	TRY(call_read(c, read_kept, &k));
	if (k.p->id.v == c->actor->person_id.v)
		return ERR(c->a, ERR_DENIED, "factor_own", "%s", "");
	TRY(env_write(&c->env, take_factor_off, &k));
	if (c->face == FACE_HTML)
		call_done(c, 200, str_fmt(c->a, "/people/%lld/factor", (long long)k.p->id.v));
	else
		TRY(account_get_factor_reset(c));
	return NULL;
}
