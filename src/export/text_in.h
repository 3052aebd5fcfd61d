/* Text as office programs on any desk save it, made UTF-8: with or without byte order mark, GB18030 (and so GBK, GB2312) or
 * UTF-16. Read in two passes, the first of which only finds out what it is; nothing is held whole.
 */
#ifndef TEXT_IN_H
#define TEXT_IN_H

#include "err.h"

/* Bytes from offset `at`, up to `max`: how many, 0 at the end, -1 when they cannot be read. */
typedef ptrdiff_t bytes_fn(void *ctx, int64_t at, char *buf, size_t max);

struct text_in;

/* ERR_INPUT sheet_type: not text (a zero byte, a PDF, a page of a browser). ERR_INPUT sheet_text: UTF-8 with mistakes. */
const struct err *text_in_open(struct arena *a, bytes_fn *bytes, void *ctx, struct text_in **out);
/* Up to `max` (at least 64) bytes of UTF-8 without byte order mark; *n 0 at the end. ERR_INPUT sheet_text: not GB18030 or
 * UTF-16 after all. Back to the start with text_in_rewind. */
const struct err *text_in_read(struct text_in *t, struct arena *a, char *buf, size_t max, size_t *n);
void text_in_rewind(struct text_in *t);

#endif
