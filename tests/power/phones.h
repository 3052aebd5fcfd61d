/* Phones that report, act and upload at once on an application whose disk may lose power, and the list of what was acknowledged to
 * them. */
#ifndef PHONES_H
#define PHONES_H

#include "types.h"

#include <pthread.h>

struct ground;

enum { PHONES = 4, RECORDS_MAX = 4000 };

/* A hidden danger that was acknowledged, as far as it was. */
struct record {
	struct id id;
	char number[32], description[64];
	int64_t version;
	bool in_flight; /* one act more may have been done */
};

/* An upload that was acknowledged up to an offset. */
struct piece {
	struct id id;
	unsigned who;
	uint64_t tag;
	int64_t received, size;
	bool in_flight, is_taken; /* taken: a report may have it */
};

struct memory {
	struct record records[RECORDS_MAX];
	struct piece pieces[RECORDS_MAX];
	size_t n_records, n_pieces;
	int64_t unknown;      /* reports that were under way when it ended: there or not */
	int64_t acknowledged; /* answers, of all kinds */
	int64_t commits, batches; /* of the database: fewer batches than commits are group commits */
	uint64_t tags;
	pthread_mutex_t mutex;
	char wrong[300];      /* an error that no disk explains */
};

/* A city of its own in a new folder, closed. */
struct ground *phones_found(void);
const char *phones_folder(const struct ground *g);
void phones_forget(struct ground *g);
/* The application on a folder that holds a copy; what is wrong, NULL when it runs. */
const char *phones_open(struct ground *g, const char *dir);
void phones_close(struct ground *g, struct memory *m);

/* All phones work until the disk fails, or `rounds` times (0: for ever). */
void phones_work(struct ground *g, struct memory *m, unsigned rounds);

/* What is wrong with the application opened anew; "" when all that was acknowledged is there, whole and once. */
const char *phones_verify(struct ground *g, struct memory *m);

#endif
