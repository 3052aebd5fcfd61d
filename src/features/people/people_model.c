#include "people_model.h"

#include "claim.h"
#include "day.h"
#include "event.h"
#include "org_sort.h"
#include "people_sql.h"

#include <string.h>

struct found { struct id id; };
static const struct shape found_shape[] = {SHAPE(struct found, id, 0), SHAPE_END};

/* ---- finding ----------------------------------------------------------------------------- */

const struct err *people_read(struct db_tx *tx, int64_t city, struct id id, struct person_at *out)
{
	TRY(account_person(tx, city, id, &out->p));
	TRY(org_unit(tx, city, out->p.unit_id, &out->unit));
	if (!out->unit.enterprise_id.v || out->unit.enterprise_id.v == out->unit.id.v)
		out->home = out->unit;
	else
		TRY(org_unit(tx, city, out->unit.enterprise_id, &out->home));
	return NULL;
}

struct search {
	struct db_tx *tx;
	int64_t city;
	struct str who;
	const struct unit *at;
	bool sees_phones;
	struct found *v;
	size_t n;
};

static const struct err *look(struct search *s, const struct sql *stmt, struct args args)
{
	void *rows;
	TRY(db_all(s->tx, stmt, args, found_shape, sizeof(struct found), &rows, &s->n));
	s->v = rows;
	return NULL;
}

static const struct err *look_by_id(struct search *s)
{
	struct id id;
	struct person_at p;
	if (!str_i64(s->who, 1, INT64_MAX, &id.v))
		return NULL;
	const struct err *e = people_read(s->tx, s->city, id, &p);
	if (e)
		return e->kind == ERR_MISSING ? NULL : e;
	if (p.p.has_left || !str_has_prefix(p.unit.path, s->at->path))
		return NULL;
	s->v = ARENA_NEW(db_arena(s->tx), struct found);
	s->v[0].id = id;
	s->n = 1;
	return NULL;
}

static const struct err *look_everywhere(struct search *s)
{
	struct arena *a = db_arena(s->tx);
	struct str key, end = path_end(a, s->at->path);
	TRY(org_sort_key(a, s->who, &key));
	/* Nobody is found by what the searcher may not see. */
	if (s->sees_phones)
		TRY(look(s, &people_phoned, ARGS(ARG(s->city), ARG(s->who), ARG(s->at->path), ARG(end))));
	if (!s->n && s->at->enterprise_id.v)
		TRY(look(s, &people_numbered, ARGS(ARG(s->city), ARG(s->at->enterprise_id), ARG(s->who))));
	if (!s->n)
		TRY(look(s, &people_named, ARGS(ARG(s->city), ARG(key), ARG(s->who), ARG(s->at->path), ARG(end))));
	return s->n ? NULL : look_by_id(s);
}

/* Posts of a union's office pass between offices: whoever keeps the people of a county names anybody of it. An employer's stay inside. */
static const struct err *look_wider(struct db_tx *tx, struct env *e, struct search *s)
{
	const struct duty *d = widest_duty(e->actor, &account_people_write);
	struct unit *wide = ARENA_NEW(db_arena(tx), struct unit);
	if (s->n || s->at->enterprise_id.v || !d || !str_has_prefix(s->at->path, d->unit_path))
		return NULL;
	TRY(org_unit(tx, e->city, d->unit_id, wide));
	s->at = wide;
	s->sees_phones = sight_at(e->actor, wide->path) >> SEE_PHONE & 1;
	return look_everywhere(s);
}

const struct err *people_find(struct db_tx *tx, struct env *e, struct str who, const struct unit *at, const char *field, struct id *out)
{
	struct search s = {.tx = tx, .city = e->city, .who = str_trim(who), .at = at, .sees_phones = sight_at(e->actor, at->path) >> SEE_PHONE & 1};
	if (s.who.n)
		TRY(look_everywhere(&s));
	if (s.who.n)
		TRY(look_wider(tx, e, &s));
	if (s.n != 1)
		return err_on_field(e->a, field, s.n ? "ambiguous_person" : "nobody_here", "one person of this employer or unit is wanted");
	*out = s.v[0].id;
	return NULL;
}

