#include "notice_curl.h"

#include <dlfcn.h>

/* What Debian calls libcurl4; never closed, so that later mails find it loaded. */
static const char file[] = "libcurl.so.4";

bool curl_lib_load(struct curl_lib *out, const char **why)
{
	void *lib = dlopen(file, RTLD_NOW | RTLD_LOCAL);
	bool whole = lib != NULL;
#define LOAD(member, name) whole = whole && (out->member = (__typeof__(out->member))dlsym(lib, name)) != NULL
	LOAD(global_init, "curl_global_init");
	LOAD(global_cleanup, "curl_global_cleanup");
	LOAD(init, "curl_easy_init");
	LOAD(set, "curl_easy_setopt");
	LOAD(info, "curl_easy_getinfo");
	LOAD(perform, "curl_easy_perform");
	LOAD(cleanup, "curl_easy_cleanup");
	LOAD(list_add, "curl_slist_append");
	LOAD(list_free, "curl_slist_free_all");
	LOAD(text, "curl_easy_strerror");
#undef LOAD
	if (!whole)
		*why = dlerror();
	return whole;
}
