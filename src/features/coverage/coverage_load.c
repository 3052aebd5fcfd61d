#include "coverage_load.h"

#include "coverage_sql.h"

void coverage_load_order(struct db_bulk *b)
{
	db_bulk_order(b, &launch_insert);
}
