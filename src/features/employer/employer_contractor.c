/* Contractors' teams on the page of who they work at, and of whose workers they are. */
#include "employer_contractor.h"

#include "day.h"
#include "employer_name.h"
#include "employer_sql.h"
#include "event.h"
#include "parts.h"

#include <string.h>

enum { TEXT_MAX = 120, PHONE_MAX = 40, HEADS_MAX = 100000 };

#define MEMBERS                                                                                                              \
	SHAPE(struct contractor, id, 0), SHAPE(struct contractor, host_id, 0), SHAPE(struct contractor, employer_id, 0),       \
		SHAPE(struct contractor, employer_name, 0), SHAPE(struct contractor, team_name, 0), SHAPE(struct contractor, job, 0), \
		SHAPE(struct contractor, foreman_name, 0), SHAPE_FOR(struct contractor, foreman_phone, 0, SEE_PHONE),            \
		SHAPE(struct contractor, heads, 0), SHAPE(struct contractor, from_on, 0), SHAPE(struct contractor, to_on, 0),  \
		SHAPE(struct contractor, version, 0)
static const struct shape row[] = {MEMBERS, SHAPE_END};
static const struct shape line_row[] = {MEMBERS, SHAPE(struct contractor, host_name, 0), SHAPE_END};
const struct shape contractor_shape[] = {MEMBERS, SHAPE(struct contractor, host_name, 0), SHAPE_END};

const struct shape contractor_input_shape[] = {
	SHAPE_IN(struct contractor_input, employer, TEXT_MAX, SHAPE_REQUIRED),
	SHAPE(struct contractor_input, team_name, TEXT_MAX),
	SHAPE_IN(struct contractor_input, job, TEXT_MAX, SHAPE_REQUIRED),
	SHAPE(struct contractor_input, foreman_name, 60),
	SHAPE(struct contractor_input, foreman_phone, PHONE_MAX),
	SHAPE(struct contractor_input, heads, HEADS_MAX),
	SHAPE(struct contractor_input, from_on, 0),
	SHAPE(struct contractor_input, to_on, 0),
	SHAPE_END,
};
const struct shape contractor_end_shape[] = {
	SHAPE_IN(struct contractor_end, version, 0, SHAPE_REQUIRED), SHAPE(struct contractor_end, to_on, 0), SHAPE_END};

/* ---- reading ----------------------------------------------------------------------------- */

struct page {
	struct call *c;
	struct unit unit;
	struct contractor *at, *of; /* that work here; of this employer, elsewhere */
	size_t n_at, n_of;
};

const struct err *contractor_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct contractor *k = ARENA_NEW(c->a, struct contractor);
	struct unit u;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(db_one(tx, &contractor_by_id, ARGS(ARG(c->city), ARG(t->id)), row, k));
	TRY(org_unit(tx, c->city, k->host_id, &u));
	t->unit_id = u.id;
	t->unit_path = u.path;
	t->object = k;
	return NULL;
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	void *at, *of;
	TRY(org_unit(tx, e->city, p->c->target.unit_id, &p->unit));
	TRY(db_all(tx, &contractors_at, ARGS(ARG(e->city), ARG(p->unit.id)), line_row, sizeof(struct contractor), &at, &p->n_at));
	TRY(db_all(tx, &contractors_of, ARGS(ARG(e->city), ARG(p->unit.id)), line_row, sizeof(struct contractor), &of, &p->n_of));
	p->at = at;
	p->of = of;
	return NULL;
}

static bool is_over(const struct contractor *k, struct day today)
{
	return k->to_on.ymd && k->to_on.ymd < today.ymd;
}

static void put_rows(struct page *p, const char *name, const struct contractor *v, size_t n)
{
	struct call *c = p->c;
	struct doc_style style = call_style(c, p->unit.path);
	struct day today = instant_day(c->env.now);
	json_t *list = doc_sublist(c->doc, name);
	for (size_t i = 0; i < n; i++) {
		json_t *j = doc_append(list);
		bool here = v[i].host_id.v == p->unit.id.v;
		doc_put(j, contractor_shape, &v[i], &style);
		doc_bool(j, "is_over", is_over(&v[i], today));
		doc_bool(j, "may_end", here && !is_over(&v[i], today) && may(c->actor, &employer_write, p->unit.path));
		doc_str(j, "days_label", str_fmt(c->a, "%.*s — %.*s", STR_ARG(day_text(c->a, v[i].from_on)), STR_ARG(day_text(c->a, v[i].to_on))));
	}
}

