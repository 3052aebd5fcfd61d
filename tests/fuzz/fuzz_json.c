/* JSON from clients: what is taken dumps to text that is taken again. */
#include "doc.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(64 << 20);
	json_t *doc, *again;
	struct str text;
	if (!doc_parse(a, (struct str){(const char *)data, size}, &doc)) {
		if (doc_dump(a, doc, 16 << 20, &text) || doc_parse(a, text, &again))
			abort();
	}
	arena_free(a);
	return 0;
}
