/* Days, instants and their texts. All civil time is China Standard Time
 * (UTC+08:00, no daylight saving), which is what the campaign's rules mean.
 */
#ifndef DAY_H
#define DAY_H

#include "types.h"

enum { CST_OFFSET_S = 8 * 3600 };

/* YYYY-MM-DD, years 1900 to 2199, only days that exist. */
bool day_parse(struct str s, struct day *out);
struct str day_text(struct arena *a, struct day d);   /* "" for none */
bool day_is_valid(struct day d);
int32_t day_number(struct day d);                     /* days since 1970-01-01 */
struct day day_of_number(int32_t n);
struct day day_add(struct day d, int32_t days);
int day_weekday(struct day d);                        /* 1 = Monday … 7 = Sunday */
int day_in_month(int year, int month);                /* 28…31 */
struct day day_make(int year, int month, int day);    /* day clipped to the month's last */

struct day instant_day(struct instant t);             /* the CST day */
struct instant day_start(struct day d);               /* 00:00 CST */
struct instant day_end(struct day d);                 /* 24:00 CST, the first instant after the day */
struct str instant_text(struct arena *a, struct instant t);  /* 2016-01-20T08:30:00.123+08:00, milliseconds only when not 0; "" for none */
struct str instant_short(struct arena *a, struct instant t); /* 2016-01-20 08:30, for people */
/* The same into the caller's buffer, for long lists; the answer points there. */
enum { TIME_TEXT_MAX = 48 };
struct str day_put(char out[static TIME_TEXT_MAX], struct day d);
struct str instant_put(char out[static TIME_TEXT_MAX], struct instant t);
struct str instant_put_short(char out[static TIME_TEXT_MAX], struct instant t);
bool instant_parse(struct str s, struct instant *out);       /* RFC 3339 with any offset; 2016-01-20T08:30 means CST */

#endif
