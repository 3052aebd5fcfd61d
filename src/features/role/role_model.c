#include "role_model.h"

#include "day.h"
#include "event.h"
#include "role_sql.h"

#include <inttypes.h>
#include <string.h>

static const struct shape role_row[] = {
	SHAPE(struct role_made, id, 0), SHAPE(struct role_made, name, 0), SHAPE_CODE(struct role_made, basis, &role_codes), SHAPE(struct role_made, note, 0),
	SHAPE(struct role_made, is_closed, 0), SHAPE(struct role_made, version, 0), SHAPE_END};
static const struct shape grant_row[] = {
	SHAPE(struct role_grant, what, 0), SHAPE_CODE(struct role_grant, reach, &account_reaches), SHAPE_END};
static const struct shape holder_row[] = {
	SHAPE(struct role_holder, id, 0), SHAPE(struct role_holder, person_id, 0), SHAPE(struct role_holder, unit_id, 0),
	SHAPE(struct role_holder, name, 0), SHAPE(struct role_holder, unit_name, 0), SHAPE(struct role_holder, unit_path, 0),
	SHAPE(struct role_holder, from_on, 0), SHAPE_END};

/* ---- what may be held ------------------------------------------------------------ */

static size_t count_perms(struct app *app)
{
	size_t n = 0;
	for (size_t i = 0; app_features(app)[i]; i++)
		for (const struct perm *const *p = app_features(app)[i]->perms; p && *p; p++)
			n++;
	return n;
}

struct holding *role_holdings(struct app *app, struct arena *a, size_t *n)
{
	struct holding *v = ARENA_ARRAY(a, struct holding, count_perms(app) + SEE_COUNT);
	*n = 0;
	for (size_t i = 0; app_features(app)[i]; i++)
		for (const struct perm *const *p = app_features(app)[i]->perms; p && *p; p++)
			v[(*n)++] = (struct holding){.group = app_features(app)[i], .perm = *p, .what = str_of((*p)->name)};
	for (int right = 1; right < SEE_COUNT; right++)
		v[(*n)++] = (struct holding){.right = (enum field_right)right, .what = str_fmt(a, "see.%s", right_words[right])};
	return v;
}

uint32_t role_reach(const struct role_grant *v, size_t n, struct str what)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].what, what))
			return v[i].reach;
	return 0;
}

struct role_grant *role_builtin_grants(struct app *app, struct arena *a, uint32_t role, size_t *n)
{
	size_t n_all;
	const struct holding *all = role_holdings(app, a, &n_all);
	struct role_grant *v = ARENA_ARRAY(a, struct role_grant, n_all + 1);
	*n = 0;
	for (size_t i = 0; role && i < n_all; i++) {
		uint32_t holders = all[i].perm ? all[i].perm->roles : right_holders(all[i].right);
		if (holders >> role & 1)
			v[(*n)++] = (struct role_grant){all[i].what, ROLE_REACH_BELOW};
	}
	return v;
}

/* ---- reading ----------------------------------------------------------------------- */

const struct err *role_read(struct db_tx *tx, int64_t city, struct str id, struct role_made *out)
{
	int64_t number;
	uint32_t word = codes_find(&role_codes, id);
	*out = (struct role_made){.basis = word};
	if (word)
		return NULL;
	if (!str_i64(id, 1, INT64_MAX, &number))
		return ERR(db_arena(tx), ERR_MISSING, NULL, "no such role");
	return db_one(tx, &role_by_id, ARGS(ARG(city), arg_i64(number)), role_row, out);
}

struct count {
	struct id id;
	int64_t n;
};
static const struct shape count_row[] = {SHAPE(struct count, id, 0), SHAPE(struct count, n, 0), SHAPE_END};

