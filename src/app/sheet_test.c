/* Needs the environment variable CHABAOCU_MEDIA, the path of the worker. Workbooks are made here, by tests/fixtures/book.c. */
#define GROUND_MORE struct arena *pages;
#include "app_ground.h"

#include "book.h"
#include "media.h"
#include "sheet.h"
#include "xlsx_out.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static const struct feature feature_test = {.name = "test", .identify = ground_nobody};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

static int with_worker(void **state)
{
	struct app_options o = {.media_exe = getenv("CHABAOCU_MEDIA")};
	struct ground *g = ground_new(NULL, &o);
	g->pages = arena_new((size_t)256 << 20);
	*state = g;
	return 0;
}

static int down(void **state)
{
	arena_free(((struct ground *)*state)->pages);
	ground_free(*state);
	return 0;
}

static int file_of(struct str s)
{
	int fd = memfd_create("sheet_test", MFD_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, s.p, s.n), (ssize_t)s.n);
	return fd;
}

static const struct err *read_rows(struct ground *g, struct arena *a, int fd, struct sb *out, int *rows)
{
	struct sheet *s;
	struct sheet_row row;
	bool found = true;
	TRY(sheet_open(g->app, a, fd, &s));
	for (*rows = 0;; ++*rows) {
		TRY(sheet_next(s, &row, &found));
		if (!found)
			break;
		sb_fmt(out, "%d:", (int)row.number);
		for (size_t i = 0; i < row.n; i++)
			sb_fmt(out, "%s%.*s", i ? "|" : "", STR_ARG(row.cells[i]));
		sb_addc(out, ';');
	}
	/* The end stays the end. */
	TRY(sheet_next(s, &row, &found));
	assert_false(found);
	return NULL;
}

static const struct err *read_file(struct ground *g, struct str file, struct sb *out)
{
	int rows, fd = file_of(file);
	const struct err *e = read_rows(g, g->a, fd, out, &rows);
	close(fd);
	return e;
}

static void reads(struct ground *g, struct str file, const char *says)
{
	struct sb b = sb_new(g->a, 1 << 20);
	fine(read_file(g, file, &b));
	if (!str_is(sb_str(&b), says))
		fail_msg("\"%.*s\", expected \"%s\"", STR_ARG(sb_str(&b)), says);
}

static void refuses(struct ground *g, struct str file, const char *code)
{
	struct sb b = sb_new(g->a, 1 << 20);
	fails(read_file(g, file, &b), ERR_INPUT, code);
}

static void a_table_is_told_apart_by_its_bytes(void **state)
{
	struct ground *g = *state;
	for (int d = 0; d < BOOK_DIALECTS; d++)
		reads(g, book_of(g->pages, (enum book_dialect)d), book_says);
	reads(g, STR("名称,代码\n甲,007\n"), "1:名称|代码;2:甲|007;");
	reads(g, STR(""), "");
	reads(g, STR("PK,x\n"), "1:PK|x;");
}

static void what_cannot_be_read_is_named(void **state)
{
	struct ground *g = *state;
	refuses(g, (struct str){"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", 10}, "sheet_old_type");
	refuses(g, (struct str){"a\0b", 3}, "sheet_type");
	refuses(g, STR("PK\3\4 cut off"), "sheet_broken");
	refuses(g, book_around(g->pages, "<row><c r=\"GS1\"><v>1</v></c></row>", ""), "sheet_too_large");
	struct book b = book_new(g->pages);
	book_part(&b, "a.txt", STR("a"), true);
	refuses(g, book_end(&b, 0), "sheet_type");
	int fd = file_of(STR("x"));
	struct sb none = sb_new(g->a, 10);
	int rows;
	assert_int_equal(ftruncate(fd, SHEET_BYTES_MAX + 1), 0);
	fails(read_rows(g, g->a, fd, &none, &rows), ERR_INPUT, "sheet_too_large");
	close(fd);
}

/* IMP: a town's employers at once. */
static void a_large_workbook_is_read_row_by_row(void **state)
{
	struct ground *g = *state;
	struct sb b = sb_new(g->pages, 64 << 20), said = sb_new(g->a, 100);
	for (int r = 1; r <= 20000; r++) {
		sb_addz(&b, "<row>");
		for (int i = 0; i < 15; i++)
			sb_fmt(&b, "<c t=\"str\"><v>%d-%d</v></c>", r * 7919 % 9973, i);
		sb_addz(&b, "</row>");
	}
	int rows, fd = file_of(book_around(g->pages, sb_str(&b).p, ""));
	struct arena *a = arena_new(0);
	fine(read_rows(g, a, fd, &said, &rows));
	assert_int_equal(rows, 20000);
	/* What the caller holds does not grow with the rows. */
	assert_true(arena_used(a) < 200000);
	arena_free(a);
	close(fd);
}

