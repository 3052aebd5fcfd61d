#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORKERS_MAX 16
#define JOBS_PER_WORKER 256 /* then it is replaced: whatever a picture left behind in it goes */
#define FDS (1 + MEDIA_OUTPUTS)
#define RETRY_AFTER_S 5
#define GRACE_MS 2000
#define SHEET_PATIENCE 3 /* deadlines of a picture: a large workbook is read in seconds */

struct worker {
	pid_t pid; /* 0: not running */
	int fd;
	int jobs;
	bool taken;
};

struct media_pool {
	struct arena *arena;
	const char *exe, *wide_exe;
	int deadline_ms;
	pthread_mutex_t lock; /* over `taken`, pid and fd of workers that are not taken */
	pthread_cond_t freed;
	int n;
	struct worker workers[WORKERS_MAX];
};

/* How a talk with a worker ended, beside the worker's own answer. */
enum talk { TALK_ANSWERED, TALK_GONE, TALK_LATE, TALK_DIED_OF_IT, TALK_KILLED, TALK_NO_START };

/* --- processes --- */

static void keep_option(char **env, size_t *n, struct arena *a, const char *name)
{
	const char *value = getenv(name);

	if (value)
		env[(*n)++] = (char *)(uintptr_t)str_z(a, str_fmt(a, "%s=%s", name, value));
}

/* Nothing of the server's environment but what a sanitizer build needs. */
static char **worker_env(struct arena *a)
{
	char **env = ARENA_ARRAY(a, char *, 4);
	size_t n = 0;

	env[n++] = (char *)(uintptr_t)str_z(a, STR("LC_ALL=C"));
	keep_option(env, &n, a, "ASAN_OPTIONS");
	keep_option(env, &n, a, "UBSAN_OPTIONS");
	return env;
}

