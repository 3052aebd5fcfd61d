#include "app_parts.h"
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

enum { SECRET_BYTES = 32 };

static const struct err *read_secret(struct arena *a, const char *path, unsigned char *out, bool *found)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	*found = fd >= 0;
	if (fd < 0)
		return errno == ENOENT ? NULL : disk_err(a, "open", path);
	unsigned char more;
	bool whole = read(fd, out, SECRET_BYTES) == SECRET_BYTES && read(fd, &more, 1) == 0;
	close(fd);
	return whole ? NULL : ERR(a, ERR_BUG, "secret", "%s does not hold %d bytes", path, SECRET_BYTES);
}

/* The name appears only when the bytes are on the disk; of two servers that start at once the first to link it wins. */
static const struct err *write_secret(struct arena *a, const char *folder, const char *path)
{
	unsigned char bytes[SECRET_BYTES];
	const char *temp = str_fmt(a, "%s.%ld", path, (long)getpid()).p;
	if (getrandom(bytes, sizeof(bytes), 0) != SECRET_BYTES)
		return disk_err(a, "getrandom", path);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return disk_err(a, "create", temp);
	const struct err *e = disk_write(a, fd, bytes, sizeof(bytes), -1, temp);
	if (!e && fsync(fd) != 0)
		e = disk_err(a, "fsync", temp);
	close(fd);
	if (!e && link(temp, path) != 0 && errno != EEXIST)
		e = disk_err(a, "link", path);
	unlink(temp);
	return e ? e : disk_sync_folder(a, folder);
}

const struct err *secret_load(struct arena *a, const char *data_dir, unsigned char out[32])
{
	const char *path = str_fmt(a, "%s/secret", data_dir).p;
	bool found;
	TRY(read_secret(a, path, out, &found));
	if (found)
		return NULL;
	TRY(write_secret(a, data_dir, path));
	TRY(read_secret(a, path, out, &found));
	return found ? NULL : ERR(a, ERR_BUG, "secret", "%s went away", path);
}
