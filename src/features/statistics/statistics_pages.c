/* Pages of the figures: one unit in one period, and the rows behind a number. */
#include "statistics_model.h"

#include "day.h"
#include "hazard.h"
#include "parts.h"

#include <string.h>

#define T struct statistics_input
const struct shape statistics_input_shape[] = {
	SHAPE(T, campaign, 40), SHAPE(T, after, 400), SHAPE(T, limit, LIST_MAX), SHAPE(T, header, 8), SHAPE_END};
const struct shape statistics_rows_input_shape[] = {
	SHAPE(T, campaign, 40), SHAPE(T, running, 0), SHAPE(T, after, 400), SHAPE(T, limit, LIST_MAX), SHAPE(T, header, 8), SHAPE_END};
#undef T

struct page {
	struct call *c;
	const struct statistics_input *in;
	struct statistics_query q;
	struct str period;
	struct statistics_figures figures;
	struct statistics_parts parts;
	struct statistics_period *periods;
	struct campaign *campaigns;
	size_t n_periods, n_campaigns;
	struct unit *parents;
	size_t n_parents;
	int64_t limit;
	/* rows */
	const char *figure;
	struct statistics_rows want;
	struct statistics_row *rows;
	size_t n_rows;
	/* CSV of the parts */
	bool head_sent, is_last;
};

/* ---- finding --------------------------------------------------------------------------- */

const struct err *statistics_locate(struct db_tx *tx, struct call *c, struct target *t)
{
	struct unit *u = ARENA_NEW(c->a, struct unit);
	TRY(org_unit_named(tx, c->city, call_arg(c, "unit"), u));
	t->id = t->unit_id = u->id;
	t->unit_path = u->path;
	t->object = u;
	return NULL;
}

static struct page *page_of(struct call *c)
{
	struct page *p = ARENA_NEW(c->a, struct page);
	*p = (struct page){.c = c, .in = c->input, .period = call_arg(c, "period")};
	p->limit = p->in->limit > 0 ? p->in->limit : LIST_DEFAULT;
	return p;
}

/* Where the reader's own figures are: the widest duty's unit and today's period. */
static const struct err *find_own(struct db_tx *tx, struct page *p, struct str *unit)
{
	struct unit own;
	struct campaign k;
	struct day today = instant_day(p->c->env.now);
	TRY(org_scope(tx, p->c, &statistics_read_perm, STR_NONE, &own));
	TRY(campaign_on(tx, p->c->city, today, &k));
	TRY(statistics_period_now(tx, p->c->city, &k, today, &p->period));
	*unit = str_fmt(p->c->a, "%lld", (long long)own.id.v);
	return NULL;
}

static const struct err *find_query(struct db_tx *tx, struct page *p)
{
	struct call *c = p->c;
	struct str unit = call_arg(c, "unit");
	if (!unit.n)
		TRY(find_own(tx, p, &unit));
	TRY(statistics_find(tx, c->city, unit, p->period, p->in->campaign, instant_day(c->env.now), &p->q));
	c->target.unit_path = str_dup(c->a, p->q.unit.path);
	return NULL;
}

/* A cursor's two halves: what the order goes by, and the id. */
static const struct err *read_after(struct page *p, struct str *key, struct id *id)
{
	struct str raw = STR("");
	*key = STR("");
	*id = ID(0);
	if (!p->in->after.n)
		return NULL;
	if (!str_unb64url(p->c->a, p->in->after, &raw) || !str_is_utf8(raw) || !str_i64(str_cut(&raw, ':'), 1, INT64_MAX, &id->v))
		return err_on_field(p->c->a, "after", "bad_cursor", "not a cursor of this list");
	*key = raw;
	return NULL;
}

static void put_next(struct call *c, struct str key, struct id id)
{
	doc_set(c->doc, "next", json_null());
	doc_z(c->page, "next_href", "");
	if (id.v) {
		struct str raw = str_fmt(c->a, "%lld:%.*s", (long long)id.v, STR_ARG(key));
		struct str next = str_b64url(c->a, raw.p, raw.n);
		doc_str(c->doc, "next", next);
		doc_str(c->page, "next_href", call_href_with(c, "after", next));
	}
	bool is_first = pairs_get(&c->req->query, "after").n == 0;
	doc_bool(c->page, "has_pages", !is_first || id.v);
	doc_str(c->page, "first_href", is_first ? STR("") : call_href_with(c, "after", STR("")));
}

