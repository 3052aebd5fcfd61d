/* Permissions of the feature, with the roles that hold them by default. */
#ifndef HAZARD_PERMS_H
#define HAZARD_PERMS_H

#include "who.h"

extern const struct perm perm_hazard_read, perm_hazard_register, perm_hazard_protect, perm_hazard_fix, perm_hazard_confirm,
	perm_hazard_grade, perm_hazard_assign, perm_hazard_rectify, perm_hazard_accept, perm_hazard_accept_fallback,
	perm_hazard_close, perm_hazard_raise, perm_hazard_reopen, perm_hazard_see_reporter;
extern const struct perm *const hazard_perms[];

#endif
