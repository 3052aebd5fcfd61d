/* Range and Accept: a satisfiable range lies inside the file. The first byte gives the size. */
#include "web.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str header = {(const char *)data + 1, size ? size - 1 : 0};
	int64_t from = -1, to = -1, length = size ? data[0] : 0;
	if (range_parse(header, length, &from, &to) == 1 && (from < 0 || to < from || to >= length))
		abort();
	int q = accept_quality(header, "application/json");
	if (q < -1 || q > 1000)
		abort();
	return 0;
}
