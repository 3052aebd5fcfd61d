#include "assignment_model.h"

#include "assignment_load.h"
#include "assignment_sql.h"
#include "day.h"
#include "event.h"
#include "setting.h"

#include <string.h>

static const char *const kind_words[] = {"", "key", "ordinary", NULL};
const struct codes assignment_kinds = {"assignment_kind", kind_words};

#define A struct assignment
const struct shape assignment_row[] = {
	SHAPE(A, id, 0), SHAPE(A, employer_id, 0), SHAPE(A, person_id, 0), SHAPE(A, unit_id, 0), SHAPE_CODE(A, kind, &assignment_kinds),
	SHAPE(A, every_days, 0), SHAPE(A, from_on, 0), SHAPE(A, to_on, 0), SHAPE(A, note, 0), SHAPE(A, end_reason, 0), SHAPE(A, due_on, 0),
	SHAPE(A, made_by, 0), SHAPE(A, ended_by, 0), SHAPE(A, version, 0), SHAPE(A, employer_name, 0), SHAPE(A, person_name, 0),
	SHAPE(A, unit_name, 0), SHAPE(A, employer_path, 0), SHAPE_END};
const struct shape assignment_table[] = {
	SHAPE(A, id, 0), SHAPE(A, employer_id, 0), SHAPE(A, person_id, 0), SHAPE(A, unit_id, 0), SHAPE_CODE(A, kind, &assignment_kinds),
	SHAPE(A, every_days, 0), SHAPE(A, from_on, 0), SHAPE(A, to_on, 0), SHAPE(A, note, 0), SHAPE(A, end_reason, 0), SHAPE(A, due_on, 0),
	SHAPE(A, made_by, 0), SHAPE(A, ended_by, 0), SHAPE(A, version, 0), SHAPE_END};
const struct shape assignment_list_row[] = {
	SHAPE(A, id, 0), SHAPE(A, employer_id, 0), SHAPE(A, person_id, 0), SHAPE(A, unit_id, 0), SHAPE_CODE(A, kind, &assignment_kinds),
	SHAPE(A, every_days, 0), SHAPE(A, from_on, 0), SHAPE(A, to_on, 0), SHAPE(A, note, 0), SHAPE(A, end_reason, 0), SHAPE(A, due_on, 0),
	SHAPE(A, made_by, 0), SHAPE(A, ended_by, 0), SHAPE(A, version, 0), SHAPE(A, employer_name, 0), SHAPE(A, person_name, 0),
	SHAPE(A, unit_name, 0), SHAPE(A, employer_path, 0), {.name = "employer_key", .type = SHAPE_T_STR, .off = offsetof(A, employer_key)}, SHAPE_END};
const struct shape assignment_shape[] = {
	SHAPE(A, id, 0), SHAPE(A, employer_id, 0), SHAPE(A, employer_name, 0), SHAPE(A, person_id, 0), SHAPE(A, person_name, 0),
	SHAPE(A, unit_id, 0), SHAPE(A, unit_name, 0), SHAPE_CODE(A, kind, &assignment_kinds), SHAPE(A, every_days, 0), SHAPE(A, from_on, 0),
	SHAPE(A, to_on, 0), SHAPE(A, due_on, 0), SHAPE(A, note, 0), SHAPE(A, end_reason, 0), SHAPE(A, version, 0), SHAPE_END};
#undef A

#define V struct visit
const struct shape visit_row[] = {SHAPE(V, id, 0), SHAPE(V, employer_id, 0), SHAPE(V, person_id, 0), SHAPE(V, unit_id, 0), SHAPE(V, visited_on, 0),
				  SHAPE(V, note, 0), SHAPE(V, person_name, 0), SHAPE(V, unit_name, 0), SHAPE_END};
const struct shape visit_shape[] = {SHAPE(V, id, 0), SHAPE(V, visited_on, 0), SHAPE(V, person_id, 0), SHAPE(V, person_name, 0), SHAPE(V, unit_id, 0),
				    SHAPE(V, unit_name, 0), SHAPE(V, note, 0), SHAPE_END};
#undef V

struct place_row { struct id id; struct str name, path; };
static const struct shape place_of_row[] = {
	SHAPE(struct place_row, id, 0), SHAPE(struct place_row, name, 0), SHAPE(struct place_row, path, 0), SHAPE_END};

/* ---- reading ------------------------------------------------------------------------ */

