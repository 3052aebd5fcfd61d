/* Chinese order. */
#ifndef ORG_SORT_H
#define ORG_SORT_H

#include "err.h"

/* The collation key of a name in the order of pinyin (ICU, locale zh, numbers by their value), as lower-case hex: sort_key
 * columns compare bytewise on every engine. ERR_BUG when ICU's data are missing. */
const struct err *org_sort_key(struct arena *a, struct str name, struct str *out);

#endif
