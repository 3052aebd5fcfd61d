#include "claim.h"

#include "app_sql.h"

const struct err *claim_take(struct db_tx *tx, struct env *e, const char *kind, struct str value, bool *got_out)
{
	int64_t holder;
	TRY(db_exec(tx, &claim_insert, ARGS(ARG(e->city), ARG(str_of(kind)), ARG(value), ARG(e->claimant)), NULL));
	TRY(db_i64(tx, &claim_holder, ARGS(ARG(e->city), ARG(str_of(kind)), ARG(value)), 0, &holder));
	*got_out = holder == e->claimant.v;
	return NULL;
}

const struct err *claim_lock(struct db_tx *tx, struct env *e, const char *kind, struct str value)
{
	int64_t added;
	TRY(db_exec(tx, &claim_insert, ARGS(ARG(e->city), ARG(str_of(kind)), ARG(value), ARG(e->claimant)), &added));
	if (!added)
		return ERR(db_arena(tx), ERR_CONFLICT, "claimed", "%s %.*s is held by work in progress", kind, STR_ARG(value));
	/* Until this transaction ends its key still makes others wait. */
	return db_exec(tx, &claim_drop, ARGS(ARG(e->city), ARG(str_of(kind)), ARG(value), ARG(e->claimant)), NULL);
}

const struct err *claim_pass(struct db_tx *tx, struct env *e, const char *kind, struct str value)
{
	return e->claimant.v ? NULL : claim_lock(tx, e, kind, value);
}

const struct err *claim_release(struct db_tx *tx, struct env *e, int64_t most, bool *left_out)
{
	int64_t gone;
	TRY(db_exec(tx, &claim_drop_some, ARGS(ARG(e->city), ARG(e->claimant), ARG(most)), &gone));
	*left_out = gone >= most;
	return NULL;
}
