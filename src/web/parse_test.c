/* The pure parsers: what a client sends and what comes of it. */
#include "web_private.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int arena_up(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int arena_down(void **state)
{
	arena_free(*state);
	return 0;
}

static void ranges(void **state)
{
	int64_t from = 0, to = 0;
	(void)state;
	assert_int_equal(range_parse(STR(""), 10, &from, &to), 0);
	assert_int_equal(range_parse(STR("bytes=0-0"), 10, &from, &to), 1);
	assert_int_equal(to, 0);
	assert_int_equal(range_parse(STR("bytes=4-"), 10, &from, &to), 1);
	assert_true(from == 4 && to == 9);
	assert_int_equal(range_parse(STR("bytes=-99"), 10, &from, &to), 1);
	assert_true(from == 0 && to == 9);
	assert_int_equal(range_parse(STR("bytes=5-99"), 10, &from, &to), 1);
	assert_true(from == 5 && to == 9);
	assert_int_equal(range_parse(STR("bytes=10-"), 10, &from, &to), -1);
	assert_int_equal(range_parse(STR("bytes=-0"), 10, &from, &to), -1);
	assert_int_equal(range_parse(STR("bytes=0-"), 0, &from, &to), -1);
	assert_int_equal(range_parse(STR("bytes=5-4"), 10, &from, &to), 0);
	assert_int_equal(range_parse(STR("bytes=1-2,4-5"), 10, &from, &to), 0);
	assert_int_equal(range_parse(STR("rows=1-2"), 10, &from, &to), 0);
}

static void qualities(void **state)
{
	const struct str browser = STR("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8");
	(void)state;
	assert_int_equal(accept_quality(STR(""), "text/html"), -1);
	assert_int_equal(accept_quality(browser, "text/html"), 1000);
	assert_int_equal(accept_quality(browser, "application/json"), 800);
	assert_int_equal(accept_quality(STR("text/*;q=0.5, text/csv"), "text/html"), 500);
	assert_int_equal(accept_quality(STR("*/*, text/html;q=0"), "text/html"), 0);
	assert_int_equal(accept_quality(STR("application/json"), "text/html"), 0);
	assert_int_equal(accept_quality(STR("gzip, deflate, br"), "gzip"), 1000);
	assert_int_equal(accept_quality(STR("gzip;q=0, *"), "gzip"), 0);
}

static void forms(void **state)
{
	struct pairs p;
	struct str s;
	assert_null(form_parse(*state, STR("a=1&b=x+y%26&a=2&&c"), 10, &p));
	assert_int_equal(p.n, 4);
	assert_true(str_is(pairs_get(&p, "a"), "1") && str_is(pairs_get(&p, "b"), "x y&"));
	assert_true(pairs_has(&p, "c") && !pairs_has(&p, "d") && pairs_get(&p, "d").n == 0);
	assert_int_equal(form_parse(*state, STR("a=1&b=2&c=3"), 2, &p)->kind, ERR_LIMIT);
	assert_int_equal(form_parse(*state, STR("a=%e6%9f"), 2, &p)->kind, ERR_MALFORMED);
	assert_null(url_decode(*state, STR("a+b%20c"), &s));
	assert_true(str_is(s, "a+b c"));
	assert_int_equal(url_decode(*state, STR("..%2Fetc"), &s)->kind, ERR_MALFORMED);
	assert_true(str_is(url_encode(*state, STR("\xe6\x9f\xa5 a/b")), "%E6%9F%A5%20a%2Fb"));
}

static void addresses(void **state)
{
	struct networks n;
	struct sockaddr_storage sa;
	socklen_t len;
	assert_null(networks_parse(*state, "10.0.0.0/8, ::1,192.168.1.7 , 2001:db8::/33", &n));
	assert_true(networks_have(&n, STR("10.200.0.1")) && networks_have(&n, STR("::1")) && networks_have(&n, STR("192.168.1.7")));
	assert_true(networks_have(&n, STR("2001:db8:7fff::1")) && !networks_have(&n, STR("2001:db8:8000::1")));
	assert_true(!networks_have(&n, STR("11.0.0.1")) && !networks_have(&n, STR("192.168.1.8")) && !networks_have(&n, STR("unknown")));
	assert_int_equal(networks_parse(*state, "10.0.0.0/33", &n)->kind, ERR_INPUT);
	assert_int_equal(networks_parse(*state, "proxy.example", &n)->kind, ERR_INPUT);
	assert_null(listen_parse(*state, "[::1]:0", &sa, &len));
	assert_int_equal(listen_parse(*state, "localhost:80", &sa, &len)->kind, ERR_INPUT);
	assert_int_equal(listen_parse(*state, "127.0.0.1:65536", &sa, &len)->kind, ERR_INPUT);
}

/* A client that writes X-Forwarded-For itself gains nothing. */
static void forwarded(void **state)
{
	struct networks n;
	struct req r = {.a = *state};
	assert_null(networks_parse(*state, "10.0.0.1", &n));
	pairs_add(*state, &r.headers, STR("X-Forwarded-For"), STR("1.1.1.1, 9.9.9.9"));
	pairs_add(*state, &r.headers, STR("X-Forwarded-Proto"), STR("https"));
	forwarded_apply(&n, STR("9.9.9.9"), &r);
	assert_true(str_is(r.addr, "9.9.9.9") && !r.is_https);
	forwarded_apply(&n, STR("10.0.0.1"), &r);
	assert_true(str_is(r.addr, "9.9.9.9") && r.is_https);
}

