/* One job: leasing, running, settling. Private to job.c and jobs.c. */
#ifndef JOB_RUN_H
#define JOB_RUN_H

#include "feature.h"
#include "job.h"

#define JOB_LEASE_MS INT64_C(120000)        /* prolonged by the keeper while the job runs */
#define JOB_LEASE_DRAIN_MS INT64_C(1800000) /* nobody prolongs it */
#define JOB_EVERY "every"                   /* `uniq` of a periodic job */

struct job_lease {
	int64_t city, owner, lease_ms;
	struct id id;
	struct str kind, uniq, payload;
	int64_t attempts;
};

/* Leases one due job of any city; *found false when there is none to be had. The strings live on `a`. */
const struct err *job_take(struct app *app, struct arena *a, int64_t owner, int64_t lease_ms, struct job_lease *out, bool *found);
/* Runs it and writes how it went; true when it was done well. Errors are logged and kept in the row. */
bool job_run(struct app *app, struct arena *a, const struct job_lease *l);
const struct err *job_keep_lease(struct app *app, struct arena *a, const struct job_lease *l);
/* Makes the rows of the periodic kinds in each city where they are missing, and pulls in what a clock that ran ahead put off. */
const struct err *job_plant(struct app *app, struct arena *a);

#endif
