#include "input.h"

#include "day.h"

#include <sodium.h>
#include <string.h>

struct reading {
	struct arena *a;
	struct err_list errors;
	void *out;
};

static void wrong(struct reading *r, const struct shape *s, const char *code)
{
	err_add(&r->errors, r->a, s->name, code, code);
}

/* Line ends become \n; reports control characters that have no business in the field. */
static const char *clean_text(struct arena *a, const struct shape *s, struct str in, struct str *out)
{
	struct sb b = sb_new(a, in.n);
	for (size_t i = 0; i < in.n; i++) {
		unsigned char c = (unsigned char)in.p[i];
		if (c == '\r')
			continue;
		if ((c < 0x20 && !(c == '\t') && !(c == '\n' && (s->flags & SHAPE_LONG))) || c == 0x7f)
			return "control_character";
		sb_addc(&b, (char)c);
	}
	*out = s->flags & SHAPE_SECRET ? sb_str(&b) : str_trim(sb_str(&b));
	return s->max && str_chars(*out) > s->max ? "too_long" : NULL;
}

static const char *number_of(const struct shape *s, struct str text, int64_t *out)
{
	if (!str_i64(text, INT64_MIN, INT64_MAX, out))
		return "not_a_number";
	/* A number with a greatest value is a count or a size; only one without may be below zero. */
	if (*out < 0 && (s->max || s->type != SHAPE_T_I64))
		return "too_small";
	return s->max && *out > (int64_t)s->max ? "too_large" : NULL;
}

static const char *read_bool(struct str text, bool *out)
{
	*out = str_is(text, "1") || str_is(text, "true") || str_is(text, "on");
	return *out || text.n == 0 || str_is(text, "0") || str_is(text, "false") ? NULL : "wrong_type";
}

static const char *read_id(struct str text, struct id *out)
{
	return text.n == 0 || str_i64(text, 1, INT64_MAX, &out->v) ? NULL : "bad_id";
}

/* One value from text into its member; NULL or the error code. */
static const char *read_text(struct arena *a, const struct shape *s, struct str text, void *at)
{
	int64_t v = 0;
	const char *bad = NULL;
	if (s->type == SHAPE_T_STR)
		return clean_text(a, s, text, at);
	text = str_trim(text);
	if (text.n == 0)
		return NULL;
	switch (s->type) {
	case SHAPE_T_I64:
	case SHAPE_T_FEN:
		return number_of(s, text, at);
	case SHAPE_T_OPT_I64:
		bad = number_of(s, text, &v);
		*(struct opt_i64 *)at = (struct opt_i64){!bad, v};
		return bad;
	case SHAPE_T_OPT_FEN:
		bad = number_of(s, text, &v);
		*(struct opt_fen *)at = (struct opt_fen){!bad, v};
		return bad;
	case SHAPE_T_BOOL:
		return read_bool(text, at);
	case SHAPE_T_ID:
		return read_id(text, at);
	case SHAPE_T_DAY:
		return day_parse(text, at) ? NULL : "bad_day";
	case SHAPE_T_INSTANT:
		return instant_parse(text, at) ? NULL : "bad_instant";
	case SHAPE_T_CODE:
		*(uint32_t *)at = codes_find(s->codes, text);
		return *(uint32_t *)at ? NULL : "unknown_word";
	default:
		return "wrong_type";
	}
}

static bool is_empty(const struct shape *s, const void *at)
{
	switch (s->type) {
	case SHAPE_T_STR:
		return ((const struct str *)at)->n == 0;
	case SHAPE_T_OPT_FEN:
		return !((const struct opt_fen *)at)->is;
	case SHAPE_T_OPT_I64:
		return !((const struct opt_i64 *)at)->is;
	case SHAPE_T_IDS:
		return ((const struct id_list *)at)->n == 0;
	case SHAPE_T_WORDS:
		return ((const struct str_list *)at)->n == 0;
	case SHAPE_T_CODE:
		return *(const uint32_t *)at == 0;
	case SHAPE_T_DAY:
		return ((const struct day *)at)->ymd == 0;
	case SHAPE_T_BOOL:
		return !*(const bool *)at;
	default:
		return *(const int64_t *)at == 0;
	}
}

enum { IDS_MAX = 1000, WORDS_MAX = 500, WORD_MAX = 80 };

