#include "imghead.h"

#include <string.h>

#define HEIC_DEPTH 2 /* meta > iprp > ipco */

struct span {
	const unsigned char *p;
	size_t n;
};

static uint32_t be16(const unsigned char *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t be32(const unsigned char *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static uint32_t le16(const unsigned char *p)
{
	return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t le24(const unsigned char *p)
{
	return (uint32_t)p[2] << 16 | le16(p);
}

static uint32_t le32(const unsigned char *p)
{
	return (uint32_t)p[3] << 24 | le24(p);
}

static enum img_type sized(struct imghead *out, uint32_t width, uint32_t height)
{
	if (width == 0 || height == 0)
		return IMG_BAD;
	out->width = width;
	out->height = height;
	return out->type;
}

/* --- JPEG --- */

/* Baseline, extended and progressive Huffman with 8-bit samples: what cameras and browsers write. */
static enum img_type jpeg_frame(const unsigned char *seg, size_t len, struct imghead *out)
{
	if (len < 8 || seg[2] != 8)
		return IMG_BAD;
	if (seg[7] != 1 && seg[7] != 3 && seg[7] != 4)
		return IMG_BAD;
	if (len != 8 + 3 * (size_t)seg[7])
		return IMG_BAD;
	return sized(out, be16(seg + 5), be16(seg + 3));
}

static bool jpeg_is_frame(unsigned marker)
{
	return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/* Only tables, comments and application data may come before the frame. */
static bool jpeg_may_skip(unsigned marker)
{
	return marker == 0xc4 || marker == 0xdb || marker == 0xdd || (marker >= 0xe0 && marker <= 0xef) || marker == 0xfe;
}

static enum img_type jpeg_head(const unsigned char *p, size_t n, struct imghead *out)
{
	size_t at = 2;

	for (;;) {
		if (at < n && p[at] != 0xff)
			return IMG_BAD;
		while (at + 1 < n && p[at + 1] == 0xff)
			at++;
		if (n - at < 4)
			return IMG_MORE;
		unsigned marker = p[at + 1];
		size_t len = be16(p + at + 2);
		bool frame = jpeg_is_frame(marker);
		if (len < 2 || (frame ? marker > 0xc2 : !jpeg_may_skip(marker)))
			return IMG_BAD;
		if (n - at - 2 < len)
			return IMG_MORE;
		if (frame)
			return jpeg_frame(p + at + 2, len, out);
		at += 2 + len;
	}
}

/* --- PNG --- */

static const unsigned char png_magic[8] = { 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a };

static uint32_t png_crc(const unsigned char *p, size_t n)
{
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		crc ^= p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
	}
	return ~crc;
}

static bool png_depth_ok(unsigned depth, unsigned colour)
{
	bool byte_or_two = depth == 8 || depth == 16;
	bool part = depth == 1 || depth == 2 || depth == 4;

	switch (colour) {
	case 0:
		return part || byte_or_two;
	case 3:
		return part || depth == 8;
	case 2:
	case 4:
	case 6:
		return byte_or_two;
	default:
		return false;
	}
}

static enum img_type png_head(const unsigned char *p, size_t n, struct imghead *out)
{
	if (n < 33)
		return IMG_MORE;
	const unsigned char *ihdr = p + 16;
	if (be32(p + 8) != 13 || memcmp(p + 12, "IHDR", 4) != 0 || png_crc(p + 12, 17) != be32(p + 29))
		return IMG_BAD;
	if (!png_depth_ok(ihdr[8], ihdr[9]) || ihdr[10] != 0 || ihdr[11] != 0 || ihdr[12] > 1)
		return IMG_BAD;
	uint32_t width = be32(ihdr), height = be32(ihdr + 4);
	if (width > 0x7fffffffu || height > 0x7fffffffu)
		return IMG_BAD;
	return sized(out, width, height);
}

static bool png_whole(const unsigned char *p, size_t n)
{
	size_t at = sizeof png_magic;

	while (n - at >= 12) {
		size_t len = be32(p + at);
		if (len > n - at - 12)
			return false;
		if (memcmp(p + at + 4, "IEND", 4) == 0)
			return true;
		at += 12 + len;
	}
	return false;
}

/* --- WebP --- */

static enum img_type webp_head(const unsigned char *p, size_t n, struct imghead *out)
{
	if (n < 30)
		return IMG_MORE;
	const unsigned char *body = p + 20;
	uint32_t riff = le32(p + 4), chunk = le32(p + 16);
	if (riff < 22 || chunk > riff - 12)
		return IMG_BAD;
	if (memcmp(p + 12, "VP8 ", 4) == 0) {
		if (chunk < 10 || (body[0] & 1) != 0 || memcmp(body + 3, "\x9d\x01\x2a", 3) != 0)
			return IMG_BAD;
		return sized(out, le16(body + 6) & 0x3fff, le16(body + 8) & 0x3fff);
	}
	if (memcmp(p + 12, "VP8L", 4) == 0) {
		uint32_t bits = le32(body + 1);
		if (chunk < 5 || body[0] != 0x2f || bits >> 29 != 0)
			return IMG_BAD;
		return sized(out, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
	}
	if (memcmp(p + 12, "VP8X", 4) != 0 || chunk != 10)
		return IMG_BAD;
	out->animated = (body[0] & 0x02) != 0;
	return sized(out, le24(body + 4) + 1, le24(body + 7) + 1);
}

static bool webp_whole(const unsigned char *p, size_t n)
{
	return n >= 12 && le32(p + 4) <= n - 8;
}

/* --- HEIC: boxes of ISO base media --- */

struct box {
	const unsigned char *name;
	struct span body;
	size_t size; /* with its head */
};

/*
 * The box at the start of s. IMG_MORE when its head is cut off, IMG_BAD when its size is impossible, IMG_HEIC when
 * fine; the body may still reach past s (body.n is then larger than what follows).
 */
static enum img_type box_read(struct span s, struct box *out)
{
	size_t head = 8;

	if (s.n < 8)
		return IMG_MORE;
	uint64_t size = be32(s.p);
	if (size == 1) {
		if (s.n < 16)
			return IMG_MORE;
		head = 16;
		size = (uint64_t)be32(s.p + 8) << 32 | be32(s.p + 12);
	} else if (size == 0) {
		size = s.n;
	}
	if (size < head || size > (uint64_t)1 << 40)
		return IMG_BAD;
	out->name = s.p + 4;
	out->body = (struct span){ s.p + head, (size_t)size - head };
	out->size = (size_t)size;
	return IMG_HEIC;
}

static bool box_is(const struct box *b, const char *name)
{
	return memcmp(b->name, name, 4) == 0;
}

/* Keeps the largest declared size: a bomb may hide behind a small thumbnail. */
static bool heic_size(const struct box *b, struct imghead *out)
{
	if (b->body.n != 12)
		return false;
	uint32_t width = be32(b->body.p + 4), height = be32(b->body.p + 8);
	if (width == 0 || height == 0)
		return false;
	if ((uint64_t)width * height > (uint64_t)out->width * out->height) {
		out->width = width;
		out->height = height;
	}
	return true;
}

static bool heic_boxes(struct span s, int depth, struct imghead *out)
{
	struct box b;

	while (s.n > 0) {
		if (box_read(s, &b) != IMG_HEIC || b.size > s.n)
			return false;
		bool inner = box_is(&b, "iprp") || box_is(&b, "ipco");
		if (inner && (depth == 0 || !heic_boxes(b.body, depth - 1, out)))
			return false;
		if (box_is(&b, "ispe") && !heic_size(&b, out))
			return false;
		s.p += b.size;
		s.n -= b.size;
	}
	return true;
}

static enum img_type heic_meta(const struct box *b, struct imghead *out)
{
	struct span inside = b->body;

	if (inside.n < 4)
		return IMG_BAD;
	inside.p += 4;
	inside.n -= 4;
	if (!heic_boxes(inside, HEIC_DEPTH, out) || out->width == 0) {
		out->width = out->height = 0;
		return IMG_BAD;
	}
	return IMG_HEIC;
}

static enum img_type heic_head(const unsigned char *p, size_t n, struct imghead *out)
{
	struct span s = { p, n };
	struct box b;

	for (;;) {
		enum img_type t = box_read(s, &b);
		if (t != IMG_HEIC)
			return t;
		if (b.size > s.n)
			return IMG_MORE;
		if (box_is(&b, "meta"))
			return heic_meta(&b, out);
		s.p += b.size;
		s.n -= b.size;
	}
}

static bool heic_whole(const unsigned char *p, size_t n)
{
	struct span s = { p, n };
	struct box b;

	while (s.n > 0) {
		if (box_read(s, &b) != IMG_HEIC || b.size > s.n)
			return false;
		s.p += b.size;
		s.n -= b.size;
	}
	return true;
}

static bool heic_brand(const unsigned char *b)
{
	static const char brands[][5] = { "heic", "heix", "heim", "heis", "mif1", "mif2", "avif" };

	for (size_t i = 0; i < sizeof brands / sizeof brands[0]; i++)
		if (memcmp(b, brands[i], 4) == 0)
			return true;
	return false;
}

/* The major brand, or any compatible one: some phones write a brand of their own first. */
static enum img_type heic_magic(const unsigned char *p, size_t n)
{
	size_t size = be32(p);

	if (size < 16 || size > 256 || size % 4 != 0)
		return IMG_OTHER;
	if (heic_brand(p + 8))
		return IMG_HEIC;
	for (size_t at = 16; at < size; at += 4) {
		if (n < at + 4)
			return IMG_MORE;
		if (heic_brand(p + at))
			return IMG_HEIC;
	}
	return IMG_OTHER;
}

/* --- */

static bool starts(const unsigned char *p, size_t n, const void *with, size_t len)
{
	return memcmp(p, with, n < len ? n : len) == 0;
}

static enum img_type magic(const unsigned char *p, size_t n)
{
	if (n == 0)
		return IMG_MORE;
	if (starts(p, n, "\xff\xd8\xff", 3))
		return n < 3 ? IMG_MORE : IMG_JPEG;
	if (starts(p, n, png_magic, 8))
		return n < 8 ? IMG_MORE : IMG_PNG;
	if (starts(p, n, "RIFF", 4) && (n <= 8 || starts(p + 8, n - 8, "WEBP", 4)))
		return n < 12 ? IMG_MORE : IMG_WEBP;
	if (p[0] == 0 && (n <= 4 || starts(p + 4, n - 4, "ftyp", 4)))
		return n < 12 ? IMG_MORE : heic_magic(p, n);
	return IMG_OTHER;
}

enum img_type imghead_sniff(const unsigned char *p, size_t n, struct imghead *out)
{
	*out = (struct imghead){ .type = magic(p, n) };
	switch (out->type) {
	case IMG_JPEG:
		return jpeg_head(p, n, out);
	case IMG_PNG:
		return png_head(p, n, out);
	case IMG_WEBP:
		return webp_head(p, n, out);
	case IMG_HEIC:
		return heic_head(p, n, out);
	default:
		return out->type;
	}
}

bool imghead_fits(uint32_t width, uint32_t height)
{
	return width <= IMG_MAX_SIDE && height <= IMG_MAX_SIDE && (uint64_t)width * height <= IMG_MAX_PIXELS;
}

bool imghead_whole(enum img_type type, const unsigned char *p, size_t n)
{
	switch (type) {
	case IMG_JPEG:
		return true;
	case IMG_PNG:
		return n > sizeof png_magic && png_whole(p, n);
	case IMG_WEBP:
		return webp_whole(p, n);
	case IMG_HEIC:
		return heic_whole(p, n);
	default:
		return false;
	}
}

const char *img_type_name(enum img_type type)
{
	switch (type) {
	case IMG_JPEG:
		return "jpeg";
	case IMG_PNG:
		return "png";
	case IMG_WEBP:
		return "webp";
	case IMG_HEIC:
		return "heic";
	default:
		return "";
	}
}
