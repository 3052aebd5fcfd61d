#include "log.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4000, VALUE_MAX_BYTES = 1000, MEMBER_ROOM = 1200 };

struct line {
	char p[LINE_MAX_BYTES + 8];
	size_t n;
};

static void put(struct line *l, const char *s, size_t n)
{
	if (n > LINE_MAX_BYTES - l->n)
		n = LINE_MAX_BYTES - l->n;
	memcpy(l->p + l->n, s, n);
	l->n += n;
}

static void putz(struct line *l, const char *z)
{
	put(l, z, strlen(z));
}

/* Cut to VALUE_MAX_BYTES; bytes that are not text become question marks, so that each line stays JSON. */
static void put_quoted(struct line *l, const char *z)
{
	struct str s = str_sub(str_of(z), 0, VALUE_MAX_BYTES);
	while (s.n && ((unsigned char)z[s.n] & 0xc0) == 0x80)
		s.n--;
	bool is_text = str_is_utf8(s);
	size_t end = l->n + MEMBER_ROOM - 8;
	putz(l, "\"");
	for (size_t i = 0; i < s.n && l->n < end; i++) {
		z = s.p + i;
		char hex[8];
		if (*z == '"' || *z == '\\') {
			put(l, "\\", 1);
			put(l, z, 1);
		} else if ((unsigned char)*z >= 0x80 && !is_text) {
			putz(l, "?");
		} else if ((unsigned char)*z < 0x20) {
			snprintf(hex, sizeof(hex), "\\u%04x", (unsigned)*z);
			putz(l, hex);
		} else {
			put(l, z, 1);
		}
	}
	putz(l, "\"");
}

void log_line(enum log_level level, const char *what, ...)
{
	struct line l = {.n = 0};
	struct timespec ts;
	char head[64];
	va_list ap;
	clock_gettime(CLOCK_REALTIME, &ts);
	snprintf(head, sizeof(head), "<%d>{\"at\":%lld.%03ld,\"what\":", (int)level, (long long)ts.tv_sec,
		 ts.tv_nsec / 1000000);
	putz(&l, head);
	put_quoted(&l, what);
	va_start(ap, what);
	for (const char *name; (name = va_arg(ap, const char *)) != NULL;) {
		const char *value = va_arg(ap, const char *);
		int64_t number;
		if (l.n > LINE_MAX_BYTES - MEMBER_ROOM - 100)
			break;
		putz(&l, ",");
		put_quoted(&l, name);
		putz(&l, ":");
		if (value && str_i64(str_of(value), INT64_MIN, INT64_MAX, &number))
			putz(&l, value);
		else
			put_quoted(&l, value ? value : "");
	}
	va_end(ap);
	memcpy(l.p + l.n, "}\n", 2);
	/* One write, so that lines of many threads do not mix. */
	ssize_t done = write(STDERR_FILENO, l.p, l.n + 2);
	(void)done;
}
