/* photo_worker WORKER FILE TIMES: gives FILE to one chabaocu-media as the server does, TIMES times, and measures from
 * the request to its answer. Prints one line of JSON, and the worker's peak of memory on standard error. */
#include "bench.h"
#include "media_proto.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(const char *worker, pid_t *pid)
{
	int pair[2];
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		return -1;
	*pid = fork();
	if (*pid == 0) {
		dup2(pair[1], MEDIA_FD);
		execl(worker, worker, (char *)NULL);
		_exit(127);
	}
	close(pair[1]);
	return *pid > 0 ? pair[0] : -1;
}

static bool ask(int to, const int fds[3], uint64_t length, struct media_reply *out)
{
	union {
		char bytes[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} control = {{0}};
	struct media_request rq = {.magic = MEDIA_MAGIC, .kind = MEDIA_PHOTO, .side = {1600, 320}, .length = length};
	struct iovec iov = {&rq, sizeof(rq)};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(3 * sizeof(int));
	memcpy(CMSG_DATA(c), fds, 3 * sizeof(int));
	return sendmsg(to, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(rq) && recv(to, out, sizeof(*out), 0) == (ssize_t)sizeof(*out) &&
	       out->status == MEDIA_OK;
}

int main(int argc, char **argv)
{
	struct file f;
	struct waits w = {0};
	struct media_reply reply;
	size_t failed = 0;
	pid_t pid = 0;
	if (argc < 4 || !file_read(argv[2], &f))
		return 2;
	int to = start(argv[1], &pid), in = open(argv[2], O_RDONLY | O_CLOEXEC);
	/* The first is its start: libraries, walls, warm-up. */
	int64_t begun = 0;
	if (to < 0)
		return 1;
	for (int i = 0; i <= atoi(argv[3]); i++) {
		const int fds[3] = {in, memfd_create("large", MFD_CLOEXEC), memfd_create("small", MFD_CLOEXEC)};
		int64_t from = now_ns();
		bool ok = ask(to, fds, f.n, &reply);
		if (!i)
			begun = now_ns();
		else if (ok)
			waits_add(&w, now_ns() - from);
		failed += !ok;
		close(fds[1]);
		close(fds[2]);
	}
	fprintf(stderr, "{\"peak_mb\":%.1f}\n", (double)peak_kib(pid) / 1024);
	waits_print(&w, now_ns() - begun, failed, failed ? "the worker refused the photo" : "");
	close(to);
	waitpid(pid, NULL, 0);
	return 0;
}
