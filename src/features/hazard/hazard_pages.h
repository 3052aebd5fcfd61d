/* Documents and forms of the feature's pages; for its own files only. */
#ifndef HAZARD_PAGES_H
#define HAZARD_PAGES_H

#include "hazard_model.h"
#include "parts.h"

/* One for a page or a script: record, photos, actions; for pages also names, labels, timeline and forms. */
const struct err *hazard_show(struct db_tx *tx, struct call *c, const struct hazard *h);
/* Its events, without the names that only a logged look may show (HAZ-10). The minute of a report, and of an act without a name, is
 * for who may see found_at; for others `at` is the day. */
const struct err *hazard_put_events(struct db_tx *tx, struct call *c, struct id hazard, struct str unit_path, json_t *list);
/* The record as somebody with this sight gets it: until it is received due_at would tell the minute of the report, so who may not see
 * found_at gets the end of that day. */
struct hazard hazard_seen(const struct hazard *h, const struct doc_style *style);
/* The members that a page shows beside the shape's own: tone, due, is_major. */
void hazard_put_beside(struct call *c, json_t *j, const struct hazard *h);
/* What this user may do now, into `list`: act, label, fields; with forms for a page. */
const struct err *hazard_put_actions(struct db_tx *tx, struct call *c, const struct hazard *h, json_t *list);
/* The photos of the request: stored, decoded once and on disk before the transaction that names them. */
const struct err *hazard_take_photos(struct call *c, struct hazard_photo **out);
/* The report page's fields. `code`: of a posted place, or empty. */
const struct err *hazard_put_report(struct db_tx *tx, struct call *c, struct str code);
/* An entry of a list partial. */
void hazard_put_entry(struct call *c, json_t *items, const struct hazard *h);
/* A catalogue text with {{days}} in it. */
struct str hazard_days_text(struct call *c, const char *key, int64_t days);
const char *hazard_tone(uint32_t state);

extern const struct doc_part hazard_one_parts[], hazard_item_parts[], hazard_report_parts[], hazard_list_page[];

/* Who has the wait and until when: `waiting_for` in the document of an open one, `solved_level` of one that is closed out. */
const struct err *hazard_put_wait(struct db_tx *tx, struct call *c, const struct hazard *h);
extern const struct doc_part hazard_wait_parts[];
/* The county's number of a list "371302:0539-1 371311:0539-2 0539-3", else the one without a county. */
struct str hazard_duty_phone(struct str all, struct str county);



#endif
