/* The head guard: what the HTTP library lets through and must not reach us. */
#include "web_private.h"

#include <ctype.h>
#include <string.h>

static const struct {
	enum web_method method;
	const char *name;
} methods[] = {
	{WEB_GET, "GET"}, {WEB_HEAD, "HEAD"}, {WEB_POST, "POST"}, {WEB_PUT, "PUT"}, {WEB_PATCH, "PATCH"}, {WEB_DELETE, "DELETE"},
};

/* Two of these in one head have been used to make a proxy and a server see different requests. */
static const char *const singles[] = {
	"host", "content-length", "transfer-encoding", "content-type", "content-encoding", "authorization", "cookie", "origin",
	"expect", "range", "if-range", "sec-fetch-site", "idempotency-key", "upload-offset", "x-forwarded-proto",
};

const char *web_method_name(enum web_method m)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (methods[i].method == m)
			return methods[i].name;
	return "";
}

enum web_method method_of(struct str name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (str_is(name, methods[i].name))
			return methods[i].method;
	return 0;
}

static const struct err *check_method(struct arena *a, struct str method)
{
	if (method_of(method))
		return NULL;
	if (str_is(method, "OPTIONS") || str_is(method, "TRACE") || str_is(method, "CONNECT"))
		return ERR(a, ERR_METHOD, NULL, "method %.*s is not served", STR_ARG(method));
	return ERR(a, ERR_MALFORMED, "bad_method", "unknown method");
}

static const struct err *check_target(struct arena *a, struct str target)
{
	if (target.n > TARGET_MAX)
		return ERR(a, ERR_MALFORMED, "target_too_long", "target of %zu bytes", target.n);
	if (!target.n || target.p[0] != '/')
		return ERR(a, ERR_MALFORMED, "bad_target", "target does not start with '/'");
	for (size_t i = 0; i < target.n; i++) {
		unsigned char c = (unsigned char)target.p[i];
		if (c <= 0x20 || c == 0x7f || c == '#')
			return ERR(a, ERR_MALFORMED, "bad_target", "control character in the target");
	}
	if (!str_is_utf8(target))
		return ERR(a, ERR_MALFORMED, "bad_target", "target is not UTF-8");
	return NULL;
}

static bool is_token(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!isalnum((unsigned char)s.p[i]) && (!s.p[i] || !strchr("!#$%&'*+-.^_`|~", s.p[i])))
			return false;
	return s.n > 0;
}

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

static const struct err *check_fields(struct arena *a, const struct pairs *h)
{
	size_t total = 0;
	if (h->n > HEADERS_MAX)
		return ERR(a, ERR_MALFORMED, "head_too_large", "%zu header fields", h->n);
	for (size_t i = 0; i < h->n; i++) {
		total += h->v[i].name.n + h->v[i].value.n + 4;
		if (!is_token(h->v[i].name))
			return ERR(a, ERR_MALFORMED, "bad_header", "header name is no token");
		if (has_control(h->v[i].value))
			return ERR(a, ERR_MALFORMED, "control_character", "control character in %.*s", STR_ARG(h->v[i].name));
	}
	if (total > HEAD_MAX)
		return ERR(a, ERR_MALFORMED, "head_too_large", "header of %zu bytes", total);
	return NULL;
}

static const struct err *check_singles(struct arena *a, const struct pairs *h)
{
	for (size_t s = 0; s < sizeof(singles) / sizeof(*singles); s++) {
		unsigned seen = 0;
		for (size_t i = 0; i < h->n; i++)
			seen += str_is_nocase(h->v[i].name, singles[s]);
		if (seen > 1)
			return ERR(a, ERR_MALFORMED, "header_twice", "%s is there %u times", singles[s], seen);
	}
	return NULL;
}

static const struct err *check_host(struct arena *a, struct str version, struct str host)
{
	if (!host.p)
		return str_is(version, "HTTP/1.0") ? NULL : ERR(a, ERR_MALFORMED, "no_host", "no Host");
	for (size_t i = 0; i < host.n; i++)
		if (!isalnum((unsigned char)host.p[i]) && (!host.p[i] || !strchr(".:-_[]", host.p[i])))
			return ERR(a, ERR_MALFORMED, "bad_host", "Host has characters that no host has");
	return host.n && host.n < 256 ? NULL : ERR(a, ERR_MALFORMED, "bad_host", "Host of %zu bytes", host.n);
}

static const struct err *check_length(struct arena *a, struct str version, const struct pairs *h)
{
	struct str length = header_get(h, "content-length"), coding = header_get(h, "transfer-encoding");
	int64_t n;
	if (length.p && coding.p)
		return ERR(a, ERR_MALFORMED, "two_lengths", "Content-Length and Transfer-Encoding");
	if (length.p && (!str_i64(length, 0, INT64_MAX / 2, &n) || length.p[0] == '-'))
		return ERR(a, ERR_MALFORMED, "bad_length", "Content-Length is no number");
	if (coding.p && (!str_is_nocase(coding, "chunked") || str_is(version, "HTTP/1.0")))
		return ERR(a, ERR_MALFORMED, "bad_coding", "Transfer-Encoding other than chunked");
	return NULL;
}

const struct err *head_guard(struct arena *a, struct str method, struct str target, struct str version, const struct pairs *headers)
{
	if (!str_is(version, "HTTP/1.1") && !str_is(version, "HTTP/1.0"))
		return ERR(a, ERR_MALFORMED, "bad_version", "HTTP version is not 1.0 or 1.1");
	TRY(check_method(a, method));
	TRY(check_target(a, target));
	TRY(check_fields(a, headers));
	TRY(check_singles(a, headers));
	TRY(check_host(a, version, header_get(headers, "host")));
	TRY(check_length(a, version, headers));
	struct str expect = header_get(headers, "expect");
	if (expect.p && !str_is_nocase(expect, "100-continue"))
		return ERR(a, ERR_MALFORMED, "bad_expect", "Expect other than 100-continue");
	return NULL;
}
