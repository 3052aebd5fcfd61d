/* Paging by key, and lists as files: CSV and XLSX. */
#include "app_private.h"
#include "call.h"
#include "csv.h"
#include "edge.h"
#include "xlsx_out.h"

#include <inttypes.h>
#include <string.h>

static bool is_descending(const struct sql_list *l, int sort)
{
	return l->sorts[sort][0] == '-';
}

/* Before the first row of the order: every row comes after it. */
static struct cursor before_first(const struct sql_list *l, int sort)
{
	bool down = is_descending(l, sort);
	return (struct cursor){
		.text = down ? STR("\xf4\x8f\xbf\xbf") : STR(""),
		.number = down ? INT64_MAX : INT64_MIN,
		.id = ID(down ? INT64_MAX : -1),
	};
}

static bool decode(struct arena *a, const struct sql_list *l, int sort, struct str after, struct cursor *out)
{
	struct str raw;
	int64_t at;
	if (after.n > 400 || !str_unb64url(a, after, &raw) || !str_is_utf8(raw))
		return false;
	if (!str_i64(str_cut(&raw, ':'), 0, l->n_sorts - 1, &at) || at != sort)
		return false;
	if (!str_i64(str_cut(&raw, ':'), 1, INT64_MAX, &out->id.v))
		return false;
	out->text = raw;
	return l->sort_is_text[sort] || str_i64(raw, INT64_MIN, INT64_MAX, &out->number);
}

const struct err *cursor_read(struct call *c, const struct sql_list *l, struct str sort, struct str after, struct cursor *out)
{
	int at = sql_list_sort(l, sort);
	if (at < 0)
		return err_on_field(c->a, "sort", "unknown_word", "this list is not sorted so");
	*out = before_first(l, at);
	if (after.n && !decode(c->a, l, at, after, out))
		return err_on_field(c->a, "after", "bad_cursor", "not a cursor of this list");
	return NULL;
}

struct arg cursor_arg(const struct sql_list *l, int sort, const struct cursor *k)
{
	return l->sort_is_text[sort] ? arg_str(k->text) : arg_i64(k->number);
}

void cursor_next(struct call *c, const struct sql_list *l, struct str sort, struct cursor last)
{
	int at = sql_list_sort(l, sort);
	if (last.id.v == 0) {
		json_object_set_new(c->doc, "next", json_null());
		doc_z(c->page, "next_href", "");
		return;
	}
	struct str raw = l->sort_is_text[at] ? str_fmt(c->a, "%d:%" PRId64 ":%.*s", at, last.id.v, STR_ARG(last.text))
					     : str_fmt(c->a, "%d:%" PRId64 ":%" PRId64, at, last.id.v, last.number);
	struct str next = str_b64url(c->a, raw.p, raw.n);
	doc_str(c->doc, "next", next);
	doc_str(c->page, "next_href", call_href_with(c, "after", next));
}

/* ---- tables: CSV and XLSX ----------------------------------------------------------------- */

enum { PAGE_BYTES = 16 * 1024 * 1024 };

struct table_stream {
	struct call *c;
	struct env env;
	const struct shape *columns;
	size_t row_size;
	table_page_fn *page;
	void *ctx;
	uint64_t sight;
	struct csv_words words;
	struct xlsx_out *xlsx; /* NULL: CSV */
	struct arena *a; /* of the page in hand */
	struct str text; /* not yet sent */
	bool more, head_sent;
};

/* Labels are made on the page's memory: a stream may be longer than what one request may use. */
static struct str column_label(void *ctx, const char *name)
{
	const struct table_stream *s = ctx;
	return texts_find(s->c->app->texts, call_lang(s->c), str_fmt(s->a, "f_%s", name));
}

static struct str code_label(void *ctx, const struct codes *codes, const char *word)
{
	const struct table_stream *s = ctx;
	struct str label = texts_find(s->c->app->texts, call_lang(s->c), str_fmt(s->a, "code_%s_%s", codes->name, word));
	return label.p ? label : str_of(word);
}