const struct err *role_list(struct db_tx *tx, int64_t city, struct day today, struct role_made **out, size_t *n)
{
	void *rows, *counts;
	size_t n_counts;
	TRY(db_all(tx, &role_all, ARGS(ARG(city)), role_row, sizeof(struct role_made), &rows, n));
	TRY(db_all(tx, &role_counts, ARGS(ARG(city), ARG_DAY(today)), count_row, sizeof(struct count), &counts, &n_counts));
	*out = rows;
	for (size_t i = 0; i < *n; i++)
		for (size_t k = 0; k < n_counts; k++)
			if (((struct count *)counts)[k].id.v == (*out)[i].id.v)
				(*out)[i].holders = ((struct count *)counts)[k].n;
	return NULL;
}

const struct err *role_held(struct db_tx *tx, struct env *e, const struct role_made *r, struct role_grant **out, size_t *n)
{
	void *rows;
	if (!r->id.v) {
		*out = role_builtin_grants(e->app, db_arena(tx), r->basis, n);
		return NULL;
	}
	TRY(db_all(tx, &role_grants, ARGS(ARG(e->city), ARG(r->id)), grant_row, sizeof(struct role_grant), &rows, n));
	*out = rows;
	return NULL;
}

/* ---- what goes together --------------------------------------------------------------- */

static bool is_known(const struct holding *all, size_t n, struct str what)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(all[i].what, what))
			return true;
	return false;
}

static unsigned areas_of(struct app *app, struct arena *a, const struct role_grant *v, size_t n)
{
	struct grants g;
	account_grants_resolve(app, a, v, n, &g);
	unsigned areas = duty_areas(&(struct duty){.custom_id = ID(1), .grants = &g});
	/* A field right is a look at people's business. */
	return g.sight & ~(uint64_t)1 ? areas | AREA_BUSINESS : areas;
}

static const struct err *check_grants(struct env *e, const struct role_grant *v, size_t n)
{
	size_t n_all;
	struct err_list wrong = {0};
	const struct holding *all = role_holdings(e->app, e->a, &n_all);
	for (size_t i = 0; i < n; i++) {
		const char *field = v[i].reach == ROLE_REACH_CITY ? "whole_city" : "below";
		if (!is_known(all, n_all, v[i].what))
			err_add(&wrong, e->a, field, "unknown_word", "no such permission");
		else if (v[i].reach == ROLE_REACH_CITY && account_right(v[i].what) != SEE_ALL)
			err_add(&wrong, e->a, "whole_city", "right_below", "field rights are for the unit and below");
	}
	TRY(ERR_FROM(e->a, &wrong));
	if (!areas_fit(areas_of(e->app, e->a, v, n)))
		return err_on_field(e->a, "below", "areas_exclude", "the work of two administrators, or of one and business");
	return NULL;
}

struct role_grant *role_wanted(struct arena *a, const struct role_change *in, size_t *n)
{
	struct role_grant *v = ARENA_ARRAY(a, struct role_grant, in->below.n + in->city.n + 1);
	*n = 0;
	for (size_t i = 0; i < in->city.n; i++)
		if (!role_reach(v, *n, in->city.v[i]))
			v[(*n)++] = (struct role_grant){in->city.v[i], ROLE_REACH_CITY};
	/* The wider reach has the narrower one in it. */
	for (size_t i = 0; i < in->below.n; i++)
		if (!role_reach(v, *n, in->below.v[i]))
			v[(*n)++] = (struct role_grant){in->below.v[i], ROLE_REACH_BELOW};
	return v;
}

static struct role_grant *missing_from(struct arena *a, const struct role_grant *v, size_t n, const struct role_grant *of, size_t n_of, size_t *out)
{
	struct role_grant *gone = ARENA_ARRAY(a, struct role_grant, n + 1);
	*out = 0;
	/* Nothing is missing where it reaches further. */
	for (size_t i = 0; i < n; i++)
		if (role_reach(of, n_of, v[i].what) < v[i].reach)
			gone[(*out)++] = v[i];
	return gone;
}

void role_compare(struct arena *a, const struct role_grant *was, size_t n_was, const struct role_grant *now, size_t n_now, struct role_diff *out)
{
	out->added = missing_from(a, now, n_now, was, n_was, &out->n_added);
	out->removed = missing_from(a, was, n_was, now, n_now, &out->n_removed);
}

