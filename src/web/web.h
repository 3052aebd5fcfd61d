/* Web: bytes in, bytes out. Knows connections, heads, bodies, cookies and
 * replies; nothing of SQL, of permissions or of hidden dangers.
 *
 * Order of a request: head guard (here) → handler.head (route, actor,
 * permission, origin: may answer at once, before any body is read) → body read
 * under the cap the handler set → handler.done → reply → handler.log.
 */
#ifndef WEB_H
#define WEB_H

#include "err.h"

enum web_method { WEB_GET = 1, WEB_HEAD, WEB_POST, WEB_PUT, WEB_PATCH, WEB_DELETE };
const char *web_method_name(enum web_method m);

struct pair {
	struct str name, value;
};
struct pairs {
	struct pair *v;
	size_t n;
};
/* First value of a name; the empty string when absent. */
struct str pairs_get(const struct pairs *p, const char *name);
bool pairs_has(const struct pairs *p, const char *name);

/* One file of a multipart body, already on disk in the spool folder (not yet fsynced, mode 0600). Removed and closed with the
 * arena; a taker moves the file and then sets path to NULL, and fd to -1 to keep that open. Empty files are left out. */
struct upload {
	struct str field, content_type; /* the client's file name is dropped on purpose */
	const char *path;
	int fd;                 /* open for reading and writing, closed with the arena */
	int64_t size;
	unsigned char sha256[32];
	unsigned char head[64]; /* first bytes, for sniffing */
	size_t n_head;
};

enum body_kind {
	BODY_NONE = 0,  /* no body is allowed */
	BODY_FORM,      /* urlencoded, multipart or JSON, by Content-Type: fields, files or json text */
	BODY_STREAM,    /* given to handler.chunk as it comes (resumable uploads) */
};

struct req {
	struct arena *a;
	enum web_method method;
	struct str path;        /* raw, without the query, starts with '/' */
	struct pairs query;     /* decoded, valid UTF-8 */
	struct pairs headers;   /* as sent; names compared without case by req_header() */
	struct pairs cookies;   /* over TLS only those named __Host-…, without that */
	struct str addr;        /* client address, behind trusted proxies the forwarded one */
	bool is_https;          /* by a trusted proxy's word */
	struct str id;          /* request id for logs and error pages */
	int64_t begun_ns;       /* monotonic */

	/* Set by handler.head: */
	enum body_kind body_kind;
	int64_t body_max;       /* bytes, 413 beyond; for multipart the sum of all parts; urlencoded and JSON never over 2 MiB */
	int64_t file_max;       /* one file of a multipart body; 0: body_max */
	unsigned files_max;     /* number of files, at most 100 */
	int64_t whose;          /* whose upload this is, so that nobody takes all places; 0: a stranger's */
	void *route_state;      /* the handler's own */

	/* After the body: */
	struct str content_type; /* media type only, lower case */
	struct str json;         /* body text when the type is application/json */
	struct pairs form;       /* decoded fields of a form or multipart body, valid UTF-8, in order */
	struct upload *files;
	size_t n_files;
};

struct str req_header(const struct req *r, const char *name); /* "" when absent */

/* ---- replies ------------------------------------------------------------- */

enum reply_kind { REPLY_BYTES = 1, REPLY_FILE, REPLY_STREAM };

struct reply {
	int status;
	enum reply_kind kind;
	struct pairs headers;     /* besides Content-Length, Date and the fixed security heads */
	struct str body;          /* REPLY_BYTES, on the request's arena */
	int fd;                   /* REPLY_FILE: taken over, closed after sending; Range is answered from it (single range) */
	int64_t size;
	/* REPLY_STREAM: fills buf, returns bytes written, 0 at the end, -1 to break off. Runs while sending, no transaction of the request is open. */
	ptrdiff_t (*read)(void *ctx, char *buf, size_t max);
	void (*close)(void *ctx);
	void *ctx;
};

struct reply *reply_bytes(struct arena *a, int status, const char *content_type, struct str body);
struct reply *reply_redirect(struct arena *a, int status, struct str location);
struct reply *reply_file(struct arena *a, int fd, int64_t size, const char *content_type);
struct reply *reply_stream(struct arena *a, int status, const char *content_type,
			   ptrdiff_t (*read)(void *, char *, size_t), void (*close)(void *), void *ctx);
