#include "account_load.h"
#include "account_model.h"

#include "account_sql.h"
#include "day.h"
#include "event.h"
#include "moving.h"
#include "org.h"
#include "org_sort.h"

#include <string.h>

/* ---- rows ---------------------------------------------------------------------- */

const struct shape person_row[] = {
	SHAPE(struct person, id, 0),
	SHAPE(struct person, name, 0),
	SHAPE(struct person, phone, 0),
	SHAPE(struct person, staff_number, 0),
	SHAPE(struct person, unit_id, 0),
	SHAPE(struct person, has_left, 0),
	SHAPE(struct person, version, 0),
	SHAPE_END,
};

const struct shape account_row[] = {
	SHAPE(struct account, id, 0),
	SHAPE(struct account, person_id, 0),
	SHAPE(struct account, login, 0),
	SHAPE(struct account, password, 0),
	SHAPE(struct account, must_change, 0),
	SHAPE(struct account, is_locked, 0),
	SHAPE(struct account, once_until, 0),
	SHAPE(struct account, version, 0),
	SHAPE_END,
};

static const struct shape duty_row[] = {
	SHAPE(struct duty, id, 0),
	SHAPE(struct duty, unit_id, 0),
	SHAPE_CODE(struct duty, role, &role_codes),
	SHAPE(struct duty, custom_id, 0),
	SHAPE(struct duty, custom_name, 0),
	SHAPE(struct duty, unit_path, 0),
	SHAPE(struct duty, n_moving, 0),
	SHAPE(struct duty, unit_name, 0),
	SHAPE_END,
};

/* ---- persons -------------------------------------------------------------------- */

const struct err *account_person(struct db_tx *tx, int64_t city, struct id id, struct person *out)
{
	return db_one(tx, &account_person_by_id, ARGS(ARG(city), ARG(id)), person_row, out);
}

static const struct err *store_person(struct db_tx *tx, struct env *e, const struct unit *u, const struct person *p)
{
	struct str key;
	TRY(org_sort_key(db_arena(tx), p->name, &key));
	TRY(db_exec(tx, &account_person_insert,
		    ARGS(ARG(e->city), ARG(p->id), ARG(p->name), ARG(key), ARG(p->phone), ARG(p->staff_number), ARG(p->unit_id),
			 ARG(u->path), ARG(u->top_id), ARG(u->mid_id), ARG(u->enterprise_id), ARG(p->has_left), ARG(p->version)),
		    NULL));
	struct event ev = {.object_kind = "person", .object_id = p->id, .act = "add", .unit_id = p->unit_id};
	event_person(&ev, "name", p->name, SEE_ALL);
	event_person(&ev, "phone", p->phone, SEE_PHONE);
	return event_append(tx, e, &ev);
}

const struct err *account_person_add(struct db_tx *tx, struct env *e, struct person *p)
{
	struct unit u;
	TRY(org_unit(tx, e->city, p->unit_id, &u));
	p->id = env_id(e);
	p->version = 1;
	p->has_left = false;
	return store_person(tx, e, &u, p);
}

const struct err *account_person_change(struct db_tx *tx, struct env *e, struct person *p)
{
	struct person was;
	struct unit u;
	struct str key;
	TRY(account_person(tx, e->city, p->id, &was));
	TRY(org_unit(tx, e->city, p->unit_id, &u));
	TRY(org_sort_key(db_arena(tx), p->name, &key));
	TRY(db_change(tx, &account_person_update,
		      ARGS(ARG(e->city), ARG(p->id), ARG(p->version), ARG(p->name), ARG(key), ARG(p->phone), ARG(p->staff_number),
			   ARG(p->unit_id), ARG(u.path), ARG(u.top_id), ARG(u.mid_id), ARG(u.enterprise_id), ARG(p->has_left))));
	p->version++;
	struct event ev = {.object_kind = "person", .object_id = p->id, .act = p->has_left && !was.has_left ? "leave" : "change",
			   .unit_id = p->unit_id};
	if (!str_eq(was.name, p->name))
		event_person(&ev, "name", p->name, SEE_ALL);
	if (!str_eq(was.phone, p->phone))
		event_person(&ev, "phone", p->phone, SEE_PHONE);
	return event_append(tx, e, &ev);
}

/* ---- duties ---------------------------------------------------------------------- */

/* What the person does today or will do: of a duty only what it is. */
static const struct err *duties_ahead(struct db_tx *tx, struct env *e, struct id person, struct duty **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &account_duty_roles, ARGS(ARG(e->city), ARG(person), ARG_DAY(instant_day(e->now))), duty_row, sizeof(struct duty),
		   &rows, n));
	*out = rows;
	return NULL;
}

