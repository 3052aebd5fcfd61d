#include "account.h"
#include "day.h"
#include "event.h"
#include "feature.h"
#include "hazard_clock_model.h"
#include "hazard_list.h"
#include "hazard_measures.h"
#include "hazard_notices.h"
#include "hazard_pages.h"
#include "hazard_panels.h"
#include "hazard_perms.h"
#include "hazard_res.h"
#include "hazard_receipt.h"
#include "hazard_safety.h"
#include "hazard_sql.h"
#include "hazard_words.h"
#include "hazard_write.h"

#include <string.h>

enum { PHOTO_BYTES = 20 * 1024 * 1024, PHOTOS = 9 };

static const struct actor nobody = {0};

/* ---- photos in the request -------------------------------------------------------- */

/* Browsers send an empty file part for each file field that nobody filled. */
static void drop_empty_files(struct req *r)
{
	size_t n = 0;
	for (size_t i = 0; i < r->n_files; i++)
		if (r->files[i].size > 0)
			r->files[n++] = r->files[i];
	r->n_files = n;
}

/* Stored, decoded once and on disk before the transaction that names them. */
const struct err *hazard_take_photos(struct call *c, struct hazard_photo **out)
{
	struct req *r = c->req;
	drop_empty_files(r);
	*out = ARENA_ARRAY(c->a, struct hazard_photo, r->n_files + 1);
	for (size_t i = 0; i < r->n_files; i++) {
		struct upload *u = &r->files[i];
		if (!str_is(u->field, "photos") && !str_is(u->field, "photos_after"))
			return err_on_field(c->a, str_z(c->a, u->field), "unknown_field", "not a field for photos");
		TRY(blob_take_photo(c->app, c->a, u, &(*out)[i].blob, &(*out)[i].type));
		TRY(blob_prepare(c->app, c->a, (*out)[i].blob.sha256));
	}
	return NULL;
}

/* ---- report -------------------------------------------------------------------------- */

struct reporting {
	struct call *c;
	const struct actor *real;
	const struct hazard_report *in;
	struct hazard_photo *photos;
	unsigned char code[16];
	struct outcome done;
	struct hazard_made made;
	/* Here and not on the arena: that is wound back before another try, which may find the first one committed. */
	char number[64];
	size_t number_n;
};

static const struct err *write_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reporting *r = ctx;
	const struct actor *shown = e->actor;
	e->actor = r->real;
	const struct err *bad = hazard_report(tx, e, r->in, r->photos, r->c->req->n_files, r->code, &r->made);
	e->actor = shown;
	TRY(bad);
	if (r->made.number.n > sizeof(r->number))
		return ERR(e->a, ERR_LIMIT, NULL, "a number of %zu bytes", r->made.number.n);
	memcpy(r->number, r->made.number.p, r->made.number.n);
	r->number_n = r->made.number.n;
	r->done.object = r->made.id;
	return NULL;
}

static const struct err *read_number(struct db_tx *tx, struct env *e, void *ctx)
{
	struct reporting *r = ctx;
	struct hazard h;
	TRY(hazard_get(tx, e->city, r->done.object, &h));
	r->made = (struct hazard_made){h.id, str_dup(r->c->a, h.number), str_b32(r->c->a, r->code, 16)};
	return NULL;
}

static const struct err *look_allowed(struct db_tx *tx, struct env *e, void *ctx)
{
	bool *out = ctx;
	return hazard_anonymous_allowed(tx, e->city, instant_day(e->now), out);
}

static const struct err *let_in(struct call *c)
{
	bool allowed = false;
	if (actor_is_in(c->actor))
		return NULL;
	TRY(call_read(c, look_allowed, &allowed));
	return allowed ? NULL : ERR(c->a, ERR_LOGIN, NULL, "this campaign takes no reports without an account");
}

static void put_done(struct call *c, const struct hazard_made *made)
{
	static const char *const next[] = {"hazard_next_register", "hazard_next_assign", "hazard_next_told"};
	doc_id(c->doc, "id", made->id);
	doc_str(c->doc, "number", made->number);
	doc_str(c->doc, "receipt_code", made->receipt_code);
	if (c->face != FACE_HTML)
		return;
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "hazard_done_title"));
	doc_str(c->page, "follow_href", str_fmt(c->a, "/receipts/%.*s", STR_ARG(made->receipt_code)));
	json_t *steps = doc_sublist(c->page, "next_steps");
	for (size_t i = 0; i < sizeof(next) / sizeof(next[0]); i++) {
		json_t *s = doc_append(steps);
		doc_str(s, "text", call_text(c, next[i]));
		doc_z(s, "tone", i ? "wait" : "work");
	}
}

