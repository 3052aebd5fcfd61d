/* Inside the feature: rows, texts, the inbox. */
#ifndef NOTICE_MODEL_H
#define NOTICE_MODEL_H

#include "feature.h"
#include "notice.h"
#include "text.h"

struct notice_row {
	struct id id, person_id, object_id, about_id, mail_id;
	struct str kind, args, once, who_name;
	uint32_t topic, urgency;
	bool is_discreet;
	struct instant made_at, read_at;
	struct str title, more, href; /* by notice_words() */
};
extern const struct shape notice_table_row[]; /* columns of the table */

/* NULL: this program has no such kind any more. */
const struct notice_kind *notice_kind_find(const struct app *app, struct str name);

/* ---- words (notice_text.c) ------------------------------------------------------------ */

struct notice_reader {
	struct app *app;
	const struct texts *texts;
	struct arena *a;
	enum lang lang;
};
struct notice_reader notice_reader_of(struct app *app, struct arena *a, enum lang lang);
/* Sets title, more and href. */
void notice_words(struct notice_reader *r, struct notice_row *n);
/* A text of the catalogue with its {{names}} filled in. */
struct str notice_text(struct notice_reader *r, const char *key, const json_t *args);

/* ---- the inbox (notice_inbox.c) ---------------------------------------------------------- */

enum notice_state { NOTICE_UNREAD = 1, NOTICE_READ };
extern const struct codes notice_states;
struct inbox_query {
	uint32_t state, topic;
	struct str sort, after, header;
	int64_t limit;
};
struct inbox_read_input {
	struct instant until; /* what came later was not seen; none: all */
};
extern const struct shape inbox_query_shape[], inbox_read_shape[], inbox_item_shape[], inbox_count_shape[];
extern const struct doc_part inbox_doc[];
handler_fn inbox_get, inbox_open, inbox_post_read, inbox_post_read_all;

enum { UNREAD_SHOWN = 99 };
/* How many the actor has not read, at most UNREAD_SHOWN + 1. */
const struct err *inbox_unread(struct db_tx *tx, struct call *c, int64_t *n);
/* The work desk: the newest that was not read. */
const struct err *inbox_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box);

#endif
