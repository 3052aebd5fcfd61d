#include "shape.h"

#include "day.h"

#include <inttypes.h>
#include <stdio.h>

uint32_t codes_find(const struct codes *c, struct str word)
{
	for (uint32_t i = 1; word.n && c->words[i]; i++)
		if (str_is(word, c->words[i]))
			return i;
	return 0;
}

const char *codes_word(const struct codes *c, uint32_t index)
{
	for (uint32_t i = 0; c->words[i]; i++)
		if (i == index)
			return c->words[i];
	return "";
}

const struct shape *shape_find(const struct shape *s, struct str name)
{
	for (; s && s->name; s++)
		if (str_is(name, s->name))
			return s;
	return NULL;
}

static struct str number(struct arena *a, int64_t v)
{
	return str_fmt(a, "%" PRId64, v);
}

struct str shape_text(struct arena *a, const struct shape *s, const void *record)
{
	const void *at = (const char *)record + s->off;
	const struct opt_i64 *opt = at;
	int64_t v;
	switch (s->type) {
	case SHAPE_T_I64:
	case SHAPE_T_FEN:
		return number(a, *(const int64_t *)at);
	case SHAPE_T_ID:
		v = ((const struct id *)at)->v;
		return v ? number(a, v) : STR("");
	case SHAPE_T_BOOL:
		return *(const bool *)at ? STR("1") : STR("0");
	case SHAPE_T_STR:
		return *(const struct str *)at;
	case SHAPE_T_INSTANT:
		return instant_text(a, *(const struct instant *)at);
	case SHAPE_T_DAY:
		return day_text(a, *(const struct day *)at);
	case SHAPE_T_OPT_FEN:
		return ((const struct opt_fen *)at)->is ? number(a, ((const struct opt_fen *)at)->v) : STR("");
	case SHAPE_T_OPT_I64:
		return opt->is ? number(a, opt->v) : STR("");
	case SHAPE_T_CODE:
		return str_of(codes_word(s->codes, *(const uint32_t *)at));
	default:
		return STR("");
	}
}
