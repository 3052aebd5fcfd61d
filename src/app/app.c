#include "app_private.h"

#include "app_parts.h"
#include "app_sql.h"
#include "blob.h"
#include "day.h"
#include "edge.h"
#include "event.h"
#include "gate.h"
#include "log.h"
#include "media.h"
#include "registry.h"
#include "router.h"
#include "text.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

const char *app_version(void)
{
	return CHABAOCU_VERSION;
}

struct db *app_db(struct app *app) { return app->db; }
struct texts *app_texts(struct app *app) { return app->texts; }
struct views *app_views(struct app *app) { return app->views; }
struct blobs *app_blobs(struct app *app) { return app->blobs; }
struct gate *app_hash_gate(struct app *app) { return app->hash_gate; }
struct media_pool *app_media(struct app *app) { return app->media; }
const char *app_data_dir(const struct app *app) { return app->data_dir; }
const struct feature *const *app_features(const struct app *app) { return app->features; }
const unsigned char *app_secret(const struct app *app) { return app->secret; }

struct instant app_now(const struct app *app)
{
	struct timespec ts;
	if (app->fixed_now.ms)
		return app->fixed_now;
	clock_gettime(CLOCK_REALTIME, &ts);
	return INSTANT((int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + app->clock_ahead_ms);
}

void app_set_web(struct app *app, struct web_server *web)
{
	app->web = web;
}

void app_set_now(struct app *app, struct instant t)
{
	app->fixed_now = t;
}

static const struct err *make_dir(struct arena *a, const char *path)
{
	if (mkdir(path, 0750) == 0 || errno == EEXIST || errno == EROFS)
		return NULL;
	return ERR(a, ERR_INPUT, "data_dir", "data folder %s: %s", path, strerror(errno));
}

/* chabaocu-media stands beside the running program. */
static const char *media_beside(struct arena *a)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (n <= 0)
		return "chabaocu-media";
	while (n > 0 && exe[n - 1] != '/')
		n--;
	return str_fmt(a, "%.*schabaocu-media", (int)n, exe).p;
}

static const struct err *open_database(struct app *app)
{
	struct arena *a = app->a;
	const char *dsn = app->o.db_dsn ? app->o.db_dsn : str_fmt(a, "sqlite:%s/chabaocu.db", app->data_dir).p;
	struct db_options o = {.dsn = dsn, .partitions = app->o.partitions, .answer_ms = app->o.db_answer_ms};
	TRY(db_open(a, &o, &app->db));
	if (!app->o.migrate)
		return NULL;
	struct migration *m;
	size_t n;
	int applied;
	TRY(registry_migrations(a, app->features, &m, &n));
	return db_migrate(app->db, a, m, n, &applied);
}

static const struct err *find_home(struct db_tx *tx, void *ctx)
{
	struct app *app = ctx;
	int64_t city;
	TRY(db_i64(tx, &app_home_city, (struct args){0}, 0, &city));
	app->home_city = city;
	return NULL;
}

/* A city made while the server runs (chabaocu init beside it) is found with the next question. */
int64_t app_home_city_of(struct app *app)
{
	if (!app->home_city) {
		struct arena *a = arena_new(0);
		const struct err *none_yet = db_read(app->db, a, find_home, app);
		(void)none_yet;
		arena_free(a);
	}
	return app->home_city;
}

static const struct err *open_parts(struct app *app)
{
	struct arena *a = app->a;
	TRY(make_dir(a, app->data_dir));
	TRY(secret_load(a, app->data_dir, app->secret));
	TRY(open_database(app));
	TRY(ids_new(app, a, &app->ids));
	TRY(settings_new(app, a, &app->settings));
	TRY(blobs_open(a, app->data_dir, app->o.read_only_ok, &app->blobs));
	TRY(db_read(app->db, a, find_home, app));
	if (!app->o.no_media)
		app->media = media_pool_start(app->o.media_exe ? app->o.media_exe : media_beside(a), 2, 0);
	return NULL;
}

static const struct err *build(struct app *app)
{
	struct arena *a = app->a;
	if (sodium_init() < 0)
		return ERR(a, ERR_BUG, NULL, "libsodium does not start");
	TRY(registry_new(a, app->o.features, &app->features));
	TRY(texts_new(a, app->features, &app->texts));
	TRY(views_new(a, app->features, app->texts, app->o.views_dir, &app->views));
	TRY(router_new(a, app->features, &app->router));
	app->hash_gate = gate_new(a, 2);
	app->audit_flood = audit_flood_new(a);
	TRY(assets_new(a, &app->assets));
	return open_parts(app);
}

const struct err *app_new(struct arena *a, const struct app_options *o, struct app **out)
{
	struct arena *own = arena_new((size_t)64 * 1024 * 1024);
	struct app *app = ARENA_NEW(own, struct app);
	app->a = own;
	app->o = *o;
	app->data_dir = o->data_dir ? o->data_dir : "data";
	app->fixed_now = o->fixed_now;
	if (o->today.ymd)
		app->clock_ahead_ms = ((int64_t)day_number(o->today) - day_number(instant_day(app_now(app)))) * 86400000;
	const struct err *e = build(app);
	if (e) {
		const struct err *copy = err_make(a, e->kind, str_z(a, e->code), e->file, e->line, "%.*s", STR_ARG(e->detail));
		app_free(app);
		return copy;
	}
	*out = app;
	return NULL;
}

static void stop_counting(struct app *app)
{
	const struct err *e = app->db ? audit_flush(app, app->a, true) : NULL;
	if (e)
		log_line(LOG_LEVEL_ERR, "audit", "detail", e->detail.p, NULL);
}

void app_free(struct app *app)
{
	if (!app)
		return;
	if (app->media)
		media_pool_stop(app->media);
	if (app->audit_flood)
		stop_counting(app);
	settings_free(app->settings);
	ids_free(app->ids);
	db_close(app->db);
	sodium_memzero(app->secret, sizeof(app->secret));
	arena_free(app->a);
}
