#include "number.h"

#include "day.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- formats -------------------------------------------------------------------------------- */

unsigned number_kind_of_id(int64_t id)
{
	if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
		return NUMBER_DAY;
	if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
		return NUMBER_TIME;
	return id == 22 ? NUMBER_DAY_TIME : NUMBER_PLAIN;
}

/* What a code tells, letter by letter; e, an era's year, is left out, since General and 0E+0 have it too. A month and a minute are both m: it is a minute beside hours or seconds. */
struct letters {
	bool day, time, month, other;
	unsigned zeros;
};

static void see(struct letters *l, char c)
{
	c |= c >= 'A' && c <= 'Z' ? 32 : 0;
	if (c == 'y' || c == 'd')
		l->day = true;
	else if (c == 'h' || c == 's')
		l->time = true;
	else if (c == 'm')
		l->month = true;
	else if (c == '0')
		l->zeros++;
	else
		l->other = true;
}

/* Steps over what is text or colour; [h] is elapsed hours. */
static size_t skip(struct str code, size_t at, struct letters *l)
{
	char c = code.p[at];
	if (c == '\\' || c == '_' || c == '*')
		return at + 2;
	if (c != '"' && c != '[')
		return at;
	const char *end = memchr(code.p + at + 1, c == '"' ? '"' : ']', code.n - at - 1);
	if (!end)
		return code.n;
	size_t n = (size_t)(end - code.p) - at - 1;
	char first = n ? (char)(code.p[at + 1] | 32) : '"';
	if (c == '[' && (first == 'h' || first == 's' || (first == 'm' && n <= 2)))
		l->time = true;
	return at + n + 2;
}

unsigned number_kind_of_code(struct str code)
{
	struct letters l = {0};
	code = str_cut(&code, ';');
	for (size_t i = 0; i < code.n;) {
		size_t next = skip(code, i, &l);
		if (next == i) {
			see(&l, code.p[i]);
			next++;
		}
		i = next;
	}
	if (l.day || (l.month && !l.time))
		return l.time ? NUMBER_DAY_TIME : NUMBER_DAY;
	if (l.time)
		return NUMBER_TIME;
	return l.zeros > 1 && !l.other ? NUMBER_ZEROS + (l.zeros < NUMBER_ZEROS_MAX ? l.zeros : NUMBER_ZEROS_MAX) : NUMBER_PLAIN;
}

/* ---- decimal ---------------------------------------------------------------------------------- */

enum { DIGITS_MAX = 40, SHOWN = 15 /* as many as a spreadsheet shows: the rest is what binary fractions leave behind */ };

struct decimal {
	bool minus;
	char digits[DIGITS_MAX];
	int n, point; /* digits; of them before the point (may be less than 0 or more than n) */
};

static bool take_digit(struct decimal *d, char c, bool is_behind)
{
	if (d->n == 0 && c == '0') {
		d->point -= is_behind;
		return true;
	}
	if (d->n == DIGITS_MAX)
		return false;
	d->digits[d->n++] = c;
	d->point += !is_behind;
	return true;
}

static bool take_exponent(struct decimal *d, struct str s)
{
	int64_t e;
	if (s.n && s.p[0] == '+')
		s = str_sub(s, 1, SIZE_MAX);
	while (s.n > 1 && s.p[0] == '0')
		s = str_sub(s, 1, SIZE_MAX);
	if (!str_i64(s, -330, 330, &e))
		return false;
	d->point += (int)e;
	return true;
}

static bool parse(struct str s, struct decimal *d)
{
	bool is_behind = false, any = false;
	*d = (struct decimal){0};
	if (s.n && (s.p[0] == '-' || s.p[0] == '+')) {
		d->minus = s.p[0] == '-';
		s = str_sub(s, 1, SIZE_MAX);
	}
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (any && (c == 'e' || c == 'E'))
			return take_exponent(d, str_sub(s, i + 1, SIZE_MAX));
		if (c == '.' && !is_behind) {
			is_behind = true;
			continue;
		}
		if (c < '0' || c > '9' || !take_digit(d, c, is_behind))
			return false;
		any = true;
	}
	return any;
}

static void strip(struct decimal *d)
{
	while (d->n && d->digits[d->n - 1] == '0')
		d->n--;
}

