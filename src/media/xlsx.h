/* From an XLSX workbook in memory to rows of text: the first sheet that is not hidden, as sheet.h of the server promises it.
 * Takes what LibreOffice, WPS and Excel write, in the transitional and the strict form. Runs inside of the sandbox.
 */
#ifndef XLSX_H
#define XLSX_H

#include "media_proto.h"

#include "str.h"

struct xlsx_result {
	enum media_status status;    /* MEDIA_OK, MEDIA_TYPE, MEDIA_BROKEN, MEDIA_TOO_LARGE, MEDIA_LOCKED, MEDIA_IO */
	enum media_sheet_limit what; /* which one, when MEDIA_TOO_LARGE */
	uint32_t row;                /* where, 0: nowhere in particular */
};

/* Takes bytes of the answer (see media_proto.h); false: no more can be taken. */
typedef bool xlsx_take_fn(void *ctx, const char *p, size_t n);
struct xlsx_result xlsx_read(const void *p, size_t n, xlsx_take_fn *take, void *ctx);

#endif
