#include "assignment_load.h"

#include "assignment_sql.h"

void assignment_load_order(struct db_bulk *b)
{
	db_bulk_order(b, &assignment_insert);
	db_bulk_order(b, &assignment_visit_add);
}
