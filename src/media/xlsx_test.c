/* Workbooks are made here, by tests/fixtures/book.c. */
#include "testing.h"

#include "book.h"
#include "xlsx.h"

#include <string.h>
#include <sys/resource.h>

static bool take(void *ctx, const char *p, size_t n)
{
	sb_add(ctx, (struct str){p, n});
	return !((struct sb *)ctx)->over;
}

/* The answer's bytes as number:cell|cell; */
static struct str told(struct arena *a, struct str bytes)
{
	struct sb b = sb_new(a, 1 << 20);
	struct media_row row;
	const char *p = bytes.p;
	for (;;) {
		memcpy(&row, p, sizeof(row));
		p += sizeof(row);
		if (row.number == 0)
			break;
		sb_fmt(&b, "%u:", row.number);
		for (uint32_t i = 0; i < row.cells; i++) {
			uint16_t n;
			memcpy(&n, p, sizeof(n));
			sb_fmt(&b, "%s%.*s", i ? "|" : "", (int)n, p + sizeof(n));
			p += sizeof(n) + n;
		}
		sb_addc(&b, ';');
	}
	assert_ptr_equal(p, bytes.p + bytes.n);
	return sb_str(&b);
}

static void reads(struct arena *a, struct str file, const char *rows)
{
	struct sb b = sb_new(a, 1 << 20);
	struct xlsx_result r = xlsx_read(file.p, file.n, take, &b);
	assert_int_equal(r.status, MEDIA_OK);
	assert_str(told(a, sb_str(&b)), rows);
}

static void refuses(struct arena *a, struct str file, enum media_status status, enum media_sheet_limit what)
{
	struct sb b = sb_new(a, (size_t)160 << 20);
	struct xlsx_result r = xlsx_read(file.p, file.n, take, &b);
	if (r.status != status || r.what != what)
		fail_msg("status %d, limit %d instead of %d, %d", (int)r.status, (int)r.what, (int)status, (int)what);
}

static void every_dialect_says_the_same(void **state)
{
	for (int d = 0; d < BOOK_DIALECTS; d++)
		reads(*state, book_of(*state, (enum book_dialect)d), book_says);
}

static void odd_cells(void **state)
{
	reads(*state, book_around(*state, "<row><c t=\"e\"><v>#N/A</v></c><c><f>A1</f></c><c t=\"str\"><f>1</f><v/></c><c s=\"99\"><v>5</v></c></row>", ""),
	      "1:#N/A|||5;");
	reads(*state, book_around(*state, "<row r=\"2\"><c r=\"C2\"><v>3</v></c><c r=\"A2\"><v>1</v></c></row><row><c><v>7</v></c></row>", ""), "2:1||3;3:7;");
	reads(*state, book_around(*state, "<row><c t=\"s\"><v>0</v></c></row>", "<si><t>a_x005F_x000A_b_x000a_c_xZZZZ_</t></si>"), "1:a_x000A_b\nc_xZZZZ_;");
	reads(*state, book_around(*state, "", ""), "");
	/* Formatting far to the right and far down holds nothing. */
	reads(*state, book_around(*state, "<row><c><v>1</v></c><c r=\"XFD1\" s=\"1\"/></row><row r=\"1048576\"><c r=\"A1048576\"/></row>", ""), "1:1;");
}

static void what_is_not_a_workbook_says_so(void **state)
{
	struct book b = book_new(*state);
	book_part(&b, "mimetype", STR("application/vnd.oasis.opendocument.spreadsheet"), true);
	refuses(*state, book_end(&b, 0), MEDIA_TYPE, 0);
	b = book_new(*state);
	book_part(&b, "_rels/.rels", STR("<Relationships><Relationship Type=\"x/officeDocument\" Target=\"word/document.xml\"/></Relationships>"), false);
	book_part(&b, "word/document.xml", STR("<d/>"), false);
	refuses(*state, book_end(&b, 0), MEDIA_TYPE, 0);
	refuses(*state, STR("PK\3\4 and no more"), MEDIA_BROKEN, 0);
}

