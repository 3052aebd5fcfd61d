#include "people_model.h"

#include "people_res.h"
#include "people_sql.h"

#define T struct people_input
#define PERSON SHAPE_IN(T, name, ACCOUNT_NAME_MAX, SHAPE_REQUIRED), SHAPE(T, phone, 20), SHAPE(T, staff_number, 30)
const struct shape people_add_shape[] = {
	SHAPE_IN(T, unit_id, 0, SHAPE_REQUIRED), PERSON, SHAPE_CODE(T, role, &role_codes), SHAPE_END};
const struct shape people_change_shape[] = {
	SHAPE_IN(T, version, 0, SHAPE_REQUIRED), SHAPE(T, name, ACCOUNT_NAME_MAX), SHAPE(T, phone, 20), SHAPE(T, staff_number, 30),
	SHAPE(T, unit_id, 0), SHAPE_END};
const struct shape people_leave_shape[] = {SHAPE_IN(T, version, 0, SHAPE_REQUIRED), SHAPE_END};
#undef PERSON
#undef T
struct new_query { struct str unit; };
const struct shape people_new_query_shape[] = {SHAPE(struct new_query, unit, 32), SHAPE_END};
const struct shape people_duty_shape[] = {
	SHAPE_CODE_IN(struct people_duty_input, role, SHAPE_REQUIRED, &role_codes), SHAPE_IN(struct people_duty_input, unit_id, 0, SHAPE_REQUIRED),
	SHAPE_END};
#define T struct people_lend
const struct shape people_lend_shape[] = {
	SHAPE_IN(T, duty_id, 0, SHAPE_REQUIRED), SHAPE_IN(T, who, PEOPLE_WHO_MAX, SHAPE_REQUIRED), SHAPE_IN(T, from_on, 0, SHAPE_REQUIRED),
	SHAPE_IN(T, to_on, 0, SHAPE_REQUIRED), SHAPE(T, reason, PEOPLE_REASON_MAX), SHAPE_END};
#undef T
#define T struct people_pass
const struct shape people_pass_shape[] = {
	SHAPE_IN(T, successor, PEOPLE_WHO_MAX, SHAPE_REQUIRED), SHAPE(T, reason, PEOPLE_REASON_MAX), SHAPE(T, leaves, 0), SHAPE(T, version, 0),
	SHAPE_END};
#undef T

/* ---- writing ------------------------------------------------------------------------------ */

struct change {
	struct call *c;
	struct person_at who;
	struct outcome out;
	json_t *body; /* a JSON body: what it does not name stays */
};

static const struct err *begin(struct db_tx *tx, struct change *ch, struct env *e)
{
	const struct duty *d;
	TRY(people_read(tx, e->city, ch->c->target.id, &ch->who));
	d = closest_duty(e->actor, &account_people_write, ch->who.unit.path);
	if (d && !e->act_unit.v) {
		e->act_unit = d->unit_id;
		e->act_role = d->role;
	}
	ch->out.object = ch->who.p.id;
	return NULL;
}

static const struct err *done(struct change *ch, int status, struct str location)
{
	struct call *c = ch->c;
	c->target.id = ch->out.object;
	call_done(c, status, location);
	return c->face == FACE_HTML ? NULL : people_get_one(c);
}

static struct str page_of(struct change *ch)
{
	return str_fmt(ch->c->a, "/people/%lld", (long long)ch->out.object.v);
}

static const struct err *write_new(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct people_input *in = ch->c->input;
	struct unit u;
	struct person p = {.name = in->name, .phone = in->phone, .staff_number = in->staff_number, .unit_id = in->unit_id};
	TRY(org_scope(tx, ch->c, &account_people_write, str_fmt(e->a, "%lld", (long long)in->unit_id.v), &u));
	const struct duty *d = closest_duty(e->actor, &account_people_write, u.path);
	if (d && !e->act_unit.v) {
		e->act_unit = d->unit_id;
		e->act_role = d->role;
	}
	TRY(people_add(tx, e, &p, in->role));
	ch->out.object = p.id;
	return NULL;
}

const struct err *people_post_new(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_new, &ch, &ch.out));
	return done(&ch, 201, page_of(&ch));
}

