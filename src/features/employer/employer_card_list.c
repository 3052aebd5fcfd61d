/* The duty list (明责清单): posts with their cards, who answers, and how many have confirmed; and boxes on other pages. */
#include "employer_card.h"

#include "employer_sql.h"
#include "parts.h"

#include <string.h>

struct card_line {
	struct id id, card_id; /* of the post, of its card */
	struct str post, code, unit_path, sort_key, unit_name, area, duties, hazards, owner_name;
	int64_t edition, holders, confirmed;
};
static const struct shape line_row[] = {
	SHAPE(struct card_line, id, 0), SHAPE(struct card_line, post, 0), SHAPE(struct card_line, code, 0), SHAPE(struct card_line, unit_path, 0),
	SHAPE(struct card_line, sort_key, 0), SHAPE(struct card_line, unit_name, 0), SHAPE(struct card_line, card_id, 0), SHAPE(struct card_line, area, 0),
	SHAPE(struct card_line, duties, 0), SHAPE(struct card_line, hazards, 0), SHAPE(struct card_line, owner_name, 0),
	SHAPE(struct card_line, edition, 0), SHAPE(struct card_line, holders, 0), SHAPE(struct card_line, confirmed, 0), SHAPE_END};
const struct shape card_line_shape[] = {
	SHAPE(struct card_line, id, 0), SHAPE(struct card_line, card_id, 0), SHAPE(struct card_line, unit_name, 0), SHAPE(struct card_line, post, 0),
	SHAPE(struct card_line, code, 0), SHAPE(struct card_line, area, 0), SHAPE(struct card_line, duties, 0), SHAPE(struct card_line, hazards, 0),
	SHAPE(struct card_line, owner_name, 0), SHAPE(struct card_line, edition, 0), SHAPE(struct card_line, holders, 0),
	SHAPE(struct card_line, confirmed, 0), SHAPE_END};
static const struct shape line_brief[] = {
	SHAPE(struct card_line, unit_name, 0), SHAPE(struct card_line, post, 0), SHAPE(struct card_line, owner_name, 0), SHAPE(struct card_line, holders, 0),
	SHAPE(struct card_line, confirmed, 0), SHAPE_END};

static const char *const state_words[] = {"", "without", "waiting", "done", NULL};
static const struct codes card_states = {"card_state", state_words};
enum { CARD_WITHOUT = 1, CARD_WAITING, CARD_DONE };

const struct shape cards_query_shape[] = {
	SHAPE(struct cards_query, unit, 32), SHAPE_CODE(struct cards_query, state, &card_states), SHAPE(struct cards_query, sort, 40),
	SHAPE(struct cards_query, after, 400), SHAPE(struct cards_query, limit, LIST_MAX), SHAPE(struct cards_query, header, 8), SHAPE_END};

struct list {
	struct call *c;
	struct unit scope;
	struct cursor at;
	int64_t limit;
	struct card_line *v;
	size_t n;
	bool more;
};

static int by_name(const void *a, const void *b)
{
	const struct card_line *x = a, *y = b;
	int order = str_cmp(x->sort_key, y->sort_key);
	return order ? order : (x->id.v > y->id.v) - (x->id.v < y->id.v);
}

