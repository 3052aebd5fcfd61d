/* Roles that a city made of permissions: what they hold, and who may give them to whom. */
#include "account_model.h"
#include "account_sql.h"
#include "org.h"
#include "registry.h"

#include <string.h>

const struct perm account_role_read = {"role.read", R(ROLE_SECURITY_ADMIN) | R(ROLE_AUDIT_ADMIN) | R_CADRES};
const struct perm account_role_write = {"role.write", R(ROLE_SECURITY_ADMIN)};
const struct perm account_role_give = {"role.give", R(ROLE_SECURITY_ADMIN) | R_CADRES};

static const char *const reach_words[] = {"", "below", "city", NULL};
const struct codes account_reaches = {"role_reach", reach_words};

static const struct shape grant_row[] = {
	SHAPE(struct role_grant, what, 0), SHAPE_CODE(struct role_grant, reach, &account_reaches), SHAPE_END};

const struct err *account_role_grants_of(struct db_tx *tx, int64_t city, struct id role, struct role_grant **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &account_role_grants, ARGS(ARG(city), ARG(role)), grant_row, sizeof(struct role_grant), &rows, n));
	*out = rows;
	return NULL;
}

enum field_right account_right(struct str what)
{
	struct str see = STR("see.");
	for (int right = 1; right < SEE_COUNT; right++)
		if (str_has_prefix(what, see) && str_is(str_sub(what, see.n, SIZE_MAX), right_words[right]))
			return (enum field_right)right;
	return SEE_ALL;
}

/* What the program no longer knows is held by nobody. */
void account_grants_resolve(struct app *app, struct arena *a, const struct role_grant *v, size_t n, struct grants *out)
{
	const struct perm **below = ARENA_ARRAY(a, const struct perm *, n + 1), **city = ARENA_ARRAY(a, const struct perm *, n + 1);
	*out = (struct grants){.below = below, .city = city, .sight = 1};
	for (size_t i = 0; i < n; i++) {
		const struct perm *p = registry_perm(app_features(app), str_z(a, v[i].what));
		enum field_right right = account_right(v[i].what);
		if (right != SEE_ALL)
			out->sight |= (uint64_t)1 << right;
		else if (p && v[i].reach == ROLE_REACH_CITY)
			city[out->n_city++] = p;
		else if (p)
			below[out->n_below++] = p;
	}
}

/* The duty as if at the city's unit. */
static const struct err *at_root(struct db_tx *tx, int64_t city, const struct duty *d, const struct duty **out)
{
	struct unit root;
	struct duty *there = ARENA_NEW(db_arena(tx), struct duty);
	TRY(org_root(tx, city, &root));
	*there = *d;
	there->unit_id = root.id;
	there->unit_path = root.path;
	there->unit_name = root.name;
	*out = there;
	return NULL;
}

static const struct err *read_one(struct db_tx *tx, struct app *app, int64_t city, struct duty *d)
{
	struct role_grant *v;
	size_t n;
	struct grants *g = ARENA_NEW(db_arena(tx), struct grants);
	TRY(account_role_grants_of(tx, city, d->custom_id, &v, &n));
	account_grants_resolve(app, db_arena(tx), v, n, g);
	if (g->n_city)
		TRY(at_root(tx, city, d, &g->at_root));
	d->grants = g;
	return NULL;
}

const struct err *account_read_grants(struct db_tx *tx, struct app *app, int64_t city, struct duty *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].custom_id.v)
			TRY(read_one(tx, app, city, &v[i]));
	return NULL;
}

/* ---- giving --------------------------------------------------------------------------- */

struct custom {
	struct id id;
	struct str name, note;
	uint32_t basis;
	bool is_closed;
	int64_t version;
};
static const struct shape custom_row[] = {
	SHAPE(struct custom, id, 0), SHAPE(struct custom, name, 0), SHAPE_CODE(struct custom, basis, &role_codes), SHAPE(struct custom, note, 0),
	SHAPE(struct custom, is_closed, 0), SHAPE(struct custom, version, 0), SHAPE_END};

/* Nobody hands on more than he holds there himself (no way up). Who edits roles holds none of what is in them, and therefore gives them to
 * others alone. */
static const struct err *check_giver(struct env *e, struct id person, const struct duty *d, struct str path)
{
	const struct actor *w = e->actor;
	const struct grants *g = d->grants;
	if (w->is_system)
		return NULL;
	if (w->person_id.v == person.v)
		return ERR(e->a, ERR_DENIED, "give_self", "nobody gives himself a role");
	if (may_everywhere(w, &account_role_write))
		return NULL;
	/* Rules about posts look at the role that it was made after. */
	if (d->role && !has_role_at(w, R(d->role), path))
		return ERR(e->a, ERR_DENIED, "give_beyond", "the giver is no %s there", codes_word(&role_codes, d->role));
	for (size_t i = 0; i < g->n_below; i++)
		if (!may(w, g->below[i], path))
			return ERR(e->a, ERR_DENIED, "give_beyond", "%s is not the giver's own there", g->below[i]->name);
	for (size_t i = 0; i < g->n_city; i++)
		if (!may_everywhere(w, g->city[i]))
			return ERR(e->a, ERR_DENIED, "give_beyond", "%s is not the giver's own in the city", g->city[i]->name);
	uint64_t lacks = g->sight & ~sight_at(w, path);
	return lacks ? ERR(e->a, ERR_DENIED, "give_beyond", "field rights %llx are not the giver's own", (unsigned long long)lacks) : NULL;
}

const struct err *account_custom_give(struct db_tx *tx, struct env *e, struct id person, struct id role, struct id unit)
{
	struct custom r;
	struct unit u;
	TRY(db_one(tx, &account_role_by_id, ARGS(ARG(e->city), ARG(role)), custom_row, &r));
	if (r.is_closed)
		return err_on_field(db_arena(tx), "role", "closed", "the role is closed");
	TRY(org_unit(tx, e->city, unit, &u));
	struct duty d = {.role = r.basis, .custom_id = role, .unit_id = unit, .unit_path = u.path};
	TRY(read_one(tx, e->app, e->city, &d));
	TRY(check_giver(e, person, &d, u.path));
	return account_duty_give(tx, e, person, &d);
}
