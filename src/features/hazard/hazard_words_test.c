/* Searching the ledger on both engines against a plain look at every row (NFR-1). */
#include "hazard_ground.h"

#include "hazard_words.h"

enum { ROWS = 120, QUERIES = 150 };

struct looking {
	struct hazard_filter f;
	struct hazard_place at;
	int64_t limit, max, n;
	struct hazard_rows page;
};

static const struct err *do_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	return hazard_page(tx, e->city, &l->f, &l->at, l->limit, &l->page);
}

static const struct err *do_count(struct db_tx *tx, struct env *e, void *ctx)
{
	struct looking *l = ctx;
	return hazard_words_count(tx, e->city, &l->f, l->max, &l->n);
}

static void index_now(struct ground *g)
{
	struct env e = env_system(g->app, g->a, g->city);
	fine(hazard_words_job(&e, STR_NONE));
}

/* All ids of a list, by pages of `limit`. */
static size_t walk(struct ground *g, struct hazard_filter f, int64_t limit, struct id *ids, size_t max)
{
	struct looking l = {.f = f, .limit = limit, .page = {.more = true}};
	size_t n = 0;
	while (l.page.more) {
		struct env e = env_system(g->app, g->a, g->city);
		fine(env_read(&e, do_page, &l));
		for (size_t i = 0; i < l.page.n; i++) {
			assert_true(n < max);
			ids[n++] = l.page.rows[i].id;
		}
		l.at = l.page.next;
	}
	return n;
}

static struct hazard_filter asks(struct ground *g, const char *q)
{
	return (struct hazard_filter){.anchor = "city", .searches = true, .search = search_of(g->a, str_of(q))};
}

static size_t found(struct ground *g, const char *q)
{
	static struct id ids[1000];
	return walk(g, asks(g, q), 50, ids, 1000);
}

/* ---- random texts ------------------------------------------------------------------ */

static uint32_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

/* Few words, so that many rows share them, in every script and with every sign that an engine might take for its own. */
static const char *const pieces[] = {
	"安", "全", "出", "口", "配电箱", "缺盖", "缺", "盖", "3号", "DN50", "dn", "50", " ", "  ", "-", "\"", "'", "(", ")", "*", ":", "&", "|",
	"!", "<->", "AND", "or", "NOT", "NEAR(", "Ａ１", "é", "ёж", "，", "。", "\xf0\xa0\x80\x80", "words:", "^", "\\", "%", "_", "0x", "c371300",
};

static const char *random_text(struct ground *g, uint64_t *seed, unsigned max)
{
	struct sb b = sb_new(g->a, 1000);
	unsigned n = 1 + next(seed) % max;
	for (unsigned i = 0; i < n; i++)
		sb_addz(&b, pieces[next(seed) % (sizeof(pieces) / sizeof(pieces[0]))]);
	return str_z(g->a, sb_str(&b));
}

static size_t naive(struct ground *g, const struct id *all, size_t n, const char *q, struct id *out)
{
	struct search s = search_of(g->a, str_of(q));
	size_t hits = 0;
	for (size_t i = 0; i < n && s.n; i++) {
		struct hazard h = look(g, all[i]);
		struct words w = hazard_words_of(g->a, g->city, &h);
		if (search_matches(&s, &w))
			out[hits++] = all[i];
	}
	return hits;
}

static void the_same_as_by_looking(void **state)
{
	GROUND;
	uint64_t seed = 20161120;
	struct id all[ROWS], hits[ROWS], want[ROWS];
	size_t answered = 0;
	for (size_t i = 0; i < ROWS; i++)
		all[ROWS - 1 - i] = reported(g, WORKER, random_text(g, &seed, 12), 0).id;
	index_now(g);
	for (size_t i = 0; i < QUERIES; i++) {
		struct arena_mark mark = arena_mark(g->a);
		const char *q = random_text(g, &seed, 3);
		size_t n = walk(g, asks(g, q), 1 + next(&seed) % 30, hits, ROWS);
		size_t m = naive(g, all, ROWS, q, want);
		if (n != m || (n && memcmp(hits, want, n * sizeof(*hits)) != 0))
			fail_msg("%s: %zu found, %zu there", q, n, m);
		answered += n > 0;
		arena_rewind(g->a, mark);
	}
	/* A test that always finds nothing would prove nothing. */
	assert_true(answered > QUERIES / 3);
}

/* ---- rules ------------------------------------------------------------------------------- */

static void found_by_what_people_know(void **state)
{
	GROUND;
	struct hazard_made made = reported(g, WORKER, "二车间配电箱缺盖，Pump DN50 漏油", 0);
	assert_int_equal(found(g, "配电"), 0); /* seconds later, not at once */
	index_now(g);
	static const char *const known[] = {"配电", "缺盖 漏油", "pump", "ＰＵＭＰ", "dn50", "50", "First team", "furnace", "Test works", "配电箱\"", "电 OR"};
	for (size_t i = 0; i + 1 < sizeof(known) / sizeof(known[0]); i++)
		if (found(g, known[i]) != 1)
			fail_msg("%s: found %zu", known[i], found(g, known[i]));
	assert_int_equal(found(g, "电 OR"), 0); /* a word as any other */
	assert_int_equal(found(g, "缺电"), 0);
	assert_int_equal(found(g, "？！"), 0);
	assert_int_equal(found(g, str_z(g->a, made.number)), 1);
	assert_int_equal(found(g, str_z(g->a, str_sub(made.number, 0, 6))), 1);
}

