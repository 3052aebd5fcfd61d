#include "model.h"

#include <stddef.h>

/* ---- days: China has one time, eight hours ahead -------------------------------------- */

int64_t m_day(int64_t at)
{
	return (at + 8 * M_HOUR) / M_DAY;
}

int64_t m_day_over(int64_t day)
{
	return (day + 1) * M_DAY - 8 * M_HOUR;
}

static int64_t days_after(int64_t at, int n)
{
	return m_day_over(m_day(at) + n);
}

/* ---- limits ---------------------------------------------------------------------------- */

static int64_t limit_of(const struct m_hazard *h)
{
	int64_t from = h->state_at + h->paused;
	bool high = h->level == M_ENTERPRISE_LEVEL;
	if (h->suspended)
		return 0;
	switch (h->state) {
	case M_REPORTED:
		return from + (h->danger ? 15 * M_MINUTE : h->major ? 12 * M_HOUR : 24 * M_HOUR);
	case M_REGISTERED:
		return days_after(from, h->major ? 7 : high ? 3 : 0);
	case M_ASSIGNED:
		return from + (h->danger ? 15 * M_MINUTE : 24 * M_HOUR);
	case M_RECTIFYING:
		return h->deadline < 0 ? 0 : m_day_over(h->deadline);
	case M_SUBMITTED:
		return days_after(from, h->danger ? 0 : h->major ? 10 : high ? 3 : 2);
	default:
		return 0;
	}
}

static bool rises(const struct m_hazard *h)
{
	return h->state == M_REGISTERED || h->state == M_RECTIFYING;
}

/* How long whoever got it by a step has it. */
static int64_t patience(const struct m_hazard *h)
{
	if (h->post >= M_TOWN || (rises(h) && h->post == M_CHARGE))
		return h->danger ? h->since + 24 * M_HOUR : days_after(h->since, 7);
	if (rises(h))
		return h->since + 24 * M_HOUR;
	return h->since + (h->danger ? 15 * M_MINUTE : 24 * M_HOUR);
}

/* ---- the way up --------------------------------------------------------------------------- */

static const char way[7][M_POSTS + 1] = {
	/* R deputy L S O U C contact T Y city */
	[M_REPORTED] = "..LSOUCBTYZ", [M_REGISTERED] = "..LSO.C.TYZ", [M_ASSIGNED] = "RDLSO.CBTYZ", [M_RECTIFYING] = "R.LSO.C.TYZ",
	[M_SUBMITTED] = "..LSOUCBTYZ", [M_ACCEPTED] = ".....U..TYZ", [M_CLOSED] = "...........",
};

static int head(const struct m_hazard *h)
{
	return h->level == M_ENTERPRISE_LEVEL || h->major ? M_OFFICER : h->level == M_SHOP_LEVEL ? M_SHOP : M_LEADER;
}

static bool on_the_way(const struct m_hazard *h, int post)
{
	bool is_head = post == M_LEADER || post == M_SHOP || post == M_OFFICER;
	if (way[h->state][post] == '.')
		return false;
	if (h->state == M_SUBMITTED && h->major && (is_head || post == M_UNION))
		return false;
	return h->state == M_REPORTED || !is_head || post >= head(h);
}

static int next_on_the_way(const struct m_hazard *h, int after)
{
	for (int post = after + 1; post < M_POSTS; post++) {
		/* One head is enough for what nobody took on. */
		bool second_head = h->state == M_ASSIGNED && after >= M_LEADER && after <= M_OFFICER && post <= M_OFFICER;
		/* Who is late below this head tells it nothing new. */
		int own = h->level == M_ENTERPRISE_LEVEL ? M_OFFICER : h->level == M_SHOP_LEVEL ? M_SHOP : M_LEADER;
		bool same_level = h->state == M_RECTIFYING && after == M_RESPONSIBLE && post <= own;
		if (on_the_way(h, post) && !second_head && !same_level)
			return post;
	}
	return -1;
}

