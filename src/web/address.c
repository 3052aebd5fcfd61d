/* Addresses: what to listen on, which proxies to believe, who the client is. */
#include "web_private.h"

#include <arpa/inet.h>
#include <string.h>

const struct err *listen_parse(struct arena *a, const char *text, struct sockaddr_storage *out, socklen_t *len)
{
	const char *colon = strrchr(text, ':');
	int64_t port;
	if (!colon || !str_i64(str_of(colon + 1), 0, 65535, &port))
		return ERR(a, ERR_INPUT, "listen", "listen address \"%s\" is not ADDRESS:PORT", text);
	struct str host = {text, (size_t)(colon - text)};
	memset(out, 0, sizeof(*out));
	if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
		struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
		six->sin6_family = AF_INET6;
		six->sin6_port = htons((uint16_t)port);
		*len = sizeof(*six);
		if (inet_pton(AF_INET6, str_z(a, str_sub(host, 1, host.n - 2)), &six->sin6_addr) == 1)
			return NULL;
	} else {
		struct sockaddr_in *four = (struct sockaddr_in *)out;
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)port);
		*len = sizeof(*four);
		if (inet_pton(AF_INET, str_z(a, host), &four->sin_addr) == 1)
			return NULL;
	}
	return ERR(a, ERR_INPUT, "listen", "\"%s\" is no IP address", text);
}

/* Both families in 16 bytes; bits: the width of the family within them. */
static bool address_read(struct str s, unsigned char out[16], unsigned *offset)
{
	char z[64];
	if (!s.n || s.n >= sizeof(z))
		return false;
	memcpy(z, s.p, s.n);
	z[s.n] = 0;
	memset(out, 0, 16);
	*offset = 96;
	if (inet_pton(AF_INET, z, out + 12) == 1) {
		out[10] = out[11] = 0xff;
		return true;
	}
	*offset = 0;
	return inet_pton(AF_INET6, z, out) == 1;
}

const struct err *networks_parse(struct arena *a, const char *text, struct networks *out)
{
	struct str rest = str_of(text);
	out->n = 0;
	out->v = ARENA_ARRAY(a, struct network, rest.n / 2 + 1);
	while (rest.n) {
		struct str bits = str_trim(str_cut(&rest, ','));
		if (!bits.n)
			continue;
		struct str host = str_cut(&bits, '/');
		unsigned offset;
		int64_t n = 0;
		struct network *net = &out->v[out->n++];
		if (!address_read(host, net->addr, &offset) || (bits.n && !str_i64(bits, 0, 128 - offset, &n)))
			return ERR(a, ERR_INPUT, "trusted_proxies", "\"%.*s\" is no address or network", STR_ARG(host));
		net->bits = bits.n ? (unsigned)n + offset : 128;
	}
	return NULL;
}

bool networks_have(const struct networks *n, struct str addr)
{
	unsigned char a[16];
	unsigned offset;
	if (!address_read(addr, a, &offset))
		return false;
	for (size_t i = 0; i < n->n; i++) {
		unsigned whole = n->v[i].bits / 8, rest = n->v[i].bits % 8;
		unsigned char mask = (unsigned char)(0xff00 >> rest);
		if (memcmp(a, n->v[i].addr, whole) == 0 && (!rest || ((a[whole] ^ n->v[i].addr[whole]) & mask) == 0))
			return true;
	}
	return false;
}

struct str addr_text(struct arena *a, const struct sockaddr *sa)
{
	char text[INET6_ADDRSTRLEN] = "";
	if (sa && sa->sa_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)sa)->sin_addr, text, sizeof(text));
	} else if (sa && sa->sa_family == AF_INET6) {
		const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
		if (IN6_IS_ADDR_V4MAPPED(six))
			inet_ntop(AF_INET, six->s6_addr + 12, text, sizeof(text));
		else
			inet_ntop(AF_INET6, six, text, sizeof(text));
	}
	return str_dup(a, str_of(text));
}

void forwarded_apply(const struct networks *trusted, struct str peer, struct req *r)
{
	unsigned char unused[16];
	unsigned offset;
	r->addr = peer;
	if (!networks_have(trusted, peer))
		return;
	r->is_https = str_is_nocase(req_header(r, "x-forwarded-proto"), "https");
	/* From the last hop backwards, until the first address that is no proxy of ours. */
	for (size_t i = r->headers.n; i-- > 0;) {
		struct str list = r->headers.v[i].value;
		if (!str_is_nocase(r->headers.v[i].name, "x-forwarded-for"))
			continue;
		while (list.n) {
			size_t at = list.n;
			while (at > 0 && list.p[at - 1] != ',')
				at--;
			struct str hop = str_trim(str_sub(list, at, SIZE_MAX));
			list.n = at ? at - 1 : 0;
			if (!address_read(hop, unused, &offset))
				return;
			r->addr = hop;
			if (!networks_have(trusted, hop))
				return;
		}
	}
}
