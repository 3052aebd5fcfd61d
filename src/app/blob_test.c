/* Photos: what is stored, what is refused, uploads in pieces, who may see. */
#include "app_ground.h"
#include "call.h"
#include "dispatch.h"
#include "upload.h"

#include <fcntl.h>
#include <signal.h>
#include <sodium.h>
#include <sys/resource.h>
#include <sys/stat.h>

static const struct err *may_see(struct db_tx *tx, struct call *c, struct id object)
{
	(void)tx;
	return object.v == 1 ? NULL : ERR(c->a, ERR_MISSING, NULL, "not yours");
}

static const struct attachment_owner owners[] = {{"thing", may_see}, {0}};

/* Head "Who" names the person. */
static const struct err *identify(struct call *c)
{
	struct actor *w = ARENA_NEW(c->a, struct actor);
	w->by_token = true;
	w->city = 371300;
	if (str_i64(req_header(c->req, "Who"), 1, 99, &w->person_id.v))
		c->actor = w;
	return NULL;
}

static const struct feature feature_test = {.name = "test", .identify = identify, .owners = owners};
const struct ground_plan ground_plan = {.features = (const struct feature *const[]){&feature_test, NULL}};

/* A PNG of 3 × 2 black points. */
static const unsigned char png[] = {
	0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
	0x03, 0x00, 0x00, 0x00, 0x02, 0x08, 0x00, 0x00, 0x00, 0x00, 0xb8, 0x1f, 0x39, 0xc6, 0x00, 0x00, 0x00, 0x0b, 0x49,
	0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x80, 0x00, 0x00, 0x00, 0x08, 0x00, 0x01, 0xb7, 0x58, 0x73, 0x95, 0x00,
	0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
/* The same, but its head says 15,000 × 15,000. */
static const unsigned char bomb[] = {
	0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x3a,
	0x98, 0x00, 0x00, 0x3a, 0x98, 0x08, 0x00, 0x00, 0x00, 0x00, 0xfb, 0x7f, 0x96, 0x79, 0x00, 0x00, 0x00, 0x0b, 0x49,
	0x44, 0x41, 0x54, 0x78, 0x9c, 0x63, 0x60, 0x80, 0x00, 0x00, 0x00, 0x08, 0x00, 0x01, 0xb7, 0x58, 0x73, 0x95, 0x00,
	0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};
static const struct str picture = {(const char *)png, sizeof(png)};

static struct upload *sent(struct ground *g, struct str bytes)
{
	struct upload *u = ARENA_NEW(g->a, struct upload);
	char path[64];
	unsigned char r[4];
	app_random(g->app, r, 4);
	snprintf(path, sizeof(path), "%s/spool-%02x%02x%02x%02x", g->dir, r[0], r[1], r[2], r[3]);
	*u = (struct upload){.path = str_dup(g->a, str_of(path)).p, .size = (int64_t)bytes.n};
	u->fd = open(u->path, O_CREAT | O_RDWR | O_EXCL, 0600);
	assert_int_equal(write(u->fd, bytes.p, bytes.n), bytes.n);
	crypto_hash_sha256(u->sha256, (const unsigned char *)bytes.p, bytes.n);
	return u;
}

static void forget(struct upload *u)
{
	close(u->fd);
	unlink(u->path);
}

static void a_photo_is_stored_once_and_outlives_its_spool_file(void **state)
{
	struct ground *g = ground_of(state);
	struct blob b;
	struct str type;
	int fd;
	int64_t size;
	for (int i = 0; i < 2; i++) {
		struct upload *u = sent(g, picture);
		fine(blob_take_photo(g->app, g->a, u, &b, &type));
		forget(u);
	}
	assert_true(str_is(type, "image/png"));
	fine(blob_open(g->app, g->a, b.sha256, &fd, &size));
	assert_int_equal(size, sizeof(png));
	close(fd);
	fine(blob_verify(g->app, g->a, b.sha256));
	const char *hex = str_hex(g->a, b.sha256, 32).p;
	const char *path = str_fmt(g->a, "%s/blobs/%.2s/%.2s/%s", g->dir, hex, hex + 2, hex).p;
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_nlink, 1);
	/* A torn copy is seen, and the next one to send the photo mends it. */
	assert_int_equal(truncate(path, 20), 0);
	fails(blob_verify(g->app, g->a, b.sha256), ERR_BUG, "blob_broken");
	struct upload *u = sent(g, picture);
	fine(blob_take_photo(g->app, g->a, u, &b, &type));
	forget(u);
	fine(blob_verify(g->app, g->a, b.sha256));
	b.sha256[0] ^= 1;
	fails(blob_open(g->app, g->a, b.sha256, &fd, &size), ERR_MISSING, NULL);
}