static int held_from(const struct m_world *w, const struct m_hazard *h, int post)
{
	while (post >= 0 && w->holder(w->ctx, h, post) < 0)
		post = next_on_the_way(h, post);
	return post;
}

int m_waits_for(const struct m_world *w, const struct m_hazard *h)
{
	int post = held_from(w, h, h->post);
	return post < 0 ? -1 : w->holder(w->ctx, h, post);
}

/* ---- what happens ----------------------------------------------------------------------------- */

void m_begin(struct m_hazard *h, int64_t at)
{
	h->since = at;
	h->steps = 0;
	h->due = limit_of(h);
	h->post = next_on_the_way(h, -1);
}

void m_report(struct m_hazard *h, int64_t at)
{
	h->state = M_REPORTED;
	h->state_at = h->next_of_alarm = at;
	h->level = M_TEAM_LEVEL;
	h->deadline = -1;
	h->responsible = h->deputy = -1;
	m_begin(h, at);
}

static void note(struct m_hazard *h, enum m_kind kind, int64_t at)
{
	if (h->n_log < M_LOG)
		h->log[h->n_log++] = (struct m_entry){kind, at};
}

static int64_t step_due(const struct m_hazard *h)
{
	int64_t due = h->due;
	if (!due || next_on_the_way(h, h->post) < 0)
		return 0;
	if (h->steps)
		return patience(h);
	if (h->state == M_RECTIFYING && h->level != M_ENTERPRISE_LEVEL && !h->major && !h->danger)
		due = days_after(due - 1, 1);
	return due <= h->since ? patience(h) : due;
}

static void climb(const struct m_world *w, struct m_hazard *h, int64_t now)
{
	int from = held_from(w, h, h->post), to;
	if (from >= 0)
		h->post = from;
	to = held_from(w, h, next_on_the_way(h, h->post));
	h->steps++;
	h->since = now;
	if (to < 0)
		return;
	bool up = rises(h) || to >= M_TOWN;
	h->post = to;
	if (to >= M_TOWN && to > h->watch)
		h->watch = to;
	if (rises(h)) {
		h->informed += to == M_CHARGE;
		enum m_level level = to >= M_OFFICER ? M_ENTERPRISE_LEVEL : to == M_SHOP ? M_SHOP_LEVEL : M_TEAM_LEVEL;
		h->level = level > h->level ? level : h->level;
	}
	note(h, up ? M_RISE : M_PASS_ON, now);
}

/* The person in charge; both unions; the county. Where nobody is, the next one above hears it. */
static void ring(const struct m_world *w, struct m_hazard *h, int64_t now)
{
	static const int called[3][2] = {{M_CHARGE, -1}, {M_UNION, M_TOWN}, {M_COUNTY, -1}};
	for (int i = 0; i < 2; i++) {
		int post = called[h->alarms][i];
		while (post >= 0 && post < M_POSTS && w->holder(w->ctx, h, post) < 0)
			post++;
		if (post >= 0 && post < M_POSTS)
			note(h, M_ALARM, now);
	}
	h->alarms++;
}

void m_look(const struct m_world *w, struct m_hazard *h, int64_t now)
{
	static const int64_t rings[3] = {15 * M_MINUTE, 30 * M_MINUTE, 60 * M_MINUTE};
	while (h->state < M_CLOSED && h->danger && !h->is_protected && h->alarms < 3 && h->next_of_alarm + rings[h->alarms] <= now)
		ring(w, h, now);
	int64_t due = h->state < M_CLOSED ? step_due(h) : 0;
	if (due && due <= now)
		climb(w, h, now);
}

const char *m_solved(const struct m_hazard *h)
{
	static const char *const levels[] = {"", "team", "workshop", "enterprise"};
	if (h->watch)
		return h->watch == M_CITY ? "city" : h->watch == M_COUNTY ? "county" : "township";
	return h->informed ? "management" : levels[h->level];
}
