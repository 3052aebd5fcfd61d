/* The lifecycle against an oracle written by hand from the rules of daily practice: each state × act × role either goes where
 * the oracle says or is refused with the reason. */
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

/* "to" empty: the state stays. Case: an ordinary one at team level, without danger, nothing done by the actor. */
static const struct cell {
	const char *act, *from, *who, *to, *to_on_spot;
} oracle[] = {
	{"protect", ALL, EMPLOYER " " CADRES " reporter" RECTIFIERS, "", ""},
	{"withdraw", ALL, EMPLOYER " " CADRES " reporter" RECTIFIERS, "", ""},
	{"register", "reported", KEEPERS, "registered", "registered"},
	{"refuse", "reported", KEEPERS, "not_hazard", "not_hazard"},
	{"fix_on_spot", "reported registered", "worker team_leader workshop_leader safety_officer reporter", "submitted", "submitted"},
	{"confirm", "submitted", "worker team_leader workshop_leader safety_officer primary_union", NULL, "accepted"},
	{"grade", OPEN, "safety_officer management " CADRES, "", ""},
	{"assign", "registered assigned rectifying", "team_leader workshop_leader safety_officer management", "assigned", "assigned"},
	{"take", "assigned", RECTIFIERS, "rectifying", "rectifying"},
	{"give_back", "assigned", RECTIFIERS, "registered", "registered"},
	{"progress", "rectifying", "team_leader workshop_leader safety_officer" RECTIFIERS, "", ""},
	{"submit", "rectifying", "team_leader workshop_leader safety_officer" RECTIFIERS, "submitted", "submitted"},
	{"accept", "submitted", "team_leader workshop_leader safety_officer management primary_union township_cadre reporter", "accepted", NULL},
	{"return", "submitted", "team_leader workshop_leader safety_officer primary_union management", "rectifying", "registered"},
	{"close_out", "accepted", "primary_union township_cadre", "closed_out", "closed_out"},
	{"raise", "reported registered assigned rectifying", KEEPERS " management reporter" RECTIFIERS, "", ""},
	{"reopen", "accepted closed_out not_hazard", "primary_union " CADRES, "registered", "registered"},
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
	struct hazard h;
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

static const struct cell *cell_of(const char *act)
{
	for (size_t i = 0; i < sizeof(oracle) / sizeof(oracle[0]); i++)
		if (strcmp(oracle[i].act, act) == 0)
			return &oracle[i];
	return NULL;
}

/* One cell: what the table does is what the oracle says. */
static void check_cell(struct fixture *f, const char *act, const char *who)
{
	const struct hazard_step *row;
	const struct cell *cell = cell_of(act);
	const char *state = codes_word(&hazard_states, f->h.state);
	assert_non_null(cell);
	const char *to = f->h.on_spot ? cell->to_on_spot : cell->to;
	bool right_state = to && has_word(cell->from, state);
	struct str code = find(f, act, &row);
	if (!right_state) {
		assert_true(str_is(code, "wrong_state"));
	} else if (!has_word(cell->who, who)) {
		assert_true(str_is(code, "denied"));
	} else {
		if (!row)
			fail_msg("%s %s by %s is refused: %.*s", state, act, who, STR_ARG(code));
		assert_string_equal(codes_word(&hazard_states, row->to), to);
	}
}

static void each_cell_is_as_practised(void **s)
{
	static const char *const parties[] = {"reporter", "responsible", "deputy"};
	const char *acts[HAZARD_ACTS_MAX];
	struct fixture *f = fixture_new();
	size_t n = hazard_acts(acts);
	(void)s;
	assert_int_equal(n, sizeof(oracle) / sizeof(oracle[0]));
	for (int spot = 0; spot < 2; spot++)
		for (uint32_t state = 1; state < HAZARD_STATE_COUNT; state++)
			for (size_t i = 0; i < n; i++) {
				f->h.on_spot = spot;
				f->h.state = state;
				for (uint32_t role = 1; role < ROLE_COUNT; role++) {
					f->who.roles = R(role);
					f->who.parties = 0;
					check_cell(f, acts[i], codes_word(&role_codes, role));
				}
				for (unsigned p = 0; p < 3; p++) {
					f->who.roles = 0;
					f->who.parties = 1u << p;
					check_cell(f, acts[i], parties[p]);
				}
			}
	arena_free(f->a);
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

/* From each state that is no end a way leads to closed_out. */
static void no_dead_state(void **s)
{
	(void)s;
	for (uint32_t from = HAZARD_REPORTED; from < HAZARD_CLOSED_OUT; from++) {
		uint32_t reached = 1u << from;
		for (int round = 0; round < HAZARD_STATE_COUNT; round++)
			for (const struct hazard_step *row = hazard_steps; row->act; row++)
				if (row->to && (row->from & reached))
					reached |= 1u << row->to;
		assert_true(reached >> HAZARD_CLOSED_OUT & 1);
	}
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
		cmocka_unit_test(nobody_decides_about_himself),
		cmocka_unit_test(safety_stands_before_forms),
		cmocka_unit_test(levels_bound_who_gives_orders),
		cmocka_unit_test(closing_needs_evidence),
		cmocka_unit_test(five_elements_are_compulsory),
		cmocka_unit_test(fixing_fills_the_elements),
		cmocka_unit_test(grading_up_needs_a_clause_and_down_needs_two),
		cmocka_unit_test(no_dead_state),
		cmocka_unit_test(document_names_each_act),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
