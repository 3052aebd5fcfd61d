/* Private to web: the connection table, the exchange (one request and its reply), and the steps that know no HTTP library. */
#ifndef WEB_PRIVATE_H
#define WEB_PRIVATE_H

#include "web.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

enum {
	HEADERS_MAX = 64,
	HEAD_MAX = 16 * 1024,
	TARGET_MAX = 4096,
	FIELDS_MAX = 1000,
	COOKIES_MAX = 64,
	LARGE_BODY = 256 * 1024,          /* declared length from which a body counts against the upload quota */
	MEMORY_BODY = 2 * 1024 * 1024,    /* bodies that are kept in memory: urlencoded and JSON */
	DISCARD_MAX = 1024 * 1024,        /* bytes of a refused body that are read on, so that the client sees the answer */
	SLOWEST = 20 * 1000,              /* bytes a second that a client must keep up, beside the fixed seconds */
};

int64_t now_ns(void);
void pairs_add(struct arena *a, struct pairs *p, struct str name, struct str value);
bool str_is_nocase(struct str a, const char *z);
/* First value of a header, names without case; STR_NONE (p NULL) when absent. */
struct str header_get(const struct pairs *p, const char *name);
enum web_method method_of(struct str name); /* 0: none of ours */

/* ---- addresses ------------------------------------------------------------ */

struct network {
	unsigned char addr[16]; /* IPv4 as ::ffff:a.b.c.d */
	unsigned bits;
};
struct networks {
	struct network *v;
	size_t n;
};
/* "127.0.0.1:8080", "[::1]:0"; ERR_INPUT otherwise. */
const struct err *listen_parse(struct arena *a, const char *text, struct sockaddr_storage *out, socklen_t *len);
const struct err *networks_parse(struct arena *a, const char *text, struct networks *out);
struct str addr_text(struct arena *a, const struct sockaddr *sa);
bool networks_have(const struct networks *n, struct str addr);
/* Sets r->addr and r->is_https from the peer and, when that is a trusted proxy, from what it says. */
void forwarded_apply(const struct networks *trusted, struct str peer, struct req *r);

/* ---- connection table and reaper --------------------------------------------- */

enum slot_state { SLOT_FREE = 0, SLOT_HEAD, SLOT_BODY, SLOT_WORK, SLOT_REPLY, SLOT_IDLE };

struct slot {
	enum slot_state state;
	int fd;
	int64_t since_ns, deadline_ns; /* 0: none */
	int64_t moved; /* bytes of this state that have come or gone so far */
	int64_t looked_ns, acked; /* an answer's way, while places are scarce: since when it is watched, what had arrived then */
	void *exchange;
	unsigned requests;
	bool is_upload; /* takes one of the places for uploads */
	int64_t whose;
};

struct slots {
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	pthread_t reaper;
	struct slot *v;
	size_t n, open, max;
	unsigned head_s, body_s, idle_s;
	bool stop;
	atomic_llong reaped;
};

const struct err *slots_start(struct arena *a, struct slots *t, const struct web_options *o);
void slots_stop(struct slots *t);
/* When the table is full, one is closed in favour of the new one: idle, still sending its head, or slower than any network (R10).
 * NULL: there is none such. */
struct slot *slots_take(struct slots *t, int fd);
void slots_give(struct slots *t, struct slot *s);
/* Enters a state whose deadline allows for `bytes` bytes (-1: nobody knows how many). */
void slots_enter(struct slots *t, struct slot *s, enum slot_state state, int64_t bytes);
/* So many bytes came or went since the state was entered; with is_open their number was not known and the deadline moves on. */
void slots_moved(struct slots *t, struct slot *s, int64_t bytes, bool is_open);
/* One of `max` places for a large body, until the slot leaves the state BODY: at most an eighth of them for one person, half for
 * all strangers (whose 0) together. An upload that has become slower than any network goes in favour of a new one. */
bool slots_take_upload(struct slots *t, struct slot *s, int64_t whose, unsigned max);
/* Cuts connections without a running request; returns the number of those with one. */
size_t slots_cut_idle(struct slots *t);
size_t slots_open(struct slots *t);

/* ---- body --------------------------------------------------------------------- */

struct intake;
/* Decides by the head and what the handler allowed whether the body may come: 413, 415. *out stays NULL without a body. */
const struct err *intake_new(struct req *r, const char *spool_dir, const struct web_handler *h, struct intake **out);
const struct err *intake_feed(struct intake *in, struct str bytes);
/* Fills content_type, json, form and files of the request. */
const struct err *intake_end(struct intake *in);

/* Removes the files that a server which was killed left in the spool folder; those of servers that live stay. */
void spool_sweep(const char *dir);

/* Declared length of the body, -1 when chunked, 0 for none. The head has passed the guard. */
int64_t body_declared(const struct req *r);

/* ---- reply -------------------------------------------------------------------- */

/* What is really sent: heads added, text packed, range cut. */
struct outgoing {
	int status;
	struct pairs headers;
	struct str body;
	int64_t from, size; /* of a file */
};
void reply_finish(const struct req *r, const struct reply *reply, struct outgoing *out);

/* Of the cookies that came, keeps those which this request may believe, by their own names (cookie.c). */
void cookie_settle(struct req *r);

#endif
