#include "qr.h"

#include <qrencode.h>

enum { QUIET = 4, DARK = 1 };

static struct str outline(struct arena *a, const QRcode *code)
{
	struct sb b = sb_new(a, 256 * 1024);
	for (int y = 0; y < code->width; y++)
		for (int x = 0, n; x < code->width; x += n) {
			const unsigned char *row = code->data + y * code->width;
			bool dark = row[x] & DARK;
			for (n = 1; x + n < code->width && (row[x + n] & DARK) == (row[x] & DARK); n++)
				;
			if (dark)
				sb_fmt(&b, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
		}
	return sb_str(&b);
}

const struct err *qr_draw(struct arena *a, struct str text, struct qr *out)
{
	if (text.n == 0 || text.n > QR_TEXT_MAX)
		return ERR(a, ERR_LIMIT, NULL, "a QR code holds 1 to %d bytes here", QR_TEXT_MAX);
	QRcode *code = QRcode_encodeString8bit(str_z(a, text), 0, QR_ECLEVEL_M);
	if (!code)
		return ERR(a, ERR_BUG, NULL, "no QR code of %zu bytes", text.n);
	out->path = outline(a, code);
	out->side = code->width + 2 * QUIET;
	QRcode_free(code);
	return NULL;
}
