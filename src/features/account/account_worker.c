/* Workers who get in by their team's code: found again among the employer's people, or new, with a PIN. */
#include "account_model.h"

#include "account_sql.h"
#include "claim.h"
#include "day.h"
#include "event.h"

/* ---- who is it? ------------------------------------------------------------------------ */

struct candidates {
	struct person *v;
	size_t n;
};

static const struct err *by_number(struct db_tx *tx, int64_t city, struct id enterprise, struct str number, struct candidates *out)
{
	void *rows;
	TRY(db_all(tx, &account_persons_numbered, ARGS(ARG(city), ARG(enterprise), ARG(number)), person_row, sizeof(struct person), &rows, &out->n));
	out->v = rows;
	return NULL;
}

static const struct err *by_phone(struct db_tx *tx, int64_t city, struct id enterprise, struct str phone, struct candidates *out)
{
	void *rows;
	TRY(db_all(tx, &account_persons_phoned_in, ARGS(ARG(city), ARG(enterprise), ARG(phone)), person_row, sizeof(struct person), &rows, &out->n));
	out->v = rows;
	return NULL;
}

const struct err *account_person_matching(struct db_tx *tx, int64_t city, struct id enterprise, struct str phone, struct str staff_number,
					  struct person *out, bool *found)
{
	struct candidates numbered, phoned;
	TRY(by_number(tx, city, enterprise, staff_number, &numbered));
	TRY(by_phone(tx, city, enterprise, phone, &phoned));
	*found = numbered.n || phoned.n;
	if (numbered.n > 1 || (!numbered.n && phoned.n > 1))
		return err_on_field(db_arena(tx), numbered.n ? "staff_number" : "phone", "ambiguous_person", "several persons have it");
	if (numbered.n && phoned.n && numbered.v[0].id.v != phoned.v[0].id.v)
		return err_on_field(db_arena(tx), "staff_number", "two_persons", "staff number and telephone are of different persons");
	if (*found)
		*out = numbered.n ? numbered.v[0] : phoned.v[0];
	return NULL;
}

const struct err *account_phone_check(struct db_tx *tx, struct env *e, struct id person, struct str phone)
{
	struct person other;
	bool taken;
	if (!phone.n)
		return NULL;
	TRY(claim_pass(tx, e, "phone", phone));
	TRY(db_find(tx, &account_phone_holder, ARGS(ARG(e->city), ARG(phone), ARG(person)), person_row, &other, &taken));
	return taken ? err_on_field(db_arena(tx), "phone", "phone_taken", "somebody else's telephone number") : NULL;
}

bool account_holds_duty(struct db_tx *tx, struct env *e, struct id person, uint32_t role, struct id unit, const struct err **bad)
{
	int64_t n = 0;
	*bad = db_i64(tx, &account_duty_held,
		      ARGS(ARG(e->city), ARG(person), ARG_CODE(role_codes, role), ARG(unit), ARG_DAY(instant_day(e->now))), 0, &n);
	return n > 0;
}

/* ---- how it gets in ---------------------------------------------------------------------- */

static const struct err *is_free(struct db_tx *tx, struct str login, bool *out)
{
	struct account w;
	int64_t city;
	bool taken;
	TRY(account_find(tx, login, &city, &w, &taken));
	*out = !taken;
	return NULL;
}

/* Another way to write who it is; whoever has it keeps it. */
static const struct err *add_alias(struct db_tx *tx, struct env *e, struct str alias, struct id account)
{
	bool is_new = false;
	if (alias.n)
		TRY(is_free(tx, alias, &is_new));
	return is_new ? db_exec(tx, &account_login_take, ARGS(ARG(alias), ARG(e->city), ARG(account)), NULL) : NULL;
}

/* A leader's word opens a worker's account, not that of somebody who may do more. */
static const struct err *is_worker(struct db_tx *tx, struct env *e, struct id person)
{
	uint32_t roles;
	TRY(account_roles_ahead(tx, e, person, &roles));
	return roles & ~R(ROLE_WORKER) ? err_on_field(db_arena(tx), "staff_number", "has_account", "this person does more than a worker") : NULL;
}

static const struct err *new_pin(struct db_tx *tx, struct env *e, const struct account *w, struct str hash)
{
	if (w->is_locked)
		return err_on_field(db_arena(tx), "staff_number", "has_account", "this person's account is locked");
	return account_set_password(tx, e, w, hash, false, ID(0));
}

const struct err *account_worker_login(struct db_tx *tx, struct env *e, const struct person *p, struct id enterprise, struct str hash,
				       struct id *account, int64_t *version)
{
	struct account w = {0};
	struct str number = account_number_login(db_arena(tx), enterprise, p->staff_number);
	bool exists, phone_free = false;
	TRY(is_worker(tx, e, p->id));
	TRY(db_find(tx, &account_of_person, ARGS(ARG(e->city), ARG(p->id)), account_row, &w, &exists));
	*account = w.id;
	if (exists) {
		TRY(new_pin(tx, e, &w, hash));
	} else {
		if (p->phone.n)
			TRY(is_free(tx, p->phone, &phone_free));
		struct str login = phone_free ? p->phone : number;
		if (login.n == 0)
			return err_on_field(db_arena(tx), "phone", "phone_taken", "somebody else gets in by this telephone");
		TRY(account_login_store(tx, e, p->id, login, hash, false, account));
	}
	TRY(add_alias(tx, e, p->phone, *account));
	TRY(add_alias(tx, e, number, *account));
	TRY(account_read(tx, e->city, *account, &w));
	*version = w.version;
	return NULL;
}
