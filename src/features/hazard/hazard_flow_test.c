/* The lifecycle against an oracle written by hand from the rules of daily practice: each state × act × role × fact beside the state
 * either goes where the oracle says or is refused (HAZ-3 to HAZ-9). */
#include "hazard_flow.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define OPEN "reported registered assigned rectifying submitted"
#define ALL OPEN " accepted closed_out not_hazard merged ceased transferred"
#define EMPLOYER "worker team_leader workshop_leader safety_officer primary_union management"
#define KEEPERS "team_leader workshop_leader safety_officer primary_union"
#define CADRES "township_cadre county_cadre city_cadre production_protection"
#define RECTIFIERS " responsible deputy"

/* Worlds: an ordinary one at team level with five elements, nothing done by the actor, and one fact more. "safe" is danger with protection;
 * the major ones are protected. */
static const char *const worlds[] = {"plain", "on_spot", "suspended", "disputed", "extended", "danger", "safe", "major", "proposed", "listed", "lowering"};
enum { WORLDS = sizeof(worlds) / sizeof(worlds[0]) };
#define MAJORS " major proposed listed lowering"
#define SOME_ORDINARY "plain suspended disputed extended"
#define NOT_SUSPENDED "plain on_spot disputed extended danger safe" MAJORS
#define NOT_DISPUTED "plain on_spot suspended extended danger safe" MAJORS
#define ANYWHERE NOT_DISPUTED " disputed"
#define UNDER_WAY "registered assigned rectifying"

/* "to" empty: the state stays; "back": where it came from. Several lines of an act add up. */
static const struct cell {
	const char *act, *world, *from, *who, *to;
} oracle[] = {
	{"protect", ANYWHERE, ALL, EMPLOYER " " CADRES " reporter" RECTIFIERS, ""},
	{"withdraw", ANYWHERE, ALL, EMPLOYER " " CADRES " reporter" RECTIFIERS, ""},
	{"register", ANYWHERE, "reported", KEEPERS, "registered"},
	{"register", "disputed", "not_hazard", CADRES, "registered"},
	{"refuse", SOME_ORDINARY " on_spot" MAJORS, "reported", KEEPERS, "not_hazard"},
	{"refuse", "danger safe", "reported", "safety_officer primary_union", "not_hazard"},
	{"appeal", NOT_DISPUTED, "not_hazard", "reporter", ""},
	{"uphold", "disputed", "not_hazard accepted closed_out", CADRES, ""},
	{"fix_on_spot", "plain on_spot disputed extended safe", "reported registered",
	 "worker team_leader workshop_leader safety_officer reporter", "submitted"},
	{"confirm", "on_spot", "submitted", "worker team_leader workshop_leader safety_officer primary_union", "accepted"},
	{"grade", ANYWHERE, OPEN, "safety_officer management " CADRES, ""},
	{"decide_lowering", "lowering", OPEN, CADRES, ""},
	{"assign", SOME_ORDINARY " on_spot safe", UNDER_WAY, "team_leader workshop_leader safety_officer management", "assigned"},
	{"assign", MAJORS, UNDER_WAY, "safety_officer management", "assigned"},
	{"take", NOT_SUSPENDED, "assigned", RECTIFIERS, "rectifying"},
	{"give_back", ANYWHERE, "assigned", RECTIFIERS, "registered"},
	{"progress", NOT_SUSPENDED, "rectifying", "team_leader workshop_leader safety_officer" RECTIFIERS, ""},
	{"submit", NOT_SUSPENDED, "rectifying", "team_leader workshop_leader safety_officer" RECTIFIERS, "submitted"},
	{"accept", SOME_ORDINARY " danger safe", "submitted",
	 "team_leader workshop_leader safety_officer management primary_union township_cadre reporter", "accepted"},
	{"accept", MAJORS, "submitted", "management", "accepted"},
	{"return", SOME_ORDINARY " danger safe" MAJORS, "submitted",
	 "team_leader workshop_leader safety_officer primary_union management", "rectifying"},
	{"return", "on_spot", "submitted", "team_leader workshop_leader safety_officer primary_union management", "registered"},
	{"close_out", "plain on_spot suspended extended danger safe major proposed lowering", "accepted", "primary_union township_cadre",
	 "closed_out"},
	{"raise", ANYWHERE, "reported " UNDER_WAY, KEEPERS " management reporter" RECTIFIERS, ""},
	{"extend", "plain on_spot disputed", "assigned rectifying", "workshop_leader safety_officer management " CADRES, ""},
	{"extend", MAJORS, "assigned rectifying", CADRES, ""},
	{"suspend", "plain on_spot disputed extended safe" MAJORS, UNDER_WAY, "safety_officer management " CADRES, ""},
	{"resume", "suspended", UNDER_WAY, "safety_officer management " CADRES, ""},
	{"inform_management", ANYWHERE, UNDER_WAY " submitted", "primary_union township_cadre county_cadre", ""},
	{"propose_listing", "major lowering", UNDER_WAY " submitted", "primary_union " CADRES, ""},
	{"record_listing", "proposed", UNDER_WAY " submitted accepted", "county_cadre city_cadre production_protection", ""},
	{"delist", "listed", "accepted ceased", "county_cadre city_cadre production_protection", ""},
	{"transfer", SOME_ORDINARY " on_spot safe major proposed lowering", "reported", "primary_union " CADRES, ""},
	{"transfer", SOME_ORDINARY " on_spot safe major proposed lowering", UNDER_WAY, "primary_union " CADRES, "registered"},
	{"chase", ANYWHERE, "transferred", "primary_union " CADRES, ""},
	{"chase", "proposed", UNDER_WAY " submitted accepted", "primary_union " CADRES, ""},
	{"answer", ANYWHERE, "transferred", "primary_union " CADRES, "back"},
	{"merge", SOME_ORDINARY " on_spot danger safe major proposed lowering", "reported " UNDER_WAY, KEEPERS, "merged"},
	{"unmerge", ANYWHERE, "merged", KEEPERS, "back"},
	{"cease", ANYWHERE, OPEN " transferred", "township_cadre county_cadre", "ceased"},
	{"object", NOT_DISPUTED, "accepted closed_out", CADRES " reporter", ""},
	{"reinspect", ANYWHERE, "closed_out", "primary_union " CADRES, ""},
	{"reopen", NOT_DISPUTED, "accepted closed_out not_hazard", "primary_union " CADRES, "registered"},
	{"reopen", "disputed", "accepted closed_out", CADRES, "registered"},
	{"reopen", ANYWHERE, "ceased", CADRES, "registered"},
};

