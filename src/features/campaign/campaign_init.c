#include "campaign_model.h"

#include "campaign_res.h"
#include "day.h"
#include "tsv.h"

static const char shipped_code[] = "chabaocu2016";

static bool is_shipped(const struct tsv *t, const char *column)
{
	return str_is(tsv_get(t, column), shipped_code);
}

static int64_t number(struct str s)
{
	int64_t v = 0;
	(void)str_i64(s, 0, INT32_MAX, &v);
	return v;
}

static struct day day_of(struct str s)
{
	struct day d = {0};
	return day_parse(s, &d) ? d : DAY(0);
}

/* Counts the campaign's rows of a table, so that they can be read into an array. */
static size_t count(const char *table)
{
	size_t n = 0;
	struct tsv t = tsv_open(campaign_resources, table);
	while (tsv_next(&t))
		n++;
	return n;
}

static void read_windows(struct arena *a, struct campaign_whole *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/windows.tsv");
	out->windows = ARENA_ARRAY(a, struct campaign_window, count("data/windows.tsv") + 1);
	while (tsv_next(&t))
		if (is_shipped(&t, "campaign"))
			out->windows[out->n_windows++] = (struct campaign_window){
				tsv_get(&t, "code"), tsv_get(&t, "name"), day_of(tsv_get(&t, "from")), day_of(tsv_get(&t, "to"))};
}

static void read_periods(struct arena *a, struct campaign_whole *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/periods.tsv");
	out->periods = ARENA_ARRAY(a, struct campaign_period, count("data/periods.tsv") + 1);
	while (tsv_next(&t))
		if (is_shipped(&t, "campaign"))
			out->periods[out->n_periods++] = (struct campaign_period){
				tsv_get(&t, "period"), day_of(tsv_get(&t, "from")), day_of(tsv_get(&t, "to")), day_of(tsv_get(&t, "due")),
				number(tsv_get(&t, "optional")) != 0};
}

bool campaign_figure(const char *code, bool in_english, struct campaign_figure *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/figures.tsv");
	while (tsv_next(&t)) {
		*out = (struct campaign_figure){tsv_get(&t, "code"), tsv_get(&t, in_english ? "name_en" : "name"),
						tsv_get(&t, in_english ? "unit_en" : "unit"),
						tsv_get(&t, in_english ? "definition_en" : "definition")};
		if (str_is(out->code, code))
			return true;
	}
	return false;
}

static void read_cutoffs(struct arena *a, struct campaign_whole *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/cutoffs.tsv");
	out->cutoffs = ARENA_ARRAY(a, struct campaign_cutoff, count("data/cutoffs.tsv") + 1);
	while (tsv_next(&t))
		if (is_shipped(&t, "campaign"))
			out->cutoffs[out->n_cutoffs++] = (struct campaign_cutoff){
				.level = tsv_get(&t, "level"), .cutoff_time = tsv_get(&t, "cutoff_time"),
				.cutoff_day = number(tsv_get(&t, "cutoff_day")), .due_day = number(tsv_get(&t, "due_day"))};
}

static void read_clocks(struct arena *a, struct campaign_whole *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/limits.tsv");
	out->clocks = ARENA_ARRAY(a, struct campaign_clock, count("data/limits.tsv") + 1);
	while (tsv_next(&t))
		out->clocks[out->n_clocks++] = (struct campaign_clock){
			.class_ = tsv_get(&t, "class"), .what = tsv_get(&t, "what"), .unit = tsv_get(&t, "unit"),
			.source = tsv_get(&t, "source"), .amount = number(tsv_get(&t, "amount"))};
}

const struct err *campaign_shipped(struct arena *a, struct campaign_whole *out)
{
	struct tsv t = tsv_open(campaign_resources, "data/campaigns.tsv");
	*out = (struct campaign_whole){0};
	while (tsv_next(&t))
		if (is_shipped(&t, "code"))
			out->campaign = (struct campaign){
				.code = tsv_get(&t, "code"), .name = tsv_get(&t, "name"), .theme = tsv_get(&t, "theme"),
				.year = number(tsv_get(&t, "year")), .notice_number = tsv_get(&t, "notice_number"),
				.begins_on = day_of(tsv_get(&t, "begins_on")), .ends_on = day_of(tsv_get(&t, "ends_on")),
				.anonymous_allowed = true};
	if (out->campaign.code.n == 0)
		return ERR(a, ERR_BUG, NULL, "the shipped tables have no campaign %s", shipped_code);
	read_windows(a, out);
	read_periods(a, out);
	read_cutoffs(a, out);
	read_clocks(a, out);
	return NULL;
}

static struct day move_day(struct day d, int years)
{
	return day_make(d.ymd / 10000 + years, d.ymd / 100 % 100, d.ymd % 100);
}

const struct err *campaign_moved(struct arena *a, const struct campaign_whole *from, int years, struct campaign_whole *out)
{
	struct campaign *c = &out->campaign;
	*out = *from;
	c->year += years;
	c->code = str_fmt(a, "chabaocu%lld", (long long)c->year);
	c->name = str_fmt(a, "%lld年%.*s", (long long)c->year, STR_ARG(from->campaign.name));
	c->notice_number = STR("");
	c->begins_on = move_day(c->begins_on, years);
	c->ends_on = move_day(c->ends_on, years);
	out->windows = ARENA_ARRAY(a, struct campaign_window, from->n_windows + 1);
	for (size_t i = 0; i < from->n_windows; i++) {
		out->windows[i] = from->windows[i];
		out->windows[i].from_on = move_day(from->windows[i].from_on, years);
		out->windows[i].to_on = move_day(from->windows[i].to_on, years);
	}
	out->periods = ARENA_ARRAY(a, struct campaign_period, from->n_periods + 1);
	for (size_t i = 0; i < from->n_periods; i++) {
		out->periods[i] = from->periods[i];
		out->periods[i].from_on = move_day(from->periods[i].from_on, years);
		out->periods[i].to_on = move_day(from->periods[i].to_on, years);
		out->periods[i].due_on = move_day(from->periods[i].due_on, years);
	}
	return NULL;
}

const struct err *campaign_init_city(struct db_tx *tx, struct env *e, struct str city_code)
{
	struct campaign_whole shipped, now;
	int years = instant_day(e->now).ymd / 10000;
	(void)city_code;
	TRY(campaign_shipped(db_arena(tx), &shipped));
	TRY(campaign_add(tx, e, &shipped));
	years -= (int)shipped.campaign.year;
	if (years == 0)
		return NULL;
	TRY(campaign_moved(db_arena(tx), &shipped, years, &now));
	return campaign_add(tx, e, &now);
}
