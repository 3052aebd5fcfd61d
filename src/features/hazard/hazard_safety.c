#include "hazard_safety.h"

#include <string.h>

static const struct doc_part quick_parts[] = {DOC_NAME("href"), DOC_NAME("text"), DOC_NAME("icon"), DOC_END};
const struct doc_part hazard_safety_parts[] = {DOC_NAME("is_danger"), DOC_NAME("is_protected"), DOC_ROWS("quick", quick_parts), DOC_END};

static const struct {
	const char *act, *text, *icon;
} quick[] = {
	{"protect", "hazard_first_stopped", "hand-stop"},
	{"protect", "hazard_first_guarded", "alert-octagon"},
	{"withdraw", "hazard_first_withdrawn", "users"},
};
enum { N_QUICK = sizeof(quick) / sizeof(quick[0]) };

bool hazard_can(const json_t *actions, const char *act)
{
	size_t i;
	const json_t *j;
	json_array_foreach(actions, i, j)
		if (strcmp(json_string_value(json_object_get(j, "act")), act) == 0)
			return true;
	return false;
}

void hazard_put_safety(struct call *c, const struct hazard *h, const json_t *actions)
{
	bool is_protected = h->protected_at.ms != 0, waits = h->state < HAZARD_SUBMITTED || h->state == HAZARD_TRANSFERRED;
	/* What is put right needs protection only while somebody may still be hurt. */
	bool is_wanted = waits ? h->danger || !is_protected : h->state == HAZARD_SUBMITTED && h->danger && !is_protected;
	if (!is_wanted || !hazard_can(actions, "protect")) {
		doc_set(c->page, "safety", json_null());
		return;
	}
	json_t *j = doc_sub(c->page, "safety");
	doc_bool(j, "is_danger", h->danger);
	doc_bool(j, "is_protected", is_protected);
	json_t *list = doc_sublist(j, "quick");
	for (size_t i = 0; i < N_QUICK; i++) {
		json_t *q = doc_append(list);
		doc_str(q, "href", str_fmt(c->a, "/hazards/%lld/%s", (long long)h->id.v, quick[i].act));
		doc_str(q, "text", call_text(c, quick[i].text));
		doc_z(q, "icon", quick[i].icon);
	}
}

struct str hazard_protection_text(struct call *c, const struct hazard_report *r)
{
	const bool said[N_QUICK] = {r->stopped, r->guarded, r->withdrawn};
	struct sb b = sb_new(c->a, 4096);
	for (size_t i = 0; i < N_QUICK; i++)
		if (said[i])
			sb_fmt(&b, "%s%.*s", sb_str(&b).n ? "；" : "", STR_ARG(call_text(c, quick[i].text)));
	if (r->interim_protection.n)
		sb_fmt(&b, "%s%.*s", sb_str(&b).n ? "；" : "", STR_ARG(r->interim_protection));
	return sb_str(&b);
}
