#include "day.h"

#include <stdio.h>

enum { MS_A_DAY = 86400000 };

/* Days from 1970-01-01 in the proleptic Gregorian calendar, by whole 400-year eras. */
static int32_t number_of(int y, int m, int d)
{
	y -= m <= 2;
	int era = y / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + day_of_era - 719468;
}

int32_t day_number(struct day d)
{
	return number_of(d.ymd / 10000, d.ymd / 100 % 100, d.ymd % 100);
}

struct day day_of_number(int32_t n)
{
	n += 719468;
	int era = n / 146097;
	int day_of_era = n - era * 146097;
	int of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int of_year = day_of_era - (365 * of_era + of_era / 4 - of_era / 100);
	int mp = (5 * of_year + 2) / 153;
	int d = of_year - (153 * mp + 2) / 5 + 1;
	int m = mp < 10 ? mp + 3 : mp - 9;
	int y = of_era + era * 400 + (m <= 2);
	return DAY(y * 10000 + m * 100 + d);
}

int day_in_month(int year, int month)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : lengths[month - 1];
}

bool day_is_valid(struct day d)
{
	int y = d.ymd / 10000, m = d.ymd / 100 % 100, dd = d.ymd % 100;
	return y >= 1900 && y <= 2199 && m >= 1 && m <= 12 && dd >= 1 && dd <= day_in_month(y, m);
}

struct day day_make(int year, int month, int day)
{
	int last = day_in_month(year, month);
	return DAY(year * 10000 + month * 100 + (day < last ? day : last));
}

static bool digits(struct str s, size_t from, size_t n, int *out)
{
	int v = 0;
	for (size_t i = from; i < from + n; i++) {
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
	}
	*out = v;
	return true;
}

bool day_parse(struct str s, struct day *out)
{
	int y, m, d;
	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	if (!digits(s, 0, 4, &y) || !digits(s, 5, 2, &m) || !digits(s, 8, 2, &d))
		return false;
	*out = DAY(y * 10000 + m * 100 + d);
	return day_is_valid(*out);
}

static __attribute__((format(printf, 3, 4))) struct str print(char *out, size_t max, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(out, max, fmt, ap);
	va_end(ap);
	return (struct str){out, n < 0 ? 0 : (size_t)n < max ? (size_t)n : max - 1};
}

struct str day_put(char out[static TIME_TEXT_MAX], struct day d)
{
	if (d.ymd == 0)
		return STR("");
	return print(out, TIME_TEXT_MAX, "%04d-%02d-%02d", d.ymd / 10000, d.ymd / 100 % 100, d.ymd % 100);
}

struct str day_text(struct arena *a, struct day d)
{
	char text[TIME_TEXT_MAX];
	return str_dup(a, day_put(text, d));
}

struct day day_add(struct day d, int32_t days)
{
	return day_of_number(day_number(d) + days);
}

int day_weekday(struct day d)
{
	return (int)(((day_number(d) + 3) % 7 + 7) % 7) + 1;
}

struct day instant_day(struct instant t)
{
	int64_t local = t.ms + (int64_t)CST_OFFSET_S * 1000;
	int64_t n = local / MS_A_DAY - (local % MS_A_DAY < 0);
	return day_of_number((int32_t)n);
}

struct instant day_start(struct day d)
{
	return INSTANT((int64_t)day_number(d) * MS_A_DAY - (int64_t)CST_OFFSET_S * 1000);
}

struct instant day_end(struct day d)
{
	return INSTANT(day_start(d).ms + MS_A_DAY);
}

/* Milliseconds since local midnight. */
static int of_day(struct instant t)
{
	return (int)(t.ms - day_start(instant_day(t)).ms);
}

struct str instant_put(char out[static TIME_TEXT_MAX], struct instant t)
{
	char day[TIME_TEXT_MAX], part[8] = "";
	if (t.ms == 0)
		return STR("");
	int ms = of_day(t), s = ms / 1000;
	if (ms % 1000)
		print(part, sizeof(part), ".%03d", ms % 1000);
	return print(out, TIME_TEXT_MAX, "%.*sT%02d:%02d:%02d%s+08:00", STR_ARG(day_put(day, instant_day(t))), s / 3600, s / 60 % 60,
		     s % 60, part);
}

struct str instant_put_short(char out[static TIME_TEXT_MAX], struct instant t)
{
	char day[TIME_TEXT_MAX];
	if (t.ms == 0)
		return STR("");
	int s = of_day(t) / 1000;
	return print(out, TIME_TEXT_MAX, "%.*s %02d:%02d", STR_ARG(day_put(day, instant_day(t))), s / 3600, s / 60 % 60);
}

struct str instant_text(struct arena *a, struct instant t)
{
	char text[TIME_TEXT_MAX];
	return str_dup(a, instant_put(text, t));
}

struct str instant_short(struct arena *a, struct instant t)
{
	char text[TIME_TEXT_MAX];
	return str_dup(a, instant_put_short(text, t));
}

/* "+08:00" or "Z" or nothing (China Standard Time); seconds east of UTC. */
static bool offset_parse(struct str s, int *out)
{
	int h, m;
	*out = CST_OFFSET_S;
	if (s.n == 0)
		return true;
	if (s.n == 1) {
		*out = 0;
		return s.p[0] == 'Z' || s.p[0] == 'z';
	}
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':')
		return false;
	if (!digits(s, 1, 2, &h) || !digits(s, 4, 2, &m) || h > 14 || m > 59)
		return false;
	*out = (s.p[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

/* ".123456" at the front of *s, cut to milliseconds. */
static bool fraction_parse(struct str *s, int *ms)
{
	size_t i = 1;
	int v = 0, scale = 100;
	for (; i < s->n && s->p[i] >= '0' && s->p[i] <= '9'; i++, scale /= 10)
		v += (s->p[i] - '0') * scale;
	*s = str_sub(*s, i, SIZE_MAX);
	*ms = v;
	return i > 1 && i <= 10;
}

bool instant_parse(struct str s, struct instant *out)
{
	struct day d;
	int h, m, sec = 0, ms = 0, offset;
	if (!day_parse(str_sub(s, 0, 10), &d) || s.n < 16 || (s.p[10] != 'T' && s.p[10] != ' ') || s.p[13] != ':')
		return false;
	if (!digits(s, 11, 2, &h) || !digits(s, 14, 2, &m) || h > 23 || m > 59)
		return false;
	struct str rest = str_sub(s, 16, SIZE_MAX);
	if (rest.n && rest.p[0] == ':') {
		if (!digits(rest, 1, 2, &sec) || sec > 59)
			return false;
		rest = str_sub(rest, 3, SIZE_MAX);
	}
	if (rest.n && rest.p[0] == '.' && !fraction_parse(&rest, &ms))
		return false;
	if (!offset_parse(rest, &offset))
		return false;
	int64_t local = (int64_t)day_number(d) * MS_A_DAY + ((int64_t)h * 3600 + m * 60 + sec) * 1000 + ms;
	out->ms = local - (int64_t)offset * 1000;
	return true;
}