/* Value must have no control characters (a bug otherwise: the head is dropped). */
void reply_header(struct arena *a, struct reply *r, const char *name, struct str value);
/* Set-Cookie: HttpOnly, SameSite=Lax, Path=/, Secure and named __Host-<name> with is_https; max_age_s < 0: session cookie, 0: delete. */
void reply_cookie(const struct req *q, struct reply *r, const char *name, struct str value, int64_t max_age_s);

/* ---- server --------------------------------------------------------------- */

struct web_handler {
	void *ctx;
	struct reply *(*head)(void *ctx, struct req *r);  /* non-NULL: answer now without reading the body */
	const struct err *(*chunk)(void *ctx, struct req *r, struct str bytes); /* BODY_STREAM */
	struct reply *(*done)(void *ctx, struct req *r);  /* never NULL */
	struct reply *(*fail)(void *ctx, struct req *r, const struct err *e); /* the edge's page or problem document for errors found by web itself */
	/* Once per request that had a readable request line; status 0: the client went away before an answer. method may be 0. */
	void (*log)(void *ctx, const struct req *r, int status, int64_t bytes, int64_t ns);
};

struct web_options {
	const char *listen;        /* "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one */
	const char *spool_dir;     /* for file parts */
	unsigned max_connections;  /* default 512; beyond: closed at once */
	unsigned max_uploads;      /* requests with a large body at the same time (default 64; an eighth for one person, half for strangers);
				    * beyond: 503 with Retry-After */
	unsigned max_per_address;  /* default 0: no limit of its own */
	unsigned head_s, body_s, idle_s; /* total deadlines: head 10 s, body 30 s + 1 s per 20 kB, idle keep-alive 30 s */
	const char *trusted_proxies;     /* comma list of addresses or CIDR; X-Forwarded-For/-Proto only from these */
	size_t arena_cap;
	size_t stack_size;         /* default 1 MiB */
};

struct web_server;
const struct err *web_start(struct arena *a, const struct web_options *o, const struct web_handler *h, struct web_server **out);
int web_port(const struct web_server *s);
struct str web_address(const struct web_server *s);
/* Stops taking connections, lets running requests end for up to drain_ms, then closes. */
void web_stop(struct web_server *s, int drain_ms);
struct web_stats { int64_t requests, refused_heads, refused_busy, open_connections, reaped; };
void web_stats(struct web_server *s, struct web_stats *out);

/* ---- parsers, pure, also fuzzed ------------------------------------------- */

/* application/x-www-form-urlencoded or a query string: at most `max` pairs; bad escapes, NUL or UTF-8 are ERR_MALFORMED. */
const struct err *form_parse(struct arena *a, struct str text, size_t max, struct pairs *out);
/* %XX of one path segment; ERR_MALFORMED for bad escapes, NUL, '/' or invalid UTF-8. */
const struct err *url_decode(struct arena *a, struct str raw, struct str *out);
struct str url_encode(struct arena *a, struct str s); /* for a query value or path segment */
const struct err *cookie_parse(struct arena *a, struct str header, size_t max, struct pairs *out);

/* Streaming multipart/form-data (RFC 7578): feed bytes as they come. At most 100 parts, part head 4 KiB, text field 64 KiB. */
struct multipart;
struct multipart_sink {
	void *ctx;
	const struct err *(*begin)(void *ctx, struct str name, bool is_file, struct str content_type);
	const struct err *(*data)(void *ctx, struct str bytes);
	const struct err *(*end)(void *ctx);
};
const struct err *multipart_new(struct arena *a, struct str content_type_header, const struct multipart_sink *sink,
				struct multipart **out);
const struct err *multipart_feed(struct multipart *m, struct str bytes);
const struct err *multipart_end(struct multipart *m); /* ERR_MALFORMED when the closing boundary is missing */

/* Byte range "bytes=a-b" for a file of `size`: 0 whole (absent or to be ignored), 1 range, -1 not satisfiable (416). */
int range_parse(struct str header, int64_t size, int64_t *from, int64_t *to);
/* Quality of a media type in an Accept header: 0…1000, -1 when the header is empty. */
int accept_quality(struct str accept, const char *type);

/* Head guard: NULL or why the head must be refused (ERR_MALFORMED 400, or 431/505 as ERR_MALFORMED codes). */
const struct err *head_guard(struct arena *a, struct str method, struct str target, struct str version, const struct pairs *headers);

#endif
