#include "bench.h"

#include <stdlib.h>
#include <time.h>

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void *take(size_t n)
{
	void *p = calloc(1, n);
	if (!p)
		abort();
	return p;
}

void *grow(void *v, size_t *cap, size_t size)
{
	*cap = *cap ? *cap * 2 : 1024;
	v = realloc(v, *cap * size);
	if (!v)
		abort();
	return v;
}

bool file_read(const char *path, struct file *out)
{
	FILE *f = fopen(path, "rb");
	long n = -1;
	if (f && fseek(f, 0, SEEK_END) == 0)
		n = ftell(f);
	if (n >= 0) {
		rewind(f);
		out->p = take((size_t)n + 1);
		out->n = fread(out->p, 1, (size_t)n, f);
	}
	bool ok = n >= 0 && out->n == (size_t)n;
	if (!ok)
		perror(path);
	if (f)
		fclose(f);
	return ok;
}

void waits_add(struct waits *w, int64_t ns)
{
	if (w->n == w->cap)
		w->ns = grow(w->ns, &w->cap, sizeof(*w->ns));
	w->ns[w->n++] = ns;
}

static int by_value(const void *x, const void *y)
{
	int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
	return (a > b) - (a < b);
}

/* Nearest rank. */
static double percentile_ms(const struct waits *w, double p)
{
	if (!w->n)
		return 0;
	size_t i = (size_t)(p * (double)w->n);
	return (double)w->ns[i < w->n ? i : w->n - 1] / 1e6;
}

void waits_print(struct waits *w, int64_t elapsed_ns, size_t failed, const char *why)
{
	double seconds = elapsed_ns > 0 ? (double)elapsed_ns / 1e9 : 1e-9;
	if (w->n)
		qsort(w->ns, w->n, sizeof(*w->ns), by_value);
	printf("{\"ok\":%zu,\"failed\":%zu,\"seconds\":%.3f,\"rate\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"worst_ms\":%.3f,\"why\":\"",
	       w->n, failed, seconds, (double)w->n / seconds, percentile_ms(w, 0.5), percentile_ms(w, 0.99), percentile_ms(w, 1));
	for (const char *p = why; *p; p++)
		putchar(*p == '"' || *p == '\\' || (unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e ? ' ' : *p);
	puts("\"}");
}

long peak_kib(int pid)
{
	char path[40], line[200];
	long kib = 0;
	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/status", pid);
	else
		snprintf(path, sizeof(path), "/proc/self/status");
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmHWM:", 6) == 0)
			kib = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	return kib;
}
