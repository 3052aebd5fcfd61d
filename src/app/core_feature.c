/* The core as a feature of its own: the work desk, health, metrics, the description of the routes. */
#include "app_parts.h"
#include "app_private.h"
#include "app_res.h"
#include "app_sql.h"
#include "core.h"
#include "day.h"
#include "parts.h"
#include "registry.h"
#include "text.h"

#include <string.h>

static const struct err *ping(struct db_tx *tx, struct env *e, void *ctx)
{
	int64_t one;
	(void)e;
	(void)ctx;
	return db_i64(tx, &app_ping, (struct args){0}, 0, &one);
}

static const struct err *healthz(struct call *c)
{
	TRY(call_read(c, ping, NULL));
	doc_z(c->doc, "status", "ok");
	doc_z(c->doc, "version", app_version());
	doc_z(c->doc, "db", db_engine_of(c->app->db) == DB_PG ? "postgresql" : "sqlite");
	return NULL;
}


static size_t collect_panels(struct call *c, const char *page, struct str path, const struct panel **v, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; c->app->features[i]; i++)
		for (const struct panel *p = c->app->features[i]->panels; p && p->page; p++) {
			if (strcmp(p->page, page) != 0 || !may(c->actor, p->perm, path) || n == max)
				continue;
			size_t at = n++;
			for (; at > 0 && v[at - 1]->order > p->order; at--)
				v[at] = v[at - 1];
			v[at] = p;
		}
	return n;
}

const struct err *call_panels(struct db_tx *tx, struct call *c, const char *page, struct target *t, json_t *boxes)
{
	const struct panel *v[32];
	size_t n = collect_panels(c, page, t->unit_path, v, 32);
	for (size_t i = 0; i < n; i++) {
		json_t *box = json_object();
		const struct err *e = v[i]->fill(tx, c, t, box);
		if (!e && json_object_size(box))
			json_array_append(boxes, box);
		json_decref(box);
		TRY(e);
	}
	return NULL;
}

/* A panel without a title brings figures for the head of the page; a section keeps its own. */
static void split_boxes(struct call *c, json_t *boxes)
{
	size_t i;
	json_t *box;
	json_t *figures = doc_sublist(c->doc, "figures"), *sections = doc_sublist(c->doc, "sections");
	json_array_foreach(boxes, i, box) {
		json_t *own = json_object_get(box, "figures");
		bool is_section = json_object_get(box, "title") != NULL;
		if (own && !is_section)
			json_array_extend(figures, own);
		if (!is_section)
			continue;
		if (!own)
			doc_sublist(box, "figures");
		doc_bool(box, "has_figures", own && json_array_size(own) > 0);
		json_array_append(sections, box);
	}
	doc_bool(c->page, "has_figures", json_array_size(figures) > 0);
}

static const struct err *fill_home(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	struct target nowhere = {0};
	json_t *boxes = doc_list(e->a);
	TRY(call_panels(tx, c, "home", &nowhere, boxes));
	split_boxes(c, boxes);
	return NULL;
}

static const struct err *home(struct call *c)
{
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "app_home_title"));
	doc_str(c->page, "greeting", str_fmt(c->a, "%.*s%.*s", STR_ARG(call_text(c, "app_greeting")), STR_ARG(c->actor->name)));
	doc_str(c->page, "today_label", day_text(c->a, instant_day(c->env.now)));
	doc_day(c->doc, "today", instant_day(c->env.now));
	doc_str(c->doc, "csrf", c->actor->csrf);
	return call_read(c, fill_home, c);
}

/* ---- language and large type --------------------------------------------------------- */

struct preferences {
	struct str lang, care, back;
};
static const struct shape preferences_in[] = {
	SHAPE(struct preferences, lang, 8), SHAPE(struct preferences, care, 1), SHAPE(struct preferences, back, 500), SHAPE_END};

bool call_is_local(struct str path)
{
	bool ok = path.n > 0 && path.p[0] == '/' && (path.n == 1 || (path.p[1] != '/' && path.p[1] != '\\'));
	/* Browsers drop tabs and line ends inside an address: "/\t/elsewhere" would lead away. */
	for (size_t i = 0; ok && i < path.n; i++)
		ok = path.p[i] > ' ' && path.p[i] < 0x7f;
	return ok;
}

static const struct err *preferences(struct call *c)
{
	const struct preferences *in = c->input;
	if (in->lang.n)
		call_cookie(c, "lang", str_of(lang_word(lang_of(in->lang))), 400 * 86400);
	if (in->care.n)
		call_cookie(c, "care", str_is(in->care, "1") ? STR("1") : STR("0"), 400 * 86400);
	call_done(c, 200, call_is_local(in->back) ? in->back : STR("/"));
	return NULL;
}

static const struct doc_part home_doc[] = {DOC_NAME("greeting"), DOC_NAME("today_label"), DOC_NAME("today"), DOC_NAME("csrf"),
					   DOC_NAME("has_figures"), DOC_ROWS("figures", figure_parts), DOC_ROWS("sections", section_parts), DOC_END};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/", .perm = &PERM_LOGIN, .fn = home, .view = "home", .doc = home_doc,
	 .summary = "Work desk of the person logged in"},
	{.method = WEB_POST, .path = "/preferences", .perm = &PERM_PUBLIC, .input = preferences_in,
	 .input_size = sizeof(struct preferences), .fn = preferences, .flags = ROUTE_NO_TOKEN, .summary = "Language and large type"},
	{.method = WEB_GET, .path = "/healthz", .perm = &PERM_PUBLIC, .fn = healthz, .faces = FACE_JSON, .summary = "Is the service up?"},
	{.method = WEB_GET, .path = "/metrics", .perm = &PERM_PUBLIC, .fn = metrics_get, .faces = FACE_JSON | FACE_HTML,
	 .summary = "Prometheus text, from the loopback or with a token"},
	{.method = WEB_GET, .path = "/openapi.json", .perm = &PERM_PUBLIC, .fn = openapi_get, .faces = FACE_JSON | FACE_HTML,
	 .summary = "This description (OpenAPI 3.1)"},
	{0},
};

static const struct menu_entry menu[] = {{"app_menu_home", "/", "home", &PERM_LOGIN, 0}, {0}};


const struct feature feature_core = {
	.name = "app",
	.routes = routes,
	.stmts = app_sql_all,
	.resources = app_resources,
	.menu = menu,
};
const struct feature feature_files = {.name = "files", .routes = upload_routes, .jobs = app_jobs};
