#include "app_sql.h"
#include "call.h"

#include <string.h>

struct kept {
	struct str fields_hash, route;
	struct id object_id;
};

static const struct shape kept_shape[] = {
	SHAPE(struct kept, route, 0),
	SHAPE_BLOB(struct kept, fields_hash),
	SHAPE(struct kept, object_id, 0),
	SHAPE_END,
};

const struct err *idem_look(struct db_tx *tx, struct env *e, struct str key, const unsigned char hash[32], bool *found, struct id *object)
{
	struct kept k = {0};
	TRY(db_find(tx, &idem_find, ARGS(ARG(e->city), ARG(e->actor->person_id), ARG(key)), kept_shape, &k, found));
	if (!*found)
		return NULL;
	if (k.fields_hash.n != 32 || memcmp(k.fields_hash.p, hash, 32) != 0)
		return ERR(e->a, ERR_INPUT, "key_reused", "this Idempotency-Key was used for another request");
	*object = k.object_id;
	return NULL;
}

const struct err *idem_keep(struct db_tx *tx, struct env *e, struct str key, const char *route, const unsigned char hash[32],
			    struct id object)
{
	struct str h = {(const char *)hash, 32};
	int64_t added;
	TRY(db_exec(tx, &idem_add,
		    ARGS(ARG(e->city), ARG(e->actor->person_id), ARG(key), ARG(str_of(route)), arg_blob(h), ARG(object), ARG(e->now)), &added));
	/* Sent twice at once: run again, this one finds what its twin has kept. */
	return added ? NULL : ERR(e->a, ERR_BUSY, NULL, "the same Idempotency-Key is being used at this moment");
}
