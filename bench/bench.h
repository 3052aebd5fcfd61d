/* What the bench's own programs share: time, waits and their percentiles, memory that is there or the program ends. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

int64_t now_ns(void);

/* Zeroed; never given back: these programs run once. */
void *take(size_t n);
/* v with room for twice as many elements of this size (or a first thousand). */
void *grow(void *v, size_t *cap, size_t size);

struct file {
	char *p;
	size_t n;
};
bool file_read(const char *path, struct file *out);

struct waits {
	int64_t *ns;
	size_t n, cap;
};
void waits_add(struct waits *w, int64_t ns);
/* {"ok":…,"failed":…,"seconds":…,"rate":…,"p50_ms":…,"p99_ms":…,"worst_ms":…,"why":"…"}; why is the first failure, cut. */
void waits_print(struct waits *w, int64_t elapsed_ns, size_t failed, const char *why);

/* Highest resident memory of a process so far in KiB, pid 0 for this one; 0 when it cannot be told. */
long peak_kib(int pid);

#endif
