/* The bytes of a ledger event: what is taken as one is exactly what the encoder makes of it (docs/design/event-bytes.md). */
#include "event_bytes.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = {(const char *)data, size}, again;
	struct arena *a = arena_new(0);
	struct event_body *e = ARENA_NEW(a, struct event_body);
	if (event_decode(bytes, e)) {
		if (event_encode(a, e, &again))
			abort();
		if (!str_eq(bytes, again))
			abort();
	}
	arena_free(a);
	return 0;
}
