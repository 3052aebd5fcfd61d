/* When a mail is due: the digest of a day, and what is told at once. */
#include "notice_mail.h"

#include "day.h"
#include "job.h"
#include "notice_sql.h"
#include "setting.h"

enum { CHUNK = 50, PURGE_ROWS = 500, PURGE_ROUNDS = 200, MAILS_KEPT_DAYS = 100, BACK_DAYS = 7 };
#define DAY_MS INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)

struct candidate {
	struct id id;
};
static const struct shape candidate_row[] = {SHAPE(struct candidate, id, 0), SHAPE_END};

static int64_t hour_of(struct instant t)
{
	return (t.ms + INT64_C(1000) * CST_OFFSET_S) / (60 * MINUTE_MS) % 24;
}

/* ---- alarms ------------------------------------------------------------------------------ */

struct last_alarm {
	struct id id;
	struct instant made_at, sent_at;
};
static const struct shape last_row[] = {
	SHAPE(struct last_alarm, id, 0), SHAPE(struct last_alarm, made_at, 0), SHAPE(struct last_alarm, sent_at, 0), SHAPE_END};

/* The first at once; what comes soon after it goes into one that waits a little, so that a hundred do not ring a hundred times. */
static const struct err *alarm_one(struct db_tx *tx, struct env *e, struct id person)
{
	struct last_alarm last = {0};
	struct profile p;
	bool found, made;
	struct instant from = INSTANT(e->now.ms - BACK_DAYS * DAY_MS);
	int64_t n = 0, held = 0, gap = setting_i64(e->app, e->city, "notice.alarm_gap_minutes") * MINUTE_MS;
	TRY(profile_read(tx, e->city, person, &p));
	if (!p.verified_at.ms)
		return NULL;
	from = from.ms < p.verified_at.ms ? p.verified_at : from;
	TRY(db_i64(tx, &notice_alarms_waiting, ARGS(ARG(e->city), ARG(person), ARG(from)), 0, &n));
	if (!n)
		return NULL;
	TRY(db_find(tx, &notice_alarm_last, ARGS(ARG(e->city), ARG(person)), last_row, &last, &found));
	/* Not the time of a next try: one that does not get through holds up no other. */
	int64_t next = found ? (last.sent_at.ms > last.made_at.ms ? last.sent_at.ms : last.made_at.ms) + gap : 0;
	struct mail_row m = {.person_id = person, .channel = STR("email"), .purpose = MAIL_ALARM, .on_day = instant_day(e->now), .state = MAIL_PENDING,
			     .n = n, .try_at = next > e->now.ms ? INSTANT(next) : e->now};
	if (found)
		TRY(db_exec(tx, &notice_alarm_hold, ARGS(ARG(e->city), ARG(last.id), ARG(n)), &held));
	if (!held)
		TRY(mail_add(tx, e, &m, &made));
	return db_exec(tx, &notice_into_alarm, ARGS(ARG(e->city), ARG(person), ARG(held ? last.id : m.id), ARG(from)), NULL);
}

/* ---- digests ------------------------------------------------------------------------------ */

/* The notices of a topic that is not wanted by mail stay in the inbox alone. */
static const struct err *gather(struct db_tx *tx, struct env *e, struct id person, struct id mail, const struct profile *p, int64_t *n)
{
	struct instant from = INSTANT(e->now.ms - BACK_DAYS * DAY_MS);
	*n = 0;
	for (uint32_t topic = NOTICE_DANGER; topic <= NOTICE_OTHER; topic++) {
		int64_t some = 0;
		if (!profile_wants(p, topic))
			continue;
		TRY(db_exec(tx, &notice_into_mail, ARGS(ARG(e->city), ARG(person), ARG(mail), ARG(from), ARG_CODE(notice_topics, topic)), &some));
		*n += some;
	}
	return NULL;
}

static const struct err *count_standing(struct db_tx *tx, struct env *e, struct id person, int64_t *n)
{
	for (const struct feature *const *f = app_features(e->app); *f; f++) {
		struct notice_standing v[NOTICE_STANDING_MAX];
		size_t some = 0;
		if (!(*f)->standing)
			continue;
		TRY((*f)->standing(tx, e, person, v, &some));
		for (size_t i = 0; i < some; i++)
			*n += v[i].n;
	}
	return NULL;
}