static void what_changes_is_found_by_its_new_words(void **state)
{
	GROUND;
	struct hazard_made made = reported(g, WORKER, "旧描述", 0);
	index_now(g);
	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	fine(act(g, OFFICER, made.id, "assign", elements(g)));
	assert_int_equal(found(g, "mount"), 0);
	index_now(g);
	index_now(g);
	assert_int_equal(found(g, "mount guard"), 1);
	assert_int_equal(found(g, "旧描述"), 1);
	assert_int_equal(ground_sql(g, "SELECT COUNT(1) FROM hazard_changed WHERE city_id = $1", ARGS(ARG(g->city))), 0);
}

/* Neither a hidden reporter's name nor anybody else's is a word of a row. */
static void no_persons_are_found(void **state)
{
	GROUND;
	struct hazard_made made = reported(g, WORKER, "someone said so", HAZARD_HIDDEN);
	fine(act(g, LEADER, made.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	fine(act(g, OFFICER, made.id, "assign", elements(g)));
	index_now(g);
	static const char *const names[] = {"Worker", "Worker A", "Leader B", "Officer"};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(found(g, names[i]), 0);
	assert_int_equal(found(g, "someone"), 1);
}

static void only_within_the_scope_and_with_the_other_filters(void **state)
{
	GROUND;
	static struct id ids[100];
	struct hazard h = look(g, reported(g, WORKER, "within reach", 0).id);
	struct hazard other = look(g, reported(g, WORKER, "within reach as well", 0).id);
	fine(act(g, LEADER, other.id, "register", (struct hazard_input){.category = STR("machine_guard")}));
	index_now(g);
	struct hazard_filter f = asks(g, "reach");
	assert_int_equal(walk(g, f, 50, ids, 100), 2);
	assert_int_equal(ids[0].v, other.id.v);
	f.anchor = "enterprise";
	f.anchor_id = h.enterprise_id;
	assert_int_equal(walk(g, f, 1, ids, 100), 2);
	f.path = h.unit_path;
	assert_int_equal(walk(g, f, 50, ids, 100), 2);
	f.path = STR("~nowhere~");
	assert_int_equal(walk(g, f, 50, ids, 100), 0);
	f.path = STR_NONE;
	f.state = HAZARD_REGISTERED;
	assert_int_equal(walk(g, f, 50, ids, 100), 1);
	f.state = 0;
	f.from = DAY(20170101);
	assert_int_equal(walk(g, f, 50, ids, 100), 0);
	f.from = DAY(0);
	f.anchor = "top";
	f.anchor_id = ID(4711);
	assert_int_equal(walk(g, f, 50, ids, 100), 0);
}

/* One's own are looked through at once, without the index. */
static void own_ones_are_found_at_once(void **state)
{
	GROUND;
	static struct id ids[100];
	struct id id = reported(g, WORKER, "漏油 of my own", HAZARD_HIDDEN).id;
	struct hazard_filter f = asks(g, "漏油");
	f.anchor = "mine";
	f.anchor_id = g->actors[WORKER].person_id;
	assert_int_equal(walk(g, f, 50, ids, 100), 1);
	assert_int_equal(ids[0].v, id.v);
	f.anchor_id = g->actors[LEADER].person_id;
	assert_int_equal(walk(g, f, 50, ids, 100), 0);
}

static void totals_are_capped(void **state)
{
	GROUND;
	for (int i = 0; i < 6; i++)
		reported(g, WORKER, "counted", 0);
	index_now(g);
	struct looking l = {.f = asks(g, "counted"), .max = 4};
	struct env e = env_system(g->app, g->a, g->city);
	fine(env_read(&e, do_count, &l));
	assert_int_equal(l.n, 4);
	l.max = 100;
	fine(env_read(&e, do_count, &l));
	assert_int_equal(l.n, 6);
}

/* After a bulk load, and after words were lost. */
static void a_rebuild_finds_all_again(void **state)
{
	GROUND;
	reported(g, WORKER, "never indexed", 0);
	struct hazard_made twice = reported(g, WORKER, "indexed before", 0);
	ground_sql(g, "DELETE FROM hazard_changed WHERE city_id = $1 AND hazard_id <> $2", ARGS(ARG(g->city), ARG(twice.id)));
	index_now(g);
	assert_int_equal(found(g, "indexed"), 1);
	struct env e = env_system(g->app, g->a, g->city);
	fine(hazard_words_rebuild(&e));
	assert_int_equal(found(g, "indexed"), 2);
	fine(hazard_words_rebuild(&e));
	assert_int_equal(found(g, "indexed"), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_same_as_by_looking),
		ON_BOTH(found_by_what_people_know),
		ON_BOTH(what_changes_is_found_by_its_new_words),
		ON_BOTH(no_persons_are_found),
		ON_BOTH(only_within_the_scope_and_with_the_other_filters),
		ON_BOTH(own_ones_are_found_at_once),
		ON_BOTH(totals_are_capped),
		ON_BOTH(a_rebuild_finds_all_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
