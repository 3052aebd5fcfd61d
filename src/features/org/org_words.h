/* Searching units by parts of names and codes (NFR-1): for the feature's own files. */
#ifndef ORG_WORDS_H
#define ORG_WORDS_H

#include "org_model.h"
#include "words.h"

/* Leaves word in the running transaction that a unit, or a subtree, has changed; its words follow within seconds. */
const struct err *org_words_later(struct db_tx *tx, struct env *e, struct id unit);
const struct err *org_words_below_later(struct db_tx *tx, struct env *e, struct str path);
/* The job that writes them, and all of them anew. */
const struct err *org_words_job(struct env *e, struct str payload);
const struct err *org_words_rebuild(struct env *e);

/* Units below `scope` with all these words, newest first, whose id is below `before`; at most `limit`. Of one kind (0: any). */
struct org_search {
	const struct unit *scope;
	struct search what;
	struct id before;
	uint32_t kind;
	bool closed;
	int64_t limit;
};
const struct err *org_words_find_units(struct db_tx *tx, int64_t city, const struct org_search *s, struct unit **out, size_t *n);

#endif
