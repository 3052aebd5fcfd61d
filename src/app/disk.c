#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct err *disk_err(struct arena *a, const char *what, const char *path)
{
	int no = errno;
	enum err_kind kind = ERR_BUG;
	/* EFBIG: a limit of the system on the size of files, which an operator sets instead of a quota. */
	if (no == ENOSPC || no == EDQUOT || no == EROFS || no == EFBIG)
		kind = ERR_READONLY;
	else if (no == ENOENT)
		kind = ERR_MISSING;
	return ERR(a, kind, NULL, "%s %s: %s", what, path, strerror(no));
}

const struct err *disk_sync_folder(struct arena *a, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return disk_err(a, "open", path);
	const struct err *e = fsync(fd) == 0 ? NULL : disk_err(a, "fsync", path);
	close(fd);
	return e;
}

/* Also when it exists: whoever made it this moment may not have synced its entry yet. */
const struct err *disk_folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	if (mkdir(path, 0750) != 0 && errno != EEXIST)
		return disk_err(a, "mkdir", path);
	return disk_sync_folder(a, slash ? str_z(a, (struct str){path, (size_t)(slash - path) + 1}) : ".");
}

const struct err *disk_write(struct arena *a, int fd, const void *p, size_t n, int64_t at, const char *path)
{
	const char *from = p;
	while (n) {
		ssize_t done = at < 0 ? write(fd, from, n) : pwrite(fd, from, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return disk_err(a, "write", path);
		from += done;
		n -= (size_t)done;
		at += at < 0 ? 0 : done;
	}
	return NULL;
}
