#ifndef GROUP_PAGES_H
#define GROUP_PAGES_H

#include "group.h"

struct groups_query { struct id campaign, edit; int64_t round; struct str header; };
extern const struct shape groups_query_shape[];
extern const struct doc_part groups_parts[];
/* The page of a round: campaign 0: today's, round 0: the last; edit: the group whose form is filled. */
const struct err *group_show(struct call *c, struct id campaign, int64_t round, struct id edit);
handler_fn groups_get;

#endif
