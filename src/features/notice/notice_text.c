/* The words of a notice, made when somebody reads it. */
#include "notice_model.h"

#include "day.h"

#include <string.h>

enum { WORDS_BYTES = 4000 };

static struct str day_words(struct arena *a, enum lang lang, struct day d)
{
	static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	int month = d.ymd / 100 % 100, day = d.ymd % 100;
	if (!day_is_valid(d))
		return STR("");
	return lang == LANG_ZH ? str_fmt(a, "%d月%d日", month, day) : str_fmt(a, "%d %s", day, months[month - 1]);
}

static struct str instant_words(struct arena *a, enum lang lang, struct instant t)
{
	struct str whole = instant_short(a, t), clock = str_sub(whole, whole.n > 5 ? whole.n - 5 : 0, 5);
	struct str day = day_words(a, lang, instant_day(t));
	return str_fmt(a, lang == LANG_ZH ? "%.*s%.*s" : "%.*s %.*s", STR_ARG(day), STR_ARG(clock));
}

static struct str value_words(struct notice_reader *r, const json_t *v)
{
	if (json_is_string(v))
		return (struct str){json_string_value(v), json_string_length(v)};
	if (json_is_integer(v))
		return day_words(r->a, r->lang, DAY((int32_t)json_integer_value(v)));
	if (json_is_object(v))
		return instant_words(r->a, r->lang, INSTANT(json_integer_value(json_object_get(v, "ms"))));
	struct str key = str_of(json_string_value(json_array_get(v, 0))), text = texts_find(r->texts, r->lang, key);
	return text.p ? text : key;
}

struct filling {
	struct notice_reader *r;
	const json_t *args;
	struct str who;
	struct sb out;
};

static struct str value_of(struct filling *f, struct str name)
{
	const json_t *v = json_object_get(f->args, str_z(f->r->a, name));
	return v ? value_words(f->r, v) : str_is(name, "who") ? f->who : STR("");
}

/* The text up to the next {{name}}; *rest is what follows it. False: there is no more of them. */
static bool next_name(struct str *rest, struct str *before, struct str *name)
{
	const char *open = rest->n ? memmem(rest->p, rest->n, "{{", 2) : NULL;
	const char *close = open ? memmem(open, (size_t)(rest->p + rest->n - open), "}}", 2) : NULL;
	if (!close)
		return false;
	*before = (struct str){rest->p, (size_t)(open - rest->p)};
	*name = (struct str){open + 2, (size_t)(close - open - 2)};
	*rest = (struct str){close + 2, (size_t)(rest->p + rest->n - close - 2)};
	return true;
}

static void skip_to_end(struct str *rest, struct str name)
{
	struct str before, other;
	while (next_name(rest, &before, &other))
		if (other.n == name.n + 1 && other.p[0] == '/' && str_eq(str_sub(other, 1, SIZE_MAX), name))
			return;
}

/* The key's text with its {{names}} filled in; empty when there is no such text. */
static struct str fill(struct notice_reader *r, struct str key, const json_t *args, struct str who)
{
	struct filling f = {r, args, who, sb_new(r->a, WORDS_BYTES)};
	struct str rest = texts_find(r->texts, r->lang, key), before, name;
	while (next_name(&rest, &before, &name)) {
		sb_add(&f.out, before);
		if (name.n && name.p[0] == '#') {
			name = str_sub(name, 1, SIZE_MAX);
			if (!value_of(&f, name).n)
				skip_to_end(&rest, name);
		} else if (!name.n || name.p[0] != '/') {
			sb_add(&f.out, value_of(&f, name));
		}
	}
	sb_add(&f.out, rest);
	return sb_str(&f.out);
}

static struct str key_of(struct arena *a, struct str kind, const char *tail)
{
	struct str key = str_fmt(a, "notice_%.*s%s", STR_ARG(kind), tail);
	for (char *p = (char *)key.p; *p; p++)
		*p = *p == '.' ? '_' : *p;
	return key;
}

static struct str href_of(struct notice_reader *r, const struct notice_row *n)
{
	const struct notice_kind *k = notice_kind_find(r->app, n->kind);
	const char *at = k && k->href ? strstr(k->href, "{id}") : NULL;
	if (!k || !k->href)
		return STR("");
	if (!at)
		return str_of(k->href);
	return n->object_id.v ? str_fmt(r->a, "%.*s%lld%s", (int)(at - k->href), k->href, (long long)n->object_id.v, at + 4) : STR("");
}

struct notice_reader notice_reader_of(struct app *app, struct arena *a, enum lang lang)
{
	return (struct notice_reader){.app = app, .texts = app_texts(app), .a = a, .lang = lang};
}

struct str notice_text(struct notice_reader *r, const char *key, const json_t *args)
{
	return fill(r, str_of(key), args, STR(""));
}

void notice_words(struct notice_reader *r, struct notice_row *n)
{
	json_t *args = NULL;
	if (doc_parse(r->a, n->args, &args))
		args = NULL;
	n->title = fill(r, key_of(r->a, n->kind, ""), args, STR(""));
	n->more = fill(r, key_of(r->a, n->kind, "_more"), args, n->who_name);
	/* Of a newer or older program: better its name than nothing. */
	if (!n->title.n)
		n->title = n->kind;
	n->href = href_of(r, n);
}
