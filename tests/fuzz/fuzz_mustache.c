/* A template, its own partial as well: parse, walk, bind and render stay within their limits. */
#include "mustache.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct mustache *self(void *ctx, struct str name)
{
	return name.n % 2 ? ctx : NULL;
}

/* Opening and closing tags must balance. */
static const struct err *count(void *ctx, const struct mustache_seen *seen)
{
	int *depth = ctx;
	switch (seen->tag) {
	case MUSTACHE_SECTION:
	case MUSTACHE_INVERTED:
	case MUSTACHE_PARENT:
	case MUSTACHE_BLOCK:
		++*depth;
		break;
	case MUSTACHE_SECTION_END:
	case MUSTACHE_PARENT_END:
	case MUSTACHE_BLOCK_END:
		--*depth;
		break;
	default:
		break;
	}
	return NULL;
}

static bool text_of(void *ctx, struct str name, struct str *out)
{
	(void)ctx;
	if (name.n != 1)
		return false;
	*out = STR("{{days}} <b>");
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = {(const char *)data, size}, bound;
	struct arena *a = arena_new(256 << 20);
	const struct mustache *m;
	if (size < 4096 && !mustache_parse(a, STR("t"), text, &m)) {
		int depth = 0;
		struct sb out = sb_new(a, 64 * 1024);
		json_t *doc = json_loads("{\"a\":[1,2.5,\"<x>\"],\"b\":{\"a\":{\"c\":true}},\"c\":null,\"d\":\"\",\"e\":1}", 0, NULL);
		if (mustache_walk(m, count, &depth) || depth != 0)
			abort();
		mustache_bind(a, STR("t"), text, text_of, NULL, &bound);
		mustache_render(m, doc, self, (void *)(uintptr_t)m, &out);
		if (out.n > out.max)
			abort();
		json_decref(doc);
	}
	arena_free(a);
	return 0;
}
