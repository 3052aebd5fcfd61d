/* load PORT JOB CONNECTIONS SECONDS [-H 'Name: value']… [-p PATH] [-b BODY]: a closed loop on raw sockets.
 *
 * Each connection sends its next request when the last one is answered. One thread
 * and epoll, because client and server share the machine's cores. Jobs:
 *	get     GET PATH; 200
 *	create  POST PATH with the JSON in BODY and a fresh Idempotency-Key; 201 and an id that no other reply had
 *	upload  POST /uploads, then PATCH the bytes of BODY there, no two the same; 201, 200
 *	slow    each connection uploads BODY once, spread over SECONDS
 * Every reply is read whole; any other answer, a closed connection or no answer counts as failed. Prints one line of
 * JSON. A wait runs from before the first byte is sent until the last byte of the reply has come; after SECONDS nothing
 * new is sent, and what is under way is waited for.
 */
#include "bench.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UPLOADS_EACH = 36, REPLY_MAX = 256 * 1024, HEAD_MAX = 4096, HEADERS_MAX = 2048, LAST_WAIT_MS = 30000, SLOW_PIECES = 100 };
enum job { GET, CREATE, UPLOAD, SLOW };

struct connection {
	int fd;
	bool waits, is_patch;
	char head[HEAD_MAX];
	size_t head_n, body_n, sent;
	const char *body;
	char *own_body; /* upload: a copy that differs from all others */
	char *reply;
	size_t reply_n;
	int64_t begun_ns;
	long long upload_id;
	unsigned count;
	bool over;
};

struct load {
	int port, epoll;
	enum job job;
	unsigned n;
	int64_t begun_ns, until_ns, last_ns;
	char headers[HEADERS_MAX];
	const char *path;
	struct file body;
	struct connection *v;
	struct waits waits;
	int64_t *ids;
	size_t n_ids, ids_cap, failed;
	unsigned long long run;
	char why[160];
};

static void fail(struct load *l, const char *why)
{
	if (!l->failed++)
		snprintf(l->why, sizeof(l->why), "%s", why);
}

/* ---- sending -------------------------------------------------------------- */

static bool connect_to(struct load *l, struct connection *c)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)l->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const int one = 1;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return false;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	fcntl(c->fd, F_SETFL, O_NONBLOCK);
	struct epoll_event ev = {.events = EPOLLIN, .data.ptr = c};
	return epoll_ctl(l->epoll, EPOLL_CTL_ADD, c->fd, &ev) == 0;
}

static void want(struct load *l, struct connection *c, uint32_t events)
{
	struct epoll_event ev = {.events = events, .data.ptr = c};
	epoll_ctl(l->epoll, EPOLL_CTL_MOD, c->fd, &ev);
}

/* The bytes of a picture differ in the sixteen that make_photo's comment has for it, or are no picture at all. */
static void make_unique(struct load *l, struct connection *c)
{
	char mark[33];
	size_t at = l->body.n > 64 ? l->body.n / 2 : 0;
	if (!c->own_body)
		c->own_body = memcpy(take(l->body.n + 1), l->body.p, l->body.n);
	int n = snprintf(mark, sizeof(mark), "%08llx%04x%08x", l->run & 0xffffffff, (unsigned)(c - l->v) & 0xffff, c->count);
	memcpy(c->own_body + at, mark, (size_t)n);
	c->body = c->own_body;
}