/* Whole numbers are left alone: they are codes and telephone numbers as often as amounts. */
static void round_fraction(struct decimal *d)
{
	strip(d);
	if (d->n <= SHOWN || d->point >= d->n)
		return;
	bool up = d->digits[SHOWN] >= '5';
	d->n = SHOWN;
	for (int i = SHOWN; up && i-- > 0;) {
		up = d->digits[i] == '9';
		d->digits[i] = (char)(up ? '0' : d->digits[i] + 1);
	}
	if (up) {
		d->digits[0] = '1';
		d->point++;
	}
	strip(d);
}

static struct str write(char *out, const struct decimal *d, unsigned at_least)
{
	char *p = out;
	if (d->minus && d->n)
		*p++ = '-';
	for (int i = d->point > 0 ? d->point : 1; i < (int)at_least; i++)
		*p++ = '0';
	if (d->point <= 0)
		*p++ = '0';
	for (int i = 0; i < d->point; i++)
		*p++ = i < d->n ? d->digits[i] : '0';
	if (d->n > d->point) {
		*p++ = '.';
		for (int i = d->point; i < d->n; i++)
			*p++ = i < 0 ? '0' : d->digits[i];
	}
	return (struct str){out, (size_t)(p - out)};
}

static double value(const struct decimal *d)
{
	double v = 0;
	for (int i = 0; i < d->n; i++)
		v = v * 10 + (d->digits[i] - '0');
	v *= pow(10, d->point - d->n);
	return d->minus ? -v : v;
}

/* ---- days ---------------------------------------------------------------------------------------- */

enum { DAY_0 = -25569 /* 1899-12-30 */, DAY_0_1904 = -24107, LAST_DAY = 2958465 /* 9999-12-31 */, DAY_SECONDS = 86400 };

static struct str day_and_time(char *out, int64_t day, int seconds, bool has_time)
{
	int n = 0;
	if (day != INT64_MIN) {
		int32_t ymd = day_of_number((int32_t)day).ymd;
		n = snprintf(out, NUMBER_TEXT_MAX, "%04d-%02d-%02d", ymd / 10000, ymd / 100 % 100, ymd % 100);
	}
	if (has_time)
		n += snprintf(out + n, (size_t)(NUMBER_TEXT_MAX - n), "%s%02d:%02d", n ? " " : "", seconds / 3600, seconds / 60 % 60);
	return (struct str){out, (size_t)n};
}

/* Of the days before March 1900 spreadsheets disagree with the calendar, and with each other: they stay numbers. */
static bool as_day(char *out, double v, unsigned kind, bool is_1904, struct str *text)
{
	double whole = floor(v);
	int seconds = (int)lround((v - whole) * DAY_SECONDS);
	if (seconds == DAY_SECONDS)
		seconds = 0, whole += 1;
	if (!(whole >= 0 && whole <= LAST_DAY))
		return false;
	if (kind == NUMBER_TIME) {
		/* More than a day under a format of times is elapsed hours. */
		if (whole >= 1000)
			return false;
		*text = day_and_time(out, INT64_MIN, seconds + (int)whole * DAY_SECONDS, true);
		return true;
	}
	if (!is_1904 && whole < 61)
		return false;
	*text = day_and_time(out, (int64_t)whole + (is_1904 ? DAY_0_1904 : DAY_0), seconds, kind == NUMBER_DAY_TIME && seconds >= 60);
	return true;
}

struct str number_text(char out[static NUMBER_TEXT_MAX], struct str v, unsigned kind, bool is_1904)
{
	struct decimal d;
	struct str text;
	v = str_trim(v);
	if (!parse(v, &d) || d.point > 310 || d.point < -310)
		return v;
	if (kind >= NUMBER_DAY && kind <= NUMBER_TIME && as_day(out, value(&d), kind, is_1904, &text))
		return text;
	round_fraction(&d);
	if (d.n == 0)
		d.point = 0;
	return write(out, &d, kind > NUMBER_ZEROS ? kind - NUMBER_ZEROS : 0);
}

struct str number_iso(char out[static NUMBER_TEXT_MAX], struct str v)
{
	struct day day;
	v = str_trim(v);
	struct str time = str_sub(v, 10, SIZE_MAX);
	if (!day_parse(str_sub(v, 0, 10), &day))
		return v;
	bool has_time = time.n >= 6 && time.p[0] == 'T' && memcmp(time.p + 1, "00:00", 5) != 0;
	int n = snprintf(out, NUMBER_TEXT_MAX, "%.10s%s%.*s", v.p, has_time ? " " : "", has_time ? 5 : 0, has_time ? time.p + 1 : "");
	return (struct str){out, (size_t)n};
}