static void what_is_no_whole_picture_is_refused(void **state)
{
	struct ground *g = ground_of(state);
	struct { struct str bytes; const char *code; } bad[] = {
		{STR("hello, this is no picture at all, only some text"), "image_type"},
		{str_sub(picture, 0, sizeof(png) - 5), "image_truncated"},
		{STR(""), "image_truncated"},
		{{(const char *)bomb, sizeof(bomb)}, "image_too_large"},
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct upload *u = sent(g, bad[i].bytes);
		struct blob b;
		struct str type;
		const struct err *e = blob_take_photo(g->app, g->a, u, &b, &type);
		forget(u);
		fails(e, ERR_INPUT, bad[i].code);
	}
}

static void put_file(const char *path, struct str bytes)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	close(fd);
}

/* A power cut may leave the names of the shown sizes without their bytes: these are not shown for ever. */
static void a_torn_shown_size_is_not_given_out(void **state)
{
	struct ground *g = ground_of(state);
	struct blob b;
	struct str type;
	int fd;
	int64_t size;
	struct upload *u = sent(g, picture);
	fine(blob_take_photo(g->app, g->a, u, &b, &type));
	forget(u);
	const char *hex = str_hex(g->a, b.sha256, 32).p;
	const char *path = str_fmt(g->a, "%s/blobs/%.2s/%.2s/%s.320.jpg", g->dir, hex, hex + 2, hex).p;
	put_file(path, STR("\xff\xd8 all of it \xff\xd9"));
	fine(blob_open_size(g->app, g->a, b.sha256, 320, &fd, &size));
	close(fd);
	put_file(path, STR("\xff\xd8 half"));
	fails(blob_open_size(g->app, g->a, b.sha256, 320, &fd, &size), ERR_MISSING, NULL);
	put_file(path, STR(""));
	fails(blob_open_size(g->app, g->a, b.sha256, 320, &fd, &size), ERR_MISSING, NULL);
}

/* ---- uploads in pieces ------------------------------------------------------------ */

static struct env as(struct ground *g, int64_t person, const char *secret)
{
	struct actor *w = ARENA_NEW(g->a, struct actor);
	w->person_id = ID(person);
	struct env e = env_new(g->app, g->a, g->city, w);
	e.upload_secret = str_of(secret);
	return e;
}

struct finding { struct id id; struct upload_row row; };

static const struct err *find(struct db_tx *tx, struct env *e, void *ctx)
{
	struct finding *f = ctx;
	return upload_find(tx, e, f->id, &f->row);
}

/* One PATCH: opens, writes, closes; `broken` leaves it as a lost connection does. */
static const struct err *send_piece(struct ground *g, struct env *e, struct id id, struct str bytes, bool broken, int64_t *offset)
{
	struct finding f = {.id = id};
	struct upload_writer w;
	struct arena *a = arena_new(0);
	struct env own = *e;
	own.a = a;
	const struct err *bad = env_read(&own, find, &f);
	bad = bad ? bad : upload_open(&own, &f.row, &w);
	bad = bad ? bad : upload_write(&w, bytes);
	if (!bad && !broken)
		bad = upload_close(&w);
	*offset = f.row.received;
	bad = bad ? err_make(g->a, bad->kind, str_z(g->a, bad->code), bad->file, bad->line, "%.*s", STR_ARG(bad->detail)) : NULL;
	arena_free(a);
	return bad;
}

struct taking { struct id id; struct blob blob; struct str type; };

