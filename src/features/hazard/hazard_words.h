/* Searching the ledger (NFR-1); for the feature's own files only. */
#ifndef HAZARD_WORDS_H
#define HAZARD_WORDS_H

#include "hazard_model.h"
#include "words.h"

/* The words of one: number, what is wrong and what was done, place, unit and employer. No person's name is among them. */
struct words hazard_words_of(struct arena *a, int64_t city, const struct hazard *h);

/* Leaves word in the running transaction that one has changed; its words follow within seconds. */
const struct err *hazard_words_later(struct db_tx *tx, struct env *e, struct id hazard);
/* With new ancestors one is found by other words (feature.moved_row). */
const struct err *hazard_moved_row(struct db_tx *tx, struct env *e, const struct sql_moved *table, struct id hazard);
/* The job that writes them. */
const struct err *hazard_words_job(struct env *e, struct str payload);
/* Writes the words of all anew. */
const struct err *hazard_words_rebuild(struct env *e);

/* A page of a filter with `search`, newest first; `at` holds the id behind which it goes on. */
const struct err *hazard_words_page(struct db_tx *tx, int64_t city, const struct hazard_filter *f, const struct hazard_place *at,
				    int64_t limit, struct hazard_rows *out);
/* Whether a filter has conditions besides its words and anchor. */
bool hazard_words_narrow(const struct hazard_filter *f);
/* How many have the words within the anchor, counted to at most `max`. */
const struct err *hazard_words_count(struct db_tx *tx, int64_t city, const struct hazard_filter *f, int64_t max, int64_t *n);

#endif
