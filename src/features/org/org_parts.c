#include "org_model.h"

/* What the views of this feature may name. */

#define VALUE(name) {name, DOC_VALUE, NULL, NULL}
#define END {NULL, 0, NULL, NULL}

static const struct doc_part entry_members[] = {VALUE("href"), VALUE("title"), VALUE("sub"), VALUE("state_label"), VALUE("state_tone"),
						VALUE("due_label"), VALUE("due_tone"), END};
static const struct doc_part option_members[] = {VALUE("value"), VALUE("label"), VALUE("selected"), VALUE("id"), VALUE("name"),
						 VALUE("note"), VALUE("icon"), END};
static const struct doc_part filter_members[] = {VALUE("name"), VALUE("label"), VALUE("value"), VALUE("is_select"), VALUE("is_text"),
						 VALUE("is_date"), {"options", DOC_MANY, NULL, option_members}, END};

#define PAGING VALUE("has_items"), VALUE("has_pages"), VALUE("first_href"), VALUE("next"), VALUE("next_href")
#define FILTERS                                                                                                                  \
	{"filters", DOC_MANY, NULL, filter_members}, VALUE("has_sorts"), {"sorts", DOC_MANY, NULL, option_members},              \
		VALUE("scope_label"), VALUE("csv_href")

const struct doc_part org_list_parts[] = {PAGING, FILTERS, {"items", DOC_MANY, unit_shape, entry_members}, END};

static const struct doc_part employer_members[] = {VALUE("high_risk_label"), VALUE("non_public_label"), END};
const struct doc_part org_employers_parts[] = {PAGING, FILTERS, {"items", DOC_MANY, unit_shape, employer_members}, END};
const struct doc_part org_places_parts[] = {PAGING, FILTERS, {"items", DOC_MANY, place_shape, NULL}, END};

static const struct doc_part fact_members[] = {VALUE("label"), VALUE("value"), END};
static const struct doc_part figure_members[] = {VALUE("href"), VALUE("tone"), VALUE("value"), VALUE("label"), END};
static const struct doc_part panel_members[] = {VALUE("title"), VALUE("text"), VALUE("all_href"),
						{"figures", DOC_MANY, NULL, figure_members}, END};
static const struct doc_part parent_members[] = {VALUE("id"), VALUE("name"), VALUE("kind"), END};
static const struct doc_part field_members[] = {
	VALUE("name"),	      VALUE("id"),	    VALUE("kind"),	  VALUE("label"),     VALUE("hint"),	    VALUE("value"),
	VALUE("checked"),     VALUE("required"),    VALUE("multiple"),	  VALUE("max"),	      VALUE("error"),	    VALUE("autocomplete"),
	VALUE("danger"),      VALUE("is_hidden"),   VALUE("is_text"),	  VALUE("is_password"), VALUE("is_date"),   VALUE("is_datetime"),
	VALUE("is_number"),   VALUE("is_money"),    VALUE("is_textarea"), VALUE("is_select"), VALUE("is_checkbox"), VALUE("is_switch"),
	VALUE("is_radio"),    VALUE("is_tiles"),    VALUE("is_photo"),	  VALUE("is_person"), VALUE("is_place"),
	{"options", DOC_MANY, NULL, option_members}, END};
static const struct doc_part action_members[] = {
	VALUE("act"),  VALUE("label"),	 VALUE("href"),	   VALUE("has_fields"), VALUE("open"),	  VALUE("primary"), VALUE("danger"),
	VALUE("confirm"), VALUE("version"), VALUE("is_multipart"), VALUE("submit_label"), {"fields", DOC_MANY, NULL, field_members}, END};

const struct doc_part org_unit_parts[] = {
	{"", DOC_ONE, unit_shape, NULL},
	PAGING,
	{"parents", DOC_MANY, NULL, parent_members},
	{"panels", DOC_MANY, NULL, panel_members},
	{"items", DOC_MANY, unit_shape, entry_members},
	{"places", DOC_MANY, place_shape, NULL},
	{"facts", DOC_MANY, NULL, fact_members},
	VALUE("children_total"),
	VALUE("has_places"),
	VALUE("has_actions"),
	{"actions", DOC_MANY, NULL, action_members},
	END};

const struct doc_part org_place_parts[] = {
	{"", DOC_ONE, place_shape, NULL}, VALUE("unit_name"), VALUE("report_href"), {"parents", DOC_MANY, NULL, parent_members}, END};
