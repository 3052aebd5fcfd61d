/* Uploads in pieces and attachments. */
#include "app_private.h"
#include "app_sql.h"
#include "core.h"
#include "upload.h"

#include <string.h>

enum { SECRET_BYTES = 16 };
#define COOKIE_AGE_S (INT64_C(86400) * UPLOAD_KEPT_DAYS)

/* ---- answers ---------------------------------------------------------------------- */

static void put_upload(struct call *c, const struct upload_row *u)
{
	doc_id(c->doc, "id", u->id);
	doc_i64(c->doc, "offset", u->received);
	doc_i64(c->doc, "size", u->size);
	doc_bool(c->doc, "whole", upload_is_whole(u));
	doc_instant(c->doc, "expires_at", INSTANT(u->made_at.ms + COOKIE_AGE_S * 1000));
}

/* JSON with the offset in a head too. */
static const struct err *answer(struct call *c, int status, const char *type, int64_t offset)
{
	struct str text;
	TRY(doc_dump(c->a, c->doc, 4096, &text));
	c->reply = reply_bytes(c->a, status, type, text);
	reply_header(c->a, c->reply, "Upload-Offset", str_fmt(c->a, "%lld", (long long)offset));
	reply_header(c->a, c->reply, "Cache-Control", STR("no-store"));
	return NULL;
}

static const struct err *answer_wrong_offset(struct call *c, const struct upload_row *u)
{
	doc_z(c->doc, "type", "about:blank");
	doc_z(c->doc, "title", "Conflict");
	doc_i64(c->doc, "status", 409);
	doc_z(c->doc, "code", "wrong_offset");
	doc_z(c->doc, "detail", "Upload-Offset is not where the upload stands");
	doc_i64(c->doc, "offset", u->received);
	return answer(c, 409, "application/problem+json", u->received);
}

/* ---- POST /uploads ------------------------------------------------------------------ */

struct upload_input {
	int64_t size;
	struct str type, name;
};

static const struct shape upload_input_shape[] = {
	SHAPE_IN(struct upload_input, size, BLOB_MAX, SHAPE_REQUIRED),
	SHAPE(struct upload_input, type, 100), /* the bytes decide */
	SHAPE(struct upload_input, name, 255), /* not kept */
	SHAPE_END,
};

/* Who is not logged in proves by a secret to be the maker; one secret serves several uploads. */
static void make_secret(struct call *c)
{
	unsigned char bytes[SECRET_BYTES];
	if (c->actor->person_id.v)
		return;
	if (c->env.upload_secret.n < SECRET_BYTES || c->env.upload_secret.n > 64) {
		app_random(c->app, bytes, sizeof(bytes));
		c->env.upload_secret = str_b64url(c->a, bytes, sizeof(bytes));
	}
	doc_str(c->doc, "secret", c->env.upload_secret);
	call_cookie(c, "upload_secret", c->env.upload_secret, COOKIE_AGE_S);
}

static const struct err *upload_post(struct call *c)
{
	const struct upload_input *in = c->input;
	struct upload_row u = {.size = in->size};
	if (in->size < 1)
		return err_on_field(c->a, "size", "too_small", "an upload has at least one byte");
	make_secret(c);
	TRY(upload_add(&c->env, &u));
	put_upload(c, &u);
	call_done(c, 201, str_fmt(c->a, "/uploads/%lld", (long long)u.id.v));
	return NULL;
}

/* ---- PATCH and GET /uploads/{id} ------------------------------------------------------ */

/* The request's own record while the body comes. */
struct patch {
	struct upload_row row;
	struct upload_writer w;
	bool begun, wrong_offset;
};

static const struct err *locate_upload(struct db_tx *tx, struct call *c, struct target *t)
{
	struct patch *p = ARENA_NEW(c->a, struct patch);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(upload_find(tx, &c->env, t->id, &p->row));
	t->own = true;
	t->object = p;
	return NULL;
}

static const struct err *begin(struct call *c, struct patch *p)
{
	int64_t offset;
	struct str head = req_header(c->req, "Upload-Offset");
	p->begun = true;
	if (!str_i64(head, 0, BLOB_MAX, &offset))
		return ERR(c->a, ERR_MALFORMED, "upload_offset", "Upload-Offset is missing or not a number");
	p->wrong_offset = offset != p->row.received;
	if (p->wrong_offset || upload_is_whole(&p->row))
		return NULL;
	return upload_open(&c->env, &p->row, &p->w);
}

