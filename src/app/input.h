/* Reading a form, a query or a JSON object into a struct by its input shape. */
#ifndef INPUT_H
#define INPUT_H

#include "doc.h"
#include "web.h"

struct input_source {
	const struct pairs *form; /* a form body or the query; or */
	struct str json;          /* a JSON text (p not NULL) */
	bool ignore_unknown;      /* pages: strangers append their own parameters to shared links */
};

/* Fills `out` (zeroed). All wrong fields at once as one ERR_INPUT error: required, unknown_field, too_long, too_large,
 * not_a_number, bad_day, bad_instant, unknown_word, wrong_type, control_character, twice. ERR_MALFORMED for text that is
 * not JSON or not an object. A money field "x_fen" may come from a form as "x_yuan" with up to two decimals. */
const struct err *input_read(struct arena *a, const struct shape *shape, const struct input_source *from, void *out);

/* SHA-256 over the fields that the shape names, for idempotency: independent of order and of form or JSON.
 * `also`: further bytes that belong to the request (hashes of files). */
void input_hash(struct arena *a, const struct shape *shape, const void *in, struct str also, unsigned char out[32]);

#endif
