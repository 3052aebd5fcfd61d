/* Events: the append-only record of every change, in final bytes from the
 * first day. One hash chain per object; free text and personal values enter the
 * hash only as H(salt || value), with values and salts in event_value.
 *
 * Bytes of an event: version (1), algorithm (1: SHA-256), then length-prefixed
 * fields in the order of docs/design/event-bytes.md. hash = H(bytes), and the
 * bytes contain the hash of the object's previous event.
 */
#ifndef EVENT_H
#define EVENT_H

#include "app.h"
#include "doc.h"

enum event_value_kind {
	EVENT_PLAIN = 0, /* a code, number, day or id: stands in the bytes */
	EVENT_TEXT,      /* free text: only its commitment stands in the bytes */
	EVENT_PERSONAL,  /* a person's name, phone: like text, and shown with a field right only */
};

struct event_value {
	const char *name;
	enum event_value_kind kind;
	struct str value;
	uint8_t right; /* field right needed to see it */
};

enum { EVENT_VALUES_MAX = 24 };

struct event {
	const char *object_kind; /* "hazard" */
	struct id object_id;
	const char *act;         /* "report", "assign" … */
	struct id unit_id;       /* where it happened */
	uint8_t actor_right;     /* field right needed to see who did it; 0: everybody who sees the record */
	struct event_value values[EVENT_VALUES_MAX];
	unsigned n;
};

void event_plain(struct event *ev, const char *name, struct str value);
void event_text(struct event *ev, const char *name, struct str value);
void event_person(struct event *ev, const char *name, struct str value, uint8_t right);

/* Appends in the running transaction (actor, duty unit and time from the environment). ERR_CONFLICT when somebody else
 * appended to the same object meanwhile. */
const struct err *event_append(struct db_tx *tx, struct env *e, const struct event *ev);

/* The end of a chain whose object is new: who writes all its events in one go (a load, where nothing can be read) lets e->chain point
 * to an empty one, appends, and ends it, which writes the object's head. */
struct event_chain {
	struct str object_kind;
	struct id object_id;
	int64_t seq;
	unsigned char hash[32];
};
const struct err *event_chain_end(struct db_tx *tx, struct env *e);

/* Appends the object's events, oldest first, as {seq, at, at_text, act, actor_name, role, unit_name, hash, values:[{name,value}]}:
 * role and unit_name are the duty in which the actor acted. What needs a right that `style` does not hold is absent, and so is
 * what was erased. */
const struct err *event_list(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, const struct doc_style *style,
			     json_t *list);

/* What the bytes of a stored event tell of who acted: the duty's role and unit by the name of the day, and the person's name where it needs no
 * right. False when they cannot be read. */
struct event_doer {
	struct str role, unit_name;
	bool is_hidden; /* the name needs a right, or nobody was logged in */
};
bool event_doer(struct str body, struct event_doer *out);

/* What happened to an object and when, oldest first, without its words. */
struct event_act {
	int64_t seq;
	struct instant at;
	struct str act;
};
const struct err *event_acts(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, struct event_act **out, size_t *n);

/* Recomputes the chains of the environment's city: bytes, hashes, order, ends, commitments, and the columns beside the bytes. Each
 * fault goes to `found` with object and seq; *n_out is the number of events looked at. An error means that it could not be read. */
const struct err *event_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out);
/* The same, telling after each page of objects how many events were looked at so far. */
const struct err *event_verify_told(struct env *e, void (*found)(void *ctx, const char *text), void (*told)(void *ctx, int64_t n), void *ctx,
				    int64_t *n_out);

/* The audit trail besides the events: refused attempts, looks at protected fields, logins (NFR-1). Its own transaction, so never
 * inside another; beyond the first per actor, kind, object (a route or a thing) and minute only a counter grows. Detail and
 * address are the first's; an empty address is the environment's. */
struct audit {
	const char *what;        /* a word of audit_whats */
	struct str object, detail, addr;
};
enum { AUDIT_OBJECT_MAX = 99 };
extern const struct codes audit_whats; /* refused look login login_failed logout export */
/* Durable when it returns: looks and logins. */
const struct err *audit_write(struct env *e, const struct audit *au);
/* What anybody can do thousandfold: within a minute the 1st, 2nd, 4th, 8th … is written, those between are counted in memory and
 * added when the minute is over, so that a flood of refusals is none of writes. After a crash up to half of a minute's count
 * is missing, never the fact. */
const struct err *audit_refusal(struct env *e, const struct audit *au);
/* Writes the counts of minutes that are over (`all`: of the running one too); the keeper thread, and who stops the server. Never
 * inside a transaction. */
const struct err *audit_flush(struct app *app, struct arena *a, bool all);

#endif
