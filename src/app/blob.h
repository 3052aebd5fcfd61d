/* Blobs: content-addressed files under <data>/blobs, and the attachments that
 * give them an id, an owner object and therefore rights.
 *
 * A blob is durable (file and folder fsynced) before any row names it. Photos
 * are kept as sent for verification, and shown only as the re-encoded 1600 and
 * 320 pixel pictures, which carry no metadata.
 */
#ifndef BLOB_H
#define BLOB_H

#include "app.h"
#include "doc.h"
#include "web.h"

struct blobs;
const struct err *blobs_open(struct arena *a, const char *data_dir, bool read_only, struct blobs **out);

struct blob {
	unsigned char sha256[32];
	int64_t size;
};

/* Stores an uploaded file: checks that it is a picture (type by its bytes, pixels by its head) of at most 20 MB and 50
 * megapixels, moves it into place, fsyncs file and folder. ERR_INPUT codes image_type, image_too_large, image_broken; ERR_READONLY when the disk is full. */
const struct err *blob_take_photo(struct app *app, struct arena *a, struct upload *u, struct blob *out, struct str *type_out);
/* Opens a stored blob for reading; ERR_MISSING. */
const struct err *blob_open(struct app *app, struct arena *a, const unsigned char sha256[32], int *fd_out, int64_t *size_out);
/* The re-encoded picture, made on first use (size 1600 or 320); falls to ERR_BUSY when no worker is free. */
const struct err *blob_open_size(struct app *app, struct arena *a, const unsigned char sha256[32], int size, int *fd_out, int64_t *size_out);
/* `check`: is the file there and does its content still have the hash? ERR_MISSING, ERR_BUG "blob_broken". */
const struct err *blob_verify(struct app *app, struct arena *a, const unsigned char sha256[32]);
/* Checks a photo fully by decoding it once (makes both sizes); used before acknowledging. ERR_INPUT image_broken / image_truncated.
 * Without media workers (app_options.no_media) it does nothing. */
const struct err *blob_prepare(struct app *app, struct arena *a, const unsigned char sha256[32]);

/* An attachment row: what a blob hangs on. */
struct attachment {
	struct id id;
	struct str object_kind;
	struct id object_id;
	struct str role;          /* "before", "after", "progress" */
	unsigned char sha256[32];
	struct str type;
	int64_t size;
};
/* Writes the row in the running transaction. */
const struct err *attachment_add(struct db_tx *tx, struct env *e, struct id id, const char *object_kind, struct id object,
				 const char *role, const struct blob *b, struct str type);
/* Appends {id, role, href, href_320} for each of the object's attachments. */
const struct err *attachment_list(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, json_t *list);
const struct err *attachment_find(struct db_tx *tx, int64_t city, struct id id, struct attachment *out);

/* `check`: each attachment of the environment's city has its file with its content; faults go to `found`. */
const struct err *attachment_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out);

/* Uploads in pieces (POST /uploads, PATCH, GET): an upload belongs to its maker until a report takes it: the person logged in, or
 * who brings its secret (env.upload_secret: head Upload-Secret or the cookie of that name). Takes a whole one in the running
 * transaction; ERR_INPUT on /upload_ids, codes unknown, not_whole, taken. */
const struct err *upload_take(struct db_tx *tx, struct env *e, struct id upload, struct blob *out, struct str *type_out);

#endif
