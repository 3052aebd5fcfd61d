#include "text_out.h"

#include "day.h"

static bool is_shown(const struct text_out *t, const struct shape *s)
{
	if (s->type == SHAPE_T_ID || s->type == SHAPE_T_BLOB || s->type == SHAPE_T_IDS || (t->group && str_is(str_of(t->group), s->name)))
		return false;
	return !s->right || (t->sight >> s->right & 1);
}

static struct str head_of(const struct text_out *t, const struct shape *s)
{
	struct str head = t->words.head ? t->words.head(t->words.ctx, s->name) : STR_NONE;
	return head.p ? head : str_of(s->name);
}

/* "" for what is absent or not so. */
static struct str value_of(const struct text_out *t, struct arena *a, const struct shape *s, const void *record)
{
	struct str text = shape_text(a, s, record);
	if (s->type == SHAPE_T_BOOL)
		return str_is(text, "1") ? head_of(t, s) : STR("");
	if (s->type == SHAPE_T_INSTANT && text.n)
		return instant_short(a, *(const struct instant *)((const char *)record + s->off));
	if (s->type == SHAPE_T_CODE && t->words.code && text.n)
		return t->words.code(t->words.ctx, s->codes, str_z(a, text));
	return text;
}

static void add_value(struct sb *out, struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		sb_addc(out, v.p[i] == '\n' || v.p[i] == '\r' || v.p[i] == '\t' ? ' ' : v.p[i]);
}

static void add_group(struct text_out *t, struct sb *out, struct arena *a, const void *record)
{
	const struct shape *s = shape_find(t->columns, str_of(t->group));
	struct str v = s ? value_of(t, a, s, record) : STR_NONE;
	if (!s || (t->n && str_eq(v, t->above)))
		return;
	t->above = v;
	if (!v.n)
		return;
	sb_addz(out, t->n ? "\n" : "");
	add_value(out, v);
	add_value(out, t->colon);
	sb_addc(out, '\n');
}

void text_record(struct text_out *t, struct sb *out, struct arena *a, const void *record)
{
	bool first = true;
	if (t->group)
		add_group(t, out, a, record);
	sb_fmt(out, "%lld. ", (long long)++t->n);
	for (const struct shape *s = t->columns; s->name; s++) {
		struct str v = is_shown(t, s) ? value_of(t, a, s, record) : STR_NONE;
		if (!v.n)
			continue;
		if (!first)
			sb_add(out, t->separator);
		if (s->type != SHAPE_T_BOOL && !(first && s->type == SHAPE_T_STR)) {
			sb_add(out, head_of(t, s));
			sb_add(out, t->colon);
		}
		add_value(out, v);
		first = false;
	}
	sb_addc(out, '\n');
}
