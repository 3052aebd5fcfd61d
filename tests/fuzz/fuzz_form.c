/* Urlencoded text: pairs that come out are UTF-8 and survive being encoded and read again. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	struct pairs pairs, again;
	if (!form_parse(a, (struct str){(const char *)data, size}, 100, &pairs)) {
		struct sb b = sb_new(a, 64 << 20);
		for (size_t i = 0; i < pairs.n; i++) {
			if (!str_is_utf8(pairs.v[i].name) || !str_is_utf8(pairs.v[i].value))
				abort();
			sb_add(&b, url_encode(a, pairs.v[i].name));
			sb_addc(&b, '=');
			sb_add(&b, url_encode(a, pairs.v[i].value));
			sb_addc(&b, '&');
		}
		if (form_parse(a, sb_str(&b), 100, &again) || again.n != pairs.n)
			abort();
		for (size_t i = 0; i < pairs.n; i++)
			if (!str_eq(pairs.v[i].name, again.v[i].name) || !str_eq(pairs.v[i].value, again.v[i].value))
				abort();
	}
	arena_free(a);
	return 0;
}