static const struct err *take(struct db_tx *tx, struct env *e, void *ctx)
{
	struct taking *t = ctx;
	return upload_take(tx, e, t->id, &t->blob, &t->type);
}

/* An empty folder can be removed. */
static bool no_pieces_left(struct ground *g)
{
	const char *path = str_fmt(g->a, "%s/uploads", g->dir).p;
	return rmdir(path) == 0 && mkdir(path, 0750) == 0;
}

static void pieces_become_a_photo_that_is_taken_once(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, ""), other = as(g, 6, ""), nobody = as(g, 0, "");
	struct upload_row u = {.size = (int64_t)sizeof(png)};
	struct finding f;
	struct taking t;
	int64_t offset;
	fine(upload_add(&maker, &u));
	f.id = t.id = u.id;
	fails(env_read(&other, find, &f), ERR_MISSING, NULL);
	fails(env_read(&nobody, find, &f), ERR_MISSING, NULL);
	fine(send_piece(g, &maker, u.id, str_sub(picture, 0, 30), false, &offset));
	assert_int_equal(offset, 30);
	fails(env_write(&maker, take, &t), ERR_INPUT, "not_whole");
	/* A broken connection loses what was not synced, nothing else. */
	fine(send_piece(g, &maker, u.id, str_sub(picture, 30, 10), true, &offset));
	fine(env_read(&maker, find, &f));
	assert_int_equal(f.row.received, 30);
	fails(send_piece(g, &maker, u.id, str_fmt(g->a, "%200s", "x"), false, &offset), ERR_LIMIT, NULL);
	fine(send_piece(g, &maker, u.id, str_sub(picture, 30, SIZE_MAX), false, &offset));
	assert_int_equal(offset, sizeof(png));
	assert_true(no_pieces_left(g));
	fails(env_write(&other, take, &t), ERR_INPUT, "unknown");
	fine(env_write(&maker, take, &t));
	fine(blob_verify(g->app, g->a, t.blob.sha256));
	assert_int_equal(t.blob.size, sizeof(png));
	assert_true(str_is(t.type, "image/png"));
	fails(env_write(&maker, take, &t), ERR_INPUT, "unknown");
	assert_int_equal(ground_sql(g, "SELECT COUNT(*) AS n FROM upload", (struct args){0}), 0);
}

/* Two requests looked at the same offset; the second comes when the first is through. */
static void a_late_piece_does_not_write_over_what_another_sent(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, "");
	struct upload_row u = {.size = (int64_t)sizeof(png)};
	struct upload_writer w;
	struct taking t;
	int64_t offset;
	fine(upload_add(&maker, &u));
	struct finding late = {.id = u.id}, later = {.id = u.id};
	t.id = u.id;
	fine(env_read(&maker, find, &late));
	fine(send_piece(g, &maker, u.id, str_sub(picture, 0, 30), false, &offset));
	fails(upload_open(&maker, &late.row, &w), ERR_CONFLICT, "upload_busy");
	fine(env_read(&maker, find, &later));
	fine(send_piece(g, &maker, u.id, str_sub(picture, 30, SIZE_MAX), false, &offset));
	fails(upload_open(&maker, &later.row, &w), ERR_CONFLICT, "upload_busy");
	assert_true(no_pieces_left(g));
	fine(env_write(&maker, take, &t));
	fine(blob_verify(g->app, g->a, t.blob.sha256));
}

/* The server ended, or the disk was full, between the photo and its row: the stored photo is nobody's to change. */
static void a_piece_sent_again_does_not_change_the_stored_photo(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, "");
	struct upload_row u = {.size = (int64_t)sizeof(png)};
	struct taking t;
	int64_t offset;
	fine(upload_add(&maker, &u));
	t.id = u.id;
	fine(send_piece(g, &maker, u.id, str_sub(picture, 0, 30), false, &offset));
	const char *path = str_fmt(g->a, "%s/uploads/%lld-%lld", g->dir, (long long)g->city, (long long)u.id.v).p;
	struct blob b = {.size = (int64_t)sizeof(png)};
	crypto_hash_sha256(b.sha256, png, sizeof(png));
	int fd = open(path, O_RDWR);
	assert_int_equal(pwrite(fd, png, sizeof(png), 0), sizeof(png));
	fine(blob_store(g->app, g->a, path, fd, &b));
	close(fd);
	char other[sizeof(png)];
	memset(other, 'x', sizeof(other));
	fine(send_piece(g, &maker, u.id, (struct str){other, sizeof(png) - 30}, false, &offset));
	fine(blob_verify(g->app, g->a, b.sha256));
	fine(env_write(&maker, take, &t));
	fine(blob_verify(g->app, g->a, t.blob.sha256));
	assert_true(no_pieces_left(g));
}

