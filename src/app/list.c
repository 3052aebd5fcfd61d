/* Paging by key and the CSV face of lists. */
#include "app_private.h"
#include "call.h"
#include "csv.h"
#include "edge.h"

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

/* ---- CSV ---------------------------------------------------------------------------- */

enum { PAGE_BYTES = 16 * 1024 * 1024 };

struct csv_stream {
	struct call *c;
	struct env env;
	const struct shape *columns;
	size_t row_size;
	csv_page_fn *page;
	void *ctx;
	uint64_t sight;
	struct arena *a; /* of the page in hand */
	struct str text; /* not yet sent */
	bool more, head_sent;
};

/* Labels are made on the page's memory: a stream may be longer than what one request may use. */
static struct str column_label(void *ctx, const char *name)
{
	const struct csv_stream *s = ctx;
	return texts_find(s->c->app->texts, call_lang(s->c), str_fmt(s->a, "f_%s", name));
}

static struct str code_label(void *ctx, const struct codes *codes, const char *word)
{
	const struct csv_stream *s = ctx;
	struct str label = texts_find(s->c->app->texts, call_lang(s->c), str_fmt(s->a, "code_%s_%s", codes->name, word));
	return label.p ? label : str_of(word);
}

static const struct err *next_page(struct csv_stream *s)
{
	const void *rows = NULL;
	size_t n = 0;
	arena_free(s->a);
	s->a = arena_new((size_t)32 * 1024 * 1024);
	s->env.a = s->a;
	TRY(s->page(&s->env, s->ctx, &rows, &n, &s->more));
	struct sb b = sb_new(s->a, PAGE_BYTES);
	bool labelled = str_is(pairs_get(&s->c->req->query, "header"), "zh");
	struct csv_words words = {labelled ? column_label : NULL, labelled ? code_label : NULL, s};
	if (!s->head_sent) {
		/* The mark tells Excel that this is UTF-8; scripts ask without labels and get none. */
		sb_addz(&b, labelled ? "\xef\xbb\xbf" : "");
		csv_head(&b, s->columns, s->sight, &words);
		s->head_sent = true;
	}
	for (size_t i = 0; i < n; i++)
		csv_record(&b, s->a, s->columns, (const char *)rows + i * s->row_size, s->sight, &words);
	if (b.over)
		return ERR(s->a, ERR_LIMIT, "answer_too_large", "a page of rows larger than %d bytes", PAGE_BYTES);
	s->text = sb_str(&b);
	return NULL;
}

static ptrdiff_t csv_read(void *ctx, char *buf, size_t max)
{
	struct csv_stream *s = ctx;
	while (s->text.n == 0 && s->more)
		if (next_page(s))
			return -1;
	size_t n = s->text.n < max ? s->text.n : max;
	if (n)
		memcpy(buf, s->text.p, n);
	s->text = str_sub(s->text, n, SIZE_MAX);
	return (ptrdiff_t)n;
}

static void csv_close(void *ctx)
{
	struct csv_stream *s = ctx;
	arena_free(s->a);
	s->a = NULL;
}

const struct err *call_csv(struct call *c, const struct shape *columns, size_t row_size, csv_page_fn *page, void *ctx, const char *file_name)
{
	struct csv_stream *s = ARENA_NEW(c->a, struct csv_stream);
	*s = (struct csv_stream){.c = c, .env = c->env, .columns = columns, .row_size = row_size, .page = page, .ctx = ctx};
	s->sight = sight_at(c->actor, c->target.unit_path);
	s->more = true;
	/* A first page that is refused has no reply to close the stream with. */
	arena_defer(c->a, csv_close, s);
	/* The first page now, so that a refusal is still an error answer and not a torn file. */
	TRY(next_page(s));
	c->reply = reply_stream(c->a, 200, "text/csv; charset=utf-8", csv_read, csv_close, s);
	reply_header(c->a, c->reply, "Content-Disposition", str_fmt(c->a, "attachment; filename=\"%s\"", file_name));
	return NULL;
}
