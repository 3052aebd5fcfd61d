/* The bytes of an event, as docs/design/event-bytes.md lays them out. Pure.
 * Private to the app layer.
 */
#ifndef EVENT_BYTES_H
#define EVENT_BYTES_H

#include "event.h"

enum {
	EVENT_VERSION = 1,
	EVENT_SHA256 = 1,
	EVENT_SALT = 16,
	EVENT_OWN_VALUES = 2,            /* "@actor", "@unit" */
	EVENT_BODY_MAX = 64 * 1024,
	EVENT_BODY_VALUES = EVENT_VALUES_MAX + EVENT_OWN_VALUES,
};

struct event_part {
	struct str name;
	uint8_t kind, right;
	struct str content; /* the value of a plain one, the commitment of the others */
};

struct event_body {
	int64_t city;
	struct id id;
	struct str object_kind;
	struct id object_id;
	int64_t seq;
	struct instant at;
	struct str act;
	struct id actor_id;
	struct str role;
	struct id act_unit_id, unit_id;
	struct str prev; /* hash of the object's previous event; empty for the first */
	struct event_part v[EVENT_BODY_VALUES];
	unsigned n;
};

/* ERR_LIMIT past EVENT_BODY_MAX. */
const struct err *event_encode(struct arena *a, const struct event_body *b, struct str *out);
/* Views into `bytes`; false unless they are exactly what event_encode() makes. */
bool event_decode(struct str bytes, struct event_body *out);

void event_hash(struct str bytes, unsigned char out[32]);
/* H(salt || value) */
void event_commit(struct str salt, struct str value, unsigned char out[32]);

#endif