static bool is_list(const struct shape *s)
{
	return s->type == SHAPE_T_IDS || s->type == SHAPE_T_WORDS;
}

static bool is_word(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
			return false;
	}
	return s.n > 0 && s.n <= WORD_MAX;
}

static const char *add_word(struct reading *r, struct str_list *list, struct str text)
{
	if (text.n == 0)
		return NULL;
	if (!is_word(text))
		return "unknown_word";
	if (!list->v)
		list->v = ARENA_ARRAY(r->a, struct str, WORDS_MAX);
	if (list->n == WORDS_MAX)
		return "too_many";
	list->v[list->n++] = str_dup(r->a, text);
	return NULL;
}

static const char *add_id(struct reading *r, struct id_list *list, struct str text)
{
	struct id id = {0};
	const char *bad = read_id(text, &id);
	if (bad || !id.v)
		return bad;
	if (!list->v)
		list->v = ARENA_ARRAY(r->a, struct id, IDS_MAX);
	if (list->n == IDS_MAX)
		return "too_many";
	list->v[list->n++] = id;
	return NULL;
}

static const char *add_to(struct reading *r, const struct shape *s, void *list, struct str text)
{
	return s->type == SHAPE_T_IDS ? add_id(r, list, text) : add_word(r, list, text);
}

/* "12", "12.5", "12.50" yuan as whole fen. */
static const char *yuan_to_fen(struct arena *a, struct str yuan, struct str *fen)
{
	struct str rest = str_trim(yuan), whole = str_cut(&rest, '.');
	if (whole.n == 0 && rest.n == 0)
		return NULL;
	if (rest.n > 2 || whole.n == 0)
		return "bad_money";
	struct str text = str_fmt(a, "%.*s%.*s%s", STR_ARG(whole), STR_ARG(rest), rest.n == 0 ? "00" : rest.n == 1 ? "0" : "");
	while (text.n > 1 && text.p[0] == '0')
		text = str_sub(text, 1, SIZE_MAX);
	*fen = text;
	return NULL;
}

static struct str yuan_name(struct arena *a, const struct shape *s)
{
	struct str name = str_of(s->name);
	bool money = s->type == SHAPE_T_FEN || s->type == SHAPE_T_OPT_FEN;
	if (!money || !str_has_suffix(name, STR("_fen")))
		return STR_NONE;
	return str_fmt(a, "%.*s_yuan", (int)name.n - 4, name.p);
}

static void read_form_field(struct reading *r, const struct shape *s, const struct pair *p, bool as_yuan, bool seen)
{
	void *at = (char *)r->out + s->off;
	struct str text = p->value;
	const char *bad = NULL;
	if (is_list(s))
		bad = add_to(r, s, at, text);
	else if (seen)
		bad = "twice";
	else if (as_yuan)
		bad = yuan_to_fen(r->a, text, &text);
	if (!bad && !is_list(s))
		bad = read_text(r->a, s, text, at);
	if (bad)
		wrong(r, s, bad);
}

/* Fields of the machinery that any form may carry. */
static bool is_machinery(struct str name)
{
	return str_is(name, "csrf") || str_is(name, "idempotency_key") || str_is(name, "lang") || str_is(name, "care");
}

static void read_form(struct reading *r, const struct shape *shape, const struct pairs *form, bool ignore_unknown)
{
	uint64_t seen[4] = {0};
	for (size_t i = 0; form && i < form->n; i++) {
		const struct pair *p = &form->v[i];
		const struct shape *s = shape_find(shape, p->name);
		bool as_yuan = false;
		for (const struct shape *t = shape; !s && t->name; t++)
			if (str_eq(yuan_name(r->a, t), p->name) && p->name.n) {
				s = t;
				as_yuan = true;
			}
		if (!s) {
			if (!ignore_unknown && !is_machinery(p->name))
				err_add(&r->errors, r->a, str_z(r->a, p->name), "unknown_field", "unknown_field");
			continue;
		}
		size_t at = (size_t)(s - shape);
		bool was = at < 256 && (seen[at / 64] >> (at % 64) & 1);
		if (at < 256)
			seen[at / 64] |= (uint64_t)1 << (at % 64);
		/* A checkbox with its hidden twin: the last value counts. */
		read_form_field(r, s, p, as_yuan, was && s->type != SHAPE_T_BOOL);
	}
}

