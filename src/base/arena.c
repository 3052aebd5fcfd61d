#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

ALLOW_MALLOC // this is where the memory comes from

enum { BLOCK_MIN = 16 * 1024, HARD_FACTOR = 4 };
static const size_t CAP_DEFAULT = (size_t)8 * 1024 * 1024;

struct block {
	struct block *prev;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct cleanup {
	struct cleanup *prev;
	void (*fn)(void *p);
	void *p;
};

struct arena {
	struct block *block;
	struct cleanup *cleanup;
	size_t total, cap;
	bool over;
};

static void die(const char *why)
{
	fputs(why, stderr);
	abort();
}

static struct block *block_new(struct block *prev, size_t need)
{
	size_t size = need > BLOCK_MIN ? need : BLOCK_MIN;
	struct block *b = malloc(sizeof(*b) + size);
	if (!b)
		die("<0>out of memory\n");
	b->prev = prev;
	b->size = size;
	b->used = 0;
	return b;
}

struct arena *arena_new(size_t cap)
{
	struct arena *a = calloc(1, sizeof(*a));
	if (!a)
		die("<0>out of memory\n");
	a->cap = cap ? cap : CAP_DEFAULT;
	return a;
}

void *arena_alloc(struct arena *a, size_t n)
{
	const size_t align = alignof(max_align_t);
	if (n > SIZE_MAX / 2)
		die("<0>arena: impossible size\n");
	n = (n + align - 1) & ~(align - 1);
	if (n == 0)
		n = align;
	a->total += n;
	if (a->total > a->cap)
		a->over = true;
	if (a->total / HARD_FACTOR > a->cap)
		die("<0>arena: four times the cap in use, a limit is missing\n");
	if (!a->block || a->block->size - a->block->used < n)
		a->block = block_new(a->block, n);
	void *p = a->block->bytes + a->block->used;
	a->block->used += n;
	return memset(p, 0, n);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;
	if (__builtin_mul_overflow(count, size, &n))
		die("<0>arena: impossible size\n");
	return arena_alloc(a, n);
}

void *arena_copy(struct arena *a, const void *p, size_t n)
{
	unsigned char *to = arena_alloc(a, n + 1);
	if (n)
		memcpy(to, p, n);
	return to;
}

bool arena_is_over(const struct arena *a)
{
	return a->over;
}

size_t arena_used(const struct arena *a)
{
	return a->total;
}

void arena_defer(struct arena *a, void (*fn)(void *p), void *p)
{
	struct cleanup *c = ARENA_NEW(a, struct cleanup);
	c->prev = a->cleanup;
	c->fn = fn;
	c->p = p;
	a->cleanup = c;
}

struct arena_mark arena_mark(struct arena *a)
{
	return (struct arena_mark){a->block, a->block ? a->block->used : 0, a->cleanup, a->total};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
	while (a->cleanup != mark.cleanup) {
		struct cleanup *c = a->cleanup;
		a->cleanup = c->prev;
		c->fn(c->p);
	}
	while (a->block != mark.block) {
		struct block *b = a->block;
		a->block = b->prev;
		free(b);
	}
	if (a->block)
		a->block->used = mark.used;
	a->total = mark.total;
	a->over = a->total > a->cap;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	arena_rewind(a, (struct arena_mark){0});
	free(a);
}
