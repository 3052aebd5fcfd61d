/* Guards, checks and effects of the lifecycle's rows, by topic in hazard_acts*.c: pure, named by the table only.
 */
#ifndef HAZARD_ACTS_H
#define HAZARD_ACTS_H

#include "hazard_flow.h"

/* The way itself: hazard_acts.c. */
extern const struct hazard_field fields_register[], fields_refuse[], fields_protect[], fields_fix[], fields_text[], fields_grade[],
	fields_assign[], fields_reason[], fields_progress[], fields_submit[], fields_accept_fallback[], fields_none[];
const struct hazard_bar *guard_not_complained_of(const struct hazard_case *k);
const struct hazard_bar *guard_refuse(const struct hazard_case *k);
const struct hazard_bar *guard_assign(const struct hazard_case *k);
const struct hazard_bar *guard_fix(const struct hazard_case *k);
const struct hazard_bar *guard_not_own_work(const struct hazard_case *k);
const struct hazard_bar *guard_accept(const struct hazard_case *k);
const struct hazard_bar *guard_close(const struct hazard_case *k);
const struct hazard_bar *guard_raise(const struct hazard_case *k);
void check_register(const struct hazard_case *k, struct err_list *errors);
void check_fix(const struct hazard_case *k, struct err_list *errors);
void check_grade(const struct hazard_case *k, struct err_list *errors);
void check_assign(const struct hazard_case *k, struct err_list *errors);
void check_progress(const struct hazard_case *k, struct err_list *errors);
void check_submit(const struct hazard_case *k, struct err_list *errors);
void effect_register(const struct hazard_case *k, struct hazard *h);
void effect_refuse(const struct hazard_case *k, struct hazard *h);
void effect_protect(const struct hazard_case *k, struct hazard *h);
void effect_withdraw(const struct hazard_case *k, struct hazard *h);
void effect_fix(const struct hazard_case *k, struct hazard *h);
void effect_grade(const struct hazard_case *k, struct hazard *h);
void effect_assign(const struct hazard_case *k, struct hazard *h);
void effect_take(const struct hazard_case *k, struct hazard *h);
void effect_give_back(const struct hazard_case *k, struct hazard *h);
void effect_progress(const struct hazard_case *k, struct hazard *h);
void effect_submit(const struct hazard_case *k, struct hazard *h);
void effect_accept(const struct hazard_case *k, struct hazard *h);
void effect_accept_fallback(const struct hazard_case *k, struct hazard *h);
void effect_return(const struct hazard_case *k, struct hazard *h);
void effect_return_on_spot(const struct hazard_case *k, struct hazard *h);
void effect_close(const struct hazard_case *k, struct hazard *h);
void effect_raise(const struct hazard_case *k, struct hazard *h);
void effect_reopen(const struct hazard_case *k, struct hazard *h);

/* Who judges: hazard_acts_judge.c. Appeals, objections, re-inspections, a lower level. */
extern const struct hazard_field fields_object[], fields_reinspect[], fields_decide_lowering[];
const struct hazard_bar *guard_appeal(const struct hazard_case *k);
const struct hazard_bar *guard_object(const struct hazard_case *k);
const struct hazard_bar *guard_uphold(const struct hazard_case *k);
const struct hazard_bar *guard_reinspect(const struct hazard_case *k);
const struct hazard_bar *guard_decide_lowering(const struct hazard_case *k);
bool picks_failed(const struct hazard_input *in);
bool picks_lower(const struct hazard_input *in);
bool picks_agreed(const struct hazard_input *in);
void check_lower(const struct hazard_case *k, struct err_list *errors);
void effect_appeal(const struct hazard_case *k, struct hazard *h);
void effect_object(const struct hazard_case *k, struct hazard *h);
void effect_uphold(const struct hazard_case *k, struct hazard *h);
void effect_register_after_all(const struct hazard_case *k, struct hazard *h);
void effect_reinspect_failed(const struct hazard_case *k, struct hazard *h);
void effect_reinspect_passed(const struct hazard_case *k, struct hazard *h);
void effect_propose_lowering(const struct hazard_case *k, struct hazard *h);
void effect_lower(const struct hazard_case *k, struct hazard *h);
void effect_keep_level(const struct hazard_case *k, struct hazard *h);

/* Time: hazard_acts_time.c. Extension, suspension, what management is told. */
extern const struct hazard_field fields_extend[], fields_proof[], fields_must_text[];
const struct hazard_bar *guard_extend(const struct hazard_case *k);
const struct hazard_bar *guard_suspend(const struct hazard_case *k);
void check_extend(const struct hazard_case *k, struct err_list *errors);
void check_proof(const struct hazard_case *k, struct err_list *errors);
void effect_extend(const struct hazard_case *k, struct hazard *h);
void effect_suspend(const struct hazard_case *k, struct hazard *h);
void effect_resume(const struct hazard_case *k, struct hazard *h);
void effect_inform(const struct hazard_case *k, struct hazard *h);

/* Elsewhere: hazard_acts_away.c. Transfer, merging, what ceased. */
extern const struct hazard_field fields_transfer[], fields_answer[], fields_merge[];
const struct hazard_bar *guard_transfer(const struct hazard_case *k);
const struct hazard_bar *guard_merge(const struct hazard_case *k);
bool picks_outside(const struct hazard_input *in);
bool picks_settled(const struct hazard_input *in);
void check_transfer(const struct hazard_case *k, struct err_list *errors);
void effect_move(const struct hazard_case *k, struct hazard *h);
void effect_transfer(const struct hazard_case *k, struct hazard *h);
void effect_sent_back(const struct hazard_case *k, struct hazard *h);
void effect_chase(const struct hazard_case *k, struct hazard *h);
void effect_cease(const struct hazard_case *k, struct hazard *h);
void effect_merge(const struct hazard_case *k, struct hazard *h);
void effect_unmerge(const struct hazard_case *k, struct hazard *h);
/* The other one, after one was merged into it: what is worse of the two holds. */
void hazard_take_in(const struct hazard *merged, struct hazard *into);

/* Listing by the safety committee: hazard_acts_listing.c (HAZ-8). */
extern const struct hazard_field fields_record_listing[], fields_delist[];
bool picks_listed(const struct hazard_input *in);
void check_listed(const struct hazard_case *k, struct err_list *errors);
void check_declined(const struct hazard_case *k, struct err_list *errors);
void check_delist(const struct hazard_case *k, struct err_list *errors);
void effect_propose(const struct hazard_case *k, struct hazard *h);
void effect_listed(const struct hazard_case *k, struct hazard *h);
void effect_declined(const struct hazard_case *k, struct hazard *h);
void effect_delist(const struct hazard_case *k, struct hazard *h);

/* Shared by them. */
extern const struct hazard_bar bar_own_work, bar_protect_first;
/* Responsible for it, took it, worked on it or submitted it. */
bool hazard_is_rectifier(const struct hazard_case *k);
/* The highest handling level at which somebody with these roles gives orders; 0: none. */
uint32_t hazard_reach(uint32_t roles);
/* Nobody is responsible for it any longer, and no element of rectification is left. */
void hazard_forget_work(struct hazard *h);
/* Into the ledger, once. */
void hazard_enter_ledger(const struct hazard_case *k, struct hazard *h);

#endif
