#include "zip.h"

#include <string.h>

#include <zlib.h>

enum { END_SIZE = 22, ENTRY_SIZE = 46, LOCAL_SIZE = 30, COMMENT_MAX = 65535, EXTRA_ZIP64 = 1, PIECE = 65536 };
enum { STORED = 0, DEFLATED = 8, FLAG_ENCRYPTED = 1 };

static uint32_t u16(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t u32(const unsigned char *p)
{
	return u16(p) | u16(p + 2) << 16;
}

static uint64_t u64(const unsigned char *p)
{
	return u32(p) | (uint64_t)u32(p + 4) << 32;
}

/* ---- directory ------------------------------------------------------------------------ */

static const unsigned char *find_end(const unsigned char *p, size_t n)
{
	size_t least = n > END_SIZE + COMMENT_MAX ? n - END_SIZE - COMMENT_MAX : 0;
	for (size_t at = n < END_SIZE ? 0 : n - END_SIZE + 1; at-- > least;)
		if (u32(p + at) == 0x06054b50 && at + END_SIZE + u16(p + at + 20) <= n)
			return p + at;
	return NULL;
}

enum zip_status zip_open(struct zip *z, const void *p, size_t n)
{
	const unsigned char *end = find_end(p, n);
	*z = (struct zip){.p = p, .n = n};
	if (!end || u16(end + 4) != 0 || u16(end + 6) != 0 || u16(end + 8) != u16(end + 10))
		return ZIP_BROKEN;
	z->parts = u16(end + 10);
	z->directory = u32(end + 16);
	z->directory_end = z->directory + u32(end + 12);
	if (z->parts > ZIP_PARTS_MAX)
		return ZIP_TOO_LARGE;
	return z->directory_end > (size_t)(end - z->p) ? ZIP_BROKEN : ZIP_FINE;
}

static char folded(unsigned char c)
{
	if (c == '\\')
		return '/';
	return (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
}

static bool is_named(const unsigned char *p, size_t n, struct str name)
{
	if (n && (p[0] == '/' || p[0] == '\\'))
		p++, n--;
	if (n != name.n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (folded(p[i]) != folded((unsigned char)name.p[i]))
			return false;
	return true;
}

/* What does not fit into 32 bits stands in an extra field; some writers put it there always. */
static bool read_zip64(const unsigned char *extra, size_t n, uint64_t *v[3])
{
	while (n >= 4) {
		size_t size = u16(extra + 2);
		if (size > n - 4)
			return false;
		const unsigned char *at = extra + 4, *end = at + size;
		for (int i = 0; u16(extra) == EXTRA_ZIP64 && i < 3; i++) {
			if (*v[i] != UINT32_MAX)
				continue;
			if (end - at < 8)
				return false;
			*v[i] = u64(at);
			at += 8;
		}
		extra += 4 + size;
		n -= 4 + size;
	}
	return *v[0] != UINT32_MAX && *v[1] != UINT32_MAX && *v[2] != UINT32_MAX;
}

static enum zip_status part_at(const struct zip *z, const unsigned char *e, struct zip_part *out)
{
	uint64_t packed = u32(e + 20), at = u32(e + 42);
	*out = (struct zip_part){.size = u32(e + 24), .crc = u32(e + 16), .method = u16(e + 10)};
	if (!read_zip64(e + ENTRY_SIZE + u16(e + 28), u16(e + 30), (uint64_t *[]){&out->size, &packed, &at}))
		return ZIP_BROKEN;
	if (u16(e + 8) & FLAG_ENCRYPTED)
		return ZIP_LOCKED;
	if (at > z->n - LOCAL_SIZE || u32(z->p + at) != 0x04034b50)
		return ZIP_BROKEN;
	size_t data = (size_t)at + LOCAL_SIZE + u16(z->p + at + 26) + u16(z->p + at + 28);
	if (data > z->directory || packed > z->directory - data)
		return ZIP_BROKEN;
	out->p = z->p + data;
	out->packed = (size_t)packed;
	return ZIP_FINE;
}

enum zip_status zip_find(const struct zip *z, struct str name, struct zip_part *out)
{
	enum zip_status found = ZIP_MISSING;
	size_t at = z->directory;
	for (unsigned i = 0; i < z->parts; i++) {
		const unsigned char *e = z->p + at;
		if (z->directory_end - at < ENTRY_SIZE || u32(e) != 0x02014b50)
			return ZIP_BROKEN;
		size_t size = (size_t)ENTRY_SIZE + u16(e + 28) + u16(e + 30) + u16(e + 32);
		if (z->directory_end - at < size)
			return ZIP_BROKEN;
		at += size;
		if (!is_named(e + ENTRY_SIZE, u16(e + 28), name))
			continue;
		/* Two of a name: which one counts, programs do not agree about. */
		if (found != ZIP_MISSING)
			return ZIP_BROKEN;
		found = part_at(z, e, out);
	}
	return found;
}

/* ---- unpacking ---------------------------------------------------------------------------- */

struct unpacking {
	const struct zip_part *part;
	uint64_t *budget;
	uint64_t done;
	uLong crc;
	zip_take_fn *take;
	void *ctx;
};

static enum zip_status give(struct unpacking *u, const unsigned char *p, size_t n)
{
	u->done += n;
	if (n > *u->budget || (u->done > ZIP_RATIO_FROM && u->done / ZIP_RATIO_MAX > u->part->packed))
		return ZIP_TOO_LARGE;
	*u->budget -= n;
	if (u->done > u->part->size)
		return ZIP_BROKEN;
	u->crc = crc32(u->crc, p, (uInt)n);
	return n == 0 || u->take(u->ctx, (const char *)p, n) ? ZIP_FINE : ZIP_STOPPED;
}

static enum zip_status copy_stored(struct unpacking *u)
{
	enum zip_status s = ZIP_FINE;
	for (size_t at = 0, n; !s && at < u->part->packed; at += n) {
		n = u->part->packed - at < PIECE ? u->part->packed - at : PIECE;
		s = give(u, u->part->p + at, n);
	}
	return s;
}

static enum zip_status inflate_all(struct unpacking *u)
{
	unsigned char piece[PIECE];
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)u->part->p, .avail_in = (uInt)u->part->packed};
	enum zip_status s = ZIP_FINE;
	int rc = inflateInit2(&z, -MAX_WBITS);
	if (rc != Z_OK)
		return ZIP_TOO_LARGE;
	while (!s && rc == Z_OK) {
		z.next_out = piece;
		z.avail_out = sizeof(piece);
		rc = inflate(&z, Z_NO_FLUSH);
		s = rc == Z_OK || rc == Z_STREAM_END ? give(u, piece, sizeof(piece) - z.avail_out) : ZIP_BROKEN;
	}
	inflateEnd(&z);
	return s;
}

enum zip_status zip_unpack(const struct zip_part *part, uint64_t *budget, zip_take_fn *take, void *ctx)
{
	struct unpacking u = {part, budget, 0, crc32(0, NULL, 0), take, ctx};
	enum zip_status s;
	if (part->method != STORED && part->method != DEFLATED)
		return ZIP_BROKEN;
	if (part->size > ZIP_RATIO_FROM && part->size / ZIP_RATIO_MAX > part->packed)
		return ZIP_TOO_LARGE;
	s = part->method == STORED ? copy_stored(&u) : inflate_all(&u);
	return !s && (u.done != part->size || u.crc != part->crc) ? ZIP_BROKEN : s;
}
