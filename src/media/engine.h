/*
 * What decodes the pictures that straight.h leaves over. engine_vips.c does it by libvips; engine_none.c has no library behind it
 * and answers MEDIA_WIDE. The program is built twice, with the one and with the other: libvips with its decoders takes some
 * 40 MiB and a start that nearly no picture from a phone needs.
 */
#ifndef ENGINE_H
#define ENGINE_H

#include "picture.h"

/* For --selftest: what can be decoded in all. */
extern const char engine_types[];

/* Starts it: from memory only, without cache or code generation. False: cannot. */
bool engine_init(const char *argv0);

/* Decodes one small picture of each type that can be made in memory, so that everything lazy is loaded. */
bool engine_warm_up(void);

/* As picture_make, for a picture whose head is checked; corrects the size in head when the decoder knows better. */
enum media_status engine_make(struct imghead *head, const struct bytes *in, const uint32_t *side, const int *fds,
			      struct media_reply *out);

/* Forgets what it noted about the last picture. */
void engine_clear(void);

#endif
