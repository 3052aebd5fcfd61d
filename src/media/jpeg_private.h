/* What the ways in and out of libjpeg-turbo share. */
#ifndef JPEG_PRIVATE_H
#define JPEG_PRIVATE_H

#include "picture.h"

#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

#define OUT_BUFFER 16384

/*
 * What is needed to get out of the library when something is wrong: the caller sets `out`, and `status` tells why it was
 * jumped to. One may serve a decoder and several encoders at once; it is err of each, and their client_data.
 */
struct guard {
	struct jpeg_error_mgr mgr;
	struct jpeg_progress_mgr progress;
	jmp_buf out;
	enum media_status status;
};

void guard_init(struct guard *g);
_Noreturn void guard_fail(j_common_ptr c, enum media_status status);

/* --- in --- */

/* Makes the decoder, which refuses what is cut or broken. Reads the head and checks the size it declares. */
void jpeg_begin(struct guard *g, j_decompress_ptr c, const struct bytes *in);
void jpeg_exif(j_decompress_ptr c, struct exif_facts *out);

/* The embedded colour profile, p NULL when there is none that is whole. */
struct bytes jpeg_profile(j_decompress_ptr c);

/* Shrinks while decoding, by the largest power of two that keeps the longest side at or over `side`. */
void jpeg_scale(j_decompress_ptr c, uint32_t side);

/* --- out --- */

/* The library hands over full buffers; they go straight to the descriptor. */
struct sink {
	struct jpeg_destination_mgr mgr;
	int fd;
	uint64_t written;
	JOCTET buffer[OUT_BUFFER];
};

/* From here on rows of RGB can be written to the encoder, which the caller has made. */
void jpeg_out(j_compress_ptr c, struct sink *s, uint32_t width, uint32_t height, int quality);

#endif
