#include "exif.h"

#include <stdbool.h>
#include <string.h>

#define MAX_ENTRIES 512

enum { TAG_ORIENTATION = 0x0112, TAG_EXIF = 0x8769, TAG_GPS = 0x8825, TAG_TAKEN = 0x9003, TAG_OFFSET = 0x9011 };
enum { GPS_LAT_REF = 1, GPS_LAT = 2, GPS_LON_REF = 3, GPS_LON = 4 };
enum { TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_RATIONAL = 5 };

struct tiff {
	const unsigned char *p;
	size_t n;
	bool big;
};

/* Where an entry's value lies: count items of a type, all within the block. */
struct value {
	const unsigned char *p;
	uint32_t count;
};

static uint32_t get16(const struct tiff *t, const unsigned char *p)
{
	return t->big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t get32(const struct tiff *t, const unsigned char *p)
{
	return t->big ? get16(t, p) << 16 | get16(t, p + 2) : get16(t, p + 2) << 16 | get16(t, p);
}

static size_t type_size(uint32_t type)
{
	switch (type) {
	case TYPE_ASCII:
		return 1;
	case TYPE_SHORT:
		return 2;
	case TYPE_LONG:
		return 4;
	default:
		return 8;
	}
}

static bool entry_value(const struct tiff *t, const unsigned char *entry, uint32_t type, struct value *out)
{
	if (get16(t, entry + 2) != type)
		return false;
	uint32_t count = get32(t, entry + 4);
	uint64_t bytes = (uint64_t)count * type_size(type);
	out->count = count;
	if (bytes <= 4) {
		out->p = entry + 8;
		return count > 0;
	}
	uint32_t at = get32(t, entry + 8);
	if (at > t->n || bytes > t->n - at)
		return false;
	out->p = t->p + at;
	return true;
}

/* Finds a tag of that type in the directory at offset dir. */
static bool find(const struct tiff *t, uint32_t dir, uint32_t tag, uint32_t type, struct value *out)
{
	if (dir < 8 || dir > t->n || t->n - dir < 2)
		return false;
	uint32_t entries = get16(t, t->p + dir);
	if (entries > MAX_ENTRIES || (size_t)entries * 12 > t->n - dir - 2)
		return false;
	const unsigned char *e = t->p + dir + 2;
	for (uint32_t i = 0; i < entries; i++, e += 12)
		if (get16(t, e) == tag)
			return entry_value(t, e, type, out);
	return false;
}

static uint32_t find_dir(const struct tiff *t, uint32_t dir, uint32_t tag)
{
	struct value v;

	return find(t, dir, tag, TYPE_LONG, &v) && v.count == 1 ? get32(t, v.p) : 0;
}

/* Decimal digits at p, -1 when another character is among them. */
static int digits(const unsigned char *p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static bool between(int v, int min, int max)
{
	return v >= min && v <= max;
}

/* "2026:07:31 14:05:59" */
static void read_taken(const struct value *v, struct media_hint *h)
{
	const unsigned char *p = v->p;

	if (v->count < 19 || p[4] != ':' || p[7] != ':' || p[10] != ' ' || p[13] != ':' || p[16] != ':')
		return;
	int year = digits(p, 4), month = digits(p + 5, 2), day = digits(p + 8, 2);
	int hour = digits(p + 11, 2), minute = digits(p + 14, 2), second = digits(p + 17, 2);
	if (!between(year, 1990, 9999) || !between(month, 1, 12) || !between(day, 1, 31))
		return;
	if (!between(hour, 0, 23) || !between(minute, 0, 59) || !between(second, 0, 59))
		return;
	h->has_taken = 1;
	h->year = (uint16_t)year;
	h->month = (uint8_t)month;
	h->day = (uint8_t)day;
	h->hour = (uint8_t)hour;
	h->minute = (uint8_t)minute;
	h->second = (uint8_t)second;
}

/* "+08:00" */
static void read_offset(const struct value *v, struct media_hint *h)
{
	const unsigned char *p = v->p;

	if (v->count < 6 || (p[0] != '+' && p[0] != '-') || p[3] != ':')
		return;
	int hours = digits(p + 1, 2), minutes = digits(p + 4, 2);
	if (!between(hours, 0, 14) || !between(minutes, 0, 59))
		return;
	int off = hours * 60 + minutes;
	h->has_offset = 1;
	h->offset_min = (int16_t)(p[0] == '-' ? -off : off);
}

/* Degrees, minutes, seconds as three fractions, to degrees x 10^7; false beyond `limit` degrees. */
static bool read_angle(const struct tiff *t, const struct value *v, uint32_t limit, int32_t *out)
{
	static const uint64_t parts[3] = { 1, 60, 3600 };
	uint64_t sum = 0;

	if (v->count != 3)
		return false;
	for (int i = 0; i < 3; i++) {
		uint64_t num = get32(t, v->p + 8 * i), den = get32(t, v->p + 8 * i + 4);
		if (den == 0)
			return false;
		sum += num * 10000000u / (den * parts[i]);
	}
	if (sum > (uint64_t)limit * 10000000u)
		return false;
	*out = (int32_t)sum;
	return true;
}

static void read_place(const struct tiff *t, uint32_t gps, struct media_hint *h)
{
	struct value lat, lat_ref, lon, lon_ref;
	int32_t y, x;

	if (!find(t, gps, GPS_LAT, TYPE_RATIONAL, &lat) || !find(t, gps, GPS_LON, TYPE_RATIONAL, &lon))
		return;
	if (!find(t, gps, GPS_LAT_REF, TYPE_ASCII, &lat_ref) || !find(t, gps, GPS_LON_REF, TYPE_ASCII, &lon_ref))
		return;
	bool north = *lat_ref.p == 'N', east = *lon_ref.p == 'E';
	if ((!north && *lat_ref.p != 'S') || (!east && *lon_ref.p != 'W'))
		return;
	if (!read_angle(t, &lat, 90, &y) || !read_angle(t, &lon, 180, &x))
		return;
	h->has_place = 1;
	h->lat_e7 = north ? y : -y;
	h->lon_e7 = east ? x : -x;
}

static bool tiff_open(const unsigned char *p, size_t n, struct tiff *t)
{
	if (n >= 6 && memcmp(p, "Exif\0\0", 6) == 0) {
		p += 6;
		n -= 6;
	}
	if (n < 8)
		return false;
	*t = (struct tiff){ p, n, p[0] == 'M' };
	return (memcmp(p, "II", 2) == 0 || memcmp(p, "MM", 2) == 0) && get16(t, p + 2) == 42;
}

void exif_read(const unsigned char *p, size_t n, struct exif_facts *out)
{
	struct tiff t;
	struct value v;

	*out = (struct exif_facts){ .orientation = 1 };
	if (!tiff_open(p, n, &t))
		return;
	uint32_t main_dir = get32(&t, t.p + 4);
	if (find(&t, main_dir, TAG_ORIENTATION, TYPE_SHORT, &v) && between((int)get16(&t, v.p), 1, 8))
		out->orientation = get16(&t, v.p);
	uint32_t exif = find_dir(&t, main_dir, TAG_EXIF), gps = find_dir(&t, main_dir, TAG_GPS);
	if (find(&t, exif, TAG_TAKEN, TYPE_ASCII, &v))
		read_taken(&v, &out->hint);
	if (out->hint.has_taken && find(&t, exif, TAG_OFFSET, TYPE_ASCII, &v))
		read_offset(&v, &out->hint);
	read_place(&t, gps, &out->hint);
}
