#include "xlsx_private.h"

#include <string.h>

bool xlsx_fail(struct xlsx *x, enum media_status status, enum media_sheet_limit what)
{
	if (x->res.status == MEDIA_OK)
		x->res = (struct xlsx_result){status, status == MEDIA_TOO_LARGE ? what : MEDIA_LIMIT_NONE, x->res.row};
	return false;
}

static bool zip_said(struct xlsx *x, enum zip_status s)
{
	switch (s) {
	case ZIP_FINE:
		return true;
	case ZIP_TOO_LARGE:
		return xlsx_fail(x, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
	case ZIP_LOCKED:
		return xlsx_fail(x, MEDIA_LOCKED, MEDIA_LIMIT_NONE);
	case ZIP_MISSING:
	case ZIP_BROKEN:
	case ZIP_STOPPED:
		break;
	}
	return xlsx_fail(x, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
}

bool xlsx_part(struct xlsx *x, struct str name, struct xml_sink *sink)
{
	struct zip_part part;
	enum zip_status z;
	if (!zip_said(x, zip_find(&x->zip, name, &part)))
		return false;
	enum xml_status s = xml_read(&part, &x->budget, sink, &z);
	/* What the sink itself found wrong is told already. */
	if (x->res.status)
		return false;
	if (s == XML_TOO_LARGE)
		return xlsx_fail(x, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
	if (s == XML_BROKEN)
		return xlsx_fail(x, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
	return zip_said(x, z);
}

void *xlsx_more(struct arena *a, void *v, size_t n, size_t size, size_t max)
{
	/* Full at 0, 16, 32, 64, … */
	if (n != 0 && (n < 16 || (n & (n - 1)) != 0))
		return v;
	if (n >= max)
		return NULL;
	void *more = arena_array(a, n ? n * 2 : 16, size);
	if (n)
		memcpy(more, v, n * size);
	return more;
}

bool xlsx_is(const char *name, const char *word)
{
	return strcmp(name, word) == 0;
}

bool xlsx_is_type(const char *type, const char *word)
{
	struct str t = str_of(type);
	return str_has_suffix(t, str_of(word)) && t.n > strlen(word) && t.p[t.n - strlen(word) - 1] == '/';
}

static void read_all(struct xlsx *x, const void *p, size_t n)
{
	struct xlsx_parts parts = {STR_NONE, STR_NONE, STR_NONE};
	if (!zip_said(x, zip_open(&x->zip, p, n)) || !xlsx_book(x, &parts))
		return;
	if (parts.styles.n && !xlsx_styles(x, parts.styles))
		return;
	if (parts.strings.n && !xlsx_strings(x, parts.strings))
		return;
	xlsx_rows(x, parts.sheet);
}

struct xlsx_result xlsx_read(const void *p, size_t n, xlsx_take_fn *take, void *ctx)
{
	struct xlsx x = {.a = arena_new((size_t)256 << 20), .budget = XLSX_UNPACKED_MAX, .take = take, .ctx = ctx};
	read_all(&x, p, n);
	arena_free(x.a);
	return x.res;
}
