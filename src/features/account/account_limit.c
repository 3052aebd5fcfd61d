/* Guessing is made slow without letting anybody lock anybody else out
 * (decision 18): a login is refused to an address after five failures, an
 * address has a budget, and a login as a whole has a slow cap from which those
 * addresses are free where it got in within the last 30 days. */
#include "account_model.h"
#include "account_sql.h"
#include "setting.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MINUTES = 60, KNOWN_MINUTES = 30 * 24 * 60, NO_LIMIT = 1 << 30 };

/* One subscriber may hold 2^64 addresses of IPv6: its network counts. */
static struct str network_of(struct arena *a, struct str addr)
{
	unsigned char v6[16];
	if (str_find(addr, ':') < 0 || inet_pton(AF_INET6, str_z(a, addr), v6) != 1)
		return addr;
	static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	return str_hex(a, v6, memcmp(v6, mapped, sizeof(mapped)) == 0 ? 16 : 8);
}

static struct str bucket(struct app *app, struct arena *a, const char *kind, struct str one, struct str two)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct str text = str_fmt(a, "attempt|%s|%zu|%.*s|%.*s", kind, one.n, STR_ARG(one), STR_ARG(two));
	crypto_auth_hmacsha256(mac, (const unsigned char *)text.p, text.n, app_secret(app));
	return str_fmt(a, "%s:%.*s", kind, STR_ARG(str_b64url(a, mac, 18)));
}

struct attempt attempt_of(struct app *app, struct arena *a, struct str login, struct str addr)
{
	struct str from = network_of(a, addr);
	return (struct attempt){
		.pair = bucket(app, a, "pair", login, from),
		.known = bucket(app, a, "known", login, from),
		.login = bucket(app, a, "login", login, STR_NONE),
		.addr = bucket(app, a, "addr", from, STR_NONE),
	};
}

struct count {
	int64_t n;
	struct instant ends_at;
};
static const struct shape count_row[] = {SHAPE(struct count, n, 0), SHAPE(struct count, ends_at, 0), SHAPE_END};

/* No time that began by now ends later than this: what does was counted by a clock that ran ahead, and would stand for ever. */
static struct arg latest_end(const struct env *e, int64_t minutes)
{
	return arg_i64(e->now.ms + minutes * MINUTE_MS + CLOCK_AHEAD_MS);
}

static const struct err *look(struct db_tx *tx, struct env *e, struct str bucket, int64_t minutes, struct count *out)
{
	bool found;
	*out = (struct count){0};
	return db_find(tx, &account_attempt_find, ARGS(ARG(bucket), ARG(e->now), latest_end(e, minutes)), count_row, out, &found);
}

static const struct err *check(struct db_tx *tx, struct env *e, struct str bucket, int64_t minutes, int64_t limit)
{
	struct count k;
	TRY(look(tx, e, bucket, minutes, &k));
	if (k.n < limit)
		return NULL;
	struct err *bad = (struct err *)(uintptr_t)ERR(db_arena(tx), ERR_RATE, "too_many_attempts", "too many failed attempts");
	bad->retry_after_s = (int)((k.ends_at.ms - e->now.ms + 999) / 1000);
	return bad;
}

/* `restarts_at`: from this count on, each failure begins the time anew. */
static const struct err *count(struct db_tx *tx, struct env *e, struct str bucket, int64_t minutes, int64_t restarts_at)
{
	return db_exec(tx, &account_attempt_count,
		       ARGS(ARG(bucket), arg_i64(e->now.ms + minutes * MINUTE_MS), ARG(e->now), latest_end(e, minutes),
			    arg_i64(restarts_at)), NULL);
}

const struct err *attempt_begin(struct db_tx *tx, struct env *e, const struct attempt *t)
{
	int64_t minutes = setting_i64(e->app, e->city, "account.lock_minutes");
	int64_t pair = setting_i64(e->app, e->city, "account.failures_per_address");
	struct count known;
	int64_t budget = setting_i64(e->app, e->city, "account.address_budget");
	TRY(look(tx, e, t->known, KNOWN_MINUTES, &known));
	TRY(check(tx, e, t->pair, minutes, pair));
	TRY(check(tx, e, t->addr, minutes, budget));
	if (known.n == 0)
		TRY(check(tx, e, t->login, HOUR_MINUTES, setting_i64(e->app, e->city, "account.failures_per_hour")));
	TRY(count(tx, e, t->pair, minutes, pair));
	TRY(count(tx, e, t->addr, minutes, NO_LIMIT));
	TRY(count(tx, e, t->login, HOUR_MINUTES, NO_LIMIT));
	/* Counting waits for whoever counts the same: now those who were let through at once see each other. */
	TRY(check(tx, e, t->pair, minutes, pair + 1));
	return check(tx, e, t->addr, minutes, budget + 1);
}

const struct err *attempt_succeeded(struct db_tx *tx, struct env *e, const struct attempt *t)
{
	TRY(db_exec(tx, &account_attempt_clear, ARGS(ARG(t->pair)), NULL));
	TRY(db_exec(tx, &account_attempt_undo, ARGS(ARG(t->addr)), NULL));
	TRY(db_exec(tx, &account_attempt_undo, ARGS(ARG(t->login)), NULL));
	return count(tx, e, t->known, KNOWN_MINUTES, 0);
}
