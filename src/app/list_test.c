/* Cursors of lists: what this list gave out comes back, nothing else does. */
#include "app_ground.h"
#include "edge.h"

static const char *const anchors[] = {"city", NULL};
static const char *const sorts[] = {"-found_on", "number", "count", NULL};
static const char *const filters[] = {NULL};
static const unsigned char is_text[] = {1, 1, 0};
static const struct sql_list list = {.name = "test", .anchors = anchors, .sorts = sorts, .filters = filters, .n_anchors = 1, .n_sorts = 3,
				     .sort_is_text = is_text};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){NULL}};

static struct call *call_of(struct arena *a)
{
	struct call *c = ARENA_NEW(a, struct call);
	c->a = a;
	c->req = ARENA_NEW(a, struct req);
	c->req->a = a;
	c->req->method = WEB_GET;
	c->req->path = STR("/list");
	c->doc = doc_new(a);
	c->page = doc_new(a);
	return c;
}

static struct str cursor_for(struct call *c, const char *sort, struct cursor last)
{
	cursor_next(c, &list, str_of(sort), last);
	return str_of(json_string_value(json_object_get(c->doc, "next")));
}

static void a_cursor_comes_back_as_it_was_given(void **state)
{
	struct call *c = call_of(*state);
	struct cursor k;
	struct str text = cursor_for(c, "-found_on", (struct cursor){.text = STR("2016-01-20"), .id = ID(77)});
	fine(cursor_read(c, &list, STR("-found_on"), text, &k));
	assert_int_equal(k.id.v, 77);
	assert_true(str_is(k.text, "2016-01-20"));
	fine(cursor_read(c, &list, STR("count"), cursor_for(c, "count", (struct cursor){.number = -5, .id = ID(3)}), &k));
	assert_int_equal(k.number, -5);
	/* A sort value may hold what separates the parts. */
	fine(cursor_read(c, &list, STR("number"), cursor_for(c, "number", (struct cursor){.text = STR("a:b:\xe6\x9f\xa5"), .id = ID(3)}), &k));
	assert_true(str_is(k.text, "a:b:\xe6\x9f\xa5"));
}

static void the_first_page_stands_before_every_row(void **state)
{
	struct call *c = call_of(*state);
	struct cursor k;
	fine(cursor_read(c, &list, STR_NONE, STR_NONE, &k));
	assert_true(str_cmp(k.text, STR("9999-12-31")) > 0);
	fine(cursor_read(c, &list, STR("count"), STR_NONE, &k));
	assert_true(k.number == INT64_MIN && k.id.v < 1);
}

static void after_the_last_row_there_is_no_next(void **state)
{
	struct call *c = call_of(*state);
	cursor_next(c, &list, STR_NONE, (struct cursor){0});
	assert_true(json_is_null(json_object_get(c->doc, "next")));
	assert_string_equal(json_string_value(json_object_get(c->page, "next_href")), "");
}

static void a_cursor_of_another_sort_is_refused(void **state)
{
	struct call *c = call_of(*state);
	struct cursor k;
	struct str text = cursor_for(c, "-found_on", (struct cursor){.text = STR("2016-01-20"), .id = ID(77)});
	fails(cursor_read(c, &list, STR("count"), text, &k), ERR_INPUT, "bad_cursor");
	fails(cursor_read(c, &list, STR("-number"), STR_NONE, &k), ERR_INPUT, "unknown_word");
	fails(cursor_read(c, &list, STR("found_on; DROP"), STR_NONE, &k), ERR_INPUT, "unknown_word");
}

static void forged_cursors_are_refused(void **state)
{
	static const struct str raw[] = {STR(""), STR("0"), STR("0:"), STR("0:0:x"), STR("0:-1:x"), STR("3:1:x"), STR("-1:1:x"), STR("0:1x:x"),
					 STR("0:99999999999999999999:x"), STR("0:1:\xff\xfe"), STR("00:1:x"), STR(" 0:1:x")};
	static const struct str numbers[] = {STR("2:1:"), STR("2:1:x"), STR("2:1:1e9"), STR("2:1:9223372036854775808")};
	struct call *c = call_of(*state);
	struct cursor k;
	for (size_t i = 1; i < sizeof(raw) / sizeof(raw[0]); i++)
		fails(cursor_read(c, &list, STR_NONE, str_b64url(c->a, raw[i].p, raw[i].n), &k), ERR_INPUT, "bad_cursor");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		fails(cursor_read(c, &list, STR("count"), str_b64url(c->a, numbers[i].p, numbers[i].n), &k), ERR_INPUT, "bad_cursor");
	fails(cursor_read(c, &list, STR_NONE, STR("!!!"), &k), ERR_INPUT, "bad_cursor");
	char *big = arena_alloc(c->a, 500);
	memset(big, 'A', 500);
	fails(cursor_read(c, &list, STR_NONE, (struct str){big, 500}, &k), ERR_INPUT, "bad_cursor");
}

static int up(void **state)
{
	*state = arena_new(0);
	return 0;
}

static int down(void **state)
{
	arena_free(*state);
	return 0;
}

#define LIST_TEST(fn) cmocka_unit_test_setup_teardown(fn, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LIST_TEST(a_cursor_comes_back_as_it_was_given),
		LIST_TEST(the_first_page_stands_before_every_row),
		LIST_TEST(after_the_last_row_there_is_no_next),
		LIST_TEST(a_cursor_of_another_sort_is_refused),
		LIST_TEST(forged_cursors_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
