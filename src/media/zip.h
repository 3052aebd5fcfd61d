/* Parts of a ZIP file that lies in memory, without unpacking anything to anywhere. Only what a workbook needs: stored and
 * deflated parts, no second disk; nothing is allocated for the directory, however long it says it is.
 */
#ifndef ZIP_H
#define ZIP_H

#include "str.h"

enum zip_status {
	ZIP_FINE = 0,
	ZIP_MISSING,   /* no such part */
	ZIP_BROKEN,    /* not a ZIP file, cut off, contradicts itself, a name twice, a checksum that is wrong */
	ZIP_LOCKED,    /* the part is encrypted */
	ZIP_TOO_LARGE, /* too many parts, or more unpacked bytes than allowed: in all, or for what is packed */
	ZIP_STOPPED,   /* the taker wanted no more */
};

enum {
	ZIP_PARTS_MAX = 2000,
	ZIP_RATIO_MAX = 200,       /* unpacked to packed bytes; tables reach 10 to 30 */
	ZIP_RATIO_FROM = 4 << 20,  /* unpacked bytes from which the ratio counts */
};

struct zip {
	const unsigned char *p;
	size_t n, directory, directory_end;
	unsigned parts;
};

struct zip_part {
	const unsigned char *p; /* packed bytes */
	size_t packed;
	uint64_t size;          /* unpacked, as the directory says */
	uint32_t crc;
	unsigned method;
};

enum zip_status zip_open(struct zip *z, const void *p, size_t n);
/* `name` with slashes and without one in front; letters of either case are the same, as office programs have it. */
enum zip_status zip_find(const struct zip *z, struct str name, struct zip_part *out);
/* Gives the unpacked bytes piece by piece and takes them off *budget. The checksum is known only at the end. */
typedef bool zip_take_fn(void *ctx, const char *p, size_t n);
enum zip_status zip_unpack(const struct zip_part *part, uint64_t *budget, zip_take_fn *take, void *ctx);

#endif