static bool is_given(const struct change *ch, const char *name)
{
	return ch->body ? json_object_get(ch->body, name) != NULL : pairs_has(&ch->c->req->form, name);
}

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct people_input *in = ch->c->input;
	struct unit to;
	TRY(begin(tx, ch, e));
	struct person p = ch->who.p;
	if (p.version != in->version.v)
		return err_stale(e->a, in->version.v, p.version);
	if (is_given(ch, "phone") && !(sight_at(e->actor, ch->who.unit.path) >> SEE_PHONE & 1))
		return err_on_field(e->a, "phone", "not_granted", "the telephone number is not yours to change");
	p.name = is_given(ch, "name") ? in->name : p.name;
	p.phone = is_given(ch, "phone") ? in->phone : p.phone;
	p.staff_number = is_given(ch, "staff_number") ? in->staff_number : p.staff_number;
	if (in->unit_id.v && in->unit_id.v != p.unit_id.v) {
		TRY(org_scope(tx, ch->c, &account_people_write, str_fmt(e->a, "%lld", (long long)in->unit_id.v), &to));
		p.unit_id = to.id;
	}
	return people_change(tx, e, &p);
}

const struct err *people_post_change(struct call *c)
{
	struct change ch = {.c = c};
	if (c->req->json.n)
		TRY(doc_parse(c->a, c->req->json, &ch.body));
	TRY(call_write(c, write_change, &ch, &ch.out));
	return done(&ch, 200, page_of(&ch));
}

static const struct err *write_duty(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct people_duty_input *in = ch->c->input;
	TRY(begin(tx, ch, e));
	return people_give(tx, e, &ch->who, in->role, in->unit_id);
}

const struct err *people_post_duty(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_duty, &ch, &ch.out));
	return done(&ch, 200, page_of(&ch));
}

static const struct err *write_end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	struct id duty;
	TRY(begin(tx, ch, e));
	TRY(call_arg_id(ch->c, "duty", &duty));
	return people_end(tx, e, &ch->who, duty);
}

const struct err *people_post_duty_end(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_end, &ch, &ch.out));
	return done(&ch, 200, page_of(&ch));
}

static const struct err *write_lend(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	TRY(begin(tx, ch, e));
	return people_lend(tx, e, &ch->who, ch->c->input);
}

const struct err *people_post_lend(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_lend, &ch, &ch.out));
	return done(&ch, 200, page_of(&ch));
}

struct passing {
	struct change ch;
	struct id sheet;
};

static const struct err *write_pass(struct db_tx *tx, struct env *e, void *ctx)
{
	struct passing *p = ctx;
	TRY(begin(tx, &p->ch, e));
	TRY(people_hand_over(tx, e, &p->ch.who, p->ch.c->input, &p->sheet));
	p->ch.out.object = p->sheet;
	return NULL;
}

static const struct err *locate_again(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	(void)e;
	struct handover *h = ARENA_NEW(c->a, struct handover);
	TRY(people_handover(tx, c->city, c->target.id, h));
	c->target.object = h;
	return NULL;
}

const struct err *people_post_hand_over(struct call *c)
{
	struct passing p = {.ch.c = c};
	TRY(call_write(c, write_pass, &p, &p.ch.out));
	c->target.id = p.ch.out.object;
	call_done(c, 201, str_fmt(c->a, "/handovers/%lld", (long long)p.ch.out.object.v));
	if (c->face == FACE_HTML)
		return NULL;
	TRY(call_read(c, locate_again, c));
	return people_get_sheet(c);
}

static const struct err *write_leave(struct db_tx *tx, struct env *e, void *ctx)
{
	struct change *ch = ctx;
	const struct people_input *in = ch->c->input;
	TRY(begin(tx, ch, e));
	return people_leave(tx, e, &ch->who, in->version.v);
}

const struct err *people_post_leave(struct call *c)
{
	struct change ch = {.c = c};
	TRY(call_write(c, write_leave, &ch, &ch.out));
	return done(&ch, 200, page_of(&ch));
}

/* ---- routes --------------------------------------------------------------------------------- */

