#include "parts.h"

#include <string.h>

static const struct doc_part option_parts[] = {DOC_NAME("value"), DOC_NAME("label"), DOC_NAME("selected"), DOC_NAME("id"),
					       DOC_NAME("name"), DOC_NAME("note"), DOC_NAME("icon"), DOC_END};
#define FIELD_NAMES                                                                                                   \
	DOC_NAME("name"), DOC_NAME("id"), DOC_NAME("kind"), DOC_NAME("label"), DOC_NAME("hint"), DOC_NAME("value"),    \
		DOC_NAME("checked"), DOC_NAME("required"), DOC_NAME("multiple"), DOC_NAME("max"), DOC_NAME("error"),   \
		DOC_NAME("autocomplete"), DOC_NAME("danger"), DOC_ROWS("options", option_parts)
#define KIND_NAMES                                                                                                    \
	DOC_NAME("is_text"), DOC_NAME("is_textarea"), DOC_NAME("is_select"), DOC_NAME("is_date"), DOC_NAME("is_number"), \
		DOC_NAME("is_datetime"), DOC_NAME("is_money"), DOC_NAME("is_checkbox"), DOC_NAME("is_switch"),         \
		DOC_NAME("is_radio"), DOC_NAME("is_tiles"), DOC_NAME("is_photo"), DOC_NAME("is_person"),               \
		DOC_NAME("is_place"), DOC_NAME("is_hidden"), DOC_NAME("is_password")
const struct doc_part field_parts[] = {FIELD_NAMES, KIND_NAMES, DOC_END};
const struct doc_part action_parts[] = {
	DOC_NAME("act"), DOC_NAME("label"), DOC_NAME("href"), DOC_NAME("submit_label"), DOC_NAME("confirm"), DOC_NAME("primary"),
	DOC_NAME("danger"), DOC_NAME("has_fields"), DOC_NAME("is_multipart"), DOC_NAME("open"), DOC_NAME("version"),
	DOC_NAME("irreversible"), DOC_ROWS("fields", field_parts), DOC_END};
const struct doc_part filter_parts[] = {DOC_NAME("name"), DOC_NAME("label"), DOC_NAME("value"), DOC_NAME("is_select"),
					DOC_NAME("is_text"), DOC_NAME("is_date"), DOC_NAME("is_hidden"), DOC_ROWS("options", option_parts),
					DOC_END};
const struct doc_part list_parts[] = {
	DOC_ROWS("filters", filter_parts), DOC_ROWS("sorts", option_parts), DOC_NAME("has_sorts"), DOC_NAME("has_items"),
	DOC_NAME("has_pages"), DOC_NAME("first_href"), DOC_NAME("next_href"), DOC_NAME("next"), DOC_NAME("total"),
	DOC_NAME("total_label"), DOC_NAME("csv_href"), DOC_NAME("xlsx_href"), DOC_NAME("text_href"), DOC_END};
const struct doc_part entry_parts[] = {DOC_NAME("id"), DOC_NAME("href"), DOC_NAME("title"), DOC_NAME("sub"), DOC_NAME("state"),
				       DOC_NAME("state_label"), DOC_NAME("state_tone"), DOC_NAME("due_label"),
				       DOC_NAME("due_tone"), DOC_END};
const struct doc_part figure_parts[] = {DOC_NAME("href"), DOC_NAME("value"), DOC_NAME("label"), DOC_NAME("tone"), DOC_END};
const struct doc_part photo_parts[] = {DOC_NAME("id"), DOC_NAME("label"), DOC_NAME("role"), DOC_NAME("href"), DOC_NAME("href_320"),
				       DOC_END};
static const struct doc_part event_value_parts[] = {DOC_NAME("name"), DOC_NAME("label"), DOC_NAME("value"), DOC_END};
const struct doc_part event_parts[] = {
	DOC_NAME("tone"), DOC_NAME("act"), DOC_NAME("act_label"), DOC_NAME("at"), DOC_NAME("at_label"), DOC_NAME("at_text"),
	DOC_NAME("actor_name"), DOC_NAME("actor_duty"), DOC_NAME("actor_unit"), DOC_NAME("text"), DOC_NAME("has_photos"),
	DOC_NAME("seq"), DOC_NAME("role"), DOC_NAME("unit_name"), DOC_NAME("hash"), DOC_ROWS("photos", photo_parts),
	DOC_ROWS("values", event_value_parts), DOC_END};
const struct doc_part fact_parts[] = {DOC_NAME("label"), DOC_NAME("value"), DOC_NAME("href"), DOC_END};
const struct doc_part section_parts[] = {
	DOC_NAME("title"), DOC_NAME("tone"), DOC_NAME("total"), DOC_NAME("all_href"), DOC_NAME("has_items"),
	DOC_ROWS("items", entry_parts), DOC_NAME("empty_text"), DOC_NAME("has_figures"), DOC_ROWS("figures", figure_parts),
	DOC_END};

