#include "campaign_model.h"

#include "campaign_res.h"
#include "campaign_sql.h"
#include "day.h"
#include "feature.h"
#include "parts.h"

const struct perm campaign_read = {"campaign.read", R_EMPLOYER_SIDE | R_CADRES};
const struct perm campaign_write = {"campaign.write", R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION)};
static const struct perm *const perms[] = {&campaign_read, &campaign_write, NULL};

struct campaigns_page {
	struct call *c;
	struct campaign *rows;
	size_t n;
	struct id running;
	struct campaign_whole whole;
	struct workday_import import;
	struct outcome out;
};

/* What people's heads and words are asked for with. */
struct campaigns_query {
	struct str header;
};
static const struct shape campaigns_query_shape[] = {SHAPE(struct campaigns_query, header, 8), SHAPE_END};

/* ---- the list ------------------------------------------------------------------- */

static const struct err *read_all(struct db_tx *tx, struct env *e, void *ctx)
{
	struct campaigns_page *p = ctx;
	struct campaign now = {0};
	TRY(campaign_list(tx, e->city, &p->rows, &p->n));
	const struct err *none = campaign_on(tx, e->city, instant_day(e->now), &now);
	if (none && none->kind != ERR_MISSING)
		return none;
	p->running = now.id;
	return NULL;
}

/* A city has a campaign a year: they are one page. */
static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	const struct campaigns_page *p = ctx;
	(void)e;
	*rows = p->rows;
	*n = p->n;
	*more = false;
	return NULL;
}

static const struct err *get_campaigns(struct call *c)
{
	struct campaigns_page p = {.c = c};
	TRY(call_read(c, read_all, &p));
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = campaign_shape, .row_size = sizeof(p.rows[0]), .page = table_page, .ctx = &p,
						     .file_name = "campaigns", .title = "campaign_list_title"});
	struct doc_style style = call_style(c, STR(""));
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < p.n; i++) {
		json_t *j = doc_append(items);
		doc_put(j, campaign_shape, &p.rows[i], &style);
		doc_bool(j, "is_running", p.rows[i].id.v == p.running.v);
	}
	doc_set(c->doc, "next", json_null());
	doc_i64(c->doc, "total", (int64_t)p.n);
	doc_bool(c->page, "has_items", p.n > 0);
	call_files(c);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "campaign_list_title"));
	return NULL;
}

/* ---- one ------------------------------------------------------------------------- */

static const struct err *read_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct campaigns_page *p = ctx;
	struct id id;
	TRY(call_arg_id(p->c, "id", &id));
	return campaign_whole(tx, e->city, id, &p->whole);
}

static void put_many(struct call *c, const char *name, const struct shape *shape, const void *rows, size_t n, size_t size)
{
	struct doc_style style = call_style(c, STR(""));
	json_t *list = doc_sublist(c->doc, name);
	for (size_t i = 0; i < n; i++)
		doc_put(doc_append(list), shape, (const char *)rows + i * size, &style);
}

static struct str worded(struct call *c, const char *list, struct str word)
{
	struct codes codes = {list, NULL};
	return call_label(c, &codes, str_z(c->a, word));
}

/* The words of the tables in the page's language: the document's own rows with labels beside. */
static void put_labels(struct call *c, const struct campaign_whole *w)
{
	json_t *cutoffs = doc_sublist(c->page, "cutoffs"), *limits = doc_sublist(c->page, "limits");
	for (size_t i = 0; i < w->n_cutoffs; i++) {
		json_t *j = doc_append(cutoffs);
		doc_str(j, "level_label", worded(c, "campaign_level", w->cutoffs[i].level));
		doc_i64(j, "cutoff_day", w->cutoffs[i].cutoff_day);
		doc_str(j, "cutoff_time", w->cutoffs[i].cutoff_time);
		doc_i64(j, "due_day", w->cutoffs[i].due_day);
	}
	for (size_t i = 0; i < w->n_clocks; i++) {
		json_t *j = doc_append(limits);
		doc_str(j, "class_label", worded(c, "campaign_class", w->clocks[i].class_));
		doc_str(j, "what_label", worded(c, "campaign_what", w->clocks[i].what));
		doc_i64(j, "amount", w->clocks[i].amount);
		doc_str(j, "unit_label", worded(c, "campaign_unit", w->clocks[i].unit));
	}
}