static void put_field(struct call *c, json_t *fields, const char *name, const char *kind, const char *hint, struct str value, uint32_t max, bool required)
{
	struct field f = {.name = name, .kind = kind, .hint = hint, .value = value, .max = max, .required = required};
	f.label = str_z(c->a, str_fmt(c->a, "f_%s", strcmp(name, "employer") == 0 ? "contractor_employer" : name));
	call_field(c, fields, NULL, &f);
}

static void put_form(struct page *p)
{
	struct call *c = p->c;
	json_t *fields = doc_sublist(c->page, "fields");
	put_field(c, fields, "employer", "text", "contractor_employer_hint", STR(""), TEXT_MAX, true);
	put_field(c, fields, "job", "text", NULL, STR(""), TEXT_MAX, true);
	put_field(c, fields, "team_name", "text", NULL, STR(""), TEXT_MAX, false);
	put_field(c, fields, "heads", "number", NULL, STR(""), HEADS_MAX, false);
	put_field(c, fields, "foreman_name", "text", NULL, STR(""), 60, false);
	put_field(c, fields, "foreman_phone", "text", NULL, STR(""), PHONE_MAX, false);
	put_field(c, fields, "from_on", "date", NULL, day_text(c->a, instant_day(c->env.now)), 0, false);
	put_field(c, fields, "to_on", "date", NULL, STR(""), 0, false);
}

const struct err *contractor_get_list(struct call *c)
{
	struct page p = {.c = c};
	TRY(call_read(c, read_list, &p));
	doc_id(c->doc, "id", p.unit.id);
	doc_str(c->doc, "name", p.unit.name);
	put_rows(&p, "here", p.at, p.n_at);
	put_rows(&p, "elsewhere", p.of, p.n_of);
	doc_bool(c->page, "has_here", p.n_at > 0);
	doc_bool(c->page, "has_elsewhere", p.n_of > 0);
	doc_bool(c->page, "may_write", may(c->actor, &employer_write, p.unit.path) && !p.unit.is_closed);
	put_form(&p);
	doc_str(c->page, "today", day_text(c->a, instant_day(c->env.now)));
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%.*s · %.*s", STR_ARG(call_text(c, "contractor_title")), STR_ARG(p.unit.name)));
	return NULL;
}

const struct err *contractor_form_again(struct call *c)
{
	return contractor_get_list(c);
}

/* ---- writing -------------------------------------------------------------------------------- */

struct writing {
	struct call *c;
	struct outcome out;
};

/* A credit code, an id or code of the tree, or just a name of one that is not in the register. */
static const struct err *find_employer(struct db_tx *tx, struct env *e, struct str typed, struct contractor *k)
{
	struct unit u;
	int64_t id;
	TRY(db_i64(tx, &contractor_employer_with_uscc, ARGS(ARG(e->city), arg_str(employer_number_normal(db_arena(tx), typed))), 0, &id));
	const struct err *bad = id ? org_unit(tx, e->city, ID(id), &u) : org_unit_named(tx, e->city, typed, &u);
	if (bad && bad->kind != ERR_MISSING)
		return bad;
	bool found = !bad && u.kind == UNIT_EMPLOYER;
	if (found && u.id.v == k->host_id.v)
		return err_on_field(e->a, "employer", "own_employer", "its own workers");
	k->employer_id = found ? u.id : ID(0);
	k->employer_name = found ? u.name : typed;
	return NULL;
}

static void act_as(struct call *c, struct env *e)
{
	const struct duty *d = closest_duty(e->actor, &employer_write, c->target.unit_path);
	e->act_unit = d ? d->unit_id : ID(0);
	e->act_role = d ? d->role : 0;
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct contractor *k, const char *act)
{
	struct arena *a = db_arena(tx);
	struct event ev = {.object_kind = "contractor", .object_id = k->id, .act = act, .unit_id = k->host_id};
	event_plain(&ev, "employer_id", str_fmt(a, "%lld", (long long)k->employer_id.v));
	event_text(&ev, "employer_name", k->employer_name);
	event_text(&ev, "job", k->job);
	event_plain(&ev, "heads", str_fmt(a, "%lld", (long long)k->heads));
	event_plain(&ev, "from_on", day_text(a, k->from_on));
	event_plain(&ev, "to_on", day_text(a, k->to_on));
	event_person(&ev, "foreman_name", k->foreman_name, 0);
	event_person(&ev, "foreman_phone", k->foreman_phone, SEE_PHONE);
	return event_append(tx, e, &ev);
}

