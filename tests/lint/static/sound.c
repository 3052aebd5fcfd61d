/* expect: nothing */
#include "planted.h"

PLANTED(&planted_perm, "{{t.planted_head}}{{number}}");
