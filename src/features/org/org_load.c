#include "org_load.h"

#include "org_sql.h"

void org_load_order(struct db_bulk *b)
{
	db_bulk_order(b, &org_unit_insert);
	db_bulk_order(b, &org_place_insert);
}

const struct err *org_load_offices(struct db_tx *tx, int64_t city, struct unit **out, size_t *n)
{
	void *rows;
	TRY(db_all(tx, &org_offices, ARGS(ARG(city)), unit_row, sizeof(struct unit), &rows, n));
	*out = rows;
	return NULL;
}
