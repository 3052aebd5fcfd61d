/* Reports and acts in a real database. */
#include "hazard_ground.h"

#include "event.h"
#include "hazard_sql.h"

struct listing {
	struct id id;
	json_t *list;
	struct hazard_filter f;
	struct hazard_place at;
	int64_t limit;
	struct hazard_rows page;
};

static const struct err *do_events(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	struct doc_style all = {.sight = UINT64_MAX};
	return event_list(tx, e->city, "hazard", l->id, &all, l->list);
}

static size_t n_events(struct ground *g, struct id id, json_t **list_out)
{
	struct listing l = {.id = id, .list = doc_list(g->a)};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, do_events, &l));
	*list_out = l.list;
	return json_array_size(l.list);
}

struct event_actor {
	struct id actor_id;
	bool has_role, is_named; /* named to who has no right but to see the record */
};

struct asking_actor {
	struct id id;
	struct event_actor out;
};

static const struct err *do_last_actor(struct db_tx *tx, struct env *e, void *ctx)
{
	static const struct sql q = {.name = "test_last_actor", .scope = SQL_CITY, .n_args = 2,
				     .text = "SELECT actor_id FROM event WHERE city_id = $1 AND object_kind = 'hazard' AND object_id = $2 "
					     "ORDER BY seq DESC LIMIT 1"};
	struct asking_actor *k = ctx;
	struct doc_style blind = {0};
	json_t *list = doc_list(e->a);
	TRY(db_i64(tx, &q, ARGS(ARG(e->city), ARG(k->id)), -1, &k->out.actor_id.v));
	TRY(event_list(tx, e->city, "hazard", k->id, &blind, list));
	json_t *last = json_array_get(list, json_array_size(list) - 1);
	const char *role = json_string_value(json_object_get(last, "role"));
	k->out.has_role = role && *role;
	k->out.is_named = json_object_get(last, "actor_name") != NULL;
	return NULL;
}

static struct event_actor last_actor(struct ground *g, struct id id)
{
	struct asking_actor k = {.id = id};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, do_last_actor, &k));
	return k.out;
}

static const struct err *do_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	return hazard_page(tx, e->city, &l->f, &l->at, l->limit, &l->page);
}

static size_t page(struct ground *g, struct hazard_filter f, struct hazard **rows)
{
	struct listing l = {.f = f, .limit = 50};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, do_page, &l));
	if (rows)
		*rows = l.page.rows;
	return l.page.n;
}

/* ---- tests ---------------------------------------------------------------------------------- */

static void the_whole_way(void **state)
{
	struct ground *g = *state;
	json_t *events;
	if (!g)
		skip();
	struct hazard_made made = reported(g, WORKER, "guard missing", 0);
	assert_true(str_has_prefix(made.number, STR("371302-20160220-")));
	assert_int_equal(made.receipt_code.n, 26);
	struct hazard h = look(g, made.id);
	assert_int_equal(h.state, HAZARD_REPORTED);
	assert_int_equal(h.unit_id.v, g->team.id.v);
	assert_int_equal(h.enterprise_id.v, g->employer.id.v);
	assert_int_equal(h.at_top_id.v, h.top_id.v);
	assert_true(h.due_at.ms > h.reported_at.ms);

	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard"), .handling_level = HAZARD_AT_TEAM}));
	fine(act(g, OFFICER, made.id, "assign", elements(g)));
	assert_int_equal(look(g, made.id).deadline_sort.ymd, 20160222);
	fine(act(g, LEADER, made.id, "take", (struct hazard_input){0}));
	fine(act(g, LEADER, made.id, "progress", (struct hazard_input){.text = STR("ordered"), .percent = {true, 40}}));
	fine(act(g, LEADER, made.id, "submit", (struct hazard_input){.text = STR("guard mounted")}));
	refused(act(g, LEADER, made.id, "accept", (struct hazard_input){0}), ERR_DENIED, "own_work");
	fine(act(g, OFFICER, made.id, "accept", (struct hazard_input){0}));
	refused(act(g, OFFICER, made.id, "close_out", (struct hazard_input){0}), ERR_DENIED, "denied");
	fine(act(g, UNION, made.id, "close_out", (struct hazard_input){0}));
	h = look(g, made.id);
	assert_int_equal(h.state, HAZARD_CLOSED_OUT);
	assert_int_equal(h.due_at.ms, 0);
	assert_int_equal(h.version, 8);
	assert_int_equal(h.funds_fen.v, 120000);
	assert_int_equal(n_events(g, made.id, &events), 8);
	refused(act(g, UNION, made.id, "close_out", (struct hazard_input){0}), ERR_CONFLICT, "wrong_state");
	fine(act(g, CADRE, made.id, "reopen", (struct hazard_input){.reason = STR("loose again")}));
	h = look(g, made.id);
	assert_int_equal(h.state, HAZARD_REGISTERED);
	assert_int_equal(h.reopened, 1);
	assert_int_equal(h.responsible_id.v, 0);
}

