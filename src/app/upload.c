#include "upload.h"

#include "app_sql.h"
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct shape row_shape[] = {
	SHAPE(struct upload_row, id, 0), SHAPE(struct upload_row, person_id, 0), SHAPE_BLOB(struct upload_row, secret_hash),
	SHAPE(struct upload_row, size, 0), SHAPE(struct upload_row, received, 0), SHAPE(struct upload_row, state, 0),
	SHAPE_BLOB(struct upload_row, sha256), SHAPE(struct upload_row, type, 0), SHAPE(struct upload_row, made_at, 0), SHAPE_END,
};

bool upload_is_whole(const struct upload_row *u)
{
	return str_is(u->state, "whole");
}

static const char *path_of(struct app *app, struct arena *a, int64_t city, struct id id)
{
	return str_fmt(a, "%s/%lld-%lld", blobs_uploads(app_blobs(app)), (long long)city, (long long)id.v).p;
}

/* ---- whose is it? ---------------------------------------------------------------- */

static struct str hash_secret(struct arena *a, struct str secret)
{
	unsigned char *sum = arena_alloc(a, 32);
	if (secret.n == 0)
		return STR("");
	crypto_hash_sha256(sum, (const unsigned char *)secret.p, secret.n);
	return (struct str){(const char *)sum, 32};
}

static bool is_makers(struct arena *a, const struct env *e, const struct upload_row *u)
{
	struct str mine = hash_secret(a, e->upload_secret);
	if (u->person_id.v)
		return u->person_id.v == e->actor->person_id.v;
	return u->secret_hash.n == 32 && mine.n == 32 && sodium_memcmp(u->secret_hash.p, mine.p, 32) == 0;
}

const struct err *upload_find(struct db_tx *tx, struct env *e, struct id id, struct upload_row *out)
{
	TRY(db_one(tx, &upload_by_id, ARGS(ARG(e->city), ARG(id)), row_shape, out));
	if (!is_makers(db_arena(tx), e, out))
		return ERR(db_arena(tx), ERR_MISSING, NULL, "somebody else's upload");
	return NULL;
}

/* ---- beginning -------------------------------------------------------------------- */

static const struct err *add(struct db_tx *tx, struct env *e, void *ctx)
{
	struct upload_row *u = ctx;
	int64_t n;
	TRY(db_i64(tx, &upload_open_of, ARGS(ARG(e->city), ARG(u->person_id), arg_blob(u->secret_hash)), 0, &n));
	if (n >= UPLOADS_OPEN_MAX)
		return ERR(db_arena(tx), ERR_RATE, NULL, "%d uploads wait to be used", UPLOADS_OPEN_MAX);
	u->id = env_id(e);
	return db_exec(tx, &upload_insert, ARGS(ARG(e->city), ARG(u->id), ARG(u->person_id), arg_blob(u->secret_hash), ARG(u->size),
						arg_blob(STR("")), ARG(e->now)), NULL);
}

const struct err *upload_add(struct env *e, struct upload_row *u)
{
	u->person_id = e->actor->person_id;
	u->secret_hash = u->person_id.v ? STR("") : hash_secret(e->a, e->upload_secret);
	u->made_at = e->now;
	u->state = STR("open");
	return env_write(e, add, u);
}

/* ---- bytes -------------------------------------------------------------------------- */

