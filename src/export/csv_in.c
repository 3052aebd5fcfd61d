#include "csv_in.h"

#include <inttypes.h>
#include <string.h>

enum { CHUNK = 16384, LOOK_AT = 65536 };

struct csv_in {
	struct text_in *text;
	struct csv_limits limits;
	char sep;
	char buf[CHUNK];
	size_t at, n;
	bool skip_lf;    /* a CR ended the last line; a LF now belongs to it */
	int64_t number, rows;
};

/* A row in the making. */
struct row {
	struct arena *a;
	struct sb cell;
	struct str *v;
	size_t n, cap, column; /* filled cells and those before them; the column in hand */
	bool quoted, was_quoted; /* inside; the byte before was the quote that ended it */
};

/* ---- which separator ------------------------------------------------------------------------- */

static const char separators[] = ",;\t";
enum { KINDS = sizeof(separators) - 1 };

struct tally {
	int64_t rows[KINDS], all[KINDS], in_row[KINDS];
	bool quoted;
};

static void end_of_row(struct tally *t)
{
	for (size_t k = 0; k < KINDS; k++) {
		t->rows[k] += t->in_row[k] > 0;
		t->all[k] += t->in_row[k];
		t->in_row[k] = 0;
	}
}

static void tally_bytes(struct tally *t, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *k = p[i] ? strchr(separators, p[i]) : NULL;
		if (p[i] == '"')
			t->quoted = !t->quoted;
		else if (k && !t->quoted)
			t->in_row[k - separators]++;
		else if ((p[i] == '\n' || p[i] == '\r') && !t->quoted)
			end_of_row(t);
	}
}

/* The one that most rows have; of several, the one that is there most often. */
static char winner(const struct tally *t)
{
	size_t best = 0;
	for (size_t k = 1; k < KINDS; k++)
		if (t->rows[k] > t->rows[best] || (t->rows[k] == t->rows[best] && t->all[k] > t->all[best]))
			best = k;
	return separators[best];
}

static const struct err *find_separator(struct csv_in *r, struct arena *a)
{
	struct tally t = {0};
	size_t n = 1;
	for (size_t seen = 0; seen < LOOK_AT && n; seen += n) {
		TRY(text_in_read(r->text, a, r->buf, sizeof(r->buf), &n));
		tally_bytes(&t, r->buf, n);
	}
	end_of_row(&t);
	r->sep = winner(&t);
	text_in_rewind(r->text);
	return NULL;
}

const struct err *csv_in_open(struct arena *a, bytes_fn *bytes, void *ctx, const struct csv_limits *limits, struct csv_in **out)
{
	struct csv_in *r = ARENA_NEW(a, struct csv_in);
	r->limits = *limits;
	TRY(text_in_open(a, bytes, ctx, &r->text));
	TRY(find_separator(r, a));
	*out = r;
	return NULL;
}

char csv_in_separator(const struct csv_in *r)
{
	return r->sep;
}

/* ---- cells -------------------------------------------------------------------------------------- */

static bool starts_formula(struct str s)
{
	static const struct str signs[] = {STR("="), STR("+"), STR("-"), STR("@"), STR("\t"), STR("\r"), STR("\xef\xbc\x9d"),
					   STR("\xef\xbc\x8b"), STR("\xef\xbc\x8d"), STR("\xef\xbc\xa0")};
	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_has_prefix(s, signs[i]))
			return true;
	return false;
}

static struct str plain(struct str s)
{
	s = str_trim(s);
	if (s.n >= 2 && s.p[0] == '\'' && starts_formula(str_sub(s, 1, SIZE_MAX)))
		return str_trim(str_sub(s, 1, SIZE_MAX));
	bool is_told = s.n >= 3 && s.p[0] == '=' && s.p[1] == '"' && s.p[s.n - 1] == '"' && !memchr(s.p + 2, '"', s.n - 3);
	return is_told ? str_trim(str_sub(s, 2, s.n - 3)) : s;
}