/* ---- words ------------------------------------------------------------------------------ */

static struct str with_campaign(struct page *p, struct str path)
{
	if (!p->in->campaign.n)
		return path;
	return str_fmt(p->c->a, "%.*s?campaign=%.*s", STR_ARG(path), STR_ARG(p->q.campaign.code));
}

static struct str href_of(struct page *p, struct id unit, struct str period)
{
	return with_campaign(p, str_fmt(p->c->a, "/statistics/%lld/%.*s", (long long)unit.v, STR_ARG(period)));
}

/* The catalogue's text with a word put in for its mark. */
static struct str put_in(struct call *c, struct str text, const char *mark, struct str word)
{
	struct str m = str_of(mark);
	for (size_t i = 0; i < text.n; i++)
		if (str_has_prefix(str_sub(text, i, SIZE_MAX), m))
			return str_fmt(c->a, "%.*s%.*s%.*s", STR_ARG(str_sub(text, 0, i)), STR_ARG(word),
				       STR_ARG(str_sub(text, i + m.n, SIZE_MAX)));
	return text;
}

/* r1, intensive, 2016, 2016-Q1 and 2016-03 as people say them. */
static struct str period_label(struct call *c, struct str code)
{
	struct str rest = code, year = str_cut(&rest, '-');
	if (code.p[0] == 'r')
		return put_in(c, call_text(c, "statistics_return"), "{{n}}", str_sub(code, 1, SIZE_MAX));
	if (code.p[0] == 'i')
		return call_text(c, "statistics_intensive");
	bool is_quarter = rest.n && rest.p[0] == 'Q';
	const char *key = !rest.n ? "statistics_year" : is_quarter ? "statistics_quarter" : "statistics_month";
	return put_in(c, put_in(c, call_text(c, key), "{{year}}", year), "{{n}}", is_quarter ? str_sub(rest, 1, 1) : rest);
}

static void put_period(struct page *p, json_t *j, const struct statistics_period *period)
{
	doc_str(j, "code", period->code);
	doc_day(j, "from", period->from);
	doc_day(j, "to", period->to);
	if (p->c->face == FACE_HTML)
		doc_str(j, "label", period_label(p->c, period->code));
}

static void put_head(struct page *p)
{
	struct call *c = p->c;
	const struct statistics_query *q = &p->q;
	json_t *u = doc_sub(c->doc, "unit"), *k = doc_sub(c->doc, "campaign");
	doc_id(u, "id", q->unit.id);
	doc_str(u, "code", q->unit.code);
	doc_str(u, "name", q->unit.name);
	doc_z(u, "kind", codes_word(&unit_kinds, q->unit.kind));
	put_period(p, doc_sub(c->doc, "period"), &q->period);
	doc_str(k, "code", q->campaign.code);
	doc_str(k, "name", q->campaign.name);
	doc_bool(k, "violations_counted", q->campaign.violations_counted);
	doc_str(c->page, "unit_name", q->unit.name);
	doc_str(c->page, "unit_href", href_of(p, q->unit.id, q->period.code));
	doc_str(c->page, "period_label", period_label(c, q->period.code));
	doc_str(c->page, "running_from", day_text(c->a, q->running.from));
}

static struct str definition(struct page *p, const char *code, struct str words)
{
	bool takes = strcmp(code, "f10") == 0 || strcmp(code, "f12") == 0;
	if (!takes || !p->q.campaign.violations_counted)
		return words;
	return str_fmt(p->c->a, "%.*s%.*s", STR_ARG(words), STR_ARG(call_text(p->c, "statistics_with_violations")));
}

static void put_words(struct page *p, json_t *j, const char *code)
{
	struct campaign_figure f;
	doc_z(j, "code", code);
	if (!campaign_figure(code, str_has_prefix(p->c->lang, STR("en")), &f))
		return;
	doc_str(j, "name", f.name);
	doc_str(j, "unit", f.unit);
	doc_str(j, "definition", definition(p, code, f.definition));
}

/* ---- one unit --------------------------------------------------------------------------- */

