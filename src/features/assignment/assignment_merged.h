/* feature.merged: who looks after an employer that was merged looks after what it went into; what is over stays with the former. */
#ifndef ASSIGNMENT_MERGED_H
#define ASSIGNMENT_MERGED_H

#include "app.h"

const struct err *assignment_merged(struct db_tx *tx, struct env *e, struct id from, struct id to);

#endif