const struct err *people_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n,
				    int64_t *n_all)
{
	*n = 0;
	*n_all = 0;
	for (const struct feature *const *f = app_features(e->app); *f; f++) {
		size_t some;
		int64_t all;
		if (!(*f)->open_items)
			continue;
		TRY((*f)->open_items(tx, e, person, v + *n, max - *n, &some, &all));
		*n += some;
		*n_all += all;
	}
	return NULL;
}

/* Of a worker's duty nobody is missed, and a substitute's goes back by itself. */
static bool is_post(const struct duty_line *d, struct day today)
{
	return d->role != ROLE_WORKER && !d->for_person_id.v && (!d->to_on.ymd || d->to_on.ymd >= today.ymd);
}

const struct err *people_sole_duties(struct db_tx *tx, struct env *e, struct id person, struct duty_line **out, size_t *n)
{
	struct day today = instant_day(e->now);
	size_t all;
	TRY(account_duty_lines(tx, e->city, person, out, &all));
	*n = 0;
	for (size_t i = 0; i < all; i++) {
		int64_t others = 0;
		if (!is_post(&(*out)[i], today))
			continue;
		TRY(account_duty_others(tx, e->city, &(*out)[i], today, &others));
		if (!others)
			(*out)[(*n)++] = (*out)[i];
	}
	return NULL;
}

/* ---- persons ------------------------------------------------------------------------------- */

static const struct err *number_check(struct db_tx *tx, struct env *e, const struct unit *u, const struct person *p)
{
	struct found other;
	bool taken;
	if (!u->enterprise_id.v || !p->staff_number.n)
		return NULL;
	TRY(claim_pass(tx, e, "staff_number", str_fmt(e->a, "%lld %.*s", (long long)u->enterprise_id.v, STR_ARG(p->staff_number))));
	TRY(db_find(tx, &people_number_holder, ARGS(ARG(e->city), ARG(u->enterprise_id), ARG(p->staff_number), ARG(p->id)), found_shape, &other,
		    &taken));
	return taken ? err_on_field(e->a, "staff_number", "number_taken", "somebody else's staff number here") : NULL;
}

static const struct err *check_free(struct db_tx *tx, struct env *e, const struct person *p)
{
	struct unit u;
	TRY(people_check(e->a, p));
	TRY(account_phone_check(tx, e, p->id, p->phone));
	if (!p->unit_id.v)
		return NULL;
	TRY(org_unit(tx, e->city, p->unit_id, &u));
	if (u.is_closed)
		return err_on_field(e->a, "unit_id", "closed", "a closed unit takes nobody");
	return number_check(tx, e, &u, p);
}

/* What stays as it was is not looked at: who corrects a name may not be able to see, let alone to mend, what is wrong beside it. */
static const struct err *check_changed(struct db_tx *tx, struct env *e, const struct person *p)
{
	struct person was, some = *p;
	TRY(account_person(tx, e->city, p->id, &was));
	bool moves = was.unit_id.v != p->unit_id.v, renumbered = !str_eq(was.staff_number, p->staff_number);
	if (str_eq(was.phone, p->phone))
		some.phone = STR("");
	if (!moves && !renumbered) {
		some.staff_number = STR("");
		some.unit_id = ID(0);
	}
	return check_free(tx, e, &some);
}

static void plain(struct person *p)
{
	p->name = str_trim(p->name);
	p->phone = str_trim(p->phone);
	p->staff_number = str_trim(p->staff_number);
}

/* Nobody comes to a post by his own word, whatever he may give to others (decision 0025). */
static const struct err *check_other(struct env *e, struct id to)
{
	bool is_self = !e->actor->is_system && e->actor->person_id.v == to.v;
	return is_self ? ERR(e->a, ERR_DENIED, "give_self", "nobody gives himself a duty") : NULL;
}

static const struct err *check_role(struct env *e, const struct unit *u, uint32_t role)
{
	if (!(people_gives(e->actor, u) & R(role)))
		return err_on_field(e->a, "role", "not_yours_to_give", "this duty is not yours to give here");
	return NULL;
}