static void contradictions_are_broken(void **state)
{
	static const char *const rows[] = {
		"<row><c t=\"s\"><v>5</v></c></row>", "<row><c t=\"s\"><v>x</v></c></row>", "<row r=\"2\"/><row r=\"1\"/>", "<row r=\"1\"/><row r=\"1\"/>",
		"<row r=\"0\"/>", "<row r=\"1048577\"/>", "<row><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>1</v></c></row>", "<row><c r=\"1\"><v>1</v></c></row>",
		"<row><c r=\"XFZ1\"><v>1</v></c></row>", "<row><c><v>1</v></row>", "<row>", "<row><c t=\"str\"><v>\xff</v></c></row>", "<row><c><v>&x;</v></c></row>"};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		refuses(*state, book_around(*state, rows[i], "<si><t>a</t></si>"), MEDIA_BROKEN, 0);
	static const char *const no_sheet[] = {"f.xml", "<a/>", "t.xml", "<sst/>", NULL};
	refuses(*state, book_with(*state, NULL, no_sheet), MEDIA_BROKEN, 0);
	static const char *const twice[] = {"f.xml", "<a/>", "t.xml", "<sst/>", "S.XML", "<worksheet/>", NULL};
	refuses(*state, book_with(*state, "", twice), MEDIA_BROKEN, 0);
}

static void entities_of_ones_own_are_refused(void **state)
{
	static const char *const parts[] = {"f.xml", "<a/>", "t.xml",
					    ("<!DOCTYPE sst [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
					    "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><sst><si><t>&c;</t></si></sst>"), NULL};
	refuses(*state, book_with(*state, "", parts), MEDIA_BROKEN, 0);
}

static const char *repeated(struct arena *a, const char *what, size_t times)
{
	size_t n = strlen(what);
	char *p = arena_alloc(a, n * times + 1);
	for (size_t i = 0; i < times; i++)
		memcpy(p + i * n, what, n);
	return p;
}