/* What is said decides between the rows of an act. */
static const struct said {
	const char *act, *world, *from, *who, *to;
	struct hazard_input in;
} said[] = {
	{"transfer", "plain", "reported", "primary_union", "transferred", {.outside = {"water works", 11}}},
	{"transfer", "plain", "rectifying", "county_cadre", "transferred", {.outside = {"water works", 11}}},
	{"answer", "plain", "transferred", "county_cadre", "ceased", {.outcome = HAZARD_OUTCOME_SETTLED}},
	{"answer", "plain", "transferred", "county_cadre", "back", {.outcome = HAZARD_OUTCOME_SENT_BACK}},
	{"reinspect", "plain", "closed_out", "city_cadre", "registered", {.result = HAZARD_FAILED}},
	{"reinspect", "disputed", "closed_out", "city_cadre", "", {.result = HAZARD_PASSED}},
};

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = list; (p = strstr(p, word)); p += n)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || p[n] == '\0'))
			return true;
	return false;
}

struct fixture {
	struct arena *a;
	struct hazard h, fresh;
	struct hazard_who who;
	struct hazard_input in;
	struct hazard_limits limits;
	struct hazard_case k;
};

static struct fixture *fixture_new(void)
{
	struct arena *a = arena_new(0);
	struct fixture *f = ARENA_NEW(a, struct fixture);
	f->a = a;
	f->h = (struct hazard){.id = ID(7), .kind = HAZARD_HAZARD, .level = HAZARD_ORDINARY, .state = HAZARD_REPORTED,
			       .handling_level = HAZARD_AT_TEAM, .anonymity = HAZARD_NAMED, .accepted_at = INSTANT(1),
			       .submit_text = STR("done"), .responsible_id = ID(100), .submitted_by = ID(100), .version = 1};
	f->h.deadline = DAY(20160125);
	f->h.accepted_by = f->h.closed_by = ID(101);
	f->fresh = f->h;
	f->who.person_id = ID(5);
	f->k = (struct hazard_case){.a = a, .h = &f->h, .who = &f->who, .in = &f->in, .limits = &f->limits,
				    .now = day_start(DAY(20160120))};
	return f;
}

static struct str find(struct fixture *f, const char *act, const struct hazard_step **row)
{
	const struct err *e = hazard_step_find(&f->k, str_of(act), row);
	return e ? e->code : STR("");
}