static void put_figures(struct page *p)
{
	struct call *c = p->c;
	json_t *list = doc_sublist(c->doc, "figures");
	for (size_t i = 0; i < FIGURES; i++) {
		const struct statistics_figure *f = &p->figures.v[i];
		json_t *j = doc_append(list);
		struct str rows = str_fmt(c->a, "/statistics/%lld/%.*s/%s/rows", (long long)p->q.unit.id.v, STR_ARG(p->q.period.code), f->code);
		put_words(p, j, f->code);
		doc_bool(j, "collected", f->is_collected);
		doc_set(j, "period", json_null());
		doc_set(j, "running", json_null());
		doc_set(j, "declared", json_null());
		if (!f->is_collected)
			continue;
		doc_i64(j, "period", f->period);
		doc_i64(j, "running", f->running);
		if (c->face != FACE_HTML)
			continue;
		struct str of = p->in->campaign.n ? str_fmt(c->a, "&campaign=%.*s", STR_ARG(p->q.campaign.code)) : STR("");
		doc_str(j, "rows_href", with_campaign(p, rows));
		doc_str(j, "running_href", str_fmt(c->a, "%.*s?running=1%.*s", STR_ARG(rows), STR_ARG(of)));
	}
}

static void put_part(struct page *p, json_t *j, const struct statistics_part *part)
{
	struct doc_style style = call_style(p->c, p->q.unit.path);
	doc_put(j, statistics_part_shape, part, &style);
	if (p->c->face != FACE_HTML)
		return;
	bool may_open = part->unit_id.v && may(p->c->actor, &statistics_read_perm, part->path);
	doc_str(j, "href", may_open ? href_of(p, part->unit_id, p->q.period.code) : STR(""));
	doc_str(j, "note", part->is_former ? call_text(p->c, "statistics_former") : STR(""));
}

static struct statistics_part own_part(struct page *p)
{
	struct statistics_part own = p->parts.own;
	own.name = call_text(p->c, "statistics_own");
	own.kind = p->q.unit.kind;
	return own;
}

static void put_parts(struct page *p)
{
	struct call *c = p->c;
	json_t *items = doc_sublist(c->doc, "items"), *former = doc_sublist(c->doc, "former");
	struct statistics_part own = own_part(p);
	for (size_t i = 0; i < p->parts.n; i++)
		put_part(p, doc_append(items), &p->parts.v[i]);
	for (size_t i = 0; i < p->parts.n_former; i++)
		put_part(p, doc_append(former), &p->parts.former[i]);
	put_part(p, doc_sub(c->doc, "own"), &own);
	put_next(c, p->parts.next_key, p->parts.next_id);
	doc_bool(c->page, "has_items", p->parts.n + p->parts.n_former > 0);
}

static bool is_group(struct str code, int group)
{
	bool is_return = code.p[0] == 'r' || code.p[0] == 'i';
	bool is_quarter = code.n == 7 && code.p[5] == 'Q', is_month = code.n == 7 && !is_quarter;
	return group == 0 ? is_return : group == 1 ? code.n == 4 : group == 2 ? is_quarter : is_month;
}

/* Reporting periods, years, quarters, months: a row each. */
static void put_chooser(struct page *p)
{
	struct call *c = p->c;
	json_t *groups = doc_sublist(c->page, "groups");
	for (int g = 0; g < 4; g++) {
		json_t *j = doc_append(groups), *list;
		doc_str(j, "label", call_text(c, str_fmt(c->a, "statistics_group_%d", g).p));
		list = doc_sublist(j, "periods");
		for (size_t i = 0; i < p->n_periods; i++) {
			if (!is_group(p->periods[i].code, g))
				continue;
			json_t *o = doc_append(list);
			doc_str(o, "href", href_of(p, p->q.unit.id, p->periods[i].code));
			doc_str(o, "label", period_label(c, p->periods[i].code));
			doc_bool(o, "current", str_eq(p->periods[i].code, p->q.period.code));
		}
	}
	json_t *campaigns = doc_sublist(c->page, "campaigns");
	for (size_t i = 0; i < p->n_campaigns; i++) {
		const struct campaign *k = &p->campaigns[i];
		if (k->id.v == p->q.campaign.id.v)
			continue;
		json_t *o = doc_append(campaigns);
		doc_str(o, "label", k->name);
		doc_str(o, "href", str_fmt(c->a, "/statistics/%lld/%lld?campaign=%.*s", (long long)p->q.unit.id.v, (long long)k->year,
					   STR_ARG(k->code)));
	}
	doc_bool(c->page, "has_campaigns", p->n_campaigns > 1);
}