static void limits_hold(void **state)
{
	struct arena *a = *state;
	refuses(a, book_around(a, "<row><c r=\"GS1\"><v>1</v></c></row>", ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_COLUMNS);
	reads(a, book_around(a, "<row><c r=\"A1\"><v>1</v></c><c r=\"GR1\"/></row>", ""), "1:1;");
	const char *cell = str_fmt(a, "<row><c t=\"inlineStr\"><is><t>%s</t></is></c></row>", repeated(a, "好", 4001)).p;
	refuses(a, book_around(a, cell, ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_CELL);
	/* A long text that no cell shows hurts nobody. */
	const char *text = str_fmt(a, "<si><t>%s</t></si><si><t>b</t></si>", repeated(a, "好", 30000)).p;
	reads(a, book_around(a, "<row><c t=\"s\"><v>1</v></c></row>", text), "1:b;");
	refuses(a, book_around(a, "<row><c t=\"s\"><v>0</v></c></row>", text), MEDIA_TOO_LARGE, MEDIA_LIMIT_CELL);
	refuses(a, book_around(a, repeated(a, "<x>", 70), ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
}

static int arena_large(void **state)
{
	*state = arena_new((size_t)1 << 30);
	return 0;
}

#define LARGE(fn) cmocka_unit_test_setup_teardown(fn, arena_large, arena_teardown)

static void too_many_rows(void **state)
{
	struct arena *a = *state;
	struct sb b = sb_new(a, 64 << 20);
	for (int i = 0; i <= MEDIA_ROWS_MAX; i++)
		sb_fmt(&b, "<row><c><v>%d</v></c></row>", i * 7919);
	refuses(a, book_around(a, sb_str(&b).p, ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_ROWS);
}

static void names_without_end(void **state)
{
	struct arena *a = *state;
	struct sb b = sb_new(a, 64 << 20);
	for (int i = 0; i < 300000; i++)
		sb_fmt(&b, "<n%x/>", i * 2654435761u);
	refuses(a, book_around(a, sb_str(&b).p, ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
	b.n = 0;
	sb_fmt(&b, "<row a=\"");
	for (int i = 0; i < 400000; i++)
		sb_fmt(&b, "%08x", i * 2654435761u);
	refuses(a, book_around(a, sb_str(&b).p, ""), MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
}

/* REQ R12: what is small outside and huge inside is refused before it is huge. */
static void bombs_do_not_go_off(void **state)
{
	struct arena *a = *state;
	struct rusage before, after;
	struct str nothing = book_around(a, repeated(a, " ", 50 << 20), "");
	struct str strings = book_around(a, "", repeated(a, "<si><t>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</t></si>", 1 << 20));
	/* Few bytes that say one long text again and again. */
	const char *row = str_fmt(a, "<row>%s</row>", repeated(a, "<c t=\"s\"><v>0</v></c>", 200)).p;
	struct str echoes = book_around(a, repeated(a, row, 900), str_fmt(a, "<si><t>%s</t></si>", repeated(a, "a好b", 1300)).p);
	getrusage(RUSAGE_SELF, &before);
	refuses(a, nothing, MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
	refuses(a, strings, MEDIA_TOO_LARGE, MEDIA_LIMIT_STRINGS);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < 64 * 1024);
	/* Its answer is what grows; it is cut at MEDIA_SHEET_OUT_MAX. */
	refuses(a, echoes, MEDIA_TOO_LARGE, MEDIA_LIMIT_TEXT);
	struct book b = book_new(a);
	for (int i = 0; i < 3000; i++)
		book_part(&b, str_fmt(a, "p%d", i).p, STR(""), true);
	refuses(a, book_end(&b, 0), MEDIA_TOO_LARGE, MEDIA_LIMIT_UNPACKED);
}

static void locked_parts_say_so(void **state)
{
	struct str s = book_around(*state, "", "");
	char *p = arena_copy(*state, s.p, s.n);
	for (size_t i = 0; i + 10 < s.n; i++)
		if (memcmp(p + i, "PK\1\2", 4) == 0)
			p[i + 8] |= 1;
	refuses(*state, (struct str){p, s.n}, MEDIA_LOCKED, 0);
}

/* A cut file is never half a table, and a flipped bit never another one without being told by the checksum. */
static void broken_files_give_no_rows(void **state)
{
	struct str s = book_of(*state, BOOK_EXCEL);
	for (size_t n = 0; n < s.n; n += s.n / 300 + 1) {
		struct arena *a = arena_new((size_t)64 << 20);
		struct sb b = sb_new(a, 1 << 20);
		/* A copy of its own size, so that one byte too far is found. */
		struct xlsx_result r = xlsx_read(arena_copy(a, s.p, n), n, take, &b);
		assert_int_equal(r.status, MEDIA_BROKEN);
		arena_free(a);
	}
	for (size_t i = 0; i < s.n; i += s.n / 500 + 1) {
		struct arena *a = arena_new((size_t)64 << 20);
		struct sb b = sb_new(a, 1 << 20);
		char *p = arena_copy(a, s.p, s.n);
		p[i] ^= (char)(1u << i % 8);
		struct xlsx_result r = xlsx_read(p, s.n, take, &b);
		if (r.status == MEDIA_OK && str_find(told(a, sb_str(&b)), '|') >= 0)
			assert_str(told(a, sb_str(&b)), book_says);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_dialect_says_the_same), TEST(odd_cells), TEST(what_is_not_a_workbook_says_so), TEST(contradictions_are_broken),
		TEST(entities_of_ones_own_are_refused), LARGE(limits_hold), LARGE(too_many_rows), LARGE(names_without_end), LARGE(bombs_do_not_go_off),
		TEST(locked_parts_say_so), LARGE(broken_files_give_no_rows)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
