/* The dispatcher without a socket: who is let in, in which order, and how the answer looks. */
#include "app_ground.h"
#include "app_private.h"
#include "dispatch.h"
#include "parts.h"

/* ---- a small feature ------------------------------------------------------------- */

static const struct perm perm_read = {"test.read", R_CADRES};
static const struct perm perm_write = {"test.write", R(ROLE_CADRE_CITY)};
static const struct perm *const perms[] = {&perm_read, &perm_write, NULL};

static const struct duty county[] = {{.role = ROLE_CADRE_COUNTY, .unit_path = STR("/A/")}};
static const struct duty city[] = {{.role = ROLE_CADRE_CITY, .unit_path = STR("/A/")}};
static const struct duty floor_[] = {{.role = ROLE_WORKER, .unit_path = STR("/A/1/")}};
#define PERSON(n, duties_) {.person_id = {n}, .account_id = {n}, .city = 371300, .duties = (duties_), .n_duties = 1, .csrf = STR("token-of-the-form")}
static const struct actor cadre = PERSON(1, county), boss = PERSON(2, city), worker = PERSON(3, floor_);
static const struct actor script = {.person_id = {2}, .account_id = {2}, .city = 371300, .duties = city, .n_duties = 1, .by_token = true};

static const struct err *identify(struct call *c)
{
	static const struct { const char *name; const struct actor *w; } known[] = {
		{"cadre", &cadre}, {"boss", &boss}, {"worker", &worker}, {"script", &script}};
	struct str who = req_header(c->req, "X-Test-Who");
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (str_is(who, known[i].name))
			c->actor = known[i].w;
	return NULL;
}

/* 1 at /A/1/, 2 in a foreign place, 3 there too but one's own. */
static const struct err *locate(struct db_tx *tx, struct call *c, struct target *t)
{
	(void)tx;
	TRY(call_arg_id(c, "id", &t->id));
	if (t->id.v > 3)
		return ERR(c->a, ERR_MISSING, NULL, "no thing %lld", (long long)t->id.v);
	t->unit_path = t->id.v == 1 ? STR("/A/1/") : STR("/B/");
	t->own = t->id.v == 3;
	return NULL;
}

static const struct err *show(struct call *c)
{
	doc_z(c->doc, "name", "shown");
	return NULL;
}

struct thing {
	struct str name, note;
	struct fen cost_fen;
	int64_t version;
};
static const struct shape thing_in[] = {SHAPE_IN(struct thing, name, 20, SHAPE_REQUIRED), SHAPE(struct thing, note, 200),
					SHAPE(struct thing, cost_fen, 0), SHAPE(struct thing, version, 1000), SHAPE_END};
static const struct shape thing_rows[] = {SHAPE(struct thing, name, 0), SHAPE_FOR(struct thing, note, 0, SEE_PHONE), SHAPE(struct thing, cost_fen, 0),
					  SHAPE_END};

static const struct sql add_row = {.name = "test_add", .scope = SQL_CITY, .n_args = 3, .writes = true,
				   .text = "INSERT INTO setting (city_id, name, value, changed_at, changed_by) VALUES ($1, $2, $3, 1, 1)"};

struct making {
	struct call *c;
	struct outcome out;
};

static const struct err *write_thing(struct db_tx *tx, struct env *e, void *ctx)
{
	struct making *m = ctx;
	const struct thing *in = m->c->input;
	m->out.object = env_id(e);
	return db_exec(tx, &add_row, ARGS(ARG(e->city), ARG(str_fmt(e->a, "%lld", (long long)m->out.object.v)), ARG(in->name)), NULL);
}

static const struct err *make(struct call *c)
{
	struct making m = {.c = c};
	unsigned char code[16];
	call_code16(c, "test", code);
	TRY(call_write(c, write_thing, &m, &m.out));
	doc_id(c->doc, "id", m.out.object);
	doc_str(c->doc, "code", str_hex(c->a, code, 16));
	call_done(c, 201, STR("/things/1"));
	return NULL;
}

static const struct err *form(struct call *c)
{
	struct field name = {.name = "name", .kind = "text", .label = "app_name"};
	struct field version = {.name = "version", .kind = "hidden", .label = "app_name", .value = STR("9")};
	json_t *fields = doc_sublist(c->page, "fields");
	call_field(c, fields, NULL, &name);
	call_field(c, fields, NULL, &version);
	return NULL;
}

