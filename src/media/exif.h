/*
 * The few facts wanted from an EXIF block: orientation, the time it was taken, the place.
 * A strict bounded reader of bytes from strangers; maker notes, thumbnails and everything else are not looked at.
 */
#ifndef EXIF_H
#define EXIF_H

#include "media_proto.h"

#include <stddef.h>

struct exif_facts {
	unsigned orientation; /* 1 to 8; 1 when absent or nonsense */
	struct media_hint hint;
};

/*
 * Reads n bytes at p: a TIFF block, with or without "Exif\0\0" in front. Whatever is missing, out of range or points
 * outside the block is left out; always fills *out. Never reads past p + n.
 */
void exif_read(const unsigned char *p, size_t n, struct exif_facts *out);

#endif