const struct err *people_add(struct db_tx *tx, struct env *e, struct person *p, uint32_t role)
{
	struct unit u;
	plain(p);
	TRY(check_free(tx, e, p));
	TRY(org_unit(tx, e->city, p->unit_id, &u));
	if (role)
		TRY(check_role(e, &u, role));
	TRY(account_person_add(tx, e, p));
	return role ? account_duty_add(tx, e, p->id, role, u.id) : NULL;
}

const struct err *people_change(struct db_tx *tx, struct env *e, struct person *p)
{
	plain(p);
	TRY(check_changed(tx, e, p));
	return account_person_change(tx, e, p);
}

/* ---- duties ---------------------------------------------------------------------------------- */

const struct err *people_give(struct db_tx *tx, struct env *e, const struct person_at *who, uint32_t role, struct id unit)
{
	struct unit u;
	TRY(org_unit(tx, e->city, unit, &u));
	if (who->p.has_left)
		return ERR(e->a, ERR_CONFLICT, "has_left", "the person has left");
	if (u.is_closed)
		return err_on_field(e->a, "unit_id", "closed", "the unit is closed");
	TRY(check_other(e, who->p.id));
	TRY(check_role(e, &u, role));
	return account_duty_add(tx, e, who->p.id, role, unit);
}

/* A duty of a role that was made of permissions is taken where such roles are kept. */
static const struct err *own_to_give(struct db_tx *tx, struct env *e, const struct duty_line *d)
{
	struct unit u;
	TRY(org_unit(tx, e->city, d->unit_id, &u));
	if (d->custom_id.v && !e->actor->is_system)
		return ERR(e->a, ERR_DENIED, "custom_role", "roles made of permissions are given and taken by the security administrator");
	if (!(people_gives(e->actor, &u) & R(d->role)))
		return ERR(e->a, ERR_DENIED, "not_yours_to_give", "this duty is not yours to give or take");
	return NULL;
}

/* Today is the successor's already; a duty that began today never was. */
static struct day last_day(const struct env *e)
{
	return day_add(instant_day(e->now), -1);
}

const struct err *people_end(struct db_tx *tx, struct env *e, const struct person_at *who, struct id duty)
{
	struct duty_line d;
	struct open_item one;
	size_t n;
	int64_t open;
	int64_t others;
	TRY(account_duty_line(tx, e->city, who->p.id, duty, &d));
	TRY(own_to_give(tx, e, &d));
	TRY(account_duty_others(tx, e->city, &d, instant_day(e->now), &others));
	TRY(people_open_items(tx, e, who->p.id, &one, 1, &n, &open));
	if (open && !others && is_post(&d, instant_day(e->now)))
		return ERR(e->a, ERR_CONFLICT, "not_handed_over", "%lld things are open and nobody else holds the post", (long long)open);
	return account_duty_end(tx, e, &d, last_day(e));
}

const struct err *people_lend(struct db_tx *tx, struct env *e, const struct person_at *who, const struct people_lend *in)
{
	struct duty_line d;
	struct id to = {0};
	struct day today = instant_day(e->now);
	TRY(account_duty_line(tx, e->city, who->p.id, in->duty_id, &d));
	bool own = e->actor->person_id.v == who->p.id.v && !d.custom_id.v;
	if (!own)
		TRY(own_to_give(tx, e, &d));
	if (!duty_is_on(&d, today) || d.for_person_id.v)
		return err_on_field(e->a, "duty_id", "duty_over", "only a duty of one's own that lasts can be lent");
	if (in->from_on.ymd < today.ymd)
		return err_on_field(e->a, "from_on", "in_the_past", "from today on");
	if (day_number(in->from_on) - day_number(today) > LEND_DAYS_MAX)
		return err_on_field(e->a, "from_on", "too_far_ahead", "within 366 days");
	if (in->to_on.ymd < in->from_on.ymd || day_number(in->to_on) - day_number(in->from_on) > LEND_DAYS_MAX)
		return err_on_field(e->a, "to_on", "bad_span", "not before the first day, at most 366 days");
	if (d.to_on.ymd && in->to_on.ymd > d.to_on.ymd)
		return err_on_field(e->a, "to_on", "past_the_duty", "the duty itself ends before");
	TRY(people_find(tx, e, in->who, &who->home, "who", &to));
	if (to.v == who->p.id.v)
		return err_on_field(e->a, "who", "same_person", "a substitute is somebody else");
	TRY(check_other(e, to));
	return account_duty_lend(tx, e, &d, to, in->from_on, in->to_on);
}

