#include "app_sql.h"
#include "event.h"

struct audit_row {
	const struct audit *au;
};

static const struct err *write(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct audit *au = ((const struct audit_row *)ctx)->au;
	return db_exec(tx, &audit_add, ARGS(ARG(e->city), ARG(e->actor->person_id), ARG(str_of(au->what)), ARG(au->object),
					    arg_i64(e->now.ms / 60000), ARG(env_id(e)), ARG(e->now), ARG(au->detail), ARG(au->addr)), NULL);
}

const struct err *audit_write(struct env *e, const struct audit *au)
{
	struct audit_row row = {au};
	return env_write(e, write, &row);
}