static const struct err *digest_one(struct db_tx *tx, struct env *e, struct id person)
{
	struct profile p;
	struct mail_row m = {.person_id = person, .channel = STR("email"), .purpose = MAIL_DIGEST, .on_day = instant_day(e->now),
			     .state = MAIL_PENDING, .try_at = e->now};
	bool made;
	int64_t n, standing = 0;
	TRY(mail_add(tx, e, &m, &made));
	if (!made)
		return NULL;
	/* What was to be told at once and was not, since no mail was set up: now. It never waits in a digest. */
	TRY(alarm_one(tx, e, person));
	TRY(profile_read(tx, e->city, person, &p));
	TRY(gather(tx, e, person, m.id, &p, &n));
	TRY(count_standing(tx, e, person, &standing));
	return db_exec(tx, &notice_mail_count,
		       ARGS(ARG(e->city), ARG(m.id), ARG(n), ARG_CODE(mail_states, n + standing ? MAIL_PENDING : MAIL_EMPTY)), NULL);
}

struct round {
	struct id after;
	struct candidate *v;
	size_t n;
	bool off;
};

static const struct err *read_due(struct db_tx *tx, struct env *e, void *ctx)
{
	struct round *r = ctx;
	void *rows;
	int64_t hour = hour_of(e->now), usual = setting_i64(e->app, e->city, "notice.digest_hour");
	TRY(db_all(tx, &notice_digest_due,
		   ARGS(ARG(e->city), ARG(r->after), arg_i64(hour), arg_i64(usual <= hour ? -1 : 0), ARG_DAY(instant_day(e->now)), arg_i64(CHUNK)),
		   candidate_row, sizeof(struct candidate), &rows, &r->n));
	r->v = rows;
	return NULL;
}

static const struct err *make_due(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct round *r = ctx;
	for (size_t i = 0; i < r->n; i++)
		TRY(digest_one(tx, e, r->v[i].id));
	return NULL;
}

const struct err *digest_work(struct env *e, struct str payload)
{
	struct round r = {0};
	(void)payload;
	if (!mail_is_ready(e->app, e->city))
		return NULL;
	do {
		struct arena_mark mark = arena_mark(e->a);
		TRY(env_read(e, read_due, &r));
		if (r.n)
			TRY(env_write(e, make_due, &r));
		r.after = r.n ? r.v[r.n - 1].id : r.after;
		arena_rewind(e->a, mark);
	} while (r.n == CHUNK);
	return NULL;
}

static const struct err *alarm_of(struct db_tx *tx, struct env *e, void *ctx)
{
	return alarm_one(tx, e, *(const struct id *)ctx);
}

const struct err *alarm_work(struct env *e, struct str payload)
{
	struct id person;
	if (!str_i64(payload, 1, INT64_MAX, &person.v))
		return ERR(e->a, ERR_BUG, NULL, "no person: %.*s", STR_ARG(payload));
	return mail_is_ready(e->app, e->city) ? env_write(e, alarm_of, &person) : NULL;
}

/* ---- what is kept -------------------------------------------------------------------------- */

struct purge {
	int64_t n;
};

static const struct err *purge_some(struct db_tx *tx, struct env *e, void *ctx)
{
	struct purge *p = ctx;
	int64_t mails = 0, days = setting_i64(e->app, e->city, "notice.kept_days");
	TRY(db_exec(tx, &notice_purge, ARGS(ARG(e->city), arg_i64(e->now.ms - days * DAY_MS), arg_i64(PURGE_ROWS)), &p->n));
	TRY(db_exec(tx, &notice_mail_purge, ARGS(ARG(e->city), arg_i64(e->now.ms - MAILS_KEPT_DAYS * DAY_MS), arg_i64(PURGE_ROWS)), &mails));
	p->n += mails;
	return NULL;
}

const struct err *purge_work(struct env *e, struct str payload)
{
	struct purge p = {1};
	(void)payload;
	for (int i = 0; i < PURGE_ROUNDS && p.n; i++)
		TRY(env_write(e, purge_some, &p));
	return NULL;
}
