#include "app_sql.h"
#include "blob.h"

#include <string.h>

struct row {
	struct id id, object_id;
	struct str object_kind, role, sha256, type;
	int64_t size;
};

static const struct shape row_shape[] = {
	SHAPE(struct row, id, 0), SHAPE(struct row, object_kind, 0), SHAPE(struct row, object_id, 0), SHAPE(struct row, role, 0),
	SHAPE_BLOB(struct row, sha256), SHAPE(struct row, type, 0), SHAPE(struct row, size, 0), SHAPE_END,
};

const struct err *attachment_add(struct db_tx *tx, struct env *e, struct id id, const char *object_kind, struct id object,
				 const char *role, const struct blob *b, struct str type)
{
	struct str sha256 = {(const char *)b->sha256, sizeof(b->sha256)};
	return db_exec(tx, &attachment_insert, ARGS(ARG(e->city), ARG(id), ARG(str_of(object_kind)), ARG(object), ARG(str_of(role)),
						    arg_blob(sha256), ARG(type), ARG(b->size), ARG(e->now)), NULL);
}

const struct err *attachment_list(struct db_tx *tx, int64_t city, const char *object_kind, struct id object, json_t *list)
{
	struct arena *a = db_arena(tx);
	void *rows;
	size_t n;
	TRY(db_all(tx, &attachments_of, ARGS(ARG(city), ARG(str_of(object_kind)), ARG(object)), row_shape, sizeof(struct row), &rows, &n));
	for (size_t i = 0; i < n; i++) {
		const struct row *r = (const struct row *)rows + i;
		json_t *j = doc_append(list);
		doc_id(j, "id", r->id);
		doc_str(j, "role", r->role);
		doc_str(j, "href", str_fmt(a, "/attachments/%lld?size=1600", (long long)r->id.v));
		doc_str(j, "href_320", str_fmt(a, "/attachments/%lld?size=320", (long long)r->id.v));
	}
	return NULL;
}

const struct err *attachment_find(struct db_tx *tx, int64_t city, struct id id, struct attachment *out)
{
	struct row r = {0};
	TRY(db_one(tx, &attachment_by_id, ARGS(ARG(city), ARG(id)), row_shape, &r));
	if (r.sha256.n != sizeof(out->sha256))
		return ERR(db_arena(tx), ERR_BUG, NULL, "attachment %lld has no hash", (long long)id.v);
	*out = (struct attachment){.id = r.id, .object_kind = r.object_kind, .object_id = r.object_id, .role = r.role, .type = r.type, .size = r.size};
	memcpy(out->sha256, r.sha256.p, sizeof(out->sha256));
	return NULL;
}

/* ---- check ------------------------------------------------------------------------ */

struct page {
	struct id after;
	struct row *rows;
	size_t n;
};

static const struct err *read_page(struct db_tx *tx, struct env *e, void *ctx)
{
	struct page *p = ctx;
	void *rows;
	TRY(db_all(tx, &attachment_page, ARGS(ARG(e->city), ARG(p->after)), row_shape, sizeof(struct row), &rows, &p->n));
	p->rows = rows;
	return NULL;
}

/* The same picture may hang on many: what was found good among the last ones is not read again. */
struct good {
	unsigned char v[64][32];
	unsigned n;
};

static bool is_good(const struct good *g, struct str sha256)
{
	unsigned kept = sizeof(g->v) / sizeof(g->v[0]);
	for (unsigned i = 0; i < kept && i < g->n; i++)
		if (sha256.n == 32 && memcmp(g->v[i], sha256.p, 32) == 0)
			return true;
	return false;
}

static void verify_one(struct app *app, struct arena *a, const struct row *r, struct good *g, void (*found)(void *ctx, const char *text),
		       void *ctx)
{
	if (is_good(g, r->sha256))
		return;
	const struct err *e = r->sha256.n == 32 ? blob_verify(app, a, (const unsigned char *)r->sha256.p)
						: ERR(a, ERR_BUG, NULL, "its row has no hash");
	if (!e)
		memcpy(g->v[g->n++ % (sizeof(g->v) / sizeof(g->v[0]))], r->sha256.p, 32);
	if (e)
		found(ctx, str_fmt(a, "attachment %lld of %.*s %lld: %.*s", (long long)r->id.v, STR_ARG(r->object_kind),
				   (long long)r->object_id.v, STR_ARG(e->detail)).p);
}

const struct err *attachment_verify(struct env *e, void (*found)(void *ctx, const char *text), void *ctx, int64_t *n_out)
{
	struct page p = {.n = 1};
	struct good *good = ARENA_NEW(e->a, struct good);
	*n_out = 0;
	while (p.n) {
		struct env page = *e;
		page.a = arena_new(0);
		const struct err *err = env_read(&page, read_page, &p);
		for (size_t i = 0; !err && i < p.n; i++) {
			struct arena_mark mark = arena_mark(page.a);
			verify_one(e->app, page.a, &p.rows[i], good, found, ctx);
			arena_rewind(page.a, mark);
			p.after = p.rows[i].id;
			++*n_out;
		}
		err = err ? err_make(e->a, err->kind, str_z(e->a, err->code), err->file, err->line, "%.*s", STR_ARG(err->detail)) : NULL;
		arena_free(page.a);
		TRY(err);
	}
	return NULL;
}
