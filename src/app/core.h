/* Private: handlers of the core's own routes that live in files of their own. */
#ifndef CORE_H
#define CORE_H

#include "call.h"

handler_fn openapi_get;
handler_fn metrics_get;

/* app/upload_routes.c */
extern const struct route upload_routes[];

#endif
