/* Bodies: what may come, and where it goes as it comes. */
#include "web_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_MAX = 100 };

struct intake {
	struct req *r;
	const struct web_handler *h;
	const char *spool_dir;
	struct multipart *parts;
	struct sb text;
	int64_t received;
	struct str field;  /* name of the text part that is coming */
	struct sb value;
	struct upload *file; /* the file part that is coming */
	EVP_MD_CTX *hash;
	unsigned files_made;
};

int64_t body_declared(const struct req *r)
{
	int64_t n = 0;
	if (req_header(r, "transfer-encoding").n)
		return -1;
	str_i64(req_header(r, "content-length"), 0, INT64_MAX, &n);
	return n;
}

static struct str media_type(struct arena *a, struct str header)
{
	struct str s = str_dup(a, str_trim(str_cut(&header, ';')));
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z')
			((char *)s.p)[i] |= 32;
	return s;
}

static void file_remove(void *p)
{
	struct upload *u = p;
	if (u->path)
		unlink(u->path);
	if (u->fd >= 0)
		close(u->fd);
	u->path = NULL;
	u->fd = -1;
}

/* Spool files are REQUEST-N, the request's id in 16 hex digits. */
static bool is_spool_name(const char *name)
{
	size_t n = strspn(name, "0123456789abcdef");
	return n == 16 && name[n] == '-' && name[n + 1] && !name[n + 1 + strspn(name + n + 1, "0123456789")];
}

void spool_sweep(const char *dir)
{
	DIR *d = opendir(dir);
	struct stat st;
	for (struct dirent *e; d && (e = readdir(d));) {
		int fd = is_spool_name(e->d_name) ? openat(dirfd(d), e->d_name, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
		if (fd < 0)
			continue;
		/* A living server holds the lock; an empty one may be so new that it does not yet. */
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &st) == 0 && st.st_size > 0)
			unlinkat(dirfd(d), e->d_name, 0);
		close(fd);
	}
	if (d)
		closedir(d);
}

/* A sum that was not made would give a photo the name of another. */
static const struct err *no_hash(struct arena *a)
{
	return ERR(a, ERR_BUG, NULL, "SHA-256 cannot be made: out of memory?");
}

static const struct err *file_begin(struct intake *in, struct str name, struct str type)
{
	struct req *r = in->r;
	if (r->n_files == r->files_max || r->n_files == FILES_MAX)
		return ERR(r->a, ERR_LIMIT, "too_many_files", "more than %u files", r->files_max);
	if (!r->files)
		r->files = ARENA_ARRAY(r->a, struct upload, r->files_max < FILES_MAX ? r->files_max : FILES_MAX);
	struct upload *u = &r->files[r->n_files];
	const char *path = str_fmt(r->a, "%s/%.*s-%u", in->spool_dir, STR_ARG(r->id), in->files_made++).p;
	int fd = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return ERR(r->a, errno == ENOSPC || errno == EROFS || errno == EDQUOT ? ERR_READONLY : ERR_BUG, NULL,
			   "spool file %s: %s", path, strerror(errno));
	flock(fd, LOCK_EX | LOCK_NB); /* see spool_sweep() */
	*u = (struct upload){.field = str_dup(r->a, name), .content_type = media_type(r->a, type), .path = path, .fd = fd};
	arena_defer(r->a, file_remove, u);
	r->n_files++;
	in->file = u;
	return EVP_DigestInit_ex(in->hash, EVP_sha256(), NULL) == 1 ? NULL : no_hash(r->a);
}

static const struct err *part_begin(void *ctx, struct str name, bool is_file, struct str type)
{
	struct intake *in = ctx;
	in->file = NULL;
	if (is_file)
		return file_begin(in, name, type);
	in->field = str_dup(in->r->a, name);
	in->value = sb_new(in->r->a, MEMORY_BODY);
	return NULL;
}

static const struct err *write_all(struct arena *a, int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.p, bytes.n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return ERR(a, errno == ENOSPC || errno == EDQUOT || errno == EROFS ? ERR_READONLY : ERR_BUG, NULL,
				   "spool file: %s", strerror(errno));
		bytes = str_sub(bytes, (size_t)n, SIZE_MAX);
	}
	return NULL;
}