static void a_worker_killed_meanwhile_is_replaced(void **state)
{
	struct ground *g = *state;
	int pids[4];
	int n = media_pool_pids(app_media(g->app), pids, 4);
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		siginfo_t gone;
		kill(pids[i], SIGKILL);
		waitid(P_PID, (id_t)pids[i], &gone, WEXITED | WNOWAIT);
	}
	reads(g, book_of(g->pages, BOOK_WPS), book_says);
	reads(g, book_of(g->pages, BOOK_EXCEL), book_says);
}

/* ---- there and back ------------------------------------------------------------------- */

struct thing {
	struct id id;
	struct str name, phone;
	int64_t count;
	bool is_urgent;
	struct day found_on;
	struct instant at;
	struct fen cost_fen;
	struct opt_fen fine;
	uint32_t state;
};
static const char *const state_words[] = {"", "open", NULL};
static const struct codes states = {"state", state_words};
static const struct shape thing_shape[] = {
	SHAPE(struct thing, id, 0), SHAPE(struct thing, name, 0), SHAPE_FOR(struct thing, phone, 0, SEE_PHONE), SHAPE(struct thing, count, 0),
	SHAPE(struct thing, is_urgent, 0), SHAPE(struct thing, found_on, 0), SHAPE(struct thing, at, 0), SHAPE(struct thing, cost_fen, 0),
	SHAPE(struct thing, fine, 0), SHAPE_CODE(struct thing, state, &states), SHAPE_END};

static struct str head_of(void *ctx, const char *name)
{
	return strcmp(name, "name") == 0 ? STR("名称") : str_fmt(ctx, "H_%s", name);
}

static struct str file_out(struct arena *a, uint64_t sight, bool labelled, const struct thing *v, size_t n)
{
	struct sb b = sb_new(a, 64 << 20);
	struct csv_words words = {labelled ? head_of : NULL, NULL, a};
	struct xlsx_out *x = xlsx_out_new(a, thing_shape, sight, &words, STR("a[b]:c"));
	xlsx_out_begin(x, &b, a);
	for (size_t i = 0; i < n; i++)
		xlsx_out_record(x, &b, a, &v[i]);
	xlsx_out_end(x, &b);
	assert_false(xlsx_out_is_over(x) || b.over);
	xlsx_out_free(x);
	return sb_str(&b);
}

static void what_goes_out_comes_in_again(void **state)
{
	struct ground *g = *state;
	const struct thing v[] = {
		{ID(7000000000000000001), STR("=1+1"), STR("13800138000"), -5, true, DAY(20160102), INSTANT(1451716200000), {123456}, {true, -1}, 1},
		{ID(2), STR("a<b>&\"c\" _x000A_\nd\x01\xef\xbf\xbf"), STR(""), INT64_MAX, false, DAY(0), INSTANT(0), {0}, {false, 0}, 0},
		{ID(3), STR(" +86 "), STR(""), 0, false, DAY(19000101), INSTANT(1), {5}, {true, 0}, 0}};
	reads(g, file_out(g->pages, 1, false, v, 3),
	      "1:id|name|count|is_urgent|found_on|at|cost_yuan|fine|state;"
	      "2:7000000000000000001|=1+1|-5|1|2016-01-02|2016-01-02 14:30|1234.56|-0.01|open;"
	      "3:2|a<b>&\"c\" _x000A_\nd|9223372036854775807|0|||0;"
	      "4:3|+86|0|0|1900-01-01|1970-01-01 08:00|0.05|0;");
	reads(g, file_out(g->pages, UINT64_C(1) << SEE_PHONE | 1, true, v, 1),
	      "1:H_id|名称|H_phone|H_count|H_is_urgent|H_found_on|H_at|H_cost_yuan|H_fine|H_state;"
	      "2:id|name|phone|count|is_urgent|found_on|at|cost_yuan|fine|state;"
	      "3:7000000000000000001|=1+1|13800138000|-5|1|2016-01-02|2016-01-02 14:30|1234.56|-0.01|open;");
}

/* REL: a connection that breaks leaves no file that opens. */
static void a_file_cut_while_it_was_sent_does_not_open(void **state)
{
	struct ground *g = *state;
	struct thing v[40] = {{.id = ID(1)}};
	struct str s = file_out(g->pages, 1, false, v, 40);
	for (size_t n = 4; n < s.n; n += s.n / 40 + 1)
		refuses(g, str_sub(s, 0, n), "sheet_broken");
}

static void without_workers_csv_still_works(void **state)
{
	GROUND;
	struct sb b = sb_new(g->a, 100);
	reads(g, STR("a\n"), "1:a;");
	fails(read_file(g, STR("PK\3\4"), &b), ERR_BUG, "media_worker");
}

#define WORKER(fn) cmocka_unit_test_setup_teardown(fn, with_worker, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORKER(a_table_is_told_apart_by_its_bytes), WORKER(what_cannot_be_read_is_named), WORKER(a_large_workbook_is_read_row_by_row),
		WORKER(a_worker_killed_meanwhile_is_replaced), WORKER(what_goes_out_comes_in_again), WORKER(a_file_cut_while_it_was_sent_does_not_open),
		{"without_workers_csv_still_works", without_workers_csv_still_works, ground_sqlite, ground_down, NULL}};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
