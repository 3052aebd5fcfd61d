/* A Cookie header: names and values that come out are plain ASCII without separators. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	struct pairs pairs;
	if (!cookie_parse(a, (struct str){(const char *)data, size}, 64, &pairs)) {
		for (size_t i = 0; i < pairs.n; i++) {
			struct str v = pairs.v[i].value;
			for (size_t j = 0; j < v.n; j++)
				if (v.p[j] <= 0x20 || v.p[j] > 0x7e || v.p[j] == ';' || v.p[j] == '"')
					abort();
			if (pairs.v[i].name.n == 0)
				abort();
		}
	}
	arena_free(a);
	return 0;
}