static void numbers_count_up_and_never_repeat(void **state)
{
	struct ground *g = *state;
	int64_t last = 0, n;
	if (!g)
		skip();
	for (int i = 0; i < 3; i++) {
		struct hazard_made made = reported(g, WORKER, "again", 0);
		assert_true(str_i64(str_fmt(g->a, "%d", atoi(made.number.p + 16)), 1, INT64_MAX, &n));
		assert_true(last == 0 || n == last + 1);
		last = n;
	}
}

static void a_refused_act_changes_nothing(void **state)
{
	struct ground *g = *state;
	json_t *events;
	if (!g)
		skip();
	struct hazard_made made = reported(g, WORKER, "x", 0);
	refused(act(g, WORKER, made.id, "register", (struct hazard_input){.category = STR("fire_exit")}), ERR_DENIED, "denied");
	refused(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("nonsense")}), ERR_INPUT, "fields");
	refused(act(g, LEADER, made.id, "fly", (struct hazard_input){0}), ERR_MISSING, "not_found");
	refused(act(g, LEADER, ID(12345), "register", (struct hazard_input){0}), ERR_MISSING, "not_found");
	const struct err *e = act(g, LEADER, made.id, "register",
				  (struct hazard_input){.version = {true, 9}, .category = STR("fire_exit")});
	refused(e, ERR_CONFLICT, "stale");
	assert_non_null(strstr(e->detail.p, "9"));
	assert_non_null(strstr(e->detail.p, "1"));
	struct hazard_input other = elements(g);
	other.responsible_id = g->actors[CADRE].person_id;
	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.version = {true, 1}, .category = STR("fire_exit")}));
	refused(act(g, OFFICER, made.id, "assign", other), ERR_INPUT, "fields");
	assert_int_equal(look(g, made.id).version, 2);
	assert_int_equal(n_events(g, made.id, &events), 2);
}

static const struct err *find_code(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	return hazard_by_code(tx, e->city, d->made.receipt_code, &d->h);
}

static const struct err *get_reporter(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	struct hazard_reporter r;
	TRY(hazard_reporter_get(tx, e->city, d->id, &r));
	d->count = r.person_id.v;
	return NULL;
}

