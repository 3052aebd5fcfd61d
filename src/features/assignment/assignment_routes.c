#include "assignment_merged.h"
#include "assignment_model.h"

#include "assignment_res.h"
#include "assignment_sql.h"
#include "day.h"
#include "parts.h"

const struct perm assignment_read = {"assignment.read", R_CADRES | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
const struct perm assignment_write = {"assignment.write", R_CADRES};
const struct perm assignment_visit = {"assignment.visit", R_CADRES};
static const struct perm *const perms[] = {&assignment_read, &assignment_write, &assignment_visit, NULL};

#define I struct assign_input
const struct shape assign_shape[] = {
	SHAPE_IN(I, employer_ids, 0, SHAPE_REQUIRED), SHAPE_IN(I, person_id, 0, SHAPE_REQUIRED), SHAPE_CODE(I, kind, &assignment_kinds),
	SHAPE(I, every_days, ASSIGNMENT_EVERY_MAX), SHAPE(I, from_on, 0), SHAPE(I, to_on, 0), SHAPE(I, note, ASSIGNMENT_NOTE_MAX),
	SHAPE(I, unit, 40), SHAPE(I, version, 0), SHAPE_END};
const struct shape change_shape[] = {
	SHAPE_IN(I, version, 0, SHAPE_REQUIRED), SHAPE_CODE_IN(I, kind, SHAPE_REQUIRED, &assignment_kinds), SHAPE(I, every_days, ASSIGNMENT_EVERY_MAX),
	SHAPE(I, note, ASSIGNMENT_NOTE_MAX), SHAPE_END};
const struct shape end_shape[] = {
	SHAPE_IN(I, version, 0, SHAPE_REQUIRED), SHAPE_IN(I, to_on, 0, SHAPE_REQUIRED), SHAPE(I, reason, ASSIGNMENT_NOTE_MAX), SHAPE_END};
#undef I
const struct shape visit_input_shape[] = {
	SHAPE_IN(struct visit_input, visited_on, 0, SHAPE_REQUIRED), SHAPE_IN(struct visit_input, note, ASSIGNMENT_NOTE_MAX, SHAPE_LONG),
	SHAPE(struct visit_input, version, 0), SHAPE_END};

/* As whom the actor acts at a place: the closest duty that grants it. */
static void act_as(struct call *c, struct env *e, const struct perm *p, struct str path)
{
	const struct duty *d = closest_duty(c->actor, p, path);
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
}

/* ---- assigning ------------------------------------------------------------------------- */

struct writing {
	struct call *c;
	struct outcome out;
	struct unit unit;
	struct assignment a;
	struct id visit;
	int64_t n;
};

/* Out of reach is missing, in reach without the permission is denied. */
static const struct err *reach(struct call *c, struct env *e, struct str path)
{
	if (!may(c->actor, &assignment_read, path))
		return ERR(c->a, ERR_MISSING, NULL, "out of reach");
	if (!may(c->actor, &assignment_write, path))
		return ERR(c->a, ERR_DENIED, NULL, "%s is not held there", assignment_write.name);
	act_as(c, e, &assignment_write, path);
	return NULL;
}

static const struct err *assign_one(struct db_tx *tx, struct env *e, struct writing *w, struct id employer, bool single)
{
	const struct assign_input *in = w->c->input;
	TRY(org_unit(tx, e->city, employer, &w->unit));
	TRY(reach(w->c, e, w->unit.path));
	w->a = (struct assignment){.employer_id = employer, .person_id = in->person_id, .kind = in->kind, .every_days = in->every_days,
				   .from_on = in->from_on.ymd ? in->from_on : instant_day(e->now), .to_on = in->to_on, .note = in->note};
	const struct err *bad = assignment_add(tx, e, &w->a);
	/* Of many, those that are this cadre's already stay as they are. */
	if (bad && !single && str_is(bad->code, "already_assigned"))
		return NULL;
	TRY(bad);
	struct unit office;
	TRY(org_unit(tx, e->city, w->a.unit_id, &office));
	if (!may(w->c->actor, &assignment_write, office.path))
		return err_on_field(e->a, "person_id", "not_a_cadre", "somebody of the union above");
	w->n++;
	w->out.object = w->a.id;
	return NULL;
}

static const struct err *write_assign(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct assign_input *in = w->c->input;
	w->n = 0;
	w->out.object = in->employer_ids.v[0];
	for (size_t i = 0; i < in->employer_ids.n; i++)
		TRY(assign_one(tx, e, w, in->employer_ids.v[i], in->employer_ids.n == 1));
	return NULL;
}

const struct err *assign_post(struct call *c)
{
	const struct assign_input *in = c->input;
	struct writing w = {.c = c};
	if (in->employer_ids.n > ASSIGNMENT_AT_ONCE)
		return err_on_field(c->a, "employer_ids", "too_many", "at most 500 at once");
	TRY(call_write(c, write_assign, &w, &w.out));
	doc_i64(c->doc, "assigned", w.n);
	struct str to = str_fmt(c->a, "/assignments?person=%lld", (long long)in->person_id.v);
	if (in->employer_ids.n == 1)
		to = str_fmt(c->a, "/units/%lld/contact", (long long)in->employer_ids.v[0].v);
	call_done(c, 201, to);
	return NULL;
}

/* ---- one assignment ------------------------------------------------------------------------ */

static const struct err *locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct assignment *a = ARENA_NEW(c->a, struct assignment);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(assignment_by_id(tx, c->city, t->id, a));
	t->unit_id = a->employer_id;
	t->unit_path = a->employer_path;
	t->object = a;
	return NULL;
}

