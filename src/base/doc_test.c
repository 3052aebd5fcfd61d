#include "testing.h"

#include "doc.h"

struct thing {
	struct id id, nobody;
	struct str name;
	struct day due;
	struct instant at;
	struct fen cost;
	struct opt_fen budget;
	bool urgent;
	uint32_t state;
	int64_t n;
};

static const char *const words[] = {"", "open", "done", NULL};
static const struct codes states = {"thing_state", words};
static const struct shape thing_shape[] = {
	SHAPE(struct thing, id, 0), SHAPE(struct thing, nobody, 0), SHAPE_FOR(struct thing, name, 20, 1),
	SHAPE(struct thing, due, 0), SHAPE(struct thing, at, 0), SHAPE(struct thing, cost, 0), SHAPE(struct thing, budget, 0),
	SHAPE(struct thing, urgent, 0), SHAPE_CODE(struct thing, state, &states), SHAPE(struct thing, n, 0), SHAPE_END};

static const struct thing sample = {
	.id = {4611686018427387904}, .name = {"某", 3}, .due = {20160229}, .at = {1453249800000}, .cost = {12345},
	.urgent = true, .state = 2, .n = -5};

static struct str dumped(struct arena *a, const struct doc_style *style)
{
	struct str out = STR_NONE;
	json_t *doc = doc_new(a);
	doc_put(doc, thing_shape, &sample, style);
	assert_fine(doc_dump(a, doc, 4096, &out));
	return out;
}

static void json_as_the_contract_says(void **state)
{
	struct doc_style style = {.sight = 3};
	assert_str(dumped(*state, &style),
		   "{\"id\":\"4611686018427387904\",\"nobody\":null,\"name\":\"某\",\"due\":\"2016-02-29\",\"at\":\"2016-01-20T08:30:00+08:00\","
		   "\"cost\":12345,\"budget\":null,\"urgent\":true,\"state\":\"done\",\"n\":-5}");
}

static void a_field_without_the_right_is_absent(void **state)
{
	struct doc_style style = {.sight = 1};
	struct str s = dumped(*state, &style);
	for (size_t i = 0; i + 4 < s.n; i++)
		assert_false(str_eq(str_sub(s, i, 4), STR("name")));
}

/* NFR-1: what was shown by a right is told, so that the look can be recorded. */
static void what_was_shown_by_a_right_is_told(void **state)
{
	uint64_t shown = 0;
	struct thing nameless = sample;
	struct doc_style style = {.sight = 1, .shown = &shown};
	dumped(*state, &style);
	assert_int_equal(shown >> 1, 0);
	style.sight = 3;
	nameless.name = STR("");
	doc_put(doc_new(*state), thing_shape, &nameless, &style);
	assert_int_equal(shown >> 1, 0);
	dumped(*state, &style);
	assert_int_equal(shown >> 1, 1);
}

static struct str label(void *ctx, const struct codes *codes, const char *word)
{
	(void)codes;
	return str_fmt(ctx, "<%s>", word);
}

static void pages_get_labels_and_texts(void **state)
{
	struct arena *a = *state;
	struct doc_style style = {.sight = 1, .label = label, .ctx = a};
	json_t *doc = doc_new(a);
	doc_put(doc, thing_shape, &sample, &style);
	assert_string_equal(json_string_value(json_object_get(doc, "state_label")), "<done>");
	assert_string_equal(json_string_value(json_object_get(doc, "at_text")), "2016-01-20 08:30");
	assert_string_equal(json_string_value(json_object_get(doc, "cost_text")), "123.45");
}

static void bad_json_is_refused(void **state)
{
	struct arena *a = *state;
	json_t *doc;
	static const struct str bad[] = {STR(""), STR("{"), STR("{\"a\":1,\"a\":2}"), STR("{\"a\":\"\xff\"}"), STR("{\"a\":NaN}"),
					 STR("{} x"), STR("{\"a\":1e999}"), STR("{\"a\":\"\\u0000\"}"), STR("[99999999999999999999]")};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(doc_parse(a, bad[i], &doc));
	struct sb deep = sb_new(a, 1000);
	for (int i = 0; i < 65; i++)
		sb_addc(&deep, '[');
	assert_code(doc_parse(a, sb_str(&deep), &doc), "json_too_deep");
	assert_fine(doc_parse(a, STR("{\"a\":\"[[[[\\\"[[[[\"}"), &doc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(json_as_the_contract_says), TEST(a_field_without_the_right_is_absent),
		TEST(what_was_shown_by_a_right_is_told),
					   TEST(pages_get_labels_and_texts), TEST(bad_json_is_refused)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
