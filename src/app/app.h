/* The application: builds and owns everything; no globals. */
#ifndef APP_H
#define APP_H

#include "db.h"
#include "who.h"

struct app;
struct feature;
struct texts;
struct views;
struct blobs;
struct gate;
struct media_pool;
struct event_chain;

struct app_options {
	const struct feature *const *features; /* features_all; tests may give fewer */
	const char *db_dsn;    /* NULL: sqlite:<data>/chabaocu.db */
	const char *data_dir;  /* default "data" */
	const char *media_exe; /* chabaocu-media; NULL: beside the running program */
	const char *listen;
	const char *trusted_proxies;
	const char *views_dir; /* developer switch: templates from disk */
	bool migrate;          /* apply migrations at start */
	unsigned db_answer_ms; /* db_options */
	unsigned partitions;   /* of a PostgreSQL database that is still empty (db_options) */
	bool read_only_ok;
	bool no_media;         /* command-line tools that never look at pictures */
	struct instant fixed_now; /* tests, demo: the clock stands here when not 0 */
	struct day today;         /* demonstration: the clock runs as if today were this day, when not 0 */
	uint64_t seed;            /* tests, demo: ids, salts and tokens from this seed when not 0 */
};

/* Opens database, views, catalogues, blobs; walks the registry (ERR_BUG with the finding when a table is incomplete). */
const struct err *app_new(struct arena *a, const struct app_options *o, struct app **out);
void app_free(struct app *app);

struct db *app_db(struct app *app);
struct texts *app_texts(struct app *app);
struct views *app_views(struct app *app);
struct blobs *app_blobs(struct app *app);
struct gate *app_hash_gate(struct app *app); /* through it goes whoever hashes a password */
struct media_pool *app_media(struct app *app); /* NULL with no_media */
const char *app_data_dir(const struct app *app);
const struct feature *const *app_features(const struct app *app); /* NULL-terminated, in order of `needs` */
int64_t app_home_city_of(struct app *app); /* the installation's first city, 0 before init */
const char *app_version(void);

struct web_server;
void app_set_web(struct app *app, struct web_server *web); /* whose counters /metrics shows */

/* Servers' clocks may differ, and be set right, by so much; what was written at a later time than that from now was written by a
 * clock that ran ahead (docs/design/faults.md). */
#define CLOCK_AHEAD_MS INT64_C(600000)
struct instant app_now(const struct app *app);   /* wall clock or the fixed one */
void app_set_now(struct app *app, struct instant t); /* tests and demo only */

/* A fresh id: 41 bits ms since 2015-01-01 | 10 node | 12 sequence; never the same twice, also when the clock jumps back
 * (a high-water mark is kept in the node's lease row). */
struct id app_id(struct app *app);
/* The id of a moment in the past, for loads: who uses it answers for `low` (22 bits) being another one for each id of that ms. */
struct id app_id_at(struct instant at, uint32_t low);
void app_random(struct app *app, void *p, size_t n);
/* Secret of this installation for MACs (32 bytes, data folder, mode 0600, made on first start). */
const unsigned char *app_secret(const struct app *app);

/* ---- acting --------------------------------------------------------------- */

/* Who does something, when, for which city: what a write needs besides its data. Ids and salts drawn from it are the same
 * again when a transaction is re-run. */
struct env {
	struct app *app;
	struct arena *a;
	int64_t city;
	const struct actor *actor;
	struct instant now;
	struct id ids[64];
	unsigned n_ids, at_id;
	unsigned char seed[32];
	unsigned at_random;
	struct id act_unit;      /* the unit as which the actor acts (duty's unit), for events */
	uint32_t act_role;
	struct event_chain *chain; /* of the one object that is written from its first event on (event.h); NULL: as the database says */
	struct id claimant;      /* work in stages: whose claims are the environment's own (claim.h); 0: nobody's */
	struct str addr;         /* where the request came from; empty for the program itself */
	struct str upload_secret; /* proves to be the maker of uploads that were made without a login */
};

struct env env_new(struct app *app, struct arena *a, int64_t city, const struct actor *actor);
/* An environment of the program itself (jobs, command line). */
struct env env_system(struct app *app, struct arena *a, int64_t city);
struct id env_id(struct env *e);
void env_random(struct env *e, void *p, size_t n);

/* Runs fn in a durable transaction, retried as a whole; resets the environment's ids and salts before each try. */
typedef const struct err *env_fn(struct db_tx *tx, struct env *e, void *ctx);
const struct err *env_write(struct env *e, env_fn *fn, void *ctx);
const struct err *env_read(struct env *e, env_fn *fn, void *ctx);
/* The same as env_write() as the program itself, with ids, salts and time of its own, on memory that is given back: for a job that works in
 * many transactions. */
const struct err *env_write_apart(struct env *e, env_fn *fn, void *ctx);

#endif