static void make_request(struct load *l, struct connection *c)
{
	char *h = c->head;
	size_t cap = sizeof(c->head);
	char begin[80];
	c->body = NULL;
	c->body_n = 0;
	if (l->job == GET) {
		c->head_n = (size_t)snprintf(h, cap, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", l->path, l->headers);
	} else if (l->job == CREATE) {
		c->body = l->body.p;
		c->body_n = l->body.n;
		c->head_n = (size_t)snprintf(h, cap,
			"POST %s HTTP/1.1\r\nHost: localhost\r\n%sIdempotency-Key: bench-%016llx-%u-%u\r\n"
			"Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
			l->path, l->headers, l->run, (unsigned)(c - l->v), c->count, c->body_n);
	} else if (!c->is_patch) {
		int n = snprintf(begin, sizeof(begin), "{\"size\":%zu,\"type\":\"image/jpeg\",\"name\":\"a.jpg\"}", l->body.n);
		c->head_n = (size_t)snprintf(h, cap,
			"POST /uploads HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
			l->headers, n, begin);
	} else {
		make_unique(l, c);
		c->body_n = l->body.n;
		c->head_n = (size_t)snprintf(h, cap,
			"PATCH /uploads/%lld HTTP/1.1\r\nHost: localhost\r\n%sUpload-Offset: 0\r\n"
			"Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n",
			c->upload_id, l->headers, c->body_n);
	}
}

/* What may be sent by now of a slow upload: all pieces whose time has come. */
static size_t allowed(const struct load *l, const struct connection *c)
{
	size_t all = c->head_n + c->body_n;
	if (l->job != SLOW || !c->is_patch)
		return all;
	int64_t step = (l->until_ns - l->begun_ns) / SLOW_PIECES, pieces = (now_ns() - c->begun_ns) / step + 1;
	size_t part = c->body_n / SLOW_PIECES + 1, n = c->head_n + (size_t)pieces * part;
	return n < all ? n : all;
}

static bool send_more(struct load *l, struct connection *c)
{
	size_t end = allowed(l, c);
	while (c->sent < end) {
		bool in_head = c->sent < c->head_n;
		const char *p = in_head ? c->head + c->sent : c->body + (c->sent - c->head_n);
		size_t n = in_head ? (end < c->head_n ? end : c->head_n) - c->sent : end - c->sent;
		ssize_t done = send(c->fd, p, n, MSG_NOSIGNAL | (in_head && end > c->head_n ? MSG_MORE : 0));
		if (done < 0 && errno == EAGAIN) {
			want(l, c, EPOLLIN | EPOLLOUT);
			return true;
		}
		if (done <= 0)
			return false;
		c->sent += (size_t)done;
	}
	return true;
}

static void lost(struct load *l, struct connection *c, const char *why);

static void begin(struct load *l, struct connection *c)
{
	if (!c->is_patch && now_ns() >= l->until_ns) {
		c->over = true;
		return;
	}
	make_request(l, c);
	c->sent = c->reply_n = 0;
	c->waits = true;
	if (!(l->job == UPLOAD && c->is_patch))
		c->begun_ns = now_ns();
	if (!send_more(l, c))
		lost(l, c, "the connection was closed while sending");
}

/* A connection that broke is a failure; the next request goes over a new one. */
static void lost(struct load *l, struct connection *c, const char *why)
{
	fail(l, why);
	c->waits = c->is_patch = false;
	close(c->fd);
	if (l->job == SLOW || now_ns() >= l->until_ns || !connect_to(l, c))
		c->over = true;
	else
		begin(l, c);
}

/* ---- replies --------------------------------------------------------------- */

static bool find_id(const char *body, int64_t *id)
{
	const char *p = strstr(body, "\"id\":");
	if (!p)
		return false;
	p += 5 + strspn(p + 5, " \"");
	*id = strtoll(p, NULL, 10);
	return *id > 0;
}

static void keep_id(struct load *l, int64_t id)
{
	if (l->n_ids == l->ids_cap)
		l->ids = grow(l->ids, &l->ids_cap, sizeof(*l->ids));
	l->ids[l->n_ids++] = id;
}

/* NULL: this is the reply that was wanted. */
static const char *check(struct load *l, struct connection *c, int status, const char *body)
{
	int64_t id = 0;
	bool makes = l->job == CREATE || (l->job != GET && !c->is_patch);
	if (status != (makes ? 201 : 200))
		return c->reply;
	if (makes && !find_id(body, &id))
		return "a reply without an id";
	if (l->job == CREATE)
		keep_id(l, id);
	else
		c->upload_id = id;
	return NULL;
}

static void answered(struct load *l, struct connection *c, int status, const char *body)
{
	const char *why = check(l, c, status, body);
	bool half = !why && (l->job == UPLOAD || l->job == SLOW) && !c->is_patch;
	bool closes = strcasestr(c->reply, "\r\nConnection: close") != NULL;
	l->last_ns = now_ns();
	if (why)
		fail(l, why);
	else if (!half)
		waits_add(&l->waits, l->last_ns - c->begun_ns);
	c->waits = false;
	c->is_patch = half;
	c->count += !half;
	if (closes) {
		close(c->fd);
		if (!connect_to(l, c)) {
			c->over = true;
			return;
		}
	} else {
		want(l, c, EPOLLIN);
	}
	/* The program lets one person have 40 uploads that hang on nothing yet. */
	if (!half && (l->job == SLOW || (l->job == UPLOAD && c->count >= UPLOADS_EACH)))
		c->over = true;
	else
		begin(l, c);
}

/* Reads what is there; true when the reply is whole. */
static bool receive(struct load *l, struct connection *c)
{
	ssize_t n = recv(c->fd, c->reply + c->reply_n, REPLY_MAX - c->reply_n - 1, 0);
	if (n < 0 && errno == EAGAIN)
		return true;
	if (n <= 0 || !c->waits)
		return false;
	c->reply_n += (size_t)n;
	c->reply[c->reply_n] = 0;
	char *end = strstr(c->reply, "\r\n\r\n"), *length = strcasestr(c->reply, "\r\nContent-Length:");
	if (!end)
		return c->reply_n < REPLY_MAX - 1;
	if (!length || length > end)
		return false;
	size_t whole = (size_t)(end + 4 - c->reply) + strtoul(length + 17, NULL, 10);
	if (whole >= REPLY_MAX)
		return false;
	if (c->reply_n >= whole)
		answered(l, c, atoi(c->reply + 9), end + 4);
	return true;
}

static void on_event(struct load *l, struct connection *c, uint32_t events)
{
	if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		if (!receive(l, c))
			lost(l, c, c->waits ? "the connection was closed before the reply" : "bytes that nobody asked for");
	} else if (events & EPOLLOUT) {
		want(l, c, EPOLLIN);
		if (!send_more(l, c))
			lost(l, c, "the connection was closed while sending");
	}
}

