#include "hazard_perms.h"

#include <stddef.h>

#define R_LINE (R(ROLE_TEAM_LEADER) | R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER))

/* A worker without this one sees what he reported and what he is to put right. */
const struct perm perm_hazard_read = {"hazard.read", R_KEEPERS | R(ROLE_MANAGEMENT) | R_CADRES};
const struct perm perm_hazard_register = {"hazard.register", R_KEEPERS};
/* Whoever is there, before any form (HAZ-3, HAZ-12). */
const struct perm perm_hazard_protect = {"hazard.protect", R_EMPLOYER_SIDE | R_CADRES};
const struct perm perm_hazard_fix = {"hazard.fix", R_SHOP_FLOOR | R(ROLE_SAFETY_OFFICER)};
const struct perm perm_hazard_confirm = {"hazard.confirm", R_SHOP_FLOOR | R(ROLE_SAFETY_OFFICER) | R(ROLE_PRIMARY_UNION)};
const struct perm perm_hazard_grade = {"hazard.grade", R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT) | R_CADRES};
/* The union oversees, it never becomes the rectifier (HAZ-7). */
const struct perm perm_hazard_assign = {"hazard.assign", R_LINE | R(ROLE_MANAGEMENT)};
/* Writes down the progress of somebody who has no phone at hand. */
const struct perm perm_hazard_rectify = {"hazard.rectify", R_LINE};
const struct perm perm_hazard_accept = {"hazard.accept", R_LINE | R(ROLE_PRIMARY_UNION) | R(ROLE_MANAGEMENT)};
const struct perm perm_hazard_accept_fallback = {"hazard.accept_fallback", R(ROLE_CADRE_TOWNSHIP)};
/* The keeper of the ledger; the township's cadre for employers whose union is a joint one. */
const struct perm perm_hazard_close = {"hazard.close_out", R(ROLE_PRIMARY_UNION) | R(ROLE_CADRE_TOWNSHIP)};
const struct perm perm_hazard_raise = {"hazard.raise", R_KEEPERS | R(ROLE_MANAGEMENT)};
const struct perm perm_hazard_reopen = {"hazard.reopen", R(ROLE_PRIMARY_UNION) | R_CADRES};
/* The union above: whose decision an appeal or an objection asks for. */
const struct perm perm_hazard_decide = {"hazard.decide", R_CADRES};
const struct perm perm_hazard_reinspect = {"hazard.reinspect", R(ROLE_PRIMARY_UNION) | R_CADRES};
/* A lower level takes two: who is in charge proposes, the union agrees. */
const struct perm perm_hazard_lower = {"hazard.lower", R(ROLE_MANAGEMENT)};
const struct perm perm_hazard_confirm_lowering = {"hazard.confirm_lowering", R_CADRES};
const struct perm perm_hazard_extend = {"hazard.extend", R(ROLE_WORKSHOP_LEADER) | R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT) | R_CADRES};
const struct perm perm_hazard_suspend = {"hazard.suspend", R(ROLE_SAFETY_OFFICER) | R(ROLE_MANAGEMENT) | R_CADRES};
const struct perm perm_hazard_inform = {"hazard.inform_management", R(ROLE_PRIMARY_UNION) | R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY)};
const struct perm perm_hazard_propose = {"hazard.propose_listing", R(ROLE_PRIMARY_UNION) | R_CADRES};
/* The clerk of the county or the city writes down what the committee answered. */
const struct perm perm_hazard_list = {"hazard.record_listing", R(ROLE_CADRE_COUNTY) | R(ROLE_CADRE_CITY) | R(ROLE_PRODUCTION_PROTECTION)};
const struct perm perm_hazard_transfer = {"hazard.transfer", R(ROLE_PRIMARY_UNION) | R_CADRES};
const struct perm perm_hazard_merge = {"hazard.merge", R_KEEPERS};
const struct perm perm_hazard_cease = {"hazard.cease", R(ROLE_CADRE_TOWNSHIP) | R(ROLE_CADRE_COUNTY)};
/* The union reads first: the employer side never sees a hidden reporter's name (HAZ-10). */
const struct perm perm_hazard_see_reporter = {"hazard.see_reporter", R(ROLE_PRIMARY_UNION) | R_CADRES};

const struct perm *const hazard_perms[] = {
	&perm_hazard_read,   &perm_hazard_register, &perm_hazard_protect, &perm_hazard_fix,   &perm_hazard_confirm,
	&perm_hazard_grade,  &perm_hazard_assign,   &perm_hazard_rectify, &perm_hazard_accept, &perm_hazard_accept_fallback,
	&perm_hazard_close,  &perm_hazard_raise,    &perm_hazard_reopen,  &perm_hazard_see_reporter,
	&perm_hazard_decide, &perm_hazard_reinspect, &perm_hazard_lower, &perm_hazard_confirm_lowering, &perm_hazard_extend,
	&perm_hazard_suspend, &perm_hazard_inform, &perm_hazard_propose, &perm_hazard_list, &perm_hazard_transfer, &perm_hazard_merge,
	&perm_hazard_cease, NULL,
};
