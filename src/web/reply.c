/* Replies: made by handlers, finished here with the heads that every reply carries. */
#include "web_private.h"

#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PACK_FROM = 1024, PACK_LEVEL = 5 };

static struct reply *reply_new(struct arena *a, enum reply_kind kind, int status, const char *content_type)
{
	struct reply *r = ARENA_NEW(a, struct reply);
	r->kind = kind;
	r->status = status;
	r->fd = -1;
	if (content_type)
		reply_header(a, r, "Content-Type", str_of(content_type));
	return r;
}

struct reply *reply_bytes(struct arena *a, int status, const char *content_type, struct str body)
{
	struct reply *r = reply_new(a, REPLY_BYTES, status, content_type);
	r->body = body;
	return r;
}

struct reply *reply_redirect(struct arena *a, int status, struct str location)
{
	struct reply *r = reply_new(a, REPLY_BYTES, status, NULL);
	reply_header(a, r, "Location", location);
	return r;
}

/* Until the server takes the descriptor over (and sets fd to -1) it closes with the arena. */
static void file_close(void *p)
{
	struct reply *r = p;
	if (r->fd >= 0)
		close(r->fd);
}

struct reply *reply_file(struct arena *a, int fd, int64_t size, const char *content_type)
{
	struct reply *r = reply_new(a, REPLY_FILE, 200, content_type);
	r->fd = fd;
	r->size = size;
	arena_defer(a, file_close, r);
	return r;
}

static void stream_close(void *p)
{
	struct reply *r = p;
	if (r->close)
		r->close(r->ctx);
}

struct reply *reply_stream(struct arena *a, int status, const char *content_type,
			   ptrdiff_t (*read)(void *, char *, size_t), void (*close)(void *), void *ctx)
{
	struct reply *r = reply_new(a, REPLY_STREAM, status, content_type);
	r->read = read;
	r->close = close;
	r->ctx = ctx;
	arena_defer(a, stream_close, r);
	return r;
}

void reply_header(struct arena *a, struct reply *r, const char *name, struct str value)
{
	for (size_t i = 0; i < value.n; i++)
		if ((unsigned char)value.p[i] < 0x20 || value.p[i] == 0x7f)
			return;
	pairs_add(a, &r->headers, str_of(name), str_dup(a, value));
}

static const struct {
	const char *name, *value;
} always[] = {
	{"Content-Security-Policy", "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
				    "form-action 'self'; frame-ancestors 'none'"},
	{"X-Content-Type-Options", "nosniff"},
	{"Referrer-Policy", "same-origin"},
	{"X-Frame-Options", "DENY"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Permissions-Policy", "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"},
};

static bool packs(struct str type)
{
	static const char *const kinds[] = {"text/", "application/json", "application/problem+json", "application/javascript",
					    "application/xml", "application/manifest+json", "image/svg+xml"};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_has_prefix(type, str_of(kinds[i])))
			return true;
	return false;
}

static bool gzip(struct arena *a, struct str in, struct str *out)
{
	z_stream z = {0};
	if (deflateInit2(&z, PACK_LEVEL, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	uLong max = deflateBound(&z, in.n);
	char *to = arena_alloc(a, max);
	z.next_in = (Bytef *)(uintptr_t)in.p;
	z.avail_in = (uInt)in.n;
	z.next_out = (Bytef *)to;
	z.avail_out = (uInt)max;
	bool done = deflate(&z, Z_FINISH) == Z_STREAM_END;
	*out = (struct str){to, z.total_out};
	deflateEnd(&z);
	return done && out->n < in.n;
}

static void pack(const struct req *r, struct outgoing *out)
{
	struct str packed;
	if (header_get(&out->headers, "content-encoding").p || !packs(header_get(&out->headers, "content-type")))
		return;
	pairs_add(r->a, &out->headers, STR("Vary"), STR("Accept-Encoding"));
	if (out->body.n < PACK_FROM || out->body.n > UINT32_MAX / 2 || accept_quality(req_header(r, "accept-encoding"), "gzip") <= 0)
		return;
	if (!gzip(r->a, out->body, &packed))
		return;
	out->body = packed;
	pairs_add(r->a, &out->headers, STR("Content-Encoding"), STR("gzip"));
}

/* Only for whole files; If-Range is honoured when it names the ETag. */
static void cut_range(const struct req *r, struct outgoing *out)
{
	int64_t from = 0, to = 0, size = out->size;
	struct str condition = req_header(r, "if-range");
	pairs_add(r->a, &out->headers, STR("Accept-Ranges"), STR("bytes"));
	if (out->status != 200 || (condition.n && !str_eq(condition, header_get(&out->headers, "etag"))))
		return;
	switch (range_parse(req_header(r, "range"), size, &from, &to)) {
	case 1:
		out->status = 206;
		out->from = from;
		out->size = to - from + 1;
		pairs_add(r->a, &out->headers, STR("Content-Range"),
			  str_fmt(r->a, "bytes %lld-%lld/%lld", (long long)from, (long long)to, (long long)size));
		break;
	case -1:
		out->status = 416;
		out->size = 0;
		pairs_add(r->a, &out->headers, STR("Content-Range"), str_fmt(r->a, "bytes */%lld", (long long)size));
		break;
	default:
		break;
	}
}

void reply_finish(const struct req *r, const struct reply *reply, struct outgoing *out)
{
	*out = (struct outgoing){.status = reply->status, .body = reply->body, .size = reply->size};
	for (size_t i = 0; i < reply->headers.n; i++)
		pairs_add(r->a, &out->headers, reply->headers.v[i].name, reply->headers.v[i].value);
	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (!header_get(&out->headers, always[i].name).p)
			pairs_add(r->a, &out->headers, str_of(always[i].name), str_of(always[i].value));
	if (!header_get(&out->headers, "cache-control").p)
		pairs_add(r->a, &out->headers, STR("Cache-Control"), STR("no-store"));
	if (reply->kind == REPLY_BYTES)
		pack(r, out);
	else if (reply->kind == REPLY_FILE && (r->method == WEB_GET || r->method == WEB_HEAD))
		cut_range(r, out);
}
