/* The only file that sees libmicrohttpd: one thread per connection, no
 * suspending; its request parser is distrusted (guard.c), its time-outs are
 * not used (slots.c). */
#include "web_private.h"

#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum {
	CONNECTION_MEMORY = 48 * 1024, /* head of 16 KiB, read buffer, heads of the reply */
	STREAM_BLOCK = 32 * 1024,
	LINGER_BYTES = 2 * 1024 * 1024,
	LINGER_MS = 1000,
	SANITIZED_STACK = 2 * 1024 * 1024,
};

struct web_server {
	struct web_options o;
	struct web_handler h;
	struct MHD_Daemon *daemon;
	struct slots slots;
	struct networks trusted;
	struct str address;
	int port;
	atomic_llong requests, refused_heads, refused_busy;
	uint64_t numbers_from;
	_Atomic uint64_t numbers;
};

/* One request and its reply, on the request's arena. */
struct exchange {
	struct req r;
	struct web_server *s;
	struct slot *slot;
	struct str target;
	const char *target_at; /* where the library keeps it; only compared */
	bool begun, is_closing;
	struct intake *intake;
	const struct err *failed;
	struct reply *early, *reply;
	int64_t received, sent;
	int status;
};

/* ---- reply ---------------------------------------------------------------- */

static ssize_t read_stream(void *cls, uint64_t at, char *buf, size_t max)
{
	struct exchange *x = cls;
	(void)at;
	ptrdiff_t n = x->reply->read(x->reply->ctx, buf, max);
	if (n == 0)
		return MHD_CONTENT_READER_END_OF_STREAM;
	if (n < 0)
		return MHD_CONTENT_READER_END_WITH_ERROR;
	x->sent += n;
	slots_moved(&x->s->slots, x->slot, x->sent, true);
	return n;
}

static struct MHD_Response *response_of(struct exchange *x, const struct outgoing *out)
{
	struct MHD_Response *m;
	int fd;
	switch (x->reply->kind) {
	case REPLY_FILE:
		if (out->status == 416)
			return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
		fd = x->reply->fd;
		m = MHD_create_response_from_fd_at_offset64((uint64_t)out->size, fd, (uint64_t)out->from);
		x->reply->fd = m ? -1 : fd;
		x->sent = out->size;
		return m;
	case REPLY_STREAM:
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, read_stream, x, NULL);
	default:
		x->sent = (int64_t)out->body.n;
		return MHD_create_response_from_buffer(out->body.n, (void *)(uintptr_t)out->body.p, MHD_RESPMEM_PERSISTENT);
	}
}

/* False: out of memory. A reply without one of its heads (a policy, a cookie) is none. */
static bool add_headers(struct exchange *x, struct MHD_Response *m, const struct pairs *headers)
{
	for (size_t i = 0; i < headers->n; i++)
		if (MHD_add_response_header(m, str_z(x->r.a, headers->v[i].name), str_z(x->r.a, headers->v[i].value)) != MHD_YES)
			return false;
	return !x->is_closing || MHD_add_response_header(m, "Connection", "close") == MHD_YES;
}

/* is_closing: the body was not read to its end, so nothing more can be read from this connection. */
static enum MHD_Result send_reply(struct exchange *x, struct MHD_Connection *c, struct reply *reply, bool is_closing)
{
	struct outgoing out;
	x->reply = reply;
	x->is_closing = is_closing;
	reply_finish(&x->r, reply, &out);
	struct MHD_Response *m = response_of(x, &out);
	if (!m)
		return MHD_NO;
	if (!add_headers(x, m, &out.headers)) {
		MHD_destroy_response(m);
		return MHD_NO;
	}
	if (x->r.method == WEB_HEAD)
		x->sent = 0;
	slots_enter(&x->s->slots, x->slot, SLOT_REPLY, x->sent);
	x->status = out.status;
	enum MHD_Result done = MHD_queue_response(c, (unsigned)out.status, m);
	MHD_destroy_response(m);
	return done;
}

static struct reply *failure(struct exchange *x, const struct err *e)
{
	return x->s->h.fail(x->s->h.ctx, &x->r, e);
}

/* ---- request ---------------------------------------------------------------- */

static enum MHD_Result add_header(void *cls, enum MHD_ValueKind kind, const char *key, size_t key_n, const char *value, size_t value_n)
{
	struct req *r = cls;
	(void)kind;
	pairs_add(r->a, &r->headers, str_dup(r->a, (struct str){key, key_n}), str_dup(r->a, (struct str){value, value_n}));
	return MHD_YES;
}

