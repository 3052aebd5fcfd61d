/* The parts of writing that do not look anything up: of an act that happens (hazard_write.c) and of a load (hazard_load.c). */
#ifndef HAZARD_WRITE_H
#define HAZARD_WRITE_H

#include "feature.h"
#include "hazard_model.h"

/* Wrong fields of a report, as far as no row is needed to see them. */
void hazard_check_report(struct env *e, const struct hazard_report *r, size_t n_photos, struct err_list *errors);
/* A reported one, without id, number, campaign and clock. */
struct hazard hazard_fresh(const struct env *e, const struct hazard_report *r, const struct unit *u, const struct place *p, size_t n_photos);
/* The n-th of a day in a county: 371302-20161120-0007. */
struct str hazard_number_text(struct arena *a, struct str division, struct day day, int64_t n);
/* Whom a row may name as the reporter; 0: nobody. */
struct id hazard_reporter_id(const struct env *e, const struct hazard *h);
const struct err *hazard_insert_reporter(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_report *r,
					 struct str receipt_code);
const struct err *hazard_add_photos(struct db_tx *tx, struct env *e, struct id hazard, const char *role, const struct id_list *uploads,
				    const struct hazard_photo *photos, size_t n);
const struct err *hazard_report_event(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_report *r);

/* The input of a found row: ERR_INPUT. */
const struct err *hazard_check_act(const struct hazard_case *k, const struct hazard_step *row);
/* The record after the act, without its clock. */
void hazard_after(const struct hazard_step *row, const struct hazard_case *k, struct hazard *h);
/* Whether who does it has worked on it, and may not judge it later. */
bool hazard_is_work(const struct hazard_step *row);
/* What an act leaves beside the record: progress, photos, event. */
const struct err *hazard_keep_work(struct db_tx *tx, struct env *e, const struct hazard_step *row, const struct hazard_case *k,
				   const struct hazard *h, const struct hazard_photo *photos, size_t n_photos);

/* Writes a record as it stands; ERR_CONFLICT when its version is not the stored one. */
const struct err *hazard_store(struct db_tx *tx, int64_t city, const struct hazard *h);
/* Where somebody acts from: the duty closest to a unit, as the event says it. */
void hazard_act_as(struct env *e, struct str path);

/* Of an act that names a unit or another hidden danger: sets k->to or k->into. ERR_INPUT. */
const struct err *hazard_find_others(struct db_tx *tx, struct env *e, struct hazard_case *k);
/* After an act: where it is now; the one that another was merged into or taken out of again, with an event of its own. */
const struct err *hazard_keep_others(struct db_tx *tx, struct env *e, const struct hazard *was, const struct hazard *h);

/* For struct feature: what the person has to put right, and its next holder. */
const struct err *hazard_open_items(struct db_tx *tx, struct env *e, struct id person, struct open_item *v, size_t max, size_t *n, int64_t *n_all);
const struct err *hazard_hand_over(struct db_tx *tx, struct env *e, struct id from, struct id to);

#endif