static const struct err *write_team(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct contractor_input *in = w->c->input;
	struct contractor k = {.host_id = w->c->target.unit_id, .team_name = str_trim(in->team_name), .job = str_trim(in->job),
			       .foreman_name = str_trim(in->foreman_name), .foreman_phone = str_trim(in->foreman_phone), .heads = in->heads,
			       .from_on = in->from_on.ymd ? in->from_on : instant_day(e->now), .to_on = in->to_on};
	if (k.to_on.ymd && k.to_on.ymd < k.from_on.ymd)
		return err_on_field(e->a, "to_on", "ends_before", "ends before it begins");
	TRY(find_employer(tx, e, str_trim(in->employer), &k));
	act_as(w->c, e);
	k.id = env_id(e);
	w->out.object = k.id;
	TRY(db_exec(tx, &contractor_insert,
		    ARGS(ARG(e->city), ARG(k.id), ARG(k.host_id), ARG(k.employer_id), ARG(k.employer_name), ARG(k.team_name), ARG(k.job),
			 ARG(k.foreman_name), ARG(k.foreman_phone), ARG(k.heads), ARG_DAY(k.from_on), ARG_DAY(k.to_on), ARG(e->now)),
		    NULL));
	return tell(tx, e, &k, "add");
}

static const struct err *done(struct call *c, int status, struct id id)
{
	doc_id(c->doc, "id", id);
	call_done(c, status, str_fmt(c->a, "/employers/%lld/contractors", (long long)c->target.unit_id.v));
	return NULL;
}

const struct err *contractor_post(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_team, &w, &w.out));
	return done(c, 201, w.out.object);
}

static const struct err *write_end(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	const struct contractor_end *in = w->c->input;
	struct contractor k;
	TRY(db_one(tx, &contractor_by_id, ARGS(ARG(e->city), ARG(w->c->target.id)), row, &k));
	if (k.version != in->version)
		return err_stale(e->a, in->version, k.version);
	k.to_on = in->to_on.ymd ? in->to_on : day_add(instant_day(e->now), -1);
	if (k.to_on.ymd < k.from_on.ymd)
		k.to_on = k.from_on;
	act_as(w->c, e);
	w->out.object = k.id;
	TRY(db_change(tx, &contractor_end, ARGS(ARG(e->city), ARG(k.id), ARG(k.version), ARG_DAY(k.to_on))));
	return tell(tx, e, &k, "end");
}

const struct err *contractor_post_end(struct call *c)
{
	struct writing w = {.c = c};
	TRY(call_write(c, write_end, &w, &w.out));
	return done(c, 200, w.out.object);
}

const struct err *contractor_merged(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	TRY(db_exec(tx, &contractors_moved_host, ARGS(ARG(e->city), ARG(from), ARG(to)), NULL));
	return db_exec(tx, &contractors_moved_employer, ARGS(ARG(e->city), ARG(from), ARG(to)), NULL);
}

/* ---- the box on the employer's page ------------------------------------------------------------ */

static int64_t present(const struct contractor *v, size_t n, struct day today)
{
	int64_t all = 0;
	for (size_t i = 0; i < n; i++)
		all += v[i].from_on.ymd <= today.ymd && !is_over(&v[i], today);
	return all;
}

static void put_figure(struct call *c, json_t *list, struct str href, int64_t n, const char *label)
{
	call_figure(list, href, str_fmt(c->a, "%lld", (long long)n), call_text(c, label), "ink");
}

const struct err *contractor_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct call own = *c;
	struct page p = {.c = &own};
	struct day today = instant_day(c->env.now);
	struct str href = str_fmt(c->a, "/employers/%lld/contractors", (long long)t->unit_id.v);
	own.target = *t;
	TRY(read_list(tx, &c->env, &p));
	doc_str(box, "title", call_text(c, "contractor_title"));
	doc_str(box, "all_href", href);
	json_t *figures = doc_sublist(box, "figures");
	put_figure(c, figures, href, present(p.at, p.n_at, today), "contractor_here");
	put_figure(c, figures, href, present(p.of, p.n_of, today), "contractor_elsewhere");
	return NULL;
}

static const struct doc_part line_parts[] = {DOC_NAME("is_over"), DOC_NAME("may_end"), DOC_NAME("days_label"), DOC_END};
const struct doc_part contractor_list_doc[] = {
	DOC_NAME("id"), DOC_NAME("name"), DOC_ROWS_OF("here", contractor_shape, line_parts), DOC_ROWS_OF("elsewhere", contractor_shape, line_parts),
	DOC_NAME("has_here"), DOC_NAME("has_elsewhere"), DOC_NAME("may_write"), DOC_NAME("today"), DOC_ROWS("fields", field_parts), DOC_END};
