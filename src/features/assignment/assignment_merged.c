#include "assignment_merged.h"

#include "assignment_model.h"
#include "assignment_sql.h"
#include "day.h"

const struct err *assignment_merged(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	struct day today = instant_day(e->now);
	TRY(db_exec(tx, &assignment_follows, ARGS(ARG(e->city), ARG(from), ARG(to), ARG_DAY(today)), NULL));
	TRY(db_exec(tx, &assignment_ends_with, ARGS(ARG(e->city), ARG(from), ARG_DAY(today), arg_str(STR("单位合并"))), NULL));
	TRY(assignment_refresh(tx, e, from));
	return assignment_refresh(tx, e, to);
}
