#include "doc.h"

#include "day.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

ALLOW_MALLOC // jansson takes its memory from here

enum { DEPTH_MAX = 64 };

static void *memory_or_end(size_t n)
{
	void *p = malloc(n);
	if (!p) {
		fputs("<0>out of memory\n", stderr);
		abort();
	}
	return p;
}

void doc_memory_or_end(void)
{
	json_set_alloc_funcs(memory_or_end, free);
}

static void release(void *p)
{
	json_decref(p);
}

json_t *doc_keep(struct arena *a, json_t *j)
{
	if (j)
		arena_defer(a, release, j);
	return j;
}

json_t *doc_new(struct arena *a)
{
	return doc_keep(a, json_object());
}

json_t *doc_list(struct arena *a)
{
	return doc_keep(a, json_array());
}

void doc_set(json_t *obj, const char *name, json_t *v)
{
	json_object_set(obj, name, v);
}

void doc_str(json_t *obj, const char *name, struct str s)
{
	json_t *j = json_stringn(s.p ? s.p : "", s.n);
	json_object_set_new(obj, name, j ? j : json_string(""));
}

void doc_z(json_t *obj, const char *name, const char *z)
{
	doc_str(obj, name, str_of(z));
}

void doc_i64(json_t *obj, const char *name, int64_t v)
{
	json_object_set_new(obj, name, json_integer(v));
}

void doc_bool(json_t *obj, const char *name, bool v)
{
	json_object_set_new(obj, name, json_boolean(v));
}

void doc_id(json_t *obj, const char *name, struct id id)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, id.v);
	json_object_set_new(obj, name, id.v ? json_string(text) : json_null());
}

/* Texts are formatted on the stack: a list of 500 rows neither grows the request's arena nor makes one of its own. */
static void put_text(json_t *obj, const char *name, struct str s)
{
	if (s.n)
		doc_str(obj, name, s);
	else
		json_object_set_new(obj, name, json_null());
}

void doc_instant(json_t *obj, const char *name, struct instant t)
{
	char text[TIME_TEXT_MAX];
	put_text(obj, name, instant_put(text, t));
}

void doc_day(json_t *obj, const char *name, struct day d)
{
	char text[TIME_TEXT_MAX];
	put_text(obj, name, day_put(text, d));
}

json_t *doc_sub(json_t *obj, const char *name)
{
	json_t *j = json_object();
	json_object_set_new(obj, name, j);
	return j;
}

json_t *doc_sublist(json_t *obj, const char *name)
{
	json_t *j = json_array();
	json_object_set_new(obj, name, j);
	return j;
}

json_t *doc_append(json_t *list)
{
	json_t *j = json_object();
	json_array_append_new(list, j);
	return j;
}

static void put_beside(json_t *obj, const char *name, const char *suffix, struct str text)
{
	char key[96];
	snprintf(key, sizeof(key), "%s%s", name, suffix);
	doc_str(obj, key, text);
}

static void put_yuan(json_t *obj, const char *name, int64_t fen)
{
	char text[32];
	uint64_t v = fen < 0 ? -(uint64_t)fen : (uint64_t)fen;
	snprintf(text, sizeof(text), "%s%" PRIu64 ".%02d", fen < 0 ? "-" : "", v / 100, (int)(v % 100));
	put_beside(obj, name, "_text", str_of(text));
}

static void put_labels(json_t *obj, const struct shape *s, const void *at, const struct doc_style *style)
{
	char text[TIME_TEXT_MAX];
	switch (s->type) {
	case SHAPE_T_CODE: {
		const char *word = codes_word(s->codes, *(const uint32_t *)at);
		put_beside(obj, s->name, "_label", *word ? style->label(style->ctx, s->codes, word) : STR(""));
		break;
	}
	case SHAPE_T_INSTANT:
		put_beside(obj, s->name, "_text", instant_put_short(text, *(const struct instant *)at));
		break;
	case SHAPE_T_FEN:
	case SHAPE_T_OPT_FEN: {
		const struct opt_fen *opt = at;
		if (s->type == SHAPE_T_FEN)
			put_yuan(obj, s->name, ((const struct fen *)at)->v);
		else if (opt->is)
			put_yuan(obj, s->name, opt->v);
		else
			put_beside(obj, s->name, "_text", STR(""));
		break;
	}
	default:
		break;
	}
}