static const struct err *report_post(struct call *c)
{
	struct hazard_report *in = ARENA_NEW(c->a, struct hazard_report);
	*in = *(const struct hazard_report *)c->input;
	in->interim_protection = hazard_protection_text(c, in);
	struct reporting r = {.c = c, .real = c->actor, .in = in};
	TRY(let_in(c));
	TRY(hazard_take_photos(c, &r.photos));
	/* From here on nothing of the request knows who an anonymous reporter is: not the key's row, not the log line. */
	if (r.in->anonymity == HAZARD_ANONYMOUS) {
		struct str secret = c->env.upload_secret;
		c->actor = &nobody;
		c->env = env_new(c->app, c->a, c->city, &nobody);
		c->env.upload_secret = secret;
	}
	call_code16(c, "receipt", r.code);
	TRY(call_write(c, write_report, &r, &r.done));
	if (r.done.replayed)
		TRY(call_read(c, read_number, &r));
	else
		r.made = (struct hazard_made){r.done.object, {r.number, r.number_n}, str_b32(c->a, r.code, 16)};
	put_done(c, &r.made);
	c->status = 201;
	if (c->face == FACE_JSON)
		call_done(c, 201, str_fmt(c->a, "/hazards/%lld", (long long)r.made.id.v));
	return NULL;
}

struct report_query {
	struct str code;
};
static const struct shape report_query_shape[] = {SHAPE(struct report_query, code, 40), SHAPE_END};

static const struct err *fill_report(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	(void)e;
	struct str code = call_arg(c, "code");
	if (!code.n && c->req->method == WEB_GET)
		code = pairs_get(&c->req->query, "code");
	/* A form shown again brings its code itself; only a right one is treated as known. */
	struct place p;
	struct str sent = c->problem ? pairs_get(&c->req->form, "code") : STR_NONE;
	if (sent.n && !org_place_by_code(tx, c->city, sent, &p))
		code = sent;
	return hazard_put_report(tx, c, code);
}

static const struct err *report_get(struct call *c)
{
	TRY(let_in(c));
	/* Going back must find this very page with its key, or sending again would make a second report. */
	c->cache = STR("private, no-cache");
	return call_read(c, fill_report, c);
}

static const struct err *report_form(struct call *c)
{
	return call_read(c, fill_report, c);
}

/* ---- one ------------------------------------------------------------------------------- */

static const struct err *locate_hazard(struct db_tx *tx, struct call *c, struct target *t)
{
	struct hazard *h = ARENA_NEW(c->a, struct hazard);
	unsigned parties;
	TRY(call_arg_id(c, "id", &t->id));
	TRY(hazard_get(tx, c->city, t->id, h));
	TRY(hazard_parties(tx, c->city, h, c->actor->person_id, &parties));
	t->unit_id = h->unit_id;
	t->unit_path = h->unit_path;
	t->own = parties != 0;
	t->object = h;
	return NULL;
}

/* Whose name it is does not become known to who is to put it right: only the permission counts. */
static const struct err *locate_protected(struct db_tx *tx, struct call *c, struct target *t)
{
	TRY(locate_hazard(tx, c, t));
	t->own = false;
	return NULL;
}

/* A photo has the rights of its hidden danger. */
static const struct err *may_see_photos(struct db_tx *tx, struct call *c, struct id object)
{
	struct hazard h;
	unsigned parties;
	TRY(hazard_get(tx, c->city, object, &h));
	TRY(hazard_parties(tx, c->city, &h, c->actor->person_id, &parties));
	if (parties || may(c->actor, &perm_hazard_read, h.unit_path))
		return NULL;
	return ERR(c->a, ERR_MISSING, NULL, "not within reach");
}

static const struct attachment_owner owners[] = {{"hazard", may_see_photos}, {0}};

static const struct err *fill_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	struct hazard h;
	TRY(hazard_get(tx, e->city, c->target.id, &h));
	return hazard_show(tx, c, &h);
}

static const struct err *hazard_one(struct call *c)
{
	return call_read(c, fill_one, c);
}

static const struct err *fill_events(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	(void)e;
	return hazard_put_events(tx, c, c->target.id, c->target.unit_path, doc_sublist(c->doc, "items"));
}

