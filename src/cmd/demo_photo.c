/* Small pictures, the same each time: a wall, a floor and a few things on it, as PNG. */
#include "demo.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include <zlib.h>

enum { W = DEMO_PHOTO_WIDTH, H = DEMO_PHOTO_HEIGHT, ROW = W + 1, COLOURS = 8, SHAPES = 14 };

static const unsigned char palette[COLOURS * 3] = {
	0x8a, 0x93, 0x9b, 0x5c, 0x54, 0x4d, 0xd9, 0x3a, 0x2b, 0xf2, 0xc1, 0x2e, 0x2b, 0x6c, 0xb0, 0x3f, 0x8f, 0x4f, 0x22, 0x26, 0x2b, 0xef, 0xef, 0xea,
};

static void put_u32(unsigned char *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(v >> (24 - 8 * i));
}

static void add_chunk(struct sb *out, const char *type, const unsigned char *data, size_t n)
{
	unsigned char word[4];
	uLong crc = crc32(crc32(0, (const unsigned char *)type, 4), data, (uInt)n);
	put_u32(word, (uint32_t)n);
	sb_add(out, (struct str){(const char *)word, 4});
	sb_addz(out, type);
	sb_add(out, (struct str){(const char *)data, n});
	put_u32(word, (uint32_t)(n ? crc : crc32(0, (const unsigned char *)type, 4)));
	sb_add(out, (struct str){(const char *)word, 4});
}

struct spot {
	int64_t x, y, w, h;
	bool round;
	unsigned char colour;
};

static bool covers(const struct spot *s, int64_t x, int64_t y)
{
	if (x < s->x || y < s->y || x >= s->x + s->w || y >= s->y + s->h)
		return false;
	if (!s->round)
		return true;
	int64_t dx = (2 * (x - s->x) - s->w) * s->h, dy = (2 * (y - s->y) - s->h) * s->w;
	return dx * dx + dy * dy <= s->w * s->w * s->h * s->h;
}

static void paint(struct demo_rng *r, unsigned char *rows)
{
	int64_t floor_at = demo_between(r, H / 2, H * 3 / 4);
	for (int64_t y = 0; y < H; y++)
		memset(rows + y * ROW + 1, y < floor_at ? 0 : 1, W);
	for (int i = 0; i < SHAPES; i++) {
		struct spot s = {.w = demo_between(r, 20, 180), .h = demo_between(r, 20, 220)};
		s.x = demo_between(r, 0, W - s.w);
		s.y = demo_between(r, 0, H - s.h);
		s.round = demo_between(r, 0, 2) == 0;
		s.colour = (unsigned char)demo_between(r, 2, COLOURS - 1);
		for (int64_t y = s.y; y < s.y + s.h; y++)
			for (int64_t x = s.x; x < s.x + s.w; x++)
				if (covers(&s, x, y))
					rows[y * ROW + 1 + x] = s.colour;
	}
}

static const struct err *encode(struct arena *a, struct demo_rng *r, struct str *out)
{
	unsigned char head[13] = {[8] = 8, [9] = 3}, *rows = arena_alloc(a, (size_t)ROW * H);
	uLongf n = compressBound((uLong)ROW * H);
	unsigned char *packed = arena_alloc(a, n);
	struct sb b = sb_new(a, n + 4096);
	paint(r, rows);
	if (compress2(packed, &n, rows, (uLong)ROW * H, 9) != Z_OK)
		return ERR(a, ERR_BUG, NULL, "a picture cannot be packed");
	put_u32(head, W);
	put_u32(head + 4, H);
	sb_add(&b, STR("\x89PNG\r\n\x1a\n"));
	add_chunk(&b, "IHDR", head, sizeof(head));
	add_chunk(&b, "PLTE", palette, sizeof(palette));
	add_chunk(&b, "IDAT", packed, n);
	add_chunk(&b, "IEND", head, 0);
	*out = sb_str(&b);
	return NULL;
}

/* As an upload would arrive: a file in the data folder, which the store moves into place. */
static const struct err *store(struct demo *d, struct arena *a, struct str bytes, struct hazard_photo *out)
{
	struct upload u = {.field = STR("photos"), .content_type = STR("image/png"), .size = (int64_t)bytes.n};
	u.path = str_fmt(a, "%s/demo-photo.tmp", app_data_dir(d->app)).p;
	u.fd = open(u.path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (u.fd < 0 || write(u.fd, bytes.p, bytes.n) != (ssize_t)bytes.n || lseek(u.fd, 0, SEEK_SET) != 0) {
		if (u.fd >= 0)
			close(u.fd);
		return ERR(d->a, ERR_READONLY, NULL, "%s cannot be written", u.path);
	}
	crypto_hash_sha256(u.sha256, (const unsigned char *)bytes.p, bytes.n);
	u.n_head = bytes.n < sizeof(u.head) ? bytes.n : sizeof(u.head);
	memcpy(u.head, bytes.p, u.n_head);
	const char *path = u.path;
	const struct err *bad = blob_take_photo(d->app, d->a, &u, &out->blob, &out->type);
	if (u.fd >= 0)
		close(u.fd);
	if (u.path)
		unlink(path);
	return bad;
}

const struct err *demo_make_photos(struct demo *d)
{
	for (size_t i = 0; i < DEMO_PHOTOS; i++) {
		struct arena *a = arena_new(0);
		struct str bytes;
		const struct err *bad = encode(a, &d->rng, &bytes);
		if (!bad)
			bad = store(d, a, bytes, &d->photos[i]);
		else
			bad = ERR(d->a, ERR_BUG, NULL, "a picture cannot be packed");
		arena_free(a);
		TRY(bad);
	}
	return NULL;
}
