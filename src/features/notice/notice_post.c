/* The queue of mails: leased, sent outside of any transaction, settled. */
#include "notice_mail.h"

#include "job.h"
#include "log.h"
#include "notice_sql.h"

#include <time.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
enum { RUN_S = 30, ERROR_BYTES = 300 };

static const char *const purpose_words[] = {"", "alarm", "digest", "verify", NULL};
const struct codes mail_purposes = {"mail_purpose", purpose_words};
static const char *const state_words[] = {"", "pending", "sending", "sent", "empty", "unknown", "given_up", NULL};
const struct codes mail_states = {"mail_state", state_words};

#define T struct mail_row
const struct shape mail_row[] = {
	SHAPE(T, id, 0), SHAPE(T, person_id, 0), SHAPE(T, channel, 0), SHAPE_CODE(T, purpose, &mail_purposes), SHAPE(T, on_day, 0),
	SHAPE_CODE(T, state, &mail_states), SHAPE(T, n, 0), SHAPE(T, attempts, 0), SHAPE(T, try_at, 0), SHAPE(T, lease_until, 0),
	SHAPE(T, made_at, 0), SHAPE(T, sent_at, 0), SHAPE(T, error, 0), SHAPE_END};
#undef T

const struct err *mail_add(struct db_tx *tx, struct env *e, struct mail_row *m, bool *made)
{
	int64_t changed;
	m->id = env_id(e);
	m->made_at = e->now;
	TRY(db_exec(tx, &notice_mail_insert,
		    ARGS(ARG(e->city), ARG(m->id), ARG(m->person_id), ARG(m->channel), ARG_CODE(mail_purposes, m->purpose), ARG_DAY(m->on_day),
			 ARG_CODE(mail_states, m->state), ARG(m->n), ARG(m->try_at), ARG(e->now)),
		    &changed));
	*made = changed == 1;
	if (!*made || m->state != MAIL_PENDING)
		return NULL;
	/* The periodic job itself, sooner: so that a city's mails hold one worker at most. */
	return job_add(tx, e, "notice.mail", STR("every"), STR(""), m->try_at);
}

/* ---- one ---------------------------------------------------------------------------- */

struct posting {
	struct mail_row m;
	bool found, has_words, is_again;
	struct notice_message words;
	struct notice_outcome out;
};

/* As long as the mail is news. */
static int64_t patience_ms(uint32_t purpose)
{
	return purpose == MAIL_VERIFY ? HOUR_MS : purpose == MAIL_DIGEST ? 20 * HOUR_MS : 24 * HOUR_MS;
}

static int64_t wait_ms(int64_t attempts)
{
	int64_t ms = MINUTE_MS;
	for (int64_t i = 1; i < attempts && ms < HOUR_MS; i++)
		ms *= 2;
	return ms < HOUR_MS ? ms : HOUR_MS;
}

static const struct err *take(struct db_tx *tx, struct env *e, void *ctx)
{
	struct posting *p = ctx;
	int64_t changed = 0;
	TRY(db_find(tx, &notice_mail_next_urgent, ARGS(ARG(e->city), ARG(e->now)), mail_row, &p->m, &p->found));
	if (!p->found)
		TRY(db_find(tx, &notice_mail_next, ARGS(ARG(e->city), ARG(e->now)), mail_row, &p->m, &p->found));
	if (!p->found)
		return NULL;
	p->is_again = p->m.state == MAIL_SENDING;
	TRY(db_exec(tx, &notice_mail_take,
		    ARGS(ARG(e->city), ARG(p->m.id), ARG(p->m.attempts), arg_i64(e->now.ms + 3 * MINUTE_MS), ARG(e->now)), &changed));
	/* Another server was quicker. */
	p->m.attempts++;
	p->found = changed == 1;
	return p->found ? letter_make(tx, e, &p->m, &p->words, &p->has_words) : NULL;
}

static const struct err *settle(struct db_tx *tx, struct env *e, void *ctx)
{
	struct posting *p = ctx;
	bool too_old = e->now.ms - p->m.made_at.ms > patience_ms(p->m.purpose);
	uint32_t state = p->out.fate == FATE_SENT ? MAIL_SENT : p->out.fate == FATE_UNKNOWN ? MAIL_UNKNOWN
		       : p->out.fate == FATE_LATER && !too_old ? MAIL_PENDING : MAIL_GIVEN_UP;
	/* An alarm rather comes twice than not at all; a digest once at most. */
	if (state == MAIL_UNKNOWN && p->m.purpose != MAIL_DIGEST)
		state = too_old ? MAIL_UNKNOWN : MAIL_PENDING;
	struct str why = str_sub(p->out.why, 0, ERROR_BYTES);
	while (why.n && !str_is_utf8(why))
		why.n--;
	return db_exec(tx, &notice_mail_settle,
		       ARGS(ARG(e->city), ARG(p->m.id), ARG(p->m.attempts), ARG_CODE(mail_states, state), arg_i64(e->now.ms + wait_ms(p->m.attempts)),
			    ARG(state == MAIL_SENT ? e->now : INSTANT(0)), ARG(why)),
		       NULL);
}

static void post(struct env *e, struct posting *p)
{
	const struct notice_channel *c = notice_channel_find(p->m.channel);
	if (p->is_again && p->m.purpose == MAIL_DIGEST)
		p->out = (struct notice_outcome){.fate = FATE_UNKNOWN, .why = STR("the server that sent it stopped meanwhile")};
	else if (!p->has_words)
		p->out = (struct notice_outcome){.fate = FATE_NEVER, .why = STR("nothing to send, or nowhere to send it to")};
	else if (!c || !c->is_ready(e->app, e->city))
		p->out = (struct notice_outcome){.fate = FATE_LATER, .no_server = true, .why = STR("no mail server is set up")};
	else
		c->send(e->app, e->a, e->city, &p->words, &p->out);
}

/* Sends the next one that is due. */
static const struct err *post_next(struct env *e, struct posting *p)
{
	*p = (struct posting){0};
	TRY(env_write(e, take, p));
	if (!p->found)
		return NULL;
	post(e, p);
	e->now = app_now(e->app);
	if (p->out.fate != FATE_SENT)
		log_line(LOG_LEVEL_WARN, "mail", "id", str_fmt(e->a, "%lld", (long long)p->m.id.v).p, "purpose", codes_word(&mail_purposes, p->m.purpose),
			 "why", str_z(e->a, p->out.why), NULL);
	return env_write(e, settle, p);
}

static int64_t seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec;
}

const struct err *mail_work(struct env *e, struct str payload)
{
	int64_t end = seconds() + RUN_S;
	(void)payload;
	for (bool more = true; more && seconds() < end;) {
		struct arena *a = arena_new(0);
		struct env one = env_system(e->app, a, e->city);
		struct posting p;
		const struct err *bad = post_next(&one, &p);
		/* Where nobody answers the others wait for the next run. */
		more = !bad && p.found && !p.out.no_server;
		bad = bad ? err_make(e->a, bad->kind, str_z(e->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail)) : NULL;
		arena_free(a);
		TRY(bad);
	}
	return NULL;
}
