/* Region memory: one arena per request, per job and per start-up phase.
 *
 * Everything handed out lives until the arena is freed or rewound past the
 * mark taken before it. Memory is zeroed. A failing malloc ends the process
 * (out of memory is not an error that a request can handle).
 */
#ifndef ARENA_H
#define ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* A point in an arena's life; see arena_mark(). */
struct arena_mark {
	void *block;
	size_t used;
	void *cleanup;
	size_t total;
};

/* Makes an arena whose soft cap is `cap` bytes (0: 8 MiB). Free with arena_free(). */
struct arena *arena_new(size_t cap);

/* Runs the cleanups, newest first, and gives all memory back. NULL is fine. */
void arena_free(struct arena *a);

/* Zeroed memory for `n` bytes, aligned for any type; never NULL. Passing the
 * soft cap only raises a flag (see arena_is_over); passing four times the cap
 * ends the process, because then no limit in front of the arena held. */
void *arena_alloc(struct arena *a, size_t n) __attribute__((alloc_size(2), returns_nonnull));

/* Like arena_alloc for `count` elements; an overflowing product ends the process. */
void *arena_array(struct arena *a, size_t count, size_t size) __attribute__((returns_nonnull));

/* Copies `n` bytes and puts a NUL behind them. */
void *arena_copy(struct arena *a, const void *p, size_t n) __attribute__((returns_nonnull));

/* True once more than the soft cap is in use; the edge turns this into a LIMIT error (413). */
bool arena_is_over(const struct arena *a);

/* Bytes in use. */
size_t arena_used(const struct arena *a);

/* Registers `fn(p)` to run when the arena is freed or rewound to an earlier mark. */
void arena_defer(struct arena *a, void (*fn)(void *p), void *p);

/* Takes a mark; arena_rewind() runs the cleanups registered since and frees the
 * memory handed out since. */
struct arena_mark arena_mark(struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

#endif