static void headers_of_replies(void **state)
{
	struct req q = {.a = *state, .method = WEB_GET};
	struct outgoing out;
	struct reply *r = reply_redirect(*state, 303, STR("/login\r\nSet-Cookie: x=1"));
	reply_cookie(&q, r, "session", STR("a;b"), -1);
	assert_int_equal(r->headers.n, 0);
	r = reply_bytes(*state, 200, "image/png", STR("x"));
	reply_header(*state, r, "Cache-Control", STR("max-age=60"));
	reply_finish(&q, r, &out);
	assert_true(str_is(header_get(&out.headers, "cache-control"), "max-age=60"));
	assert_null(header_get(&out.headers, "vary").p);
	assert_true(header_get(&out.headers, "content-security-policy").n > 0);
}

struct seen {
	struct sb all;
};

static const struct err *begin(void *ctx, struct str name, bool is_file, struct str type)
{
	sb_fmt(&((struct seen *)ctx)->all, "<%.*s%s%.*s>", STR_ARG(name), is_file ? " file " : "", STR_ARG(type));
	return NULL;
}

static const struct err *data(void *ctx, struct str bytes)
{
	sb_add(&((struct seen *)ctx)->all, bytes);
	return NULL;
}

static const struct err *end(void *ctx)
{
	sb_addz(&((struct seen *)ctx)->all, "</>");
	return NULL;
}

static const struct err *parse(struct arena *a, const char *type, const char *body, size_t piece, struct seen *seen)
{
	struct multipart *m;
	struct multipart_sink sink = {seen, begin, data, end};
	struct str s = str_of(body);
	seen->all = sb_new(a, 1 << 20);
	TRY(multipart_new(a, str_of(type), &sink, &m));
	for (; s.n; s = str_sub(s, piece, SIZE_MAX))
		TRY(multipart_feed(m, str_sub(s, 0, piece)));
	return multipart_end(m);
}

#define TYPE "multipart/form-data; charset=utf-8; boundary=\"a b\""
#define PART "--a b\r\nContent-Disposition: form-data; name="

static void multiparts(void **state)
{
	struct seen seen;
	for (size_t piece = 1; piece < 50; piece++) {
		assert_null(parse(*state, TYPE, "junk\r\n" PART "\"x\"\r\n\r\n1\r\n--a\r\n" PART "\"f%22;\"; filename=\"\\\"\"\r\n"
				  "Content-Type: image/png\r\n\r\n\r\n--a b--\r\ntail", piece, &seen));
		assert_true(str_is(sb_str(&seen.all), "<x>1\r\n--a</><f\"; file image/png></>"));
	}
	assert_int_equal(parse(*state, TYPE, PART "\"x\"\r\n\r\n1\r\n--a b\r\n", 99, &seen)->kind, ERR_MALFORMED);
	assert_int_equal(parse(*state, TYPE, PART "\"\"\r\n\r\n1\r\n--a b--\r\n", 99, &seen)->kind, ERR_MALFORMED);
	assert_int_equal(parse(*state, TYPE, "--a b\r\nContent-Type: a/b\r\n\r\n1\r\n--a b--", 99, &seen)->kind, ERR_MALFORMED);
	assert_int_equal(parse(*state, TYPE, PART "x\r\n\r\n1\r\n--a bc", 99, &seen)->kind, ERR_MALFORMED);
	assert_int_equal(parse(*state, "multipart/form-data", "", 99, &seen)->kind, ERR_MALFORMED);
}

static void multipart_limits(void **state)
{
	struct seen seen;
	struct sb b = sb_new(*state, 1 << 20);
	for (int i = 0; i < 101; i++)
		sb_addz(&b, PART "x\r\n\r\n1\r\n");
	sb_addz(&b, "--a b--");
	assert_int_equal(parse(*state, TYPE, str_z(*state, sb_str(&b)), 9999, &seen)->kind, ERR_LIMIT);
	b = sb_new(*state, 1 << 20);
	sb_addz(&b, PART "x\r\n\r\n");
	for (int i = 0; i < 70000; i++)
		sb_addc(&b, '1');
	assert_int_equal(parse(*state, TYPE, str_z(*state, sb_str(&b)), 9999, &seen)->kind, ERR_LIMIT);
	b = sb_new(*state, 1 << 20);
	sb_addz(&b, PART);
	for (int i = 0; i < 5000; i++)
		sb_addc(&b, 'x');
	assert_int_equal(parse(*state, TYPE, str_z(*state, sb_str(&b)), 9999, &seen)->kind, ERR_MALFORMED);
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_up, arena_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ARENA(ranges),    WITH_ARENA(qualities),          WITH_ARENA(forms),      WITH_ARENA(addresses),
		WITH_ARENA(forwarded), WITH_ARENA(headers_of_replies), WITH_ARENA(multiparts), WITH_ARENA(multipart_limits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