static const struct err *read_source(struct db_tx *tx, void *ctx, struct list_source *s, int64_t limit, void **rows, size_t *n, bool *more)
{
	struct list *l = ctx;
	const struct cards_query *q = l->c->input;
	struct cursor *at = s->place ? s->place : ARENA_NEW(db_arena(tx), struct cursor);
	const struct sql *stmt = sql_list_pick(&card_list, s->anchor, q->sort, NULL);
	struct str end = s->below.n ? path_end(db_arena(tx), s->below) : STR("~");
	if (!s->place)
		*at = l->at;
	s->place = at;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(l->c->city), ARG(s->anchor_id), ARG(at->text), ARG(at->id), arg_str(STR("")), ARG_CODE(card_states, q->state),
			ARG(s->below), ARG(end), arg_i64(limit + 1)),
		   line_row, sizeof(struct card_line), rows, n));
	*more = *n > (size_t)limit;
	*n = *more ? (size_t)limit : *n;
	const struct card_line *v = *rows;
	if (*n)
		*at = (struct cursor){.text = v[*n - 1].sort_key, .id = v[*n - 1].id};
	return NULL;
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct list *l = ctx;
	struct moving_list list = {sizeof(struct card_line), offsetof(struct card_line, id), offsetof(struct card_line, unit_path), by_name,
				   read_source, l};
	struct list_source own = org_source(&l->scope);
	void *rows;
	TRY(moving_page(tx, e->city, &list, &own, l->scope.path, l->limit, &rows, &l->n, &l->more));
	l->v = rows;
	if (l->n)
		l->at = (struct cursor){.text = l->v[l->n - 1].sort_key, .id = l->v[l->n - 1].id};
	return NULL;
}

static const struct err *read_list(struct db_tx *tx, struct env *e, void *ctx)
{
	struct list *l = ctx;
	const struct cards_query *q = l->c->input;
	TRY(org_scope(tx, l->c, &card_see, q->unit, &l->scope));
	TRY(cursor_read(l->c, &card_list, q->sort, q->after, &l->at));
	return read_page(tx, e, l);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct list *l = ctx;
	TRY(env_read(e, read_page, l));
	l->at.text = str_dup(l->c->a, l->at.text);
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

static const struct err *as_table(struct call *c, const struct list *from)
{
	const struct cards_query *q = c->input;
	struct list *l = ARENA_NEW(c->a, struct list);
	*l = *from;
	l->limit = LIST_MAX;
	c->target.unit_path = l->scope.path;
	TRY(cursor_read(c, &card_list, q->sort, q->after, &l->at));
	return call_table(c, &(struct table){.columns = card_line_shape, .row_size = sizeof(struct card_line), .page = table_page, .ctx = l,
					     .file_name = "cards", .title = "card_list_title", .brief = line_brief, .about = l->scope.name});
}

static void put_line(struct call *c, json_t *rows, size_t i, const struct card_line *k)
{
	json_t *j = json_array_get(rows, i);
	uint32_t state = !k->card_id.v ? CARD_WITHOUT : k->confirmed < k->holders ? CARD_WAITING : CARD_DONE;
	static const char *const tones[] = {"", "over", "due", "done"};
	bool writes = may(c->actor, &card_write, k->unit_path);
	doc_str(j, "href", k->card_id.v ? str_fmt(c->a, "/cards/%lld", (long long)k->card_id.v) : writes ? str_fmt(c->a, "/places/%lld/card", (long long)k->id.v) : STR(""));
	doc_str(j, "state_label", call_label(c, &card_states, state_words[state]));
	doc_z(j, "state_tone", tones[state]);
	doc_str(j, "count_label", k->card_id.v ? str_fmt(c->a, "%lld/%lld", (long long)k->confirmed, (long long)k->holders) : STR(""));
}

static void put_page(struct list *l)
{
	struct call *c = l->c;
	size_t n;
	json_t *rows = json_deep_copy(json_object_get(c->doc, "items"));
	for (size_t i = 0; i < l->n; i++)
		put_line(c, rows, i, &l->v[i]);
	doc_set(c->page, "items", rows);
	json_decref(rows);
	struct choice *states = call_choices(c, &card_states, &n);
	call_filter(c, "state", "select", "card_state", states, n);
	doc_str(c->page, "scope_label", l->scope.name);
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "card_list_title"));
}

