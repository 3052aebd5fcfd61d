/* What somebody was told: their own alone (HAZ-5). */
#include "notice_model.h"

#include "day.h"
#include "notice_sql.h"
#include "parts.h"
#include "web.h"

static const char *const state_words[] = {"", "unread", "read", NULL};
const struct codes notice_states = {"notice_state", state_words};

#define T struct inbox_query
const struct shape inbox_query_shape[] = {
	SHAPE_CODE(T, state, &notice_states), SHAPE_CODE(T, topic, &notice_topics), SHAPE(T, sort, 40), SHAPE(T, after, 400),
	SHAPE(T, limit, LIST_MAX), SHAPE(T, header, 8), SHAPE_END};
#undef T
const struct shape inbox_read_shape[] = {SHAPE(struct inbox_read_input, until, 0), SHAPE_END};

#define T struct notice_row
#define SEEN SHAPE(T, id, 0), SHAPE(T, made_at, 0), SHAPE_CODE(T, topic, &notice_topics), SHAPE_CODE(T, urgency, &notice_urgencies)
static const struct shape inbox_row[] = {
	SEEN, SHAPE(T, kind, 0), SHAPE(T, object_id, 0), SHAPE(T, args, 0), SHAPE(T, read_at, 0), SHAPE(T, who_name, 0), SHAPE_END};
const struct shape inbox_item_shape[] = {
	SEEN, SHAPE(T, title, 0), SHAPE(T, more, 0), SHAPE(T, href, 0), SHAPE(T, kind, 0), SHAPE(T, object_id, 0), SHAPE(T, read_at, 0), SHAPE_END};
#undef SEEN
#undef T
struct count { int64_t n_read; };
const struct shape inbox_count_shape[] = {SHAPE(struct count, n_read, 0), SHAPE_END};

static const struct doc_part item_parts[] = {
	DOC_NAME("open_href"), DOC_NAME("is_unread"), DOC_NAME("tone"), DOC_NAME("made_at_label"), DOC_END};
static const struct doc_part state_parts[] = {DOC_NAME("href"), DOC_NAME("label"), DOC_NAME("current"), DOC_END};
const struct doc_part inbox_doc[] = {
	DOC_PARTS(list_parts), DOC_NAME("unread"), DOC_NAME("has_unread"), DOC_NAME("until"), DOC_NAME("is_filtered"), DOC_ROWS("states", state_parts),
	DOC_ROWS_OF("items", inbox_item_shape, item_parts), DOC_END};

struct inbox {
	struct call *c;
	const struct inbox_query *q;
	struct cursor at;
	int64_t limit, unread;
	struct notice_row *v;
	size_t n;
	bool more;
};

const struct err *inbox_unread(struct db_tx *tx, struct call *c, int64_t *n)
{
	return db_i64(tx, &notice_unread_count, ARGS(ARG(c->city), ARG(c->actor->person_id), arg_i64(UNREAD_SHOWN + 1)), 0, n);
}

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct inbox *l = ctx;
	const char *anchor = l->q->state ? codes_word(&notice_states, l->q->state) : "all";
	const struct sql *stmt = sql_list_pick(&notice_inbox, anchor, l->q->sort, NULL);
	struct notice_reader r = notice_reader_of(e->app, db_arena(tx), lang_of(l->c->lang));
	void *rows;
	TRY(db_all(tx, stmt,
		   ARGS(ARG(e->city), ARG(l->c->actor->person_id), arg_i64(l->at.number), ARG(l->at.id), arg_str(STR("")),
			ARG_CODE(notice_topics, l->q->topic), arg_i64(l->limit + 1)),
		   inbox_row, sizeof(struct notice_row), &rows, &l->n));
	l->v = rows;
	l->more = l->n > (size_t)l->limit;
	l->n = l->more ? (size_t)l->limit : l->n;
	if (l->n)
		l->at = (struct cursor){.number = l->v[l->n - 1].made_at.ms, .id = l->v[l->n - 1].id};
	for (size_t i = 0; i < l->n; i++)
		notice_words(&r, &l->v[i]);
	return NULL;
}

