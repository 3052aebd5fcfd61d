/* Settings: rows of the features' tables, stored per city, read from a snapshot that is refreshed on change and every 10 s. */
#ifndef SETTING_H
#define SETTING_H

#include "feature.h"

int64_t setting_i64(struct app *app, int64_t city, const char *name);   /* unknown names end the program: a bug */
bool setting_bool(struct app *app, int64_t city, const char *name);
struct str setting_str(struct app *app, struct arena *a, int64_t city, const char *name);
/* Writes one in the running transaction; ERR_INPUT out of range or of the wrong type. */
const struct err *setting_write(struct db_tx *tx, struct env *e, struct str name, struct str value);

#endif
