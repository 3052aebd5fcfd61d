/*
 * Small clean pictures from whatever a phone sent: the server's side of the media workers (decisions 7, T9, R12).
 *
 * The pool keeps a few sandboxed chabaocu-media processes; this process never decodes a stranger's picture itself.
 */
#ifndef MEDIA_H
#define MEDIA_H

#include "arena.h"
#include "err.h"
#include "imghead.h"
#include "media_proto.h"

#define MEDIA_SIDE_LARGE 1600 /* longest side in pixels of the two results */
#define MEDIA_SIDE_SMALL 320
#define MEDIA_DEADLINE_MS 10000

struct media_pool;

struct media_result {
	enum img_type type; /* by the bytes, not by the name */
	uint32_t width;     /* of the original, upright */
	uint32_t height;
	struct media_hint hint;               /* see media_proto.h; show to the reporter only, then forget */
	struct media_size out[MEDIA_OUTPUTS]; /* [0] large, [1] small; never larger than the original */
};

/*
 * Starts `workers` (1 to 16) processes of the executable `exe`, a path. deadline_ms 0 takes MEDIA_DEADLINE_MS. Never
 * NULL: when the workers cannot be started, each media_make says so and tries again. Beside `exe` stands the one with
 * MEDIA_WIDE_SUFFIX, started for one picture when `exe` says that it takes more. End with media_pool_stop.
 */
struct media_pool *media_pool_start(const char *exe, int workers, int deadline_ms);

/* Ends the workers and frees the pool; no media_make may be under way. NULL is fine. */
void media_pool_stop(struct media_pool *pool);

/*
 * Makes two upright sRGB JPEG files without any metadata from the picture in fd_in (a regular file, read from 0,
 * its offset stays) into fd_large and fd_small (empty regular files open for reading and writing). Blocks up to the pool's
 * deadline; safe from many threads. The descriptors stay the caller's. After an error the outputs may hold anything.
 *
 * Errors: ERR_INPUT image_type (not a still JPEG, PNG, WebP or HEIC), image_truncated, image_too_large (see
 * imghead.h and MEDIA_INPUT_MAX), image_broken (also when decoding it ended the worker); ERR_BUSY when no worker was
 * free or the answer did not come within the deadline; ERR_READONLY when an output could not be written; ERR_BUG
 * media_worker when no worker can be started or its result is not what it said.
 */
const struct err *media_make(struct media_pool *pool, struct arena *a, int fd_in, int fd_large, int fd_small,
			     struct media_result *out);

/*
 * Reads an XLSX workbook in fd_in (as above) into rows in fd_rows (an empty regular file open for reading and writing),
 * *length bytes as media_proto.h describes them; they come from a sandbox that a workbook may have taken over, and are to be
 * checked on reading. The descriptors stay the caller's.
 *
 * Errors: those of sheet.h, but input of more than MEDIA_INPUT_MAX is image_too_large; ERR_READONLY, ERR_BUSY, ERR_BUG as above.
 */
const struct err *media_sheet(struct media_pool *pool, struct arena *a, int fd_in, int fd_rows, uint64_t *length);

/* Process ids of the workers into pids (at most n), for `check` and tests; returns how many are running. */
int media_pool_pids(struct media_pool *pool, int *pids, int n);

#endif
