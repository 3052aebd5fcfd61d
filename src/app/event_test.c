/* The record of changes cannot be altered unseen. */
#include "app_ground.h"
#include "app_parts.h"
#include "event.h"

static const struct feature feature_test = {.name = "test", .identify = ground_nobody};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

enum { OBJECTS = 5, EVENTS = 6, FLIPS = 200 };

struct one {
	struct id object;
	const char *act;
	int n;
};

static const struct err *append(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct one *o = ctx;
	struct event ev = {.object_kind = "thing", .object_id = o->object, .act = o->act, .unit_id = ID(77), .actor_right = SEE_REPORTER};
	event_plain(&ev, "number", str_fmt(e->a, "%d", o->n));
	event_text(&ev, "description", str_fmt(e->a, "description %d", o->n));
	event_person(&ev, "reporter", str_fmt(e->a, "somebody %d", o->n), SEE_REPORTER);
	return event_append(tx, e, &ev);
}

static struct env acting(struct ground *g)
{
	static const struct duty duties[] = {{.id = {1}, .unit_id = {5}, .role = ROLE_SAFETY_OFFICER, .unit_path = {"/a/", 3}, .unit_name = {"unit five", 9}}};
	static const struct actor actor = {.person_id = {9}, .name = {"a name", 6}, .duties = duties, .n_duties = 1};
	struct env e = env_new(g->app, g->a, g->city, &actor);
	e.act_unit = ID(5);
	e.act_role = ROLE_SAFETY_OFFICER;
	return e;
}

static void fill(struct ground *g)
{
	struct env e = acting(g);
	for (int i = 0; i < OBJECTS * EVENTS; i++) {
		struct one o = {ID(100 + i % OBJECTS), i < OBJECTS ? "make" : "change", i};
		fine(env_write(&e, append, &o));
	}
}

struct findings { int n; char first[300]; };

static void find(void *ctx, const char *text)
{
	struct findings *f = ctx;
	if (f->n++ == 0)
		snprintf(f->first, sizeof(f->first), "%s", text);
}

static struct findings verify(struct ground *g, int64_t *n)
{
	struct findings f = {0};
	struct arena *a = arena_new(0);
	struct env e = env_system(g->app, a, g->city);
	fine(event_verify(&e, find, &f, n));
	arena_free(a);
	return f;
}

static void assert_whole(struct ground *g, int64_t events)
{
	int64_t n;
	struct findings f = verify(g, &n);
	if (f.n)
		fail_msg("%s", f.first);
	assert_int_equal(n, events);
}

static void assert_names(struct ground *g, int64_t object, int64_t seq)
{
	int64_t n;
	struct findings f = verify(g, &n);
	char object_text[40], seq_text[40];
	snprintf(object_text, sizeof(object_text), "thing %lld:", (long long)object);
	snprintf(seq_text, sizeof(seq_text), "event %lld:", (long long)seq);
	assert_true(f.n > 0);
	assert_non_null(strstr(f.first, object_text));
	if (seq)
		assert_non_null(strstr(f.first, seq_text));
}

struct cell { struct str bytes, text; };
static const struct shape cell_shape[] = {SHAPE_BLOB(struct cell, bytes), SHAPE(struct cell, text, 0), SHAPE_END};

struct reading { struct sql q; struct args args; struct cell cell; };

static const struct err *read_cell(struct db_tx *tx, void *ctx)
{
	struct reading *r = ctx;
	return db_one(tx, &r->q, r->args, cell_shape, &r->cell);
}

