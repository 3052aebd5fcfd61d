/* The demonstration: a seeded, made-up city on the real divisions. The same seed gives the same rows on both engines. */
#ifndef DEMO_H
#define DEMO_H

#include "command.h"

extern const struct command cmd_demo;

#endif