/* ---- writing ------------------------------------------------------------------------------ */

static struct str words_of(struct arena *a, const struct role_grant *v, size_t n)
{
	struct sb b = sb_new(a, 65536);
	for (size_t i = 0; i < n; i++)
		sb_fmt(&b, "%s%.*s:%s", i ? " " : "", STR_ARG(v[i].what), codes_word(&account_reaches, v[i].reach));
	return sb_str(&b);
}

static const struct err *put_grants(struct db_tx *tx, int64_t city, struct id role, const struct role_grant *v, size_t n)
{
	TRY(db_exec(tx, &role_grants_drop, ARGS(ARG(city), ARG(role)), NULL));
	for (size_t i = 0; i < n; i++)
		TRY(db_exec(tx, &role_grant_insert, ARGS(ARG(city), ARG(role), ARG(v[i].what), ARG_CODE(account_reaches, v[i].reach)), NULL));
	return NULL;
}

static const struct err *check_name(struct db_tx *tx, int64_t city, struct id role, struct str *name)
{
	int64_t holder;
	*name = str_trim(*name);
	if (name->n == 0)
		return err_on_field(db_arena(tx), "name", "required", "a name");
	TRY(db_i64(tx, &role_named, ARGS(ARG(city), ARG(*name)), role.v, &holder));
	if (holder == role.v)
		return NULL;
	struct err *e = ARENA_NEW(db_arena(tx), struct err);
	*e = *ERR(db_arena(tx), ERR_CONFLICT, "taken", "another role has this name");
	e->fields = err_on_field(db_arena(tx), "name", "taken", "in use")->fields;
	return e;
}

const struct err *role_add(struct db_tx *tx, struct env *e, struct role_made *r)
{
	size_t n;
	int64_t all;
	struct arena *a = db_arena(tx);
	if (r->basis && (R(r->basis) & R_ADMINS))
		return err_on_field(a, "basis", "admin_basis", "an administrator's role is not copied");
	TRY(check_name(tx, e->city, ID(0), &r->name));
	TRY(db_i64(tx, &role_how_many, ARGS(ARG(e->city)), 0, &all));
	if (all >= ROLES_MAX)
		return ERR(a, ERR_LIMIT, "too_many_roles", "%d roles are enough for a city", ROLES_MAX);
	const struct role_grant *v = role_builtin_grants(e->app, a, r->basis, &n);
	r->id = env_id(e);
	r->version = 1;
	TRY(db_exec(tx, &role_insert, ARGS(ARG(e->city), ARG(r->id), ARG(r->name), ARG_CODE(role_codes, r->basis), ARG(r->note)), NULL));
	TRY(put_grants(tx, e->city, r->id, v, n));
	struct event ev = {.object_kind = "role", .object_id = r->id, .act = "create"};
	event_plain(&ev, "basis", str_of(codes_word(&role_codes, r->basis)));
	event_plain(&ev, "after", words_of(a, v, n));
	event_text(&ev, "name", r->name);
	return event_append(tx, e, &ev);
}

static bool is_own(const struct actor *w, struct id role)
{
	for (size_t i = 0; i < w->n_duties; i++)
		if (w->duties[i].custom_id.v == role.v)
			return true;
	return false;
}

/* A person has one administrator's work at most: what a role that is held is about does not change under its holders. */
static const struct err *check_areas_kept(struct db_tx *tx, struct env *e, const struct role_made *r, const struct role_grant *was, size_t n_was,
					  const struct role_grant *now, size_t n_now)
{
	struct role_holder *v;
	size_t n;
	bool more;
	unsigned before = areas_of(e->app, e->a, was, n_was) & AREAS_OF_ADMINS, after = areas_of(e->app, e->a, now, n_now) & AREAS_OF_ADMINS;
	if (!after || before == after)
		return NULL;
	TRY(role_holders_after(tx, e, r->id, ID(0), &v, &n, &more));
	return n ? err_on_field(e->a, "below", "area_held", "it is held by somebody: take it from them first") : NULL;
}