static const struct target_cell { const char *get, *set; bool is_text, in_value; } cells[] = {
	{"SELECT body AS bytes FROM event WHERE object_id = $1 AND seq = $2", "UPDATE event SET body = $3 WHERE object_id = $1 AND seq = $2", false, false},
	{"SELECT hash AS bytes FROM event WHERE object_id = $1 AND seq = $2", "UPDATE event SET hash = $3 WHERE object_id = $1 AND seq = $2", false, false},
	{"SELECT salt AS bytes FROM event_value WHERE object_id = $1 AND seq = $2 AND pos = $3",
	 "UPDATE event_value SET salt = $4 WHERE object_id = $1 AND seq = $2 AND pos = $3", false, true},
	{"SELECT value AS text FROM event_value WHERE object_id = $1 AND seq = $2 AND pos = $3",
	 "UPDATE event_value SET value = $4 WHERE object_id = $1 AND seq = $2 AND pos = $3", true, true},
	{"SELECT hash AS bytes FROM event_head WHERE object_id = $1 AND seq >= $2", "UPDATE event_head SET hash = $3 WHERE object_id = $1 AND seq >= $2", false, false},
};

static uint32_t chance(struct ground *g, size_t below)
{
	uint32_t r;
	app_random(g->app, &r, sizeof(r));
	return r % (uint32_t)below;
}

static void write_cell(struct ground *g, const struct target_cell *c, struct arg *key, struct str v)
{
	unsigned n = c->in_value ? 3 : 2;
	key[n] = c->is_text ? arg_str(v) : arg_blob(v);
	ground_sql(g, c->set, (struct args){key, n + 1});
}

static void flip_one(struct ground *g, const struct target_cell *c)
{
	static const int64_t positions[] = {0, 3, 4}; /* after "@unit" and "number": those with commitments */
	int64_t object = 100 + chance(g, OBJECTS), seq = 1 + chance(g, EVENTS);
	struct arg key[4] = {arg_i64(object), arg_i64(seq), arg_i64(positions[chance(g, 3)])};
	struct reading r = {.q = {.name = "get", .text = c->get, .scope = SQL_CITY, .n_args = c->in_value ? 3 : 2}, .args = {key, c->in_value ? 3 : 2}};
	struct arena *a = arena_new(0);
	fine(db_read(app_db(g->app), a, read_cell, &r));
	struct str was = c->is_text ? r.cell.text : r.cell.bytes;
	assert_true(was.n > 0);
	char *now = arena_copy(a, was.p, was.n);
	size_t at = chance(g, was.n);
	now[at] = c->is_text ? (char)('A' + (now[at] - 'A' + 1) % 26) : (char)(now[at] ^ 1 << chance(g, 8));
	write_cell(g, c, key, (struct str){now, was.n});
	assert_names(g, object, c == &cells[4] ? 0 : seq);
	write_cell(g, c, key, was);
	arena_free(a);
}

static void each_flipped_byte_is_found(void **state)
{
	struct ground *g = ground_of(state);
	fill(g);
	assert_whole(g, OBJECTS * EVENTS);
	for (int i = 0; i < FLIPS; i++)
		flip_one(g, &cells[(size_t)i % (sizeof(cells) / sizeof(cells[0]))]);
	assert_whole(g, OBJECTS * EVENTS);
}

static void each_deleted_event_is_found(void **state)
{
	struct ground *g = ground_of(state);
	fill(g);
	for (int64_t seq = 1; seq <= EVENTS; seq++) {
		int64_t object = 100 + seq % OBJECTS;
		struct args which = ARGS(arg_i64(object), arg_i64(seq));
		ground_sql(g, "CREATE TABLE kept AS SELECT * FROM event", (struct args){0});
		ground_sql(g, "DELETE FROM event WHERE object_id = $1 AND seq = $2", which);
		assert_names(g, object, seq);
		ground_sql(g, "INSERT INTO event SELECT * FROM kept WHERE object_id = $1 AND seq = $2", which);
		ground_sql(g, "DROP TABLE kept", (struct args){0});
		assert_whole(g, OBJECTS * EVENTS);
	}
	/* Also with its values and with its whole chain. */
	ground_sql(g, "DELETE FROM event WHERE object_id = 103", (struct args){0});
	ground_sql(g, "DELETE FROM event_value WHERE object_id = 103", (struct args){0});
	assert_names(g, 103, EVENTS);
	ground_sql(g, "DELETE FROM event_head WHERE object_id = 102", (struct args){0});
	int64_t n;
	assert_true(verify(g, &n).n >= 1 + EVENTS);
}