/* The library cuts method and target at a NUL. They lie in one buffer, one
 * byte apart; a gap inside it tells what was cut off. */
static bool has_gap(const char *from, size_t n, const char *next)
{
	uintptr_t a = (uintptr_t)from, b = (uintptr_t)next;
	return b > a && b - a < CONNECTION_MEMORY && b - a != n + 1;
}

static const struct err *read_head(struct exchange *x, struct MHD_Connection *c, const char *method, const char *version)
{
	struct req *r = &x->r;
	struct str query = x->target;
	struct str peer = r->addr;
	r->method = method_of(str_of(method));
	r->path = str_cut(&query, '?');
	MHD_get_connection_values_n(c, MHD_HEADER_KIND, add_header, r);
	TRY(head_guard(r->a, str_of(method), x->target, str_of(version), &r->headers));
	if (has_gap(method, strlen(method), x->target_at) || has_gap(x->target_at, x->target.n, version))
		return ERR(r->a, ERR_MALFORMED, "control_character", "NUL or stray blanks in the request line");
	forwarded_apply(&x->s->trusted, peer, r);
	TRY(form_parse(r->a, query, FIELDS_MAX, &r->query));
	TRY(cookie_parse(r->a, req_header(r, "cookie"), COOKIES_MAX, &r->cookies));
	cookie_settle(r);
	return NULL;
}

static const struct err *take_upload_place(struct exchange *x, int64_t declared)
{
	if (declared >= 0 && declared <= LARGE_BODY)
		return NULL;
	if (slots_take_upload(&x->s->slots, x->slot, x->r.whose, x->s->o.max_uploads))
		return NULL;
	atomic_fetch_add(&x->s->refused_busy, 1);
	struct err *e = ARENA_NEW(x->r.a, struct err);
	*e = *ERR(x->r.a, ERR_BUSY, NULL, "%u uploads at once", x->s->o.max_uploads);
	e->retry_after_s = 5;
	return e;
}

static enum MHD_Result begin(struct exchange *x, struct MHD_Connection *c, const char *method, const char *version)
{
	struct web_server *s = x->s;
	x->begun = true;
	slots_enter(&s->slots, x->slot, SLOT_WORK, 0);
	atomic_fetch_add(&s->requests, 1);
	const struct err *e = read_head(x, c, method, version);
	if (e) {
		atomic_fetch_add(&s->refused_heads, 1);
		return send_reply(x, c, failure(x, e), true);
	}
	int64_t declared = body_declared(&x->r);
	x->early = s->h.head(s->h.ctx, &x->r);
	if (!x->early) {
		e = intake_new(&x->r, s->o.spool_dir, &s->h, &x->intake);
		if (!e && x->intake)
			e = take_upload_place(x, declared);
		if (e)
			x->early = failure(x, e);
	}
	if (x->early && declared != 0)
		return send_reply(x, c, x->early, true);
	slots_enter(&s->slots, x->slot, SLOT_BODY, declared);
	return MHD_YES;
}

/* The library takes no reply in the middle of a body: after an error the rest is read and dropped, up to a limit. */
static enum MHD_Result take(struct exchange *x, struct str bytes)
{
	x->received += (int64_t)bytes.n;
	slots_moved(&x->s->slots, x->slot, x->received, body_declared(&x->r) < 0);
	if (x->failed)
		return x->received > x->r.body_max + DISCARD_MAX ? MHD_NO : MHD_YES;
	x->failed = x->intake ? intake_feed(x->intake, bytes) : NULL;
	return MHD_YES;
}

static enum MHD_Result finish(struct exchange *x, struct MHD_Connection *c)
{
	struct web_server *s = x->s;
	const struct err *e = x->failed;
	slots_enter(&s->slots, x->slot, SLOT_WORK, 0);
	if (x->early)
		return send_reply(x, c, x->early, false);
	if (!e && x->intake)
		e = intake_end(x->intake);
	if (!e && arena_is_over(x->r.a))
		e = ERR(x->r.a, ERR_LIMIT, NULL, "request takes more memory than is given to one");
	return send_reply(x, c, e ? failure(x, e) : s->h.done(s->h.ctx, &x->r), false);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
				  const char *data, size_t *n, void **ctx)
{
	struct exchange *x = *ctx;
	struct str bytes = {data, *n};
	(void)cls;
	(void)url;
	if (!x)
		return MHD_NO;
	if (!x->begun)
		return begin(x, c, method, version);
	if (!bytes.n)
		return finish(x, c);
	*n = 0;
	return take(x, bytes);
}