static const char *read_json_list(struct reading *r, const struct shape *s, void *list, const json_t *v)
{
	size_t i;
	json_t *item;
	if (!json_is_array(v))
		return "wrong_type";
	json_array_foreach(v, i, item) {
		if (!json_is_string(item))
			return "wrong_type";
		const char *bad = add_to(r, s, list, (struct str){json_string_value(item), json_string_length(item)});
		if (bad)
			return bad;
	}
	return NULL;
}

static bool is_number_type(enum shape_type t)
{
	return t == SHAPE_T_I64 || t == SHAPE_T_FEN || t == SHAPE_T_OPT_FEN || t == SHAPE_T_OPT_I64;
}

static const char *read_json_value(struct reading *r, const struct shape *s, const json_t *v)
{
	void *at = (char *)r->out + s->off;
	if (json_is_null(v))
		return NULL;
	if (is_list(s))
		return read_json_list(r, s, at, v);
	if (s->type == SHAPE_T_BOOL) {
		*(bool *)at = json_is_true(v);
		return json_is_boolean(v) ? NULL : "wrong_type";
	}
	if (is_number_type(s->type)) {
		if (!json_is_integer(v))
			return "not_a_number";
		return read_text(r->a, s, str_fmt(r->a, "%lld", (long long)json_integer_value(v)), at);
	}
	if (!json_is_string(v))
		return "wrong_type";
	return read_text(r->a, s, (struct str){json_string_value(v), json_string_length(v)}, at);
}

static const struct err *read_json(struct reading *r, const struct shape *shape, struct str text, bool ignore_unknown)
{
	json_t *doc, *v;
	const char *key;
	TRY(doc_parse(r->a, text, &doc));
	if (!json_is_object(doc))
		return ERR(r->a, ERR_MALFORMED, "json_object", "the body is not a JSON object");
	json_object_foreach(doc, key, v) {
		const struct shape *s = shape_find(shape, str_of(key));
		if (s) {
			const char *bad = read_json_value(r, s, v);
			if (bad)
				wrong(r, s, bad);
		} else if (!ignore_unknown && !is_machinery(str_of(key))) {
			err_add(&r->errors, r->a, key, "unknown_field", "unknown_field");
		}
	}
	return NULL;
}

static bool has_error(const struct reading *r, const char *name)
{
	for (const struct err_field *f = r->errors.first; f; f = f->next)
		if (str_is(str_sub(f->pointer, 1, SIZE_MAX), name))
			return true;
	return false;
}

const struct err *input_read(struct arena *a, const struct shape *shape, const struct input_source *from, void *out)
{
	struct reading r = {.a = a, .out = out};
	if (from->json.p)
		TRY(read_json(&r, shape, from->json, from->ignore_unknown));
	else
		read_form(&r, shape, from->form, from->ignore_unknown);
	for (const struct shape *s = shape; s->name; s++)
		if ((s->flags & SHAPE_REQUIRED) && is_empty(s, (char *)out + s->off) && !has_error(&r, s->name))
			wrong(&r, s, "required");
	return ERR_FROM(a, &r.errors);
}

static void hash_part(crypto_hash_sha256_state *h, struct str s)
{
	uint64_t n = s.n;
	crypto_hash_sha256_update(h, (const unsigned char *)&n, sizeof(n));
	crypto_hash_sha256_update(h, (const unsigned char *)(s.p ? s.p : ""), s.n);
}

void input_hash(struct arena *a, const struct shape *shape, const void *in, struct str also, unsigned char out[32])
{
	crypto_hash_sha256_state h;
	crypto_hash_sha256_init(&h);
	for (const struct shape *s = shape; in && s->name; s++) {
		const void *at = (const char *)in + s->off;
		hash_part(&h, str_of(s->name));
		if (s->type == SHAPE_T_IDS) {
			const struct id_list *list = at;
			hash_part(&h, (struct str){(const char *)list->v, list->n * sizeof(list->v[0])});
		} else if (s->type == SHAPE_T_WORDS) {
			const struct str_list *list = at;
			for (size_t i = 0; i < list->n; i++)
				hash_part(&h, list->v[i]);
			hash_part(&h, STR(""));
		} else {
			hash_part(&h, shape_text(a, s, in));
		}
	}
	hash_part(&h, also);
	crypto_hash_sha256_final(&h, out);
}
