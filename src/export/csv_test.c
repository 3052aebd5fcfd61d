#include "testing.h"

#include "csv.h"

struct row {
	struct str text, secret;
	int64_t n;
};

static const struct shape columns[] = {SHAPE(struct row, text, 0), SHAPE_FOR(struct row, secret, 0, 1), SHAPE(struct row, n, 0), SHAPE_END};

static void formula_cells_are_inert(void **state)
{
	struct sb b = sb_new(*state, 4096);
	static const char *const cells[] = {"=1+1", "+86", "-5", "@SUM(A1)", "\tx", "平常", "a,b", "say \"hi\"", "two\nlines", " blank"};
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		csv_cell(&b, str_of(cells[i]), i == 0);
	assert_str(sb_str(&b), "'=1+1,'+86,'-5,'@SUM(A1),'\tx,平常,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" blank\"");
}

static void columns_need_their_right_and_numbers_stay_numbers(void **state)
{
	struct sb b = sb_new(*state, 4096);
	struct row r = {STR("x"), STR("somebody"), -5};
	csv_head(&b, columns, 1, NULL, NULL);
	csv_record(&b, *state, columns, &r, 1);
	csv_head(&b, columns, 3, NULL, NULL);
	csv_record(&b, *state, columns, &r, 3);
	assert_str(sb_str(&b), "text,n\r\nx,-5\r\ntext,secret,n\r\nx,somebody,-5\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(formula_cells_are_inert), TEST(columns_need_their_right_and_numbers_stay_numbers)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
