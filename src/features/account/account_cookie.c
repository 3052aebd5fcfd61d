/* What a browser is told to remember and may know: which one it is, and whose poster it has seen. Signed, so that nobody makes one up. */
#include "account_model.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

enum { COOKIE_AGE_S = 400 * 86400, MAC_BYTES = 18, MAC_CHARS = 24, DEVICE_BYTES = 15 };

static struct str mac_of(struct call *c, const char *purpose, struct str text)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct str of = str_fmt(c->a, "cookie|%s|%.*s", purpose, STR_ARG(text));
	crypto_auth_hmacsha256(mac, (const unsigned char *)of.p, of.n, app_secret(c->app));
	return str_b64url(c->a, mac, MAC_BYTES);
}

static void keep(struct call *c, const char *name, struct str text)
{
	call_cookie(c, name, str_fmt(c->a, "%.*s.%.*s", STR_ARG(text), STR_ARG(mac_of(c, name, text))), COOKIE_AGE_S);
}

/* The text that we signed; "" for anything else. */
static struct str open_cookie(struct call *c, const char *name)
{
	struct str sent = pairs_get(&c->req->cookies, name);
	if (sent.n <= MAC_CHARS + 1 || sent.p[sent.n - MAC_CHARS - 1] != '.')
		return STR("");
	struct str text = str_sub(sent, 0, sent.n - MAC_CHARS - 1), mac = mac_of(c, name, text);
	return mac.n == MAC_CHARS && sodium_memcmp(mac.p, sent.p + sent.n - MAC_CHARS, MAC_CHARS) == 0 ? text : STR("");
}

struct str account_device(struct call *c)
{
	return open_cookie(c, "chabaocu_device");
}

struct str account_device_keep(struct call *c)
{
	unsigned char raw[DEVICE_BYTES];
	struct str device = account_device(c);
	if (c->face != FACE_HTML || device.n)
		return device;
	app_random(c->app, raw, sizeof(raw));
	device = str_b64url(c->a, raw, sizeof(raw));
	keep(c, "chabaocu_device", device);
	return device;
}

struct attempt attempt_at(struct call *c, struct str login)
{
	return attempt_of(c->app, c->a, login, c->req->addr, account_device(c));
}

bool account_team_hint(struct call *c, struct team_hint *out)
{
	struct str text = open_cookie(c, "chabaocu_team");
	struct str city = str_cut(&text, '.'), enterprise = str_cut(&text, '.');
	return str_i64(city, 1, INT32_MAX, &out->city) && str_i64(enterprise, 1, INT64_MAX, &out->enterprise_id.v) &&
	       str_i64(text, 1, INT64_MAX, &out->unit_id.v);
}

void account_team_hint_keep(struct call *c, const struct team_hint *t)
{
	struct team_hint now;
	if (account_team_hint(c, &now) && now.city == t->city && now.unit_id.v == t->unit_id.v && now.enterprise_id.v == t->enterprise_id.v)
		return;
	keep(c, "chabaocu_team", str_fmt(c->a, "%" PRId64 ".%" PRId64 ".%" PRId64, t->city, t->enterprise_id.v, t->unit_id.v));
}

/* ---- which browser on which device ------------------------------------------------- */

struct sign {
	const char *text, *word;
};

static const char *first_of(const char *agent, const struct sign *signs)
{
	for (; signs->text; signs++)
		if (strstr(agent, signs->text))
			return signs->word;
	return "other";
}

struct str account_agent(struct arena *a, struct str user_agent)
{
	/* Those that name others come first. */
	static const struct sign browsers[] = {{"MicroMessenger", "wechat"}, {"DingTalk", "dingtalk"}, {"HuaweiBrowser", "huawei"}, {"MiuiBrowser", "xiaomi"},
					       {"Edg", "edge"}, {"Firefox", "firefox"}, {"Chrome", "chrome"}, {"Safari", "safari"}, {NULL, NULL}};
	static const struct sign systems[] = {{"OpenHarmony", "harmony"}, {"HarmonyOS", "harmony"}, {"Android", "android"}, {"iPhone", "iphone"}, {"iPad", "ipad"},
					      {"Windows", "windows"}, {"Mac OS", "mac"}, {"Linux", "linux"}, {NULL, NULL}};
	const char *z = str_z(a, user_agent);
	return str_fmt(a, "%s %s", first_of(z, browsers), first_of(z, systems));
}
