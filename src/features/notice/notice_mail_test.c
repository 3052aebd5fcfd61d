/* Mails: bytes, what answers mean, one digest a person and day, alarms that do not storm, caps (HAZ-9). */
#include "notice_mail.h"

#include "account.h"
#include "day.h"
#include "job.h"
#include "org.h"
#include "setting.h"

#include "notice_curl.h"

enum { PEOPLE = 4 };
#define GROUND_MORE      \
	struct unit root; \
	struct id people[PEOPLE];
#include "app_ground.h"

extern const struct feature feature_org, feature_account, feature_notice;

#define HOUR_MS INT64_C(3600000)
#define DAY_MS (24 * HOUR_MS)

static const struct notice_kind kinds[] = {
	{"hazard.yours", NOTICE_TASK, NOTICE_DAILY, "/hazards/{id}"},
	{"hazard.danger", NOTICE_DANGER, NOTICE_AT_ONCE, "/hazards/{id}"},
	{"hazard.other", NOTICE_OTHER, NOTICE_DAILY, "/hazards/{id}"},
	{0},
};
static const struct feature feature_test = {.name = "test", .notices = kinds};

static const struct err *set(struct db_tx *tx, struct env *e, const char *name, const char *value)
{
	return setting_write(tx, e, str_of(name), str_of(value));
}

static const struct err *found_city(struct db_tx *tx, struct env *e, void *ctx)
{
	struct ground *g = ctx;
	TRY(feature_org.init_city(tx, e, STR("371300")));
	TRY(org_root(tx, e->city, &g->root));
	for (int i = 0; i < PEOPLE; i++) {
		struct person p = {.name = str_fmt(e->a, "Reader %d", i), .unit_id = g->root.id};
		struct profile w;
		TRY(account_person_add(tx, e, &p));
		g->people[i] = p.id;
		TRY(profile_read(tx, e->city, p.id, &w));
		w.email = str_fmt(e->a, "reader%d@example.org", i);
		w.verified_at = e->now;
		TRY(profile_write(tx, e, p.id, &w));
	}
	TRY(set(tx, e, "notice.smtp_url", "smtp://127.0.0.1:9"));
	TRY(set(tx, e, "notice.mail_lines", "5"));
	TRY(set(tx, e, "notice.site", "https://safe.example.org"));
	return set(tx, e, "notice.mail_from", "safe@example.org");
}

const struct ground_plan ground_plan = {
	.features = (const struct feature *const[]){&feature_org, &feature_account, &feature_notice, &feature_test, NULL},
	.now = {1453255200000}, /* 2016-01-20 10:00 */
	.found = found_city,
};

/* ---- doing ---------------------------------------------------------------------------- */

static const struct err *do_add(struct db_tx *tx, struct env *e, void *ctx)
{
	return notice_add(tx, e, ctx);
}

static void tell(struct ground *g, struct id person, const struct notice_kind *k, bool discreet)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct notice n = {.person = person, .kind = k, .object_id = ID(7), .discreet = discreet,
			   .args = {{"number", .text = STR("371302-20160120-0001")}, {"what", .text = STR("secret words")}}};
	fine(env_write(&e, do_add, &n));
}

static void digests(struct ground *g)
{
	struct env e = env_system(g->app, g->a, g->city);
	fine(digest_work(&e, STR("")));
}

static void alarms(struct ground *g, struct id person)
{
	struct env e = env_system(g->app, g->a, g->city);
	fine(alarm_work(&e, str_fmt(g->a, "%lld", (long long)person.v)));
}

static int64_t count(struct ground *g, const char *text)
{
	return ground_sql(g, text, ARGS(ARG(g->city)));
}

static void go_on(struct ground *g, int64_t ms)
{
	app_set_now(g->app, INSTANT(app_now(g->app).ms + ms));
}

/* ---- once a day ---------------------------------------------------------------------------- */

static uint32_t chance(uint64_t *seed, uint32_t n)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % n;
}

