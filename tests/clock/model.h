/* The rules of clocks and levels, told a second time: from the table of limits of daily practice, with its own calendar of days and nothing of
 * the program's. Slow on purpose: each look goes over everything.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define M_MINUTE INT64_C(60000)
#define M_HOUR (60 * M_MINUTE)
#define M_DAY (24 * M_HOUR)

enum m_state { M_REPORTED, M_REGISTERED, M_ASSIGNED, M_RECTIFYING, M_SUBMITTED, M_ACCEPTED, M_CLOSED };
enum m_level { M_TEAM_LEVEL = 1, M_SHOP_LEVEL, M_ENTERPRISE_LEVEL };
enum m_post { M_RESPONSIBLE, M_DEPUTY, M_LEADER, M_SHOP, M_OFFICER, M_UNION, M_CHARGE, M_CONTACT, M_TOWN, M_COUNTY, M_CITY, M_POSTS };
enum m_kind { M_PASS_ON, M_RISE, M_ALARM };

enum { M_LOG = 160 };
struct m_entry {
	enum m_kind kind;
	int64_t at;
};

struct m_hazard {
	int64_t id;
	int employer;
	bool in_team;             /* reported for the team, not for the employer as a whole */
	bool major, danger, is_protected, suspended;
	enum m_state state;
	enum m_level level;
	int64_t state_at, paused, suspended_at;
	int64_t deadline;         /* number of the day; -1: none */
	int responsible, deputy;  /* persons; -1: none */
	/* whose turn it is */
	int64_t due;              /* 0: no limit runs */
	int64_t since, next_of_alarm;
	int post, steps, alarms, watch, informed;
	struct m_entry log[M_LOG];
	int n_log;
};

struct m_world {
	int (*holder)(void *ctx, const struct m_hazard *h, int post); /* a person, -1: nobody */
	void *ctx;
};

int64_t m_day(int64_t at);                      /* number of the CST day */
int64_t m_day_over(int64_t day);                /* the first moment after it */

void m_report(struct m_hazard *h, int64_t at);
/* The state, or what the clock hangs on, has changed at `at`. */
void m_begin(struct m_hazard *h, int64_t at);
/* The program looks at what is due. */
void m_look(const struct m_world *w, struct m_hazard *h, int64_t now);
/* Who has the wait now; -1: nobody. */
int m_waits_for(const struct m_world *w, const struct m_hazard *h);
const char *m_solved(const struct m_hazard *h);

#endif
