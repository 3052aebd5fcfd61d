/* A QR code as the outline of its dark fields, for the d of an SVG path. */
#ifndef QR_H
#define QR_H

#include "err.h"

enum { QR_TEXT_MAX = 600 };

struct qr {
	struct str path; /* "M0 0h7v1h-7z…": a rectangle for each row of dark fields; letters, digits, blanks and minus only */
	int side;        /* fields a side, with the quiet zone of four around */
};

/* Error correction M, which a crease or a stain on a poster survives. ERR_LIMIT past QR_TEXT_MAX bytes. */
const struct err *qr_draw(struct arena *a, struct str text, struct qr *out);

#endif
