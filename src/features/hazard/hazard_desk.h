/* The work desk's boxes (page "home"): what must I do today, what is late below me, what has risen to me. */
#ifndef HAZARD_DESK_H
#define HAZARD_DESK_H

#include "feature.h"

const struct err *hazard_desk_today(struct db_tx *tx, struct call *c, struct target *t, json_t *box);
const struct err *hazard_desk_late(struct db_tx *tx, struct call *c, struct target *t, json_t *box);
const struct err *hazard_desk_risen(struct db_tx *tx, struct call *c, struct target *t, json_t *box);

#endif
