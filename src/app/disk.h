/* Files that must still be there after a power cut. Private to the app layer. */
#ifndef DISK_H
#define DISK_H

#include "err.h"

#include <stdint.h>

/* errno as an error: ERR_READONLY for a full or read-only disk, ERR_MISSING for a file that is not there, else ERR_BUG. */
const struct err *disk_err(struct arena *a, const char *what, const char *path);
/* Makes a folder when it is missing; in both cases its entry is on the disk afterwards. */
const struct err *disk_folder(struct arena *a, const char *path);
/* Syncs the folder, so that the names in it last. */
const struct err *disk_sync_folder(struct arena *a, const char *path);
/* Writes all n bytes at an offset (-1: at the file's position). */
const struct err *disk_write(struct arena *a, int fd, const void *p, size_t n, int64_t at, const char *path);

#endif