static void exchanged_events_are_found(void **state)
{
	struct ground *g = ground_of(state);
	fill(g);
	for (int64_t seq = 1; seq < EVENTS; seq++) {
		struct args which = ARGS(arg_i64(101), arg_i64(seq), arg_i64(seq + 1), arg_i64(-1));
		for (int back = 0; back < 2; back++) {
			ground_sql(g, "UPDATE event SET seq = CASE WHEN seq = $2 THEN $4 ELSE seq END WHERE object_id = $1 AND seq <> $3", which);
			ground_sql(g, "UPDATE event SET seq = $2 WHERE object_id = $1 AND seq = $3 AND seq <> $4", which);
			ground_sql(g, "UPDATE event SET seq = $3 WHERE object_id = $1 AND seq = $4 AND seq <> $2", which);
			if (!back)
				assert_names(g, 101, seq);
		}
	}
	assert_whole(g, OBJECTS * EVENTS);
	/* Nor can an event be moved to another object or time by its columns. */
	ground_sql(g, "UPDATE event SET at = at + 1 WHERE object_id = 104 AND seq = 2", (struct args){0});
	assert_names(g, 104, 2);
}

struct listing { json_t *list; uint64_t sight; };

static const struct err *list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct listing *l = ctx;
	struct doc_style style = {.sight = l->sight};
	return event_list(tx, e->city, "thing", ID(101), &style, l->list);
}

static struct str shown(struct ground *g, uint64_t sight)
{
	struct listing l = {doc_list(g->a), sight};
	struct env e = env_system(g->app, g->a, g->city);
	struct str text;
	fine(env_read(&e, list, &l));
	assert_int_equal(json_array_size(l.list), EVENTS);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(l.list, 2), "seq")), 3);
	fine(doc_dump(g->a, l.list, 100000, &text));
	return text;
}

static void names_are_shown_with_the_right_only(void **state)
{
	struct ground *g = ground_of(state);
	fill(g);
	const char *all = shown(g, 1u << SEE_REPORTER).p, *blind = shown(g, 0).p;
	assert_non_null(strstr(all, "somebody 11"));
	assert_non_null(strstr(all, "\"actor_name\":\"a name\""));
	assert_null(strstr(blind, "somebody"));
	assert_null(strstr(blind, "a name"));
	assert_non_null(strstr(blind, "description 11"));
	assert_non_null(strstr(blind, "\"unit_name\":\"unit five\""));
	assert_non_null(strstr(blind, "\"role\":\"safety_officer\""));
}

static void an_erased_value_is_gone_and_the_chain_holds(void **state)
{
	struct ground *g = ground_of(state);
	fill(g);
	ground_sql(g, "UPDATE event_value SET value = '', salt = $1, erased_at = 5 WHERE object_id = 101 AND seq = 3 AND pos = 4",
		   ARGS(arg_blob(STR(""))));
	assert_whole(g, OBJECTS * EVENTS);
	const char *all = shown(g, 1u << SEE_REPORTER).p;
	assert_null(strstr(all, "somebody 11"));
	assert_non_null(strstr(all, "somebody 16"));
	ground_sql(g, "UPDATE event_value SET erased_at = 5 WHERE object_id = 101 AND seq = 2 AND pos = 4", (struct args){0});
	assert_names(g, 101, 2);
}

static const struct err *too_many(struct db_tx *tx, struct env *e, void *ctx)
{
	struct event ev = {.object_kind = "thing", .object_id = ID(1), .act = "make"};
	(void)ctx;
	for (int i = 0; i < EVENT_VALUES_MAX + 5; i++)
		event_plain(&ev, "x", STR("1"));
	return event_append(tx, e, &ev);
}

static void too_many_values_are_refused(void **state)
{
	struct ground *g = ground_of(state);
	struct env e = acting(g);
	fails(env_write(&e, too_many, NULL), ERR_BUG, NULL);
	assert_whole(g, 0);
}

