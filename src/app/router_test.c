#include "testing.h"

#include "router.h"

static const struct err *nothing(struct call *c)
{
	(void)c;
	return NULL;
}

static const struct perm read_perm = {"thing.read", R(ROLE_WORKER)};
static const struct doc_part no_doc[] = {{NULL, 0, NULL, NULL}};
#define GET(path_) {.method = WEB_GET, .path = (path_), .perm = &read_perm, .fn = nothing}
static const struct route good[] = {
	GET("/"), GET("/things"), GET("/things/{id}"), GET("/things/new"), GET("/things/{id}/rows"), GET("/openapi.json"),
	{.method = WEB_POST, .path = "/things/{id}/{act}", .perm = &read_perm, .fn = nothing, .input = shape_none}, {0}};

static const struct route *find(struct arena *a, const struct router *r, enum web_method m, const char *path, struct found *f)
{
	assert_fine(router_find(r, a, m, str_of(path), f));
	return f->route;
}

static struct router *router_of(struct arena *a, const struct route *rows, const struct err **e)
{
	struct feature *f = ARENA_NEW(a, struct feature);
	const struct feature **list = ARENA_ARRAY(a, const struct feature *, 2);
	struct router *r = NULL;
	f->name = "thing";
	f->routes = rows;
	list[0] = f;
	*e = router_new(a, list, &r);
	return r;
}

static void paths_suffixes_and_methods(void **state)
{
	struct arena *a = *state;
	const struct err *e;
	struct found f;
	struct router *r = router_of(a, good, &e);
	assert_fine(e);
	assert_string_equal(find(a, r, WEB_GET, "/", &f)->path, "/");
	assert_string_equal(find(a, r, WEB_GET, "/things/new", &f)->path, "/things/new");
	assert_string_equal(find(a, r, WEB_HEAD, "/things/12", &f)->path, "/things/{id}");
	assert_str(pairs_get(&f.args, "id"), "12");
	assert_string_equal(find(a, r, WEB_GET, "/things/12.json", &f)->path, "/things/{id}");
	assert_str(pairs_get(&f.args, "id"), "12");
	assert_int_equal(f.face, FACE_JSON);
	assert_string_equal(find(a, r, WEB_GET, "/things.csv", &f)->path, "/things");
	assert_int_equal(f.face, FACE_CSV);
	assert_string_equal(find(a, r, WEB_GET, "/openapi.json", &f)->path, "/openapi.json");
	assert_int_equal(f.face, 0);
	assert_null(find(a, r, WEB_POST, "/things", &f));
	assert_int_equal(f.allow, 1u << WEB_GET); /* 405 */
	assert_null(find(a, r, WEB_GET, "/nothing", &f));
	assert_int_equal(f.allow, 0); /* 404 */
	assert_null(find(a, r, WEB_GET, "/things/1/2/3/4/5/6/7/8/9/10", &f));
	assert_code(router_find(r, a, WEB_GET, STR("/things/%2f"), &f), "bad_escape");
}

static void an_incomplete_table_does_not_start(void **state)
{
	static const struct route no_perm[] = {{.method = WEB_GET, .path = "/x", .fn = nothing}, {0}};
	static const struct route no_input[] = {{.method = WEB_POST, .path = "/x", .perm = &read_perm, .fn = nothing}, {0}};
	static const struct route no_names[] = {{.method = WEB_GET, .path = "/x", .perm = &read_perm, .fn = nothing, .view = "x"}, {0}};
	static const struct route twice[] = {GET("/x/{id}"), GET("/x/{number}"), {0}};
	static const struct route no_see[] = {{.method = WEB_POST, .path = "/x", .perm = &PERM_BY_STEP, .fn = nothing, .input = shape_none}, {0}};
	static const struct route no_handler[] = {{.method = WEB_GET, .path = "/x", .perm = &read_perm, .doc = no_doc}, {0}};
	const struct route *const all[] = {no_perm, no_input, no_names, twice, no_see, no_handler};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct err *e;
		router_of(*state, all[i], &e);
		assert_code(e, "route");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(paths_suffixes_and_methods), TEST(an_incomplete_table_does_not_start)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