static void set_world(struct fixture *f, const char *world)
{
	struct hazard *h = &f->h;
	uint32_t state = h->state;
	bool major = has_word(MAJORS, world);
	*h = f->fresh;
	h->state = state;
	h->on_spot = strcmp(world, "on_spot") == 0;
	h->suspended_at.ms = strcmp(world, "suspended") == 0;
	if (strcmp(world, "disputed") == 0)
		h->dispute = state == HAZARD_NOT_HAZARD ? HAZARD_APPEAL : HAZARD_OBJECTION;
	h->extended = strcmp(world, "extended") == 0;
	h->danger = strcmp(world, "danger") == 0 || strcmp(world, "safe") == 0;
	h->protected_at.ms = major || strcmp(world, "safe") == 0;
	h->level = major ? HAZARD_MAJOR : HAZARD_ORDINARY;
	h->listing_state = strcmp(world, "proposed") == 0 ? HAZARD_PROPOSED : strcmp(world, "listed") == 0 ? HAZARD_LISTED : 0;
	h->lowering_by = ID(strcmp(world, "lowering") == 0 ? 100 : 0);
}

static void set_who(struct fixture *f, const char *who)
{
	f->who.roles = R(codes_find(&role_codes, str_of(who)));
	f->who.parties = strcmp(who, "reporter") == 0 ? PARTY_REPORTER : strcmp(who, "responsible") == 0 ? PARTY_RESPONSIBLE
			 : strcmp(who, "deputy") == 0 ? PARTY_DEPUTY : 0;
	if (f->who.parties)
		f->who.roles = 0;
}

/* NULL: nobody may so, in that state and world. */
static const struct cell *cell_of(const char *act, const char *world, const char *state, const char *who)
{
	for (const struct cell *c = oracle; c < oracle + sizeof(oracle) / sizeof(oracle[0]); c++)
		if (strcmp(c->act, act) == 0 && has_word(c->world, world) && has_word(c->from, state) && (!who || has_word(c->who, who)))
			return c;
	return NULL;
}

static const char *way(const struct hazard_step *row)
{
	return row->back ? "back" : codes_word(&hazard_states, row->to);
}

/* One cell: what the table does is what the oracle says. */
static void check_cell(struct fixture *f, const char *act, const char *world, const char *who)
{
	const struct hazard_step *row;
	const char *state = codes_word(&hazard_states, f->h.state);
	const struct cell *cell = cell_of(act, world, state, who);
	struct str code = find(f, act, &row);
	if (!cell && row)
		fail_msg("%s of a %s one in %s by %s is let through", act, world, state, who);
	if (cell && !row)
		fail_msg("%s of a %s one in %s by %s is refused: %.*s", act, world, state, who, STR_ARG(code));
	if (cell && strcmp(way(row), cell->to) != 0)
		fail_msg("%s of a %s one in %s goes to %s", act, world, state, way(row));
	if (!cell && strcmp(world, "plain") == 0)
		assert_true(str_is(code, cell_of(act, world, state, NULL) ? "denied" : "wrong_state") || str_is(code, "one_level_up"));
}

static void each_cell_is_as_practised(void **s)
{
	static const char *const parties[] = {"reporter", "responsible", "deputy"};
	const char *acts[HAZARD_ACTS_MAX];
	struct fixture *f = fixture_new();
	size_t n = hazard_acts(acts);
	(void)s;
	for (size_t w = 0; w < WORLDS; w++)
		for (uint32_t state = 1; state < HAZARD_STATE_COUNT; state++)
			for (size_t i = 0; i < n; i++)
				for (uint32_t who = 1; who < ROLE_COUNT + 3; who++) {
					const char *word = who < ROLE_COUNT ? codes_word(&role_codes, who) : parties[who - ROLE_COUNT];
					f->h.state = state;
					set_world(f, worlds[w]);
					set_who(f, word);
					check_cell(f, acts[i], worlds[w], word);
				}
	arena_free(f->a);
}

static void what_is_said_chooses_the_row(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	for (const struct said *c = said; c < said + sizeof(said) / sizeof(said[0]); c++) {
		const struct hazard_step *row;
		f->h.state = codes_find(&hazard_states, str_of(c->from));
		set_world(f, c->world);
		set_who(f, c->who);
		f->in = c->in;
		find(f, c->act, &row);
		assert_non_null(row);
		assert_string_equal(way(row), c->to);
	}
	arena_free(f->a);
}