static void the_audit_counts_within_a_minute(void **state)
{
	struct ground *g = ground_of(state);
	app_set_now(g->app, INSTANT(1735689600000));
	for (int i = 0; i < 7; i++) {
		struct env e = acting(g);
		struct audit au = {.what = "refused", .object = i == 6 ? STR("/b") : STR("/a"), .detail = STR("x")};
		fine(audit_write(&e, &au));
		app_set_now(g->app, INSTANT(1735689600000 + 12000 * (i + 1)));
	}
	/* 0, 12, 24, 36, 48 s; the sixth and seventh in the next minute, the seventh of another route. */
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) AS n FROM audit", (struct args){0}), 3);
	assert_int_equal(ground_sql(g, "SELECT MAX(n) AS n FROM audit", (struct args){0}), 5);
}

static int64_t counted(struct ground *g)
{
	return ground_sql(g, "SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM audit", (struct args){0});
}

static void refuse_thousandfold(struct ground *g, int n)
{
	for (int i = 0; i < n; i++) {
		struct arena *a = arena_new(0);
		struct env e = acting(g);
		struct audit au = {.what = "refused", .object = STR("/people"), .detail = STR("people.read")};
		e.a = a;
		fine(audit_refusal(&e, &au));
		arena_free(a);
	}
}

/* NFR-1: a flood of refusals is counted and is no flood of writes. */
static void a_flood_is_counted_in_memory(void **state)
{
	struct ground *g = ground_of(state);
	app_set_now(g->app, INSTANT(1735689600000));
	refuse_thousandfold(g, 1);
	assert_int_equal(counted(g), 1);
	refuse_thousandfold(g, 999);
	assert_int_equal(counted(g), 512);
	fine(audit_flush(g->app, g->a, false));
	assert_int_equal(counted(g), 512);
	app_set_now(g->app, INSTANT(1735689660000));
	fine(audit_flush(g->app, g->a, false));
	fine(audit_flush(g->app, g->a, false));
	assert_int_equal(counted(g), 1000);
	refuse_thousandfold(g, 3);
	assert_int_equal(counted(g), 1002);
	fine(audit_flush(g->app, g->a, true));
	assert_int_equal(counted(g), 1003);
}

/* What could not be written when it happened is written later, and what nobody added to when its minute is over. */
static void a_refusal_that_could_not_be_written_is_not_forgotten(void **state)
{
	struct ground *g = ground_of(state);
	struct audit au = {.what = "refused", .object = STR("/people"), .detail = STR("people.read")};
	app_set_now(g->app, INSTANT(1735689600000));
	struct env e = acting(g);
	ground_sql(g, "ALTER TABLE audit RENAME TO audit_away", (struct args){0});
	assert_non_null(audit_refusal(&e, &au));
	ground_sql(g, "ALTER TABLE audit_away RENAME TO audit", (struct args){0});
	refuse_thousandfold(g, 1);
	assert_int_equal(counted(g), 2);
	ground_sql(g, "ALTER TABLE audit RENAME TO audit_away", (struct args){0});
	au.object = STR("/units");
	assert_non_null(audit_refusal(&e, &au));
	app_set_now(g->app, INSTANT(1735689660000));
	assert_non_null(audit_flush(g->app, g->a, false));
	ground_sql(g, "ALTER TABLE audit_away RENAME TO audit", (struct args){0});
	fine(audit_flush(g->app, g->a, false));
	assert_int_equal(counted(g), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(each_flipped_byte_is_found),
		ON_BOTH(each_deleted_event_is_found),
		ON_BOTH(exchanged_events_are_found),
		ON_BOTH(names_are_shown_with_the_right_only),
		ON_BOTH(an_erased_value_is_gone_and_the_chain_holds),
		ON_BOTH(too_many_values_are_refused),
		ON_BOTH(the_audit_counts_within_a_minute),
		ON_BOTH(a_flood_is_counted_in_memory),
		ON_BOTH(a_refusal_that_could_not_be_written_is_not_forgotten),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