/* ---- life of connections and requests --------------------------------------- */

static struct slot *slot_of(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	return info ? info->socket_context : NULL;
}

/* No two of a server are alike, and those of another start elsewhere: a counter from a random place, its bits well mixed. */
static struct str request_id(struct web_server *s, struct arena *a)
{
	unsigned char bytes[8];
	uint64_t v = s->numbers_from + atomic_fetch_add(&s->numbers, 1) * UINT64_C(0x9e3779b97f4a7c15);
	v = (v ^ v >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	v = (v ^ v >> 27) * UINT64_C(0x94d049bb133111eb);
	v ^= v >> 31;
	memcpy(bytes, &v, sizeof(bytes));
	return str_hex(a, bytes, sizeof(bytes));
}

/* The first that is seen of a request: its raw target. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *c)
{
	struct web_server *s = cls;
	struct slot *slot = slot_of(c);
	if (!slot)
		return NULL;
	if (slot->requests++)
		slots_enter(&s->slots, slot, SLOT_HEAD, 0);
	struct arena *a = arena_new(s->o.arena_cap);
	struct exchange *x = ARENA_NEW(a, struct exchange);
	const union MHD_ConnectionInfo *peer = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	*x = (struct exchange){.s = s, .slot = slot, .target_at = target, .target = str_dup(a, str_of(target))};
	x->r.a = a;
	x->r.begun_ns = now_ns();
	x->r.id = request_id(s, a);
	x->r.addr = addr_text(a, peer ? peer->client_addr : NULL);
	slot->exchange = x;
	return x;
}

/* Closing with unread bytes would reset the connection and may take the answer away from the client. */
static void linger(int fd)
{
	char drop[16 * 1024];
	int64_t until = now_ns() + (int64_t)LINGER_MS * 1000000;
	size_t total = 0;
	shutdown(fd, SHUT_WR);
	while (total < LINGER_BYTES) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		int64_t left = (until - now_ns()) / 1000000;
		if (left <= 0 || poll(&p, 1, (int)left) <= 0)
			return;
		ssize_t n = recv(fd, drop, sizeof(drop), MSG_DONTWAIT);
		if (n <= 0)
			return;
		total += (size_t)n;
	}
}

static void exchange_end(struct exchange *x)
{
	struct web_server *s = x->s;
	if (x->is_closing && x->slot->fd >= 0)
		linger(x->slot->fd);
	if (x->begun && s->h.log)
		s->h.log(s->h.ctx, &x->r, x->status, x->sent, now_ns() - x->r.begun_ns);
	x->slot->exchange = NULL;
	slots_enter(&s->slots, x->slot, SLOT_IDLE, 0);
	arena_free(x->r.a);
}

static void on_completed(void *cls, struct MHD_Connection *c, void **ctx, enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *ctx;
	(void)cls;
	(void)c;
	*ctx = NULL;
	if (!x)
		return;
	if (why != MHD_REQUEST_TERMINATED_COMPLETED_OK)
		x->is_closing = false;
	exchange_end(x);
}

static void on_connection(void *cls, struct MHD_Connection *c, void **context, enum MHD_ConnectionNotificationCode what)
{
	struct web_server *s = cls;
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		int fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
		*context = slots_take(&s->slots, fd);
		if (!*context) {
			atomic_fetch_add(&s->refused_busy, 1);
			shutdown(fd, SHUT_RDWR);
		}
		return;
	}
	struct slot *slot = *context;
	if (!slot)
		return;
	if (slot->exchange) {
		((struct exchange *)slot->exchange)->is_closing = false;
		exchange_end(slot->exchange);
	}
	slots_give(&s->slots, slot);
	*context = NULL;
}

/* Targets stay as sent; form_parse() and url_decode() decode them. */
static size_t leave_escapes(void *cls, struct MHD_Connection *c, char *s)
{
	(void)cls;
	(void)c;
	return strlen(s);
}

/* ---- start and stop ----------------------------------------------------------- */

static unsigned or_default(unsigned v, unsigned d)
{
	return v ? v : d;
}