static void close_fd(void *p)
{
	int *fd = p;
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static const struct err *look_again(struct db_tx *tx, struct env *e, void *ctx)
{
	struct upload_row *u = ctx;
	return upload_find(tx, e, u->id, u);
}

/* Who held the lock until now may have written on or finished. */
static const struct err *check_unchanged(struct env *e, const struct upload_row *row, const char *path)
{
	struct upload_row now = {.id = row->id};
	const struct err *gone = env_read(e, look_again, &now);
	if (gone && gone->kind != ERR_MISSING)
		return gone;
	if (!gone && !upload_is_whole(&now) && now.received == row->received)
		return NULL;
	/* The name is not needed any more, and opening it may have made it anew. */
	if (gone || upload_is_whole(&now))
		unlink(path);
	return ERR(e->a, ERR_CONFLICT, "upload_busy", "another request wrote to this upload");
}

const struct err *upload_open(struct env *e, struct upload_row *row, struct upload_writer *out)
{
	struct arena *a = e->a;
	const char *path = path_of(e->app, a, e->city, row->id);
	int *fd = ARENA_NEW(a, int);
	struct stat st;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return disk_err(a, "open", path);
	arena_defer(a, close_fd, fd);
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? ERR(a, ERR_CONFLICT, "upload_busy", "another request writes to this upload")
					    : disk_err(a, "flock", path);
	const struct err *changed = check_unchanged(e, row, path);
	if (changed) {
		close_fd(fd);
		return changed;
	}
	if (fstat(*fd, &st) != 0)
		return disk_err(a, "stat", path);
	*out = (struct upload_writer){.e = e, .row = row, .path = path, .held = fd, .fd = *fd, .at = row->received,
				      .is_stored = st.st_nlink > 1};
	return NULL;
}

struct advance {
	struct upload_row *row;
	int64_t to;
};

static const struct err *advance(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct advance *v = ctx;
	return db_change(tx, &upload_advance, ARGS(ARG(e->city), ARG(v->row->id), ARG(v->row->received), ARG(v->to)));
}

static const struct err *sync_step(struct upload_writer *w)
{
	struct advance v = {w->row, w->at};
	if (w->at == w->row->received)
		return NULL;
	if (fdatasync(w->fd) != 0)
		return disk_err(w->e->a, "fdatasync", w->path);
	/* Its name too, before the first promise that part of it is kept. One that comes in one piece never needs it. */
	if (w->row->received == 0)
		TRY(disk_sync_folder(w->e->a, blobs_uploads(app_blobs(w->e->app))));
	TRY(env_write(w->e, advance, &v));
	w->row->received = w->at;
	return NULL;
}

const struct err *upload_write(struct upload_writer *w, struct str bytes)
{
	if (bytes.n > (size_t)(w->row->size - w->at))
		return ERR(w->e->a, ERR_LIMIT, NULL, "more than the declared %lld bytes", (long long)w->row->size);
	if (!w->is_stored)
		TRY(disk_write(w->e->a, w->fd, bytes.p, bytes.n, w->at, w->path));
	w->at += (int64_t)bytes.n;
	/* A connection that breaks later loses at most this much. */
	return w->at - w->row->received >= UPLOAD_STEP && w->at < w->row->size ? sync_step(w) : NULL;
}

/* ---- the end ------------------------------------------------------------------------- */

struct completion {
	struct upload_row *row;
	struct blob blob;
	struct str type;
};

static const struct err *complete(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct completion *k = ctx;
	struct str sha256 = {(const char *)k->blob.sha256, sizeof(k->blob.sha256)};
	return db_change(tx, &upload_complete, ARGS(ARG(e->city), ARG(k->row->id), arg_blob(sha256), ARG(k->type)));
}

static const struct err *drop(struct db_tx *tx, struct env *e, void *ctx)
{
	const struct id *id = ctx;
	return db_exec(tx, &upload_delete, ARGS(ARG(e->city), ARG(*id)), NULL);
}

static const struct err *become_blob(struct upload_writer *w, struct completion *k)
{
	struct env *e = w->e;
	k->blob.size = w->row->size;
	/* Bytes of an earlier, longer try may stand behind the end. */
	if (ftruncate(w->fd, w->row->size) != 0)
		return disk_err(e->a, "truncate", w->path);
	TRY(blob_look(e->a, w->fd, w->row->size, &k->type));
	TRY(blob_hash(e->a, w->fd, k->blob.sha256));
	TRY(blob_store(e->app, e->a, w->path, w->fd, &k->blob));
	return blob_prepare(e->app, e->a, k->blob.sha256);
}

static const struct err *finish(struct upload_writer *w)
{
	struct completion k = {.row = w->row};
	const struct err *e = become_blob(w, &k);
	if (e && e->kind == ERR_INPUT) {
		TRY(env_write(w->e, drop, &w->row->id));
		unlink(w->path);
		return e;
	}
	TRY(e);
	TRY(env_write(w->e, complete, &k));
	w->row->received = w->row->size;
	w->row->state = STR("whole");
	unlink(w->path);
	return NULL;
}

const struct err *upload_close(struct upload_writer *w)
{
	const struct err *e = w->at == w->row->size ? finish(w) : sync_step(w);
	/* Not only with the arena: the client's next piece may come as soon as it has the answer. */
	close_fd(w->held);
	return e;
}

/* ---- taking -------------------------------------------------------------------------- */

const struct err *upload_take(struct db_tx *tx, struct env *e, struct id upload, struct blob *out, struct str *type_out)
{
	struct upload_row u;
	struct arena *a = db_arena(tx);
	bool found;
	int64_t gone;
	TRY(db_find(tx, &upload_by_id, ARGS(ARG(e->city), ARG(upload)), row_shape, &u, &found));
	if (!found || !is_makers(a, e, &u))
		return err_on_field(a, "upload_ids", "unknown", "there is no such upload of yours");
	if (!upload_is_whole(&u) || u.sha256.n != 32)
		return err_on_field(a, "upload_ids", "not_whole", "an upload is not whole yet");
	TRY(db_exec(tx, &upload_unhook, ARGS(ARG(e->city), ARG(upload)), &gone));
	if (gone != 1)
		return err_on_field(a, "upload_ids", "taken", "an upload was used meanwhile");
	memcpy(out->sha256, u.sha256.p, sizeof(out->sha256));
	out->size = u.size;
	*type_out = u.type;
	return NULL;
}

/* ---- clearing up ---------------------------------------------------------------------- */

struct old {
	struct instant before;
	struct id *ids;
	size_t n;
};

static const struct shape id_shape[] = {{.name = "id", .type = SHAPE_T_ID, .off = 0}, SHAPE_END};

static const struct err *drop_old(struct db_tx *tx, struct env *e, void *ctx)
{
	struct old *o = ctx;
	void *rows;
	TRY(db_all(tx, &upload_old, ARGS(ARG(e->city), ARG(o->before)), id_shape, sizeof(struct id), &rows, &o->n));
	o->ids = rows;
	for (size_t i = 0; i < o->n; i++)
		TRY(db_exec(tx, &upload_delete, ARGS(ARG(e->city), ARG(o->ids[i])), NULL));
	return NULL;
}

const struct err *upload_purge(struct env *e)
{
	struct old o = {.before = INSTANT(e->now.ms - INT64_C(86400000) * UPLOAD_KEPT_DAYS), .n = 1};
	while (o.n) {
		TRY(env_write(e, drop_old, &o));
		for (size_t i = 0; i < o.n; i++)
			unlink(path_of(e->app, e->a, e->city, o.ids[i]));
	}
	return NULL;
}
