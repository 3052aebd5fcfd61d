/* Claims: a name or a thing that long work has set aside before it is done, so that nobody else takes or changes it meanwhile.
 *
 * Long work (an import in stages) takes its claims in short transactions, looks at everything once more while it holds them, and
 * only then begins; whoever else wants to take such a name or change such a thing asks claim_pass() in its own transaction. Both
 * insert the same key, so on either engine one of two at the same moment waits for the other's commit and then sees what it did.
 * Kinds in use: "code" and "uscc" (values to be unique), "phone" and "staff_number" (the same, never held for longer than a
 * transaction), "unit" (an id that must stay as it is), "turn" (work of one kind at a time).
 */
#ifndef CLAIM_H
#define CLAIM_H

#include "app.h"

/* Takes a claim for e->claimant; *got_out false when another holds it. Taking it twice is fine. */
const struct err *claim_take(struct db_tx *tx, struct env *e, const char *kind, struct str value, bool *got_out);
/* For who is about to take the name or change the thing: ERR_CONFLICT "claimed" while somebody else's work holds it. Costs nothing
 * in the claimant's own work. */
const struct err *claim_pass(struct db_tx *tx, struct env *e, const char *kind, struct str value);
/* The rest of the transaction runs alone among those that take the same lock: what it reads from now on nobody of them changes. The
 * claimant's own work waits too. ERR_CONFLICT "claimed" as claim_pass(). */
const struct err *claim_lock(struct db_tx *tx, struct env *e, const char *kind, struct str value);
/* Gives back at most `most` claims of the claimant; *left_out tells whether there may be more. */
const struct err *claim_release(struct db_tx *tx, struct env *e, int64_t most, bool *left_out);

#endif