void call_figure(json_t *list, struct str href, struct str value, struct str label, const char *tone)
{
	json_t *f = doc_append(list);
	doc_str(f, "href", href);
	doc_str(f, "value", value);
	doc_str(f, "label", label);
	doc_z(f, "tone", tone);
}

void call_filter(struct call *c, const char *name, const char *kind, const char *label_key, const struct choice *choices, size_t n)
{
	json_t *list = json_object_get(c->page, "filters");
	list = list ? list : doc_sublist(c->page, "filters");
	json_t *f = doc_append(list);
	struct str value = pairs_get(&c->req->query, name);
	doc_z(f, "name", name);
	doc_str(f, "label", call_text(c, label_key));
	doc_str(f, "value", value);
	doc_bool(f, str_fmt(c->a, "is_%s", kind).p, true);
	json_t *options = doc_sublist(f, "options");
	for (size_t i = 0; choices && i <= n; i++) {
		/* First the choice that filters nothing. */
		json_t *o = doc_append(options);
		doc_str(o, "value", i ? choices[i - 1].value : STR(""));
		doc_str(o, "label", i ? choices[i - 1].label : call_text(c, "app_any"));
		doc_bool(o, "selected", i ? str_eq(value, choices[i - 1].value) : value.n == 0);
	}
}

static void put_sorts(struct call *c, const struct sql_list *l, struct str sort, const char *prefix)
{
	json_t *list = doc_sublist(c->page, "sorts");
	int at = sql_list_sort(l, sort);
	for (unsigned i = 0; i < l->n_sorts; i++) {
		const char *word = l->sorts[i];
		const char *key = word[0] == '-' ? str_fmt(c->a, "%sdown_%s", prefix, word + 1).p : str_fmt(c->a, "%s%s", prefix, word).p;
		json_t *o = doc_append(list);
		doc_z(o, "value", word);
		doc_str(o, "label", call_text(c, key));
		doc_bool(o, "selected", (int)i == at);
	}
	doc_bool(c->page, "has_sorts", l->n_sorts > 1);
}

/* This list as a file for Excel: the path with the suffix, and the query without the cursor; its columns have names to read. */
static struct str as_file(struct call *c, const char *suffix)
{
	struct str here = call_href_with(c, "after", STR(""));
	struct str query = here, path = str_cut(&query, '?');
	bool labels = c->route->input && shape_find(c->route->input, STR("header")) && !pairs_has(&c->req->query, "header");
	if (labels)
		query = str_fmt(c->a, "%.*s%sheader=zh", STR_ARG(query), query.n ? "&" : "");
	while (path.n > 1 && str_has_suffix(path, STR("/")))
		path.n--;
	return str_fmt(c->a, "%.*s%s%s%.*s", STR_ARG(path), suffix, query.n ? "?" : "", STR_ARG(query));
}

void call_files(struct call *c)
{
	doc_str(c->page, "csv_href", (c->route->faces & FACE_CSV) ? as_file(c, ".csv") : STR(""));
	doc_str(c->page, "text_href", (c->route->faces & FACE_TEXT) ? as_file(c, ".txt") : STR(""));
	doc_str(c->page, "xlsx_href", (c->route->faces & FACE_XLSX) ? as_file(c, ".xlsx") : STR(""));
}

void call_list_page(struct call *c, const struct sql_list *l, struct str sort, const char *label_prefix, size_t n_items)
{
	bool is_first = pairs_get(&c->req->query, "after").n == 0;
	bool has_next = json_is_string(json_object_get(c->doc, "next"));
	put_sorts(c, l, sort, label_prefix);
	doc_bool(c->page, "has_items", n_items > 0);
	doc_bool(c->page, "has_pages", !is_first || has_next);
	doc_str(c->page, "first_href", is_first ? STR("") : call_href_with(c, "after", STR("")));
	call_files(c);
	if (!json_object_get(c->page, "total_label"))
		doc_str(c->page, "total_label", STR(""));
}

void call_entry(json_t *list, const struct entry *e)
{
	json_t *j = doc_append(list);
	doc_str(j, "href", e->href);
	doc_str(j, "title", e->title);
	doc_str(j, "sub", e->sub);
	doc_str(j, "state", e->state);
	doc_str(j, "state_label", e->state_label);
	doc_str(j, "state_tone", e->state_tone);
	doc_str(j, "due_label", e->due_label);
	doc_str(j, "due_tone", e->due_tone);
}
