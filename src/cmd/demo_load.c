/* Two threads: one fills a heap of rows while the other writes one. */
#include "demo_city.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { HEAP_BYTES = 12 * 1024 * 1024, TELL_MS = 2000, TELL_MS_PLAIN = 15000 };

struct loader {
	struct demo *d;
	struct db_bulk *heaps[2];
	unsigned filling;
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* guarded by the mutex */
	struct db_bulk *full;    /* waits or is being written */
	struct id tx;
	bool stopping;
	const struct err *bad;   /* on own */
	struct arena *own;
};

static const struct err *load(struct db_tx *tx, void *ctx)
{
	return db_bulk_load(tx, ctx);
}

static const struct err *write_heap(struct loader *l, struct db_bulk *b, struct id tx)
{
	struct arena *a = arena_new(0);
	const struct err *bad = db_write(app_db(l->d->app), a, l->d->city, tx, load, b);
	if (bad)
		bad = err_make(l->own, bad->kind, str_z(l->own, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail));
	arena_free(a);
	return bad;
}

static void *write_all(void *p)
{
	struct loader *l = p;
	pthread_mutex_lock(&l->mutex);
	for (;;) {
		while (!l->full && !l->stopping)
			pthread_cond_wait(&l->changed, &l->mutex);
		if (!l->full)
			break;
		struct db_bulk *b = l->full;
		struct id tx = l->tx;
		pthread_mutex_unlock(&l->mutex);
		const struct err *bad = write_heap(l, b, tx);
		db_bulk_empty(b);
		pthread_mutex_lock(&l->mutex);
		l->full = NULL;
		l->bad = l->bad ? l->bad : bad;
		pthread_cond_broadcast(&l->changed);
	}
	pthread_mutex_unlock(&l->mutex);
	return NULL;
}

const struct err *loader_new(struct demo *d, struct loader **out)
{
	struct loader *l = ARENA_NEW(d->a, struct loader);
	l->d = d;
	l->own = arena_new(0);
	for (int i = 0; i < 2; i++)
		l->heaps[i] = db_bulk_new(app_db(d->app));
	pthread_mutex_init(&l->mutex, NULL);
	pthread_cond_init(&l->changed, NULL);
	int rc = pthread_create(&l->thread, NULL, write_all, l);
	*out = l;
	return rc ? ERR(d->a, ERR_BUSY, NULL, "a thread could not be started (%d)", rc) : NULL;
}

struct db_tx *loader_tx(struct loader *l)
{
	return db_bulk_tx(l->heaps[l->filling]);
}

void loader_order(struct loader *l, void (*order)(struct db_bulk *b))
{
	for (int i = 0; i < 2; i++)
		order(l->heaps[i]);
}

/* Waits until the other heap is written; the error of any so far. */
static const struct err *wait_written(struct loader *l)
{
	pthread_mutex_lock(&l->mutex);
	while (l->full)
		pthread_cond_wait(&l->changed, &l->mutex);
	const struct err *bad = l->bad;
	pthread_mutex_unlock(&l->mutex);
	return bad;
}

static const struct err *hand_over(struct loader *l)
{
	TRY(wait_written(l));
	struct id tx = app_id(l->d->app);
	pthread_mutex_lock(&l->mutex);
	l->full = l->heaps[l->filling];
	l->tx = tx;
	l->filling = 1 - l->filling;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	return NULL;
}

const struct err *loader_step(struct loader *l)
{
	struct db_bulk *b = l->heaps[l->filling];
	db_bulk_rest(b);
	return db_bulk_bytes(b) < HEAP_BYTES ? NULL : hand_over(l);
}

const struct err *loader_end(struct loader *l)
{
	if (db_bulk_rows(l->heaps[l->filling]))
		TRY(hand_over(l));
	return wait_written(l);
}

void loader_free(struct loader *l)
{
	pthread_mutex_lock(&l->mutex);
	l->stopping = true;
	pthread_cond_broadcast(&l->changed);
	pthread_mutex_unlock(&l->mutex);
	pthread_join(l->thread, NULL);
	for (int i = 0; i < 2; i++)
		db_bulk_free(l->heaps[i]);
	arena_free(l->own);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->mutex);
}

/* ---- telling ------------------------------------------------------------------------ */

static int64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void progress_show(struct progress_line *p, size_t done)
{
	bool screen = isatty(STDERR_FILENO);
	int64_t now = done % 64 == 0 || done == p->all ? now_ms() : p->told_ms;
	if (done != p->all && now - p->told_ms < (screen ? TELL_MS : TELL_MS_PLAIN))
		return;
	bool first = !p->told_ms;
	p->told_ms = now;
	if (first && done != p->all)
		return;
	fprintf(stderr, "%sdemo: %zu of %zu %s%s", screen ? "\r" : "", done, p->all, p->what, screen && done != p->all ? "\033[K" : "\n");
}
