/* Who hears of what, and in which words (HAZ-5, HAZ-9, HAZ-10). */
#include "hazard_notices.h"

#include "feature.h"
#include "hazard_flow.h"
#include "hazard_ground.h"
#include "text.h"

#include <string.h>

static int64_t heard(struct ground *g, enum who who, const char *kind)
{
	return ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND person_id = $2 AND kind = $3",
			  ARGS(ARG(g->city), ARG(g->actors[who].person_id), ARG(str_of(kind))));
}

static int64_t all_heard(struct ground *g, enum who who)
{
	return ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND person_id = $2", ARGS(ARG(g->city), ARG(g->actors[who].person_id)));
}

static struct hazard_input said(const char *text)
{
	return (struct hazard_input){.text = str_of(text)};
}

static struct hazard_input because(const char *reason)
{
	return (struct hazard_input){.reason = str_of(reason)};
}

static struct hazard_input category(void)
{
	return (struct hazard_input){.category = STR("fire")};
}

/* ---- the way ------------------------------------------------------------------------------ */

static void each_hears_what_is_theirs(void **state)
{
	GROUND;
	struct hazard_made made = reported(g, WORKER, "guard missing", HAZARD_NAMED);
	assert_int_equal(heard(g, LEADER, "hazard.new"), 1);
	assert_int_equal(all_heard(g, OFFICER), 0); /* the nearest office alone */
	fine(act(g, OFFICER, made.id, "register", category()));
	assert_int_equal(heard(g, WORKER, "hazard.told_register"), 1);
	fine(act(g, OFFICER, made.id, "assign", elements(g)));
	assert_int_equal(heard(g, LEADER, "hazard.yours"), 1);
	assert_int_equal(heard(g, WORKER, "hazard.deputy"), 1);
	assert_int_equal(heard(g, WORKER, "hazard.told_assign"), 1);
	fine(act(g, LEADER, made.id, "take", (struct hazard_input){0}));
	fine(act(g, LEADER, made.id, "submit", said("guard mounted")));
	/* Who put it right is not asked to accept it. */
	assert_int_equal(heard(g, LEADER, "hazard.check"), 0);
	assert_int_equal(heard(g, OFFICER, "hazard.check") + heard(g, UNION, "hazard.check"), 2);
	fine(act(g, OFFICER, made.id, "return", because("not fastened")));
	assert_int_equal(heard(g, LEADER, "hazard.returned"), 1);
	assert_int_equal(heard(g, WORKER, "hazard.told_return"), 1);
	fine(act(g, LEADER, made.id, "submit", said("fastened")));
	fine(act(g, OFFICER, made.id, "accept", (struct hazard_input){0}));
	assert_int_equal(heard(g, UNION, "hazard.close"), 1);
	fine(act(g, UNION, made.id, "close_out", (struct hazard_input){0}));
	assert_int_equal(heard(g, WORKER, "hazard.told_close"), 1);
	assert_int_equal(heard(g, LEADER, "hazard.yours_closed"), 1);
	assert_int_equal(all_heard(g, CADRE), 0); /* the union above is not stormed with what goes well */
}

static void a_refusal_tells_why(void **state)
{
	GROUND;
	struct hazard_made made = reported(g, WORKER, "not so", HAZARD_NAMED);
	fine(act(g, OFFICER, made.id, "refuse", (struct hazard_input){.reason_code = 1, .reason = STR("nothing there at ten")}));
	assert_int_equal(heard(g, WORKER, "hazard.told_refuse"), 1);
	assert_int_equal(ground_sql(g,
				    "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND kind = 'hazard.told_refuse' "
				    "AND args > '{' AND is_discreet = 0", ARGS(ARG(g->city))), 1);
}

static void danger_is_told_at_once_to_more(void **state)
{
	GROUND;
	struct hazard_report r = {.description = STR("gas"), .danger = true, .place_code = g->place.code};
	struct hazard_made made;
	fine(report(g, WORKER, &r, &made));
	assert_int_equal(heard(g, LEADER, "hazard.danger"), 1);
	assert_int_equal(heard(g, OFFICER, "hazard.danger"), 1);
	assert_int_equal(heard(g, UNION, "hazard.danger"), 1);
	assert_int_equal(ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND urgency = 'at_once'", ARGS(ARG(g->city))), 3);
	fine(act(g, OFFICER, made.id, "register", category()));
	fine(act(g, OFFICER, made.id, "protect", said("valve shut")));
	assert_int_equal(heard(g, WORKER, "hazard.told_protect"), 1);
	fine(act(g, OFFICER, made.id, "assign", elements(g)));
	assert_int_equal(ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND kind = 'hazard.yours' AND urgency = 'at_once'",
				    ARGS(ARG(g->city))), 1);
}

