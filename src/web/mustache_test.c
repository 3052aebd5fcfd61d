/* The engine against the tests of the Mustache specification, where that folder is at hand, and our own limits. */
#include "mustache.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct partials {
	struct arena *a;
	json_t *texts;
};

static const struct mustache *find(void *ctx, struct str name)
{
	struct partials *p = ctx;
	const struct mustache *m = NULL;
	json_t *text = json_object_getn(p->texts, name.p, name.n);
	if (text)
		assert_null(mustache_parse(p->a, name, str_of(json_string_value(text)), &m));
	return m;
}

static struct str render(struct arena *a, const char *template, json_t *data, json_t *texts)
{
	struct partials p = {a, texts};
	const struct mustache *m = NULL;
	struct sb out = sb_new(a, 1 << 20);
	const struct err *e = mustache_parse(a, STR("test"), str_of(template), &m);
	e = e ? e : mustache_render(m, data, find, &p, &out);
	return e ? str_fmt(a, "error: %.*s", STR_ARG(e->detail)) : sb_str(&out);
}

static bool run_case(json_t *t, const char *file)
{
	struct arena *a = arena_new(0);
	const char *want = json_string_value(json_object_get(t, "expected"));
	struct str got = render(a, json_string_value(json_object_get(t, "template")), json_object_get(t, "data"),
				json_object_get(t, "partials"));
	bool same = str_is(got, want);
	if (!same)
		print_message("%s, %s:\nwant |%s|\ngot  |%.*s|\n", file, json_string_value(json_object_get(t, "name")), want,
			      STR_ARG(got));
	arena_free(a);
	return same;
}

/* Returns the number of tests in the file; *failed counts those that differ. */
static size_t run_file(const char *path, size_t *failed)
{
	json_t *all = json_load_file(path, 0, NULL);
	json_t *tests = json_object_get(all, "tests");
	size_t n = json_array_size(tests);
	for (size_t i = 0; i < n; i++)
		*failed += !run_case(json_array_get(tests, i), path);
	json_decref(all);
	return n;
}

static DIR *spec_dir(char *path, size_t size)
{
	const char *given = getenv("CHABAOCU_SPEC_DIR");
	const char *root = getenv("SOURCE_ROOT");
	snprintf(path, size, "%s", given ? given : "");
	if (!given)
		snprintf(path, size, "%s/../shared/data/mustache-spec", root ? root : ".");
	return opendir(path);
}

static void specification(void **state)
{
	char dir[1024], path[2048];
	size_t total = 0, failed = 0;
	(void)state;
	DIR *d = spec_dir(dir, sizeof(dir));
	if (!d) {
		print_message("skipped: no Mustache specification in \"%s\" (set CHABAOCU_SPEC_DIR to its folder of JSON files)\n", dir);
		skip();
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (!strstr(e->d_name, ".json"))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		total += run_file(path, &failed);
	}
	closedir(d);
	print_message("%zu tests of the specification, %zu failed\n", total, failed);
	assert_int_equal(failed, 0);
	assert_true(total > 150);
}

static void check(const char *template, const char *json, const char *want)
{
	struct arena *a = arena_new(0);
	json_t *data = json_loads(json, 0, NULL);
	struct str got = render(a, template, data, NULL);
	assert_string_equal(str_z(a, got), want);
	json_decref(data);
	arena_free(a);
}

static void values(void **state)
{
	(void)state;
	check("{{a}} {{b}} {{c}} {{d}}", "{\"a\":1.21,\"b\":85,\"c\":-9007199254740993,\"d\":35.051804}", "1.21 85 -9007199254740993 35.051804");
	check("{{a}}{{a.b}}{{b}}", "{\"a\":{\"c\":1},\"b\":[1]}", "");
	check("<i title='{{a}}'>", "{\"a\":\"'\\\"&<>\"}", "<i title='&#39;&quot;&amp;&lt;&gt;'>");
	check("{{#a}}x{{/a}}{{^a}}empty{{/a}}", "{\"a\":\"\"}", "empty");
	check("{{#a}}{{a}}{{/a}}", "{\"a\":0}", "0");
}

