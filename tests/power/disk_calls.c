/* The file calls of the whole program, SQLite's too: the program's own symbols come before those of the C library. */
#include "disk_model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool is_below(const struct disk *d, const char *path)
{
	size_t n = strlen(d->root);
	return strncmp(path, d->root, n) == 0 && path[n] == '/';
}

static int gone(void)
{
	disk_leave();
	errno = EIO;
	return -1;
}

/* ---- names ------------------------------------------------------------------------- */

static int do_open(const char *path, int flags, mode_t mode)
{
	struct disk *d = disk_enter();
	struct stat st;
	if (!d || !is_below(d, path)) {
		disk_leave();
		return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	}
	bool is_new = (flags & O_CREAT) && lstat(path, &st) != 0;
	if (is_new || (flags & O_TRUNC)) {
		if (!disk_step(d))
			return gone();
		if (is_new)
			disk_will_name(d, path, disk_group(d));
		struct disk_file *f = is_new ? NULL : disk_track(d, path, false);
		if (f)
			disk_will_cut_off(f, 0);
	}
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	int no = errno;
	if (fd >= 0)
		disk_track(d, path, is_new);
	disk_leave();
	errno = no;
	return fd;
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return do_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return do_open(path, flags, mode);
}

int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return do_open(path, flags, 0);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
	return do_open(path, flags, 0);
}

int mkdir(const char *path, mode_t mode)
{
	struct disk *d = disk_enter();
	struct stat st;
	if (d && is_below(d, path) && lstat(path, &st) != 0) {
		if (!disk_step(d))
			return gone();
		disk_will_name(d, path, disk_group(d));
	}
	int rc = (int)syscall(SYS_mkdir, path, mode);
	disk_leave();
	return rc;
}

int unlink(const char *path)
{
	struct disk *d = disk_enter();
	struct stat st;
	if (d && is_below(d, path) && lstat(path, &st) == 0) {
		if (!disk_step(d))
			return gone();
		disk_will_name(d, path, disk_group(d));
	}
	int rc = (int)syscall(SYS_unlink, path);
	disk_leave();
	return rc;
}

int link(const char *from, const char *to)
{
	struct disk *d = disk_enter();
	struct stat st;
	if (d && is_below(d, to) && lstat(to, &st) != 0) {
		if (!disk_step(d))
			return gone();
		disk_will_name(d, to, disk_group(d));
	}
	int rc = (int)syscall(SYS_link, from, to);
	disk_leave();
	return rc;
}

int rename(const char *from, const char *to)
{
	struct disk *d = disk_enter();
	if (d && is_below(d, to)) {
		unsigned group = disk_group(d);
		if (!disk_step(d))
			return gone();
		disk_will_name(d, from, group);
		disk_will_name(d, to, group);
	}
	int rc = (int)syscall(SYS_rename, from, to);
	disk_leave();
	return rc;
}

/* ---- bytes -------------------------------------------------------------------------- */

static struct disk_file *file_of(struct disk *d, int fd)
{
	struct stat st;
	if (!d || fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return NULL;
	return disk_file_of(d, &st);
}

/* The call with which the power goes may still have begun. */
static ssize_t do_write(int fd, const void *p, size_t n, off_t at)
{
	struct disk *d = disk_enter();
	struct disk_file *f = file_of(d, fd);
	if (f) {
		bool was_cut = d->is_cut, goes_on = disk_step(d);
		if (was_cut)
			return gone();
		off_t from = at >= 0 ? at : lseek(fd, 0, SEEK_CUR);
		disk_will_write(f, from, (int64_t)n);
		if (!goes_on) {
			syscall(SYS_pwrite64, fd, p, n / 2, from);
			return gone();
		}
	}
	ssize_t rc = at >= 0 ? syscall(SYS_pwrite64, fd, p, n, at) : syscall(SYS_write, fd, p, n);
	disk_leave();
	return rc;
}

ssize_t write(int fd, const void *p, size_t n)
{
	return do_write(fd, p, n, -1);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return do_write(fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return do_write(fd, p, n, at);
}

static int do_truncate(int fd, off_t size)
{
	struct disk *d = disk_enter();
	struct disk_file *f = file_of(d, fd);
	if (f) {
		if (!disk_step(d))
			return gone();
		disk_will_cut_off(f, size);
	}
	int rc = (int)syscall(SYS_ftruncate, fd, size);
	disk_leave();
	return rc;
}

int ftruncate(int fd, off_t size)
{
	return do_truncate(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	return do_truncate(fd, size);
}

/* The real disk is not asked: no power is really cut. */
static int do_sync(int fd)
{
	struct disk *d = disk_enter();
	struct disk_file *f = file_of(d, fd);
	if (f) {
		if (!disk_step(d))
			return gone();
		disk_synced(d, f);
	}
	disk_leave();
	return 0;
}

int fsync(int fd)
{
	return do_sync(fd);
}

int fdatasync(int fd)
{
	return do_sync(fd);
}