static void the_post_complained_of_is_not_told(void **state)
{
	GROUND;
	struct hazard_report r = {.kind = HAZARD_VIOLATION, .against = HAZARD_AGAINST_TEAM_LEADER, .description = STR("lock taken off"),
				  .place_code = g->place.code};
	struct hazard_made made;
	fine(report(g, WORKER, &r, &made));
	assert_int_equal(all_heard(g, LEADER), 0);
	assert_int_equal(heard(g, OFFICER, "hazard.new"), 1);
}

static void mail_is_silent_about_hidden_reporters_and_none_goes_to_nobody(void **state)
{
	GROUND;
	struct hazard_made hidden = reported(g, WORKER, "hidden", HAZARD_HIDDEN), nobody = reported(g, WORKER, "nobody", HAZARD_ANONYMOUS);
	int64_t before = all_heard(g, WORKER);
	fine(act(g, OFFICER, nobody.id, "register", category()));
	assert_int_equal(all_heard(g, WORKER), before);
	fine(act(g, OFFICER, hidden.id, "register", category()));
	assert_int_equal(heard(g, WORKER, "hazard.told_register"), 1);
	assert_int_equal(ground_sql(g, "SELECT COUNT(1) FROM notice WHERE city_id = $1 AND person_id = $2 AND is_discreet = 0",
				    ARGS(ARG(g->city), ARG(g->actors[WORKER].person_id))), before);
}

/* ---- words --------------------------------------------------------------------------------- */

/* Acts after which the reporter hears nothing, and why. */
static const char *const silent[] = {
	"appeal", "object", /* the reporter's own */
	"chase",            /* nothing changed */
	NULL,
};

static void the_reporter_hears_every_step(void **state)
{
	const char *acts[HAZARD_ACTS_MAX];
	size_t n = hazard_acts(acts);
	(void)state;
	for (size_t i = 0; i < n; i++) {
		bool is_silent = false;
		for (size_t k = 0; silent[k]; k++)
			is_silent = is_silent || strcmp(silent[k], acts[i]) == 0;
		if (!is_silent && !hazard_reporter_hears(acts[i]))
			fail_msg("the reporter does not hear of %s", acts[i]);
	}
}

static struct str text_of(struct ground *g, enum lang lang, const char *name, const char *tail)
{
	struct str key = str_fmt(g->a, "notice_%s%s", name, tail);
	for (char *p = (char *)key.p; *p; p++)
		*p = *p == '.' ? '_' : *p;
	return texts_find(app_texts(g->app), lang, key);
}

/* What goes into a mail names no person and quotes nobody. */
static void no_words_of_people_in_what_is_mailed(void **state)
{
	GROUND;
	static const char *const not_in_mail[] = {"{{what}}", "{{words}}", "{{place}}", "{{measures}}", "{{who}}"};
	for (const struct feature *const *f = features_all; *f; f++)
		for (const struct notice_kind *k = (*f)->notices; k && k->name; k++)
			for (enum lang lang = 0; lang < LANG_COUNT; lang++) {
				struct str title = text_of(g, lang, k->name, "");
				if (!title.n)
					fail_msg("no text for %s", k->name);
				for (size_t i = 0; i < sizeof(not_in_mail) / sizeof(not_in_mail[0]); i++)
					if (memmem(title.p, title.n, not_in_mail[i], strlen(not_in_mail[i])))
						fail_msg("%s: %s in %.*s", k->name, not_in_mail[i], STR_ARG(title));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(each_hears_what_is_theirs), ON_BOTH(a_refusal_tells_why), ON_BOTH(danger_is_told_at_once_to_more),
		ON_BOTH(the_post_complained_of_is_not_told), ON_BOTH(mail_is_silent_about_hidden_reporters_and_none_goes_to_nobody),
		cmocka_unit_test(the_reporter_hears_every_step), ON_BOTH(no_words_of_people_in_what_is_mailed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
