/* Between blob.c and upload.c. Private to the app layer. */
#ifndef BLOB_PRIVATE_H
#define BLOB_PRIVATE_H

#include "blob.h"

enum { BLOB_MAX = 20 * 1024 * 1024 };

const char *blobs_uploads(const struct blobs *b); /* folder of the pieces */
/* A whole picture of a permitted type within the limits, by its head? Codes as blob_take_photo(). */
const struct err *blob_look(struct arena *a, int fd, int64_t size, struct str *type_out);
const struct err *blob_hash(struct arena *a, int fd, unsigned char out[32]);
/* Makes the file durable under its hash; `path` keeps its name too. */
const struct err *blob_store(struct app *app, struct arena *a, const char *path, int fd, const struct blob *b);

#endif
