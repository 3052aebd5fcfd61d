/* The server over real sockets on the loopback: what clients may and may not do, and what one client cannot do to others. */
#include "web.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

enum { STALLED = 100 };

struct fixture {
	struct arena *a;
	struct web_server *s;
	char spool[64];
	atomic_int bodies_seen, streams_closed, logged;
};

/* ---- a small program behind the server ------------------------------------- */

static struct reply *head(void *ctx, struct req *r)
{
	(void)ctx;
	r->body_kind = BODY_FORM;
	r->body_max = 2 * 1024 * 1024;
	r->file_max = 1024 * 1024;
	r->files_max = 4;
	if (str_is(r->path, "/private"))
		return reply_bytes(r->a, 401, "text/plain", STR("log in"));
	if (str_is(r->path, "/stream"))
		r->body_kind = BODY_STREAM;
	if (str_is(r->path, "/bare"))
		r->body_kind = BODY_NONE;
	return NULL;
}

static const struct err *chunk(void *ctx, struct req *r, struct str bytes)
{
	(void)ctx;
	r->route_state = (void *)((uintptr_t)r->route_state + bytes.n);
	return NULL;
}

static struct reply *file_reply(struct req *r)
{
	char path[] = "/tmp/web_test_XXXXXX";
	int fd = mkstemp(path);
	unlink(path);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	return reply_file(r->a, fd, 10, "application/octet-stream");
}

static ptrdiff_t count_down(void *ctx, char *buf, size_t max)
{
	int *left = ctx;
	(void)max;
	if (*left == 0)
		return 0;
	buf[0] = (char)('0' + *left);
	--*left;
	return 1;
}

static struct fixture *the_fixture(void *ctx)
{
	return ctx;
}

static struct reply *echo(struct fixture *f, struct req *r)
{
	struct sb b = sb_new(r->a, 1 << 20);
	atomic_fetch_add(&f->bodies_seen, 1);
	sb_fmt(&b, "%s %.*s from %.*s%s\n", web_method_name(r->method), STR_ARG(r->path), STR_ARG(r->addr), r->is_https ? " https" : "");
	for (size_t i = 0; i < r->query.n; i++)
		sb_fmt(&b, "query %.*s=%.*s\n", STR_ARG(r->query.v[i].name), STR_ARG(r->query.v[i].value));
	for (size_t i = 0; i < r->cookies.n; i++)
		sb_fmt(&b, "cookie %.*s=%.*s\n", STR_ARG(r->cookies.v[i].name), STR_ARG(r->cookies.v[i].value));
	for (size_t i = 0; i < r->form.n; i++)
		sb_fmt(&b, "form %.*s=%.*s\n", STR_ARG(r->form.v[i].name), STR_ARG(r->form.v[i].value));
	for (size_t i = 0; i < r->n_files; i++)
		sb_fmt(&b, "file %.*s %.*s %lld %.*s\n", STR_ARG(r->files[i].field), STR_ARG(r->files[i].content_type),
		       (long long)r->files[i].size, STR_ARG(str_hex(r->a, r->files[i].sha256, 32)));
	if (r->json.n)
		sb_fmt(&b, "json %.*s\n", STR_ARG(r->json));
	return reply_bytes(r->a, 200, "text/plain; charset=utf-8", sb_str(&b));
}

static void stream_done(void *ctx)
{
	int *numbers = ctx;
	struct fixture *f;
	memcpy(&f, numbers + 2, sizeof(f));
	atomic_fetch_add(&f->streams_closed, 1);
}

