/* Teams of contractors: whose workers they are, where they work, and until when (ORG-2). */
#ifndef EMPLOYER_CONTRACTOR_H
#define EMPLOYER_CONTRACTOR_H

#include "employer.h"

struct contractor {
	struct id id, host_id, employer_id; /* employer_id 0: not in the register */
	struct str host_name, employer_name, team_name, job, foreman_name, foreman_phone;
	int64_t heads, version;
	struct day from_on, to_on; /* to_on: the last day, absent while it is open */
};
extern const struct shape contractor_shape[], contractor_input_shape[], contractor_end_shape[];
struct contractor_input {
	struct str employer, team_name, job, foreman_name, foreman_phone;
	int64_t heads;
	struct day from_on, to_on;
};
struct contractor_end { struct day to_on; int64_t version; };

const struct err *contractor_locate(struct db_tx *tx, struct call *c, struct target *t);
handler_fn contractor_get_list, contractor_post, contractor_form_again, contractor_post_end;
extern const struct doc_part contractor_list_doc[];
const struct err *contractor_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box);
const struct err *contractor_merged(struct db_tx *tx, struct env *e, struct id from, struct id to);

#endif
