/* Uploads in pieces. Private to upload.c and upload_routes.c.
 *
 * The bytes lie in <data>/uploads/CITY-ID until they are whole. `received` in the row is what was synced: each offset told to
 * a client survives a power cut. A taken upload's row is deleted: nothing ties a photo to the one who sent it.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "blob_private.h"

enum { UPLOADS_OPEN_MAX = 40, UPLOAD_KEPT_DAYS = 7, UPLOAD_STEP = 512 * 1024 };

struct upload_row {
	struct id id, person_id;
	struct str secret_hash, sha256, state, type;
	int64_t size, received;
	struct instant made_at;
};

bool upload_is_whole(const struct upload_row *u);
/* ERR_MISSING when there is none or it is somebody else's. */
const struct err *upload_find(struct db_tx *tx, struct env *e, struct id id, struct upload_row *out);
/* A new one of `size` bytes for the environment's maker; ERR_RATE with too many at once. Takes u->size, sets the rest. */
const struct err *upload_add(struct env *e, struct upload_row *u);

/* Bytes on their way into one upload. */
struct upload_writer {
	struct env *e;
	struct upload_row *row;
	const char *path;
	int *held, fd;          /* held: what the arena closes, -1 when it is closed */
	int64_t at;             /* written up to here; synced up to row->received */
	bool is_stored;         /* all of it came once, and the file is a stored blob by its other name: what is sent again is dropped */
};
/* ERR_CONFLICT "upload_busy" while another request writes to it, or when one did since `row` was read. The file is closed by upload_close(), at the latest with the
 * environment's arena. */
const struct err *upload_open(struct env *e, struct upload_row *row, struct upload_writer *out);
/* ERR_LIMIT past the declared size, ERR_READONLY on a full disk. */
const struct err *upload_write(struct upload_writer *w, struct str bytes);
/* Syncs and records what was written. The last piece makes it a stored blob, or removes the upload when it is no picture (ERR_INPUT
 * as blob_take_photo() and blob_prepare()). */
const struct err *upload_close(struct upload_writer *w);

/* Removes those that nobody took. */
const struct err *upload_purge(struct env *e);

#endif