/* Random notices over two weeks, with the job at random hours, standing still for days, run twice at once, and a clock that is set
 * back: nobody ever has two digests of a day, and nothing is in two mails. */
static void one_digest_a_person_and_day(void **state)
{
	GROUND;
	uint64_t seed = 20160120;
	for (int step = 0; step < 150; step++) {
		if (chance(&seed, 3))
			tell(g, g->people[chance(&seed, PEOPLE)], &kinds[0], chance(&seed, 5) == 0);
		if (chance(&seed, 3) == 0)
			digests(g);
		if (chance(&seed, 10) == 0)
			digests(g);
		go_on(g, chance(&seed, 30) == 0 ? 3 * DAY_MS : chance(&seed, 25) == 0 ? -2 * HOUR_MS : (int64_t)chance(&seed, 240) * 60000);
	}
	assert_int_equal(count(g, "SELECT COUNT(1) FROM (SELECT person_id FROM notice_mail WHERE city_id = $1 AND purpose = 'digest' "
				  "GROUP BY person_id, on_day HAVING COUNT(1) > 1) AS w"), 0);
	for (int i = 0; i < 2; i++) {
		app_set_now(g->app, INSTANT(day_start(day_add(instant_day(app_now(g->app)), 1)).ms + 10 * HOUR_MS));
		digests(g);
	}
	int64_t left = ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND mail_id = 0 AND made_at >= $2",
				  ARGS(ARG(g->city), arg_i64(app_now(g->app).ms - 6 * DAY_MS)));
	assert_int_equal(left, 0);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice n JOIN notice_mail m ON m.city_id = n.city_id AND m.id = n.mail_id "
				  "WHERE n.city_id = $1 AND m.person_id <> n.person_id"), 0);
	assert_true(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'pending'") > 10);
}

static void no_digest_before_its_hour_or_for_nothing(void **state)
{
	GROUND;
	app_set_now(g->app, INSTANT(1453233600000)); /* 2016-01-20 04:00 */
	tell(g, g->people[0], &kinds[0], false);
	digests(g);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1"), 0);
	go_on(g, 3 * HOUR_MS);
	digests(g);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'pending'"), 1);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'empty'"), PEOPLE - 1);
	/* What comes after it waits for tomorrow. */
	tell(g, g->people[1], &kinds[0], false);
	go_on(g, HOUR_MS);
	digests(g);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'pending'"), 1);
	go_on(g, DAY_MS);
	digests(g);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'pending'"), 2);
}

static void only_what_is_wanted_and_unread(void **state)
{
	GROUND;
	tell(g, g->people[0], &kinds[2], false); /* not among what is mailed unless asked for */
	tell(g, g->people[1], &kinds[0], false);
	count(g, "UPDATE notice SET read_at = 1 WHERE city_id = $1 AND kind = 'hazard.yours'");
	count(g, "UPDATE notice_profile SET has_digest = 0 WHERE city_id = $1 AND email = 'reader2@example.org'");
	count(g, "UPDATE notice_profile SET verified_at = 0 WHERE city_id = $1 AND email = 'reader3@example.org'");
	tell(g, g->people[2], &kinds[0], false);
	tell(g, g->people[3], &kinds[0], false);
	digests(g);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'pending'"), 0);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND state = 'empty'"), 2);
}

/* ---- alarms ------------------------------------------------------------------------------------ */

