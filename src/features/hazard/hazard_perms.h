/* Permissions of the feature, with the roles that hold them by default. */
#ifndef HAZARD_PERMS_H
#define HAZARD_PERMS_H

#include "who.h"

extern const struct perm perm_hazard_read, perm_hazard_register, perm_hazard_protect, perm_hazard_fix, perm_hazard_confirm,
	perm_hazard_grade, perm_hazard_assign, perm_hazard_rectify, perm_hazard_accept, perm_hazard_accept_fallback,
	perm_hazard_close, perm_hazard_raise, perm_hazard_reopen, perm_hazard_see_reporter,
	perm_hazard_decide, perm_hazard_reinspect, perm_hazard_lower, perm_hazard_confirm_lowering, perm_hazard_extend,
	perm_hazard_suspend, perm_hazard_inform, perm_hazard_propose, perm_hazard_list, perm_hazard_transfer, perm_hazard_merge,
	perm_hazard_cease;
extern const struct perm *const hazard_perms[];

#endif
