/* Declared names of what the shared partials take, to be named in doc tables of routes.
 *
 *   static const struct doc_part show_doc[] = {
 *           DOC_SHAPE(hazard_shape), DOC_NAME("employer_name"), DOC_ROWS("events", event_parts), DOC_END};
 */
#ifndef PARTS_H
#define PARTS_H

#include "call.h"

#define DOC_NAME(name) {(name), DOC_VALUE, NULL, NULL}
#define DOC_SHAPE(shape) {"", DOC_ONE, (shape), NULL}          /* members of a shape at this level */
#define DOC_PARTS(parts) {"", DOC_ONE, NULL, (parts)}          /* members of another table at this level */
#define DOC_OBJECT(name, parts) {(name), DOC_ONE, NULL, (parts)}
#define DOC_ROWS(name, parts) {(name), DOC_MANY, NULL, (parts)}
#define DOC_ROWS_OF(name, shape, parts) {(name), DOC_MANY, (shape), (parts)}
#define DOC_END {NULL, 0, NULL, NULL}

extern const struct doc_part field_parts[];   /* field.html; list "fields" by call_field */
extern const struct doc_part action_parts[];  /* actions.html: act label href submit_label confirm primary danger has_fields is_multipart open version fields */
extern const struct doc_part filter_parts[];  /* one filter of filter_bar.html */
extern const struct doc_part list_parts[];    /* a list page: filters sorts has_sorts has_items has_pages first_href next_href total total_label csv_href xlsx_href text_href */
extern const struct doc_part entry_parts[];   /* entry.html */
extern const struct doc_part figure_parts[];  /* href value label tone */
extern const struct doc_part photo_parts[];   /* photos.html: id label */
extern const struct doc_part event_parts[];   /* timeline.html */
extern const struct doc_part fact_parts[];    /* label value */
extern const struct doc_part section_parts[]; /* a panel: title tone total all_href has_items items empty_text figures */

/* Appends a figure of figure_parts to a list; label is text. */
void call_figure(json_t *list, struct str href, struct str value, struct str label, const char *tone);
/* Fills page.filters' row: a select, text or date filter with the query's value. `choices` NULL for text and date. */
void call_filter(struct call *c, const char *name, const char *kind, const char *label_key, const struct choice *choices, size_t n);
/* Fills sorts, has_sorts, first_href, csv_href, has_pages of a list page in c->page. `label_prefix`: catalogue keys are
 * <prefix><sort word with '-' as "down_">. */
void call_list_page(struct call *c, const struct sql_list *l, struct str sort, const char *label_prefix, size_t n_items);
/* Fills csv_href, xlsx_href and text_href of a page for list_files.html; call_list_page does. */
void call_files(struct call *c);
/* An entry of a list partial. */
struct entry {
	struct str href, title, sub, state, state_label, state_tone, due_label, due_tone;
};
void call_entry(json_t *list, const struct entry *e);

#endif
