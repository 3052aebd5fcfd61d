/* Boxes for the pages of others. */
#ifndef HAZARD_PANELS_H
#define HAZARD_PANELS_H

#include "feature.h"

extern const struct panel hazard_panels[];

#endif