const struct err *card_get_list(struct call *c)
{
	const struct cards_query *q = c->input;
	struct list l = {.c = c, .limit = q->limit ? q->limit : LIST_DEFAULT};
	TRY(call_read(c, read_list, &l));
	if (call_wants_table(c))
		return as_table(c, &l);
	struct doc_style style = call_style(c, l.scope.path);
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l.n; i++)
		doc_put(doc_append(items), card_line_shape, &l.v[i], &style);
	cursor_next(c, &card_list, q->sort, l.more ? l.at : (struct cursor){0});
	call_list_page(c, &card_list, q->sort, "org_sort_", l.n);
	if (c->face == FACE_HTML)
		put_page(&l);
	return NULL;
}

static const struct doc_part line_parts[] = {DOC_NAME("href"), DOC_NAME("state_label"), DOC_NAME("state_tone"), DOC_NAME("count_label"), DOC_END};
const struct doc_part card_list_doc[] = {DOC_PARTS(list_parts), DOC_NAME("scope_label"), DOC_ROWS_OF("items", card_line_shape, line_parts), DOC_END};

/* ---- boxes ----------------------------------------------------------------------------------------- */

struct waiting {
	struct id id;
	struct str post, unit_name;
};
static const struct shape waiting_row[] = {
	SHAPE(struct waiting, id, 0), SHAPE(struct waiting, post, 0), SHAPE(struct waiting, unit_name, 0), SHAPE_END};

const struct err *card_home_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	void *rows;
	size_t n;
	(void)t;
	TRY(db_all(tx, &cards_to_confirm, ARGS(ARG(c->city), ARG(c->actor->person_id)), waiting_row, sizeof(struct waiting), &rows, &n));
	if (!n)
		return NULL;
	doc_str(box, "title", call_text(c, "card_waiting_title"));
	doc_i64(box, "total", (int64_t)n);
	doc_z(box, "tone", "due");
	doc_z(box, "all_href", "");
	doc_z(box, "empty_text", "");
	doc_bool(box, "has_items", true);
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < n; i++) {
		const struct waiting *w = (const struct waiting *)rows + i;
		call_entry(items, &(struct entry){.href = str_fmt(c->a, "/cards/%lld", (long long)w->id.v), .title = w->post, .sub = w->unit_name});
	}
	return NULL;
}

struct counts { int64_t posts, cards, waiting; };
static const struct shape counts_row[] = {SHAPE(struct counts, posts, 0), SHAPE(struct counts, cards, 0), SHAPE(struct counts, waiting, 0), SHAPE_END};

static void put_figure(struct call *c, json_t *list, struct str href, int64_t n, const char *label, const char *tone)
{
	call_figure(list, href, str_fmt(c->a, "%lld", (long long)n), call_text(c, label), tone);
}

const struct err *card_employer_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	struct counts n = {0};
	long long id = (long long)t->unit_id.v;
	TRY(db_one(tx, &card_counts, ARGS(ARG(c->city), ARG(t->unit_id)), counts_row, &n));
	doc_str(box, "title", call_text(c, "card_list_title"));
	doc_str(box, "all_href", str_fmt(c->a, "/cards?unit=%lld", id));
	json_t *figures = doc_sublist(box, "figures");
	put_figure(c, figures, str_fmt(c->a, "/cards?unit=%lld", id), n.posts, "card_posts", "ink");
	put_figure(c, figures, str_fmt(c->a, "/cards?unit=%lld&state=without", id), n.posts - n.cards, "code_card_state_without", n.posts > n.cards ? "over" : "done");
	put_figure(c, figures, str_fmt(c->a, "/cards?unit=%lld&state=waiting", id), n.waiting, "card_unconfirmed", n.waiting ? "due" : "done");
	return NULL;
}

const struct err *employer_post_owner(struct db_tx *tx, int64_t city, struct id place, struct id *person)
{
	struct card k = {0};
	bool found;
	TRY(db_find(tx, &card_of_place, ARGS(ARG(city), ARG(place)), card_row, &k, &found));
	*person = k.owner_id;
	return NULL;
}