static const struct err *read_inbox(struct db_tx *tx, struct env *e, void *ctx)
{
	struct inbox *l = ctx;
	TRY(inbox_unread(tx, l->c, &l->unread));
	return read_page(tx, e, l);
}

static const struct err *table_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	struct inbox *l = ctx;
	TRY(env_read(e, read_page, l));
	*rows = l->v;
	*n = l->n;
	*more = l->more;
	return NULL;
}

/* ---- the page ------------------------------------------------------------------------ */

static const char *tone_of(uint32_t topic)
{
	static const char *const tones[] = {"quiet", "over", "due", "due", "over", "over", "done", "quiet"};
	return topic < sizeof(tones) / sizeof(tones[0]) ? tones[topic] : "quiet";
}

static void put_item(struct inbox *l, json_t *items, const struct notice_row *v)
{
	struct call *c = l->c;
	struct doc_style style = call_style(c, STR_NONE);
	json_t *j = doc_append(items);
	doc_put(j, inbox_item_shape, v, &style);
	if (c->face != FACE_HTML)
		return;
	doc_str(j, "open_href", str_fmt(c->a, "/inbox/%lld", (long long)v->id.v));
	doc_bool(j, "is_unread", !v->read_at.ms);
	doc_z(j, "tone", tone_of(v->topic));
	doc_str(j, "made_at_label", instant_short(c->a, v->made_at));
}

static void put_states(struct inbox *l)
{
	struct call *c = l->c;
	json_t *list = doc_sublist(c->page, "states");
	static const char *const labels[] = {"notice_all", "notice_unread", "notice_read"};
	for (uint32_t s = 0; s <= NOTICE_READ; s++) {
		json_t *j = doc_append(list);
		struct str word = str_of(codes_word(&notice_states, s));
		doc_str(j, "label", call_text(c, labels[s]));
		doc_str(j, "href", word.n ? str_fmt(c->a, "/inbox?state=%.*s", STR_ARG(word)) : STR("/inbox"));
		doc_bool(j, "current", l->q->state == s);
	}
}

static void put_page(struct inbox *l)
{
	struct call *c = l->c;
	size_t n_topics;
	json_t *items = doc_sublist(c->doc, "items");
	for (size_t i = 0; i < l->n; i++)
		put_item(l, items, &l->v[i]);
	doc_i64(c->doc, "unread", l->unread);
	cursor_next(c, &notice_inbox, l->q->sort, l->more ? l->at : (struct cursor){0});
	call_list_page(c, &notice_inbox, l->q->sort, "notice_sort_", l->n);
	if (c->face != FACE_HTML)
		return;
	const struct choice *topics = call_choices(c, &notice_topics, &n_topics);
	if (l->q->state)
		call_filter(c, "state", "hidden", "notice_state", NULL, 0);
	call_filter(c, "topic", "select", "notice_topic", topics, n_topics);
	put_states(l);
	doc_bool(c->page, "has_unread", l->unread > 0);
	doc_bool(c->page, "is_filtered", l->q->state || l->q->topic);
	doc_str(c->page, "until", instant_text(c->a, c->env.now));
	doc_str(doc_sub(c->page, "page"), "title", call_text(c, "notice_title"));
}

const struct err *inbox_get(struct call *c)
{
	struct inbox *l = ARENA_NEW(c->a, struct inbox);
	*l = (struct inbox){.c = c, .q = c->input};
	l->limit = call_wants_table(c) ? LIST_MAX : l->q->limit ? l->q->limit : LIST_DEFAULT;
	TRY(cursor_read(c, &notice_inbox, l->q->sort, l->q->after, &l->at));
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = inbox_item_shape, .row_size = sizeof(struct notice_row), .page = table_page, .ctx = l,
						     .file_name = "inbox", .title = "notice_title"});
	TRY(call_read(c, read_inbox, l));
	put_page(l);
	return NULL;
}

/* ---- read --------------------------------------------------------------------------------- */

struct marking {
	struct id id;
	struct instant until;
	struct notice_row n;
	int64_t changed;
};

static const struct err *mark_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct marking *m = ctx;
	return db_exec(tx, &notice_mark_read, ARGS(ARG(e->city), ARG(m->id), ARG(e->actor->person_id), ARG(e->now)), &m->changed);
}

