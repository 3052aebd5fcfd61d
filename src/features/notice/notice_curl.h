/* libcurl, taken in when the first mail is sent: it brings some thirty libraries with it that a server without mail has no use for
 * (docs/decisions/0038-mail-by-libcurl-loaded-when-used.md).
 */
#ifndef NOTICE_CURL_H
#define NOTICE_CURL_H

#include <curl/curl.h>
#include <stdbool.h>

struct curl_lib {
	__typeof__(&curl_global_init) global_init;
	__typeof__(&curl_global_cleanup) global_cleanup;
	CURL *(*init)(void);
	CURLcode (*set)(CURL *, CURLoption, ...);
	CURLcode (*info)(CURL *, CURLINFO, ...);
	CURLcode (*perform)(CURL *);
	void (*cleanup)(CURL *);
	__typeof__(&curl_slist_append) list_add;
	__typeof__(&curl_slist_free_all) list_free;
	const char *(*text)(CURLcode);
};

/* False: this machine has none; *why tells. */
bool curl_lib_load(struct curl_lib *out, const char **why);

#endif