static void an_anonymous_reporter_is_nowhere(void **state)
{
	struct ground *g = *state;
	json_t *events;
	if (!g)
		skip();
	struct env e = env_system(g->app, g->a, g->city);
	struct hazard_filter mine = {.anchor = "mine", .anchor_id = g->actors[WORKER].person_id};
	size_t before = page(g, mine, NULL);
	struct hazard_made made = reported(g, WORKER, "secret", HAZARD_ANONYMOUS);
	assert_int_equal(page(g, mine, NULL), before);
	struct doing d = {.g = g, .id = made.id, .count = -1};
	fine(env_read(&e, get_reporter, &d));
	assert_int_equal(d.count, 0);
	assert_int_equal(n_events(g, made.id, &events), 1);
	char *dump = json_dumps(events, 0);
	assert_null(strstr(dump, "Worker A"));
	assert_null(strstr(dump, str_fmt(g->a, "%lld", (long long)g->actors[WORKER].person_id.v).p));
	free(dump);

	/* The code is found as people type it, and only it. */
	char typed[40];
	snprintf(typed, sizeof(typed), "%.4s-%s", made.receipt_code.p, made.receipt_code.p + 4);
	for (char *p = typed; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
	d.made.receipt_code = str_of(typed);
	fine(env_read(&e, find_code, &d));
	assert_int_equal(d.h.id.v, made.id.v);
	d.made.receipt_code = STR("0000");
	refused(env_read(&e, find_code, &d), ERR_MISSING, "not_found");
}

static void a_hidden_reporter_follows_but_is_not_shown(void **state)
{
	struct ground *g = *state;
	json_t *events;
	if (!g)
		skip();
	struct hazard_filter mine = {.anchor = "mine", .anchor_id = g->actors[WORKER].person_id};
	struct hazard_filter told = mine, todo = mine;
	told.anchor = "reported";
	todo.anchor = "todo";
	size_t before = page(g, mine, NULL), told_before = page(g, told, NULL), todo_before = page(g, todo, NULL);
	struct hazard_made made = reported(g, WORKER, "hidden", HAZARD_HIDDEN);
	assert_int_equal(page(g, mine, NULL), before + 1);
	assert_int_equal(page(g, told, NULL), told_before + 1);
	assert_int_equal(page(g, todo, NULL), todo_before);
	n_events(g, made.id, &events);
	json_t *first = json_array_get(events, 0);
	const char *name = json_string_value(json_object_get(first, "actor_name"));
	assert_true(!name || !*name);
}

/* Whatever event the acts of a hidden reporter leave: neither its bytes nor the duty name who it was. */
static void later_acts_do_not_tell_a_hidden_reporter(void **state)
{
	struct ground *g = *state;
	struct event_actor last;
	if (!g)
		skip();
	struct hazard_made made = reported(g, WORKER, "hidden, then put right", HAZARD_HIDDEN);
	fine(act(g, WORKER, made.id, "protect", (struct hazard_input){.text = STR("roped off")}));
	last = last_actor(g, made.id);
	assert_int_equal(last.actor_id.v, 0);
	assert_false(last.has_role);
	fine(act(g, WORKER, made.id, "fix_on_spot", (struct hazard_input){.text = STR("swept up")}));
	assert_int_equal(last_actor(g, made.id).actor_id.v, 0);
	struct hazard h = look(g, made.id);
	assert_int_equal(h.responsible_id.v, 0);
	/* Still nobody accepts his own work. */
	refused(act(g, WORKER, made.id, "confirm", (struct hazard_input){0}), ERR_DENIED, "own_work");
	fine(act(g, LEADER, made.id, "confirm", (struct hazard_input){0}));
	assert_int_equal(last_actor(g, made.id).actor_id.v, g->actors[LEADER].person_id.v);
}

/* A missing name would tell as much: who acts by an office or as the one charged with it is named like anybody else. */
static void a_hidden_reporter_in_charge_is_named_like_others(void **state)
{
	struct ground *g = *state;
	if (!g)
		skip();
	struct hazard_made made = reported(g, WORKER, "hidden, then charged with it", HAZARD_HIDDEN);
	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	fine(act(g, OFFICER, made.id, "assign", to_worker(g)));
	fine(act(g, WORKER, made.id, "take", (struct hazard_input){0}));
	assert_int_equal(last_actor(g, made.id).actor_id.v, g->actors[WORKER].person_id.v);
	made = reported(g, LEADER, "hidden by who registers", HAZARD_HIDDEN);
	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	struct event_actor last = last_actor(g, made.id);
	assert_int_equal(last.actor_id.v, g->actors[LEADER].person_id.v);
	assert_true(last.is_named);
}

static void who_can_be_where(void **state)
{
	struct ground *g = *state;
	struct hazard *rows;
	if (!g)
		skip();
	struct hazard_made made = reported(g, WORKER, "listed", 0);
	struct hazard h = look(g, made.id);
	const struct hazard_filter where[] = {
		{.anchor = "city"},
		{.anchor = "top", .anchor_id = h.top_id},
		{.anchor = "enterprise", .anchor_id = h.enterprise_id, .state = HAZARD_REPORTED},
		{.anchor = "enterprise", .anchor_id = h.enterprise_id, .path = h.unit_path},
		{.anchor = "mine", .anchor_id = g->actors[WORKER].person_id, .from = DAY(20160220), .to = DAY(20160220)},
	};
	for (size_t i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		size_t n = page(g, where[i], &rows);
		bool found = false;
		for (size_t j = 0; j < n; j++)
			found |= rows[j].id.v == made.id.v;
		if (!found)
			fail_msg("not in list %zu (%s) of %zu", i, where[i].anchor, n);
	}
	assert_int_equal(page(g, (struct hazard_filter){.anchor = "top", .anchor_id = ID(1)}, NULL), 0);
	assert_int_equal(page(g, (struct hazard_filter){.anchor = "city", .level = HAZARD_MAJOR}, NULL), 0);
	assert_int_equal(page(g, (struct hazard_filter){.anchor = "city", .to = DAY(20160101)}, NULL), 0);
	assert_true(rows != NULL);
}

static void strangers_need_a_place_and_cannot_be_named(void **state)
{
	struct ground *g = *state;
	struct hazard_made made;
	if (!g)
		skip();
	struct hazard_report r = {.description = STR("seen from the road")};
	refused(report(g, STRANGER, &r, &made), ERR_INPUT, "fields");
	r.place_code = g->place.code;
	fine(report(g, STRANGER, &r, &made));
	assert_int_equal(look(g, made.id).anonymity, HAZARD_ANONYMOUS);
	r.anonymity = HAZARD_NAMED;
	refused(report(g, STRANGER, &r, &made), ERR_INPUT, "fields");
	r = (struct hazard_report){.description = STR("x"), .place_code = STR("NOSUCH")};
	refused(report(g, WORKER, &r, &made), ERR_INPUT, "fields");
}

/* The officer writes progress for somebody without a phone, or submits once and has it returned: then it is his work too. */
static void who_worked_on_it_does_not_accept(void **state)
{
	struct ground *g = *state;
	const struct hazard_input words = {.text = STR("done")}, reason = {.reason = STR("loose")};
	if (!g)
		skip();
	static const char *const firsts[] = {"progress", "submit"};
	for (size_t i = 0; i < 2; i++) {
		struct hazard_made made = reported(g, WORKER, "worked on by two", 0);
		fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
		fine(act(g, OFFICER, made.id, "assign", to_worker(g)));
		fine(act(g, WORKER, made.id, "take", (struct hazard_input){0}));
		fine(act(g, OFFICER, made.id, firsts[i], words));
		if (i == 1)
			fine(act(g, LEADER, made.id, "return", reason));
		fine(act(g, WORKER, made.id, "submit", words));
		refused(act(g, OFFICER, made.id, "accept", (struct hazard_input){0}), ERR_DENIED, "own_work");
		/* The deputy did nothing on it. */
		fine(act(g, LEADER, made.id, "accept", (struct hazard_input){0}));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_whole_way),
		ON_BOTH(numbers_count_up_and_never_repeat),
		ON_BOTH(a_refused_act_changes_nothing),
		ON_BOTH(an_anonymous_reporter_is_nowhere),
		ON_BOTH(a_hidden_reporter_follows_but_is_not_shown),
		ON_BOTH(later_acts_do_not_tell_a_hidden_reporter),
		ON_BOTH(a_hidden_reporter_in_charge_is_named_like_others),
		ON_BOTH(who_can_be_where),
		ON_BOTH(strangers_need_a_place_and_cannot_be_named),
		ON_BOTH(who_worked_on_it_does_not_accept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
