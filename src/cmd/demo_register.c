/* The register's entries of some employers, a contractor's team, and safety-duty cards of posts. */
#include "demo.h"

#include "employer.h"
#include "employer_card.h"

enum { ENTERED = 13, WITH_CARDS = 4 };

static struct opt_i64 heads(int64_t n)
{
	return (struct opt_i64){true, n};
}

static const struct err *enter(struct db_tx *tx, struct env *e, const struct demo_employer *m)
{
	struct employer p;
	struct unit u;
	size_t n = m->number;
	TRY(org_unit(tx, e->city, m->unit->id, &u));
	TRY(employer_read(tx, e->city, u.id, &p));
	p.employer_kind = EMPLOYER_ENTERPRISE;
	p.ownership = n % 5 == 3 ? OWNED_BY_STATE : OWNED_PRIVATELY;
	p.union_state = UNION_OWN;
	p.own_staff = heads(u.headcount - u.headcount / 10);
	p.dispatched = heads(u.headcount / 10);
	p.contracted = heads((int64_t)(n % 3) * 8);
	p.turnover_fen = (struct opt_fen){true, (int64_t)(n * 911 % 4000 + 260) * INT64_C(1000000)};
	p.assets_fen = (struct opt_fen){true, (int64_t)(n * 577 % 6000 + 310) * INT64_C(1000000)};
	p.address = str_fmt(e->a, "示例路%zu号", n + 1);
	p.not_applicable = STR("old_number");
	p.high_risk_set = u.high_risk ? SAID_YES : 0;
	p.high_risk_reason = u.high_risk ? STR("按市里的高危行业名单") : STR("");
	p.principal_id = m->manager->id;
	p.chair_id = m->chair->id;
	p.officer_id = m->safety->id;
	return employer_save(tx, e, &p, u.industry);
}

static const struct err *issue(struct db_tx *tx, struct env *e, const struct demo_team *t)
{
	struct id who[3];
	struct id_list holders = {who, 0};
	struct card k = {.area = STR("本岗位及周围五米"), .owner_id = t->leader->id};
	k.duties = STR("上岗前检查防护装置和个人防护用品\n发现隐患立即停机、挂牌并报告\n交接班时说明未消除的隐患");
	k.hazards = STR("机械伤害、触电；通道堵塞；未停机清理");
	for (size_t w = 0; w < 2 && t->workers[w]; w++)
		who[holders.n++] = t->workers[w]->id;
	/* The last of a team's places is its post. */
	return employer_card_save(tx, e, t->places[DEMO_PLACES - 1], &k, &holders);
}

const struct err *demo_enter(struct db_tx *tx, struct env *e, const struct demo_employer *m)
{
	if (m->number && m->number < ENTERED)
		TRY(enter(tx, e, m));
	for (size_t t = 0; m->number < WITH_CARDS && t < DEMO_TEAMS; t++)
		if (t % 2 == 0)
			TRY(issue(tx, e, &m->teams[t]));
	return NULL;
}
