/* Receipts: who reported follows it by its code, appeals and objects, without a name; for the feature's own files only. */
#ifndef HAZARD_RECEIPT_H
#define HAZARD_RECEIPT_H

#include "hazard_model.h"
#include "parts.h"

struct receipt_query {
	struct str code;
};
extern const struct shape hazard_receipt_query[];
extern const struct doc_part hazard_receipt_parts[], hazard_receipt_find_parts[];

const struct err *hazard_receipt_find(struct call *c); /* where a code that was written down is typed in */
const struct err *hazard_receipt_get(struct call *c);
const struct err *hazard_receipt_post(struct call *c); /* appeal, object: the code shows whose it is */

#endif