static void only_the_secret_opens_an_upload_without_login(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 0, "abcdefghijklmnop"), guess = as(g, 0, "abcdefghijklmnoq");
	struct upload_row u = {.size = 10};
	fine(upload_add(&maker, &u));
	struct finding f = {.id = u.id};
	fine(env_read(&maker, find, &f));
	fails(env_read(&guess, find, &f), ERR_MISSING, NULL);
}

static void a_full_disk_loses_no_acknowledged_byte(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, "");
	struct upload_row u = {.size = 3 * UPLOAD_STEP};
	char *bytes = arena_alloc(g->a, 2 * UPLOAD_STEP);
	struct rlimit was, low = {0};
	struct finding f;
	int64_t offset;
	fine(upload_add(&maker, &u));
	f.id = u.id;
	fine(send_piece(g, &maker, u.id, (struct str){bytes, 1000}, false, &offset));
	/* The database's own files stay under this, the upload does not. */
	getrlimit(RLIMIT_FSIZE, &was);
	low = (struct rlimit){.rlim_cur = 16 * 1024 * 1024, .rlim_max = was.rlim_max};
	const char *path = str_fmt(g->a, "%s/uploads/%lld-%lld", g->dir, (long long)g->city, (long long)u.id.v).p;
	assert_int_equal(truncate(path, 0), 0);
	ground_sql(g, "UPDATE upload SET received = $1, size = $2", ARGS(arg_i64(low.rlim_cur - 100), arg_i64(low.rlim_cur + 1000000)));
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &low);
	const struct err *e = send_piece(g, &maker, u.id, (struct str){bytes, 5000}, false, &offset);
	setrlimit(RLIMIT_FSIZE, &was);
	fails(e, ERR_READONLY, NULL);
	fine(env_read(&maker, find, &f));
	assert_int_equal(f.row.received, low.rlim_cur - 100);
	fine(send_piece(g, &maker, u.id, (struct str){bytes, 5000}, false, &offset));
	assert_int_equal(offset, low.rlim_cur + 4900);
}

static void unused_uploads_expire(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, "");
	struct upload_row old = {.size = 10}, fresh = {.size = 10};
	int64_t offset;
	app_set_now(g->app, INSTANT(1735689600000));
	maker.now = app_now(g->app);
	fine(upload_add(&maker, &old));
	fine(send_piece(g, &maker, old.id, STR("abc"), false, &offset));
	app_set_now(g->app, INSTANT(1735689600000 + INT64_C(8) * 86400000));
	struct env later = as(g, 5, "");
	fine(upload_add(&later, &fresh));
	fine(upload_purge(&later));
	struct finding f = {.id = old.id};
	fails(env_read(&later, find, &f), ERR_MISSING, NULL);
	f.id = fresh.id;
	fine(env_read(&later, find, &f));
	assert_true(no_pieces_left(g));
}

static void what_turns_out_to_be_no_picture_is_removed(void **state)
{
	struct ground *g = ground_of(state);
	struct env maker = as(g, 5, "");
	struct upload_row u = {.size = 40};
	int64_t offset;
	fine(upload_add(&maker, &u));
	fails(send_piece(g, &maker, u.id, STR("a text that is forty bytes long, so what"), false, &offset), ERR_INPUT, "image_type");
	struct finding f = {.id = u.id};
	fails(env_read(&maker, find, &f), ERR_MISSING, NULL);
	assert_true(no_pieces_left(g));
}

/* ---- over the routes ------------------------------------------------------------------ */