static const struct err *load(struct db_tx *tx, struct env *e, struct writing *w, int64_t version)
{
	w->out.object = w->c->target.id;
	TRY(assignment_by_id(tx, e->city, w->c->target.id, &w->a));
	if (w->a.version != version)
		return err_stale(w->c->a, version, w->a.version);
	act_as(w->c, e, &assignment_write, w->a.employer_path);
	return NULL;
}

static const struct err *write_change(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct assign_input *in = w->c->input;
	TRY(load(tx, e, w, in->version));
	w->a.kind = in->kind;
	w->a.every_days = in->every_days;
	w->a.note = in->note;
	return assignment_change(tx, e, &w->a);
}

static const struct err *write_end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct assign_input *in = w->c->input;
	TRY(load(tx, e, w, in->version));
	return assignment_end(tx, e, &w->a, in->to_on, in->reason);
}

static const struct err *read_unit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	TRY(assignment_by_id(tx, e->city, w->c->target.id, &w->a));
	return org_unit(tx, e->city, w->a.employer_id, &w->unit);
}

static const struct err *done(struct call *c, struct writing *w)
{
	TRY(call_read(c, read_unit, w));
	struct doc_style style = call_style(c, w->unit.path);
	doc_put(c->doc, assignment_shape, &w->a, &style);
	call_done(c, 200, str_fmt(c->a, "/units/%lld/contact", (long long)w->a.employer_id.v));
	return NULL;
}

const struct err *change_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_change, &w, &w.out));
	return done(c, &w);
}

const struct err *end_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_end, &w, &w.out));
	return done(c, &w);
}

static const struct err *form_of_one(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_read(c, read_unit, &w));
	return assignment_show(c, &w.unit);
}

/* ---- handing over, visits ------------------------------------------------------------------- */

static const struct err *write_take_over(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct take_over_input *in = w->c->input;
	TRY(org_scope(tx, w->c, &assignment_write, in->unit, &w->unit));
	act_as(w->c, e, &assignment_write, w->unit.path);
	w->out.object = in->from_id;
	if (!in->from_id.v)
		return err_on_field(e->a, "from_id", "required", "whose");
	if (!in->to_id.v)
		return err_on_field(e->a, "to_id", "required", "to whom");
	if (!in->reason.n)
		return err_on_field(e->a, "reason", "required", "why");
	struct unit office;
	bool is_cadre;
	TRY(assignment_cadre_of(tx, e->city, in->to_id, w->unit.path, instant_day(e->now), &office, &is_cadre));
	if (is_cadre && !may(w->c->actor, &assignment_write, office.path))
		return err_on_field(e->a, "to_id", "not_a_cadre", "somebody of the union above");
	return assignment_take_over(tx, e, in->from_id, in->to_id, w->unit.path, in->reason, &w->n);
}

const struct err *take_over_post(struct call *c)
{
	const struct take_over_input *in = c->input;
	struct writing w = {.c = c};
	TRY(call_write(c, write_take_over, &w, &w.out));
	doc_i64(c->doc, "moved", w.n);
	call_done(c, 200, str_fmt(c->a, "/assignments?person=%lld", (long long)in->to_id.v));
	return NULL;
}

static const struct err *write_visit(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct visit_input *in = w->c->input;
	const struct unit *u = w->c->target.object;
	act_as(w->c, e, &assignment_visit, u->path);
	TRY(assignment_visited(tx, e, u, w->c->actor->person_id, e->act_unit, in->visited_on, in->note, &w->visit));
	w->out.object = w->visit;
	return NULL;
}

const struct err *visit_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_visit, &w, &w.out));
	doc_id(c->doc, "id", w.out.object);
	call_done(c, 201, str_fmt(c->a, "/units/%lld/contact", (long long)c->target.id.v));
	return NULL;
}

