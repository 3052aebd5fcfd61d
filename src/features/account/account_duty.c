/* Duties over time: ended, passed on, lent to a substitute (ORG-5). */
#include "account_model.h"

#include "account_sql.h"
#include "day.h"
#include "event.h"

#define T struct duty_line
#define SEEN SHAPE(T, id, 0), SHAPE(T, person_id, 0), SHAPE_CODE(T, role, &role_codes), SHAPE(T, unit_id, 0), SHAPE(T, unit_name, 0), \
	SHAPE(T, custom_id, 0), SHAPE(T, custom_name, 0), SHAPE(T, from_on, 0), SHAPE(T, to_on, 0), SHAPE(T, for_person_id, 0), SHAPE(T, for_name, 0)
const struct shape duty_line_row[] = {SEEN, SHAPE(T, unit_path, 0), SHAPE_END};
const struct shape duty_line_shape[] = {SEEN, SHAPE_END};
#undef SEEN
#undef T

bool duty_is_on(const struct duty_line *d, struct day day)
{
	return d->from_on.ymd <= day.ymd && (!d->to_on.ymd || d->to_on.ymd >= day.ymd);
}

const struct err *account_duty_lines(struct db_tx *tx, int64_t city, struct id person, struct duty_line **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &account_duties_of, ARGS(ARG(city), ARG(person)), duty_line_row, sizeof(struct duty_line), &rows, n));
	*out = rows;
	return NULL;
}

const struct err *account_duty_line(struct db_tx *tx, int64_t city, struct id person, struct id duty, struct duty_line *out)
{
	return db_one(tx, &account_duty_by_id, ARGS(ARG(city), ARG(duty), ARG(person)), duty_line_row, out);
}

static const struct err *end_one(struct db_tx *tx, struct env *e, const struct duty_line *d, struct day last)
{
	int64_t changed;
	TRY(db_exec(tx, &account_duty_last_day, ARGS(ARG(e->city), ARG(d->id), ARG_DAY(last)), &changed));
	if (!changed)
		return ERR(db_arena(tx), ERR_CONFLICT, "duty_over", "the duty ended before");
	struct event ev = {.object_kind = "person", .object_id = d->person_id, .act = "end_duty", .unit_id = d->unit_id};
	event_plain(&ev, "role", str_of(codes_word(&role_codes, d->role)));
	event_plain(&ev, "to_on", day_text(db_arena(tx), last));
	return event_append(tx, e, &ev);
}

/* Who stands in for somebody does so for as long as that one holds the post. */
const struct err *account_duty_end(struct db_tx *tx, struct env *e, const struct duty_line *d, struct day last)
{
	void *rows;
	size_t n = 0;
	TRY(end_one(tx, e, d, last));
	if (d->for_person_id.v)
		return NULL;
	TRY(db_all(tx, &account_duty_lent,
		   ARGS(ARG(e->city), ARG(d->unit_id), ARG_CODE(role_codes, d->role), ARG(d->custom_id), ARG(d->person_id), ARG_DAY(last)),
		   duty_line_row, sizeof(struct duty_line), &rows, &n));
	for (size_t i = 0; i < n; i++)
		TRY(end_one(tx, e, (const struct duty_line *)rows + i, last));
	return NULL;
}

/* What a role that was made of permissions holds decides, too, whether it fits. */
static const struct err *as_duty(struct db_tx *tx, struct env *e, const struct duty_line *d, struct duty *out)
{
	*out = (struct duty){.role = d->role, .unit_id = d->unit_id, .custom_id = d->custom_id, .unit_path = d->unit_path};
	return account_read_grants(tx, e->app, e->city, out, 1);
}

const struct err *account_duty_pass(struct db_tx *tx, struct env *e, const struct duty_line *d, struct id to)
{
	struct duty same;
	TRY(as_duty(tx, e, d, &same));
	return account_duty_give(tx, e, to, &same);
}

const struct err *account_duty_lend(struct db_tx *tx, struct env *e, const struct duty_line *d, struct id to, struct day from, struct day until)
{
	struct duty same;
	struct duty_span span = {from, until, d->person_id};
	TRY(as_duty(tx, e, d, &same));
	return account_duty_give_for(tx, e, to, &same, &span);
}

const struct err *account_duty_others(struct db_tx *tx, int64_t city, const struct duty_line *d, struct day day, int64_t *n)
{
	return db_i64(tx, &account_duty_others_at,
		      ARGS(ARG(city), ARG(d->unit_id), ARG_CODE(role_codes, d->role), ARG(d->custom_id), ARG(d->person_id), ARG_DAY(day)), 0, n);
}

/* ---- how somebody gets in ------------------------------------------------------------- */

#define ONCE_MS INT64_C(259200000)

static const struct err *of_person(struct db_tx *tx, int64_t city, struct id person, struct account *w, bool *found)
{
	return db_find(tx, &account_of_person, ARGS(ARG(city), ARG(person)), account_row, w, found);
}

static const struct err *must_have(struct db_tx *tx, struct env *e, struct id person, struct account *w)
{
	bool found;
	TRY(of_person(tx, e->city, person, w, &found));
	return found ? NULL : ERR(db_arena(tx), ERR_MISSING, "no_account", "the person has no account");
}

const struct err *account_login_of(struct db_tx *tx, int64_t city, struct id person, struct login_of *out, bool *found)
{
	struct account w = {0};
	TRY(of_person(tx, city, person, &w, found));
	*out = (struct login_of){w.login, w.is_locked};
	return NULL;
}

const struct err *account_password_reset(struct db_tx *tx, struct env *e, struct id person, struct str hash)
{
	struct account w;
	TRY(must_have(tx, e, person, &w));
	w.once_until = INSTANT(e->now.ms + ONCE_MS);
	return account_set_password(tx, e, &w, hash, true, ID(0));
}

const struct err *account_set_lock(struct db_tx *tx, struct env *e, const struct account *w, bool locked)
{
	TRY(db_change(tx, &account_lock_set, ARGS(ARG(e->city), ARG(w->id), ARG(w->version), ARG(locked))));
	TRY(db_exec(tx, &account_session_end_others, ARGS(ARG(e->city), ARG(w->id), arg_i64(0)), NULL));
	struct event ev = {.object_kind = "account", .object_id = w->id, .act = locked ? "lock" : "unlock"};
	return event_append(tx, e, &ev);
}

const struct err *account_lock(struct db_tx *tx, struct env *e, struct id person, bool locked)
{
	struct account w;
	TRY(must_have(tx, e, person, &w));
	return account_set_lock(tx, e, &w, locked);
}
