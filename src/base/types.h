/* One-member types, so that the compiler tells apart what is all "a number".
 *
 * Absence is a value: id 0, instant 0, day 0 are "none" and become JSON null;
 * money has its own optional type because zero yuan is an answer.
 */
#ifndef TYPES_H
#define TYPES_H

#include "str.h"

struct id { int64_t v; };                     /* 63-bit, time-ordered, made by the application; JSON: decimal string */
struct instant { int64_t ms; };               /* milliseconds since 1970-01-01 UTC; JSON: RFC 3339 with +08:00 */
struct day { int32_t ymd; };                  /* 20160131; text and JSON: 2016-01-31 */
struct fen { int64_t v; };                    /* money in fen */
struct opt_fen { bool is; int64_t v; };       /* column NULL when not set */
struct opt_i64 { bool is; int64_t v; };

#define ID(n) ((struct id){(n)})
#define INSTANT(n) ((struct instant){(n)})
#define DAY(n) ((struct day){(n)})

#endif
