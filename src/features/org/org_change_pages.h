/* Pages of changes of the tree; for the feature's own files only. */
#ifndef ORG_CHANGE_PAGES_H
#define ORG_CHANGE_PAGES_H

#include "org_change.h"

struct change_input {
	uint32_t act, kind;
	struct str to_unit;         /* id or code */
	struct str name, union_name, code, reason, q;
	struct day effective_on;
	struct id_list parts;
	bool checked;               /* show what would happen */
	int64_t version;            /* of the unit, as whoever asks has seen it; 0: does not matter */
};
extern const struct shape change_query_shape[], change_input_shape[];

struct change_cancel_input {
	int64_t version;
};
extern const struct shape change_cancel_shape[];

struct changes_query {
	uint32_t state, act;
	struct str unit, after, sort, header;
	int64_t limit;
};
extern const struct shape changes_query_shape[];

handler_fn org_get_change_form, org_form_change, org_post_change, org_post_change_cancel, org_get_changes, org_get_change;
locate_fn org_locate_change;
const struct err *org_show_change(struct call *c, struct id id);

/* Holds the actor the right to write where the change takes from and where it gives to? ERR_DENIED "above_only". */
const struct err *org_may_change(struct db_tx *tx, struct call *c, const struct org_change *ch, const struct org_subject *s);

/* Blanks what the actor may not see of it. */
void org_change_seen(const struct call *c, struct org_change *ch);
/* A change as a line of a list. */
void org_put_change_entry(struct call *c, json_t *list, const struct org_change *ch);

extern const struct doc_part org_change_form_parts[], org_changes_parts[], org_change_parts_of_one[];

#endif
