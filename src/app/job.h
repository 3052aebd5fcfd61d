/* Jobs: rows written in the transaction that causes them, done later under a
 * lease by whichever server is free; idempotent, with attempts and last error.
 */
#ifndef JOB_H
#define JOB_H

#include "app.h"

/* Queues a job of a declared kind, due at `due` (0: now), in the running transaction. `unique` (may be empty): at most one open job of that key. */
const struct err *job_add(struct db_tx *tx, struct env *e, const char *kind, struct str unique, struct str payload, struct instant due);

/* Starts the worker threads of a server / ends them (waits for the running job). */
struct jobs;
const struct err *jobs_start(struct app *app, struct arena *a, unsigned threads, struct jobs **out);
void jobs_stop(struct jobs *j);
/* Does everything that is due, on this thread; for tests and the command line. Number of jobs done. */
const struct err *jobs_drain(struct app *app, int64_t *done_out);

#endif