/* ---- handing over ------------------------------------------------------------------------------ */

struct sheet {
	struct env *e;
	struct id id;
	const struct person_at *from;
	struct id to;
	int64_t n;
};

static const struct err *add_line(struct db_tx *tx, struct sheet *s, struct str kind, struct id object, struct str label)
{
	int64_t nth = s->n++;
	return db_exec(tx, &handover_line_insert,
		       ARGS(ARG(s->e->city), ARG(s->id), ARG(nth), ARG(kind), ARG(object), ARG(label)), NULL);
}

static const struct err *pass_duty(struct db_tx *tx, struct sheet *s, const struct duty_line *d)
{
	struct env *e = s->e;
	struct str role = d->custom_id.v ? d->custom_name : str_of(codes_word(&role_codes, d->role));
	TRY(own_to_give(tx, e, d));
	TRY(check_other(e, s->to));
	TRY(account_duty_end(tx, e, d, last_day(e)));
	TRY(account_duty_pass(tx, e, d, s->to));
	return add_line(tx, s, STR("duty"), d->id, str_fmt(e->a, "%.*s\t%.*s", STR_ARG(role), STR_ARG(d->unit_name)));
}

static const struct err *pass_duties(struct db_tx *tx, struct sheet *s)
{
	struct duty_line *v;
	size_t n;
	struct day today = instant_day(s->e->now);
	TRY(account_duty_lines(tx, s->e->city, s->from->p.id, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (is_post(&v[i], today))
			TRY(pass_duty(tx, s, &v[i]));
	return NULL;
}

static const struct err *pass_items(struct db_tx *tx, struct sheet *s)
{
	struct env *e = s->e;
	for (const struct feature *const *f = app_features(e->app); *f; f++) {
		struct open_item *v = ARENA_ARRAY(e->a, struct open_item, HAND_OVER_MAX);
		size_t n;
		int64_t all;
		if (!(*f)->open_items || !(*f)->hand_over)
			continue;
		TRY((*f)->open_items(tx, e, s->from->p.id, v, HAND_OVER_MAX, &n, &all));
		if (all > HAND_OVER_MAX)
			return ERR(e->a, ERR_LIMIT, "too_many", "more than %d of a feature at a time", HAND_OVER_MAX);
		TRY((*f)->hand_over(tx, e, s->from->p.id, s->to));
		for (size_t i = 0; i < n; i++)
			TRY(add_line(tx, s, v[i].kind, v[i].id, v[i].label));
	}
	return NULL;
}

static const struct err *end_rest(struct db_tx *tx, struct env *e, struct id person)
{
	struct duty_line *v;
	size_t n;
	TRY(account_duty_lines(tx, e->city, person, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (!v[i].to_on.ymd || v[i].to_on.ymd >= instant_day(e->now).ymd)
			TRY(account_duty_end(tx, e, &v[i], last_day(e)));
	return NULL;
}

static const struct err *go(struct db_tx *tx, struct env *e, struct id person)
{
	struct person p;
	TRY(end_rest(tx, e, person));
	TRY(account_person(tx, e->city, person, &p));
	p.has_left = true;
	return account_person_change(tx, e, &p);
}

static const struct err *check_version(struct env *e, const struct person_at *who, struct opt_i64 version)
{
	return version.is && version.v != who->p.version ? err_stale(e->a, version.v, who->p.version) : NULL;
}

const struct err *people_hand_over(struct db_tx *tx, struct env *e, const struct person_at *who, const struct people_pass *in, struct id *sheet)
{
	struct sheet s = {.e = e, .from = who};
	TRY(check_version(e, who, in->version));
	TRY(people_find(tx, e, in->successor, &who->home, "successor", &s.to));
	if (s.to.v == who->p.id.v)
		return err_on_field(e->a, "successor", "same_person", "a successor is somebody else");
	s.id = *sheet = env_id(e);
	TRY(db_exec(tx, &handover_insert,
		    ARGS(ARG(e->city), ARG(s.id), ARG(who->p.id), ARG(s.to), ARG(who->unit.id), ARG_DAY(instant_day(e->now)), ARG(e->now),
			 ARG(e->actor->person_id), ARG(str_trim(in->reason)), ARG(in->leaves)),
		    NULL));
	/* The duties first: some of what is open is answered for as their holder. */
	TRY(pass_duties(tx, &s));
	TRY(pass_items(tx, &s));
	if (s.n == 0)
		return ERR(e->a, ERR_CONFLICT, "nothing_to_hand_over", "no duty and nothing open");
	struct event ev = {.object_kind = "person", .object_id = who->p.id, .act = "hand_over", .unit_id = who->unit.id};
	event_plain(&ev, "to_id", str_fmt(e->a, "%lld", (long long)s.to.v));
	event_plain(&ev, "handover_id", str_fmt(e->a, "%lld", (long long)s.id.v));
	event_text(&ev, "reason", str_trim(in->reason));
	TRY(event_append(tx, e, &ev));
	return in->leaves ? go(tx, e, who->p.id) : NULL;
}

const struct err *people_leave(struct db_tx *tx, struct env *e, const struct person_at *who, int64_t version)
{
	struct open_item one;
	struct duty_line *posts;
	size_t n, n_posts;
	int64_t open;
	TRY(check_version(e, who, (struct opt_i64){true, version}));
	if (who->p.has_left)
		return ERR(e->a, ERR_CONFLICT, "has_left", "the person has left");
	TRY(people_open_items(tx, e, who->p.id, &one, 1, &n, &open));
	TRY(people_sole_duties(tx, e, who->p.id, &posts, &n_posts));
	if (open || n_posts)
		return ERR(e->a, ERR_CONFLICT, "not_handed_over", "%lld things are open, %zu posts would be empty", (long long)open, n_posts);
	return go(tx, e, who->p.id);
}

/* ---- sheets -------------------------------------------------------------------------------------- */

#define T struct handover
const struct shape handover_shape[] = {
	SHAPE(T, id, 0), SHAPE(T, from_id, 0), SHAPE(T, from_name, 0), SHAPE(T, to_id, 0), SHAPE(T, to_name, 0), SHAPE(T, unit_id, 0),
	SHAPE(T, unit_name, 0), SHAPE(T, made_on, 0), SHAPE(T, made_at, 0), SHAPE(T, by_id, 0), SHAPE(T, by_name, 0), SHAPE(T, reason, 0),
	SHAPE(T, leaves, 0), SHAPE_END};
#undef T
const struct shape handover_line_shape[] = {
	SHAPE(struct handover_line, kind, 0), SHAPE(struct handover_line, id, 0), SHAPE(struct handover_line, label, 0), SHAPE_END};
const struct shape handover_link_shape[] = {
	SHAPE(struct handover_link, id, 0), SHAPE(struct handover_link, made_on, 0), SHAPE(struct handover_link, name, 0), SHAPE_END};

const struct err *people_handover(struct db_tx *tx, int64_t city, struct id id, struct handover *out)
{
	return db_one(tx, &handover_by_id, ARGS(ARG(city), ARG(id)), handover_shape, out);
}

const struct err *people_handover_lines(struct db_tx *tx, int64_t city, struct id id, struct handover_line **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &handover_lines, ARGS(ARG(city), ARG(id)), handover_line_shape, sizeof(struct handover_line), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *people_handovers(struct db_tx *tx, int64_t city, struct id person, bool from, struct handover_link **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, from ? &handovers_from : &handovers_to, ARGS(ARG(city), ARG(person)), handover_link_shape, sizeof(struct handover_link),
		   &rows, n));
	*out = rows;
	return NULL;
}
