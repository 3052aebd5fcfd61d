/*
 * What kind of picture is this, and how large does it say it is?
 *
 * Strict readers of the first bytes of JPEG, PNG, WebP and HEIC/HEIF: nothing is decoded, nothing allocated, no
 * file touched. Used when an upload arrives and again by the media worker before any decoder sees the bytes, so that
 * a picture that unpacks to gigabytes is refused by arithmetic (T9, R12). The name and the declared content type of
 * an upload are never believed.
 */
#ifndef IMGHEAD_H
#define IMGHEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits on the size a header may declare; see imghead_fits(). */
#define IMG_MAX_PIXELS 50000000u
#define IMG_MAX_SIDE 20000u

/* The numbers travel between processes: append only. */
enum img_type {
	IMG_MORE = 0,  /* undecided: call again with more bytes; at the end of the file this means "truncated" */
	IMG_OTHER = 1, /* none of the four types */
	IMG_BAD = 2,   /* one of the four by its magic, but its header breaks the format or uses a refused variant */
	IMG_JPEG = 3,
	IMG_PNG = 4,
	IMG_WEBP = 5,
	IMG_HEIC = 6, /* HEIC, and HEIF stills with AV1 inside */
};

struct imghead {
	enum img_type type; /* the type by its magic, IMG_OTHER or IMG_MORE; set even when the answer is IMG_BAD */
	uint32_t width;     /* as stored, before any orientation; 0 unless the answer is one of the four types */
	uint32_t height;    /* HEIC: the largest picture the file declares */
	bool animated;      /* WebP only: more than one frame */
};

/*
 * Looks at the first n bytes of a file. Returns one of the four types with out filled, or IMG_MORE, IMG_OTHER,
 * IMG_BAD. JPEG may need all bytes before its first scan (EXIF and colour profile come first, often 100 KB), HEIC
 * all bytes of its meta box; 32 bytes decide PNG and WebP. Never reads past p + n. The size is not compared with
 * the limits here.
 */
enum img_type imghead_sniff(const unsigned char *p, size_t n, struct imghead *out);

/* True when a declared size is within IMG_MAX_SIDE and IMG_MAX_PIXELS. */
bool imghead_fits(uint32_t width, uint32_t height);

/*
 * True when the n bytes hold the whole file by the format's own bookkeeping: PNG up to its end chunk, WebP its RIFF
 * length, HEIC every top-level box. JPEG has no such length: only the decoder can tell, the answer is true.
 */
bool imghead_whole(enum img_type type, const unsigned char *p, size_t n);

/* "jpeg", "png", "webp", "heic"; "" for the rest. */
const char *img_type_name(enum img_type type);

#endif