bool assignment_holds(const struct assignment *a, struct day on)
{
	return a->from_on.ymd <= on.ymd && (a->to_on.ymd == 0 || a->to_on.ymd >= on.ymd);
}

const struct err *assignment_by_id(struct db_tx *tx, int64_t city, struct id id, struct assignment *out)
{
	return db_one(tx, &assignment_with_id, ARGS(ARG(city), ARG(id)), assignment_row, out);
}

const struct err *assignment_of_employer(struct db_tx *tx, int64_t city, struct id employer, struct assignment **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &assignment_at_employer, ARGS(ARG(city), ARG(employer)), assignment_row, sizeof(struct assignment), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *assignment_open_of(struct db_tx *tx, int64_t city, struct id person, struct day today, struct id after, int64_t limit,
				     struct assignment **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &assignment_open_by_person, ARGS(ARG(city), ARG(person), ARG_DAY(today), ARG(after), ARG(limit)), assignment_row,
		   sizeof(struct assignment), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *assignment_open_count(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t *n)
{
	return db_i64(tx, &assignment_open_by_person_count, ARGS(ARG(city), ARG(person), ARG_DAY(today)), 0, n);
}

const struct err *assignment_next_of(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t limit, struct assignment **out,
				     size_t *n)
{
	void *rows;
	struct str end = STR("0");
	TRY(db_all(tx, sql_list_pick(&assignment_of_cadre, "person", STR(""), NULL),
		   ARGS(ARG(city), ARG(person), arg_str(STR("")), ARG(ID(-1)), arg_str(STR("")), ARG(false), ARG_DAY(today), ARG(false), ARG_DAY(today),
			arg_str(STR("/")), ARG(end), ARG(limit)),
		   assignment_row, sizeof(struct assignment), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *assignment_late_count(struct db_tx *tx, int64_t city, struct id person, struct day today, int64_t *n)
{
	return db_i64(tx, &assignment_overdue_by_person_count, ARGS(ARG(city), ARG(person), ARG_DAY(today)), 0, n);
}

struct named { struct str name; };
static const struct shape named_row[] = {SHAPE(struct named, name, 0), SHAPE_END};

const struct err *assignment_names(struct db_tx *tx, int64_t city, struct id employer, struct day today, struct str *out)
{
	void *rows;
	size_t n;
	struct sb b = sb_new(db_arena(tx), 2048);
	TRY(db_all(tx, &assignment_names_of, ARGS(ARG(city), ARG(employer), ARG_DAY(today)), named_row, sizeof(struct named), &rows, &n));
	for (size_t i = 0; i < n; i++)
		sb_fmt(&b, "%s%.*s", i ? "、" : "", STR_ARG(((struct named *)rows)[i].name));
	*out = sb_str(&b);
	return NULL;
}

const struct err *assignment_employers_at(struct db_tx *tx, int64_t city, const struct unit *u, struct day today, int64_t *n)
{
	return db_i64(tx, &assignment_employers_held, ARGS(ARG(city), ARG(u->path), arg_str(path_end(db_arena(tx), u->path)), ARG_DAY(today)),
		      0, n);
}

const struct err *assignment_visits(struct db_tx *tx, int64_t city, struct id employer, struct visit **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &assignment_visits_at, ARGS(ARG(city), ARG(employer)), visit_row, sizeof(struct visit), &rows, n));
	*out = rows;
	return NULL;
}

static const struct shape cadre_row[] = {
	SHAPE(struct cadre, id, 0), SHAPE(struct cadre, name, 0), SHAPE(struct cadre, unit_id, 0), SHAPE(struct cadre, unit_name, 0),
	SHAPE(struct cadre, unit_path, 0), SHAPE(struct cadre, assigned, 0), SHAPE(struct cadre, overdue, 0), SHAPE_END};

const struct err *assignment_cadres(struct db_tx *tx, int64_t city, struct str path, struct day today, struct cadre **out, size_t *n)
{
	void *rows;
	struct str end = path_end(db_arena(tx), path);
	TRY(db_all(tx, &assignment_cadres_near, ARGS(ARG(city), ARG_DAY(today), ARG(path), ARG(end)), cadre_row, sizeof(struct cadre), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *assignment_cadre_of(struct db_tx *tx, int64_t city, struct id person, struct str path, struct day today, struct unit *unit,
				      bool *is_out)
{
	void *rows;
	size_t n;
	*is_out = false;
	TRY(db_all(tx, &assignment_duties_of, ARGS(ARG(city), ARG(person), ARG_DAY(today)), place_of_row, sizeof(struct place_row), &rows, &n));
	/* The longest path that leads there is the closest union. */
	for (size_t i = 0; i < n; i++) {
		const struct place_row *r = (const struct place_row *)rows + i;
		if (!str_has_prefix(path, r->path) || (*is_out && r->path.n < unit->path.n))
			continue;
		*unit = (struct unit){.id = r->id, .name = r->name, .path = r->path};
		*is_out = true;
	}
	return NULL;
}

/* ---- what follows from the rows -------------------------------------------------------- */

const struct err *assignment_rhythm(struct db_tx *tx, struct env *e, uint32_t kind, int64_t *days)
{
	struct campaign c;
	struct limit l = {0};
	const char *word = codes_word(&assignment_kinds, kind);
	const struct err *none = campaign_on(tx, e->city, instant_day(e->now), &c);
	if (none && none->kind != ERR_MISSING)
		return none;
	if (!none)
		TRY(campaign_limit(tx, e->city, c.id, "assignment", word, &l));
	bool has = l.has && str_is(l.unit, "day") && l.amount > 0;
	*days = has ? l.amount : setting_i64(e->app, e->city, kind == ASSIGNMENT_KEY ? "assignment.visit_days_key" : "assignment.visit_days_ordinary");
	return NULL;
}

/* Of an employer that nobody looks after; a constant, so that what is kept can be made again. */
enum { DAYS_WITHOUT = 90 };

struct standing { struct day last, assigned_until, visited_until; };

static const struct err *stand(struct db_tx *tx, int64_t city, struct id employer, struct assignment **v, size_t *n, struct standing *out)
{
	static const struct shape last_row[] = {SHAPE(struct visit, visited_on, 0), SHAPE_END};
	struct visit last = {0};
	int64_t every = 0;
	TRY(assignment_of_employer(tx, city, employer, v, n));
	TRY(db_one(tx, &assignment_visit_last, ARGS(ARG(city), ARG(employer)), last_row, &last));
	*out = (struct standing){.last = last.visited_on};
	for (size_t i = 0; i < *n; i++) {
		const struct assignment *a = &(*v)[i];
		struct day until = a->to_on.ymd ? a->to_on : COVERED_FOREVER;
		if (until.ymd > out->assigned_until.ymd)
			out->assigned_until = until;
		if (until.ymd >= last.visited_on.ymd && (!every || a->every_days < every))
			every = a->every_days;
	}
	if (last.visited_on.ymd)
		out->visited_until = day_add(last.visited_on, (int32_t)(every ? every : DAYS_WITHOUT));
	return NULL;
}

const struct err *assignment_refresh(struct db_tx *tx, struct env *e, struct id employer)
{
	struct assignment *v;
	struct standing s;
	size_t n;
	struct day today = instant_day(e->now);
	TRY(covered_alone(tx, e, employer));
	TRY(stand(tx, e->city, employer, &v, &n, &s));
	for (size_t i = 0; i < n; i++) {
		struct day from = s.last.ymd > v[i].from_on.ymd ? s.last : v[i].from_on;
		bool is_over = v[i].to_on.ymd && v[i].to_on.ymd < today.ymd;
		struct day due = is_over ? DAY(0) : day_add(from, (int32_t)v[i].every_days);
		if (due.ymd != v[i].due_on.ymd)
			TRY(db_exec(tx, &assignment_due_set, ARGS(ARG(e->city), ARG(v[i].id), ARG_DAY(due)), NULL));
	}
	TRY(covered_set(tx, e, employer, COVERED_ASSIGNED, s.assigned_until));
	TRY(covered_set(tx, e, employer, COVERED_VISITED, s.visited_until));
	return s.last.ymd ? covered_raise(tx, e, employer, COVERED_ACTIVE, s.last) : NULL;
}

static const struct err *facts(struct db_tx *tx, struct env *e, const struct sql *q, enum covered what, struct id after, unsigned limit,
			       struct covered_fact *out, size_t *n, struct id *last)
{
	static const struct shape id_row[] = {SHAPE(struct visit, employer_id, 0), SHAPE_END};
	void *rows;
	*last = ID(0);
	TRY(db_all(tx, q, ARGS(ARG(e->city), ARG(after), arg_i64(limit)), id_row, sizeof(struct visit), &rows, n));
	for (size_t i = 0; i < *n; i++) {
		struct assignment *v;
		struct standing s;
		size_t of;
		*last = ((struct visit *)rows)[i].employer_id;
		TRY(stand(tx, e->city, *last, &v, &of, &s));
		out[i] = (struct covered_fact){*last, what == COVERED_ASSIGNED ? s.assigned_until : what == COVERED_VISITED ? s.visited_until : s.last};
	}
	return NULL;
}

static const struct err *facts_assigned(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
					struct id *last)
{
	return facts(tx, e, &assignment_employers_after, COVERED_ASSIGNED, after, limit, out, n, last);
}

static const struct err *facts_visited(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
				       struct id *last)
{
	return facts(tx, e, &assignment_visited_after, COVERED_VISITED, after, limit, out, n, last);
}

static const struct err *facts_active(struct db_tx *tx, struct env *e, struct id after, unsigned limit, struct covered_fact *out, size_t *n,
				      struct id *last)
{
	return facts(tx, e, &assignment_visited_after, COVERED_ACTIVE, after, limit, out, n, last);
}

const struct covered_source assignment_covers[] = {
	{COVERED_ASSIGNED, "assignment.assigned", facts_assigned, NULL}, {COVERED_VISITED, "assignment.visited", facts_visited, NULL},
	{COVERED_ACTIVE, "assignment.active", facts_active, NULL}, {0}};

enum { REFRESH_SOME = 200 };

struct refreshing { struct id after; size_t n; };

static const struct err *refresh_some(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct shape id_row[] = {SHAPE(struct visit, employer_id, 0), SHAPE_END};
	struct refreshing *r = ctx;
	void *rows;
	TRY(db_all(tx, &assignment_employers_after, ARGS(ARG(e->city), ARG(r->after), arg_i64(REFRESH_SOME)), id_row, sizeof(struct visit), &rows, &r->n));
	struct id last = r->after;
	for (size_t i = 0; i < r->n; i++) {
		last = ((struct visit *)rows)[i].employer_id;
		TRY(assignment_refresh(tx, e, last));
	}
	r->after = last;
	return NULL;
}

const struct err *assignment_rebuild(struct env *e)
{
	struct refreshing r = {0};
	do {
		struct env own = *e;
		own.a = arena_new((size_t)16 * 1024 * 1024);
		const struct err *bad = env_write(&own, refresh_some, &r);
		if (bad)
			bad = err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
		arena_free(own.a);
		TRY(bad);
	} while (r.n == REFRESH_SOME);
	return NULL;
}

/* ---- writing --------------------------------------------------------------------------- */

static struct str number(struct arena *a, int64_t n)
{
	return str_fmt(a, "%lld", (long long)n);
}

static struct event event_of(const struct assignment *a, const char *act)
{
	return (struct event){.object_kind = "assignment", .object_id = a->id, .act = act, .unit_id = a->employer_id};
}

const struct err *assignment_put(struct db_tx *tx, struct env *e, struct assignment *a)
{
	struct arena *m = db_arena(tx);
	a->id = env_id(e);
	a->version = 1;
	a->made_by = e->actor ? e->actor->person_id : ID(0);
	a->due_on = day_add(a->from_on, (int32_t)a->every_days);
	TRY(db_exec(tx, &assignment_insert,
		    ARGS(ARG(e->city), ARG(a->id), ARG(a->employer_id), ARG(a->person_id), ARG(a->unit_id), ARG_CODE(assignment_kinds, a->kind),
			 ARG(a->every_days), ARG_DAY(a->from_on), ARG_DAY(a->to_on), ARG(a->note), ARG(a->end_reason), ARG_DAY(a->due_on),
			 ARG(a->made_by), ARG(a->ended_by), ARG(a->version)),
		    NULL));
	struct event ev = event_of(a, "assign");
	event_plain(&ev, "person_id", number(m, a->person_id.v));
	event_plain(&ev, "kind", str_of(codes_word(&assignment_kinds, a->kind)));
	event_plain(&ev, "from_on", day_text(m, a->from_on));
	event_plain(&ev, "to_on", day_text(m, a->to_on));
	event_plain(&ev, "every_days", number(m, a->every_days));
	event_text(&ev, "note", a->note);
	return event_append(tx, e, &ev);
}

static const struct err *check_days(struct env *e, const struct assignment *a)
{
	struct day today = instant_day(e->now);
	if (!day_is_valid(a->from_on) || a->from_on.ymd > today.ymd)
		return err_on_field(e->a, "from_on", "not_yet", "an assignment begins today at the latest");
	if (a->to_on.ymd && (!day_is_valid(a->to_on) || a->to_on.ymd < a->from_on.ymd))
		return err_on_field(e->a, "to_on", "before_begin", "the last day lies before the first");
	if (a->every_days < 0 || a->every_days > ASSIGNMENT_EVERY_MAX)
		return err_on_field(e->a, "every_days", "too_large", "a visit once a year at least");
	return NULL;
}

const struct err *assignment_add(struct db_tx *tx, struct env *e, struct assignment *a)
{
	struct unit employer, office;
	bool is_cadre;
	int64_t there;
	struct day today = instant_day(e->now);
	TRY(check_days(e, a));
	TRY(org_unit(tx, e->city, a->employer_id, &employer));
	if (employer.kind != UNIT_EMPLOYER)
		return err_on_field(e->a, "employer_ids", "not_an_employer", "cadres are assigned to employers");
	if (employer.is_closed)
		return err_on_field(e->a, "employer_ids", "closed", str_z(e->a, employer.name));
	TRY(assignment_cadre_of(tx, e->city, a->person_id, employer.path, today, &office, &is_cadre));
	if (!is_cadre)
		return err_on_field(e->a, "person_id", "not_a_cadre", "not a cadre of a union above this employer");
	TRY(db_i64(tx, &assignment_between, ARGS(ARG(e->city), ARG(a->employer_id), ARG(a->person_id), ARG_DAY(today)), 0, &there));
	if (there)
		return ERR(e->a, ERR_CONFLICT, "already_assigned", "%.*s is this cadre's already", STR_ARG(employer.name));
	if (!a->kind)
		a->kind = employer.high_risk ? ASSIGNMENT_KEY : ASSIGNMENT_ORDINARY;
	if (!a->every_days)
		TRY(assignment_rhythm(tx, e, a->kind, &a->every_days));
	a->unit_id = office.id;
	TRY(assignment_put(tx, e, a));
	return assignment_refresh(tx, e, a->employer_id);
}

static const struct err *store(struct db_tx *tx, struct env *e, struct assignment *a)
{
	TRY(db_change(tx, &assignment_update,
		      ARGS(ARG(e->city), ARG(a->id), ARG(a->version), ARG_CODE(assignment_kinds, a->kind), ARG(a->every_days), ARG(a->note),
			   ARG_DAY(a->to_on), ARG(a->end_reason), ARG(a->ended_by), ARG_DAY(a->due_on))));
	a->version++;
	return NULL;
}

const struct err *assignment_change(struct db_tx *tx, struct env *e, struct assignment *a)
{
	struct event ev = event_of(a, "change");
	TRY(check_days(e, a));
	if (!a->every_days)
		TRY(assignment_rhythm(tx, e, a->kind, &a->every_days));
	TRY(store(tx, e, a));
	event_plain(&ev, "kind", str_of(codes_word(&assignment_kinds, a->kind)));
	event_plain(&ev, "every_days", number(db_arena(tx), a->every_days));
	event_text(&ev, "note", a->note);
	TRY(event_append(tx, e, &ev));
	return assignment_refresh(tx, e, a->employer_id);
}

static const struct err *end(struct db_tx *tx, struct env *e, struct assignment *a, struct day on, struct str reason)
{
	struct event ev = event_of(a, "end");
	a->to_on = on;
	a->end_reason = reason;
	a->ended_by = e->actor ? e->actor->person_id : ID(0);
	TRY(store(tx, e, a));
	event_plain(&ev, "to_on", day_text(db_arena(tx), on));
	event_text(&ev, "reason", reason);
	TRY(event_append(tx, e, &ev));
	return assignment_refresh(tx, e, a->employer_id);
}

const struct err *assignment_end(struct db_tx *tx, struct env *e, struct assignment *a, struct day on, struct str reason)
{
	struct day today = instant_day(e->now), yesterday = day_add(today, -1);
	if (a->to_on.ymd && a->to_on.ymd < today.ymd)
		return ERR(e->a, ERR_CONFLICT, "assignment_over", "it has ended already");
	if (!day_is_valid(on) || on.ymd < yesterday.ymd)
		return err_on_field(e->a, "to_on", "too_early", "yesterday is the earliest last day");
	/* What began today and was wrong has no day before: it ends today. */
	if (on.ymd < a->from_on.ymd)
		return err_on_field(e->a, "to_on", "before_begin", "the last day lies before the first");
	if (!reason.n)
		return err_on_field(e->a, "reason", "required", "say why it ends");
	return end(tx, e, a, on, reason);
}

static const struct err *hand_over(struct db_tx *tx, struct env *e, struct assignment *old, struct id to, struct str reason)
{
	struct unit office;
	bool is_cadre;
	int64_t there;
	struct day today = instant_day(e->now), yesterday = day_add(today, -1);
	TRY(assignment_cadre_of(tx, e->city, to, old->employer_path, today, &office, &is_cadre));
	if (!is_cadre)
		return err_on_field(e->a, "to_id", "not_a_cadre", str_z(e->a, old->employer_name));
	TRY(db_i64(tx, &assignment_between, ARGS(ARG(e->city), ARG(old->employer_id), ARG(to), ARG_DAY(today)), 0, &there));
	TRY(end(tx, e, old, old->from_on.ymd > yesterday.ymd ? old->from_on : yesterday, reason));
	if (there)
		return NULL;
	struct assignment next = {.employer_id = old->employer_id, .person_id = to, .unit_id = office.id, .kind = old->kind,
				  .every_days = old->every_days, .from_on = today, .note = old->note};
	TRY(assignment_put(tx, e, &next));
	return assignment_refresh(tx, e, next.employer_id);
}

const struct err *assignment_take_over(struct db_tx *tx, struct env *e, struct id from, struct id to, struct str path, struct str reason,
				       int64_t *n)
{
	struct assignment *v;
	size_t found;
	*n = 0;
	if (from.v == to.v)
		return err_on_field(e->a, "to_id", "same_cadre", "to somebody else");
	TRY(assignment_open_of(tx, e->city, from, instant_day(e->now), ID(0), ASSIGNMENT_TAKE_OVER_MAX + 1, &v, &found));
	if (found > ASSIGNMENT_TAKE_OVER_MAX)
		return ERR(e->a, ERR_LIMIT, "too_many_assignments", "more than %d at once", ASSIGNMENT_TAKE_OVER_MAX);
	for (size_t i = 0; i < found; i++) {
		if (!str_has_prefix(v[i].employer_path, path))
			continue;
		TRY(hand_over(tx, e, &v[i], to, reason));
		++*n;
	}
	return NULL;
}

/* ---- visits ------------------------------------------------------------------------------ */

const struct err *assignment_visit_put(struct db_tx *tx, struct env *e, struct visit *v)
{
	v->id = env_id(e);
	TRY(db_exec(tx, &assignment_visit_add,
		    ARGS(ARG(e->city), ARG(v->id), ARG(v->employer_id), ARG(v->person_id), ARG(v->unit_id), ARG_DAY(v->visited_on), ARG(v->note)),
		    NULL));
	struct event ev = {.object_kind = "assignment_visit", .object_id = v->id, .act = "visit", .unit_id = v->employer_id};
	event_plain(&ev, "visited_on", day_text(db_arena(tx), v->visited_on));
	event_text(&ev, "note", v->note);
	return event_append(tx, e, &ev);
}

static const struct err *change_note(struct db_tx *tx, struct env *e, struct id visit, struct id employer, struct str note)
{
	struct event ev = {.object_kind = "assignment_visit", .object_id = visit, .act = "change", .unit_id = employer};
	TRY(db_exec(tx, &assignment_visit_note, ARGS(ARG(e->city), ARG(visit), ARG(note)), NULL));
	event_text(&ev, "note", note);
	return event_append(tx, e, &ev);
}

const struct err *assignment_visited(struct db_tx *tx, struct env *e, const struct unit *employer, struct id person, struct id unit,
				     struct day on, struct str note, struct id *out)
{
	struct day today = instant_day(e->now);
	if (employer->kind != UNIT_EMPLOYER)
		return ERR(e->a, ERR_MISSING, NULL, "not an employer");
	if (!day_is_valid(on) || on.ymd > today.ymd)
		return err_on_field(e->a, "visited_on", "not_yet", "a visit lies behind");
	if (on.ymd < day_add(today, -ASSIGNMENT_EVERY_MAX).ymd)
		return err_on_field(e->a, "visited_on", "too_early", "more than a year ago");
	TRY(db_i64(tx, &assignment_visit_there, ARGS(ARG(e->city), ARG(person), ARG(employer->id), ARG_DAY(on)), 0, &out->v));
	if (out->v)
		return change_note(tx, e, *out, employer->id, note);
	struct visit v = {.employer_id = employer->id, .person_id = person, .unit_id = unit, .visited_on = on, .note = note};
	TRY(assignment_visit_put(tx, e, &v));
	*out = v.id;
	return assignment_refresh(tx, e, employer->id);
}
