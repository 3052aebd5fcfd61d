#include "testing.h"

#include "input.h"

struct in {
	struct str name, text, secret;
	int64_t n;
	struct day due;
	struct instant at;
	struct opt_fen funds_fen;
	struct id place;
	bool urgent;
	uint32_t state;
	struct id_list ids;
};

static const char *const words[] = {"", "open", "done", NULL};
static const struct codes states = {"state", words};
static const struct shape shape[] = {
	SHAPE_IN(struct in, name, 5, SHAPE_REQUIRED), SHAPE_IN(struct in, text, 100, SHAPE_LONG), SHAPE_IN(struct in, secret, 20, SHAPE_SECRET),
	SHAPE(struct in, n, 100), SHAPE(struct in, due, 0), SHAPE(struct in, at, 0), SHAPE(struct in, funds_fen, 0), SHAPE(struct in, place, 0),
	SHAPE(struct in, urgent, 0), SHAPE_CODE(struct in, state, &states), SHAPE(struct in, ids, 0), SHAPE_END};

static const struct err *from_json(struct arena *a, const char *text, struct in *out)
{
	struct input_source from = {.json = str_of(text)};
	*out = (struct in){0};
	return input_read(a, shape, &from, out);
}

static const struct err *from_form(struct arena *a, const char *text, bool ignore, struct in *out)
{
	struct pairs p = {0};
	TRY(form_parse(a, str_of(text), 100, &p));
	struct input_source from = {.form = &p, .ignore_unknown = ignore};
	*out = (struct in){0};
	return input_read(a, shape, &from, out);
}

static void form_and_json_give_the_same(void **state)
{
	struct arena *a = *state;
	struct in j, f;
	unsigned char hj[32], hf[32];
	assert_fine(from_json(a, "{\"ids\":[\"3\",\"4\"],\"name\":\" 隐患 \",\"text\":\"一\\n二\",\"n\":7,\"due\":\"2016-02-29\",\"at\":\"2016-01-20T08:30:00+08:00\","
				 "\"funds_fen\":123450,\"place\":\"42\",\"urgent\":true,\"state\":\"done\",\"secret\":\" x \"}", &j));
	assert_fine(from_form(a, "name=+%E9%9A%90%E6%82%A3&text=%E4%B8%80%0D%0A%E4%BA%8C&n=7&due=2016-02-29&at=2016-01-20T08%3A30&funds_yuan=1234.5"
				 "&place=42&urgent=1&state=done&ids=3&ids=4&secret=+x+&csrf=abc&idempotency_key=k", false, &f));
	assert_str(j.name, "隐患");
	assert_str(j.secret, " x "); /* a password keeps its blanks */
	assert_true(j.funds_fen.is && j.funds_fen.v == 123450 && f.funds_fen.v == 123450);
	input_hash(a, shape, &j, STR_NONE, hj);
	input_hash(a, shape, &f, STR_NONE, hf);
	assert_memory_equal(hj, hf, 32); /* the same request for an idempotency key */
}

static void all_wrong_fields_come_at_once(void **state)
{
	static const struct { const char *json, *pointer, *code; } rows[] = {
		{"{}", "/name", "required"}, {"{\"name\":\"  \"}", "/name", "required"}, {"{\"name\":\"一二三四五六\"}", "/name", "too_long"},
		{"{\"name\":\"a\\u0001\"}", "/name", "control_character"}, {"{\"name\":\"a\\nb\"}", "/name", "control_character"},
		{"{\"name\":5}", "/name", "wrong_type"}, {"{\"name\":\"a\",\"n\":\"7\"}", "/n", "not_a_number"},
		{"{\"name\":\"a\",\"n\":1.5}", "/n", "not_a_number"}, {"{\"name\":\"a\",\"n\":101}", "/n", "too_large"},
		{"{\"name\":\"a\",\"funds_fen\":-1}", "/funds_fen", "too_small"}, {"{\"name\":\"a\",\"due\":\"2016-02-30\"}", "/due", "bad_day"},
		{"{\"name\":\"a\",\"at\":\"gestern\"}", "/at", "bad_instant"}, {"{\"name\":\"a\",\"place\":\"x\"}", "/place", "bad_id"},
		{"{\"name\":\"a\",\"place\":\"9223372036854775808\"}", "/place", "bad_id"}, {"{\"name\":\"a\",\"state\":\"closed\"}", "/state", "unknown_word"},
		{"{\"name\":\"a\",\"urgent\":\"yes\"}", "/urgent", "wrong_type"}, {"{\"name\":\"a\",\"role\":\"admin\"}", "/role", "unknown_field"},
		{"{\"name\":\"a\",\"ids\":[1]}", "/ids", "wrong_type"}, {"{\"name\":\"a\",\"ids\":\"1\"}", "/ids", "wrong_type"}};
	struct in out;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct err *e = from_json(*state, rows[i].json, &out);
		assert_code(e, "fields");
		assert_str(e->fields->pointer, rows[i].pointer);
		assert_str(e->fields->code, rows[i].code);
		assert_null(e->fields->next);
	}
	const struct err *two = from_json(*state, "{\"n\":\"x\",\"due\":\"y\"}", &out);
	assert_non_null(two->fields->next->next);
}

static void forms_are_as_strict(void **state)
{
	struct in out;
	assert_str(from_form(*state, "name=a&name=b", false, &out)->fields->code, "twice");
	assert_str(from_form(*state, "name=a&role=admin", false, &out)->fields->code, "unknown_field");
	assert_fine(from_form(*state, "name=a&from=singlemessage", true, &out)); /* links shared in a chat carry strangers' parameters */
	assert_str(from_form(*state, "name=a&funds_yuan=1.234", false, &out)->fields->code, "bad_money");
	assert_fine(from_form(*state, "name=a&funds_yuan=0.05&due=&n=", false, &out));
	assert_true(out.funds_fen.v == 5);
	assert_fine(from_form(*state, "name=a&urgent=0&urgent=1", false, &out));
	assert_true(out.urgent);
	assert_code(from_json(*state, "[1]", &out), "json_object");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(form_and_json_give_the_same), TEST(all_wrong_fields_come_at_once), TEST(forms_are_as_strict)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
