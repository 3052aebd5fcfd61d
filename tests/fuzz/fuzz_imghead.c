/* The readers of picture headers and of EXIF blocks: any bytes, no crash, and answers that keep the contract. */
#include "exif.h"
#include "imghead.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imghead h;
	struct exif_facts facts;
	enum img_type t = imghead_sniff(data, size, &h);

	if (t >= IMG_JPEG && (t != h.type || h.width == 0 || h.height == 0))
		abort();
	if (t < IMG_JPEG && (h.width != 0 || h.height != 0))
		abort();
	(void)imghead_whole(h.type, data, size);
	exif_read(data, size, &facts);
	if (facts.orientation < 1 || facts.orientation > 8)
		abort();
	return 0;
}
