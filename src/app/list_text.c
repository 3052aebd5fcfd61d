/* A list as words to paste into a chat. */
#include "app_private.h"
#include "day.h"
#include "edge.h"
#include "text_out.h"

#include <string.h>

enum { TEXT_BYTES = 1 << 20 };

static struct str column_head(void *ctx, const char *name)
{
	struct call *c = ctx;
	return texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "f_%s", name));
}

static struct str code_word(void *ctx, const struct codes *codes, const char *word)
{
	struct call *c = ctx;
	struct str label = texts_find(c->app->texts, call_lang(c), str_fmt(c->a, "code_%s_%s", codes->name, word));
	return label.p ? label : str_of(word);
}

static void put_head(struct call *c, struct sb *b, const struct table *t)
{
	sb_add(b, call_text(c, t->title));
	if (t->about.n)
		sb_fmt(b, " · %.*s", STR_ARG(t->about));
	sb_fmt(b, " (%.*s)\n", STR_ARG(instant_short(c->a, c->env.now)));
}

static void put_foot(struct call *c, struct sb *b, int64_t n, bool more)
{
	struct str count = str_fmt(c->a, "%lld", (long long)n);
	if (n)
		sb_add(b, call_text_with(c, more ? "app_copy_more" : "app_copy_total", "n", count));
	else
		sb_add(b, call_text(c, "app_empty"));
	sb_addc(b, '\n');
}

const struct err *call_table_text(struct call *c, const struct table *t)
{
	const void *rows = NULL;
	size_t n = 0;
	bool more = false;
	struct text_out out = {.columns = t->brief ? t->brief : t->columns, .group = t->group, .sight = sight_at(c->actor, c->target.unit_path),
			       .words = {column_head, code_word, c}, .colon = call_text(c, "app_colon"), .separator = call_text(c, "app_comma")};
	TRY(t->page(&c->env, t->ctx, &rows, &n, &more));
	more = more || n > TEXT_ROWS_MAX;
	n = n > TEXT_ROWS_MAX ? TEXT_ROWS_MAX : n;
	struct sb b = sb_new(c->a, TEXT_BYTES);
	put_head(c, &b, t);
	for (size_t i = 0; i < n; i++)
		text_record(&out, &b, c->a, (const char *)rows + i * t->row_size);
	put_foot(c, &b, (int64_t)n, more);
	if (b.over)
		return ERR(c->a, ERR_LIMIT, "answer_too_large", "words of more than %d bytes", TEXT_BYTES);
	return face_text(c, call_text(c, t->title), sb_str(&b));
}
