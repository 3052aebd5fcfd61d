/* Faults for a running chabaocu, by LD_PRELOAD: memory, files, threads and the clock fail as a shared page says. The page is the file
 * that CHABAOCU_FAULT names; tests/lib/faults.mjs writes it. Only the process of that name is touched, not its picture workers.
 *
 * A counter of n lets the n-th call from now fail; `every` more than 0 lets each every-th one after it fail too.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct counter { _Atomic int64_t left, every, seen, failed; };

static struct page {
	struct counter memory, files;
	_Atomic int64_t how;      /* of files: an errno, or -1: half of the bytes */
	_Atomic int64_t clock_ms; /* ahead of the real one */
} *page;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

static int (*real_pthread_create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

__attribute__((constructor)) static void start(void)
{
	char name[32] = "";
	const char *path = getenv("CHABAOCU_FAULT");
	int comm = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/comm", O_RDONLY | O_CLOEXEC);
	if (syscall(SYS_read, comm, name, sizeof(name) - 1) > 0 && strcmp(name, "chabaocu\n") != 0)
		path = NULL;
	syscall(SYS_close, comm);
	*(void **)&real_pthread_create = dlsym(RTLD_NEXT, "pthread_create");
	int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	if (fd < 0)
		return;
	void *p = (void *)syscall(SYS_mmap, NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	page = p == MAP_FAILED ? NULL : p;
}

static int fails(struct counter *c)
{
	atomic_fetch_add(&c->seen, 1);
	if (atomic_load(&c->left) <= 0 || atomic_fetch_sub(&c->left, 1) != 1)
		return 0;
	atomic_store(&c->left, atomic_load(&c->every));
	atomic_fetch_add(&c->failed, 1);
	return 1;
}

/* ---- memory ------------------------------------------------------------------------- */

static int no_memory(void)
{
	if (!page || !fails(&page->memory))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t n)
{
	return no_memory() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return no_memory() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	return no_memory() ? NULL : __libc_realloc(p, n);
}

int posix_memalign(void **out, size_t align, size_t n)
{
	if (no_memory())
		return ENOMEM;
	*out = __libc_memalign(align, n);
	return *out ? 0 : ENOMEM;
}

void *aligned_alloc(size_t align, size_t n)
{
	return no_memory() ? NULL : __libc_memalign(align, n);
}

void *mmap(void *at, size_t n, int prot, int flags, int fd, off_t off)
{
	return no_memory() ? MAP_FAILED : (void *)syscall(SYS_mmap, at, n, prot, flags, fd, off);
}

void *mmap64(void *at, size_t n, int prot, int flags, int fd, off64_t off)
{
	return no_memory() ? MAP_FAILED : (void *)syscall(SYS_mmap, at, n, prot, flags, fd, off);
}

int pthread_create(pthread_t *t, const pthread_attr_t *attr, void *(*fn)(void *), void *ctx)
{
	return no_memory() ? EAGAIN : real_pthread_create(t, attr, fn, ctx);
}

/* ---- files --------------------------------------------------------------------------- */

enum kind {
	READS = 1,   /* asks for no room */
	PARTLY = 2,  /* may end half way */
	RETRIED = 4, /* may be interrupted */
};

/* Files and folders; sockets and pipes have other tests. */
static int is_file(int fd)
{
	struct stat st;
	return syscall(SYS_fstat, fd, &st) == 0 && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode));
}

/* True with errno, or with *n shorter: then go on. */
static int no_file(unsigned kind, size_t *n)
{
	int64_t how = page ? atomic_load(&page->how) : 0;
	if (!how || (how == ENOSPC && kind & READS) || (how == EINTR && !(kind & RETRIED)) || (how == -1 && !(kind & PARTLY)))
		return 0;
	if (!fails(&page->files))
		return 0;
	if (how == -1) {
		*n = *n > 1 ? *n / 2 : *n;
		return 0;
	}
	errno = (int)how;
	return 1;
}

static int do_open(const char *path, int flags, mode_t mode)
{
	size_t n = 0;
	int ours = page && strncmp(path, "/proc/", 6) != 0 && strncmp(path, "/dev/", 5) != 0 && strncmp(path, "/sys/", 5) != 0;
	if (ours && no_file(RETRIED | (flags & O_CREAT ? 0 : READS), &n))
		return -1;
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
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

ssize_t read(int fd, void *p, size_t n)
{
	return page && is_file(fd) && no_file(READS | PARTLY | RETRIED, &n) ? -1 : syscall(SYS_read, fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
	return page && is_file(fd) && no_file(PARTLY | RETRIED, &n) ? -1 : syscall(SYS_write, fd, p, n);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	return page && no_file(READS | PARTLY | RETRIED, &n) ? -1 : syscall(SYS_pread64, fd, p, n, at);
}

ssize_t pread64(int fd, void *p, size_t n, off64_t at)
{
	return page && no_file(READS | PARTLY | RETRIED, &n) ? -1 : syscall(SYS_pread64, fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return page && no_file(PARTLY | RETRIED, &n) ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at)
{
	return page && no_file(PARTLY | RETRIED, &n) ? -1 : syscall(SYS_pwrite64, fd, p, n, at);
}

int ftruncate(int fd, off_t size)
{
	size_t n = 0;
	return page && no_file(RETRIED, &n) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate64(int fd, off64_t size)
{
	size_t n = 0;
	return page && no_file(RETRIED, &n) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int fsync(int fd)
{
	size_t n = 0;
	return no_file(0, &n) ? -1 : (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
	size_t n = 0;
	return no_file(0, &n) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int mkdir(const char *path, mode_t mode)
{
	size_t n = 0;
	return no_file(0, &n) ? -1 : (int)syscall(SYS_mkdir, path, mode);
}

int unlink(const char *path)
{
	size_t n = 0;
	return no_file(READS, &n) ? -1 : (int)syscall(SYS_unlink, path);
}

int link(const char *from, const char *to)
{
	size_t n = 0;
	return no_file(0, &n) ? -1 : (int)syscall(SYS_link, from, to);
}

int rename(const char *from, const char *to)
{
	size_t n = 0;
	return no_file(0, &n) ? -1 : (int)syscall(SYS_rename, from, to);
}

int flock(int fd, int what);
int flock(int fd, int what)
{
	size_t n = 0;
	return no_file(READS, &n) ? -1 : (int)syscall(SYS_flock, fd, what);
}

int fstat(int fd, struct stat *st)
{
	size_t n = 0;
	return page && no_file(READS, &n) ? -1 : (int)syscall(SYS_fstat, fd, st);
}

int fstat64(int fd, struct stat64 *st)
{
	size_t n = 0;
	return page && no_file(READS, &n) ? -1 : (int)syscall(SYS_fstat, fd, st);
}

/* ---- the clock ------------------------------------------------------------------------- */

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int rc = (int)syscall(SYS_clock_gettime, clock, t);
	if (rc != 0 || !page || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
		return rc;
	int64_t ms = (int64_t)t->tv_sec * 1000 + t->tv_nsec / 1000000 + atomic_load(&page->clock_ms);
	t->tv_sec = ms / 1000 - (ms % 1000 < 0);
	t->tv_nsec = (ms % 1000 + (ms % 1000 < 0 ? 1000 : 0)) * 1000000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec t = {0};
	clock_gettime(CLOCK_REALTIME, &t);
	if (out)
		*out = t.tv_sec;
	return t.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec t = {0};
	(void)zone;
	clock_gettime(CLOCK_REALTIME, &t);
	*out = (struct timeval){t.tv_sec, t.tv_nsec / 1000};
	return 0;
}
