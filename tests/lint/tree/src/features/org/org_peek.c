/* Planted for tools/lint.sh: looks into another feature's statements. */
#include "hazard_sql.h"
