/* What struct app is made of; for the app layer's own files only. */
#ifndef APP_PRIVATE_H
#define APP_PRIVATE_H

#include "feature.h"

struct ids;
struct settings;
struct router;
struct audit_flood;

struct app {
	struct arena *a; /* lives as long as the app */
	struct app_options o;
	const char *data_dir;
	const struct feature *const *features;
	struct db *db;
	struct texts *texts;
	struct views *views;
	struct blobs *blobs;
	struct media_pool *media;
	struct ids *ids;
	struct settings *settings;
	struct router *router;
	struct assets *assets;
	struct audit_flood *audit_flood;
	struct gate *hash_gate; /* two password hashes at a time */
	struct web_server *_Atomic web; /* for its counters; NULL outside of serve, and until its first connections are taken */
	unsigned char secret[32];
	struct instant fixed_now;
	int64_t clock_ahead_ms;
	_Atomic int64_t home_city; /* the installation's first city: public pages without an account; 0 until there is one */
};

#endif