static const struct err *stale(struct call *c)
{
	return err_stale(c->a, 4, 9);
}

static const struct err *act(struct call *c)
{
	doc_str(c->doc, "act", call_arg(c, "act"));
	return NULL;
}

static const struct err *waste(struct call *c)
{
	TRY(show(c));
	for (int i = 0; i < 9; i++)
		arena_alloc(c->a, 1024 * 1024);
	return NULL;
}

static const struct err *make_and_waste(struct call *c)
{
	TRY(make(c));
	return waste(c);
}

struct query {
	struct day from;
	struct str q, sort;
	int64_t limit;
};
static const struct shape query_in[] = {SHAPE(struct query, from, 0), SHAPE(struct query, q, 20), SHAPE(struct query, sort, 20),
					SHAPE(struct query, limit, LIST_MAX), SHAPE_END};

static const struct err *page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	int *pages = ctx;
	struct thing *v = ARENA_ARRAY(e->a, struct thing, 2);
	v[0] = (struct thing){.name = STR("=1+1"), .note = STR("secret"), .cost_fen = {-5}};
	v[1] = (struct thing){.name = STR("a,\"b\""), .note = STR("secret"), .cost_fen = {7}};
	*rows = v;
	*n = 2;
	*more = ++*pages < 2;
	return NULL;
}

static const struct err *no_page(struct env *e, void *ctx, const void **rows, size_t *n, bool *more)
{
	(void)ctx, (void)rows, (void)n, (void)more;
	return ERR(e->a, ERR_INPUT, NULL, "made in the memory of the page");
}

static const struct err *list_things(struct call *c)
{
	const struct query *q = c->input;
	if (call_wants_table(c))
		return call_table(c, &(struct table){.columns = thing_rows, .row_size = sizeof(struct thing), .page = str_is(q->q, "bad") ? no_page : page,
						     .ctx = ARENA_NEW(c->a, int), .file_name = "things", .title = "app_name"});
	doc_str(c->doc, "name", q->q);
	doc_str(c->page, "more_href", call_href_with(c, "sort", STR("name")));
	return NULL;
}

static const struct doc_part show_doc[] = {DOC_NAME("name"), DOC_NAME("more_href"), DOC_ROWS("fields", field_parts), DOC_END};
#define MAKES .input = thing_in, .input_size = sizeof(struct thing), .fn = make, .form = form, .form_view = "test/page", .form_doc = show_doc
#define SHOWS .view = "test/page", .doc = show_doc
static const struct route routes[] = {
	{.method = WEB_GET, .path = "/open", .perm = &PERM_PUBLIC, .fn = show, SHOWS},
	{.method = WEB_GET, .path = "/mine", .perm = &PERM_LOGIN, .fn = show, .input = query_in, .input_size = sizeof(struct query), SHOWS},
	{.method = WEB_GET, .path = "/things", .perm = &perm_read, .input = query_in, .input_size = sizeof(struct query), .fn = list_things, SHOWS,
	 .rows = thing_rows, .faces = FACES_LIST},
	{.method = WEB_GET, .path = "/things/{id}", .perm = &perm_read, .locate = locate, .fn = show, SHOWS},
	{.method = WEB_POST, .path = "/things", .perm = &perm_write, MAKES, .flags = ROUTE_KEYED},
	{.method = WEB_POST, .path = "/public", .perm = &PERM_PUBLIC, MAKES, .flags = ROUTE_KEYED | ROUTE_NO_TOKEN},
	{.method = WEB_PUT, .path = "/things/{id}", .perm = &perm_read, .locate = locate, .input = thing_in, .input_size = sizeof(struct thing),
	 .fn = stale, .form = form, .form_view = "test/page", .form_doc = show_doc},
	{.method = WEB_POST, .path = "/things/{id}/{act}", .perm = &PERM_BY_STEP, .see = &perm_read, .locate = locate, .input = shape_none, .fn = act},
	{.method = WEB_GET, .path = "/big", .perm = &PERM_PUBLIC, .fn = waste},
	{.method = WEB_POST, .path = "/big", .perm = &PERM_PUBLIC, .input = thing_in, .input_size = sizeof(struct thing), .fn = make_and_waste,
	 .flags = ROUTE_NO_TOKEN},
	{0},
};
#define FILE_OF(name_, text_) {.name = (name_), .data = (const unsigned char *)(text_), .size = sizeof(text_) - 1}
static const struct resource files[] = {
	FILE_OF("views/page.html", "<html lang=\"{{page.lang}}\">{{name}}{{#fields}}[{{name}}={{value}} {{error}}]{{/fields}}{{#problem}}({{code}}){{/problem}}"
				   "key={{page.idempotency_key}};{{more_href}}"),
	{0}};
