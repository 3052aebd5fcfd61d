/* Hidden dangers with all that happened to them, written by a load (db_bulk.h): the rows that hazard_report() and hazard_act() leave when
 * they have run one after the other, by the same rules, but nothing is read: what those look up the caller knows.
 */
#ifndef HAZARD_LOAD_H
#define HAZARD_LOAD_H

#include "db_bulk.h"
#include "hazard_flow.h"
#include "event.h"
#include "org.h"

/* The campaigns and limits of a range of days, read once. */
struct hazard_load;
const struct err *hazard_load_new(struct env *e, struct day from, struct day to, struct hazard_load **out);
/* Parents before children. */
void hazard_load_order(struct db_bulk *b);

enum { HAZARD_TALE_PARTIES = 24, HAZARD_TALE_WORK = 32 };

/* One hidden danger under way; its texts live as long as the caller keeps them. */
struct hazard_tale {
	struct hazard h;
	struct event_chain chain;
	struct {
		struct id person;
		bool reports, rectifies;
	} parties[HAZARD_TALE_PARTIES];
	struct {
		struct id by;
		struct instant at;
	} work[HAZARD_TALE_WORK];
	size_t n_parties, n_work;
};

/* As hazard_report() of e->actor at e->now on `unit` (and `place`, id 0 for none), the nth of its day in `division` (a unit's code). */
struct hazard_load_report {
	const struct hazard_report *report;
	const struct unit *unit;
	const struct place *place;
	struct str division;
	int64_t nth;
	const struct hazard_photo *photos;
	size_t n_photos;
	unsigned char code[16];
};
const struct err *hazard_load_report(struct db_tx *tx, struct env *e, const struct hazard_load *l, const struct hazard_load_report *r,
				     struct hazard_tale *out);
/* As hazard_act(); the persons and the place that `in` names are of the employer. */
const struct err *hazard_load_act(struct db_tx *tx, struct env *e, const struct hazard_load *l, struct hazard_tale *t, struct str act,
				  const struct hazard_input *in, const struct hazard_photo *photos, size_t n_photos);
/* Writes the record as it stands, its parties and the head of its chain. */
const struct err *hazard_load_end(struct db_tx *tx, struct env *e, struct hazard_tale *t);
/* How many were reported on a day in a division, so that the next one gets its number. */
const struct err *hazard_load_count(struct db_tx *tx, int64_t city, struct str division, struct day day, int64_t n);

#endif
