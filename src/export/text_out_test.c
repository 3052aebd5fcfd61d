/* Words to paste: one line a row, what is absent left out (NFR-1, NFR-3). */
#include "testing.h"
#include "text_out.h"

struct row { struct id id; struct str county, name, phone; int64_t headcount; bool high_risk; uint32_t size; struct instant seen; };
static const char *const size_words[] = {"", "small", "large", NULL};
static const struct codes sizes = {"sizes", size_words};
static const struct shape columns[] = {
	SHAPE(struct row, id, 0), SHAPE(struct row, county, 0), SHAPE(struct row, name, 0), SHAPE_FOR(struct row, phone, 0, 3),
	SHAPE_CODE(struct row, size, &sizes), SHAPE(struct row, headcount, 0), SHAPE(struct row, high_risk, 0),
	SHAPE(struct row, seen, 0), SHAPE_END};

static struct str head(void *ctx, const char *name)
{
	(void)ctx;
	return str_is(str_of(name), "headcount") ? STR("职工") : str_is(str_of(name), "high_risk") ? STR("高危") : STR_NONE;
}

static struct text_out fresh(uint64_t sight)
{
	return (struct text_out){.columns = columns, .group = "county", .sight = sight, .words = {head, NULL, NULL}, .colon = STR("："),
				 .separator = STR("，")};
}

static void a_row_is_a_line(void **state)
{
	struct arena *a = *state;
	struct sb b = sb_new(a, 4096);
	struct text_out t = fresh(0);
	struct row r = {.id = ID(7), .county = STR("兰山区"), .name = STR("甲厂\n二部"), .phone = STR("13900000000"), .headcount = 35,
			.high_risk = true, .size = 1, .seen = INSTANT(1459398600000)};
	text_record(&t, &b, a, &r);
	r.name = STR("乙厂");
	r.high_risk = false;
	r.size = 0;
	r.seen = INSTANT(0);
	text_record(&t, &b, a, &r);
	r.county = STR("罗庄区");
	text_record(&t, &b, a, &r);
	assert_string_equal(str_z(a, sb_str(&b)), "兰山区：\n1. 甲厂 二部，size：small，职工：35，高危，seen：2016-03-31 12:30\n2. 乙厂，职工：35\n"
						  "\n罗庄区：\n3. 乙厂，职工：35\n");
}

/* A field right holds in words as everywhere (NFR-2). */
static void rights_hold(void **state)
{
	struct arena *a = *state;
	struct row r = {.name = STR("甲"), .phone = STR("13900000000")};
	for (int right = 0; right < 2; right++) {
		struct sb b = sb_new(a, 4096);
		struct text_out t = fresh(right ? 1 << 3 : 0);
		text_record(&t, &b, a, &r);
		assert_string_equal(str_z(a, sb_str(&b)), right ? "1. 甲，phone：13900000000，职工：0\n" : "1. 甲，职工：0\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(a_row_is_a_line), TEST(rights_hold)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
