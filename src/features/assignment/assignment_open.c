/* What a cadre looks after, when another takes the place (ORG-5). */
#include "assignment_model.h"

#include "day.h"
#include "feature.h"

const struct err *assignment_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n,
					int64_t *n_all)
{
	struct day today = instant_day(e->now);
	struct assignment *rows;
	TRY(assignment_open_of(tx, e->city, person, today, ID(0), (int64_t)max, &rows, n));
	TRY(assignment_open_count(tx, e->city, person, today, n_all));
	for (size_t i = 0; i < *n; i++)
		v[i] = (struct open_item){STR("assignment"), rows[i].id, rows[i].employer_name,
					  str_fmt(db_arena(tx), "/units/%lld", (long long)rows[i].employer_id.v)};
	return NULL;
}

const struct err *assignment_hand_over(struct db_tx *tx, struct env *e, struct id from, struct id to)
{
	int64_t n;
	return assignment_take_over(tx, e, from, to, STR("/"), STR(""), &n);
}