static int spawn_actions(posix_spawn_file_actions_t *fa, int fd)
{
	int rc = posix_spawn_file_actions_init(fa);

	if (rc)
		return rc;
	/* First the socket: it may itself be one of the low numbers. */
	rc = posix_spawn_file_actions_adddup2(fa, fd, MEDIA_FD);
	rc = rc ? rc : posix_spawn_file_actions_addopen(fa, 0, "/dev/null", O_RDONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_addopen(fa, 1, "/dev/null", O_WRONLY, 0);
	rc = rc ? rc : posix_spawn_file_actions_addclosefrom_np(fa, MEDIA_FD + 1);
	return rc;
}

static int spawn_attributes(posix_spawnattr_t *at)
{
	sigset_t all, none;
	int rc = posix_spawnattr_init(at);

	if (rc)
		return rc;
	sigfillset(&all);
	sigemptyset(&none);
	rc = posix_spawnattr_setsigdefault(at, &all);
	rc = rc ? rc : posix_spawnattr_setsigmask(at, &none);
	return rc ? rc : posix_spawnattr_setflags(at, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static pid_t spawn_on(const char *exe, int fd)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	pid_t pid = 0;
	struct arena *a = arena_new(0);
	char *argv[] = { (char *)(uintptr_t)exe, NULL };

	int rc = spawn_actions(&fa, fd);
	int rc2 = spawn_attributes(&at);
	if (rc == 0 && rc2 == 0 && posix_spawn(&pid, exe, &fa, &at, argv, worker_env(a)) != 0)
		pid = 0;
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	arena_free(a);
	return pid;
}

static bool worker_start(const char *exe, struct worker *w)
{
	int pair[2];

	if (w->pid)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return false;
	w->pid = spawn_on(exe, pair[1]);
	close(pair[1]);
	if (!w->pid) {
		close(pair[0]);
		return false;
	}
	w->fd = pair[0];
	w->jobs = 0;
	return true;
}

/* Whether it ended by itself within GRACE_MS. */
static bool ends_itself(pid_t pid, int *status)
{
	static const struct timespec step = { 0, 2000000 };

	for (int ms = 0; ms < GRACE_MS; ms += 2) {
		pid_t got = waitpid(pid, status, WNOHANG);
		if (got == pid || (got < 0 && errno != EINTR))
			return true;
		nanosleep(&step, NULL);
	}
	return false;
}

/* Ends and reaps the worker; returns its wait status. `force` when it may still be at work. */
static int worker_end(struct worker *w, bool force)
{
	int status = 0;

	if (!w->pid)
		return 0;
	close(w->fd);
	/* One that a picture has taken over may hang up and stay. */
	if (force || !ends_itself(w->pid, &status)) {
		kill(w->pid, SIGKILL);
		while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	w->pid = 0;
	return status;
}

/* --- one talk --- */

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static bool send_request(int fd, const struct media_request *rq, const int *fds)
{
	union {
		char bytes[CMSG_SPACE(FDS * sizeof(int))];
		struct cmsghdr align;
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)rq, sizeof *rq };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, FDS * sizeof(int));
	do
		n = sendmsg(fd, &msg, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof *rq;
}

/* Waits until the worker says something or hangs up; false at the deadline. */
static bool wait_for(int fd, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	for (;;) {
		int64_t left = deadline - now_ms();
		if (left <= 0)
			return false;
		int n = poll(&p, 1, (int)left);
		if (n > 0)
			return true;
		if (n < 0 && errno != EINTR)
			return false;
	}
}

static enum talk why_gone(int status)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM ? TALK_KILLED : TALK_DIED_OF_IT;
	return TALK_NO_START;
}

static enum talk hear(struct worker *w, int64_t deadline, struct media_reply *reply)
{
	ssize_t n;

	if (!wait_for(w->fd, deadline)) {
		worker_end(w, true);
		return TALK_LATE;
	}
	do
		n = recv(w->fd, reply, sizeof *reply, MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n == (ssize_t)sizeof *reply && reply->magic == MEDIA_MAGIC)
		return TALK_ANSWERED;
	/* Hung up: it is dead or dying by itself, and how it died matters. Nonsense: it is not to be trusted. */
	return why_gone(worker_end(w, n > 0));
}

/* What it may write at most. The worker itself cannot change that. Where it fails, its own limit stands. */
static void set_room(const struct worker *w, const struct media_request *rq)
{
	rlim_t max = rq->kind == MEDIA_SHEET ? MEDIA_SHEET_OUT_MAX : MEDIA_PHOTO_OUT_MAX;

	(void)prlimit(w->pid, RLIMIT_FSIZE, &(struct rlimit){ max, MEDIA_SHEET_OUT_MAX }, NULL);
}

static bool ask(const char *exe, struct worker *w, const struct media_request *rq, const int *fds, bool *started)
{
	*started = worker_start(exe, w);
	if (!*started)
		return false;
	set_room(w, rq);
	return send_request(w->fd, rq, fds);
}

static enum talk talk(const char *exe, struct worker *w, const struct media_request *rq, const int *fds,
		      int64_t deadline, struct media_reply *reply)
{
	bool started;

	if (!ask(exe, w, rq, fds, &started)) {
		if (!started)
			return TALK_NO_START;
		/* It died while idle; that is not this picture's fault. */
		worker_end(w, true);
		if (!ask(exe, w, rq, fds, &started)) {
			if (!started)
				return TALK_NO_START;
			worker_end(w, true);
			return TALK_GONE;
		}
	}
	return hear(w, deadline, reply);
}

/*
 * Few pictures need it, and it takes much more memory: it lives for one. Meanwhile the caller's worker stays taken, so that there
 * are never more of them than workers.
 */
static enum talk talk_wide(const char *exe, const struct media_request *rq, const int *fds, int64_t deadline, struct media_reply *reply)
{
	struct worker w = { .pid = 0 };
	enum talk t = talk(exe, &w, rq, fds, deadline, reply);

	worker_end(&w, true);
	return t;
}

/* --- the pool --- */

static struct worker *free_worker(struct media_pool *pool)
{
	for (int i = 0; i < pool->n; i++)
		if (!pool->workers[i].taken)
			return &pool->workers[i];
	return NULL;
}

static struct worker *take(struct media_pool *pool, int64_t deadline)
{
	struct timespec until = { deadline / 1000, deadline % 1000 * 1000000 };
	struct worker *w;
	int rc = 0;

	pthread_mutex_lock(&pool->lock);
	while (!(w = free_worker(pool)) && rc == 0)
		rc = pthread_cond_timedwait(&pool->freed, &pool->lock, &until);
	if (w)
		w->taken = true;
	pthread_mutex_unlock(&pool->lock);
	return w;
}

static void give_back(struct media_pool *pool, struct worker *w)
{
	if (++w->jobs >= JOBS_PER_WORKER)
		worker_end(w, false);
	/* Now, so that the next picture finds it warm. */
	worker_start(pool->exe, w);
	pthread_mutex_lock(&pool->lock);
	w->taken = false;
	pthread_cond_signal(&pool->freed);
	pthread_mutex_unlock(&pool->lock);
}

static const struct err *busy(struct arena *a, const char *why)
{
	struct err *e = (struct err *)(uintptr_t)ERR(a, ERR_BUSY, NULL, "%s", why);

	e->retry_after_s = RETRY_AFTER_S;
	return e;
}

static const struct err *status_err(struct arena *a, uint32_t status)
{
	switch ((enum media_status)status) {
	case MEDIA_OK:
		return NULL;
	case MEDIA_TYPE:
		return ERR(a, ERR_INPUT, "image_type", "not a still JPEG, PNG, WebP or HEIC picture");
	case MEDIA_TRUNCATED:
		return ERR(a, ERR_INPUT, "image_truncated", "the picture ends early");
	case MEDIA_TOO_LARGE:
		return ERR(a, ERR_INPUT, "image_too_large", "more pixels or bytes than allowed");
	case MEDIA_BROKEN:
		return ERR(a, ERR_INPUT, "image_broken", "the picture cannot be decoded");
	case MEDIA_IO:
		return ERR(a, ERR_READONLY, NULL, "a picture file could not be read or written");
	case MEDIA_PROTOCOL:
	case MEDIA_LOCKED:
	case MEDIA_WIDE:
		break;
	}
	return ERR(a, ERR_BUG, "media_worker", "media worker and server disagree: status %u", status);
}

static const struct err *sheet_limit_err(struct arena *a, const struct media_reply *said)
{
	static const char *const words[] = {"of anything", "rows", "columns", "characters in a cell", "text in all", "shared strings",
					    "inside than outside: it would fill the memory"};
	uint32_t what = said->limit < sizeof words / sizeof words[0] ? said->limit : 0;

	if (said->row)
		return ERR(a, ERR_INPUT, "sheet_too_large", "row %u: more %s than allowed", said->row, words[what]);
	return ERR(a, ERR_INPUT, "sheet_too_large", "more %s than allowed", words[what]);
}

static const struct err *sheet_status_err(struct arena *a, const struct media_reply *said)
{
	switch ((enum media_status)said->status) {
	case MEDIA_TYPE:
		return ERR(a, ERR_INPUT, "sheet_type", "a ZIP file, but no workbook");
	case MEDIA_LOCKED:
		return ERR(a, ERR_INPUT, "sheet_old_type", "a workbook with a password");
	case MEDIA_BROKEN:
	case MEDIA_TRUNCATED:
		return said->row ? ERR(a, ERR_INPUT, "sheet_broken", "row %u cannot be read", said->row)
				 : ERR(a, ERR_INPUT, "sheet_broken", "the workbook is cut off or contradicts itself");
	case MEDIA_TOO_LARGE:
		return sheet_limit_err(a, said);
	case MEDIA_OK:
	case MEDIA_IO:
	case MEDIA_PROTOCOL:
	case MEDIA_WIDE:
		break;
	}
	return status_err(a, said->status);
}

static const struct err *talk_err(struct arena *a, enum talk t, const struct media_request *rq, const struct media_reply *said)
{
	bool is_sheet = rq->kind == MEDIA_SHEET;

	switch (t) {
	case TALK_ANSWERED:
		return is_sheet ? sheet_status_err(a, said) : status_err(a, said->status);
	case TALK_DIED_OF_IT:
		return ERR(a, ERR_INPUT, is_sheet ? "sheet_broken" : "image_broken", "reading the file ended the media worker");
	case TALK_LATE:
		return busy(a, "the media worker did not finish in time");
	case TALK_GONE:
	case TALK_KILLED:
		return busy(a, "the media worker was killed");
	case TALK_NO_START:
		break;
	}
	return ERR(a, ERR_BUG, "media_worker", "the media worker cannot be started");
}

static const struct err *input_length(struct arena *a, int fd, uint64_t *length)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return ERR(a, ERR_BUG, NULL, "media input is not a regular file");
	if (st.st_size == 0)
		return status_err(a, MEDIA_TYPE);
	if ((uint64_t)st.st_size > MEDIA_INPUT_MAX)
		return status_err(a, MEDIA_TOO_LARGE);
	*length = (uint64_t)st.st_size;
	return NULL;
}

