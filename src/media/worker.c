/* chabaocu-media: decodes pictures and reads workbooks for the server behind four walls. See README.md. */
#include "engine.h"
#include "media_proto.h"
#include "picture.h"
#include "sandbox.h"
#include "xlsx.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FDS (1 + MEDIA_OUTPUTS)

enum { EXIT_FINE = 0, EXIT_CANNOT = 1, EXIT_WALL_OFF = 3 };

struct walls {
	struct wall limits, files, calls;
};

/* --- one request --- */

static void close_fds(const int *fds)
{
	for (int i = 0; i < FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Takes the descriptors that came along; true when they are exactly as many as agreed. */
static bool take_fds(struct msghdr *msg, int *fds)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);

	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
		return false;
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(c), (n < FDS ? n : FDS) * sizeof(int));
	return n == FDS && (msg->msg_flags & MSG_CTRUNC) == 0;
}

static bool is_sound(const struct media_request *rq)
{
	bool ok = rq->magic == MEDIA_MAGIC && (rq->kind == MEDIA_PHOTO || rq->kind == MEDIA_SHEET);

	for (int i = 0; i < MEDIA_OUTPUTS && rq->kind == MEDIA_PHOTO; i++)
		ok = ok && rq->side[i] >= 16 && rq->side[i] <= 4096 && rq->side[i] <= rq->side[0];
	return ok && rq->length > 0 && rq->length <= MEDIA_INPUT_MAX;
}

/* 1 a request is there, 0 the server has gone, -1 nonsense. */
static int receive(struct media_request *rq, int *fds)
{
	union {
		char bytes[CMSG_SPACE(FDS * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { rq, sizeof *rq };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	ssize_t n;

	for (int i = 0; i < FDS; i++)
		fds[i] = -1;
	do
		n = recvmsg(MEDIA_FD, &msg, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		return 0;
	return take_fds(&msg, fds) && n == (ssize_t)sizeof *rq && is_sound(rq) ? 1 : -1;
}

static bool read_input(int fd, struct bytes *in)
{
	size_t got = 0;

	while (got < in->n) {
		ssize_t n = pread(fd, in->p + got, in->n - got, (off_t)got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

struct written {
	int fd;
	uint64_t n;
};

static bool write_all(void *ctx, const char *p, size_t n)
{
	struct written *w = ctx;

	while (n) {
		ssize_t did = write(w->fd, p, n);
		if (did < 0 && errno == EINTR)
			continue;
		if (did <= 0)
			return false;
		p += did;
		n -= (size_t)did;
		w->n += (uint64_t)did;
	}
	return true;
}

static void sheet_make(const struct bytes *in, int fd, struct media_reply *out)
{
	struct written w = { .fd = fd };
	struct xlsx_result r = xlsx_read(in->p, in->n, write_all, &w);

	out->status = r.status;
	out->limit = r.what;
	out->row = r.row;
	out->out[0].length = r.status == MEDIA_OK ? w.n : 0;
}

static void answer(const struct media_request *rq, const int *fds, struct media_reply *out)
{
	struct bytes in = bytes_new((size_t)rq->length);

	if (!in.p || !read_input(fds[0], &in)) {
		out->status = MEDIA_IO;
	} else {
		sandbox_cpu(MEDIA_CPU_SECONDS);
		if (rq->kind == MEDIA_SHEET)
			sheet_make(&in, fds[1], out);
		else
			picture_make(&in, rq->side, fds + 1, out);
		sandbox_cpu(0);
	}
	bytes_free(&in);
}

static int serve(void)
{
	struct media_request rq;
	int fds[FDS];

	for (;;) {
		int got = receive(&rq, fds);
		struct media_reply out = { .magic = MEDIA_MAGIC, .status = MEDIA_PROTOCOL };
		if (got > 0)
			answer(&rq, fds, &out);
		close_fds(fds);
		if (got == 0 || send(MEDIA_FD, &out, sizeof out, MSG_NOSIGNAL) != (ssize_t)sizeof out)
			return EXIT_FINE;
	}
}

/* --- start --- */

/* The decoders start threads, so whatever binds only one thread comes before they are first used. */
static bool enter(const char *argv0, struct walls *w)
{
	if (!picture_init(argv0))
		return false;
	sandbox_limits(&w->limits);
	sandbox_files(&w->files);
	return picture_warm_up();
}

static void print_wall(const struct wall *w)
{
	dprintf(1, "%s: %s%s%s%s\n", w->name, w->on ? "on" : "off", w->on ? " (" : ": ", w->why, w->on ? ")" : "");
}

static int selftest(const char *argv0)
{
	struct walls w;
	bool decodes = enter(argv0, &w);

	bool proven = sandbox_calls_proven();
	sandbox_calls(&w.calls);
	if (w.calls.on && !proven) {
		w.calls.on = false;
		snprintf(w.calls.why, sizeof w.calls.why, "loaded, but a forbidden call went through");
	}
	print_wall(&w.limits);
	print_wall(&w.files);
	print_wall(&w.calls);
	dprintf(1, "decoders: %s%s%s\n", decodes ? "on (" : "off: one is lacking of ", engine_types, decodes ? ")" : "");
	if (!decodes)
		return EXIT_CANNOT;
	return w.limits.on && w.files.on && w.calls.on ? EXIT_FINE : EXIT_WALL_OFF;
}

int main(int argc, char **argv)
{
	struct walls w;

	if (argc == 2 && strcmp(argv[1], "--selftest") == 0)
		_exit(selftest(argv[0]));
	if (argc != 1) {
		fputs("chabaocu-media is started by chabaocu. By hand: chabaocu-media --selftest\n", stderr);
		return EXIT_CANNOT;
	}
	(void)syscall(SYS_close_range, MEDIA_FD + 1, ~0u, 0u);
	signal(SIGPIPE, SIG_IGN);
	if (!enter(argv[0], &w))
		return EXIT_CANNOT;
	sandbox_calls(&w.calls);
	_exit(serve());
}