static void csv_rows(struct table_stream *s, struct sb *b, const char *rows, size_t n)
{
	if (!s->head_sent) {
		/* The mark tells Excel that this is UTF-8; scripts ask without labels and get none. */
		sb_addz(b, s->words.head ? "\xef\xbb\xbf" : "");
		csv_head(b, s->columns, s->sight, &s->words);
	}
	for (size_t i = 0; i < n; i++)
		csv_record(b, s->a, s->columns, rows + i * s->row_size, s->sight, &s->words);
}

static void xlsx_rows(struct table_stream *s, struct sb *b, const char *rows, size_t n)
{
	if (!s->head_sent)
		xlsx_out_begin(s->xlsx, b, s->a);
	for (size_t i = 0; i < n; i++)
		xlsx_out_record(s->xlsx, b, s->a, rows + i * s->row_size);
	if (!s->more)
		xlsx_out_end(s->xlsx, b);
}

static const struct err *next_page(struct table_stream *s)
{
	const void *rows = NULL;
	size_t n = 0;
	arena_free(s->a);
	s->a = arena_new((size_t)32 * 1024 * 1024);
	s->env.a = s->a;
	TRY(s->page(&s->env, s->ctx, &rows, &n, &s->more));
	struct sb b = sb_new(s->a, PAGE_BYTES);
	(s->xlsx ? xlsx_rows : csv_rows)(s, &b, rows, n);
	s->head_sent = true;
	if (b.over || (s->xlsx && xlsx_out_is_over(s->xlsx)))
		return ERR(s->a, ERR_LIMIT, "answer_too_large", "a page of rows larger than %d bytes, or the file larger than it may be", PAGE_BYTES);
	s->text = sb_str(&b);
	return NULL;
}

static ptrdiff_t table_read(void *ctx, char *buf, size_t max)
{
	struct table_stream *s = ctx;
	while (s->text.n == 0 && s->more)
		if (next_page(s))
			return -1;
	size_t n = s->text.n < max ? s->text.n : max;
	if (n)
		memcpy(buf, s->text.p, n);
	s->text = str_sub(s->text, n, SIZE_MAX);
	return (ptrdiff_t)n;
}

static void table_close(void *ctx)
{
	struct table_stream *s = ctx;
	arena_free(s->a);
	s->a = NULL;
	if (s->xlsx)
		xlsx_out_free(s->xlsx);
}

bool call_wants_table(const struct call *c)
{
	return c->face == FACE_CSV || c->face == FACE_XLSX || c->face == FACE_TEXT;
}

/* For the audit trail: a file shows all of a column. */
static void note_columns(struct call *c, const struct shape *columns)
{
	uint64_t sight = sight_at(c->actor, c->target.unit_path);
	for (const struct shape *col = columns; col->name; col++)
		if (sight >> col->right & 1)
			c->shown |= (uint64_t)1 << col->right;
}

const struct err *call_table(struct call *c, const struct table *t)
{
	note_columns(c, c->face == FACE_TEXT && t->brief ? t->brief : t->columns);
	if (c->face == FACE_TEXT)
		return call_table_text(c, t);
	struct table_stream *s = ARENA_NEW(c->a, struct table_stream);
	bool is_xlsx = c->face == FACE_XLSX, labelled = str_is(pairs_get(&c->req->query, "header"), "zh");
	*s = (struct table_stream){.c = c, .env = c->env, .columns = t->columns, .row_size = t->row_size, .page = t->page, .ctx = t->ctx,
				   .a = arena_new(0), .more = true};
	s->sight = sight_at(c->actor, c->target.unit_path);
	s->words = (struct csv_words){labelled ? column_label : NULL, labelled ? code_label : NULL, s};
	/* A first page that is refused has no reply to close the stream with. */
	arena_defer(c->a, table_close, s);
	if (is_xlsx)
		s->xlsx = xlsx_out_new(c->a, t->columns, s->sight, &s->words, call_text(c, t->title));
	/* The first page now, so that a refusal is still an error answer and not a torn file. */
	TRY(next_page(s));
	c->reply = reply_stream(c->a, 200, is_xlsx ? TYPE_XLSX : "text/csv; charset=utf-8", table_read, table_close, s);
	reply_header(c->a, c->reply, "Content-Disposition",
		     str_fmt(c->a, "attachment; filename=\"%s.%s\"", t->file_name, is_xlsx ? "xlsx" : "csv"));
	return NULL;
}