static const struct err *hazard_events(struct call *c)
{
	return call_read(c, fill_events, c);
}

/* A look at a protected name: the audit row is there before the name is shown, or there is no name (HAZ-10). */
static const struct err *fill_reporter(struct db_tx *tx, struct env *e, void *ctx)
{
	struct call *c = ctx;
	struct hazard_reporter r;
	struct person p = {0};
	TRY(hazard_reporter_get(tx, e->city, c->target.id, &r));
	if (r.person_id.v)
		TRY(account_person(tx, e->city, r.person_id, &p));
	doc_id(c->doc, "person_id", r.person_id);
	doc_str(c->doc, "name", p.name);
	doc_str(c->doc, "reported_for", r.reported_for);
	return NULL;
}

static const struct err *hazard_reporter_page(struct call *c)
{
	struct audit au = {.what = "look", .object = str_fmt(c->a, "hazard %lld", (long long)c->target.id.v), .detail = STR("reporter")};
	TRY(audit_write(&c->env, &au));
	return call_read(c, fill_reporter, c);
}

/* ---- acts -------------------------------------------------------------------------------- */

struct acting {
	struct call *c;
	struct hazard_photo *photos;
	struct outcome done;
};

static const struct err *write_act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct acting *w = ctx;
	w->done.object = w->c->target.id;
	return hazard_act(tx, e, w->c->target.id, call_arg(w->c, "act"), w->c->input, w->photos, w->c->req->n_files);
}

static const struct err *act_post(struct call *c)
{
	struct acting w = {.c = c};
	TRY(hazard_take_photos(c, &w.photos));
	const struct err *e = call_write(c, write_act, &w, &w.done);
	if (e && e->kind == ERR_DENIED) {
		struct audit au = {.what = "refused", .object = str_fmt(c->a, "hazard %lld", (long long)c->target.id.v),
				   .detail = call_arg(c, "act"), .addr = c->req->addr};
		TRY(audit_refusal(&c->env, &au));
	}
	TRY(e);
	if (c->face == FACE_JSON)
		TRY(call_read(c, fill_one, c));
	/* A transfer may have taken it out of reach. */
	bool is_gone = c->face == FACE_HTML && str_is(call_arg(c, "act"), "transfer");
	call_done(c, 200, is_gone ? STR("/hazards") : str_fmt(c->a, "/hazards/%lld", (long long)c->target.id.v));
	return NULL;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const struct doc_part next_parts[] = {DOC_NAME("text"), DOC_NAME("tone"), DOC_END};
static const struct doc_part done_doc[] = {DOC_NAME("id"), DOC_NAME("number"), DOC_NAME("receipt_code"), DOC_NAME("follow_href"),
					   DOC_ROWS("next_steps", next_parts), DOC_END};
#define TAKES_PHOTOS .body_max = (int64_t)PHOTOS * PHOTO_BYTES + 1024 * 1024, .file_max = PHOTO_BYTES, .files_max = PHOTOS
#define REPORT_ROW                                                                                                             \
	.perm = &PERM_PUBLIC, .input = hazard_report_shape, .input_size = sizeof(struct hazard_report), .fn = report_post,     \
	.view = "hazard/report_done", .doc = done_doc, .form = report_form, .form_view = "hazard/report",                      \
	.form_doc = hazard_report_parts, .flags = ROUTE_KEYED | ROUTE_NO_TOKEN, TAKES_PHOTOS

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/report", .perm = &PERM_PUBLIC, .input = report_query_shape, .input_size = sizeof(struct report_query),
	 .fn = report_get, .view = "hazard/report", .doc = hazard_report_parts, .summary = "Report page"},
	{.method = WEB_POST, .path = "/report", REPORT_ROW, .summary = "Report a hidden danger from the page"},
	{.method = WEB_GET, .path = "/r/{code}", .perm = &PERM_PUBLIC, .fn = report_get, .view = "hazard/report",
	 .doc = hazard_report_parts, .summary = "Report page of a posted QR code"},
	{.method = WEB_GET, .path = "/hazards", .perm = &PERM_LOGIN, .input = hazard_query_shape, .input_size = sizeof(struct hazard_query),
	 .fn = hazards_get, .view = "hazard/list", .doc = hazard_list_page, .rows = hazard_shape,
	 .faces = FACES_LIST, .flags = ROUTE_LIMITED, .summary = "Ledger of hidden dangers within reach, or one's own"},
	{.method = WEB_POST, .path = "/hazards", REPORT_ROW, .summary = "Report a hidden danger"},
	{.method = WEB_GET, .path = "/hazards/{id}", .perm = &perm_hazard_read, .locate = locate_hazard, .fn = hazard_one,
	 .view = "hazard/show", .doc = hazard_one_parts, .summary = "One, with photos and what this user may do now"},
	{.method = WEB_GET, .path = "/hazards/{id}/events", .perm = &perm_hazard_read, .locate = locate_hazard, .fn = hazard_events,
	 .faces = FACE_JSON, .summary = "Everything that happened to one, oldest first"},
	{.method = WEB_GET, .path = "/hazards/{id}/reporter", .perm = &perm_hazard_see_reporter, .locate = locate_protected,
	 .fn = hazard_reporter_page, .faces = FACE_JSON, .flags = ROUTE_SELF_AUDIT, .summary = "The protected name; each look is logged"},
	{.method = WEB_POST, .path = "/hazards/{id}/{act}", .perm = &PERM_BY_STEP, .see = &perm_hazard_read, .locate = locate_hazard,
	 .input = hazard_input_shape, .input_size = sizeof(struct hazard_input), .fn = act_post, .form = hazard_one,
	 .form_view = "hazard/show", .form_doc = hazard_one_parts, .flags = ROUTE_KEYED, TAKES_PHOTOS,
	 .summary = "An act of the lifecycle: one of `actions`"},
	{.method = WEB_GET, .path = "/receipts", .perm = &PERM_PUBLIC, .input = hazard_receipt_query,
	 .input_size = sizeof(struct receipt_query), .fn = hazard_receipt_find, .view = "hazard/receipt_find", .doc = hazard_receipt_find_parts,
	 .faces = FACE_HTML, .summary = "Where a receipt code is typed in"},
	{.method = WEB_GET, .path = "/receipts/{code}", .perm = &PERM_PUBLIC, .fn = hazard_receipt_get, .view = "hazard/receipt",
	 .doc = hazard_receipt_parts, .summary = "A reporter follows a report by its code"},
	{.method = WEB_POST, .path = "/receipts/{code}/{act}", .perm = &PERM_PUBLIC, .input = hazard_input_shape,
	 .input_size = sizeof(struct hazard_input), .fn = hazard_receipt_post, .form = hazard_receipt_get, .form_view = "hazard/receipt",
	 .form_doc = hazard_receipt_parts, .flags = ROUTE_KEYED | ROUTE_NO_TOKEN, TAKES_PHOTOS,
	 .summary = "Appeal or objection of who has the receipt"},
	{0},
};

