/* What a leader keeps for the team: PINs that were forgotten, phones that are shared; and what the security administrator takes off. */
#ifndef ACCOUNT_KEEP_H
#define ACCOUNT_KEEP_H

#include "account_model.h"


struct member { struct id id, unit_id; struct str name, staff_number; };
struct shared_phone { struct id id, unit_id; struct str name; struct instant made_at; };
extern const struct shape shared_phone_row[];

/* The shared phone that the call comes from, by its cookie; *found tells whether it is one, in *city. */
const struct err *account_phone(struct call *c, int64_t *city, struct shared_phone *out, bool *found);

struct phone_input { struct str name; };
struct switch_input { struct str who, password; };
struct listed_input { bool listed; };
struct reason_input { struct str reason; };
extern const struct shape phone_input_shape[], switch_query_shape[], switch_input_shape[], listed_input_shape[], reason_input_shape[];
extern const struct doc_part access_parts[], pin_parts[], factor_reset_parts[], switch_parts[];

locate_fn account_locate_person, account_locate_phone;
handler_fn account_get_access, account_post_phone, account_post_phone_end;
handler_fn account_get_pin, account_post_pin, account_get_factor_reset, account_post_factor_reset;
handler_fn account_get_switch, account_post_switch, account_post_listed;

#endif
