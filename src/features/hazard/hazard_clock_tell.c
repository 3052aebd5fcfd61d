#include "hazard_clock_tell.h"

#include "hazard_notices.h"

#include <string.h>

static const struct notice_kind *kind_of(const char *name)
{
	const struct notice_kind *k = hazard_notices;
	while (strcmp(k->name, name) != 0)
		k++;
	return k;
}

static const struct err *tell(struct db_tx *tx, struct env *e, const struct hazard *h, const struct notice *n, const struct hazard_holder *v,
			      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct notice one = *n;
		one.person = v[i].id;
		one.object_id = h->id;
		/* What is dangerous cannot wait for the day's mail. */
		if (h->danger)
			one.urgency = NOTICE_AT_ONCE;
		TRY(notice_add(tx, e, &one));
	}
	return NULL;
}

#define NUMBER(h) {.name = "number", .text = (h)->number}
#define PLACE(h) {.name = "place", .text = (h)->place.n ? (h)->place : (h)->unit_name}

const struct err *hazard_tell_alarm(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_holder *v, size_t n)
{
	struct notice alarm = {.kind = kind_of("hazard.alarm"), .args = {NUMBER(h), PLACE(h)}};
	return tell(tx, e, h, &alarm, v, n);
}

const struct err *hazard_tell_passing(struct db_tx *tx, struct env *e, const struct hazard *h, const struct hazard_passing *p)
{
	const char *post = str_fmt(e->a, "code_hazard_post_%s", codes_word(&hazard_posts, p->post)).p;
	const char *why = str_fmt(e->a, "code_hazard_late_%s", p->late).p;
	struct notice late = {.kind = kind_of("hazard.late"),
			      .args = {NUMBER(h), PLACE(h), {.name = "post", .key = post}, {.name = "late", .key = why}}};
	struct notice come = late;
	come.kind = kind_of(p->rises ? "hazard.risen_late" : "hazard.waits");
	TRY(tell(tx, e, h, &late, p->from, p->n_from));
	return tell(tx, e, h, &come, p->to, p->n_to);
}
