/* The straight way for a JPEG in grey or three colours, which is what phones send: libjpeg-turbo and nothing else. */
#ifndef STRAIGHT_H
#define STRAIGHT_H

#include "picture.h"

/*
 * As picture_make, for a JPEG; does not set type. MEDIA_WIDE, with nothing written, when it holds inks or a grey profile.
 * MEDIA_TRUNCATED for a file that ends early or lost bytes, MEDIA_BROKEN for anything else the decoder complains about.
 */
enum media_status straight_make(const struct bytes *in, const uint32_t side[MEDIA_OUTPUTS], const int fds[MEDIA_OUTPUTS],
			     struct media_reply *out);

#endif