static void put_crumbs(struct page *p)
{
	json_t *list = doc_sublist(p->c->page, "parents");
	for (size_t i = 0; i < p->n_parents; i++) {
		if (!may(p->c->actor, &statistics_read_perm, p->parents[i].path))
			continue;
		json_t *j = doc_append(list);
		doc_str(j, "name", p->parents[i].name);
		doc_str(j, "href", href_of(p, p->parents[i].id, p->q.period.code));
	}
}

/* The period is in the address of the file, also where the page's own leaves it to the day. */
static void put_files(struct page *p, struct str path, bool running)
{
	static const char *const faces[] = {"csv", "xlsx"};
	struct arena *a = p->c->a;
	struct str of = p->in->campaign.n ? str_fmt(a, "&campaign=%.*s", STR_ARG(p->q.campaign.code)) : STR("");
	for (size_t i = 0; i < sizeof(faces) / sizeof(faces[0]); i++)
		doc_str(p->c->page, str_fmt(a, "%s_href", faces[i]).p,
			str_fmt(a, "%.*s.%s?header=zh%s%.*s", STR_ARG(path), faces[i], running ? "&running=1" : "", STR_ARG(of)));
}

static const struct err *fill_show(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct call *c = p->c;
	struct str key;
	struct id id;
	(void)e;
	TRY(find_query(tx, p));
	TRY(read_after(p, &key, &id));
	TRY(statistics_read(tx, c->city, &p->q, &p->figures));
	TRY(statistics_below(tx, c->city, &p->q, key, id, p->limit, &p->parts));
	TRY(org_parents(tx, c->city, &p->q.unit, &p->parents, &p->n_parents));
	TRY(statistics_periods(tx, c->city, &p->q.campaign, &p->periods, &p->n_periods));
	TRY(campaign_list(tx, c->city, &p->campaigns, &p->n_campaigns));
	put_head(p);
	put_figures(p);
	put_parts(p);
	doc_bool(c->doc, "complete", p->figures.is_complete);
	if (c->face != FACE_HTML)
		return NULL;
	put_chooser(p);
	put_crumbs(p);
	struct str here = str_fmt(c->a, "/statistics/%lld/%.*s", (long long)p->q.unit.id.v, STR_ARG(p->q.period.code));
	put_files(p, here, false);
	doc_str(doc_sub(c->page, "page"), "title",
		str_fmt(c->a, "%.*s · %.*s", STR_ARG(call_text(c, "statistics_title")), STR_ARG(p->q.unit.name)));
	return NULL;
}

/* ---- the parts as a file: the unit, what is below it, what has moved away, its own ---------------- */

static const struct err *read_csv_parts(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct str key = p->parts.next_key;
	struct id id = p->parts.next_id;
	p->c->env.now = e->now;
	TRY(find_query(tx, p));
	TRY(statistics_read(tx, e->city, &p->q, &p->figures));
	return statistics_below(tx, e->city, &p->q, key, id, LIST_MAX, &p->parts);
}

static struct statistics_part whole_part(const struct page *p)
{
	const struct statistics_figure *v = p->figures.v;
	return (struct statistics_part){.unit_id = p->q.unit.id, .name = p->q.unit.name, .kind = p->q.unit.kind, .f10 = v[9].period,
					.f10_running = v[9].running, .f12 = v[11].period, .f12_running = v[11].running};
}

static const struct err *csv_parts(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct page *p = ctx;
	size_t at = 0;
	TRY(env_read(e, read_csv_parts, p));
	struct statistics_part *v = ARENA_ARRAY(e->a, struct statistics_part, p->parts.n + p->parts.n_former + 2);
	if (!p->head_sent)
		v[at++] = whole_part(p);
	p->head_sent = true;
	for (size_t i = 0; i < p->parts.n; i++)
		v[at++] = p->parts.v[i];
	*more = p->parts.next_id.v != 0;
	for (size_t i = 0; !*more && i < p->parts.n_former; i++)
		v[at++] = p->parts.former[i];
	if (!*more)
		v[at++] = own_part(p);
	/* The cursor outlives the page's memory. */
	p->parts.next_key = str_dup(p->c->a, p->parts.next_key);
	*rows = v;
	*n = at;
	return NULL;
}

