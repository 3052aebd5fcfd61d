/* A table as CSV: rows come in order, cells within their limits and in UTF-8, or a clear error. */
#include "csv_in.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ptrdiff_t from_str(void *ctx, int64_t at, char *buf, size_t max)
{
	struct str s = str_sub(*(struct str *)ctx, (size_t)at, max < 100 ? max : 100);
	if (s.n)
		memcpy(buf, s.p, s.n);
	return (ptrdiff_t)s.n;
}

static void check_row(const struct csv_limits *limits, const struct str *cells, size_t n)
{
	if (n == 0 || n > limits->columns || cells[n - 1].n == 0)
		abort();
	for (size_t i = 0; i < n; i++)
		if (!str_is_utf8(cells[i]) || str_chars(cells[i]) > limits->cell)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct csv_limits limits = {50, 12, 60};
	struct arena *a = arena_new(256 << 20);
	struct str bytes = {(const char *)data, size};
	struct csv_in *r;
	const struct str *cells;
	size_t n;
	int64_t number = 0, last = 0;
	const struct err *e = csv_in_open(a, from_str, &bytes, &limits, &r);
	while (!e && !(e = csv_in_next(r, a, &number, &cells, &n)) && cells) {
		check_row(&limits, cells, n);
		if (number <= last)
			abort();
		last = number;
	}
	if (e && !str_has_prefix(e->code, STR("sheet_")))
		abort();
	arena_free(a);
	return 0;
}
