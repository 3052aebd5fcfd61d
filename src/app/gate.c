#include "gate.h"

#include <errno.h>
#include <pthread.h>

struct gate {
	pthread_mutex_t lock;
	pthread_cond_t freed;
	unsigned places;
};

static void gate_free(void *p)
{
	struct gate *g = p;
	pthread_cond_destroy(&g->freed);
	pthread_mutex_destroy(&g->lock);
}

struct gate *gate_new(struct arena *a, unsigned places)
{
	struct gate *g = ARENA_NEW(a, struct gate);
	pthread_condattr_t attr;
	g->places = places;
	pthread_mutex_init(&g->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&g->freed, &attr);
	pthread_condattr_destroy(&attr);
	arena_defer(a, gate_free, g);
	return g;
}

const struct err *gate_enter(struct gate *g, struct arena *a, int wait_ms)
{
	struct timespec end;
	int rc = 0;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += (long)(wait_ms % 1000) * 1000000;
	end.tv_sec += wait_ms / 1000 + end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	pthread_mutex_lock(&g->lock);
	while (g->places == 0 && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&g->freed, &g->lock, &end);
	bool in = g->places > 0;
	g->places -= in;
	pthread_mutex_unlock(&g->lock);
	return in ? NULL : ERR(a, ERR_BUSY, NULL, "no place within %d ms", wait_ms);
}

void gate_leave(struct gate *g)
{
	pthread_mutex_lock(&g->lock);
	g->places++;
	pthread_cond_signal(&g->freed);
	pthread_mutex_unlock(&g->lock);
}