const struct err *account_roles_ahead(struct db_tx *tx, struct env *e, struct id person, uint32_t *out)
{
	struct duty *v;
	size_t n;
	TRY(duties_ahead(tx, e, person, &v, &n));
	*out = account_roles(v, n);
	return NULL;
}

struct held {
	unsigned areas; /* whose work of the three administrators' */
	uint32_t roles;
};

static const struct err *read_held(struct db_tx *tx, struct env *e, struct id person, struct held *out)
{
	struct duty *v;
	size_t n;
	TRY(duties_ahead(tx, e, person, &v, &n));
	TRY(account_read_grants(tx, e->app, e->city, v, n));
	*out = (struct held){.roles = account_roles(v, n)};
	for (size_t i = 0; i < n; i++)
		out->areas |= duty_areas(&v[i]);
	return NULL;
}

/* How much a password has to be: a PIN, one of the shop floor, one by the strict rules. Who has no duty yet may have come with a PIN. */
static int password_rank(uint32_t roles)
{
	return roles == 0 || account_may_have_pin(roles) ? 0 : account_is_strict(roles) ? 2 : 1;
}

/* What was good enough before is not any more: it leads to a new password and nowhere else. */
static const struct err *demand_password(struct db_tx *tx, struct env *e, struct id person, uint32_t before, uint32_t after)
{
	struct account w;
	bool found;
	if (password_rank(after) <= password_rank(before))
		return NULL;
	TRY(db_find(tx, &account_of_person, ARGS(ARG(e->city), ARG(person)), account_row, &w, &found));
	if (!found || w.must_change)
		return NULL;
	TRY(db_change(tx, &account_password_demand, ARGS(ARG(e->city), ARG(w.id), ARG(w.version))));
	struct event ev = {.object_kind = "account", .object_id = w.id, .act = "demand_password"};
	return event_append(tx, e, &ev);
}

static const struct err *insert_duty(struct db_tx *tx, struct env *e, struct id person, const struct duty *d, const struct duty_span *span)
{
	struct day from = span ? span->from : instant_day(e->now), to = span ? span->to : (struct day){0};
	return db_exec(tx, &account_duty_insert,
		       ARGS(ARG(e->city), ARG(env_id(e)), ARG(person), ARG_CODE(role_codes, d->role), ARG(d->unit_id), ARG_DAY(from),
			    ARG_DAY(to), ARG(d->custom_id), ARG(span ? span->for_person : ID(0))),
		       NULL);
}

static const struct err *duty_event(struct db_tx *tx, struct env *e, struct id person, const struct duty *d, const struct duty_span *span)
{
	struct event ev = {.object_kind = "person", .object_id = person, .act = span ? "lend_duty" : "give_duty", .unit_id = d->unit_id};
	if (span) {
		event_plain(&ev, "from_on", day_text(db_arena(tx), span->from));
		event_plain(&ev, "to_on", day_text(db_arena(tx), span->to));
		event_plain(&ev, "for_person_id", str_fmt(db_arena(tx), "%lld", (long long)span->for_person.v));
	}
	event_plain(&ev, "role", str_of(codes_word(&role_codes, d->role)));
	if (d->custom_id.v)
		event_plain(&ev, "custom_role", str_fmt(db_arena(tx), "%lld", (long long)d->custom_id.v));
	return event_append(tx, e, &ev);
}

const struct err *account_duty_give(struct db_tx *tx, struct env *e, struct id person, const struct duty *d)
{
	return account_duty_give_for(tx, e, person, d, NULL);
}

const struct err *account_duty_give_for(struct db_tx *tx, struct env *e, struct id person, const struct duty *d, const struct duty_span *span)
{
	struct person p;
	struct unit u;
	struct held held;
	TRY(account_person(tx, e->city, person, &p));
	TRY(org_unit(tx, e->city, d->unit_id, &u));
	TRY(read_held(tx, e, person, &held));
	unsigned all = held.areas | duty_areas(d);
	if ((all & AREAS_OF_ADMINS) && !areas_fit(all))
		return err_on_field(db_arena(tx), "role", "admin_exclusive", "an administrator does nothing but his own work");
	TRY(insert_duty(tx, e, person, d, span));
	/* The person's version guards the rule above against a second duty given at the same moment. */
	TRY(db_change(tx, &account_person_touch, ARGS(ARG(e->city), ARG(person), ARG(p.version))));
	TRY(demand_password(tx, e, person, held.roles, held.roles | account_roles(d, 1)));
	return duty_event(tx, e, person, d, span);
}

const struct err *account_duty_add(struct db_tx *tx, struct env *e, struct id person, uint32_t role, struct id unit)
{
	if (role == ROLE_NONE || role >= ROLE_COUNT)
		return err_on_field(db_arena(tx), "role", "unknown_word", "no such role");
	return account_duty_give(tx, e, person, &(struct duty){.role = role, .unit_id = unit});
}