static const struct err *part_data(void *ctx, struct str bytes)
{
	struct intake *in = ctx;
	struct upload *u = in->file;
	if (!u) {
		sb_add(&in->value, bytes);
		return NULL;
	}
	int64_t max = in->r->file_max ? in->r->file_max : in->r->body_max;
	u->size += (int64_t)bytes.n;
	if (u->size > max)
		return ERR(in->r->a, ERR_LIMIT, "file_too_large", "file larger than %lld bytes", (long long)max);
	size_t n = sizeof(u->head) - u->n_head;
	n = bytes.n < n ? bytes.n : n;
	memcpy(u->head + u->n_head, bytes.p, n);
	u->n_head += n;
	if (EVP_DigestUpdate(in->hash, bytes.p, bytes.n) != 1)
		return no_hash(in->r->a);
	return write_all(in->r->a, u->fd, bytes);
}

static const struct err *part_end(void *ctx)
{
	struct intake *in = ctx;
	struct req *r = in->r;
	if (!in->file) {
		struct str value = sb_str(&in->value);
		if (!str_is_utf8(value))
			return ERR(r->a, ERR_MALFORMED, "bad_text", "NUL or no UTF-8 in field %.*s", STR_ARG(in->field));
		pairs_add(r->a, &r->form, in->field, value);
		return NULL;
	}
	if (EVP_DigestFinal_ex(in->hash, in->file->sha256, NULL) != 1)
		return no_hash(r->a);
	lseek(in->file->fd, 0, SEEK_SET);
	if (in->file->size == 0) { /* a file field that was left empty */
		file_remove(in->file);
		r->n_files--;
	}
	in->file = NULL;
	return NULL;
}

static void hash_free(void *p)
{
	EVP_MD_CTX_free(p);
}

static const struct err *form_begin(struct intake *in)
{
	struct req *r = in->r;
	struct multipart_sink sink = {in, part_begin, part_data, part_end};
	if (str_is(r->content_type, "multipart/form-data")) {
		in->hash = EVP_MD_CTX_new();
		if (!in->hash)
			return no_hash(r->a);
		arena_defer(r->a, hash_free, in->hash);
		return multipart_new(r->a, req_header(r, "content-type"), &sink, &in->parts);
	}
	if (!str_is(r->content_type, "application/x-www-form-urlencoded") && !str_is(r->content_type, "application/json"))
		return ERR(r->a, ERR_TYPE, NULL, "body of type \"%.*s\"", STR_ARG(r->content_type));
	in->text = sb_new(r->a, MEMORY_BODY);
	return NULL;
}

static const struct err *too_large(const struct req *r)
{
	return ERR(r->a, ERR_LIMIT, NULL, "body larger than %lld bytes", (long long)r->body_max);
}

const struct err *intake_new(struct req *r, const char *spool_dir, const struct web_handler *h, struct intake **out)
{
	int64_t declared = body_declared(r);
	struct str coding = req_header(r, "content-encoding");
	*out = NULL;
	r->content_type = media_type(r->a, req_header(r, "content-type"));
	if (declared == 0)
		return NULL;
	if (r->body_kind == BODY_NONE)
		return ERR(r->a, ERR_LIMIT, NULL, "no body is taken here");
	if (declared > r->body_max)
		return too_large(r);
	if (coding.n && !str_is_nocase(coding, "identity"))
		return ERR(r->a, ERR_TYPE, NULL, "packed bodies are not taken");
	struct intake *in = ARENA_NEW(r->a, struct intake);
	in->r = r;
	in->h = h;
	in->spool_dir = spool_dir;
	if (r->body_kind == BODY_FORM)
		TRY(form_begin(in));
	*out = in;
	return NULL;
}

const struct err *intake_feed(struct intake *in, struct str bytes)
{
	struct req *r = in->r;
	in->received += (int64_t)bytes.n;
	if (in->received > r->body_max)
		return too_large(r);
	if (r->body_kind == BODY_STREAM)
		return in->h->chunk(in->h->ctx, r, bytes);
	if (in->parts)
		return multipart_feed(in->parts, bytes);
	sb_add(&in->text, bytes);
	return in->text.over ? ERR(r->a, ERR_LIMIT, NULL, "body larger than %d bytes", MEMORY_BODY) : NULL;
}

const struct err *intake_end(struct intake *in)
{
	struct req *r = in->r;
	if (r->body_kind == BODY_STREAM)
		return NULL;
	if (in->parts)
		return multipart_end(in->parts);
	if (!str_is(r->content_type, "application/json"))
		return form_parse(r->a, sb_str(&in->text), FIELDS_MAX, &r->form);
	r->json = sb_str(&in->text);
	return str_is_utf8(r->json) ? NULL : ERR(r->a, ERR_MALFORMED, "json", "JSON is not UTF-8");
}
