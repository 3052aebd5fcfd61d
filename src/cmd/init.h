/* Making a city: used by `init` and by the demonstration. */
#ifndef INIT_H
#define INIT_H

#include "app.h"

/* Fills the city's rows of all features in one transaction; *env_out acts as the program in that city.
 * ERR_INPUT for a code that is not shipped, ERR_CONFLICT "city_exists". */
const struct err *init_city(struct app *app, struct arena *a, const char *code, struct env *env_out);

#endif
