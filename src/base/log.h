/* Log lines: one JSON object per line on stderr, with a syslog priority mark
 * that journald understands. Lines are written whole, also from many threads.
 */
#ifndef LOG_H
#define LOG_H

#include "str.h"

enum log_level { LOG_LEVEL_ERR = 3, LOG_LEVEL_WARN = 4, LOG_LEVEL_INFO = 6 };

/* Members alternate name and value as `const char *`, ended by NULL: log_line(LOG_LEVEL_INFO, "started", "listen", addr, NULL). Values
 * that are whole numbers are written as numbers. Never give it a secret. */
void log_line(enum log_level level, const char *what, ...) __attribute__((sentinel));

#endif
