/* expect: no text for t.planted_tail */
#include "planted.h"

PLANTED(&planted_perm, "{{t.planted_tail}}");