static const struct err *too_large(struct csv_in *r, struct arena *a, const char *what, int64_t max)
{
	return ERR(a, ERR_INPUT, "sheet_too_large", "row %" PRId64 ": more than %" PRId64 " %s", r->number, max, what);
}

static void grow(struct row *w)
{
	size_t cap = w->cap ? w->cap * 2 : 32;
	struct str *v = ARENA_ARRAY(w->a, struct str, cap);
	if (w->n)
		memcpy(v, w->v, w->n * sizeof(*v));
	w->v = v;
	w->cap = cap;
}

static const struct err *end_cell(struct csv_in *r, struct row *w)
{
	struct str s = plain(sb_str(&w->cell));
	size_t column = w->column++;
	bool over = w->cell.over;
	w->cell.n = 0;
	w->was_quoted = false;
	if (over || str_chars(s) > r->limits.cell)
		return too_large(r, w->a, "characters in a cell", (int64_t)r->limits.cell);
	if (s.n == 0)
		return NULL;
	if (column >= r->limits.columns)
		return too_large(r, w->a, "columns", (int64_t)r->limits.columns);
	while (w->cap <= column)
		grow(w);
	w->v[column] = str_dup(w->a, s);
	w->n = column + 1;
	return NULL;
}

static const struct err *next_byte(struct csv_in *r, struct arena *a, char *c, bool *is_there)
{
	if (r->at == r->n) {
		TRY(text_in_read(r->text, a, r->buf, sizeof(r->buf), &r->n));
		r->at = 0;
	}
	*is_there = r->n > 0;
	*c = r->n ? r->buf[r->at++] : '\0';
	return NULL;
}

/* Inside of quotes all is text but a quote, which ends them, or stands for itself when doubled. */
static void quoted_byte(struct row *w, char c)
{
	if (c == '"') {
		w->quoted = false;
		w->was_quoted = true;
	} else {
		sb_addc(&w->cell, c);
	}
}

static bool opens_quotes(const struct row *w)
{
	return !w->was_quoted && str_trim(sb_str(&w->cell)).n == 0;
}

static void plain_byte(struct row *w, char c)
{
	if (c != '"') {
		w->was_quoted = false;
		sb_addc(&w->cell, c);
	} else if (opens_quotes(w)) {
		w->quoted = true;
		w->cell.n = 0;
	} else if (w->was_quoted) {
		/* The second of two. */
		w->quoted = true;
		w->was_quoted = false;
		sb_addc(&w->cell, c);
	} else {
		sb_addc(&w->cell, c);
	}
}

/* A line, be it empty; *is_there false at the end of the text. */
static const struct err *read_row(struct csv_in *r, struct row *w, bool *is_there)
{
	char c;
	bool any = false;
	r->number++;
	for (;;) {
		TRY(next_byte(r, w->a, &c, is_there));
		if (!*is_there)
			break;
		bool is_rest = r->skip_lf && c == '\n';
		r->skip_lf = false;
		if (is_rest)
			continue;
		any = true;
		if (w->quoted) {
			quoted_byte(w, c);
		} else if (c == r->sep) {
			TRY(end_cell(r, w));
		} else if (c == '\n' || c == '\r') {
			r->skip_lf = c == '\r';
			return end_cell(r, w);
		} else {
			plain_byte(w, c);
		}
	}
	if (w->quoted)
		return ERR(w->a, ERR_INPUT, "sheet_broken", "row %" PRId64 ": a quote that is never closed", r->number);
	*is_there = any;
	return end_cell(r, w);
}

const struct err *csv_in_next(struct csv_in *r, struct arena *a, int64_t *number, const struct str **cells, size_t *n)
{
	struct row w = {.a = a, .cell = sb_new(a, r->limits.cell * 4 + 1024)};
	bool is_there = true;
	*cells = NULL;
	*n = 0;
	while (w.n == 0 && is_there) {
		w.column = 0;
		TRY(read_row(r, &w, &is_there));
	}
	if (w.n == 0)
		return NULL;
	if (++r->rows > r->limits.rows)
		return too_large(r, a, "rows", r->limits.rows);
	*number = r->number;
	*cells = w.v;
	*n = w.n;
	return NULL;
}
