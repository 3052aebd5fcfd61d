/* The lifecycle as a graph: whatever can come about from a report, by the table with its guards and effects, is walked; from each place an
 * end can be reached, and the usual one (HAZ-3). */
#include "hazard_flow.h"

#include "day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { NODES_MAX = 8000, EDGES_MAX = 1500000, VARIANTS = 6, KEYS = 1 << 19 };

struct graph {
	struct arena *a;
	struct hazard nodes[NODES_MAX];
	uint32_t n, n_edges;
	uint32_t at[KEYS]; /* index + 1 */
	struct {
		uint32_t from, to;
	} edges[EDGES_MAX];
};

/* What the table tells apart, besides who acts. */
static unsigned key_of(const struct hazard *h)
{
	bool goes_back = h->state == HAZARD_MERGED || h->state == HAZARD_TRANSFERRED;
	return hazard_facts(h) | (unsigned)h->state << 10 | (goes_back ? (unsigned)h->state_before << 14 : 0) | (h->deadline.ymd ? 1u << 18 : 0);
}

static uint32_t node_of(struct graph *g, const struct hazard *h)
{
	unsigned key = key_of(h);
	assert_true(key < KEYS);
	if (!g->at[key]) {
		assert_true(g->n < NODES_MAX);
		g->nodes[g->n++] = *h;
		g->at[key] = g->n;
	}
	return g->at[key] - 1;
}

/* Bits of the variant decide what is said. */
static struct hazard_input said(unsigned v)
{
	return (struct hazard_input){
		.level = v & 1 ? HAZARD_MAJOR : HAZARD_ORDINARY, .result = v & 1 ? HAZARD_PASSED : HAZARD_FAILED,
		.outside = v & 1 ? STR("water works") : STR(""), .outcome = v % 6 + 1, .deadline = DAY(20160202), .text = STR("done"),
		.reason = STR("so"), .proof = STR("order 3"), .protection = STR("fence"), .responsible_id = ID(3), .deputy_id = ID(4),
	};
}

/* Somebody who holds every duty and has no part in it: only what lies in the thing bars him. */
static void step(struct graph *g, uint32_t from, const char *act, unsigned variant)
{
	const struct hazard was = g->nodes[from];
	struct hazard h = was;
	struct hazard_input in = said(variant);
	const struct hazard_limits limits = {0};
	struct hazard_who who = {.person_id = ID(5), .roles = UINT32_MAX, .parties = PARTY_REPORTER | PARTY_RECTIFIER};
	struct hazard_case k = {.a = g->a, .h = &was, .who = &who, .in = &in, .limits = &limits, .now = day_start(DAY(20160120)), .n_photos = 1};
	const struct hazard_step *row;
	hazard_step_find(&k, str_of(act), &row);
	if (!row)
		return;
	hazard_step_apply(&k, row, &h);
	if (row->back)
		assert_true(row->back >> h.state & 1);
	/* The next one is somebody else. */
	h.registered_by = h.assigned_by = h.taken_by = h.submitted_by = h.accepted_by = h.closed_by = h.lowering_by =
		h.lowering_by.v ? ID(9) : ID(0);
	h.responsible_id = h.deputy_id = ID(0);
	assert_true(g->n_edges < EDGES_MAX);
	g->edges[g->n_edges].from = from;
	g->edges[g->n_edges++].to = node_of(g, &h);
}

static struct graph *walk(void)
{
	const char *acts[HAZARD_ACTS_MAX];
	struct arena *a = arena_new((size_t)128 * 1024 * 1024);
	struct graph *g = ARENA_NEW(a, struct graph);
	struct hazard report = {.id = ID(7), .kind = HAZARD_HAZARD, .level = HAZARD_ORDINARY, .state = HAZARD_REPORTED,
				.handling_level = HAZARD_AT_TEAM, .anonymity = HAZARD_NAMED};
	size_t n = hazard_acts(acts);
	g->a = a;
	node_of(g, &report);
	report.danger = true;
	node_of(g, &report);
	for (uint32_t i = 0; i < g->n; i++)
		for (size_t act = 0; act < n; act++)
			for (unsigned v = 0; v < VARIANTS; v++)
				step(g, i, acts[act], v);
	return g;
}

static bool is_end(const struct hazard *h, bool usual)
{
	return h->state == HAZARD_CLOSED_OUT || (!usual && !hazard_is_open(h));
}

static void all_come_to(const struct graph *g, bool usual)
{
	bool *reaches = ARENA_ARRAY(g->a, bool, NODES_MAX);
	for (size_t i = 0; i < g->n; i++)
		reaches[i] = is_end(&g->nodes[i], usual);
	for (bool moved = true; moved;) {
		moved = false;
		for (size_t e = 0; e < g->n_edges; e++)
			if (reaches[g->edges[e].to] && !reaches[g->edges[e].from])
				moved = reaches[g->edges[e].from] = true;
	}
	for (size_t i = 0; i < g->n; i++)
		if (!reaches[i])
			fail_msg("no way on from %s with facts %u", codes_word(&hazard_states, g->nodes[i].state), hazard_facts(&g->nodes[i]));
}

static void each_open_one_can_end(void **s)
{
	struct graph *g = walk();
	bool seen[HAZARD_STATE_COUNT] = {false};
	(void)s;
	for (size_t i = 0; i < g->n; i++)
		seen[g->nodes[i].state] = true;
	for (uint32_t state = HAZARD_REPORTED; state < HAZARD_STATE_COUNT; state++)
		if (!seen[state])
			fail_msg("nothing leads to %s", codes_word(&hazard_states, state));
	all_come_to(g, false);
	all_come_to(g, true);
	arena_free(g->a);
}

/* A listed or disputed one is never closed out, a suspended one never worked on. */
static void what_stands_against_holds_on_every_way(void **s)
{
	struct graph *g = walk();
	(void)s;
	for (size_t e = 0; e < g->n_edges; e++) {
		const struct hazard *from = &g->nodes[g->edges[e].from], *to = &g->nodes[g->edges[e].to];
		unsigned facts = hazard_facts(from);
		if (to->state == HAZARD_CLOSED_OUT && from->state != HAZARD_CLOSED_OUT)
			assert_int_equal(facts & (FACT_DISPUTED | FACT_LISTED), 0);
		if (to->state == HAZARD_SUBMITTED || to->state == HAZARD_RECTIFYING)
			assert_true(!(facts & FACT_SUSPENDED) || from->state == to->state || from->state == HAZARD_MERGED);
	}
	arena_free(g->a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_open_one_can_end),
		cmocka_unit_test(what_stands_against_holds_on_every_way),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
