/* Guessing is made slow without letting anybody lock anybody else out
 * (decision 18): a login is refused to an address after five failures, an
 * address has a budget, and a login as a whole has a slow cap from which those
 * addresses are free where it got in within the last 30 days. A browser in
 * which the login got in before is counted by itself: when somebody behind the
 * same address guesses until that is closed, it still gets in (NFR-6). */
#include "account_model.h"
#include "account_sql.h"
#include "setting.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

enum { MINUTE_MS = 60 * 1000, HOUR_MINUTES = 60, DAY_MINUTES = 24 * 60, KNOWN_MINUTES = 30 * DAY_MINUTES, DEVICE_MINUTES = 400 * DAY_MINUTES };
enum { NO_LIMIT = 1 << 30 };

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

void attempt_name_device(struct app *app, struct arena *a, struct attempt *t, struct str device)
{
	t->has_device = device.n > 0;
	t->device = bucket(app, a, "device", device, STR_NONE);
	t->device_pair = bucket(app, a, "devicepair", t->who, device);
	t->device_known = bucket(app, a, "deviceknown", t->who, device);
}

struct attempt attempt_of(struct app *app, struct arena *a, struct str login, struct str addr, struct str device)
{
	struct str from = network_of(a, addr);
	struct attempt t = {
		.who = login,
		.pair = bucket(app, a, "pair", login, from),
		.pair_day = bucket(app, a, "pairday", login, from),
		.known = bucket(app, a, "known", login, from),
		.login = bucket(app, a, "login", login, STR_NONE),
		.login_day = bucket(app, a, "loginday", login, STR_NONE),
		.addr = bucket(app, a, "addr", from, STR_NONE),
	};
	attempt_name_device(app, a, &t, device);
	return t;
}

struct str attempt_bucket(struct app *app, struct arena *a, const char *kind, struct str addr)
{
	return bucket(app, a, kind, network_of(a, addr), STR_NONE);
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

const struct err *attempt_spend(struct db_tx *tx, struct env *e, struct str bucket, int64_t minutes, int64_t limit)
{
	TRY(check(tx, e, bucket, minutes, limit));
	TRY(count(tx, e, bucket, minutes, NO_LIMIT));
	/* Counting waits for whoever counts the same: now those who were let through at once see each other. */
	return check(tx, e, bucket, minutes, limit + 1);
}

static int64_t number(struct env *e, const char *name)
{
	return setting_i64(e->app, e->city, name);
}

/* In a browser of its own: how often it fails there is nobody else's matter. One that fails all day is a stranger again. */
static const struct err *begin_at_device(struct db_tx *tx, struct env *e, struct attempt *t)
{
	int64_t minutes = number(e, "account.lock_minutes"), pair = number(e, "account.failures_per_address");
	struct count known, worn;
	t->at_device = false;
	if (!t->has_device)
		return NULL;
	TRY(look(tx, e, t->device_known, DEVICE_MINUTES, &known));
	TRY(look(tx, e, t->device, DAY_MINUTES, &worn));
	t->at_device = known.n > 0 && worn.n < number(e, "account.failures_per_day");
	if (!t->at_device)
		return NULL;
	TRY(check(tx, e, t->device_pair, minutes, pair));
	TRY(count(tx, e, t->device_pair, minutes, pair));
	TRY(count(tx, e, t->device, DAY_MINUTES, NO_LIMIT));
	return check(tx, e, t->device_pair, minutes, pair + 1);
}

static const struct err *check_login(struct db_tx *tx, struct env *e, const struct attempt *t)
{
	struct count known;
	TRY(look(tx, e, t->known, KNOWN_MINUTES, &known));
	if (known.n > 0)
		return NULL;
	TRY(check(tx, e, t->login, HOUR_MINUTES, number(e, "account.failures_per_hour")));
	return check(tx, e, t->login_day, DAY_MINUTES, number(e, "account.failures_per_day"));
}

const struct err *attempt_begin(struct db_tx *tx, struct env *e, struct attempt *t)
{
	int64_t minutes = number(e, "account.lock_minutes"), pair = number(e, "account.failures_per_address");
	int64_t budget = number(e, "account.address_budget");
	TRY(begin_at_device(tx, e, t));
	if (t->at_device)
		return NULL;
	TRY(check(tx, e, t->pair, minutes, pair));
	TRY(check(tx, e, t->pair_day, DAY_MINUTES, number(e, "account.failures_per_day")));
	TRY(check(tx, e, t->addr, minutes, budget));
	TRY(check_login(tx, e, t));
	TRY(count(tx, e, t->pair, minutes, pair));
	TRY(count(tx, e, t->pair_day, DAY_MINUTES, NO_LIMIT));
	TRY(count(tx, e, t->addr, minutes, NO_LIMIT));
	TRY(count(tx, e, t->login, HOUR_MINUTES, NO_LIMIT));
	TRY(count(tx, e, t->login_day, DAY_MINUTES, NO_LIMIT));
	/* Counting waits for whoever counts the same: now those who were let through at once see each other. */
	TRY(check(tx, e, t->pair, minutes, pair + 1));
	return check(tx, e, t->addr, minutes, budget + 1);
}

static const struct err *undo(struct db_tx *tx, struct str bucket)
{
	return db_exec(tx, &account_attempt_undo, ARGS(ARG(bucket)), NULL);
}

const struct err *attempt_succeeded(struct db_tx *tx, struct env *e, const struct attempt *t)
{
	if (t->at_device) {
		TRY(db_exec(tx, &account_attempt_clear, ARGS(ARG(t->device_pair)), NULL));
		TRY(undo(tx, t->device));
	} else {
		TRY(db_exec(tx, &account_attempt_clear, ARGS(ARG(t->pair)), NULL));
		TRY(undo(tx, t->pair_day));
		TRY(undo(tx, t->addr));
		TRY(undo(tx, t->login));
		TRY(undo(tx, t->login_day));
	}
	if (t->has_device)
		TRY(count(tx, e, t->device_known, DEVICE_MINUTES, 0));
	return count(tx, e, t->known, KNOWN_MINUTES, 0);
}
