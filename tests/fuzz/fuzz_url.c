/* One path segment: no slash, no NUL comes out; encoding what came out gives it again. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	struct str out, again;
	if (!url_decode(a, (struct str){(const char *)data, size}, &out)) {
		if (str_find(out, '/') >= 0 || !str_is_utf8(out))
			abort();
		if (url_decode(a, url_encode(a, out), &again) || !str_eq(out, again))
			abort();
	}
	arena_free(a);
	return 0;
}