static const struct feature feature_test = {.name = "test", .identify = identify, .perms = perms, .routes = routes, .resources = files};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

/* ---- asking ------------------------------------------------------------------------ */

struct asked {
	enum web_method method;
	const char *target, *who, *accept, *form, *json, *origin, *site, *key, *language;
	bool is_https;
};

struct told {
	struct arena *a;
	struct reply *r;
	struct str body;
	json_t *doc;
};

static struct pairs heads_of(struct arena *a, const struct asked *k)
{
	const char *const rows[][2] = {{"Host", "house"}, {"X-Test-Who", k->who}, {"Accept", k->accept}, {"Origin", k->origin},
				       {"Sec-Fetch-Site", k->site}, {"Idempotency-Key", k->key}, {"Accept-Language", k->language},
				       {"Content-Type", k->json ? "application/json" : NULL}};
	struct pairs p = {ARENA_ARRAY(a, struct pair, sizeof(rows) / sizeof(rows[0])), 0};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i][1])
			p.v[p.n++] = (struct pair){str_of(rows[i][0]), str_of(rows[i][1])};
	return p;
}

static struct str body_of(struct arena *a, struct reply *r)
{
	struct sb b = sb_new(a, 1 << 20);
	char buf[7];
	ptrdiff_t n;
	if (r->kind != REPLY_STREAM)
		return r->body;
	while ((n = r->read(r->ctx, buf, sizeof(buf))) > 0)
		sb_add(&b, (struct str){buf, (size_t)n});
	assert_int_equal(n, 0);
	return sb_str(&b);
}

static struct told ask(struct ground *g, struct asked k)
{
	struct told t = {.a = arena_new(0)};
	struct web_handler h = dispatch_handler(g->app);
	struct req *r = ARENA_NEW(t.a, struct req);
	struct str query = str_of(k.target);
	*r = (struct req){.a = t.a, .method = k.method ? k.method : WEB_GET, .path = str_cut(&query, '?'), .addr = STR("192.0.2.1"),
			  .id = STR("r1"), .is_https = k.is_https};
	r->headers = heads_of(t.a, &k);
	fine(form_parse(t.a, query, 50, &r->query));
	t.r = h.head(h.ctx, r);
	if (!t.r) {
		if (k.form)
			fine(form_parse(t.a, str_of(k.form), 50, &r->form));
		r->json = str_of(k.json);
		t.r = h.done(h.ctx, r);
	}
	h.log(h.ctx, r, t.r->status, 0, 0);
	t.body = body_of(t.a, t.r);
	json_error_t why;
	t.doc = doc_keep(t.a, json_loadb(t.body.n ? t.body.p : "", t.body.n, 0, &why));
	return t;
}

static struct str head_of(const struct told *t, const char *name)
{
	return pairs_get(&t->r->headers, name);
}

static const char *member(const struct told *t, const char *name)
{
	const char *z = json_string_value(json_object_get(t->doc, name));
	return z ? z : "";
}

static bool has(struct str s, const char *part)
{
	return s.n && memmem(s.p, s.n, part, strlen(part));
}

#define ASK(...) ask(g, (struct asked){__VA_ARGS__})
#define JSON_ .accept = "application/json"
/* Asks, and looks at the status alone. */
#define STATUS(expected, ...)                                                    \
	do {                                                                     \
		struct told t_ = ASK(__VA_ARGS__);                               \
		if (t_.r->status != (expected))                                  \
			fail_msg("status %d instead of %d: %.*s", t_.r->status, (expected), STR_ARG(t_.body)); \
		arena_free(t_.a);                                                \
	} while (0)
