#include "testing.h"

#include "text.h"

#include <string.h>

#define FILE_OF(name_, text_) {.name = (name_), .data = (const unsigned char *)(text_), .size = sizeof(text_) - 1}

struct row {
	struct id id;
	uint32_t state;
	struct instant at;
};
static const char *const words[] = {"", "open", NULL};
static const struct codes states = {"row_state", words};
static const struct shape row_shape[] = {SHAPE(struct row, id, 0), SHAPE_CODE(struct row, state, &states), SHAPE(struct row, at, 0), SHAPE_END};
static const struct doc_part deep[] = {{"label", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};
static const struct doc_part doc[] = {
	{"", DOC_ONE, row_shape, NULL}, {"rows", DOC_MANY, row_shape, deep}, {"note", DOC_VALUE, NULL, NULL}, {NULL, 0, NULL, NULL}};

static const struct err *nothing(struct call *c)
{
	(void)c;
	return NULL;
}
static const struct perm some_perm = {"x.read", 2};
static const struct route routes[] = {{.method = WEB_GET, .path = "/x", .perm = &some_perm, .fn = nothing, .view = "x/page", .doc = doc}, {0}};

struct findings {
	int n;
	char last[200];
};

static void found(void *ctx, const char *text)
{
	struct findings *f = ctx;
	f->n++;
	strncat(memset(f->last, 0, sizeof(f->last)), text, sizeof(f->last) - 1);
}

static const struct err *open_views(struct arena *a, const char *page, const struct feature *const **features, struct views **out)
{
	static const char catalogue[] = "hello\t您好{{note}}\tHello{{note}}\n";
	struct resource *r = ARENA_ARRAY(a, struct resource, 4);
	struct feature *f = ARENA_NEW(a, struct feature);
	const struct feature **list = ARENA_ARRAY(a, const struct feature *, 2);
	struct texts *t;
	r[0] = (struct resource)FILE_OF("catalogue.tsv", catalogue);
	r[1] = (struct resource){"views/page.html", (const unsigned char *)page, strlen(page)};
	r[2] = (struct resource)FILE_OF("views/part.html", "[{{label}}{{id}}]");
	*f = (struct feature){.name = "x", .routes = routes, .resources = r};
	list[0] = f;
	*features = list;
	TRY(texts_new(a, list, &t));
	return views_new(a, list, t, NULL, out);
}

static int findings_of(struct arena *a, const char *page, struct findings *f)
{
	struct views *v;
	const struct feature *const *features;
	*f = (struct findings){0};
	assert_fine(open_views(a, page, &features, &v));
	views_check(v, features, found, f);
	return f->n;
}

static void names_must_stand_in_the_shape(void **state)
{
	struct findings f;
	static const char *const good[] = {"{{id}}{{state}}{{state_label}}{{at_text}}{{note}}{{#rows}}{{label}}{{at}}{{note}}{{/rows}}{{^rows}}{{note}}{{/rows}}",
					   "{{#rows}}{{> x/part}}{{/rows}}", "{{t.hello}}{{page.title}}{{#note}}{{.}}{{/note}}"};
	static const char *const bad[] = {"{{idd}}", "{{id_label}}", "{{label}}", "{{#rows}}{{labell}}{{/rows}}", "{{page.titel}}", "{{> x/part}}",
					  "{{> x/gone}}", "{{#rowz}}{{/rowz}}", "{{^rowz}}{{/rowz}}", "{{state_text}}"};
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (findings_of(*state, good[i], &f))
			fail_msg("%s: %s", good[i], f.last);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!findings_of(*state, bad[i], &f))
			fail_msg("%s was accepted", bad[i]);
}

static void views_never_write_raw_and_texts_exist(void **state)
{
	static const char *const bad[] = {"{{{id}}}", "{{& id}}", "{{=<% %>=}}", "{{t.gone}}", "{{#rows}}"};
	struct views *v;
	const struct feature *const *features;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(open_views(*state, bad[i], &features, &v));
}

static void each_language_has_its_text(void **state)
{
	struct views *v;
	const struct feature *const *features;
	struct arena *a = *state;
	assert_fine(open_views(a, "<b>{{t.hello}}</b>", &features, &v));
	json_t *d = doc_new(a);
	doc_z(d, "note", "<&>");
	struct sb zh = sb_new(a, 1000), en = sb_new(a, 1000);
	assert_fine(views_render(v, LANG_ZH, "x/page", d, &zh));
	assert_fine(views_render(v, LANG_EN, "x/page", d, &en));
	assert_str(sb_str(&zh), "<b>您好&lt;&amp;&gt;</b>");
	assert_str(sb_str(&en), "<b>Hello&lt;&amp;&gt;</b>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(names_must_stand_in_the_shape), TEST(views_never_write_raw_and_texts_exist), TEST(each_language_has_its_text)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