static void a_hundred_alarms_are_two_mails(void **state)
{
	GROUND;
	struct id p = g->people[0];
	tell(g, p, &kinds[1], false);
	alarms(g, p);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND purpose = 'alarm'"), 1);
	/* Its sending has begun: what comes now goes into the next, which waits for the gap. */
	count(g, "UPDATE notice_mail SET state = 'sent', attempts = 1 WHERE city_id = $1");
	for (int i = 0; i < 99; i++) {
		tell(g, p, &kinds[1], false);
		alarms(g, p);
	}
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice_mail WHERE city_id = $1 AND purpose = 'alarm'"), 2);
	assert_int_equal(count(g, "SELECT n FROM notice_mail WHERE city_id = $1 AND state = 'pending'"), 99);
	assert_int_equal(count(g, "SELECT try_at FROM notice_mail WHERE city_id = $1 AND state = 'pending'") - app_now(g->app).ms, 300000);
	assert_int_equal(count(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND mail_id = 0"), 0);
}

/* ---- words --------------------------------------------------------------------------------------- */

struct writing {
	struct mail_row m;
	struct notice_message out;
	bool found;
};

static const struct err *do_letter(struct db_tx *tx, struct env *e, void *ctx)
{
	struct writing *w = ctx;
	return letter_make(tx, e, &w->m, &w->out, &w->found);
}

static struct writing letter(struct ground *g, struct id person, uint32_t purpose)
{
	struct env e = env_system(g->app, g->a, g->city);
	struct writing w = {.m = {.person_id = person, .purpose = purpose, .on_day = instant_day(app_now(g->app))}};
	w.m.id.v = ground_sql(g, "SELECT id FROM notice_mail WHERE city_id = $1 AND person_id = $2 AND purpose = $3",
			      ARGS(ARG(g->city), ARG(person), ARG_CODE(mail_purposes, purpose)));
	fine(env_read(&e, do_letter, &w));
	return w;
}

static bool has(struct str s, const char *what)
{
	return memmem(s.p, s.n, what, strlen(what)) != NULL;
}

static int times(struct str s, const char *what)
{
	int n = 0;
	for (const char *p; (p = memmem(s.p, s.n, what, strlen(what))); n++)
		s = str_sub(s, (size_t)(p - s.p) + 1, SIZE_MAX);
	return n;
}

static void the_cap_holds_and_each_line_has_its_link(void **state)
{
	GROUND;
	for (int i = 0; i < 12; i++)
		tell(g, g->people[0], &kinds[0], false);
	digests(g);
	struct writing w = letter(g, g->people[0], MAIL_DIGEST);
	assert_true(w.found);
	assert_true(has(w.out.subject, "1月20日"));
	assert_int_equal(times(w.out.text, "https://safe.example.org/inbox/"), 5);
	assert_true(has(w.out.text, "还有7条"));
	assert_true(has(w.out.text, "https://safe.example.org/inbox?state=unread"));
	assert_false(has(w.out.text, "secret words"));
	assert_false(has(w.out.text, "Reader 0"));
}

static void a_hidden_reporters_mail_names_nothing(void **state)
{
	GROUND;
	tell(g, g->people[0], &kinds[0], true);
	digests(g);
	struct writing w = letter(g, g->people[0], MAIL_DIGEST);
	assert_true(w.found);
	assert_false(has(w.out.text, "371302-20160120-0001"));
	assert_false(has(w.out.text, "inbox/"));
	assert_true(has(w.out.text, "有1条消息"));
}

static void english_for_who_wants_it(void **state)
{
	GROUND;
	count(g, "UPDATE notice_profile SET lang = 'en' WHERE city_id = $1");
	tell(g, g->people[0], &kinds[1], false);
	alarms(g, g->people[0]);
	struct writing w = letter(g, g->people[0], MAIL_ALARM);
	assert_true(w.found);
	assert_true(has(w.out.subject, "danger"));
	assert_true(has(w.out.text, "119"));
	assert_true(has(w.out.text, "https://safe.example.org/me/notices"));
}

/* ---- bytes ------------------------------------------------------------------------------------------ */

static void lines_are_short_and_headers_hold(void **state)
{
	(void)state;
	struct arena *a = arena_new(0);
	struct sb text = sb_new(a, 100000);
	for (int i = 0; i < 2000; i++)
		sb_addz(&text, "查保促一行很长很长的话");
	struct notice_message m = {.id = ID(42), .to = STR("a@example.org"), .subject = STR("查保促：今天有很多很多很多很多很多很多很多很多很多很多事\r\nBcc: x@example.org"),
				   .text = sb_str(&text), .at = INSTANT(1453255200000)};
	struct str b = mail_bytes(a, &m, STR("safe@example.org"), STR("查保促\r\nBcc: y@example.org"));
	assert_false(has(b, "\r\nBcc:"));
	assert_true(has(b, "Message-ID: <42@example.org>\r\n"));
	assert_true(has(b, "Date: Wed, 20 Jan 2016 10:00:00 +0800\r\n"));
	for (struct str rest = b; rest.n;) {
		struct str line = str_cut(&rest, '\n');
		assert_true(line.n <= 78 && line.n > 0 && line.p[line.n - 1] == '\r');
		for (size_t i = 0; i < line.n; i++)
			assert_true((unsigned char)line.p[i] < 0x80);
	}
	arena_free(a);
}

static void addresses_are_addresses(void **state)
{
	(void)state;
	static const char *const good[] = {"a@b.cn", "zhang.san+safe@mail.example.org", "o'neil@x-y.org"};
	static const char *const bad[] = {"", "a", "@b.cn", "a@", "a@b", "a b@c.cn", "a@b.cn\r\nBcc: x@y.cn", "a@b.cn,c@d.cn", "<a@b.cn>", "张三@b.cn",
					  "a@b..cn", ".a@b.cn", "a.@b.cn", "a@-b.cn", "a@b.cn.", "\"a\"@b.cn", "a@b_c.cn"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(mail_is_address(str_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(mail_is_address(str_of(bad[i])));
}

static void answers_mean_what_they_say(void **state)
{
	(void)state;
	assert_int_equal(mail_fate(CURLE_OK, 250, true), FATE_SENT);
	assert_int_equal(mail_fate(CURLE_SEND_ERROR, 550, false), FATE_NEVER);       /* no such box */
	assert_int_equal(mail_fate(CURLE_SEND_ERROR, 451, false), FATE_LATER);       /* greylisted */
	assert_int_equal(mail_fate(CURLE_WEIRD_SERVER_REPLY, 554, true), FATE_NEVER);/* refused for what it holds */
	assert_int_equal(mail_fate(CURLE_WEIRD_SERVER_REPLY, 452, true), FATE_LATER);
	assert_int_equal(mail_fate(CURLE_LOGIN_DENIED, 535, false), FATE_LATER);     /* a wrong password is nobody's last word */
	assert_int_equal(mail_fate(CURLE_COULDNT_CONNECT, 0, false), FATE_LATER);
	assert_int_equal(mail_fate(CURLE_OPERATION_TIMEDOUT, 354, true), FATE_UNKNOWN);
	assert_int_equal(mail_fate(CURLE_RECV_ERROR, 0, true), FATE_UNKNOWN);
}

static void only_this_machine_in_the_clear(void **state)
{
	(void)state;
	assert_true(mail_is_loopback(STR("smtp://127.0.0.1:2525")));
	assert_true(mail_is_loopback(STR("smtp://localhost")));
	assert_true(mail_is_loopback(STR("smtp://[::1]:25/x")));
	assert_false(mail_is_loopback(STR("smtp://127.0.0.1.example.org:25")));
	assert_false(mail_is_loopback(STR("smtp://mail.example.org")));
	assert_false(mail_is_loopback(STR("smtp://localhost@mail.example.org")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(one_digest_a_person_and_day), ON_BOTH(no_digest_before_its_hour_or_for_nothing), ON_BOTH(only_what_is_wanted_and_unread),
		ON_BOTH(a_hundred_alarms_are_two_mails), ON_BOTH(the_cap_holds_and_each_line_has_its_link), ON_BOTH(a_hidden_reporters_mail_names_nothing),
		ON_BOTH(english_for_who_wants_it), cmocka_unit_test(lines_are_short_and_headers_hold), cmocka_unit_test(addresses_are_addresses),
		cmocka_unit_test(answers_mean_what_they_say), cmocka_unit_test(only_this_machine_in_the_clear),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
