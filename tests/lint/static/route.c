/* expect: GET /planted of planted: no permission */
#include "planted.h"

PLANTED(NULL, "{{number}}");
