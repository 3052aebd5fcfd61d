#include "number.h"
#include "xlsx_private.h"

#include <string.h>

enum { OUT_BUFFER = 65536 };

enum cell_type { CELL_NUMBER, CELL_SHARED, CELL_TEXT, CELL_BOOL, CELL_ISO };

struct cell { size_t off, n; };

struct rows {
	struct xlsx *x;
	struct xml_sink sink;
	bool in_data, in_row, in_cell, in_inline;
	int64_t number, column, filled; /* row and column in hand, from 1; rows that held something */
	uint32_t n_cells;               /* of the row, up to the last one that is filled */
	struct cell cells[MEDIA_COLUMNS_MAX];
	char *bytes;                    /* their text; as much as a row may have */
	size_t n_bytes;
	enum cell_type type;
	unsigned kind;
	struct xlsx_text text;
	char *out;
	size_t n_out;
	uint64_t told;
};

static void stop(struct rows *s, enum media_status status, enum media_sheet_limit what)
{
	s->x->res.row = (uint32_t)(s->in_row ? s->number : 0);
	xlsx_fail(s->x, status, what);
	s->sink.stop = true;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static void flush(struct rows *s)
{
	if (s->n_out && !s->sink.stop && !s->x->take(s->x->ctx, s->out, s->n_out))
		stop(s, MEDIA_IO, MEDIA_LIMIT_NONE);
	s->n_out = 0;
}

static void tell(struct rows *s, const void *p, size_t n)
{
	s->told += n;
	if (s->told > MEDIA_SHEET_OUT_MAX) {
		stop(s, MEDIA_TOO_LARGE, MEDIA_LIMIT_TEXT);
		return;
	}
	if (s->n_out + n > OUT_BUFFER)
		flush(s);
	memcpy(s->out + s->n_out, p, n);
	s->n_out += n;
}

static void tell_row(struct rows *s)
{
	struct media_row head = {(uint32_t)s->number, s->n_cells};
	if (s->n_cells == 0 || s->sink.stop)
		return;
	if (++s->filled > MEDIA_ROWS_MAX) {
		stop(s, MEDIA_TOO_LARGE, MEDIA_LIMIT_ROWS);
		return;
	}
	tell(s, &head, sizeof(head));
	for (uint32_t i = 0; i < s->n_cells; i++) {
		uint16_t n = (uint16_t)s->cells[i].n;
		tell(s, &n, sizeof(n));
		tell(s, s->bytes + s->cells[i].off, n);
	}
}

/* ---- where a cell is ----------------------------------------------------------------------------- */

/* Cells and rows may do without saying where they are: then they follow the one before. */
static bool row_begins(struct rows *s, const char *r)
{
	int64_t at = s->number + 1;
	if (r && !str_i64(str_of(r), 1, MEDIA_ROW_NUMBER_MAX, &at))
		return false;
	bool is_next = at > s->number && at <= MEDIA_ROW_NUMBER_MAX;
	s->number = at;
	s->column = 0;
	s->n_cells = 0;
	s->n_bytes = 0;
	s->in_row = true;
	return is_next;
}

/* "BC23" is column 55. */
static bool column_of(const char *r, int64_t *out)
{
	*out = 0;
	for (; (*r >= 'A' && *r <= 'Z') || (*r >= 'a' && *r <= 'z'); r++) {
		*out = *out * 26 + ((*r | 32) - 'a' + 1);
		if (*out > 16384)
			return false;
	}
	return *out > 0;
}

static enum cell_type type_of(const char *t)
{
	if (!t || xlsx_is(t, "n"))
		return CELL_NUMBER;
	if (xlsx_is(t, "s"))
		return CELL_SHARED;
	if (xlsx_is(t, "b"))
		return CELL_BOOL;
	return xlsx_is(t, "d") ? CELL_ISO : CELL_TEXT;
}

static bool cell_begins(struct rows *s, const char **attrs)
{
	const char *r = NULL, *type = NULL, *style = NULL;
	int64_t at = s->column + 1, n = 0;
	for (; attrs[0]; attrs += 2)
		if (xlsx_is(attrs[0], "r"))
			r = attrs[1];
		else if (xlsx_is(attrs[0], "t"))
			type = attrs[1];
		else if (xlsx_is(attrs[0], "s"))
			style = attrs[1];
	if (r && !column_of(r, &at))
		return false;
	s->column = at;
	s->type = type_of(type);
	s->kind = style && str_i64(str_of(style), 0, INT32_MAX, &n) && (size_t)n < s->x->n_styles ? s->x->styles[n] : NUMBER_PLAIN;
	s->text.n = 0;
	s->in_cell = true;
	return true;
}

/* ---- what a cell says --------------------------------------------------------------------------------- */

static struct str shared(struct rows *s, struct str index)
{
	int64_t n;
	if (str_i64(index, 0, INT32_MAX, &n) && (size_t)n < s->x->n_strings)
		return xlsx_string(s->x, (size_t)n);
	stop(s, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
	return STR_NONE;
}

static struct str cell_text(struct rows *s, char number[static NUMBER_TEXT_MAX])
{
	struct str text = xlsx_text_end(&s->text);
	if (text.n == 0)
		return text;
	switch (s->type) {
	case CELL_SHARED:
		return shared(s, text);
	case CELL_NUMBER:
		return number_text(number, text, s->kind, s->x->is_1904);
	case CELL_ISO:
		return number_iso(number, text);
	case CELL_BOOL:
		return str_is(text, "true") ? STR("1") : str_is(text, "false") ? STR("0") : text;
	case CELL_TEXT:
		break;
	}
	return text;
}

static bool is_too_long(struct str s)
{
	size_t chars = 0;
	for (size_t i = 0; i < s.n; i++)
		chars += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return chars > MEDIA_CELL_MAX;
}

static void keep_cell(struct rows *s, struct str text)
{
	if (text.n == 0)
		return;
	if (s->column > MEDIA_COLUMNS_MAX) {
		stop(s, MEDIA_TOO_LARGE, MEDIA_LIMIT_COLUMNS);
		return;
	}
	if (is_too_long(text)) {
		stop(s, MEDIA_TOO_LARGE, MEDIA_LIMIT_CELL);
		return;
	}
	uint32_t at = (uint32_t)s->column - 1;
	while (s->n_cells <= at)
		s->cells[s->n_cells++] = (struct cell){0, 0};
	if (s->cells[at].n) {
		stop(s, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
		return;
	}
	memcpy(s->bytes + s->n_bytes, text.p, text.n);
	s->cells[at] = (struct cell){s->n_bytes, text.n};
	s->n_bytes += text.n;
}

/* ---- elements --------------------------------------------------------------------------------------------- */

static void in_cell_begin(struct rows *s, const char *name)
{
	if (xlsx_is(name, "v"))
		s->text.open = s->type != CELL_TEXT || s->text.n == 0;
	else if (xlsx_is(name, "is"))
		s->in_inline = true;
	else if (xlsx_is(name, "rPh"))
		s->text.in_phonetic = true;
	else if (xlsx_is(name, "t") && s->in_inline)
		s->text.open = !s->text.in_phonetic;
}

static void rows_begin(void *ctx, const char *name, const char **attrs)
{
	struct rows *s = ctx;
	bool fine = true;
	if (s->in_cell)
		in_cell_begin(s, name);
	else if (s->in_row && xlsx_is(name, "c"))
		fine = cell_begins(s, attrs);
	else if (s->in_data && !s->in_row && xlsx_is(name, "row"))
		fine = row_begins(s, xml_attr(attrs, "r"));
	else if (xlsx_is(name, "sheetData"))
		s->in_data = true;
	if (!fine)
		stop(s, MEDIA_BROKEN, MEDIA_LIMIT_NONE);
}

static void end_cell(struct rows *s)
{
	char number[NUMBER_TEXT_MAX];
	keep_cell(s, cell_text(s, number));
	s->in_cell = s->in_inline = s->text.open = s->text.in_phonetic = false;
}

static void rows_end(void *ctx, const char *name)
{
	struct rows *s = ctx;
	if (xlsx_is(name, "v") || xlsx_is(name, "t")) {
		s->text.open = false;
	} else if (xlsx_is(name, "rPh")) {
		s->text.in_phonetic = false;
	} else if (s->in_cell && xlsx_is(name, "c")) {
		end_cell(s);
	} else if (s->in_row && !s->in_cell && xlsx_is(name, "row")) {
		tell_row(s);
		s->in_row = false;
	} else if (xlsx_is(name, "sheetData")) {
		s->in_data = false;
	}
}

static void rows_text(void *ctx, const char *p, size_t n)
{
	struct rows *s = ctx;
	if (s->text.open)
		xlsx_text_add(&s->text, p, n);
}

bool xlsx_rows(struct xlsx *x, struct str name)
{
	static const struct media_row end = {0, 0};
	struct rows *s = ARENA_NEW(x->a, struct rows);
	s->x = x;
	s->sink = (struct xml_sink){.begin = rows_begin, .end = rows_end, .text = rows_text, .ctx = s};
	s->bytes = ARENA_ARRAY(x->a, char, (size_t)MEDIA_COLUMNS_MAX * MEDIA_CELL_MAX * 4);
	s->text.p = ARENA_ARRAY(x->a, char, XLSX_TEXT_MAX);
	s->out = ARENA_ARRAY(x->a, char, OUT_BUFFER);
	if (!xlsx_part(x, name, &s->sink))
		return false;
	s->in_row = false;
	tell(s, &end, sizeof(end));
	flush(s);
	return x->res.status == MEDIA_OK;
}
