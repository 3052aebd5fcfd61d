/* Jobs: rows written in the transaction that causes them, done later under a
 * lease by whichever server is free; idempotent, with attempts and last error.
 */
#ifndef JOB_H
#define JOB_H

#include "app.h"

/* Queues a job of a declared kind, due at `due` (0: now), in the running transaction. `unique` (may be empty): at most one open job of
 * that key in the city; asked for while it runs, it runs once more. */
const struct err *job_add(struct db_tx *tx, struct env *e, const char *kind, struct str unique, struct str payload, struct instant due);

/* Starts the worker threads of a server and the keeper, which prolongs the leases of running jobs and of the node number, renews the
 * settings and plants the periodic jobs of each city / ends them (waits for the running jobs). A job whose server died runs
 * again when its lease is over; after a failure it waits longer each time, and is given up after the attempts of its kind
 * (periodic ones never). */
struct jobs;
const struct err *jobs_start(struct app *app, struct arena *a, unsigned threads, struct jobs **out);
void jobs_stop(struct jobs *j);
/* Does everything that is due, periodic jobs included, on this thread; for tests and the command line. Number of jobs done well. */
const struct err *jobs_drain(struct app *app, int64_t *done_out);

/* The queue of all cities, for /metrics and the administrators' page. */
struct job_queue {
	int64_t due, waiting, given_up;
};
const struct err *job_queue_look(struct db_tx *tx, struct instant now, struct job_queue *out);

#endif
