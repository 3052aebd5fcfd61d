#include "account_cmd.h"

#include "account_model.h"
#include "account_sql.h"
#include "event.h"
#include "org.h"

enum { MADE_PASSWORD = 16 };

struct adding {
	struct str login, name, unit, hash;
	uint32_t role;
	bool must_change;
};

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct adding *k = ctx;
	struct unit u;
	if (k->unit.n)
		TRY(org_unit_named(tx, e->city, k->unit, &u));
	else
		TRY(org_root(tx, e->city, &u));
	struct person p = {.name = k->name, .unit_id = u.id};
	TRY(account_person_add(tx, e, &p));
	TRY(account_duty_add(tx, e, p.id, k->role, u.id));
	return account_login_add(tx, e, p.id, k->login, k->hash, k->must_change);
}

static const struct err *add_with(struct env *e, struct adding *k, struct str *password)
{
	k->must_change = password->n == 0;
	if (password->n == 0)
		*password = account_make_password(e->app, e->a, MADE_PASSWORD);
	struct password_owner who = {.roles = R(k->role), .login = k->login, .name = k->name, .is_mlps = account_is_mlps(e->app, e->city)};
	TRY(account_password_check(e->a, &who, *password, "password"));
	TRY(account_hash(e->app, e->a, *password, false, &k->hash));
	return env_write(e, add, k);
}

const struct err *account_first_admin(struct env *e, struct str *login, struct str *password)
{
	*login = str_fmt(e->a, "admin-%lld", (long long)e->city);
	*password = STR_NONE;
	struct adding k = {.login = *login, .name = STR("系统管理员"), .role = ROLE_SYSTEM_ADMIN};
	return add_with(e, &k, password);
}

const struct err *account_user_add(struct env *e, struct str login, struct str name, struct str role, struct str unit, struct str *password)
{
	struct adding k = {.login = str_trim(login), .name = str_trim(name), .unit = unit, .role = codes_find(&role_codes, role)};
	if (k.role == ROLE_NONE)
		return err_on_field(e->a, "role", "unknown_word", "no such role");
	if (k.name.n == 0 || !str_is_utf8(k.name) || str_chars(k.name) > ACCOUNT_NAME_MAX)
		return err_on_field(e->a, "name", "required", "a name of at most 60 characters");
	return add_with(e, &k, password);
}

struct changing {
	struct str login, hash;
	int64_t city;
	struct account w;
};

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct changing *k = ctx;
	bool found;
	TRY(account_find(tx, str_trim(k->login), &k->city, &k->w, &found));
	return found ? NULL : ERR(e->a, ERR_MISSING, "no_such_login", "no such login");
}

static const struct err *lock(struct db_tx *tx, struct env *e, void *ctx)
{
	return account_set_lock(tx, e, &((struct changing *)ctx)->w, true);
}

const struct err *account_user_lock(struct env *e, struct str login)
{
	struct changing k = {.login = login};
	TRY(env_read(e, find, &k));
	struct env there = env_system(e->app, e->a, k.city);
	return env_write(&there, lock, &k);
}

static const struct err *reset(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct changing *k = ctx;
	struct account w = k->w;
	if (w.is_locked) {
		TRY(account_set_lock(tx, e, &w, false));
		w.version++;
	}
	return account_set_password(tx, e, &w, k->hash, true, ID(0));
}

const struct err *account_user_password(struct env *e, struct str login, struct str *password)
{
	struct changing k = {.login = login};
	TRY(env_read(e, find, &k));
	*password = account_make_password(e->app, e->a, MADE_PASSWORD);
	TRY(account_hash(e->app, e->a, *password, false, &k.hash));
	struct env there = env_system(e->app, e->a, k.city);
	return env_write(&there, reset, &k);
}

static const struct err *remove_factor(struct db_tx *tx, struct env *e, void *ctx)
{
	return factor_remove(tx, e, ((struct changing *)ctx)->w.id, STR("command line"));
}

const struct err *account_user_factor(struct env *e, struct str login)
{
	struct changing k = {.login = login};
	TRY(env_read(e, find, &k));
	struct env there = env_system(e->app, e->a, k.city);
	return env_write(&there, remove_factor, &k);
}