/* Each act of the table stands in the oracle. */
static void no_act_is_without_a_rule(void **s)
{
	const char *acts[HAZARD_ACTS_MAX];
	(void)s;
	for (size_t i = hazard_acts(acts); i-- > 0;) {
		bool found = false;
		for (const struct cell *c = oracle; c < oracle + sizeof(oracle) / sizeof(oracle[0]); c++)
			found |= strcmp(c->act, acts[i]) == 0;
		if (!found)
			fail_msg("no line for %s", acts[i]);
	}
}

static void refused(struct fixture *f, const char *act, const char *code)
{
	const struct hazard_step *row;
	struct str got = find(f, act, &row);
	if (row || !str_is(got, code))
		fail_msg("%s: wanted %s, got %.*s", act, code, STR_ARG(got));
}

static void allowed(struct fixture *f, const char *act)
{
	const struct hazard_step *row;
	struct str got = find(f, act, &row);
	if (!row)
		fail_msg("%s is refused: %.*s", act, STR_ARG(got));
}

static void nobody_decides_about_himself(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	f->h.against = HAZARD_AGAINST_TEAM_LEADER;
	f->who.roles = R(ROLE_TEAM_LEADER);
	refused(f, "register", "complained_of");
	refused(f, "refuse", "complained_of");
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	allowed(f, "register");

	f->h.state = HAZARD_SUBMITTED;
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	f->who.person_id = f->h.submitted_by;
	refused(f, "accept", "own_work");
	f->h.on_spot = true;
	refused(f, "confirm", "own_work");
	f->h.on_spot = false;
	f->h.state = HAZARD_ACCEPTED;
	f->who.roles = R(ROLE_PRIMARY_UNION);
	refused(f, "close_out", "own_work");
	f->who.person_id = ID(5);
	allowed(f, "close_out");

	/* The deputy may, unless he worked on it. */
	f->h.state = HAZARD_SUBMITTED;
	f->h.deputy_id = f->who.person_id;
	f->who.parties = PARTY_DEPUTY;
	f->who.roles = R(ROLE_TEAM_LEADER) | R(ROLE_PRIMARY_UNION);
	allowed(f, "accept");
	f->who.worked = true;
	refused(f, "accept", "own_work");
	f->who.roles = R(ROLE_PRIMARY_UNION);
	refused(f, "accept", "own_work");
	f->h.on_spot = true;
	refused(f, "confirm", "own_work");
	arena_free(f->a);
}

static void safety_stands_before_forms(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	f->h.state = HAZARD_REGISTERED;
	f->h.danger = true;
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	refused(f, "assign", "protect_first");
	refused(f, "fix_on_spot", "protect_first");
	f->in.text = STR("roped off");
	hazard_step_apply(&f->k, &hazard_steps[0], &f->h);
	assert_int_equal(f->h.state, HAZARD_REGISTERED);
	assert_true(f->h.protected_at.ms > 0);
	allowed(f, "assign");
	f->h.state = HAZARD_REPORTED;
	f->who.roles = R(ROLE_TEAM_LEADER);
	refused(f, "refuse", "refusal_needs_higher");
	arena_free(f->a);
}

static void levels_bound_who_gives_orders(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	f->h.state = HAZARD_REGISTERED;
	f->h.handling_level = HAZARD_AT_WORKSHOP;
	f->who.roles = R(ROLE_TEAM_LEADER);
	refused(f, "assign", "level_above");
	f->who.roles = R(ROLE_WORKSHOP_LEADER);
	allowed(f, "assign");
	allowed(f, "raise");
	f->h.handling_level = HAZARD_AT_ENTERPRISE;
	refused(f, "raise", "top_level");
	refused(f, "assign", "level_above");
	f->h.level = HAZARD_MAJOR;
	f->h.state = HAZARD_SUBMITTED;
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	refused(f, "accept", "major_by_management");
	f->who.roles = R(ROLE_PRIMARY_UNION);
	refused(f, "accept", "major_by_management");
	f->who.roles = R(ROLE_MANAGEMENT);
	allowed(f, "accept");
	f->h.state = HAZARD_REGISTERED;
	refused(f, "fix_on_spot", "wrong_state");
	arena_free(f->a);
}

static void closing_needs_evidence(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	f->h.state = HAZARD_ACCEPTED;
	f->who.roles = R(ROLE_PRIMARY_UNION);
	f->h.submit_text = STR("");
	refused(f, "close_out", "no_evidence");
	f->h.photos_after = 1;
	allowed(f, "close_out");
	arena_free(f->a);
}

