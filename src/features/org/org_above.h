/* The unit that a cell of a sheet means. */
#ifndef ORG_ABOVE_H
#define ORG_ABOVE_H

#include "importing.h"
#include "org.h"

struct above {
	struct unit unit;   /* id 0: it comes with the sheet itself, by the row below; then kind alone is known */
	int64_t row;
	struct str place;   /* key of that place for what stands under it */
	const char *wrong;  /* NULL, or unknown_unit, ambiguous_unit, not_yours */
};

/* By id, code, credit code, name, or names from above joined by "/"; within what the actor may import there. `by_row`: rows further up
 * in the file count too, by the key "place" that a kind has given them. Answers are kept for the rows of one transaction. */
const struct err *org_above(struct db_tx *tx, struct env *e, struct import_item *it, struct str text, bool by_row, struct above *out);
/* The unit below `parent` with that name, if there is one. */
const struct err *org_child_by_name(struct db_tx *tx, int64_t city, struct id parent, struct str name, struct unit *out, bool *found_out);
/* Key of the name below what stands under `above`. */
struct str org_place_key(struct arena *a, const struct above *above, struct str name);

#endif