#define REFUSED(status_, code_, ...)                                             \
	do {                                                                     \
		struct told t_ = ASK(__VA_ARGS__);                               \
		assert_int_equal(t_.r->status, (status_));                       \
		assert_string_equal(member(&t_, "code"), (code_));               \
		arena_free(t_.a);                                                \
	} while (0)

/* The city was made after the application had looked for it. */
static struct ground *ready(void **state)
{
	struct ground *g = ground_of(state);
	g->app->home_city = g->city;
	return g;
}

static int64_t count(struct ground *g)
{
	return ground_sql(g, "SELECT CAST(count(*) AS BIGINT) AS n FROM setting WHERE city_id = $1", ARGS(ARG(g->city)));
}

/* ---- who is let in ------------------------------------------------------------------- */

static void public_pages_need_no_login_others_send_to_it(void **state)
{
	struct ground *g = ready(state);
	STATUS(200, .target = "/open");
	struct told t = ASK(.target = "/mine?from=2016-01-01&tracker=x");
	assert_int_equal(t.r->status, 303);
	assert_true(str_is(head_of(&t, "Location"), "/login?next=%2Fmine%3Ffrom%3D2016-01-01"));
	arena_free(t.a);
	t = ASK(.target = "/mine", JSON_);
	assert_int_equal(t.r->status, 401);
	assert_true(str_is(head_of(&t, "Content-Type"), "application/problem+json"));
	assert_true(str_has_prefix(head_of(&t, "WWW-Authenticate"), STR("Bearer")));
	arena_free(t.a);
	STATUS(200, .target = "/mine", .who = "worker");
	/* Not even whether a thing exists is told before the login. */
	REFUSED(401, "login_required", .target = "/things/1", JSON_);
	REFUSED(401, "login_required", .target = "/things/99", JSON_);
}

static void outside_is_missing_inside_is_denied(void **state)
{
	struct ground *g = ready(state);
	STATUS(200, .target = "/things/1", .who = "cadre");
	REFUSED(403, "denied", .target = "/things/1", .who = "worker", JSON_);
	struct told there = ASK(.target = "/things/2", .who = "cadre", JSON_), nowhere = ASK(.target = "/things/99", .who = "cadre", JSON_);
	assert_int_equal(there.r->status, 404);
	/* Byte for byte the same: the answer does not tell what exists elsewhere. */
	assert_true(str_eq(there.body, nowhere.body));
	arena_free(there.a);
	arena_free(nowhere.a);
	STATUS(404, .target = "/things/abc", .who = "cadre");
	assert_int_equal(ground_sql(g, "SELECT CAST(count(*) AS BIGINT) AS n FROM audit WHERE city_id = $1", ARGS(ARG(g->city))), 2);
}

static void ones_own_may_be_read_and_acted_on_by_step_only(void **state)
{
	struct ground *g = ready(state);
	STATUS(200, .target = "/things/3", .who = "worker");
	STATUS(200, .method = WEB_POST, .target = "/things/3/move", .who = "worker", .json = "{}", JSON_);
	STATUS(404, .method = WEB_PUT, .target = "/things/3", .who = "worker", .json = "{\"name\":\"x\"}", JSON_);
	STATUS(404, .method = WEB_POST, .target = "/things/2/move", .who = "cadre", .json = "{}", JSON_);
	STATUS(200, .method = WEB_POST, .target = "/things/1/move", .who = "cadre", .json = "{}", JSON_);
}

static void a_refused_method_hears_of_the_others(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.method = WEB_DELETE, .target = "/things/1", .who = "boss", JSON_);
	assert_int_equal(t.r->status, 405);
	assert_true(str_is(head_of(&t, "Allow"), "GET, HEAD, PUT"));
	arena_free(t.a);
	STATUS(200, .method = WEB_HEAD, .target = "/things/1", .who = "cadre");
}

