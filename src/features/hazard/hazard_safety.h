/* Safety before forms (HAZ-3, HAZ-12): what a page offers in one tap; for the feature's own files only. */
#ifndef HAZARD_SAFETY_H
#define HAZARD_SAFETY_H

#include "hazard.h"
#include "parts.h"

/* Is the act among those that the page offers? */
bool hazard_can(const json_t *actions, const char *act);
/* safety: whether somebody is in danger, and the acts that are recorded by one tap, without a version, so that nothing stands in
 * their way. Null where there is nothing to protect from any more, or the reader may not. */
void hazard_put_safety(struct call *c, const struct hazard *h, const json_t *actions);
/* The words of what a report says was done already, in the reporter's language. */
struct str hazard_protection_text(struct call *c, const struct hazard_report *r);

extern const struct doc_part hazard_safety_parts[];

#endif