static const struct menu_entry menu[] = {
	{"hazard_list_title", "/hazards", "clipboard-list", &PERM_LOGIN, 10},
	{"hazard_report_title", "/report", "camera", &PERM_LOGIN, 20},
	{0},
};

static const struct shape_of_table tables[] = {{0}};
static const char *const needs[] = {"account", "org", "campaign", "assignment", "notice", NULL};

/* Words follow within seconds; the page says so. An alarm is as late as the clock's rhythm at most. */
static const struct job_kind jobs[] = {
	{.name = "hazard.words", .run = hazard_words_job, .every_ms = 3000},
	{.name = "hazard.clock", .run = hazard_clock_job, .every_ms = 10000},
	{0},
};

static const struct err *rebuild(struct env *e)
{
	TRY(hazard_words_rebuild(e));
	return hazard_clock_rebuild(e);
}

const struct feature feature_hazard = {
	.name = "hazard",
	.needs = needs,
	.routes = routes,
	.perms = hazard_perms,
	.stmts = hazard_sql_all,
	.lists = hazard_lists_all,
	.moved = hazard_moved_all,
	.moved_row = hazard_moved_row,
	.goes_along = hazard_goes_along,
	.recount_since = hazard_recount_since,
	.resources = hazard_resources,
	.menu = menu,
	.panels = hazard_panels,
	.jobs = jobs,
	.settings = hazard_settings,
	.owners = owners,
	.tables = tables,
	.rebuild = rebuild,
	.measures = hazard_measures,
	.recount = hazard_recount,
	.open_items = hazard_open_items,
	.hand_over = hazard_hand_over,
	.notices = hazard_notices,
	.standing = hazard_standing,
};
