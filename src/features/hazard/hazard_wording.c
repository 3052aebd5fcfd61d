#include "hazard_wording.h"

#include "hazard_lint.h"
#include "hazard_perms.h"

#include <string.h>

const struct doc_part hazard_doubt_parts[] = {DOC_NAME("field"), DOC_NAME("code"), DOC_NAME("text"), DOC_END};
const struct doc_part hazard_wording_parts[] = {DOC_NAME("text"), DOC_NAME("from"), DOC_NAME("href"), DOC_END};

void hazard_put_doubts(struct call *c, const struct hazard *h)
{
	struct lint_finding v[LINT_MAX];
	const struct lint_elements elements = lint_of_hazard(h);
	json_t *list = doc_sublist(c->doc, "doubts");
	bool is_asked = hazard_is_open(h) && h->deadline.ymd && !h->on_spot;
	size_t n = is_asked ? hazard_lint(c->a, &elements, v) : 0;
	for (size_t i = 0; i < n; i++) {
		json_t *j = doc_append(list);
		doc_z(j, "field", v[i].field);
		doc_z(j, "code", v[i].code);
		doc_str(j, "text", call_text(c, str_fmt(c->a, "field_%s", v[i].code).p));
	}
}

/* ---- wordings to take over ------------------------------------------------------------ */

enum { WORDINGS_MAX = 3, LOOKED_AT = 40 };

struct offering {
	struct call *c;
	const struct hazard *h;
	json_t *list;
	struct str given[WORDINGS_MAX];
	size_t n;
};

static bool is_new(const struct offering *o, struct str text)
{
	for (size_t i = 0; i < o->n; i++)
		if (str_eq(o->given[i], text))
			return false;
	return true;
}

/* One that was put right by others' orders, says what was done, and may be read by who sees it here. */
static bool is_example(const struct offering *o, const struct hazard *like)
{
	if (like->on_spot || like->id.v == o->h->id.v || !like->measures.n || !is_new(o, like->measures))
		return false;
	if (!may(o->c->actor, &perm_hazard_read, like->unit_path))
		return false;
	struct lint_text t = hazard_lint_text(o->c->a, like->measures);
	return t.has_substance && !t.rule[0];
}

static const struct err *offer_from(struct db_tx *tx, struct offering *o, const char *anchor, struct id id)
{
	struct hazard_rows page;
	struct hazard_filter f = {.anchor = anchor, .anchor_id = id, .state = HAZARD_CLOSED_OUT, .category = o->h->category};
	TRY(hazard_page(tx, o->c->city, &f, &(struct hazard_place){0}, LOOKED_AT, &page));
	for (size_t i = 0; i < page.n && o->n < WORDINGS_MAX; i++) {
		const struct hazard *like = &page.rows[i];
		if (!is_example(o, like))
			continue;
		o->given[o->n++] = like->measures;
		json_t *j = doc_append(o->list);
		doc_str(j, "text", like->measures);
		doc_str(j, "from", like->number);
		doc_str(j, "href", str_fmt(o->c->a, "/hazards/%lld", (long long)like->id.v));
	}
	return NULL;
}

const struct err *hazard_put_wordings(struct db_tx *tx, struct call *c, const struct hazard *h)
{
	struct offering o = {.c = c, .h = h, .list = doc_sublist(c->page, "wordings")};
	const struct duty *d = widest_duty(c->actor, &perm_hazard_read);
	bool reaches_above = d && h->enterprise_id.v && duty_reaches(d, h->unit_path) && (R(d->role) & R_CADRES);
	if (h->category.n && h->enterprise_id.v)
		TRY(offer_from(tx, &o, "enterprise", h->enterprise_id));
	if (h->category.n && o.n < WORDINGS_MAX && reaches_above && h->mid_id.v)
		TRY(offer_from(tx, &o, "mid", h->mid_id));
	doc_bool(c->page, "has_wordings", o.n > 0);
	return NULL;
}
