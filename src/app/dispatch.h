/* The dispatcher: the one place where route, actor, permission, scope, origin
 * and input are asked, in this order, before any handler runs.
 */
#ifndef DISPATCH_H
#define DISPATCH_H

#include "app.h"
#include "web.h"

/* Callbacks for web_start; the context is the app. */
struct web_handler dispatch_handler(struct app *app);

#endif
