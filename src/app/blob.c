#include "blob_private.h"

#include "disk.h"
#include "imghead.h"
#include "media.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

struct blobs {
	const char *dir, *uploads;
};

const struct err *blobs_open(struct arena *a, const char *data_dir, bool read_only, struct blobs **out)
{
	struct blobs *b = ARENA_NEW(a, struct blobs);
	b->dir = str_fmt(a, "%s/blobs", data_dir).p;
	b->uploads = str_fmt(a, "%s/uploads", data_dir).p;
	*out = b;
	const char *const dirs[] = {b->dir, b->uploads};
	for (size_t i = 0; i < 2; i++) {
		const struct err *e = disk_folder(a, dirs[i]);
		if (e && !(read_only && e->kind == ERR_READONLY))
			return e;
	}
	return NULL;
}

const char *blobs_uploads(const struct blobs *b)
{
	return b->uploads;
}

/* ---- paths ---------------------------------------------------------------------- */

struct place {
	const char *level1, *level2, *path;
};

static struct place place_of(struct app *app, struct arena *a, const unsigned char sha256[32])
{
	const char *hex = str_hex(a, sha256, 32).p, *dir = app_blobs(app)->dir;
	struct place p;
	p.level1 = str_fmt(a, "%s/%.2s", dir, hex).p;
	p.level2 = str_fmt(a, "%s/%.2s", p.level1, hex + 2).p;
	p.path = str_fmt(a, "%s/%s", p.level2, hex).p;
	return p;
}

static const char *sized_path(struct arena *a, const struct place *p, int size)
{
	return str_fmt(a, "%s.%d.jpg", p->path, size).p;
}

/* A name beside the file for bytes that are not ready yet. */
static const char *temp_path(struct app *app, struct arena *a, const char *path)
{
	unsigned char r[8];
	app_random(app, r, sizeof(r));
	return str_fmt(a, "%s.%s.tmp", path, str_hex(a, r, sizeof(r)).p).p;
}

/* ---- looking at a picture ---------------------------------------------------------- */

static const struct err *check_head(struct arena *a, const unsigned char *p, size_t n, enum img_type *type)
{
	struct imghead head;
	*type = imghead_sniff(p, n, &head);
	if (*type == IMG_OTHER || head.animated)
		return ERR(a, ERR_INPUT, "image_type", "not a JPEG, PNG, WebP or HEIC picture");
	if (*type == IMG_BAD)
		return ERR(a, ERR_INPUT, "image_broken", "the head of the picture breaks its format");
	if (*type == IMG_MORE || !imghead_whole(*type, p, n))
		return ERR(a, ERR_INPUT, "image_truncated", "the picture is not whole");
	if (!imghead_fits(head.width, head.height))
		return ERR(a, ERR_INPUT, "image_too_large", "%u x %u pixels", head.width, head.height);
	return NULL;
}

const struct err *blob_look(struct arena *a, int fd, int64_t size, struct str *type_out)
{
	enum img_type type;
	if (size <= 0)
		return ERR(a, ERR_INPUT, "image_truncated", "an empty file");
	if (size > BLOB_MAX)
		return ERR(a, ERR_INPUT, "image_too_large", "more than %d bytes", BLOB_MAX);
	void *p = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return disk_err(a, "mmap", "an upload");
	const struct err *e = check_head(a, p, (size_t)size, &type);
	munmap(p, (size_t)size);
	TRY(e);
	*type_out = str_fmt(a, "image/%s", img_type_name(type));
	return NULL;
}

const struct err *blob_hash(struct arena *a, int fd, unsigned char out[32])
{
	crypto_hash_sha256_state h;
	unsigned char *buf = arena_alloc(a, READ_BYTES);
	int64_t at = 0;
	crypto_hash_sha256_init(&h);
	for (;;) {
		ssize_t n = pread(fd, buf, READ_BYTES, at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return disk_err(a, "read", "a blob");
		if (n == 0)
			break;
		crypto_hash_sha256_update(&h, buf, (size_t)n);
		at += n;
	}
	crypto_hash_sha256_final(&h, out);
	return NULL;
}

/* ---- storing ------------------------------------------------------------------------- */

/* The name is there already: the same content, unless the file was damaged. */
static const struct err *settle_double(struct app *app, struct arena *a, const char *from, const char *to, int64_t size)
{
	struct stat st;
	if (stat(to, &st) == 0 && st.st_size == size)
		return NULL;
	const char *temp = temp_path(app, a, to);
	if (link(from, temp) != 0 || rename(temp, to) != 0)
		return disk_err(a, "replace", to);
	return NULL;
}

const struct err *blob_store(struct app *app, struct arena *a, const char *path, int fd, const struct blob *b)
{
	struct place p = place_of(app, a, b->sha256);
	if (fsync(fd) != 0)
		return disk_err(a, "fsync", path);
	TRY(disk_folder(a, p.level1));
	TRY(disk_folder(a, p.level2));
	if (link(path, p.path) != 0) {
		if (errno != EEXIST)
			return disk_err(a, "link", p.path);
		TRY(settle_double(app, a, path, p.path, b->size));
	}
	return disk_sync_folder(a, p.level2);
}

const struct err *blob_take_photo(struct app *app, struct arena *a, struct upload *u, struct blob *out, struct str *type_out)
{
	TRY(blob_look(a, u->fd, u->size, type_out));
	*out = (struct blob){.size = u->size};
	memcpy(out->sha256, u->sha256, sizeof(out->sha256));
	return blob_store(app, a, u->path, u->fd, out);
}

/* ---- reading -------------------------------------------------------------------------- */

static const struct err *open_file(struct arena *a, const char *path, int *fd_out, int64_t *size_out)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return disk_err(a, "open", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return ERR(a, ERR_BUG, NULL, "%s is not a file", path);
	}
	*fd_out = fd;
	*size_out = st.st_size;
	return NULL;
}

