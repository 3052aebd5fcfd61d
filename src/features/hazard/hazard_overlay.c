#include "hazard_overlay.h"

#include "day.h"

const struct doc_part hazard_overlay_parts[] = {DOC_NAME("tone"), DOC_NAME("label"), DOC_END};

static void put(json_t *list, const char *tone, struct str label)
{
	json_t *j = doc_append(list);
	doc_z(j, "tone", tone);
	doc_str(j, "label", label);
}

static struct str times(struct call *c, const char *key, int64_t n)
{
	return call_text_with(c, key, "n", str_fmt(c->a, "%lld", (long long)n));
}

void hazard_put_overlays(struct call *c, const struct hazard *h)
{
	json_t *list = doc_sublist(c->page, "overlays");
	if (h->dispute)
		put(list, "over", call_label(c, &hazard_disputes, codes_word(&hazard_disputes, h->dispute)));
	if (h->suspended_at.ms)
		put(list, "due", call_text(c, "f_suspended"));
	if (h->listing_state)
		put(list, "due", str_fmt(c->a, "%.*s%s%.*s", STR_ARG(call_label(c, &hazard_listings, codes_word(&hazard_listings, h->listing_state))),
					 h->listing_number.n ? " " : "", STR_ARG(h->listing_number)));
	if (h->lowering_by.v)
		put(list, "due", call_text(c, "f_lowering_proposed"));
	if (h->management_informed_at.ms)
		put(list, "due", call_text(c, "f_management_informed"));
	if (h->extended)
		put(list, "due", call_text_with(c, "hazard_overlay_extended", "day", day_text(c->a, h->deadline_before)));
	if (h->returned)
		put(list, "due", times(c, "hazard_overlay_returned", h->returned));
	if (h->reopened)
		put(list, "over", times(c, "hazard_overlay_reopened", h->reopened));
	if (h->reinspected)
		put(list, h->reinspected == HAZARD_PASSED ? "done" : "over",
		    call_label(c, &hazard_results, codes_word(&hazard_results, h->reinspected)));
	if (h->transferred_to.n)
		put(list, "work", str_fmt(c->a, "%.*s%.*s%.*s", STR_ARG(call_text(c, "f_transferred_to")), STR_ARG(call_text(c, "app_colon")),
					  STR_ARG(h->transferred_to)));
}

void hazard_put_listing(struct call *c, json_t *j, const struct hazard *h)
{
	if (!h->listing_state) {
		doc_set(j, "listing", json_null());
		return;
	}
	json_t *listing = doc_sub(j, "listing");
	doc_z(listing, "state", codes_word(&hazard_listings, h->listing_state));
	doc_str(listing, "number", h->listing_number);
	doc_str(listing, "body", h->listing_body);
	if (h->listing_deadline.ymd)
		doc_str(listing, "deadline", day_text(c->a, h->listing_deadline));
	else
		doc_set(listing, "deadline", json_null());
}