#define AT_PERSON .perm = &account_people_write, .locate = people_locate, .flags = ROUTE_KEYED, .form = people_get_one, .form_view = "people/show", \
		  .form_doc = people_show_doc
static const struct route routes[] = {
	{.method = WEB_GET, .path = "/people/new", .perm = &account_people_write, .input = people_new_query_shape, .input_size = sizeof(struct new_query),
	 .fn = people_get_new, .view = "people/new", .doc = people_new_doc, .faces = FACE_HTML, .summary = "The form for somebody new"},
	{.method = WEB_POST, .path = "/people", .perm = &account_people_write, .input = people_add_shape, .input_size = sizeof(struct people_input),
	 .fn = people_post_new, .form = people_get_new, .form_view = "people/new", .form_doc = people_new_doc, .flags = ROUTE_KEYED,
	 .summary = "Somebody new at a unit, with a duty if one is named"},
	{.method = WEB_GET, .path = "/people/{id}", .perm = &account_people_read, .locate = people_locate, .input = shape_none,
	 .fn = people_get_one, .view = "people/show", .doc = people_show_doc, .summary = "A person: duties, what is open, hand-overs"},
	{.method = WEB_POST, .path = "/people/{id}", AT_PERSON, .input = people_change_shape, .input_size = sizeof(struct people_input),
	 .fn = people_post_change, .summary = "Change name, telephone, staff number, unit"},
	{.method = WEB_POST, .path = "/people/{id}/duties", AT_PERSON, .input = people_duty_shape,
	 .input_size = sizeof(struct people_duty_input), .fn = people_post_duty, .summary = "Give a duty from today on"},
	{.method = WEB_POST, .path = "/people/{id}/duties/{duty}/end", AT_PERSON, .input = shape_none, .fn = people_post_duty_end,
	 .summary = "End a duty; refused while things are open and nobody else holds the post"},
	{.method = WEB_POST, .path = "/people/{id}/lend", AT_PERSON, .input = people_lend_shape, .input_size = sizeof(struct people_lend),
	 .fn = people_post_lend, .summary = "Lend a duty to a substitute for a time"},
	{.method = WEB_POST, .path = "/people/{id}/hand-over", AT_PERSON, .input = people_pass_shape, .input_size = sizeof(struct people_pass),
	 .fn = people_post_hand_over, .summary = "Hand over all duties and all that is open, on a sheet"},
	{.method = WEB_POST, .path = "/people/{id}/leave", AT_PERSON, .input = people_leave_shape, .input_size = sizeof(struct people_input),
	 .fn = people_post_leave, .summary = "The person leaves; refused until duties and what is open have somebody"},
	{.method = WEB_POST, .path = "/people/{id}/login", AT_PERSON, .input = people_login_shape, .input_size = sizeof(struct people_login_input),
	 .fn = people_post_login, .view = "people/show", .doc = people_show_doc, .summary = "An account; its first password is told this once"},
	{.method = WEB_POST, .path = "/people/{id}/password", AT_PERSON, .input = shape_none, .fn = people_post_password, .view = "people/show",
	 .doc = people_show_doc, .summary = "A new first password, told this once; ends all sessions"},
	{.method = WEB_POST, .path = "/people/{id}/lock", AT_PERSON, .input = shape_none, .fn = people_post_lock, .summary = "Lock the account"},
	{.method = WEB_POST, .path = "/people/{id}/unlock", AT_PERSON, .input = shape_none, .fn = people_post_unlock, .summary = "Unlock the account"},
	{.method = WEB_GET, .path = "/handovers/{id}", .perm = &account_people_read, .locate = people_locate_sheet, .input = shape_none,
	 .fn = people_get_sheet, .view = "people/sheet", .doc = people_sheet_doc, .summary = "The sheet of a hand-over, to print and sign"},
	{0},
};

static const struct shape_of_table tables[] = {{0}};
static const char *const needs[] = {"account", "org", NULL};

const struct feature feature_people = {
	.name = "people",
	.needs = needs,
	.routes = routes,
	.stmts = people_sql_all,
	.resources = people_resources,
	.tables = tables,
};