static void mistakes_name_their_line(void **state)
{
	static const char *const wrong[] = {"a\n{{#b}}", "a\n{{/b}}", "a\n{{b", "a\n{{}}", "a\n{{#b}}{{/c}}",
					    "a\n{{=x=}}", "a\n{{{b}}", "a\n{{b c}}", "a\n{{<b}}{{$c}}{{/b}}{{/c}}"};
	struct arena *a = arena_new(0);
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		const struct mustache *m = NULL;
		const struct err *e = mustache_parse(a, STR("page"), str_of(wrong[i]), &m);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_INPUT);
		assert_non_null(strstr(e->detail.p, "page, line 2"));
	}
	arena_free(a);
}

static void limits(void **state)
{
	struct arena *a = arena_new(0);
	json_t *loop = json_pack("{s:s}", "p", "{{#x}}{{>p}}{{/x}}");
	json_t *data = json_pack("{s:b}", "x", 1);
	struct sb deep = sb_new(a, 4096);
	const struct mustache *m = NULL;
	(void)state;
	assert_non_null(strstr(render(a, "{{>p}}", data, loop).p, "levels of partials"));
	for (int i = 0; i < 65; i++)
		sb_addz(&deep, "{{#x}}");
	assert_non_null(strstr(mustache_parse(a, STR("p"), sb_str(&deep), &m)->detail.p, "deeper than 64"));
	struct sb small = sb_new(a, 4);
	assert_null(mustache_parse(a, STR("p"), STR("12345"), &m));
	assert_int_equal(mustache_render(m, data, NULL, NULL, &small)->kind, ERR_LIMIT);
	json_decref(loop);
	json_decref(data);
	arena_free(a);
}

static const struct err *note(void *ctx, const struct mustache_seen *seen)
{
	sb_fmt(ctx, "%d:%.*s@%d ", (int)seen->tag, STR_ARG(seen->name), seen->line);
	return NULL;
}

static void walk_sees_every_tag(void **state)
{
	struct arena *a = arena_new(0);
	struct sb seen = sb_new(a, 1000);
	const struct mustache *m = NULL;
	(void)state;
	assert_null(mustache_parse(a, STR("p"), STR("{{a}}\n{{#b}}{{{c}}}\n{{/b}}{{! no }}{{<d}}{{$e}}{{/e}}{{/d}}{{>f}}{{=| |=}}|^g||/g|"), &m));
	assert_null(mustache_walk(m, note, &seen));
	assert_string_equal(str_z(a, sb_str(&seen)), "1:a@1 3:b@2 2:c@2 5:b@3 7:d@3 9:e@3 10:e@3 8:d@3 6:f@3 11:| |@3 4:g@3 5:g@3 ");
	arena_free(a);
}

static bool text_of(void *ctx, struct str name, struct str *out)
{
	(void)ctx;
	if (str_is(name, "t.left"))
		*out = STR("还有{{days}}{{t.unit}}");
	else if (str_is(name, "t.unit"))
		*out = STR("天");
	else if (str_is(name, "t.loop"))
		*out = STR("{{t.loop}}");
	return out->p != NULL;
}

static void catalogue_texts_are_bound(void **state)
{
	struct arena *a = arena_new(0);
	struct str out;
	(void)state;
	assert_null(mustache_bind(a, STR("p"), STR("<b>{{ t.left }}</b>{{#x}}{{y}}{{/x}}"), text_of, NULL, &out));
	assert_string_equal(str_z(a, out), "<b>还有{{days}}天</b>{{#x}}{{y}}{{/x}}");
	assert_int_equal(mustache_bind(a, STR("p"), STR("{{t.loop}}"), text_of, NULL, &out)->kind, ERR_INPUT);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(specification),     cmocka_unit_test(values),
		cmocka_unit_test(mistakes_name_their_line), cmocka_unit_test(limits),
		cmocka_unit_test(walk_sees_every_tag), cmocka_unit_test(catalogue_texts_are_bound),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