static struct reply *ask(struct ground *g, enum web_method m, const char *path, const char *offset, const char *who, struct str body)
{
	struct web_handler h = dispatch_handler(g->app);
	struct req *r = ARENA_NEW(g->a, struct req);
	struct pair *heads = ARENA_ARRAY(g->a, struct pair, 5);
	bool json = m == WEB_POST;
	heads[0] = (struct pair){STR("Accept"), STR("application/json")};
	heads[1] = (struct pair){STR("Who"), str_of(who)};
	heads[2] = (struct pair){STR("Content-Type"), json ? STR("application/json") : STR("application/offset+octet-stream")};
	heads[3] = (struct pair){STR("Upload-Offset"), str_of(offset)};
	*r = (struct req){.a = g->a, .method = m, .path = str_of(path), .headers = {heads, offset ? 4 : 3}, .id = STR("test"), .addr = STR("127.0.0.1")};
	struct reply *reply = h.head(h.ctx, r);
	if (!reply && json) {
		r->json = body;
		r->content_type = STR("application/json");
	}
	for (size_t at = 0; !reply && m == WEB_PATCH && at < body.n; at += 7) {
		const struct err *e = h.chunk(h.ctx, r, str_sub(body, at, 7));
		reply = e ? (h.fail)(h.ctx, r, e) : NULL;
	}
	return reply ? reply : h.done(h.ctx, r);
}

static int64_t told(const struct reply *r, const char *name)
{
	json_t *j = json_loadb(r->body.p, r->body.n, 0, NULL), *v = json_object_get(j, name);
	int64_t n = json_is_string(v) ? strtoll(json_string_value(v), NULL, 10) : json_integer_value(v);
	json_decref(j);
	return n;
}

static void the_offset_is_told_and_a_wrong_one_refused(void **state)
{
	struct ground *g = ground_of(state);
	struct reply *r = ask(g, WEB_POST, "/uploads", NULL, "5", str_fmt(g->a, "{\"size\": %zu, \"type\": \"image/png\"}", sizeof(png)));
	assert_int_equal(r->status, 201);
	const char *path = str_fmt(g->a, "/uploads/%lld", (long long)told(r, "id")).p;
	r = ask(g, WEB_PATCH, path, "0", "5", str_sub(picture, 0, 25));
	assert_int_equal(r->status, 200);
	assert_int_equal(told(r, "offset"), 25);
	r = ask(g, WEB_PATCH, path, "20", "5", str_sub(picture, 20, SIZE_MAX));
	assert_int_equal(r->status, 409);
	assert_int_equal(told(r, "offset"), 25);
	assert_true(str_is(pairs_get(&r->headers, "Upload-Offset"), "25"));
	assert_int_equal(ask(g, WEB_PATCH, path, NULL, "5", STR("x"))->status, 400);
	assert_int_equal(ask(g, WEB_PATCH, path, "25", "6", STR("x"))->status, 404);
	assert_int_equal(ask(g, WEB_GET, path, NULL, "6", STR(""))->status, 404);
	assert_int_equal(told(ask(g, WEB_GET, path, NULL, "5", STR("")), "offset"), 25);
	r = ask(g, WEB_PATCH, path, "25", "5", str_sub(picture, 25, SIZE_MAX));
	assert_int_equal(r->status, 200);
	assert_int_equal(told(r, "offset"), sizeof(png));
	/* The answer was lost and the client asks again. */
	assert_int_equal(ask(g, WEB_PATCH, path, str_fmt(g->a, "%zu", sizeof(png)).p, "5", STR(""))->status, 200);
	r = ask(g, WEB_POST, "/uploads", NULL, "5", STR("{\"size\": 20971521}"));
	assert_int_equal(r->status, 422);
}

struct hanging { struct id id, object; };

static const struct err *hang(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct hanging *h = ctx;
	struct blob b = {.size = (int64_t)sizeof(png)};
	crypto_hash_sha256(b.sha256, png, sizeof(png));
	return attachment_add(tx, e, h->id, "thing", h->object, "before", &b, STR("image/png"));
}

static void count_fault(void *ctx, const char *text)
{
	(void)text;
	++*(int *)ctx;
}

