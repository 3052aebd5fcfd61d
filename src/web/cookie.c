#include "web_private.h"

#include <string.h>

/* Characters of RFC 6265: neither controls, blanks nor quotes, commas, semicolons, backslashes. */
static bool is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] > 0x7e || strchr("\",;\\", s.p[i]))
			return false;
	return true;
}

/* Pairs that are no cookies of ours by their form are passed over: another program on the same host may have set them. */
const struct err *cookie_parse(struct arena *a, struct str header, size_t max, struct pairs *out)
{
	*out = (struct pairs){0};
	while (header.n) {
		struct str value = str_trim(str_cut(&header, ';'));
		struct str name = str_cut(&value, '=');
		if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
			value = str_sub(value, 1, value.n - 2);
		if (!name.n || !is_plain(name) || !is_plain(value))
			continue;
		if (out->n == max)
			return ERR(a, ERR_MALFORMED, "too_many_cookies", "more than %zu cookies", max);
		pairs_add(a, out, name, value);
	}
	return NULL;
}

/* Over TLS a cookie of ours has a name that no other host and no unencrypted page can write ("cookie tossing"). */
#define HOST_PREFIX "__Host-"

void cookie_settle(struct req *r)
{
	struct pairs *all = &r->cookies;
	size_t kept = 0;
	for (size_t i = 0; i < all->n; i++) {
		bool is_ours = str_has_prefix(all->v[i].name, STR(HOST_PREFIX));
		if (is_ours != r->is_https)
			continue;
		all->v[kept] = all->v[i];
		if (is_ours)
			all->v[kept].name = str_sub(all->v[i].name, sizeof(HOST_PREFIX) - 1, SIZE_MAX);
		kept++;
	}
	all->n = kept;
}

void reply_cookie(const struct req *q, struct reply *r, const char *name, struct str value, int64_t max_age_s)
{
	struct str age = max_age_s < 0 ? STR("") : str_fmt(q->a, "; Max-Age=%lld", (long long)max_age_s);
	if (!is_plain(value) || !is_plain(str_of(name)))
		return;
	reply_header(q->a, r, "Set-Cookie",
		     str_fmt(q->a, "%s%s=%.*s; Path=/; HttpOnly; SameSite=Lax%.*s%s", q->is_https ? HOST_PREFIX : "", name, STR_ARG(value), STR_ARG(age),
			     q->is_https ? "; Secure" : ""));
}