static const struct err *change_event(struct db_tx *tx, struct env *e, const struct role_made *was, const struct role_made *r, const struct role_diff *d,
				      struct str before, struct str after)
{
	struct arena *a = db_arena(tx);
	struct event ev = {.object_kind = "role", .object_id = r->id, .act = r->is_closed && !was->is_closed ? "close" : "change"};
	event_plain(&ev, "added", words_of(a, d->added, d->n_added));
	event_plain(&ev, "removed", words_of(a, d->removed, d->n_removed));
	event_plain(&ev, "before", before);
	event_plain(&ev, "after", after);
	if (was->is_closed != r->is_closed)
		event_plain(&ev, "is_closed", r->is_closed ? STR("1") : STR("0"));
	if (!str_eq(was->name, r->name)) {
		event_text(&ev, "was_name", was->name);
		event_text(&ev, "name", r->name);
	}
	if (!str_eq(was->note, r->note))
		event_text(&ev, "note", r->note);
	return event_append(tx, e, &ev);
}

const struct err *role_change(struct db_tx *tx, struct env *e, struct role_made *r, const struct role_change *in)
{
	struct role_made was = *r;
	struct role_grant *before;
	struct role_diff diff;
	size_t n_before, n;
	struct arena *a = db_arena(tx);
	const struct role_grant *v = role_wanted(a, in, &n);
	if (in->version != r->version)
		return err_stale(a, in->version, r->version);
	if (is_own(e->actor, r->id))
		return ERR(a, ERR_DENIED, "own_role", "nobody changes a role that is his own");
	*r = (struct role_made){.id = r->id, .name = in->name, .note = str_trim(in->note), .basis = r->basis, .is_closed = in->is_closed, .version = r->version};
	TRY(check_name(tx, e->city, r->id, &r->name));
	TRY(check_grants(e, v, n));
	TRY(role_held(tx, e, &was, &before, &n_before));
	TRY(check_areas_kept(tx, e, r, before, n_before, v, n));
	TRY(db_change(tx, &role_update, ARGS(ARG(e->city), ARG(r->id), ARG(r->version), ARG(r->name), ARG(r->note), ARG(r->is_closed))));
	TRY(put_grants(tx, e->city, r->id, v, n));
	r->version++;
	role_compare(a, before, n_before, v, n, &diff);
	return change_event(tx, e, &was, r, &diff, words_of(a, before, n_before), words_of(a, v, n));
}

/* ---- holders ---------------------------------------------------------------------------------- */

const struct err *role_holders_after(struct db_tx *tx, struct env *e, struct id role, struct id after, struct role_holder **out, size_t *n, bool *more)
{
	void *rows;
	TRY(db_all(tx, &role_holders, ARGS(ARG(e->city), ARG(role), ARG(after), ARG_DAY(instant_day(e->now)), arg_i64(ROLE_HOLDERS + 1)), holder_row,
		   sizeof(struct role_holder), &rows, n));
	*out = rows;
	*more = *n > ROLE_HOLDERS;
	*n = *more ? ROLE_HOLDERS : *n;
	return NULL;
}

const struct err *role_duty_find(struct db_tx *tx, struct env *e, struct id role, struct id duty, struct role_holder *out)
{
	*out = (struct role_holder){0};
	return db_one(tx, &role_duty, ARGS(ARG(e->city), ARG(duty), ARG(role), ARG_DAY(instant_day(e->now))), holder_row, out);
}

const struct err *role_take(struct db_tx *tx, struct env *e, struct id role, const struct role_holder *h)
{
	/* At once: yesterday was the last day. */
	struct day last = day_add(instant_day(e->now), -1);
	TRY(db_change(tx, &role_duty_end, ARGS(ARG(e->city), ARG(h->id), ARG(role), ARG_DAY(last))));
	struct event ev = {.object_kind = "person", .object_id = h->person_id, .act = "end_duty", .unit_id = h->unit_id};
	event_plain(&ev, "custom_role", str_fmt(db_arena(tx), "%" PRId64, role.v));
	return event_append(tx, e, &ev);
}