/* ---- tables --------------------------------------------------------------------------------- */

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/assignments", .perm = &assignment_read, .input = assignments_query_shape,
	 .input_size = sizeof(struct assignments_query), .fn = assignments_get, .view = "assignment/list", .doc = assignments_parts,
	 .faces = FACES_LIST, .rows = assignment_line_shape, .summary = "Assignments of a subtree, of a person, or one's own"},
	{.method = WEB_POST, .path = "/assignments", .perm = &assignment_write, .input = assign_shape, .input_size = sizeof(struct assign_input),
	 .fn = assign_post, .form = pick_form, .form_view = "assignment/pick", .form_doc = pick_parts, .flags = ROUTE_KEYED,
	 .summary = "Assign employers to a cadre: all or none, at most 500"},
	{.method = WEB_GET, .path = "/assignments/cadres", .perm = &assignment_read, .input = cadres_query_shape, .input_size = sizeof(struct cadres_query),
	 .fn = cadres_get, .view = "assignment/cadres", .doc = cadres_parts, .faces = FACES_LIST, .rows = cadre_line_shape,
	 .summary = "Cadres of a unit and below with how many employers they look after"},
	{.method = WEB_GET, .path = "/assignments/new", .perm = &assignment_write, .input = pick_shape, .input_size = sizeof(struct pick_input),
	 .fn = pick_get, .view = "assignment/pick", .doc = pick_parts, .summary = "Employers to assign, by what they are"},
	{.method = WEB_POST, .path = "/assignments/new", .perm = &assignment_write, .input = pick_shape, .input_size = sizeof(struct pick_input),
	 .fn = pick_post, .view = "assignment/pick", .doc = pick_parts, .form = pick_form, .form_view = "assignment/pick", .form_doc = pick_parts,
	 .body_max = 256 * 1024, .summary = "Employers to assign, by pasted lines: found, ambiguous, not found; nothing is written"},
	{.method = WEB_GET, .path = "/assignments/take-over", .perm = &assignment_write, .input = take_over_shape,
	 .input_size = sizeof(struct take_over_input), .fn = take_over_get, .view = "assignment/take_over", .doc = take_over_parts,
	 .summary = "Form to hand all of a cadre's assignments over"},
	{.method = WEB_POST, .path = "/assignments/take-over", .perm = &assignment_write, .input = take_over_shape,
	 .input_size = sizeof(struct take_over_input), .fn = take_over_post, .form = take_over_form, .form_view = "assignment/take_over",
	 .form_doc = take_over_parts, .flags = ROUTE_KEYED, .summary = "Hand all of a cadre's assignments in a subtree over to another"},
	{.method = WEB_POST, .path = "/assignments/{id}", .perm = &assignment_write, .locate = locate, .input = change_shape,
	 .input_size = sizeof(struct assign_input), .fn = change_post, .form = form_of_one, .form_view = "assignment/contact", .form_doc = contact_parts,
	 .flags = ROUTE_KEYED, .summary = "Change kind, rhythm and note of an assignment"},
	{.method = WEB_POST, .path = "/assignments/{id}/end", .perm = &assignment_write, .locate = locate, .input = end_shape,
	 .input_size = sizeof(struct assign_input), .fn = end_post, .form = form_of_one, .form_view = "assignment/contact", .form_doc = contact_parts,
	 .flags = ROUTE_KEYED, .summary = "End an assignment; its history stays"},
	{.method = WEB_GET, .path = "/units/{id}/contact", .perm = &assignment_read, .locate = org_locate_unit, .input = shape_none, .fn = contact_get,
	 .view = "assignment/contact", .doc = contact_parts, .summary = "Who looks after an employer, now and before, and visits"},
	{.method = WEB_POST, .path = "/units/{id}/visits", .perm = &assignment_visit, .locate = org_locate_unit, .input = visit_input_shape,
	 .input_size = sizeof(struct visit_input), .fn = visit_post, .form = contact_get, .form_view = "assignment/contact", .form_doc = contact_parts,
	 .flags = ROUTE_KEYED, .summary = "One's own visit to an employer, once a day"},
	{0},
};

static const struct menu_entry menu[] = {{"assignment_menu", "/assignments", "users", &assignment_read, 40}, {0}};

static const struct setting settings[] = {
	{"assignment.visit_days_key", SETTING_I64, "30", 1, ASSIGNMENT_EVERY_MAX, "days within which a key employer is visited, where the campaign does not say"},
	{"assignment.visit_days_ordinary", SETTING_I64, "90", 1, ASSIGNMENT_EVERY_MAX, "the same of an ordinary one"},
	{0},
};

static const struct shape_of_table tables[] = {{"assignment", assignment_table}, {0}};
static const char *const needs[] = {"org", "account", "campaign", NULL};

const struct feature feature_assignment = {
	.name = "assignment",
	.needs = needs,
	.routes = routes,
	.perms = perms,
	.stmts = assignment_sql_all,
	.lists = assignment_lists_all,
	.resources = assignment_resources,
	.menu = menu,
	.panels = assignment_panels,
	.settings = settings,
	.tables = tables,
	.covers = assignment_covers,
	.open_items = assignment_open_items,
	.hand_over = assignment_hand_over,
	.merged = assignment_merged,
	.rebuild = assignment_rebuild,
};