/* ---- running ---------------------------------------------------------------- */

static bool all_over(const struct load *l)
{
	for (unsigned i = 0; i < l->n; i++)
		if (!l->v[i].over)
			return false;
	return true;
}

static void send_pieces(struct load *l)
{
	for (unsigned i = 0; i < l->n && l->job == SLOW; i++)
		if (l->v[i].waits && !send_more(l, &l->v[i]))
			lost(l, &l->v[i], "the connection was closed while sending");
}

static void run(struct load *l)
{
	struct epoll_event ev[64];
	l->begun_ns = now_ns();
	l->until_ns += l->begun_ns;
	for (unsigned i = 0; i < l->n; i++)
		begin(l, &l->v[i]);
	while (!all_over(l)) {
		int n = epoll_wait(l->epoll, ev, 64, 50);
		for (int i = 0; i < n; i++)
			on_event(l, ev[i].data.ptr, ev[i].events);
		send_pieces(l);
		if (now_ns() > l->until_ns + (int64_t)LAST_WAIT_MS * 1000000)
			break;
	}
	for (unsigned i = 0; i < l->n; i++)
		if (l->v[i].waits)
			fail(l, "no reply within 30 s of the end");
}

static int by_value(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return (a > b) - (a < b);
}

static void count_doubles(struct load *l)
{
	qsort(l->ids, l->n_ids, sizeof(*l->ids), by_value);
	for (size_t i = 1; i < l->n_ids; i++)
		if (l->ids[i] == l->ids[i - 1])
			fail(l, "two replies with one id");
}

static bool options(struct load *l, int argc, char **argv)
{
	static const char *const jobs[] = {"get", "create", "upload", "slow"};
	size_t n = 0;
	int opt, job = -1;
	if (argc < 5)
		return false;
	l->port = atoi(argv[1]);
	for (int i = 0; i < 4; i++)
		job = strcmp(argv[2], jobs[i]) == 0 ? i : job;
	l->job = (enum job)job;
	l->n = (unsigned)atoi(argv[3]);
	l->until_ns = (int64_t)(atof(argv[4]) * 1e9);
	optind = 5;
	while ((opt = getopt(argc, argv, "H:p:b:")) != -1) {
		if (opt == 'H' && strlen(optarg) + 3 < sizeof(l->headers) - n)
			n += (size_t)snprintf(l->headers + n, sizeof(l->headers) - n, "%s\r\n", optarg);
		else if (opt == 'p')
			l->path = optarg;
		else if (opt != 'b' || !file_read(optarg, &l->body))
			return false;
	}
	return job >= 0 && l->port > 0 && l->n > 0 && l->n <= 4096 && l->until_ns > 0 && (l->path || job > CREATE) && (l->body.p || job == GET);
}

int main(int argc, char **argv)
{
	static struct load l;
	if (!options(&l, argc, argv)) {
		fputs("load PORT get|create|upload|slow CONNECTIONS SECONDS [-H 'Name: value']... [-p PATH] [-b BODY]\n", stderr);
		return 2;
	}
	if (getrandom(&l.run, sizeof(l.run), 0) != sizeof(l.run))
		return 1;
	l.epoll = epoll_create1(EPOLL_CLOEXEC);
	l.v = take(l.n * sizeof(*l.v));
	for (unsigned i = 0; i < l.n; i++) {
		l.v[i].reply = take(REPLY_MAX);
		if (!connect_to(&l, &l.v[i])) {
			perror("connect");
			return 1;
		}
	}
	run(&l);
	count_doubles(&l);
	waits_print(&l.waits, l.job == SLOW ? now_ns() - l.begun_ns : l.last_ns - l.begun_ns, l.failed, l.why);
	return 0;
}
