#include "csv.h"

#include <string.h>

static bool is_formula(struct str s)
{
	/* Spreadsheets set to Chinese or Japanese take the full-width signs too. */
	static const struct str wide[] = {STR("\xef\xbc\x9d"), STR("\xef\xbc\x8b"), STR("\xef\xbc\x8d"), STR("\xef\xbc\xa0")};
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (str_has_prefix(s, wide[i]))
			return true;
	return s.n && strchr("=+-@\t\r", s.p[0]) != NULL && s.p[0] != '\0';
}

static bool needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr(",\"\r\n", s.p[i]) && s.p[i])
			return true;
	return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

static void cell(struct sb *out, struct str s, bool inert, bool is_first)
{
	if (!is_first)
		sb_addc(out, ',');
	bool quoted = needs_quotes(s);
	if (quoted)
		sb_addc(out, '"');
	if (inert)
		sb_addc(out, '\'');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			sb_addc(out, '"');
		sb_addc(out, s.p[i]);
	}
	if (quoted)
		sb_addc(out, '"');
}

void csv_cell(struct sb *out, struct str text, bool is_first)
{
	cell(out, text, is_formula(text), is_first);
}

void csv_end_row(struct sb *out)
{
	sb_addz(out, "\r\n");
}

static bool is_shown(const struct shape *s, uint64_t sight)
{
	return s->type != SHAPE_T_BLOB && (!s->right || (sight >> s->right & 1));
}

static struct str text_of(struct arena *a, const struct shape *s, const void *record, const struct csv_words *words)
{
	struct str text = shape_text(a, s, record);
	if (s->type == SHAPE_T_CODE && words->code && text.n)
		return words->code(words->ctx, s->codes, str_z(a, text));
	return text;
}

void csv_record(struct sb *out, struct arena *a, const struct shape *columns, const void *record, uint64_t sight,
		const struct csv_words *words)
{
	bool first = true;
	for (const struct shape *s = columns; s->name; s++) {
		if (!is_shown(s, sight))
			continue;
		struct str text = text_of(a, s, record, words);
		cell(out, text, s->type == SHAPE_T_STR && is_formula(text), first);
		first = false;
	}
	csv_end_row(out);
}

void csv_head(struct sb *out, const struct shape *columns, uint64_t sight, const struct csv_words *words)
{
	bool first = true;
	for (const struct shape *s = columns; s->name; s++) {
		if (!is_shown(s, sight))
			continue;
		struct str text = words->head ? words->head(words->ctx, s->name) : STR_NONE;
		csv_cell(out, text.p ? text : str_of(s->name), first);
		first = false;
	}
	csv_end_row(out);
}