const struct err *statistics_get(struct call *c)
{
	struct page *p = page_of(c);
	if (!call_wants_table(c))
		return call_read(c, fill_show, p);
	p->parts.next_key = STR("");
	return call_table(c, &(struct table){.columns = statistics_part_shape, .row_size = sizeof(struct statistics_part), .page = csv_parts, .ctx = p,
					     .file_name = "figures", .title = "statistics_title"});
}

/* ---- the rows behind a number -------------------------------------------------------------------- */

static const struct err *find_figure(struct page *p)
{
	struct call *c = p->c;
	struct str word = call_arg(c, "figure");
	for (size_t i = 0; i < FIGURES; i++)
		if (str_is(word, statistics_codes[i]))
			p->figure = statistics_codes[i];
	if (!p->figure)
		return ERR(c->a, ERR_MISSING, NULL, "no figure %.*s", STR_ARG(word));
	if (!statistics_measures(p->figure, &p->q.campaign, p->want.measures))
		return ERR(c->a, ERR_MISSING, "not_collected", "%s is not collected yet", p->figure);
	const struct statistics_period *span = p->in->running ? &p->q.running : &p->q.period;
	p->want.from = span->from;
	p->want.to = span->to;
	return NULL;
}

static struct str why(struct call *c, const char *figure, const struct statistics_row *r)
{
	return call_text(c, str_fmt(c->a, "statistics_why_%s_%s", figure, r->n < 0 ? "off" : "on").p);
}

static void put_rows(struct page *p)
{
	struct call *c = p->c;
	struct doc_style style = call_style(c, p->q.unit.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < p->n_rows; i++) {
		json_t *j = doc_append(items);
		doc_put(j, statistics_row_shape, &p->rows[i], &style);
		if (c->face != FACE_HTML)
			continue;
		doc_str(j, "href", p->rows[i].hazard_id.v ? str_fmt(c->a, "/hazards/%lld", (long long)p->rows[i].hazard_id.v) : STR(""));
		doc_str(j, "why", why(c, p->figure, &p->rows[i]));
		doc_bool(j, "is_off", p->rows[i].n < 0);
	}
	doc_bool(c->page, "has_items", p->n_rows > 0);
}

static const struct err *read_rows(struct db_tx *tx, struct page *p)
{
	struct call *c = p->c;
	struct str day;
	TRY(find_query(tx, p));
	TRY(find_figure(p));
	TRY(read_after(p, &day, &p->want.before_id));
	if (p->want.before_id.v && !day_parse(day, &p->want.before_day))
		return err_on_field(c->a, "after", "bad_cursor", "not a cursor of this list");
	p->want.limit = (size_t)p->limit + 1;
	return statistics_rows(tx, c->city, c->actor, &p->q.unit, &p->want, &p->rows, &p->n_rows);
}

static const struct err *fill_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	struct call *c = p->c;
	(void)e;
	TRY(read_rows(tx, p));
	TRY(statistics_read(tx, c->city, &p->q, &p->figures));
	bool more = p->n_rows > (size_t)p->limit;
	p->n_rows = more ? (size_t)p->limit : p->n_rows;
	put_head(p);
	put_rows(p);
	const struct statistics_row *last = more ? &p->rows[p->n_rows - 1] : NULL;
	put_next(c, last ? day_text(c->a, last->day) : STR(""), last ? last->id : ID(0));
	json_t *f = doc_sub(c->doc, "figure");
	put_words(p, f, p->figure);
	for (size_t i = 0; i < FIGURES; i++)
		if (p->figure == statistics_codes[i])
			doc_i64(f, "value", p->in->running ? p->figures.v[i].running : p->figures.v[i].period);
	doc_bool(c->doc, "running", p->in->running);
	doc_bool(c->doc, "complete", p->figures.is_complete);
	doc_day(c->doc, "from", p->want.from);
	doc_day(c->doc, "to", p->want.to);
	struct str here = str_fmt(c->a, "/statistics/%lld/%.*s/%s/rows", (long long)p->q.unit.id.v, STR_ARG(p->q.period.code), p->figure);
	put_files(p, here, p->in->running);
	doc_str(doc_sub(c->page, "page"), "title", str_fmt(c->a, "%s · %.*s", p->figure, STR_ARG(p->q.unit.name)));
	return NULL;
}

