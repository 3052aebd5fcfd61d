#include "testing.h"

#include "csv_in.h"

#include <string.h>

static const struct csv_limits limits = {1000, 20, 100};

static ptrdiff_t from_str(void *ctx, int64_t at, char *buf, size_t max)
{
	struct str s = str_sub(*(struct str *)ctx, (size_t)at, max < 7 ? max : 7); /* pieces that cut characters */
	if (s.n)
		memcpy(buf, s.p, s.n);
	return (ptrdiff_t)s.n;
}

/* Rows as "number:cell|cell;" */
static const struct err *read_all(struct arena *a, struct str bytes, struct sb *out, char *sep)
{
	struct csv_in *r;
	int64_t number;
	const struct str *cells;
	size_t n;
	struct str *kept = ARENA_NEW(a, struct str);
	*kept = bytes;
	TRY(csv_in_open(a, from_str, kept, &limits, &r));
	if (sep)
		*sep = csv_in_separator(r);
	for (;;) {
		TRY(csv_in_next(r, a, &number, &cells, &n));
		if (!cells)
			return NULL;
		sb_fmt(out, "%d:", (int)number);
		for (size_t i = 0; i < n; i++)
			sb_fmt(out, "%s%.*s", i ? "|" : "", STR_ARG(cells[i]));
		sb_addc(out, ';');
	}
}

static void reads(struct arena *a, struct str bytes, const char *rows)
{
	struct sb b = sb_new(a, 65536);
	assert_fine(read_all(a, bytes, &b, NULL));
	assert_str(sb_str(&b), rows);
}

static void refuses(struct arena *a, struct str bytes, const char *code)
{
	struct sb b = sb_new(a, 65536);
	assert_code(read_all(a, bytes, &b, NULL), code);
}

static void quotes_and_line_ends(void **state)
{
	reads(*state, STR("a,b\r\nc,\"d,\"\"e\"\"\nf\"\rg\n"), "1:a|b;2:c|d,\"e\"\nf;3:g;");
	reads(*state, STR("a, \"b\" ,c"), "1:a|b|c;");
	reads(*state, STR("5\" pipe,\"\",x\"\"y"), "1:5\" pipe||x\"\"y;");
	reads(*state, STR("\"ab\"c,\"d\"\"\""), "1:abc|d\";");
	refuses(*state, STR("a,b\nc,\"d"), "sheet_broken");
}

static void rows_keep_their_numbers(void **state)
{
	reads(*state, STR(""), "");
	reads(*state, STR("\n\r\n,,\na,,\n\n  ,\xe3\x80\x80,b"), "4:a;6:||b;");
}

static void the_separator_is_found(void **state)
{
	struct sb b = sb_new(*state, 4096);
	char sep;
	assert_fine(read_all(*state, STR("one title\nname;place\nHan, Li;x\nZhao;y\n"), &b, &sep));
	assert_int_equal(sep, ';');
	assert_fine(read_all(*state, STR("name\tplace\nHan, Li, and\tx\n"), &b, &sep));
	assert_int_equal(sep, '\t');
	assert_fine(read_all(*state, STR("alone\n\"a;b;c\"\n"), &b, &sep));
	assert_int_equal(sep, ',');
}

static void every_encoding_that_desks_save(void **state)
{
	static const char utf16[] = "\xff\xfe\x11\x54,\0\x0d\x54\n\0";
	reads(*state, STR("名称,吨\n"), "1:名称|吨;");
	reads(*state, STR("\xef\xbb\xbf" "名称,吨\n"), "1:名称|吨;");
	reads(*state, STR("\xc3\xfb\xb3\xc6,\xb6\xd6\n"), "1:名称|吨;"); /* GB18030 */
	reads(*state, STR("\xc3\xfb,\x82\x30\x90\x30\n"), "1:名|㔹;");
	reads(*state, (struct str){utf16, sizeof(utf16) - 1}, "1:向|名;");
	reads(*state, (struct str){"\xfe\xff\x54\x0d\0,\0x", 8}, "1:名|x;");
}

static void what_is_no_text_says_so(void **state)
{
	refuses(*state, (struct str){"a,b\0c", 5}, "sheet_type");
	refuses(*state, STR("%PDF-1.4\n"), "sheet_type");
	refuses(*state, STR("\r\n<html><table>"), "sheet_type");
	refuses(*state, STR("名称,吨位,\xff\n"), "sheet_text");
	refuses(*state, STR("\xef\xbb\xbf\xc3\xfb\n"), "sheet_text");
	refuses(*state, STR("\xc3\xfb\xb3\xc6,\xff\xff\n"), "sheet_text");
	refuses(*state, STR("\xff\xfe\x00\xd8,\0"), "sheet_text"); /* half a surrogate pair */
}

static void what_was_written_for_spreadsheets_is_undone(void **state)
{
	reads(*state, STR("=\"007\",\"=\"\"010\"\"\",'=1+1,'+86,it's,'x,13800000000\t"), "1:007|010|=1+1|+86|it's|'x|13800000000;");
}

static void limits_hold(void **state)
{
	struct sb b = sb_new(*state, 65536);
	for (int i = 0; i < 20; i++)
		sb_addz(&b, ",");
	refuses(*state, str_fmt(*state, "%.*sx", STR_ARG(sb_str(&b))), "sheet_too_large");
	reads(*state, str_fmt(*state, "a%.*s,,", STR_ARG(sb_str(&b))), "1:a;");
	b.n = 0;
	for (int i = 0; i < 101; i++)
		sb_addz(&b, "好");
	refuses(*state, sb_str(&b), "sheet_too_large");
	b.n -= 3;
	assert_null(read_all(*state, sb_str(&b), &(struct sb){.a = *state, .max = 4096}, NULL));
	b.n = 0;
	for (int i = 0; i < 1001; i++)
		sb_addz(&b, "x\n\n");
	refuses(*state, sb_str(&b), "sheet_too_large");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(quotes_and_line_ends), TEST(rows_keep_their_numbers), TEST(the_separator_is_found),
					   TEST(every_encoding_that_desks_save), TEST(what_is_no_text_says_so),
					   TEST(what_was_written_for_spreadsheets_is_undone), TEST(limits_hold)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
