#include "sheet.h"

#include "csv_in.h"
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert((int)SHEET_ROWS_MAX == (int)MEDIA_ROWS_MAX && (int)SHEET_COLUMNS_MAX == (int)MEDIA_COLUMNS_MAX &&
		       (int)SHEET_CELL_MAX == (int)MEDIA_CELL_MAX,
	       "a workbook may hold what CSV may");

enum { ROWS_BUFFER = 65536 };

struct sheet {
	struct arena *caller, *a, *row; /* its own, and that of the row in hand: the caller's is too small for the largest row */
	int fd;
	struct csv_in *csv; /* NULL: a workbook, whose rows the worker has written into fd_rows */
	int fd_rows;
	uint64_t at, length; /* of fd_rows: next byte to fetch, all */
	char buf[ROWS_BUFFER];
	size_t buf_at, buf_n;
	uint32_t number;
	bool is_done;
};

static ptrdiff_t read_at(int fd, int64_t at, char *buf, size_t max)
{
	ptrdiff_t n;
	do
		n = pread(fd, buf, max, at);
	while (n < 0 && errno == EINTR);
	return n;
}

static ptrdiff_t from_fd(void *ctx, int64_t at, char *buf, size_t max)
{
	return read_at(((const struct sheet *)ctx)->fd, at, buf, max);
}

static void close_sheet(void *p)
{
	struct sheet *s = p;
	if (s->fd_rows >= 0)
		close(s->fd_rows);
	arena_free(s->row);
	arena_free(s->a);
}

/* ---- rows of a workbook ------------------------------------------------------------------------- */

/* What the worker wrote is believed no more than the workbook: it may have been taken over. */
static const struct err *nonsense(struct sheet *s)
{
	return ERR(s->row, ERR_BUG, "media_worker", "the media worker's rows make no sense after row %u", s->number);
}

static const struct err *fetch(struct sheet *s, void *out, size_t n)
{
	char *to = out;
	while (n) {
		if (s->buf_at == s->buf_n) {
			ptrdiff_t got = read_at(s->fd_rows, (int64_t)s->at, s->buf, sizeof(s->buf));
			if (got <= 0)
				return nonsense(s);
			s->at += (uint64_t)got;
			s->buf_n = (size_t)got;
			s->buf_at = 0;
		}
		size_t some = s->buf_n - s->buf_at < n ? s->buf_n - s->buf_at : n;
		memcpy(to, s->buf + s->buf_at, some);
		s->buf_at += some;
		to += some;
		n -= some;
	}
	return NULL;
}

static const struct err *fetch_cell(struct sheet *s, struct str *out)
{
	uint16_t n;
	TRY(fetch(s, &n, sizeof(n)));
	char *p = n ? arena_alloc(s->row, n) : NULL;
	if (n)
		TRY(fetch(s, p, n));
	*out = (struct str){n ? p : "", n};
	return str_is_utf8(*out) && str_chars(*out) <= SHEET_CELL_MAX ? NULL : nonsense(s);
}

static const struct err *next_of_book(struct sheet *s, struct sheet_row *out)
{
	struct media_row head;
	*out = (struct sheet_row){0, NULL, 0};
	if (s->is_done)
		return NULL;
	TRY(fetch(s, &head, sizeof(head)));
	s->is_done = head.number == 0;
	if (s->is_done)
		return NULL;
	if (head.number <= s->number || head.number > MEDIA_ROW_NUMBER_MAX || head.cells == 0 || head.cells > SHEET_COLUMNS_MAX)
		return nonsense(s);
	s->number = head.number;
	struct str *cells = ARENA_ARRAY(s->row, struct str, head.cells);
	for (uint32_t i = 0; i < head.cells; i++)
		TRY(fetch_cell(s, &cells[i]));
	*out = (struct sheet_row){head.number, cells, head.cells};
	return NULL;
}

static const struct err *open_book(struct app *app, struct sheet *s)
{
	struct str path = str_fmt(s->a, "%s/rows-XXXXXX", app_data_dir(app));
	if (!app_media(app))
		return ERR(s->caller, ERR_BUG, "media_worker", "workbooks are read by chabaocu-media, which was not started");
	s->fd_rows = mkostemp((char *)(uintptr_t)path.p, O_CLOEXEC);
	if (s->fd_rows < 0)
		return ERR(s->caller, ERR_READONLY, NULL, "no room for rows: %s: %s", path.p, strerror(errno));
	unlink(path.p);
	return media_sheet(app_media(app), s->caller, s->fd, s->fd_rows, &s->length);
}

/* ---- both ------------------------------------------------------------------------------------------ */

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
	TRY(check_size(a, fd));
	*s = (struct sheet){.caller = a, .a = arena_new(0), .row = arena_new(0), .fd = fd, .fd_rows = -1};
	arena_defer(a, close_sheet, s);
	ptrdiff_t n = from_fd(s, 0, head, sizeof(head));
	struct str h = {head, n > 0 ? (size_t)n : 0};
	if (str_has_prefix(h, STR("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")))
		return ERR(a, ERR_INPUT, "sheet_old_type", "an .xls workbook, or one with a password");
	if (str_has_prefix(h, STR("PK\3\4")) || str_has_prefix(h, STR("PK\5\6")))
		TRY(open_book(app, s));
	else
		TRY(passed_on(a, csv_in_open(s->a, from_fd, s, &limits, &s->csv)));
	*out = s;
	return NULL;
}

const struct err *sheet_next(struct sheet *s, struct sheet_row *out, bool *found_out)
{
	arena_free(s->row);
	s->row = arena_new((size_t)32 << 20);
	const struct err *e = s->csv ? csv_in_next(s->csv, s->row, &out->number, &out->cells, &out->n) : next_of_book(s, out);
	*found_out = !e && out->cells != NULL;
	return passed_on(s->caller, e);
}
