#include "org_model.h"

#include "parts.h"

/* What the views of this feature may name. */

static const struct doc_part parent_parts[] = {DOC_NAME("id"), DOC_NAME("name"), DOC_NAME("kind"), DOC_END};
static const struct doc_part tree_parts[] = {DOC_PARTS(entry_parts), DOC_NAME("below"), DOC_END};
const struct doc_part org_list_parts[] = {
	DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_NAME("scope_id"), DOC_NAME("search_note"), DOC_NAME("has_changes"),
	DOC_ROWS("parents", parent_parts), DOC_ROWS_OF("items", unit_shape, tree_parts), DOC_END};

const struct doc_part org_places_parts[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_ROWS_OF("items", place_shape, NULL),
					    DOC_END};

static const struct doc_part panel_parts[] = {DOC_NAME("title"), DOC_NAME("text"), DOC_NAME("all_href"),
					      DOC_ROWS("figures", figure_parts), DOC_END};
static const struct doc_part member_of_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_NAME("days"), DOC_END};
static const struct doc_part link_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_END};

const struct doc_part org_unit_parts[] = {
	DOC_SHAPE(unit_shape),
	DOC_PARTS(list_parts),
	DOC_ROWS("parents", parent_parts),
	DOC_ROWS("panels", panel_parts),
	DOC_ROWS_OF("items", unit_shape, entry_parts),
	DOC_ROWS_OF("places", place_shape, NULL),
	DOC_ROWS("facts", fact_parts),
	DOC_ROWS("kinds", figure_parts),
	DOC_NAME("has_kinds"),
	DOC_ROWS("changes", entry_parts),
	DOC_NAME("has_changes"),
	DOC_NAME("changes_href"),
	DOC_ROWS("change_links", link_parts),
	DOC_NAME("has_change_links"),
	DOC_ROWS("memberships", member_of_parts),
	DOC_NAME("has_memberships"),
	DOC_NAME("members_href"),
	DOC_NAME("members_total"),
	DOC_NAME("into_name"),
	DOC_NAME("into_href"),
	DOC_NAME("children_total"),
	DOC_NAME("has_places"),
	DOC_NAME("has_actions"),
	DOC_ROWS("actions", action_parts),
	DOC_END,
};

const struct doc_part org_place_parts[] = {
	DOC_SHAPE(place_shape), DOC_NAME("unit_name"), DOC_NAME("report_href"), DOC_ROWS("parents", parent_parts), DOC_END};
