/* Inside the feature: rows, texts, mails. */
#ifndef NOTICE_MODEL_H
#define NOTICE_MODEL_H

#include "feature.h"
#include "notice.h"

struct notice_row {
	struct id id, person_id, object_id, about_id, mail_id;
	struct str kind, args, once;
	uint32_t topic, urgency;
	bool is_discreet;
	struct instant made_at, read_at;
};

extern const struct shape notice_row_shape[]; /* columns of the table */

/* NULL: this program has no such kind any more. */
const struct notice_kind *notice_kind_find(const struct app *app, struct str name);

#endif
