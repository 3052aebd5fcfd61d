#include "campaign_workday.h"

#include "campaign_res.h"
#include "day.h"
#include "tsv.h"

struct workdays {
	struct workday_row *v; /* by day */
	size_t n;
};

static const char *const kind_words[] = {"", "holiday", "workday", NULL};
const struct codes workday_kinds = {"workday_kind", kind_words};

const struct shape workday_row_shape[] = {
	SHAPE(struct workday_row, day, 0),
	SHAPE_CODE(struct workday_row, kind, &workday_kinds),
	SHAPE(struct workday_row, name, WORKDAY_NAME_MAX),
	SHAPE(struct workday_row, provisional, 0),
	SHAPE_END,
};

static int year_of(struct day d)
{
	return d.ymd / 10000;
}

/* ---- reading tables -------------------------------------------------------- */

static bool row_of(struct arena *a, const struct tsv *t, struct err_list *wrong, struct workday_row *out)
{
	struct str provisional = tsv_get(t, "provisional");
	const char *bad = NULL, *code = NULL;
	*out = (struct workday_row){.kind = codes_find(&workday_kinds, tsv_get(t, "kind")),
				    .name = tsv_get(t, "name"),
				    .provisional = str_is(provisional, "1")};
	if (!day_parse(tsv_get(t, "day"), &out->day))
		bad = "day", code = "bad_day";
	else if (out->kind == 0)
		bad = "kind", code = "unknown_word";
	else if (!str_is_utf8(out->name) || str_chars(out->name) > WORKDAY_NAME_MAX)
		bad = "name", code = "too_long";
	else if (provisional.n && !str_is(provisional, "0") && !str_is(provisional, "1"))
		bad = "provisional", code = "unknown_word";
	if (bad)
		err_add(wrong, a, str_fmt(a, "rows/%d/%s", t->line, bad).p, code, "这一格不正确");
	return !bad;
}

static int by_day(const void *x, const void *y)
{
	int32_t a = ((const struct workday_row *)x)->day.ymd, b = ((const struct workday_row *)y)->day.ymd;
	return (a > b) - (a < b);
}

struct workday_row *workday_rows(struct arena *a, struct str text, struct err_list *wrong, size_t *n_out)
{
	struct tsv t = tsv_of(text);
	struct workday_row *v;
	size_t lines = 1, n = 0;
	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	if (lines > WORKDAY_ROWS_MAX) {
		err_add(wrong, a, "rows", "too_many", "行数太多");
		lines = 0;
	}
	v = ARENA_ARRAY(a, struct workday_row, lines + 1);
	while (n < lines && tsv_next(&t))
		n += row_of(a, &t, wrong, &v[n]);
	qsort(v, n, sizeof(v[0]), by_day);
	for (size_t i = 1; i < n; i++)
		if (v[i].day.ymd == v[i - 1].day.ymd)
			err_add(wrong, a, "rows", "twice", str_fmt(a, "%.*s 出现两次", STR_ARG(day_text(a, v[i].day))).p);
	*n_out = n;
	return v;
}

static const struct workday_row *first_from(const struct workday_row *v, size_t n, int32_t ymd)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (v[mid].day.ymd < ymd)
			low = mid + 1;
		else
			high = mid;
	}
	return low < n ? &v[low] : NULL;
}

/* The first row of a year; NULL when the table says nothing about it. */
static const struct workday_row *year_row(const struct workday_row *v, size_t n, int year)
{
	const struct workday_row *r = first_from(v, n, year * 10000);
	return r && year_of(r->day) == year ? r : NULL;
}

struct workdays *workdays_of(struct arena *a, const struct workday_row *shipped, size_t n_shipped, const struct workday_row *own,
			     size_t n_own)
{
	struct workdays *w = ARENA_NEW(a, struct workdays);
	w->v = ARENA_ARRAY(a, struct workday_row, n_shipped + n_own + 1);
	for (size_t i = 0; i < n_shipped; i++)
		if (!year_row(own, n_own, year_of(shipped[i].day)))
			w->v[w->n++] = shipped[i];
	for (size_t i = 0; i < n_own; i++)
		w->v[w->n++] = own[i];
	qsort(w->v, w->n, sizeof(w->v[0]), by_day);
	return w;
}

static struct str shipped_text(void)
{
	for (const struct resource *r = campaign_resources; r->name; r++)
		if (strcmp(r->name, "data/workdays.tsv") == 0)
			return (struct str){(const char *)r->data, r->size};
	return STR_NONE;
}

struct workday_row *workday_rows_shipped(struct arena *a, size_t *n_out)
{
	struct err_list wrong = {0};
	return workday_rows(a, shipped_text(), &wrong, n_out);
}

/* ---- the calendar ----------------------------------------------------------- */

/* The statutory days with a fixed date in the solar calendar; 2 May is one since 2025. */
static bool is_fixed_holiday(struct day d)
{
	switch (d.ymd % 10000) {
	case 101:
	case 501:
	case 1001:
	case 1002:
	case 1003:
		return true;
	case 502:
		return year_of(d) >= 2025;
	default:
		return false;
	}
}

bool workday_is(const struct workdays *w, struct day d, bool *assumed_out)
{
	const struct workday_row *year = year_row(w->v, w->n, year_of(d));
	const struct workday_row *row = first_from(w->v, w->n, d.ymd);
	bool assumed = !year || year->provisional;
	if (assumed_out)
		*assumed_out = assumed;
	if (row && row->day.ymd == d.ymd)
		return row->kind == WORKDAY_WORKDAY;
	return day_weekday(d) <= 5 && (year || !is_fixed_holiday(d));
}

struct day workday_add(const struct workdays *w, struct day d, int n)
{
	int step = n < 0 ? -1 : 1;
	while (n != 0) {
		d = day_add(d, step);
		if (!day_is_valid(d))
			return d;
		if (workday_is(w, d, NULL))
			n -= step;
	}
	return d;
}

int workday_count(const struct workdays *w, struct day from, struct day to)
{
	int n = 0;
	while (from.ymd < to.ymd) {
		from = day_add(from, 1);
		n += workday_is(w, from, NULL);
	}
	return n;
}

struct day workday_last_before(const struct workdays *w, struct day d)
{
	return workday_add(w, d, -1);
}

/* ---- limits ------------------------------------------------------------------ */

struct instant campaign_due(const struct workdays *w, struct limit l, struct instant from)
{
	enum { MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, SHIFT_HOURS = 12 };
	struct day on = instant_day(from);
	if (!l.has)
		return INSTANT(0);
	if (str_is(l.unit, "minute"))
		return INSTANT(from.ms + l.amount * MINUTE_MS);
	if (str_is(l.unit, "hour"))
		return INSTANT(from.ms + l.amount * HOUR_MS);
	if (str_is(l.unit, "shift"))
		return INSTANT(from.ms + l.amount * SHIFT_HOURS * HOUR_MS);
	if (str_is(l.unit, "workday"))
		return l.amount == 0 ? from : day_end(workday_add(w, on, (int)l.amount));
	return day_end(day_add(on, (int32_t)l.amount));
}
