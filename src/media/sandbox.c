#include "sandbox.h"

#include "media_proto.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

#define MEMORY_MAX (1024u << 20)
#define DESCRIPTORS_MAX 16

static bool limit(int what, rlim_t max)
{
	return setrlimit((__rlimit_resource_t)what, &(struct rlimit){ max, max }) == 0;
}

void sandbox_limits(struct wall *out)
{
	/* The server sets the size of files for each request, up to this. */
	bool ok = limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, MEDIA_SHEET_OUT_MAX) && limit(RLIMIT_NOFILE, DESCRIPTORS_MAX);

	ok = (SANITIZED || limit(RLIMIT_AS, MEMORY_MAX)) && ok;
	ok = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ok;
	/* A full or oversized output must come back as an error, not as a death. */
	ok = signal(SIGXFSZ, SIG_IGN) != SIG_ERR && ok;
	*out = (struct wall){ .name = "limits", .on = ok };
	if (!ok)
		snprintf(out->why, sizeof out->why, "%s", strerror(errno));
	else if (SANITIZED)
		snprintf(out->why, sizeof out->why, "memory not limited: sanitizer build");
	else
		snprintf(out->why, sizeof out->why, "%u MiB memory, %d s CPU a picture", MEMORY_MAX >> 20, MEDIA_CPU_SECONDS);
}

/* --- Landlock --- */

/* The kernel's struct as of ABI 6; older headers lack the later members. */
struct ruleset {
	uint64_t files, net, scoped;
};

static struct ruleset ruleset_for(long abi, size_t *size)
{
	struct ruleset r = { .files = (UINT64_C(1) << 13) - 1 };

	*size = sizeof r.files;
	if (abi >= 2)
		r.files |= UINT64_C(1) << 13; /* refer */
	if (abi >= 3)
		r.files |= UINT64_C(1) << 14; /* truncate */
	if (abi >= 4) {
		r.net = 3; /* bind and connect TCP */
		*size = sizeof r.files + sizeof r.net;
	}
	if (abi >= 5)
		r.files |= UINT64_C(1) << 15; /* device ioctl */
	if (abi >= 6) {
		r.scoped = 3; /* abstract sockets, signals */
		*size = sizeof r;
	}
	return r;
}

static bool landlock_enter(long abi)
{
	size_t size;
	struct ruleset r = ruleset_for(abi, &size);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);

	if (fd < 0)
		return false;
	bool ok = syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return ok;
}

static bool files_are_shut(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return errno == EACCES;
	close(fd);
	return false;
}

void sandbox_files(struct wall *out)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	*out = (struct wall){ .name = "landlock" };
	if (abi < 1) {
		snprintf(out->why, sizeof out->why, "not in this kernel");
	} else if (!landlock_enter(abi)) {
		snprintf(out->why, sizeof out->why, "%s", strerror(errno));
	} else if (!files_are_shut()) {
		snprintf(out->why, sizeof out->why, "entered, but a file still opens");
	} else {
		out->on = true;
		snprintf(out->why, sizeof out->why, "ABI %ld", abi);
	}
}

/* --- seccomp --- */

static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(write), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(recvmsg),
	SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(munmap), SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(futex),
	SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(setitimer), SCMP_SYS(restart_syscall),
	SCMP_SYS(getrandom),
};

/* Asked now and then by libraries that can do without (time zone, kind of a descriptor): no is enough. */
static const int refused[] = { SCMP_SYS(openat), SCMP_SYS(newfstatat), SCMP_SYS(fstat), SCMP_SYS(readlink) };

/* Memory may be had but never made executable; a thread may be started, never a process. */
static int add_guarded(scmp_filter_ctx ctx)
{
	const uint64_t thread = CLONE_VM | CLONE_THREAD | CLONE_SIGHAND;
	int rc = 0;

	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mremap), 0);
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(prctl), 1, SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME, 0));
	/* The C library's last words before abort(). */
	rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, SCMP_A2(SCMP_CMP_EQ, SIGABRT, 0));
	return rc;
}

static int filter_load(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int rc = ctx ? 0 : -ENOMEM;

	if (!ctx)
		return rc;
	rc |= seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
		rc |= seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EACCES), refused[i], 0);
	rc |= add_guarded(ctx);
	if (rc == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return rc;
}

void sandbox_calls(struct wall *out)
{
	*out = (struct wall){ .name = "seccomp" };
	if (SANITIZED) {
		snprintf(out->why, sizeof out->why, "sanitizer build");
		return;
	}
	int rc = filter_load();
	out->on = rc == 0;
	if (rc == 0)
		snprintf(out->why, sizeof out->why, "%zu calls allowed", sizeof calls / sizeof calls[0] + 6);
	else
		snprintf(out->why, sizeof out->why, "not in this kernel or refused");
}

bool sandbox_calls_proven(void)
{
	struct wall w;
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		sandbox_calls(&w);
		(void)socket(AF_INET, SOCK_STREAM, 0);
		_exit(0);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

void sandbox_cpu(unsigned seconds)
{
	setitimer(ITIMER_PROF, &(struct itimerval){ .it_value = { .tv_sec = (time_t)seconds } }, NULL);
}
