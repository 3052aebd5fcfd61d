#include "hazard_fields.h"

#include <string.h>

void hazard_ask_first(struct call *c, struct field *w)
{
	struct choice *v = ARENA_ARRAY(c->a, struct choice, w->n_choices + 1);
	v[0] = (struct choice){.value = STR(""), .label = call_text(c, "hazard_choose")};
	memcpy(v + 1, w->choices, w->n_choices * sizeof(*v));
	w->choices = v;
	w->n_choices++;
}

const char *hazard_field_label(struct arena *a, const char *name)
{
	static const char *const labels[][2] = {
		{"number", "f_listing_number"}, {"body", "f_listing_body"}, {"day", "f_delisted_on"}, {"unit_id", "hazard_transfer_unit"},
	};
	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++)
		if (strcmp(name, labels[i][0]) == 0)
			return labels[i][1];
	return str_fmt(a, "f_%s", name).p;
}