static void changes_come_from_our_own_pages(void **state)
{
	struct ground *g = ready(state);
#define POST_ .method = WEB_POST, .target = "/things", JSON_
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .form = "name=a", .origin = "http://elsewhere");
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .form = "name=a", .origin = "http://house.elsewhere");
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .form = "name=a", .origin = "null");
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .form = "name=a", .origin = "http://house", .is_https = true);
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .json = "{\"name\":\"a\"}", .site = "cross-site");
	REFUSED(403, "foreign_origin", POST_, .who = "boss", .form = "name=a", .site = "same-site");
	REFUSED(403, "csrf_token", POST_, .who = "boss", .form = "name=a");
	REFUSED(403, "csrf_token", POST_, .who = "boss", .form = "name=a&csrf=token-of-another");
	/* Who may not, hears that before where it came from matters. */
	REFUSED(403, "denied", POST_, .who = "cadre", .form = "name=a", .origin = "http://elsewhere");
	assert_int_equal(count(g), 0);
	STATUS(201, POST_, .who = "boss", .form = "name=a&csrf=token-of-the-form");
	STATUS(201, POST_, .who = "boss", .form = "name=b", .origin = "http://house", .site = "same-origin");
	STATUS(201, POST_, .who = "boss", .form = "name=c", .origin = "https://house", .is_https = true);
	STATUS(201, POST_, .who = "boss", .json = "{\"name\":\"d\"}");
	STATUS(201, POST_, .who = "script", .form = "name=e", .origin = "http://elsewhere");
	assert_int_equal(count(g), 5);
}

/* ---- which face -------------------------------------------------------------------------- */

static void expect_type(struct ground *g, struct asked k, const char *type)
{
	struct told t = ask(g, k);
	if (!str_has_prefix(head_of(&t, "Content-Type"), str_of(type)))
		fail_msg("%s, %s: %.*s instead of %s", k.target, k.accept, STR_ARG(head_of(&t, "Content-Type")), type);
	arena_free(t.a);
}

static void the_face_is_chosen_by_suffix_then_by_accept(void **state)
{
	struct ground *g = ready(state);
	static const struct { const char *target, *accept, *type; } rows[] = {
		{"/things", NULL, "text/html"},
		{"/things", "*/*", "text/html"},
		{"/things", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html"},
		{"/things", "application/json", "application/json"},
		{"/things", "application/json;q=0.5, text/html", "text/html"},
		{"/things", "text/csv", "text/csv"},
		{"/things", "text/csv, */*;q=0.1", "text/csv"},
		{"/things.json", "text/html", "application/json"},
		{"/things.csv", "text/html", "text/csv"},
		{"/things", TYPE_XLSX, TYPE_XLSX},
		{"/things.xlsx", "text/html", TYPE_XLSX},
		{"/things/1.json", NULL, "application/json"},
		{"/things/1", "text/csv", "text/html"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_type(g, (struct asked){.target = rows[i].target, .accept = rows[i].accept, .who = "cadre"}, rows[i].type);
	STATUS(404, .target = "/things/1.csv", .who = "cadre");
	STATUS(404, .target = "/things/1.xlsx", .who = "cadre");
}

static void the_language_is_chinese_unless_english_comes_first(void **state)
{
	struct ground *g = ready(state);
	static const struct { const char *target, *accept, *lang; } rows[] = {
		{"/open", NULL, "zh-CN"}, {"/open", "fr", "zh-CN"}, {"/open", "zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"},
		{"/open", "en-GB,en;q=0.9,zh;q=0.1", "\"en\""}, {"/open", "de, en;q=0.9", "\"en\""}, {"/open?lang=en", "zh", "\"en\""}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct told t = ASK(.target = rows[i].target, .language = rows[i].accept);
		assert_true(has(t.body, rows[i].lang));
		arena_free(t.a);
	}
}

static void a_list_as_csv_is_streamed_inert_and_by_sight(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.target = "/things.csv", .who = "cadre");
	assert_int_equal(t.r->status, 200);
	assert_true(str_is(t.body, "name,cost_fen\r\n'=1+1,-5\r\n\"a,\"\"b\"\"\",7\r\n'=1+1,-5\r\n\"a,\"\"b\"\"\",7\r\n"));
	assert_true(has(head_of(&t, "Content-Disposition"), "things.csv"));
	arena_free(t.a);
	REFUSED(422, "invalid", .target = "/things.csv?q=bad", .who = "cadre");
	REFUSED(422, "fields", .target = "/things.csv?colour=red", .who = "cadre");
}

/* ---- fields ------------------------------------------------------------------------------- */

static void strangers_parameters_are_passed_over_on_pages_only(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.target = "/things?q=x&from=singlemessage&isappinstalled=0&utm_source=a%22b", .who = "cadre");
	assert_int_equal(t.r->status, 200);
	assert_true(has(t.body, ";/things?q=x&amp;sort=name"));
	assert_false(has(t.body, "isappinstalled") || has(t.body, "utm"));
	arena_free(t.a);
	STATUS(422, .target = "/things?from=yesterday", .who = "cadre");
	REFUSED(422, "fields", .target = "/things.json?utm_source=x", .who = "cadre");
	STATUS(422, .target = "/things.json?limit=501", .who = "cadre");
	STATUS(422, .target = "/things.json?limit=-1", .who = "cadre");
}

static void an_error_in_a_field_says_where_and_what_in_the_language_asked(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.method = WEB_POST, .target = "/things", .who = "boss", JSON_, .json = "{\"nome\":\"a\"}", .language = "en");
	assert_int_equal(t.r->status, 422);
	json_t *first = json_array_get(json_object_get(t.doc, "errors"), 0), *second = json_array_get(json_object_get(t.doc, "errors"), 1);
	assert_string_equal(json_string_value(json_object_get(first, "pointer")), "/nome");
	assert_string_equal(json_string_value(json_object_get(first, "code")), "unknown_field");
	assert_string_equal(json_string_value(json_object_get(second, "detail")), "Name: This is required");
	assert_string_equal(member(&t, "instance"), "urn:chabaocu:request:r1");
	arena_free(t.a);
}