static struct reply *done(void *ctx, struct req *r)
{
	struct fixture *f = the_fixture(ctx);
	if (str_is(r->path, "/file"))
		return file_reply(r);
	if (str_is(r->path, "/stream"))
		return reply_bytes(r->a, 200, "text/plain", str_fmt(r->a, "%zu bytes", (size_t)(uintptr_t)r->route_state));
	if (str_is(r->path, "/countdown")) {
		int *numbers = arena_alloc(r->a, 2 * sizeof(int) + sizeof(f));
		numbers[0] = 5;
		memcpy(numbers + 2, &f, sizeof(f));
		return reply_stream(r->a, 200, "text/csv", count_down, stream_done, numbers);
	}
	if (str_is(r->path, "/long")) {
		struct sb b = sb_new(r->a, 1 << 20);
		for (int i = 0; i < 1000; i++)
			sb_addz(&b, "hidden danger ");
		return reply_bytes(r->a, 200, "text/html; charset=utf-8", sb_str(&b));
	}
	struct reply *reply = echo(f, r);
	if (str_is(r->path, "/login"))
		reply_cookie(r, reply, "session", STR("abc"), 60);
	return reply;
}

static struct reply *refuse(void *ctx, struct req *r, const struct err *e)
{
	(void)ctx;
	struct reply *reply = reply_bytes(r->a, err_status(e->kind), "text/plain", str_fmt(r->a, "code=%.*s", STR_ARG(e->code)));
	if (e->retry_after_s)
		reply_header(r->a, reply, "Retry-After", str_fmt(r->a, "%d", e->retry_after_s));
	return reply;
}

static void note(void *ctx, const struct req *r, int status, int64_t bytes, int64_t ns)
{
	(void)r;
	(void)status;
	(void)bytes;
	(void)ns;
	atomic_fetch_add(&the_fixture(ctx)->logged, 1);
}

static int start(void **state)
{
	static const struct web_options options = {
		.listen = "127.0.0.1:0", .head_s = 1, .body_s = 20, .idle_s = 20, .max_uploads = 64, .max_connections = 256,
		.trusted_proxies = "10.0.0.0/8, 127.0.0.1",
	};
	struct arena *a = arena_new(0);
	struct fixture *f = ARENA_NEW(a, struct fixture);
	struct web_options o = options;
	f->a = a;
	snprintf(f->spool, sizeof(f->spool), "/tmp/web_spool_XXXXXX");
	if (!mkdtemp(f->spool))
		return 1;
	o.spool_dir = f->spool;
	*state = f;
	return web_start(a, &o, &(struct web_handler){f, head, chunk, done, refuse, note}, &f->s) != NULL;
}

static int spool_file(const struct fixture *f, const char *name)
{
	int fd = open(str_fmt(f->a, "%s/%s", f->spool, name).p, O_CREAT | O_RDWR, 0600);
	assert_int_equal(write(fd, "photo", 5), 5);
	return fd;
}

static size_t files_in(const char *path)
{
	size_t n = 0;
	DIR *d = opendir(path);
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static int stop(void **state)
{
	struct fixture *f = *state;
	web_stop(f->s, 2000);
	size_t left = files_in(f->spool);
	rmdir(f->spool);
	arena_free(f->a);
	return left != 0;
}

/* ---- a client ------------------------------------------------------------------ */

static int dial(const struct fixture *f)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(f->s))};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	return fd;
}

static void say(int fd, struct str s)
{
	while (s.n) {
		ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
		if (n <= 0)
			return; /* the server may have closed already */
		s = str_sub(s, (size_t)n, SIZE_MAX);
	}
}

/* Length of the first whole response in s (0: not yet whole); bodies of known length only. */
static size_t whole(struct str s, bool is_head)
{
	const char *end = s.n ? memmem(s.p, s.n, "\r\n\r\n", 4) : NULL;
	if (!end)
		return 0;
	size_t n = (size_t)(end - s.p) + 4;
	const char *length = memmem(s.p, n, "Content-Length: ", 16);
	if (length && !is_head)
		n += (size_t)atol(length + 16);
	else if (!length && memmem(s.p, n, "chunked", 7))
		return s.n > 5 && memcmp(s.p + s.n - 5, "0\r\n\r\n", 5) == 0 ? s.n : 0;
	return s.n >= n ? n : 0;
}

