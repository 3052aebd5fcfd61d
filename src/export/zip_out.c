#include "zip_out.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

/* Lists are long and their rows alike: the fastest level packs them to a tenth already. */
enum { PARTS_MAX = 400, LEVEL = 1, IN_MAX = 65536, NEEDS = 20, FLAGS = 0x0808 /* sizes follow, names are UTF-8 */, DEFLATED = 8 };
enum { DATE_OF_NONE = 0x21 /* 1980-01-01 */ };

struct part {
	const char *name;
	uint32_t crc;
	uint64_t packed, size, at;
};

struct zip_out {
	z_stream z;
	bool is_open; /* deflate has memory */
	uint64_t at;  /* bytes given out so far */
	size_t n;
	struct part parts[PARTS_MAX];
	char buf[IN_MAX];
	size_t n_buf;
};

static void put16(struct sb *b, uint64_t v)
{
	sb_addc(b, (char)(v & 255));
	sb_addc(b, (char)(v >> 8 & 255));
}

static void put32(struct sb *b, uint64_t v)
{
	put16(b, v & 65535);
	put16(b, v >> 16 & 65535);
}

struct zip_out *zip_out_new(struct arena *a)
{
	struct zip_out *z = ARENA_NEW(a, struct zip_out);
	z->is_open = deflateInit2(&z->z, LEVEL, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
	/* As with every other allocation that fails. */
	if (!z->is_open)
		abort();
	return z;
}

void zip_out_free(struct zip_out *z)
{
	if (z->is_open)
		deflateEnd(&z->z);
	z->is_open = false;
}

void zip_out_part(struct zip_out *z, struct sb *out, const char *name)
{
	size_t before = out->n;
	struct part *p = &z->parts[z->n < PARTS_MAX ? z->n : PARTS_MAX - 1];
	z->n++;
	*p = (struct part){.name = name, .at = z->at};
	put32(out, 0x04034b50);
	put16(out, NEEDS);
	put16(out, FLAGS);
	put16(out, DEFLATED);
	put16(out, 0);
	put16(out, DATE_OF_NONE);
	put32(out, 0);
	put32(out, 0);
	put32(out, 0);
	put16(out, strlen(name));
	put16(out, 0);
	sb_addz(out, name);
	z->at += out->n - before;
}

static struct part *current(struct zip_out *z)
{
	return &z->parts[z->n < PARTS_MAX ? z->n - 1 : PARTS_MAX - 1];
}

static void squeeze(struct zip_out *z, struct sb *out, bool is_last)
{
	struct part *p = current(z);
	unsigned char packed[16384];
	p->crc = (uint32_t)crc32(p->crc, (const unsigned char *)z->buf, (uInt)z->n_buf);
	p->size += z->n_buf;
	z->z.next_in = (unsigned char *)z->buf;
	z->z.avail_in = (uInt)z->n_buf;
	z->n_buf = 0;
	do {
		z->z.next_out = packed;
		z->z.avail_out = sizeof(packed);
		deflate(&z->z, is_last ? Z_FINISH : Z_NO_FLUSH);
		size_t n = sizeof(packed) - z->z.avail_out;
		sb_add(out, (struct str){(const char *)packed, n});
		p->packed += n;
		z->at += n;
	} while (z->z.avail_out == 0);
}

void zip_out_add(struct zip_out *z, struct sb *out, struct str bytes)
{
	while (bytes.n) {
		size_t n = IN_MAX - z->n_buf < bytes.n ? IN_MAX - z->n_buf : bytes.n;
		memcpy(z->buf + z->n_buf, bytes.p, n);
		z->n_buf += n;
		bytes = str_sub(bytes, n, SIZE_MAX);
		if (z->n_buf == IN_MAX)
			squeeze(z, out, false);
	}
}

void zip_out_end_part(struct zip_out *z, struct sb *out)
{
	struct part *p = current(z);
	size_t before;
	squeeze(z, out, true);
	deflateReset(&z->z);
	before = out->n;
	put32(out, 0x08074b50);
	put32(out, p->crc);
	put32(out, p->packed);
	put32(out, p->size);
	z->at += out->n - before;
}

static void put_entry(struct sb *out, const struct part *p)
{
	put32(out, 0x02014b50);
	put16(out, NEEDS);
	put16(out, NEEDS);
	put16(out, FLAGS);
	put16(out, DEFLATED);
	put16(out, 0);
	put16(out, DATE_OF_NONE);
	put32(out, p->crc);
	put32(out, p->packed);
	put32(out, p->size);
	put16(out, strlen(p->name));
	put32(out, 0); /* extra field, comment */
	put32(out, 0); /* disk, inner kind */
	put32(out, 0); /* outer kind */
	put32(out, p->at);
	sb_addz(out, p->name);
}

void zip_out_end(struct zip_out *z, struct sb *out)
{
	size_t before = out->n;
	for (size_t i = 0; i < z->n && i < PARTS_MAX; i++)
		put_entry(out, &z->parts[i]);
	uint64_t size = out->n - before;
	put32(out, 0x06054b50);
	put32(out, 0);
	put16(out, z->n);
	put16(out, z->n);
	put32(out, size);
	put32(out, z->at);
	put16(out, 0);
	z->at += out->n - before;
}

uint64_t zip_out_size(const struct zip_out *z)
{
	return z->parts[z->n ? (z->n < PARTS_MAX ? z->n : PARTS_MAX) - 1 : 0].size + z->n_buf;
}

bool zip_out_is_over(const struct zip_out *z)
{
	return z->n > PARTS_MAX || z->at > UINT32_MAX - (1 << 20);
}
