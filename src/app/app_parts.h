/* Parts of struct app that keep state of their own, for app.c. Each is made
 * once while the app is opened and freed (or its threads ended) by app_free().
 */
#ifndef APP_PARTS_H
#define APP_PARTS_H

#include "feature.h"

struct ids;
struct settings;

/* Loads <data>/secret (32 bytes, mode 0600); makes it on first start, synced with its folder. ERR_READONLY, ERR_BUG for a wrong length. */
const struct err *secret_load(struct arena *a, const char *data_dir, unsigned char out[32]);

/* The number under which this data folder holds a node number, the same at each start as long as it has the lock that goes with it: by the lock
 * its former holder is dead. Each of up to 32 programs on one folder has a number of its own; a copied folder has others. The lock ends
 * with the process, or is closed by the caller. 0 and -1 where the folder takes no file or no lock. */
int64_t folder_holder(struct arena *a, const char *data_dir, int *lock);

/* Ids and random bytes. Leases a node number (table node_lease), so the migrations must be applied. On a database that takes no
 * writes it works without a lease when app_options.read_only_ok is set: env_write fails there anyway. */
const struct err *ids_new(struct app *app, struct arena *a, struct ids **out);
void ids_free(struct ids *ids); /* gives the node back with its high-water mark; before db_close; NULL is fine */

/* Prolongs the lease and the range of reserved ids when they run low, else does nothing. env_write() and the keeper thread call
 * it; never inside a transaction. ERR_BUSY "node_lease" when no node number can be had. */
const struct err *ids_keep(struct app *app, struct arena *a);

/* Reads the settings of all cities. Then setting_*() answer from memory. */
const struct err *settings_new(struct app *app, struct arena *a, struct settings **out);
void settings_free(struct settings *s); /* NULL is fine */
/* Reads them anew; the keeper thread every 10 s, env_write() at once after a change made here. Never inside a transaction. */
const struct err *settings_refresh(struct app *app, struct arena *a);
/* After a committed transaction: reads them anew when it wrote one. */
void settings_after_write(struct app *app, struct arena *a);

/* Counts of refusals that are not written yet (audit.c). */
struct audit_flood;
struct audit_flood *audit_flood_new(struct arena *a);

/* The core's own background jobs: old uploads, idempotency keys. */
extern const struct job_kind app_jobs[];

#endif