/* One response, or what came until the end of the connection or ten seconds. */
static struct str hear(struct arena *a, int fd, bool is_head)
{
	struct sb b = sb_new(a, 1 << 20);
	char part[4096];
	while (!whole(sb_str(&b), is_head)) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		if (poll(&p, 1, 10000) <= 0)
			break;
		ssize_t n = recv(fd, part, sizeof(part), 0);
		if (n <= 0)
			break;
		sb_add(&b, (struct str){part, (size_t)n});
	}
	sb_addc(&b, 0);
	return (struct str){b.p, b.n - 1};
}

static struct str ask(struct fixture *f, struct str request)
{
	int fd = dial(f);
	say(fd, request);
	struct str answer = hear(f->a, fd, str_has_prefix(request, STR("HEAD")));
	close(fd);
	return answer;
}

static bool has(struct str s, const char *what)
{
	return s.n && memmem(s.p, s.n, what, strlen(what)) != NULL;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void expect(struct fixture *f, struct str request, const char *status, const char *text)
{
	struct str answer = ask(f, request);
	if (!has(str_sub(answer, 0, 12), status) || !has(answer, text))
		fail_msg("asked |%.*s|\nwanted %s %s, got |%.*s|", (int)(request.n < 300 ? request.n : 300), request.p, status, text,
			 STR_ARG(answer));
}

/* ---- tests ------------------------------------------------------------------------ */

static void keeps_alive_and_answers_in_order(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);
	for (int i = 0; i < 3; i++) {
		say(fd, STR(GET("/a?x=1&x=%E6%9F%A5+b")));
		struct str answer = hear(f->a, fd, false);
		assert_true(has(answer, "GET /a from 127.0.0.1\nquery x=1\nquery x=\xe6\x9f\xa5 b\n"));
		assert_true(has(answer, "Content-Security-Policy: default-src 'self'") && has(answer, "nosniff"));
		assert_true(has(answer, "Cache-Control: no-store"));
	}
	close(fd);
}