static void a_form_comes_back_with_what_was_typed(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.method = WEB_POST, .target = "/things", .who = "boss", .origin = "http://house", .language = "en",
			    .form = "name=A+name+that+is+%3Cmuch%3E+too+long&version=4&idempotency_key=kept-key");
	assert_int_equal(t.r->status, 422);
	assert_true(has(t.body, "[name=A name that is &lt;much&gt; too long Too long]") && has(t.body, "key=kept-key;") && has(t.body, "(fields)"));
	/* Sent again it is sent on top of what is stored now. */
	assert_true(has(t.body, "[version=9 ]"));
	arena_free(t.a);
}

static void a_stale_edit_hears_both_versions(void **state)
{
	struct ground *g = ready(state);
	struct told t = ASK(.method = WEB_PUT, .target = "/things/1", .who = "cadre", JSON_, .json = "{\"name\":\"x\",\"version\":4}");
	assert_int_equal(t.r->status, 409);
	assert_string_equal(member(&t, "code"), "stale");
	assert_int_equal(json_integer_value(json_object_get(t.doc, "version_sent")), 4);
	assert_int_equal(json_integer_value(json_object_get(t.doc, "version_stored")), 9);
	arena_free(t.a);
}

static void too_much_memory_is_413_but_never_after_a_write(void **state)
{
	struct ground *g = ready(state);
	REFUSED(413, "too_large", .target = "/big", JSON_);
	STATUS(201, .method = WEB_POST, .target = "/big", .json = "{\"name\":\"x\"}", JSON_);
	assert_int_equal(count(g), 1);
}

static void one_is_sent_back_only_within_this_site(void **state)
{
	struct ground *g = ready(state);
	static const char *const rows[][2] = {{"back=%2Fmine", "/mine"}, {"back=%2F%2Fevil", "/"}, {"back=%2F%5Cevil", "/"},
					      {"back=%2F%09%2Fevil", "/"}, {"back=https%3A%2F%2Fevil", "/"}, {"back=", "/"}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct told t = ASK(.method = WEB_POST, .target = "/preferences", .form = rows[i][0]);
		assert_int_equal(t.r->status, 303);
		assert_true(str_is(head_of(&t, "Location"), rows[i][1]));
		arena_free(t.a);
	}
}

/* ---- sent twice ------------------------------------------------------------------------------ */

static struct str made(struct ground *g, struct asked k, struct arena *a, const char *what)
{
	k.method = WEB_POST;
	k.accept = "application/json";
	struct told t = ask(g, k);
	if (t.r->status != 201)
		fail_msg("status %d: %.*s", t.r->status, STR_ARG(t.body));
	struct str s = str_dup(a, str_of(member(&t, what)));
	arena_free(t.a);
	return s;
}

