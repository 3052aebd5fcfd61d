/* A request head as the library hands it over: method, target, version, then a field a line. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size};
	struct arena *a = arena_new(0);
	struct pairs headers = {.v = ARENA_ARRAY(a, struct pair, 200)};
	struct str line = str_cut(&text, '\n');
	struct str method = str_cut(&line, ' '), target = str_cut(&line, ' ');
	while (text.n && headers.n < 200) {
		struct str value = str_cut(&text, '\n');
		struct str name = str_cut(&value, ':');
		headers.v[headers.n++] = (struct pair){name, str_trim(value)};
	}
	if (!head_guard(a, method, target, line, &headers)) {
		unsigned lengths = 0;
		struct req r = {.a = a, .headers = headers};
		lengths += req_header(&r, "content-length").n > 0;
		lengths += req_header(&r, "Transfer-Encoding").n > 0;
		if (lengths > 1 || target.p[0] != '/' || str_find(target, '\r') >= 0)
			abort();
	}
	arena_free(a);
	return 0;
}