static const struct err *read_csv_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	(void)e;
	p->want.limit = LIST_MAX;
	return statistics_rows(tx, p->c->city, p->c->actor, &p->q.unit, &p->want, &p->rows, &p->n_rows);
}

static const struct err *csv_rows(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct page *p = ctx;
	TRY(env_read(e, read_csv_rows, p));
	*rows = p->rows;
	*n = p->n_rows;
	*more = p->n_rows == LIST_MAX;
	if (p->n_rows) {
		p->want.before_day = p->rows[p->n_rows - 1].day;
		p->want.before_id = p->rows[p->n_rows - 1].id;
	}
	return NULL;
}

static const struct err *open_csv_rows(struct db_tx *tx, struct env *e, void *ctx)
{
	(void)e;
	return read_rows(tx, ctx);
}

const struct err *statistics_rows_get(struct call *c)
{
	struct page *p = page_of(c);
	if (!call_wants_table(c))
		return call_read(c, fill_rows, p);
	TRY(call_read(c, open_csv_rows, p));
	return call_table(c, &(struct table){.columns = statistics_row_shape, .row_size = sizeof(struct statistics_row), .page = csv_rows, .ctx = p,
					     .file_name = "figure-rows", .title = "statistics_title"});
}

/* ---- names for the views ---------------------------------------------------------------------------- */

static const struct doc_part unit_parts[] = {DOC_NAME("id"), DOC_NAME("code"), DOC_NAME("name"), DOC_NAME("kind"), DOC_END};
static const struct doc_part period_parts[] = {DOC_NAME("code"), DOC_NAME("from"), DOC_NAME("to"), DOC_NAME("label"), DOC_END};
static const struct doc_part campaign_parts[] = {DOC_NAME("code"), DOC_NAME("name"), DOC_NAME("violations_counted"), DOC_END};
static const struct doc_part words_parts[] = {
	DOC_NAME("code"), DOC_NAME("name"), DOC_NAME("unit"), DOC_NAME("definition"), DOC_NAME("collected"), DOC_NAME("period"),
	DOC_NAME("running"), DOC_NAME("declared"), DOC_NAME("rows_href"), DOC_NAME("running_href"), DOC_NAME("value"), DOC_END};
static const struct doc_part link_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_NAME("current"), DOC_NAME("name"), DOC_END};
static const struct doc_part group_parts[] = {DOC_NAME("label"), DOC_ROWS("periods", link_parts), DOC_END};
static const struct doc_part part_parts[] = {DOC_NAME("href"), DOC_NAME("note"), DOC_END};
static const struct doc_part row_parts[] = {DOC_NAME("href"), DOC_NAME("why"), DOC_NAME("is_off"), DOC_END};

#define HEAD                                                                                                                  \
	DOC_OBJECT("unit", unit_parts), DOC_OBJECT("period", period_parts), DOC_OBJECT("campaign", campaign_parts),            \
		DOC_NAME("unit_name"), DOC_NAME("unit_href"), DOC_NAME("period_label"), DOC_NAME("running_from"),              \
		DOC_NAME("complete"), DOC_NAME("next"), DOC_NAME("next_href"), DOC_NAME("first_href"), DOC_NAME("has_pages"),  \
		DOC_NAME("has_items"), DOC_NAME("csv_href"), DOC_NAME("xlsx_href"), DOC_NAME("text_href")
const struct doc_part statistics_show_doc[] = {
	HEAD, DOC_ROWS("figures", words_parts), DOC_ROWS_OF("items", statistics_part_shape, part_parts),
	DOC_ROWS_OF("former", statistics_part_shape, part_parts), {"own", DOC_ONE, statistics_part_shape, part_parts},
	DOC_ROWS("groups", group_parts), DOC_ROWS("campaigns", link_parts), DOC_NAME("has_campaigns"), DOC_ROWS("parents", link_parts), DOC_END};
const struct doc_part statistics_rows_doc[] = {
	HEAD, DOC_OBJECT("figure", words_parts), DOC_ROWS_OF("items", statistics_row_shape, row_parts), DOC_NAME("running"), DOC_NAME("from"),
	DOC_NAME("to"), DOC_END};