/* A worker that a picture has taken over must not pass off something else as a result. */
static const struct err *output_check(struct arena *a, int fd, const struct media_size *said, uint32_t side)
{
	unsigned char head[2048];
	struct imghead h;
	struct stat st;
	ssize_t n = pread(fd, head, sizeof head, 0);

	bool ok = n > 0 && fstat(fd, &st) == 0 && (uint64_t)st.st_size == said->length;
	ok = ok && imghead_sniff(head, (size_t)n, &h) == IMG_JPEG && h.width == said->width && h.height == said->height;
	ok = ok && h.width <= side && h.height <= side;
	return ok ? NULL : ERR(a, ERR_BUG, "media_worker", "the media worker's result is not what it said");
}

static const struct err *work(struct media_pool *pool, struct arena *a, const struct media_request *rq, const int *fds,
			      int64_t may_take_ms, struct media_reply *reply)
{
	int64_t deadline = now_ms() + may_take_ms;
	struct worker *w = take(pool, deadline);

	if (!w)
		return busy(a, "all media workers are busy");
	enum talk t = talk(pool->exe, w, rq, fds, deadline, reply);
	if (t == TALK_ANSWERED && reply->status == MEDIA_WIDE)
		t = talk_wide(pool->wide_exe, rq, fds, deadline, reply);
	give_back(pool, w);
	return talk_err(a, t, rq, reply);
}

