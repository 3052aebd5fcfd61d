/* The organisation feature's own parts; other features see org.h only. */
#ifndef ORG_MODEL_H
#define ORG_MODEL_H

#include "org.h"

enum { ORG_NAME_MAX = 120, ORG_CODE_MAX = 32, ORG_USCC_TYPED_MAX = 40, ORG_INDUSTRY_MAX = 5, ORG_HEADCOUNT_MAX = 10000000 };

/* 409 on one field: the value is somebody else's already. */
const struct err *org_taken(struct arena *a, const char *pointer);
/* Finds the city in the shipped divisions and adds its units (feature.init_city). ERR_INPUT: no such city is shipped;
 * ERR_CONFLICT "city_exists": the city has its tree already. */
const struct err *org_init_city(struct db_tx *tx, struct env *e, struct str city_code);

/* Pages and their documents. */
const struct err *org_get_units(struct call *c);
const struct err *org_get_unit(struct call *c);
const struct err *org_get_employers(struct call *c);
const struct err *org_post_unit(struct call *c);
const struct err *org_post_unit_change(struct call *c);
const struct err *org_get_places(struct call *c);
const struct err *org_get_place(struct call *c);
const struct err *org_post_place(struct call *c);

#endif
