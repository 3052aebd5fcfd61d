#include "sheet.h"

#include "csv_in.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sheet {
	struct arena *caller, *a, *row; /* its own, and that of the row in hand: the caller's is too small for the largest row */
	int fd;
	struct csv_in *csv;
};

static ptrdiff_t from_fd(void *ctx, int64_t at, char *buf, size_t max)
{
	const struct sheet *s = ctx;
	ptrdiff_t n;
	do
		n = pread(s->fd, buf, max, at);
	while (n < 0 && errno == EINTR);
	return n;
}

static void close_sheet(void *p)
{
	struct sheet *s = p;
	arena_free(s->row);
	arena_free(s->a);
}

static const struct err *check_size(struct arena *a, int fd)
{
	struct stat st;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return ERR(a, ERR_BUG, NULL, "the table is not a regular file");
	if (st.st_size > SHEET_BYTES_MAX)
		return ERR(a, ERR_INPUT, "sheet_too_large", "more than %d bytes", SHEET_BYTES_MAX);
	return NULL;
}

/* An error outlives the row that it is about. */
static const struct err *passed_on(struct arena *a, const struct err *e)
{
	struct err *copy = e ? ARENA_NEW(a, struct err) : NULL;
	if (!copy)
		return NULL;
	*copy = *e;
	copy->code = str_dup(a, e->code);
	copy->detail = str_dup(a, e->detail);
	return copy;
}

const struct err *sheet_open(struct app *app, struct arena *a, int fd, struct sheet **out)
{
	static const struct csv_limits limits = {SHEET_ROWS_MAX, SHEET_COLUMNS_MAX, SHEET_CELL_MAX};
	struct sheet *s = ARENA_NEW(a, struct sheet);
	char head[8] = {0};
	(void)app;
	TRY(check_size(a, fd));
	*s = (struct sheet){.caller = a, .a = arena_new(0), .row = arena_new(0), .fd = fd};
	arena_defer(a, close_sheet, s);
	ptrdiff_t n = from_fd(s, 0, head, sizeof(head));
	struct str h = {head, n > 0 ? (size_t)n : 0};
	if (str_has_prefix(h, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return ERR(a, ERR_INPUT, "sheet_old_type", "an .xls workbook, or one with a password");
	if (str_has_prefix(h, STR("PK")))
		return ERR(a, ERR_INPUT, "sheet_type", "a workbook, which is not read yet");
	TRY(passed_on(a, csv_in_open(s->a, from_fd, s, &limits, &s->csv)));
	*out = s;
	return NULL;
}

const struct err *sheet_next(struct sheet *s, struct sheet_row *out, bool *found_out)
{
	arena_free(s->row);
	s->row = arena_new((size_t)32 << 20);
	TRY(passed_on(s->caller, csv_in_next(s->csv, s->row, &out->number, &out->cells, &out->n)));
	*found_out = out->cells != NULL;
	return NULL;
}