static const struct err *mark_all(struct db_tx *tx, struct env *e, void *ctx)
{
	struct marking *m = ctx;
	return db_exec(tx, &notice_mark_all, ARGS(ARG(e->city), ARG(e->actor->person_id), ARG(m->until), ARG(e->now)), &m->changed);
}

static const struct err *find_one(struct db_tx *tx, struct env *e, void *ctx)
{
	struct marking *m = ctx;
	return db_one(tx, &notice_of_person, ARGS(ARG(e->city), ARG(m->id), ARG(e->actor->person_id)), inbox_row, &m->n);
}

static const struct err *put_one(struct call *c, struct marking *m)
{
	struct notice_reader r = notice_reader_of(c->app, c->a, lang_of(c->lang));
	struct doc_style style = call_style(c, STR_NONE);
	TRY(call_read(c, find_one, m));
	notice_words(&r, &m->n);
	doc_put(c->doc, inbox_item_shape, &m->n, &style);
	return NULL;
}

/* A link of a list or a mail: to what it is about, and it has been read. */
const struct err *inbox_open(struct call *c)
{
	struct marking m = {0};
	TRY(call_arg_id(c, "id", &m.id));
	TRY(put_one(c, &m));
	if (c->face != FACE_HTML)
		return NULL;
	/* Where nothing can be written, reading goes on. */
	const struct err *bad = m.n.read_at.ms ? NULL : env_write(&c->env, mark_one, &m);
	if (bad && bad->kind != ERR_READONLY && bad->kind != ERR_BUSY)
		return bad;
	c->reply = reply_bytes(c->a, 303, "text/plain; charset=utf-8", STR(""));
	reply_header(c->a, c->reply, "Location", m.n.href.n ? m.n.href : STR("/inbox"));
	return NULL;
}

const struct err *inbox_post_read(struct call *c)
{
	struct marking m = {0};
	TRY(call_arg_id(c, "id", &m.id));
	TRY(put_one(c, &m));
	TRY(env_write(&c->env, mark_one, &m));
	TRY(put_one(c, &m));
	call_done(c, 200, STR("/inbox"));
	return NULL;
}

const struct err *inbox_post_read_all(struct call *c)
{
	const struct inbox_read_input *in = c->input;
	struct marking m = {.until = in->until.ms ? in->until : c->env.now};
	TRY(env_write(&c->env, mark_all, &m));
	doc_i64(c->doc, "n_read", m.changed);
	call_done(c, 200, STR("/inbox"));
	return NULL;
}

/* ---- the work desk -------------------------------------------------------------------------- */

enum { BOX_ENTRIES = 5 };

const struct err *inbox_box(struct db_tx *tx, struct call *c, struct target *t, json_t *box)
{
	static const struct inbox_query unread = {.state = NOTICE_UNREAD};
	struct inbox l = {.c = c, .q = &unread, .limit = BOX_ENTRIES};
	(void)t;
	TRY(inbox_unread(tx, c, &l.unread));
	if (!l.unread)
		return NULL;
	TRY(cursor_read(c, &notice_inbox, STR(""), STR(""), &l.at));
	TRY(read_page(tx, &c->env, &l));
	json_t *items = doc_sublist(box, "items");
	for (size_t i = 0; i < l.n; i++) {
		const struct notice_row *v = &l.v[i];
		struct entry entry = {.href = str_fmt(c->a, "/inbox/%lld", (long long)v->id.v), .title = v->title, .sub = instant_short(c->a, v->made_at),
				      .state_label = call_label(c, &notice_topics, codes_word(&notice_topics, v->topic)),
				      .state_tone = str_of(tone_of(v->topic))};
		call_entry(items, &entry);
	}
	doc_bool(box, "has_items", l.n > 0);
	doc_str(box, "title", call_text(c, "notice_title"));
	doc_str(box, "total", l.unread > UNREAD_SHOWN ? STR("99+") : str_fmt(c->a, "%lld", (long long)l.unread));
	doc_z(box, "tone", "work");
	doc_z(box, "all_href", "/inbox?state=unread");
	doc_z(box, "empty_text", "");
	return NULL;
}
