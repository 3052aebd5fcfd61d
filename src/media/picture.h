/*
 * From the bytes of a stranger's picture to small clean pixels. Runs only inside the sandbox.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "exif.h"
#include "imghead.h"
#include "media_proto.h"

#include <stdbool.h>

/* Anonymous memory of its own, given back with bytes_free; p is NULL when there was none to be had. */
struct bytes {
	unsigned char *p;
	size_t n;
};
struct bytes bytes_new(size_t n);
void bytes_free(struct bytes *b);

/* A JPEG as it came out of the decoder, already shrunk by a power of the transform when it was much too large. */
struct jpeg_pixels {
	struct bytes pixels;
	uint32_t width, height;
	unsigned bands;       /* 1 grey, 3 RGB, 4 CMYK with 255 = full ink */
	struct exif_facts exif;
	struct bytes profile; /* embedded colour profile; p NULL when none */
};

/*
 * Decodes with the longest side not under `side` unless the picture is smaller. MEDIA_TRUNCATED for a file that ends
 * early or lost bytes, MEDIA_BROKEN for anything else the decoder complains about. Fills *out when MEDIA_OK; free it
 * with jpeg_pixels_free in any case.
 */
enum media_status jpeg_decode(const struct bytes *in, uint32_t side, struct jpeg_pixels *out);
void jpeg_pixels_free(struct jpeg_pixels *px);

/* Writes width x height RGB pixels as a JPEG without any metadata; *length is what was written. */
enum media_status jpeg_write(int fd, const unsigned char *rgb, uint32_t width, uint32_t height, int quality,
			     uint64_t *length);

extern const int picture_quality[MEDIA_OUTPUTS];

/* Gets ready, before the walls. False: cannot. */
bool picture_init(const char *argv0);

/* Loads whatever a decoder would load late. Comes before the last wall. */
bool picture_warm_up(void);

/*
 * The whole job: checks, decodes, turns upright, converts to sRGB, writes the MEDIA_OUTPUTS files to fds.
 * Never enlarges. The answer's status says how it went; MEDIA_WIDE when this program was built without the decoder (engine.h).
 */
void picture_make(const struct bytes *in, const uint32_t side[MEDIA_OUTPUTS], const int fds[MEDIA_OUTPUTS],
		  struct media_reply *out);

#endif