const struct err *account_person_load(struct db_tx *tx, struct env *e, const struct unit *unit, uint32_t role, struct person *p)
{
	p->id = env_id(e);
	p->unit_id = unit->id;
	p->version = 2; /* the duty raised it */
	p->has_left = false;
	e->chain = ARENA_NEW(db_arena(tx), struct event_chain);
	TRY(store_person(tx, e, unit, p));
	struct duty d = {.role = role, .unit_id = unit->id};
	TRY(insert_duty(tx, e, p->id, &d, NULL));
	TRY(duty_event(tx, e, p->id, &d, NULL));
	return event_chain_end(tx, e);
}

const struct err *account_read_duties(struct db_tx *tx, int64_t city, struct id person, struct day today, struct duty **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &account_duties, ARGS(ARG(city), ARG(person), ARG_DAY(today)), duty_row, sizeof(struct duty), &rows, n));
	*out = rows;
	if (*n == 0 || (*out)->n_moving == 0)
		return NULL;
	struct movings *moving = ARENA_NEW(db_arena(tx), struct movings);
	TRY(moving_load(tx, city, moving));
	for (size_t i = 0; i < *n; i++)
		(*out)[i].moving = moving;
	return NULL;
}

uint32_t account_roles(const struct duty *d, size_t n)
{
	uint32_t roles = 0;
	/* Who holds a role that was made of permissions is at least at a desk, whatever it was made after. */
	for (size_t i = 0; i < n; i++)
		roles |= R(d[i].role) | (d[i].custom_id.v ? R(ROLE_NONE) : 0);
	return roles;
}

/* ---- accounts --------------------------------------------------------------------- */

static bool is_login(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return false;
	return s.n > 0 && str_is_utf8(s) && str_chars(s) <= ACCOUNT_LOGIN_MAX;
}

struct str account_number_login(struct arena *a, struct id enterprise, struct str staff_number)
{
	return staff_number.n ? str_fmt(a, "%.*s %lld", STR_ARG(staff_number), (long long)enterprise.v) : STR("");
}

static const struct shape past_row[] = {SHAPE(struct past, id, 0), SHAPE(struct past, password, 0), SHAPE_END};

struct where {
	int64_t city;
	struct id account_id;
};
static const struct shape where_row[] = {SHAPE(struct where, city, 0), SHAPE(struct where, account_id, 0), SHAPE_END};

const struct err *account_login_store(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash, bool must_change,
				      struct id *account)
{
	struct id id = env_id(e);
	*account = id;
	TRY(db_exec(tx, &account_login_take, ARGS(ARG(login), ARG(e->city), ARG(id)), NULL));
	TRY(db_exec(tx, &account_insert,
		    ARGS(ARG(e->city), ARG(id), ARG(person), ARG(login), ARG(hash), ARG(must_change), arg_bool(false), ARG(e->now),
			 arg_i64(1)),
		    NULL));
	struct event ev = {.object_kind = "account", .object_id = id, .act = "add"};
	event_person(&ev, "login", login, SEE_ALL);
	return event_append(tx, e, &ev);
}

const struct err *account_login_add(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash, bool must_change)
{
	struct where w;
	bool taken;
	login = str_trim(login);
	if (!is_login(login))
		return err_on_field(db_arena(tx), "login", "bad_login_name", "1 to 60 characters without blanks");
	TRY(db_find(tx, &account_login_where, ARGS(ARG(login)), where_row, &w, &taken));
	if (taken)
		return ERR(db_arena(tx), ERR_CONFLICT, "login_taken", "the login is in use");
	struct id unused;
	return account_login_store(tx, e, person, login, hash, must_change, &unused);
}

const struct err *account_login_load(struct db_tx *tx, struct env *e, struct id person, struct str login, struct str hash)
{
	e->chain = ARENA_NEW(db_arena(tx), struct event_chain);
	struct id unused;
	TRY(account_login_store(tx, e, person, login, hash, false, &unused));
	return event_chain_end(tx, e);
}

void account_load_order(struct db_bulk *b)
{
	db_bulk_order(b, &account_person_insert);
	db_bulk_order(b, &account_duty_insert);
	db_bulk_order(b, &account_insert);
}

const struct err *account_read(struct db_tx *tx, int64_t city, struct id id, struct account *out)
{
	return db_one(tx, &account_by_id, ARGS(ARG(city), ARG(id)), account_row, out);
}

const struct err *account_find(struct db_tx *tx, struct str login, int64_t *city, struct account *out, bool *found)
{
	struct where w = {0};
	TRY(db_find(tx, &account_login_where, ARGS(ARG(login)), where_row, &w, found));
	if (!*found)
		return NULL;
	*city = w.city;
	return account_read(tx, w.city, w.account_id, out);
}

