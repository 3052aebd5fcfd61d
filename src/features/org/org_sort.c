#include "org_sort.h"

#include <unicode/ucol.h>
#include <unicode/ustring.h>

enum { NAME_MAX_UNITS = 512, KEY_MAX_BYTES = 2048 };

static void close_collator(void *p)
{
	ucol_close(p);
}

static const struct err *collator(struct arena *a, UCollator **out)
{
	UErrorCode status = U_ZERO_ERROR;
	UCollator *c = ucol_open("zh", &status);
	if (c)
		arena_defer(a, close_collator, c);
	if (U_SUCCESS(status))
		ucol_setAttribute(c, UCOL_NUMERIC_COLLATION, UCOL_ON, &status);
	if (U_FAILURE(status))
		return ERR(a, ERR_BUG, NULL, "no Chinese collation: %s", u_errorName(status));
	*out = c;
	return NULL;
}

static const struct err *make_key(struct arena *a, struct str name, struct str *out)
{
	UCollator *c;
	UErrorCode status = U_ZERO_ERROR;
	UChar text[NAME_MAX_UNITS];
	int32_t n = 0;
	uint8_t key[KEY_MAX_BYTES];
	TRY(collator(a, &c));
	u_strFromUTF8WithSub(text, NAME_MAX_UNITS, &n, name.p ? name.p : "", (int32_t)name.n, 0xfffd, NULL, &status);
	if (U_FAILURE(status))
		return ERR(a, ERR_LIMIT, NULL, "a name of %zu bytes cannot be sorted", name.n);
	int32_t size = ucol_getSortKey(c, text, n, key, KEY_MAX_BYTES);
	if (size > KEY_MAX_BYTES)
		size = KEY_MAX_BYTES;
	*out = str_hex(a, key, size > 0 ? (size_t)size - 1 : 0);
	return NULL;
}

const struct err *org_sort_key(struct arena *a, struct str name, struct str *out)
{
	struct arena *own = arena_new(0);
	const struct err *e = make_key(own, name, out);
	if (e)
		e = ERR(a, e->kind, NULL, "%.*s", STR_ARG(e->detail));
	else
		*out = str_dup(a, *out);
	arena_free(own);
	return e;
}