const struct err *blob_open(struct app *app, struct arena *a, const unsigned char sha256[32], int *fd_out, int64_t *size_out)
{
	return open_file(a, place_of(app, a, sha256).path, fd_out, size_out);
}

const struct err *blob_verify(struct app *app, struct arena *a, const unsigned char sha256[32])
{
	unsigned char sum[32];
	int64_t size = 0;
	int fd = -1;
	TRY(blob_open(app, a, sha256, &fd, &size));
	const struct err *e = blob_hash(a, fd, sum);
	close(fd);
	TRY(e);
	if (memcmp(sum, sha256, sizeof(sum)) != 0)
		return ERR(a, ERR_BUG, "blob_broken", "the content of %s is another", str_hex(a, sha256, 32).p);
	return NULL;
}

/* ---- the shown sizes --------------------------------------------------------------------- */

/* They are not synced, so after a power cut a name may stand over half a file or none: a whole JPEG ends with its mark. */
static bool is_whole(const char *path)
{
	unsigned char end[2] = {0};
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return false;
	bool whole = fstat(fd, &st) == 0 && st.st_size > 2 && pread(fd, end, 2, st.st_size - 2) == 2 && end[0] == 0xff && end[1] == 0xd9;
	close(fd);
	return whole;
}

struct making {
	const char *temp[2], *path[2];
	int fd[2];
};

static const struct err *open_temps(struct app *app, struct arena *a, const struct place *p, struct making *m)
{
	static const int sizes[] = {MEDIA_SIDE_LARGE, MEDIA_SIDE_SMALL};
	for (int i = 0; i < 2; i++) {
		m->path[i] = sized_path(a, p, sizes[i]);
		m->temp[i] = temp_path(app, a, m->path[i]);
		m->fd[i] = open(m->temp[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640);
		if (m->fd[i] < 0)
			return disk_err(a, "create", m->temp[i]);
	}
	return NULL;
}

/* Not synced: they can be made again, see is_whole(). */
static const struct err *put_in_place(struct arena *a, const struct making *m)
{
	for (int i = 0; i < 2; i++)
		if (rename(m->temp[i], m->path[i]) != 0)
			return disk_err(a, "rename", m->path[i]);
	return NULL;
}

static const struct err *make_sizes(struct app *app, struct arena *a, const struct place *p, int fd)
{
	struct making m = {.fd = {-1, -1}};
	struct media_result result;
	const struct err *e = open_temps(app, a, p, &m);
	if (!e)
		e = media_make(app_media(app), a, fd, m.fd[0], m.fd[1], &result);
	if (!e)
		e = put_in_place(a, &m);
	for (int i = 0; i < 2; i++) {
		if (m.fd[i] >= 0)
			close(m.fd[i]);
		if (e && m.temp[i])
			unlink(m.temp[i]);
	}
	return e;
}

const struct err *blob_prepare(struct app *app, struct arena *a, const unsigned char sha256[32])
{
	struct place p = place_of(app, a, sha256);
	int64_t size = 0;
	int fd = -1;
	bool made = is_whole(sized_path(a, &p, MEDIA_SIDE_LARGE)) && is_whole(sized_path(a, &p, MEDIA_SIDE_SMALL));
	if (made || !app_media(app))
		return NULL;
	TRY(open_file(a, p.path, &fd, &size));
	const struct err *e = make_sizes(app, a, &p, fd);
	close(fd);
	return e;
}

const struct err *blob_open_size(struct app *app, struct arena *a, const unsigned char sha256[32], int size, int *fd_out, int64_t *size_out)
{
	struct place p = place_of(app, a, sha256);
	const char *path = sized_path(a, &p, size);
	if (!is_whole(path)) {
		TRY(blob_prepare(app, a, sha256));
		if (!is_whole(path))
			return ERR(a, ERR_MISSING, NULL, "%s cannot be made", path);
	}
	return open_file(a, path, fd_out, size_out);
}