const struct err *account_find_who(struct db_tx *tx, struct str login, struct str by_number, int64_t *city, struct account *out,
				   struct person *p, bool *found)
{
	struct where w = {0}, numbered = {0};
	bool by_login, by_staff, has_person;
	*out = (struct account){0};
	*p = (struct person){0};
	TRY(db_find(tx, &account_login_where, ARGS(ARG(login)), where_row, &w, &by_login));
	TRY(db_find(tx, &account_login_where, ARGS(ARG(by_number)), where_row, &numbered, &by_staff));
	*found = by_login || by_staff;
	if (!by_login && by_staff)
		w = numbered;
	if (*found)
		*city = w.city;
	/* Nobody is looked for as somebody is: what runs tells nothing. */
	TRY(db_find(tx, &account_by_id, ARGS(ARG(*city), ARG(w.account_id)), account_row, out, found));
	return db_find(tx, &account_person_by_id, ARGS(ARG(*city), ARG(out->person_id)), person_row, p, &has_person);
}

static const struct err *keep_past(struct db_tx *tx, struct env *e, const struct account *w)
{
	void *rows;
	size_t n;
	TRY(db_exec(tx, &account_past_put, ARGS(ARG(e->city), ARG(w->id), ARG(env_id(e)), ARG(w->password)), NULL));
	TRY(db_all(tx, &account_past_of, ARGS(ARG(e->city), ARG(w->id)), past_row, sizeof(struct past), &rows, &n));
	const struct past *v = rows;
	return db_exec(tx, &account_past_trim, ARGS(ARG(e->city), ARG(w->id), ARG(v[n - 1].id)), NULL);
}

const struct err *account_past_of_account(struct db_tx *tx, int64_t city, struct id account, struct past **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &account_past_of, ARGS(ARG(city), ARG(account)), past_row, sizeof(struct past), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *account_set_password(struct db_tx *tx, struct env *e, const struct account *w, struct str hash, bool must_change,
				       struct id keep_session)
{
	TRY(db_change(tx, &account_password_set,
		      ARGS(ARG(e->city), ARG(w->id), ARG(w->version), ARG(hash), ARG(must_change), ARG(e->now),
			   ARG(must_change ? w->once_until : (struct instant){0}))));
	TRY(keep_past(tx, e, w));
	TRY(db_exec(tx, &account_session_end_others, ARGS(ARG(e->city), ARG(w->id), ARG(keep_session)), NULL));
	/* Who changes it because a phone was lost wants out whoever found it, however that one comes in. */
	TRY(db_exec(tx, &account_token_revoke_all, ARGS(ARG(e->city), ARG(w->id), ARG(e->now)), NULL));
	struct event ev = {.object_kind = "account", .object_id = w->id, .act = must_change ? "reset_password" : "change_password"};
	return event_append(tx, e, &ev);
}

/* ---- choices ----------------------------------------------------------------------- */

enum { ROLES_ASKED_MAX = 6 };

struct choice_row {
	struct person_choice c;
	struct str sort_key, path;
};
#define CHOICE(m, t) {.name = #m, .type = (t), .off = offsetof(struct choice_row, c) + offsetof(struct person_choice, m)}
static const struct shape choice_shape[] = {
	CHOICE(id, SHAPE_T_ID),
	CHOICE(name, SHAPE_T_STR),
	CHOICE(role, SHAPE_T_STR),
	CHOICE(unit_name, SHAPE_T_STR),
	SHAPE(struct choice_row, sort_key, 0),
	SHAPE(struct choice_row, path, 0),
	SHAPE_END,
};
#undef CHOICE

const struct err *account_people(struct db_tx *tx, int64_t city, struct id enterprise, uint32_t roles, struct person_choice **out, size_t *n)
{
	struct str word[ROLES_ASKED_MAX];
	void *rows;
	size_t asked = 0;
	for (uint32_t role = 1; role < ROLE_COUNT; role++)
		if ((roles & R(role)) && asked < ROLES_ASKED_MAX)
			word[asked++] = str_of(codes_word(&role_codes, role));
	while (asked < ROLES_ASKED_MAX)
		word[asked++] = STR("");
	TRY(db_all(tx, &account_people_of,
		   ARGS(ARG(city), ARG(enterprise), ARG(word[0]), ARG(word[1]), ARG(word[2]), ARG(word[3]), ARG(word[4]), ARG(word[5])),
		   choice_shape, sizeof(struct choice_row), &rows, n));
	*out = ARENA_ARRAY(db_arena(tx), struct person_choice, *n + 1);
	for (size_t i = 0; i < *n; i++)
		(*out)[i] = ((struct choice_row *)rows)[i].c;
	return NULL;
}