/* The code that the check of an act gives for a field; "" when it is content. */
static struct str wrong(struct fixture *f, const char *act, const char *field)
{
	const struct hazard_step *row;
	const struct err *e;
	find(f, act, &row);
	assert_non_null(row);
	e = hazard_step_check(&f->k, row);
	for (const struct err_field *w = e ? e->fields : NULL; w; w = w->next)
		if (str_is(str_sub(w->pointer, 1, SIZE_MAX), field))
			return w->code;
	return STR("");
}

static void five_elements_are_compulsory(void **s)
{
	static const char *const needed[] = {"responsible_id", "deputy_id", "measures", "funds_fen", "deadline", "emergency_plan"};
	struct fixture *f = fixture_new();
	(void)s;
	f->h.state = HAZARD_REGISTERED;
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		assert_true(str_is(wrong(f, "assign", needed[i]), "required"));
	f->in.responsible_id = f->in.deputy_id = ID(9);
	f->in.measures = STR("new guard");
	f->in.funds_fen = (struct opt_fen){true, 0};
	f->in.deadline = DAY(20160119);
	f->in.emergency_plan_not_needed = true;
	assert_true(str_is(wrong(f, "assign", "deputy_id"), "same_person"));
	assert_true(str_is(wrong(f, "assign", "deadline"), "in_the_past"));
	f->in.deadline = DAY(20160120);
	f->in.deputy_id = ID(10);
	assert_true(str_is(wrong(f, "assign", "deadline"), ""));
	assert_true(str_is(wrong(f, "assign", "funds_fen"), ""));
	f->h.level = HAZARD_MAJOR;
	f->h.protected_at = INSTANT(1);
	assert_true(str_is(wrong(f, "assign", "emergency_plan"), "major_needs_plan"));
	arena_free(f->a);
}

static void fixing_fills_the_elements(void **s)
{
	struct fixture *f = fixture_new();
	const struct hazard_step *row;
	(void)s;
	f->who.roles = R(ROLE_WORKER);
	assert_true(str_is(wrong(f, "fix_on_spot", "text"), "text_or_photo"));
	f->k.n_photos = 1;
	find(f, "fix_on_spot", &row);
	assert_null(hazard_step_check(&f->k, row));
	hazard_step_apply(&f->k, row, &f->h);
	assert_int_equal(f->h.state, HAZARD_SUBMITTED);
	assert_int_equal(f->h.responsible_id.v, 5);
	assert_int_equal(f->h.deadline.ymd, 20160120);
	assert_true(f->h.funds_fen.is && f->h.emergency_plan_not_needed && f->h.on_spot);
	assert_true(f->h.registered_at.ms > 0);
	arena_free(f->a);
}

static void grading_up_needs_a_clause_and_down_needs_two(void **s)
{
	struct fixture *f = fixture_new();
	(void)s;
	f->who.roles = R(ROLE_SAFETY_OFFICER);
	f->in.level = HAZARD_MAJOR;
	assert_true(str_is(wrong(f, "grade", "clause"), "required"));
	f->in.level = HAZARD_ORDINARY;
	f->h.level = HAZARD_MAJOR;
	assert_true(str_is(wrong(f, "grade", "level"), "lowering_needs_two"));
	arena_free(f->a);
}

static void document_names_each_act(void **s)
{
	const char *acts[HAZARD_ACTS_MAX];
	struct arena *a = arena_new(0);
	struct sb b = sb_new(a, 65536);
	(void)s;
	hazard_flow_doc(&b);
	assert_false(b.over);
	const char *text = str_z(a, sb_str(&b));
	for (size_t i = hazard_acts(acts); i-- > 0;)
		assert_non_null(strstr(text, str_fmt(a, "| `%s` |", acts[i]).p));
	assert_non_null(strstr(text, "accepted --> closed_out: close_out"));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cell_is_as_practised),
		cmocka_unit_test(what_is_said_chooses_the_row),
		cmocka_unit_test(no_act_is_without_a_rule),
		cmocka_unit_test(nobody_decides_about_himself),
		cmocka_unit_test(safety_stands_before_forms),
		cmocka_unit_test(levels_bound_who_gives_orders),
		cmocka_unit_test(closing_needs_evidence),
		cmocka_unit_test(five_elements_are_compulsory),
		cmocka_unit_test(fixing_fills_the_elements),
		cmocka_unit_test(grading_up_needs_a_clause_and_down_needs_two),
		cmocka_unit_test(document_names_each_act),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