static void an_attachment_has_the_rights_of_its_object(void **state)
{
	struct ground *g = ground_of(state);
	struct env e = as(g, 5, "");
	struct hanging mine = {ID(11), ID(1)}, foreign = {ID(12), ID(2)};
	struct upload *u = sent(g, picture);
	struct blob b;
	struct str type;
	int faults = 0;
	int64_t n;
	fine(blob_take_photo(g->app, g->a, u, &b, &type));
	forget(u);
	fine(env_write(&e, hang, &mine));
	fine(env_write(&e, hang, &foreign));
	const char *hex = str_hex(g->a, b.sha256, 32).p;
	/* As a media worker would have made it. */
	put_file(str_fmt(g->a, "%s/blobs/%.2s/%.2s/%s.1600.jpg", g->dir, hex, hex + 2, hex).p, STR("large\xff\xd9"));
	struct reply *r = ask(g, WEB_GET, "/attachments/11", NULL, "5", STR(""));
	assert_int_equal(r->status, 200);
	assert_int_equal(ask(g, WEB_GET, "/attachments/12", NULL, "5", STR(""))->status, 404);
	assert_int_equal(ask(g, WEB_GET, "/attachments/13", NULL, "5", STR(""))->status, 404);
	fine(attachment_verify(&e, count_fault, &faults, &n));
	assert_int_equal(n, 2);
	assert_int_equal(faults, 0);
	unlink(str_fmt(g->a, "%s/blobs/%.2s/%.2s/%s", g->dir, hex, hex + 2, hex).p);
	fine(attachment_verify(&e, count_fault, &faults, &n));
	assert_int_equal(faults, 2);
}

/* ---- the same request twice ------------------------------------------------------------- */

struct doing { int runs; struct outcome out; };

static const struct err *act(struct db_tx *tx, struct env *e, void *ctx)
{
	struct doing *d = ctx;
	(void)tx;
	d->runs++;
	d->out.object = env_id(e);
	return NULL;
}

static const struct err *request(struct ground *g, int64_t person, const char *key, char fields, struct doing *d)
{
	static const struct route route = {.path = "/things"};
	struct call c = {.app = g->app, .a = g->a, .env = as(g, person, ""), .route = &route, .city = g->city, .key = str_of(key)};
	c.actor = c.env.actor;
	memset(c.key_hash, fields, sizeof(c.key_hash));
	return call_write(&c, act, d, &d->out);
}

static void a_key_gives_the_first_answer_again(void **state)
{
	struct ground *g = ground_of(state);
	struct doing first = {0}, second = {0}, other = {0}, bare = {0};
	fine(request(g, 5, "k1", 'a', &first));
	fine(request(g, 5, "k1", 'a', &second));
	assert_int_equal(second.runs, 0);
	assert_true(second.out.replayed);
	assert_int_equal(first.out.object.v, second.out.object.v);
	fails(request(g, 5, "k1", 'b', &second), ERR_INPUT, "key_reused");
	fine(request(g, 6, "k1", 'b', &other)); /* another person's key is another key */
	assert_int_equal(other.runs, 1);
	fine(request(g, 5, "", 'a', &bare));
	fine(request(g, 5, "", 'a', &bare));
	assert_int_equal(bare.runs, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_photo_is_stored_once_and_outlives_its_spool_file),
		ON_BOTH(what_is_no_whole_picture_is_refused),
		ON_BOTH(a_torn_shown_size_is_not_given_out),
		ON_BOTH(pieces_become_a_photo_that_is_taken_once),
		ON_BOTH(a_late_piece_does_not_write_over_what_another_sent),
		ON_BOTH(a_piece_sent_again_does_not_change_the_stored_photo),
		ON_BOTH(only_the_secret_opens_an_upload_without_login),
		ON_BOTH(a_full_disk_loses_no_acknowledged_byte),
		ON_BOTH(unused_uploads_expire),
		ON_BOTH(what_turns_out_to_be_no_picture_is_removed),
		ON_BOTH(the_offset_is_told_and_a_wrong_one_refused),
		ON_BOTH(an_attachment_has_the_rights_of_its_object),
		ON_BOTH(a_key_gives_the_first_answer_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
