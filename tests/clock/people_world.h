/* Units and people of the made-up county. */
#ifndef PEOPLE_WORLD_H
#define PEOPLE_WORLD_H

#include "world.h"

void found_people(struct world *w);

#endif
