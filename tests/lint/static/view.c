/* expect: no such name {{nummer}} */
#include "planted.h"

PLANTED(&planted_perm, "{{nummer}}");
