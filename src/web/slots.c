/* The table of connections and the reaper. Deadlines are totals: a client that
 * sends a byte now and then gains nothing by it. */
#include "web_private.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <time.h>

static const int64_t SECOND = 1000000000;
enum { REAP_EVERY_MS = 100, PATIENCE_S = 5 };

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

/* How much of an answer has arrived is known to the kernel alone; it is asked while places are scarce. */
static void look_at_replies(struct slots *t)
{
	for (size_t i = 0; i < t->n; i++) {
		struct slot *s = &t->v[i];
		struct tcp_info info = {0};
		socklen_t n = sizeof(info);
		if (s->state != SLOT_REPLY || getsockopt(s->fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
			continue;
		if (!s->looked_ns) {
			s->looked_ns = now_ns();
			s->acked = (int64_t)info.tcpi_bytes_acked;
		}
		s->moved = (int64_t)info.tcpi_bytes_acked - s->acked;
	}
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
		if (t->open >= t->max - t->max / 4)
			look_at_replies(t);
		reap(t);
	}
	pthread_mutex_unlock(&t->mutex);
	return NULL;
}

const struct err *slots_start(struct arena *a, struct slots *t, const struct web_options *o)
{
	pthread_condattr_t attr;
	t->max = o->max_connections;
	/* As many again: what is closed in favour of new ones gives its place back a moment later, a crowd of them all at once. */
	t->n = t->max * 2;
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
	int64_t seconds = seconds_of(t, state, bytes > 0 ? bytes : 0);
	s->state = state;
	s->moved = s->looked_ns = 0;
	s->is_upload = s->is_upload && state == SLOT_BODY;
	s->since_ns = now_ns();
	s->deadline_ns = seconds ? s->since_ns + seconds * SECOND : 0;
}

/* ---- making room -------------------------------------------------------------- */

/* Whom to close first when the table is full: who asks nothing, longest first; then who has taken long and moved little, in
 * whatever part of an exchange. Never a running request, and nobody who keeps the pace that each network has. Bigger is worse. */
static int64_t badness(const struct slot *s, int64_t now)
{
	bool is_reply = s->state == SLOT_REPLY;
	int64_t age = now - (is_reply ? s->looked_ns : s->since_ns) + 1;
	if (!s->deadline_ns || s->state == SLOT_WORK || (is_reply && !s->looked_ns)) /* closed already, at work, not known yet */
		return 0;
	if (s->state == SLOT_IDLE)
		return INT64_MAX / 2 + age;
	if (s->moved / SLOWEST * SECOND + s->moved % SLOWEST * (SECOND / SLOWEST) >= age)
		return 0;
	return age / (1000 + s->moved) + 1;
}

static bool close_one(struct slots *t, struct slot *s)
{
	if (!s)
		return false;
	s->deadline_ns = 0;
	if (s->state != SLOT_IDLE)
		atomic_fetch_add(&t->reaped, 1);
	shutdown(s->fd, SHUT_RDWR);
	return true;
}

static bool close_worst(struct slots *t)
{
	struct slot *worst = NULL;
	int64_t now = now_ns(), most = 0;
	for (size_t i = 0; i < t->n; i++) {
		int64_t bad = badness(&t->v[i], now);
		if (bad > most) {
			most = bad;
			worst = &t->v[i];
		}
	}
	return close_one(t, worst);
}

/* Of those whose upload it is, or of all of them: the one that moves least, once it has had some seconds to come into its stride. */
static bool close_slow_upload(struct slots *t, int64_t whose, bool of_all)
{
	struct slot *worst = NULL;
	int64_t now = now_ns(), most = 0;
	for (size_t i = 0; i < t->n; i++) {
		struct slot *s = &t->v[i];
		bool is_one = s->is_upload && (of_all || s->whose == whose) && now - s->since_ns > PATIENCE_S * SECOND;
		int64_t bad = is_one ? badness(s, now) : 0;
		if (bad > most) {
			most = bad;
			worst = s;
		}
	}
	return close_one(t, worst);
}

bool slots_take_upload(struct slots *t, struct slot *s, int64_t whose, unsigned max)
{
	unsigned all = 0, own = 0, own_max = whose ? max / 8 : max / 2;
	pthread_mutex_lock(&t->mutex);
	for (size_t i = 0; i < t->n; i++) {
		all += t->v[i].is_upload;
		own += t->v[i].is_upload && t->v[i].whose == whose;
	}
	bool fits = (own < own_max || close_slow_upload(t, whose, false)) && (all < max || close_slow_upload(t, whose, true));
	s->is_upload = fits;
	s->whose = whose;
	pthread_mutex_unlock(&t->mutex);
	return fits;
}

static struct slot *free_slot(struct slots *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->v[i].state == SLOT_FREE)
			return &t->v[i];
	return NULL;
}

struct slot *slots_take(struct slots *t, int fd)
{
	struct slot *s = NULL;
	pthread_mutex_lock(&t->mutex);
	if (!t->stop && (t->open < t->max || close_worst(t)))
		s = free_slot(t);
	if (s) {
		*s = (struct slot){.fd = fd};
		set_state(t, s, SLOT_HEAD, 0);
		t->open++;
	}
	pthread_mutex_unlock(&t->mutex);
	return s;
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

void slots_moved(struct slots *t, struct slot *s, int64_t bytes, bool is_open)
{
	pthread_mutex_lock(&t->mutex);
	s->moved = bytes;
	if (is_open && s->deadline_ns)
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