static void put_value(json_t *obj, const struct shape *s, const void *at)
{
	switch (s->type) {
	case SHAPE_T_I64:
	case SHAPE_T_FEN:
		doc_i64(obj, s->name, *(const int64_t *)at);
		break;
	case SHAPE_T_BOOL:
		doc_bool(obj, s->name, *(const bool *)at);
		break;
	case SHAPE_T_STR:
		doc_str(obj, s->name, *(const struct str *)at);
		break;
	case SHAPE_T_ID:
		doc_id(obj, s->name, *(const struct id *)at);
		break;
	case SHAPE_T_INSTANT:
		doc_instant(obj, s->name, *(const struct instant *)at);
		break;
	case SHAPE_T_DAY:
		doc_day(obj, s->name, *(const struct day *)at);
		break;
	case SHAPE_T_OPT_FEN:
		json_object_set_new(obj, s->name, ((const struct opt_fen *)at)->is
							  ? json_integer(((const struct opt_fen *)at)->v) : json_null());
		break;
	case SHAPE_T_OPT_I64:
		json_object_set_new(obj, s->name, ((const struct opt_i64 *)at)->is
							  ? json_integer(((const struct opt_i64 *)at)->v) : json_null());
		break;
	case SHAPE_T_CODE:
		put_text(obj, s->name, str_of(codes_word(s->codes, *(const uint32_t *)at)));
		break;
	default:
		break;
	}
}

static bool is_empty(const struct shape *s, const void *at)
{
	return s->type == SHAPE_T_STR && ((const struct str *)at)->n == 0;
}

void doc_put(json_t *obj, const struct shape *shape, const void *record, const struct doc_style *style)
{
	for (const struct shape *s = shape; s->name; s++) {
		if (s->right && !(style->sight >> s->right & 1))
			continue;
		const void *at = (const char *)record + s->off;
		if (style->shown && !is_empty(s, at))
			*style->shown |= (uint64_t)1 << s->right;
		put_value(obj, s, at);
		if (style->label)
			put_labels(obj, s, at, style);
	}
}

/* Deepest nesting of brackets outside strings; the text need not be valid. */
static size_t depth_of(struct str text)
{
	size_t depth = 0, deepest = 0;
	bool in_string = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			deepest = ++depth > deepest ? depth : deepest;
		} else if ((c == '}' || c == ']') && depth > 0) {
			depth--;
		}
	}
	return deepest;
}

const struct err *doc_parse(struct arena *a, struct str text, json_t **out)
{
	json_error_t why;
	if (depth_of(text) > DEPTH_MAX)
		return ERR(a, ERR_MALFORMED, "json_too_deep", "JSON nested deeper than %d", DEPTH_MAX);
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &why);
	if (!j)
		return ERR(a, ERR_MALFORMED, "json", "JSON, line %d column %d: %s", why.line, why.column, why.text);
	*out = doc_keep(a, j);
	return NULL;
}

static int append(const char *p, size_t n, void *ctx)
{
	struct sb *b = ctx;
	sb_add(b, (struct str){p, n});
	return b->over ? -1 : 0;
}

const struct err *doc_dump(struct arena *a, const json_t *doc, size_t max, struct str *out)
{
	struct sb b = sb_new(a, max);
	if (json_dump_callback(doc, append, &b, JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		return ERR(a, ERR_LIMIT, "answer_too_large", "document larger than %zu bytes", max);
	*out = sb_str(&b);
	return NULL;
}