static void fill_defaults(struct web_options *o)
{
	o->max_connections = or_default(o->max_connections, 512);
	o->max_uploads = or_default(o->max_uploads, 64);
	o->head_s = or_default(o->head_s, 10);
	o->body_s = or_default(o->body_s, 30);
	o->idle_s = or_default(o->idle_s, 30);
	o->stack_size = o->stack_size ? o->stack_size : 1024 * 1024;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
	o->stack_size = o->stack_size > SANITIZED_STACK ? o->stack_size : SANITIZED_STACK;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
	o->stack_size = o->stack_size > SANITIZED_STACK ? o->stack_size : SANITIZED_STACK;
#endif
#endif
}

static const struct err *listen_on(struct arena *a, struct web_server *s, int *out)
{
	struct sockaddr_storage sa;
	socklen_t len;
	const int one = 1;
	TRY(listen_parse(a, s->o.listen, &sa, &len));
	int fd = socket(sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ERR(a, ERR_BUSY, "listen", "socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&sa, len) != 0 || listen(fd, SOMAXCONN) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sa, &len) != 0) {
		const struct err *e = ERR(a, ERR_BUSY, "listen", "cannot listen on %s: %s", s->o.listen, strerror(errno));
		close(fd);
		return e;
	}
	bool six = sa.ss_family == AF_INET6;
	s->port = ntohs(six ? ((struct sockaddr_in6 *)&sa)->sin6_port : ((struct sockaddr_in *)&sa)->sin_port);
	s->address = str_fmt(a, "%s%.*s%s:%d", six ? "[" : "", STR_ARG(addr_text(a, (struct sockaddr *)&sa)), six ? "]" : "", s->port);
	*out = fd;
	return NULL;
}

static struct MHD_Daemon *start_daemon(struct web_server *s, int fd)
{
	return MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC | MHD_USE_POLL, 0,
				NULL, NULL, on_request, s,
				MHD_OPTION_LISTEN_SOCKET, fd,
				MHD_OPTION_STRICT_FOR_CLIENT, 1,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned)s->slots.n,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, s->o.max_per_address,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
				MHD_OPTION_THREAD_STACK_SIZE, s->o.stack_size,
				MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, NULL,
				MHD_OPTION_URI_LOG_CALLBACK, on_target, s,
				MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,
				MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,
				MHD_OPTION_END);
}

const struct err *web_start(struct arena *a, const struct web_options *o, const struct web_handler *h, struct web_server **out)
{
	struct web_server *s = ARENA_NEW(a, struct web_server);
	int fd;
	s->o = *o;
	s->h = *h;
	fill_defaults(&s->o);
	s->o.spool_dir = str_z(a, str_of(o->spool_dir));
	if (getrandom(&s->numbers_from, sizeof(s->numbers_from), 0) != sizeof(s->numbers_from))
		return ERR(a, ERR_BUSY, "listen", "the kernel gives no random bytes: %s", strerror(errno));
	TRY(networks_parse(a, o->trusted_proxies, &s->trusted));
	TRY(listen_on(a, s, &fd));
	const struct err *e = slots_start(a, &s->slots, &s->o);
	if (e) {
		close(fd);
		return e;
	}
	s->daemon = start_daemon(s, fd);
	if (!s->daemon) {
		slots_stop(&s->slots);
		close(fd);
		return ERR(a, ERR_BUSY, "listen", "cannot serve on %s: %s", o->listen, strerror(errno));
	}
	spool_sweep(s->o.spool_dir);
	*out = s;
	return NULL;
}

int web_port(const struct web_server *s)
{
	return s->port;
}

struct str web_address(const struct web_server *s)
{
	return s->address;
}

void web_stop(struct web_server *s, int drain_ms)
{
	int fd = MHD_quiesce_daemon(s->daemon);
	int64_t until = now_ns() + (int64_t)drain_ms * 1000000;
	while (slots_cut_idle(&s->slots) > 0 && now_ns() < until)
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	MHD_stop_daemon(s->daemon);
	if (fd != MHD_INVALID_SOCKET)
		close(fd);
	slots_stop(&s->slots);
}

void web_stats(struct web_server *s, struct web_stats *out)
{
	out->requests = atomic_load(&s->requests);
	out->refused_heads = atomic_load(&s->refused_heads);
	out->refused_busy = atomic_load(&s->refused_busy);
	out->reaped = atomic_load(&s->slots.reaped);
	out->open_connections = (int64_t)slots_open(&s->slots);
}
