/* Roles that a city makes of permissions: what they hold, changed with a reason to be seen, and held by whom (ORG-5, NFR-2). */
#ifndef ROLE_MODEL_H
#define ROLE_MODEL_H

#include "account.h"
#include "feature.h"

enum { ROLE_NAME_MAX = 40, ROLE_NOTE_MAX = 400, ROLES_MAX = 200, ROLE_HOLDERS = 50 };

/* One that the city made, or a built-in one (id 0, then basis is itself). */
struct role_made {
	struct id id;
	struct str name, note;
	uint32_t basis;
	bool is_closed;
	int64_t version, holders;
};

/* What may be held: each permission of each feature, and behind them the field rights. */
struct holding {
	const struct feature *group; /* NULL: the field rights */
	const struct perm *perm;     /* NULL: a field right */
	enum field_right right;
	struct str what;             /* name of the permission, "see.phone" */
};
struct holding *role_holdings(struct app *app, struct arena *a, size_t *n);
/* Reach in which something is held: 0 for not; of a built-in role: below. */
uint32_t role_reach(const struct role_grant *v, size_t n, struct str what);
struct role_grant *role_builtin_grants(struct app *app, struct arena *a, uint32_t role, size_t *n);

/* {id} is a number or the word of a built-in role; ERR_MISSING. */
const struct err *role_read(struct db_tx *tx, int64_t city, struct str id, struct role_made *out);
/* The city's own, by name, with how many hold each. */
const struct err *role_list(struct db_tx *tx, int64_t city, struct day today, struct role_made **out, size_t *n);
/* What it holds now; of a built-in one by default. */
const struct err *role_held(struct db_tx *tx, struct env *e, const struct role_made *r, struct role_grant **out, size_t *n);

/* Makes one that holds what `basis` holds (0: nothing), with an event. ERR_CONFLICT on /name; ERR_INPUT on /basis: an administrator's. */
const struct err *role_add(struct db_tx *tx, struct env *e, struct role_made *r);

struct role_change {
	struct str name, note;
	bool is_closed;
	struct str_list below, city;
	int64_t version;
};
/* The whole of it anew, with an event of what came and went. ERR_CONFLICT stale, or on /name; ERR_INPUT on /below, /city: unknown, or what
 * does not go together; ERR_DENIED "own_role": the actor holds it himself. */
const struct err *role_change(struct db_tx *tx, struct env *e, struct role_made *r, const struct role_change *in);
/* What would come and go, as words "hazard.read:city", for people and the event. */
struct role_diff {
	struct role_grant *added, *removed;
	size_t n_added, n_removed;
};
void role_compare(struct arena *a, const struct role_grant *was, size_t n_was, const struct role_grant *now, size_t n_now, struct role_diff *out);
/* The lists of a form as grants, by name. */
struct role_grant *role_wanted(struct arena *a, const struct role_change *in, size_t *n);

struct role_holder {
	struct id id, person_id, unit_id; /* id: of the duty */
	struct str name, unit_name, unit_path;
	struct day from_on;
};
const struct err *role_holders_after(struct db_tx *tx, struct env *e, struct id role, struct id after, struct role_holder **out, size_t *n, bool *more);
/* A duty with this role that still holds; ERR_MISSING. */
const struct err *role_duty_find(struct db_tx *tx, struct env *e, struct id role, struct id duty, struct role_holder *out);
const struct err *role_take(struct db_tx *tx, struct env *e, struct id role, const struct role_holder *h);

/* ---- routes --------------------------------------------------------------------- */

extern const struct shape role_line_shape[];
extern const struct doc_part role_list_parts[], role_show_parts[];
struct role_add_input { struct str name, note; uint32_t basis; };
struct role_change_input { struct role_change change; bool confirmed; };
struct role_give_input { struct str person, unit; };
struct role_query { struct str header; };
struct role_show_query { struct id after; };
handler_fn role_get_list, role_get_one, role_form_list, role_form_one;

#endif