static void the_same_key_gives_the_first_result_again(void **state)
{
	struct ground *g = ready(state);
	struct asked json = {.target = "/things", .who = "boss", .json = "{\"name\":\"a\",\"cost_fen\":1250}", .key = "k1"};
	struct asked same = {.target = "/things", .who = "boss", .form = "cost_yuan=12.5&name=a&idempotency_key=k1", .origin = "http://house"};
	struct asked within = {.target = "/things", .who = "boss", .json = "{\"name\":\"a\",\"cost_fen\":1250,\"idempotency_key\":\"k1\"}"};
	struct str first = made(g, json, g->a, "id");
	assert_true(str_eq(first, made(g, json, g->a, "id")));
	assert_true(str_eq(first, made(g, same, g->a, "id")));
	assert_true(str_eq(first, made(g, within, g->a, "id")));
	assert_int_equal(count(g), 1);
	REFUSED(422, "key_reused", .method = WEB_POST, .target = "/things", .who = "boss", .json = "{\"name\":\"b\"}", .key = "k1", JSON_);
	json.key = "k2";
	assert_false(str_eq(first, made(g, json, g->a, "id")));
	assert_int_equal(count(g), 2);
}

static void keys_of_different_people_do_not_meet(void **state)
{
	struct ground *g = ready(state);
	struct asked k = {.target = "/public", .who = "boss", .json = "{\"name\":\"a\"}", .key = "a-long-enough-key"};
	struct str first = made(g, k, g->a, "id"), code = made(g, k, g->a, "code");
	k.who = "worker";
	assert_false(str_eq(first, made(g, k, g->a, "id")));
	assert_false(str_eq(code, made(g, k, g->a, "code")));
	k.who = NULL;
	assert_false(str_eq(first, made(g, k, g->a, "id")));
	assert_int_equal(count(g), 3);
}

static void nobodys_replay_needs_a_long_key_and_the_very_same_fields(void **state)
{
	struct ground *g = ready(state);
	struct asked k = {.target = "/public", .json = "{\"name\":\"a\"}", .key = "0123456789abcdef"};
	REFUSED(400, "idempotency_key", .method = WEB_POST, .target = "/public", .json = "{\"name\":\"a\"}", .key = "0123456789abcde", JSON_);
	assert_int_equal(count(g), 0);
	struct str id = made(g, k, g->a, "id"), code = made(g, k, g->a, "code");
	assert_true(str_eq(id, made(g, k, g->a, "id")));
	assert_true(str_eq(code, made(g, k, g->a, "code")));
	REFUSED(422, "key_reused", .method = WEB_POST, .target = "/public", .json = "{\"name\":\"b\"}", .key = "0123456789abcdef", JSON_);
	assert_int_equal(count(g), 1);
	/* Once the key is forgotten, it does not bring the old code to another's fields. */
	ground_sql(g, "DELETE FROM idempotency WHERE city_id = $1", ARGS(ARG(g->city)));
	k.json = "{\"name\":\"b\"}";
	assert_false(str_eq(code, made(g, k, g->a, "code")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(public_pages_need_no_login_others_send_to_it),
		ON_BOTH(outside_is_missing_inside_is_denied),
		ON_BOTH(ones_own_may_be_read_and_acted_on_by_step_only),
		ON_BOTH(a_refused_method_hears_of_the_others),
		ON_BOTH(changes_come_from_our_own_pages),
		ON_BOTH(the_face_is_chosen_by_suffix_then_by_accept),
		ON_BOTH(the_language_is_chinese_unless_english_comes_first),
		ON_BOTH(a_list_as_csv_is_streamed_inert_and_by_sight),
		ON_BOTH(strangers_parameters_are_passed_over_on_pages_only),
		ON_BOTH(an_error_in_a_field_says_where_and_what_in_the_language_asked),
		ON_BOTH(a_form_comes_back_with_what_was_typed),
		ON_BOTH(a_stale_edit_hears_both_versions),
		ON_BOTH(too_much_memory_is_413_but_never_after_a_write),
		ON_BOTH(one_is_sent_back_only_within_this_site),
		ON_BOTH(the_same_key_gives_the_first_result_again),
		ON_BOTH(keys_of_different_people_do_not_meet),
		ON_BOTH(nobodys_replay_needs_a_long_key_and_the_very_same_fields),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