static const struct err *get_campaign(struct call *c)
{
	struct campaigns_page p = {.c = c};
	TRY(call_read(c, read_one, &p));
	struct doc_style style = call_style(c, STR(""));
	const struct campaign_whole *w = &p.whole;
	doc_put(c->doc, campaign_shape, &w->campaign, &style);
	put_many(c, "windows", campaign_window_shape, w->windows, w->n_windows, sizeof(w->windows[0]));
	put_many(c, "periods", campaign_period_shape, w->periods, w->n_periods, sizeof(w->periods[0]));
	put_many(c, "cutoffs", campaign_cutoff_shape, w->cutoffs, w->n_cutoffs, sizeof(w->cutoffs[0]));
	put_many(c, "limits", campaign_clock_shape, w->clocks, w->n_clocks, sizeof(w->clocks[0]));
	if (c->face == FACE_HTML)
		put_labels(c, w);
	doc_str(doc_sub(c->page, "page"), "title", w->campaign.name);
	return NULL;
}

/* ---- the working-day table ---------------------------------------------------------- */

struct workdays_input {
	struct str rows; /* the table's text */
};
static const struct shape workdays_input_shape[] = {
	SHAPE_IN(struct workdays_input, rows, 60000, SHAPE_REQUIRED | SHAPE_LONG),
	SHAPE_END,
};

static const struct err *write_workdays(struct db_tx *tx, struct env *e, void *ctx)
{
	struct campaigns_page *p = ctx;
	const struct workdays_input *in = p->c->input;
	p->out.object = ID(e->city);
	return campaign_workday_import(tx, e, in->rows, &p->import);
}

static const struct err *post_workdays(struct call *c)
{
	struct campaigns_page p = {.c = c};
	TRY(call_write(c, write_workdays, &p, &p.out));
	if (!p.out.replayed) {
		doc_i64(c->doc, "rows", p.import.rows);
		doc_i64(c->doc, "years", p.import.years);
	}
	call_done(c, 200, STR("/campaigns"));
	return NULL;
}

/* ---- tables --------------------------------------------------------------------------- */

#define VALUE(name) {name, DOC_VALUE, NULL, NULL}
#define END {NULL, 0, NULL, NULL}

static const struct doc_part item_members[] = {VALUE("is_running"), END};
static const struct doc_part campaign_list_parts[] = {VALUE("has_items"), VALUE("next"), VALUE("total"), VALUE("csv_href"), VALUE("xlsx_href"), VALUE("text_href"),
					     {"items", DOC_MANY, campaign_shape, item_members}, END};
static const struct doc_part cutoff_members[] = {VALUE("level_label"), END};
static const struct doc_part clock_members[] = {VALUE("class_label"), VALUE("what_label"), VALUE("unit_label"), END};
static const struct doc_part show_parts[] = {
	{"", DOC_ONE, campaign_shape, NULL},
	{"windows", DOC_MANY, campaign_window_shape, NULL},
	{"periods", DOC_MANY, campaign_period_shape, NULL},
	{"cutoffs", DOC_MANY, campaign_cutoff_shape, cutoff_members},
	{"limits", DOC_MANY, campaign_clock_shape, clock_members},
	END,
};

static const struct route routes[] = {
	{.method = WEB_GET, .path = "/campaigns", .perm = &campaign_read, .input = campaigns_query_shape,
	 .input_size = sizeof(struct campaigns_query), .fn = get_campaigns, .view = "campaign/list", .doc = campaign_list_parts, .faces = FACES_LIST,
	 .rows = campaign_shape, .summary = "Campaigns of the city, the latest begun first"},
	{.method = WEB_GET, .path = "/campaigns/{id}", .perm = &campaign_read, .input = shape_none, .fn = get_campaign,
	 .view = "campaign/show", .doc = show_parts, .summary = "One campaign: windows, cut-offs, limits"},
	{.method = WEB_POST, .path = "/campaigns/workdays", .perm = &campaign_write, .input = workdays_input_shape,
	 .input_size = sizeof(struct workdays_input), .fn = post_workdays, .body_max = 256 * 1024, .flags = ROUTE_KEYED,
	 .summary = "Replace the city's working-day calendar of the years in a tab-separated table"},
	{0},
};

static const struct menu_entry menu[] = {{"campaign_list_title", "/campaigns", "calendar", &campaign_read, 70}, {0}};
static const struct shape_of_table tables[] = {{"campaign", campaign_row},
					       {"campaign_window", campaign_window_shape},
					       {"campaign_period", campaign_period_shape},
					       {"campaign_cutoff", campaign_cutoff_shape},
					       {"campaign_limit", campaign_clock_shape},
					       {"workday_exception", workday_row_shape},
					       {0}};

const struct feature feature_campaign = {
	.name = "campaign",
	.routes = routes,
	.perms = perms,
	.stmts = campaign_sql_all,
	.lists = campaign_lists_all,
	.resources = campaign_resources,
	.menu = menu,
	.tables = tables,
	.init_city = campaign_init_city,
	.open_from = campaign_open_from,
};
