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

static const struct csv_words plain = {0};

static void columns_need_their_right_and_numbers_stay_numbers(void **state)
{
	struct sb b = sb_new(*state, 4096);
	struct row r = {STR("x"), STR("somebody"), -5};
	csv_head(&b, columns, 1, &plain);
	csv_record(&b, *state, columns, &r, 1, &plain);
	csv_head(&b, columns, 3, &plain);
	csv_record(&b, *state, columns, &r, 3, &plain);
	assert_str(sb_str(&b), "text,n\r\nx,-5\r\ntext,secret,n\r\nx,somebody,-5\r\n");
}

struct coded {
	uint32_t state;
};
static const char *const words_of_state[] = {"", "open", NULL};
static const struct codes states = {"state", words_of_state};
static const struct shape coded_columns[] = {SHAPE_CODE(struct coded, state, &states), SHAPE_END};

static struct str heading(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
	return STR("状态");
}

static struct str chinese(void *ctx, const struct codes *codes, const char *word)
{
	(void)ctx;
	(void)codes;
	return str_is(str_of(word), "open") ? STR("未办结") : STR("?");
}

static void people_read_labels_and_scripts_read_words(void **state)
{
	struct sb b = sb_new(*state, 4096);
	struct coded open = {1}, unset = {0};
	static const struct csv_words people = {heading, chinese, NULL};
	csv_head(&b, coded_columns, 1, &people);
	csv_record(&b, *state, coded_columns, &open, 1, &people);
	csv_record(&b, *state, coded_columns, &unset, 1, &people);
	csv_record(&b, *state, coded_columns, &open, 1, &plain);
	assert_str(sb_str(&b), "状态\r\n未办结\r\n\r\nopen\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(formula_cells_are_inert), TEST(columns_need_their_right_and_numbers_stay_numbers),
					   TEST(people_read_labels_and_scripts_read_words)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
