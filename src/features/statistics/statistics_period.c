/* The words for periods, and which of them a campaign has. */
#include "statistics_model.h"

#include "day.h"

static struct statistics_period months(struct str code, int year, int month, int n)
{
	return (struct statistics_period){code, day_make(year, month, 1), day_make(year, month + n - 1, 31)};
}

/* 2016, 2016-Q2, 2016-03. */
bool statistics_period_calendar(struct str code, struct statistics_period *out)
{
	int64_t year, part;
	struct str rest = code;
	if (!str_i64(str_cut(&rest, '-'), 1900, 2198, &year) || code.n < 4)
		return false;
	if (code.n == 4)
		*out = months(code, (int)year, 1, 12);
	else if (rest.n == 2 && rest.p[0] == 'Q' && str_i64(str_sub(rest, 1, 1), 1, 4, &part))
		*out = months(code, (int)year, (int)part * 3 - 2, 3);
	else if (rest.n == 2 && str_i64(rest.p[0] == '0' ? str_sub(rest, 1, 1) : rest, 1, 12, &part))
		*out = months(code, (int)year, (int)part, 1);
	else
		return false;
	return code.n == 4 || code.n == 7;
}

const struct err *statistics_period_of(struct db_tx *tx, int64_t city, const struct campaign *c, struct str code,
				       struct statistics_period *out)
{
	struct campaign_period *p;
	struct campaign_window *w;
	size_t n;
	TRY(campaign_periods(tx, city, c->id, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (str_eq(p[i].code, code)) {
			*out = (struct statistics_period){p[i].code, p[i].from_on, p[i].to_on};
			return NULL;
		}
	TRY(campaign_windows(tx, city, c->id, &w, &n));
	for (size_t i = 0; i < n; i++)
		if (str_is(code, "intensive") && str_is(w[i].code, "intensive_phase")) {
			*out = (struct statistics_period){code, w[i].from_on, w[i].to_on};
			return NULL;
		}
	return ERR(db_arena(tx), ERR_MISSING, "no_such_period", "%.*s is no period of %.*s", STR_ARG(code), STR_ARG(c->code));
}

/* ---- all of a campaign --------------------------------------------------------------- */

struct list {
	struct statistics_period *v;
	size_t n;
	const struct campaign *c;
};

static void add(struct list *l, struct statistics_period p)
{
	bool inside = p.from.ymd <= l->c->ends_on.ymd && p.to.ymd >= l->c->begins_on.ymd;
	if (inside && l->n < STATISTICS_PERIODS_MAX)
		l->v[l->n++] = p;
}

static void add_calendar(struct arena *a, struct list *l)
{
	int first = l->c->begins_on.ymd / 10000, last = l->c->ends_on.ymd / 10000;
	for (int y = first; y <= last; y++)
		add(l, months(str_fmt(a, "%d", y), y, 1, 12));
	for (int y = first; y <= last; y++)
		for (int q = 1; q <= 4; q++)
			add(l, months(str_fmt(a, "%d-Q%d", y, q), y, q * 3 - 2, 3));
	for (int y = first; y <= last; y++)
		for (int m = 1; m <= 12; m++)
			add(l, months(str_fmt(a, "%d-%02d", y, m), y, m, 1));
}

const struct err *statistics_periods(struct db_tx *tx, int64_t city, const struct campaign *c, struct statistics_period **out, size_t *n)
{
	struct arena *a = db_arena(tx);
	struct list l = {ARENA_ARRAY(a, struct statistics_period, STATISTICS_PERIODS_MAX), 0, c};
	struct campaign_period *p;
	struct statistics_period intensive;
	size_t n_periods;
	TRY(campaign_periods(tx, city, c->id, &p, &n_periods));
	for (size_t i = 0; i < n_periods; i++)
		if (!p[i].is_optional)
			add(&l, (struct statistics_period){p[i].code, p[i].from_on, p[i].to_on});
	const struct err *none = statistics_period_of(tx, city, c, STR("intensive"), &intensive);
	if (none && none->kind != ERR_MISSING)
		return none;
	if (!none)
		add(&l, intensive);
	add_calendar(a, &l);
	*out = l.v;
	*n = l.n;
	return NULL;
}

const struct err *statistics_period_now(struct db_tx *tx, int64_t city, const struct campaign *c, struct day today, struct str *out)
{
	struct campaign_period *p;
	size_t n;
	TRY(campaign_periods(tx, city, c->id, &p, &n));
	for (size_t i = 0; i < n; i++)
		if (!p[i].is_optional && p[i].from_on.ymd <= today.ymd && today.ymd <= p[i].to_on.ymd) {
			*out = p[i].code;
			return NULL;
		}
	struct day d = today.ymd > c->ends_on.ymd ? c->ends_on : today.ymd < c->begins_on.ymd ? c->begins_on : today;
	*out = str_fmt(db_arena(tx), "%04d-%02d", d.ymd / 10000, d.ymd / 100 % 100);
	return NULL;
}

/* ---- a question ------------------------------------------------------------------------ */

static const struct err *find_campaign(struct db_tx *tx, int64_t city, struct str word, struct day d, struct campaign *out)
{
	struct campaign *v;
	int64_t id = 0;
	size_t n;
	if (word.n == 0)
		return campaign_on(tx, city, d, out);
	TRY(campaign_list(tx, city, &v, &n));
	(void)str_i64(word, 1, INT64_MAX, &id);
	for (size_t i = 0; i < n; i++)
		if (str_eq(v[i].code, word) || v[i].id.v == id) {
			*out = v[i];
			return NULL;
		}
	return ERR(db_arena(tx), ERR_MISSING, "no_such_campaign", "no campaign %.*s", STR_ARG(word));
}

const struct err *statistics_find(struct db_tx *tx, int64_t city, struct str unit, struct str period, struct str campaign, struct day today,
				  struct statistics_query *out)
{
	struct statistics_period p;
	bool is_calendar = statistics_period_calendar(period, &p);
	*out = (struct statistics_query){0};
	TRY(org_unit_named(tx, city, unit, &out->unit));
	TRY(find_campaign(tx, city, campaign, is_calendar && p.to.ymd < today.ymd ? p.to : today, &out->campaign));
	if (!is_calendar)
		TRY(statistics_period_of(tx, city, &out->campaign, period, &p));
	out->period = p;
	out->running = (struct statistics_period){period, out->campaign.begins_on, p.to};
	return NULL;
}