const struct err *media_make(struct media_pool *pool, struct arena *a, int fd_in, int fd_large, int fd_small,
			     struct media_result *out)
{
	struct media_request rq = { .magic = MEDIA_MAGIC,
				    .kind = MEDIA_PHOTO,
				    .side = { MEDIA_SIDE_LARGE, MEDIA_SIDE_SMALL } };
	struct media_reply reply = { .magic = 0 };
	const int fds[FDS] = { fd_in, fd_large, fd_small };

	TRY(input_length(a, fd_in, &rq.length));
	TRY(work(pool, a, &rq, fds, pool->deadline_ms, &reply));
	TRY(output_check(a, fd_large, &reply.out[0], MEDIA_SIDE_LARGE));
	TRY(output_check(a, fd_small, &reply.out[1], MEDIA_SIDE_SMALL));
	*out = (struct media_result){ .type = (enum img_type)reply.type,
				      .width = reply.width,
				      .height = reply.height,
				      .hint = reply.hint };
	memcpy(out->out, reply.out, sizeof out->out);
	return NULL;
}

const struct err *media_sheet(struct media_pool *pool, struct arena *a, int fd_in, int fd_rows, uint64_t *length)
{
	struct media_request rq = { .magic = MEDIA_MAGIC, .kind = MEDIA_SHEET };
	struct media_reply reply = { .magic = 0 };
	const int fds[FDS] = { fd_in, fd_rows, fd_rows };
	struct stat st;

	TRY(input_length(a, fd_in, &rq.length));
	TRY(work(pool, a, &rq, fds, (int64_t)pool->deadline_ms * SHEET_PATIENCE, &reply));
	if (fstat(fd_rows, &st) || (uint64_t)st.st_size != reply.out[0].length)
		return ERR(a, ERR_BUG, "media_worker", "the media worker's rows are not what it said");
	*length = reply.out[0].length;
	return NULL;
}

struct media_pool *media_pool_start(const char *exe, int workers, int deadline_ms)
{
	struct arena *a = arena_new(0);
	struct media_pool *pool = ARENA_NEW(a, struct media_pool);
	pthread_condattr_t attr;

	pool->arena = a;
	pool->exe = str_z(a, str_of(exe));
	pool->wide_exe = str_fmt(a, "%s" MEDIA_WIDE_SUFFIX, exe).p;
	pool->deadline_ms = deadline_ms > 0 ? deadline_ms : MEDIA_DEADLINE_MS;
	pool->n = workers < 1 ? 1 : workers > WORKERS_MAX ? WORKERS_MAX : workers;
	pthread_mutex_init(&pool->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&pool->freed, &attr);
	pthread_condattr_destroy(&attr);
	for (int i = 0; i < pool->n; i++)
		worker_start(pool->exe, &pool->workers[i]);
	return pool;
}

void media_pool_stop(struct media_pool *pool)
{
	if (!pool)
		return;
	for (int i = 0; i < pool->n; i++)
		worker_end(&pool->workers[i], true);
	pthread_cond_destroy(&pool->freed);
	pthread_mutex_destroy(&pool->lock);
	arena_free(pool->arena);
}

int media_pool_pids(struct media_pool *pool, int *pids, int n)
{
	int found = 0;

	pthread_mutex_lock(&pool->lock);
	for (int i = 0; i < pool->n && found < n; i++)
		if (!pool->workers[i].taken && pool->workers[i].pid)
			pids[found++] = pool->workers[i].pid;
	pthread_mutex_unlock(&pool->lock);
	return found;
}
