/* Planted for tools/lint.sh: an upward include, which must not compile. */
#include "hazard.h"
