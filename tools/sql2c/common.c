#include "sql2c.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int n_failures;

void fail(const char *file, int line, const char *rule, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	fprintf(stderr, "%s:%d: %s: ", shown_path(file), line, rule);
	vfprintf(stderr, fmt, ap);
	putc('\n', stderr);
	va_end(ap);
	n_failures++;
}

int failures(void)
{
	return n_failures;
}

char *copy(const char *s, size_t n)
{
	char *p = malloc(n + 1);
	if (!p)
		abort();
	memcpy(p, s, n);
	p[n] = '\0';
	return p;
}

char *format(const char *fmt, ...)
{
	va_list ap;
	char *out = NULL;
	va_start(ap, fmt);
	if (vasprintf(&out, fmt, ap) < 0)
		abort();
	va_end(ap);
	return out;
}

char *read_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	size_t n = 0, room = 1 << 16;
	char *s = malloc(room + 1);
	while (s && (n += fread(s + n, 1, room - n, f)) == room)
		s = realloc(s, (room *= 2) + 1);
	if (!s || ferror(f))
		abort();
	fclose(f);
	s[n] = '\0';
	return s;
}

const char *shown_path(const char *path)
{
	static const char *const tops[] = {"src/", "tests/"};
	for (size_t i = 0; i < sizeof(tops) / sizeof(tops[0]); i++) {
		for (const char *p = path; (p = strstr(p, tops[i])); p++)
			if (p == path || p[-1] == '/')
				return p;
	}
	return path;
}