static void refuses_heads_that_two_servers_could_read_differently(void **state)
{
	struct fixture *f = *state;
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), "400", "two_lengths");
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"), "400", "header_twice");
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc"), "400", "");
	expect(f, STR("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), "400", "header_twice");
	expect(f, STR("GET / HTTP/1.1\r\n\r\n"), "400", "");
	expect(f, STR("GE\0T / HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "");
	expect(f, STR("GET\0x / HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "");
	expect(f, STR("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "");
	expect(f, STR("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\x01\r\n\r\n"), "400", "control_character");
	expect(f, STR("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "400", "bad_host");
	expect(f, STR("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"), "405", "");
	expect(f, STR("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "bad_target");
	expect(f, STR("GET /?a=%zz HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "bad_escape");
	expect(f, STR("GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n"), "400", "bad_text");
	assert_int_equal(atomic_load(&f->bodies_seen), 0);
}

static void refuses_large_heads(void **state)
{
	struct fixture *f = *state;
	struct sb b = sb_new(f->a, 1 << 20);
	sb_addz(&b, "GET /");
	for (int i = 0; i < 5000; i++)
		sb_addc(&b, 'a');
	sb_addz(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
	expect(f, sb_str(&b), "400", "target_too_long");
	b = sb_new(f->a, 1 << 20);
	sb_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\nX-Big: ");
	for (int i = 0; i < 65536; i++)
		sb_addc(&b, 'a');
	sb_addz(&b, "\r\n\r\n");
	struct str answer = ask(f, sb_str(&b));
	assert_false(has(answer, "200 OK"));
	b = sb_new(f->a, 1 << 20);
	sb_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (int i = 0; i < 80; i++)
		sb_fmt(&b, "X-%d: a\r\n", i);
	sb_addz(&b, "\r\n");
	expect(f, sb_str(&b), "400", "head_too_large");
	assert_int_equal(atomic_load(&f->bodies_seen), 0);
}

static void garbage_behind_a_request_is_no_request(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);
	say(fd, STR(GET("/a") "\x16\x03\x01 garbage\r\n\r\n"));
	assert_true(has(hear(f->a, fd, false), "GET /a"));
	struct str second = hear(f->a, fd, false);
	assert_false(has(second, " 200 "));
	close(fd);
	assert_int_equal(atomic_load(&f->bodies_seen), 1);
}

static void head_has_no_body(void **state)
{
	struct fixture *f = *state;
	struct str answer = ask(f, STR("HEAD /long HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
	assert_true(has(answer, "200 OK") && has(answer, "Content-Length: 14000"));
	assert_true(str_has_suffix(answer, STR("\r\n\r\n")));
}

static void files_answer_ranges(void **state)
{
	struct fixture *f = *state;
	expect(f, STR(GET("/file")), "200", "\r\n\r\n0123456789");
	expect(f, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n"), "206", "\r\n\r\n234");
	expect(f, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\n\r\n"), "206", "Content-Range: bytes 2-4/10\r\n");
	expect(f, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=-3\r\n\r\n"), "206", "\r\n\r\n789");
	expect(f, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=10-\r\n\r\n"), "416", "Content-Range: bytes */10\r\n");
	expect(f, STR("GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=2-4\r\nIf-Range: \"old\"\r\n\r\n"), "200", "0123456789");
}

static void text_is_packed_when_asked(void **state)
{
	struct fixture *f = *state;
	struct str answer = ask(f, STR("GET /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n"));
	assert_true(has(answer, "Content-Encoding: gzip") && has(answer, "Vary: Accept-Encoding"));
	const char *body = (const char *)memmem(answer.p, answer.n, "\r\n\r\n", 4) + 4;
	unsigned char plain[20000];
	z_stream z = {.next_in = (Bytef *)(uintptr_t)body, .avail_in = (uInt)(answer.n - (size_t)(body - answer.p)),
		      .next_out = plain, .avail_out = sizeof(plain)};
	assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
	assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
	assert_int_equal(z.total_out, 14000);
	inflateEnd(&z);
	answer = ask(f, STR(GET("/long")));
	assert_false(has(answer, "Content-Encoding"));
	assert_true(has(answer, "Vary: Accept-Encoding"));
}

static void bodies_arrive_whole(void **state)
{
	struct fixture *f = *state;
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n\r\na=1&b=%e6%9f%a5"),
	       "200", "form a=1\nform b=\xe6\x9f\xa5\n");
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
		      "3\r\n{\"a\r\n5\r\n\":12}\r\n0\r\n\r\n"), "200", "json {\"a\":12}\n");
	expect(f, STR("PATCH /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde"), "200", "5 bytes");
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml\r\nContent-Length: 2\r\n\r\nab"), "415", "wrong_type");
	expect(f, STR("POST /bare HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab"), "413", "too_large");
	expect(f, STR("POST /bare HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), "200", "POST /bare");
}

static void expect_continue(void **state)
{
	struct fixture *f = *state;
	int fd = dial(f);
	say(fd, STR("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n"));
	assert_true(has(hear(f->a, fd, true), "100 Continue"));
	say(fd, STR("{}"));
	assert_true(has(hear(f->a, fd, false), "json {}"));
	close(fd);
	expect(f, STR("POST /private HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), "401", "log in");
}

static struct str multipart_of(struct arena *a, const char *content, size_t n)
{
	struct sb b = sb_new(a, 4 << 20), all = sb_new(a, 4 << 20);
	sb_addz(&b, "--XX\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n\xe6\xbc\x8f\xe7\x94\xb5\r\n--XX\r\n"
		    "Content-Disposition: form-data; name=\"photo\"; filename=\"../a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n");
	sb_add(&b, (struct str){content, n});
	sb_addz(&b, "\r\n--XX\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n");
	sb_fmt(&all, "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: %zu\r\n\r\n", b.n);
	sb_add(&all, sb_str(&b));
	return sb_str(&all);
}

static void files_arrive_whole(void **state)
{
	struct fixture *f = *state;
	enum { N = 700 * 1024 };
	char *bytes = arena_alloc(f->a, N);
	unsigned char hash[32];
	unsigned seed = 1;
	for (size_t i = 0; i < N; i++)
		bytes[i] = i % 50 ? (char)(seed = seed * 1103515245u + 12345u) : '\r';
	SHA256((unsigned char *)bytes, N, hash);
	struct str answer = ask(f, multipart_of(f->a, bytes, N));
	assert_true(has(answer, "form text=\xe6\xbc\x8f\xe7\x94\xb5\n"));
	assert_true(has(answer, str_fmt(f->a, "file photo image/jpeg %d %.*s\n", N, STR_ARG(str_hex(f->a, hash, 32))).p));
	assert_false(has(answer, "file none"));
	/* The files go with the request's arena, just after its answer. */
	for (int i = 0; i < 500 && files_in(f->spool); i++)
		usleep(10000);
	assert_int_equal(files_in(f->spool), 0);
}

static void broken_bodies_are_told(void **state)
{
	struct fixture *f = *state;
	struct str good = multipart_of(f->a, "abc", 3);
	struct sb b = sb_new(f->a, 1 << 20);
	const char *body = (const char *)memmem(good.p, good.n, "\r\n\r\n", 4) + 4;
	size_t n = good.n - (size_t)(body - good.p);
	sb_fmt(&b, "POST /up HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: %zu\r\n\r\n%.*s", n - 30,
	       (int)(n - 30), body);
	expect(f, sb_str(&b), "400", "multipart");
	int fd = dial(f);
	say(fd, str_sub(good, 0, good.n - 30));
	close(fd); /* gone in the middle */
	struct str big = multipart_of(f->a, arena_alloc(f->a, 1500000), 1500000);
	expect(f, big, "413", "file_too_large");
	assert_int_equal(atomic_load(&f->bodies_seen), 0);
}

static void too_large_is_refused_before_reading(void **state)
{
	struct fixture *f = *state;
	expect(f, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"), "413", "too_large");
	expect(f, STR("POST /private HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"), "401", "Connection: close");
	int fd = dial(f);
	say(fd, STR("PATCH /private HTTP/1.1\r\nHost: a\r\nContent-Length: 44\r\n\r\n" GET("/smuggled")));
	assert_true(has(hear(f->a, fd, false), "401"));
	assert_int_equal(hear(f->a, fd, false).n, 0);
	close(fd);
	assert_int_equal(atomic_load(&f->bodies_seen), 0);
}

static void cookies_and_proxies(void **state)
{
	struct fixture *f = *state;
	struct str answer = ask(f, STR("GET /login HTTP/1.1\r\nHost: a\r\nCookie: a=1; bad value; session=tossed; __Host-session=\"xyz\"\r\n"
				       "X-Forwarded-For: 6.6.6.6, 8.8.4.4, 10.1.2.3\r\nX-Forwarded-Proto: https\r\n\r\n"));
	assert_true(has(answer, "cookie session=xyz\n"));
	assert_false(has(answer, "tossed") || has(answer, "cookie a=1"));
	assert_true(has(answer, "GET /login from 8.8.4.4 https\n"));
	assert_true(has(answer, "Set-Cookie: __Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure\r\n"));
}

static void streams(void **state)
{
	struct fixture *f = *state;
	struct str answer = ask(f, STR(GET("/countdown")));
	assert_true(has(answer, "chunked") && has(answer, "5") && has(answer, "0\r\n\r\n"));
	ask(f, STR("HEAD /countdown HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
	web_stop(f->s, 2000);
	assert_int_equal(atomic_load(&f->streams_closed), 2);
	assert_int_equal(atomic_load(&f->logged), 2);
	f->s = NULL;
}

/* Photos as they came, with place and time in them, are not to outlive a server that was killed. */
static void what_a_dead_server_left_is_removed(void **state)
{
	struct fixture *f = *state;
	struct web_server *second;
	struct web_options o = {.listen = "127.0.0.1:0", .spool_dir = f->spool};
	close(spool_file(f, "0123456789abcdef-0"));
	close(spool_file(f, "not-ours"));
	int held = spool_file(f, "0123456789abcdef-1"); /* by a server that lives */
	assert_int_equal(flock(held, LOCK_EX), 0);
	assert_null(web_start(f->a, &o, &(struct web_handler){f, head, chunk, done, refuse, note}, &second));
	assert_int_equal(files_in(f->spool), 2);
	assert_int_equal(unlink(str_fmt(f->a, "%s/0123456789abcdef-1", f->spool).p), 0);
	assert_int_equal(unlink(str_fmt(f->a, "%s/not-ours", f->spool).p), 0);
	close(held);
	web_stop(second, 0);
}

static int stop_spool_only(void **state)
{
	struct fixture *f = *state;
	if (f->s)
		return stop(state);
	rmdir(f->spool);
	arena_free(f->a);
	return 0;
}

/* A byte now and then does not keep a head open; others are served meanwhile. */
static void slow_heads_are_cut(void **state)
{
	struct fixture *f = *state;
	struct web_stats stats;
	int fd = dial(f);
	say(fd, STR("GET / HTTP/1.1\r\n"));
	bool is_open = true;
	for (int i = 0; i < 200 && is_open; i++) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		say(fd, STR("X"));
		if (i == 2)
			expect(f, STR(GET("/other")), "200", "GET /other");
		is_open = poll(&p, 1, 100) == 0;
	}
	assert_false(is_open);
	close(fd);
	web_stats(f->s, &stats);
	assert_true(stats.reaped >= 1);
}

static void stalled_uploads_do_not_stop_others(void **state)
{
	struct fixture *f = *state;
	int fd[STALLED];
	int refused = 0;
	for (int i = 0; i < STALLED; i++) {
		fd[i] = dial(f);
		say(fd[i], STR("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc"));
	}
	struct str answer;
	for (int i = 0; i < 5; i++)
		expect(f, STR(GET("/other")), "200", "GET /other");
	expect(f, STR("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"), "200", "3 bytes");
	for (int i = 0; i < STALLED; i++) {
		struct pollfd p = {.fd = fd[i], .events = POLLIN};
		if (poll(&p, 1, 20) <= 0)
			continue;
		answer = hear(f->a, fd[i], false);
		refused += has(answer, " 503 ") && has(answer, "Retry-After: 5");
	}
	assert_int_equal(refused, STALLED - 32); /* half of the 64 places are for strangers */
	for (int i = 0; i < STALLED; i++)
		close(fd[i]);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop_spool_only)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(keeps_alive_and_answers_in_order),
		WITH_SERVER(refuses_heads_that_two_servers_could_read_differently),
		WITH_SERVER(refuses_large_heads),
		WITH_SERVER(garbage_behind_a_request_is_no_request),
		WITH_SERVER(head_has_no_body),
		WITH_SERVER(files_answer_ranges),
		WITH_SERVER(text_is_packed_when_asked),
		WITH_SERVER(bodies_arrive_whole),
		WITH_SERVER(expect_continue),
		WITH_SERVER(files_arrive_whole),
		WITH_SERVER(what_a_dead_server_left_is_removed),
		WITH_SERVER(broken_bodies_are_told),
		WITH_SERVER(too_large_is_refused_before_reading),
		WITH_SERVER(cookies_and_proxies),
		WITH_SERVER(streams),
		WITH_SERVER(slow_heads_are_cut),
		WITH_SERVER(stalled_uploads_do_not_stop_others),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
