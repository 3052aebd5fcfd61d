/* The table of connections and the reaper. Deadlines are totals: a client that
 * sends a byte now and then gains nothing by it. */
#include "web_private.h"

#include <time.h>

static const int64_t SECOND = 1000000000;
enum { REAP_EVERY_MS = 100, SLACK = 16 };

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static void reap(struct slots *t)
{
	int64_t now = now_ns();
	for (size_t i = 0; i < t->n; i++) {
		struct slot *s = &t->v[i];
		if (s->state == SLOT_FREE || !s->deadline_ns || now < s->deadline_ns)
			continue;
		s->deadline_ns = 0;
		if (s->state != SLOT_IDLE)
			atomic_fetch_add(&t->reaped, 1);
		shutdown(s->fd, SHUT_RDWR);
	}
}

static void *reaper(void *p)
{
	struct slots *t = p;
	pthread_mutex_lock(&t->mutex);
	while (!t->stop) {
		int64_t until = now_ns() + (int64_t)REAP_EVERY_MS * SECOND / 1000;
		struct timespec at = {until / SECOND, until % SECOND};
		pthread_cond_timedwait(&t->wake, &t->mutex, &at);
		reap(t);
	}
	pthread_mutex_unlock(&t->mutex);
	return NULL;
}

const struct err *slots_start(struct arena *a, struct slots *t, const struct web_options *o)
{
	pthread_condattr_t attr;
	t->max = o->max_connections;
	t->n = t->max + SLACK;
	t->v = ARENA_ARRAY(a, struct slot, t->n);
	t->head_s = o->head_s;
	t->body_s = o->body_s;
	t->idle_s = o->idle_s;
	pthread_mutex_init(&t->mutex, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&t->reaper, NULL, reaper, t) != 0)
		return ERR(a, ERR_BUSY, "threads", "no thread for the reaper");
	return NULL;
}

void slots_stop(struct slots *t)
{
	pthread_mutex_lock(&t->mutex);
	t->stop = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->mutex);
	pthread_join(t->reaper, NULL);
	pthread_cond_destroy(&t->wake);
	pthread_mutex_destroy(&t->mutex);
}

static int64_t seconds_of(const struct slots *t, enum slot_state state, int64_t bytes)
{
	switch (state) {
	case SLOT_HEAD:
		return t->head_s;
	case SLOT_BODY:
	case SLOT_REPLY:
		return t->body_s + bytes / SLOWEST;
	case SLOT_IDLE:
		return t->idle_s;
	default:
		return 0;
	}
}

static void set_state(struct slots *t, struct slot *s, enum slot_state state, int64_t bytes)
{
	int64_t seconds = seconds_of(t, state, bytes);
	s->state = state;
	s->since_ns = now_ns();
	s->deadline_ns = seconds ? s->since_ns + seconds * SECOND : 0;
}

/* Closes the connection that has been idle longest to make room. */
static bool evict_idle(struct slots *t)
{
	struct slot *oldest = NULL;
	for (size_t i = 0; i < t->n; i++) {
		struct slot *s = &t->v[i];
		if (s->state == SLOT_IDLE && s->deadline_ns && (!oldest || s->since_ns < oldest->since_ns))
			oldest = s;
	}
	if (!oldest)
		return false;
	oldest->deadline_ns = 0;
	shutdown(oldest->fd, SHUT_RDWR);
	return true;
}

struct slot *slots_take(struct slots *t, int fd)
{
	struct slot *free_one = NULL;
	pthread_mutex_lock(&t->mutex);
	for (size_t i = 0; i < t->n && !free_one; i++)
		if (t->v[i].state == SLOT_FREE)
			free_one = &t->v[i];
	if (t->stop || (free_one && t->open >= t->max && !evict_idle(t)))
		free_one = NULL;
	if (free_one) {
		*free_one = (struct slot){.fd = fd};
		set_state(t, free_one, SLOT_HEAD, 0);
		t->open++;
	}
	pthread_mutex_unlock(&t->mutex);
	return free_one;
}

void slots_give(struct slots *t, struct slot *s)
{
	pthread_mutex_lock(&t->mutex);
	s->state = SLOT_FREE;
	s->fd = -1;
	t->open--;
	pthread_mutex_unlock(&t->mutex);
}

void slots_enter(struct slots *t, struct slot *s, enum slot_state state, int64_t bytes)
{
	pthread_mutex_lock(&t->mutex);
	set_state(t, s, state, bytes);
	pthread_mutex_unlock(&t->mutex);
}

void slots_extend(struct slots *t, struct slot *s, int64_t bytes)
{
	pthread_mutex_lock(&t->mutex);
	if (s->deadline_ns)
		s->deadline_ns = s->since_ns + seconds_of(t, s->state, bytes) * SECOND;
	pthread_mutex_unlock(&t->mutex);
}

size_t slots_cut_idle(struct slots *t)
{
	size_t busy = 0;
	pthread_mutex_lock(&t->mutex);
	for (size_t i = 0; i < t->n; i++) {
		struct slot *s = &t->v[i];
		if (s->state == SLOT_IDLE || s->state == SLOT_HEAD)
			shutdown(s->fd, SHUT_RDWR);
		else
			busy += s->state != SLOT_FREE;
	}
	pthread_mutex_unlock(&t->mutex);
	return busy;
}

size_t slots_open(struct slots *t)
{
	pthread_mutex_lock(&t->mutex);
	size_t open = t->open;
	pthread_mutex_unlock(&t->mutex);
	return open;
}
