/* Lists of names and values; percent coding; urlencoded forms. */
#include "web_private.h"

#include <string.h>
#include <strings.h>

bool str_is_nocase(struct str a, const char *z)
{
	return a.n == strlen(z) && (a.n == 0 || strncasecmp(a.p, z, a.n) == 0);
}

void pairs_add(struct arena *a, struct pairs *p, struct str name, struct str value)
{
	if (p->n == 0 || (p->n >= 8 && (p->n & (p->n - 1)) == 0)) {
		struct pair *v = ARENA_ARRAY(a, struct pair, p->n ? p->n * 2 : 8);
		if (p->n)
			memcpy(v, p->v, p->n * sizeof(*v));
		p->v = v;
	}
	p->v[p->n++] = (struct pair){name, value};
}

struct str pairs_get(const struct pairs *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is(p->v[i].name, name))
			return p->v[i].value;
	return STR("");
}

bool pairs_has(const struct pairs *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is(p->v[i].name, name))
			return true;
	return false;
}

struct str header_get(const struct pairs *p, const char *name)
{
	for (size_t i = 0; i < p->n; i++)
		if (str_is_nocase(p->v[i].name, name))
			return p->v[i].value.p ? p->v[i].value : STR("");
	return STR_NONE;
}

struct str req_header(const struct req *r, const char *name)
{
	struct str s = header_get(&r->headers, name);
	return s.p ? s : STR("");
}

/* %XX and, in forms, '+'. */
static const struct err *decode(struct arena *a, struct str raw, bool plus, struct str *out)
{
	char *to = arena_alloc(a, raw.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];
		if (c == '%') {
			if (!str_unhex(str_sub(raw, i + 1, 2), &to[n++], 1))
				return ERR(a, ERR_MALFORMED, "bad_escape", "bad %%XX");
			i += 2;
			continue;
		}
		to[n++] = plus && c == '+' ? ' ' : c;
	}
	*out = (struct str){to, n};
	if (!str_is_utf8(*out))
		return ERR(a, ERR_MALFORMED, "bad_text", "NUL or no UTF-8 in a name or value");
	return NULL;
}

const struct err *url_decode(struct arena *a, struct str raw, struct str *out)
{
	TRY(decode(a, raw, false, out));
	if (str_find(*out, '/') >= 0)
		return ERR(a, ERR_MALFORMED, "bad_escape", "'/' inside a path segment");
	return NULL;
}

struct str url_encode(struct arena *a, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	char *to = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-._~", c))) {
			to[n++] = (char)c;
			continue;
		}
		to[n++] = '%';
		to[n++] = digits[c >> 4];
		to[n++] = digits[c & 15];
	}
	return (struct str){to, n};
}

const struct err *form_parse(struct arena *a, struct str text, size_t max, struct pairs *out)
{
	*out = (struct pairs){0};
	while (text.n) {
		struct str value = str_cut(&text, '&'), name;
		if (!value.n)
			continue;
		name = str_cut(&value, '=');
		if (out->n == max)
			return ERR(a, ERR_LIMIT, "too_many_fields", "more than %zu fields", max);
		TRY(decode(a, name, true, &name));
		TRY(decode(a, value, true, &value));
		pairs_add(a, out, name, value);
	}
	return NULL;
}
