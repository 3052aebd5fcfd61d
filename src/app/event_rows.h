/* Rows of the event tables. Private to event.c and event_verify.c. */
#ifndef EVENT_ROWS_H
#define EVENT_ROWS_H

#include "event_bytes.h"

/* event_head */
struct head {
	struct str object_kind;
	struct id object_id;
	int64_t seq;
	struct str hash;
};
extern const struct shape event_head_shape[];

/* event */
struct stored {
	struct str body, hash;
	struct str object_kind, act;
	struct id object_id, id, actor_id, unit_id;
	int64_t seq;
	struct instant at;
};
extern const struct shape event_stored_shape[];

/* event_value */
struct kept_value {
	int64_t seq, pos;
	struct str value, salt;
	struct instant erased_at;
};
extern const struct shape event_value_shape[];

#endif
