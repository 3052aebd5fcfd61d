/* A multipart body: whole and byte by byte must give the same parts. The first byte chooses the piece size. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct err *begin(void *ctx, struct str name, bool is_file, struct str type)
{
	sb_fmt(ctx, "[%zu %.*s %d %zu|", name.n, STR_ARG(name), is_file, type.n);
	return NULL;
}

static const struct err *take(void *ctx, struct str bytes)
{
	sb_add(ctx, bytes);
	return NULL;
}

static const struct err *end(void *ctx)
{
	sb_addc(ctx, ']');
	return NULL;
}

static bool read_all(struct arena *a, struct str body, size_t piece, struct sb *out)
{
	struct multipart *m;
	struct multipart_sink sink = {out, begin, take, end};
	if (multipart_new(a, STR("multipart/form-data; boundary=\"X y\""), &sink, &m))
		abort();
	for (; body.n; body = str_sub(body, piece, SIZE_MAX))
		if (multipart_feed(m, str_sub(body, 0, piece)))
			return false;
	return !multipart_end(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(256 << 20);
	struct str body = {(const char *)data + 1, size ? size - 1 : 0};
	struct sb whole = sb_new(a, 1 << 24), pieces = sb_new(a, 1 << 24);
	bool one = read_all(a, body, body.n, &whole);
	bool two = read_all(a, body, size ? data[0] % 40u + 1 : 1, &pieces);
	if (one != two || (one && !str_eq(sb_str(&whole), sb_str(&pieces))))
		abort();
	arena_free(a);
	return 0;
}