static const struct err *upload_stream(struct call *c, struct str bytes)
{
	struct patch *p = c->target.object;
	if (!p->begun)
		TRY(begin(c, p));
	if (p->wrong_offset)
		return NULL; /* told at the end, when the client listens */
	if (upload_is_whole(&p->row))
		return ERR(c->a, ERR_LIMIT, NULL, "the upload is whole");
	return upload_write(&p->w, bytes);
}

static const struct err *upload_patch(struct call *c)
{
	struct patch *p = c->target.object;
	if (!p->begun)
		TRY(begin(c, p));
	if (p->wrong_offset)
		return answer_wrong_offset(c, &p->row);
	if (!upload_is_whole(&p->row))
		TRY(upload_close(&p->w));
	put_upload(c, &p->row);
	return answer(c, 200, "application/json", p->row.received);
}

static const struct err *upload_get(struct call *c)
{
	const struct patch *p = c->target.object;
	put_upload(c, &p->row);
	return answer(c, 200, "application/json", p->row.received);
}

/* ---- GET /attachments/{id} -------------------------------------------------------------- */

struct attachment_query {
	int64_t size;
};

static const struct shape attachment_query_shape[] = {SHAPE(struct attachment_query, size, 1600), SHAPE_END};

static const struct attachment_owner *find_owner(const struct call *c, struct str object_kind)
{
	for (size_t i = 0; c->app->features[i]; i++)
		for (const struct attachment_owner *o = c->app->features[i]->owners; o && o->object_kind; o++)
			if (str_is(object_kind, o->object_kind))
				return o;
	return NULL;
}

/* Nobody learns whether an attachment exists whose object they may not see. */
static const struct err *locate_attachment(struct db_tx *tx, struct call *c, struct target *t)
{
	struct attachment *at = ARENA_NEW(c->a, struct attachment);
	TRY(call_arg_id(c, "id", &t->id));
	TRY(attachment_find(tx, c->city, t->id, at));
	const struct attachment_owner *o = find_owner(c, at->object_kind);
	if (!o)
		return ERR(c->a, ERR_MISSING, NULL, "no feature owns attachments of %.*s", STR_ARG(at->object_kind));
	TRY(o->may_see(tx, c, at->object_id));
	t->own = true;
	t->object = at;
	return NULL;
}

static const struct err *attachment_get(struct call *c)
{
	const struct attachment *at = c->target.object;
	const struct attachment_query *q = c->input;
	int64_t size;
	int fd;
	if (q->size != 0 && q->size != 320 && q->size != 1600)
		return err_on_field(c->a, "size", "unknown", "320 or 1600");
	TRY(blob_open_size(c->app, c->a, at->sha256, q->size ? (int)q->size : 1600, &fd, &size));
	c->reply = reply_file(c->a, fd, size, "image/jpeg");
	reply_header(c->a, c->reply, "Cache-Control", STR("private, max-age=86400"));
	return NULL;
}

/* ---- tables --------------------------------------------------------------------------------- */

const struct route upload_routes[] = {
	{.method = WEB_POST, .path = "/uploads", .perm = &PERM_PUBLIC, .input = upload_input_shape, .input_size = sizeof(struct upload_input),
	 .fn = upload_post, .faces = FACE_JSON, .flags = ROUTE_NO_TOKEN, .summary = "Begins an upload in pieces"},
	{.method = WEB_PATCH, .path = "/uploads/{id}", .perm = &PERM_PUBLIC, .locate = locate_upload, .input = shape_none, .fn = upload_patch,
	 .stream = upload_stream, .faces = FACE_JSON, .flags = ROUTE_NO_TOKEN, .body_max = BLOB_MAX,
	 .summary = "Sends the bytes from Upload-Offset on"},
	{.method = WEB_GET, .path = "/uploads/{id}", .perm = &PERM_PUBLIC, .locate = locate_upload, .fn = upload_get, .faces = FACE_JSON,
	 .summary = "Tells how much of an upload has arrived"},
	{.method = WEB_GET, .path = "/attachments/{id}", .perm = &PERM_PUBLIC, .locate = locate_attachment, .input = attachment_query_shape,
	 .input_size = sizeof(struct attachment_query), .fn = attachment_get, .faces = FACE_HTML | FACE_JSON,
	 .summary = "A photo in 1600 or 320 pixels, under the rights of what it hangs on"},
	{0},
};
