/* The browser's own files, built in; an address carries the content's hash and never changes its bytes. */
#include "edge.h"

#include "front_res.h"

#include <sodium.h>
#include <string.h>

enum { HASH_HEX = 12 };

struct asset {
	struct str name, bytes, href;
};

struct assets {
	struct asset *v;
	size_t n;
};

const struct err *assets_new(struct arena *a, struct assets **out)
{
	struct assets *as = ARENA_NEW(a, struct assets);
	size_t n = 0;
	while (front_resources[n].name)
		n++;
	as->v = ARENA_ARRAY(a, struct asset, n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct resource *r = &front_resources[i];
		unsigned char sum[32];
		crypto_hash_sha256(sum, r->data, r->size);
		struct str hash = str_sub(str_hex(a, sum, 32), 0, HASH_HEX);
		as->v[i] = (struct asset){str_of(r->name), {(const char *)r->data, r->size},
					  str_fmt(a, "/assets/%.*s/%s", STR_ARG(hash), r->name)};
	}
	as->n = n;
	*out = as;
	return NULL;
}

void assets_put(const struct assets *as, json_t *page)
{
	static const char *const members[][2] = {{"desk_css", "desk.css"}, {"phone_css", "phone.css"}, {"app_js", "app.js"},
						 {"htmx_js", "htmx.js"}, {"icons", "icons.svg"}, {"mark", "mark.svg"}};
	for (size_t m = 0; m < sizeof(members) / sizeof(members[0]); m++)
		for (size_t i = 0; i < as->n; i++)
			if (str_is(as->v[i].name, members[m][1]))
				doc_str(page, members[m][0], as->v[i].href);
}

static const char *type_of(struct str name)
{
	static const char *const types[][2] = {{".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"},
					       {".svg", "image/svg+xml"}, {".png", "image/png"}, {".json", "application/json"},
					       {".txt", "text/plain; charset=utf-8"}};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_has_suffix(name, str_of(types[i][0])))
			return types[i][1];
	return "application/octet-stream";
}

struct reply *assets_reply(const struct assets *as, struct req *r, struct str name)
{
	struct str asked = str_fmt(r->a, "/assets/%.*s", STR_ARG(name));
	for (size_t i = 0; i < as->n; i++) {
		if (!str_eq(as->v[i].href, asked))
			continue;
		struct reply *reply = reply_bytes(r->a, 200, type_of(as->v[i].name), as->v[i].bytes);
		reply_header(r->a, reply, "Cache-Control", STR("public, max-age=31536000, immutable"));
		return reply;
	}
	return NULL;
}
