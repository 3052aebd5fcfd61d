/* Accept and Range. */
#include "web_private.h"

#include <ctype.h>
#include <string.h>

/* "q=0.5" and the like in thousandths. */
static int quality_of(struct str params)
{
	while (params.n) {
		struct str p = str_trim(str_cut(&params, ';'));
		if (p.n < 3 || (p.p[0] | 32) != 'q' || p.p[1] != '=')
			continue;
		int q = 0, scale = 1000;
		for (size_t i = 2; i < p.n && i < 7; i++) {
			if (p.p[i] == '.')
				continue;
			if (!isdigit((unsigned char)p.p[i]))
				return 0;
			q += (p.p[i] - '0') * scale;
			scale /= 10;
		}
		return q > 1000 ? 1000 : q;
	}
	return 1000;
}

/* 3 the very type, 2 type/…, 1 anything, 0 no match. */
static int closeness(struct str range, const char *type)
{
	const char *slash = strchr(type, '/');
	if (str_is_nocase(range, type))
		return 3;
	if (str_is(range, "*/*") || str_is(range, "*"))
		return 1;
	size_t n = slash ? (size_t)(slash - type) + 1 : 0;
	bool family = n && range.n == n + 1 && range.p[n] == '*';
	for (size_t i = 0; family && i < n; i++)
		family = tolower((unsigned char)range.p[i]) == tolower((unsigned char)type[i]);
	return family ? 2 : 0;
}

int accept_quality(struct str accept, const char *type)
{
	int best = 0, quality = 0;
	if (!str_trim(accept).n)
		return -1;
	while (accept.n) {
		struct str params = str_cut(&accept, ',');
		int close = closeness(str_trim(str_cut(&params, ';')), type);
		if (close <= best)
			continue;
		best = close;
		quality = quality_of(params);
	}
	return quality;
}

int range_parse(struct str header, int64_t size, int64_t *from, int64_t *to)
{
	int64_t a = 0, b = size - 1;
	if (!str_has_prefix(header, STR("bytes=")))
		return 0;
	struct str last = str_trim(str_sub(header, 6, SIZE_MAX));
	if (str_find(last, '-') < 0 || str_find(last, ',') >= 0)
		return 0;
	struct str first = str_cut(&last, '-');
	if (!first.n) {
		if (!str_i64(last, 0, INT64_MAX, &b))
			return 0;
		a = b < size ? size - b : 0;
		if (b == 0 || size == 0)
			return -1;
		b = size - 1;
	} else if (!str_i64(first, 0, INT64_MAX, &a) || (last.n && !str_i64(last, a, INT64_MAX, &b))) {
		return 0;
	}
	if (a >= size)
		return -1;
	*from = a;
	*to = b < size ? b : size - 1;
	return 1;
}
